// Package adherence computes how much of a period a person's dispensed medicine covers: days covered, possession ratios, the nine
// continuous measures of availability, gaps and persistence.
//
// Days are counted like this. A fill of n days on day d covers d and the n - 1 days after it: it is taken from the day it is
// dispensed. Both the first and the last day of a period count, so 1 January to 31 December of a common year are 365 days. Supply that
// reaches beyond the period does not count in what is covered. Results are shares, 0.8 for 80 %.
//
// Dispensed is not taken: these figures say what could have been taken at most. Whom to ask about it is decided elsewhere.
package adherence

import (
	"slices"
	"time"
)

// Day is a civil date, as days since 1970-01-01.
type Day int32

// DayOf is the date of t in t's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// String writes d as 2006-01-02.
func (d Day) String() string { return time.Unix(int64(d)*24*60*60, 0).UTC().Format(time.DateOnly) }

// Fill is one dispensing: Days of supply, above zero, from Day on.
type Fill struct {
	Day  Day
	Days int32
}

// Period is what is looked at. Fills before From are not seen; those from From to before Start are seen only through the supply they
// leave. Days from Start to before End are counted.
type Period struct {
	From, Start, End Day
	Until            Day // where follow-up ends, at End or after it; zero is End. CMA9 alone asks for it.
}

// Over is the period from first to last, both included, with nothing before it.
func Over(first, last Day) Period { return Period{From: first, Start: first, End: last + 1} }

// Length is how many days p counts.
func (p Period) Length() int { return int(p.End - p.Start) }

func (p Period) until() Day { return max(p.Until, p.End) }

// Sort puts fills in order of date; those of one day keep their order.
func Sort(fills []Fill) {
	slices.SortStableFunc(fills, func(a, b Fill) int { return int(a.Day) - int(b.Day) })
}

// within is the part of fills, which are in order, from from to before until.
func within(fills []Fill, from, until Day) []Fill {
	before := func(f Fill, d Day) int { return int(f.Day) - int(d) }
	i, _ := slices.BinarySearchFunc(fills, from, before)
	j, _ := slices.BinarySearchFunc(fills, until, before)
	return fills[i:max(i, j)]
}

// carried walks through fills with early refills carried forward: supply in hand is used up first, and the new one begins the day
// after. visit gets each fill's first day of use and the day after its last.
func carried(fills []Fill, visit func(from, until Day)) {
	var out Day // the first day without supply
	for i, f := range fills {
		from := f.Day
		if i > 0 {
			from = max(from, out)
		}
		out = from + Day(f.Days)
		visit(from, out)
	}
}

// covered counts the days from start to before end that have supply, early refills carried forward.
func covered(fills []Fill, start, end Day) int {
	n := 0
	carried(fills, func(from, until Day) { n += overlap(from, until, start, end) })
	return n
}

func overlap(from, until, start, end Day) int { return int(max(0, min(until, end)-max(from, start))) }

func share(part, whole int) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// PDC is the proportion of days covered: days of the period with supply, divided by its days. A refill before the supply in hand has
// run out is carried forward. fills are those of one medicine, or of one class taken one after another, in order; not ok without a
// fill before the period ends.
//
// The period is the caller's; the measure of the Pharmacy Quality Alliance begins it at the first fill, which is CMA6.
//
// Source: PQA, PDC; Hess 2006, Ann Pharmacother 40:1280.
func PDC(fills []Fill, p Period) (float64, bool) {
	seen := within(fills, p.From, p.End)
	if len(seen) == 0 {
		return 0, false
	}
	return share(covered(seen, p.Start, p.End), p.Length())
}

// PDCNoCarry is PDC without carrying forward: a day is covered when a fill's own days reach it, and days that two fills reach count
// once, so that an early refill is lost. fills are in order; not ok where PDC is not.
//
// Source: Hess 2006, Ann Pharmacother 40:1280.
func PDCNoCarry(fills []Fill, p Period) (float64, bool) {
	seen := within(fills, p.From, p.End)
	if len(seen) == 0 {
		return 0, false
	}
	n := 0
	done := p.Start
	for _, f := range seen {
		until := f.Day + Day(f.Days)
		n += overlap(max(f.Day, done), until, p.Start, p.End)
		done = max(done, until)
	}
	return share(n, p.Length())
}

// DaysOfTherapy is how many days of the period have supply, early refills carried forward; not ok where PDC is not.
func DaysOfTherapy(fills []Fill, p Period) (int, bool) {
	seen := within(fills, p.From, p.End)
	return covered(seen, p.Start, p.End), len(seen) > 0
}

// MPR is the medication possession ratio: days of supply dispensed in the period, whole fills even when they reach beyond it, divided
// by its days, at most 1. fills are in order; not ok where PDC is not.
//
// Source: clinical definition with a fixed period (Hess 2006, Ann Pharmacother 40:1280); CMA1 to CMA4 are the variants from fill to fill.
func MPR(fills []Fill, p Period) (float64, bool) {
	r, ok := MPRUncapped(fills, p)
	return min(1, r), ok
}

// MPRUncapped is MPR as it comes out, above 1 when more was dispensed than the period has days.
func MPRUncapped(fills []Fill, p Period) (float64, bool) {
	if len(within(fills, p.From, p.End)) == 0 {
		return 0, false
	}
	return share(supplied(within(fills, p.Start, p.End)), p.Length())
}

func supplied(fills []Fill) int {
	n := 0
	for _, f := range fills {
		n += int(f.Days)
	}
	return n
}
