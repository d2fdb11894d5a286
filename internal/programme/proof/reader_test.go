package proof

import (
	"testing"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/relation"
)

func TestARelativeTakenBackHearsNothing(t *testing.T) {
	said := func(seq event.Seq, active float64) *event.Event {
		return &event.Event{
			Seq: seq, Type: event.Relation, Occurred: int64(seq), Num: active,
			A: event.Intern("daughter"), B: event.Intern("alerts+readings"), C: event.Intern("7"),
		}
	}
	x := trial{state: &engine.State{Consents: []engine.Grant{{Purpose: "family_share", Given: true}}}}
	x.tl.Add(said(1, 1))
	if got, _ := x.reader("alerts", relation.Light); got != 7 {
		t.Errorf("person %d hears alerts, want 7", got)
	}
	x.tl.Add(said(2, 0))
	if got, _ := x.reader("alerts", relation.Light); got != 0 {
		t.Errorf("person %d hears alerts after the relation ended", got)
	}
}
