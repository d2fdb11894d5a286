package conductor_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

// broken is a database that fails where it is told to.
type broken struct {
	*store.Store
	commit  error         // of the next commit, which is rolled back
	states  error         // of the next look at states
	damaged person.Number // whose key cannot be opened
}

func (b *broken) PeopleAfter(ctx context.Context, w workspace.Number, after person.Number, each func(conductor.NewPerson) error) error {
	return b.Store.PeopleAfter(ctx, w, after, b.damage(each))
}

func (b *broken) People(ctx context.Context, w workspace.Number, each func(conductor.NewPerson) error) error {
	return b.Store.People(ctx, w, b.damage(each))
}

func (b *broken) damage(each func(conductor.NewPerson) error) func(conductor.NewPerson) error {
	return func(p conductor.NewPerson) error {
		if p.Number == b.damaged {
			p.Key = []byte("damaged")
		}
		return each(p)
	}
}

type brokenTx struct {
	conductor.Tx
	err error
}

func (b *broken) Begin(ctx context.Context, w workspace.Number) (conductor.Tx, error) {
	tx, err := b.Store.Begin(ctx, w)
	if err != nil || b.commit == nil {
		return tx, err
	}
	tx, b.commit = brokenTx{tx, b.commit}, nil
	return tx, nil
}

func (t brokenTx) Commit() error {
	_ = t.Rollback()
	return t.err
}

func (b *broken) StatesAfter(ctx context.Context, w workspace.Number, after event.Seq, each func(conductor.StateRow) error) error {
	if err := b.states; err != nil {
		b.states = nil
		return err
	}
	return b.Store.StatesAfter(ctx, w, after, each)
}

func count(l *conductor.Look, t event.Type) (n int) {
	for _, x := range l.View.Type {
		if x == t {
			n++
		}
	}
	return n
}

func TestAWakeIsNotLostWhenAnotherRequestSpoilsItsCommit(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	before := len(b.messages(n))
	b.now = b.now.Add(30 * time.Minute) // the recheck was missed
	together := b.c.Gather()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := b.c.Tick(t.Context()); err != nil {
			t.Error(err)
		}
	})
	b.c.Waiting(1)
	wg.Go(func() {
		if err := b.c.Contact(t.Context(), 999, "k", "", audit.Entry{}); !errors.Is(err, person.ErrMissing) {
			t.Errorf("a call for nobody gave %v", err)
		}
	})
	together(2)
	wg.Wait()
	if len(b.messages(n)) == before {
		t.Error("the missed recheck was forgotten")
	}
}

func TestOnePersonWhoCannotBeSteppedHoldsUpNobody(t *testing.T) {
	b := newBench(t)
	ill, well := b.consent("zhang"), b.consent("li")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now), b.item("li", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	before := len(b.messages(well))
	ring, err := b.store.Ring(t.Context(), b.ws.Number)
	ok(t, err)
	ring.Forget(ill)
	b.c = b.openOn(&broken{Store: b.store, damaged: ill})
	b.now = b.now.Add(30 * time.Minute) // the recheck was missed by both
	_, err = b.c.Tick(t.Context())
	ok(t, err)
	if len(b.messages(well)) == before {
		t.Error("somebody else's damaged key keeps the other person from being asked")
	}
	if due := b.c.Due(ill); due <= b.now.UnixMicro() || due > b.now.Add(time.Hour).UnixMicro() {
		t.Errorf("the one who failed is tried again at %s", time.UnixMicro(due))
	}
}

func TestARequestBesideAMovingClockSkipsNothing(t *testing.T) {
	sent := func(beside bool) (n int) {
		b := newBench(t)
		who := b.consent("zhang")
		b.submit(b.item("zhang", "contact_added", `{"channel":"pharmacy"}`, b.now))
		together := func(int) {}
		var wg sync.WaitGroup
		if beside {
			together = b.c.Gather()
			wg.Go(func() { b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now)) })
			b.c.Waiting(1)
		}
		wg.Go(func() {
			if _, err := b.c.Move(t.Context(), 8*24*time.Hour); err != nil {
				t.Error(err)
			}
		})
		together(2)
		wg.Wait()
		for _, m := range b.messages(who) {
			if m.State == message.Sent && m.Journey != "" && m.Due < b.now.Add(3*24*time.Hour).UnixMicro() {
				n++
			}
		}
		return n
	}
	if alone, beside := sent(false), sent(true); alone == 0 || beside < alone {
		t.Errorf("%d messages of the first days went out beside a request, %d without one", beside, alone)
	}
}

func TestTwoMovesOfTheClockAddUp(t *testing.T) {
	b := newBench(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := b.c.Move(t.Context(), time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := b.c.Now().Sub(b.now); got != 8*time.Minute {
		t.Errorf("eight moves of a minute moved the clock by %s", got)
	}
}

func TestACardIsAnsweredOnceHoweverOldTheReading(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":3.5,"unit":"mmol/L"}`, b.now))
	m := card(b, n) // as two screens show it
	answers := b.progs[0].Contents[m.Content].Answers
	if len(answers) < 2 {
		t.Fatalf("the card has %d answers", len(answers))
	}
	ok(t, b.c.AnswerMessage(t.Context(), m, answers[0].Key, audit.Entry{Actor: "a", Action: "x"}))
	ok(t, b.c.ReadMessage(t.Context(), m, audit.Entry{Actor: "a", Action: "x"}))
	ok(t, b.c.AnswerMessage(t.Context(), m, answers[1].Key, audit.Entry{Actor: "a", Action: "x"}))
	if got := card(b, n); got.Answer != answers[0].Key || got.Answered == 0 {
		t.Errorf("answer %q, want %q", got.Answer, answers[0].Key)
	}
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if count(l, event.Answer) != 1 || count(l, event.MessageRead) != 0 {
		t.Errorf("%d answers and %d readings, want one and none", count(l, event.Answer), count(l, event.MessageRead))
	}
}

func TestWhatWaitedForConsentIsReleasedOnce(t *testing.T) {
	b := newBench(t)
	n := b.submit(b.item("li", "glucose", `{"value":5.8,"unit":"mmol/L"}`, b.now))[0].Person
	yes, no := `{"purpose":"health_data","granted":true,"textVersion":"1"}`, `{"purpose":"health_data","granted":false,"textVersion":"1"}`
	b.submit(
		b.item("li", "consent", yes, b.now), b.item("li", "consent", no, b.now.Add(time.Second)),
		b.item("li", "glucose", `{"value":6.8,"unit":"mmol/L"}`, b.now.Add(2*time.Second)),
		b.item("li", "consent", yes, b.now.Add(3*time.Second)))
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if got := count(l, event.Glucose); got != 2 {
		t.Errorf("%d readings, want 2", got)
	}
}

func TestAFailedCommitLeavesTheZoneAsItWas(t *testing.T) {
	b := newBench(t)
	db := &broken{Store: b.store}
	b.c = b.openOn(db)
	n := b.consent("zhang")
	db.commit = errors.New("disk full")
	it := b.item("zhang", "profile", `{"zone":"Europe/Berlin"}`, b.now)
	if _, err := b.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{it}); err == nil {
		t.Fatal("the commit did not fail")
	}
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if l.View.Loc.String() != "Asia/Shanghai" {
		t.Errorf("days begin in %s after a commit that failed", l.View.Loc)
	}
	b.submit(it)
	l, err = b.c.Look(n, 0, 0)
	ok(t, err)
	if l.View.Loc.String() != "Europe/Berlin" {
		t.Errorf("days begin in %s", l.View.Loc)
	}
}

func TestOnesWhoGoAwayLeaveTheWriterAlone(t *testing.T) {
	b := newBench(t)
	ctx, leave := context.WithCancel(t.Context())
	together := b.c.Gather()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := b.c.Enrol(ctx, conductor.Profile{Name: "张伟"}, "", "", audit.Entry{Actor: "a", Action: "x"}); !errors.Is(err, context.Canceled) {
			t.Errorf("enrolling gave %v", err)
		}
	})
	b.c.Waiting(1)
	leave()
	wg.Wait()
	together(1)
	if b.c.Directory().Len() != 1 {
		t.Error("what was asked for is not done")
	}
}
