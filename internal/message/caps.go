package message

import (
	"fmt"

	"peiban/internal/fault"
)

// Caps are how many messages one person gets at most, as a workspace sets them. They count over all programmes, channels and staff; what is
// about safety is never capped, whatever they say.
type Caps struct {
	PerDay      int `json:"perDay" doc:"of programmes, per calendar day of the person: 1 to 10"`
	PerWeek     int `json:"perWeek" doc:"of programmes, in any seven days on end: 1 to 40, no less than perDay and no more than seven times it"`
	FirstDays   int `json:"firstDays" doc:"so many days from joining on firstPerDay holds: 0 to 30"`
	FirstPerDay int `json:"firstPerDay" doc:"per day in the first days: 1 to perDay"`
	AskedPerDay int `json:"askedPerDay" doc:"that the person asked for, per calendar day: 1 to 20"`
}

// The most a workspace may set: beyond them a service becomes what people opt out of, and a mistyped number is caught.
const (
	MostPerDay, MostPerWeek, MostFirstDays, MostAsked = 10, 40, 30, 20
)

// Capped is a version of a workspace's caps, who set it and when.
type Capped struct {
	Caps
	Version int64
	At      int64 // microseconds
	By      string
}

// UsualCaps hold where a workspace says nothing. Source: docs/guide/sources.md, service rules.
func UsualCaps() Caps { return DefaultPolicy().Caps() }

// Caps are those of a policy.
func (p Policy) Caps() Caps {
	return Caps{p.PerDay, p.PerWeek, p.FirstDays, p.FirstPerDay, p.AskedPerDay}
}

// With is a policy with other caps.
func (p Policy) With(c Caps) Policy {
	p.PerDay, p.PerWeek, p.FirstDays, p.FirstPerDay, p.AskedPerDay = c.PerDay, c.PerWeek, c.FirstDays, c.FirstPerDay, c.AskedPerDay
	return p
}

// Check tells what cannot be, at the field.
func (c Caps) Check() error {
	for _, x := range []struct {
		field          string
		n, least, most int
	}{
		{"perDay", c.PerDay, 1, MostPerDay}, {"perWeek", c.PerWeek, 1, MostPerWeek}, {"firstDays", c.FirstDays, 0, MostFirstDays},
		{"firstPerDay", c.FirstPerDay, 1, MostPerDay}, {"askedPerDay", c.AskedPerDay, 1, MostAsked},
	} {
		if x.n < x.least || x.n > x.most {
			return fault.New(fault.Invalid, "cap_bounds", fmt.Sprintf("要在 %d 到 %d 之间", x.least, x.most), fmt.Sprintf("it must be %d to %d", x.least, x.most)).At("body.%s", x.field)
		}
	}
	switch {
	case c.PerWeek < c.PerDay:
		return errWeekBelowDay.At("body.perWeek")
	case c.PerWeek > 7*c.PerDay:
		return errWeekNever.At("body.perWeek")
	case c.FirstPerDay > c.PerDay:
		return errFirstAboveDay.At("body.firstPerDay")
	}
	return nil
}

var (
	errWeekBelowDay  = fault.New(fault.Invalid, "cap_week_below_day", "七天的上限不能比一天的小", "the cap of seven days cannot be below that of one day")
	errWeekNever     = fault.New(fault.Invalid, "cap_week_never", "七天的上限大于一天的七倍，永远用不到", "more than seven times the cap of a day is never reached")
	errFirstAboveDay = fault.New(fault.Invalid, "cap_first_above_day", "头几天的上限不能比平时一天的大", "the cap of the first days cannot be above the usual one of a day")
)
