package rule

import (
	"math"
	"math/bits"
)

// count is how many events pass: total, 0 on no data, unknown only below an at_least.
//
// Compared with a limit it stops at the event that reaches it, and changes when that event falls out.
func (s *selection) count(c *Ctx, b bound) (float64, int64) {
	w := c.walk(s)
	step, bounded := b.step()
	exact := b.op != cmpNone && !bounded // == and !=, which may turn twice
	c.parts, c.rows = c.parts[:0], c.rows[:0]
	n, oldest, turn := int64(0), -1, int64(Never)
	if w.whole() && (!exact || b.n == 0) {
		return w.countBlocks(b)
	}
	for i := w.next(); i >= 0; i = w.next() {
		n, oldest = n+1, i
		c.note(i)
		if exact {
			c.parts, c.rows = append(c.parts, float64(n)), append(c.rows, int32(i))
		}
		if bounded && n == step {
			turn = w.leaves(i)
			if s.monotone && !c.Explain && w.settle() {
				break
			}
		}
	}
	return w.tally(n, oldest, turn, b)
}

// countBlocks is count where blocks can be counted. An equality turns when so many have left that the limit is reached, or passed.
func (w *walk) countBlocks(b bound) (float64, int64) {
	step, bounded := b.step()
	at := int64(-1) // the event, from the newest, whose leaving may turn an equality
	if b.op != cmpNone && !bounded {
		at = int64(max(0, min(b.k, farStep)))
	}
	n, oldest, turn := int64(0), -1, int64(Never)
	for w.load() {
		k := int64(bits.OnesCount64(w.word))
		if bounded && n+k >= step {
			turn = w.leaves(w.place(nth(w.word, int(step-n))))
			return w.tally(step, -1, turn, b)
		}
		if at >= n && at < n+k {
			turn = w.leaves(w.place(nth(w.word, int(at-n)+1)))
		}
		n, oldest = n+k, w.place(bits.Len64(w.word)-1)
	}
	if at >= 0 {
		if b.token != 0 {
			w.c.bear(b, b.ofCount(n, true))
		}
		if float64(n) == b.k {
			turn = w.leaves(oldest)
		}
		return float64(n), min(w.outside(), turn)
	}
	return w.tally(n, oldest, turn, b)
}

// daysBlocks is days where blocks can be counted.
func (w *walk) daysBlocks(b bound) (float64, int64) {
	c := w.c
	step, bounded := b.step()
	n, oldest := int64(0), -1
	today := int32(math.MinInt32)
	for w.load() {
		at := w.b * blockSize
		c.dayOf(w.t, at+bits.Len64(w.word)-1)
		days := w.t.days[at:]
		for word := w.word; word != 0; word &= word - 1 {
			j := bits.TrailingZeros64(word)
			if days[j] == today {
				continue
			}
			today, oldest = days[j], int(w.t.rows[at+j])
			if n++; bounded && n == step {
				return w.tally(n, oldest, w.leaves(oldest), b)
			}
		}
	}
	return w.tally(n, oldest, Never, b)
}

// days is on how many local days events pass. It turns when the last event of a day falls out.
func (s *selection) days(c *Ctx, b bound) (float64, int64) {
	w := c.walk(s)
	step, bounded := b.step()
	exact := b.op != cmpNone && !bounded
	c.parts, c.rows = c.parts[:0], c.rows[:0]
	n, oldest, turn := int64(0), -1, int64(Never)
	if w.whole() && !exact {
		return w.daysBlocks(b)
	}
	var today int64
	for i := w.next(); i >= 0; i = w.next() {
		c.note(i)
		day := w.day(i)
		if n > 0 && day == today {
			continue
		}
		n, oldest, today = n+1, i, day
		if exact {
			c.parts, c.rows = append(c.parts, float64(n)), append(c.rows, int32(i))
		}
		if bounded && n == step {
			turn = w.leaves(i)
			if s.monotone && !c.Explain && w.settle() {
				break
			}
		}
	}
	return w.tally(n, oldest, turn, b)
}

// tally answers for a number that can only fall when something leaves, and only rise when something enters
// (unless the selection is not monotone). turn is when it falls below the bound's step, oldest the event whose
// leaving lowers it.
func (w *walk) tally(n int64, oldest int, turn int64, b bound) (float64, int64) {
	if !w.known() {
		return unknownNum, w.outside()
	}
	if b.token != 0 {
		w.c.bear(b, b.ofCount(n, w.s.lead == len(w.s.ops)))
	}
	step, bounded := b.step()
	switch {
	case b.op == cmpNone:
		return float64(n), min(w.outside(), w.leaves(oldest))
	case !bounded:
		if b.token != 0 && b.n == 0 && float64(n) > b.k {
			b.op = cmpGreater // once it has fallen past the limit, at midnight say, further events could bring it there from below
		}
		next, _ := w.turns(b, float64(n), w.counted)
		return float64(n), min(w.outside(), next)
	case n < step:
		return float64(n), w.outside()
	case w.s.monotone:
		return float64(n), min(w.base, w.leave, turn)
	}
	return float64(n), min(w.outside(), turn)
}

// counted is a number that counts, of the newest j events of c.rows.
func (w *walk) counted(j int) (low, high float64) {
	if j == 0 {
		return 0, 0
	}
	return w.c.parts[j-1], w.c.parts[j-1]
}

// streak is how many local days in a row, up to today or else yesterday, have an event.
func (s *selection) streak(c *Ctx, _ bound) (float64, int64) {
	w := c.walk(s)
	today := c.localDay(c.Now)
	n, last, newest := int64(0), -1, int64(0)
	for i := w.next(); i >= 0; i = w.next() {
		day := w.day(i)
		if n == 0 {
			if day < today-1 {
				break
			}
			newest = day
		} else if day < newest-n {
			break
		}
		c.note(i)
		if day == newest-n {
			n, last = n+1, i
		}
	}
	if !w.settle() {
		return unknownNum, w.outside()
	}
	if n == 0 {
		return 0, w.outside()
	}
	// The run still counts the day after its newest day, and is broken when that day has passed too.
	return float64(n), min(w.outside(), w.leaves(last), c.dayStart(newest+2))
}

// mostPerDay is how many events pass on the local day with most of them.
func (s *selection) mostPerDay(c *Ctx, b bound) (float64, int64) {
	w := c.walk(s)
	c.parts, c.rows = c.parts[:0], c.rows[:0]
	most, n, oldest := 0, 0, -1
	var day int64
	for i := w.next(); i >= 0; i = w.next() {
		c.note(i)
		if d := w.day(i); n == 0 || d != day {
			n, day = 0, d
		}
		n, oldest = n+1, i
		most = max(most, n)
		if b.op != cmpNone {
			c.parts, c.rows = append(c.parts, float64(most)), append(c.rows, int32(i))
		}
	}
	switch {
	case !w.known():
		return unknownNum, w.outside()
	case b.op == cmpNone:
		return float64(most), min(w.outside(), w.leaves(oldest))
	}
	next, _ := w.turns(b, float64(most), w.counted)
	return float64(most), min(w.outside(), next)
}

// resumed is whether an event of the last during came gap or more after the one before it.
//
// While the answer is known, further events leave it: they come less than gap after the newest, until then.
func (s *selection) resumed(c *Ctx, gap, during int64, bits touch) (Truth, int64) {
	w := c.walk(s)
	next := int64(Never)
	i := w.next()
	if firm := i >= 0 && s.plainly() && w.tl.At[i]+gap > c.Now; firm {
		next, c.bears = w.tl.At[i]+gap, min(c.bears, mostBorne) // but a late one may part the two, so it is not endless
	} else {
		c.touchy |= bits
	}
	for i >= 0 && w.tl.At[i] > c.Now-during {
		before := w.next()
		if before < 0 {
			break
		}
		next = min(next, w.leaves(before)) // without it there would be no silence
		if w.tl.At[i]-w.tl.At[before] >= gap {
			c.note(i)
			c.note(before)
			if !w.settle() {
				return Unknown, w.outside()
			}
			return True, min(next, w.outside(), w.leaves(i), w.tl.At[i]+during)
		}
		i = before
	}
	if !w.settle() {
		return Unknown, w.outside()
	}
	return False, min(next, w.outside())
}

// exists is whether any event passes.
func (s *selection) exists(c *Ctx) (Truth, int64) {
	w := c.borrow()
	if i, ok := w.soon(c, s); ok && s.lead == len(s.ops) {
		if i < 0 {
			return False, w.outside()
		}
		if !c.Explain { // else all of them are the reason
			return True, min(w.base, w.leaves(i))
		}
	}
	b := bound{op: cmpGreaterEqual, k: 1}
	n, next := s.count(c, b)
	return b.op.of(n, b.k), next
}

// latest is the newest event that passes, -1 when there is none.
func (s *selection) latest(c *Ctx) (int, int64) {
	w := c.borrow()
	i, ok := w.soon(c, s)
	if !ok {
		w.start(c, s)
		i = w.next()
	}
	if !w.settle() || i < 0 {
		return -1, w.outside()
	}
	c.note(i)
	return i, min(w.outside(), w.leaves(i))
}

// soonEvents is how many events are looked at one by one, where one is enough, before whole blocks are.
const soonEvents = 8

// soon begins a walk over the newest few events and finds the first that passes; not ok when more must be looked at to say.
func (w *walk) soon(c *Ctx, s *selection) (i int, ok bool) {
	if s.walked || s.atLeast || c.TL.Timeline == nil {
		return -1, false
	}
	w.startAs(c, s, false)
	w.budget = soonEvents
	i = w.next()
	if w.budget < 0 {
		return -1, false
	}
	w.budget = math.MaxInt
	return i, true
}

// first is the oldest event that passes, -1 when there is none.
func (s *selection) first(c *Ctx) (int, int64) {
	w := c.walk(s)
	oldest := -1
	for i := w.next(); i >= 0; i = w.next() {
		oldest = i
	}
	if !w.known() || oldest < 0 {
		return -1, w.outside()
	}
	c.note(oldest)
	return oldest, min(w.outside(), w.leaves(oldest))
}

// firstAfter is the oldest event that passes and is later than the moment at, -1 when there is none.
func (s *selection) firstAfter(c *Ctx, at int64) (int, int64) {
	w := c.walk(s)
	first := -1
	for i := w.next(); i >= 0 && w.tl.At[i] > at; i = w.next() {
		first = i
	}
	return first, min(w.outside(), w.leaves(first))
}

// since is how many whole units of time have passed since the newest event that passes, unknown when there is
// none. Units are periods of 24 hours or of one hour, not calendar days.
func (s *selection) since(unit int64) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		i, next := s.latest(c)
		if i < 0 {
			return unknownNum, next
		}
		v, turn := passed(c.Now, c.TL.At[i], unit, b)
		return float64(v), min(next, turn)
	}
}

// passed is how many whole units have passed since a moment, and when that number turns for the bound.
func passed(now, at, unit int64, b bound) (v, turn int64) {
	v = (now - at) / unit
	turn = at + (v+1)*unit
	if step, ok := b.step(); ok {
		turn = Never
		if step > v && step <= maxPeriod/unit {
			turn = at + step*unit
		}
	}
	return v, turn
}
