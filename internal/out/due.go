package out

import (
	"time"

	"peiban/internal/fault"
)

// How often a list is sent.
const (
	EveryDay  = "day"
	EveryWeek = "week"
)

// Timetable is when a list is sent: at a time of the day where the workspace is, every day or on one day of the week.
type Timetable struct {
	Every   string `json:"every"`             // EveryDay or EveryWeek
	Weekday int    `json:"weekday,omitempty"` // 1: Monday … 7: Sunday, of EveryWeek
	At      string `json:"at"`                // "06:30"
}

var (
	errEvery = fault.New(fault.Invalid, "bad_schedule", "请选择每天或每周几", "choose every day, or a day of the week").At("body.schedule")
	errAt    = fault.New(fault.Invalid, "bad_time_of_day", "时间写成 06:30", "write the time as 06:30").At("body.schedule.at")
)

// Check says why a schedule cannot be kept to, nil when it can.
func (s *Timetable) Check() error {
	switch {
	case s.Every == EveryDay:
		s.Weekday = 0
	case s.Every != EveryWeek || s.Weekday < 1 || s.Weekday > 7:
		return errEvery
	}
	if _, _, ok := s.clock(); !ok {
		return errAt
	}
	return nil
}

func (s *Timetable) clock() (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", s.At)
	return t.Hour(), t.Minute(), err == nil && len(s.At) == 5
}

// Last is the latest moment of the schedule at or before now; the zero time when it has none.
func (s *Timetable) Last(now time.Time, loc *time.Location) time.Time {
	for back := range 16 { // a week, and what a change of clocks may move
		if at, ok := s.on(dayOf(now, loc).AddDate(0, 0, 1-back), loc); ok && !at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Next is the first moment of the schedule after now; the zero time when it has none.
func (s *Timetable) Next(now time.Time, loc *time.Location) time.Time {
	for on := range 16 {
		if at, ok := s.on(dayOf(now, loc).AddDate(0, 0, on-1), loc); ok && at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// dayOf is the local day of a moment, as the midnight of UTC, where every day exists.
func dayOf(t time.Time, loc *time.Location) time.Time {
	l := t.In(loc)
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
}

// on is the moment of the schedule on a day. A time that the clocks skip is the moment they are put forward; one that comes
// twice is the first.
func (s *Timetable) on(date time.Time, loc *time.Location) (time.Time, bool) {
	hour, minute, ok := s.clock()
	if day := (int(date.Weekday())+6)%7 + 1; !ok || s.Every == EveryWeek && day != s.Weekday {
		return time.Time{}, false
	}
	wall := time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, time.UTC)
	east := func(near time.Time) time.Duration {
		_, seconds := near.In(loc).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := wall.Add(-east(wall.Add(-24*time.Hour))), wall.Add(-east(wall.Add(24*time.Hour)))
	first, second := before, after
	if second.Before(first) {
		first, second = second, first
	}
	for _, at := range []time.Time{first, second} {
		if l := at.In(loc); l.Hour() == hour && l.Minute() == minute && l.Day() == wall.Day() {
			return at.In(loc), true
		}
	}
	forward, _ := second.In(loc).ZoneBounds()
	return forward, true
}
