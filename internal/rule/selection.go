package rule

import (
	"math"
	"sort"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// maxOps bounds how many windows and conditions one selection may chain.
const maxOps = 8

type opKind uint8

const (
	opWhere    opKind = iota
	opWithin          // (now-from, now-to]
	opCalendar        // n days, weeks or months of the calendar, this one the last, or skip of them earlier
	opSinceEntry
	opAfter    // [first of anchor, from later)
	opSince    // (newest of anchor, now]
	opSpan     // [newest of anchor, the first of until after it)
	opFollowed // an event of anchor comes after it in less than from; with never: none does, though from has passed
	opLast
	opAtLeast
)

// op is one link of a chain such as .within("7d").where(...).last(3).
type op struct {
	kind     opKind
	from, to int64
	n        int
	unit     unit
	skip     int
	test     pred
	alone    bool // test reads the event and nothing else
	never    bool
	anchor   *selection
	until    *selection
}

// selection is a chain of ops over events of given types. It is walked from the newest event to the oldest, so
// that a window ends the walk at its old edge.
type selection struct {
	spec     *event.Spec // nil: several types
	only     event.Type  // with spec
	set      []bool      // by type, without spec; nil: all types
	hide     event.Flags // events with any of these are not seen
	ops      []op
	hoists   []hoist // parts of conditions that do not depend on the event, answered once per walk
	atLeast  bool    // some op is opAtLeast
	monotone bool    // a further event never drops one that was selected
	calendar bool    // some op is opCalendar
	rolls    int64   // the shortest opWithin; Never
	read     predNum // the value figures take; nil: the main one
}

// hoist answers a part of a condition into its slot before a walk starts.
type hoist func(c *Ctx) (next int64)

// chain returns a copy of s with o at its end; selections are shared between expressions, so s stays as it is.
func (s *selection) chain(o op) *selection {
	n := *s
	n.ops = append(append([]op(nil), s.ops...), o)
	n.monotone, n.atLeast, n.calendar, n.rolls = true, false, false, Never
	last := false
	for _, o := range n.ops {
		switch o.kind {
		case opWithin:
			n.rolls = min(n.rolls, o.from)
		case opCalendar:
			n.calendar = true
		}
		switch o.kind {
		case opLast:
			last = true
		case opAtLeast:
			n.atLeast = true
		default:
			if last {
				n.monotone = false
			}
		}
	}
	return &n
}

func (s *selection) flagged() bool { return s.hide == event.Hidden }

// leaves is when an event of the time at falls out of the first of the windows among the first upto ops.
func (s *selection) leaves(c *Ctx, upto int, at int64) int64 {
	t := int64(Never)
	for k := range s.ops[:upto] {
		switch o := &s.ops[k]; o.kind {
		case opWithin:
			t = min(t, at+o.from)
		case opCalendar:
			t = min(t, o.leaves(c, at))
		}
	}
	return t
}

// walk is one pass over a selection. It also gathers when the pass could come out differently:
//   - base: a hoisted part of a condition changes
//   - enter: the first event outside comes in, because its time arrives or a window reaches it
//   - leave: an at_least loses the event that made it hold
//
// What falls out of the windows at their old edge is for the caller to ask of leaves, because only the events
// its answer rests on matter.
type walk struct {
	c                  *Ctx
	s                  *selection
	tl                 *timeline.Timeline
	i, end             int   // the walk goes from i down to end
	floor              int64 // no event before it can pass
	base, enter, leave int64
	edge               [maxOps]edge
}

// edge is how far a walk is with one op.
type edge struct {
	lo, hi int64
	n      int
	of     *walk // over the anchor of opFollowed
	due    int   // the next event of it, not yet reached; -1: none
	near   int64 // the first moment of it after the event at hand; Never
}

func (w *walk) start(c *Ctx, s *selection) {
	w.c, w.s, w.tl = c, s, c.TL.Timeline
	w.base, w.enter, w.leave = Never, Never, Never
	w.floor = math.MinInt64
	for _, h := range s.hoists {
		w.base = min(w.base, h(c))
	}
	w.i = -1
	if w.tl != nil {
		w.i, w.end = c.span(s)
	}
	waiting := false // an at_least before this op may need events older than the window
	counted := false // a last or at_least before this op counts newer events too
	for k := range s.ops {
		o, e := &s.ops[k], &w.edge[k]
		switch o.kind {
		case opWithin:
			e.lo, e.hi = c.Now-o.from+1, c.Now-o.to
		case opCalendar:
			e.lo, e.hi = o.span(c)
		case opSinceEntry:
			e.lo, e.hi = c.Entry+1, c.Now
		case opAfter, opSince, opSpan:
			w.anchored(o, e)
			if w.tl != nil && e.hi != c.Now && !counted { // no later event can come in by itself
				w.i = min(w.i, after(w.tl.At, e.hi)-1)
			}
		case opFollowed:
			e.of, e.near = c.borrow(), Never
			mute := c.mute
			c.mute = true
			e.of.start(c, o.anchor)
			e.due = e.of.next()
			c.mute = mute
			w.base = min(w.base, e.of.outside())
			continue
		case opAtLeast:
			waiting, counted = true, true
			continue
		case opLast:
			counted = true
			continue
		default:
			continue
		}
		if !waiting {
			w.floor = max(w.floor, e.lo)
		}
	}
}

// anchored finds the window of an op that hangs on other events. An empty one is before all time.
func (w *walk) anchored(o *op, e *edge) {
	c := w.c
	mute := c.mute
	c.mute = true // where it begins is not what is counted
	defer func() { c.mute = mute }()
	e.lo, e.hi = math.MaxInt64, math.MinInt64
	i, next := 0, int64(0)
	if o.kind == opAfter {
		i, next = o.anchor.first(c)
	} else {
		i, next = o.anchor.latest(c)
	}
	w.base = min(w.base, next)
	if i < 0 {
		return
	}
	switch at := c.TL.At[i]; o.kind {
	case opAfter:
		e.lo, e.hi = at, at+o.from-1
	case opSince:
		e.lo, e.hi = at+1, c.Now
	case opSpan:
		end, next := o.until.firstAfter(c, at)
		w.base = min(w.base, next)
		e.lo, e.hi = at, c.Now
		if end >= 0 {
			e.hi = c.TL.At[end] - 1
		}
	}
}

// follow tells whether an event of the anchor of op k comes after at, in less than the op asks for. Both walks go backwards, so
// that each is walked once.
func (w *walk) follow(k int, at int64) bool {
	e := &w.edge[k]
	for e.due >= 0 && w.tl.At[e.due] > at {
		e.near = w.tl.At[e.due]
		mute := w.c.mute
		w.c.mute = true
		w.base = min(w.base, e.of.leaves(e.due))
		e.due = e.of.next()
		w.c.mute = mute
		w.base = min(w.base, e.of.outside())
	}
	return e.near < at+w.s.ops[k].from // near is after at, so the sum of the two cannot overflow when it is Never
}

// after is the first place later than at.
func after(ats []int64, at int64) int {
	return sort.Search(len(ats), func(i int) bool { return ats[i] > at })
}

// next is the place of the next older event that passes, -1 when there is none.
func (w *walk) next() int {
	tl, s := w.tl, w.s
scan:
	for w.i >= 0 {
		i := w.skip(w.i)
		w.i = i - 1
		if i < 0 {
			break
		}
		at := tl.At[i]
		if at < w.floor {
			break
		}
		if tl.Flags[i]&s.hide != 0 {
			continue
		}
		if at > w.c.Now {
			w.expect(i, 0, at)
			continue
		}
		for k := range s.ops {
			o, e := &s.ops[k], &w.edge[k]
			switch o.kind {
			case opWhere:
				if o.test(w.c, i) != True {
					continue scan
				}
			case opLast:
				if e.n == o.n {
					continue scan
				}
				if e.n++; e.n == o.n && w.knownBefore(k) {
					w.i = -1 // what is older comes too late for this op
				}
			case opAtLeast:
				if e.n++; e.n == o.n {
					w.leave = min(w.leave, s.leaves(w.c, k, at))
				}
			case opFollowed:
				followed := w.follow(k, at)
				if o.never && !followed && w.c.Now < at+o.from {
					w.expect(i, k, at)
					continue scan
				}
				if followed == o.never {
					continue scan
				}
			default:
				if at > e.hi {
					if o.anchor == nil { // else time alone does not bring it in
						w.expect(i, k, at)
					}
					continue scan
				}
				if at < e.lo {
					if w.knownBefore(k) {
						break scan
					}
					continue scan
				}
			}
		}
		return i
	}
	w.i = -1
	return -1
}

// skip is the first place from i down that holds a type of the selection or lies before the floor; -1 for none.
func (w *walk) skip(i int) int {
	kinds, ats, s, floor, end := w.tl.Type, w.tl.At, w.s, w.floor, w.end
	switch {
	case s.spec != nil:
		only := s.only
		for i >= end && kinds[i] != only && ats[i] >= floor {
			i--
		}
	case s.set != nil:
		for i >= end && (int(kinds[i]) >= len(s.set) || !s.set[kinds[i]]) && ats[i] >= floor {
			i--
		}
	}
	if i < end {
		return -1
	}
	return i
}

// expect notes when event i, which op k does not let in yet, could come in. Conditions up to the next last or
// at_least are asked now: an event that fails them changes nothing.
func (w *walk) expect(i, k int, when int64) {
	at := when
	for ; k < len(w.s.ops); k++ {
		o := &w.s.ops[k]
		if o.kind == opLast || o.kind == opAtLeast {
			break
		}
		switch {
		case o.kind == opWithin:
			when = max(when, at+o.to)
		case o.kind == opCalendar:
			when = max(when, o.enters(w.c, at))
		case o.kind == opFollowed && o.never:
			when = max(when, at+o.from)
		}
		if o.kind == opWhere && o.test(w.c, i) != True {
			return
		}
	}
	w.enter = min(w.enter, when)
}

// knownBefore tells whether every at_least before op k has been met.
func (w *walk) knownBefore(k int) bool {
	if !w.s.atLeast {
		return true
	}
	for j := range w.s.ops[:k] {
		if o := &w.s.ops[j]; o.kind == opAtLeast && w.edge[j].n < o.n {
			return false
		}
	}
	return true
}

// known tells whether there is enough data. Before the walk has ended, false may still become true.
func (w *walk) known() bool { return w.knownBefore(len(w.s.ops)) }

// settle walks on until known has its final answer, and returns it.
func (w *walk) settle() bool {
	for !w.known() {
		if w.next() < 0 {
			return w.known()
		}
	}
	return true
}

// outside is when anything but the passing of the old edge could change the walk.
func (w *walk) outside() int64 { return min(w.base, w.enter, w.leave) }

// leaves is when event i falls out; Never for no event.
func (w *walk) leaves(i int) int64 {
	if i < 0 {
		return Never
	}
	switch at := w.tl.At[i]; {
	case len(w.s.ops) == 0 || !w.s.calendar && w.s.rolls == Never:
		return Never
	case !w.s.calendar:
		return at + w.s.rolls
	default:
		return w.s.leaves(w.c, len(w.s.ops), at)
	}
}

// places remembers where in a timeline each type begins and ends, so that what happened once long ago, or never, is
// found without looking at everything since.
type places struct {
	tl          *timeline.Timeline
	n           int
	first, last [maxPlaces]int32 // place + 1; 0: none
}

// maxPlaces is more than the catalogue has types; a type beyond it is searched for everywhere.
const maxPlaces = 64

func (p *places) learn(tl *timeline.Timeline) {
	*p = places{tl: tl, n: len(tl.Type)}
	for i, t := range tl.Type {
		if t >= maxPlaces {
			continue
		}
		p.last[t] = int32(i + 1)
		if p.first[t] == 0 {
			p.first[t] = int32(i + 1)
		}
	}
}

// typeSpan is the newest and the oldest place of a type; the newest is -1 when there is none.
func (c *Ctx) typeSpan(t event.Type) (newest, oldest int) {
	tl, p := c.TL.Timeline, &c.places
	if t >= maxPlaces {
		return len(tl.Type) - 1, 0
	}
	if p.tl != tl || p.n != len(tl.Type) { // timelines grow; they do not change otherwise
		p.learn(tl)
	}
	return int(p.last[t]) - 1, max(int(p.first[t])-1, 0)
}

// span is where a walk over s begins and ends.
func (c *Ctx) span(s *selection) (newest, oldest int) {
	switch {
	case s.spec != nil:
		return c.typeSpan(s.only)
	case s.set == nil:
		return len(c.TL.Type) - 1, 0
	}
	newest = -1
	for t, in := range s.set {
		if !in {
			continue
		}
		if a, b := c.typeSpan(event.Type(t)); a >= 0 {
			if newest < 0 || b < oldest {
				oldest = b
			}
			newest = max(newest, a)
		}
	}
	return newest, oldest
}
