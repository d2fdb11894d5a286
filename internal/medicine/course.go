package medicine

import (
	"math"
	"slices"
)

// Act is what a statement says was done with a medicine.
type Act uint8

// Acts. Dosed is a start of known dose and days, such as old courses of glucocorticoid: they may lie over one another and add up.
const (
	Start Act = iota + 1
	Change
	Stop
	Dosed
)

// Acts of the event that tells of a medicine; others, such as a dose taken, begin and end nothing.
var acts = map[string]Act{"start": Start, "change": Change, "stop": Stop}

// ActOf reads the action of a statement; 0: it begins and ends nothing.
func ActOf(action string) Act { return acts[action] }

// Statement is what somebody said of one medicine. What was not said is NaN, "".
type Statement struct {
	At           int64 // microseconds
	Act          Act
	Dose, PerDay float64 // each time, in the medicine's own unit; times a day
	Days         float64 // of the course; not said: until further notice
	Text         string  // the dose in the words of who said it
	Ref          int     // which statement of the caller's it is
}

// DaysOver is the End of a course whose days ran out.
const DaysOver = "days"

// Course is a medicine taken in one way without a break.
type Course struct {
	From, To     int64   // microseconds; To 0: running; From 0: nobody said when it began
	End          string  // stop, change, days; empty while it runs
	Dose, PerDay float64 // as in Statement, or of the course before where a change did not say them anew
	Text         string
	Days         float64 // said for it; NaN: until further notice
	Ref          int     // of what began it; for one that only ended, of what ended it
	First        int     // of what began the time without a break it belongs to
	Daily        bool    // Dose is of the whole day, however often it was taken

	until int64 // where Days end; 0: they were not said
	added bool  // it may lie over others
}

// Until is when a course that runs ends by itself, microseconds; 0: it does not.
func (c *Course) Until() int64 { return c.until }

// Oddity is what does not fit together in two statements.
type Oddity uint8

// Oddities.
const (
	None Oddity = iota
	StartedTwice
	StoppedTwice
	StopWithoutStart
)

// Courses are those of one medicine, folded from its statements, oldest first. It is the one definition of what is being taken: the
// health file and the rules read it.
type Courses []Course

const day = 24 * 3600 * 1_000_000 // microseconds

// Say adds the next statement. Stops that came twice, starts without a stop and doses that changed are told from one another, never
// merged in silence.
func (cs Courses) Say(s Statement) (Courses, Oddity) {
	cs.Expire(s.At)
	next := Course{From: s.At, Dose: s.Dose, PerDay: s.PerDay, Text: s.Text, Days: s.Days, Ref: s.Ref, First: s.Ref}
	if s.Days > 0 {
		next.until = s.At + int64(s.Days*day)
	}
	run := cs.Running()
	switch s.Act {
	case Stop:
		switch {
		case run != nil:
			cs.end(s.At, "stop")
		case len(cs) > 0:
			return cs, StoppedTwice
		default:
			gone := Course{To: s.At, End: "stop", Dose: math.NaN(), PerDay: math.NaN(), Days: math.NaN(), Ref: s.Ref, First: s.Ref}
			return append(cs, gone), StopWithoutStart
		}
	case Dosed:
		next.Daily, next.PerDay, next.added = true, 1, true
		odd := None
		for i := range cs { // the same course told in the other way is not taken twice
			if c := &cs[i]; c.To == 0 && !c.added {
				c.To, c.End, odd = s.At, "change", StartedTwice
				next.First = c.First
			}
		}
		return append(cs, next), odd
	case Start, Change:
		odd := None
		if run != nil {
			if s.Act == Start {
				odd = StartedTwice
				if run.says(&next) {
					return cs, odd
				}
			}
			next.keep(run)
			cs.end(s.At, "change")
		}
		return append(cs, next), odd
	}
	return cs, None
}

// end closes all courses that run.
func (cs Courses) end(at int64, how string) {
	for i := range cs {
		if c := &cs[i]; c.To == 0 {
			c.To, c.End = at, how
		}
	}
}

// Expire ends the courses whose days are over at a moment; the moment they are over is outside them.
func (cs Courses) Expire(at int64) {
	for i := range cs {
		if c := &cs[i]; c.To == 0 && c.until != 0 && c.until <= at {
			c.To, c.End = c.until, DaysOver
		}
	}
}

// Running is the newest course that runs; nil when none does.
func (cs Courses) Running() *Course {
	for i := range slices.Backward(cs) {
		if cs[i].To == 0 {
			return &cs[i]
		}
	}
	return nil
}

// keep takes over what a change did not say anew.
func (c *Course) keep(before *Course) {
	if math.IsNaN(c.Dose) && c.Text == "" {
		c.Dose, c.Text, c.Daily = before.Dose, before.Text, before.Daily
		if c.Daily {
			c.PerDay = before.PerDay
		}
	}
	if math.IsNaN(c.PerDay) {
		c.PerDay = before.PerDay
	}
	c.First = before.First
}

// says tells whether b, said again, is the course that runs.
func (c *Course) says(b *Course) bool {
	number := func(x, y float64) bool { return x == y || math.IsNaN(y) }
	return number(c.Dose, b.Dose) && number(c.PerDay, b.PerDay) && (b.Text == "" || c.Text == b.Text) && (b.until == 0 || c.until == b.until)
}

// ClassesOf are all classes of a medicine: those of the catalogue when it knows it by key, of a fixed combination each; else the
// one it was said to be of.
func ClassesOf(key, said string) []string {
	if m, ok := byKey[key]; ok {
		return append([]string{m.Class}, m.Also...)
	}
	return []string{said}
}

// In tells whether a medicine is one of names, each a class or the key of a medicine.
func In(names []string, key, said string) bool {
	if key != "" && slices.Contains(names, key) {
		return true
	}
	return slices.ContainsFunc(ClassesOf(key, said), func(c string) bool { return slices.Contains(names, c) })
}

// mayDouble are the classes of which two at once surprise nobody.
var mayDouble = []string{"", "tcm", Unmapped, "neuropathy", "calcium_vitamin_d", "antiplatelet", Glucocorticoid, "antihypertensive"}

// Once tells whether two medicines of a class at once are to be looked at.
func Once(class string) bool { return !slices.Contains(mayDouble, class) }
