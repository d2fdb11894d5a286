package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// handover gives 2,000 people with open work to two others, durably, as a server does in the background.
func handover(o options) ([]row, error) {
	const people = 2000
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
	if err := p.durable(ctx); err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	for _, id := range []string{"A", "B", "C"} {
		if err := p.store.CreateMember(ctx, p.ws.Number, staff.Member{ID: id, Login: id, Name: id, Role: staff.HealthManager, Hash: "-"}); err != nil {
			return nil, err
		}
	}
	all, err := cared(ctx, c, people, clk.now())
	if err != nil {
		return nil, err
	}
	whose := func(ids ...string) (int, error) {
		ts, err := p.store.AllTasks(ctx, p.ws.Number, task.Filter{States: []task.State{task.Open}, Owners: ids, Bare: true})
		return len(ts), err
	}
	var took []float64
	from, to, tasks := "A", []string{"B", "C"}, 0
	for range o.rounds {
		before, err := whose("A", "B", "C")
		if err != nil {
			return nil, err
		}
		j := &job.Job{Kind: job.Handover, State: job.Waiting, Actor: "staff:M", Size: people, Told: job.Told{Hand: &owner.Order{From: from, To: to, Why: owner.Left}}}
		begin := time.Now()
		if err := p.store.CreateHandover(ctx, p.ws.Number, j, all); err != nil {
			return nil, err
		}
		r := &job.Runner{Store: p.store, Taker: c, Real: clk.now, Log: slog.New(slog.DiscardHandler), Zone: time.UTC, Lane: job.Hands}
		if _, err := r.Once(ctx); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin).Seconds())
		done, err := p.store.HandoverTally(ctx, p.ws.Number, j.Number)
		if err != nil {
			return nil, err
		}
		left, err := whose(from)
		if err != nil {
			return nil, err
		}
		if tasks, err = whose("A", "B", "C"); err != nil {
			return nil, err
		}
		if done.Done != people || left != 0 || tasks != before || c.Count("owner", from) != 0 {
			return nil, fmt.Errorf("%d of %d handed over, %d tasks left behind, %d of %d there", done.Done, people, left, tasks, before)
		}
		// Back to one, so that the next round has the same to do.
		if _, _, err := c.HandOver(ctx, conductor.Live, all, conductor.Hand{Order: owner.Order{To: []string{from}, Why: owner.Returned}, Any: true}, audit.Entry{Actor: "staff:M", Action: "person.assign"}); err != nil {
			return nil, err
		}
	}
	m := median(took)
	return []row{{What: "handover", Size: fmt.Sprintf("%d people, %d open tasks", people, tasks), Ours: m, Unit: "s", Bar: "< 5 s", Met: m < 5, Detail: "to two others by load; no task missed; durable commits"}}, nil
}

// cared makes people of member A, each with a low reading that somebody has to see to.
func cared(ctx context.Context, c *conductor.Conductor, n int, now time.Time) ([]person.Number, error) {
	var all []person.Number
	for i := range n {
		who := []conductor.Identifier{{Type: "userId", Value: fmt.Sprint("p", i)}}
		var items []conductor.Item
		for _, f := range [][2]string{
			{"assigned", `{"owner":"A"}`}, {"consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`},
			{"consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`}, {"glucose", `{"value":2.8,"unit":"mmol/L"}`},
		} {
			e, wrong := event.Decode(f[0], json.RawMessage(f[1]))
			if wrong != nil {
				return nil, wrong
			}
			e.Occurred = now.UnixMicro()
			items = append(items, conductor.Item{Ident: who, Event: e})
		}
		out, err := c.Submit(ctx, conductor.Live, audit.Entry{}, items)
		if err != nil {
			return nil, err
		}
		all = append(all, out[0].Person)
	}
	return all, nil
}
