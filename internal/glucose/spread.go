package glucose

import (
	"math"
	"time"
)

// CONGA is the spread of overall net glycaemic action: the sample standard deviation of the differences between readings n hours
// apart, in the unit of v. The curve is resampled first, see Resample; a difference with an unknown end is left out. at is in order;
// not ok below two differences, or when the series cannot be resampled.
//
// Source: McDonnell 2005, Diabetes Technol Ther 7:253; resampling and n = 24 as in iglu.
func CONGA(at []int64, v []float64, hours int, zone *time.Location) (float64, bool) {
	g, ok := Resample(at, v, 0, zone)
	if !ok {
		return 0, false
	}
	return g.conga(hours)
}

func (g Grid) conga(hours int) (float64, bool) {
	hour := int(math.RoundToEven(60 / float64(g.Step/minute))) // how many steps an hour has
	lag := hour * hours
	if lag < 1 {
		return 0, false
	}
	var n, mean, squares float64 // running, so that no second slice is needed
	for i := lag; i < len(g.V); i++ {
		d := g.V[i] - g.V[i-lag]
		if math.IsNaN(d) {
			continue
		}
		n++
		off := d - mean
		mean += off / n
		squares += off * (d - mean)
	}
	if n < 2 {
		return 0, false
	}
	return math.Sqrt(squares / (n - 1)), true
}

// MODD is the mean of daily differences: the mean absolute difference between readings at the same local clock time on one day and
// the next, in the unit of v. The curve is resampled first, see Resample. When clocks change, the hour that has no counterpart on the
// other day is left out. at is in order; not ok without a single pair, or when the series cannot be resampled.
//
// Source: Service 1980, Diabetes Care 3:58; resampling as in iglu.
func MODD(at []int64, v []float64, zone *time.Location) (float64, bool) {
	g, ok := Resample(at, v, 0, zone)
	if !ok {
		return 0, false
	}
	return g.modd(zone)
}

func (g Grid) modd(zone *time.Location) (float64, bool) {
	const day = 24 * 60 * minute
	today, tomorrow := clock{zone: zone}, clock{zone: zone}
	var sum float64
	n := 0
	for i := range g.V {
		t := g.From + int64(i)*g.Step
		local := t + today.offset(t) + day
		same, ok := tomorrow.moment(local, t+day)
		k := (same - g.From) / g.Step
		if !ok || (same-g.From)%g.Step != 0 || k >= int64(len(g.V)) {
			continue // that clock time does not come tomorrow, or it falls between two steps or behind the last
		}
		if d := g.V[k] - g.V[i]; !math.IsNaN(d) {
			sum += math.Abs(d)
			n++
		}
	}
	return sum / float64(n), n > 0
}

// clock tells how far local time is from UTC, in microseconds, and asks the zone only when it changes.
type clock struct {
	zone        *time.Location
	from, until int64
	shift       int64
}

func (c *clock) offset(at int64) int64 {
	if at >= c.from && at < c.until {
		return c.shift
	}
	t := time.UnixMicro(at).In(c.zone)
	_, seconds := t.Zone()
	from, until := t.ZoneBounds()
	c.from, c.until, c.shift = math.MinInt64, math.MaxInt64, int64(seconds)*1e6
	if !from.IsZero() {
		c.from = from.UnixMicro()
	}
	if !until.IsZero() {
		c.until = until.UnixMicro()
	}
	return c.shift
}

// moment is when clocks show local (microseconds), looked for near guess; not ok when they skip it.
func (c *clock) moment(local, guess int64) (int64, bool) {
	at := local - c.offset(guess)
	if used := local - at; c.offset(at) != used {
		at = local - c.shift
		return at, c.offset(at) == local-at
	}
	return at, true
}
