package conductor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"peiban/internal/channel"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
)

// moody is a far side that fails as told and remembers what went through.
type moody struct {
	answers []error // one for each call; nil after the last
	through bool    // it says it failed, but the message went through
	calls   int
	keys    map[string]int
}

func (m *moody) Send(_ context.Context, o channel.Outgoing) error {
	var err error
	if m.calls < len(m.answers) {
		err = m.answers[m.calls]
	}
	m.calls++
	if err == nil || m.through {
		m.keys[o.Key]++
	}
	return err
}

func outside(t *testing.T, m *moody) (*bench, person.Number) {
	t.Helper()
	m.keys = map[string]int{}
	b := newBench(t)
	b.senders = map[string]channel.Sender{"webhook": m}
	b.channel = "webhook"
	b.c = b.open()
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":3.5,"unit":"mmol/L"}`, b.now))
	return b, n
}

func card(b *bench, n person.Number) message.Message {
	for _, m := range b.messages(n) {
		if m.Content == "low-now" {
			return m
		}
	}
	b.t.Fatal("no safety card")
	return message.Message{}
}

func TestAnOutsideChannelIsAskedAgainWithTheSameKeyUntilItAnswers(t *testing.T) {
	down := errors.New("connection reset")
	m := &moody{answers: []error{down, down}, through: true}
	b, n := outside(t, m)
	for range 5 {
		b.c.Deliver(t.Context())
		b.now = b.now.Add(25 * time.Second)
		_, err := b.c.Tick(t.Context())
		ok(t, err)
	}
	got := card(b, n)
	if got.State != message.Sent || m.calls != 3 {
		t.Errorf("state %s after %d calls, want sent after 3", got.State, m.calls)
	}
	if len(m.keys) != 1 {
		t.Errorf("the far side saw keys %v: it cannot notice the repeat", m.keys)
	}
	sent := 0
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	for i := range l.View.At {
		if l.View.Type[i] == event.MessageSent {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("the timeline says sent %d times", sent)
	}
}

func TestAChannelThatRefusesOrNeverAnswersEndsOnTheDeadList(t *testing.T) {
	b, n := outside(t, &moody{answers: []error{channel.ErrRefused}})
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Dead || got.Reason != "channel_failed" {
		t.Errorf("refused: state %s, reason %s", got.State, got.Reason)
	}

	down := errors.New("timeout")
	m := &moody{answers: []error{down, down, down, down, down, down, down, down, down, down, down, down}}
	b, n = outside(t, m)
	for range 40 {
		b.c.Deliver(t.Context())
		b.now = b.now.Add(3 * time.Minute)
		_, err := b.c.Tick(t.Context())
		ok(t, err)
	}
	if got := card(b, n); got.State == message.Sent || got.State == message.Sending || got.State == message.Queued {
		t.Errorf("never answered: state %s after %d calls", got.State, m.calls)
	}
}

func TestAMessageHandedOverBeforeACrashIsHandedOverAgain(t *testing.T) {
	m := &moody{}
	b, n := outside(t, m)
	if got := card(b, n); got.State != message.Sending {
		t.Fatalf("state %s", got.State)
	}
	b.c = b.open() // the process died after the commit, before the channel was called
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Sent || m.calls != 1 {
		t.Errorf("state %s after %d calls", got.State, m.calls)
	}
	b.c = b.open()
	b.c.Deliver(t.Context())
	if m.calls != 1 {
		t.Error("a delivered message was handed over again")
	}
}
