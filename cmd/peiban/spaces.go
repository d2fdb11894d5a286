package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/ingest"
	"peiban/internal/job"
	"peiban/internal/review/seek"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

// spaces are the workspaces a server runs. Those it began with stay; rehearsals beside live ones come and go, made here, by another
// server on the same database or by a command.
type spaces struct {
	h       *house
	maker   *besideMaker
	intake  *ingest.Segment
	metrics *metrics
	told    *companies
	server  *api.Server

	running context.Context //nolint:containedctx // of the server as a whole: what is made goes on after its request
	workers sync.WaitGroup
	look    chan struct{} // something was made or removed

	mu    sync.Mutex
	open  map[workspace.Number]*openSpace
	tells map[workspace.Number]context.CancelFunc // stories being told here
}

type openSpace struct {
	c    *conductor.Conductor
	stop context.CancelFunc
}

// lookEvery is how often it is looked which rehearsals there are.
const lookEvery = 2 * time.Second

func newSpaces(h *house, maker *besideMaker, intake *ingest.Segment, m *metrics, told *companies) *spaces {
	return &spaces{
		h: h, maker: maker, intake: intake, metrics: m, told: told, look: make(chan struct{}, 1),
		open: map[workspace.Number]*openSpace{}, tells: map[workspace.Number]context.CancelFunc{},
	}
}

// of is a workspace that is served here; nil: it is not.
func (s *spaces) of(w workspace.Number) *conductor.Conductor {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.open[w]; o != nil {
		return o.c
	}
	return nil
}

// begin runs what a workspace needs beside requests, until running ends or it is removed. Nothing of one that is contained is sent out.
func (s *spaces) begin(c *conductor.Conductor) {
	ctx, stop := context.WithCancel(s.running)
	w := c.Workspace()
	s.mu.Lock()
	s.open[w.Number] = &openSpace{c, stop}
	s.mu.Unlock()
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		zone = time.UTC
	}
	h := s.h
	s.workers.Go(func() {
		if err := c.Run(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("a workspace stopped", slog.String("workspace", string(w.ID)), slog.Any("error", err))
		}
	})
	if !c.Contained() {
		s.workers.Go(func() { h.pusher(c).Run(ctx) })
		s.workers.Go(func() { h.deliverer(c, s.server, zone).Run(ctx) })
		s.workers.Go(func() { s.told.runner(c, zone).Run(ctx) })
		s.workers.Go(func() { (&outlets{h: h, c: c, maker: s.told.maker}).follow(ctx) })
	}
	s.workers.Go(func() { (&seek.Runner{Store: h.store, Space: c, Real: time.Now, Log: h.log, Zone: zone}).Run(ctx) })
	s.workers.Go(func() { (&job.Runner{Store: h.store, Taker: c, Real: time.Now, Log: h.log, Zone: zone}).Run(ctx) })
	s.workers.Go(func() {
		(&job.Runner{Store: h.store, Taker: c, Real: time.Now, Log: h.log, Zone: zone, Lane: job.Hands}).Run(ctx)
	})
	s.workers.Go(func() {
		(&job.Runner{Store: h.store, Taker: c, Real: time.Now, Log: h.log, Zone: zone, Lane: job.Exports, Records: s.server}).Run(ctx)
	})
}

// follow opens rehearsals that became ready and shuts those that were removed, until running ends.
func (s *spaces) follow() {
	if err := s.h.store.Sweep(s.running); err != nil && s.running.Err() == nil {
		s.h.log.Error("what is left of removed rehearsals was not deleted; the next start tries again", slog.Any("error", err))
	}
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-s.running.Done():
			return
		case <-t.C:
		case <-s.look:
		}
		if err := s.match(); err != nil && s.running.Err() == nil {
			s.h.log.Error("it was not seen which rehearsals there are", slog.Any("error", err))
		}
	}
}

// match makes what is served what there is.
func (s *spaces) match() error {
	all, err := s.h.store.Workspaces(s.running)
	if err != nil {
		return err
	}
	there := map[workspace.Number]bool{}
	for _, w := range all {
		there[w.Number] = true
		s.mu.Lock()
		open, live := s.open[w.Number] != nil, s.open[w.Beside] != nil
		s.mu.Unlock()
		if open || !w.Ready() || w.Beside == 0 || !live {
			continue
		}
		c, err := s.h.conductor(s.running, w, s.maker.ps, time.Now)
		if err != nil {
			return err
		}
		if err := s.server.AddSpace(c); err != nil {
			return err
		}
		s.intake.Add(c)
		s.metrics.add(c)
		s.begin(c)
	}
	s.mu.Lock()
	var gone []*openSpace
	for n, o := range s.open {
		if o.c.Workspace().Beside != 0 && !there[n] {
			gone = append(gone, o)
		}
	}
	s.mu.Unlock()
	for _, o := range gone {
		s.shut(o.c.Workspace())
	}
	return nil
}

// shut serves a rehearsal no more that was removed.
func (s *spaces) shut(w workspace.Workspace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.open[w.Number]; o != nil {
		s.server.DropSpace(w.Number)
		s.intake.Drop(w.Number)
		s.metrics.drop(o.c)
		o.stop()
		delete(s.open, w.Number)
	}
	s.h.forget(w)
}

// save writes the snapshots of the rehearsals that were opened here, once nothing runs any more.
func (s *spaces) save() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.open {
		if o.c.Workspace().Beside != 0 {
			o.c.Close()
		}
	}
}

func (s *spaces) lookNow() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// Make implements api.Maker.
func (s *spaces) Make(ctx context.Context, w workspace.Workspace, made, first audit.Entry) (workspace.Workspace, error) {
	w, err := s.maker.begin(ctx, w, made, first)
	if err != nil {
		return w, err
	}
	telling, stop := context.WithCancel(s.running)
	s.mu.Lock()
	s.tells[w.Number] = stop
	s.mu.Unlock()
	s.workers.Go(func() {
		defer stop()
		err := s.maker.tell(telling, w, nil)
		s.mu.Lock()
		delete(s.tells, w.Number)
		s.mu.Unlock()
		if err != nil && telling.Err() == nil && !errors.Is(err, store.ErrNoWorkspace) {
			s.h.log.Error("a rehearsal was not made", slog.String("workspace", string(w.ID)), slog.Any("error", err))
		}
		s.lookNow()
	})
	return w, nil
}

// Live implements api.Maker.
func (s *spaces) Live(ctx context.Context, c *conductor.Conductor, by time.Duration) (conductor.Happened, error) {
	return s.maker.live(ctx, c, by)
}

// Remove implements api.Maker. A story told by another server stops when it next notes how far it is.
func (s *spaces) Remove(ctx context.Context, w workspace.Workspace, removed audit.Entry) error {
	if err := s.h.store.RemoveBeside(ctx, w.Number, time.Now().UnixMicro(), removed); err != nil {
		return err
	}
	s.mu.Lock()
	if stop := s.tells[w.Number]; stop != nil {
		stop()
	}
	s.mu.Unlock()
	s.shut(w)
	return nil
}
