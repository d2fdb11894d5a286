package api

import (
	"context"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/insight/fulfil"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// journeyStore is what the effect of journeys is counted from beside timelines.
type journeyStore interface {
	JourneyRuns(ctx context.Context, w workspace.Number, journeys []string, from, to int64, each func(conductor.RunRow)) error
	JourneyWork(ctx context.Context, w workspace.Number, journeys []string, from, to int64, each func(*fulfil.Work)) error
}

// effectWork is the work of journeys in a period, as one caller sees it, judged at one moment.
type effectWork struct {
	now    int64
	fewest int // people a group needs before its figures are shown
	work   []fulfil.Work
	marks  []fulfil.Mark
	after  []fulfil.Result
	seen   *roaring.Bitmap
	goals  *reachedGoals

	entered *roaring.Bitmap // who was ever in the journey; nil until somebody asks
}

func (f *effectWork) each(visit func(*fulfil.Work, fulfil.Mark, fulfil.Result)) {
	for i := range f.work {
		visit(&f.work[i], f.marks[i], f.after[i])
	}
}

// effectFold reads the work of journeys and judges it.
func (s *Server) effectFold(ctx context.Context, c *caller, p *engine.Programme, journeys []string, span effectDays) (*effectWork, error) {
	cd := c.space.Conductor
	set, _, err := s.store.EffectSettings(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	f := &effectWork{now: c.space.now(), fewest: set.Fewest(), seen: s.visible(ctx, c), goals: c.space.goals.of(p)}
	defer f.goals.mu.Unlock()
	f.goals.mu.Lock()
	roots := map[uint32]uint32{}
	err = s.store.JourneyWork(ctx, c.space.number(), journeys, span.from, span.to, func(w *fulfil.Work) {
		root, known := roots[w.Person]
		if !known {
			if card, ok := cd.Directory().ByNumber(person.Number(w.Person)); ok && !card.Erased && f.seen.Contains(uint32(card.Number)) {
				root = uint32(card.Number)
			}
			roots[w.Person] = root
		}
		if root == 0 {
			return
		}
		w.Person = root
		m := fulfil.Judge(w, f.now)
		if !m.Due {
			return
		}
		f.work, f.marks, f.after = append(f.work, *w), append(f.marks, m), append(f.after, fulfil.Result{})
	})
	if err != nil {
		return nil, err
	}
	for i := range f.work {
		w := &f.work[i]
		d := p.Compiled.Journey(w.Journey)
		if d == nil || d.Goal == nil {
			continue
		}
		until := w.Entered + windowOf(d).Microseconds()
		if at, before := f.goals.reached(cd, w.Journey, w.Person, w.Entered, until, f.now); !before {
			f.after[i] = fulfil.After(w, at, until, f.now)
		}
	}
	return f, nil
}

// reachedGoals remembers when people reached goals, by one version of a programme: a page asks for the same again and again, and what was
// asked of a window that is over stays as it is until something comes to that person's timeline.
type reachedGoals struct {
	mu    sync.Mutex
	p     *engine.Programme
	reach map[string]*engine.Reach
	known map[goalOf]goalKnown
}

type goalOf struct {
	journey string
	person  uint32
	from    int64
}

type goalKnown struct {
	events int   // of the timeline it was found in
	fixes  int   // corrections among them
	upTo   int64 // how far it was looked
	at     int64
	before bool
}

// goals are the remembered ones of a workspace.
type goals struct {
	mu  sync.Mutex
	all map[string]*reachedGoals // by programme
}

// mostGoals bounds the memory: about 80 bytes each.
const mostGoals = 1_000_000

func (g *goals) of(p *engine.Programme) *reachedGoals {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all == nil {
		g.all = map[string]*reachedGoals{}
	}
	x := g.all[p.Key]
	if x == nil || x.p != p {
		x = &reachedGoals{p: p, reach: map[string]*engine.Reach{}, known: map[goalOf]goalKnown{}}
		g.all[p.Key] = x
	}
	return x
}

// reached is when somebody's goal held first in (from, until], as known at now; 0: it did not. before: it held at from already. The caller
// holds mu.
func (x *reachedGoals) reached(cd *conductor.Conductor, journey string, n uint32, from, until, now int64) (at int64, before bool) {
	r, ok := x.reach[journey]
	if !ok {
		if d := x.p.Compiled.Journey(journey); d != nil {
			r = x.p.NewReach(d)
		}
		x.reach[journey] = r
	}
	if r == nil {
		return 0, false
	}
	_, v, _, ok := cd.Glance(person.Number(n))
	if !ok {
		return 0, false
	}
	to := min(until, now)
	key := goalOf{journey, n, from}
	k, ok := x.known[key]
	if ok && k.events == v.Len() && k.fixes == len(v.Fixes) && (k.at != 0 && k.at <= to || k.before || k.upTo >= to) {
		if k.at > to {
			return 0, k.before
		}
		return k.at, k.before
	}
	if len(x.known) >= mostGoals {
		clear(x.known)
	}
	at, before = r.First(v, from, to)
	x.known[key] = goalKnown{v.Len(), len(v.Fixes), to, at, before}
	return at, before
}

// effectGrouping is one way of grouping work: the keys a piece belongs to, and what a key is called.
type effectGrouping struct {
	of        func(*fulfil.Work) []string
	name      func(key string) Text
	partition bool // every piece is in one group
}

func (s *Server) effectGrouping(ctx context.Context, c *caller, p *engine.Programme, by string) effectGrouping {
	cd := c.space.Conductor
	if by == "staff" {
		return effectGrouping{
			of: func(w *fulfil.Work) []string {
				if w.Outbound() { // sent by nobody
					return nil
				}
				return []string{w.Staff}
			},
			name: func(key string) Text {
				if key == "" {
					return text("没有人", "Nobody")
				}
				r := c.space.ref(ctx, s.store, key)
				return Text{Zh: r.Name, En: r.Name}
			},
			partition: true,
		}
	}
	sets := map[string]*roaring.Bitmap{}
	var order []string
	names := map[string]Text{}
	add := func(kind, key string, name Text) {
		sets[key], names[key] = cd.Of(p.Key, kind, key), name
		order = append(order, key)
	}
	if by == "stage" {
		for i := range p.Stages {
			add("stage", p.Stages[i].Key, p.Stages[i].Name)
		}
	} else {
		for i := range p.Tags {
			if t := &p.Tags[i]; t.Of == "" && t.ByHand == (by == "segment") {
				add("tag", t.Key, t.Name)
			}
		}
	}
	memo := map[uint32][]string{}
	return effectGrouping{
		of: func(w *fulfil.Work) []string {
			if keys, ok := memo[w.Person]; ok {
				return keys
			}
			var keys []string
			for _, key := range order {
				if sets[key].Contains(w.Person) {
					keys = append(keys, key)
				}
			}
			if by == "stage" && len(keys) == 0 {
				keys = []string{""}
			}
			memo[w.Person] = keys
			return keys
		},
		name: func(key string) Text {
			if key == "" {
				return text("不在任何阶段", "In no stage")
			}
			return or(names[key], Text{Zh: key, En: key})
		},
		partition: by == "stage",
	}
}
