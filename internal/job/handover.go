package job

import (
	"context"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/person"
)

// handBatch is how many people one transaction hands over.
const handBatch = 250

// handOver gives the people of a hand-over to whom its order says, in batches. What is left to do is who still waits, so it goes on where
// it was stopped or where the process ended: a person's line is written in the transaction that hands them over.
func (r *Runner) handOver(ctx context.Context, j *Job) error {
	if j.Told.Hand == nil {
		return r.end(ctx, j, fault.New(fault.Invalid, "handover_order", "这次交接没有写明怎么交", "this hand-over does not say how"))
	}
	if j.Report.Hand == nil {
		j.Report.Hand = &owner.Tally{}
	}
	h := conductor.Hand{Order: *j.Told.Hand, Job: int64(j.Number)}
	proof := audit.Entry{Actor: j.Actor, Action: "person.assign"}
	for {
		people, err := r.Store.HandoverWaiting(ctx, r.ws(), j.Number, handBatch)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return r.end(ctx, j, r.tallied(ctx, j))
		}
		if err := r.handSome(ctx, j, people, h, proof); err != nil {
			return err
		}
		if err := r.tallied(ctx, j); err != nil {
			return err
		}
		if err := r.keep(ctx, j); err != nil {
			return err
		}
		if j.Want == "stop" {
			return r.end(ctx, j, errStopped)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// handSome hands some people over in one transaction. Where that fails each is tried alone, so that one who cannot be keeps nobody else.
func (r *Runner) handSome(ctx context.Context, j *Job, people []person.Number, h conductor.Hand, proof audit.Entry) error {
	_, tasks, err := r.Taker.HandOver(ctx, conductor.Bulk, people, h, proof)
	if err == nil {
		j.Report.Hand.Tasks += tasks
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(people) > 1 {
		for _, n := range people {
			if err := r.handSome(ctx, j, []person.Number{n}, h, proof); err != nil {
				return err
			}
		}
		return nil
	}
	r.Log.Error("a person could not be handed over", "job", j.Number, "error", err)
	return r.Taker.HandFailed(ctx, int64(j.Number), people[0])
}

func (r *Runner) tallied(ctx context.Context, j *Job) error {
	t, err := r.Store.HandoverTally(ctx, r.ws(), j.Number)
	if err != nil {
		return err
	}
	t.Tasks = j.Report.Hand.Tasks
	*j.Report.Hand = t
	j.Size, j.Report.Read, j.Until = int64(t.All()), t.All()-t.Waiting, r.Taker.Head()
	return nil
}
