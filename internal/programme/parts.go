package programme

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A part is what programmes share: tags with their groups, settings and words, texts, journeys and tests. It is a folder
// common/KEY beside the programmes that include it. A version, a draft and an export hold it inside, under the same path, so
// they are whole by themselves; what is inside is read before what stands beside.

// sharedDir is the folder of the parts, beside the programmes or inside one.
const sharedDir = "common"

// include is one part of a programme, and which of its tags the programme does without.
type include struct {
	key     string
	without []string
	s       *source
	at      *node
}

func (i include) dir() string { return path.Join(sharedDir, i.key) + "/" }

// Folders are the programmes of a file system: every folder but the shared parts and what is hidden.
func Folders(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	var names []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != sharedDir && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// includes reads include: of programme.yaml: a list of keys, or {part: KEY, without: [tags]}.
func (s *source) includes(root *node) (all []include) {
	if root == nil || root.kind != mapping {
		return nil
	}
	for _, e := range root.pairs {
		if e.key.text != "include" {
			continue
		}
		if e.value.kind != list {
			s.at(e.value, words("include 是一列公共部分的键", "include is a list of the keys of shared parts"), words("例如 include: [contact, medicine]", "for example include: [contact, medicine]"))
			continue
		}
		for _, n := range e.value.items {
			i := include{s: s, at: n}
			if n.kind == scalar {
				i.key = s.key(n)
			} else {
				r := s.fields(n, words("公共部分", "a shared part"), "part", "without")
				if i.at = r.need("part"); i.at != nil {
					i.key = s.key(i.at)
				}
				for _, w := range s.strs(r.of["without"]) {
					i.without = append(i.without, w.text)
				}
			}
			if slices.ContainsFunc(all, func(o include) bool { return o.key == i.key }) && i.key != "" {
				s.at(i.at, words("“%s”写了两次", "%q is written twice", i.key), words("留一个", "keep one of them"))
			} else if i.key != "" {
				all = append(all, i)
			}
		}
	}
	return all
}

// findParts reads which parts the programme includes and finds out where each of them stands.
func (l *loader) findParts(s *source, root *node) {
	l.parts, l.beside = nil, map[string]bool{}
	inside, beside := path.Join(l.dir, sharedDir), path.Join(l.dir, "..", sharedDir)
	for _, i := range s.includes(root) {
		if _, err := fs.Stat(l.fsys, path.Join(inside, i.key)); err != nil {
			if _, err := fs.Stat(l.fsys, path.Join(beside, i.key)); err != nil {
				known := append(names(l.fsys, inside), names(l.fsys, beside)...)
				hint := s.meant(i.key, known)
				if len(known) == 0 {
					hint = words("公共部分放在项目旁边的 common/%s", "a shared part is a folder common/%s beside the programme", i.key)
				}
				s.at(i.at, words("没有公共部分“%s”", "no shared part %q", i.key), hint)
				l.p.lost[i.dir()+"part.yaml"] = true
				continue
			}
			l.beside[i.key] = true
		}
		l.parts = append(l.parts, i)
		l.p.without = l.p.without || len(i.without) > 0
	}
	for _, k := range names(l.fsys, inside) {
		if !slices.ContainsFunc(l.parts, func(i include) bool { return i.key == k }) {
			newSource(path.Join(sharedDir, k), nil, l.p.problems).at(nil, words("项目没有 include 这个公共部分", "the programme does not include this part"),
				words("写进 programme.yaml 的 include，或删掉它", "name it in include of programme.yaml, or delete it"))
		}
	}
}

// names are the folders in dir.
func names(fsys fs.FS, dir string) (out []string) {
	entries, _ := fs.ReadDir(fsys, dir)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, e.Name())
		}
	}
	return out
}

// place is where a file of the programme stands, and how people find it from the programme's folder.
func (l *loader) place(name string) (full, shown string) {
	if rest, ok := strings.CutPrefix(name, sharedDir+"/"); ok {
		if key, _, _ := strings.Cut(rest, "/"); l.beside[key] {
			return path.Join(l.dir, "..", name), "../" + name
		}
	}
	return path.Join(l.dir, name), name
}

// roots are the folders that make up the programme: its parts in the order of include, then its own.
func (l *loader) roots() []string {
	var all []string
	for _, i := range l.parts {
		all = append(all, i.dir())
	}
	return append(all, "")
}

// tagFiles are the files with tags in the order they are read: of each part, then the programme's own, tags.yaml first,
// then tags/ by name.
func (l *loader) tagFiles() (all []string) {
	for _, root := range l.roots() {
		full, _ := l.place(root + "tags.yaml")
		if _, err := fs.Stat(l.fsys, full); err == nil {
			all = append(all, root+"tags.yaml")
		}
		all = append(all, l.files(root+"tags", ".yaml")...)
	}
	if len(all) == 0 {
		return []string{"tags.yaml"} // reported as missing
	}
	return all
}

// isTagFile reports whether a file of that path holds tags.
func isTagFile(name string) bool {
	dir, file := path.Split(own(name))
	return name != "" && (dir == "" && file == "tags.yaml" || dir == "tags/")
}

// own is the path of a file inside its part, or the path itself.
func own(name string) string {
	if rest, ok := strings.CutPrefix(name, sharedDir+"/"); ok {
		_, name, _ = strings.Cut(rest, "/")
	}
	return name
}

// part reads part.yaml: what the tags of a part need. A group, setting or word that the programme has itself stands in its place.
func (l *loader) part(i include) {
	s, ok := l.open(i.dir()+"part.yaml", false)
	if !ok {
		return
	}
	root := l.parse(s)
	if root == nil {
		return
	}
	r := s.fields(root, words("公共部分", "a shared part"), "name", "groups", "settings", "words")
	s.text(r.need("name"))
	for _, g := range s.groups(r) {
		if !slices.ContainsFunc(l.p.Groups, func(o Group) bool { return o.Key == g.Key }) {
			l.p.Groups = append(l.p.Groups, g)
		}
	}
	l.settings(s, r)
	l.words(s, r)
}

// claims reports whether the word or setting at n is the first of its name. The programme's own are read before those of its parts
// and stand in their place; of two parts, neither gives way.
func (l *loader) claims(s *source, n *node) bool {
	first := l.claimed[n.text]
	switch {
	case first == nil:
		l.claimed[n.text] = s
	case first.name != own(first.name):
		s.at(n, words("%s 里已有“%s”", "%s has %q already", first.shown, n.text), words("换一个名字", "choose another name"))
	case first != s:
		l.replaced[n.text] = true
	}
	return first == nil
}

// altered finds the tags of parts that may decide otherwise here than the tests of their part say: those left out, those that
// read a setting or a word the programme put its own in place of, and those that read such a tag.
func (l *loader) altered() map[string]bool {
	out := map[string]bool{}
	for _, i := range l.parts {
		for _, k := range i.without {
			out[k] = true
		}
	}
	reads := func(text string) bool {
		if mentions(text, l.replaced) {
			return true
		}
		text, _ = l.p.expand(text)
		for k := range l.replaced {
			if strings.Contains(text, `"`+k+`"`) {
				return true
			}
		}
		for k := range out {
			if strings.Contains(text, `"`+k+`"`) || strings.Contains(text, `"`+k+`.`) {
				return true
			}
		}
		return false
	}
	for more := true; more; {
		more = false
		for _, t := range l.p.tags {
			if out[t.Key] {
				continue
			}
			for _, n := range append([]*node{t.when, t.needs, t.value}, t.conditions()...) {
				if n != nil && n.kind == scalar && reads(n.text) {
					out[t.Key], more = true, true
					break
				}
			}
		}
	}
	return out
}

// conditions are those of the codes of t.
func (t *tagEntry) conditions() (all []*node) {
	for _, c := range t.codes {
		all = append(all, c.when)
	}
	return all
}

// leftOut reports whether the programme does without tag key of the part that file name belongs to.
func (l *loader) leftOut(name, key string) bool {
	return slices.ContainsFunc(l.parts, func(i include) bool { return strings.HasPrefix(name, i.dir()) && slices.Contains(i.without, key) })
}

// checkWithout reports what is left out and was never there.
func (l *loader) checkWithout() {
	for _, i := range l.parts {
		known := l.inPart[i.key]
		for _, k := range i.without {
			if !slices.Contains(known, k) {
				i.s.lacking(i.at, lacksTag, k, words("“%s”里没有标签“%s”", "%q has no tag %q", i.key, k), i.s.meant(k, known))
			}
		}
	}
}

// partFiles are the files of the parts that f includes and does not hold itself.
func partFiles(fsys fs.FS, dir string, f Files) error {
	s := newSource("programme.yaml", []byte(f["programme.yaml"]), &Problems{})
	for _, i := range s.includes(s.parse()) {
		from := path.Join(dir, "..", sharedDir, i.key)
		if _, has := f[i.dir()+"part.yaml"]; has || !fs.ValidPath(from) {
			continue
		}
		if err := walkFiles(fsys, from, i.dir(), f); err != nil {
			return err
		}
	}
	return nil
}
