package rule

import "math"

// change is the mean of the values of the last d less the mean of those of the d before it; unknown unless each has at least need
// values. Values leave the first window for the second and the second for good, so when it turns can be seen ahead.
func (s *selection) change(d int64, need int, f figure) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		if w.t != nil && !s.atLeast {
			w.lo = max(w.lo, c.Now-2*d+1)
			w.gather()
		} else {
			c.values, c.times, c.rows = c.values[:0], c.times[:0], c.rows[:0]
			for i := w.next(); i >= 0 && w.tl.At[i] > c.Now-2*d; i = w.next() {
				if v := s.number(c, i); v == v {
					c.note(i)
					c.values, c.times, c.rows = append(c.values, v), append(c.times, w.tl.At[i]), append(c.rows, int32(i))
				}
			}
		}
		if !w.settle() {
			return unknownNum, w.outside()
		}
		c.parts = c.parts[:0]
		total, size := 0.0, 0.0
		for _, v := range c.values {
			total, size = total+v, size+math.Abs(v)
			c.parts = append(c.parts, total)
		}
		c.size = size
		newer := c.within(c.Now-d, len(c.values))
		v := c.changed(newer, len(c.values), need)
		if f.bears && b.token != 0 && d > farAhead {
			// What comes now may pass into the older window too, but not before d.
			if k, next := w.changeBears(f.reach, b, v, d, newer, need); k > 0 {
				c.bear(b, k)
				return v, min(w.outside(), next, c.Now+d)
			}
		}
		next, _ := w.changes(b, v, d, newer, need, reach{}, 0)
		return v, min(w.outside(), next)
	}
}

// changeBears is how many further events a change of v bears, and until when; 0 where that would make the rule look again sooner.
func (w *walk) changeBears(r reach, b bound, v float64, d int64, newer, need int) (k int, next int64) {
	c, n := w.c, len(w.c.values)
	if v != v {
		return 0, 0
	}
	first, second := mean(c.values[:newer]), mean(c.values[newer:])
	k = b.most(b.holds(v), func(k int) (low, high float64) {
		low, high = r.with(first, newer, k)
		l, h := r.with(second, n-newer, k)
		return low - h, high - l
	})
	if k == 0 {
		return 0, 0
	}
	next, turned := w.changes(b, v, d, newer, need, r, k)
	if turned {
		k = 0
	}
	return k, next
}

// within is how many of the newest n values are later than the moment from.
func (c *Ctx) within(from int64, n int) int {
	k := 0
	for k < n && c.times[k] > from {
		k++
	}
	return k
}

// changed is the mean of the newest a values less that of those after them up to the b-th.
func (c *Ctx) changed(a, b, need int) float64 {
	if a < need || b-a < need {
		return unknownNum
	}
	return mean(c.values[:a]) - mean(c.values[a:b])
}

// changes is when a change of v first compares otherwise: with every value that passes from the first window to the second, and
// every one that passes out of the second or out of the windows of the selection.
// Up to k more values, each within r, may come to either. It has turned unless that was not seen so far ahead.
func (w *walk) changes(b bound, v float64, d int64, newer, need int, r reach, k int) (next int64, turned bool) {
	c, t := w.c, b.holds(v)
	n := len(c.values)
	older := n // the values before it are in a window
	for steps := 0; older > 0; {
		out := min(c.times[older-1]+2*d, w.leaves(int(c.rows[older-1])))
		at := out
		if newer > 0 {
			at = min(at, c.times[newer-1]+d)
		}
		if b.op == cmpNone {
			return at, true
		}
		if steps++; at > c.Now+farAhead && steps > someAhead {
			return floorDiv(at, halfDay) * halfDay, false
		}
		for older > 0 && min(c.times[older-1]+2*d, w.leaves(int(c.rows[older-1]))) <= at {
			older--
		}
		for newer > 0 && (newer > older || c.times[newer-1]+d <= at) {
			newer--
		}
		low, high := unknownNum, unknownNum
		if newer >= need && older-newer >= need {
			sum := c.parts[newer-1]
			first, second := sum/float64(newer), (c.parts[older-1]-sum)/float64(older-newer)
			low, high = first-second, first-second
			if k > 0 {
				a, z := r.with(first, newer, k)
				l, h := r.with(second, older-newer, k)
				low, high = a-h, z-l
			}
			e := 1e-9 * c.size // far more than rounding can do
			low, high = low-e, high+e
		}
		if b.holds(low) != t || b.holds(high) != t || low == low && (b.op == cmpEqual || b.op == cmpNotEqual) {
			return at, true
		}
	}
	return Never, false
}

// jump is the newest value less the mean of those of the d before it; unknown below need of them.
func (s *selection) jump(d int64, need int) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		w := c.walk(s)
		newest, total, n, last := -1, 0.0, 0, -1
		for i := w.next(); i >= 0; i = w.next() {
			v := s.number(c, i)
			if v != v {
				continue
			}
			if newest < 0 {
				newest, last = i, i
				continue
			}
			if w.tl.At[i] <= w.tl.At[newest]-d {
				break
			}
			c.note(i)
			total, n, last = total+v, n+1, i
		}
		if !w.settle() || newest < 0 {
			return unknownNum, w.outside()
		}
		c.note(newest)
		next := min(w.outside(), w.leaves(last))
		if n < need {
			return unknownNum, next
		}
		return s.number(c, newest) - total/float64(n), next
	}
}

// dayMean is the mean of the means of the local days, so that a day of many readings counts like any other; unknown below need days.
//
// Source: Parati 2010, J Hum Hypertens 24:779, on blood pressure at home: readings of at least three days are averaged.
func (s *selection) dayMean(need int) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		c.parts, c.rows = c.parts[:0], c.rows[:0]
		done, days := 0.0, 0 // the means of the days gone through, and how many they are with the one at hand
		total, n, day := 0.0, 0, int64(0)
		v := unknownNum
		oldest := -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			x := s.number(c, i)
			if x != x {
				continue
			}
			c.note(i)
			if d := c.localDay(w.tl.At[i]); days == 0 || d != day {
				if days > 0 {
					done += total / float64(n)
				}
				days, day, total, n = days+1, d, 0, 0
			}
			total, n = total+x, n+1
			if v = unknownNum; days >= need {
				v = (done + total/float64(n)) / float64(days)
			}
			c.parts, c.rows = append(c.parts, v), append(c.rows, int32(i))
		}
		switch {
		case !w.known():
			return unknownNum, w.outside()
		case b.op == cmpNone:
			return v, min(w.outside(), w.leaves(oldest))
		}
		next, _ := w.turns(b, v, func(j int) (float64, float64) {
			if j == 0 {
				return unknownNum, unknownNum
			}
			return c.parts[j-1], c.parts[j-1]
		})
		return v, min(w.outside(), next)
	}
}

// absent tells whether no event has passed for d, counted from the newest of s, or from the newest of since (which may be nil)
// when that is later; unknown when there has been neither.
func (s *selection) absent(d int64, since *selection) boolFn {
	return func(c *Ctx) (Truth, int64) {
		i, next := s.latest(c)
		if since != nil {
			j, other := since.latest(c)
			i, next = max(i, j), min(next, other)
		}
		if i < 0 {
			return Unknown, next
		}
		until := c.TL.At[i] + d
		if c.Now >= until {
			return True, next
		}
		return False, min(next, until)
	}
}
