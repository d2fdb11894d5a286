package rule

import "math/bits"

// share is the part of the events that meet test, among those for which it has an answer.
func (s *selection) share(test test, hoists []hoist) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		var w walk
		w.start(c, s)
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
		return v, min(w.outside(), w.turns(b, v, func(j int) (float64, float64) {
			if j == 0 {
				return unknownNum, unknownNum
			}
			return c.parts[j-1], c.parts[j-1]
		}))
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
	t := b.holds(v)
	left, gone := int64(Never), 0 // when those left that have been taken away, and how many they are
	for k := len(splits) - 1; k >= 0; k-- {
		s := &splits[k]
		for word := s.all; word != 0; {
			j := bits.Len64(word) - 1
			at := w.leaves(int(w.t.rows[s.b*blockSize+j]))
			if at != left && left != Never && b.holds(ratio(yes, all)) != t {
				return v, min(w.outside(), left)
			}
			switch {
			case at == Never:
				return v, w.outside()
			case at > c.Now+farAhead && gone >= someAhead:
				return v, min(w.outside(), floorDiv(at, halfDay)*halfDay)
			}
			left, gone = at, gone+1
			word &^= 1 << j
			all--
			yes -= int(s.yes >> j & 1)
		}
	}
	if left != Never && b.holds(ratio(yes, all)) != t {
		return v, min(w.outside(), left)
	}
	return v, w.outside()
}
