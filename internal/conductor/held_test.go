package conductor_test

import (
	"testing"
	"time"

	"peiban/internal/channel"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
)

// parting is a programme with one journey, which says one thing and is over (but for "waits"), and the rule to leave it by.
func parting(b *bench, key string) {
	b.t.Helper()
	enter := map[string]string{
		"plain":  "enter: {on: page, key: event}\n",
		"exit":   "enter: {on: page, key: event}\nleave: tag(\"visited\")\ngoal: {when: exists(events(\"exercise\")), within: 9d}\n",
		"waits":  "enter: {on: page, key: event}\nleave: tag(\"visited\")\n",
		"tagged": "enter: {tag: ate, key: episode, again: 1d}\nleave: '!tag(\"ate\")'\n",
		"staged": "enter: {on: page, key: event}\nleave: stage() != \"new\"\n",
	}
	files := programme.Files{
		"programme.yaml": "key: trial\nname: {zh: 试验, en: Trial}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {life: {zh: 生活, en: Life}}\n",
		"stages.yaml": "left:\n  name: {zh: 走了, en: Left}\n  plain: {zh: 走了, en: Left}\n  source: 试验\n  when: exists(events(\"sleep\"))\n" +
			"new:\n  name: {zh: 新入, en: New}\n  plain: {zh: 都是, en: Everyone}\n  source: 试验\n  when: \"true\"\n",
		"content/" + key + ".md":    "---\nkind: message\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n---\n# 中文\n\n好。\n\n# English\n\nGood.\n",
		"journeys/" + key + ".yaml": "name: {zh: 旅程, en: A journey}\n" + enter[key] + "steps:\n  - message: " + key + "\n",
	}
	if key == "waits" {
		files["journeys/waits.yaml"] += "  - wait: 9d\n  - points: {amount: 1, rule: waited}\n"
	}
	for tag, when := range map[string]string{"visited": `exists(events("visit"))`, "ate": `events("meal").within("5h").count() >= 1`} {
		files["tags.yaml"] += tag + ":\n  name: {zh: 标签, en: " + tag + "}\n  group: life\n  source: 试验\n  plain: {zh: 有, en: Some}\n  when: '" + when + "'\n  because: {zh: 有, en: Some}\n"
	}
	p, problems := files.Open()
	if len(problems) > 0 {
		b.t.Fatal(problems)
	}
	b.progs = []*programme.Compiled{p}
	b.c = b.open()
}

// heldOn is somebody who heard content's journey at eleven at night, and what else befalls them until it is eight.
type heldOn struct {
	b    *bench
	n    person.Number
	came map[string]event.Seq
}

func (h *heldOn) tell(key, props string) {
	h.came[key] = h.b.submit(h.b.item("zhang", key, props, h.b.now))[0].Event.Seq
}

// takeBack retracts what came last of a kind.
func (h *heldOn) takeBack(key string) {
	e := h.b.item("zhang", "correction", `{"reason":"duplicate"}`, h.b.now)
	e.Event.Retracts = h.came[key]
	h.b.submit(e)
}

// What is held over night is asked about again when it goes: by the exit rules of its journey, though the run was over when it was said, and
// by what the guard looks at besides. Reaching the goal is no exit.
func TestWhatIsHeldLeavesWithItsJourney(t *testing.T) {
	visit := func(h *heldOn) { h.tell("visit", `{}`) }
	eat := func(h *heldOn) { h.tell("meal", `{"carbs":40}`) }
	for _, tt := range []struct {
		name, content string
		two, five     func(*heldOn) // at 02:00, at 05:00
		reason        string        // "": it is sent
	}{
		{name: "nothing happens", content: "exit"},
		{name: "the exit rule holds", content: "exit", two: visit, reason: message.LeftJourney},
		{name: "that of another journey holds", content: "plain", two: visit},
		{name: "it held and holds no more", content: "exit", two: visit, five: func(h *heldOn) { h.takeBack("visit") }},
		{name: "the goal is reached", content: "exit", two: func(h *heldOn) { h.tell("exercise", `{"minutes":20}`) }},
		{name: "the tag it was entered on ends by itself", content: "tagged", reason: message.LeftJourney},
		{name: "that tag stays", content: "tagged", two: eat, five: eat},
		{name: "another stage", content: "staged", two: func(h *heldOn) { h.tell("sleep", `{"hours":7}`) }, reason: message.LeftJourney},
		{name: "they leave the programme", content: "tagged", five: func(h *heldOn) {
			eat(h)
			h.tell("programme_joined", `{"programme":"trial","active":false}`)
		}, reason: message.LeftJourney},
		{name: "what it rests on is taken back", content: "plain", two: func(h *heldOn) { h.takeBack("page") }, reason: message.NotRelevant},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			parting(b, tt.content)
			h := &heldOn{b: b, n: b.consent("zhang"), came: map[string]event.Seq{}}
			b.now = time.Date(2026, 3, 8, 23, 0, 0, 0, shanghai)
			if tt.content == "tagged" {
				eat(h)
			} else {
				h.tell("page", `{"name":"x"}`)
			}
			if m := of(b, h.n, tt.content); m.State != message.Held || m.Reason != message.QuietHours {
				t.Fatalf("state %s, %s", m.State, m.Reason)
			}
			b.c = b.open() // what is kept of the run outlives the process
			for _, do := range []func(*heldOn){tt.two, tt.five, nil} {
				b.now = b.now.Add(3 * time.Hour)
				if b.tick(); do != nil {
					do(h)
				}
			}
			b.now = b.now.Add(30 * time.Minute)
			b.tick()
			want := message.Sent
			if tt.reason != "" {
				want = message.Suppressed
			}
			if m := of(b, h.n, tt.content); m.State != want || m.Reason != tt.reason {
				t.Errorf("state %s, reason %q; want %s, %q", m.State, m.Reason, want, tt.reason)
			}
			b.proved(h.n)
			b.same(b.c)
		})
	}
}

// What a channel is to take is asked about again as well, when the run is over and when it was left meanwhile.
func TestWhatWaitsForItsChannelLeavesWithItsJourney(t *testing.T) {
	for _, content := range []string{"exit", "waits"} {
		t.Run(content, func(t *testing.T) {
			g := &gate{moody: moody{keys: map[string]int{}}}
			b := newBench(t)
			b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
			parting(b, content)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "page", `{"name":"x"}`, b.now))
			if m := of(b, n, content); m.State != message.Sending {
				t.Fatalf("state %s, %s", m.State, m.Reason)
			}
			b.submit(b.item("zhang", "visit", `{}`, b.now))
			b.c.Deliver(t.Context())
			if m := of(b, n, content); m.State != message.Suppressed || m.Reason != message.LeftJourney || len(g.keys) != 0 {
				t.Errorf("state %s, reason %s, %d went", m.State, m.Reason, len(g.keys))
			}
			b.proved(n)
		})
	}
}

// Who wants the app only by now gets there what waits to be handed over to a channel.
func TestWhatWaitsForItsChannelGoesAsWished(t *testing.T) {
	g := &gate{moody: moody{keys: map[string]int{}}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
	parting(b, "plain")
	n := b.consent("zhang")
	b.submit(b.item("zhang", "page", `{"name":"x"}`, b.now))
	b.submit(b.item("zhang", "preference", `{"kind":"in_app_only","active":true}`, b.now))
	b.c.Deliver(t.Context())
	if m := of(b, n, "plain"); m.State != message.Sent || m.Channel != "inapp" || len(g.keys) != 0 {
		t.Errorf("state %s, reason %s, by %s, %d went by the other", m.State, m.Reason, m.Channel, len(g.keys))
	}
	b.proved(n)
}

// The exit rules are those of the version the run ran, also when another is in force by the morning.
func TestWhatIsHeldLeavesByTheVersionItRan(t *testing.T) {
	said := "---\nkind: message\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n---\n# 中文\n\n好。\n\n# English\n\nGood.\n"
	leaving := func(by string) func(programme.Files) {
		return func(f programme.Files) {
			f["content/bye.md"] = said
			f["journeys/bye.yaml"] = "name: {zh: 旅程, en: A journey}\nenter: {on: page, key: event}\nleave: exists(events(\"" + by + "\"))\nsteps:\n  - message: bye\n"
		}
	}
	for name, tt := range map[string]struct{ before, after, reason string }{
		"the rule is gone": {"visit", "sleep", message.LeftJourney},
		"the rule is new":  {"sleep", "visit", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			n := b.consent("zhang")
			b.publish(b.c, leaving(tt.before))
			b.now = time.Date(2026, 3, 8, 23, 0, 0, 0, shanghai)
			b.submit(b.item("zhang", "page", `{"name":"x"}`, b.now))
			if m := of(b, n, "bye"); m.State != message.Held {
				t.Fatalf("state %s, %s", m.State, m.Reason)
			}
			b.publish(b.c, leaving(tt.after))
			b.now = b.now.Add(3 * time.Hour)
			b.submit(b.item("zhang", "visit", `{}`, b.now))
			b.now = b.now.Add(6*time.Hour + 30*time.Minute)
			b.tick()
			if m := of(b, n, "bye"); m.Reason != tt.reason {
				t.Errorf("state %s, reason %q, want %q", m.State, m.Reason, tt.reason)
			}
			b.proved(n)
			b.same(b.open())
		})
	}
}

// proved finds every decision about somebody's messages again.
func (b *bench) proved(n person.Number) {
	b.t.Helper()
	for _, m := range b.messages(n) {
		p, err := b.c.Prove(b.t.Context(), m)
		ok(b.t, err)
		if !p.Same {
			b.t.Errorf("%s %s %s: %v %+v", m.Content, m.State, m.Reason, p.Difference, p.Decisions)
		}
	}
}
