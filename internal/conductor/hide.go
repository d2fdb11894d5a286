package conductor

import (
	"context"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// Why a source may not correct or take back an event.
var (
	errNothing = fault.New(fault.Invalid, "nothing_to_hide", "这个人没有这条记录", "the person has no such event").
			Because("写这个来源自己的、此人的 eventId", "give an eventId of the person that this source sent")
	errHidesSigned = fault.New(fault.Forbidden, "signed_by_another", "这条由医生签署，只有他本人的账号能改或撤回", "a doctor signed this; only that doctor's account changes it or takes it back").
			Because("去掉 supersedes、retracts，作为新的记录再发", "leave out supersedes and retracts and send it as an event of its own")
	errHidesOther = fault.New(fault.Forbidden, "not_of_this_source", "只能改正或撤回本来源发来的记录", "a source corrects or takes back only what it sent itself").
			Because("去掉 supersedes、retracts，作为新的记录再发", "leave out supersedes and retracts and send it as an event of its own")
)

// hiding is the property by which e hides another event, "" when it hides none.
func hiding(e *event.Event) string {
	switch {
	case e.Source == 0: // people and staff: what they may change is told where they ask
	case e.Supersedes != 0:
		return "supersedes"
	case e.Retracts != 0:
		return "retracts"
	}
	return ""
}

// mayHide says why a source may not hide what e names, nil when it may: of the same person, sent by itself, signed by nobody.
func (w *work) mayHide(ctx context.Context, n person.Number, e *event.Event) error {
	if hiding(e) == "" {
		return nil
	}
	d, err := w.draft(n)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		seq   event.Seq
		field string
	}{{e.Supersedes, "supersedes"}, {e.Retracts, "retracts"}} {
		if of.seq == 0 {
			continue
		}
		i := d.tl.Find(of.seq)
		if i < 0 {
			return errNothing.At("%s", of.field)
		}
		if old := d.tl.Event(i); old.Signed() {
			return errHidesSigned.At("%s", of.field)
		}
		source, err := w.sourceOf(ctx, n, of.seq)
		if err != nil {
			return err
		}
		if source != e.Source {
			return errHidesOther.At("%s", of.field)
		}
	}
	return nil
}

// sourceOf is which source sent an event: in this transaction, else in the log. Corrections by sources are rare, so the log is asked.
func (w *work) sourceOf(ctx context.Context, n person.Number, seq event.Seq) (int32, error) {
	for i := range w.events {
		if w.events[i].Seq == seq {
			return w.events[i].Source, nil
		}
	}
	es, err := w.c.cfg.Store.EventsBySeq(ctx, w.c.ws, n, []event.Seq{seq})
	if err != nil || len(es) == 0 {
		return 0, err
	}
	return es[0].Source, nil
}
