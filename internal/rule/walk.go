package rule

import (
	"math"
	"math/bits"
	"sort"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

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
	budget             int   // how many events it looks at
	floor              int64 // no event before it can pass
	base, enter, leave int64
	edge               [maxOps]edge

	// A block at a time, with t.
	t      *track
	b      int    // the block at hand
	word   uint64 // which of its events are still to come
	at     int    // where in t the last one was
	lo, hi int64  // the windows before any last or at_least
	done   bool   // no event of a further block can pass
}

// edge is how far a walk is with one op.
type edge struct {
	lo, hi int64
	n      int
	of     *walk // over the anchor of opFollowed
	due    int   // the next event of it, not yet reached; -1: none
	near   int64 // the first moment of it after the event at hand; Never
}

func (w *walk) start(c *Ctx, s *selection) { w.startAs(c, s, !s.walked) }

// startAs begins a walk over blocks, if it can, or over one event after the other.
func (w *walk) startAs(c *Ctx, s *selection, blocks bool) {
	w.c, w.s, w.tl, w.t = c, s, c.TL.Timeline, nil // field by field: most edges are not used, and to clear them takes longer than a walk
	w.b, w.word, w.done, w.end = -1, 0, false, 0
	w.base, w.enter, w.leave = Never, Never, Never
	w.floor = math.MinInt64
	for _, h := range s.hoists {
		w.base = min(w.base, h(c))
	}
	w.i = -1
	if s.sold && w.tl != nil && c.anyRefund() {
		w.base = min(w.base, c.bought().Next)
	}
	if w.tl != nil {
		if blocks {
			if t := c.track(&s.kind); !t.ahead {
				w.t, w.lo, w.hi = t, math.MinInt64, c.Now
			}
		}
		if w.t == nil {
			w.i, w.end = c.span(s)
		}
		w.budget = math.MaxInt
	}
	waiting := false // an at_least before this op may need events older than the window
	counted := false // a last or at_least before this op counts newer events too
	for k := range s.ops {
		o, e := &s.ops[k], &w.edge[k]
		e.n = 0
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
		if k < s.lead {
			w.lo, w.hi = max(w.lo, e.lo), min(w.hi, e.hi)
		}
	}
	if w.t != nil && w.hi < c.Now {
		w.entrant()
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

// load goes on to the next block that has events which pass all ops before a last or at_least, and tells whether there is one.
func (w *walk) load() bool {
	for !w.done {
		w.b++
		rows := w.c.block(&w.s.kind, w.t, w.b)
		n := len(rows)
		if n < blockSize {
			w.done = true
			if n == 0 {
				break
			}
		}
		at, word := w.tl.At, firstBits(n)
		floor := max(w.lo, w.floor)
		if at[rows[n-1]] < floor {
			w.done = true
			word = firstBits(sort.Search(n, func(j int) bool { return at[rows[j]] < floor }))
		}
		if hi := w.hi; at[rows[0]] > hi {
			word &^= firstBits(sort.Search(n, func(j int) bool { return at[rows[j]] <= hi }))
		}
		if word = w.meets(rows, word); word != 0 {
			w.word = word
			return true
		}
	}
	w.b = len(w.t.rows)
	w.word = 0
	return false
}

// meets is which of the events in word of the block at hand meet the conditions before any last or at_least.
func (w *walk) meets(rows []int32, word uint64) uint64 {
	s := w.s
	if s.hide&notANumber != 0 && word != 0 {
		word &= w.c.plainOf(w.t, w.b)
	}
	if s.sold && word != 0 && w.c.anyRefund() {
		for j, i := range rows {
			if w.c.returned(int(i)) {
				word &^= 1 << j
			}
		}
	}
	for k := 0; k < s.lead && word != 0; k++ {
		if o := &s.ops[k]; o.kind == opWhere {
			yes, _ := o.test.many(w.c, block{w.t, w.b, rows})
			word &= yes
		}
	}
	return word
}

// entrant expects the first event that will come into the windows: the oldest of those that are too new for them.
func (w *walk) entrant() {
	c, at, hi := w.c, w.tl.At, w.hi
	b := 0
	for rows := c.block(&w.s.kind, w.t, b); len(rows) == blockSize && at[rows[blockSize-1]] > hi; rows = c.block(&w.s.kind, w.t, b) {
		b++
	}
	for ; b >= 0; b-- {
		rows := c.block(&w.s.kind, w.t, b)
		w.b = b
		word := w.meets(rows, firstBits(sort.Search(len(rows), func(j int) bool { return at[rows[j]] <= hi })))
		if word != 0 {
			i := int(rows[bits.Len64(word)-1])
			w.expect(i, 0, at[i])
			break
		}
	}
	w.b = -1
}

// whole tells whether nothing but conditions and windows decides what passes, so that blocks can be counted.
func (w *walk) whole() bool { return w.t != nil && w.s.lead == len(w.s.ops) && !w.c.Explain }

// place is where event j of the block at hand is in the timeline.
func (w *walk) place(j int) int { return int(w.t.rows[w.b*blockSize+j]) }

// day is the local day of event i, which next returned last.
func (w *walk) day(i int) int64 {
	if w.t == nil {
		return w.c.localDay(w.tl.At[i])
	}
	return int64(w.c.dayOf(w.t, w.at))
}

// blockwise is next over blocks.
func (w *walk) blockwise() int {
	s := w.s
scan:
	for w.word != 0 || w.load() {
		j := bits.TrailingZeros64(w.word)
		w.word &= w.word - 1
		w.at = w.b*blockSize + j
		i := int(w.t.rows[w.at])
		for k := s.lead; k < len(s.ops); k++ {
			switch w.pass(k, i, w.tl.At[i]) {
			case passes:
			case fails:
				continue scan
			case ends:
				break scan
			}
		}
		return i
	}
	w.word, w.done = 0, true
	return -1
}

// next is the place of the next older event that passes, -1 when there is none.
func (w *walk) next() int {
	if w.t != nil {
		return w.blockwise()
	}
	tl, s := w.tl, w.s
scan:
	for w.i >= 0 {
		i := w.skip(w.i)
		w.i = i - 1
		if i < 0 {
			break
		}
		if s.kind.one {
			w.i = w.c.olderOf(s.only, i)
		}
		if w.budget--; w.budget < 0 {
			w.i = -1
			return -1
		}
		at := tl.At[i]
		if at < w.floor {
			break
		}
		if tl.Flags[i]&s.hide != 0 || s.sold && w.c.returned(i) {
			continue
		}
		if at > w.c.Now {
			w.expect(i, 0, at)
			continue
		}
		for k := range s.ops {
			switch w.pass(k, i, at) {
			case passes:
			case fails:
				continue scan
			case ends:
				break scan
			}
		}
		return i
	}
	w.i = -1
	return -1
}

// passage is what an op does with an event.
type passage uint8

const (
	passes passage = iota
	fails
	ends // nor does any older one pass
)

// pass asks op k whether it lets event i through, which is of the moment at.
func (w *walk) pass(k, i int, at int64) passage {
	s := w.s
	o, e := &s.ops[k], &w.edge[k]
	switch o.kind {
	case opWhere:
		if o.test.one(w.c, i) != True {
			return fails
		}
	case opLast:
		if e.n == o.n {
			return fails
		}
		if e.n++; e.n == o.n && w.knownBefore(k) { // what is older comes too late for this op
			w.i, w.word, w.done = -1, 0, true
		}
	case opAtLeast:
		if e.n++; e.n == o.n {
			w.leave = min(w.leave, s.leaves(w.c, k, at))
		}
	case opFollowed:
		followed := w.follow(k, at)
		if o.never && !followed && w.c.Now < at+o.from {
			w.expect(i, k, at)
			return fails
		}
		if followed == o.never {
			return fails
		}
	default:
		if at > e.hi {
			if o.anchor == nil { // else time alone does not bring it in
				w.expect(i, k, at)
			}
			return fails
		}
		if at < e.lo {
			if w.knownBefore(k) {
				return ends
			}
			return fails
		}
	}
	return passes
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
		if o.kind == opWhere && o.test.one(w.c, i) != True {
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

// span is where a walk over s begins and ends.
func (c *Ctx) span(s *selection) (newest, oldest int) {
	switch {
	case s.spec != nil:
		return c.newestOf(s.only), 0
	case s.set == nil:
		return len(c.TL.Type) - 1, 0
	}
	newest = -1
	for t, in := range s.set {
		if in {
			newest = max(newest, c.newestOf(event.Type(t)))
		}
	}
	return newest, 0
}
