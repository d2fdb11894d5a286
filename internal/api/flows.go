package api

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"peiban/internal/event"
	"peiban/internal/insight"
)

// flow is who gained and lost a tag on one local day.
type flow struct{ gained, lost int }

// flows are the gains and losses of every tag by local day. The log of transitions is read once and then followed: a
// page asks for many tags at once, and the log of a year has millions of rows (a million take a second or two, once;
// after it each page costs what was committed since the last).
type flows struct {
	mu   sync.Mutex
	upTo event.Seq                  // what is in the sums
	of   map[string]map[string]flow // by programme/tag, by local day
}

// flowDays is how far back the sums go, in local days.
const flowDays = 400

// days copies the days of tags, each given as programme/tag. It brings the sums up to the last commit first.
func (f *flows) days(ctx context.Context, s *Server, sp *space, tags ...string) (map[string]map[string]flow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.follow(ctx, s, sp); err != nil {
		return nil, err
	}
	out := make(map[string]map[string]flow, len(tags))
	for _, t := range tags {
		out[t] = maps.Clone(f.of[t])
	}
	return out, nil
}

// follow must be called with mu held. What an error cut off is read again.
func (f *flows) follow(ctx context.Context, s *Server, sp *space) error {
	head := sp.Conductor.Head()
	if f.of != nil && head == f.upTo {
		return nil
	}
	if head < f.upTo { // a rehearsal begun again
		f.of, f.upTo = nil, 0
	}
	today := time.UnixMicro(insight.StartOfDay(sp.now(), sp.loc)).In(sp.loc)
	cal := newCalendar(today.AddDate(0, 0, -flowDays), flowDays+2)
	type cell struct{ key, day string }
	news := map[cell]flow{}
	err := s.store.TagChanges(ctx, sp.number(), f.upTo, head, cal.starts[0], func(key string, at int64, gained bool) {
		c := cell{key, cal.day(at)}
		x := news[c]
		if gained {
			x.gained++
		} else {
			x.lost++
		}
		news[c] = x
	})
	if err != nil {
		return err
	}
	if f.of == nil {
		f.of = map[string]map[string]flow{}
	}
	for c, x := range news {
		if f.of[c.key] == nil {
			f.of[c.key] = map[string]flow{}
		}
		had := f.of[c.key][c.day]
		f.of[c.key][c.day] = flow{had.gained + x.gained, had.lost + x.lost}
	}
	f.upTo = head
	return nil
}

// dayFinder finds the local day of a moment without asking the zone each time.
type dayFinder struct {
	starts []int64 // the local midnights, the oldest first
	names  []string
}

func newCalendar(first time.Time, days int) *dayFinder {
	c := &dayFinder{}
	for i := range days {
		day := first.AddDate(0, 0, i)
		c.starts, c.names = append(c.starts, day.UnixMicro()), append(c.names, day.Format(time.DateOnly))
	}
	return c
}

// day is the last day for what is after it.
func (c *dayFinder) day(at int64) string {
	i, exact := slices.BinarySearch(c.starts, at)
	if !exact {
		i--
	}
	return c.names[max(i, 0)]
}
