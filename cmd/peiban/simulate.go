package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/config"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/internal/workspace"
)

type simCmd struct {
	Programmes string `help:"Folder with programmes (default: those in the program)." placeholder:"DIR"`
	People     int    `help:"How many people." default:"200"`
	Days       int    `help:"How many days." default:"180"`
	Seed       uint64 `help:"The same seed tells the same story." default:"1"`
	Until      string `help:"Last day, such as 2026-03-08 (default: today)." placeholder:"DAY"`
	JSON       bool   `name:"json" help:"Print the figures as JSON."`
}

func (c simCmd) Run(ctx context.Context, t terminal) error {
	if c.People < 1 || c.People > 100_000 || c.Days < 1 || c.Days > 3660 {
		return usage("a story has 1 to 100,000 people and 1 to 3,660 days")
	}
	cfg := config.Default()
	cfg.Programmes = c.Programmes
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	end := time.Now()
	if c.Until != "" {
		at, err := moment("--until", c.Until, ps[0].Zone.String())
		if err != nil {
			return err
		}
		end = time.UnixMicro(at)
	}
	dir, err := os.MkdirTemp("", "peiban-simulate-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system's temporary folder, made-up people
	cfg.DB = "sqlite:" + filepath.Join(dir, "story.db")
	began := time.Now()
	r, f, err := tell(ctx, t, cfg, ps, plot{people: c.People, days: c.Days, seed: c.Seed, end: end})
	if err != nil {
		return err
	}
	defer r.h.close()
	defer r.close()
	stages := map[string]int{}
	for _, s := range ps[0].Stages {
		stages[s.Key] = r.c.Count("stage", s.Key)
	}
	if !c.JSON {
		tw := tabwriter.NewWriter(t.err, 0, 4, 2, ' ', 0)
		keys := make([]string, 0, len(stages))
		for k := range stages {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Fprintf(tw, "  %s\t%d\n", k, stages[k])
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	took := time.Since(began)
	return t.sum(c.JSON, map[string]any{"figures": f, "stages": stages, "seconds": took.Seconds()},
		fmt.Sprintf("%d 人 %d 天：%s 个事件，%s 条消息，%s 个任务（做完 %s），用时 %s", f.People, c.Days, thousands(f.Events), thousands(f.Messages), thousands(f.Tasks), thousands(f.TasksDone), took.Round(time.Millisecond)),
		fmt.Sprintf("%d people, %d days: %s events, %s messages, %s tasks (%s done) in %s", f.People, c.Days, thousands(f.Events), thousands(f.Messages), thousands(f.Tasks), thousands(f.TasksDone), took.Round(time.Millisecond)))
}

// plot is what a story is about.
type plot struct {
	people, days int
	seed         uint64
	end          time.Time
	accounts     bool // the people who work get accounts to sign in with
}

// tell makes a database with a rehearsal workspace and has the story happen in it. The database does not wait for
// the disk: it can be told again.
func tell(ctx context.Context, t terminal, cfg config.Config, ps []*programme.Compiled, p plot) (*rehearsal, simulate.Figures, error) {
	zone := ps[0].Zone
	story := simulate.Story{Seed: p.seed, End: p.end, Start: p.end.AddDate(0, 0, -p.days)}
	story.People = simulate.People(p.seed, p.people, story.Start, story.End, zone)
	// Ids, too, come from the seed: who is held out, and which of two equal things comes first, hang on them.
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], p.seed)
	ids := rand.NewChaCha8(seed)
	id, err := ulid.New(ulid.Timestamp(story.Start), ids)
	if err != nil {
		return nil, simulate.Figures{}, fmt.Errorf("make the workspace's id: %w", err)
	}
	h, w, err := makeHouse(ctx, cfg, workspace.Workspace{
		ID: workspace.ID(id.String()), Salt: "a story's salt is no secret",
		Name: "演示 Demo", Kind: workspace.Rehearsal, Zone: zone.String(), Created: story.Start.UnixMicro(),
	}, true)
	if err != nil {
		return nil, simulate.Figures{}, err
	}
	h.ids = ids
	r, err := newRehearsal(ctx, h, w, ps, story, p.accounts)
	if err != nil {
		h.close()
		return nil, simulate.Figures{}, err
	}
	if p.accounts { // a demo is looked at; figures of others are of the programme alone
		r.refers = &referring{end: p.end, hands: hands(), stuck: map[string]bool{}}
	}
	// Most of what a story makes is garbage at once; collecting it seldom saves a fifth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	bar := t.progress(fmt.Sprintf("%d 人过 %d 天", p.people, p.days), fmt.Sprintf("%d people live %d days", p.people, p.days))
	f, err := simulate.Run(ctx, story, r, func(now time.Time, f simulate.Figures) {
		bar.show(int64(now.Sub(story.Start)), int64(story.End.Sub(story.Start)), now.In(zone).Format("2006-01-02")+t.say("  事件 ", "  events ")+thousands(f.Events))
	})
	bar.end()
	if err != nil {
		r.close()
		h.close()
		return nil, f, err
	}
	if err := r.befriended(ctx, story); err != nil {
		r.close()
		h.close()
		return nil, f, err
	}
	return r, f, nil
}
