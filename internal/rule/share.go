package rule

import "math/bits"

// share is the part of the events that meet test, among those for which it has an answer.
func (s *selection) share(test test, hoists []hoist) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		for _, h := range hoists {
			w.base = min(w.base, h(c))
		}
		if w.whole() {
			return w.shareBlocks(test, b)
		}
		c.parts, c.rows = c.parts[:0], c.rows[:0]
		yes, all, oldest := 0, 0, -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			c.note(i)
			switch test.one(c, i) {
			case True:
				yes++
				all++
			case False:
				all++
			default:
				continue
			}
			if b.op != cmpNone {
				c.parts, c.rows = append(c.parts, float64(yes)/float64(all)), append(c.rows, int32(i))
			}
		}
		if !w.known() {
			return unknownNum, w.outside()
		}
		v := ratio(yes, all)
		if b.op == cmpNone {
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

func ratio(yes, all int) float64 {
	if all == 0 {
		return unknownNum
	}
	return float64(yes) / float64(all)
}

// split is the answers of a condition for the events of one block that pass.
type split struct {
	b        int
	yes, all uint64
}

// shareBlocks is share where blocks can be counted. The oldest events leave first, so what comes is counted from there.
func (w *walk) shareBlocks(test test, b bound) (float64, int64) {
	c := w.c
	splits := c.splits[:0]
	yes, all, oldest := 0, 0, -1
	for w.load() {
		y, n := test.many(c, block{w.t, w.b, c.block(&w.s.kind, w.t, w.b)})
		k := split{w.b, y & w.word, (y | n) & w.word}
		yes, all, oldest = yes+bits.OnesCount64(k.yes), all+bits.OnesCount64(k.all), w.place(bits.Len64(w.word)-1)
		splits = append(splits, k)
	}
	c.splits = splits
	v := ratio(yes, all)
	if b.op == cmpNone {
		return v, min(w.outside(), w.leaves(oldest))
	}
	more := func(k int) (low, high float64) { // k more events, which may all meet the condition or none
		return float64(yes) / float64(all+k), float64(yes+k) / float64(all+k)
	}
	if k := 0; b.token != 0 && all > 0 {
		if k = b.most(b.holds(v), more); k > 0 {
			if next, turned := w.shareTurns(b, v, yes, all, k); !turned {
				c.bear(b, k)
				return v, min(w.outside(), next)
			}
		}
	}
	next, _ := w.shareTurns(b, v, yes, all, 0)
	return v, min(w.outside(), next)
}

// shareTurns is when, as the events of c.splits leave, yes in all of them first compares otherwise than v does, when up to k more
// come. It has turned unless that was not seen so far ahead.
func (w *walk) shareTurns(b bound, v float64, yes, all, k int) (next int64, turned bool) {
	c, t := w.c, b.holds(v)
	turns := func() bool {
		if all == 0 {
			return t != b.holds(unknownNum) || k > 0
		}
		return b.holds(float64(yes)/float64(all+k)) != t || b.holds(float64(yes+k)/float64(all+k)) != t
	}
	left, gone := int64(Never), 0 // when those left that have been taken away, and how many they are
	for n := len(c.splits) - 1; n >= 0; n-- {
		s := &c.splits[n]
		for word := s.all; word != 0; {
			j := bits.Len64(word) - 1
			at := w.leaves(int(w.t.rows[s.b*blockSize+j]))
			if at != left && left != Never && turns() {
				return left, true
			}
			switch {
			case at == Never:
				return Never, false
			case at > c.Now+farAhead && gone >= someAhead:
				return floorDiv(at, halfDay) * halfDay, false
			}
			left, gone = at, gone+1
			word &^= 1 << j
			all--
			yes -= int(s.yes >> j & 1)
		}
	}
	if left != Never && turns() {
		return left, true
	}
	return Never, false
}
