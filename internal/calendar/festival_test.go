package calendar

import (
	"testing"
	"time"
)

// What the Hong Kong Observatory published; 2027 and 2030 have new moons minutes from midnight in Beijing, where tables of programs go wrong.
func TestFestivalsAreThoseThatWerePublished(t *testing.T) {
	known := map[string]string{
		"2024-02-10": "spring", "2025-01-29": "spring", "2026-02-17": "spring", "2027-02-06": "spring", "2028-01-26": "spring", "2029-02-13": "spring", "2030-02-03": "spring",
		"2031-01-23": "spring", "2032-02-11": "spring", "2024-06-10": "dragon_boat", "2025-05-31": "dragon_boat", "2026-06-19": "dragon_boat", "2027-06-09": "dragon_boat",
		"2024-09-17": "mid_autumn", "2025-10-06": "mid_autumn", "2026-09-25": "mid_autumn", "2027-09-15": "mid_autumn", "2028-10-03": "mid_autumn",
		"2026-04-05": "qingming", "2026-02-16": "eve", "2026-03-03": "lantern", "2026-10-01": "national", "2026-11-14": "diabetes_day",
	}
	for day, key := range known {
		d, _ := time.Parse(time.DateOnly, day)
		found := false
		for _, f := range Festivals(d, d) {
			found = found || f.Key == key
		}
		if !found {
			t.Errorf("%s is not %s: %v", day, key, Festivals(d, d))
		}
	}
	from, to := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(LastYear, 12, 31, 0, 0, 0, 0, time.UTC)
	years := map[int]int{}
	for _, f := range Festivals(from, to) {
		if f.Name.Zh == "" || f.Name.En == "" {
			t.Errorf("%+v has no name", f)
		}
		d, _ := time.Parse(time.DateOnly, f.Day)
		if f.Off {
			years[d.Year()]++
		}
	}
	for y, n := range years {
		want := 13 // order 795
		if y == 2024 {
			want = 11
		}
		if n != want {
			t.Errorf("%d has %d days off, want %d", y, n, want)
		}
	}
}

// The notices of the State Council, day by day: how many days off and worked instead there are, those of the law among them, and what is not known.
func TestDaysOffAreThoseOfTheNotices(t *testing.T) {
	for _, tt := range []struct{ year, off, work int }{{2024, 28, 8}, {2025, 28, 5}, {2026, 33, 6}} {
		off, work := 0, 0
		for d := time.Date(tt.year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == tt.year; d = d.AddDate(0, 0, 1) {
			s := StandingOf(d)
			if s.Off {
				off++
			}
			if s.Work {
				work++
			}
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			if s.Work && !weekend || !s.Told {
				t.Errorf("%s: %+v", d.Format(time.DateOnly), s)
			}
			for _, f := range Festivals(d, d) {
				if f.Off && !s.Off {
					t.Errorf("%s is %s and no day off", f.Day, f.Key)
				}
			}
		}
		if off != tt.off || work != tt.work {
			t.Errorf("%d: %d off and %d worked, want %d and %d", tt.year, off, work, tt.off, tt.work)
		}
	}
	for day, want := range map[string]Standing{"2026-02-14": {Work: true, Told: true}, "2026-02-23": {Off: true, Told: true}, "2026-03-09": {Told: true}, "2028-01-26": {Off: true}, "2028-01-31": {}} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := StandingOf(d); got != want {
			t.Errorf("%s: %+v, want %+v", day, got, want)
		}
	}
}
