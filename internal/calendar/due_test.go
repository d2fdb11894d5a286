package calendar

import (
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

func TestDueOf(t *testing.T) {
	loc := time.FixedZone("Asia/Shanghai", 8*3600)
	day := func(d int) int64 { return time.Date(2026, 3, d, 9, 0, 0, 0, loc).UnixMicro() }
	code := event.Intern
	tests := []struct {
		name string
		es   []event.Event
		want string // kind and day
	}{
		{"nothing", nil, ""},
		{"a visit on a day", []event.Event{{Type: event.CarePlan, Occurred: day(1), A: code("visit"), X: []float64{0, 1, 0, 14}}}, "visit 03-15 once"},
		{"imaging that recurs", []event.Event{{Type: event.CarePlan, Occurred: day(1), A: code("imaging"), Num: 90, X: []float64{0, 1}}}, "imaging 05-30"},
		{"a fill runs out", []event.Event{{Type: event.Fill, Occurred: day(1), A: code("biguanide"), Num: 14}}, "refill 03-15"},
		{"an early refill is carried", []event.Event{{Type: event.Fill, Occurred: day(1), A: code("biguanide"), Num: 14}, {Type: event.Fill, Occurred: day(5), A: code("biguanide"), Num: 14}}, "refill 03-29"},
		{"a medicine that was stopped needs none", []event.Event{{Type: event.Fill, Occurred: day(1), A: code("biguanide"), Num: 14}, {Type: event.Medication, Occurred: day(6), A: code("biguanide"), B: code("stop")}}, ""},
		{"a device to be checked", []event.Event{{Type: event.Device, Occurred: day(1), A: code("meter"), B: code("in_use"), C: code("S1"), Num: 30}}, "device 03-31"},
		{"a device that is lost", []event.Event{{Type: event.Device, Occurred: day(1), A: code("meter"), B: code("in_use"), C: code("S1"), Num: 30}, {Type: event.Device, Occurred: day(2), A: code("meter"), B: code("lost"), C: code("S1")}}, ""},
	}
	for _, tt := range tests {
		tl := &timeline.Timeline{}
		for i := range tt.es {
			e := tt.es[i]
			e.Seq, e.Received = event.Seq(i+1), e.Occurred
			tl.Add(&e)
		}
		got := ""
		for _, d := range DueOf(timeline.View{Timeline: tl, Loc: loc}, day(7)) {
			got += d.Kind + " " + time.UnixMicro(d.At).In(loc).Format("01-02")
			if d.Once {
				got += " once"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
