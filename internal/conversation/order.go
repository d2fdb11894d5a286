package conversation

import (
	"cmp"
	"time"
)

// Policy is how soon people get an answer, and how long the assistant is silent after a human.
type Policy struct {
	Within time.Duration // an answer is promised within, counted in service hours
	From   int           // minute of the day the service begins
	To     int           // and ends
	Pause  time.Duration // of the assistant after a human wrote
}

// DefaultPolicy: half an hour from 8:00 to 21:00 (operations.md 6 measures replies in these hours), the assistant silent for a day.
func DefaultPolicy() Policy {
	return Policy{Within: 30 * time.Minute, From: 8 * 60, To: 21 * 60, Pause: 24 * time.Hour}
}

// Due is by when an answer is owed: what was promised, else Within of when they began to wait. 0: none is owed. An hour outside the
// service's does not count: who writes at night is answered in the morning.
func (p Policy) Due(t *Talk, loc *time.Location) int64 {
	switch {
	case t.Promise != 0:
		return t.Promise
	case t.Waiting == 0:
		return 0
	}
	return p.within(time.UnixMicro(t.Waiting).In(loc)).UnixMicro()
}

// within adds Within to a moment, in service hours.
func (p Policy) within(at time.Time) time.Time {
	if p.From >= p.To { // no hours are set: it counts day and night
		return at.Add(p.Within)
	}
	left := p.Within
	for range 400 { // a policy of more than a year promises nothing anyway
		y, m, d := at.Date()
		begin := time.Date(y, m, d, 0, p.From, 0, 0, at.Location())
		end := time.Date(y, m, d, 0, p.To, 0, 0, at.Location())
		if at.Before(begin) {
			at = begin
		}
		if at.Before(end) {
			if room := end.Sub(at); room >= left {
				return at.Add(left)
			} else {
				left -= room
			}
		}
		at = time.Date(y, m, d+1, 0, p.From, 0, 0, at.Location())
	}
	return at
}

// Urgency is how urgent an open conversation is: safety first, then the earliest due, then who waits longest.
type Urgency struct {
	Safety bool
	Due    int64 // 0: nothing is owed
	Since  int64 // 0: nobody waits
}

// Compare orders urgencies, the most urgent first.
func (u Urgency) Compare(o Urgency) int {
	if u.Safety != o.Safety {
		if u.Safety {
			return -1
		}
		return 1
	}
	return cmp.Or(compareSet(u.Due, o.Due), compareSet(u.Since, o.Since))
}

// compareSet puts the earlier first and what is not set last.
func compareSet(a, b int64) int {
	if (a == 0) != (b == 0) {
		if a == 0 {
			return 1
		}
		return -1
	}
	return cmp.Compare(a, b)
}

// Dues reckons what is due in many conversations: the hours of a day are looked up once.
type Dues struct {
	p    Policy
	loc  *time.Location
	days map[int64][2]int64 // by local day: when its service begins and ends, microseconds
}

// Dues begins to reckon.
func (p Policy) Dues(loc *time.Location) *Dues {
	return &Dues{p: p, loc: loc, days: map[int64][2]int64{}}
}

// Due is Policy.Due.
func (d *Dues) Due(t *Talk) int64 {
	if t.Promise != 0 || t.Waiting <= 0 || d.p.From >= d.p.To {
		return d.p.Due(t, d.loc)
	}
	at := time.UnixMicro(t.Waiting).In(d.loc)
	_, east := at.Zone()
	day := (at.Unix() + int64(east)) / 86400
	hours, known := d.days[day]
	if !known {
		y, m, n := at.Date()
		hours = [2]int64{time.Date(y, m, n, 0, d.p.From, 0, 0, d.loc).UnixMicro(), time.Date(y, m, n, 0, d.p.To, 0, 0, d.loc).UnixMicro()}
		d.days[day] = hours
	}
	if due := t.Waiting + d.p.Within.Microseconds(); t.Waiting >= hours[0] && due <= hours[1] {
		return due
	}
	return d.p.Due(t, d.loc)
}

// Urgency of a talk; safety: a task of safety is open about the person, or what they wrote speaks of an emergency.
func (d *Dues) Urgency(t *Talk, safety bool) Urgency {
	return Urgency{Safety: safety || t.Alarm != 0, Due: d.Due(t), Since: cmp.Or(t.Waiting, t.Alarm, t.Opened)}
}
