package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/programme"
)

type rehearseCmd struct {
	oneSpace
	Programme string `arg:"" help:"Programme folder, or the key of one: its draft, or the version in force." placeholder:"DIR|KEY"`
	Journey   string `help:"One journey, with those it calls (default: all)." placeholder:"KEY"`
	From      string `help:"The first day (default: a year before --to)." placeholder:"DAY"`
	To        string `help:"The last day (default: yesterday)." placeholder:"DAY"`
	Capacity  int    `help:"Tasks one member of staff does a day." default:"40"`
	JSON      bool   `name:"json" help:"Print it as JSON."`
}

func (c rehearseCmd) Run(ctx context.Context, t terminal) error {
	if c.Capacity < 1 {
		return usage("--capacity is a number of tasks a day, 1 or more")
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	running, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, c.Workspace)
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, running, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	r := conductor.Rehearsal{Journey: c.Journey, Capacity: c.Capacity}
	if r.Programme, err = c.draft(ctx, t, h, cond); err != nil {
		return err
	}
	r.New = cond.Programme(r.Programme.Key) == nil
	if r.From, r.To, err = c.span(cond.Now(), w.Zone); err != nil {
		return err
	}
	detail, err := json.Marshal(map[string]any{"programme": r.Programme.Key, "journey": c.Journey, "from": r.From, "to": r.To})
	if err != nil {
		return fmt.Errorf("write the proof of a rehearsal: %w", err)
	}
	if err := h.store.AppendAudit(ctx, w.Number, audit.Entry{At: time.Now().UnixMicro(), Actor: "cli", Action: "draft.rehearse", Detail: string(detail)}); err != nil {
		return err
	}
	bar := t.progress("重过这段时间", "live the time again")
	r.Progress = func(done, of int) { bar.show(int64(done), int64(of), "") }
	began := time.Now()
	out, err := cond.Rehearse(ctx, r)
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return t.sum(true, map[string]any{"programme": r.Programme.Key, "journey": c.Journey, "capacity": c.Capacity, "new": r.New, "forecast": out.Forecast}, "", "")
	}
	if err := t.forecast(r.Programme, &out.Forecast, c.Capacity); err != nil {
		return err
	}
	t.note("同一段时间里这些旅程真的发了 %s 条，做了 %s 个任务。什么都没有写，没有发；用时 %s", "the same journeys really sent %s and did %s tasks in the time. Nothing was written or sent; %s",
		thousands(out.Real), thousands(out.RealTasks), time.Since(began).Round(time.Millisecond))
	return nil
}

// draft is the folder, or the draft of a key; without a draft the version in force.
func (c rehearseCmd) draft(ctx context.Context, t terminal, h *house, cond *conductor.Conductor) (*programme.Compiled, error) {
	if info, err := os.Stat(c.Programme); err == nil && info.IsDir() {
		return t.compiledIn(c.Programme)
	}
	d, err := h.store.Draft(ctx, cond.Workspace().Number, c.Programme)
	now := cond.Programme(c.Programme)
	switch {
	case errors.Is(err, conductor.ErrNoDraft) && now != nil:
		return now.Compiled, nil
	case errors.Is(err, conductor.ErrNoDraft):
		return nil, usage("there is no folder %s, and no programme of that key", c.Programme)
	case err != nil:
		return nil, err
	}
	p, problems := d.Files.Open()
	if len(problems) > 0 {
		t.problems(c.Programme, problems)
		return nil, errSaid
	}
	return p, nil
}

// span are the moments of the days asked for, [from, to).
func (c rehearseCmd) span(now time.Time, zone string) (from, to int64, err error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return 0, 0, fmt.Errorf("read the workspace's zone: %w", err)
	}
	now = now.In(loc)
	end := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc)
	if c.To != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.To, loc)
		if err != nil {
			return 0, 0, usage("--to is a day such as 2026-03-08")
		}
		if end = day.AddDate(0, 0, 1); end.After(now) {
			end = now
		}
	}
	first := end.AddDate(-1, 0, 0)
	if c.From != "" {
		if first, err = time.ParseInLocation(time.DateOnly, c.From, loc); err != nil {
			return 0, 0, usage("--from is a day such as 2026-03-08")
		}
	}
	if !first.Before(end) {
		return 0, 0, usage("--from is a day before --to")
	}
	return first.UnixMicro(), end.UnixMicro(), nil
}
