package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

// undoBatch is how many events one transaction takes back.
const undoBatch = 500

// undoSpan is how many events of the log are looked through at a time.
const undoSpan = 20_000

// undo takes back every event of an import. What a doctor signed and what somebody changed since stays, and is counted. Their message
// ids are released, so that the file can come in again.
func (r *Runner) undo(ctx context.Context, j *Job) error {
	if j.Report.Undo == nil {
		j.Report.Undo = &Undo{At: j.After}
	}
	u := j.Report.Undo
	heirs := map[event.Seq]event.Seq{}
	changed, err := r.changed(ctx, j, heirs)
	if err != nil {
		return err
	}
	for u.At < j.Until {
		to := min(j.Until, u.At+undoSpan)
		var list []event.Event
		err := r.Store.EventsAfter(ctx, r.ws(), u.At, to, false, func(e *event.Event) error {
			if e.Provenance == j.Provenance() && e.Type != event.Correction && !completes(j, e) {
				list = append(list, *e)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the events of import %d: %w", j.Number, err)
		}
		for len(list) > 0 {
			some := list[:min(len(list), undoBatch)]
			if err := r.takeBack(ctx, j, some, changed, heirs); err != nil {
				return err
			}
			u.At, list = some[len(some)-1].Seq, list[len(some):]
			if err := r.keep(ctx, j); err != nil {
				return err
			}
		}
		u.At = to
		if err := r.keep(ctx, j); err != nil {
			return err
		}
	}
	j.State, j.Ended, j.Lease = Undone, r.Real().UnixMicro(), 0
	detail, _ := json.Marshal(map[string]any{"import": j.Number, "taken": u.Taken, "signed": u.Signed, "changed": u.Changed})
	return r.Store.SaveJob(ctx, r.ws(), j, audit.Entry{At: j.Ended, Actor: j.Told.UndoBy, Action: "import.undone", Detail: string(detail)})
}

func (r *Runner) keep(ctx context.Context, j *Job) error {
	j.Lease = r.Real().Add(lease).UnixMicro()
	if err := r.Store.SaveJob(context.WithoutCancel(ctx), r.ws(), j); err != nil {
		return err
	}
	return ctx.Err()
}

// changed are the events that somebody else corrected or took back since the import began. heirs gets what now stands for an order
// whose product became known.
func (r *Runner) changed(ctx context.Context, j *Job, heirs map[event.Seq]event.Seq) (map[event.Seq]bool, error) {
	out := map[event.Seq]bool{}
	err := r.Store.EventsAfter(ctx, r.ws(), j.After, r.Taker.Head(), false, func(e *event.Event) error {
		if e.Provenance == undoing(j) {
			return nil
		}
		if completes(j, e) {
			heirs[e.Supersedes] = e.Seq
			return nil
		}
		for _, seq := range [...]event.Seq{e.Supersedes, e.Retracts} {
			if seq != 0 {
				out[seq] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look who changed events of import %d: %w", j.Number, err)
	}
	return out, nil
}

// completes tells whether e says again what an order of the import said, because its product became known.
func completes(j *Job, e *event.Event) bool {
	return e.Provenance == j.Provenance() && e.Supersedes != 0 && (e.Type == event.Order || e.Type == event.Refund)
}

func undoing(j *Job) string { return "undo:" + j.Provenance()[len("import:"):] }

// takeBack retracts some events, or what stands for them now, and releases their message ids.
func (r *Runner) takeBack(ctx context.Context, j *Job, list []event.Event, changed map[event.Seq]bool, heirs map[event.Seq]event.Seq) error {
	u := j.Report.Undo
	items := make([]conductor.Item, 0, len(list))
	hashes := make([][16]byte, 0, len(list))
	for i := range list {
		e := &list[i]
		stands := e.Seq
		for heirs[stands] != 0 {
			stands = heirs[stands]
		}
		switch {
		case changed[stands]:
			u.Changed++
			continue
		case e.Signed():
			u.Signed++
			continue
		}
		hashes = append(hashes, e.Hash)
		items = append(items, conductor.Item{
			Person: e.Person, MessageID: fmt.Sprintf("%s %d", undoing(j), e.Seq),
			Event: event.Event{
				Type: event.Correction, Schema: 1, Num: math.NaN(), Retracts: stands, Occurred: r.Taker.Now().UnixMicro(), Offset: e.Offset,
				Actor: j.Told.UndoBy, Provenance: undoing(j), Flags: event.Imported,
			},
		})
	}
	if len(items) == 0 {
		return nil
	}
	out, err := r.Taker.Submit(ctx, conductor.Bulk, audit.Entry{Actor: j.Told.UndoBy, Action: "import.undo"}, items)
	if err != nil {
		return err
	}
	for _, o := range out {
		if o.Status == conductor.Stored || o.Status == conductor.Repeated { // refused: the person was erased meanwhile
			u.Taken++
		}
	}
	if err := r.Store.Release(context.WithoutCancel(ctx), r.ws(), hashes); err != nil {
		return errors.Join(fmt.Errorf("release the ids of import %d", j.Number), err)
	}
	return nil
}
