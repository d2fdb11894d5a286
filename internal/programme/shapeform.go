package programme

import (
	"slices"
	"strings"

	"peiban/internal/fault"
)

// GroupForm is a heading the tags stand under, as an editor fills it in.
type GroupForm struct {
	Key       string
	Name      fault.Text
	Exclusive bool   // a person is in the first of its tags that holds
	Part      string // the shared part it comes from; empty: the programme's own
}

// WordForm is a part of rules with a name.
type WordForm struct {
	Key  string
	Rule string
	Part string
}

// LayerForm is what the people of one tag get, as an editor fills it in.
type LayerForm struct {
	Tag      string
	Gets     fault.Text
	Every    string // 7d, or the key of a setting in days
	By       string
	Channels []string
	Journeys []string
	Source   string
}

// entries calls each for the entries under parent, in the programme's own file first, then in those of its parts.
func (f Files) entries(parent string, each func(s *source, part string, e pair)) {
	for _, name := range f.settingFiles() {
		s, root := f.tree(name)
		all := child(root, parent)
		if all == nil || all.kind != mapping {
			continue
		}
		for _, e := range all.pairs {
			each(s, partOf(name), e)
		}
	}
}

// Groups are the headings of f, the programme's own first. One of a part the programme has too is left out.
func (f Files) Groups() (out []GroupForm) {
	seen := map[string]bool{}
	f.entries("groups", func(_ *source, part string, e pair) {
		if seen[e.key.text] {
			return
		}
		seen[e.key.text] = true
		x := GroupForm{Key: e.key.text, Name: plainText(e.value), Part: part}
		if n := child(e.value, "name"); n != nil {
			x.Name = plainText(n)
		}
		if n := child(e.value, "exclusive"); n != nil {
			x.Exclusive = n.text == "true"
		}
		out = append(out, x)
	})
	return out
}

// SetGroups is f with these as the programme's own headings, in this order. One that is as it was keeps its lines and the comments
// above it, wherever it moves; one that is changed keeps its comments.
func (f Files) SetGroups(all []GroupForm) (Files, error) {
	seen := map[string]bool{}
	var fresh []entry
	was := map[string]GroupForm{}
	for _, x := range f.Groups() {
		was[x.Key] = x
	}
	for _, x := range all {
		if !keyOK(x.Key) || seen[x.Key] {
			return nil, errFormKey.At("body.groups")
		}
		seen[x.Key] = true
		x.Part = ""
		e := entry{key: x.Key}
		if old, had := was[x.Key]; !had || old != x {
			e.value = flowText(x.Name)
			if x.Exclusive {
				e.value = "{name: " + e.value + ", exclusive: true}"
			}
		}
		fresh = append(fresh, e)
	}
	return f.setEntries("programme.yaml", "groups", fresh)
}

// Words are the named parts of rules of f, the programme's own first.
func (f Files) Words() (out []WordForm) {
	seen := map[string]bool{}
	f.entries("words", func(s *source, part string, e pair) {
		if !seen[e.key.text] {
			seen[e.key.text] = true
			out = append(out, WordForm{e.key.text, strings.TrimRight(s.rule(e.value), " \n"), part})
		}
	})
	return out
}

var errWord = fault.New(fault.Invalid, "bad_word", "词要有三个以上小写字母、数字或 _，以字母开头", "a word has three or more small letters, digits or _ and begins with a letter").At("key")

// SetWord is f with a word in the place of the one of its key. The comment behind it stays.
func (f Files) SetWord(x WordForm) (Files, error) {
	if !wordKey.MatchString(x.Key) {
		return nil, errWord
	}
	rule := strings.TrimSpace(strings.ReplaceAll(x.Rule, "\r\n", "\n"))
	if rule == "" {
		return nil, fault.New(fault.Invalid, "no_rule", "写一条规则", "write a rule").At("body.rule")
	}
	block := "  " + x.Key + ": |-\n    " + strings.ReplaceAll(rule, "\n", "\n    ") + "\n"
	if plainRule(rule) {
		block = "  " + x.Key + ": " + rule + f.commentBehind("words", x.Key) + "\n"
	}
	return f.setEntry("programme.yaml", "words", x.Key, block)
}

// DropWord is f without its own word of a key.
func (f Files) DropWord(key string) (Files, error) {
	return f.setEntry("programme.yaml", "words", key, "")
}

// commentBehind is what a person wrote behind an entry of one line, with the space before it.
func (f Files) commentBehind(parent, key string) string {
	s, root := f.tree("programme.yaml")
	all := child(root, parent)
	if all == nil {
		return ""
	}
	for _, e := range all.pairs {
		if e.key.text == key && !e.value.block && blockEnd(s.lines, e.key.line-1) == e.key.line {
			return lineComment(s.lines[e.key.line-1])
		}
	}
	return ""
}

// lineComment is the comment of a line, with the spaces before it; a # within quotes is none.
func lineComment(l string) string {
	var quote byte
	for i := 0; i < len(l); i++ {
		switch c := l[i]; {
		case quote != 0 && c == '\\' && quote == '"':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && i > 0 && l[i-1] == ' ':
			return l[len(strings.TrimRight(l[:i], " ")):]
		}
	}
	return ""
}

// LayerForms are the layers of f in the order of the file.
func (f Files) LayerForms() (out []LayerForm) {
	s, root := f.tree("programme.yaml")
	all := child(root, "layers")
	if all == nil || all.kind != mapping {
		return nil
	}
	texts := func(n *node) (words []string) {
		for _, x := range s.strs(n) {
			words = append(words, x.text)
		}
		return words
	}
	for _, e := range all.pairs {
		x := LayerForm{Tag: e.key.text}
		for _, p := range e.value.pairs {
			switch p.key.text {
			case "gets":
				x.Gets = plainText(p.value)
			case "every":
				x.Every = p.value.text
			case "by":
				x.By = p.value.text
			case "channel":
				x.Channels = texts(p.value)
			case "journeys":
				x.Journeys = texts(p.value)
			case "source":
				x.Source = p.value.text
			}
		}
		out = append(out, x)
	}
	return out
}

// SetLayer is f with a layer in the place of the one of its tag, or after the others.
func (f Files) SetLayer(x LayerForm) (Files, error) {
	if !keyOK(x.Tag) {
		return nil, errFormKey.At("key")
	}
	list := func(all []string) string {
		out := make([]string, len(all))
		for i, one := range all {
			out[i] = quoted(one)
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	var b strings.Builder
	b.WriteString("  " + x.Tag + ":\n    gets:\n      zh: " + quoted(x.Gets.Zh) + "\n      en: " + quoted(x.Gets.En) + "\n")
	b.WriteString("    every: " + quoted(x.Every) + "\n    by: " + quoted(x.By) + "\n    channel: " + list(x.Channels) + "\n")
	if len(x.Journeys) > 0 {
		b.WriteString("    journeys: " + list(x.Journeys) + "\n")
	}
	b.WriteString("    source: " + quoted(x.Source) + "\n")
	return f.setEntry("programme.yaml", "layers", x.Tag, b.String())
}

// DropLayer is f without what a layer gets.
func (f Files) DropLayer(tag string) (Files, error) {
	return f.setEntry("programme.yaml", "layers", tag, "")
}

// entry is one line of a mapping as it is to be; without a value it stays as it was.
type entry struct{ key, value string }

// setEntries is f with these entries, in this order, as the mapping under parent in a file.
func (f Files) setEntries(name, parent string, all []entry) (Files, error) {
	s, root := f.tree(name)
	if root == nil {
		return nil, errByHand.At("%s", name)
	}
	at := slices.IndexFunc(root.pairs, func(p pair) bool { return p.key.text == parent })
	if at < 0 {
		var err error
		for _, e := range all {
			if f, err = f.setEntry(name, parent, e.key, "  "+e.key+": "+e.value+"\n"); err != nil {
				return nil, err
			}
		}
		return f, nil
	}
	p, lines := root.pairs[at], slices.Clone(s.lines)
	if p.value.kind != mapping || !ownLine(lines, p.key) || len(all) == 0 {
		return nil, errByHand.At("%s", name)
	}
	from := p.key.line
	blocks, behind := map[string][]string{}, map[string]string{}
	for _, e := range p.value.pairs {
		if !ownLine(lines, e.key) || e.key.col != 3 {
			return nil, errByHand.At("%s", name)
		}
		to := blockEnd(lines, e.key.line-1)
		blocks[e.key.text], behind[e.key.text] = lines[from:to], lineComment(lines[e.key.line-1])
		from = to
	}
	var fresh []string
	for _, e := range all {
		old := blocks[e.key]
		if e.value == "" {
			fresh = append(fresh, old...)
			continue
		}
		for _, l := range old { // the comments above it
			if t := strings.TrimSpace(l); t != "" && t[0] != '#' {
				break
			}
			fresh = append(fresh, l)
		}
		fresh = append(fresh, "  "+e.key+": "+e.value+behind[e.key])
	}
	lines = slices.Replace(lines, p.key.line, from, fresh...)
	return f.with(name, strings.Join(lines, "\n")), nil
}

// TagForms are the tags and segments of f by key, name and heading, file by file; of a tag a part has too, the programme's own.
func (f Files) TagForms() (out []TagForm) {
	names := f.Paths()
	slices.SortStableFunc(names, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	seen := map[string]bool{}
	for _, name := range names {
		if name != segmentsFile && !isTagFile(name) {
			continue
		}
		_, root := f.tagsFile(name)
		if root == nil {
			continue
		}
		for _, e := range root.pairs {
			if seen[e.key.text] || e.value.kind != mapping {
				continue
			}
			seen[e.key.text] = true
			t := TagForm{Key: e.key.text, Segment: name == segmentsFile}
			if n := child(e.value, "name"); n != nil {
				t.Name = plainText(n)
			}
			if n := child(e.value, "group"); n != nil {
				t.Group = n.text
			}
			out = append(out, t)
		}
	}
	return out
}

// Named is a key with what it is called.
type Named struct {
	Key  string
	Name fault.Text
}

// JourneyNames are the programme's own journeys in the order of their files.
func (f Files) JourneyNames() (out []Named) {
	for _, name := range f.Paths() {
		key, ok := strings.CutPrefix(own(name), "journeys/")
		if !ok || slices.ContainsFunc(out, func(n Named) bool { return n.Key+".yaml" == key }) {
			continue
		}
		_, root := f.tree(name)
		x := Named{Key: strings.TrimSuffix(key, ".yaml")}
		if n := child(root, "name"); n != nil {
			x.Name = plainText(n)
		}
		out = append(out, x)
	}
	return out
}
