package timeline

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
)

func reading(seq event.Seq, at int64, v float64, x ...float64) *event.Event {
	return &event.Event{Seq: seq, Type: event.Glucose, Occurred: at, Received: int64(seq) * 10, Num: v, A: event.Intern("fasting"), X: x}
}

func TestLateEventsAndCorrections(t *testing.T) {
	tl := &Timeline{}
	tl = tl.With(reading(1, 100, 7, 1, 2))
	tl = tl.With(reading(2, 300, 9, 3))
	seen := tl
	tl = tl.With(reading(3, 200, 8, 4, 5, 6)) // late
	if seen.Len() != 2 || seen.At[1] != 300 {
		t.Errorf("a reader's timeline changed under it: %v", seen.At)
	}
	if got := tl.At; got[0] != 100 || got[1] != 200 || got[2] != 300 {
		t.Fatalf("order %v", got)
	}
	for i, want := range [][]float64{{1, 2}, {4, 5, 6}, {3}} {
		for k, w := range want {
			if tl.XAt(i, k) != w {
				t.Errorf("extra %d of event %d is %v, want %v", k, i, tl.XAt(i, k), w)
			}
		}
		if !math.IsNaN(tl.XAt(i, len(want))) {
			t.Errorf("event %d has an extra too many", i)
		}
	}
	fix := reading(4, 200, 8.5)
	fix.Supersedes = 3
	tl = tl.With(fix)
	if tl.Flags[tl.Find(3)]&event.Hidden == 0 || tl.Flags[tl.Find(4)]&event.Hidden != 0 {
		t.Error("the corrected reading is still seen, or the correction is not")
	}
	before := tl.AsOf(math.MaxInt64, 30) // as known before the correction came
	if before.Len() != 3 {
		t.Errorf("%d events were known before the correction, want 3", before.Len())
	}
}

func TestAnOlderSnapshotKnowsWhatWasBelieved(t *testing.T) {
	tl := (&Timeline{}).With(reading(1, 100, 2.8))
	undo := &event.Event{Seq: 2, Type: event.Correction, Occurred: 150, Received: 20, Num: math.NaN(), Retracts: 1}
	tl = tl.With(undo)
	if tl.Flags[0]&event.Hidden == 0 {
		t.Fatal("a retracted reading is still seen")
	}
	then := tl.AsOf(1000, 15)
	if then.Len() != 1 {
		t.Fatalf("%d events", then.Len())
	}
	if then.Flags[0]&event.Hidden != 0 {
		t.Error("what was believed before the retraction is hidden")
	}
}

// TestColumnsEqualAPlainList adds random events and compares with a list sorted the plain way.
func TestColumnsEqualAPlainList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tl := &Timeline{}
		type row struct {
			at  int64
			seq event.Seq
			x   []float64
		}
		var plain []row
		for s := 1; s <= rapid.IntRange(0, 40).Draw(t, "n"); s++ {
			at := rapid.Int64Range(0, 20).Draw(t, "at")
			x := rapid.SliceOfN(rapid.Float64Range(0, 9), 0, 3).Draw(t, "x")
			tl = tl.With(reading(event.Seq(s), at, 5, x...))
			i := len(plain)
			for i > 0 && plain[i-1].at > at {
				i--
			}
			plain = append(plain[:i], append([]row{{at, event.Seq(s), x}}, plain[i:]...)...)
		}
		for i, r := range plain {
			if tl.At[i] != r.at || tl.Seq[i] != r.seq {
				t.Fatalf("place %d: %d/%d, want %d/%d", i, tl.At[i], tl.Seq[i], r.at, r.seq)
			}
			for k, v := range r.x {
				if tl.XAt(i, k) != v {
					t.Fatalf("extra %d of place %d: %v, want %v", k, i, tl.XAt(i, k), v)
				}
			}
			if !math.IsNaN(tl.XAt(i, len(r.x))) {
				t.Fatalf("place %d has an extra too many", i)
			}
		}
	})
}
