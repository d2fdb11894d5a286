package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
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
	if err := r.dropKept(ctx, j); err != nil {
		return err
	}
	if u.To == 0 {
		u.To = r.Taker.Head()
	}
	changed, err := r.changed(ctx, j)
	if err != nil {
		return err
	}
	for u.At < u.To {
		to := min(u.To, u.At+undoSpan)
		var list []event.Event
		err := r.Store.EventsAfter(ctx, r.ws(), u.At, to, false, func(e *event.Event) error {
			if e.Provenance == j.Provenance() && e.Type != event.Correction {
				list = append(list, *e)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the events of import %d: %w", j.Number, err)
		}
		for len(list) > 0 {
			some := list[:min(len(list), undoBatch)]
			if err := r.takeBack(ctx, j, some, changed); err != nil {
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
	detail, _ := json.Marshal(map[string]any{"import": j.Number, "taken": u.Taken, "signed": u.Signed, "changed": u.Changed, "waiting": u.Waiting, "back": u.Back})
	return r.Store.SaveJob(ctx, r.ws(), j, audit.Entry{At: j.Ended, Actor: j.Told.UndoBy, Action: "import.undone", Detail: string(detail)})
}

func (r *Runner) keep(ctx context.Context, j *Job) error {
	j.Lease = r.Real().Add(lease).UnixMicro()
	if err := r.Store.SaveJob(context.WithoutCancel(ctx), r.ws(), j); err != nil {
		return err
	}
	return ctx.Err()
}

// dropKept drops what of an import waits for consent: nobody will see it come in later.
func (r *Runner) dropKept(ctx context.Context, j *Job) error {
	source, err := r.source(ctx, j)
	if err != nil {
		return err
	}
	people, err := r.Store.KeptFrom(ctx, r.ws(), source.Number)
	if err != nil {
		return fmt.Errorf("find what of import %d waits for consent: %w", j.Number, err)
	}
	for _, n := range people {
		hashes, err := r.Taker.DropKept(ctx, n, audit.Entry{Actor: j.Told.UndoBy, Action: "import.undo"}, func(e *event.Event) bool { return e.Provenance == j.Provenance() })
		if err != nil {
			return err
		}
		if len(hashes) == 0 {
			continue
		}
		if err := r.Store.Release(context.WithoutCancel(ctx), r.ws(), hashes); err != nil {
			return fmt.Errorf("release the ids of import %d: %w", j.Number, err)
		}
		j.Report.Undo.Waiting += len(hashes)
		if err := r.keep(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// later is what became of events since an import began, but for what its undo did.
type later struct {
	by   map[event.Seq]event.Seq // what took an event back or replaced it
	ours map[event.Seq]bool      // of those that replaced one: the import's own, such as an older version that an undo of another brought back
}

// last is what an event was replaced by in the end; itself when it stands.
func (l *later) last(seq event.Seq) event.Seq {
	for range len(l.by) + 1 {
		by, ok := l.by[seq]
		if !ok {
			break
		}
		seq = by
	}
	return seq
}

// changed are the events that somebody else corrected or took back since the import began.
func (r *Runner) changed(ctx context.Context, j *Job) (*later, error) {
	out := &later{map[event.Seq]event.Seq{}, map[event.Seq]bool{}}
	err := r.Store.EventsAfter(ctx, r.ws(), j.After, r.Taker.Head(), false, func(e *event.Event) error {
		if e.Provenance == undoing(j) {
			return nil
		}
		for _, seq := range [...]event.Seq{e.Supersedes, e.Retracts} {
			if seq != 0 {
				out.by[seq] = e.Seq
				out.ours[e.Seq] = e.Provenance == j.Provenance() && e.Type != event.Correction
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look who changed events of import %d: %w", j.Number, err)
	}
	return out, nil
}

func undoing(j *Job) string { return "undo:" + j.Provenance()[len("import:"):] }

// takeBack retracts some events and releases their message ids.
func (r *Runner) takeBack(ctx context.Context, j *Job, list []event.Event, changed *later) error {
	u := j.Report.Undo
	items := make([]conductor.Item, 0, len(list))
	hashes := make([][16]byte, 0, len(list))
	for i := range list {
		e := &list[i]
		switch last := changed.last(e.Seq); {
		case last != e.Seq && changed.ours[last]: // taken back by what stands in its place
			hashes = append(hashes, e.Hash)
			continue
		case last != e.Seq:
			u.Changed++
			continue
		case e.Signed():
			u.Signed++
			continue
		}
		hashes = append(hashes, e.Hash)
		if e.Supersedes != 0 {
			old, err := r.older(ctx, j, e)
			if err != nil {
				return err
			}
			if old != nil {
				items, u.Back = append(items, *old), u.Back+1
				continue
			}
		}
		items = append(items, conductor.Item{
			Person: e.Person, MessageID: undoID(j.Provenance(), e.Seq),
			Event: event.Event{
				Type: event.Correction, Schema: 1, Num: math.NaN(), Retracts: e.Seq, Occurred: r.Taker.Now().UnixMicro(), Offset: e.Offset,
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

// older is the version that an event of the import took the place of, told anew so that it stands again; nil: it was the import's own.
func (r *Runner) older(ctx context.Context, j *Job, e *event.Event) (*conductor.Item, error) {
	old, err := r.before(ctx, e)
	for err == nil && old != nil && old.Provenance == j.Provenance() { // told again by the import's own, since its product became known
		old, err = r.before(ctx, old)
	}
	if err != nil || old == nil {
		return nil, err
	}
	es := []event.Event{*old}
	if err := r.Taker.Reveal(e.Person, es); err != nil {
		return nil, err
	}
	again := es[0]
	again.Seq, again.Hash, again.Received, again.Retracts, again.Supersedes = 0, [16]byte{}, 0, 0, e.Seq
	again.Flags |= event.Imported
	return &conductor.Item{Person: e.Person, MessageID: undoID(j.Provenance(), e.Seq), Event: again}, nil
}

// undoID names what an undo does about an event.
func undoID(provenance string, seq event.Seq) string {
	return fmt.Sprintf("undo:%s %d", strings.TrimPrefix(provenance, "import:"), seq)
}

// before is the version whose place an event took. One that an undo told anew stands where the version stood that it repeats.
func (r *Runner) before(ctx context.Context, e *event.Event) (*event.Event, error) {
	if e.Supersedes == 0 {
		return nil, nil
	}
	old, err := r.one(ctx, e.Person, e.Supersedes)
	if err != nil || old == nil || e.Hash != conductor.MessageHash(e.Source, undoID(old.Provenance, old.Seq)) {
		return old, err
	}
	repeated, err := r.before(ctx, old)
	if err != nil || repeated == nil {
		return nil, err
	}
	return r.before(ctx, repeated)
}

// one reads an event; nil: it is not this person's any more.
func (r *Runner) one(ctx context.Context, n person.Number, seq event.Seq) (*event.Event, error) {
	es, err := r.Store.EventsBySeq(ctx, r.ws(), n, []event.Seq{seq})
	if f := fault.Of(err); f != nil && f.Kind == fault.Missing {
		return nil, nil
	}
	if err != nil || len(es) == 0 {
		return nil, err
	}
	return &es[0], nil
}
