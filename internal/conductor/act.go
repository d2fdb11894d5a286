package conductor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/task"
)

// Act is what staff do with a task.
type Act struct {
	Kind    string // claim, complete, skip, postpone, hand, reopen, back
	Outcome string // complete: the result; skip: the reason
	Note    string
	Until   int64     // postpone: microseconds
	To      string    // hand: staff id; empty: whose the person is
	Was     task.Line // back: how a postponed or handed task stood before
}

// undoFor is how long a finished task can be opened again.
const undoFor = 10 * time.Minute

// Act changes a task that the caller read as t, in one transaction with the event it is and the proof of it. A
// task changed meanwhile gives task.ErrStale.
//
// An alert and its calls are one piece of work: what ends one ends the other in the same transaction, each with its own
// event. A call nobody answered ends nothing but itself: the alert stays where it is seen, also when it was the alert
// that was told of it.
func (c *Conductor) Act(ctx context.Context, by string, t task.Task, a Act, proof audit.Entry) (task.Task, error) {
	var out task.Task
	err := c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(t.Person)
		if err != nil {
			return err
		}
		n := t
		kind, err := apply(&n, a, by, w.now)
		if err != nil {
			return err
		}
		all, err := w.tasksOf(ctx, &t)
		if err != nil {
			return err
		}
		rest := besides(&t, all, a)
		w.kinds["task"] = true
		w.audit(proof)
		if t.Kind == task.KindAlert && a.Kind == "complete" && a.Outcome == task.Unreached && len(rest) > 0 {
			out = t
		} else {
			n.Version++
			if err := w.act(d, &t, n, kind, a, by); err != nil {
				return err
			}
			out = n
		}
		for i := range rest {
			o, b := rest[i].task, rest[i].act
			if kind, err = apply(&o, b, by, w.now); err != nil {
				return fmt.Errorf("%s task %s with task %s: %w", b.Kind, o.ID, t.ID, err)
			}
			o.Version++
			if err := w.act(d, &rest[i].task, o, kind, b, by); err != nil {
				return err
			}
		}
		return w.deliver(d, w.now)
	})
	if err != nil {
		return task.Task{}, err // when ctx ended the work may still be under way, and out is its
	}
	return out, nil
}

// act writes that staff made n of t, and tells the timeline; kind 0: there is nothing to tell.
func (w *work) act(d *draft, t *task.Task, n task.Task, kind event.Type, a Act, by string) error {
	w.ch.Tasks = append(w.ch.Tasks, n)
	if kind == 0 {
		return nil
	}
	body, _ := json.Marshal(map[string]string{"task": string(t.ID), "note": a.Note})
	e := event.Event{
		Type: kind, Schema: 1, Num: event.Ref(string(t.ID)), B: event.Intern(t.Script), C: event.Intern(a.Outcome),
		Actor: "staff:" + by, Provenance: "console", Body: body,
	}
	if by == "self" || by == "engine" { // the person did the deed that ends it, or a rule
		e.Actor = by
	}
	if kind == event.TaskOpened && t.Kind == task.KindAlert {
		e.C = event.Intern("alert") // as when it opened first
	}
	switch {
	case a.Kind == "back" && kind == event.TaskPostponed:
		e.X = []float64{float64(n.Due), float64(t.Due)}
	case kind == event.TaskHanded:
		e.C = event.Intern(n.Owner) // to whom
	case a.Until != 0:
		e.X = []float64{float64(a.Until), float64(t.Due)} // the moment it was due before is kept nowhere else
	}
	_, err := w.add(d, e, w.now)
	return err
}

// tasksOf lists the tasks of t's run as this transaction leaves them, when t is or may belong to an alert.
func (w *work) tasksOf(ctx context.Context, t *task.Task) ([]task.Task, error) {
	if t.Run == "" || t.Priority != task.Safety {
		return nil, nil
	}
	// Read outside the transaction: it holds the workspace's commit lock, so there is nothing newer than what has been
	// committed but what stands in w.ch, and a version that is not the stored one is refused when it is written.
	ts, err := w.c.cfg.Store.TasksOf(ctx, w.c.ws, t.Person)
	if err != nil {
		return nil, fmt.Errorf("read the tasks of run %s: %w", t.Run, err)
	}
	ts = slices.DeleteFunc(ts, func(o task.Task) bool { return o.Run != t.Run })
	for _, o := range slices.Concat(w.ch.NewTasks, w.ch.Tasks) {
		if o.Person != t.Person || o.Run != t.Run {
			continue
		}
		if i := slices.IndexFunc(ts, func(x task.Task) bool { return x.ID == o.ID }); i >= 0 {
			ts[i] = o
		} else {
			ts = append(ts, o)
		}
	}
	return ts, nil
}

// another is what becomes of one more task by the same deed.
type another struct {
	task task.Task
	act  Act
}

// besides says what doing a to t does to the other tasks of its alert.
func besides(t *task.Task, all []task.Task, a Act) []another {
	alert := t
	if t.Kind != task.KindAlert {
		if alert = t.AlertOf(all); alert == nil {
			return nil
		}
	}
	others := alert.Calls(all)
	if alert != t {
		others = append([]task.Task{*alert}, others...)
	}
	others = slices.DeleteFunc(others, func(o task.Task) bool {
		if o.ID == t.ID {
			return true
		}
		if a.Kind == "reopen" { // what was closed by the same deed, and nothing that was closed before it
			return o.State == task.Open || o.State == task.Void || o.Closed != t.Closed || o.By != t.By
		}
		return o.State != task.Open
	})
	var out []another
	for _, o := range others {
		if b, ok := alike(t, &o, a, len(out) == 0); ok {
			out = append(out, another{o, b})
		}
	}
	return out
}

// alike is what is done to o when a is done to t, of the same alert. first: no other call has taken over the outcome.
func alike(t, o *task.Task, a Act, first bool) (Act, bool) {
	switch a.Kind {
	case "claim", "reopen":
		return Act{Kind: a.Kind}, true
	case "skip":
		return Act{Kind: "skip", Outcome: a.Outcome}, t.Kind == task.KindAlert
	case "complete":
		switch {
		case a.Outcome == task.Unreached: // told of the alert it is about the last call; told of a call it is about that one
			return Act{Kind: "complete", Outcome: task.Unreached, Note: a.Note}, t.Kind == task.KindAlert && first
		case o.Kind == task.KindAlert:
			return Act{Kind: "complete", Outcome: task.Handled}, true
		case t.Kind != task.KindAlert || !first:
			return Act{Kind: "skip", Outcome: task.AlreadyHandled}, true
		case slices.Contains(o.Results, a.Outcome):
			return Act{Kind: "complete", Outcome: a.Outcome}, true
		}
		return Act{Kind: "complete", Outcome: task.Handled}, true
	}
	return Act{}, false
}

// apply changes t by what staff did and says which event that is; 0: none.
func apply(t *task.Task, a Act, by string, now int64) (event.Type, error) {
	if a.Kind == "reopen" {
		switch {
		case t.State == task.Open:
			return 0, ErrTaskOpen
		case now-t.Closed > undoFor.Microseconds():
			return 0, ErrUndoTooLate
		}
		t.State, t.Closed, t.By, t.Outcome, t.Note = task.Open, 0, "", "", ""
		return event.TaskOpened, nil
	}
	if t.State != task.Open {
		return 0, ErrTaskClosed
	}
	switch a.Kind {
	case "claim":
		t.Claimed = by
		return 0, nil
	case "complete":
		if a.Outcome == "" {
			return 0, ErrNoOutcome.At("outcome")
		}
		t.State, t.Closed, t.By, t.Outcome, t.Note = task.Done, now, by, a.Outcome, a.Note
		if t.Kind == task.KindAlert {
			return event.AlertClosed, nil
		}
		return event.TaskDone, nil
	case "skip":
		if a.Outcome == "" {
			return 0, ErrNoReason.At("reason")
		}
		t.State, t.Closed, t.By, t.Outcome, t.Note = task.Skipped, now, by, a.Outcome, a.Note
		if t.Kind == task.KindAlert {
			return event.AlertClosed, nil
		}
		return event.TaskSkipped, nil
	case "hand":
		switch {
		case t.Priority == task.Safety:
			return 0, ErrSafetyHanded
		case a.To == cmp.Or(t.Claimed, t.Owner):
			return 0, ErrSameHands.At("to")
		}
		t.Owner, t.Claimed, t.Note = a.To, "", cmp.Or(a.Note, t.Note)
		return event.TaskHanded, nil
	case "back":
		due, handed := t.Due != a.Was.Due, t.Owner != a.Was.Owner || t.Claimed != a.Was.Claimed
		t.Due, t.Owner, t.Claimed = a.Was.Due, a.Was.Owner, a.Was.Claimed
		switch {
		case due:
			return event.TaskPostponed, nil
		case handed:
			return event.TaskHanded, nil
		}
		return 0, nil
	default: // postpone
		switch {
		case t.Priority == task.Safety:
			return 0, ErrSafetyWaits
		case a.Until <= now:
			return 0, ErrPastUntil.At("until")
		}
		t.Due, t.Note = a.Until, cmp.Or(a.Note, t.Note)
		return event.TaskPostponed, nil
	}
}

// Allowed says why staff could not do a to t at a moment; nil: they could.
func Allowed(t task.Task, a Act, by string, now int64) error {
	_, err := apply(&t, a, by, now)
	return err
}
