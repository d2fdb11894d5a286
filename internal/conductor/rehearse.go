package conductor

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rehearse"
	"peiban/internal/timeline"
)

// ErrNothingToRehearse means that there is no such journey.
var ErrNothingToRehearse = fault.New(fault.Missing, "journey_not_found", "草稿里没有这个旅程", "the draft has no such journey")

// Rehearsal is which programme goes again over which time.
type Rehearsal struct {
	Programme *programme.Compiled
	Journey   string // empty: all of them
	From, To  int64  // microseconds
	Capacity  int    // tasks one member of staff does a day
	New       bool   // nobody is in it: everybody is taken as joining when the time begins
	Progress  func(done, of int)
}

// Rehearsed is what came of it, and who is behind each number.
type Rehearsed struct {
	rehearse.Forecast
	Sets map[string]*roaring.Bitmap
}

// Rehearse has the people of the workspace live a stretch of time again under another version of a programme. Nothing is written,
// nothing is sent; each person is read, lived and forgotten, so memory does not grow with them. It ends early when ctx ends.
func (c *Conductor) Rehearse(ctx context.Context, r Rehearsal) (*Rehearsed, error) {
	if r.Journey != "" && r.Programme.Journey(r.Journey) == nil {
		return nil, ErrNothingToRehearse
	}
	a := rehearse.NewAgain(r.Programme, r.Journey, rehearse.Setting{Workspace: c.wsID, Policy: c.policy(ctx)}, r.From, r.To)
	a.JoinAll = r.New
	zones, _ := c.everyone()
	loc := r.Programme.Zone
	if l, err := time.LoadLocation(c.cfg.Workspace.Zone); err == nil {
		loc = l
	}
	workers := runtime.GOMAXPROCS(0)
	parts := make([]*rehearse.Tally, workers)
	for i := range parts {
		parts[i] = rehearse.NewTally(a.Programmes, r.From, r.To, loc, true)
	}
	family := &relatives{c: c, set: &a.Setting, zone: func(n person.Number) *time.Location {
		if int(n) >= len(zones) {
			return nil
		}
		return zones[n]
	}}
	err := c.tls.Each(ctx, timeline.Scan{Workers: workers, Progress: r.Progress, Visit: func(worker int, n person.Number, tl *timeline.Timeline) {
		if ctx.Err() != nil || int(n) >= len(zones) || zones[n] == nil {
			return // gone, or one with somebody else
		}
		card, ok := c.dir.ByNumber(n)
		if !ok {
			return
		}
		a.Live(engine.Who{Workspace: c.wsID, ID: card.ID, Number: n}, zones[n], tl, family, parts[worker])
	}})
	if err != nil {
		return nil, fmt.Errorf("rehearse %s: %w", r.Programme.Key, err)
	}
	all := rehearse.NewTally(a.Programmes, r.From, r.To, loc, true)
	for _, t := range parts {
		all.Add(t)
	}
	return &Rehearsed{all.Forecast(a.Programmes, r.Capacity), all.Sets()}, nil
}

// Family is who may read what a test on one person writes to their family.
func (c *Conductor) Family() rehearse.Family {
	return &relatives{c: c, set: &rehearse.Setting{Workspace: c.wsID, Policy: c.policy(context.Background())}, zone: func(n person.Number) *time.Location {
		c.mu.RLock()
		defer c.mu.RUnlock()
		if h := c.human(n); h != nil && h.root == 0 && !h.erased() {
			return h.loc
		}
		return nil
	}}
}

// relatives are those around a person, as they were known at the moment a message is to go to them. It is called from several
// goroutines.
type relatives struct {
	c    *Conductor
	set  *rehearse.Setting
	zone func(person.Number) *time.Location // nil: gone, or one with somebody else
}

// Minor implements rehearse.Family.
func (f *relatives) Minor(n person.Number, now int64) bool {
	card, ok := f.c.dir.ByNumber(n)
	loc := f.zone(n)
	return ok && loc != nil && card.Minor(now, loc)
}

// Reader implements rehearse.Family.
func (f *relatives) Reader(id string, now int64) (person.Number, *rehearse.Walk) {
	card, ok := f.c.dir.ByID(person.ID(id))
	if !ok || card.Erased {
		return 0, nil
	}
	root := f.c.rootOfPublished(card.Number)
	loc := f.zone(root)
	if loc == nil {
		return card.Number, nil
	}
	return card.Number, f.set.Known(engine.Who{Workspace: f.c.wsID, ID: card.ID, Number: root}, loc, f.c.tls.Of(root), now)
}
