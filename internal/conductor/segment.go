package conductor

import (
	"context"
	"encoding/json"
	"math"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// ErrNotByHand means that a tag is decided by its rule alone.
var ErrNotByHand = fault.New(fault.Invalid, "not_by_hand", "这个标签只由规则决定，不能手工放进或拿出", "this tag is decided by its rule alone; nobody is put in or taken out by hand")

// Segment is a decision of staff about one person and one segment.
type Segment struct {
	Key    string
	State  string // in, out; rule: as the rule says again
	Reason string
	Until  int64 // microseconds; 0: until further notice
}

// SetSegment puts a person into a segment or takes them out. It is an event of theirs, so it is remembered with its
// reason, its end and who decided it, and beats the rule until it ends.
func (c *Conductor) SetSegment(ctx context.Context, n person.Number, s Segment, proof audit.Entry) error {
	if s.State != "rule" && s.Reason == "" {
		return ErrNoReason.At("reason")
	}
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(c.rootOf(n))
		if err != nil {
			return err
		}
		if s.Until != 0 && s.Until <= w.now {
			return ErrPastUntil.At("until")
		}
		known := false
		for _, p := range w.programmes() {
			if i := p.TagIndex(s.Key); i >= 0 && p.Tags[i].ByHand && d.state.Progress(p.Key) != nil {
				known = true
			}
		}
		if !known {
			return ErrNotByHand
		}
		body, _ := json.Marshal(map[string]string{"reason": s.Reason}) // of strings: cannot fail
		e := event.Event{
			Type: event.SegmentSet, Schema: 1, Num: math.NaN(), A: event.Intern(s.Key), B: event.Intern(s.State),
			Actor: proof.Actor, Provenance: "console", Body: body,
		}
		if s.Until != 0 {
			e.X = []float64{float64(s.Until)}
		}
		w.audit(proof)
		_, err = w.add(d, e, w.now)
		return err
	})
}
