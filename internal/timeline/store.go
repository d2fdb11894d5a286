package timeline

import (
	"sync"
	"sync/atomic"
	"weak"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Store holds the timelines of a workspace's people. One goroutine at a time writes; any number read meanwhile, and
// none of them waits.
//
// A person's timeline is in the base, records mapped from a snapshot file, and on the heap is what came since: the
// delta. Who was written to lately is whole on the heap, columns ready to be read; of others only the record of what is
// not in the base is kept. Save merges both into a new base while reads and writes go on.
type Store struct {
	gen  atomic.Pointer[generation]
	head atomic.Uint64
	// changed counts events added since the snapshot, so that a background merge knows when it pays.
	changed atomic.Int64

	writing sync.Mutex      // held by Put, and by a merge for moments
	touched []person.Number // written to since a merge began; nil: none runs
	room    Timeline
	packer  packer
	warmest int // events kept ready to read

	saving sync.Mutex // one merge at a time
	create func(dir, pattern string) (file, error)
}

// generation is a base and what came since. A reader takes one and finds everything in it, whatever is written or
// merged meanwhile: a merge makes a new one.
type generation struct {
	base   *base
	since  []atomic.Pointer[delta] // by number; nil: nothing
	recent recent                  // for who holds writing, or made the generation
}

// delta is what a person has beside the base. It does not change.
type delta struct {
	whole *Timeline // the timeline, base included; nil: base and rows together are
	stays bool      // whole for good: the base has something else of this person
	rows  []byte    // a record of the events after the base's head, and pad
}

// warm reports whether d is one of the recent.
func (d *delta) warm() bool { return d != nil && d.whole != nil && !d.stays }

func newGeneration(b *base, people int) *generation {
	return &generation{base: b, since: make([]atomic.Pointer[delta], people)}
}

// NewStore makes an empty store.
func NewStore() *Store {
	s := &Store{create: createTemp, warmest: recentEvents}
	s.gen.Store(newGeneration(nil, 0))
	return s
}

var empty = &Timeline{}

func (g *generation) delta(n person.Number) *delta {
	if uint64(n) < uint64(len(g.since)) {
		return g.since[n].Load()
	}
	return nil
}

// Of returns the timeline of n. The caller must not change it; it does not change any more either.
func (s *Store) Of(n person.Number) *Timeline {
	g := s.gen.Load()
	d := g.delta(n)
	switch {
	case d != nil && d.whole != nil:
		return d.whole
	case d == nil && (g.base == nil || uint64(n) >= g.base.tail.people):
		return empty
	}
	t := &Timeline{}
	g.base.into(t, n, AllColumns, spareRows)
	t.from = origin{g.base.id(), n, t.Len(), len(t.Fixes)}
	if d != nil {
		d.onto(t)
	}
	return t
}

// Skim is Of for a moment: some columns, into room, which the next one overwrites. What was not asked for may be empty.
func (s *Store) Skim(n person.Number, need Columns, room *Timeline) *Timeline {
	return s.gen.Load().read(n, need, room)
}

// Mark tells versions of somebody's timeline apart. While it is the same, Of returns the same; it may change though the timeline did not,
// after a merge. It keeps nothing in memory.
type Mark struct {
	base  uint64
	since weak.Pointer[delta]
}

// Mark is that of n, without reading the timeline.
func (s *Store) Mark(n person.Number) Mark {
	g := s.gen.Load()
	return Mark{g.base.id(), weak.Make(g.delta(n))}
}

// spareRows is room for what is likely to be added next, so that adding need not copy.
const spareRows = 8

// onto adds d's record to t, which holds what the base has.
func (d *delta) onto(t *Timeline) {
	var more Timeline
	if err := more.unpack(d.rows, len(d.rows)-pad, nil, 0); err != nil {
		panic("timeline: a record on the heap is damaged") // we wrote it ourselves
	}
	for i := range more.At {
		e := more.Event(i)
		t.Add(&e)
	}
	for _, f := range more.Fixes {
		t.fix(f)
	}
}

// Put publishes t as the timeline of n. t is not to be changed afterwards.
func (s *Store) Put(n person.Number, t *Timeline) {
	s.writing.Lock()
	defer s.writing.Unlock()
	g := s.gen.Load()
	if int(n) >= len(g.since) {
		g = g.grown(int(n) + 1)
		s.gen.Store(g)
	}
	g.put(n, &delta{whole: t})
	if s.touched != nil {
		s.touched = append(s.touched, n)
	}
	for range coolAtOnce {
		if o, ok := g.oldest(s.warmest); ok {
			s.cool(g, o)
		}
	}
}

// coolAtOnce is how many people one Put makes room from, so that none takes long.
const coolAtOnce = 2

// grown is g with room for more people. A Put to g afterwards would be lost.
func (g *generation) grown(people int) *generation {
	more := newGeneration(g.base, max(people, len(g.since)*5/4+64))
	for i := range g.since {
		more.since[i].Store(g.since[i].Load())
	}
	more.recent = g.recent
	return more
}

// Len is one more than the highest person number there is room for.
func (s *Store) Len() int { return len(s.gen.Load().since) }

// Head is the last commit whose events are all here.
func (s *Store) Head() event.Seq { return event.Seq(s.head.Load()) }

// SetHead records that all events up to q are here, n of them new.
func (s *Store) SetHead(q event.Seq, n int) {
	s.head.Store(uint64(q))
	s.changed.Add(int64(n))
}

// Changed is how many events came since the snapshot was written.
func (s *Store) Changed() int64 { return s.changed.Load() }

// Due reports whether so much has come since the snapshot that merging pays: one event for 64 of the base. Then
// what is written over and over stays in proportion to what is new, and what a start has to read from the event log
// stays short.
func (s *Store) Due() bool {
	n := s.Changed()
	return n > 0 && n >= s.Events()/64
}

// Events is how many events the snapshot holds.
func (s *Store) Events() int64 { return s.gen.Load().base.events() }

// recentEvents is how many events are kept ready to read: about 60 bytes each.
const recentEvents = 4_000_000

// recent are the people written to lately, the longest ago first. Who is written to again has two places: the older
// one is over.
type recent struct {
	queue  []warm
	over   int // places that are over
	events int // of the others
}

type warm struct {
	n person.Number
	d *delta
}

// put makes d the delta of n.
func (g *generation) put(n person.Number, d *delta) {
	r := &g.recent
	if old := g.since[n].Load(); old.warm() {
		r.over++
		r.events -= old.whole.Len()
	}
	g.since[n].Store(d)
	if d.warm() {
		r.queue = append(r.queue, warm{n, d})
		r.events += d.whole.Len()
	}
	if r.over > len(r.queue)/2+64 {
		kept := r.queue[:0]
		for _, w := range r.queue {
			if g.since[w.n].Load() == w.d {
				kept = append(kept, w)
			}
		}
		clear(r.queue[len(kept):])
		r.queue, r.over = kept, 0
	}
}

// oldest takes the person out who was written to the longest ago, when more than most events are ready to read. The
// caller puts something in the place of w.d at once.
func (g *generation) oldest(most int) (w warm, ok bool) {
	r := &g.recent
	for r.events > most && len(r.queue) > 1 {
		w, r.queue[0] = r.queue[0], warm{}
		r.queue = r.queue[1:]
		if g.since[w.n].Load() == w.d {
			r.events -= w.d.whole.Len()
			return w, true
		}
		r.over--
	}
	return warm{}, false
}

// cool keeps of a whole timeline only what the base has not. It stays whole when the base has something else of the
// person: a timeline that another's were added to, or taken from.
func (s *Store) cool(g *generation, o warm) {
	t, head := o.d.whole, g.base.head()
	rest, rows, fixes := t.beyond(head)
	if t.from != (origin{g.base.id(), o.n, rows, fixes}) { // not read from this base; it may be the same all the same
		g.base.into(&s.room, o.n, AllColumns, 0)
		if !t.begins(&s.room, head) {
			g.since[o.n].Store(&delta{whole: t, stays: true})
			return
		}
	}
	g.since[o.n].Store(s.packer.delta(rest))
}

// delta is a record of t, on the heap.
func (p *packer) delta(t *Timeline) *delta {
	p.out = p.out[:0]
	p.pack(t, func(y event.Symbol) uint32 { return uint32(y) })
	rows := make([]byte, len(p.out)+pad)
	copy(rows, p.out)
	return &delta{rows: rows}
}

// beyond is what t has after commit head, and how many events and corrections it has up to then.
func (t *Timeline) beyond(head event.Seq) (rest *Timeline, rows, fixes int) {
	rest = &Timeline{}
	for i, q := range t.Seq {
		if q <= head {
			rows++
			continue
		}
		e := t.Event(i)
		rest.place(&e)
	}
	for _, f := range t.Fixes {
		if f.By <= head {
			fixes++
			continue
		}
		rest.Fixes = append(rest.Fixes, f)
	}
	return rest, rows, fixes
}

// begins reports whether old is all that t has up to commit head.
func (t *Timeline) begins(old *Timeline, head event.Seq) bool {
	k := 0
	for _, q := range t.Seq {
		if q > head {
			continue
		}
		if k == len(old.Seq) || old.Seq[k] != q {
			return false
		}
		k++
	}
	known := 0
	for _, f := range t.Fixes {
		if f.By <= head {
			known++
		}
	}
	return k == len(old.Seq) && known == len(old.Fixes)
}
