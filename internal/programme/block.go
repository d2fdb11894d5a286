package programme

import (
	"maps"
	"slices"
	"strings"

	"peiban/internal/fault"
)

// errByHand means that a part of a file is written in a form no form edits.
var errByHand = fault.New(fault.Invalid, "edit_as_text", "这一段的写法表单改不了，请按文字改这个文件", "this part is written in a way forms do not edit; edit the file as text").At("body")

// with is f with another text of one file.
func (f Files) with(name, text string) Files {
	out := maps.Clone(f)
	if out == nil {
		out = Files{}
	}
	out[name] = text
	return out
}

// With is f with another text of one file.
func (f Files) With(name, text string) Files { return f.with(name, text) }

// tree reads a YAML file of f, nil when it is no mapping.
func (f Files) tree(name string) (*source, *node) {
	s := newSource(name, []byte(f[name]), &Problems{})
	root := s.parse()
	if root == nil || root.kind != mapping {
		return s, nil
	}
	return s, root
}

// child is the value of key in n; nil when it is not there.
func child(n *node, key string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for _, e := range n.pairs {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// indentOf is how many spaces a line begins with.
func indentOf(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }

// blockEnd is the line after the block whose key stands on line from, counted from 0: what is indented deeper belongs to it,
// empty lines and comments after it do not.
func blockEnd(lines []string, from int) int {
	in, end := indentOf(lines[from]), from+1
	for i := end; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			continue
		}
		if indentOf(lines[i]) <= in {
			break
		}
		end = i + 1
	}
	return end
}

// ownLine reports whether a key begins its line, so that its block can be replaced by lines.
func ownLine(lines []string, key *node) bool {
	if key.line < 1 || key.line > len(lines) {
		return false
	}
	l := lines[key.line-1]
	return key.col-1 <= len(l) && strings.TrimSpace(l[:key.col-1]) == ""
}

// setEntry is f with block as entry key of the mapping under parent in a file; comments around it stay. An empty block takes the
// entry out. A block is written with two spaces before its key.
func (f Files) setEntry(name, parent, key, block string) (Files, error) {
	s, root := f.tree(name)
	if root == nil {
		return nil, errByHand.At("%s", name)
	}
	lines := slices.Clone(s.lines)
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	fresh := strings.Split(strings.TrimRight(block, "\n"), "\n")
	if block == "" {
		fresh = nil
	}
	from, to := len(lines), len(lines)
	at := slices.IndexFunc(root.pairs, func(p pair) bool { return p.key.text == parent })
	switch {
	case at < 0 && block == "":
		return f, nil
	case at < 0:
		fresh = append([]string{"", parent + ":"}, fresh...)
	default:
		p := root.pairs[at]
		if p.value.kind != mapping || !ownLine(lines, p.key) {
			return nil, errByHand.At("%s", name)
		}
		from = blockEnd(lines, p.key.line-1)
		to = from
		for _, e := range p.value.pairs {
			if e.key.text != key {
				continue
			}
			if !ownLine(lines, e.key) || e.key.col != 3 {
				return nil, errByHand.At("%s", name)
			}
			from = e.key.line - 1
			to = blockEnd(lines, from)
		}
		if n := len(p.value.pairs); n > 0 && (!ownLine(lines, p.value.pairs[0].key) || p.value.pairs[0].key.col != 3) {
			return nil, errByHand.At("%s", name)
		} else if n == 1 && block == "" && to > from { // the last entry: its heading goes with it
			from = p.key.line - 1
		}
	}
	lines = slices.Replace(lines, from, to, fresh...)
	return f.with(name, strings.Join(lines, "\n")+"\n"), nil
}
