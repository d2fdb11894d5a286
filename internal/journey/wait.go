package journey

import (
	"fmt"
	"time"
)

// BestHour, as the time of day of a wait, is the hour at which the person usually answers.
const BestHour = "best"

// What a wait may be for beside the types of events.
const (
	ForTask   = "task"    // the run's last task
	ForAnswer = "answer"  // the run's last card
	ForReply  = "reply"   // the person writes
	ForForm   = "form"    // the run's last questionnaire is filled in
	ForCalled = "journey" // the journey it called ends
)

// WaitStep waits for time, for a local time of day, a weekday or a date, or for an event with a deadline.
type WaitStep struct {
	For     time.Duration
	Day     int    // with At: day n after entry, local; 0 with At: the next such time
	At      string // "09:00", or BestHour
	Weekday int    // with At: the next such day, 1 Monday to 7 Sunday; 0: any
	Date    *Date  // until so long before or after a date
	Event   string // event type, or one of those above
	Form    string // for ForForm: the questionnaire, that of the step before
	If      Cond
	AtMost  time.Duration // deadline of an Event wait
}

// Clock is what a wait may know of the person beside the run.
type Clock struct {
	Loc *time.Location
	// Best is the hour, 0 to 23, at which the person usually answers.
	Best func() int
	// Date is the moment of a date, 0 when there is none; microseconds.
	Date func(*Date) int64
}

// until is when the wait ends by itself; 0: never.
func (w *WaitStep) until(r *Run, c Clock, now int64) int64 {
	switch {
	case w.Event != "":
		if w.AtMost == 0 {
			return 0
		}
		return now + w.AtMost.Microseconds()
	case w.Date != nil:
		return max(now, c.Date(w.Date)) // no date: nothing to wait for
	case w.At != "":
		return w.next(r, c, now)
	case w.Day > 0:
		return r.Entered + int64(w.Day)*24*time.Hour.Microseconds()
	}
	return now + w.For.Microseconds()
}

// next is the moment of the time of day it waits for.
func (w *WaitStep) next(r *Run, c Clock, now int64) int64 {
	h, m := c.hour(w.At)
	from := time.UnixMicro(now).In(c.Loc)
	if w.Day > 0 {
		from = time.UnixMicro(r.Entered).In(c.Loc)
		return onDay(from, w.Day, h, m).UnixMicro()
	}
	for day := 0; ; day++ {
		at := onDay(from, day, h, m)
		if at.After(time.UnixMicro(now)) && (w.Weekday == 0 || weekday(at) == w.Weekday) {
			return at.UnixMicro()
		}
	}
}

func (c Clock) hour(at string) (h, m int) {
	if at == BestHour {
		return c.Best(), 0
	}
	_, _ = fmt.Sscanf(at, "%d:%d", &h, &m) // checked when the programme was loaded
	return h, m
}

func onDay(from time.Time, days, h, m int) time.Time {
	return time.Date(from.Year(), from.Month(), from.Day()+days, h, m, 0, 0, from.Location())
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// On is the moment d means for somebody whose date is at (microseconds), in their days; 0 for no date.
func (d *Date) On(at int64, loc *time.Location) int64 {
	if at == 0 {
		return 0
	}
	var h, m int
	_, _ = fmt.Sscanf(d.At, "%d:%d", &h, &m)
	return onDay(time.UnixMicro(at).In(loc), int(d.Shift/(24*time.Hour)), h, m).UnixMicro()
}
