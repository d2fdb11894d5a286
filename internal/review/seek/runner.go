package seek

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/match"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/workspace"
)

// Store keeps runs and pairs.
type Store interface {
	StartMatchRun(ctx context.Context, w workspace.Number, v *review.Run, entries ...audit.Entry) error
	NextMatchRun(ctx context.Context, w workspace.Number, now int64) (review.Run, error)
	SaveMatchRun(ctx context.Context, w workspace.Number, v *review.Run, entries ...audit.Entry) error
	AddProposals(ctx context.Context, w workspace.Number, found []review.Found) (fresh int, err error)
	DecidedPairs(ctx context.Context, w workspace.Number) ([]review.Pair, error)
	IdentityPolicy(ctx context.Context, w workspace.Number) (review.Policy, error)
}

// Space is the workspace whose people are compared.
type Space interface {
	Workspace() workspace.Workspace
	Now() time.Time
	Directory() *conductor.Directory
}

const (
	lease   = time.Minute
	poll    = time.Second
	beat    = 5 * time.Second // how often a run says that it is worked on, and hears that it should stop
	atOnce  = 200             // pairs in one transaction: live work comes in between
	nightly = "nightly"
	night   = 3 * time.Hour // for so long after its time a nightly run still begins
)

// Runner looks for pairs in one workspace, one run at a time.
type Runner struct {
	Store Store
	Space Space
	Real  func() time.Time // the machine's clock: leases
	Log   *slog.Logger
	Zone  *time.Location // the workspace's
}

// Run works until ctx ends. A run in hand is put down and begun again by the next start; what it wrote is written once.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%60 == 0 {
			if err := r.Nightly(ctx); err != nil && ctx.Err() == nil {
				r.Log.Error("the nightly search for people who look alike", slog.Any("error", err))
			}
		}
		if _, err := r.Once(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("a search for people who look alike", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Runner) ws() workspace.Number { return r.Space.Workspace().Number }

// Nightly starts the run of this night, when its time has come and it had none yet.
func (r *Runner) Nightly(ctx context.Context) error {
	p, err := r.policy(ctx)
	if err != nil || !p.Review.Nightly {
		return err
	}
	now := r.Space.Now().In(r.Zone)
	begun := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, r.Zone).Add(p.Review.At)
	if now.Before(begun) || now.Sub(begun) > night {
		return nil
	}
	at := r.Real().UnixMicro()
	err = r.Store.StartMatchRun(ctx, r.ws(), &review.Run{Actor: nightly, Night: now.Format(time.DateOnly), Created: at}, audit.Entry{At: at, Actor: nightly, Action: "match.start"})
	if errors.Is(err, review.ErrBusy) {
		return nil
	}
	return err
}

// policy is the workspace's; a saved one that is not readable any more gives way to the shipped one.
func (r *Runner) policy(ctx context.Context) (*identity.Policy, error) {
	saved, err := r.Store.IdentityPolicy(ctx, r.ws())
	if err != nil {
		return nil, err
	}
	if p, problems := identity.Parse([]byte(saved.Text)); len(problems) == 0 {
		return p, nil
	}
	return identity.Default(), nil
}

// Once takes up the run that waits, or that was left, and works on it until it ends. It is false when there is none.
func (r *Runner) Once(ctx context.Context) (bool, error) {
	v, err := r.Store.NextMatchRun(ctx, r.ws(), r.Real().UnixMicro())
	if errors.Is(err, review.ErrNoRun) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now := r.Real()
	if v.Started == 0 {
		v.Started = now.UnixMicro()
	}
	v.State, v.Stage, v.Written, v.Lease = review.Running, "reading", 0, now.Add(lease).UnixMicro()
	if err := r.Store.SaveMatchRun(ctx, r.ws(), &v); err != nil {
		if errors.Is(err, review.ErrRunMoved) { // another took it
			return true, nil
		}
		return false, err
	}
	err = fault.Guard(func() error { return r.work(ctx, &v) })
	return true, r.end(ctx, &v, err)
}

var errStopped = errors.New("the run was asked to stop")

func (r *Runner) work(ctx context.Context, v *review.Run) error {
	policy, err := r.policy(ctx)
	if err != nil {
		return err
	}
	people := read(r.Space.Directory())
	v.People = len(people.numbers)
	if v.Want == "stop" {
		return errStopped
	}
	if v.People < 2 {
		return nil
	}
	found, err := r.compare(ctx, v, people, policy.Review.Least)
	if err != nil {
		return err
	}
	return r.write(ctx, v, found)
}

// compare runs the comparison and says meanwhile that the run is worked on.
func (r *Runner) compare(ctx context.Context, v *review.Run, p people, least float64) ([]review.Found, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type outcome struct {
		found      []review.Found
		candidates int
		err        error
	}
	var stage atomic.Int32
	done := make(chan outcome, 1)
	at := r.Space.Now().UnixMicro()
	go func() {
		var o outcome
		o.err = fault.Guard(func() (err error) {
			o.found, o.candidates, err = p.found(ctx, least, at, func(s match.Stage) { stage.Store(int32(s)) })
			return err
		})
		done <- o
	}()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case o := <-done:
			if cause := context.Cause(ctx); cause != nil {
				return nil, cause
			}
			v.Candidates, v.Found = o.candidates, len(o.found)
			return o.found, o.err
		case <-tick.C:
			v.Stage = stages[match.Stage(stage.Load())]
			if err := r.beat(ctx, v); err != nil {
				cancel(err)
			}
		}
	}
}

var stages = map[match.Stage]string{match.Blocking: "blocking", match.Comparing: "comparing", match.Learning: "learning", match.Scoring: "scoring"}

// beat renews the lease and hears what is wanted.
func (r *Runner) beat(ctx context.Context, v *review.Run) error {
	v.Lease = r.Real().Add(lease).UnixMicro()
	if err := r.Store.SaveMatchRun(context.WithoutCancel(ctx), r.ws(), v); err != nil {
		return err
	}
	if v.Want == "stop" {
		return errStopped
	}
	return ctx.Err()
}

// write keeps the pairs, some at a time.
func (r *Runner) write(ctx context.Context, v *review.Run, found []review.Found) error {
	two, err := r.two(ctx)
	if err != nil {
		return err
	}
	v.Stage = "writing"
	for from := 0; from < len(found) || from == 0; from += atOnce {
		if err := r.beat(ctx, v); err != nil {
			return err
		}
		var some []review.Found
		for _, f := range found[from:min(from+atOnce, len(found))] {
			if !two[f.Pair] {
				some = append(some, f)
			}
		}
		fresh, err := r.Store.AddProposals(ctx, r.ws(), some)
		if err != nil {
			return err
		}
		v.Fresh, v.Written = v.Fresh+fresh, min(from+atOnce, len(found))
	}
	return nil
}

// two are the pairs that are two people by somebody's word, as the people stand now: what was said of a member is said of the root.
func (r *Runner) two(ctx context.Context) (map[review.Pair]bool, error) {
	decided, err := r.Store.DecidedPairs(ctx, r.ws())
	if err != nil {
		return nil, err
	}
	d := r.Space.Directory()
	root := func(n person.Number) person.Number {
		if card, ok := d.ByNumber(n); ok {
			return card.Number
		}
		return n
	}
	out := make(map[review.Pair]bool, len(decided))
	for _, p := range decided {
		out[review.PairOf(root(p.Person), root(p.Other))] = true
	}
	return out, nil
}

// end writes how a run ended.
func (r *Runner) end(ctx context.Context, v *review.Run, err error) error {
	switch {
	case errors.Is(err, review.ErrRunMoved):
		return nil // another works on it
	case ctx.Err() != nil: // put down: taken up again by the next start, at once
		v.Lease = 0
		return r.Store.SaveMatchRun(context.WithoutCancel(ctx), r.ws(), v)
	case errors.Is(err, errStopped):
		v.State = review.Stopped
	case err == nil, errors.Is(err, match.ErrNoField):
		v.State = review.Ended
	case fault.KindOf(err) != fault.Internal:
		v.State, v.Problem = review.Failed, fault.Of(err).Code
	default:
		v.Lease = r.Real().Add(lease / 4).UnixMicro() // the database was away: once more, in a while
		return errors.Join(fmt.Errorf("run %d: %w", v.Number, err), r.Store.SaveMatchRun(ctx, r.ws(), v))
	}
	v.Ended, v.Lease = r.Real().UnixMicro(), 0
	detail, _ := json.Marshal(map[string]any{"run": v.Number, "people": v.People, "found": v.Found, "new": v.Fresh})
	return r.Store.SaveMatchRun(ctx, r.ws(), v, audit.Entry{At: v.Ended, Actor: v.Actor, Action: "match." + string(v.State), Detail: string(detail)})
}
