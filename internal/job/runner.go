package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

func provenance(kind string, n Number) string {
	return "import:" + kind + "#" + strconv.FormatInt(int64(n), 10)
}

// Store keeps jobs.
type Store interface {
	NextJob(ctx context.Context, w workspace.Number, now int64, lane Lane) (Job, error)
	Job(ctx context.Context, w workspace.Number, n Number) (Job, error)
	SaveJob(ctx context.Context, w workspace.Number, j *Job, entries ...audit.Entry) error
	JobPart(ctx context.Context, w workspace.Number, n Number, kind string, part int) ([]byte, error)
	AddJobPart(ctx context.Context, w workspace.Number, n Number, kind string, part int, data []byte) error
	DropJobParts(ctx context.Context, w workspace.Number, n Number, kind string) error
	OldDrafts(ctx context.Context, w workspace.Number, before int64) error
	EnsureSource(ctx context.Context, w workspace.Number, v event.Source, entries ...audit.Entry) (event.Source, error)
	EventsAfter(ctx context.Context, w workspace.Number, after, upTo event.Seq, bodies bool, f func(*event.Event) error) error
	EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error)
	KeptFrom(ctx context.Context, w workspace.Number, source int32) ([]person.Number, error)
	Release(ctx context.Context, w workspace.Number, hashes [][16]byte) error
	HandoverWaiting(ctx context.Context, w workspace.Number, n Number, most int) ([]person.Number, error)
	SaveExport(ctx context.Context, w workspace.Number, j *Job, parts []ExportPart, entries ...audit.Entry) error
	OldExports(ctx context.Context, w workspace.Number, before int64) error
	HandoverTally(ctx context.Context, w workspace.Number, n Number) (owner.Tally, error)
}

// Taker is the workspace that events go into.
type Taker interface {
	Workspace() workspace.Workspace
	Now() time.Time
	Head() event.Seq
	Submit(ctx context.Context, lane conductor.Lane, entry audit.Entry, items []conductor.Item) ([]conductor.Outcome, error)
	Reveal(n person.Number, es []event.Event) error
	DropKept(ctx context.Context, n person.Number, entry audit.Entry, fits func(*event.Event) bool) ([][16]byte, error)
	Withdraw(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int) error) (conductor.Withdrawn, error)
	Reinstate(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int) error) (conductor.Reinstated, error)
	HandOver(ctx context.Context, lane conductor.Lane, people []person.Number, h conductor.Hand, proof audit.Entry) ([]owner.Line, int, error)
	HandFailed(ctx context.Context, job int64, n person.Number) error
	StartJourney(ctx context.Context, lane conductor.Lane, people []person.Number, o conductor.Start, proof audit.Entry) ([]conductor.Started, error)
}

// Parts of a job's file and of its list of refused rows.
const (
	FilePart   = "file"
	RefusePart = "refuse"
	PartSize   = 256 << 10
)

const (
	lease    = time.Minute
	poll     = time.Second
	draftAge = 7 * 24 * time.Hour // how long a file waits to be imported
)

// Runner works on the jobs of one workspace, one at a time.
type Runner struct {
	Store Store
	Taker Taker
	Real  func() time.Time // the machine's clock: leases
	Log   *slog.Logger
	Zone  *time.Location // of clocks whose map names none
	Lane  Lane           // what it works on

	Records Records // what an export gives; nil: this Runner makes none
}

// Run works until ctx ends; the job in hand is put down after its batch and taken up at the next start.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	swept := time.Time{}
	for {
		worked, err := r.Once(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("a background job", slog.Any("error", err))
		}
		if now := r.Real(); now.Sub(swept) > time.Hour {
			swept = now
			if err := r.Store.OldDrafts(ctx, r.ws(), now.Add(-draftAge).UnixMicro()); err != nil && ctx.Err() == nil {
				r.Log.Error("drop old drafts of imports", slog.Any("error", err))
			}
			if err := r.Store.OldExports(ctx, r.ws(), now.Add(-ExportKept).UnixMicro()); err != nil && ctx.Err() == nil {
				r.Log.Error("drop old exports", slog.Any("error", err))
			}
		}
		if worked && err == nil {
			if ctx.Err() != nil {
				return
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Runner) ws() workspace.Number { return r.Taker.Workspace().Number }

// Once takes up the next job and works on it until it ends, is stopped, or ctx ends. It is false when there is none.
func (r *Runner) Once(ctx context.Context) (bool, error) {
	j, err := r.Store.NextJob(ctx, r.ws(), r.Real().UnixMicro(), r.Lane)
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if j.State == Waiting {
		if j.Started == 0 { // what is undone lies after this, also when the job is stopped and goes on
			j.Started, j.After = r.Real().UnixMicro(), r.Taker.Head()
		}
		j.State, j.Ended = Running, 0
	}
	j.Lease = r.Real().Add(lease).UnixMicro()
	if err := r.Store.SaveJob(ctx, r.ws(), &j); err != nil {
		if errors.Is(err, ErrMoved) { // another took it
			return true, nil
		}
		return false, err
	}
	work := r.bring
	switch {
	case j.Kind == Withdraw:
		work = r.withdraw
	case j.Kind == Reinstate:
		work = r.reinstate
	case j.Kind == Handover:
		work = r.handOver
	case j.Kind == Export:
		work = r.export
	case j.Kind == Start:
		work = r.start
	case j.State == Undoing:
		work = r.undo
	}
	err = fault.Guard(func() error { return work(ctx, &j) })
	if ctx.Err() != nil { // put down: taken up again by the next start, at once
		j.Lease = 0
		return true, r.Store.SaveJob(context.WithoutCancel(ctx), r.ws(), &j)
	}
	return true, err
}

// errStopped means that somebody asked a job to stop.
var errStopped = errors.New("the job was asked to stop")

// bring imports the file of j.
func (r *Runner) bring(ctx context.Context, j *Job) error {
	zone := r.Zone
	if l, err := time.LoadLocation(j.Told.Zone); err == nil && j.Told.Zone != "" {
		zone = l
	}
	source, err := r.source(ctx, j)
	if err != nil {
		return err
	}
	refused := &refusals{r: r, j: j}
	before := j.Report
	in := &parts{ctx: ctx, r: r, j: j}
	im := rows.Import{
		Taker: r.Taker, Source: source.Number, Action: "import.table", Provenance: j.Provenance(), Actor: j.Actor,
		Programme: j.Told.Programme, Owner: j.Told.Owner, Basis: j.Told.Basis, Now: r.Taker.Now(), From: before.Rows, Refuse: refused.add,
	}
	im.Done = func(part rows.Report) error {
		if err := refused.flush(ctx); err != nil {
			return err
		}
		j.Report.Report = clone(before.Report)
		j.Report.Add(part)
		j.Report.Read, j.Until, j.Lease = int(in.read), r.Taker.Head(), r.Real().Add(lease).UnixMicro()
		if err := r.Store.SaveJob(context.WithoutCancel(ctx), r.ws(), j); err != nil {
			return err
		}
		if j.Want == "stop" {
			return errStopped
		}
		return ctx.Err()
	}
	_, err = im.Run(ctx, j.Told.Map.Format(r.Taker.Now(), zone), in)
	return r.end(ctx, j, err)
}

// source is what an import's events are known under.
func (r *Runner) source(ctx context.Context, j *Job) (event.Source, error) {
	name := j.Told.Map.Source
	if name == "" {
		name = "tables"
	}
	return r.Store.EnsureSource(ctx, r.ws(), event.Source{Name: name, Created: r.Real().UnixMicro()})
}

// clone keeps the reasons of a report from being counted twice when it is added to again and again.
func clone(a rows.Report) rows.Report {
	var b rows.Report
	b.Add(a)
	return b
}

// actions begin what the audit calls the end of a job.
var actions = map[string]string{Table: "import.", Withdraw: "source.withdraw.", Reinstate: "source.reinstate.", Handover: "handover.", Export: "fhir.export.", Start: "journey.start."}

// end writes how an import ended.
func (r *Runner) end(ctx context.Context, j *Job, err error) error {
	f := fault.Of(err)
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(err, errStopped):
		j.State, j.Want = Stopped, ""
	case err == nil:
		j.State = Done
	case f != nil && f.Kind != fault.Internal:
		j.State, j.Report.Problem = Failed, &Problem{f.Code, f.Field, f.Text, f.Hint}
	case errors.Is(err, ErrMoved):
		return nil // another works on it
	default:
		j.Lease = r.Real().Add(lease / 4).UnixMicro() // the database was away: once more, in a while
		return errors.Join(fmt.Errorf("import %d: %w", j.Number, err), r.Store.SaveJob(ctx, r.ws(), j))
	}
	j.Ended, j.Lease, j.Until = r.Real().UnixMicro(), 0, r.Taker.Head()
	if j.State == Done {
		j.Report.Read = int(j.Size)
	}
	said := map[string]any{"import": j.Number, "rows": j.Report.Rows, "taken": j.Report.Taken, "repeated": j.Report.Repeated, "refused": j.Report.Refused}
	if h := j.Report.Hand; h != nil {
		said = map[string]any{"handover": j.Number, "done": h.Done, "waiting": h.Waiting, "refused": h.Refused, "failed": h.Failed, "tasks": h.Tasks}
	}
	if x := j.Report.Export; x != nil {
		said = map[string]any{"people": x.Done, "resources": x.All()}
	}
	if x := j.Report.Start; x != nil {
		said = map[string]any{"start": j.Number, "programme": j.Told.Start.Programme, "journey": j.Told.Start.Journey, "entered": x.Entered, "refused": x.Refused, "failed": x.Failed}
	}
	detail, _ := json.Marshal(said)
	if err := r.Store.SaveJob(ctx, r.ws(), j, audit.Entry{At: j.Ended, Actor: j.Actor, Action: actions[j.Kind] + string(j.State), Detail: string(detail)}); err != nil {
		return err
	}
	if j.State != Done {
		return nil
	}
	if j.Kind == Start {
		return r.Store.DropJobParts(ctx, r.ws(), j.Number, PeoplePart)
	}
	return r.Store.DropJobParts(ctx, r.ws(), j.Number, FilePart) // what it held is kept as events now
}

// parts reads the file of a job.
type parts struct {
	ctx  context.Context
	r    *Runner
	j    *Job
	n    int
	rest []byte
	read int64
}

func (p *parts) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.read >= p.j.Size {
			return 0, io.EOF
		}
		part, err := p.r.Store.JobPart(p.ctx, p.r.ws(), p.j.Number, FilePart, p.n)
		if err != nil {
			return 0, err
		}
		p.rest, p.n = part, p.n+1
	}
	n := copy(b, p.rest)
	p.rest, p.read = p.rest[n:], p.read+int64(n)
	return n, nil
}

// NewReader reads the file of a job.
func NewReader(ctx context.Context, s Store, w workspace.Number, j *Job) io.Reader {
	return &parts{ctx: ctx, r: &Runner{Store: s, Taker: place{number: w}}, j: j}
}

// place is a workspace of which only the number is asked.
type place struct {
	Taker
	number workspace.Number
}

func (p place) Workspace() workspace.Workspace { return workspace.Workspace{Number: p.number} }

// refusals are the refused rows of a job on their way to the database.
type refusals struct {
	r    *Runner
	j    *Job
	list []rows.Reject
}

// mostRefuses is how many rows one part of the list holds.
const mostRefuses = 2000

// Refused is a refused row as it is kept. It has no values.
type Refused struct {
	Sheet string     `json:"sheet,omitempty"`
	Line  int        `json:"line"`
	Field string     `json:"field,omitempty"`
	Code  string     `json:"code"`
	Text  fault.Text `json:"text"`
	Hint  fault.Text `json:"hint,omitzero" required:"false"`
}

func (f *refusals) add(r rows.Reject) { f.list = append(f.list, r) }

func (f *refusals) flush(ctx context.Context) error {
	for len(f.list) > 0 {
		some := f.list[:min(len(f.list), mostRefuses)]
		out := make([]Refused, len(some))
		for i, r := range some {
			out[i] = Refused{r.Sheet, r.Line, r.Why.Field, r.Why.Code, r.Why.Text, r.Why.Hint}
		}
		b, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("write refused rows: %w", err)
		}
		// The number of parts is saved with the rows it belongs to: a part written before a crash is written over.
		if err := f.r.Store.AddJobPart(context.WithoutCancel(ctx), f.r.ws(), f.j.Number, RefusePart, f.j.Report.Refuses, b); err != nil {
			return err
		}
		f.j.Report.Refuses++
		f.list = f.list[len(some):]
	}
	f.list = nil
	return nil
}
