// Package plan is about which of several plans of the same thing holds: for rules, for the health file and for the phone alike.
package plan

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Places of a plan's extra numbers, as the catalogue has them.
const (
	Weeks  = 2
	Signed = 3
)

const week = 7 * 24 * 3600 * 1_000_000 // microseconds

// Ends is when a plan that began at a moment and is for some weeks is over, microseconds; 0: it holds until further notice.
func Ends(at int64, weeks float64) int64 {
	if !(weeks > 0) {
		return 0
	}
	return at + int64(weeks*week)
}

// Is tells whether event i plans events of a kind; one that names none is of glucose.
func Is(tl *timeline.Timeline, i int, kind event.Type) bool {
	return tl.Type[i] == event.PlanSet && (tl.B[i] == event.Intern(kind.String()) || tl.B[i] == 0 && kind == event.Glucose)
}

// Of is the place of the plan for events of a kind that holds at now: of those that are not over the newest a doctor signed, else the
// newest; -1 when there is none.
func Of(tl *timeline.Timeline, kind event.Type, now int64) int {
	said := -1
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] != event.PlanSet || tl.At[i] > now || tl.Flags[i]&event.Hidden != 0 || !Is(tl, i, kind) {
			continue
		}
		if end := Ends(tl.At[i], tl.XAt(i, Weeks)); end != 0 && end <= now {
			continue
		}
		if tl.XAt(i, Signed) == 1 {
			return i
		}
		if said < 0 {
			said = i
		}
	}
	return said
}
