// Package insight is about figures: each one is computed here, once, from a timeline and a moment, so that the
// console, the phone and a report cannot disagree. It reads no clock and no store, and says nothing in words.
//
// Every interval is (from, to] in microseconds. A figure that would need more data than there is says so.
package insight

import (
	"iter"
	"sort"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// Targets gives a person's own limits for a meal slot. programme.TargetProfile does.
type Targets interface {
	ForContext(context string) measure.Range
}

// Share is "n of so many". Of 0 means that there is nothing to tell.
type Share struct {
	N, Of int
}

// FewestForMean is how many readings a mean, a comparison or a trend needs; one or two readings are shown as
// readings.
const FewestForMean = 3

// Day is 24 hours in microseconds; local days may be longer or shorter.
const Day = 24 * 3600 * 1_000_000

// span gives the places of the events in (from, to].
func span(v timeline.View, from, to int64) (lo, hi int) {
	lo = sort.Search(v.Len(), func(i int) bool { return v.At[i] > from })
	hi = sort.Search(v.Len(), func(i int) bool { return v.At[i] > to })
	return lo, hi
}

// Readings gives the places of the glucose values that count, oldest first: not hidden, with a number.
func Readings(v timeline.View, from, to int64) iter.Seq[int] {
	return func(yield func(int) bool) {
		lo, hi := span(v, from, to)
		for i := lo; i < hi; i++ {
			if v.Type[i] == event.Glucose && v.Flags[i]&event.NotANumber == 0 && !yield(i) {
				return
			}
		}
	}
}

// Shown gives the places of every glucose event a person would see in a list, oldest first: HI, LO and
// implausible ones too, superseded and retracted ones not.
func Shown(v timeline.View, from, to int64) iter.Seq[int] {
	return func(yield func(int) bool) {
		lo, hi := span(v, from, to)
		for i := lo; i < hi; i++ {
			if v.Type[i] == event.Glucose && v.Flags[i]&event.Hidden == 0 && !yield(i) {
				return
			}
		}
	}
}

// Latest is the place of the newest event of type t at or before to, -1 if there is none.
func Latest(v timeline.View, t event.Type, to int64) int {
	_, hi := span(v, 0, to)
	for i := hi - 1; i >= 0; i-- {
		if v.Type[i] == t && v.Flags[i]&event.Hidden == 0 {
			return i
		}
	}
	return -1
}

// Count is how many readings count.
func Count(v timeline.View, from, to int64) (n int) {
	for range Readings(v, from, to) {
		n++
	}
	return n
}

// Times is how many events of type t stand in (from, to]; glucose as in Count.
func Times(v timeline.View, t event.Type, from, to int64) (n int) {
	if t == event.Glucose {
		return Count(v, from, to)
	}
	lo, hi := span(v, from, to)
	for i := lo; i < hi; i++ {
		if v.Type[i] == t && v.Flags[i]&event.Hidden == 0 {
			n++
		}
	}
	return n
}

// Mean of the readings in one meal slot, or of all with context "". ok is false below FewestForMean.
func Mean(v timeline.View, context string, from, to int64) (mean float64, n int, ok bool) {
	want := event.Intern(context)
	sum := 0.0
	for i := range Readings(v, from, to) {
		if want == 0 || v.A[i] == want {
			sum += v.Num[i]
			n++
		}
	}
	if n < FewestForMean {
		return 0, n, false
	}
	return sum / float64(n), n, true
}

// InTarget is how many of the readings lie in the person's own target of their meal slot; context "" takes all.
func InTarget(v timeline.View, t Targets, context string, from, to int64) (s Share) {
	want := event.Intern(context)
	for i := range Readings(v, from, to) {
		if want != 0 && v.A[i] != want {
			continue
		}
		s.Of++
		if Inside(v, t, i) {
			s.N++
		}
	}
	return s
}

// Inside reports whether the reading at place i, one that counts, lies in the person's own target of its meal slot.
func Inside(v timeline.View, t Targets, i int) bool {
	return measure.Classify(v.Num[i], t.ForContext(v.A[i].String())) == measure.BandTarget
}

// HighOfLast is how many of the newest n readings in a meal slot lie above the person's own limit.
func HighOfLast(v timeline.View, t Targets, context string, n int, to int64) (s Share) {
	want := event.Intern(context)
	r := t.ForContext(context)
	_, hi := span(v, 0, to)
	for i := hi - 1; i >= 0 && s.Of < n; i-- {
		if v.Type[i] != event.Glucose || v.Flags[i]&event.NotANumber != 0 || v.A[i] != want {
			continue
		}
		s.Of++
		if b := measure.Classify(v.Num[i], r); b == measure.BandHigh || b == measure.BandVeryHigh {
			s.N++
		}
	}
	return s
}

// Silent is how many whole days have passed since the newest glucose reading of any kind; ok is false when there
// never was one.
func Silent(v timeline.View, to int64) (days int, ok bool) {
	i := Latest(v, event.Glucose, to)
	if i < 0 {
		return 0, false
	}
	return int((to - v.At[i]) / Day), true
}

// Change compares the mean of one meal slot in the last span with the span before it. ok is false unless both
// have FewestForMean readings.
func Change(v timeline.View, context string, days int, to int64) (before, after float64, ok bool) {
	now := time.UnixMicro(to).In(v.Loc)
	mid, start := now.AddDate(0, 0, -days).UnixMicro(), now.AddDate(0, 0, -2*days).UnixMicro()
	after, _, ok1 := Mean(v, context, mid, to)
	before, _, ok2 := Mean(v, context, start, mid)
	return before, after, ok1 && ok2
}

// Fullest is the meal slot with most readings; fasting wins a draw, then the order of a day. It is "" when no
// reading has a slot.
func Fullest(v timeline.View, from, to int64) string {
	count := map[event.Symbol]int{}
	for i := range Readings(v, from, to) {
		count[v.A[i]]++
	}
	best, most := "", 0
	for _, c := range event.Contexts {
		if c == "random" {
			continue
		}
		if n := count[event.Intern(c)]; n > most {
			best, most = c, n
		}
	}
	return best
}
