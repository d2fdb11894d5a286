package programme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
)

// TagForm is a tag as an editor fills it in. Empty fields that may be left out are.
type TagForm struct {
	Key     string
	Name    fault.Text
	Group   string
	Private string // health, person, no
	Plain   fault.Text
	When    string
	Needs   string
	Value   string
	Unit    string
	Because fault.Text
	Source  string
	Code    string     // of a tag with codes: the expression that gives one of them; empty: each has a condition
	Codes   []CodeForm // in order; nil: the tag is had or not
	Segment bool       // it stands, or a new one goes, among the segments
}

// CodeForm is one code of a tag.
type CodeForm struct {
	Key  string
	Name fault.Text
	When string // empty beside an expression
}

var errTagsFile = fault.New(fault.Invalid, "tags_unreadable", "tags.yaml 读不通，请先在文件里改好", "tags.yaml cannot be read; mend the file first").At("body")

// Form is tag or segment key of f as it stands in its file; ok is false when there is none, or the file cannot be read.
func (f Files) Form(key string) (TagForm, bool) {
	name := f.fileOf(key)
	s, root := f.tagsFile(name)
	if root == nil {
		return TagForm{}, false
	}
	for _, e := range root.pairs {
		if e.key.text != key || e.value.kind != mapping {
			continue
		}
		t := TagForm{Key: key, Private: "health", Segment: name == segmentsFile}
		for _, p := range e.value.pairs {
			v := p.value
			switch p.key.text {
			case "name":
				t.Name = plainText(v)
			case "plain":
				t.Plain = plainText(v)
			case "because":
				t.Because = plainText(v)
			case "group":
				t.Group = v.text
			case "private":
				t.Private = v.text
			case "source":
				t.Source = v.text
			case "unit":
				t.Unit = v.text
			case "when":
				t.When = strings.TrimRight(s.rule(v), " \n")
			case "needs":
				t.Needs = strings.TrimRight(s.rule(v), " \n")
			case "value":
				t.Value = strings.TrimRight(s.rule(v), " \n")
			case "code":
				t.Code = strings.TrimRight(s.rule(v), " \n")
			case "codes":
				for _, c := range v.pairs {
					t.Codes = append(t.Codes, codeForm(c))
				}
			}
		}
		return t, true
	}
	return TagForm{}, false
}

// codeForm reads {zh, en}, or {name, when}.
func codeForm(p pair) CodeForm {
	c := CodeForm{Key: p.key.text, Name: plainText(p.value)}
	for _, q := range p.value.pairs {
		switch q.key.text {
		case "name":
			c.Name = plainText(q.value)
		case "when":
			c.When = strings.TrimRight(q.value.text, " \n")
		}
	}
	return c
}

func plainText(n *node) (t fault.Text) {
	for _, p := range n.pairs {
		switch p.key.text {
		case "zh":
			t.Zh = strings.TrimRight(p.value.text, "\n")
		case "en":
			t.En = strings.TrimRight(p.value.text, "\n")
		}
	}
	return t
}

const segmentsFile = "segments.yaml"

// fileOf is the file a tag or segment stands in; what is new goes into tags.yaml.
func (f Files) fileOf(key string) string {
	names := f.Paths()
	slices.SortStableFunc(names, func(a, b string) int { // a programme's own tag may stand in the place of a part's
		return strings.Count(a, "/") - strings.Count(b, "/")
	})
	for _, name := range names {
		if name != segmentsFile && !isTagFile(name) {
			continue
		}
		if _, root := f.tagsFile(name); root != nil && slices.ContainsFunc(root.pairs, func(e pair) bool { return e.key.text == key }) {
			return name
		}
	}
	return "tags.yaml"
}

// tagsFile reads a file of tags as a tree, nil when it is no mapping; one that is not there is empty.
func (f Files) tagsFile(name string) (*source, *node) {
	s := newSource(name, []byte(f[name]), &Problems{})
	root := s.parse()
	if _, has := f[name]; !has {
		s.lines = nil
		return s, &node{kind: mapping}
	}
	if root == nil || root.kind != mapping {
		return s, nil
	}
	return s, root
}

// SetTag is f with tag t in the place of the one of its key, or at the end. Comments around it stay; what stood
// inside the tag is written anew.
func (f Files) SetTag(t TagForm) (Files, error) {
	if !keyOK(t.Key) {
		return nil, fault.New(fault.Invalid, "bad_key", "标签的键要以小写字母开头", "a tag's key begins with a small letter").At("key").
			Because("只用小写字母、数字、- 和 _", "use small letters, digits, - and _ only")
	}
	for _, c := range t.Codes {
		if !keyOK(c.Key) {
			return nil, fault.New(fault.Invalid, "bad_key", "代码的键要以小写字母开头", "the key of a code begins with a small letter").At("codes").
				Because("只用小写字母、数字、- 和 _", "use small letters, digits, - and _ only")
		}
	}
	name := f.fileOf(t.Key)
	if _, there := f.Form(t.Key); !there && t.Segment {
		name = segmentsFile
	}
	return f.replaceTag(name, t.Key, t.yaml())
}

// DropTag is f without a tag.
func (f Files) DropTag(key string) (Files, error) {
	return f.replaceTag(f.fileOf(key), key, "")
}

func (f Files) replaceTag(name, key, block string) (Files, error) {
	s, root := f.tagsFile(name)
	if root == nil {
		return nil, errTagsFile
	}
	out := Files{}
	for n, text := range f {
		out[n] = text
	}
	lines := s.lines
	from, to := len(lines), len(lines)
	for _, e := range root.pairs {
		if e.key.text == key {
			from = e.key.line - 1
			to = endOf(lines, from)
			break
		}
	}
	found := from < len(lines)
	if !found {
		for from > 0 && strings.TrimSpace(lines[from-1]) == "" {
			from--
		}
		to = len(lines)
		if block == "" {
			return out, nil
		}
		block = "\n" + block
	}
	before, after := strings.Join(lines[:from], "\n"), strings.Join(lines[to:], "\n")
	if before != "" {
		before += "\n"
	}
	if out[name] = strings.TrimRight(before+block+after, "\n") + "\n"; out[name] == "\n" {
		delete(out, name) // the last tag of the file
	}
	return out, nil
}

// endOf is the line after the block that begins at from: its lines are indented. Empty lines and comments that come
// after it belong to what follows.
func endOf(lines []string, from int) int {
	end := from + 1
	for i := end; i < len(lines); i++ {
		switch l := lines[i]; {
		case strings.TrimSpace(l) == "":
		case l[0] == ' ':
			end = i + 1
		default:
			return end
		}
	}
	return end
}

// yaml writes t as a programme manager would.
func (t TagForm) yaml() string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", key, value)
		}
	}
	words := func(key string, x fault.Text) {
		if x != (fault.Text{}) {
			fmt.Fprintf(&b, "  %s:\n    zh: %s\n    en: %s\n", key, quoted(x.Zh), quoted(x.En))
		}
	}
	rule := func(key, src string) {
		src = strings.TrimSpace(strings.ReplaceAll(src, "\r\n", "\n"))
		switch {
		case src == "":
		case plainRule(src):
			line(key, src)
		default:
			fmt.Fprintf(&b, "  %s: |-\n    %s\n", key, strings.ReplaceAll(src, "\n", "\n    "))
		}
	}
	b.WriteString(t.Key + ":\n")
	fmt.Fprintf(&b, "  name: {zh: %s, en: %s}\n", quoted(t.Name.Zh), quoted(t.Name.En))
	line("group", quotedOrNone(t.Group))
	line("private", quotedOrNone(t.Private))
	words("plain", t.Plain)
	rule("when", t.When)
	rule("needs", t.Needs)
	rule("value", t.Value)
	line("unit", quotedOrNone(t.Unit))
	rule("code", t.Code)
	if len(t.Codes) > 0 {
		b.WriteString("  codes:\n")
	}
	for _, c := range t.Codes {
		fmt.Fprintf(&b, "    %s:\n      name: {zh: %s, en: %s}\n", c.Key, quoted(c.Name.Zh), quoted(c.Name.En))
		if when := strings.TrimSpace(strings.ReplaceAll(c.When, "\r\n", "\n")); when != "" {
			fmt.Fprintf(&b, "      when: |-\n        %s\n", strings.ReplaceAll(when, "\n", "\n        "))
		}
	}
	words("because", t.Because)
	line("source", quotedOrNone(t.Source))
	return b.String()
}

// plainRule reports whether a rule may stand behind its key as it is, and reads back the same.
func plainRule(src string) bool {
	return !strings.ContainsAny(src, "\n#") && !strings.Contains(src, ": ") && !strings.HasSuffix(src, ":") &&
		strings.ContainsAny(src[:1], "abcdefghijklmnopqrstuvwxyz") && src == strings.TrimSpace(src)
}

func quotedOrNone(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}

// quoted is a text of one line as YAML reads it back, without quotes where none are needed.
func quoted(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || strings.ContainsAny(s, `:#{}[],&*!|>'"%@`+"`\\") || strings.ContainsAny(s[:1], "-? ") || looksTyped(s) {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}

// looksTyped reports whether YAML might take s for something else than text.
func looksTyped(s string) bool {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return true
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "null", "~", "on", "off":
		return s != "no" // private: no is written so everywhere
	}
	return false
}

// WithVersion is f with another version in programme.yaml.
func (f Files) WithVersion(v int) (Files, error) {
	s := newSource("programme.yaml", []byte(f["programme.yaml"]), &Problems{})
	root := s.parse()
	if root != nil && root.kind == mapping {
		for _, e := range root.pairs {
			if e.key.text != "version" || e.value.kind != scalar || e.value.line != e.key.line {
				continue
			}
			out := Files{}
			for n, text := range f {
				out[n] = text
			}
			l := []rune(s.lines[e.value.line-1])
			at := e.value.col - 1
			rest := strings.TrimLeft(string(l[at:]), `"'0123456789`)
			s.lines[e.value.line-1] = string(l[:at]) + strconv.Itoa(v) + rest
			out["programme.yaml"] = strings.Join(s.lines, "\n")
			return out, nil
		}
	}
	return nil, fault.New(fault.Invalid, "no_version", "programme.yaml 里没有 version", "programme.yaml has no version").At("programme.yaml")
}
