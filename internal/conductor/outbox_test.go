package conductor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/conductor"
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

func (m *moody) Send(_ context.Context, o channel.Outgoing) (channel.Answer, error) {
	var err error
	if m.calls < len(m.answers) {
		err = m.answers[m.calls]
	}
	m.calls++
	if err == nil || m.through {
		m.keys[o.Key]++
	}
	return channel.Answer{}, err
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

func TestAChannelThatRefusesEndsOnTheDeadListAndOneThatNeverAnswersIsTooLate(t *testing.T) {
	b, n := outside(t, &moody{answers: []error{channel.ErrRefused}})
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Dead || got.Reason != "channel_failed" {
		t.Errorf("refused: state %s, reason %s", got.State, got.Reason)
	}

	down := errors.New("timeout")
	m := &moody{answers: slices.Repeat([]error{down}, 100)}
	b, n = outside(t, m)
	for range 60 {
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

func TestTwoProcessesHandAMessageOverOnce(t *testing.T) {
	m := &unhurried{calls: map[string]int{}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": m}, "webhook"
	b.c = b.open()
	var items []conductor.Item
	for i := range 25 {
		who := fmt.Sprint("p", i)
		b.consent(who)
		items = append(items, b.item(who, "glucose", `{"value":3.5,"unit":"mmol/L"}`, b.now))
	}
	b.submit(items...)
	other := b.open()
	var wg sync.WaitGroup
	for range 2 {
		for _, c := range []*conductor.Conductor{b.c, other} {
			wg.Go(func() { c.Deliver(t.Context()) })
		}
	}
	wg.Wait()
	if len(m.calls) < 25 {
		t.Errorf("%d messages were handed over", len(m.calls))
	}
	for key, n := range m.calls {
		if n != 1 {
			t.Errorf("%s was handed over %d times", key, n)
		}
	}
}

// unhurried takes its time, so that two processes meet.
type unhurried struct {
	mu    sync.Mutex
	calls map[string]int
}

func (s *unhurried) Send(_ context.Context, o channel.Outgoing) (channel.Answer, error) {
	s.mu.Lock()
	s.calls[o.Key]++
	s.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	return channel.Answer{}, nil
}

func TestAMessageHandedOverByOneWhoDiedWaitsForItsLeaseToEnd(t *testing.T) {
	m := &moody{}
	b, n := outside(t, m)
	b.openOn(&halting{Store: b.store, left: 1}).Deliver(t.Context()) // the lease is written, the outcome is not
	if m.calls != 1 {
		t.Fatalf("%d calls", m.calls)
	}
	b.c = b.open()
	b.c.Deliver(t.Context())
	if m.calls != 1 {
		t.Error("a message under lease was handed over")
	}
	b.now = b.now.Add(3 * time.Minute)
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Sent || m.calls != 2 || len(m.keys) != 1 {
		t.Errorf("state %s after %d calls with the keys %v", got.State, m.calls, m.keys)
	}
}

func TestAMessageIsNotHandedOverWhenItsTimeHasPassed(t *testing.T) {
	m := &moody{}
	b, n := outside(t, m)
	b.now = b.now.Add(3 * time.Hour) // the process was down meanwhile; a safety card means nothing after two hours
	b.c = b.open()
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Suppressed || got.Reason != message.TooLate || m.calls != 0 {
		t.Errorf("state %s, reason %s after %d calls", got.State, got.Reason, m.calls)
	}
}

func TestAMessageForAChannelThatIsGoneEndsOnTheDeadList(t *testing.T) {
	b, n := outside(t, &moody{})
	b.senders = map[string]channel.Sender{"another": &moody{keys: map[string]int{}}}
	b.c = b.open()
	b.c.Deliver(t.Context())
	if got := card(b, n); got.State != message.Dead {
		t.Errorf("state %s", got.State)
	}
}

// slow is a far side that does not answer while it is asked to wait.
type slow struct{ asked, answer chan struct{} }

func (s slow) Send(ctx context.Context, _ channel.Outgoing) (channel.Answer, error) {
	s.asked <- struct{}{}
	select {
	case <-s.answer:
		return channel.Answer{}, nil
	case <-ctx.Done():
		return channel.Answer{}, ctx.Err()
	}
}

func TestASlowChannelHoldsNobodyUp(t *testing.T) {
	b := newBench(t)
	far := slow{make(chan struct{}), make(chan struct{})}
	b.senders, b.channel = map[string]channel.Sender{"webhook": far}, "webhook"
	b.c = b.open()
	b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":3.5,"unit":"mmol/L"}`, b.now))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	changes, cancel := b.c.Subscribe()
	defer cancel()
	go func() { done <- b.c.Run(ctx) }()
	<-far.asked
	if _, err := b.c.Move(t.Context(), 0); err != nil { // drains nothing: only the loop's own ticks count below
		t.Error(err)
	}
	go func() {
		_, _ = b.open().Submit(ctx, conductor.Live, audit.Entry{}, []conductor.Item{b.item("zhang", "glucose", `{"value":6.2,"unit":"mmol/L"}`, b.now)})
	}()
	for timeout := time.After(5 * time.Second); ; {
		select {
		case c := <-changes:
			if len(c.People) > 0 || !slices.Contains(c.Kinds, "task") {
				continue // not what another process committed
			}
		case <-timeout:
			t.Error("while a channel is slow nothing else is looked at")
		}
		break
	}
	stop()
	select {
	case err := <-done:
		ok(t, err)
	case <-time.After(5 * time.Second):
		t.Fatal("it does not stop while a channel is slow")
	}
}
