package healthfile

import (
	"math"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/medicine"
)

// Course is a medicine taken in one way without a break.
type Course struct {
	From, To int64   // microseconds; To 0: running; From 0: nobody said when it began
	End      string  // stop, change, days; empty while it runs
	Dose     float64 // each time, in the medicine's own unit; NaN: not said
	PerDay   float64 // times a day; NaN: not said
	Text     string  // as it was said
	Entry    *Entry  // what began it; for one that only ended, what ended it
	until    int64   // where the days said for it end; 0: none were
}

// Problem is what does not fit together in the statements about a medicine.
type Problem string

// Problems of a medicine.
const (
	StartedTwice     Problem = "started_twice"
	StoppedTwice     Problem = "stopped_twice"
	StopWithoutStart Problem = "stop_without_start"
	SameClass        Problem = "same_class" // another of its class runs beside it
	UnknownMedicine  Problem = "unknown_medicine"
	AllergyTo        Problem = "allergy"
)

// Taking is one medicine and what was said of it.
type Taking struct {
	Key               string // of the catalogue of medicines; "class:…" or "name:…" where that is all that is known
	Name              string // as it was said last
	Class             string
	Courses           []Course
	LastTaken         int64
	Taken28, Missed28 int // in the last 28 days
	Problems          []Problem
	Entries           []*Entry
}

// Current tells whether the medicine is being taken.
func (t *Taking) Current() bool { return t.Running() != nil }

// Running is the course that runs; nil when none does.
func (t *Taking) Running() *Course {
	for i := range slices.Backward(t.Courses) {
		if t.Courses[i].To == 0 {
			return &t.Courses[i]
		}
	}
	return nil
}

// mayDouble are the classes of which two at once surprise nobody.
var mayDouble = []string{"", "tcm", medicine.Unmapped, "neuropathy", "calcium_vitamin_d", "antiplatelet", medicine.Glucocorticoid, "antihypertensive"}

// Takings are the medicines, those running first, each with its courses: stops that came twice, starts without a stop and doses
// that changed are told from one another, never merged in silence.
func (f *File) Takings() []Taking {
	gs := group(f.In(Medicines), medicineKey)
	out := make([]Taking, 0, len(gs))
	for _, g := range gs {
		t := Taking{Key: g.Key, Entries: g.Entries}
		for _, e := range g.Entries {
			if e.Stands() {
				t.take(e, f.At)
			}
		}
		if last := Latest(g.Entries); last != nil {
			t.Name, t.Class = last.Text("name"), classOf(last)
		}
		t.expire(f.At)
		if t.Class == medicine.Unmapped {
			t.add(UnknownMedicine)
		}
		out = append(out, t)
	}
	allergic := map[string]bool{}
	for _, g := range f.AllergyGroups() {
		if e := Holding(g.Entries); e != nil && e.Flag("active") {
			allergic[e.Code("generic")] = true
		}
	}
	running := map[string]int{}
	for i := range out {
		if out[i].Current() {
			running[out[i].Class]++
		}
	}
	for i := range out {
		t := &out[i]
		if t.Current() && running[t.Class] > 1 && !slices.Contains(mayDouble, t.Class) {
			t.add(SameClass)
		}
		if t.Current() && allergic[t.Key] {
			t.add(AllergyTo)
		}
	}
	slices.SortStableFunc(out, func(a, b Taking) int {
		switch ca, cb := a.Current(), b.Current(); {
		case ca == cb:
			return 0
		case ca:
			return -1
		}
		return 1
	})
	return out
}

// medicineKey tells which medicine an entry is about.
func medicineKey(e *Entry) string {
	if e.Event.Type == event.Glucocorticoid {
		return e.Code("drug")
	}
	if g := e.Code("generic"); g != "" {
		return g
	}
	if n := strings.ToLower(strings.Join(strings.Fields(e.Text("name")), "")); n != "" {
		if m, ok := medicine.Named(n); ok && m.Class == e.Code("class") {
			return m.Key
		}
		return "name:" + n
	}
	return "class:" + e.Code("class")
}

func classOf(e *Entry) string {
	if e.Event.Type == event.Glucocorticoid {
		return medicine.Glucocorticoid
	}
	return e.Code("class")
}

func (t *Taking) add(p Problem) {
	if !slices.Contains(t.Problems, p) {
		t.Problems = append(t.Problems, p)
	}
}

// take adds what one entry says to the courses so far.
func (t *Taking) take(e *Entry, now int64) {
	at := e.Event.Occurred
	t.expire(at)
	if e.Event.Type == event.Glucocorticoid { // its days are known: courses of it may lie over each other
		t.Courses = append(t.Courses, begun(e))
		return
	}
	run := t.Running()
	switch e.Code("action") {
	case "taken":
		t.LastTaken = at
		if at > now-28*Day {
			t.Taken28++
		}
	case "missed":
		if at > now-28*Day {
			t.Missed28++
		}
	case "stop":
		switch {
		case run != nil:
			run.To, run.End = at, "stop"
		case len(t.Courses) > 0:
			t.add(StoppedTwice)
		default:
			t.add(StopWithoutStart)
			t.Courses = append(t.Courses, Course{To: at, End: "stop", Dose: math.NaN(), PerDay: math.NaN(), Entry: e})
		}
	case "start", "change":
		next := begun(e)
		if run != nil {
			if e.Code("action") == "start" {
				t.add(StartedTwice)
				if same(run, &next) {
					return
				}
			}
			run.To, run.End = at, "change"
			next.keep(run)
		}
		t.Courses = append(t.Courses, next)
	}
}

// begun is the course that an entry begins.
func begun(e *Entry) Course {
	c := Course{From: e.Event.Occurred, Dose: e.Number("dose"), PerDay: e.Number("timesPerDay"), Text: e.Text("doseText"), Entry: e}
	if e.Event.Type == event.Glucocorticoid {
		c.PerDay = 1
	}
	if d := e.Number("days"); d > 0 {
		c.until = c.From + int64(d*Day)
	}
	return c
}

// keep takes over what a change did not say anew.
func (c *Course) keep(before *Course) {
	if math.IsNaN(c.Dose) && c.Text == "" {
		c.Dose, c.Text = before.Dose, before.Text
	}
	if math.IsNaN(c.PerDay) {
		c.PerDay = before.PerDay
	}
}

func same(a, b *Course) bool {
	number := func(x, y float64) bool { return x == y || math.IsNaN(y) }
	return number(a.Dose, b.Dose) && number(a.PerDay, b.PerDay) && (b.Text == "" || a.Text == b.Text) && (b.until == 0 || a.until == b.until)
}

// expire ends the courses whose days are over at a moment; the moment they are over is outside them.
func (t *Taking) expire(at int64) {
	for i := range t.Courses {
		if c := &t.Courses[i]; c.To == 0 && c.until != 0 && c.until <= at {
			c.To, c.End = c.until, "days"
		}
	}
}

// Doses is how often a medicine was to be taken in a span, and what is on record of it.
type Doses struct {
	From, To      int64
	Planned       float64 // NaN: nobody said how often, or it was not in use
	Taken, Missed int
}

// Known reports whether anybody kept a record of doses: without one, nothing can be said about those planned.
func (d Doses) Known() bool { return d.Taken+d.Missed > 0 }

// Doses sets the courses of the last four weeks against the doses on record. A course counts for the time it ran within them.
func (t *Taking) Doses(now int64) Doses {
	d := Doses{From: now - lookBack, To: now, Planned: math.NaN(), Taken: t.Taken28, Missed: t.Missed28}
	first := now
	for _, c := range t.Courses {
		from, to := max(c.From, d.From), now
		if c.To != 0 {
			to = min(to, c.To)
		}
		if c.From == 0 || to <= from {
			continue
		}
		first = min(first, from)
		if planned := c.PerDay * float64(to-from) / Day; math.IsNaN(d.Planned) {
			d.Planned = planned
		} else {
			d.Planned += planned // NaN stays NaN: how often was not said of one course
		}
		if math.IsNaN(c.PerDay) {
			d.Planned = math.NaN()
			break
		}
	}
	d.From = max(d.From, min(first, now))
	return d
}
