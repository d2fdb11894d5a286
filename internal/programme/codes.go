package programme

import (
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/rule"
)

// A tag with codes is one of several things at a time: the level of somebody's engagement, how they are treated. Each code
// is a tag of its own, CodeKey(tag, code), which yields to the codes before it. So the code a person has is state like any
// tag, its changes are logged with version and cause, it is counted and found, and no two codes ever hold at once. The tag
// itself is had by whoever has one of its codes.

// Code is one of the things a tag with codes can be.
type Code struct {
	Key  string
	Name fault.Text
	Tag  int    // place of its own tag in Compiled.Tags
	Src  string // its rule as in the file
}

// maxKey is how long the key of a tag may be where it is asked for, its code included.
const maxKey = 80

// codesIn reads codes: of a tag that has them: in order, each with a name and a condition, or, beside code:, with a name.
// The tags of the codes go before t.
func (l *loader) codesIn(s *source, r record, t *tagEntry) {
	n := r.of["codes"]
	if n == nil || n.kind != mapping || len(n.pairs) == 0 {
		at := n
		if at == nil {
			at = r.of["code"]
		}
		s.at(at, words("标签缺少 codes：有哪几种，各叫什么", "the tag lacks codes: what it can be, each with its name"),
			words("例如 codes: {high: {name: {zh: 高, en: High}, when: …}, low: …}", "for example codes: {high: {name: {zh: 高, en: High}, when: ...}, low: ...}"))
		return
	}
	if r.has("when") {
		s.at(r.of["when"], words("有 codes 的标签不写 when", "a tag with codes has no when"), words("条件写在每个代码里", "each code has its own"))
	}
	if slices.ContainsFunc(l.p.Groups, func(g Group) bool { return g.Exclusive && g.Key == t.Group }) {
		s.at(r.of["group"], words("有 codes 的标签本来就只取一种，不放进互斥的分组", "a tag with codes is one of them at a time by itself and does not go into an exclusive group"),
			words("放进别的分组", "put it into another group"))
	}
	var src []string
	for _, e := range n.pairs {
		c := &tagEntry{s: s, at: e.key, needs: t.needs, value: t.value}
		c.Tag = t.Tag
		name := e.value
		if r.has("code") {
			c.when, c.is = r.of["code"], s.key(e.key)
			if e.value.kind == mapping && slices.ContainsFunc(e.value.pairs, func(p pair) bool { return p.key.text == "name" || p.key.text == "when" }) {
				name = s.fields(e.value, words("代码", "a code"), "name").need("name")
			}
		} else {
			f := s.fields(e.value, words("代码", "a code"), "name", "when")
			name, c.when = f.need("name"), f.need("when")
		}
		code := s.key(e.key)
		c.codeName = s.text(name)
		c.Key, c.Of, c.Code, c.Line = rule.CodeKey(t.Key, code), t.Key, code, e.key.line
		if len(c.Key) > maxKey {
			s.at(e.key, words("标签和代码的键合起来长过 %d 个字", "the keys of tag and code together are longer than %d letters", maxKey), fault.Text{})
		}
		c.Name = fault.Text{Zh: t.Name.Zh + "：" + c.codeName.Zh, En: t.Name.En + ": " + c.codeName.En}
		c.Because = fault.Text{Zh: strings.ReplaceAll(t.Because.Zh, "{code}", c.codeName.Zh), En: strings.ReplaceAll(t.Because.En, "{code}", c.codeName.En)}
		if code == "" || t.Key == "" {
			continue
		}
		for _, o := range l.p.tags { // those of the codes before
			if o.Of == t.Key {
				c.beside = append(c.beside, o.Key)
			}
		}
		l.p.tags = append(l.p.tags, c)
		t.codes = append(t.codes, c)
		src = append(src, "tag("+strconv.Quote(c.Key)+")")
	}
	t.made = strings.Join(src, " || ")
}

// code compiles the condition of a code that an expression must give. The expression is compiled by itself first: its
// mistakes are at its place, what remains is about the code.
func (c *compiler) code(e *rule.Env, t *tagEntry) *rule.Rule {
	if t.when == nil || c.compile(e, t.s, t.when, rule.KindString) == nil {
		return nil
	}
	src, _ := c.p.expand(strings.TrimRight(t.when.text, " \n"))
	r, err := e.Compile("("+src+") == "+strconv.Quote(t.is), rule.KindBool)
	for _, p := range rule.ProblemsOf(err) {
		t.s.at(t.at, p.Msg, p.Hint)
	}
	return r
}

// made compiles the rule of a tag that is had with any of its codes.
func (c *compiler) made(e *rule.Env, t *tagEntry) *rule.Rule {
	r, err := e.Compile(t.made, rule.KindBool)
	if err != nil {
		t.s.at(t.at, words("标签的代码太多", "the tag has too many codes"), words("分成两个标签", "make two tags of it"))
	}
	return r
}

// codesSource is the rule of a tag with codes as it is shown: a line a code, in order.
func codesSource(t *tagEntry) string {
	var lines []string
	for _, x := range t.codes {
		if x.when == nil {
			continue // reported as lacking
		}
		line := x.Code + ": " + strings.TrimSpace(x.when.text)
		if x.is != "" {
			line += " == " + strconv.Quote(x.is)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// coded are the codes of each tag that has them.
func (p *Programme) coded() map[string][]string {
	out := map[string][]string{}
	for _, t := range p.tags {
		for _, c := range t.codes {
			out[t.Key] = append(out[t.Key], c.Code)
		}
	}
	return out
}

// CodeOf is what t is for somebody, nil if none of its codes holds; has tells which tags they have.
func (c *Compiled) CodeOf(t *Tag, has func(key string) bool) *Code {
	for i := range t.Codes {
		if has(c.Tags[t.Codes[i].Tag].Key) {
			return &t.Codes[i]
		}
	}
	return nil
}
