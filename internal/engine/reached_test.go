package engine

import (
	"testing"

	"peiban/internal/event"
	"peiban/internal/rule"
)

const aDay = 24 * 60 * minute

func TestAGoalIsFoundFromTheTimelineAlone(t *testing.T) {
	for _, x := range []struct {
		name, journey string
		life          func(l *life, now int64)
		want          int64 // after the entry; 0: not reached
		before        bool
	}{
		{"the first good value after a low", "low-glucose", func(l *life, now int64) {
			l.add(reading(2.5, now), now)
			l.add(reading(3.2, now+10*minute), now+10*minute)
			l.add(reading(5.1, now+25*minute), now+25*minute)
			l.add(reading(6.1, now+30*minute), now+30*minute)
		}, 25 * minute, false},
		{"later than the window", "low-glucose", func(l *life, now int64) {
			l.add(reading(2.5, now), now)
			l.add(reading(5.1, now+61*minute), now+61*minute)
		}, 0, false},
		{"the last moment of the window", "low-glucose", func(l *life, now int64) {
			l.add(reading(2.5, now), now)
			l.add(reading(5.1, now+60*minute), now+60*minute)
		}, 60 * minute, false},
		{"what was taken back never was", "low-glucose", func(l *life, now int64) {
			l.add(reading(2.5, now), now)
			l.add(reading(5.1, now+20*minute), now+20*minute)
			wrong := l.tl.Seq[l.tl.Len()-1]
			l.add(event.Event{Type: event.Correction, Retracts: wrong, Occurred: now + 30*minute}, now+30*minute)
			l.add(reading(5.4, now+40*minute), now+40*minute)
		}, 40 * minute, false},
		{"a tag that comes of several readings", "new-patient", func(l *life, now int64) {
			l.add(event.Event{Type: event.ContactAdded, Occurred: now}, now)
			l.add(event.Event{Type: event.Profile, X: []float64{0, 0.6}, Occurred: now}, now)
			l.add(reading(7, now+aDay), now+aDay)
			l.add(reading(7, now+2*aDay), now+2*aDay)
			l.add(reading(7, now+3*aDay), now+3*aDay)
		}, -1, false},
		{"nothing came", "new-patient", func(*life, int64) {}, 0, false},
	} {
		l, now := someone(t)
		x.life(l, now)
		p := l.p
		d := p.Journey(x.journey).Def
		at, before := p.NewReach(d).First(l.view(), now, now+d.Goal.Within.Microseconds())
		switch {
		case before != x.before, x.want >= 0 && at != 0 && at-now != x.want, x.want >= 0 && (at == 0) != (x.want == 0), x.want < 0 && at == 0:
			t.Errorf("%s: %d after the entry, before %v", x.name, at-now, before)
		}
		// As asked at each moment by the whole programme, tag by tag.
		if x.want < 0 {
			tags, _ := p.EvaluateIn(l.view(), at, Standing{})
			just, _ := p.EvaluateIn(l.view(), at-1, Standing{})
			i := p.TagIndex("lc_activated")
			if tags[i].Truth != rule.True || just[i].Truth == rule.True {
				t.Errorf("%s: not gained at %d", x.name, at-now)
			}
		}
	}
}

// While a run lasts it remembers the same moment.
func TestAGoalIsTheRunsOwn(t *testing.T) {
	l, now := someone(t)
	l.add(reading(2.5, now), now)
	l.add(reading(4.2, now+4*minute), now+4*minute)
	r := l.s.Run(l.s.Runs[0].ID)
	at, _ := l.p.NewReach(l.p.Journey("low-glucose").Def).First(l.view(), r.Entered, now+aDay)
	if r.Goal == 0 || r.Goal != at {
		t.Errorf("the run says %d, the timeline %d", r.Goal-now, at-now)
	}
}

func TestAJourneyWithoutAGoalReachesNone(t *testing.T) {
	l, _ := someone(t)
	d := *l.p.Journey("low-glucose").Def
	d.Goal = nil
	if l.p.NewReach(&d) != nil {
		t.Error("there is nothing to reach")
	}
}
