package rule

import (
	"strings"
	"testing"
)

// Most people of the other properties wear no meter, so MAGE is asked apart of those who do.
func TestMAGEIsWhatItsDefinitionSays(t *testing.T) {
	env := testEnv(t)
	asked, known := 0, 0
	for seed := uint64(0); asked < 300; seed++ {
		q := ask(seed + 5<<32)
		n := q.g.Num()
		if len(q.arrivals) < 25 || !strings.HasPrefix(n.Text, `events("glucose")`) {
			continue
		}
		for !strings.HasSuffix(n.Text, ".mage()") {
			n = q.g.Num()
		}
		asked++
		r, err := env.Compile(n.Text, KindNumber)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, n.Text, err)
		}
		got, want := r.Eval(q.know(q.arrivals)), n.Of(&q.w)
		if !near(got.Num, want) {
			t.Fatalf("seed %d: %s\n%vis %v, want %v", seed, n.Text, &q.w, got.Num, want)
		}
		if want == want {
			known++
		}
	}
	if known == 0 {
		t.Error("nobody had an excursion: nothing was compared")
	}
	t.Logf("%d of %d had excursions", known, asked)
}
