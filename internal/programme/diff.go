package programme

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"peiban/internal/fault"
	"peiban/internal/rule"
)

// What a Change may be.
const (
	Added    = "added"
	Removed  = "removed"
	Changed  = "changed"  // it may decide otherwise
	Reworded = "reworded" // it decides as before and reads otherwise
)

// Change is one thing that is different between two versions.
type Change struct {
	Key  string     `json:"key"`
	Name fault.Text `json:"name"`
	What string     `json:"change"`
	Was  string     `json:"was,omitempty"` // the rule, for tags and stages
	Is   string     `json:"is,omitempty"`
}

// Diff is everything that is different between two versions, each part in the order of the newer one.
type Diff struct {
	Tags, Stages, Journeys, Contents []Change
	Other                            []Change // files that are none of these, by path
}

// Empty reports whether nothing is different.
func (d Diff) Empty() bool {
	return len(d.Tags)+len(d.Stages)+len(d.Journeys)+len(d.Contents)+len(d.Other) == 0
}

// Compare lists what is different in now. A tag is changed when it can decide otherwise, whatever the reason: its rule,
// a word in it, a setting or a target it reads.
func Compare(was, now *Compiled) Diff {
	var d Diff
	for i := range now.Tags {
		t := &now.Tags[i]
		j := was.TagIndex(t.Key)
		if j < 0 {
			d.Tags = append(d.Tags, Change{t.Key, t.Name, Added, "", t.Src})
			continue
		}
		o := &was.Tags[j]
		switch {
		case was.tagSign(o) != now.tagSign(t):
			d.Tags = append(d.Tags, Change{t.Key, t.Name, Changed, o.Src, t.Src})
		case was.tagWords(o) != now.tagWords(t):
			d.Tags = append(d.Tags, Change{t.Key, t.Name, Reworded, o.Src, t.Src})
		}
	}
	for i := range was.Tags {
		if t := &was.Tags[i]; now.TagIndex(t.Key) < 0 {
			d.Tags = append(d.Tags, Change{t.Key, t.Name, Removed, t.Src, ""})
		}
	}
	d.stages(was, now)
	d.files(was, now)
	return d
}

func (d *Diff) stages(was, now *Compiled) {
	place := func(c *Compiled, key string) int {
		return slices.IndexFunc(c.Stages, func(s Stage) bool { return s.Key == key })
	}
	for i := range now.Stages {
		s := &now.Stages[i]
		j := place(was, s.Key)
		if j < 0 {
			d.Stages = append(d.Stages, Change{s.Key, s.Name, Added, "", s.Src})
			continue
		}
		o := &was.Stages[j]
		switch {
		case was.stageSign(o) != now.stageSign(s) || before(was, j) != before(now, i):
			d.Stages = append(d.Stages, Change{s.Key, s.Name, Changed, o.Src, s.Src})
		case o.Name != s.Name || o.Plain != s.Plain || o.Source != s.Source:
			d.Stages = append(d.Stages, Change{s.Key, s.Name, Reworded, o.Src, s.Src})
		}
	}
	for i := range was.Stages {
		if s := &was.Stages[i]; place(now, s.Key) < 0 {
			d.Stages = append(d.Stages, Change{s.Key, s.Name, Removed, s.Src, ""})
		}
	}
}

// before is which stages come before the one at i: a stage moved up takes people from those it passed.
func before(c *Compiled, i int) string {
	var keys []string
	for _, s := range c.Stages[:i] {
		keys = append(keys, s.Key)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

func (d *Diff) files(was, now *Compiled) {
	changedWords := map[string]bool{}
	for k, v := range now.words() {
		if was.words()[k] != v {
			changedWords[k] = true
		}
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(was.Files.Paths(), now.Files.Paths()...)))) {
		o, had := was.Files[name]
		n, has := now.Files[name]
		dir, key := path.Dir(own(name)), strings.TrimSuffix(path.Base(name), path.Ext(name))
		what := Changed
		switch {
		case !had:
			what = Added
		case !has:
			what = Removed
		case o == n && (dir != "journeys" || !mentions(n, changedWords)):
			continue
		}
		switch {
		case isTagFile(name) || name == "stages.yaml" || name == "segments.yaml":
		case dir == "journeys":
			c := Change{Key: key, What: what}
			if j := cmp.Or(now.Journey(key), was.Journey(key)); j != nil {
				c.Name = j.Name
			}
			d.Journeys = append(d.Journeys, c)
		case dir == "content":
			c := Change{Key: key, What: what}
			if x := cmp.Or(now.Content(key), was.Content(key)); x != nil {
				c.Name = x.Title
			}
			d.Contents = append(d.Contents, c)
		case name == "programme.yaml" && withoutVersion(o) == withoutVersion(n):
		default:
			d.Other = append(d.Other, Change{Key: name, What: what})
		}
	}
}

// withoutVersion is programme.yaml but for its number, which every published version has another of.
func withoutVersion(text string) string {
	f, err := Files{"programme.yaml": text}.WithVersion(0)
	if err != nil {
		return text
	}
	return f["programme.yaml"]
}

// mentions reports whether any of words stands in text as a name.
func mentions(text string, words map[string]bool) bool {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if words[name] {
			return true
		}
	}
	return false
}

// words are the programme's words with their text.
func (c *Compiled) words() map[string]string {
	out := map[string]string{}
	if c.from != nil {
		for k, w := range c.from.words {
			out[k] = w.s.rule(w.n)
		}
	}
	return out
}

// Words are the programme's words with the rules they stand for.
func (c *Compiled) Words() map[string]string { return c.words() }

// tagSign is everything that decides who has a tag, but the tags it reads.
func (c *Compiled) tagSign(t *Tag) string {
	return c.sign(t.When) + "\x00" + c.sign(t.Needs) + "\x00" + c.sign(t.Value) + "\x00" + fmt.Sprint(t.ByHand) + c.yields(t)
}

func (c *Compiled) stageSign(s *Stage) string { return c.sign(s.When) + "\x00" + c.sign(s.Stay) }

// yields names the tags of an exclusive group that come before t.
func (c *Compiled) yields(t *Tag) string {
	var b strings.Builder
	for _, i := range t.Yields {
		b.WriteString(" " + c.Tags[i].Key)
	}
	return b.String()
}

// sign is a rule with what it reads of the programme. Rules hold settings as numbers and targets by name.
func (c *Compiled) sign(r *rule.Rule) string {
	if r == nil {
		return ""
	}
	s := r.Source()
	if strings.Contains(s, "setting(") {
		for _, k := range slices.Sorted(maps.Keys(c.Settings)) {
			if strings.Contains(s, `"`+k+`"`) {
				s += fmt.Sprintf("\x00%s=%v", k, c.Settings[k].Value)
			}
		}
	}
	if r.Deps().Target {
		for _, k := range slices.Sorted(maps.Keys(c.Targets)) {
			t := c.Targets[k]
			s += fmt.Sprintf("\x00%s %v %v", k, t.Ranges, t.HbA1c)
		}
		s += c.DefaultTarget
	}
	return s + "\x00" + c.Zone.String()
}

// tagWords is everything about a tag that is said and decides nothing.
func (c *Compiled) tagWords(t *Tag) string {
	return fmt.Sprint(t.Name, t.Plain, t.Because, t.Group, t.Private, t.Source, t.Unit, t.Src, t.NeedsSrc)
}

// Affected are the tags of now, by place, whose answer may be another than in was, and whether the stage may be. Those
// that read a changed tag are among them.
func Affected(was, now *Compiled) (tags []int, stage bool) {
	hit := make([]bool, len(now.Tags))
	changed := map[string]bool{}
	for _, c := range Compare(was, now).Tags {
		changed[c.Key] = c.What != Reworded
	}
	for _, c := range Compare(was, now).Stages {
		stage = stage || c.What != Reworded
	}
	for i := range len(now.Tags) + 1 { // in order of dependence, the stage between them
		if i == len(now.Tags)-now.AfterStage {
			stage = stage || now.stageReads(hit)
		}
		if i == len(now.Tags) {
			break
		}
		t := &now.Tags[i]
		hit[i] = changed[t.Key] || stage && t.ReadsStage()
		for _, d := range t.Depends {
			hit[i] = hit[i] || hit[d]
		}
		if hit[i] {
			tags = append(tags, i)
		}
	}
	return tags, stage
}

// stageReads reports whether a rule of a stage reads one of the tags marked.
func (c *Compiled) stageReads(marked []bool) bool {
	for i := range c.Stages {
		for _, r := range []*rule.Rule{c.Stages[i].When, c.Stages[i].Stay} {
			if r != nil && slices.ContainsFunc(r.Deps().Tags, func(d int) bool { return marked[d] }) {
				return true
			}
		}
	}
	return false
}
