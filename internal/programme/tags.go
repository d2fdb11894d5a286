package programme

import (
	"slices"
	"strings"

	"peiban/internal/fault"
)

var (
	placeholders      = []string{"count", "latest", "when", "value"}
	codedPlaceholders = append(slices.Clone(placeholders), "code")
)

func (l *loader) tags() {
	for _, name := range l.tagFiles() {
		s, ok := l.open(name, false)
		if !ok {
			continue
		}
		switch root := l.parse(s); {
		case root == nil:
		case root.kind != mapping:
			s.at(root, words("%s 里没有标签", "%s holds no tags", name), words("一个标签是“键: …”加缩进的几行", "a tag is a key and indented lines"))
		default:
			l.tagsIn(s, root, false)
		}
	}
	l.checkWithout()
}

// segments reads what people may be put into and taken out of by hand; a rule is optional, without one only by hand.
func (l *loader) segments() {
	s, ok := l.open("segments.yaml", true)
	if !ok {
		return
	}
	root := l.parse(s)
	if root == nil || root.kind == null {
		return
	}
	if root.kind != mapping {
		s.at(root, words("segments.yaml 里没有人群", "segments.yaml holds no segments"), words("一个人群是“键: …”加缩进的几行", "a segment is a key and indented lines"))
		return
	}
	l.tagsIn(s, root, true)
}

func (l *loader) tagsIn(s *source, root *node, byHand bool) {
	var groups []string
	for _, g := range l.p.Groups {
		groups = append(groups, g.Key)
	}
	for _, e := range root.pairs {
		for _, i := range l.parts {
			if strings.HasPrefix(s.name, i.dir()) {
				l.inPart[i.key] = append(l.inPart[i.key], e.key.text)
			}
		}
		if l.leftOut(s.name, e.key.text) {
			continue
		}
		r := s.fields(e.value, words("标签", "a tag"), "name", "group", "private", "plain", "when", "needs", "value", "unit", "code", "codes", "because", "source")
		need := r.need
		if byHand { // who was put in by hand is there for a reason a human gave
			need = func(k string) *node { return r.of[k] }
			if !r.has("when") {
				r.of["when"] = &node{kind: scalar, text: "false", line: e.key.line, col: e.key.col}
			}
		}
		coded := !byHand && (r.of["code"] != nil || r.of["codes"] != nil)
		for _, k := range []string{"code", "codes"} {
			if byHand && r.has(k) {
				s.at(r.of[k], words("人群里的人只分在与不在，没有代码", "one is in a segment or not; it has no codes"), words("写成 tags.yaml 里的标签", "make it a tag in tags.yaml"))
			}
		}
		when := r.of["when"]
		if !coded {
			when = r.need("when")
		}
		t := &tagEntry{s: s, at: e.key, when: when, needs: r.of["needs"], value: r.of["value"]}
		t.Tag = Tag{
			Key: s.key(e.key), File: s.name, Line: e.key.line, ByHand: byHand,
			Name: s.text(r.need("name")), Plain: s.text(r.need("plain")), Because: s.text(need("because")),
			Source: s.str(need("source")),
		}
		if i := slices.IndexFunc(l.p.tags, func(o *tagEntry) bool { return o.Key == t.Key && t.Key != "" }); i >= 0 {
			hint := words("换一个键", "choose another key")
			if first := l.p.tags[i].s; first.name != own(first.name) {
				hint = words("换一个键，或在 include 里写 without，不用 %s 的那个", "choose another key, or leave out that of %s by without: in include", first.shown)
			}
			s.at(e.key, words("已经有标签或人群叫“%s”", "there is a tag or segment %q already", t.Key), hint)
			continue
		}
		if u := r.of["unit"]; u != nil {
			if t.Unit = s.str(u); t.value == nil {
				s.at(u, words("没有 value 就没有单位", "a unit without a value"), words("加一行 value: …，或去掉 unit", "add value: ..., or take unit away"))
			}
		}
		if g := r.need("group"); g != nil {
			t.Group = s.word(g, words("分组", "group"), groups...)
		}
		t.Private = "health" // what nobody decided on is not mirrored anywhere
		if r.has("private") {
			t.Private = s.word(r.of["private"], words("私密级别", "level of privacy"), "health", "person", "no")
			if t.Private == "no" {
				t.Private = ""
			}
		}
		if r.has("because") {
			known := placeholders
			if coded {
				known = codedPlaceholders
			}
			s.slots(r.of["because"], t.Because, known)
		}
		if coded {
			t.when = nil
			l.codesIn(s, r, t)
		}
		if t.Key != "" {
			l.p.tags = append(l.p.tags, t)
		}
	}
}

// slots reports a {word} in t that nothing fills.
func (s *source) slots(n *node, t fault.Text, known []string) {
	for _, text := range []string{t.Zh, t.En} {
		for rest := text; ; {
			i := strings.IndexByte(rest, '{')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
			j := strings.IndexByte(rest, '}')
			if j < 0 {
				s.at(n, words("“{”没有配上“}”", "a { without its }"), fault.Text{})
				break
			}
			if w := rest[:j]; !slices.Contains(known, w) {
				hint := s.meant(w, known)
				if len(known) == 0 {
					hint = words("这里的文字是什么就显示什么", "texts are shown as they are written")
				}
				s.at(n, words("没有东西可以填进 {%s}", "nothing fills {%s}", w), hint)
			}
			rest = rest[j+1:]
		}
	}
}
