package engine

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Hand is what people decided about somebody and a segment.
type Hand struct {
	Holds bool // it beats the rule now
	In    bool
	At    int64 // when it was decided
	Until int64 // 0: until further notice
	Place int   // of the event in the timeline; -1: nobody decided anything
	Next  int64 // when it could change by itself; Never
}

var (
	handIn  = event.Intern("in")
	handOut = event.Intern("out")
)

// HandOf finds what was decided last about a segment. A decision whose end has come no longer holds, and the rule says
// again; the one before it does not come back.
func HandOf(tl timeline.View, segment string, now int64) Hand {
	if tl.Timeline == nil {
		return Hand{Place: -1, Next: Never}
	}
	return handFrom(tl, tl.Len()-1, segment, now)
}

// handFrom is HandOf where nothing was decided after the place newest.
func handFrom(tl timeline.View, newest int, segment string, now int64) Hand {
	h := Hand{Place: -1, Next: Never}
	if newest < 0 {
		return h
	}
	key := event.Intern(segment)
	for i := newest; i >= 0; i-- {
		if tl.Type[i] != event.SegmentSet || tl.A[i] != key || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		if at := min(tl.At[i], tl.Recv[i]); at > now { // of a clock that runs ahead
			h.Next = min(h.Next, at)
			continue
		}
		h.Place, h.At, h.In = i, tl.At[i], tl.B[i] == handIn
		if until := tl.XAt(i, 0); until > 0 { // NaN: not given
			h.Until = int64(until)
		}
		if tl.B[i] != handIn && tl.B[i] != handOut || h.Until != 0 && now >= h.Until {
			return h
		}
		h.Holds = true
		if h.Until != 0 {
			h.Next = min(h.Next, h.Until)
		}
		return h
	}
	return h
}
