package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Store keeps webhooks.
type Store interface {
	Hooks(ctx context.Context, w workspace.Number) ([]out.Hook, error)
	Hook(ctx context.Context, w workspace.Number, id string) (out.Hook, error)
	LeaseHook(ctx context.Context, w workspace.Number, id, by string, now, until int64) error
	SaveHook(ctx context.Context, w workspace.Number, h *out.Hook, attempts []out.Attempt, entries ...audit.Entry) error
	AddAttempts(ctx context.Context, w workspace.Number, id string, attempts []out.Attempt, entries ...audit.Entry) error
}

const (
	poll       = 500 * time.Millisecond
	lease      = 90 * time.Second // more than the longest request and its body
	together   = 8                // webhooks sent to at once by one server, of one workspace
	pageItems  = 100
	flushItems = 50
	flushEvery = time.Second
	skimMost   = 20_000 // sequences that may lie between a stored place and where reading goes on, when nothing of them is sent
)

// Runner sends the feed of one workspace to its webhooks.
type Runner struct {
	Store  Store
	Feed   *out.Feed
	Sender *Sender
	Real   func() time.Time // the machine's clock
	Chance func() float64   // in [0, 1); nil: the machine's
	Log    *slog.Logger

	name    string // of this runner, for leases
	mu      sync.Mutex
	busy    map[string]bool
	skimmed map[string]skim
}

// skim is how far a webhook's part of the log was looked through without finding anything for it.
type skim struct {
	version int64
	at      out.Place
}

// Run sends until ctx ends; a request in hand is finished or given up, and what was taken is written down.
func (r *Runner) Run(ctx context.Context) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var sending sync.WaitGroup
	defer sending.Wait()
	for {
		if err := r.begin(ctx, &sending); err != nil && ctx.Err() == nil {
			r.Log.Error("look for webhooks to send to", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once sends to every webhook that is due until nothing is left to be sent now.
func (r *Runner) Once(ctx context.Context) error {
	var sending sync.WaitGroup
	err := r.begin(ctx, &sending)
	sending.Wait()
	return err
}

func (r *Runner) ws() workspace.Number { return r.Feed.Space.Workspace().Number }

func (r *Runner) begin(ctx context.Context, sending *sync.WaitGroup) error {
	hooks, err := r.Store.Hooks(ctx, r.ws())
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy == nil {
		r.busy, r.skimmed, r.name = map[string]bool{}, map[string]skim{}, staff.NewToken()
	}
	now := r.Real().UnixMicro()
	for i := range hooks {
		h := hooks[i]
		if h.State != out.On || h.Next > now || r.busy[h.ID] || len(r.busy) >= together || h.Lease > now && h.LeaseBy != r.name {
			continue
		}
		r.busy[h.ID] = true
		sending.Go(func() {
			defer func() {
				r.mu.Lock()
				delete(r.busy, h.ID)
				r.mu.Unlock()
			}()
			err := fault.Guard(func() error { return r.serve(ctx, &h) })
			if err != nil && !errors.Is(err, out.ErrHookMoved) && ctx.Err() == nil {
				r.Log.Error("send to a webhook", slog.String("webhook", h.ID), slog.Any("error", err))
			}
		})
	}
	return nil
}

// serve looks whether there is something for a webhook, and sends it under a lease.
func (r *Runner) serve(ctx context.Context, h *out.Hook) error {
	if !h.Replay.Open() {
		at, found, err := r.look(ctx, h)
		if err != nil {
			return err
		}
		if !found && at.Seq-h.At.Seq < skimMost {
			return nil
		}
	}
	now := r.Real()
	if err := r.Store.LeaseHook(ctx, r.ws(), h.ID, r.name, now.UnixMicro(), now.Add(lease).UnixMicro()); err != nil {
		return err
	}
	mine, err := r.Store.Hook(ctx, r.ws(), h.ID)
	if err != nil {
		return err
	}
	s := &session{r: r, h: mine, people: map[person.Number]bool{}, flushed: now}
	err = s.send(ctx)
	s.h.Lease = 0
	return errors.Join(err, s.flush(context.WithoutCancel(ctx)))
}

// look finds out whether the feed has something new for a webhook. What was looked through is remembered, so that commits that are not for
// it cost no write.
func (r *Runner) look(ctx context.Context, h *out.Hook) (at out.Place, found bool, err error) {
	r.mu.Lock()
	known := r.skimmed[h.ID]
	r.mu.Unlock()
	from := h.At
	if known.version == h.Version && known.at.Compare(from) > 0 {
		from = known.at
	}
	want := h.Told.Want()
	p, err := r.Feed.Page(ctx, from, out.Place{}, &want, 1)
	if err != nil || len(p.Items) > 0 {
		return from, true, err
	}
	r.mu.Lock()
	r.skimmed[h.ID] = skim{h.Version, p.Next}
	r.mu.Unlock()
	return p.Next, false, nil
}

// session is one turn of sending to a webhook.
type session struct {
	r        *Runner
	h        out.Hook
	attempts []out.Attempt
	sent     int
	people   map[person.Number]bool
	flushed  time.Time
	lost     bool // another has it, or staff changed it
	ended    bool // that it was switched off is written down
}

// send goes through the feed until there is nothing more, something was not taken, or ctx ends.
func (s *session) send(ctx context.Context) error {
	want := s.h.Told.Want()
	for ctx.Err() == nil && s.h.State == out.On {
		from, until := s.h.At, out.Place{}
		replay := s.h.Replay.Open()
		if replay {
			from, until = s.h.Replay.At, s.h.Replay.To
		}
		p, err := s.r.Feed.Page(ctx, from, until, &want, pageItems)
		if err != nil {
			return err
		}
		for i := range p.Items {
			if passed, err := s.one(ctx, &p.Items[i]); err != nil || !passed {
				return err
			}
		}
		if replay {
			s.h.Replay.At = p.Next
		} else {
			s.h.At = p.Next
		}
		if err := s.flush(ctx); err != nil {
			return err
		}
		if !p.More && !replay {
			return nil
		}
	}
	return nil
}

// one sends an item; passed says that the next may come.
func (s *session) one(ctx context.Context, item *out.Item) (passed bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	replay, try := s.h.Replay.Open(), s.h.Tries+1
	if replay {
		try = s.h.Replay.Tries + 1
	}
	a, asked := s.r.Sender.send(ctx, s.r.Feed.Space.Workspace().ID, &s.h, item)
	if ctx.Err() != nil && a.Status == 0 { // we are stopping: it says nothing about the far side
		return false, nil
	}
	if a.Outcome == out.Rejected && try >= out.RefuseTries {
		a.Outcome = out.Refused
	}
	a.Try, a.Replay = try, replay
	now := s.r.Real()
	passed = s.h.After(a.Outcome, item.Place, now.UnixMicro(), out.Wait(try, asked, s.r.chance()))
	s.attempts = append(s.attempts, a)
	s.sent++
	s.people[item.Number] = true
	if s.h.State == out.Off {
		s.r.Log.Warn("a webhook was switched off", slog.String("webhook", s.h.ID), slog.String("reason", s.h.Why), slog.String("last", describe(&a)))
	}
	if !passed || len(s.attempts) >= flushItems || now.Sub(s.flushed) >= flushEvery {
		return passed, s.flush(ctx)
	}
	return passed, nil
}

func (r *Runner) chance() float64 {
	if r.Chance != nil {
		return r.Chance()
	}
	return rand.Float64() //nolint:forbidigo // this is the edge: only the moment of a try depends on it
}

// flush writes down how far it is, with one line of proof about all that was sent since the last time.
func (s *session) flush(ctx context.Context) error {
	if s.lost {
		return nil
	}
	now := s.r.Real()
	if s.h.Lease != 0 {
		s.h.Lease = now.Add(lease).UnixMicro()
	}
	var proof []audit.Entry
	if s.sent > 0 {
		proof = append(proof, entry(now, s.h.ID, "webhook.send", map[string]any{"events": s.sent, "people": len(s.people)}))
	}
	if s.h.State == out.Off && !s.ended {
		proof, s.ended = append(proof, entry(now, s.h.ID, "webhook.off", map[string]any{"reason": s.h.Why})), true
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.r.Store.SaveHook(ctx, s.r.ws(), &s.h, s.attempts, proof...); err != nil {
		if s.lost = errors.Is(err, out.ErrHookMoved); s.lost && s.sent > 0 { // it was sent all the same, and will be again
			err = errors.Join(err, s.r.Store.AddAttempts(ctx, s.r.ws(), s.h.ID, s.attempts, proof[0]))
		}
		return fmt.Errorf("write down how far webhook %s is: %w", s.h.ID, err)
	}
	s.attempts, s.sent, s.flushed = nil, 0, now
	clear(s.people)
	return nil
}

func entry(now time.Time, hook, action string, detail map[string]any) audit.Entry {
	b, _ := json.Marshal(detail) // codes and counts: cannot fail
	return audit.Entry{At: now.UnixMicro(), Actor: "webhook:" + hook, Action: action, Detail: string(b)}
}
