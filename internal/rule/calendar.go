package rule

import "time"

// unit is a length of the calendar.
type unit uint8

const (
	aDay unit = iota
	aWeek
	aMonth
)

// daysAtMost is how long a unit can be, in days.
var daysAtMost = [...]int64{aDay: 1, aWeek: 7, aMonth: 31}

// unitOf numbers the unit of the person's calendar that the moment at lies in. Weeks begin on Monday.
func (c *Ctx) unitOf(u unit, at int64) int64 {
	day := c.localDay(at)
	switch u {
	case aWeek:
		return floorDiv(day+3, 7) // 1 January 1970 was a Thursday
	case aMonth:
		y, m, _ := time.Unix(day*86400, 0).UTC().Date()
		return int64(y)*12 + int64(m) - 1
	}
	return day
}

// unitStart is the first moment of a unit.
func (c *Ctx) unitStart(u unit, n int64) int64 {
	switch u {
	case aWeek:
		return c.dayStart(n*7 - 3)
	case aMonth:
		first := time.Date(int(floorDiv(n, 12)), time.Month(floorMod(n, 12)+1), 1, 0, 0, 0, 0, time.UTC)
		return c.dayStart(floorDiv(first.Unix(), 86400))
	}
	return c.dayStart(n)
}

// span is the first moment of the window of a calendar op and the last moment in it.
func (o *op) span(c *Ctx) (from, until int64) {
	newest := c.unitOf(o.unit, c.Now) - int64(o.skip)
	until = c.Now
	if o.skip > 0 {
		until = c.unitStart(o.unit, newest+1) - 1
	}
	return c.unitStart(o.unit, newest-int64(o.n-1)), until
}

// enters is when an event of the moment at comes into the window of a calendar op; leaves is when it is out again.
func (o *op) enters(c *Ctx, at int64) int64 {
	if o.skip == 0 {
		return at
	}
	return c.unitStart(o.unit, c.unitOf(o.unit, at)+int64(o.skip))
}

func (o *op) leaves(c *Ctx, at int64) int64 {
	return c.unitStart(o.unit, c.unitOf(o.unit, at)+int64(o.skip+o.n))
}
