package conductor

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"peiban/internal/engine"
	"peiban/internal/message"
	"peiban/internal/timeline"
)

// Most wakes change nothing: a window moved on, or a local day ended, and the same tags hold. They come in crowds, at
// midnight for everybody. So whoever is due is stepped beside everything else, on copies and without the turn; for whom
// nothing came about the new wake is taken over in memory, and nothing is written. The others are stepped again in a
// commit: a stored wake may be too early, and what they do must be durable.

const (
	aheadSize = 512 // people who are looked at before the first is taken over
	wakeSize  = 100 // people whom one commit steps: live work waits for it
)

// ahead is one person looked at without the turn.
type ahead struct {
	h      *human
	rev    uint64
	loc    *time.Location
	state  *engine.State
	memo   engine.Memo
	wake   int64
	last   int64
	steps  int64
	silent bool // nothing came about
}

// glance is some of those who are due, looked at together.
type glance struct {
	now    int64
	run    *running
	some   []ahead
	others []*human // who have something to say
}

// lookAhead steps some of those who are due and takes over what it found for whom nothing changes. It gives how many
// those were, and the others.
func (c *Conductor) lookAhead(ctx context.Context) (silent int, others []*human) {
	g := c.begin()
	if g == nil {
		return 0, nil
	}
	c.stepAhead(ctx, g)
	return c.takeOver(g)
}

// begin takes some of those who are due now; nil: the clock is being moved, and what is said goes out in between, too.
func (c *Conductor) begin() *glance {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.moving != nil {
		return nil
	}
	g := &glance{now: max(c.now(), c.started), run: c.run.Load()}
	c.takeDue(g)
	return g
}

// takeOver makes what was found true for whom nothing came about, neither by it nor meanwhile.
func (c *Conductor) takeOver(g *glance) (silent int, others []*human) {
	c.turn.Lock()
	defer c.turn.Unlock()
	same := c.run.Load() == g.run
	c.mu.Lock()
	defer c.mu.Unlock()
	others = g.others
	for i := range g.some {
		a := &g.some[i]
		h := a.h
		switch {
		case h.rev != a.rev: // somebody else stepped them
			silent++
		case same && a.silent && !h.erased() && a.wake >= h.stored: // what is written is never later than what is true
			h.state, h.memo, h.wake, h.last = a.state, a.memo, a.wake, max(a.last, g.now)
			c.wakes.Add(a.steps)
			c.idled.Add(a.steps)
			silent++
		default:
			others = append(others, h)
		}
		c.book(h)
	}
	c.started = max(c.started, g.now)
	return silent, others
}

// takeDue takes people off the agenda: some to be looked at, and others who have something to say. Those are booked
// already. The caller holds turn.
func (c *Conductor) takeDue(g *glance) {
	for len(g.some)+len(g.others) < aheadSize {
		next, ok := c.agenda.next()
		if !ok || next.at > g.now {
			break
		}
		c.agenda.take()
		h := c.human(next.person)
		if h == nil {
			continue
		}
		if next.at == h.booked {
			h.booked = never
		}
		switch {
		case h.due() > g.now:
			c.book(h)
		case message.First(h.pending, g.now) >= 0 || h.wake > g.now:
			g.others = append(g.others, h)
		default:
			g.some = append(g.some, ahead{h: h, rev: h.rev, loc: h.loc, state: h.state, memo: h.memo.Clone(), wake: h.wake, last: h.last})
		}
	}
	for _, h := range g.others {
		c.book(h)
	}
}

// stepAhead steps the people of a glance up to now, and leaves a processor to live work.
func (c *Conductor) stepAhead(ctx context.Context, g *glance) {
	var next atomic.Int64
	var working sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		working.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(g.some)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				g.some[i].step(c, g.run.ps, g.now)
			}
		})
	}
	working.Wait()
}

// step takes a through everything that falls due until now, as advance does, until something comes about.
func (a *ahead) step(c *Conductor, ps []*engine.Programme, now int64) {
	who := engine.Who{Workspace: c.wsID, ID: a.h.id, Number: a.h.number}
	view := timeline.View{Timeline: c.tls.Of(a.h.number), Loc: a.loc} // one that is newer than the state shows in rev
	a.state = a.state.Clone()
	for a.steps = 0; a.wake <= now; a.steps++ {
		at := max(a.wake, a.last)
		out := engine.Step(ps, who, view, a.state, &a.memo, engine.Input{}, at)
		c.failedRules(a.h.number, at, out.Failed)
		if !silent(&out) || a.steps > stepsAhead {
			return
		}
		a.wake, a.last = out.Wake, max(a.last, at)
	}
	a.silent = true
}

// stepsAhead is how many moments of one person are looked at; somebody who was not looked at for a year has more.
const stepsAhead = 1000

// wakeUp steps some people who are due in commits.
func (c *Conductor) wakeUp(ctx context.Context, some []*human) error {
	for part := range slices.Chunk(some, wakeSize) {
		err := c.write(ctx, Live, len(part), func(_ context.Context, w *work) error {
			for _, h := range part {
				if h.erased() || h.rest > w.now {
					continue
				}
				if _, err := w.draft(h.number); err != nil {
					return &stumble{h, err}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
