package engine

import (
	"testing"

	"peiban/internal/event"
)

func put(journey, how, programme string, now int64) event.Event {
	return event.Event{Type: event.JourneyStart, A: event.Intern(journey), B: event.Intern(how), C: event.Intern(programme), Occurred: now}
}

// TestWhoIsPutInComesInAsTheJourneySays: what Admits says is what the step does, and says why.
func TestWhoIsPutInComesInAsTheJourneySays(t *testing.T) {
	const steps = "steps: [{wait: 2d}, {message: hello}]\n"
	low := func(l *life, now int64) { l.add(reading(3, now-minute), now-minute) }
	start := func(l *life, now int64) { l.add(put("j", Backfill, "sound", now), now) }
	hand := func(l *life, now int64) { l.add(put("j", ByHand, "sound", now), now) }
	for _, tt := range []struct {
		name, enter string
		before      func(l *life, now int64)
		want        Refusal
	}{
		{"by hand", "enter: {manual: true}\n", nil, ""},
		{"by hand, who is in", "enter: {manual: true}\n", hand, Inside},
		{"by hand, once, who was in", "enter: {manual: true, key: once}\n", func(l *life, now int64) { hand(l, now-3*aDay); l.advance(now) }, Once},
		{"by hand, in the pause", "enter: {manual: true, again: 30d}\n", func(l *life, now int64) { hand(l, now-5*aDay); l.advance(now) }, Resting},
		{"by hand, after the pause", "enter: {manual: true, again: 4d}\n", func(l *life, now int64) { hand(l, now-5*aDay); l.advance(now) }, ""},
		{"by hand, where a condition does not hold", "enter: {manual: true, if: 'tag(\"low\")'}\n", nil, NotFitting},
		{"by hand, who would leave at once", "enter: {manual: true}\nleave: ['tag(\"low\")']\n", low, Leaving},
		{"before its dates", "enter: {manual: true}\nvalid: {from: 2027-01-01}\n", nil, OutOfDates},
		{"has the tag already", "enter: {tag: watch}\n", func(l *life, now int64) {
			l.add(event.Event{Type: event.SegmentSet, A: event.Intern("watch"), B: event.Intern("in"), Occurred: now - minute}, now-minute)
			l.s.Runs = nil // it was entered then, before the journey was there
			l.s.Entries = nil
		}, ""},
		{"has the tag and came in by it", "enter: {tag: low}\n", low, Inside},
		{"has not the tag", "enter: {tag: low}\n", nil, NotFitting},
		{"is in the stage already", "enter: {stage: all}\n", func(l *life, _ int64) { l.s.Runs, l.s.Entries = nil, nil }, ""},
		{"another stage", "enter: {stage: ill}\n", nil, NotFitting},
		{"an event cannot be made by hand", "enter: {on: meal}\n", nil, NotByHand},
		{"a tag that went cannot either", "enter: {tag_left: low}\n", nil, NotByHand},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := nodes(t, map[string]string{"j": tt.enter + steps})
			l, now := enrolled(p)
			now += 10 * aDay
			l.advance(now - 6*aDay)
			if tt.before != nil {
				tt.before(l, now)
			}
			was := l.encode(t)
			for _, m := range []*Memo{nil, &l.m} {
				if got := Admits([]*Programme{p}, p, "j", testWho, l.view(), l.s, m, now); got != tt.want {
					t.Errorf("%q, want %q", got, tt.want)
				}
			}
			if string(l.encode(t)) != string(was) {
				t.Error("asking changed the state")
			}
			began := len(l.s.Runs)
			how := Backfill
			if e, no := p.StartOf("j"); no == "" {
				how = e.B.String()
			}
			l.add(put("j", how, "sound", now), now)
			if came := len(l.s.Runs) > began; came != (tt.want == "") {
				t.Errorf("came in %v", came)
			}
		})
	}
	p := nodes(t, map[string]string{"j": "enter: {tag: low}\n" + steps})
	l, now := enrolled(p)
	low(l, now+minute)
	l.s.Runs, l.s.Entries = nil, nil
	l.add(put("j", ByHand, "sound", now+minute), now+minute)
	if len(l.s.Runs) != 0 {
		t.Error("a journey entered on a tag was entered by hand as if it were not")
	}
	l.add(put("j", Backfill, "other", now+minute), now+minute)
	if len(l.s.Runs) != 0 {
		t.Error("another programme's order was taken")
	}
	start(l, now+minute)
	if len(l.s.Runs) != 1 {
		t.Error("who fits already did not come in")
	}
	if got := Admits([]*Programme{p}, p, "none", testWho, l.view(), l.s, nil, now); got != NotThere {
		t.Errorf("%q", got)
	}
}
