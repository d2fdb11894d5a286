package healthfile

import (
	"math"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/medicine"
)

// Course is a medicine taken in one way without a break, with the entry that began it.
type Course struct {
	medicine.Course
	Entry *Entry // for one that only ended, what ended it
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
	Key               string   // of the catalogue of medicines; "class:…" or "name:…" where that is all that is known
	Name              string   // as it was said last
	Class             string   // as it was said last
	Classes           []string // all it belongs to: a fixed combination has several
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

// Takings are the medicines, those running first, each with its courses: stops that came twice, starts without a stop and doses
// that changed are told from one another, never merged in silence.
func (f *File) Takings() []Taking {
	gs := group(f.In(Medicines), medicineKey)
	out := make([]Taking, 0, len(gs))
	for _, g := range gs {
		out = append(out, f.taking(g))
	}
	var allergic []string
	for _, g := range f.AllergyGroups() {
		if e := Holding(g.Entries); e != nil && e.Flag("active") {
			allergic = append(allergic, e.Code("generic"))
		}
	}
	running := map[string]int{}
	for i := range out {
		if out[i].Current() {
			for _, c := range out[i].Classes {
				running[c]++
			}
		}
	}
	for i := range out {
		t := &out[i]
		twice := func(class string) bool { return running[class] > 1 && medicine.Once(class) }
		if t.Current() && slices.ContainsFunc(t.Classes, twice) {
			t.add(SameClass)
		}
		if t.Current() && slices.ContainsFunc(allergic, func(to string) bool { return medicine.Share(to, t.Key) }) {
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

// taking folds what was said of one medicine.
func (f *File) taking(g Group) Taking {
	t := Taking{Key: g.Key, Entries: g.Entries}
	var cs medicine.Courses
	for i, e := range g.Entries {
		if !e.Stands() {
			continue
		}
		t.record(e, f.At)
		s := saidOf(e)
		s.Ref = i
		var odd medicine.Oddity
		if cs, odd = cs.Say(s); odd != medicine.None {
			t.add(oddities[odd])
		}
	}
	cs.Expire(f.At)
	for _, c := range cs {
		t.Courses = append(t.Courses, Course{c, g.Entries[c.Ref]})
	}
	if last := Latest(g.Entries); last != nil {
		t.Name, t.Class = last.Text("name"), classOf(last)
	}
	t.Classes = medicine.ClassesOf(g.Key, t.Class)
	if t.Class == medicine.Unmapped {
		t.add(UnknownMedicine)
	}
	return t
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

// oddities are the problems of statements that do not fit together.
var oddities = map[medicine.Oddity]Problem{
	medicine.StartedTwice: StartedTwice, medicine.StoppedTwice: StoppedTwice, medicine.StopWithoutStart: StopWithoutStart,
}

// record counts the doses on record.
func (t *Taking) record(e *Entry, now int64) {
	at := e.Event.Occurred
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
	}
}

// saidOf is an entry as the courses read it.
func saidOf(e *Entry) medicine.Statement {
	s := medicine.Statement{
		At: e.Event.Occurred, Act: medicine.ActOf(e.Code("action")), Dose: e.Number("dose"), PerDay: e.Number("timesPerDay"),
		Days: e.Number("days"), Text: e.Text("doseText"),
	}
	if e.Event.Type == event.Glucocorticoid {
		s.Act = medicine.Dosed
	}
	return s
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
