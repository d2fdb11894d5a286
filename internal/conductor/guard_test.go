package conductor_test

import (
	"errors"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
)

// gate is a far side that may be closed for a time and counts what it takes.
type gate struct {
	moody
	opens time.Time
}

func (g *gate) Way([]address.Address, time.Time) channel.Way { return channel.Way{Opens: g.opens} }

// talking is a programme that says two things at once to whoever eats, one to whoever walks, and makes an offer to whoever reads.
func talking(t *testing.T, b *bench) {
	t.Helper()
	files := programme.Files{
		"programme.yaml": "key: trial\nname: {zh: 试验, en: Trial}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {life: {zh: 生活, en: Life}}\n",
		"tags.yaml":      "read:\n  name: {zh: 读过, en: Read}\n  group: life\n  source: 试验\n  plain: {zh: 读过, en: Read}\n  when: exists(events(\"content_read\"))\n  because: {zh: 读过, en: Read}\n",
		"stages.yaml":    "new:\n  name: {zh: 新入, en: New}\n  plain: {zh: 都是, en: Everyone}\n  source: 试验\n  when: \"true\"\n",
	}
	for _, c := range []struct{ name, on, head string }{
		{"one", "page", ""}, {"two", "page", ""}, {"walked", "exercise", ""}, {"offer", "content_read", "purpose: marketing_push\n"},
	} {
		files["content/"+c.name+".md"] = "---\nkind: message\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n" + c.head + "---\n# 中文\n\n好。\n\n# English\n\nGood.\n"
		files["journeys/"+c.name+".yaml"] = "name: {zh: 旅程, en: A journey}\nenter: {on: " + c.on + ", key: event}\nsteps:\n  - message: " + c.name + "\n"
	}
	p, problems := files.Open()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b.progs = []*programme.Compiled{p}
	b.c = b.open()
}

func of(b *bench, n person.Number, content string) message.Message {
	b.t.Helper()
	for _, m := range b.messages(n) {
		if m.Content == content {
			return m
		}
	}
	b.t.Fatalf("no message %s", content)
	return message.Message{}
}

func (b *bench) tick() {
	b.t.Helper()
	_, err := b.c.Tick(b.t.Context())
	ok(b.t, err)
}

// Two messages that fall due together for an outside channel: the first takes the slot of the day before the channel has answered, and
// keeps it while the channel says it failed, since the message may have gone.
func TestWhatMayHaveGoneTakesASlot(t *testing.T) {
	g := &gate{moody: moody{keys: map[string]int{}, answers: []error{errors.New("connection reset")}, through: true}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
	talking(t, b)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "page", `{"name":"x"}`, b.now))
	states := map[message.State]int{of(b, n, "one").State: 1}
	states[of(b, n, "two").State]++
	if states[message.Sending] != 1 || states[message.Held] != 1 {
		t.Fatalf("states %v, want one on its way and one held", states)
	}
	b.c = b.open() // what is on its way is known after a start, too
	b.c.Deliver(t.Context())
	for range 3 {
		b.now = b.now.Add(20 * time.Second)
		b.tick()
		b.c.Deliver(t.Context())
	}
	if len(g.keys) != 1 {
		t.Errorf("%d messages went on one day", len(g.keys))
	}
}

// A withdrawal holds for what was let go already and waits to be handed over.
func TestAWithdrawalStopsWhatWaitsToBeHandedOver(t *testing.T) {
	for _, tt := range []struct{ name, key, props, reason string }{
		{"of the service", "consent", `{"purpose":"basic_service","granted":false,"textVersion":"1"}`, message.NoConsent},
		{"asked not to be written to", "do_not_contact", `{"active":true,"reason":"asked"}`, message.DoNotContact},
		{"of health data", "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, message.HealthStopped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := &gate{moody: moody{keys: map[string]int{}}}
			b := newBench(t)
			b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
			talking(t, b)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
			if m := of(b, n, "walked"); m.State != message.Sending {
				t.Fatalf("state %s, %s", m.State, m.Reason)
			}
			b.submit(b.item("zhang", tt.key, tt.props, b.now))
			b.c.Deliver(t.Context())
			if m := of(b, n, "walked"); m.State != message.Suppressed || m.Reason != tt.reason || len(g.keys) != 0 {
				t.Errorf("state %s, reason %s, %d sent; want %s", m.State, m.Reason, len(g.keys), tt.reason)
			}
		})
	}
}

// A message waits for the window of its channel.
func TestAMessageWaitsForItsChannel(t *testing.T) {
	g := &gate{moody: moody{keys: map[string]int{}}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
	talking(t, b)
	n := b.consent("zhang")
	g.opens = b.now.Add(2 * time.Hour)
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	if m := of(b, n, "walked"); m.State != message.Held || m.Reason != message.ChannelWaits || m.Next != g.opens.UnixMicro() {
		t.Fatalf("state %s, reason %s", m.State, m.Reason)
	}
	b.now, g.opens = g.opens, time.Time{}
	b.tick()
	b.c.Deliver(t.Context())
	if m := of(b, n, "walked"); m.State != message.Sent {
		t.Errorf("state %s, reason %s", m.State, m.Reason)
	}
}

// What staff send to many counts for the caps; what they write to one person pauses what is automatic.
func TestWhatStaffSend(t *testing.T) {
	for _, tt := range []struct{ name, props, reason string }{
		{"to many", `{"from":"staff","kind":"bulk"}`, message.CapDay},
		{"by a machine of theirs", `{"from":"staff","kind":"automatic"}`, message.CapDay},
		{"to one", `{"from":"staff","text":"您好"}`, message.HumanTalking},
		{"the assistant's answer is neither", `{"from":"bot"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			talking(t, b)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "chat", tt.props, b.now))
			b.now = b.now.Add(time.Minute)
			b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
			if m := of(b, n, "walked"); m.Reason != tt.reason {
				t.Errorf("state %s, reason %q, want %q", m.State, m.Reason, tt.reason)
			}
		})
	}
}

// An offer needs its own yes; service does not.
func TestAnOfferNeedsItsOwnYes(t *testing.T) {
	b := newBench(t)
	talking(t, b)
	n := b.consent("zhang")
	read := func() message.Message {
		b.submit(b.item("zhang", "content_read", `{"content":"x"}`, b.now))
		all := b.messages(n)
		return all[0]
	}
	if m := read(); m.Reason != message.NoMarketing {
		t.Errorf("nobody asked: %s %s", m.State, m.Reason)
	}
	b.submit(b.item("zhang", "consent", `{"purpose":"marketing_push","granted":true,"textVersion":"1"}`, b.now))
	b.submit(b.item("zhang", "preference", `{"kind":"not_personal","active":true}`, b.now))
	b.now = b.now.Add(time.Minute)
	if m := read(); m.Reason != message.NotPersonal {
		t.Errorf("chosen for them: %s %s", m.State, m.Reason)
	}
	b.submit(b.item("zhang", "preference", `{"kind":"not_personal","active":false}`, b.now))
	b.now = b.now.Add(time.Minute)
	if m := read(); m.State != message.Sent {
		t.Errorf("with a yes: %s %s", m.State, m.Reason)
	}
}
