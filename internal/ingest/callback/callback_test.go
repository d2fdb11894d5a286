package callback_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/channel/wecom"
	"peiban/internal/channel/wecom/crypt"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/ingest/callback"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

const (
	corpID = "ww1234567890abcdef"
	token  = "QDG6eK"
	aesKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)

var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

// desk is a workspace with one connected company, whose WeCom answers as a test says.
type desk struct {
	t        *testing.T
	store    *store.Store
	space    *conductor.Conductor
	receiver *callback.Receiver
	runner   *callback.Runner
	box      *crypt.Box
	corp     corp.Corp
	now      time.Time
	far      func(api string) string // "": no answer
	asked    func(api string, body []byte)
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	api := strings.TrimPrefix(r.URL.Path, "/cgi-bin/")
	answer := `{"errcode":0,"access_token":"T","expires_in":7200}`
	if d.asked != nil && r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		d.asked(api, body)
	}
	if api != "gettoken" {
		if answer = d.far(api); answer == "" {
			return nil, errors.New("the line is down")
		}
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	ctx := t.Context()
	zone := time.FixedZone("", 8*3600)
	d := &desk{t: t, now: time.Date(2026, 3, 8, 11, 27, 0, 0, zone), far: func(string) string {
		return `{"errcode":0,"external_contact":{"external_userid":"wm0001","name":"晴天","type":1,"unionid":"union-0001"},"follow_user":[{"userid":"zhou","add_way":1}]}`
	}}
	real := func() time.Time { return d.now }
	file := strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")
	m, err := keys.Create(file + ".key")
	must(t, err)
	d.store, err = store.Open(ctx, "sqlite:"+file, store.Options{Keys: m, Relaxed: true})
	must(t, err)
	t.Cleanup(func() { _ = d.store.Close() })
	ws, err := d.store.CreateWorkspace(ctx, workspace.Workspace{ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "s"})
	must(t, err)
	src, err := d.store.EnsureSource(ctx, ws.Number, event.Source{Name: "wecom", Created: 1})
	must(t, err)
	for _, id := range []string{"staff-zhou", "staff-liu"} {
		must(t, d.store.CreateMember(ctx, ws.Number, staff.Member{ID: id, Login: id, Name: id, Role: staff.HealthManager}))
	}
	_, err = d.store.SaveEntrance(ctx, ws.Number, entrance.Entrance{ID: "E1", State: "code-pharmacy", Kind: "pharmacy", Name: "人民路药店", Programme: "diabetes", Owner: "staff-liu"}, 1, "staff:x")
	must(t, err)
	d.corp, err = d.store.SaveCorp(ctx, ws.Number, corp.Corp{
		ID: "abcdef", Name: "陪伴", Base: "http://wecom.example", CorpID: corpID, Agent: 7, App: "secret", Token: token, Key: aesKey,
		Members: map[string]string{"zhou": "staff-zhou"}, Source: src.Number,
	}, 1, "staff:x")
	must(t, err)
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ring, err := d.store.Ring(ctx, ws.Number)
	must(t, err)
	d.space, err = conductor.Open(context.Background(), conductor.Config{Store: d.store, Ring: ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: real})
	must(t, err)
	t.Cleanup(d.space.Close)
	d.receiver = callback.NewReceiver(d.store, real, func(workspace.Number) {}, slog.New(slog.DiscardHandler))
	running, stop := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { d.receiver.Run(running) })
	t.Cleanup(func() { stop(); wait.Wait() })
	d.runner = &callback.Runner{Store: d.store, Space: d.space, Calls: wecom.NewPool(wecom.Options{HTTP: &http.Client{Transport: d}, Now: real}), Real: real, Log: slog.New(slog.DiscardHandler), Zone: zone}
	d.box, err = crypt.New(token, aesKey, corpID)
	must(t, err)
	return d
}

// tell sends what is sealed as WeCom does, and answers the status.
func (d *desk) tell(xml string) int {
	d.t.Helper()
	sealed, err := d.box.Seal([]byte(xml), rand.Reader)
	must(d.t, err)
	return d.send(sealed, d.box.Sign("1700000000", "n", sealed))
}

func (d *desk) send(sealed, signature string) int {
	return d.ask(http.MethodPost, "abcdef", url.Values{"msg_signature": {signature}, "timestamp": {"1700000000"}, "nonce": {"n"}},
		"<xml><ToUserName><![CDATA["+corpID+"]]></ToUserName><AgentID>7</AgentID><Encrypt><![CDATA["+sealed+"]]></Encrypt></xml>").Code
}

func (d *desk) ask(method, id string, q url.Values, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.receiver.ServeHTTP(w, httptest.NewRequest(method, callback.Path+id+"?"+q.Encode(), strings.NewReader(body)))
	return w
}

func (d *desk) work() {
	d.t.Helper()
	if _, err := d.runner.Work(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func change(what string, at time.Time, more string) string {
	return fmt.Sprintf(`<xml><ToUserName>%s</ToUserName><FromUserName>sys</FromUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType>
		<Event>change_external_contact</Event><ChangeType>%s</ChangeType><UserID>zhou</UserID><ExternalUserID>wm0001</ExternalUserID>%s</xml>`, corpID, at.Unix(), what, more)
}

// events lists what the timeline of the only person holds.
func (d *desk) events() (out []string) {
	d.t.Helper()
	if n := d.space.Directory().Len(); n != 1 {
		d.t.Fatalf("%d people", n)
	}
	l, err := d.space.Look(1, 0, 0)
	must(d.t, err)
	for i := range l.View.Len() {
		e := l.View.Event(i)
		if e.Type == event.ContactAdded || e.Type == event.ContactRemoved || e.Type == event.Profile || e.Type == event.Assigned {
			out = append(out, strings.Trim(e.Type.String()+" "+e.A.String()+" "+e.B.String()+" "+e.C.String(), " "))
		}
	}
	slices.Sort(out)
	return out
}

func (d *desk) tallies() string {
	d.t.Helper()
	all, err := d.store.CallbackTallies(d.t.Context(), 1)
	must(d.t, err)
	var out []string
	for _, v := range all {
		out = append(out, fmt.Sprintf("%s %s %d", v.Kind, v.State, v.Count))
	}
	return strings.Join(out, ", ")
}

func TestTheCheckOfTheAddress(t *testing.T) {
	d := newDesk(t)
	sealed, err := d.box.Seal([]byte("1616140317555161061"), rand.Reader)
	must(t, err)
	q := url.Values{"msg_signature": {d.box.Sign("1", "n", sealed)}, "timestamp": {"1"}, "nonce": {"n"}, "echostr": {sealed}}
	if w := d.ask(http.MethodGet, "abcdef", q, ""); w.Code != 200 || w.Body.String() != "1616140317555161061" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := d.ask(http.MethodGet, "another", q, ""); w.Code != 404 {
		t.Errorf("another address answers %d", w.Code)
	}
	q.Set("msg_signature", strings.Repeat("0", 40))
	if w := d.ask(http.MethodGet, "abcdef", q, ""); w.Code != 403 || strings.Contains(w.Body.String(), "1616") {
		t.Errorf("a forged check answers %d %q", w.Code, w.Body)
	}
	if w := d.ask(http.MethodPut, "abcdef", nil, ""); w.Code != 405 {
		t.Errorf("PUT answers %d", w.Code)
	}
}

func TestAScanMakesAPersonOnce(t *testing.T) {
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 0, 1, 0, 1, 1}, {1, 1, 0, 0}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			d := newDesk(t)
			told := []string{
				change("add_external_contact", d.now.Add(-time.Minute), "<State>code-pharmacy</State><WelcomeCode>W</WelcomeCode>"),
				change("edit_external_contact", d.now.Add(-time.Second), ""),
			}
			for _, i := range order {
				if status := d.tell(told[i]); status != 200 {
					t.Fatalf("answered %d", status)
				}
				d.work()
			}
			if got, want := d.events(), []string{"assigned staff-zhou", "contact_added pharmacy code-pharmacy pharmacy", "profile"}; !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			card, _ := d.space.Directory().ByNumber(1)
			if card.Name != "晴天" || card.Owner != "staff-zhou" {
				t.Errorf("%q of %q", card.Name, card.Owner)
			}
			if got := d.tallies(); got != "change_external_contact/add_external_contact done 1, change_external_contact/edit_external_contact passed 1" {
				t.Error(got)
			}
		})
	}
}

func TestWhoLeavesIsRemembered(t *testing.T) {
	d := newDesk(t)
	d.tell(change("del_follow_user", d.now.Add(-time.Hour), "")) // it may come first
	d.work()
	if n := d.space.Directory().Len(); n != 0 {
		t.Errorf("%d people were made of somebody who left", n)
	}
	d.tell(change("add_external_contact", d.now.Add(-2*time.Hour), ""))
	d.work()
	d.now = d.now.Add(time.Minute)
	d.work()
	if got, want := d.events(), []string{"assigned staff-zhou", "contact_added wecom", "contact_removed person", "profile"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	d := newDesk(t)
	for _, what := range []string{
		change("del_external_contact", d.now, ""),      // of somebody nobody knows
		change("never_heard_of", d.now, ""),            //
		change("add_half_external_contact", d.now, ""), // they are added when the member adds them back
		"<xml><ToUserName>x</ToUserName></xml>",        // no event
	} {
		if status := d.tell(what); status != 200 {
			t.Errorf("answered %d to %s", status, what)
		}
	}
	for range 20 {
		d.work()
		d.now = d.now.Add(2 * time.Hour)
	}
	if n := d.space.Directory().Len(); n != 0 {
		t.Errorf("%d people were made", n)
	}
	if got := d.tallies(); got != "change_external_contact/add_half_external_contact passed 1, change_external_contact/del_external_contact passed 1, other passed 1" {
		t.Error(got)
	}
}

func TestWeComIsDown(t *testing.T) {
	d := newDesk(t)
	up := d.far
	d.far = func(string) string { return "" }
	d.tell(change("add_external_contact", d.now.Add(-time.Minute), "<State>code-pharmacy</State>"))
	d.work()
	if got, want := d.events(), []string{"assigned staff-zhou", "contact_added pharmacy code-pharmacy pharmacy"}; !slices.Equal(got, want) {
		t.Errorf("without WeCom: %q", got)
	}
	d.far = up
	d.work() // it is too early
	if got := d.tallies(); got != "change_external_contact/add_external_contact waiting 1" {
		t.Error(got)
	}
	d.now = d.now.Add(time.Minute)
	d.work()
	if got, want := d.events(), []string{"assigned staff-zhou", "contact_added pharmacy code-pharmacy pharmacy", "profile"}; !slices.Equal(got, want) {
		t.Errorf("when WeCom is back: %q", got)
	}
	if got := d.tallies(); got != "change_external_contact/add_external_contact done 1" {
		t.Error(got)
	}
}

func TestWhatNeverWorksIsLeftForSomebodyToLook(t *testing.T) {
	d := newDesk(t)
	d.far = func(string) string { return "" }
	d.tell(change("add_external_contact", d.now, ""))
	for range 20 {
		d.work()
		d.now = d.now.Add(2 * time.Hour)
	}
	if got := d.tallies(); got != "change_external_contact/add_external_contact stuck 1" {
		t.Error(got)
	}
}

// ends fails to write down what became of a callback, as when the process dies between.
type ends struct {
	*store.Store
	fail bool
}

func (e *ends) EndCallbacks(ctx context.Context, w workspace.Number, vs []corp.Verdict) error {
	if e.fail {
		e.fail = false
		return errors.New("cut off")
	}
	return e.Store.EndCallbacks(ctx, w, vs)
}

func TestCutOffBetweenTheDeedAndItsNote(t *testing.T) {
	d := newDesk(t)
	d.runner.Store = &ends{d.store, true}
	d.tell(change("add_external_contact", d.now.Add(-time.Minute), "<State>code-pharmacy</State>"))
	if _, err := d.runner.Work(t.Context()); err == nil {
		t.Fatal("nothing was cut off")
	}
	d.work()
	if got, want := d.events(), []string{"assigned staff-zhou", "contact_added pharmacy code-pharmacy pharmacy", "profile"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAPausedCompanyWaits(t *testing.T) {
	d := newDesk(t)
	d.corp.Paused = true
	var err error
	d.corp, err = d.store.SaveCorp(t.Context(), 1, d.corp, 2, "staff:x")
	must(t, err)
	d.tell(change("add_external_contact", d.now, ""))
	d.work()
	if n := d.space.Directory().Len(); n != 0 {
		t.Errorf("%d people", n)
	}
	d.corp.Paused = false
	_, err = d.store.SaveCorp(t.Context(), 1, d.corp, 3, "staff:x")
	must(t, err)
	d.work()
	d.events()
}

func TestBadCallbacks(t *testing.T) {
	d := newDesk(t)
	good := change("add_external_contact", d.now, "")
	sealed, err := d.box.Seal([]byte(good), rand.Reader)
	must(t, err)
	other, err := crypt.New(token, aesKey, "wwother")
	must(t, err)
	theirs, err := other.Seal([]byte(good), rand.Reader)
	must(t, err)
	broken := sealed[:len(sealed)-24] // its last block and padding are gone
	q := url.Values{"msg_signature": {"x"}, "timestamp": {"1"}, "nonce": {"n"}}
	for name, tt := range map[string]struct{ got, want int }{
		"forged":             {d.send(sealed, strings.Repeat("a", 40)), 403},
		"of another company": {d.send(theirs, d.box.Sign("1700000000", "n", theirs)), 403},
		"broken":             {d.send(broken, d.box.Sign("1700000000", "n", broken)), 403},
		"no form":            {d.ask(http.MethodPost, "abcdef", q, "hello").Code, 400},
		"two megabytes":      {d.ask(http.MethodPost, "abcdef", q, "<xml><Encrypt>"+strings.Repeat("a", 2<<20)+"</Encrypt></xml>").Code, 413},
		"nobody's":           {d.ask(http.MethodPost, "nobody", q, "").Code, 404},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, not %d", name, tt.got, tt.want)
		}
	}
	if got := d.tallies(); got != "" {
		t.Errorf("kept %s", got)
	}
}

// full fails to keep anything.
type full struct{ *store.Store }

func (full) KeepCallbacks(context.Context, []corp.Callback) error { return errors.New("no room") }

func TestWhatIsNotKeptIsNotAnswered(t *testing.T) {
	d := newDesk(t)
	d.receiver = callback.NewReceiver(full{d.store}, func() time.Time { return d.now }, func(workspace.Number) {}, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() { d.receiver.Run(ctx) })
	if status := d.tell(change("add_external_contact", d.now, "")); status != 503 {
		t.Errorf("answered %d", status)
	}
	stop()
	wait.Wait()
}

func TestManyAtOnce(t *testing.T) {
	d := newDesk(t)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			text := strings.Replace(change("edit_external_contact", d.now, ""), "wm0001", fmt.Sprintf("wm%04d", i/2), 1) // each twice
			sealed, err := d.box.Seal([]byte(text), rand.Reader)
			if err != nil || d.send(sealed, d.box.Sign("1700000000", "n", sealed)) != 200 {
				t.Errorf("%d was not kept: %v", i, err)
			}
		})
	}
	all.Wait()
	if got := d.tallies(); got != "change_external_contact/edit_external_contact waiting 100" {
		t.Error(got)
	}
}
