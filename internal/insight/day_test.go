package insight

import (
	"testing"
	"time"
)

func TestADayBeginsWhereTheClocksJumpOverMidnight(t *testing.T) {
	tests := []struct {
		zone, noon, start, end string
	}{
		{"Asia/Shanghai", "2026-03-08T12:00:00+08:00", "2026-03-08T00:00:00+08:00", "2026-03-09T00:00:00+08:00"},
		{"America/Santiago", "2026-09-06T12:00:00-03:00", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
		{"America/Santiago", "2026-09-05T12:00:00-04:00", "2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"Africa/Cairo", "2026-04-24T12:00:00+03:00", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
	}
	for _, tt := range tests {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		noon, _ := time.Parse(time.RFC3339, tt.noon)
		if got := time.UnixMicro(StartOfDay(noon.UnixMicro(), loc)).In(loc).Format(time.RFC3339); got != tt.start {
			t.Errorf("%s: the day of %s begins at %s, want %s", tt.zone, tt.noon, got, tt.start)
		}
		if got := time.UnixMicro(LastDays(noon.UnixMicro(), 1, loc) + 1).In(loc).Format(time.RFC3339); got != tt.start {
			t.Errorf("%s: the last day of %s begins at %s, want %s", tt.zone, tt.noon, got, tt.start)
		}
		if got := time.UnixMicro(EndOfDay(noon.UnixMicro(), loc)).In(loc).Format(time.RFC3339); got != tt.end {
			t.Errorf("%s: the day of %s ends at %s, want %s", tt.zone, tt.noon, got, tt.end)
		}
	}
}

// Two weeks are fourteen rows of the glucose log, today's among them, in the week the clocks change too.
func TestLastDays(t *testing.T) {
	loc, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 10, 8, 14, 0, 0, loc)
	if got := time.UnixMicro(LastDays(at.UnixMicro(), 14, loc) + 1).In(loc).Format(time.RFC3339); got != "2026-08-28T00:00:00-04:00" {
		t.Errorf("fourteen days begin at %s", got)
	}
}
