package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/programme"
)

// changes measures what happens to a crowd beside live work: a changed rule is previewed and published, and midnight comes
// twice, when everybody's local days end: at once after a start, and again a day later.
func changes(o options) ([]row, error) {
	people := o.people
	if o.full && !o.sized {
		people = 1_000_000
	} else if !o.sized {
		people = 50_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newCrowd(ctx, dir, people)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit)) // as an operator sets GOMEMLIMIT
	resetPeak()
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d people, %d events", people, people*eventsEach)
	quiet, err := alone(ctx, c, clk, people)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "bench: a changed rule is previewed and published ...")
	published, err := publishing(ctx, o, p, c, clk, people, size)
	if err != nil {
		return nil, err
	}
	rows := append([]row{quiet.row("live work alone", size)}, published...)
	for day := 1; day <= 2; day++ {
		fmt.Fprintf(os.Stderr, "bench: midnight %d ...\n", day)
		more, err := midnight(ctx, o, c, clk, people, day, size, quiet.p99)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	mb, err := peakMB()
	if err != nil {
		return nil, err
	}
	return append(rows, row{What: "changes: most memory", Size: size, Ours: mb, Unit: "MB", Bar: "<= 8 GB", Met: mb <= 8192}), nil
}

// memoryLimit is what the heap may take beside the mapped timelines, on a machine of 8 GB.
const memoryLimit = 4 << 30

// live is how live work fared.
type live struct{ p99, longest float64 }

func (l live) row(when, size string) row {
	return row{
		What: "changes: p99 of live work, " + when, Size: size, Ours: l.p99, Unit: "ms", Bar: "< 50 ms", Met: l.p99 < 50,
		Detail: fmt.Sprintf("1,000 readings a second in batches of %d; longest %.0f ms", liveBatch, l.longest),
	}
}

// alone is live work while nothing else is done.
func alone(ctx context.Context, c *conductor.Conductor, clk *clock, people int) (live, error) {
	if _, err := c.Tick(ctx); err != nil {
		return live{}, err
	}
	t := begin(ctx, c, clk, people, "alone")
	time.Sleep(5 * time.Second)
	p99, longest, err := t.end()
	return live{p99, longest}, err
}

// changed is the programme with the limit of one rule moved.
func changed(p *programme.Compiled) (programme.Files, error) {
	const was, is = `in_own_target) < setting("in_target_poor")`, "in_own_target) < 0.48"
	files := programme.Files(maps.Clone(p.Files))
	for name, text := range files {
		if strings.Contains(text, was) {
			files[name] = strings.Replace(text, was, is, 1)
			return files, nil
		}
	}
	return nil, fmt.Errorf("no rule of %s has %s", p.Key, was)
}

func publishing(ctx context.Context, o options, p *place, c *conductor.Conductor, clk *clock, people int, size string) ([]row, error) {
	files, err := changed(p.in)
	if err != nil {
		return nil, err
	}
	t := begin(ctx, c, clk, people, "preview")
	at, worked := time.Now(), cpuSeconds()
	seen, err := c.Preview(ctx, p.in.Key, files, nil)
	if err != nil {
		return nil, err
	}
	preview, cpu := time.Since(at).Seconds(), cpuSeconds()-worked
	half, cancel := context.WithCancel(ctx)
	var asked time.Time
	_, err = c.Preview(half, p.in.Key, files, func(done, of int) {
		if done > of/4 && asked.IsZero() {
			asked = time.Now()
			cancel()
		}
	})
	cancel()
	if !errors.Is(err, context.Canceled) {
		return nil, fmt.Errorf("a preview that was cancelled: %w", err)
	}
	stopped := time.Since(asked).Seconds() * 1000
	p99, longest, err := t.end()
	if err != nil {
		return nil, err
	}
	previewing := live{p99, longest}
	t = begin(ctx, c, clk, people, "publishing")
	stop, err := profiled(o, ".publish")
	if err != nil {
		return nil, err
	}
	carried := make(chan error, 1)
	at, worked = time.Now(), cpuSeconds()
	out, err := c.Publish(ctx, conductor.Publication{
		Programme: p.in.Key, Base: p.in.Version, Files: files, By: "staff:bench", Swapped: func(_ conductor.Version, err error) { carried <- err },
	}, audit.Entry{Actor: "staff:bench", Action: "programme.publish"})
	if err != nil {
		return nil, err
	}
	took, spent := time.Since(at).Seconds(), cpuSeconds()-worked
	if err := <-carried; err != nil {
		return nil, err
	}
	all := time.Since(at).Seconds()
	stop()
	if p99, longest, err = t.end(); err != nil {
		return nil, err
	}
	if out.Changed == 0 {
		return nil, errors.New("the changed rule changes nobody: nothing was measured")
	}
	share := float64(people) / 1e6
	return []row{
		{What: "changes: preview of a changed rule", Size: size, Ours: preview, Unit: "s", Bar: "told", Met: true, Detail: fmt.Sprintf("%d would change; %.1f s of processor time", seen.Changed, cpu)},
		{What: "changes: a cancelled preview ends after", Size: size, Ours: stopped, Unit: "ms", Bar: "<= 100 ms", Met: stopped <= 100},
		previewing.row("during previews", size),
		{What: "changes: publish a changed rule", Size: size, Ours: took, Unit: "s", Bar: "< 10 s for 1,000,000 people", Met: took < 10*max(share, 0.1), Detail: fmt.Sprintf("%d changed; %.1f s of processor time; every wake written after %.1f s", out.Changed, spent, all)},
		live{p99, longest}.row("while publishing", size),
	}, nil
}
