package main

import (
	"context"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"peiban/internal/message"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/programmes"
)

type simCmd struct {
	Programme  string `arg:"" optional:"" help:"Key of a programme, or its folder." default:"diabetes" placeholder:"PROGRAMME"`
	Programmes string `help:"Folder with programmes to find the key in (default: those in the program)." placeholder:"DIR"`
	People     int    `help:"How many people." default:"1000"`
	Days       int    `help:"How many days." default:"180"`
	Seed       uint64 `help:"The same seed gives the same bytes." default:"1"`
	Until      string `help:"Last day of the story. It is a day that never changes unless one is given, so that the same seed gives the same bytes tomorrow." default:"2026-03-08" placeholder:"DAY"`
	Capacity   int    `help:"Tasks one member of staff does a day." default:"40"`
	PerDay     int    `help:"Messages of programmes one person gets a day, as the workspace has it." default:"1" placeholder:"N"`
	PerWeek    int    `help:"The same in seven days on end." default:"4" placeholder:"N"`
	behaviour
	JSON bool `name:"json" help:"Print the forecast as JSON."`
}

// behaviour is how the people of a simulation differ from the usual.
type behaviour struct {
	Adherence float64 `help:"Times the usual share of agreed readings." default:"1"`
	Silence   float64 `help:"Times the usual share of people who fall silent for good." default:"1"`
	Replies   float64 `help:"Times the usual share of messages opened and answered." default:"1"`
	Relapse   float64 `help:"Chance a month that old habits come back for some weeks." default:"0.08"`
}

func (c simCmd) Run(ctx context.Context, t terminal) error {
	switch b := c.behaviour; {
	case c.People < 1 || c.People > 100_000 || c.Days < 1 || c.Days > 3660:
		return usage("a story has 1 to 100,000 people and 1 to 3,660 days")
	case c.Capacity < 1:
		return usage("--capacity is a number of tasks a day, 1 or more")
	case b.Adherence < 0 || b.Adherence > 3 || b.Silence < 0 || b.Silence > 5 || b.Replies < 0 || b.Replies > 3 || b.Relapse < 0 || b.Relapse > 1:
		return usage("--adherence and --replies are 0 to 3, --silence 0 to 5, --relapse 0 to 1")
	}
	caps := message.UsualCaps()
	caps.PerDay, caps.PerWeek, caps.FirstPerDay = c.PerDay, c.PerWeek, min(caps.FirstPerDay, c.PerDay)
	if caps.Check() != nil {
		return usage("--per-day is 1 to 10, --per-week 1 to 40, no less than --per-day and no more than seven times it")
	}
	p, err := c.open(t)
	if err != nil {
		return err
	}
	day, err := moment("--until", c.Until, p.Zone.String())
	if err != nil {
		return err
	}
	end := time.UnixMicro(day).In(p.Zone)
	story := simulate.Story{Seed: c.Seed, Caps: caps, End: end, Start: end.AddDate(0, 0, -c.Days), Behaviour: &simulate.Behaviour{
		Adherence: c.Adherence, Silence: c.Silence, Replies: c.Replies, Relapse: c.Relapse,
	}}
	story.People = simulate.People(c.Seed, c.People, story.Start, story.End, p.Zone)
	simulate.Behave(c.Seed, story.People, end, *story.Behaviour)
	began := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // most of it is garbage at once
	bar := t.progress("人过日子", "people live their days")
	out, err := simulate.Foresee(ctx, []*programme.Compiled{p}, story, c.Capacity, func(done, of int) { bar.show(int64(done), int64(of), "") })
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return t.sum(true, map[string]any{
			"programme": p.Key, "people": c.People, "days": c.Days, "seed": c.Seed, "capacity": c.Capacity, "behaviour": story.Behaviour,
			"figures": out.Figures, "forecast": out.Forecast, "stages": out.Stages,
		}, "", "")
	}
	if err := t.forecast(p, &out.Forecast, c.Capacity); err != nil {
		return err
	}
	took := time.Since(began).Round(time.Millisecond)
	f := out.Figures
	t.note("%s 人 %d 天，%s 个事件，用时 %s", "%s people, %d days, %s events in %s", thousands(f.People), c.Days, thousands(f.Events), took)
	return nil
}

// open finds the programme: a folder, or a key among those of --programmes or of the program.
func (c simCmd) open(t terminal) (*programme.Compiled, error) {
	fsys, name := fs.FS(programmes.FS), c.Programme
	if c.Programmes != "" {
		fsys = os.DirFS(c.Programmes)
	}
	info, err := os.Stat(c.Programme)
	isFolder := err == nil && info.IsDir() && (strings.ContainsAny(c.Programme, "/.\\") || c.Programmes == "")
	if _, inside := fs.Stat(fsys, name); isFolder && (inside != nil || strings.ContainsAny(c.Programme, "/.\\")) {
		if fsys, name, err = folder(c.Programme); err != nil {
			return nil, err
		}
	} else if inside != nil {
		return nil, usage("there is no programme %s; give a key of those built in, or a folder", c.Programme)
	}
	p, problems := programme.Open(fsys, name)
	if len(problems) > 0 {
		t.problems(name, problems)
		return nil, errSaid
	}
	return p, nil
}
