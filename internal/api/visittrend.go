package api

import (
	"fmt"
	"math"
	"time"

	"peiban/internal/event"
	"peiban/internal/healthfile"
)

// trendDays is how far back the page for the visit draws what is measured a few times a year.
const trendDays = 730

// trendLeast is how many values make a course: of one there is nothing to draw.
const trendLeast = 2

// hipScales are the scores of a hip, those that are followed over years.
var hipScales = []string{"harris", "harris_patient"}

// trends are the courses of what is measured a few times a year: HbA1c, and the scores of each hip. Of two values of a day the later one
// stands: these are results, not readings to average.
func (h *shaper) trends() []MeasureCourse {
	out := []MeasureCourse{}
	for _, t := range h.file.Tests() {
		if t.Key != healthfile.A1c {
			continue
		}
		c := h.trend(t.Key, event.HbA1c.Spec().Name, t.Unit, t.Decimals, t.Points)
		if high := h.l.Target.HbA1c; high > 0 {
			c.Limits, c.Limit = []float64{high}, same2("≤"+number(high, 1)+t.Unit)
		}
		out = append(out, c)
	}
	for _, scale := range hipScales {
		for _, side := range []string{"left", "right", ""} {
			var es []*healthfile.Entry
			for _, e := range h.file.Of(event.Score) {
				if e.Stands() && e.Code("scale") == scale && e.Code("side") == side {
					es = append(es, e)
				}
			}
			key, name := scale, codeWord("score", "scale", scale)
			if side != "" {
				key, name = scale+":"+side, joined(name, codeWord("score", "side", side))
			}
			out = append(out, h.trend(key, name, "", 0, es))
		}
	}
	return dropped(out)
}

// dropped leaves only courses with enough values.
func dropped(all []MeasureCourse) []MeasureCourse {
	out := all[:0]
	for _, c := range all {
		if len(c.Points) >= trendLeast {
			out = append(out, c)
		}
	}
	return out
}

// trend is the course of entries, oldest first, over the last trendDays.
func (h *shaper) trend(key string, name Text, unit string, decimals int, es []*healthfile.Entry) MeasureCourse {
	c := MeasureCourse{Key: key, Name: name, Unit: unit, Limits: []float64{}, Rows: []MeasureRow{}, Points: []MeasurePoint{}}
	from := h.l.At - trendDays*(24*time.Hour).Microseconds()
	last := ""
	for _, e := range es {
		if at := e.Event.Occurred; at <= from || at > h.l.At || math.IsNaN(e.Event.Num) {
			continue
		}
		c.N++
		day := time.UnixMicro(e.Event.Occurred).In(h.l.View.Loc).Format(time.DateOnly)
		p := MeasurePoint{At: moment(e.Event.Occurred, h.l.View.Loc), Value: e.Event.Num, Show: fmt.Sprintf("%.*f", decimals, e.Event.Num), N: 1}
		if day == last {
			p.N += c.Points[len(c.Points)-1].N
			c.Points[len(c.Points)-1] = p
			continue
		}
		last = day
		c.Points = append(c.Points, p)
	}
	c.Days = len(c.Points)
	if c.Days < trendLeast {
		return c
	}
	first, end := c.Points[0].Show, c.Points[c.Days-1].Show
	c.Sentence = text(
		fmt.Sprintf("两年里 %d 次，%s → %s%s", c.N, first, end, unit),
		fmt.Sprintf("%s in two years, %s → %s%s", plural(c.N, "value", "values"), first, end, unit))
	return c
}
