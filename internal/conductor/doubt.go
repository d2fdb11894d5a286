package conductor

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/suspicion"
	"peiban/internal/timeline"
)

// ErrNoDoubt means that nothing of that name was found of the person.
var ErrNoDoubt = fault.New(fault.Missing, "doubt_not_found", "没有找到这条存疑记录", "no such doubt about the data")

// doubts is the looking for doubtful data: who is to be looked at again, and what two people may share.
//
// Nothing of it is written down. What was found stands in the event log, under an id that follows from what it is; a process that
// was killed looks at everybody again when it starts, and finds what it would have found, once. Two processes find the same and
// the second one's is a repeat.
type doubts struct {
	mu      sync.Mutex
	stirred map[person.Number]bool // who has something new to be looked at
	told    *roaring.Bitmap        // who has been doubted, ever; nil: nobody has asked yet
	early   []person.Number        // of them, who was before anybody asked
	list    []Doubt
	fresh   bool // the list holds

	looking sync.Mutex // one look at a time
	index   *suspicion.Index
	swept   string // the local day everybody was looked at
}

// Doubt is what was found of somebody.
type Doubt struct {
	Person person.Number
	suspicion.Past
}

// note hears of events that were committed. mu of the conductor may be held.
func (d *doubts) note(n person.Number, t event.Type) {
	if !suspicion.Concerns(t) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stirred == nil {
		d.stirred = map[person.Number]bool{}
	}
	d.stirred[n] = true
	if t == event.DataSuspect {
		d.fresh = false
		if d.told != nil {
			d.told.Add(uint32(n))
		} else {
			d.early = append(d.early, n)
		}
	}
}

// take gives those to be looked at, so many at most, and says whether there are more.
func (d *doubts) take(most int) (some []person.Number, more bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	some = make([]person.Number, 0, min(most, len(d.stirred)))
	for n := range d.stirred {
		if len(some) == most {
			break
		}
		some = append(some, n)
		delete(d.stirred, n)
	}
	slices.Sort(some)
	return some, len(d.stirred) > 0
}

// again has people looked at once more, after a look at them failed.
func (d *doubts) again(all []person.Number) {
	for _, n := range all {
		d.note(n, event.Glucose)
	}
}

const (
	doubtEvery = time.Second
	// While more come in than are looked at, so many people are looked at in one go, and then others have the processor for so many times
	// as long: nobody waits for a doubt, and whoever has several readings meanwhile is looked at once.
	doubtedInOneGo = 256
	doubtRest      = 29
	// doubtsAtOnce is how many findings one commit takes.
	doubtsAtOnce = 200
)

// lookForDoubts looks at everybody once, then at whom something new has come to, and at everybody again each night.
func (c *Conductor) lookForDoubts(ctx context.Context) {
	for {
		began := time.Now()
		_, more, err := c.lookForSome(ctx, doubtedInOneGo)
		if err != nil && ctx.Err() == nil {
			c.cfg.Log.Error("doubtful data was not looked for; it is tried again", "workspace", c.wsID, "error", err)
		}
		rest := doubtRest * time.Since(began)
		if !more || err != nil {
			rest = max(rest, doubtEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}

// LookForDoubts looks at the data that came since the last look; at everybody's on the first, and once a local day. It reports how
// many findings were new.
func (c *Conductor) LookForDoubts(ctx context.Context) (int, error) {
	n, _, err := c.lookForSome(ctx, math.MaxInt)
	return n, err
}

// lookForSome is LookForDoubts for so many people at most, when not everybody is due; more: others have something new, too.
func (c *Conductor) lookForSome(ctx context.Context, most int) (n int, more bool, err error) {
	d := &c.doubts
	d.looking.Lock()
	defer d.looking.Unlock()
	today := c.Now().In(c.zone("")).Format(time.DateOnly)
	if d.index == nil || d.swept != today || d.index.Due() {
		all, _ := d.take(math.MaxInt)
		if n, err = c.sweep(ctx); err != nil {
			d.again(all)
			return 0, true, err
		}
		d.swept = today
		return n, false, nil
	}
	some, more := d.take(most)
	if len(some) == 0 {
		return 0, false, nil
	}
	if n, err = c.tellDoubts(ctx, c.doubtsAbout(some)); err != nil {
		d.again(some)
	}
	return n, more, err
}

// limits are the numbers of somebody's programme that doubtful data is known by; of nobody, those of the default one.
func (c *Conductor) limits(key string) suspicion.Limits {
	p := c.Programme(key)
	return suspicion.LimitsOf(func(k string) (float64, bool) {
		if p == nil {
			return 0, false
		}
		s, ok := p.Settings[k]
		return s.Value, ok
	})
}

// sweep looks at everybody and builds the index again.
func (c *Conductor) sweep(ctx context.Context) (int, error) {
	now := c.now()
	zones, states := c.everyone()
	limits := map[string]suspicion.Limits{}
	for _, p := range c.Programmes() {
		limits[p.Key] = c.limits(p.Key)
	}
	usual := c.limits("")
	var mu sync.Mutex
	var all []suspicion.Finding
	index, err := suspicion.Build(usual, now, func(visit func(int, person.Number, timeline.View)) error {
		return c.tls.Each(ctx, timeline.Scan{Visit: func(worker int, n person.Number, t *timeline.Timeline) {
			if int(n) >= len(states) || states[n] == nil {
				return
			}
			v := timeline.View{Timeline: t, Loc: zones[n]}
			visit(worker, n, v)
			l := usual
			if ps := states[n].Programmes; len(ps) > 0 {
				if own, ok := limits[ps[0].Key]; ok {
					l = own
				}
			}
			if !suspicion.Lately(v, l, now) {
				return
			}
			for _, f := range suspicion.Own(v, l, now) {
				f.Person = n
				mu.Lock()
				all = append(all, f)
				mu.Unlock()
			}
		}})
	})
	if err != nil {
		return 0, fmt.Errorf("look at everybody's data: %w", err)
	}
	c.doubts.index = index
	for _, n := range index.Everybody() {
		all = append(all, c.doubtsBetween(n, usual, now, false)...)
	}
	return c.tellDoubts(ctx, all)
}

// doubtsAbout looks at some people, and at those who share something with them.
func (c *Conductor) doubtsAbout(some []person.Number) (all []suspicion.Finding) {
	now, usual := c.now(), c.limits("")
	for _, n := range some {
		_, v, st, ok := c.Glance(n)
		if !ok {
			continue
		}
		l := usual
		if len(st.Programmes) > 0 {
			l = c.limits(st.Programmes[0].Key)
		}
		for _, f := range suspicion.Own(v, l, now) {
			f.Person = n
			all = append(all, f)
		}
		c.doubts.index.Put(n, v, now)
	}
	for _, n := range some { // when all of them are in the index
		all = append(all, c.doubtsBetween(n, usual, now, true)...)
	}
	return all
}

// doubtsBetween compares n with those the index names; both: from the other side too.
func (c *Conductor) doubtsBetween(n person.Number, l suspicion.Limits, now int64, both bool) (all []suspicion.Finding) {
	me, ok := c.side(n)
	if !ok {
		return nil
	}
	x := c.doubts.index
	take := func(f suspicion.Finding, ok bool) {
		if ok {
			all = append(all, f)
		}
	}
	for device, others := range x.Meters(me.View, n, now) {
		for _, o := range others {
			if it, ok := c.side(o); ok {
				take(suspicion.Shared(me, it, device, l, now))
				if both {
					take(suspicion.Shared(it, me, device, l, now))
				}
			}
		}
	}
	for _, o := range x.Alike(n, me.View, now) {
		if it, ok := c.side(o); ok {
			take(suspicion.CopiedFrom(me, it, l, now, x.Crowded))
			if both {
				take(suspicion.CopiedFrom(it, me, l, now, x.Crowded))
			}
		}
	}
	return all
}

// side is somebody to be compared with another; not one who was erased, or folded into another.
func (c *Conductor) side(n person.Number) (suspicion.Side, bool) {
	card, v, _, ok := c.Glance(n)
	if !ok || card.Erased || card.Number != n {
		return suspicion.Side{}, false
	}
	return suspicion.Side{Person: n, ID: string(card.ID), View: v}, true
}

// tellDoubts stores what was found and reports how much of it was new.
func (c *Conductor) tellDoubts(ctx context.Context, all []suspicion.Finding) (fresh int, err error) {
	items := make([]Item, 0, len(all))
	for i := range all {
		if it, ok := c.doubtItem(&all[i]); ok {
			items = append(items, it)
		}
	}
	for some := range slices.Chunk(items, doubtsAtOnce) {
		out, err := c.Submit(ctx, Bulk, audit.Entry{Actor: "engine", Action: "data.suspect"}, some)
		if err != nil {
			return fresh, fmt.Errorf("store what is doubtful: %w", err)
		}
		for _, o := range out {
			if o.Status == Stored {
				fresh++
			}
		}
	}
	return fresh, nil
}

// doubtItem is a finding on its way to an event. Its id follows from what it is: found again, by whomever, it is a repeat.
func (c *Conductor) doubtItem(f *suspicion.Finding) (Item, bool) {
	card, ok := c.dir.ByNumber(f.Person)
	if !ok || card.Erased {
		return Item{}, false
	}
	said := map[string]string{}
	if other, ok := c.dir.ByNumber(f.Other); ok && f.Other != 0 {
		said["other"] = string(other.ID)
	}
	body, _ := json.Marshal(said)
	return Item{Person: f.Person, MessageID: "suspect " + string(card.ID) + " " + f.Reason + " " + f.Key, Event: event.Event{
		Type: event.DataSuspect, Schema: 1, Num: float64(f.Count), A: event.Intern(f.Reason), B: f.Device, C: event.Intern("found"),
		X: f.Extra(), Actor: "engine", Provenance: "engine", Body: body,
	}}, true
}

// ClearDoubt records that somebody looked at what was found of a person and found it well, and why. Cleared twice is cleared
// once.
func (c *Conductor) ClearDoubt(ctx context.Context, n person.Number, found event.Seq, why, note string, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		all := suspicion.History(d.tl)
		i := slices.IndexFunc(all, func(p suspicion.Past) bool { return p.Seq == found })
		if i < 0 {
			return ErrNoDoubt
		}
		p := &all[i]
		if p.Cleared != 0 {
			return nil
		}
		body, _ := json.Marshal(map[string]string{"why": why, "note": note})
		w.audit(proof)
		_, err = w.add(d, event.Event{
			Type: event.DataSuspect, Schema: 1, Num: float64(p.Count), A: event.Intern(p.Reason), B: p.Device, C: event.Intern("cleared"),
			X: []float64{p.Ref, float64(p.Since), float64(p.Until)}, Supersedes: p.Seq, Actor: proof.Actor, Provenance: "console", Body: body,
		}, w.now)
		if err != nil {
			return err
		}
		return w.deliver(d, w.now)
	})
}

// DoubtsOf is what was found of one person, cleared ones too, the newest first.
func (c *Conductor) DoubtsOf(n person.Number) []Doubt {
	n = c.rootOfPublished(n)
	return doubtsIn(n, c.tls.Of(n))
}

func doubtsIn(n person.Number, t *timeline.Timeline) (all []Doubt) {
	for _, p := range suspicion.History(t) {
		all = append(all, Doubt{n, p})
	}
	slices.Reverse(all)
	return all
}

// Doubts is what was found of everybody, the newest first. The list is kept until something is found or cleared.
func (c *Conductor) Doubts(ctx context.Context) ([]Doubt, error) {
	d := &c.doubts
	d.mu.Lock()
	if d.fresh {
		defer d.mu.Unlock()
		return d.list, nil
	}
	known := d.told != nil
	d.mu.Unlock()
	if !known {
		if err := c.findDoubted(ctx); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fresh {
		return d.list, nil
	}
	var all []Doubt
	for it := d.told.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		if card, ok := c.dir.Record(n); ok && !card.Erased && card.Root == 0 {
			all = append(all, doubtsIn(n, c.tls.Of(n))...)
		}
	}
	slices.SortStableFunc(all, func(a, b Doubt) int { return -int(min(1, max(-1, int64(a.Seq)-int64(b.Seq)))) })
	d.list, d.fresh = all, true
	return all, nil
}

// findDoubted reads once who has ever been doubted; after it commits tell.
func (c *Conductor) findDoubted(ctx context.Context) error {
	var mu sync.Mutex
	told := roaring.New()
	err := c.tls.Each(ctx, timeline.Scan{Need: timeline.CodeA, Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		if slices.Contains(t.Type, event.DataSuspect) {
			mu.Lock()
			told.Add(uint32(n))
			mu.Unlock()
		}
	}})
	if err != nil {
		return fmt.Errorf("find whose data was doubted: %w", err)
	}
	c.doubts.mu.Lock()
	defer c.doubts.mu.Unlock()
	if c.doubts.told == nil {
		for _, n := range c.doubts.early { // some of them while the others were read
			told.Add(uint32(n))
		}
		c.doubts.told, c.doubts.early = told, nil
	}
	return nil
}
