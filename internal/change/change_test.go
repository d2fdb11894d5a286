package change

import (
	"math"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

type own struct{}

func (own) ForContext(string) measure.Range { return measure.Range{Low: 4.4, High: 7.0} }

var shanghai = time.FixedZone("CST", 8*3600)

// at is a local day of March 2026 with an hour.
func at(day, hour int) int64 {
	return time.Date(2026, 3, day, hour, 0, 0, 0, shanghai).UnixMicro()
}

// line is a timeline of events in order of time.
func line(es ...event.Event) timeline.View {
	tl := &timeline.Timeline{}
	for i := range es {
		es[i].Seq = event.Seq(i + 1)
		tl.Add(&es[i])
	}
	return timeline.View{Timeline: tl, Loc: shanghai}
}

func glucose(when int64, context string, v float64) event.Event {
	return event.Event{Type: event.Glucose, Occurred: when, Num: v, A: event.Intern(context)}
}

func medicine(when int64, action string) event.Event {
	return event.Event{Type: event.Medication, Occurred: when, Num: math.NaN(), A: event.Intern("metformin"), B: event.Intern(action)}
}

func TestWhatIsAMark(t *testing.T) {
	read := event.Event{Type: event.ContentRead, Num: math.NaN()}
	when := func(e event.Event, at int64) event.Event { e.Occurred = at; return e }
	taken := medicine(at(3, 7), "taken")
	hidden := medicine(at(4, 7), "start")
	hidden.Flags = event.Hidden
	v := line(
		medicine(at(1, 8), "start"), when(read, at(2, 8)), when(read, at(2, 9)), taken, hidden,
		when(read, at(5, 8)), event.Event{Type: event.Chat, Occurred: at(5, 9), A: event.Intern("person"), Num: math.NaN()},
		event.Event{Type: event.TaskDone, Occurred: at(5, 10), Num: math.NaN()}, event.Event{Type: event.Visit, Occurred: at(5, 11), Num: math.NaN()},
		medicine(at(6, 8), "stop"), medicine(at(6, 8), "start"),
	)
	got := Marks(v, 0, at(30, 0))
	want := []struct {
		kind Kind
		n    int
	}{{Medicine, 1}, {Education, 2}, {Education, 1}, {Contact, 2}, {Medicine, 1}, {Medicine, 1}}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, w := range want {
		if got[i].Kind != w.kind || got[i].N != w.n {
			t.Errorf("mark %d: %+v, want %+v", i, got[i], w)
		}
	}
	if n := len(Marks(v, at(1, 8), at(6, 8)-1)); n != 3 {
		t.Errorf("the start of a span is outside it and its end inside: %d", n)
	}
}

func TestDailyMeansBySlot(t *testing.T) {
	v := line(glucose(at(1, 7), "fasting", 7), glucose(at(1, 8), "fasting", 8), glucose(at(1, 23), "bedtime", 6), glucose(at(2, 0), "fasting", 5))
	got := Daily(v, 0, at(9, 0))
	want := []Point{{at(1, 7), "fasting", 7.5, 2}, {at(1, 23), "bedtime", 6, 1}, {at(2, 0), "fasting", 5, 1}}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%+v", got)
	}
}

// Three days on each side of 10 March: 7 to 9 before, 11 to 13 after; the 10th itself is on neither.
func TestAroundAMark(t *testing.T) {
	es := []event.Event{
		glucose(at(6, 23), "fasting", 30), // the day before the first
		glucose(at(7, 0), "fasting", 9), glucose(at(8, 7), "fasting", 8), glucose(at(9, 23), "fasting", 7),
		glucose(at(9, 23), "bedtime", 5), glucose(at(10, 0), "fasting", 30), medicine(at(10, 8), "start"), glucose(at(10, 23), "fasting", 30),
		glucose(at(11, 0), "fasting", 6), glucose(at(12, 7), "fasting", 6.5), medicine(at(12, 8), "stop"), glucose(at(13, 23), "fasting", 7),
		glucose(at(14, 0), "fasting", 30),
	}
	c := Around(line(es...), own{}, at(10, 8), 3, at(20, 0))
	if c.Before.N != 4 || c.Before.In.N != 2 || c.Before.In.Of != 4 || c.Before.Days != 3 || c.After.N != 3 || c.After.In.N != 3 || c.DaysLeft != 0 {
		t.Fatalf("%+v", c)
	}
	if !math.IsNaN(c.Before.Mean) || !math.IsNaN(c.After.Mean) {
		t.Error("all slots together have a mean")
	}
	if len(c.Slots) != 2 || c.Slots[0].Context != "fasting" || c.Slots[0].Before.Mean != 8 || c.Slots[0].After.Mean != 6.5 || c.Slots[0].By != -1.5 {
		t.Fatalf("%+v", c.Slots)
	}
	if s := c.Slots[1]; s.Context != "bedtime" || s.Enough() || s.Before.N != 1 || s.After.N != 0 {
		t.Errorf("one reading was enough: %+v", s)
	}
	if len(c.Others) != 1 || c.Others[0].At != at(12, 8) {
		t.Errorf("what else happened: %+v", c.Others)
	}
}

func TestTooLittleIsSaid(t *testing.T) {
	es := []event.Event{
		glucose(at(7, 7), "fasting", 9), glucose(at(8, 7), "fasting", 9), glucose(at(9, 7), "fasting", 9),
		medicine(at(10, 8), "start"), glucose(at(11, 7), "fasting", 5), glucose(at(12, 7), "fasting", 5),
	}
	c := Around(line(es...), own{}, at(10, 8), 3, at(12, 12))
	if s := c.Slots[0]; s.Enough() || !math.IsNaN(s.After.Mean) || s.After.N != 2 || s.Before.Mean != 9 {
		t.Errorf("two readings made a mean: %+v", s)
	}
	if c.DaysLeft != 2 { // the 12th is not over, the 13th has not come
		t.Errorf("days left: %d", c.DaysLeft)
	}
	c = Around(line(es...), own{}, at(10, 8), 3, at(10, 9))
	if c.After.N != 0 || c.After.To < c.After.From || c.DaysLeft != 3 {
		t.Errorf("on the day itself: %+v", c)
	}
}

func TestReadingsWithoutASlotAreTheirOwn(t *testing.T) {
	var es []event.Event
	for d := 7; d < 10; d++ {
		es = append(es, glucose(at(d, 7), "", 8), glucose(at(d, 8), "fasting", 6))
	}
	es = append(es, medicine(at(10, 8), "start"))
	c := Around(line(es...), own{}, at(10, 8), 3, at(20, 0))
	if len(c.Slots) != 2 || c.Slots[0].Context != "fasting" || c.Slots[0].Before.N != 3 || c.Slots[1].Context != "" || c.Slots[1].Before.Mean != 8 {
		t.Errorf("%+v", c.Slots)
	}
}
