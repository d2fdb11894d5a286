package conductor_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/message"
)

// Every message of some weeks, sent, held and suppressed, is found again as it was recorded; one whose record was changed is not.
func TestEverySendIsFoundAgain(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "contact_added", `{"kind":"pharmacy"}`, b.now))
	for day := range 30 {
		for _, v := range []string{"9.8", "6.1", "3.5"} {
			b.now = b.now.Add(7 * time.Hour)
			if day%4 == 1 {
				b.submit(b.item("zhang", "glucose", `{"value":`+v+`,"unit":"mmol/L","context":"fasting"}`, b.now))
			}
			b.tick()
		}
		switch day {
		case 0, 5:
			b.submit(b.item("zhang", "chat", `{"from":"staff","text":"您好"}`, b.now))
		case 12:
			b.submit(b.item("zhang", "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, b.now))
		case 14:
			b.submit(b.item("zhang", "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, b.now))
		case 22:
			b.submit(b.item("zhang", "chat", `{"from":"person","text":"不要再发了"}`, b.now))
		}
	}
	states := map[message.State]int{}
	checked, decisions := 0, 0
	for _, m := range b.messages(n) {
		p, err := b.c.Prove(t.Context(), m)
		ok(t, err)
		states[m.State]++
		checked++
		decisions += len(p.Decisions)
		if !p.Same {
			t.Errorf("%s of %s, %s %s: %v %+v", m.Content, time.UnixMicro(m.Due).In(shanghai), m.State, m.Reason, p.Difference, p.Decisions)
		}
	}
	t.Logf("%d messages, %d decisions, %v", checked, decisions, states)
	if states[message.Sent] < 5 || states[message.Suppressed] < 1 || decisions < checked {
		t.Errorf("too little happened: %v, %d decisions", states, decisions)
	}

	var sent message.Message
	for _, m := range b.messages(n) {
		if m.State == message.Sent && m.Class != message.Service && m.Class != message.Staff {
			sent = m
		}
	}
	for name, change := range map[string]func(*message.Message){
		"its text":    func(m *message.Message) { m.Content = "low-again" },
		"its version": func(m *message.Message) { m.Version = "9" },
		"its state":   func(m *message.Message) { m.State, m.Reason = message.Suppressed, message.QuietHours },
		"its decision": func(m *message.Message) {
			m.Why = json.RawMessage(strings.Replace(string(m.Why), `"send":true`, `"reason":"cap_day"`, 1))
		},
		"its id":       func(m *message.Message) { m.ID = "01JX0000000000000000000000" },
		"no decisions": func(m *message.Message) { m.Why = nil },
	} {
		m := sent
		change(&m)
		p, err := b.c.Prove(t.Context(), m)
		ok(t, err)
		if p.Same {
			t.Errorf("%s was changed, and nothing is seen", name)
		}
	}

	p, err := b.c.Prove(t.Context(), sent)
	ok(t, err)
	page, err := b.c.Sign(p)
	ok(t, err)
	ring, err := b.store.Ring(t.Context(), b.ws.Number)
	ok(t, err)
	file, err := json.MarshalIndent(page, "", "  ")
	ok(t, err)
	again := page
	ok(t, json.Unmarshal(file, &again))
	if got, good, err := conductor.VerifyPage(ring, again); err != nil || !good || got.Message != string(sent.ID) {
		t.Errorf("the page as it was signed: %v %v", good, err)
	}
	again.Proof = json.RawMessage(strings.Replace(string(again.Proof), `"sent"`, `"dead"`, 1))
	if _, good, _ := conductor.VerifyPage(ring, again); good {
		t.Error("a page that was changed passes")
	}
}
