package timeline

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
)

// TestGrowingInPlaceEqualsGrowingByCopies adds the same events to a timeline that is one's own and to one that readers have, and looks
// whether both end alike and whether what readers were given has changed.
func TestGrowingInPlaceEqualsGrowingByCopies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shared := &Timeline{}
		for s := range rapid.IntRange(0, 10).Draw(t, "before") {
			shared = shared.With(reading(event.Seq(s+1), rapid.Int64Range(0, 20).Draw(t, "at")*1e6, 5, 1))
		}
		known := shared.clone() // only the newest of a timeline may grow, so each has one of its own
		read := known.clone()
		copies, mine, own := shared, known, false
		from := shared.Len()
		for s := range rapid.IntRange(1, 30).Draw(t, "n") {
			e := reading(event.Seq(from+s+1), rapid.Int64Range(0, 400).Draw(t, "at")*1e6, float64(rapid.IntRange(4, 6).Draw(t, "value")), 1)
			e.Source = rapid.Int32Range(0, 2).Draw(t, "source")
			if rapid.IntRange(0, 5).Draw(t, "corrects") == 0 && from+s > 0 {
				e.Supersedes = event.Seq(rapid.IntRange(1, from+s).Draw(t, "which"))
			}
			copies = copies.With(e)
			mine, own = mine.Grow(e, own)
		}
		for _, tl := range []*Timeline{copies, mine} {
			tl.from = origin{}
		}
		if !reflect.DeepEqual(copies, mine) {
			t.Fatalf("in place %+v\nby copies %+v", mine, copies)
		}
		if got := known.clone(); !reflect.DeepEqual(got, read) {
			t.Fatalf("what readers have became %+v, was %+v", got, read)
		}
	})
}
