package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// drawnKey is the journey everybody of pages has been through.
const drawnKey = "low-glucose"

// pages measures the pages that count over everybody: the numbers on a drawn journey, and who is overdue and came back.
func pages(o options) ([]row, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newCrowd(ctx, dir, o.people)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	fmt.Fprintln(os.Stderr, "bench: everybody has been through a journey ...")
	if err := p.wentThrough(ctx, o.people); err != nil {
		return nil, err
	}
	hash, err := staff.HashPassword("bench bench bench")
	if err != nil {
		return nil, err
	}
	if err := p.store.CreateMember(ctx, p.ws.Number, staff.Member{ID: "01BENCH", Login: "bench", Name: "bench", Role: staff.Admin, Hash: hash, Language: "zh"}); err != nil {
		return nil, err
	}
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	srv, err := api.New(api.Config{Conductors: []*conductor.Conductor{c}, Store: p.store, Real: clk.now})
	if err != nil {
		return nil, err
	}
	defer srv.Close()
	ask, err := signedIn(srv)
	if err != nil {
		return nil, err
	}
	var out []row
	for _, x := range []struct{ what, path string }{
		{"pages: the numbers on a drawn journey", "/api/programmes/" + p.in.Key + "/journeys/" + drawnKey + "/figures"},
		{"pages: those of one month", "/api/programmes/" + p.in.Key + "/journeys/" + drawnKey + "/figures?from=" + benchDay.AddDate(0, -1, 0).Format(time.DateOnly)},
		{"pages: who is overdue", "/api/overdue?limit=50"},
		{"pages: who came back, of six months", "/api/overdue/returned"},
	} {
		worst, middle, err := ask(x.path)
		if err != nil {
			return nil, err
		}
		out = append(out, row{What: x.what, Size: fmt.Sprintf("%d people", o.people), Ours: worst, Unit: "ms at worst of 15", Bar: "< 500 ms for 100,000 people", Met: worst < pageLimitMs, Detail: fmt.Sprintf("%.0f ms in the middle", middle)})
	}
	return out, nil
}

// wentThrough writes a run of the journey for everybody, with two messages, a task and an alert each.
func (p *place) wentThrough(ctx context.Context, n int) error {
	d := p.in.Journey(drawnKey)
	if d == nil {
		return fmt.Errorf("no journey %s", drawnKey)
	}
	var says, does []string
	journey.Walk(d.Steps, func(s *journey.Step) {
		if s.Says() != nil {
			says = append(says, s.ID)
		}
		if s.Does() != nil {
			does = append(does, s.ID)
		}
	})
	head := historian{people: n + 1, events: eventsEach}.head()
	for first := 1; first <= n; first += atOnce {
		tx, err := p.store.Begin(ctx, p.ws.Number)
		if err != nil {
			return err
		}
		ch := &conductor.Changes{}
		for k := first; k < min(first+atOnce, n+1); k++ {
			at := benchDay.Add(-time.Duration(k%180) * 24 * time.Hour).UnixMicro()
			who, run := person.Number(k), fmt.Sprintf("R%025d", k)
			r := conductor.RunRow{Person: who, ID: run, Journey: drawnKey, Version: 1, Status: "running", Step: says[0], Started: at}
			if k%4 != 0 {
				r.Status, r.Reason, r.Step, r.Ended = "done", journey.AtEnd, "", at+1
			}
			ch.Runs = append(ch.Runs, r)
			for i := range 2 {
				m := message.Message{
					ID: message.ID(fmt.Sprintf("M%d%024d", i, k)), Person: who, To: who, Audience: "person", Class: journey.Safety, Content: "x", Version: "1", Kind: "message", Channel: "inapp", State: message.Sent,
					Due: at, SentAt: at, Journey: drawnKey, Run: run, Step: says[i%len(says)],
				}
				if k%7 == i {
					m.State, m.Reason, m.SentAt = message.Suppressed, message.CapDay, 0
				}
				ch.NewMessages = append(ch.NewMessages, m)
				why, err := json.Marshal(engine.Cause{Programme: p.in.Key, Journey: drawnKey, Step: does[i%len(does)]})
				if err != nil {
					return err
				}
				t := task.Task{
					ID: task.ID(fmt.Sprintf("T%d%024d", i, k)), Person: who, Kind: "task", Priority: task.Safety, Script: "call", Title: fault.Text{Zh: "x", En: "x"}, State: task.Done, Opened: at, Due: at, Closed: at + 1, By: "01BENCH",
					Outcome: "reached", Run: run, Why: why, Version: 1,
				}
				if k%20 == 0 {
					t.State, t.Closed, t.By, t.Outcome = task.Open, 0, "", ""
				}
				ch.NewTasks = append(ch.NewTasks, t)
			}
		}
		head++
		if err := tx.Write(ctx, head, ch); err != nil {
			_ = tx.Rollback()
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}
