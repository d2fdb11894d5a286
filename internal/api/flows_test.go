package api

import (
	"testing"
	"time"
)

func TestADayBeginsAtLocalMidnight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := newCalendar(time.Date(2026, 3, 27, 0, 0, 0, 0, berlin), 5)
	for at, want := range map[string]string{
		"2026-03-26T23:00:00Z": "2026-03-27", "2026-03-27T22:59:59Z": "2026-03-27", "2026-03-27T23:00:00Z": "2026-03-28",
		"2026-03-29T21:59:59Z": "2026-03-29", "2026-03-29T22:00:00Z": "2026-03-30", // 23 hours long: the clock was put forward
		"2026-03-31T21:59:59Z": "2026-03-31",
	} {
		v, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.day(v.UnixMicro()); got != want {
			t.Errorf("%s is on %s, want %s", at, got, want)
		}
	}
}
