package simulate

import (
	"math"
	"time"
)

// Behaviour is how the people of a story differ from the usual: factors on what is drawn for each, and relapse, which a story
// without one does not have. Each number is an assumption, said so in docs/guide/journeys.md.
type Behaviour struct {
	Adherence float64 `json:"adherence"` // times the readings agreed on
	Silence   float64 `json:"silence"`   // times the share who fall silent
	Replies   float64 `json:"replies"`   // times the share of messages opened, and of cards answered
	Relapse   float64 `json:"relapse"`   // chance a month that old habits come back
}

// What a relapse is: for so many days little is measured, and values are higher. Assumptions.
const (
	relapseShortest = 10  // days
	relapseLongest  = 25  // days
	relapseKeeps    = 0.4 // times the share of days on which they keep to it
	relapseRise     = 1.2 // mmol/L
)

// silent is the usual share of people who fall silent for good, of the company as it is cast: 19 of 200.
const silentShare = 19.0 / 200

func (l *Life) behave(b *Behaviour) { l.how = b }

// Behave makes people of a story fall silent as b says, more or fewer than the cast has.
func Behave(seed uint64, all []*Person, end time.Time, b Behaviour) {
	for _, p := range all {
		r := chance(seed, p.N, "silence", 0)
		switch {
		case p.Role == "silent" || p.Role == "faded":
			if happens(r, 1-b.Silence) {
				p.LastActive = end.AddDate(1, 0, 0)
			}
		case p.Role == child || p.Joins.IsZero() || b.Silence <= 1:
		case happens(r, (b.Silence-1)*silentShare/(1-silentShare)):
			if since := end.Add(-time.Duration(between(r, 16, 95)*24) * time.Hour); since.After(p.Joins) {
				p.LastActive, p.ComesBack = since, time.Time{}
			}
		}
	}
}

func (l *Life) adheres() float64 {
	if l.how == nil {
		return 1
	}
	return l.how.Adherence
}

// keeps is the share of days on which somebody does what was agreed.
func (l *Life) keeps(day time.Time) float64 {
	if l.relapsed(day) {
		return l.Person.habit.keeps * relapseKeeps
	}
	return l.Person.habit.keeps
}

func (l *Life) replies(share float64) float64 {
	if l.how == nil {
		return share
	}
	return math.Min(1, share*l.how.Replies)
}

// relapsed tells whether old habits have come back at that moment: once a month at most, and never in the first.
func (l *Life) relapsed(at time.Time) bool {
	if l.how == nil || l.how.Relapse <= 0 {
		return false
	}
	day := at.Sub(l.Person.Joins).Hours() / 24
	for _, month := range []int{int(day / 30), int(day/30) - 1} { // one may have begun in the month before
		if month < 1 {
			continue
		}
		r := chance(l.seed, l.Person.N, "relapse", month)
		if !happens(r, l.how.Relapse) {
			continue
		}
		from := float64(month)*30 + between(r, 0, 29)
		if day >= from && day < from+between(r, relapseShortest, relapseLongest) {
			return true
		}
	}
	return false
}
