package wording

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// The floors of the labelled sentences. They are made up; the odd ones (by place) were there while rules were written, the even ones
// were kept apart and no rule was changed for them.
const (
	floorRecall    = 0.95
	floorPrecision = 0.95
)

type sentence struct {
	rule, text string // rule: of what is forbidden; empty: it may be said
}

func sentences(t *testing.T, name string) (out []sentence) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		s := sentence{text: sc.Text()}
		if rule, text, found := strings.Cut(s.text, "\t"); found {
			s = sentence{rule, text}
		}
		out = append(out, s)
	}
	return out
}

func TestLabelledSentences(t *testing.T) {
	said := append(sentences(t, "forbidden.txt"), sentences(t, "allowed.txt")...)
	type score struct{ hit, missed, false int }
	var halves [2]score
	rules := map[string]*score{}
	bad := 0
	for i, s := range said {
		h := &halves[i%2]
		got := Check(s.text, Writer{Role: "manager"})
		if s.rule != "" {
			bad++
			if rules[s.rule] == nil {
				rules[s.rule] = &score{}
			}
		}
		switch {
		case s.rule != "" && got.Action != None:
			h.hit++
			rules[s.rule].hit++
		case s.rule != "":
			h.missed++
			rules[s.rule].missed++
			if i%2 == 0 || testing.Verbose() && os.Getenv("PEIBAN_HELD_OUT") != "" {
				t.Logf("missed (%s): %s", s.rule, s.text)
			}
		case got.Action != None:
			h.false++
			if i%2 == 0 || testing.Verbose() && os.Getenv("PEIBAN_HELD_OUT") != "" {
				t.Logf("found where it may be said: %s: %s (%s)", s.text, got.Findings[0].Phrase, got.Findings[0].Rule)
			}
		}
	}
	if bad < 200 || len(said)-bad < 200 {
		t.Errorf("%d sentences that are forbidden and %d that are not: 200 of each are wanted", bad, len(said)-bad)
	}
	all := score{halves[0].hit + halves[1].hit, halves[0].missed + halves[1].missed, halves[0].false + halves[1].false}
	for _, x := range []struct {
		name string
		s    score
	}{{"tuned on", halves[0]}, {"kept apart", halves[1]}, {"all", all}} {
		recall := float64(x.s.hit) / float64(x.s.hit+x.s.missed)
		precision := float64(x.s.hit) / float64(x.s.hit+x.s.false)
		t.Logf("%-10s  recall %.3f (%d of %d)  precision %.3f (%d wrong)", x.name, recall, x.s.hit, x.s.hit+x.s.missed, precision, x.s.false)
		if x.name == "all" && (recall < floorRecall || precision < floorPrecision) {
			t.Errorf("below the floors %.2f and %.2f", floorRecall, floorPrecision)
		}
	}
	for rule, s := range rules {
		t.Logf("  %-15s %d of %d", rule, s.hit, s.hit+s.missed)
	}
}
