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

// TestEveryBecauseIsASentence has the cases of every programme say of every tag why somebody has it, and looks for what
// a reader must not see.
func TestEveryBecauseIsASentence(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) { sentences(t, folder) })
	}
}

func sentences(t *testing.T, folder string) {
	c, cases := open(t, programmes.FS, folder)
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
		for _, text := range []fault.Text{tag.Name, tag.Plain} {
			if w := foreign(text.Zh); w != "" {
				t.Errorf("%s: %q in %q", tag.Key, w, text.Zh)
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
		has := t.state.Progress(p.Key)
		for k := range p.Tags {
			key := p.Tags[k].Key
			if _, done := said[key]; done || !has.Has(key) {
				continue // to explain takes longer than to know
			}
			if w, _ := p.WhyTag(key, t.view(), t.now); w.Truth == rule.True {
				said[key] = w.Because
			}
		}
	}
}

var (
	asciiWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9/-]*`)
	decimal   = regexp.MustCompile(`\d+\.\d+`)
	moment    = regexp.MustCompile(`\d+月\d+日 \d\d:\d\d|\d+ [A-Z][a-z]{2} \d\d:\d\d`)
	unnamed   = regexp.MustCompile(`\d share|\b1 [a-z]+s\b`) // a unit nobody says, one of several
)

// leftover is what a sentence still has of its making: an empty place, a number that is none, a value said twice.
func leftover(s string) string {
	for _, bad := range []string{"{", "}", "NaN", "Inf", "null", "  ", "（）", "()", "%%", "，，", ", ,", "-0"} {
		if strings.Contains(s, bad) {
			return bad
		}
	}
	if s != strings.TrimSpace(s) || s == "" {
		return "a space at an end"
	}
	if x := unnamed.FindString(s); x != "" {
		return x
	}
	numbers := append(decimal.FindAllString(s, -1), moment.FindAllString(s, -1)...)
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) < len(numbers) {
		return "a value twice"
	}
	return ""
}

// latin are the words that a Chinese reader of this field writes in Latin letters: units, names of substances, scores and systems, the
// grades of a stage, and what a meter shows.
var latin = []string{
	"mmol/L", "mg/g", "mg", "mmHg", "kg/m", "kg", "GLP-1", "SGLT2", "HbA1c", "LDL-C", "eGFR", "UACR", "BMI", "TIR", "TBR", "CGM", "LO", "HI",
	"ARCO", "Harris", "I", "II", "IIIA", "IIIB", "IV",
}

// foreign is a word of another alphabet in a Chinese sentence that is none of those.
func foreign(s string) string {
	for _, w := range asciiWord.FindAllString(s, -1) {
		if !slices.Contains(latin, w) {
			return w
		}
	}
	return ""
}
