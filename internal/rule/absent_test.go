package rule

import (
	"testing"
	"time"

	"peiban/internal/event"
)

// Whoever has none of the events a rule looks at has one answer for ever, unless the day, the profile, a tag or a target decides.
func TestWithoutEventsThereIsOneAnswer(t *testing.T) {
	env := testEnv(t)
	loc := time.UTC
	with := told(t, loc, []string{"2026-03-01 08:00 glucose 7.1"})
	for src, once := range map[string]bool{
		`events("chat").count() >= 1`:                          true,
		`events("chat").within("7d").count() == 0`:             true,
		`days_since(events("chat")) >= 3`:                      true,
		`exists(events("chat")) || events("meal").count() < 2`: true,
		`trait_bool("elderMode")`:                              true,
		`local_year() >= 2026 || exists(events("chat"))`:       false,
		`tag("lost") || exists(events("chat"))`:                false,
		`timed_out || exists(events("chat"))`:                  false,
		`events().count() >= 1`:                                false,
		`events("chat", "glucose").count() >= 1`:               true, // of whoever has neither: here it is asked
	} {
		r := compile(t, env, src, KindBool)
		if (r.none != nil) != once {
			t.Errorf("%s: answered once %v, want %v", src, r.none != nil, once)
		}
		c := &Ctx{TL: with, Now: micro(t, "2026-03-08 12:00", loc), Tag: func(int) Truth { return Unknown }, Trigger: -1}
		short := r.Eval(c)
		r.none = nil
		if long := r.Eval(c); short.Truth != long.Truth || short.Next != long.Next || short.Bears != long.Bears || short.Touchy != long.Touchy {
			t.Errorf("%s: %+v, asked it is %+v", src, short, long)
		}
	}
}

// An event that fails whatever else is true is not seen; one that something else could let in is.
func TestAnEventIsNotSeenThatNothingCouldLetIn(t *testing.T) {
	env := testEnv(t)
	r := compile(t, env, `events("glucose").where(e, e.value < 3.0 || e.value < 3.9 && tag("lost")).count() >= 1`, KindBool)
	tl := told(t, time.UTC, []string{"2026-03-01 08:00 glucose 2.8", "2026-03-01 09:00 glucose 3.5", "2026-03-01 10:00 glucose 7.1"})
	c := &Ctx{TL: tl, Now: micro(t, "2026-03-08 12:00", time.UTC), Tag: func(int) Truth { return True }, Trigger: -1}
	r.Eval(c) // the tag is True in what it leaves behind
	for i, want := range []bool{true, true, false} {
		if tl.Type[i] != event.Glucose || r.Sees(c, i) != want {
			t.Errorf("event %d is seen: %v", i, !want)
		}
	}
}
