package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/event"
	"peiban/internal/out"
	"peiban/internal/staff"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
)

// desk is a browser signed in to a server.
type desk struct {
	t    *testing.T
	at   string
	web  *http.Client
	csrf string
}

func (d *desk) ask(method, path string, body any, header ...string) (int, string) {
	d.t.Helper()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		sent = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.at+path, sent)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-CSRF-Token", d.csrf)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := d.web.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (d *desk) must(v any, method, path string, body any, header ...string) {
	d.t.Helper()
	code, text := d.ask(method, path, body, header...)
	if code >= 300 {
		d.t.Fatalf("%s %s: %d %s", method, path, code, text)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(text), v); err != nil {
			d.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

func (d *desk) refused(want int, code, method, path string, body any, header ...string) {
	d.t.Helper()
	if got, text := d.ask(method, path, body, header...); got != want || !strings.Contains(text, `"`+code+`"`) {
		d.t.Errorf("%s %s: %d %s, want %d %s", method, path, got, text, want, code)
	}
}

func (d *desk) signIn(login string) {
	var s struct{ CSRF string }
	d.must(&s, "POST", "/api/session", map[string]string{"login": login, "password": "a long password"})
	d.csrf = s.CSRF
}

func (d *desk) enter(id string) {
	d.t.Helper()
	var s struct {
		CSRF      string
		Workspace struct{ ID string }
	}
	d.must(&s, "POST", "/api/session/workspace", map[string]string{"workspace": id})
	if d.csrf = s.CSRF; s.Workspace.ID != id {
		d.t.Fatalf("in %s, not in %s", s.Workspace.ID, id)
	}
}

type besideList struct {
	Live  *struct{ ID string }
	Items []struct {
		ID, Name, State string
		Done            int
		Here            bool
	}
	May bool
}

func (d *desk) beside() (l besideList) {
	d.t.Helper()
	d.must(&l, "GET", "/api/rehearsal-spaces", nil)
	return l
}

// ready waits until the rehearsal of a name is ready.
func (d *desk) ready(name string) string {
	d.t.Helper()
	for range 600 {
		for _, x := range d.beside().Items {
			if x.Name == name && x.State == "ready" {
				return x.ID
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.t.Fatalf("%s is not ready", name)
	return ""
}

// liveServer runs a server, as serve does, over a live workspace from which messages go to received.
func liveServer(t *testing.T, url string, received *atomic.Int64) (*house, *conductor.Conductor, *desk) {
	t.Helper()
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received.Add(1)
		fmt.Fprint(w, `{"id":"1"}`)
	}))
	t.Cleanup(outside.Close)
	cfg := config.Default()
	cfg.DB, cfg.Channel, cfg.Webhook, cfg.Secret, cfg.Snapshots, cfg.Reports = url, "webhook", outside.URL, strings.Repeat("s", 32), t.TempDir(), t.TempDir()
	cfg.Deliver = t.TempDir()
	ps, err := loadProgrammes(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h, err := openWith(t.Context(), cfg, storetest.Keys(t), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	live, err := h.store.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JTESTLIVE000000000000000", Name: "正式", Kind: workspace.Live, Zone: "Asia/Shanghai", Salt: "a", Created: 1})
	if err != nil {
		t.Fatal(err)
	}
	for login, role := range map[string]staff.Role{"zhou": staff.Manager, "liu": staff.HealthManager} {
		if _, err := h.addMember(t.Context(), live, staff.Member{Login: login, Name: login, Role: role, Language: "zh"}, "a long password"); err != nil {
			t.Fatal(err)
		}
	}
	c, err := h.conductor(t.Context(), live, ps, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.serve(ctx, listener, ps, []*conductor.Conductor{c}, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		c.Close()
		h.close()
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return h, c, &desk{t: t, at: "http://" + listener.Addr().String(), web: &http.Client{Jar: jar}}
}

func TestARehearsalBesideTheLiveWorkspace(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { rehearsed(t, storetest.SQLiteURL(t)) })
	t.Run("postgres", func(t *testing.T) { rehearsed(t, storetest.PostgresURL(t)) })
}

func rehearsed(t *testing.T, url string) {
	var received atomic.Int64
	h, c, d := liveServer(t, url, &received)
	live := c.Workspace()
	card, err := c.Enrol(t.Context(), conductor.Profile{Name: "张真实", Phone: "13811112222", BirthYear: 1958}, "", "", audit.Entry{Actor: "command", Action: "person.add"})
	if err != nil {
		t.Fatal(err)
	}
	d.signIn("liu")
	d.refused(403, "not_allowed", "POST", "/api/rehearsal-spaces", map[string]any{"name": "x"})
	d.signIn("zhou")
	head := c.Head()
	if l := d.beside(); !l.May || l.Live == nil || l.Live.ID != string(live.ID) || len(l.Items) != 0 {
		t.Fatalf("before: %+v", l)
	}
	d.refused(422, "rehearsal_programme", "POST", "/api/rehearsal-spaces", map[string]any{"name": "x", "programme": "none"})
	d.must(nil, "POST", "/api/rehearsal-spaces", map[string]any{"name": "演练", "people": 6, "days": 4, "seed": 3})
	d.refused(409, "rehearsal_name", "POST", "/api/rehearsal-spaces", map[string]any{"name": "演练"})
	id := d.ready("演练")

	// A draft of the live workspace made after the rehearsal was: it is brought there, changed there and brought back.
	var draft struct{ Revision int64 }
	d.must(&draft, "PUT", "/api/programmes/diabetes/draft/file", map[string]string{"path": "README.md", "text": "from live"}, "If-Match", "0")
	// A webhook that got in by another way than the API is sent nothing all the same.
	all, err := h.store.Workspaces(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	r2 := all[1].Number
	if err := h.store.CreateHook(t.Context(), r2, &out.Hook{ID: "01HOOK", State: out.On, Told: out.Told{Name: "x", URL: h.config.Webhook, History: true}}); err != nil {
		t.Fatal(err)
	}
	d.enter(id)
	var list struct {
		Total int
		Items []struct{ ID, Name string }
	}
	d.must(&list, "GET", "/api/people?limit=100", nil)
	if len(list.Items) == 0 {
		t.Error("nobody is in the rehearsal")
	}
	for _, p := range list.Items {
		if p.Name == "张真实" {
			t.Error("a real person is in the rehearsal")
		}
	}
	_, csv := d.ask("GET", "/api/people.csv", nil)
	if strings.Contains(csv, "张真实") || !strings.Contains(csv, list.Items[0].Name) {
		t.Error("the export is not of the rehearsal")
	}
	d.refused(404, "person_not_found", "GET", "/api/people/"+string(card.ID), nil)
	for _, at := range []string{"/api/out/webhooks", "/api/out/deliveries", "/api/out/keys", "/api/out/deliveries/test", "/api/calendar-feed"} {
		d.refused(409, "rehearsal_stays", "POST", at, map[string]any{})
	}
	// While the clock is moved its people live on: they measure on each of the days.
	before, err := h.store.Head(t.Context(), r2)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	d.must(nil, "POST", "/api/clock", map[string]string{"by": "1w"})
	days := map[int]bool{}
	if err := h.store.EventsAfter(t.Context(), r2, before, math.MaxInt64, false, func(e *event.Event) error {
		if e.Type == event.Glucose {
			days[int(time.UnixMicro(e.Occurred).Sub(at).Hours()/24)] = true
		}
		return nil
	}); err != nil || len(days) < 6 {
		t.Errorf("readings on %d days of a week, %v", len(days), err)
	}
	var moved struct{ Now string }
	d.must(&moved, "GET", "/api/clock", nil)
	if at, err := time.Parse(time.RFC3339, moved.Now); err != nil || time.Until(at) < 6*24*time.Hour {
		t.Errorf("the clock is at %s: %v", moved.Now, err)
	}
	// What another system sends with a key of the rehearsal stays in it.
	var source struct{ WriteKey string }
	d.must(&source, "POST", "/api/sources", map[string]string{"name": "试验"})
	b := fmt.Sprintf(`{"batch":[{"type":"track","messageId":"m1","userId":"u","event":"profile","properties":{"name":"新人"},"timestamp":%q}]}`, time.Now().Format(time.RFC3339))
	r, _ := http.NewRequestWithContext(t.Context(), "POST", d.at+"/v1/batch", strings.NewReader(b))
	r.SetBasicAuth(source.WriteKey, "")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("the rehearsal's intake answers %d", res.StatusCode)
	}

	d.refused(428, "precondition_required", "POST", "/api/programmes/diabetes/draft/bring", map[string]string{"from": string(live.ID), "what": "draft"})
	d.must(nil, "POST", "/api/programmes/diabetes/draft/bring", map[string]string{"from": string(live.ID), "what": "draft"}, "If-Match", "0")
	d.refused(412, "changed_meanwhile", "POST", "/api/programmes/diabetes/draft/bring", map[string]string{"from": string(live.ID), "what": "draft"}, "If-Match", "0")
	d.refused(409, "draft_same", "POST", "/api/programmes/diabetes/draft/bring", map[string]string{"from": string(live.ID), "what": "draft"}, "If-Match", "*")
	d.must(nil, "PUT", "/api/programmes/diabetes/draft/file", map[string]string{"path": "README.md", "text": "tried"}, "If-Match", "*")
	d.refused(409, "rehearsal_here", "DELETE", "/api/rehearsal-spaces/"+id, nil)
	d.enter(string(live.ID))

	if c.Head() != head || c.Directory().Len() != 1 || c.Workspace().Offset != 0 {
		t.Errorf("the live workspace changed: head %d, %d people, clock %s", c.Head(), c.Directory().Len(), c.Workspace().Offset)
	}
	d.refused(404, "person_not_found", "GET", "/api/people/"+list.Items[0].ID, nil)
	d.refused(404, "clock_fixed", "POST", "/api/clock", map[string]string{"by": "1d"})
	var rows struct {
		Items []struct {
			Key, Force, Draft string
			Here              int64
		}
	}
	d.must(&rows, "GET", "/api/rehearsal-spaces/"+id+"/programmes", nil)
	for _, x := range rows.Items {
		if x.Force != "same" || x.Key == "diabetes" && (x.Draft != "differs" || x.Here != draft.Revision) {
			t.Errorf("beside: %+v", x)
		}
	}
	d.must(nil, "POST", "/api/programmes/diabetes/draft/bring", map[string]string{"from": id, "what": "draft"}, "If-Match", fmt.Sprint(draft.Revision))
	got, err := h.store.Draft(t.Context(), live.Number, "diabetes")
	if err != nil || got.Files["README.md"] != "tried" {
		t.Errorf("brought back: %q, %v", got.Files["README.md"], err)
	}
	if len(c.Versions("diabetes")) != 0 {
		t.Error("a draft came into force")
	}

	hooks, err := h.store.Hooks(t.Context(), r2)
	if err != nil || len(hooks) != 1 || hooks[0].At != (out.Place{}) || hooks[0].Tries != 0 || hooks[0].Lease != 0 {
		t.Errorf("the rehearsal's webhook was looked after: %+v, %v", hooks, err)
	}

	// A second one, begun again and stopped on the way.
	d.must(nil, "POST", "/api/rehearsal-spaces/"+id+"/reset", nil)
	for _, x := range d.beside().Items {
		if x.ID == id {
			t.Error("the one before is still there")
		}
		d.must(nil, "DELETE", "/api/rehearsal-spaces/"+x.ID, nil)
	}
	if l := d.beside(); len(l.Items) != 0 {
		t.Errorf("after: %+v", l)
	}
	d.refused(404, "rehearsal_not_found", "POST", "/api/session/workspace", map[string]string{"workspace": id})
	if n := received.Load(); n != 0 {
		t.Errorf("%d requests left the house", n)
	}
}

// TestNothingLeavesARehearsal holds where nothing of the server runs: the conductor itself has no sender.
func TestNothingLeavesARehearsal(t *testing.T) {
	var received atomic.Int64
	h, _, d := liveServer(t, "sqlite:"+filepath.Join(t.TempDir(), "p.db"), &received)
	d.signIn("zhou")
	d.must(nil, "POST", "/api/rehearsal-spaces", map[string]any{"name": "演练", "people": 4, "days": 2, "seed": 1})
	d.ready("演练")
	all, err := h.store.Workspaces(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	ps, err := loadProgrammes(h.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range all {
		c, err := h.conductor(t.Context(), w, ps, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, channels := c.Policy()
		if rehearsal := w.Kind == workspace.Rehearsal; c.Contained() != rehearsal || channels == rehearsal {
			t.Errorf("%s: contained %v, sends %v", w.Name, c.Contained(), channels)
		}
	}
	// One that was made by hand in a database of real people is no different; one that stands alone may be tried with a receiver.
	alone := workspace.Workspace{Kind: workspace.Rehearsal}
	if !alone.Contained(all) || alone.Contained([]workspace.Workspace{alone}) {
		t.Error("who is contained")
	}
	// Whoever may not sign in any more is nobody in the rehearsal too.
	l := d.beside()
	d.enter(l.Items[0].ID)
	m, err := h.store.MemberByLogin(t.Context(), all[0].Number, "zhou")
	if err != nil {
		t.Fatal(err)
	}
	m.Role = staff.Viewer
	if err := h.store.UpdateMember(t.Context(), all[0].Number, m); err != nil {
		t.Fatal(err)
	}
	d.refused(403, "not_allowed", "POST", "/api/clock", map[string]string{"by": "1d"})
	m.Disabled = true
	if err := h.store.UpdateMember(t.Context(), all[0].Number, m); err != nil {
		t.Fatal(err)
	}
	if code, _ := d.ask("GET", "/api/session", nil); code != 401 {
		t.Errorf("a disabled member gets %d", code)
	}
}
