package suspicion

import (
	"slices"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Covers reports whether what was found puts the reading at a place of the timeline in doubt: it is among the evidence, or more of
// the same. A run of equal values goes on, a crowded day has a thirteenth and a fourteenth, a shared meter reads on.
func Covers(v timeline.View, p *Past, i int) bool {
	if v.Type[i] == event.DataSuspect || v.Type[i] == event.Points {
		return false
	}
	if slices.Contains(p.Evidence, v.Seq[i]) {
		return true
	}
	switch p.Reason {
	case SharedDevice:
		return v.C[i] == p.Device && p.Device != 0 && Reads(v.Type[i]) && v.At[i] >= p.Since && !isCleared(v, p, i)
	case TooMany:
		name, until := dayOf(p.Since, v.Loc)
		return v.At[i] >= p.Since && v.At[i] < until && event.Ref(v.Type[i].String()+" "+name) == p.Ref && !isCleared(v, p, i)
	case Repeated:
		return event.Ref(v.Type[i].String()) == p.Ref && goesOn(v, p, i) && !isCleared(v, p, i)
	}
	return false
}

// isCleared reports whether the reading came after somebody had cleared what was found.
func isCleared(v timeline.View, p *Past, i int) bool { return p.Cleared != 0 && v.Recv[i] > p.Cleared }

// goesOn reports whether reading i belongs to the run of equal values that p found.
func goesOn(v timeline.View, p *Past, i int) bool {
	if v.At[i] < p.Since {
		return false
	}
	value := -1
	for k := range v.At {
		if v.At[k] < p.Since || v.Type[k] != v.Type[i] || v.Flags[k]&event.NotANumber != 0 {
			continue
		}
		if value < 0 {
			value = k
		}
		if !sameValue(v.Timeline, k, v.Timeline, value) {
			return false
		}
		if k == i {
			return true
		}
	}
	return false
}
