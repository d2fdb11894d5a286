package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// body is how a person's glucose behaves. Values are mmol/L.
type body struct {
	base     float64 // fasting, on a usual day after the first weeks
	meal     float64 // how strongly meals raise it; 1: by slotRise
	noise    float64 // standard deviation of single readings
	learns   float64 // how much lower it gets over the first months
	badWeeks float64 // chance that a week is bad: a cold, a feast, a business trip

	turns  time.Time // since when it gets worse; zero: it does not
	climbs float64   // by how much a day from then on
	tops   float64   // at most by this much

	nightLows, dayLows float64 // a week
}

// slotRise is what a meal slot adds to the fasting value of an ordinary person with diabetes.
var slotRise = map[string]float64{
	"fasting": 0, "after_breakfast_2h": 2.7, "before_lunch": 0.3, "after_lunch_2h": 2.2,
	"before_dinner": 0.4, "after_dinner_2h": 2.4, "bedtime": 1.3, "night": -0.5, "random": 1.2,
}

// reading is a finger-stick value without any low: between 4.1 and 15.9 unless the person is getting worse.
func (l *Life) reading(r *rand.Rand, at time.Time, slot string) float64 {
	p := l.Person
	b := p.body
	day := at.Sub(l.start).Hours() / 24
	v := b.base + slotRise[slot]*b.meal + 0.4*wave(l.seed, p.N, "slow", day, 9)
	if since := at.Sub(p.Joins).Hours() / 24; since >= 0 && b.learns > 0 {
		v += b.learns * math.Exp(-since/35)
	}
	v += l.badWeek(day)
	if l.relapsed(at) {
		v += relapseRise
	}
	if weekend := at.In(p.Zone).Weekday(); (weekend == time.Saturday || weekend == time.Sunday) && slot != "fasting" {
		v += 0.3
	}
	most := 13.5
	if !b.turns.IsZero() && at.After(b.turns) {
		v += math.Min(b.tops, b.climbs*at.Sub(b.turns).Hours()/24)
		most = 21
	}
	v += around(r, 0, b.noise)
	return tenth(clamp(v, 4.1, most))
}

// badWeek lifts a stretch of about a week, never by so much that it is an emergency.
func (l *Life) badWeek(day float64) float64 {
	week := math.Floor(day / 7)
	r := chance(l.seed, l.Person.N, "week", int(week))
	if !happens(r, l.Person.body.badWeeks) {
		return 0
	}
	return between(r, 0.9, 2.2)
}

// low is a value below 3.9. One in six is below 3.0, more among those who inject.
func low(r *rand.Rand, injects bool) float64 {
	deep := 0.12
	if injects {
		deep = 0.22
	}
	if happens(r, deep) {
		return tenth(between(r, 2.3, 2.94))
	}
	return tenth(between(r, 3.1, 3.84))
}
