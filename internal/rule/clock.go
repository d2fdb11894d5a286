package rule

import (
	"math"
	"time"
)

// Lengths of time in microseconds.
const (
	microMinute = int64(time.Minute / time.Microsecond)
	microHour   = 60 * microMinute
	microDay    = 24 * microHour
)

// offsets remembers the last answer of the time zone data: asking it again for every event would cost more
// than the rest of a rule.
type offsets struct {
	loc      *time.Location
	from, to int64 // the answer holds in [from, to)
	east     int64 // microseconds east of UTC
}

// offset tells how far east of UTC the person's clocks are at the moment at.
func (c *Ctx) offset(at int64) int64 {
	z := &c.zone
	if at >= z.from && at < z.to && z.loc == c.TL.Loc {
		return z.east
	}
	loc := c.TL.Loc
	if loc == nil {
		loc = time.UTC
	}
	t := time.UnixMicro(at).In(loc)
	_, east := t.Zone()
	start, end := t.ZoneBounds()
	*z = offsets{loc: c.TL.Loc, from: math.MinInt64, to: math.MaxInt64, east: int64(east) * 1e6}
	if !start.IsZero() {
		z.from = start.UnixMicro()
	}
	if !end.IsZero() {
		z.to = end.UnixMicro()
	}
	return z.east
}

// local is at as the person's clocks show it, in microseconds since 1970 on those clocks.
func (c *Ctx) local(at int64) int64 { return at + c.offset(at) }

// localDay numbers calendar days of the person's zone; 1 January 1970 is 0.
func (c *Ctx) localDay(at int64) int64 { return floorDiv(c.local(at), microDay) }

// dayStart is the first moment of a local day. Days begin at 00:00 except where daylight saving skips that hour
// (Beirut, Havana): there they begin when the clocks have jumped.
func (c *Ctx) dayStart(day int64) int64 {
	local := day * microDay
	// Zones reach from 12 hours west to 14 hours east of UTC, so these two lie around the start of the day.
	before, after := c.offset(local-15*microHour), c.offset(local+13*microHour)
	if before == after {
		return local - before
	}
	early, late := local-max(before, after), local-min(before, after)
	if c.local(early) == local {
		return early
	}
	if c.local(late) == local {
		return late
	}
	c.offset(local + 13*microHour)
	return c.zone.from
}

// hourEnd is the next moment after at when the person's clocks show a full hour, or jump.
func (c *Ctx) hourEnd(at int64) int64 {
	local := c.local(at)
	return min(at+microHour-floorMod(local, microHour), c.zone.to)
}

// localYear is the calendar year on the person's clocks.
func (c *Ctx) localYear(at int64) int {
	return time.UnixMicro(c.local(at)).UTC().Year()
}

// yearStart is the first moment of a local year.
func (c *Ctx) yearStart(year int) int64 {
	return c.dayStart(floorDiv(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), microDay))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

// maxPeriod bounds every length of time in a rule, so that adding one to a moment cannot overflow.
const maxPeriod = 100 * 366 * microDay

// parsePeriod reads "15m", "12h", "7d" or "4w" as microseconds.
func parsePeriod(s string) (int64, bool) {
	if len(s) < 2 || len(s) > 9 {
		return 0, false
	}
	var unit int64
	switch s[len(s)-1] {
	case 'm':
		unit = microMinute
	case 'h':
		unit = microHour
	case 'd':
		unit = microDay
	case 'w':
		unit = 7 * microDay
	default:
		return 0, false
	}
	n := int64(0)
	for _, r := range s[:len(s)-1] {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	if n > maxPeriod/unit {
		return 0, false
	}
	return n * unit, true
}
