package timeline

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
)

const at0 = int64(1_760_000_000_000_000 / 60_000_000 * 60_000_000) // the beginning of a minute

// told is a measurement of a source, mmol/L unless it says otherwise.
func told(seq event.Seq, source int32, at int64, v float64) *event.Event {
	return &event.Event{Seq: seq, Source: source, Type: event.Glucose, Occurred: at, Received: int64(seq), Num: v}
}

func numberedBy(e *event.Event, device string, n float64) *event.Event {
	e.C, e.X = event.Intern(device), []float64{math.NaN(), math.NaN(), n}
	return e
}

func of(es ...*event.Event) *Timeline {
	tl := &Timeline{}
	for _, e := range es {
		tl = tl.With(e)
	}
	return tl
}

// counted are the sequences of what is not hidden, in order.
func (t *Timeline) counted() []event.Seq {
	out := []event.Seq{}
	for i, q := range t.Seq {
		if t.Flags[i]&event.Hidden == 0 {
			out = append(out, q)
		}
	}
	slices.Sort(out)
	return out
}

func TestOneReadingOfManySources(t *testing.T) {
	const second, hour = int64(1e6), int64(3600e6)
	sensor := func(e *event.Event) *event.Event { e.Flags |= event.Sensor; return e }
	kind := func(e *event.Event, of event.Type, test string, x ...float64) *event.Event {
		e.Type, e.X, e.A = of, x, event.Intern(test)
		return e
	}
	flag := func(e *event.Event, f event.Flags) *event.Event { e.Flags, e.Num = f, math.NaN(); return e }
	for _, c := range []struct {
		name     string
		es       []*event.Event
		counted  []event.Seq
		disputed bool
	}{
		{"two sources, one minute and value", []*event.Event{told(1, 1, at0, 7), told(2, 2, at0+42*second, 7)}, []event.Seq{1}, false},
		{"126 mg/dL is 7.0 mmol/L", []*event.Event{told(1, 1, at0, 7), told(2, 2, at0, 126/18.0156)}, []event.Seq{1}, false},
		{"the next minute is another reading", []*event.Event{told(1, 1, at0+59*second, 7), told(2, 2, at0+60*second, 7)}, []event.Seq{1, 2}, false},
		{"another value is disputed", []*event.Event{told(1, 1, at0, 7), told(2, 2, at0, 7.1)}, []event.Seq{1, 2}, true},
		{"one source says two", []*event.Event{told(1, 1, at0, 7), told(2, 1, at0, 7)}, []event.Seq{1, 2}, false},
		{"two of one source are two of the other", []*event.Event{told(1, 1, at0, 7), told(2, 1, at0, 7), told(3, 2, at0, 7), told(4, 2, at0, 7)}, []event.Seq{1, 2}, false},
		{"a sensor is no finger", []*event.Event{told(1, 1, at0, 7), sensor(told(2, 2, at0, 7))}, []event.Seq{1, 2}, false},
		{"two sensors of one minute", []*event.Event{sensor(told(1, 1, at0, 7)), sensor(told(2, 2, at0, 7))}, []event.Seq{1}, false},
		{"one device and number, one source twice", []*event.Event{numberedBy(told(1, 1, at0, 7), "m", 5), numberedBy(told(2, 1, at0, 7), "m", 5)}, []event.Seq{1}, false},
		{"one device and number, a clock eight hours away", []*event.Event{numberedBy(told(1, 1, at0, 7), "m", 5), numberedBy(told(2, 2, at0+8*hour, 7), "m", 5)}, []event.Seq{1}, false},
		{"a number used again after two days", []*event.Event{numberedBy(told(1, 1, at0, 7), "m", 5), numberedBy(told(2, 2, at0+48*hour, 7), "m", 5)}, []event.Seq{1, 2}, false},
		{"a number used again with another value", []*event.Event{numberedBy(told(1, 1, at0, 7), "m", 5), numberedBy(told(2, 2, at0+8*hour, 9), "m", 5)}, []event.Seq{1, 2}, false},
		{"two numbers of one device", []*event.Event{numberedBy(told(1, 1, at0, 7), "m", 5), numberedBy(told(2, 2, at0, 7), "m", 6)}, []event.Seq{1, 2}, false},
		{"numbered by the meter, typed by the person", []*event.Event{told(1, 0, at0, 7), numberedBy(told(2, 2, at0, 7), "m", 6)}, []event.Seq{1}, false},
		{"HI twice", []*event.Event{flag(told(1, 1, at0, 0), event.HI), flag(told(2, 2, at0, 0), event.HI)}, []event.Seq{1}, false},
		{"HI and LO", []*event.Event{flag(told(1, 1, at0, 0), event.HI), flag(told(2, 2, at0, 0), event.LO)}, []event.Seq{1, 2}, true},
		{"blood pressure by both values", []*event.Event{kind(told(1, 1, at0, 120), event.BloodPressure, "", 80), kind(told(2, 2, at0, 120), event.BloodPressure, "", 80)}, []event.Seq{1}, false},
		{"another lower value", []*event.Event{kind(told(1, 1, at0, 120), event.BloodPressure, "", 80), kind(told(2, 2, at0, 120), event.BloodPressure, "", 84)}, []event.Seq{1, 2}, true},
		{"one test", []*event.Event{kind(told(1, 1, at0, 4.92), event.Lab, "ldl"), kind(told(2, 2, at0, 4.9201), event.Lab, "ldl")}, []event.Seq{1}, false},
		{"two tests", []*event.Event{kind(told(1, 1, at0, 4.92), event.Lab, "ldl"), kind(told(2, 2, at0, 4.92), event.Lab, "tc")}, []event.Seq{1, 2}, false},
		{"53 mmol/mol is 7.0 %", []*event.Event{kind(told(1, 1, at0, 7), event.HbA1c, ""), kind(told(2, 2, at0, 7.00044), event.HbA1c, "")}, []event.Seq{1}, false},
		{"meals are not measured", []*event.Event{kind(told(1, 1, at0, 7), event.Meal, ""), kind(told(2, 2, at0, 7), event.Meal, "")}, []event.Seq{1, 2}, false},
	} {
		tl := of(c.es...)
		if got := tl.counted(); !slices.Equal(got, c.counted) {
			t.Errorf("%s: counted %v, want %v", c.name, got, c.counted)
		}
		for i := range tl.Seq {
			if hidden := tl.Flags[i]&event.Hidden != 0; hidden != (tl.Flags[i]&event.Echo != 0) {
				t.Errorf("%s: event %d has flags %b", c.name, tl.Seq[i], tl.Flags[i])
			}
			if got := tl.Flags[i]&event.Disputed != 0; got != c.disputed {
				t.Errorf("%s: event %d disputed: %v", c.name, tl.Seq[i], got)
			}
		}
	}
}

func TestTheNextEchoBecomesTheFact(t *testing.T) {
	tl := of(told(1, 1, at0, 7), told(2, 2, at0, 7), told(3, 3, at0, 7))
	if got := tl.Told(tl.Find(3)); len(got) != 3 || tl.Seq[got[0]] != 1 || tl.Seq[got[2]] != 3 {
		t.Errorf("told by %v", got)
	}
	before := tl
	tl = tl.With(&event.Event{Seq: 4, Type: event.Correction, Occurred: at0 + minute, Num: math.NaN(), Retracts: 1})
	if got := tl.counted(); !slices.Equal(got, []event.Seq{2, 4}) || tl.Shifted != 4 {
		t.Errorf("counted %v, shifted by %d", got, tl.Shifted)
	}
	if h := tl.Heir(tl.Find(1)); h < 0 || tl.Seq[h] != 2 {
		t.Errorf("heir at %d", h)
	}
	if got := before.counted(); !slices.Equal(got, []event.Seq{1}) {
		t.Errorf("a reader's timeline changed under it: %v", got)
	}
	fix := told(5, 2, at0, 8)
	fix.Supersedes = 2
	tl = tl.With(fix)
	if got := tl.counted(); !slices.Equal(got, []event.Seq{3, 4, 5}) {
		t.Errorf("counted %v", got)
	}
	if tl.Flags[tl.Find(3)]&event.Disputed == 0 || tl.Flags[tl.Find(5)]&event.Disputed == 0 || tl.Flags[tl.Find(2)]&event.Disputed != 0 {
		t.Error("the two values that stand are disputed, and no other")
	}
	tl = tl.With(&event.Event{Seq: 6, Type: event.Correction, Occurred: at0 + minute, Num: math.NaN(), Retracts: 3})
	if got := tl.counted(); !slices.Equal(got, []event.Seq{4, 5, 6}) || tl.Flags[tl.Find(5)]&event.Disputed != 0 {
		t.Errorf("counted %v", got)
	}
	if h := tl.Heir(tl.Find(3)); h != -1 {
		t.Errorf("heir at %d of what nobody else told", h)
	}
}

// someTold draws measurements that meet in few minutes, values, sources and devices, some taken back, without sequences.
func someTold(t *rapid.T) []*event.Event {
	n := rapid.IntRange(1, 14).Draw(t, "n")
	es := make([]*event.Event, n)
	for i := range es {
		e := told(0, rapid.Int32Range(0, 3).Draw(t, "source"), at0+rapid.SampledFrom([]int64{0, 30e6, 60e6, 8 * 3600e6, 20 * 3600e6, 40 * 3600e6}).Draw(t, "at"),
			rapid.SampledFrom([]float64{7, 126 / 18.0156, 7.1}).Draw(t, "value"))
		if rapid.IntRange(0, 2).Draw(t, "numbered") == 0 {
			numberedBy(e, rapid.SampledFrom([]string{"m", "k"}).Draw(t, "device"), float64(rapid.IntRange(1, 2).Draw(t, "number")))
		}
		if rapid.IntRange(0, 4).Draw(t, "sensor") == 0 {
			e.Flags |= event.Sensor
		}
		es[i] = e
	}
	return es
}

// sums counts what stands by kind and value.
func (t *Timeline) sums() map[string]int {
	out := map[string]int{}
	for i := range t.Seq {
		if v, ok := t.said(i); measured(t.Type[i]) && ok && t.Flags[i]&event.Hidden == 0 {
			out[fmt.Sprint(t.kindOf(i), v)]++
		}
	}
	return out
}

func TestWhatCountsDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := someTold(t)
		gone := rapid.SliceOfN(rapid.IntRange(0, 4), len(es), len(es)).Draw(t, "gone")
		arrive := func(order []int) *Timeline {
			tl := &Timeline{}
			for k, i := range order {
				e := *es[i]
				e.Seq = event.Seq(k + 1)
				tl = tl.With(&e)
			}
			for k, i := range order {
				if gone[i] == 0 {
					tl = tl.With(&event.Event{Seq: event.Seq(len(order) + k + 1), Type: event.Correction, Occurred: at0 + 50*3600e6, Num: math.NaN(), Retracts: event.Seq(k + 1)})
				}
			}
			return tl
		}
		places := make([]int, len(es))
		for i := range places {
			places[i] = i
		}
		a := arrive(places)
		b := arrive(rapid.Permutation(places).Draw(t, "order"))
		if x, y := a.sums(), b.sums(); fmt.Sprint(x) != fmt.Sprint(y) {
			t.Fatalf("%v in one order, %v in another", x, y)
		}
		// Whoever rebuilds a timeline, in whatever order it comes to the events, finds the same flags.
		c := &Timeline{}
		for _, i := range rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range b.Seq {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "rebuild") {
			e := b.Event(i)
			if e.Flags&event.Echo == 0 {
				e.Flags &^= event.Hidden
			}
			c.Add(&e)
		}
		for _, f := range b.Fixes {
			c.fix(f)
		}
		for i, q := range b.Seq {
			if j := c.Find(q); c.Flags[j] != b.Flags[i] {
				t.Fatalf("event %d has flags %b, rebuilt %b", q, b.Flags[i], c.Flags[j])
			}
		}
	})
}

// BenchmarkOneMore adds one more reading to those of a sensor worn for ten years: only its minute is searched.
func BenchmarkOneMore(b *testing.B) {
	tl := &Timeline{}
	for i := range 1_000_000 {
		tl.place(told(event.Seq(i+1), 1, at0+int64(i)*300e6, 7))
	}
	next := numberedBy(told(1_000_001, 2, at0+1_000_000*300e6, 7), "m", 5)
	for b.Loop() {
		tl.alone(next)
	}
}

// A source that sends thousands of readings of one minute costs no more than any other: nobody measures so often, and each stands alone.
func TestACrowdedMinuteHasNoEchoes(t *testing.T) {
	tl := &Timeline{}
	for i := range crowd {
		tl = tl.With(told(event.Seq(i+1), int32(1+i%2), at0, 7))
	}
	echoes := 0
	for _, f := range tl.Flags {
		if f&event.Echo != 0 {
			echoes++
		}
	}
	if echoes != crowd/2 {
		t.Fatalf("%d echoes of %d, each told by two", echoes, crowd)
	}
	for i := crowd; i < 20_000; i++ {
		tl = tl.With(told(event.Seq(i+1), int32(1+i%2), at0, 7))
	}
	for i, f := range tl.Flags {
		if f&(event.Echo|event.Hidden|event.Disputed) != 0 {
			t.Fatalf("event %d has flags %b", i, f)
		}
	}
}
