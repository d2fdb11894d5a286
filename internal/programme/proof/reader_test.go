package proof

import (
	"testing"

	"peiban/internal/event"
)

func TestARelativeTakenBackHearsNothing(t *testing.T) {
	said := func(seq event.Seq, active float64) *event.Event {
		return &event.Event{
			Seq: seq, Type: event.Relation, Occurred: int64(seq), Num: active,
			A: event.Intern("daughter"), B: event.Intern("alerts+readings"), C: event.Intern("7"),
		}
	}
	var x trial
	x.tl.Add(said(1, 1))
	if got := x.reader("alerts"); got != 7 {
		t.Errorf("person %d hears alerts, want 7", got)
	}
	x.tl.Add(said(2, 0))
	if got := x.reader("alerts"); got != 0 {
		t.Errorf("person %d hears alerts after the relation ended", got)
	}
}
