package conductor

import (
	"context"
	"encoding/json"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/overdue"
	"peiban/internal/person"
)

var (
	// ErrNotOverdue means that somebody came meanwhile, or was never overdue for this.
	ErrNotOverdue = fault.New(fault.Clash, "not_overdue", "这一项现在不逾期，可能刚来过；请刷新", "they are not overdue for this now; they may have come: load the list again")
	// ErrTryNext means that a try says neither when the next one is nor why there is none.
	ErrTryNext = fault.New(fault.Invalid, "next_try_missing", "还要再联系：请写下次哪天；不再联系：请选原因", "say when to try again, or why nobody is to").At("body.next")
	// ErrTryPast means that the next try lies in the past.
	ErrTryPast = fault.New(fault.Invalid, "next_try_past", "下次联系要在现在以后", "the next try must not be in the past").At("body.next")
)

// TryBack is how an attempt to reach somebody who is overdue went.
type TryBack struct {
	Kind   string
	Due    int64
	Result string
	Reason string
	Next   int64
	Note   string
}

// TriedBack keeps an attempt. What they are overdue for is looked at in the same transaction.
func (c *Conductor) TriedBack(ctx context.Context, n person.Number, t TryBack, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		closes := slices.Contains(overdue.Closing, t.Reason)
		switch {
		case !slices.ContainsFunc(overdue.Now(d.view(), w.now), func(l overdue.Late) bool { return l.Kind == t.Kind && l.Due == t.Due }):
			return ErrNotOverdue
		case closes:
			t.Next = 0
		case t.Next == 0:
			return ErrTryNext
		case t.Next <= w.now:
			return ErrTryPast
		}
		e := event.Event{
			Type: event.OverdueTry, Schema: 1, Num: float64(t.Due), A: event.Intern(t.Kind), B: event.Intern(t.Result), C: event.Intern(t.Reason),
			Actor: proof.Actor, Provenance: "console",
		}
		if t.Next != 0 {
			e.X = []float64{float64(t.Next)}
		}
		if t.Note != "" {
			e.Body, _ = json.Marshal(map[string]string{"note": t.Note}) // of strings: cannot fail
		}
		w.audit(proof)
		_, err = w.add(d, e, w.now)
		return err
	})
}
