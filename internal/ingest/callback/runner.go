package callback

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"peiban/internal/audit"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Store is what the work asks of the database.
type Store interface {
	Corps(ctx context.Context, w workspace.Number) ([]corp.Corp, error)
	WaitingCallbacks(ctx context.Context, w workspace.Number, now int64, most int, without []string, urgent *bool) ([]corp.Callback, error)
	EndCallbacks(ctx context.Context, w workspace.Number, vs []corp.Verdict) error
	Entrances(ctx context.Context, w workspace.Number) (*entrance.Book, error)
	FindWay(ctx context.Context, state string) (entrance.Way, error)
	Member(ctx context.Context, w workspace.Number, id string) (staff.Member, error)
	// KfCursor is how far an account of customer service was read; empty: not at all.
	KfCursor(ctx context.Context, w workspace.Number, corp, account string) (string, error)
	SaveKfCursor(ctx context.Context, w workspace.Number, corp, account, cursor string, at int64) error
	CreateSigninLink(ctx context.Context, w workspace.Number, p person.Number, hash []byte, expires int64, entries ...audit.Entry) error
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

	Address string // how people reach this server; empty: a greeting has no card

	kf sync.Mutex // one reader of customer service at a time
}

const (
	every     = 2 * time.Second // what waits for its next try is looked for so often
	atOnce    = 100
	mostTries = 12
)

// Run works until ctx ends: those for whom somebody waits beside everything else, so that no long read holds a welcome up.
func (r *Runner) Run(ctx context.Context) {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { r.compareNightly(ctx) })
	others := make(chan struct{}, 1)
	beside.Go(func() { r.run(ctx, false, others, func() {}) })
	r.run(ctx, true, r.Wake, func() {
		select {
		case others <- struct{}{}:
		default: // it is awake already
		}
	})
}

// run works on one lane whenever it is woken, and now and then, and passes the word on.
func (r *Runner) run(ctx context.Context, urgent bool, wake <-chan struct{}, pass func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		pass()
		for {
			n, err := r.lane(ctx, urgent)
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
		case <-wake:
		}
	}
}

// Work does what waits, at most atOnce callbacks of each lane, and says how many it looked at.
func (r *Runner) Work(ctx context.Context) (int, error) {
	n, err := r.lane(ctx, true)
	more, failed := r.lane(ctx, false)
	return n + more, errors.Join(err, failed)
}

func (r *Runner) lane(ctx context.Context, urgent bool) (int, error) {
	w := r.Space.Workspace().Number
	corps, err := r.corps(ctx)
	if err != nil {
		return 0, err
	}
	var paused []string
	for id, c := range corps {
		if c.Paused {
			paused = append(paused, id)
		}
	}
	slices.Sort(paused)
	all, err := r.Store.WaitingCallbacks(ctx, w, r.Real().UnixMicro(), atOnce, paused, &urgent)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	var crews errgroup.Group
	crews.SetLimit(abreast)
	var passed struct {
		sync.Mutex
		list []corp.Verdict
	}
	for _, some := range byCustomer(all) {
		crews.Go(func() error {
			for i := range some {
				v := r.settle(ctx, corps, &some[i])
				if ctx.Err() != nil {
					return nil // it waits as it did
				}
				if v.State == corp.Passed { // nothing was done: they are written down together
					passed.Lock()
					passed.list = append(passed.list, v)
					passed.Unlock()
					continue
				}
				// Before the next: what is done is not done again because another fails.
				if err := r.Store.EndCallbacks(context.WithoutCancel(ctx), w, []corp.Verdict{v}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = crews.Wait()
	if len(passed.list) > 0 {
		err = errors.Join(err, r.Store.EndCallbacks(context.WithoutCancel(ctx), w, passed.list))
	}
	if err != nil {
		return 0, err
	}
	return len(all), nil
}

// abreast is how many customers are seen to at once: most of the time goes by waiting for WeCom.
const abreast = 16

// byCustomer parts callbacks so that those of one customer stay together, in their order.
func byCustomer(all []corp.Callback) (groups [][]corp.Callback) {
	place := map[string]int{}
	for _, v := range all {
		key := string(v.Hash[:])
		if e, err := wecom.ReadEvent(v.Body); err == nil && e.Customer != "" {
			key = v.Corp + "\x00" + e.Customer
		}
		i, ok := place[key]
		if !ok {
			i = len(groups)
			place[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

// settle does one callback and says what became of it.
func (r *Runner) settle(ctx context.Context, corps map[string]corp.Corp, told *corp.Callback) corp.Verdict {
	c, ok := corps[told.Corp]
	if !ok {
		return corp.Verdict{Hash: told.Hash, State: corp.Passed, Why: "not_connected", At: r.Real().UnixMicro()}
	}
	more, err := r.do(ctx, &c, told)
	return r.judge(told, more, err)
}

var (
	errPassed = errors.New("nothing is to be done with it")
	errNobody = errors.New("nobody is known by it yet")
)

// judge says what becomes of a callback after a try.
func (r *Runner) judge(c *corp.Callback, more string, err error) corp.Verdict {
	v := corp.Verdict{Hash: c.Hash, State: corp.Done, Why: more, At: r.Real().UnixMicro()}
	switch {
	case err == nil:
	case errors.Is(err, errPassed), errors.Is(err, errNobody) && c.Tries+1 >= mostTries:
		v.State, v.Why = corp.Passed, ""
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
	return r.Calls.Client(c.ID, c.Revision, SettingsOf(c))
}

// do does one thing a company told; why says more about how it was done, a code.
func (r *Runner) do(ctx context.Context, c *corp.Corp, told *corp.Callback) (why string, err error) {
	e, err := wecom.ReadEvent(told.Body)
	if err != nil {
		return "", errPassed
	}
	switch e.Kind() {
	case wecom.CustomerAdded:
		return r.added(ctx, c, &e, told.Tries)
	case wecom.CustomerHalf:
		return r.half(ctx, c, &e)
	case wecom.CustomerLeft:
		return "", r.removed(ctx, c, &e, "person")
	case wecom.KfNews:
		return "", r.news(ctx, c, &e)
	case wecom.CustomerDropped:
		if e.Source == byTransfer {
			return "", errPassed // they have another member now
		}
		return "", r.removed(ctx, c, &e, "staff")
	}
	return "", errPassed
}

// byTransfer is what a deletion says that comes of a hand-over.
const byTransfer = "DELETE_BY_TRANSFER"
