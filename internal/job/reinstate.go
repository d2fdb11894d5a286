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
	u := j.Report.Undo
	entry := audit.Entry{Actor: j.Actor, Action: "source.reinstate", Ref: fmt.Sprintf("source:%d", j.Told.Source)}
	out, err := r.Taker.Reinstate(ctx, j.Told.Source, entry, r.counted(ctx, j, &u.Back))
	u.People, u.Waiting = max(u.People, out.People), u.Waiting+out.Waiting
	return r.end(ctx, j, err)
}
