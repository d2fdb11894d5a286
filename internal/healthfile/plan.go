package healthfile

import (
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/plan"
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
	e := f.inForce(g.Entries)
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
		d.Over = f.over(e)
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
		f.recurs(&d, g, v)
	}
	return d, true
}

// inForce is the plan that holds: one whose time is over stands back for one that runs, whoever signed it. When all are over it is the one
// that would hold.
func (f *File) inForce(es []*Entry) *Entry {
	var run []*Entry
	for _, e := range es {
		if !f.over(e) {
			run = append(run, e)
		}
	}
	if e := Holding(run); e != nil {
		return e
	}
	return Holding(es)
}

// over tells whether the time of a plan has run out.
func (f *File) over(e *Entry) bool {
	switch e.Event.Type {
	case event.PlanSet:
		end := plan.Ends(e.Event.Occurred, e.Number("weeks"))
		return end != 0 && end <= f.At
	case event.CarePlan:
		days := e.Number("days")
		return days > 0 && f.At >= e.Event.Occurred+int64(days*Day)
	}
	return false
}

// PortionGrams is how much carbohydrate a portion is where the plan does not say.
//
// Source: carbohydrate counting, ADA Standards of Care, Facilitating Positive Health Behaviors: one serving is 15 g.
const PortionGrams = 15

// recurs tells when what a care plan asks for is due again: counted from the last time it was done, at the earliest from the plan.
func (f *File) recurs(d *Done, g Group, v timeline.View) {
	e := d.Entry
	d.Over = f.over(e) || e.Number("active") == 0
	if in := e.InDays(v.Loc); in > 0 {
		f.once(d, in, v)
		return
	}
	every := f.interval(g, e)
	if !(every > 0) {
		return
	}
	last, n := e.Event.Occurred, 0
	met := meets(v, e)
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

// InDays is how many days after it was said a care plan is to be done once; NaN: it is not done once. The next visit that doctors named by
// visit link was kept, before inDays was, as recurring, with the day in words: it was always one day.
func (e *Entry) InDays(loc *time.Location) float64 {
	if in := e.Number("inDays"); in > 0 {
		return in
	}
	every := e.Number("everyDays")
	if e.Event.Type != event.CarePlan || e.Code("kind") != "visit" || !(every > 0) {
		return math.NaN()
	}
	if named, err := time.Parse(time.DateOnly, strings.TrimSpace(e.Text("text"))); err == nil {
		said := time.UnixMicro(e.Event.Occurred).In(loc)
		first := time.Date(said.Year(), said.Month(), said.Day(), 0, 0, 0, 0, time.UTC)
		return max(1, named.Sub(first).Hours()/24)
	}
	if e.Event.Provenance == "visit_link" {
		return every
	}
	return math.NaN()
}

// interval is how often what e asks for is due, days: as e says, else as the newest plan before it that ran on said. NaN: nobody did.
func (f *File) interval(g Group, e *Entry) float64 {
	if x := e.Number("everyDays"); x > 0 {
		return x
	}
	for _, b := range slices.Backward(g.Entries) {
		if !b.Stands() || f.over(b) || compare(b, e) >= 0 || b.weight() < e.weight() {
			continue
		}
		if b.Number("active") == 0 { // what was ended before goes on no more
			break
		}
		if x := b.Number("everyDays"); x > 0 && !(b.InDays(time.UTC) > 0) {
			return x
		}
	}
	return math.NaN()
}

// once tells of what is to be done on one day: how it stands, and that it is over once it was done on a later day than it was said.
func (f *File) once(d *Done, days float64, v timeline.View) {
	said := time.UnixMicro(d.Entry.Event.Occurred).In(v.Loc)
	midnight := func(after int) int64 {
		return time.Date(said.Year(), said.Month(), said.Day()+after, 0, 0, 0, 0, v.Loc).UnixMicro()
	}
	if met := meets(v, d.Entry); met != nil {
		d.Done = float64(count(v, midnight(1)-1, f.At, met))
	}
	if d.Over = d.Over || d.Done > 0; !d.Over {
		d.NextDue = midnight(int(days))
		d.Overdue = f.At >= midnight(int(days)+1)
	}
}

// bone are the kinds of images that tell of a joint.
var bone = []string{"xray", "mri", "ct", "bone_scan"}

// imaged tells which images fulfil a plan to image a site. A plan that names none is of the hip, and so is an image of a bone that
// names none.
func imaged(v timeline.View, site string) func(i int) bool {
	return func(i int) bool {
		if v.Type[i] != event.Imaging {
			return false
		}
		of, modality := v.B[i].String(), v.A[i].String()
		switch site {
		case "", hip:
			return (of == hip || of == "") && slices.Contains(bone, modality)
		case "eye":
			return of == site || modality == "fundus"
		}
		return of == site
	}
}

const hip = "hip"

// meets tells which events fulfil a care plan; nil for a kind no event does.
func meets(v timeline.View, e *Entry) func(i int) bool {
	is := func(t event.Type) func(int) bool { return func(i int) bool { return v.Type[i] == t } }
	checked := func(what string) func(int) bool {
		return func(i int) bool { return v.Type[i] == event.Checkup && v.A[i].String() == what }
	}
	switch e.Code("kind") {
	case "imaging":
		return imaged(v, e.Code("detail"))
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
			if site := e.Code("detail"); e.Code("kind") == "imaging" && site != "" && site != hip {
				return "imaging." + site
			}
			return e.Code("kind")
		}
		return e.Event.Type.String()
	})
}
