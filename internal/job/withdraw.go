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
	u, before := j.Report.Undo, j.Report.Undo.Taken
	entry := audit.Entry{Actor: j.Actor, Action: "source.withdraw", Ref: fmt.Sprintf("source:%d", j.Told.Source)}
	out, err := r.Taker.Withdraw(ctx, j.Told.Source, entry, func(done, of int) error {
		u.Taken, j.Size, j.Report.Read = before+done, int64(before+of), before+done
		if err := r.keep(ctx, j); err != nil {
			return err
		}
		if j.Want == "stop" {
			return errStopped
		}
		return nil
	})
	u.Signed, u.People, u.Waiting = out.Signed, max(u.People, out.People), u.Waiting+out.Waiting
	return r.end(ctx, j, err)
}
