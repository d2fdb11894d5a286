package conductor

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// reported is who has an event of one type, ever: a paper they uploaded, or a referral. Nothing of it is written down: it is read from the timelines when somebody asks first,
// and follows the commits from then on.
type reported struct {
	of    event.Type
	mu    sync.Mutex
	who   *roaring.Bitmap // nil: nobody has asked yet
	early []person.Number // who came while the others were read
}

// note hears of events that were committed.
func (r *reported) note(n person.Number, t event.Type) {
	if t != r.of {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.who != nil {
		r.who.Add(uint32(n))
	} else {
		r.early = append(r.early, n)
	}
}

// united hears that the timeline of n is another since people were merged or parted: what came to one is the other's now.
func (r *reported) united(n person.Number, tl *timeline.Timeline) {
	if slices.Contains(tl.Type, r.of) {
		r.note(n, r.of)
	}
}

// Reported is everybody who has uploaded a paper, ever.
func (c *Conductor) Reported(ctx context.Context) (*roaring.Bitmap, error) {
	return c.whoever(ctx, &c.reported)
}

// whoever is everybody r is about.
func (c *Conductor) whoever(ctx context.Context, r *reported) (*roaring.Bitmap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.who != nil {
		return r.who.Clone(), nil
	}
	found, early := roaring.New(), r.early
	r.mu.Unlock() // commits go on meanwhile
	var mu sync.Mutex
	err := c.tls.Each(ctx, timeline.Scan{Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		for _, kind := range t.Type {
			if kind == r.of {
				mu.Lock()
				found.Add(uint32(n))
				mu.Unlock()
				return
			}
		}
	}})
	r.mu.Lock()
	if err != nil {
		return nil, fmt.Errorf("look who has one: %w", err)
	}
	for _, n := range append(early, r.early...) {
		found.Add(uint32(n))
	}
	r.who, r.early = found, nil
	return found.Clone(), nil
}
