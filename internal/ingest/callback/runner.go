package callback

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Store is what the work asks of the database.
type Store interface {
	Corps(ctx context.Context, w workspace.Number) ([]corp.Corp, error)
	WaitingCallbacks(ctx context.Context, w workspace.Number, now int64, most int) ([]corp.Callback, error)
	EndCallbacks(ctx context.Context, w workspace.Number, vs []corp.Verdict) error
	Entrances(ctx context.Context, w workspace.Number) (*entrance.Book, error)
	FindWay(ctx context.Context, state string) (entrance.Way, error)
	Member(ctx context.Context, w workspace.Number, id string) (staff.Member, error)
}

// Runner does what the companies of one workspace told.
type Runner struct {
	Store Store
	Space *conductor.Conductor
	Calls *wecom.Pool
	Real  func() time.Time
	Log   *slog.Logger
	Zone  *time.Location  // the workspace's
	Wake  <-chan struct{} // something was kept just now
}

const (
	every     = 2 * time.Second // what waits for its next try is looked for so often
	atOnce    = 100
	mostTries = 12
)

// Run works until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for {
			n, err := r.Work(ctx)
			if err != nil && ctx.Err() == nil {
				r.Log.Error("what companies told was not done; it is tried again", slog.Any("error", err))
			}
			if n < atOnce || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.Wake:
		}
	}
}

// Work does what waits, at most atOnce callbacks of it, and says how many it looked at.
func (r *Runner) Work(ctx context.Context) (int, error) {
	w := r.Space.Workspace().Number
	all, err := r.Store.WaitingCallbacks(ctx, w, r.Real().UnixMicro(), atOnce)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	corps, err := r.corps(ctx)
	if err != nil {
		return 0, err
	}
	for i := range all {
		c, ok := corps[all[i].Corp]
		if ok && c.Paused {
			continue
		}
		v := corp.Verdict{Hash: all[i].Hash, State: corp.Passed, Why: "not_connected"}
		if ok {
			v = r.judge(&all[i], r.do(ctx, &c, &all[i]))
		}
		if ctx.Err() != nil {
			return i, nil // it waits as it did
		}
		// One by one: what is done is not done again because the next one fails.
		if err := r.Store.EndCallbacks(context.WithoutCancel(ctx), w, []corp.Verdict{v}); err != nil {
			return i, err
		}
	}
	return len(all), nil
}

var (
	errPassed = errors.New("nothing is to be done with it")
	errNobody = errors.New("nobody is known by it yet")
)

// judge says what becomes of a callback after a try.
func (r *Runner) judge(c *corp.Callback, err error) corp.Verdict {
	v := corp.Verdict{Hash: c.Hash, State: corp.Done}
	switch {
	case err == nil:
	case errors.Is(err, errPassed), errors.Is(err, errNobody) && c.Tries+1 >= mostTries:
		v.State = corp.Passed
	case c.Tries+1 >= mostTries || never(err):
		v.State, v.Why = corp.Stuck, why(err)
		r.Log.Error("what a company told cannot be done", slog.String("corp", c.Corp), slog.String("kind", c.Kind), slog.Any("error", err))
	default:
		v.State, v.Why = corp.Waiting, why(err)
		v.Next = r.Real().Add(time.Second << min(c.Tries, mostTries)).UnixMicro()
	}
	return v
}

// never reports whether the same will be refused however often it is tried.
func never(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind != fault.Internal
}

// why is a code for what went wrong; it holds nothing of what was told.
func why(err error) string {
	if e, ok := errors.AsType[*tencent.Error](err); ok {
		return "wecom_" + e.Action().String()
	}
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	if errors.Is(err, errNobody) {
		return "nobody_yet"
	}
	return "failed"
}

func (r *Runner) corps(ctx context.Context) (map[string]corp.Corp, error) {
	list, err := r.Store.Corps(ctx, r.Space.Workspace().Number)
	if err != nil {
		return nil, err
	}
	out := make(map[string]corp.Corp, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}

// client calls a company.
func (r *Runner) client(c *corp.Corp) (*wecom.Client, error) {
	return r.Calls.Client(c.ID, c.Revision, wecom.Settings{
		Base: c.Base, Corp: c.CorpID, Agent: c.Agent, AppSecret: c.App, ContactSecret: c.Contact, KfSecret: c.Kf, ArchiveSecret: c.Archive,
	})
}

// do does one thing a company told.
func (r *Runner) do(ctx context.Context, c *corp.Corp, told *corp.Callback) error {
	e, err := wecom.ReadEvent(told.Body)
	if err != nil {
		return errPassed
	}
	switch e.Kind() {
	case wecom.CustomerAdded:
		return r.added(ctx, c, &e)
	case wecom.CustomerLeft:
		return r.removed(ctx, c, &e, "person")
	case wecom.CustomerDropped:
		if e.Source == byTransfer {
			return errPassed // they have another member now
		}
		return r.removed(ctx, c, &e, "staff")
	}
	return errPassed
}

// byTransfer is what a deletion says that comes of a hand-over.
const byTransfer = "DELETE_BY_TRANSFER"
