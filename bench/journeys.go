package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store/storetest"
)

// plans is a programme of three small journeys: what is measured is to take people on in them, not the rules of a programme.
func plans() (*programme.Compiled, error) {
	say := func(kind, more string) string {
		return "---\nkind: " + kind + "\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n" + more + "---\n# 中文\n\n正文\n\n# English\n\nText\n"
	}
	f := programme.Files{
		"programme.yaml":   "key: plans\nname: {zh: 计划, en: Plans}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {control: {zh: 控制, en: Control}}\nmeasures: [glucose]\n",
		"tags.yaml":        "low:\n  name: {zh: 偏低, en: Low}\n  group: control\n  plain: {zh: 偏低, en: Low}\n  when: events(\"glucose\").within(\"1d\").where(e, e.value < mmol(3.9)).count() >= 1\n  because: {zh: 偏低, en: Low}\n  source: benchmark\n",
		"stages.yaml":      "all:\n  name: {zh: 其他, en: Other}\n  plain: {zh: 其他, en: Other}\n  when: true\n  source: benchmark\n",
		"content/hello.md": say("message", ""), "content/call.md": say("script", ""),
		"content/sugar.md":    say("card", "answers:\n  yes: {zh: 好, en: Fine}\n"),
		"journeys/round.yaml": "name: {zh: 绕圈, en: Round}\nenter: {manual: true}\nsteps:\n  - {id: rest, wait: 1h}\n  - {go: {to: rest, times: 50}}\n  - exit: true\n",
		"journeys/tell.yaml":  "name: {zh: 告知, en: Tell}\nenter: {manual: true}\nsteps:\n  - {id: rest, wait: 1h}\n  - message: hello\n",
		"journeys/low.yaml":   "name: {zh: 偏低, en: Low}\nclass: safety\nenter: {on: glucose, if: event.value < mmol(3.9), key: event}\nsteps:\n  - card: sugar\n  - task: {who: owner, else: on_duty, due: 10m, script: call, result: [reached, no_answer], priority: safety}\n  - alert: {level: 2, text: {zh: 偏低, en: Low}, due: 10m}\n",
	}
	c, problems := f.Open()
	if c == nil || len(problems) > 0 {
		return nil, fmt.Errorf("the plans do not compile: %v", problems)
	}
	return c, nil
}

// waiters is a place where people 1 to n wait in a journey, each until a moment of their own.
func waiters(ctx context.Context, file, url, in string, n int, until func(person.Number) time.Time) (*place, error) {
	c, err := plans()
	if err != nil {
		return nil, err
	}
	p, err := newPlaceAt(ctx, file, url, c)
	if err != nil {
		return nil, err
	}
	err = p.admit(ctx, n, 1, func(k person.Number) (*engine.State, int64) {
		s := p.joined(engine.Progress{Stage: "all", StageSince: benchDay.UnixMicro()})
		at := until(k).UnixMicro()
		s.Runs = []journey.Run{{
			ID: fmt.Sprintf("R%025d", k), Journey: in, Version: 1, Entered: benchDay.Add(-time.Hour).UnixMicro(), Step: "rest",
			Since: at - time.Hour.Microseconds(), Until: at, Round: 1,
		}}
		return s, at
	})
	if err != nil {
		return nil, err
	}
	return p, p.durable(ctx)
}

// steps measures how fast people are taken on: who is due is found, stepped, written and durable.
func steps(o options) ([]row, error) {
	people := 5_000
	if o.full {
		people = 50_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	fresh, stop, err := storetest.Serve()
	if err != nil {
		return nil, err
	}
	defer stop()
	var rows []row
	for _, k := range []struct {
		what             string
		postgres         bool
		workers, bareOne int
		bar              float64
	}{
		{"SQLite, one worker", false, 1, 1, 15_000},
		{"PostgreSQL, one worker", true, 1, 1, 10_000},
		{"PostgreSQL, four workers, a workspace each", true, 4, 4, 0},
		{"PostgreSQL, four workers on one workspace", true, -4, 4, 0},
	} {
		url := ""
		if k.postgres {
			if url, err = fresh(); err != nil {
				return nil, err
			}
		}
		file := filepath.Join(dir, strconv.Itoa(len(rows))+".db")
		bareAt := ""
		if k.postgres {
			if bareAt, err = fresh(); err != nil {
				return nil, err
			}
		}
		bare, err := newBareSteps(ctx, file+".bare", bareAt, people)
		if err != nil {
			return nil, err
		}
		crew, err := newCrew(ctx, file, url, people, k.workers, fresh)
		if err != nil {
			return nil, err
		}
		var ours, theirs []float64
		for turn := 1; turn <= o.rounds; turn++ {
			b, err := bare.round(ctx, turn, k.bareOne)
			if err != nil {
				return nil, err
			}
			a, err := crew.round(ctx, turn)
			if err != nil {
				return nil, err
			}
			ours, theirs = append(ours, a), append(theirs, b)
		}
		crew.close()
		bare.close()
		r := row{What: "journey steps, " + k.what, Size: fmt.Sprintf("%d people a round", people), Bare: median(theirs), Ours: median(ours), Unit: "people/s", Bar: "told", Met: true}
		r.Ratio = r.Ours / r.Bare
		switch {
		case k.bar > 0:
			r.Bar, r.Met = fmt.Sprintf(">= %.0f", k.bar), r.Ours >= k.bar
		case k.workers > 1:
			one := rows[1].Ours
			r.Bar, r.Met = "> one worker", r.Ours > one
		default:
			r.Detail = "one workspace is written by one process at a time (docs/decisions/wakes.md)"
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// crew are the processes that take people on.
type crew struct {
	places []*place
	cs     []*conductor.Conductor
	clk    *clock
	people int
}

// newCrew opens n processes; fewer than none: on one workspace.
func newCrew(ctx context.Context, file, url string, people, n int, fresh func() (string, error)) (*crew, error) {
	c := &crew{clk: newClock(benchDay), people: people}
	due := func(person.Number) time.Time { return benchDay.Add(time.Hour) }
	each, spaces := people, max(n, 1)
	if n > 1 {
		each = people / n
	}
	for i := range spaces {
		if i > 0 {
			var err error
			if url, err = fresh(); err != nil {
				return nil, err
			}
		}
		p, err := waiters(ctx, fmt.Sprint(file, i), url, "round", each, due)
		if err != nil {
			return nil, err
		}
		c.places = append(c.places, p)
		for range max(-n, 1) {
			one, err := p.open(ctx, c.clk.now)
			if err != nil {
				return nil, err
			}
			c.cs = append(c.cs, one)
		}
	}
	return c, nil
}

// round lets an hour pass and has everybody taken on; people a second.
func (c *crew) round(ctx context.Context, turn int) (float64, error) {
	c.clk.set(benchDay.Add(time.Duration(turn)*time.Hour + time.Duration(turn)*10*time.Minute)) // what was late last time is due, too
	at := time.Now()
	var g sync.WaitGroup
	errs := make([]error, len(c.cs))
	for i, one := range c.cs {
		g.Go(func() { _, errs[i] = one.Tick(ctx) })
	}
	g.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(c.people) / time.Since(at).Seconds(), nil
}

func (c *crew) close() {
	for _, p := range c.places {
		_ = p.store.Close()
	}
}

// lag measures how late due steps are while a thousand fall due a second and many more wait.
func lag(o options) ([]row, error) {
	people, seconds := 50_000, 8
	if o.full {
		people, seconds = 1_000_000, 60
	}
	const each = 1000 // due a second
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	first := benchDay.Add(time.Hour)
	due := func(n person.Number) time.Time {
		if int(n) <= seconds*each {
			return first.Add(time.Duration(n) * time.Second / each)
		}
		return first.Add(24*time.Hour + time.Duration(n)*time.Second/each)
	}
	p, err := waiters(ctx, filepath.Join(dir, "place.db"), "", "round", people, due)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	if _, err := c.Tick(ctx); err != nil {
		return nil, err
	}
	changes, forget := c.Subscribe()
	defer forget()
	clk.set(first.Add(-time.Second))
	stopped := make(chan error, 1)
	go func() { stopped <- c.Run(ctx) }()
	late := map[person.Number]float64{}
	for end := time.After(time.Duration(seconds+6) * time.Second); ; {
		select {
		case ch := <-changes:
			now := clk.now()
			for _, n := range ch.People {
				if _, seen := late[n]; !seen && int(n) <= seconds*each {
					late[n] = now.Sub(due(n)).Seconds()
				}
			}
			continue
		case <-end:
		}
		break
	}
	cancel()
	if err := <-stopped; err != nil {
		return nil, err
	}
	var all []float64
	for _, s := range late {
		all = append(all, s)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return nil, fmt.Errorf("nobody was taken on")
	}
	p99 := all[len(all)*99/100]
	return []row{{
		What: "lag of due steps, p99", Size: fmt.Sprintf("%d people in journeys, %d due a second for %d s, SQLite", people, each, seconds), Ours: p99, Unit: "s",
		Bar: "< 2 s, all done", Met: p99 < 2 && len(all) == seconds*each,
		Detail: fmt.Sprintf("%d of %d done; middle %.2f s, longest %.2f s", len(all), seconds*each, all[len(all)/2], all[len(all)-1]),
	}}, nil
}

// bulk measures how long a live alert takes while a message goes to everybody at once.
func bulk(o options) ([]row, error) {
	people := 10_000
	if o.full {
		people = 100_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := waiters(ctx, filepath.Join(dir, "place.db"), "", "tell", people, func(person.Number) time.Time { return benchDay.Add(time.Hour) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	clk.set(benchDay.Add(time.Hour + time.Second))
	var took []float64
	done := make(chan error, 1)
	at := time.Now()
	go func() {
		_, err := c.Tick(ctx)
		done <- err
	}()
	r := rand.New(rand.NewPCG(5, 5))
	for i := 0; ; i++ {
		select {
		case err = <-done:
		case <-time.After(50 * time.Millisecond):
			began := time.Now()
			out, err := c.Submit(ctx, conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{
				Person: person.Number(1 + r.IntN(people)), MessageID: fmt.Sprint("low", i),
				Event: event.Event{Type: event.Glucose, Schema: 1, Num: 2.6, A: event.Intern("fasting"), B: event.Intern("mmol/L"), Occurred: clk.now().UnixMicro(), Source: 1},
			}})
			if err != nil || out[0].Status != conductor.Stored {
				return nil, fmt.Errorf("a live reading: %v, %w", out, err)
			}
			took = append(took, time.Since(began).Seconds())
			continue
		}
		break
	}
	if err != nil {
		return nil, err
	}
	all := time.Since(at).Seconds()
	slices.Sort(took)
	if len(took) == 0 {
		return nil, fmt.Errorf("the bulk send was over before an alert came")
	}
	longest := took[len(took)-1]
	return []row{{
		What: "a live alert beside a bulk send, the slowest", Size: fmt.Sprintf("a message to %d people at once, SQLite", people), Ours: longest, Unit: "s", Bar: "< 1 s", Met: longest < 1,
		Detail: fmt.Sprintf("%d alerts: reading in, card, task and alert durable; middle %.3f s; the send took %.1f s, %.0f people/s", len(took), took[len(took)/2], all, float64(people)/all),
	}}, nil
}

// story measures the story of made-up people: half a year of them through the public intake.
func story(o options) ([]row, error) {
	people := 1_000
	if o.full {
		people = 10_000
	}
	begin := time.Now()
	out, err := exec.Command(o.binary, "simulate", "--people", strconv.Itoa(people), "--days", "180", "--seed", "1", "--until", "2026-03-08", "--json").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	took := time.Since(begin).Seconds()
	return []row{{
		What: "simulate", Size: fmt.Sprintf("%d people, 180 days", people), Ours: took, Unit: "s", Bar: "<= 60 s for 10,000 people", Met: took <= 60*float64(people)/10_000,
		Detail: fmt.Sprintf("%.1f ms a person", took*1000/float64(people)),
	}}, nil
}
