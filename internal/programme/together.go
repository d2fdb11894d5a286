package programme

import (
	"path"
	"slices"
	"strings"
)

// Together reports what programmes of one workspace cannot both have: a journey or a text of the same key that says something
// else. A run is known by its person and journey, and a message by its text, whichever programme began it. What both took
// from the same shared part is the same, and consent texts go by their purpose.
func Together(all []*Compiled) Problems {
	var found Problems
	type owner struct{ programme, file, text string }
	seen := map[string]owner{}
	for _, c := range all {
		for _, file := range c.Files.Paths() {
			kind, name := path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), path.Ext(file))
			if kind != "journeys" && kind != "content" {
				continue
			}
			if x := c.Contents[name]; kind == "content" && x != nil && x.Kind == KindConsent {
				continue
			}
			o, taken := seen[kind+"/"+name]
			switch {
			case !taken:
				seen[kind+"/"+name] = owner{c.Key, file, c.Files[file]}
			case o.programme != c.Key && o.text != c.Files[file]:
				found = append(found, Problem{
					File: path.Join(c.Key, file),
					Text: words("%s 已有“%s”，内容不同", "%s has %q already, which says something else", o.programme, name),
					Hint: words("给它一个自己的名字，例如 %s-%s", "give it a name of its own, for example %s-%s", c.Key, name),
				})
			}
		}
	}
	slices.SortFunc(found, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return found
}

// Beside reports what keeps c from running beside others in one workspace: Together, said of c's own files.
func Beside(c *Compiled, others ...*Compiled) (found Problems) {
	all := []*Compiled{}
	for _, o := range others {
		if o != nil && o.Key != c.Key {
			all = append(all, o)
		}
	}
	for _, p := range Together(append(all, c)) {
		if name, ours := strings.CutPrefix(p.File, c.Key+"/"); ours {
			p.File = name
			found = append(found, p)
		}
	}
	return found
}
