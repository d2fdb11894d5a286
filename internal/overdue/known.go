package overdue

import (
	"math"

	"peiban/internal/calendar"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/timeline"
)

const never = math.MaxInt64

// refillDays is after how many days a medicine that ran out is no refill any more; calendar.DueOf.
const refillDays = 90

// Known is everything that is told of one person, and for how long it may be told again.
type Known struct {
	Late     []Late    // as Now has it
	Episodes []Episode // as Episodes has them, of all time
	Gone     bool
	Until    int64 // the first moment at which any of it may be otherwise though nothing new is known of them
}

// Skims are the columns by which Read knows those of whom nothing but readings is expected, and all that it reads of them.
const Skims = timeline.Flags

// Expects reports whether anything but readings was ever expected of somebody, or a search for them kept: by a plan, by a device that is
// checked, by a medicine that runs out. Of nobody else Read needs more than Skims.
func Expects(types []event.Type) bool {
	for _, t := range types {
		switch t {
		case event.CarePlan, event.Device, event.Fill, event.OverdueTry:
			return true
		}
	}
	return false
}

// Read is what Now, Episodes and Gone say of somebody at a moment.
func Read(v timeline.View, now int64) Known {
	if !Expects(v.Type) {
		return readingsOf(v, now)
	}
	return everything(v, now)
}

func everything(v timeline.View, now int64) Known {
	due := calendar.DueOf(v, now)
	k := Known{Late: late(v, now, due), Gone: Gone(v, now)}
	k.Episodes, k.Until = episodes(v, math.MinInt64, now)
	until := func(at int64) {
		if at > now {
			k.Until = min(k.Until, at)
		}
	}
	for i := range due {
		until(began(&due[i], v.Loc))
		until(due[i].At + refillDays*day + 1)
	}
	if last := lastReading(v, now); last != 0 {
		until(last + SilentDays*day)
	}
	var plans []event.Event
	for i, t := range v.Type {
		until(v.At[i])
		if t == event.CarePlan {
			plans = append(plans, v.Event(i))
		}
	}
	if len(plans) > 0 { // a plan for some days is over at a moment of its own
		for _, e := range healthfile.Fold(plans, now).Of(event.CarePlan) {
			if days := e.Number("days"); days > 0 {
				until(e.Event.Occurred + int64(days*healthfile.Day))
			}
		}
	}
	return k
}

// readingsOf is Read of somebody of whom only readings are expected.
func readingsOf(v timeline.View, now int64) Known {
	k := Known{Episodes: silences(v, math.MinInt64, now), Until: never}
	if last := lastReading(v, now); last != 0 {
		at := last + SilentDays*day
		if at > now {
			k.Until = at
		} else {
			k.Late = []Late{{Episode: Episode{Kind: Readings, Due: at, Began: at}}}
		}
	}
	for _, at := range v.At {
		if at > now {
			k.Until = min(k.Until, at)
		}
	}
	return k
}

// Since are the episodes that began at a moment or later.
func (k *Known) Since(from int64) []Episode {
	for i := range k.Episodes { // by when they began
		if k.Episodes[i].Began >= from {
			return k.Episodes[i:]
		}
	}
	return nil
}
