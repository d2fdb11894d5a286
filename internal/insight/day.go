package insight

import (
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// midnight is the first moment of the local day so many days after t's: 00:00, or when the clocks have jumped over it.
func midnight(t time.Time, days int) int64 {
	at := time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
	if at.Hour() == 23 { // time.Date took the hour before the jump
		_, at = at.ZoneBounds()
	}
	return at.UnixMicro()
}

// StartOfDay is the first moment of the local day that holds at.
func StartOfDay(at int64, loc *time.Location) int64 { return midnight(time.UnixMicro(at).In(loc), 0) }

// EndOfDay is the first moment of the next local day.
func EndOfDay(at int64, loc *time.Location) int64 { return midnight(time.UnixMicro(at).In(loc), 1) }

// LastDays is where the last n local days up to at begin, today among them, as the open end of a span.
func LastDays(at int64, n int, loc *time.Location) int64 {
	return midnight(time.UnixMicro(at).In(loc), 1-n) - 1
}

// StartOfWeek is the first moment of the local week, which begins on Monday.
func StartOfWeek(at int64, loc *time.Location) int64 {
	t := time.UnixMicro(at).In(loc)
	return midnight(t, -((int(t.Weekday()) + 6) % 7))
}

// Week counts the readings since Monday. The first moment of Monday belongs to the week.
func Week(v timeline.View, to int64) int {
	return Count(v, StartOfWeek(to, v.Loc)-1, to)
}

// WeekOf counts the events of type t since Monday.
func WeekOf(v timeline.View, t event.Type, to int64) int {
	return Times(v, t, StartOfWeek(to, v.Loc)-1, to)
}

// LogDay is one row of the glucose log: places in the timeline by meal slot. A reading without a slot is random.
type LogDay struct {
	Date  string // 2026-03-08, local
	Slots map[string][]int
}

// Log lays the shown readings out day by day and slot by slot, newest day first. Days without a reading are
// left out.
func Log(v timeline.View, from, to int64) []LogDay {
	var days []LogDay
	for i := range Shown(v, from, to) {
		date := time.UnixMicro(v.At[i]).In(v.Loc).Format(time.DateOnly)
		if n := len(days); n == 0 || days[n-1].Date != date {
			days = append(days, LogDay{Date: date, Slots: map[string][]int{}})
		}
		slot := v.A[i].String()
		if slot == "" {
			slot = "random"
		}
		d := &days[len(days)-1]
		d.Slots[slot] = append(d.Slots[slot], i)
	}
	slices.Reverse(days)
	return days
}

// slots are the usual hours of the meal slots, local, in minutes of the day: until when each is guessed.
var slots = []struct {
	until   int
	context string
}{
	{4 * 60, "night"},
	{9*60 + 30, "fasting"},
	{11 * 60, "after_breakfast_2h"},
	{12*60 + 30, "before_lunch"},
	{16 * 60, "after_lunch_2h"},
	{18*60 + 30, "before_dinner"},
	{21*60 + 30, "after_dinner_2h"},
	{24 * 60, "bedtime"},
}

// GuessSlot is the meal slot a reading taken now most likely belongs to: by the hour, and the next one when
// today's is filled already.
func GuessSlot(v timeline.View, to int64) string {
	filled := map[event.Symbol]bool{}
	for i := range Shown(v, StartOfDay(to, v.Loc)-1, to) {
		filled[v.A[i]] = true
	}
	t := time.UnixMicro(to).In(v.Loc)
	minute := t.Hour()*60 + t.Minute()
	for k, s := range slots {
		if minute >= s.until {
			continue
		}
		if !filled[event.Intern(s.context)] {
			return s.context
		}
		if k > 0 && k+1 < len(slots) && !filled[event.Intern(slots[k+1].context)] {
			return slots[k+1].context
		}
		break
	}
	return "random"
}
