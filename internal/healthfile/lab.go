package healthfile

import (
	"math"

	"peiban/internal/event"
	"peiban/internal/measure"
)

// Test is the values of one laboratory test.
type Test struct {
	Key      string
	Unit     string
	Decimals int
	Points   []*Entry // those that stand, oldest first
	Entries  []*Entry
}

// A1c is the key HbA1c has among the tests: it is an event type of its own.
const A1c = "hba1c"

// Tests are the laboratory tests there are values of, HbA1c first, then in the order of a report.
func (f *File) Tests() []Test {
	of := map[string]*Test{}
	for _, e := range f.In(Labs) {
		key := A1c
		if e.Event.Type == event.Lab {
			key = e.Code("test")
		}
		t := of[key]
		if t == nil {
			t = &Test{Key: key, Unit: "%", Decimals: 1}
			if lab, ok := measure.LabOf(key); ok {
				t.Unit, t.Decimals = lab.Unit, lab.Decimals
			}
			of[key] = t
		}
		t.Entries = append(t.Entries, e)
		if e.Stands() && !e.Echo() && !math.IsNaN(e.Event.Num) {
			t.Points = append(t.Points, e)
		}
	}
	var out []Test
	for _, key := range append([]string{A1c}, measure.LabKeys()...) {
		if t := of[key]; t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// Latest is the newest value and the one before it; nil where there is none.
func (t *Test) Latest() (latest, previous *Entry) {
	n := len(t.Points)
	if n > 0 {
		latest = t.Points[n-1]
	}
	if n > 1 {
		previous = t.Points[n-2]
	}
	return latest, previous
}

// Change is how far the newest value lies from the one before, and which way as people read it: two values that print the same are
// steady. Not ok with fewer than two values.
func (t *Test) Change() (by float64, direction string, ok bool) {
	latest, previous := t.Latest()
	if previous == nil {
		return 0, "", false
	}
	p := math.Pow10(t.Decimals)
	a, b := math.Round(previous.Event.Num*p), math.Round(latest.Event.Num*p)
	direction = "steady"
	switch {
	case b > a:
		direction = "up"
	case b < a:
		direction = "down"
	}
	return (b - a) / p, direction, true
}

// Judged is how a value lies to its own laboratory's range: what the laboratory printed, else what its range says; "" when nobody
// said. The ends of a range are inside it.
func Judged(e *Entry) string {
	if e.Event.Type != event.Lab {
		return ""
	}
	if j := e.Code("judged"); j != "" {
		return j
	}
	low, high := e.Number("refLow"), e.Number("refHigh")
	switch {
	case e.Event.Num < low:
		return "low"
	case e.Event.Num > high:
		return "high"
	case math.IsNaN(low) && math.IsNaN(high):
		return ""
	}
	return "normal"
}
