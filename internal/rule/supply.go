package rule

import (
	"slices"

	"peiban/internal/adherence"
	"peiban/internal/event"
	"peiban/internal/measure"
)

// Figures of medicine: what was dispensed, day by day of the person's calendar. They change at local midnight only, and mostly not
// even then, so the days to come are gone through to find when the answer turns.

// daysAhead is how many midnights are looked at; after them the rule is asked again.
const daysAhead = 31

// fills is the room to work in.
type fills struct {
	all     []supply
	drugs   [][]adherence.Fill
	flat    []adherence.Fill
	union   []adherence.Fill
	courses []measure.Course
}

type supply struct {
	class event.Symbol
	fill  adherence.Fill
	open  bool // nobody knows for how many days it was
}

// mostFilled is the longest a fill can last, as the catalogue of events has it. A fill of unknown length lasts from one day to so many.
var mostFilled = int32(event.Fill.Spec().Field("days").Max)

// daily is a number that depends on the local day only; not ok where it is unknown.
type daily func(c *Ctx, day int64) (float64, bool)

// dispensed makes a number of the fills of s; days reads their days of supply. A fill of unknown length is neither none nor left out:
// every figure here only grows or only shrinks with a fill's days, so one that is the same for the shortest and for the longest the
// fill can be is known, and any other is not. Orders are of anything: one without days is no supply.
func (s *selection) dispensed(days predNum, of daily) numFn {
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		f := &c.fills
		f.all = f.all[:0]
		oldest, open := -1, false
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			n := days(c, i)
			nobody := w.tl.Type[i] == event.Fill && n != n
			if nobody {
				n, open = 1, true
			}
			if n != n || n < 1 {
				continue
			}
			c.note(i)
			class := w.tl.A[i]
			if w.tl.Type[i] == event.Order {
				class = w.tl.B[i]
			}
			f.all = append(f.all, supply{class, adherence.Fill{Day: adherence.Day(c.localDay(w.tl.At[i])), Days: int32(n)}, nobody})
		}
		if !w.known() {
			return unknownNum, w.outside()
		}
		if len(f.all) == 0 {
			return unknownNum, w.outside()
		}
		f.arrange()
		of := of
		if open {
			of = whicheverLong(of)
			c.longest.longest(f)
		}
		return c.ahead(of, b, min(w.outside(), w.leaves(oldest)))
	}
}

// whicheverLong is of where it does not matter how long the fills of unknown length last.
func whicheverLong(of daily) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		short, ok := of(c, day)
		c.fills, c.longest = c.longest, c.fills
		long, also := of(c, day)
		c.fills, c.longest = c.longest, c.fills
		return short, ok && also && short == long
	}
}

// longest takes over the fills of other, which are arranged, those of unknown length as long as they can be.
func (f *fills) longest(other *fills) {
	f.all = append(f.all[:0], other.all...)
	for i := range f.all {
		if f.all[i].open {
			f.all[i].fill.Days = mostFilled
		}
	}
	slices.Reverse(f.all)
	f.arrange()
}

// arrange sorts the fills by medicine and by day.
func (f *fills) arrange() {
	slices.Reverse(f.all) // the walk went backwards
	slices.SortStableFunc(f.all, func(a, b supply) int {
		if a.class != b.class {
			return int(a.class) - int(b.class)
		}
		return int(a.fill.Day) - int(b.fill.Day)
	})
	f.flat, f.drugs = f.flat[:0], f.drugs[:0]
	for i := range f.all {
		f.flat = append(f.flat, f.all[i].fill)
	}
	from := 0
	for i := range f.all {
		if i+1 == len(f.all) || f.all[i+1].class != f.all[i].class {
			f.drugs = append(f.drugs, f.flat[from:i+1:i+1])
			from = i + 1
		}
	}
	f.union = adherence.Union(f.drugs)
}

// first is the day of the first fill.
func (f *fills) first() adherence.Day { return f.union[0].Day }

// twice tells whether there are fills of two different days.
func (f *fills) twice() bool {
	for i := range f.flat {
		if f.flat[i].Day != f.flat[0].Day {
			return true
		}
	}
	return false
}

// period is the n days up to day, begun with the first fill when that is later.
func (f *fills) period(day int64, n int) adherence.Period {
	end := adherence.Day(day) + 1
	return adherence.Period{From: f.first(), Start: max(f.first(), end-adherence.Day(n)), End: end}
}

// ahead answers with of for today, and says when it changes before the moment next.
func (c *Ctx) ahead(of daily, b bound, next int64) (float64, int64) {
	value := func(day int64) float64 {
		if v, ok := of(c, day); ok {
			return v
		}
		return unknownNum
	}
	today := c.localDay(c.Now)
	v := value(today)
	for n := int64(1); n <= daysAhead; n++ {
		x := value(today + n)
		if b.op == cmpNone && x != v && (x == x || v == v) || b.op != cmpNone && b.holds(x) != b.holds(v) {
			return v, min(next, c.dayStart(today+n))
		}
	}
	return v, min(next, c.dayStart(today+daysAhead+1))
}

// Adherence. Two fills on different days are asked for before a proportion is given. Source: PQA, proportion of days covered.

func pdc(days int) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		if !c.fills.twice() {
			return 0, false
		}
		return adherence.PDC(c.fills.union, c.fills.period(day, days))
	}
}

func mpr(days int) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		f := &c.fills
		if !f.twice() {
			return 0, false
		}
		p := f.period(day, days)
		supplied := 0
		for _, x := range f.flat {
			if x.Day >= p.Start && x.Day < p.End {
				supplied += int(x.Days)
			}
		}
		return min(1, float64(supplied)/float64(p.Length())), true
	}
}

func therapyDays(days int) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		n, ok := adherence.DaysOfTherapy(c.fills.union, c.fills.period(day, days))
		return float64(n), ok
	}
}

func longestGap(days int) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		f := &c.fills
		p := f.period(day, days)
		longest, ok := adherence.GapAtEnd(f.union, p)
		for _, g := range adherence.Gaps(f.union, p) {
			longest = max(longest, g.Days())
		}
		return float64(longest), ok
	}
}

// allDays is longer than any person's time with a medicine.
const allDays = 1 << 20

func gapDays(c *Ctx, day int64) (float64, bool) {
	n, ok := adherence.GapAtEnd(c.fills.union, c.fills.period(day, allDays))
	return float64(n), ok
}

// supplyLeft is how many days from day on, itself included, have supply.
func supplyLeft(c *Ctx, day int64) (float64, bool) {
	last := c.fills.union[len(c.fills.union)-1]
	return float64(max(0, last.Day+adherence.Day(last.Days)-adherence.Day(day))), true
}

func persistence(permissible int) daily {
	return func(c *Ctx, day int64) (float64, bool) {
		r, ok := adherence.Persists(c.fills.union, c.fills.period(day, allDays), permissible)
		return float64(r.Days()), ok
	}
}

// prednisolone is the largest amount within any days days in a row, in mg of prednisolone, of the courses of s; dose and length read
// them. Days to come are not counted.
func (s *selection) prednisolone(days int, length predNum) numFn {
	most := func(c *Ctx, day int64) (float64, bool) {
		return measure.MostWithin(c.fills.courses, int64(days), day), true
	}
	return func(c *Ctx, b bound) (float64, int64) {
		w := c.walk(s)
		f := &c.fills
		f.courses = f.courses[:0]
		oldest := -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			mg, ok := measure.Prednisolone(w.tl.A[i].String(), w.tl.Num[i])
			if n := length(c, i); ok && mg == mg && n >= 1 {
				c.note(i)
				f.courses = append(f.courses, measure.Course{From: c.localDay(w.tl.At[i]), Days: int64(n), Daily: mg})
			}
		}
		if !w.known() {
			return unknownNum, w.outside()
		}
		if len(f.courses) == 0 {
			return 0, w.outside()
		}
		return c.ahead(most, b, min(w.outside(), w.leaves(oldest)))
	}
}
