package redflag_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"peiban/internal/redflag"
)

func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// Of what has to be seen little is missed, and most of what is shown had to be seen.
func TestLabelledSentences(t *testing.T) {
	flagged, calm := lines(t, "flagged.txt"), lines(t, "calm.txt")
	if len(flagged) < 200 || len(calm) < 200 {
		t.Fatalf("%d and %d sentences", len(flagged), len(calm))
	}
	hit, right, wrong := 0, 0, 0
	per := map[string][2]int{}
	for _, l := range flagged {
		topic, text, _ := strings.Cut(l, "\t")
		topics := redflag.Topics(redflag.Shipped().Find(text))
		n := per[topic]
		n[1]++
		if len(topics) > 0 {
			hit++
		} else {
			t.Logf("missed (%s): %s", topic, text)
		}
		if slices.Contains(topics, topic) {
			right++
			n[0]++
		} else if len(topics) > 0 {
			t.Logf("%s taken for %s: %s", topic, topics, text)
		}
		per[topic] = n
	}
	for _, text := range calm {
		if found := redflag.Shipped().Find(text); len(found) > 0 {
			wrong++
			t.Logf("shown for nothing: %s (%s %s %q)", text, found[0].Topic, found[0].Rule, found[0].Phrase)
		}
	}
	recall, precision := float64(hit)/float64(len(flagged)), float64(hit)/float64(hit+wrong)
	t.Logf("recall %.3f, of the right topic %.3f, precision %.3f, by topic %v", recall, float64(right)/float64(len(flagged)), precision, per)
	if recall < 0.98 || precision < 0.95 || float64(right)/float64(len(flagged)) < 0.95 {
		t.Error("too much is missed, or too much is shown for nothing")
	}
	for topic, n := range per {
		if float64(n[0]) < 0.95*float64(n[1]) {
			t.Errorf("%s: %d of %d", topic, n[0], n[1])
		}
	}
}

func TestWhereItStands(t *testing.T) {
	found := redflag.Shipped().Find("今天还行。刚才 胸 口 很疼，出汗")
	if len(found) != 1 || found[0].Phrase != "胸 口 很疼" || found[0].Start != 8 || found[0].Topic != redflag.Emergency {
		t.Errorf("%+v", found)
	}
	if found := redflag.Shipped().Find("没有胸痛，但是喘不上气"); len(found) != 1 || found[0].Rule != "breath" {
		t.Errorf("%+v", found)
	}
	if found := redflag.Shipped().Find("胸痛，吃了药以后还吐，我不想活了"); !slices.Equal(redflag.Topics(found), []string{redflag.Emergency, redflag.SelfHarm, redflag.AdverseEvent}) {
		t.Errorf("%v", redflag.Topics(found))
	}
}

func TestHostileTexts(t *testing.T) {
	for _, text := range []string{"", "\x00\xff\xfe", strings.Repeat("胸", 1<<20), strings.Repeat("，", 1<<16) + "胸痛", strings.Repeat("a\u200b", 1<<16)} {
		for _, f := range redflag.Shipped().Find(text) {
			if f.Start < 0 || f.End < f.Start {
				t.Errorf("%+v", f)
			}
		}
	}
	if _, err := redflag.Parse([]byte("topics: [{topic: a, rules: {x: ['(']}}]")); err == nil {
		t.Error("rules that are no expressions are taken")
	}
}

func BenchmarkFind(b *testing.B) {
	text := "今天早上空腹 9.2，昨晚吃了面条，走了一万步，晚上睡得还行，就是腿有点酸，想问问周末能不能去爬山"
	for b.Loop() {
		redflag.Shipped().Find(text)
	}
}
