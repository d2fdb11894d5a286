package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
)

// eventsInLog is how many events of a person the log has when a start is measured.
const eventsInLog = 100

// rebuild measures the start of a workspace: from the log when the snapshot is lost, and from the snapshot that the first
// start left.
func rebuild(o options) ([]row, error) {
	people := o.people
	if o.full && !o.sized {
		people = 200_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	events := people * eventsInLog
	fmt.Fprintf(os.Stderr, "bench: %d people, %d events into the log ...\n", people, events)
	err = p.admit(ctx, people, 0, func(person.Number) (*engine.State, int64) { return p.joined(engine.Progress{}), engine.Never })
	if err != nil {
		return nil, err
	}
	if err := p.follow(ctx, historian{people: people, end: benchDay.UnixMicro()}, events); err != nil {
		return nil, err
	}
	if err := p.durable(ctx); err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d people, %d events", people, events)
	share := float64(events) / 20e6
	fmt.Fprintln(os.Stderr, "bench: a start without the snapshot ...")
	lost, err := p.start(ctx, events, o.profile)
	if err != nil {
		return nil, err
	}
	st, err := os.Stat(p.snapshot())
	if err != nil {
		return nil, fmt.Errorf("the start left no snapshot: %w", err)
	}
	fmt.Fprintln(os.Stderr, "bench: a start from the snapshot ...")
	kept, err := p.start(ctx, events, "")
	if err != nil {
		return nil, err
	}
	per := float64(st.Size()) / float64(events)
	cost := func(s started) string {
		return fmt.Sprintf("%.2f us of processor time an event, %.1f s in all on %d cores; %.0f MB at most", s.cpu/float64(events)*1e6, s.cpu, runtime.GOMAXPROCS(0), s.peak)
	}
	return []row{
		{What: "start: the snapshot is lost", Size: size, Ours: lost.wall, Unit: "s", Bar: "< 60 s for 20 million events", Met: lost.wall < 60*share, Detail: cost(lost)},
		{What: "start: from the snapshot", Size: size, Ours: kept.wall, Unit: "s", Bar: "< 3 s for 20 million events", Met: kept.wall < 3*share, Detail: cost(kept)},
		{What: "start: snapshot", Size: size, Ours: per, Unit: "bytes an event", Bar: "told", Met: true, Detail: fmt.Sprintf("%.0f MB", float64(st.Size())/1e6)},
	}, nil
}

// started is what a start took.
type started struct{ wall, cpu, peak float64 }

// start opens the workspace, looks whether everything is there, and closes it.
func (p *place) start(ctx context.Context, events int, profile string) (s started, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	resetPeak()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return s, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return s, err
		}
	}
	begin, worked := time.Now(), cpuSeconds()
	c, err := p.open(ctx, func() time.Time { return benchDay })
	s.wall, s.cpu = time.Since(begin).Seconds(), cpuSeconds()-worked
	pprof.StopCPUProfile()
	if err != nil {
		return s, err
	}
	if s.peak, err = peakMB(); err != nil {
		return s, err
	}
	defer c.Close()
	if c.Head() != event.Seq(events) {
		return s, fmt.Errorf("%d of %d events are there", c.Head(), events)
	}
	return s, sound(c)
}

// sound looks at some of the people.
func sound(c *conductor.Conductor) error {
	for n := person.Number(1); n < 50; n++ {
		if _, v, _, ok := c.Glance(n); !ok || v.Len() == 0 {
			return fmt.Errorf("person %d has no timeline", n)
		}
	}
	return nil
}
