package engine

import (
	"maps"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/timeline"
)

// TargetOf are the targets that hold for a person at now. The profile is the one a doctor chose last, else the one said last, else the
// programme's. Each limit is the one a doctor set last, else the profile's; limits nobody signed do not hold. A doctor who chooses
// another profile chooses the limits it sets: those set beside the profile before end with it, those it says nothing of go on. A
// statement by a clock that runs ahead holds from when it was learned, so that time alone never changes a target.
func TargetOf(c *programme.Compiled, tl timeline.View, now int64) programme.TargetProfile {
	return targetFrom(c, tl, tl.Len()-1, now)
}

// targetFrom is TargetOf where nothing was chosen after the place newest.
func targetFrom(c *programme.Compiled, tl timeline.View, newest int, now int64) programme.TargetProfile {
	said, chosen := -1, -1 // the newest choice nobody signed, and the newest a doctor did
	at := -1               // the choice a doctor had made by what comes now
	var set limitsSet
	for i := newest; i >= 0; i-- {
		if tl.Type[i] != event.TargetSet || min(tl.At[i], tl.Recv[i]) > now || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		_, known := c.Targets[tl.A[i].String()]
		switch {
		case tl.XAt(i, targetSigned) != 1:
			if known && said < 0 {
				said = i
			}
			continue
		case known && chosen < 0:
			chosen, at = i, i
		case known && tl.A[i] != tl.A[at]:
			set.end(c.Targets[tl.A[at].String()])
			at = i
		}
		set.take(tl, i)
	}
	key := c.DefaultTarget
	switch {
	case chosen >= 0:
		key = tl.A[chosen].String()
	case said >= 0:
		key = tl.A[said].String()
	}
	return set.on(c.Targets[key])
}

// Places of a target's extra numbers, as the catalogue has them.
const targetSigned = 0

// targetLimit is where a limit lies in an event that sets targets.
type targetLimit struct {
	key  string
	x    int // its place among the extra numbers; -1: the main number
	low  bool
	open bool // in target only below it
}

var targetLimits = [...]targetLimit{
	{key: "hba1c", x: -1},
	{key: "fasting", x: 1, low: true},
	{key: "fasting", x: 2},
	{key: "after_meal_2h", x: 3, open: true},
	{key: "systolic", x: 4, open: true},
	{key: "diastolic", x: 5, open: true},
	{key: "ldl", x: 6, open: true},
	{key: "weight", x: 7},
}

// limitsSet are the limits doctors set, each the newest; 0: nobody did.
type limitsSet struct {
	any   bool
	value [len(targetLimits)]float64
	ended [len(targetLimits)]bool // none set earlier holds
}

// end lets no limit set earlier hold that t, a profile chosen then, sets itself.
func (s *limitsSet) end(t programme.TargetProfile) {
	for k, l := range targetLimits {
		s.ended[k] = s.ended[k] || sets(&t, l)
	}
}

// take takes what event i sets and no later one did.
func (s *limitsSet) take(tl timeline.View, i int) {
	for k := range targetLimits {
		if s.value[k] != 0 || s.ended[k] {
			continue
		}
		v := tl.Num[i]
		if x := targetLimits[k].x; x >= 0 {
			v = tl.XAt(i, x)
		}
		if v > 0 {
			s.any, s.value[k] = true, v
		}
	}
}

// on is a profile with the limits doctors set beside it. The profile's own map is everybody's and is not changed.
func (s *limitsSet) on(t programme.TargetProfile) programme.TargetProfile {
	if !s.any {
		return t
	}
	if t.Ranges = maps.Clone(t.Ranges); t.Ranges == nil {
		t.Ranges = map[string]measure.Range{}
	}
	t.Own = nil
	for k, l := range targetLimits {
		if s.value[k] == 0 {
			continue
		}
		t.Own = append(t.Own, l.key)
		if l.key == "hba1c" {
			t.HbA1c = s.value[k]
			continue
		}
		r := t.Ranges[l.key]
		if l.low {
			r.Low = s.value[k]
		} else {
			r.High, r.Open = s.value[k], l.open
		}
		t.Ranges[l.key] = r
	}
	return t
}

// sets tells whether a profile itself has a limit.
func sets(t *programme.TargetProfile, l targetLimit) bool {
	if l.key == "hba1c" {
		return t.HbA1c != 0
	}
	r := t.Ranges[l.key]
	return l.low && r.Low != 0 || !l.low && r.High != 0
}

// aim lets rules see the targets t.
func aim(c *rule.Ctx, t *programme.TargetProfile) {
	c.Target, c.Own, c.Profile = t.Limits, t.IsOwn, t.Key
}
