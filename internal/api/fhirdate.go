package api

import (
	"math"
	"time"

	"peiban/internal/fhir"
)

// fhirDate is a date a search asks for: a prefix, and the span the date may mean, microseconds; [from, to).
type fhirDate struct {
	prefix   string
	from, to int64
}

// parseFHIRDate reads ge2026-03 and the like. A date without a time is one of the workspace's zone.
func parseFHIRDate(s string, loc *time.Location) (fhirDate, bool) {
	d := fhirDate{prefix: "eq"}
	if len(s) > 2 && s[0] >= 'a' && s[0] <= 'z' {
		d.prefix, s = s[:2], s[2:]
	}
	m, ok := fhir.ParseMoment(s, loc)
	if !ok {
		if t, err := time.ParseInLocation("2006-01-02T15:04", s, loc); err == nil { // a minute, as the standard allows in a search
			m, ok = fhir.Moment{At: t, Period: time.Minute}, true
		}
	}
	d.from = m.At.UnixMicro()
	d.to = d.from + m.Period.Microseconds()
	if m.Period == 0 {
		d.to = d.from + time.Second.Microseconds()
	}
	switch d.prefix {
	case "eq", "ne", "lt", "gt", "le", "ge", "sa", "eb", "ap":
		return d, ok
	}
	return d, false
}

// fits tells whether something that was at at, or in [at, end), is asked for.
func (d fhirDate) fits(at, end int64) bool {
	inside := at >= d.from && at < d.to
	switch d.prefix {
	case "ne":
		return !inside
	case "lt", "eb":
		return at < d.from
	case "sa":
		return at >= d.to
	case "gt":
		return at >= d.to || end > d.to
	case "le":
		return at < d.to
	case "ge":
		return at >= d.from || end > d.from
	case "ap": // a tenth of the way to now is the standard's proposal; a day at least
		slack := int64(math.Max(float64(24*time.Hour.Microseconds()), float64(d.to-d.from)))
		return at >= d.from-slack && at < d.to+slack
	}
	return inside
}
