package insight

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// recorded are the types of events a plan can ask for: what somebody does or measures themselves.
var recorded = func() map[event.Type]bool {
	out := map[event.Type]bool{}
	for _, key := range event.PlanKinds {
		out[event.Lookup(key).Type] = true
	}
	return out
}()

// RecordDays is on how many local days of (from, to] somebody recorded anything a plan can ask for. It is defined for everybody, who recorded
// nothing has 0, so groups can be compared by it without comparing only those who went on.
func RecordDays(v timeline.View, from, to int64) (n int) {
	lo, hi := span(v, from, to)
	var ends int64
	for i := lo; i < hi; i++ {
		if recorded[v.Type[i]] && v.Flags[i]&event.Hidden == 0 && v.At[i] >= ends {
			n++
			ends = EndOfDay(v.At[i], v.Loc)
		}
	}
	return n
}
