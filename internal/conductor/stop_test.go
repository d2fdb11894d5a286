package conductor_test

import (
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/message"
)

// "退订" in a chat withdraws at once, stops what waits in the same transaction, and is confirmed once.
func TestOptingOutInAChat(t *testing.T) {
	for _, tt := range []struct {
		name, text         string
		marketing, contact bool // withdrawn
	}{
		{"offers", "退订", true, false},
		{"everything", "不要再发了", true, true},
		{"a question about others", "怎么退订别的短信？", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			talking(t, b)
			n := b.consent("zhang")
			b.submit(b.item("zhang", "consent", `{"purpose":"marketing_push","granted":true,"textVersion":"1"}`, b.now))
			b.now = time.Date(2026, 3, 8, 23, 0, 0, 0, shanghai) // both are held for the night
			b.submit(b.item("zhang", "content_read", `{"content":"x"}`, b.now), b.item("zhang", "exercise", `{"minutes":20}`, b.now))
			if of(b, n, "offer").State != message.Held || of(b, n, "walked").State != message.Held {
				t.Fatal("not held")
			}
			say := func() {
				b.submit(b.item("zhang", "chat", `{"from":"person","text":"`+tt.text+`"}`, b.now))
			}
			say()
			wants := map[string]string{"offer": message.QuietHours, "walked": message.QuietHours}
			confirmed := 0
			if tt.marketing {
				wants["offer"], confirmed = message.NoMarketing, 1
			}
			if tt.contact {
				wants["walked"] = message.DoNotContact
			}
			for content, want := range wants {
				if m := of(b, n, content); m.Reason != want || (want != message.QuietHours) != (m.State == message.Suppressed) {
					t.Errorf("%s: %s, %s; want %s", content, m.State, m.Reason, want)
				}
			}
			b.now = b.now.Add(time.Minute)
			say()
			got := 0
			for _, m := range b.messages(n) {
				if m.Class == message.Service && m.State == message.Sent {
					got++
				}
			}
			if got != confirmed {
				t.Errorf("confirmed %d times, want %d", got, confirmed)
			}
			if tt.contact { // a dangerous value is still answered
				b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
				if m := b.messages(n)[0]; m.State != message.Suppressed {
					t.Errorf("written to again: %s", m.State)
				}
			}
			if _, diff, err := b.c.Replay(t.Context(), nil); err != nil || len(diff) != 0 {
				t.Errorf("a replay differs: %v %v", diff, err)
			}
		})
	}
}

// A withdrawal stops at once what is held and what is on its way but not handed over.
func TestAWithdrawalIsEffectiveAtOnce(t *testing.T) {
	g := &gate{moody: moody{keys: map[string]int{}}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
	talking(t, b)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	b.submit(b.item("zhang", "consent", `{"purpose":"basic_service","granted":false,"textVersion":"1"}`, b.now))
	if m := of(b, n, "walked"); m.State != message.Suppressed || m.Reason != message.NoConsent {
		t.Errorf("%s, %s", m.State, m.Reason)
	}
}

// What staff write waits, goes once, pauses what is automatic, and is nobody's own to let go.
func TestWritingToAPerson(t *testing.T) {
	b := newBench(t)
	talking(t, b)
	n := b.consent("zhang")
	write := func(key string, hold ...string) (message.Message, error) {
		return b.c.Write(t.Context(), n, conductor.Writing{Key: key, By: "liu", Title: "刘敏", Text: "可以停药", Hold: hold}, audit.Entry{Actor: "staff:liu", Action: "message.write"})
	}
	held, err := write("1", "dose")
	ok(t, err)
	if again, err := write("1", "dose"); err != nil || again.ID != held.ID {
		t.Errorf("the same again: %v %v", again.ID, err)
	}
	if held.State != message.Held || len(b.tasks(n)) != 1 {
		t.Fatalf("%s, %d tasks", held.State, len(b.tasks(n)))
	}
	b.c = b.open() // it waits through a start
	b.now = b.now.Add(72 * time.Hour)
	b.tick()
	proof := audit.Entry{Actor: "staff:chen", Action: "message.review"}
	if _, err := b.c.Release(t.Context(), held, "liu", true, proof); err == nil {
		t.Error("let go by who wrote it")
	}
	sent, err := b.c.Release(t.Context(), held, "chen", true, proof)
	ok(t, err)
	if sent.State != message.Sent || sent.Body != "可以停药" || b.tasks(n)[0].State != "done" {
		t.Errorf("%s, task %s", sent.State, b.tasks(n)[0].State)
	}
	if _, err := b.c.Release(t.Context(), held, "chen", true, proof); err == nil {
		t.Error("let go twice")
	}
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	if m := of(b, n, "walked"); m.Reason != message.HumanTalking {
		t.Errorf("%s, %s", m.State, m.Reason)
	}
	b.submit(b.item("zhang", "do_not_contact", `{"active":true,"reason":"asked"}`, b.now))
	if _, err := write("2"); err == nil {
		t.Error("written to although they asked not to be")
	}
}
