package conductor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// origins is how everybody came in, 24 bytes a person. Nothing of it is written down: it is read from the timelines and states when
// somebody asks first, and follows the commits from then on.
type origins struct {
	mu    sync.Mutex // of dirty
	dirty *roaring.Bitmap
	all   bool // everybody has to be looked at

	turn sync.Mutex // one look at a time
	rows []entrance.Row
	made bool
}

// note hears who changed. mu of the conductor may be held.
func (o *origins) note(n person.Number) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dirty == nil {
		o.dirty = roaring.New()
	}
	o.dirty.Add(uint32(n))
}

// forget has everybody looked at again: a definition changed.
func (o *origins) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = true
}

// take gives who is to be looked at, nil for everybody.
func (o *origins) take() (some *roaring.Bitmap, all bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	some, all = o.dirty, o.all
	o.dirty, o.all = nil, false
	return some, all
}

// giveBack has who was taken looked at another time.
func (o *origins) giveBack(some *roaring.Bitmap, all bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = o.all || all
	if some != nil && o.dirty != nil {
		o.dirty.Or(some)
	} else if some != nil {
		o.dirty = some
	}
}

// Origins is how everybody came in, by number, as of this moment. The rows must not be changed; they are another's from the next
// change on.
func (c *Conductor) Origins(ctx context.Context) ([]entrance.Row, error) {
	o := &c.origins
	o.turn.Lock()
	defer o.turn.Unlock()
	some, all := o.take()
	if !o.made || all {
		rows, err := c.readOrigins(ctx)
		if err != nil {
			o.giveBack(some, all)
			return nil, err
		}
		o.rows, o.made = rows, true
	}
	if some == nil || some.IsEmpty() {
		return o.rows, nil
	}
	rows := slices.Clone(o.rows) // others still read the ones before
	if most := int(some.Maximum()); most >= len(rows) {
		rows = slices.Grow(rows, most+1-len(rows))[:most+1]
	}
	loc := c.zone("")
	for it := some.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		rows[n] = c.origin(n, c.tls.Of(n), loc)
	}
	o.rows = rows
	return rows, nil
}

func (c *Conductor) origin(n person.Number, t *timeline.Timeline, loc *time.Location) entrance.Row {
	o := entrance.Of(t)
	if o.FirstAt == 0 && o.Last == 0 {
		return entrance.Row{}
	}
	return entrance.RowOf(o, c.activatedSince(n), loc)
}

// activatedSince is when the person gained the tag of being activated in the first of their programmes that has it.
func (c *Conductor) activatedSince(n person.Number) int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	h := c.human(n)
	if h == nil || h.state == nil {
		return 0
	}
	return sinceIn(h.state, entrance.ActivatedTag)
}

func sinceIn(s *engine.State, tag string) int64 {
	for i := range s.Programmes {
		if at, ok := s.Programmes[i].Since(tag); ok {
			return at
		}
	}
	return 0
}

// originColumns are what an origin is read from.
const originColumns = timeline.Flags | timeline.Number | timeline.CodeA | timeline.CodeB

// readOrigins looks at everybody, on all cores.
func (c *Conductor) readOrigins(ctx context.Context) ([]entrance.Row, error) {
	c.mu.RLock()
	size := len(c.humans)
	c.mu.RUnlock()
	rows := make([]entrance.Row, size) // each worker writes its own people's
	loc := c.zone("")
	err := c.tls.Each(ctx, timeline.Scan{Need: originColumns, Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		if int(n) < len(rows) { // who came since is noted and looked at next
			o := entrance.Of(t)
			if o.FirstAt != 0 || o.Last != 0 {
				rows[n] = entrance.RowOf(o, 0, loc)
			}
		}
	}})
	if err != nil {
		return nil, fmt.Errorf("look how people came in: %w", err)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for n := range rows {
		if rows[n].First == 0 && rows[n].Last == 0 {
			continue
		}
		if h := c.human(person.Number(n)); h != nil && h.state != nil {
			rows[n].Active = entrance.DayOf(sinceIn(h.state, entrance.ActivatedTag), loc)
		}
	}
	return rows, nil
}

// followOrigins reads how people came in before anybody asks, and has referrers told, until ctx ends.
func (c *Conductor) followOrigins(ctx context.Context) {
	t := time.NewTicker(originsEvery)
	defer t.Stop()
	for {
		if _, err := c.TellReferrers(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.Error("how people came in was not read; it is tried again", "workspace", c.wsID, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

const originsEvery = 30 * time.Second

// Brought is who brought whom, by number; a person brought by somebody who was erased is brought by nobody.
func (c *Conductor) Brought(ctx context.Context) (entrance.Tree, error) {
	rows, err := c.Origins(ctx)
	if err != nil {
		return entrance.Tree{}, err
	}
	by, err := c.cfg.Store.Invitations(ctx, c.ws)
	if err != nil {
		return entrance.Tree{}, err
	}
	if len(by) == 0 {
		return entrance.Tree{}, nil
	}
	inviter := make(map[event.Symbol]uint32, len(by))
	for state, n := range by {
		inviter[event.Intern(state)] = uint32(c.rootOfPublished(n))
	}
	tree := entrance.Tree{Parent: make([]uint32, len(rows))}
	for n := range rows {
		if up := inviter[rows[n].First]; up != 0 && up != uint32(n) {
			tree.Parent[n] = up
		}
	}
	return tree, nil
}
