package healthfile

import (
	"math"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Done is a plan set against what was done.
type Done struct {
	Entry         *Entry  // what holds
	From, To      int64   // the span that is compared, (From, To]
	Planned, Done float64 // in Unit; Planned NaN: the plan says no amount
	Unit          string  // "" for times; min, g
	NextDue       int64   // of what recurs; 0: it does not
	Overdue       bool
	Over          bool // it held for some days, which are over, or was ended
}

// lookBack is how far plan and done are compared: four weeks, so that weekly rhythms count evenly.
const lookBack = 28 * Day

// Compare sets the plan of a group against the timeline. Not ok when none of the group stands.
func (f *File) Compare(g Group, v timeline.View) (Done, bool) {
	e := Holding(g.Entries)
	if e == nil {
		return Done{}, false
	}
	d := Done{Entry: e, From: max(e.Event.Occurred, f.At-lookBack), To: f.At, Planned: math.NaN()}
	weeks := float64(d.To-d.From) / (7 * Day)
	switch e.Event.Type {
	case event.PlanSet:
		d.Planned = e.Number("perWeek") * weeks
		kind := e.Code("kind")
		if kind == "" {
			kind = event.Glucose.String()
		}
		d.Done = float64(count(v, d.From, d.To, func(i int) bool {
			return v.Type[i].String() == kind && (v.Type[i] != event.Medication || v.B[i].String() == "taken")
		}))
		if w := e.Number("weeks"); w > 0 {
			d.Over = f.At >= e.Event.Occurred+int64(w*7*Day)
		}
	case event.ExercisePlan:
		d.Unit = "min"
		if m := e.Number("minutes"); m > 0 {
			d.Planned = m * weeks
		}
		d.Done = sum(v, d.From, d.To, event.Exercise)
	case event.MealPlan:
		d.Unit = "g"
		if p, grams := e.Number("portions"), e.Number("portionGrams"); p > 0 {
			if math.IsNaN(grams) {
				grams = PortionGrams
			}
			d.Planned = p * grams * weeks * 7
		}
		d.Done = sum(v, d.From, d.To, event.Meal)
	case event.CarePlan:
		f.recurs(&d, v)
	}
	return d, true
}

// PortionGrams is how much carbohydrate a portion is where the plan does not say.
//
// Source: carbohydrate counting, ADA Standards of Care, Facilitating Positive Health Behaviors: one serving is 15 g.
const PortionGrams = 15

// recurs tells when what a care plan asks for is due again: counted from the last time it was done, at the earliest from the plan.
func (f *File) recurs(d *Done, v timeline.View) {
	e := d.Entry
	if days := e.Number("days"); days > 0 {
		d.Over = f.At >= e.Event.Occurred+int64(days*Day)
	}
	if e.Number("active") == 0 {
		d.Over = true
	}
	every := e.Number("everyDays")
	if !(every > 0) {
		return
	}
	last, n := e.Event.Occurred, 0
	met := meets(v, e.Code("kind"))
	count(v, math.MinInt64, f.At, func(i int) bool {
		if met == nil || !met(i) {
			return false
		}
		last = max(last, v.At[i])
		if v.At[i] > d.From {
			n++
		}
		return true
	})
	d.Done = float64(n)
	if !d.Over {
		d.NextDue = last + int64(every*Day)
		d.Overdue = met != nil && d.NextDue < f.At
	}
}

// meets tells which events fulfil a kind of care plan; nil for a kind no event does.
func meets(v timeline.View, kind string) func(i int) bool {
	is := func(t event.Type) func(int) bool { return func(i int) bool { return v.Type[i] == t } }
	checked := func(what string) func(int) bool {
		return func(i int) bool { return v.Type[i] == event.Checkup && v.A[i].String() == what }
	}
	switch kind {
	case "imaging":
		return is(event.Imaging)
	case "hba1c":
		return is(event.HbA1c)
	case "lab":
		return is(event.Lab)
	case "visit":
		return is(event.Visit)
	case "foot_check":
		return checked("foot")
	case "eye_check":
		return func(i int) bool {
			return checked("eye")(i) || v.Type[i] == event.Imaging && v.A[i].String() == "fundus"
		}
	case "kidney_check":
		return func(i int) bool {
			t := v.A[i].String()
			return checked("kidney")(i) || v.Type[i] == event.Lab && (t == "egfr" || t == "uacr")
		}
	}
	return nil
}

// count is how many events of (from, to] stand and are wanted.
func count(v timeline.View, from, to int64, want func(i int) bool) (n int) {
	for i := range v.Len() {
		if v.At[i] > from && v.At[i] <= to && v.Flags[i]&event.Hidden == 0 && want(i) {
			n++
		}
	}
	return n
}

// sum adds up the main number of events of one type in (from, to].
func sum(v timeline.View, from, to int64, t event.Type) (total float64) {
	count(v, from, to, func(i int) bool {
		if v.Type[i] == t && !math.IsNaN(v.Num[i]) {
			total += v.Num[i]
		}
		return false
	})
	return total
}

// PlanGroups are the plans by what they are about.
func (f *File) PlanGroups() []Group {
	return group(f.In(Plans), func(e *Entry) string {
		switch e.Event.Type {
		case event.PlanSet:
			if k := e.Code("kind"); k != "" {
				return k
			}
			return event.Glucose.String()
		case event.CarePlan:
			return e.Code("kind")
		}
		return e.Event.Type.String()
	})
}
