package insight

import (
	"math"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

type mine struct{}

func (mine) ForContext(string) measure.Range { return measure.Range{Low: 4.4, High: 7} }

func (mine) Limits(key string) (low, high float64, ok bool) {
	switch key {
	case "systolic":
		return math.NaN(), 129, true
	case "pain":
		return math.NaN(), math.NaN(), false
	}
	return math.NaN(), math.NaN(), false
}

func TestLately(t *testing.T) {
	const at, now = 10 * Day, 12 * Day
	one := func(typ event.Type, num float64, x ...float64) event.Event {
		return event.Event{Seq: 1, Type: typ, Occurred: at, Received: at, Num: num, X: x}
	}
	kinds := []event.Type{event.Glucose, event.BloodPressure, event.Pain}
	tests := []struct {
		name string
		es   []event.Event
		from int64
		want Lately
	}{
		{"nothing", nil, 0, Lately{}},
		{"in target at its upper end", []event.Event{one(event.Glucose, 7)}, 0, Lately{At: at, Known: true, In: true}},
		{"outside", []event.Event{one(event.Glucose, 7.1)}, 0, Lately{At: at, Known: true}},
		{"just not far", []event.Event{one(event.Glucose, 16.6)}, 0, Lately{At: at, Known: true}},
		{"far at the critical limit", []event.Event{one(event.Glucose, 16.7)}, 0, Lately{At: at, Known: true, Far: true}},
		{"older than asked for", []event.Event{one(event.Glucose, 6)}, at + 1, Lately{}},
		{"as old as asked for", []event.Event{one(event.Glucose, 6)}, at, Lately{At: at, Known: true, In: true}},
		{"a pressure in target", []event.Event{one(event.BloodPressure, 129, 80)}, 0, Lately{At: at, Known: true, In: true}},
		{"a pressure outside", []event.Event{one(event.BloodPressure, 130, 80)}, 0, Lately{At: at, Known: true}},
		{"a lower pressure that is critical", []event.Event{one(event.BloodPressure, 129, 110)}, 0, Lately{At: at, Known: true, In: true, Far: true}},
		{"what has no limits is not called fine", []event.Event{one(event.Pain, 0)}, 0, Lately{At: at}},
		{"one of two outside", []event.Event{one(event.Glucose, 6), {Seq: 2, Type: event.BloodPressure, Occurred: at, Received: at, Num: 150, X: []float64{80}}}, 0, Lately{At: at, Known: true}},
	}
	for _, tt := range tests {
		tl := &timeline.Timeline{}
		for _, e := range tt.es {
			tl.Add(&e)
		}
		if got := StandLately(timeline.View{Timeline: tl, Loc: time.UTC}, kinds, mine{}, tt.from, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
