package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/programme"
)

// nodes is a small programme with the given journeys, by key.
func nodes(t testing.TB, journeys map[string]string) *Programme {
	t.Helper()
	c, problems := nodeFiles(journeys).Open()
	if c == nil {
		t.Fatal(problems)
	}
	return Prepare(c)
}

func nodeFiles(journeys map[string]string) programme.Files {
	text := func(kind, more string) string {
		return "---\nkind: " + kind + "\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n" + more + "---\n# 中文\n\n正文\n\n# English\n\nText\n"
	}
	f := programme.Files{
		"programme.yaml": `key: sound
name: {zh: 样例, en: Sample}
version: 1
zone: Asia/Shanghai
approval: sample
groups: {control: {zh: 控制, en: Control}}
measures: [glucose]
`,
		"tags.yaml": `low:
  name: {zh: 偏低, en: Low}
  group: control
  plain: {zh: 偏低, en: Low}
  when: events("glucose").within("1d").where(e, e.value < mmol(3.9)).count() >= 1
  because: {zh: "{count} 次", en: "{count} times"}
  source: a source
`,
		"segments.yaml": `watch:
  name: {zh: 多看看, en: Watch}
  group: control
  plain: {zh: 多看看, en: Watch}
`,
		"stages.yaml":      "ill:\n  name: {zh: 偏低, en: Low}\n  plain: {zh: 偏低, en: Low}\n  when: tag(\"low\")\n  source: a source\nall:\n  name: {zh: 其他, en: Other}\n  plain: {zh: 其他, en: Other}\n  when: true\n  source: a source\n",
		"content/hello.md": text("message", ""),
		"content/again.md": text("message", ""),
		"content/come.md":  text("card", "answers:\n  yes: {zh: 来, en: I come}\n"),
		"content/call.md":  text("script", ""),
	}
	for k, v := range journeys {
		f["journeys/"+k+".yaml"] = "name: {zh: 旅程, en: Journey}\n" + v
	}
	return f
}

// enrolled is somebody in that programme.
func enrolled(p *Programme) (*life, int64) {
	l := newLife(p, p.Zone)
	now := time.Date(2026, 3, 8, 11, 0, 0, 0, p.Zone).UnixMicro() // a Sunday
	l.add(event.Event{Type: event.Consent, Num: 1, A: event.Intern("basic_service"), Occurred: now}, now)
	l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("sound"), Occurred: now}, now)
	return l, now
}

// told is what was asked for since, each with its moment.
func (l *life) told(from int) string {
	var out []string
	for _, line := range l.said[from:] {
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestEveryNodeDoesWhatItSays(t *testing.T) {
	at := func(now int64, loc *time.Location) string { return time.UnixMicro(now).In(loc).Format("2 15:04") }
	for _, tt := range []struct {
		name     string
		journeys map[string]string
		live     func(l *life, now int64)
		want     string
	}{
		{"a wait for a weekday, then for the hour they usually answer", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - wait: {weekday: wed, at: "10:00"}
  - message: hello
  - wait: {at: best}
  - message: again
`}, func(l *life, now int64) {
			for i := range int64(6) { // at 18 o'clock
				l.add(reading(7, now-i*aDay+7*60*minute), now)
			}
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.advance(now + 7*aDay)
		}, "11 10:00 message hello; 11 18:00 message again"},
		{"a wait for a reply counts what the person says, not what staff say", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - message: hello
  - wait: {for: reply, at_most: 3d}
  - if: timed_out
    then: [{message: again}]
    else: [{points: {amount: 5, rule: replied}}]
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.add(event.Event{Type: event.Chat, A: event.Intern("staff"), Occurred: now + minute}, now+minute)
			l.add(event.Event{Type: event.Chat, A: event.Intern("person"), Occurred: now + 2*minute}, now+2*minute)
			l.advance(now + 4*aDay)
		}, "8 11:00 message hello; 8 11:02 event points 5 replied"},
		{"the first way that fits is taken, and the last when none does", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - choose:
      - if: tag("low")
        then: [{message: hello}]
      - if: event.carbs >= 50
        then: [{set_stage: ill}]
      - else: [{camp: {join: spring}}]
  - group: {leave: talk}
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Num: 10, Occurred: now}, now)
			l.add(event.Event{Type: event.Meal, Num: 60, Occurred: now}, now+minute)
			l.add(reading(3, now), now+2*minute)
			l.add(event.Event{Type: event.Meal, Num: 60, Occurred: now}, now+3*minute)
		}, "8 11:00 event camp_enrolled NaN spring; 8 11:00 event group_member 0 talk; 8 11:01 event group_member 0 talk; 8 11:03 message hello; 8 11:03 event group_member 0 talk"},
		{"who is sent back is sent back so often and no more", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - {id: ask, message: hello}
  - wait: {for: glucose, at_most: 1d}
  - if: timed_out
    then: [{go: {to: ask, times: 2}}]
  - exit: true
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.advance(now + 9*aDay)
		}, "8 11:00 message hello; 9 11:00 message hello; 10 11:00 message hello"},
		{"a segment by hand for a while, a code of the profile, a webhook", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - set: {segment: watch, state: in, for: 2d}
  - set: {trait: treatment, value: oral}
  - webhook: crm
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			if pr := l.s.Progress("sound"); !pr.Has("watch") {
				l.say(now, "not in the segment")
			}
			l.advance(now + 3*aDay)
			if pr := l.s.Progress("sound"); pr.Has("watch") {
				l.say(now, "still in the segment")
			}
		}, "8 11:00 event segment_set NaN watch; 8 11:00 event profile NaN ; 8 11:00 event journey_call " + "* j"},
		{"a journey that is called ends before its caller goes on", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - journey: {key: talk, wait: 7d}
  - message: again
`, "talk": `
enter: {journey: true}
steps:
  - message: hello
  - wait: 1h
  - message: hello
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.advance(now + aDay)
		}, "8 11:00 message hello; 8 12:00 message hello; 8 12:00 message again"},
		{"a journey that is called and not waited for", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - journey: talk
  - message: again
`, "talk": `
enter: {journey: true}
steps: [{message: hello}]
`}, func(l *life, now int64) { l.add(event.Event{Type: event.Meal, Occurred: now}, now) }, "8 11:00 message again; 8 11:00 message hello"},
		{"a date is kept, once, and a newer one counts anew", map[string]string{"j": `
enter: {date: {of: visit, days: 3, at: "10:00"}}
steps: [{message: hello}]
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Visit, Occurred: now}, now)
			l.advance(now + 20*aDay)
			l.add(event.Event{Type: event.Visit, Occurred: now + 20*aDay}, now+20*aDay)
			l.advance(now + 40*aDay)
		}, "11 10:00 message hello; 31 10:00 message hello"},
		{"a tag that is lost enters", map[string]string{"j": `
enter: {tag_left: low, key: event}
steps: [{message: hello}]
`}, func(l *life, now int64) {
			l.add(reading(3, now), now)
			l.advance(now + 3*aDay)
		}, "9 11:00 message hello"},
		{"staff put somebody in", map[string]string{"j": `
enter: {manual: true}
steps: [{message: hello}]
`, "k": "enter: {manual: true}\nsteps: [{message: again}]\n"}, func(l *life, now int64) {
			l.add(event.Event{Type: event.JourneyStart, A: event.Intern("j"), Occurred: now}, now)
		}, "8 11:00 message hello"},
		{"outside its dates nobody enters", map[string]string{"j": `
valid: {from: 2026-03-09, to: 2026-03-10}
enter: {on: meal, key: event}
steps: [{message: hello}]
`}, func(l *life, now int64) {
			for _, d := range []int64{0, 1, 2} {
				l.add(event.Event{Type: event.Meal, Occurred: now + d*aDay}, now+d*aDay)
			}
		}, "9 11:00 message hello"},
		{"other words for whom a condition holds", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - message: {content: hello, variants: [{if: stage() == "ill", content: again}]}
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.add(reading(3, now+minute), now+minute)
			l.add(event.Event{Type: event.Meal, Occurred: now + 2*minute}, now+2*minute)
		}, "8 11:00 message hello; 8 11:02 message again"},
		{"a message that must go out holds the run, and one that never will ends it", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - message: {content: hello, held: leave}
  - message: again
`}, func(l *life, now int64) {
			l.mute = true
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.add(event.Event{Type: event.MessageSent, Num: l.s.Runs[0].Said, Occurred: now + minute}, now+minute)
			l.add(event.Event{Type: event.Meal, Occurred: now + 2*minute}, now+2*minute)
			l.add(event.Event{Type: event.MessageSuppressed, Num: l.s.Runs[0].Said, Occurred: now + 3*minute}, now+3*minute)
			if len(l.s.Runs) != 0 {
				l.say(now, "still there")
			}
		}, "8 11:00 message hello; 8 11:01 message again; 8 11:02 message hello"},
		{"an invitation is a card and an event, handing over a task and a pause", map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - invite: {activity: spring-live, kind: live_lesson, content: come}
  - wait: {for: answer, at_most: 1d}
  - hand_over: {who: owner, due: 2h, script: call, result: [reached], pause: 6h}
`}, func(l *life, now int64) {
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.add(event.Event{Type: event.Answer, Num: l.s.Runs[0].Card, B: event.Intern("yes"), Occurred: now + minute}, now+minute)
			if l.s.Paused != now+minute+6*60*minute {
				l.say(now, "not paused")
			}
		}, "8 11:00 card come; 8 11:00 event activity NaN spring-live; 8 11:01 task call"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, now := enrolled(nodes(t, tt.journeys))
			l.when = func(now int64) string { return at(now, l.loc) }
			tt.live(l, now)
			got := l.told(0)
			if strings.Contains(tt.want, "*") {
				a, b, _ := strings.Cut(tt.want, "*")
				if !strings.HasPrefix(got, a) || !strings.HasSuffix(got, b) {
					t.Errorf("%s\nwant %s", got, tt.want)
				}
			} else if got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestChanceDividesForEver: shares are as written, a person's way is the same in every run, and ways of different steps are independent.
func TestChanceDividesForEver(t *testing.T) {
	p := nodes(t, map[string]string{"j": `
enter: {on: meal, key: event}
steps:
  - holdout: 10 %
  - id: words
    split:
      short: {share: 30 %, name: {zh: 短, en: Short}, steps: [{message: hello}]}
      long: {share: 70 %, name: {zh: 长, en: Long}, steps: [{message: again}]}
`})
	arms := map[string]int{}
	const people = 3000
	who := testWho
	for i := range people {
		who.ID = testWho.ID[:20] + personNamed(i)
		l, now := enrolled(p)
		l.who = &who
		for k := range int64(2) {
			l.add(event.Event{Type: event.Meal, Occurred: now + k*minute}, now+k*minute)
		}
		var said []string
		for _, s := range l.said {
			if strings.Contains(s, "message") {
				said = append(said, s[strings.LastIndex(s, " ")+1:])
			}
		}
		switch {
		case len(said) == 0:
			arms["held out"]++
		case len(said) == 2 && said[0] == said[1]:
			arms[map[string]string{"hello": "short", "again": "long"}[said[0]]]++
		default:
			t.Fatalf("person %d: %v", i, said)
		}
	}
	for key, share := range map[string]float64{"held out": 0.10, "short": 0.27, "long": 0.63} {
		if got := float64(arms[key]) / people; got < share-0.03 || got > share+0.03 {
			t.Errorf("%s: %.3f of the people, want %.2f", key, got, share)
		}
	}
}

func TestWhoIsHeldOutIsToldApart(t *testing.T) {
	p := nodes(t, map[string]string{"j": "enter: {on: meal, key: event}\nsteps: [{holdout: 99 %}, {message: hello}]\n"})
	l, now := enrolled(p)
	l.add(event.Event{Type: event.Meal, Occurred: now}, now)
	if len(l.ended) != 1 || l.ended[0].Arm != journey.HeldOut || l.ended[0].Reason != journey.HeldOut || l.ended[0].Status != journey.ReachedEnd {
		t.Fatalf("%+v", l.ended)
	}
	if l.tl.Type[l.tl.Len()-1] != event.JourneyExposed {
		t.Error("being held out is not in the timeline")
	}
}

// TestFollowing: who is inside goes on with another version from where they wait, by its successor when that step is gone, and leaves
// when there is none.
func TestFollowing(t *testing.T) {
	before := "enter: {on: meal, key: event}\nsteps: [{id: pause, wait: 2d}, {message: hello}]\n"
	for _, tt := range []struct{ name, after, want, ends string }{
		{"stays with its version", "enter: {on: meal, key: event}\nsteps: [{id: pause, wait: 5d}, {message: again}]\n", "10 11:00 message hello", ""},
		{"waits where it waits, then goes on with the new", "inside: follow\nenter: {on: meal, key: event}\nsteps: [{id: pause, wait: 5d}, {message: again}]\n", "10 11:00 message again", ""},
		{"waits in the successor, counted from when it came", "inside: follow\ninstead: {pause: rest}\nenter: {on: meal, key: event}\nsteps: [{id: rest, wait: 3d}, {message: again}]\n", "11 11:00 message again", ""},
		{"goes on at a successor that does something", "inside: follow\ninstead: {pause: say}\nenter: {on: meal, key: event}\nsteps: [{id: rest, wait: 3d}, {id: say, message: again}]\n", "9 11:00 message again", ""},
		{"leaves without one", "inside: follow\nenter: {on: meal, key: event}\nsteps: [{id: rest, wait: 3d}, {message: again}]\n", "", journey.StepGone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := nodes(t, map[string]string{"j": before}).Published(1, nil)
			l, now := enrolled(old)
			l.when = func(now int64) string { return time.UnixMicro(now).In(l.loc).Format("2 15:04") }
			l.add(event.Event{Type: event.Meal, Occurred: now}, now)
			l.p = nodes(t, map[string]string{"j": tt.after}).Published(2, func(int) *Programme { return old })
			l.step(Input{Definition: true}, now+aDay)
			l.advance(now + 9*aDay)
			if got := l.told(0); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if tt.ends != "" && (len(l.ended) == 0 || l.ended[0].Reason != tt.ends) {
				t.Errorf("%+v", l.ended)
			}
		})
	}
}

func personNamed(i int) person.ID { return person.ID(fmt.Sprintf("%06d", i)) }
