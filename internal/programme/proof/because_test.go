package proof

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/programmes"
)

// TestEveryBecauseIsASentence has the cases of a programme say of every tag why somebody has it, and looks for what
// a reader must not see.
func TestEveryBecauseIsASentence(t *testing.T) {
	c, cases := open(t, programmes.FS, "diabetes")
	p := engine.Prepare(c)
	said := map[string]fault.Text{}
	for i := range cases {
		listen(p, &cases[i], said)
	}
	for i := range p.Tags {
		tag := &p.Tags[i]
		because, ok := said[tag.Key]
		if !ok {
			t.Errorf("%s: no case of the programme gives it to anybody", tag.Key)
			continue
		}
		t.Logf("%-18s %s | %s", tag.Key, because.Zh, because.En)
		for _, wrong := range []string{leftover(because.Zh), leftover(because.En), foreign(because.Zh)} {
			if wrong != "" {
				t.Errorf("%s: %q in %q, %q", tag.Key, wrong, because.Zh, because.En)
			}
		}
	}
}

// listen runs a case and keeps one sentence for each tag that somebody has.
func listen(p *engine.Programme, c *programme.Case, said map[string]fault.Text) {
	t := &trial{p: p, c: c}
	t.begin()
	given := c.Given
	for i := range c.Expect {
		for len(given) > 0 && given[0].Arrives <= c.Expect[i].At {
			t.happen(&given[0])
			given = given[1:]
		}
		t.advance(c.Expect[i].At)
		for k := range p.Tags {
			if w, _ := p.WhyTag(p.Tags[k].Key, t.view(), t.now); w.Truth == rule.True {
				said[p.Tags[k].Key] = w.Because
			}
		}
	}
}

var (
	asciiWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9/-]*`)
	decimal   = regexp.MustCompile(`\d+\.\d+`)
)

// leftover is what a sentence still has of its making: an empty place, a number that is none, a value said twice.
func leftover(s string) string {
	for _, bad := range []string{"{", "}", "NaN", "Inf", "null", "  ", "（）", "()", "share", "%%", "，，", ", ,", "-0"} {
		if strings.Contains(s, bad) {
			return bad
		}
	}
	if s != strings.TrimSpace(s) || s == "" {
		return "a space at an end"
	}
	numbers := decimal.FindAllString(s, -1)
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) < len(numbers) {
		return "a value twice"
	}
	return ""
}

// foreign is a word of another alphabet in a Chinese sentence that is no unit and no name of a medicine.
func foreign(s string) string {
	for _, w := range asciiWord.FindAllString(s, -1) {
		if !slices.Contains([]string{"mmol/L", "GLP-1", "SGLT2", "HbA1c", "LO", "HI"}, w) {
			return w
		}
	}
	return ""
}
