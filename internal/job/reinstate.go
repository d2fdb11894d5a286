package job

import (
	"context"
	"fmt"

	"peiban/internal/audit"
)

// reinstate takes a source that was withdrawn back in, in batches. What is left to do is what was not told anew, so it goes on where it
// was stopped.
func (r *Runner) reinstate(ctx context.Context, j *Job) error {
	if j.Report.Undo == nil {
		j.Report.Undo = &Undo{}
	}
	u, before := j.Report.Undo, j.Report.Undo.Back
	entry := audit.Entry{Actor: j.Actor, Action: "source.reinstate", Ref: fmt.Sprintf("source:%d", j.Told.Source)}
	out, err := r.Taker.Reinstate(ctx, j.Told.Source, entry, func(done, of int) error {
		u.Back, j.Size, j.Report.Read = before+done, int64(before+of), before+done
		if err := r.keep(ctx, j); err != nil {
			return err
		}
		if j.Want == "stop" {
			return errStopped
		}
		return nil
	})
	u.People, u.Waiting = max(u.People, out.People), u.Waiting+out.Waiting
	return r.end(ctx, j, err)
}
