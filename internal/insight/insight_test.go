package insight

import (
	"math"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/timeline"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

type adult struct{}

func (adult) ForContext(c string) measure.Range {
	switch c {
	case "fasting":
		return measure.Range{Low: 4.4, High: 7.0}
	case "after_breakfast_2h", "after_lunch_2h", "after_dinner_2h":
		return measure.Range{High: 10.0, Open: true}
	}
	return measure.Range{}
}

func at(s string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

type reading struct {
	at      string
	mmol    float64
	context string
	flags   event.Flags
}

func view(rs ...reading) timeline.View {
	t := &timeline.Timeline{}
	for i, r := range rs {
		t.Add(&event.Event{
			Seq: event.Seq(i + 1), Type: event.Glucose, Occurred: at(r.at), Received: at(r.at),
			Num: r.mmol, A: event.Intern(r.context), Flags: r.flags,
		})
	}
	return timeline.View{Timeline: t, Loc: shanghai}
}

func TestInTarget(t *testing.T) {
	now := at("2026-03-08 12:00")
	v := view(
		reading{"2026-03-01 07:00", 7.0, "fasting", 0},
		reading{"2026-03-02 07:00", 8.6, "fasting", 0},
		reading{"2026-03-03 07:00", 3.5, "fasting", 0},
		reading{"2026-03-04 09:00", 10.0, "after_breakfast_2h", 0},
		reading{"2026-03-05 09:00", 9.9, "after_breakfast_2h", 0},
		reading{"2026-03-06 09:00", math.NaN(), "fasting", event.HI},
		reading{"2026-03-07 09:00", 78, "fasting", event.Implausible},
		reading{"2026-03-08 07:00", 6.0, "fasting", event.Hidden},
	)
	tests := []struct {
		name, context string
		from          string
		want          Share
	}{
		{"own limits of each slot, flags and hidden ones left out", "", "2026-02-28 00:00", Share{2, 5}},
		{"one slot", "fasting", "2026-02-28 00:00", Share{1, 3}},
		{"the first moment is outside", "fasting", "2026-03-01 07:00", Share{0, 2}},
		{"nothing to tell", "bedtime", "2026-02-28 00:00", Share{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := InTarget(v, adult{}, tt.context, at(tt.from), now); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFiguresNeedData(t *testing.T) {
	now := at("2026-03-15 12:00")
	for n := range 4 {
		var rs []reading
		for i := range n {
			rs = append(rs, reading{"2026-03-1" + string(rune('0'+i)) + " 07:00", 6, "fasting", 0})
		}
		v := view(rs...)
		if _, got, ok := Mean(v, "", 0, now); ok != (n >= 3) || got != n {
			t.Errorf("%d readings: mean ok %v of %d", n, ok, got)
		}
		if _, ok := Silent(v, now); ok != (n > 0) {
			t.Errorf("%d readings: silence ok %v", n, ok)
		}
		if _, _, ok := Change(v, "fasting", 7, now); ok {
			t.Errorf("%d readings: a change from one side only", n)
		}
	}
}

func TestChange(t *testing.T) {
	var rs []reading
	for _, d := range []string{"02", "04", "06"} {
		rs = append(rs, reading{"2026-03-" + d + " 07:00", 8.4, "fasting", 0})
	}
	for _, d := range []string{"09", "11", "13"} {
		rs = append(rs, reading{"2026-03-" + d + " 07:00", 7.6, "fasting", 0})
	}
	before, after, ok := Change(view(rs...), "fasting", 7, at("2026-03-15 06:00"))
	if !ok || math.Abs(before-8.4) > 1e-9 || math.Abs(after-7.6) > 1e-9 {
		t.Errorf("got %v to %v, %v", before, after, ok)
	}
}

func TestHighOfLast(t *testing.T) {
	v := view(
		reading{"2026-03-01 07:00", 9, "fasting", 0}, // the eighth from the end
		reading{"2026-03-02 07:00", 8.6, "fasting", 0}, reading{"2026-03-03 07:00", 6, "fasting", 0},
		reading{"2026-03-04 07:00", 6, "fasting", 0}, reading{"2026-03-05 07:00", 15, "fasting", 0},
		reading{"2026-03-05 09:00", 15, "after_breakfast_2h", 0},
		reading{"2026-03-06 07:00", 6, "fasting", 0}, reading{"2026-03-07 07:00", 7.0, "fasting", 0},
		reading{"2026-03-08 07:00", 7.04, "fasting", 0},
	)
	if got := HighOfLast(v, adult{}, "fasting", 7, at("2026-03-08 12:00")); got != (Share{3, 7}) {
		t.Errorf("got %v, want 3 of 7", got)
	}
}

func TestWeekBeginsOnMonday(t *testing.T) {
	v := view(
		reading{"2026-03-01 23:59", 6, "", 0}, // Sunday
		reading{"2026-03-02 00:00", 6, "", 0}, // Monday
		reading{"2026-03-08 23:59", 6, "", 0}, // Sunday of the same week
	)
	if got := Week(v, at("2026-03-08 23:59")); got != 2 {
		t.Errorf("on Sunday night: %d, want 2", got)
	}
	if got := Week(v, at("2026-03-09 00:00")); got != 0 {
		t.Errorf("on Monday morning: %d, want 0", got)
	}
}

func TestLog(t *testing.T) {
	v := view(
		reading{"2026-03-07 07:00", 6, "fasting", 0}, reading{"2026-03-07 23:30", 6, "", 0},
		reading{"2026-03-08 07:00", 6, "fasting", 0}, reading{"2026-03-08 07:20", 7, "fasting", 0},
	)
	days := Log(v, 0, at("2026-03-08 12:00"))
	if len(days) != 2 || days[0].Date != "2026-03-08" || len(days[0].Slots["fasting"]) != 2 || len(days[1].Slots["random"]) != 1 {
		t.Errorf("got %+v", days)
	}
}

func TestGuessSlot(t *testing.T) {
	tests := []struct {
		name, now string
		had       []reading
		want      string
	}{
		{"morning", "2026-03-08 07:10", nil, "fasting"},
		{"morning, measured already", "2026-03-08 09:00", []reading{{"2026-03-08 07:00", 6, "fasting", 0}}, "after_breakfast_2h"},
		{"yesterday's does not count", "2026-03-08 07:10", []reading{{"2026-03-07 07:00", 6, "fasting", 0}}, "fasting"},
		{"before lunch", "2026-03-08 11:27", nil, "before_lunch"},
		{"late evening", "2026-03-08 22:00", nil, "bedtime"},
		{"at night", "2026-03-08 02:00", nil, "night"},
		{"both likely ones filled", "2026-03-08 22:00", []reading{{"2026-03-08 21:50", 6, "bedtime", 0}}, "random"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := GuessSlot(view(tt.had...), at(tt.now)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
