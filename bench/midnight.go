package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"peiban/internal/conductor"
)

// midnight has the local day end for everybody at once, and does what is due beside live work until nothing is.
func midnight(ctx context.Context, o options, c *conductor.Conductor, clk *clock, people, day int, size string, quiet float64) ([]row, error) {
	y, m, d := benchDay.Date()
	end := time.Date(y, m, d+day, 0, 0, 0, 0, benchDay.Location())
	// What falls due before midnight is done before it is measured, as a server would have done it.
	clk.set(end.Add(-time.Minute))
	if _, err := c.Tick(ctx); err != nil {
		return nil, err
	}
	t := begin(ctx, c, clk, people, fmt.Sprint("midnight", day))
	stop, err := profiled(o, fmt.Sprint(".midnight", day))
	if err != nil {
		return nil, err
	}
	before := c.Stepped()
	clk.set(end.Add(time.Millisecond))
	at, worked := time.Now(), cpuSeconds()
	for again := true; again; { // what falls due while it works is part of it, up to a point
		n, err := c.Tick(ctx)
		if err != nil {
			return nil, err
		}
		again = n > people/100
	}
	took, cpu := time.Since(at).Seconds(), cpuSeconds()-worked
	stop()
	after := c.Stepped()
	p99, longest, err := t.end()
	if err != nil {
		return nil, err
	}
	wakes := after.Wakes - before.Wakes
	share := float64(people) / 1e6
	return []row{
		{
			What: fmt.Sprintf("changes: midnight %d", day), Size: size, Ours: took, Unit: "s", Bar: "<= 300 s for 1,000,000 people", Met: took <= 300*share,
			Detail: fmt.Sprintf("%d wakes, %d of them changed nothing; %.0f a second, %.0f us of processor time each, live work with it", wakes, after.Idle-before.Idle, float64(wakes)/took, cpu/float64(max(wakes, 1))*1e6),
		},
		{
			What: fmt.Sprintf("changes: p99 of live work, midnight %d", day), Size: size, Ours: p99, Bare: quiet, Unit: "ms", Ratio: p99 / quiet, Bar: "< 50 ms", Met: p99 < 50,
			Detail: fmt.Sprintf("beside it: alone; longest %.0f ms", longest),
		},
	}, nil
}

// profiled writes a profile when one is asked for, until stop is called.
func profiled(o options, suffix string) (stop func(), err error) {
	if o.profile == "" {
		return func() {}, nil
	}
	f, err := os.Create(o.profile + suffix)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}
