package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// newCrowd is a place where people have half a year behind them, as 200 events each would have left it: the snapshot of
// their timelines, and in the database their states and wakes as the rules find them on benchDay. The log itself is empty:
// nothing here reads it.
func newCrowd(ctx context.Context, dir string, people int) (*place, error) {
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "bench: %d people live half a year ...\n", people)
	h := historian{people: people + 1, events: eventsEach, end: benchDay.Add(-time.Minute).UnixMicro()}
	nobody := &timeline.Timeline{}
	err = timeline.Write(p.snapshot(), string(p.ws.ID), h.head(), h.people, func(n person.Number) *timeline.Timeline {
		if n == 0 {
			return nobody
		}
		return h.of(n)
	})
	if err != nil {
		return nil, err
	}
	s, err := timeline.Open(p.snapshot(), string(p.ws.ID))
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "bench: their tags, stages and wakes ...")
	ready := engine.Prepare(p.in)
	type found struct {
		tags  []uint8
		stage int8
		wake  int64
	}
	all := make([]found, people+1)
	err = ready.EvaluateAll(ctx, s, engine.Everyone{Now: benchDay.UnixMicro(), Visit: func(_ int, a *engine.Answers) {
		f := found{stage: int8(a.Stage), wake: a.StageNext}
		for i, t := range a.Tags {
			if t == rule.True {
				f.tags = append(f.tags, uint8(i))
			}
			f.wake = min(f.wake, a.Next[i])
		}
		all[a.Person] = f
	}})
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "bench: into the database ...")
	truth := make([]rule.Truth, len(ready.Tags))
	err = p.admit(ctx, people, h.head(), func(n person.Number) (*engine.State, int64) {
		clear(truth)
		for _, i := range all[n].tags {
			truth[i] = rule.True
		}
		supposed := ready.Supposed(&engine.Answers{Tags: truth, Stage: int(all[n].stage)})
		return p.joined(supposed.Programmes[0]), all[n].wake
	})
	if err != nil {
		return nil, err
	}
	if err := p.durable(ctx); err != nil {
		return nil, err
	}
	syscall.Sync() // gigabytes were written at once: live work should not wait for them
	return p, nil
}

// clock is a moment that the benchmark moves; real time goes on from there.
type clock struct {
	from atomic.Int64
	at   atomic.Int64
}

func newClock(t time.Time) *clock {
	c := &clock{}
	c.set(t)
	return c
}

func (c *clock) set(t time.Time) {
	c.from.Store(t.UnixNano())
	c.at.Store(time.Now().UnixNano())
}

func (c *clock) now() time.Time {
	return time.Unix(0, c.from.Load()+time.Now().UnixNano()-c.at.Load()).In(benchDay.Location())
}

// traffic is live work beside what is measured: batches of 20 readings of random people at a steady rate.
type traffic struct {
	stop  chan struct{}
	done  sync.WaitGroup
	mu    sync.Mutex
	times []time.Duration
	err   error
}

const (
	liveBatch = 20
	liveEvery = 20 * time.Millisecond // 1,000 readings a second
)

// begin sends until end is called.
func begin(ctx context.Context, c *conductor.Conductor, clk *clock, people int, round string) *traffic {
	t := &traffic{stop: make(chan struct{})}
	r := rand.New(rand.NewPCG(7, uint64(len(round))))
	n := 0
	tick := time.NewTicker(liveEvery)
	t.done.Go(func() {
		defer tick.Stop()
		for {
			select {
			case <-t.stop:
				return
			case <-tick.C:
			}
			items := make([]conductor.Item, liveBatch)
			for i := range items {
				n++
				items[i] = conductor.Item{
					Person: person.Number(1 + r.IntN(people)), MessageID: fmt.Sprint(round, n),
					Event: event.Event{
						Type: event.Glucose, Schema: 1, Num: value10(r), A: event.Intern(slots[r.IntN(len(slots))]), B: event.Intern("mmol/L"),
						Occurred: clk.now().UnixMicro(), Source: 1,
					},
				}
			}
			t.done.Go(func() { // whoever is slow to answer holds nobody back
				at := time.Now()
				_, err := c.Submit(ctx, conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items)
				took := time.Since(at)
				t.mu.Lock()
				defer t.mu.Unlock()
				if t.times = append(t.times, took); err != nil {
					t.err = err
				}
			})
		}
	})
	return t
}

// end gives the 99th percentile and the longest of the answer times, in milliseconds.
func (t *traffic) end() (p99, longest float64, err error) {
	close(t.stop)
	t.done.Wait()
	if t.err != nil || len(t.times) == 0 {
		return 0, 0, fmt.Errorf("live work: %w", t.err)
	}
	slices.Sort(t.times)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	return ms(t.times[len(t.times)*99/100]), ms(t.times[len(t.times)-1]), nil
}
