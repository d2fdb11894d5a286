package conductor

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// ErrNotByHand means that a tag is decided by its rule alone.
var ErrNotByHand = fault.New(fault.Invalid, "not_by_hand", "这个标签只由规则决定，不能手工放进或拿出", "this tag is decided by its rule alone; nobody is put in or taken out by hand")

// ErrPastEnd means that what was decided by hand would already be over.
var ErrPastEnd = fault.New(fault.Invalid, "until_past", "到期的日子要在今天或以后", "the end must not be in the past")

// ErrNoWhy means that nobody said why.
var ErrNoWhy = fault.New(fault.Invalid, "reason_missing", "请写明原因", "say why")

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
		return ErrNoWhy.At("body.reason")
	}
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		if s.Until != 0 && s.Until <= w.now {
			return ErrPastEnd.At("body.until")
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

// HandOn is the last decision about one person and a segment, whether it still holds or not.
type HandOn struct {
	Person person.Number
	Seq    event.Seq // of the event
	Back   bool      // the decision was to let the rule say again
	engine.Hand
}

// Hands finds everybody about whom something was ever decided by hand for a segment. It reads every timeline, a few
// columns of each, and ends early when ctx ends.
func (c *Conductor) Hands(ctx context.Context, segment string) ([]HandOn, error) {
	now := c.now()
	_, states := c.everyone()
	var mu sync.Mutex
	var out []HandOn
	// What a decision says stands in the codes, its end in the extra numbers; the rest of a timeline is not unpacked.
	need := timeline.Received | timeline.Sequence | timeline.Flags | timeline.CodeA | timeline.CodeB | timeline.Extras
	err := c.tls.Each(ctx, timeline.Scan{Need: need, Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		if int(n) >= len(states) || states[n] == nil {
			return
		}
		h := engine.HandOf(timeline.View{Timeline: t, Loc: time.UTC}, segment, now)
		if h.Place < 0 {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		out = append(out, HandOn{Person: n, Seq: t.Seq[h.Place], Back: !h.Holds && (h.Until == 0 || now < h.Until), Hand: h})
	}})
	if err != nil {
		return nil, fmt.Errorf("find who was put into or out of %s: %w", segment, err)
	}
	return out, nil
}
