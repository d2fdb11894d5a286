package insight_test

import (
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/timeline"
)

func TestDaysWithARecord(t *testing.T) {
	tl := &timeline.Timeline{}
	at := func(day, hour int) int64 { return time.Date(2026, 3, day, hour, 0, 0, 0, home).UnixMicro() }
	for i, x := range []struct {
		day, hour int
		of        event.Type
		flags     event.Flags
	}{{1, 7, event.Glucose, 0}, {1, 23, event.CheckIn, 0}, {2, 0, event.Weight, 0}, {3, 8, event.MessageSent, 0}, {4, 8, event.Pain, event.Hidden}, {5, 8, event.Exercise, 0}, {6, 8, event.Medication, 0}} {
		tl = tl.With(&event.Event{Seq: event.Seq(i + 1), Type: x.of, Num: 1, Flags: x.flags, Occurred: at(x.day, x.hour), Received: at(x.day, x.hour)})
	}
	v := timeline.View{Timeline: tl, Loc: home}
	for _, x := range []struct {
		from, to int64
		want     int
	}{{0, at(9, 0), 4}, {at(1, 7), at(5, 8), 3}, {at(2, 0), at(5, 7), 0}, {at(1, 7) - 1, at(1, 7), 1}} {
		if got := insight.RecordDays(v, x.from, x.to); got != x.want {
			t.Errorf("%d to %d: %d, want %d", x.from, x.to, got, x.want)
		}
	}
}
