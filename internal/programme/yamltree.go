package programme

import (
	"slices"
	"strings"
)

// tree is a YAML value as it is to be. A value that was read remembers where, so that writing it back touches only what changed: see
// rewrite.
type tree struct {
	kind  nodeKind
	text  string
	pairs []branch
	items []*tree
	from  *node // where it was read; nil: it is new
}

type branch struct {
	key   string
	from  *node // the key, where it was read
	value *tree
}

func treeOf(n *node) *tree {
	t := &tree{kind: n.kind, text: n.text, from: n}
	for _, p := range n.pairs {
		t.pairs = append(t.pairs, branch{p.key.text, p.key, treeOf(p.value)})
	}
	for _, i := range n.items {
		t.items = append(t.items, treeOf(i))
	}
	return t
}

func leaf(text string) *tree { return &tree{kind: scalar, text: text} }

// get is the value of a key, nil when there is none or it is empty.
func (t *tree) get(key string) *tree {
	if t == nil || t.kind != mapping {
		return nil
	}
	for i := range t.pairs {
		if t.pairs[i].key == key && t.pairs[i].value.kind != null {
			return t.pairs[i].value
		}
	}
	return nil
}

// str is the text of a scalar, "" of anything else.
func (t *tree) str() string {
	if t == nil || t.kind != scalar {
		return ""
	}
	return strings.TrimRight(t.text, " \n")
}

// put sets a key, after those it comes after in order; nil takes it out.
func (t *tree) put(key string, v *tree, order ...string) {
	at := slices.IndexFunc(t.pairs, func(b branch) bool { return b.key == key })
	switch {
	case v == nil && at >= 0:
		t.pairs = slices.Delete(t.pairs, at, at+1)
	case v == nil:
	case at >= 0:
		t.pairs[at].value = v
	default:
		rank := slices.Index(order, key)
		at = len(t.pairs)
		for rank >= 0 && at > 0 {
			if r := slices.Index(order, t.pairs[at-1].key); r >= 0 && r < rank {
				break
			}
			at--
		}
		if rank >= 0 && at == 0 { // none comes before it
			at = 0
		}
		t.pairs = slices.Insert(t.pairs, at, branch{key: key, value: v})
	}
}

// onto is t where everything that is as in old is taken from old, so that it is written as it was.
func (t *tree) onto(old *tree) *tree {
	if t == nil || old == nil || t.kind != old.kind {
		return t
	}
	if t.says(old) {
		return old
	}
	out := &tree{kind: t.kind, text: t.text, from: old.from}
	switch t.kind {
	case mapping:
		var keys []string
		for _, b := range t.pairs {
			keys = append(keys, b.key)
		}
		for _, b := range old.pairs {
			if v := t.get(b.key); v != nil {
				out.pairs = append(out.pairs, branch{b.key, b.from, v.onto(b.value)})
			}
		}
		for _, b := range t.pairs {
			if out.get(b.key) == nil {
				out.put(b.key, b.value, keys...)
			}
		}
	case list:
		for i, v := range t.items {
			same := slices.IndexFunc(old.items, func(o *tree) bool { return v.says(o) })
			switch {
			case same >= 0:
				v = old.items[same]
			case len(t.items) == len(old.items):
				v = v.onto(old.items[i])
			}
			out.items = append(out.items, v)
		}
	}
	return out
}

// says reports whether two values mean the same, however they are written.
func (t *tree) says(o *tree) bool {
	if t == nil || o == nil {
		return t == o
	}
	if t.kind != o.kind || len(t.pairs) != len(o.pairs) || len(t.items) != len(o.items) || t.str() != o.str() {
		return false
	}
	for i := range t.pairs {
		if t.pairs[i].key != o.pairs[i].key || !t.pairs[i].value.says(o.pairs[i].value) {
			return false
		}
	}
	for i := range t.items {
		if !t.items[i].says(o.items[i]) {
			return false
		}
	}
	return true
}

// untouched reports whether t is what was read, all of it.
func (t *tree) untouched() bool {
	n := t.from
	if n == nil || t.kind != n.kind || t.text != n.text || len(t.pairs) != len(n.pairs) || len(t.items) != len(n.items) {
		return false
	}
	for i := range t.pairs {
		if t.pairs[i].from != n.pairs[i].key || t.pairs[i].value.from != n.pairs[i].value || !t.pairs[i].value.untouched() {
			return false
		}
	}
	for i := range t.items {
		if t.items[i].from != n.items[i] || !t.items[i].untouched() {
			return false
		}
	}
	return true
}

// copied is t without its places: written a second time it is written anew.
func (t *tree) copied() *tree {
	c := &tree{kind: t.kind, text: t.text}
	for _, b := range t.pairs {
		c.pairs = append(c.pairs, branch{key: b.key, value: b.value.copied()})
	}
	for _, i := range t.items {
		c.items = append(c.items, i.copied())
	}
	return c
}

// plainOf is t as JSON has it: texts, lists and objects.
func (t *tree) plain() any {
	switch {
	case t == nil || t.kind == null:
		return nil
	case t.kind == scalar:
		return t.str()
	case t.kind == list:
		out := []any{}
		for _, i := range t.items {
			out = append(out, i.plain())
		}
		return out
	}
	out := map[string]any{}
	for _, b := range t.pairs {
		out[b.key] = b.value.plain()
	}
	return out
}
