package deliver

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Store keeps deliveries.
type Store interface {
	Deliveries(ctx context.Context, w workspace.Number) ([]out.Delivery, error)
	Delivery(ctx context.Context, w workspace.Number, id string) (out.Delivery, error)
	ChangeDelivery(ctx context.Context, w workspace.Number, id string, change func(*out.Delivery) error, entries ...audit.Entry) (out.Delivery, error)
	AddRun(ctx context.Context, w workspace.Number, d *out.Delivery, run *out.Run, entries ...audit.Entry) error
	OpenRuns(ctx context.Context, w workspace.Number) ([]out.Run, error)
	LeaseRun(ctx context.Context, w workspace.Number, run *out.Run, by string, now, until int64) error
	SaveRun(ctx context.Context, w workspace.Number, run *out.Run, entries ...audit.Entry) error
	AppendAudit(ctx context.Context, w workspace.Number, entries ...audit.Entry) error
}

// Space is the workspace lists are of.
type Space interface {
	Workspace() workspace.Workspace
	Now() time.Time // its clock, which a rehearsal may have moved
}

// Lists give what is in a file, row by row to what begin makes for the columns: what the maker of the delivery may take away now, of people who share it with the receiver. What is wrong
// with the maker is out.ErrMakerLeft or out.ErrMakerRight.
type Lists interface {
	List(ctx context.Context, w workspace.Number, d *out.Delivery, progress func(rows, of int), begin func([]export.Column) (*export.Writer, error)) error
}

const (
	poll  = 2 * time.Second
	lease = time.Minute
)

// Runner sends the lists of one workspace, one file at a time.
type Runner struct {
	Store  Store
	Space  Space
	Lists  Lists
	Places *Places
	Real   func() time.Time // the machine's clock: leases and tries
	Chance func() float64   // in [0, 1); nil: the machine's
	Log    *slog.Logger
	Zone   *time.Location
	Beat   time.Duration // how often a run says how far it is; 0: 2 s

	once sync.Once
	name string // of this runner, for leases
}

// Run works until ctx ends; a file in hand is put down and taken up by the next start.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if err := r.Once(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("send lists", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Runner) ws() workspace.Number { return r.Space.Workspace().Number }

// Once makes the runs that are due and works on every run that may be worked on now.
func (r *Runner) Once(ctx context.Context) error {
	r.once.Do(func() { r.name = staff.NewToken() })
	errs := r.due(ctx)
	runs, err := r.Store.OpenRuns(ctx, r.ws())
	if err != nil {
		return errors.Join(errs, err)
	}
	for i := range runs {
		now := r.Real().UnixMicro()
		if ctx.Err() != nil || runs[i].Next > now || runs[i].Lease > now {
			continue
		}
		err := fault.Guard(func() error { return r.work(ctx, &runs[i]) })
		if err != nil && !errors.Is(err, out.ErrRunMoved) && ctx.Err() == nil {
			errs = errors.Join(errs, fmt.Errorf("delivery %s: %w", runs[i].Delivery, err))
		}
	}
	return errs
}

// due makes a run for the latest moment of each delivery that nobody dealt with. Of several that were missed it is the last alone.
func (r *Runner) due(ctx context.Context) error {
	all, err := r.Store.Deliveries(ctx, r.ws())
	if err != nil {
		return err
	}
	var errs error
	for i := range all {
		d := &all[i]
		due := d.Told.Timetable.Last(r.Space.Now(), r.Zone)
		if d.State != out.On || due.IsZero() || due.UnixMicro() <= d.After {
			continue
		}
		run := r.run(d, due)
		if err := r.Store.AddRun(ctx, r.ws(), d, &run); err != nil && !errors.Is(err, out.ErrRunMoved) {
			errs = errors.Join(errs, err)
		}
	}
	return errs
}

func (r *Runner) run(d *out.Delivery, due time.Time) out.Run {
	id, file := out.Names(r.Space.Workspace().ID, d, due)
	return out.Run{Delivery: d.ID, ID: id, Due: due.UnixMicro(), File: file}
}

// errStopped means that somebody asked a run to stop.
var errStopped = errors.New("the run was asked to stop")

// work takes a run up and sends its file.
func (r *Runner) work(ctx context.Context, run *out.Run) error {
	now := r.Real()
	if err := r.Store.LeaseRun(ctx, r.ws(), run, r.name, now.UnixMicro(), now.Add(lease).UnixMicro()); err != nil {
		return err
	}
	d, err := r.Store.Delivery(ctx, r.ws(), run.Delivery)
	if err != nil {
		return err
	}
	w := &working{r: r, run: *run, d: d}
	inner, cancel := context.WithCancelCause(ctx)
	beat := r.Beat
	if beat == 0 {
		beat = 2 * time.Second
	}
	var beating sync.WaitGroup
	beating.Go(func() { w.beat(inner, beat, cancel) })
	err = fault.Guard(func() error { return w.send(inner) })
	if inner.Err() != nil && err != nil {
		err = context.Cause(inner)
	}
	cancel(nil)
	beating.Wait()
	return w.end(ctx, err)
}

// working is a run in hand.
type working struct {
	r *Runner
	d out.Delivery

	mu  sync.Mutex
	run out.Run
}

// beat says how far the run is and keeps its lease, until somebody asks it to stop or another has it.
func (w *working) beat(ctx context.Context, every time.Duration, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.mu.Lock()
		now := w.run
		w.mu.Unlock()
		now.Lease = w.r.Real().Add(lease).UnixMicro()
		err := w.r.Store.SaveRun(context.WithoutCancel(ctx), w.r.ws(), &now)
		switch {
		case errors.Is(err, out.ErrRunMoved):
			cancel(err)
			return
		case err == nil && now.Want == "stop":
			cancel(errStopped)
			return
		}
	}
}

func (w *working) send(ctx context.Context) error {
	place, err := w.r.Places.Open(&w.d.Told.Where)
	if err != nil {
		return err
	}
	if err := place.Ready(ctx); err != nil { // before anybody's data is read
		return err
	}
	file, err := newSpool()
	if err != nil {
		return err
	}
	defer file.drop()
	rows, err := w.write(ctx, file)
	if err != nil {
		return err
	}
	size, err := file.whole()
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.run.Rows, w.run.Of, w.run.Bytes = rows, rows, size
	w.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return place.Put(ctx, w.run.File, file.file, size, w.d.Told.Format.Type())
}

// write writes the list into a file and tells how many rows it has.
func (w *working) write(ctx context.Context, to io.Writer) (int, error) {
	var file *export.Writer
	begin := func(columns []export.Column) (_ *export.Writer, err error) {
		file, err = export.NewWriter(to, w.d.Told.Format, columns)
		return file, err
	}
	err := w.r.Lists.List(ctx, w.r.ws(), &w.d, func(rows, of int) {
		w.mu.Lock()
		w.run.Rows, w.run.Of = rows, of
		w.mu.Unlock()
	}, begin)
	if file == nil {
		return 0, err
	}
	defer file.Drop()
	if err = cmp.Or(err, ctx.Err()); err == nil {
		err = file.Close()
	}
	return file.Rows(), err
}

// end writes how a run ended, or when it is tried again.
func (w *working) end(ctx context.Context, err error) error {
	run, now := &w.run, w.r.Real()
	run.Lease = 0
	action := ""
	switch {
	case err == nil:
		run.State, run.Problem, action = out.RunDone, nil, "delivery.run"
	case errors.Is(err, out.ErrRunMoved):
		return err
	case errors.Is(err, errStopped):
		run.State, action = out.RunStopped, "delivery.stopped"
	case ctx.Err() != nil: // we are stopping: taken up by the next start, at once
		run.State, run.Tries = out.RunWaiting, run.Tries-1
	case errors.Is(err, out.ErrMakerLeft), errors.Is(err, out.ErrMakerRight):
		run.State, run.Problem, action = out.RunFailed, out.ProblemOf(err), "delivery.off"
		if err := w.off(ctx, err, now); err != nil {
			return err
		}
	case final(err), run.Tries >= out.MaxTries:
		run.State, run.Problem, action = out.RunFailed, out.ProblemOf(err), "delivery.failed"
	default:
		run.State, run.Problem = out.RunWaiting, out.ProblemOf(err)
		run.Next = now.Add(w.wait(run.Tries)).UnixMicro()
		w.r.Log.Warn("a delivery waits to be tried again", slog.String("delivery", run.Delivery), slog.String("reason", run.Problem.Code), slog.Int("tries", run.Tries))
	}
	if run.State != out.RunWaiting {
		run.Ended = now.UnixMicro()
	}
	var proof []audit.Entry
	if action != "" {
		proof = append(proof, w.proof(action, now))
	}
	err = w.r.Store.SaveRun(context.WithoutCancel(ctx), w.r.ws(), run, proof...)
	if action == "delivery.run" && errors.Is(err, out.ErrRunMoved) { // the file was put all the same, and the other puts it under the same name
		return errors.Join(err, w.r.Store.AppendAudit(context.WithoutCancel(ctx), w.r.ws(), proof...))
	}
	return err
}

// final reports whether another try can bring nothing else: the list itself cannot be made.
func final(err error) bool {
	f := fault.Of(err)
	if f == nil {
		return false
	}
	switch f.Kind {
	case fault.TooLarge, fault.Missing:
		return true
	case fault.Invalid: // of the place: somebody may mend it there, as a bucket that is missing
		return !errors.Is(err, errForbidden) && !errors.Is(err, errWrongKey) && !errors.Is(err, errNoBucket) && !errors.Is(err, errNotGiven) && !errors.Is(err, out.ErrFolder)
	}
	return false
}

func (w *working) wait(tries int) time.Duration {
	d := out.Patience[min(max(tries, 1), len(out.Patience))-1]
	chance := rand.Float64 //nolint:forbidigo // this is the edge: only the moment of a try depends on it
	if w.r.Chance != nil {
		chance = w.r.Chance
	}
	return d*4/5 + time.Duration(chance()*float64(d)*2/5)
}

// off switches the delivery off, because its maker may not take the list any more.
func (w *working) off(ctx context.Context, why error, now time.Time) error {
	_, err := w.r.Store.ChangeDelivery(context.WithoutCancel(ctx), w.r.ws(), w.d.ID, func(d *out.Delivery) error {
		if d.Maker != w.d.Maker { // somebody else took it up meanwhile
			return nil
		}
		d.State, d.Why, d.Ended = out.Off, fault.Of(why).Code, now.UnixMicro()
		return nil
	})
	w.r.Log.Warn("a delivery was switched off", slog.String("delivery", w.d.ID), slog.String("reason", fault.Of(why).Code))
	return err
}

// proof is the line of the audit: who, which list, how many rows, where to.
func (w *working) proof(action string, now time.Time) audit.Entry {
	t := &w.d.Told
	detail := map[string]any{"delivery": w.d.ID, "list": t.List, "format": t.Format, "to": t.Where.Kind, "file": w.run.File}
	if w.run.State == out.RunDone {
		detail["rows"], detail["bytes"], detail["basis"], detail["names"] = w.run.Rows, w.run.Bytes, t.Receiver.Basis, t.Names
	} else if w.run.Problem != nil {
		detail["reason"] = w.run.Problem.Code
	}
	if w.run.Asked != "" {
		detail["asked"] = w.run.Asked
	}
	b, _ := json.Marshal(detail) // codes and counts: cannot fail
	return audit.Entry{At: now.UnixMicro(), Actor: "staff:" + w.d.Maker, Action: action, Detail: string(b)}
}
