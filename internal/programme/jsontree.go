package programme

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
)

// tree of a JSON file with its fields in their order, so that what a form does not know stays where it stood.
type jsonNode struct {
	keys []string // of an object, beside items
	all  []*jsonNode
	raw  string // of a text, a number or a word, as the file has it
	mark byte   // { [ or 0
}

// jsonTree reads a JSON file; nil when it is none.
func jsonTree(text string) *jsonNode {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := jsonValue(d, 0)
	if err != nil {
		return nil
	}
	if _, err := d.Token(); err != io.EOF {
		return nil
	}
	return n
}

func jsonValue(d *json.Decoder, depth int) (*jsonNode, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	mark, nested := t.(json.Delim)
	if !nested {
		return &jsonNode{raw: jsonText(t)}, nil
	}
	if depth > maxDepth {
		return nil, io.ErrShortBuffer
	}
	n := &jsonNode{mark: byte(mark)}
	for d.More() {
		if n.mark == '{' {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, k.(string)) // a key of an object is a text: the decoder saw to it
		}
		v, err := jsonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		n.all = append(n.all, v)
	}
	_, err = d.Token()
	return n, err
}

// jsonText writes a text, number, boolean or null as JSON does, Chinese characters and <> as they are.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func jsonString(s string) *jsonNode { return &jsonNode{raw: jsonText(s)} }
func jsonBool(v bool) *jsonNode     { return &jsonNode{raw: strconv.FormatBool(v)} }
func jsonNumber(v float64) *jsonNode {
	return &jsonNode{raw: number(v)}
}

func jsonList(all ...*jsonNode) *jsonNode { return &jsonNode{mark: '[', all: all} }

// jsonObject is an object of keys and values in turn.
func jsonObject(pairs ...any) *jsonNode {
	n := &jsonNode{mark: '{'}
	for i := 0; i+1 < len(pairs); i += 2 {
		v := pairs[i+1]
		x, ok := v.(*jsonNode)
		if !ok {
			x = &jsonNode{raw: jsonText(v)}
		}
		n.put(pairs[i].(string), x)
	}
	return n
}

// of is a field of an object, nil when it is not there.
func (n *jsonNode) of(key string) *jsonNode {
	if n == nil || n.mark != '{' {
		return nil
	}
	if i := slices.Index(n.keys, key); i >= 0 {
		return n.all[i]
	}
	return nil
}

// text is the text of a node, empty when it is none.
func (n *jsonNode) text() (s string) {
	if n == nil || n.mark != 0 || json.Unmarshal([]byte(n.raw), &s) != nil {
		return ""
	}
	return s
}

// number is the number of a node.
func (n *jsonNode) number() (float64, bool) {
	if n == nil || n.mark != 0 {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.raw, 64)
	return v, err == nil
}

// put sets a field where it stands, or after the field named, or at the end. nil takes it out.
func (n *jsonNode) put(key string, v *jsonNode, after ...string) {
	i := slices.Index(n.keys, key)
	switch {
	case v == nil && i >= 0:
		n.keys, n.all = slices.Delete(n.keys, i, i+1), slices.Delete(n.all, i, i+1)
	case v == nil:
	case i >= 0:
		n.all[i] = v
	default:
		at := len(n.keys)
		for _, a := range after {
			if j := slices.Index(n.keys, a); j >= 0 {
				at = j + 1
				break
			}
		}
		n.keys, n.all = slices.Insert(n.keys, at, key), slices.Insert(n.all, at, v)
	}
}

// write is n as text, each level indented by one space more, as the forms that ship are written.
func (n *jsonNode) write(b *strings.Builder, indent string) {
	if n.mark == 0 {
		b.WriteString(n.raw)
		return
	}
	end := map[byte]string{'{': "}", '[': "]"}[n.mark]
	b.WriteByte(n.mark)
	for i, x := range n.all {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent + " ")
		if n.mark == '{' {
			b.WriteString(jsonText(n.keys[i]) + ": ")
		}
		x.write(b, indent+" ")
	}
	if len(n.all) > 0 {
		b.WriteString("\n" + indent)
	}
	b.WriteString(end)
}
