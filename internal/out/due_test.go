package out

import (
	"testing"
	"time"

	"peiban/internal/workspace"
)

func TestMomentsOfATimetable(t *testing.T) {
	day := func(at string) Timetable { return Timetable{Every: EveryDay, At: at} }
	week := func(day int, at string) Timetable { return Timetable{Every: EveryWeek, Weekday: day, At: at} }
	for name, c := range map[string]struct {
		table            Timetable
		zone, now        string
		wantLast, wanted string // local, of Last and Next
	}{
		"before the time of the day":         {day("06:00"), "Asia/Shanghai", "2026-11-22T05:59:59+08:00", "2026-11-21T06:00:00+08:00", "2026-11-22T06:00:00+08:00"},
		"at the moment itself":               {day("06:00"), "Asia/Shanghai", "2026-11-22T06:00:00+08:00", "2026-11-22T06:00:00+08:00", "2026-11-23T06:00:00+08:00"},
		"just before midnight":               {day("23:59"), "Asia/Shanghai", "2026-12-31T23:59:30+08:00", "2026-12-31T23:59:00+08:00", "2027-01-01T23:59:00+08:00"},
		"a zone east of the server's":        {day("00:00"), "Pacific/Auckland", "2026-06-30T12:00:00Z", "2026-07-01T00:00:00+12:00", "2026-07-02T00:00:00+12:00"},
		"Mondays, on a Sunday":               {week(1, "07:30"), "Asia/Shanghai", "2026-11-22T12:00:00+08:00", "2026-11-16T07:30:00+08:00", "2026-11-23T07:30:00+08:00"},
		"Sundays, on a Sunday":               {week(7, "07:30"), "Asia/Shanghai", "2026-11-22T12:00:00+08:00", "2026-11-22T07:30:00+08:00", "2026-11-29T07:30:00+08:00"},
		"the clocks skip the time":           {day("02:30"), "America/New_York", "2026-03-08T12:00:00-04:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		"the day before the clocks skip it":  {day("02:30"), "America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-07T02:30:00-05:00", "2026-03-08T03:00:00-04:00"},
		"the time comes twice":               {day("01:30"), "America/New_York", "2026-11-01T01:45:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		"the second of both is no moment":    {day("01:30"), "America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		"a day that is left out":             {day("08:00"), "Pacific/Apia", "2011-12-31T07:00:00+14:00", "2011-12-31T00:00:00+14:00", "2011-12-31T08:00:00+14:00"},
		"the evening before the clocks move": {day("23:00"), "Europe/Berlin", "2026-03-28T22:00:00+01:00", "2026-03-27T23:00:00+01:00", "2026-03-28T23:00:00+01:00"},
		"half an hour of summer time":        {day("02:15"), "Australia/Lord_Howe", "2026-10-04T12:00:00+11:00", "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.table.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		for which, got := range map[string][2]string{
			"last": {c.table.Last(now, loc).Format(time.RFC3339), c.wantLast}, "next": {c.table.Next(now, loc).Format(time.RFC3339), c.wanted},
		} {
			a, _ := time.Parse(time.RFC3339, got[0])
			b, _ := time.Parse(time.RFC3339, got[1])
			if !a.Equal(b) {
				t.Errorf("%s: the %s is %s, want %s", name, which, got[0], got[1])
			}
		}
	}
}

func TestTimetablesThatCannotBeKept(t *testing.T) {
	for _, s := range []Timetable{{}, {Every: "month", At: "06:00"}, {Every: EveryWeek, At: "06:00"}, {Every: EveryWeek, Weekday: 8, At: "06:00"}, {Every: EveryDay, At: "24:00"},
		{Every: EveryDay, At: "6:00"}, {Every: EveryDay, At: "06:60"}, {Every: EveryDay}} {
		if s.Check() == nil {
			t.Errorf("%+v passes", s)
		}
	}
}

// Whoever comes to a moment gives its file the same name, and no other moment, delivery or workspace has that.
func TestARunIsNamedByItsMoment(t *testing.T) {
	due := time.Date(2026, 11, 22, 6, 30, 0, 0, time.FixedZone("", 8*3600))
	d := &Delivery{ID: "D1", Told: Sending{List: "people", Format: "csv"}}
	id, file := Names("W1", d, due)
	if again, name := Names("W1", d, due); again != id || name != file || file != "people-20261122-063000-"+id[:8]+".csv" {
		t.Errorf("%s %s, again %s %s", id, file, again, name)
	}
	others := map[string]bool{id: true}
	for _, c := range []struct {
		w   string
		d   string
		due time.Time
	}{{"W2", "D1", due}, {"W1", "D2", due}, {"W1", "D1", due.Add(time.Second)}} {
		other, _ := Names(workspace.ID(c.w), &Delivery{ID: c.d, Told: d.Told}, c.due)
		if others[other] {
			t.Errorf("%v has the id of another", c)
		}
		others[other] = true
	}
}
