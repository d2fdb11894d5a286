package fhir

import (
	"time"
)

// Moment is a date of FHIR: as exact as it was written.
type Moment struct {
	At     time.Time
	Text   string        // as it was written, cut to what it says
	Period time.Duration // how long it may mean: a year, a month, a day; 0: a moment
	Offset int           // minutes east of UTC, of a moment; of a date those of the zone it was read in
}

// ParseMoment reads a date of any precision; wall times without a zone lie in loc. A date alone is its beginning.
func ParseMoment(s string, loc *time.Location) (Moment, bool) {
	var layout string
	switch {
	case len(s) == len("2006"):
		layout = "2006"
	case len(s) == len("2006-01"):
		layout = "2006-01"
	case len(s) == len("2006-01-02"):
		layout = "2006-01-02"
	default:
		t, err := time.Parse(time.RFC3339Nano, leap(s))
		if err != nil {
			return Moment{}, false
		}
		_, offset := t.Zone()
		return Moment{At: t, Text: s, Offset: offset / 60}, true
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		return Moment{}, false
	}
	end := t.AddDate(0, 0, 1)
	switch layout {
	case "2006":
		end = t.AddDate(1, 0, 0)
	case "2006-01":
		end = t.AddDate(0, 1, 0)
	}
	_, offset := t.Zone()
	return Moment{At: t, Text: s, Period: end.Sub(t), Offset: offset / 60}, true
}

// Date is the moment as health files keep dates: 2015, 2015-03 or 2015-03-08.
func (m Moment) Date() string {
	if len(m.Text) > len("2006-01-02") {
		return m.Text[:len("2006-01-02")]
	}
	return m.Text
}

// leap writes a leap second as the second before it, which is what clocks without leap seconds show.
func leap(s string) string {
	if at := len("2006-01-02T15:04:"); len(s) > at+2 && s[at:at+2] == "60" {
		return s[:at] + "59" + s[at+2:]
	}
	return s
}
