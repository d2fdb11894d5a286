package api

import (
	"math"
	"strings"

	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/medicine"
)

// doseUnits are the units of doses as they are printed; a unit that is not here is printed as it is.
var doseUnits = map[string]Text{
	"ug": text("μg", "μg"), "tablet": text("片（粒）", "tablets"), "dose": text("剂", "doses"), "U": text("单位", "units"),
}

// doseWords is 每次 0.5 g，一天 2 次: how a medicine is taken, in the one wording of every page. What was not said is NaN and left out;
// daily says that the dose is of the whole day.
func doseWords(dose float64, unit string, perDay float64, daily bool) Text {
	one, often := Text{}, oftenWords(perDay)
	if !math.IsNaN(dose) {
		u, ok := doseUnits[unit]
		if !ok {
			u = Text{Zh: unit, En: unit}
		}
		n := typed(dose)
		if n == "1" {
			u.En = strings.TrimSuffix(u.En, "s")
		}
		switch {
		case daily:
			one, often = joined(text("一天共 "+n, n), u, text("", "a day in all")), Text{}
		default:
			one = joined(text("每次 "+n, n), u)
		}
	}
	switch {
	case often == Text{}:
		return one
	case one == Text{}:
		return often
	}
	return Text{Zh: one.Zh + "，" + often.Zh, En: one.En + ", " + often.En}
}

// oftenWords is 一天 2 次, 一周 2 次 or 每 3 天 1 次: the way that says so many times a day in whole numbers, when one does. Numbers of
// times a day are typed with two or three decimals, so 0.29 is twice a week.
func oftenWords(perDay float64) Text {
	if math.IsNaN(perDay) || perDay <= 0 {
		return Text{}
	}
	const day, week, month = 1, 7, 30
	times := func(zh, en string, x float64) Text {
		n := number(math.Round(x*10)/10, -1)
		if n == "1" {
			return text(zh+" 1 次", "once "+en)
		}
		return text(zh+" "+n+" 次", n+" times "+en)
	}
	whole := func(x float64) bool { return math.Abs(x-math.Round(x)) < 0.05 && math.Round(x) >= 1 }
	switch {
	case perDay >= day:
		return times("一天", "a day", perDay)
	case whole(perDay * week):
		return times("一周", "a week", math.Round(perDay*week))
	case whole(1 / perDay):
		n := number(math.Round(1/perDay), 0)
		return text("每 "+n+" 天 1 次", "once every "+n+" days")
	case perDay*week >= 1:
		return times("一周", "a week", perDay*week)
	}
	return times("一月", "a month", perDay*month)
}

// howOf is how a course is taken, without the words of who said it.
func (h *shaper) howOf(t *healthfile.Taking, c *healthfile.Course) Text {
	unit := ""
	if m, ok := medicine.Of(t.Key); ok {
		unit = m.Unit
	} else if c.Entry.Event.Type == event.Medication && !h.c.masked() {
		unit = c.Entry.Text("doseUnit")
	}
	return doseWords(c.Dose, unit, c.PerDay, c.Daily)
}
