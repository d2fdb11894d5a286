package push

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/programmes"
)

var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

// far is the far side: it keeps what came and answers as it is told.
type far struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	heads  []http.Header
	answer atomic.Pointer[http.HandlerFunc]
	active atomic.Int32
	most   atomic.Int32
}

func newFar(t *testing.T) *far {
	f := &far{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := f.active.Add(1); n > f.most.Load() {
			f.most.Store(n)
		}
		defer f.active.Add(-1)
		b, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.bodies, f.heads = append(f.bodies, b), append(f.heads, r.Header.Clone())
		f.mu.Unlock()
		if h := f.answer.Load(); h != nil {
			(*h)(w, r)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *far) says(h http.HandlerFunc) { f.answer.Store(&h) }

func (f *far) says200() { f.says(func(http.ResponseWriter, *http.Request) {}) }

// items are what came, in order.
func (f *far) items(t *testing.T) (all []out.Item) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range f.bodies {
		var m struct{ Data out.Item }
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m.Data)
	}
	return all
}

func (f *far) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.bodies)
}

type rig struct {
	t     *testing.T
	s     *store.Store
	c     *conductor.Conductor
	w     workspace.Workspace
	clock atomic.Int64
	far   *far
	r     *Runner
}

func (g *rig) now() time.Time { return time.UnixMicro(g.clock.Load()) }

func (g *rig) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

var loopback = out.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

func newRig(t *testing.T, s *store.Store) *rig {
	t.Helper()
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	g := &rig{t: t, s: s, far: newFar(t)}
	g.clock.Store(time.Date(2026, 3, 8, 3, 0, 0, 0, time.UTC).UnixMicro())
	var err error
	g.w, err = s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "a"})
	g.must(err)
	ring, err := s.Ring(t.Context(), g.w.Number)
	g.must(err)
	g.c, err = conductor.Open(context.Background(), conductor.Config{Store: s, Ring: ring, Workspace: g.w, Programmes: []*programme.Compiled{p}, Real: g.now})
	g.must(err)
	g.r = g.runner()
	return g
}

func (g *rig) runner() *Runner {
	return &Runner{
		Store: g.s, Feed: &out.Feed{Log: g.s, Space: g.c, Source: func(_ context.Context, n int32) string { return fmt.Sprint("source ", n) }},
		Sender: NewSender(loopback, g.now), Real: g.now, Chance: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
	}
}

func (g *rig) add(name string, purposes ...string) conductor.Card {
	g.t.Helper()
	card, err := g.c.Enrol(g.t.Context(), conductor.Profile{Name: name, Phone: "13800000412", Gender: "female", BirthYear: 1958}, "", "", audit.Entry{Actor: "command", Action: "person.add"})
	g.must(err)
	for _, p := range append([]string{"basic_service", "health_data"}, purposes...) {
		g.tell(card.Number, "consent", fmt.Sprintf(`{"purpose":%q,"granted":true,"textVersion":"1"}`, p))
	}
	return card
}

func (g *rig) tell(n person.Number, key, props string, change ...func(*event.Event)) event.Event {
	g.t.Helper()
	e, f := event.Decode(key, json.RawMessage(props))
	if f != nil {
		g.t.Fatal(f)
	}
	g.clock.Add(60_000_000)
	e.Occurred, e.Actor, e.Provenance = g.clock.Load(), "source", "device"
	for _, c := range change {
		c(&e)
	}
	o, err := g.c.Submit(g.t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{Person: n, Event: e}})
	g.must(err)
	if o[0].Status != conductor.Stored {
		g.t.Fatalf("%s: %+v", key, o[0])
	}
	return o[0].Event
}

var shared = out.Receiver{Basis: "sponsor_share_identified"}

func (g *rig) hook(types ...string) *out.Hook {
	g.t.Helper()
	h := &out.Hook{ID: "H1", State: out.On, Created: g.clock.Load(), Told: out.Told{
		Name: "数据中台", URL: g.far.URL + "/in?token=x", Types: types, Receiver: shared, Secrets: []out.Secret{{Text: out.NewSecret()}},
	}}
	g.must(g.s.CreateHook(g.t.Context(), g.w.Number, h))
	return h
}

func (g *rig) again() out.Hook {
	g.t.Helper()
	h, err := g.s.Hook(g.t.Context(), g.w.Number, "H1")
	g.must(err)
	return h
}

func (g *rig) once() {
	g.t.Helper()
	g.must(g.r.Once(g.t.Context()))
}

func (g *rig) attempts() []out.Attempt {
	g.t.Helper()
	l, err := g.s.Attempts(g.t.Context(), g.w.Number, "H1", "", page.Part{Limit: 100})
	g.must(err)
	return l.Items
}

const mmol = `{"value":%v,"unit":"mmol/L","context":"fasting"}`

func (g *rig) glucose(n person.Number, v float64) event.Event {
	return g.tell(n, "glucose", fmt.Sprintf(mmol, v))
}

func TestReadingsArriveSignedInOrderAndOnce(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	h := g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	for _, v := range []float64{7.8, 6.1, 9.4} {
		g.glucose(a.Number, v)
	}
	g.once()
	g.once()
	got := g.far.items(t)
	if len(got) != 3 || got[0].Properties["value"] != 7.8 || got[1].Properties["value"] != 6.1 || got[2].Properties["value"] != 9.4 {
		t.Fatalf("%+v", got)
	}
	if got[0].Person != string(a.ID) || got[0].Who != nil || got[0].Type != "glucose" || got[0].Action != out.Happened || got[0].Properties["unit"] != "mmol/L" {
		t.Errorf("%+v", got[0])
	}
	for i, head := range g.far.heads {
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(h.Told.Secrets[0].Text, "whsec_"))
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(head.Get("webhook-id") + "." + head.Get("webhook-timestamp") + "." + string(g.far.bodies[i])))
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); head.Get("webhook-signature") != want {
			t.Errorf("signature %s, want %s", head.Get("webhook-signature"), want)
		}
		if strings.Contains(string(g.far.bodies[i]), "张桂芳") || strings.Contains(string(g.far.bodies[i]), "13800000412") {
			t.Error("a name leaves without being asked for")
		}
	}
	if at := g.attempts(); len(at) != 3 || at[0].Outcome != out.Taken || at[0].Status != 200 || at[0].Item != got[2].ID {
		t.Errorf("%+v", at)
	}
	list, err := g.s.Audit(t.Context(), g.w.Number, audit.Filter{Action: "webhook.send"}, page.Part{})
	g.must(err)
	if len(list.Items) != 1 || list.Items[0].Detail != `{"events":3,"people":1}` || list.Items[0].Actor != "webhook:H1" {
		t.Errorf("%+v", list.Items)
	}
}

func TestAFailureIsTriedAgainWithTheSameIDAndHoldsUpWhatFollows(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	g.glucose(a.Number, 6.1)
	g.far.says(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	g.once()
	g.once() // not yet
	if n := g.far.count(); n != 1 {
		t.Fatalf("%d requests before the wait is over", n)
	}
	if h := g.again(); h.Tries != 1 || h.Next != g.clock.Load()+5_000_000 || h.Failing == 0 {
		t.Errorf("%+v", h)
	}
	g.clock.Add(5_000_000)
	g.far.says(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "600"); w.WriteHeader(429) })
	g.once()
	if h := g.again(); h.Next != g.clock.Load()+600_000_000 {
		t.Errorf("the far side asked for ten minutes: %d", (h.Next-g.clock.Load())/1e6)
	}
	g.clock.Add(600_000_000)
	g.far.says200()
	g.once()
	got := g.far.items(t)
	if len(got) != 4 || got[0].ID != got[1].ID || got[1].ID != got[2].ID || got[3].Properties["value"] != 6.1 {
		t.Fatalf("%+v", got)
	}
	if id := g.far.heads[0].Get("webhook-id"); id == "" || id != g.far.heads[2].Get("webhook-id") || id == g.far.heads[3].Get("webhook-id") {
		t.Error("a retry has the id of the first try, another item has another")
	}
	if h := g.again(); h.Failing != 0 || h.Tries != 0 {
		t.Errorf("%+v", h)
	}
}

func TestWhatTheFarSideRefusesIsPutAside(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	g.glucose(a.Number, 6.1)
	first := true
	var id string
	g.far.says(func(w http.ResponseWriter, r *http.Request) {
		if first {
			first, id = false, r.Header.Get("webhook-id")
		}
		if r.Header.Get("webhook-id") == id {
			w.WriteHeader(422)
			_, _ = io.WriteString(w, `{"error":"unknown patient 7.8 fasting 张桂芳"}`)
		}
	})
	for range out.RefuseTries {
		g.once()
		g.clock.Add(time.Hour.Microseconds())
	}
	at := g.attempts()
	if len(at) != out.RefuseTries+1 || at[0].Outcome != out.Taken || at[1].Outcome != out.Refused || at[2].Outcome != out.Rejected {
		t.Fatalf("%+v", at)
	}
	if said := at[1].Answer; strings.Contains(said, "7.8") || strings.Contains(said, "fasting") || strings.Contains(said, "张") || !strings.Contains(said, "error") {
		t.Errorf("an answer is kept without what could be somebody's: %q", said)
	}
}

func TestSlowAnswersTimeOutAndSlowBodiesDoNot(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	g.r.Sender.wait = 50 * time.Millisecond
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	stop := make(chan struct{})
	defer close(stop)
	g.far.says(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	g.once()
	if at := g.attempts(); len(at) != 1 || at[0].Outcome != out.Timeout || at[0].Status != 0 {
		t.Fatalf("%+v", at)
	}
	g.far.says(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		_, _ = io.WriteString(w, "ok")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	g.clock.Add(time.Hour.Microseconds())
	g.once()
	if at := g.attempts(); at[0].Outcome != out.Taken || at[0].Answer != "ok" {
		t.Errorf("%+v", at[0])
	}
}

func TestWhoFailsForDaysIsSwitchedOffAndWhoIsGoneAtOnce(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	g.far.says(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	for range 200 {
		g.once()
		if g.again().State == out.Off {
			break
		}
		g.clock.Add(time.Hour.Microseconds())
	}
	h := g.again()
	if h.State != out.Off || h.Why != out.Failed || time.Duration(h.Ended-h.Failing)*time.Microsecond < out.GiveUp {
		t.Fatalf("%+v", h)
	}
	if n := g.far.count(); n < 20 || n > 40 {
		t.Errorf("%d tries in five days", n)
	}
	list, err := g.s.Audit(t.Context(), g.w.Number, audit.Filter{Action: "webhook.off"}, page.Part{})
	g.must(err)
	if len(list.Items) != 1 {
		t.Errorf("%+v", list.Items)
	}
	_, err = g.s.ChangeHook(t.Context(), g.w.Number, "H1", func(h *out.Hook) error { h.State, h.Failing, h.Next = out.On, 0, 0; return nil })
	g.must(err)
	g.far.says(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	g.once()
	if h := g.again(); h.State != out.Off || h.Why != out.Gone {
		t.Errorf("%+v", h)
	}
}

func TestRedirectsAndPrivateAddressesAreNotFollowed(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	g.far.says(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	g.once()
	if at := g.attempts(); g.far.count() != 1 || at[0].Outcome != out.Redirect {
		t.Fatalf("%d %+v", g.far.count(), at)
	}
	g.r.Sender = NewSender(out.Guard{}, g.now)
	g.clock.Add(time.Hour.Microseconds())
	g.once()
	if at := g.attempts(); g.far.count() != 1 || at[0].Outcome != out.Forbidden {
		t.Errorf("%d %+v", g.far.count(), at[0])
	}
}

func TestTwoSendersDoNotSendAtOnce(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	for i := range 20 {
		g.glucose(a.Number, 5+float64(i)/10)
	}
	g.far.says(func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Millisecond) })
	others := []*Runner{g.r, g.runner(), g.runner()}
	var all sync.WaitGroup
	for _, r := range others {
		all.Go(func() {
			for range 5 {
				if err := r.Once(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if g.far.most.Load() != 1 || g.far.count() != 20 {
		t.Errorf("%d requests, %d at once", g.far.count(), g.far.most.Load())
	}
}

// broken is a store that is gone when a place is to be written, as after kill -9.
type broken struct{ Store }

func (broken) SaveHook(context.Context, workspace.Number, *out.Hook, []out.Attempt, ...audit.Entry) error {
	return context.DeadlineExceeded
}

func TestASenderThatDiesLosesNothing(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	for _, v := range []float64{7.8, 6.1, 9.4} {
		g.glucose(a.Number, v)
	}
	dying := g.runner()
	dying.Store = broken{g.s}
	g.must(dying.Once(t.Context()))
	sent := g.far.count()
	if sent == 0 {
		t.Fatal("nothing was sent before the end")
	}
	g.once()
	if g.far.count() != sent {
		t.Error("another sends while the lease holds")
	}
	g.clock.Add(lease.Microseconds() + 1)
	g.once()
	ids := map[string]bool{}
	for _, i := range g.far.items(t) {
		ids[i.ID] = true
	}
	if len(ids) != 3 || g.far.count() != sent+3 {
		t.Errorf("%d items of three in %d requests", len(ids), g.far.count())
	}
	if g.far.heads[0].Get("webhook-id") != g.far.heads[sent].Get("webhook-id") {
		t.Error("what was sent twice has two ids")
	}
}

func TestReplaySendsAPartOnceMore(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 7.8)
	since := g.clock.Load() + 1
	g.glucose(a.Number, 6.1)
	g.glucose(a.Number, 9.4)
	g.once()
	from, err := g.r.Feed.Since(t.Context(), since)
	g.must(err)
	_, err = g.s.ChangeHook(t.Context(), g.w.Number, "H1", func(h *out.Hook) error {
		h.Replay = out.Replay{Number: 1, At: from, To: h.At}
		return nil
	})
	g.must(err)
	g.glucose(a.Number, 5.5)
	g.once()
	got := g.far.items(t)
	if len(got) != 6 || got[3].Properties["value"] != 6.1 || got[4].Properties["value"] != 9.4 || got[5].Properties["value"] != 5.5 {
		t.Fatalf("%d %+v", len(got), got)
	}
	if h := g.again(); h.Replay.Open() {
		t.Errorf("%+v", h.Replay)
	}
	if g.far.heads[1].Get("webhook-id") != g.far.heads[3].Get("webhook-id") {
		t.Error("a replay has the id of the first time")
	}
}

func TestTagsAndStagesAreTold(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook(out.TagEntered, out.StageChanged)
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 2.4)
	g.once()
	var tag, stage bool
	for _, i := range g.far.items(t) {
		tag = tag || i.Type == out.TagEntered && i.Programme == "diabetes" && i.Key != "" && i.Name != nil
		stage = stage || i.Type == out.StageChanged && i.Key != ""
		if i.Type != out.TagEntered && i.Type != out.StageChanged {
			t.Errorf("not asked for: %+v", i)
		}
	}
	if !tag || !stage {
		t.Errorf("%+v", g.far.items(t))
	}
}
