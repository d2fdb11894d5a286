package conductor_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// diabetes is read once: a test that changes a programme changes its own copy of the files.
var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

// bench is one workspace on a real database, with a clock the test sets.
type bench struct {
	t       *testing.T
	store   *store.Store
	c       *conductor.Conductor
	ws      workspace.Workspace
	now     time.Time
	file    string
	keys    *keys.Master
	progs   []*programme.Compiled
	senders map[string]channel.Sender
	channel string
	talk    func() conductor.TalkSettings
	ids     io.Reader // what ids of people are made of; nil: chance
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 3, 8, 11, 27, 0, 0, shanghai), file: strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")}
	m, err := keys.Create(b.file + ".key")
	ok(t, err)
	b.keys = m
	s, err := store.Open(t.Context(), "sqlite:"+b.file, store.Options{Keys: m})
	ok(t, err)
	t.Cleanup(func() { _ = s.Close() })
	b.store = s
	b.ws, err = s.CreateWorkspace(t.Context(), workspace.Workspace{
		ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "s",
	})
	ok(t, err)
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b.progs = []*programme.Compiled{p}
	b.c = b.open()
	return b
}

func (b *bench) open() *conductor.Conductor { return b.openOn(b.store) }

func (b *bench) openOn(db conductor.Database) *conductor.Conductor {
	b.t.Helper()
	ws, err := b.store.Workspace(b.t.Context(), b.ws.Number)
	ok(b.t, err)
	ring, err := b.store.Ring(b.t.Context(), ws.Number)
	ok(b.t, err)
	c, err := conductor.Open(b.t.Context(), conductor.Config{
		Store: db, Ring: ring, Workspace: ws, Programmes: b.progs, Real: func() time.Time { return b.now },
		Snapshot: b.file + ".timelines", Senders: b.senders, Channel: b.channel, IDs: b.ids, Talk: b.talk,
	})
	ok(b.t, err)
	return c
}

var shanghai = func() *time.Location { l, _ := time.LoadLocation("Asia/Shanghai"); return l }()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) item(who, key, props string, at time.Time) conductor.Item {
	b.t.Helper()
	e, f := event.Decode(key, json.RawMessage(props))
	if f != nil {
		b.t.Fatalf("%s %s: %v", key, props, f)
	}
	e.Occurred = at.UnixMicro()
	e.Actor, e.Provenance = "source", "device"
	return conductor.Item{Ident: []conductor.Identifier{{Type: "userId", Value: who}}, Event: e}
}

func (b *bench) submit(items ...conductor.Item) []conductor.Outcome {
	b.t.Helper()
	out, err := b.c.Submit(b.t.Context(), conductor.Live, audit.Entry{Actor: "source:test", Action: "intake.batch"}, items)
	ok(b.t, err)
	return out
}

func (b *bench) consent(who string) person.Number {
	b.t.Helper()
	o := b.submit(
		b.item(who, "consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`, b.now),
		b.item(who, "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, b.now),
		b.item(who, "consent", `{"purpose":"family_share","granted":true,"textVersion":"1"}`, b.now))
	return o[0].Person
}

func (b *bench) messages(n person.Number) []message.Message {
	b.t.Helper()
	l, err := b.store.MessagesOf(b.t.Context(), b.ws.Number, n, store.Page{Limit: 100})
	ok(b.t, err)
	return l.Items
}

func (b *bench) tasks(n person.Number) []task.Task {
	b.t.Helper()
	l, err := b.store.TasksOf(b.t.Context(), b.ws.Number, n)
	ok(b.t, err)
	return l
}

func TestALowReadingBecomesTagCardTaskAndAlertInOneCommit(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	out := b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now))
	if out[0].Status != conductor.Stored {
		t.Fatalf("status %v, fault %v", out[0].Status, out[0].Fault)
	}
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if p := l.State.Progress("diabetes"); p == nil || !p.Has("gl_hypo2_28d") {
		t.Fatalf("no gl_hypo2_28d in %+v", p)
	}
	if !b.c.Members("tag", "gl_hypo2_28d").Contains(uint32(n)) {
		t.Error("the cohort of the tag does not hold the person")
	}
	var card *message.Message
	for _, m := range b.messages(n) {
		if m.Content == "low-now" {
			card = &m
		}
	}
	if card == nil || card.State != message.Sent || card.Body == "" {
		t.Fatalf("the safety card was not sent: %+v", b.messages(n))
	}
	alert, call := 0, 0
	for _, k := range b.tasks(n) {
		switch {
		case k.Kind == "alert":
			alert++
		case k.Priority == task.Safety && k.Due == b.now.Add(10*time.Minute).UnixMicro():
			call++
		}
	}
	if alert != 1 || call != 1 {
		t.Errorf("%d alerts and %d calls within ten minutes, want one each: %+v", alert, call, b.tasks(n))
	}
	w, found := l.WhyTag("gl_hypo2_28d")
	if !found || w.Total != 1 || w.Evidence[0] != out[0].Event.Seq {
		t.Errorf("why: %+v", w)
	}
}

func TestARepeatDoesNothing(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	it := b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now)
	it.MessageID = "m-1"
	b.submit(it)
	tasks, messages := len(b.tasks(n)), len(b.messages(n))
	b.now = b.now.Add(time.Minute)
	out := b.submit(it, it)
	if out[0].Status != conductor.Repeated || out[1].Status != conductor.Repeated {
		t.Errorf("outcomes %+v", out)
	}
	if len(b.tasks(n)) != tasks || len(b.messages(n)) != messages {
		t.Error("a repeat asked for work again")
	}
}

func TestARefusedEventMayComeAgainUnderItsId(t *testing.T) {
	b := newBench(t)
	b.consent("zhang")
	bad := b.item("zhang", "programme_joined", `{"programme":"nowhere"}`, b.now)
	bad.MessageID = "m-1"
	nobody := b.item("", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now)
	nobody.Ident, nobody.MessageID = nil, "m-2"
	good := b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now)
	good.MessageID = "m-3"
	for i, o := range b.submit(bad, good, nobody) {
		if want := []conductor.Status{conductor.Refused, conductor.Stored, conductor.Refused}[i]; o.Status != want {
			t.Errorf("item %d: status %v, want %v", i, o.Status, want)
		}
	}
	mended := b.item("zhang", "glucose", `{"value":7.1,"unit":"mmol/L"}`, b.now)
	mended.MessageID = "m-1"
	named := b.item("zhang", "glucose", `{"value":8.1,"unit":"mmol/L"}`, b.now)
	named.MessageID = "m-2"
	for i, o := range b.submit(mended, good, named) {
		if want := []conductor.Status{conductor.Stored, conductor.Repeated, conductor.Stored}[i]; o.Status != want {
			t.Errorf("item %d the second time: status %v, want %v", i, o.Status, want)
		}
	}
}

func TestHealthDataWaitsForConsentAndIsReleasedByIt(t *testing.T) {
	b := newBench(t)
	out := b.submit(b.item("li", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	if out[0].Status != conductor.Kept {
		t.Fatalf("status %v", out[0].Status)
	}
	n := out[0].Person
	if l, _ := b.c.Look(n, 0, 0); l.View.Len() != 1 { // programme_joined only
		t.Fatalf("the reading is in the timeline: %d events", l.View.Len())
	}
	b.c = b.open() // what waits is known after a restart, too
	b.consent("li")
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if !l.State.Progress("diabetes").Has("gl_hypo2_28d") {
		t.Error("the released reading changed no tag")
	}
	if len(b.messages(n)) != 0 {
		t.Errorf("something was said about a reading from before the consent: %+v", b.messages(n))
	}
	left, err := b.store.QuarantineOf(t.Context(), b.ws.Number, n, "consent")
	ok(t, err)
	if len(left) != 0 {
		t.Errorf("%d still in quarantine", len(left))
	}
}

func TestMovingTheClockDoesEachThingAtItsOwnMoment(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "contact_added", `{"channel":"pharmacy"}`, b.now))
	h, err := b.c.Move(t.Context(), 8*24*time.Hour)
	ok(t, err)
	if h.Sent == 0 || h.Tasks == 0 {
		t.Fatalf("eight days passed and nothing happened: %+v", h)
	}
	for _, m := range b.messages(n) {
		if m.State != message.Sent {
			continue
		}
		at := time.UnixMicro(m.SentAt).In(shanghai)
		if at.Hour() < 8 || at.Hour() >= 22 {
			t.Errorf("%s was sent at %s", m.Content, at)
		}
	}
	b.now = b.now.Add(0)
	people, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	if people == 0 || len(diff) != 0 {
		t.Errorf("replay of %d people differs for %d:\n%s\n%s", people, len(diff), diff[0].Stored, diff[0].Again)
	}
}

func TestARestartForgetsNothing(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	before, err := b.c.Look(n, 0, 0)
	ok(t, err)
	b.c.Close() // writes the snapshot
	b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now.Add(time.Minute)))
	b.c = b.open()
	after, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if after.View.Len() <= before.View.Len() {
		t.Errorf("%d events after a restart, %d before", after.View.Len(), before.View.Len())
	}
	if len(after.State.Runs) != 1 {
		t.Errorf("runs %+v", after.State.Runs)
	}
	b.now = b.now.Add(30 * time.Minute)
	if _, err := b.c.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen := map[message.ID]bool{}
	for _, m := range b.messages(n) {
		if seen[m.ID] {
			t.Errorf("message %s twice", m.ID)
		}
		seen[m.ID] = true
	}
	_, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	if len(diff) != 0 {
		t.Errorf("replay differs:\n%s\n%s", diff[0].Stored, diff[0].Again)
	}
}

func TestTwoConductorsOnOneDatabaseSeeTheSame(t *testing.T) {
	b := newBench(t)
	other := b.open()
	n := b.consent("zhang")
	b.submit(b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	if _, err := other.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	l, err := other.Look(n, 0, 0)
	ok(t, err)
	if !l.State.Progress("diabetes").Has("gl_hypo2_28d") {
		t.Error("the other conductor does not know the tag")
	}
	before := len(b.messages(n))
	b.now = b.now.Add(25 * time.Minute)
	for _, c := range []*conductor.Conductor{b.c, other, b.c} {
		if _, err := c.Tick(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	for _, m := range b.messages(n) {
		counts[m.Content]++
	}
	if len(b.messages(n)) == before {
		t.Error("nothing was said although the recheck was missed")
	}
	for k, v := range counts {
		if v > 1 {
			t.Errorf("%s said %d times", k, v)
		}
	}
}
