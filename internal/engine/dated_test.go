package engine

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
)

// A journey of a date begins at a moment of the person's own, whoever looks in between; what history tells of a past date begins nothing.
func TestADateEntersAtItsOwnMoment(t *testing.T) {
	const steps = "steps: [{message: hello}]\n"
	visit := func(at int64) event.Event { return event.Event{Type: event.Visit, Occurred: at} }
	every := int64(0) // somebody looks so often; 0: nobody, but when something is due
	pass := func(l *life, until int64) {
		for at := l.last + every; every != 0 && at < until; at += every {
			l.advance(at)
			l.step(Input{}, max(at, l.last))
		}
		l.advance(until)
	}
	told := func(l *life, e event.Event, at int64) {
		pass(l, at)
		l.happen(arrival{at: at, e: e})
	}
	for _, tt := range []struct {
		name, enter string
		live        func(l *life, now int64) // it is eleven on a Sunday, the 8th
		want        string
	}{
		{"on the day", "", func(l *life, now int64) { told(l, visit(now), now) }, "11 10:00"},
		{"told of when it is past", "", func(l *life, now int64) { told(l, visit(now), now+4*aDay) }, "12 11:00"},
		{"told of too late", "", func(l *life, now int64) { told(l, visit(now), now+6*aDay) }, ""},
		{"by history, before it", "", func(l *life, now int64) {
			e := visit(now)
			e.Flags = event.Imported
			told(l, e, now+aDay)
		}, "11 10:00"},
		{"by history, when it is past", "", func(l *life, now int64) {
			e := visit(now)
			e.Flags = event.Imported
			told(l, e, now+4*aDay)
			told(l, event.Event{Type: event.Meal, Occurred: now + 4*aDay + minute}, now+4*aDay+minute)
		}, ""},
		{"and the next one", "", func(l *life, now int64) {
			e := visit(now)
			e.Flags = event.Imported
			told(l, e, now+4*aDay)
			told(l, visit(now+5*aDay), now+5*aDay)
		}, "16 10:00"},
		{"its condition comes by time", `, if: 'days_since(events("meal")) >= 4'`, func(l *life, now int64) {
			told(l, event.Event{Type: event.Meal, Occurred: now}, now)
			told(l, visit(now), now+minute)
		}, "12 11:00"},
		{"its condition comes with something", `, if: exists(events("sleep"))`, func(l *life, now int64) {
			told(l, visit(now), now)
			told(l, event.Event{Type: event.Sleep, Occurred: now + 4*aDay}, now+4*aDay)
		}, "12 11:00"},
		{"its condition comes too late", `, if: exists(events("sleep"))`, func(l *life, now int64) {
			told(l, visit(now), now)
			told(l, event.Event{Type: event.Sleep, Occurred: now + 6*aDay}, now+6*aDay)
		}, ""},
		{"when its pause is over", ", again: 5d", func(l *life, now int64) {
			told(l, visit(now), now)
			told(l, visit(now+4*aDay), now+4*aDay)
		}, "11 10:00; 16 10:00"},
		{"who would leave at once comes in when they would not", "}\nleave: events(\"meal\").within(\"4d\").count() >= 1\nvalid: {from: 2026-03-01", func(l *life, now int64) {
			told(l, event.Event{Type: event.Meal, Occurred: now}, now)
			told(l, visit(now), now+minute)
		}, "12 11:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := nodes(t, map[string]string{"j": `enter: {date: {of: visit, days: 3, at: "10:00"}` + tt.enter + "}\n" + steps})
			var states [][]byte
			for _, every = range []int64{0, 13 * minute} {
				l, now := enrolled(p)
				began := ""
				l.look = func(now int64) {
					if e := l.s.entered("j"); e.Count > 0 && e.Last == now {
						if at := time.UnixMicro(now).In(p.Zone).Format("2 15:04"); !strings.HasSuffix(began, at) {
							began = strings.TrimPrefix(began+"; "+at, "; ")
						}
					}
				}
				tt.live(l, now)
				pass(l, now+12*aDay)
				if began != tt.want {
					t.Errorf("looked at every %d minutes: began %q, want %q", every/minute, began, tt.want)
				}
				states = append(states, l.encode(t))
			}
			if !bytes.Equal(states[0], states[1]) {
				t.Errorf("it depends on who looks:\n%x\n%x", states[0], states[1])
			}
		})
	}
}

// A version that comes into force enters nobody for a date that is past.
func TestAPublicationEntersNobodyForADate(t *testing.T) {
	const steps = "steps: [{message: hello}]\n"
	l, now := enrolled(nodes(t, map[string]string{"j": "enter: {manual: true}\n" + steps}))
	l.add(event.Event{Type: event.Visit, Occurred: now}, now)
	now += 4 * aDay
	l.advance(now)
	l.p = nodes(t, map[string]string{"j": "enter: {date: {of: visit, days: 3, at: \"10:00\"}}\n" + steps})
	l.step(Input{Definition: true}, now)
	l.add(event.Event{Type: event.Meal, Occurred: now + minute}, now+minute)
	if e := l.s.entered("j"); e.Count != 0 {
		t.Errorf("entered %d times", e.Count)
	}
	l.add(event.Event{Type: event.Visit, Occurred: now + aDay}, now+aDay)
	if l.advance(now + 5*aDay); l.s.entered("j").Count != 1 {
		t.Error("the next date does not enter")
	}
}
