package job

import (
	"context"
	"fmt"

	"peiban/internal/audit"
)

// withdraw takes back all that a source sent, in batches. What is left to do is what still stands, so it goes on where it was stopped.
func (r *Runner) withdraw(ctx context.Context, j *Job) error {
	if j.Report.Undo == nil {
		j.Report.Undo = &Undo{}
	}
	u := j.Report.Undo
	entry := audit.Entry{Actor: j.Actor, Action: "source.withdraw", Ref: fmt.Sprintf("source:%d", j.Told.Source)}
	out, err := r.Taker.Withdraw(ctx, j.Told.Source, entry, r.counted(ctx, j, &u.Taken))
	u.Signed, u.People, u.Waiting = out.Signed, max(u.People, out.People), u.Waiting+out.Waiting
	return r.end(ctx, j, err)
}

// counted tells how far work in batches is, on from what was done of it before, and ends it when somebody wants it stopped.
func (r *Runner) counted(ctx context.Context, j *Job, n *int) func(done, of int) error {
	before := *n
	return func(done, of int) error {
		*n, j.Size, j.Report.Read = before+done, int64(before+of), before+done
		if err := r.keep(ctx, j); err != nil {
			return err
		}
		if j.Want == "stop" {
			return errStopped
		}
		return nil
	}
}
