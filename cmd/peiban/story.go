package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/config"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/internal/workspace"
)

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
