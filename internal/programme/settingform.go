package programme

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
)

// SettingForm is a setting as an editor fills it in.
type SettingForm struct {
	Key    string
	Name   fault.Text
	Value  float64
	Unit   string
	Source string
	Unsure bool   // the file says so by unsure: true
	Part   string // the shared part it comes from; empty: the programme's own
	File   string
	Line   int
}

// unsureMarks stand in the source of a number nobody has made sure of yet.
var unsureMarks = []string{"医生确认", "待确认", "不确定", "资料不一", "提议值", "占位值", "unsure", "propos", "placeholder", "to be confirmed"}

// Unsure reports whether a source says that the number is not sure. Source of the three marks: docs/guide/new-disease.md, step 1.
func Unsure(source string) bool {
	s := strings.ToLower(source)
	return slices.ContainsFunc(unsureMarks, func(m string) bool { return strings.Contains(s, m) })
}

// IsUnsure reports whether the setting says so itself, or its source does.
func (s Setting) IsUnsure() bool { return s.Unsure || Unsure(s.Source) }

// settingFiles are where settings stand: the programme's own first, which stand in the place of a part's.
func (f Files) settingFiles() []string {
	out := []string{"programme.yaml"}
	for _, name := range f.Paths() {
		if strings.HasPrefix(name, sharedDir+"/") && own(name) == "part.yaml" {
			out = append(out, name)
		}
	}
	return out
}

// Settings are the settings of f in the order of its files, the programme's own first. What cannot be read is left out.
func (f Files) Settings() (out []SettingForm) {
	seen := map[string]bool{}
	for _, name := range f.settingFiles() {
		s, root := f.tree(name)
		all := child(root, "settings")
		if all == nil || all.kind != mapping {
			continue
		}
		for _, e := range all.pairs {
			if seen[e.key.text] || e.value.kind != mapping {
				continue
			}
			seen[e.key.text] = true
			x := SettingForm{Key: e.key.text, File: name, Line: e.key.line, Part: partOf(name)}
			for _, p := range e.value.pairs {
				switch p.key.text {
				case "name":
					x.Name = plainText(p.value)
				case "value":
					x.Value, x.Unit, _ = s.quantity(p.value)
				case "source":
					x.Source = p.value.text
				case "unsure":
					x.Unsure = p.value.text == "true"
				}
			}
			out = append(out, x)
		}
	}
	return out
}

// partOf is the shared part a file belongs to; empty: the programme itself.
func partOf(name string) string {
	rest, ok := strings.CutPrefix(name, sharedDir+"/")
	if !ok {
		return ""
	}
	key, _, _ := strings.Cut(rest, "/")
	return key
}

// SetSetting is f with a setting in the place of the one of its key. One of a shared part is not changed there: the programme
// gets its own in its place, so that other programmes and a later part are as they were.
func (f Files) SetSetting(x SettingForm) (Files, error) {
	if !keyOK(x.Key) {
		return nil, errFormKey.At("key")
	}
	if strings.TrimSpace(x.Unit) == "" {
		return nil, errNoUnit.At("body.unit")
	}
	var b strings.Builder
	b.WriteString("  " + x.Key + ":\n")
	b.WriteString("    name: " + flowText(x.Name) + "\n")
	b.WriteString("    value: " + number(x.Value) + " " + strings.Join(strings.Fields(x.Unit), " ") + "\n")
	b.WriteString("    source: " + quoted(x.Source) + "\n")
	if x.Unsure {
		b.WriteString("    unsure: true\n")
	}
	return f.setEntry("programme.yaml", "settings", x.Key, b.String())
}

// DropSetting is f without its own setting of a key; a part's of that key holds again.
func (f Files) DropSetting(key string) (Files, error) {
	return f.setEntry("programme.yaml", "settings", key, "")
}

var (
	errFormKey = fault.New(fault.Invalid, "bad_key", "键要以小写字母开头", "a key begins with a small letter").
			Because("只用小写字母、数字、- 和 _", "use small letters, digits, - and _ only")
	errNoUnit = fault.New(fault.Invalid, "no_unit", "每个数都要有单位", "every number carries its unit")
)

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// flowText is a text as {zh: ..., en: ...}.
func flowText(t fault.Text) string { return "{zh: " + quoted(t.Zh) + ", en: " + quoted(t.En) + "}" }

// SettingReaders counts for each setting the tags, stages and conditions that read it, words between them included.
func (c *Compiled) SettingReaders() map[string]int {
	out := map[string]int{}
	count := func(texts ...string) {
		var all strings.Builder
		for _, t := range texts {
			if c.from != nil {
				t, _ = c.from.expand(t)
			}
			all.WriteString(t + "\n")
		}
		for k := range c.Settings {
			if strings.Contains(all.String(), `"`+k+`"`) {
				out[k]++
			}
		}
	}
	for i := range c.Tags {
		if t := &c.Tags[i]; t.Of == "" {
			count(t.Src, t.NeedsSrc, t.ValueSrc)
		}
	}
	for i := range c.Stages {
		count(c.Stages[i].Src, c.Stages[i].StaySrc)
	}
	for _, j := range c.Journeys {
		count(c.Files[j.File])
	}
	return out
}

// SettingKeys are the settings in the order of their keys.
func (c *Compiled) SettingKeys() []string { return slices.Sorted(maps.Keys(c.Settings)) }
