package insight_test

import (
	"math"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

var home = func() *time.Location { l, _ := time.LoadLocation("Asia/Shanghai"); return l }()

// pressures are events at day and hour: systolic, diastolic.
func pressures(rows ...[4]int) timeline.View {
	tl := &timeline.Timeline{}
	for i, r := range rows {
		at := time.Date(2026, 3, r[0], r[1], 0, 0, 0, home).UnixMicro()
		tl = tl.With(&event.Event{Seq: event.Seq(i + 1), Type: event.BloodPressure, Num: float64(r[2]), X: []float64{float64(r[3])}, Occurred: at, Received: at})
	}
	return timeline.View{Timeline: tl, Loc: home}
}

func TestADayCountsTheSameHoweverOftenItWasMeasured(t *testing.T) {
	v := pressures([4]int{1, 7, 150, 90}, [4]int{1, 8, 150, 90}, [4]int{1, 20, 150, 90}, [4]int{2, 7, 120, 80}, [4]int{2, 13, 120, 80})
	bp := insight.Series{Type: event.BloodPressure}
	to := time.Date(2026, 3, 3, 0, 0, 0, 0, home).UnixMicro()
	for part, want := range map[insight.Part]insight.Means{
		insight.WholeDay: {N: 5, Days: 2, Mean: 135, Second: 85},
		insight.Morning:  {N: 3, Days: 2, Mean: 135, Second: 85},
	} {
		if got := insight.MeansOf(v, bp, part, 0, to); got != want {
			t.Errorf("%d: %+v, want %+v", part, got, want)
		}
	}
	if m := insight.MeansOf(v, bp, insight.Evening, 0, to); m.N != 1 || !math.IsNaN(m.Mean) || !math.IsNaN(m.Second) {
		t.Errorf("one evening has no mean: %+v", m)
	}
	edges := pressures([4]int{1, 3, 150, 90}, [4]int{1, 4, 120, 80}, [4]int{1, 11, 120, 80}, [4]int{1, 12, 150, 90}, [4]int{1, 15, 150, 90}, [4]int{1, 16, 120, 80})
	if m, e := insight.MeansOf(edges, bp, insight.Morning, 0, to), insight.MeansOf(edges, bp, insight.Evening, 0, to); m.N != 2 || e.N != 1 {
		t.Errorf("4 to 12 is morning, from 16 evening: %d, %d", m.N, e.N)
	}
	// Two of five: a pressure is in target when both its numbers are; an open limit is itself outside.
	for _, tt := range []struct {
		main, second measure.Range
		want         insight.Share
	}{
		{measure.Range{High: 130, Open: true}, measure.Range{High: 85, Open: true}, insight.Share{N: 2, Of: 5}},
		{measure.Range{High: 130, Open: true}, measure.Range{High: 80, Open: true}, insight.Share{N: 0, Of: 5}},
		{measure.Range{High: 120}, measure.Range{High: 80}, insight.Share{N: 2, Of: 5}},
		{measure.Range{}, measure.Range{}, insight.Share{}},
	} {
		if got := insight.WithinTarget(v, bp, tt.main, tt.second, 0, to); got != tt.want {
			t.Errorf("%+v %+v: %+v", tt.main, tt.second, got)
		}
	}
	if p := insight.DayPoints(v, bp, 0, to); len(p) != 2 || p[0].N != 3 || p[0].Mean != 150 || p[1].Second != 80 {
		t.Errorf("%+v", p)
	}
}

func TestPainOfOneSideIsNotTheOthers(t *testing.T) {
	tl := &timeline.Timeline{}
	for i, x := range []struct {
		site  string
		value float64
		flags event.Flags
	}{{"left_hip", 6, 0}, {"right_hip", 2, 0}, {"left_hip", 4, 0}, {"left_hip", 5, 0}, {"left_hip", 9, event.Hidden}} {
		at := time.Date(2026, 3, 1, 8+i, 0, 0, 0, home).UnixMicro()
		tl = tl.With(&event.Event{Seq: event.Seq(i + 1), Type: event.Pain, Num: x.value, A: event.Intern(x.site), Flags: x.flags, Occurred: at, Received: at})
	}
	v := timeline.View{Timeline: tl, Loc: home}
	to := time.Date(2026, 3, 2, 0, 0, 0, 0, home).UnixMicro()
	if m := insight.MeansOf(v, insight.Series{Type: event.Pain, Site: "left_hip"}, insight.WholeDay, 0, to); m.N != 3 || m.Mean != 5 || !math.IsNaN(m.Second) {
		t.Errorf("%+v", m)
	}
	if m := insight.MeansOf(v, insight.Series{Type: event.Pain, Site: "right_hip"}, insight.WholeDay, 0, to); m.N != 1 || !math.IsNaN(m.Mean) {
		t.Errorf("%+v", m)
	}
	if m := insight.MeansOf(v, insight.Series{Type: event.Pain}, insight.WholeDay, 0, to); m.N != 0 {
		t.Errorf("a side nobody named: %+v", m)
	}
}
