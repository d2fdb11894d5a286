package insight

import (
	"math"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

// Limits are a person's own, by meal slot and by name: systolic, diastolic, pain. Those by name are the lowest and highest value still in
// target; NaN: there is no such limit.
type Limits interface {
	Targets
	Limits(key string) (low, high float64, ok bool)
}

// Lately is how the newest values of what a person measures stand against their own limits.
type Lately struct {
	At    int64 // of the newest of them, microseconds; 0: there is none
	Known bool  // at least one has limits to stand against
	In    bool  // Known, and every one that has limits is inside them
	Far   bool  // one is far outside: see Far
}

// A pressure from here on needs care at once, mmHg. Source: 国家基本公共卫生服务规范第三版, hypertension: 180 or 110 and above.
const (
	CrisisSystolic  = 180
	CrisisDiastolic = 110
)

// StandLately looks at the newest value of each kind that is not older than from. Kinds without a value since then say nothing; a value that
// nobody can read as a number is outside.
func StandLately(v timeline.View, kinds []event.Type, limits Limits, from, now int64) Lately {
	l := Lately{In: true}
	for _, kind := range kinds {
		i := Latest(v, kind, now)
		if i < 0 || v.At[i] < from {
			continue
		}
		l.At = max(l.At, v.At[i])
		in, far, known := stand(v, i, limits)
		l.Far = l.Far || far
		if known {
			l.Known, l.In = true, l.In && in
		}
	}
	l.In = l.In && l.Known
	return l
}

func stand(v timeline.View, i int, limits Limits) (in, far, known bool) {
	num := v.Num[i]
	within := func(key string, x float64) (bool, bool) {
		low, high, ok := limits.Limits(key)
		return !ok || !(x < low) && !(x > high), ok
	}
	switch v.Type[i] {
	case event.Glucose:
		f := v.Flags[i]
		switch {
		case f&(event.HI|event.LO) != 0:
			return false, true, true
		case f&event.Implausible != 0 || math.IsNaN(num):
			return false, false, true
		}
		r := limits.ForContext(v.A[i].String())
		far = num < measure.Level2Low || num >= measure.Critical
		return measure.Classify(num, r) == measure.BandTarget, far, true // where the person has no limits the general ones hold
	case event.BloodPressure:
		low := v.XAt(i, 0)
		a, knownA := within("systolic", num)
		b, knownB := within("diastolic", low)
		return a && b, num >= CrisisSystolic || low >= CrisisDiastolic, knownA || knownB
	case event.Pain:
		a, ok := within("pain", num)
		return a, false, ok
	}
	return false, false, false
}

// Reached is when staff last spoke with the person: a task that ended with an outcome other than that nobody answered, or a chat by staff. 0: never.
func Reached(v timeline.View, now int64) int64 {
	unreached, staffs := event.Intern("no_answer"), event.Intern("staff")
	for i := v.Len() - 1; i >= 0; i-- {
		if v.At[i] > now || v.Flags[i]&event.Hidden != 0 {
			continue
		}
		if v.Type[i] == event.TaskDone && v.C[i] != unreached || v.Type[i] == event.Chat && v.A[i] == staffs {
			return v.At[i]
		}
	}
	return 0
}
