package visit

import (
	"math"
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/glucose"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

type own struct{}

func (own) ForContext(string) measure.Range { return measure.Range{Low: 4.4, High: 7.0} }

var shanghai = time.FixedZone("CST", 8*3600)

func at(day, hour, min int) int64 {
	return time.Date(2026, 3, day, hour, min, 0, 0, shanghai).UnixMicro()
}

func line(es ...event.Event) timeline.View {
	tl := &timeline.Timeline{}
	for i := range es {
		es[i].Seq = event.Seq(i + 1)
		tl.Add(&es[i])
	}
	return timeline.View{Timeline: tl, Loc: shanghai}
}

func reading(when int64, context string, v float64) event.Event {
	return event.Event{Type: event.Glucose, Occurred: when, Num: v, A: event.Intern(context)}
}

// sensor gives one reading every 15 minutes from a day on, leaving out those that skip names.
func sensor(first, days int, skip func(i int) bool) timeline.View {
	var es []event.Event
	for i := range days * 96 {
		if skip == nil || !skip(i) {
			es = append(es, reading(at(first, 0, 15*i), "", 6+math.Sin(float64(i))))
		}
	}
	return line(es...)
}

func TestWhatIsShownOfHowMuch(t *testing.T) {
	now := at(28, 23, 59)
	for _, tt := range []struct {
		name string
		v    timeline.View
		want Shape
	}{
		{"nothing", line(), None},
		{"one finger-stick", line(reading(at(28, 7, 0), "fasting", 7)), Log},
		{"HI only", line(event.Event{Type: event.Glucose, Occurred: at(28, 7, 0), Num: math.NaN(), Flags: event.HI}), Log},
		{"a sensor for half a day", sensor(28, 1, func(i int) bool { return i > 48 }), Short},
		{"six days", sensor(23, 6, nil), Days},
		{"seven days", sensor(22, 7, nil), AGPShort},
		{"thirteen days", sensor(16, 13, nil), AGPShort},
		{"fourteen days", sensor(15, 14, nil), AGP},
		{"fourteen days, 60 percent worn", sensor(15, 14, func(i int) bool { return i%96 >= 58 && i != 14*96-1 }), Days},
	} {
		if p := PatternOf(tt.v, own{}, 14, now); p.Shape != tt.want {
			t.Errorf("%s: %s, want %s (%+v)", tt.name, p.Shape, tt.want, p.Wear)
		}
	}
}

// At eight in the morning fourteen whole days lie in fifteen dates: waiting for midnight would show nobody a profile.
func TestTodayIsNotOver(t *testing.T) {
	now := at(28, 8, 0)
	v := sensor(14, 15, func(i int) bool { return i > 14*96+32 })
	if p := PatternOf(v, own{}, 14, now); p.Shape != AGP || p.Span != 15 || p.Days != 15 {
		t.Errorf("%s, %d days of %d", p.Shape, p.Days, p.Span)
	}
	if p := PatternOf(sensor(15, 14, func(i int) bool { return i > 13*96+32 }), own{}, 14, now); p.Shape != AGPShort {
		t.Errorf("thirteen days and a third: %s", p.Shape)
	}
}

func TestSlotsOfASpan(t *testing.T) {
	v := line(
		reading(at(14, 23, 59), "fasting", 20), // the day before the span
		reading(at(15, 0, 0), "fasting", 6), reading(at(16, 7, 0), "fasting", 8), reading(at(17, 7, 0), "fasting", 7), reading(at(17, 22, 0), "bedtime", 5),
	)
	p := PatternOf(v, own{}, 14, at(28, 12, 0))
	if p.N != 4 || p.Days != 3 || p.In.N != 3 || p.In.Of != 4 || len(p.Slots) != 2 {
		t.Fatalf("%+v", p)
	}
	if s := p.Slots[0]; s.Context != "fasting" || s.Mean != 7 || s.Low != 6 || s.High != 8 || s.In.N != 2 {
		t.Errorf("%+v", s)
	}
	if s := p.Slots[1]; !math.IsNaN(s.Mean) {
		t.Errorf("the mean of one reading: %+v", s)
	}
}

func TestLowsAndWhatWasDone(t *testing.T) {
	answer := event.Event{Type: event.Answer, Occurred: at(20, 7, 5), Num: math.NaN(), A: event.Intern("low-now"), B: event.Intern("better")}
	lo := event.Event{Type: event.Glucose, Occurred: at(22, 3, 0), Num: math.NaN(), Flags: event.LO}
	v := line(
		reading(at(20, 7, 0), "fasting", 3.4), answer, event.Event{Type: event.Meal, Occurred: at(20, 7, 10), Num: 15},
		reading(at(20, 7, 15), "", 3.0), reading(at(20, 7, 35), "", 5.2), reading(at(20, 8, 0), "", 3.8),
		reading(at(21, 7, 0), "fasting", 3.9), lo, reading(at(22, 5, 1), "", 6),
		event.Event{Type: event.Meal, Occurred: at(22, 3, 31), Num: 15},
	)
	got := Hypos(v, PatternOf(v, own{}, 14, at(28, 0, 0)))
	if len(got) != 3 {
		t.Fatalf("%d lows: %+v", len(got), got)
	}
	if h := got[0]; h.At != at(22, 3, 0) || !math.IsNaN(h.Worst) || !h.Night || h.Again != -1 || h.Ate {
		t.Errorf("LO at three in the morning, sugar 31 minutes and a reading 121 minutes later: %+v", h)
	}
	if h := got[1]; h.At != at(20, 8, 0) || h.Again != -1 {
		t.Errorf("a low after recovery is another: %+v", h)
	}
	if h := got[2]; h.At != at(20, 7, 0) || h.Worst != 3.0 || !h.Ate || h.Asked != "better" || h.Again < 0 || v.Num[h.Again] != 5.2 || h.Night {
		t.Errorf("measured again is the same low: %+v", h)
	}
}

func TestSharesAddUp(t *testing.T) {
	f := func(v float64) glucose.Figure { return glucose.Figure{V: v, OK: true} }
	s := glucose.Summary{VeryLow: f(0.5), Low: f(1.5), In: f(70.5), High: f(20.5), VeryHigh: f(7)}
	if got := Shares(s); got != [5]int{0, 2, 70, 21, 7} {
		t.Errorf("half to even, the rest to high: %v", got)
	}
	s = glucose.Summary{VeryLow: f(1.6), Low: f(1.6), In: f(95.2), High: f(0), VeryHigh: f(1.6)}
	got := Shares(s)
	sum := 0
	for _, n := range got {
		sum += n
	}
	if sum != 100 || slices.Min(got[:]) < 0 {
		t.Errorf("%v", got)
	}
}

func TestLinksEnd(t *testing.T) {
	l := Link{Created: 10, Expires: 100}
	if !l.Opens(99) || l.Opens(100) || l.StateAt(99) != Waiting || l.StateAt(100) != Expired {
		t.Error("the moment it expires is outside it")
	}
	l.Answered = 50
	if !l.Opens(60) || l.StateAt(200) != Answered {
		t.Error("an answered link may be read again, and stays answered")
	}
	l.Revoked = 70
	if l.Opens(71) {
		t.Error("a link taken back opens")
	}
}

func TestQuestionsThatFit(t *testing.T) {
	all := Suggest(Facts{Glucose: true})
	if len(all) != 4 || all[0].Key != "targets" {
		t.Fatalf("%+v", all)
	}
	some := Suggest(Facts{Glucose: true, Lows: 2, NightLows: 1, Missed: true})
	if some[0].Key != "night_low" || some[1].Key != "low" || some[2].Key != "missed" || len(some) != 7 {
		t.Errorf("%+v", some)
	}
	for _, q := range Suggest(Facts{Hip: true}) {
		if q.Key == "targets" || q.Key == "checks" || q.Key == "pressure" {
			t.Errorf("asked about a hip: %+v", q)
		}
	}
}
