package timeline

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"peiban/internal/event"
)

// Two halves of a history make the whole again, echoes and corrections with it, and the whole gives the halves back.
func TestUnionAndPartUndoEachOther(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range 300 {
		whole, left, right := &Timeline{}, &Timeline{}, &Timeline{}
		mine := map[event.Seq]bool{}
		for q := event.Seq(1); q <= 40; q++ {
			e := event.Event{
				Seq: q, Type: event.Glucose, Source: int32(1 + r.IntN(3)), Occurred: int64(r.IntN(20)) * minute / 2, Received: int64(q),
				Num: float64(5 + r.IntN(2)),
			}
			to := left
			if mine[q] = r.IntN(2) == 0; !mine[q] {
				to = right
			}
			if q > 5 && r.IntN(5) == 0 { // each corrects their own
				if of := event.Seq(1 + r.IntN(int(q)-1)); mine[of] == mine[q] {
					e.Retracts, e.Type = of, event.Correction
				}
			}
			whole.Add(&e)
			to.Add(&e)
		}
		alike(t, "the union", Union(left, right), whole)
		alike(t, "the left part", whole.Part(func(q event.Seq) bool { return mine[q] }), left)
		alike(t, "the right part", Union(right, left).Part(func(q event.Seq) bool { return !mine[q] }), right)
		alike(t, "twice the same", Union(left, right, left), whole)
	}
}

func alike(t *testing.T, what string, got, want *Timeline) {
	t.Helper()
	if !reflect.DeepEqual(got.Seq, want.Seq) || !reflect.DeepEqual(got.Flags, want.Flags) || !reflect.DeepEqual(got.Num, want.Num) {
		t.Fatalf("%s\n got %v %v\nwant %v %v", what, got.Seq, got.Flags, want.Seq, want.Flags)
	}
}
