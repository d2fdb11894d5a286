package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/api"
	"peiban/internal/attachment"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/intake"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/visit"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// diabetes is read once: a test that changes a programme changes its own copy of the files.
var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

const password = "a long enough one"

// passwordHash is made once: hashing is slow on purpose.
var passwordHash = func() string {
	h, err := staff.HashPassword(password)
	if err != nil {
		panic(err)
	}
	return h
}()

// house is a server on a real database with two workspaces, each with its own staff.
type house struct {
	reports string // folder of files
	t       testing.TB
	store   *store.Store
	spaces  [2]*conductor.Conductor
	server  *api.Server
	config  api.Config
	http    *httptest.Server
	clock   atomic.Int64 // microseconds
	staff   map[string]string
}

func (h *house) now() time.Time { return time.UnixMicro(h.clock.Load()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newHouse(t testing.TB, change ...func(*api.Config)) *house {
	t.Helper()
	p, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return newHouseOf(t, p, change...)
}

func newHouseOf(t testing.TB, p *programme.Compiled, change ...func(*api.Config)) *house {
	t.Helper()
	return newHouseOfAll(t, []*programme.Compiled{p}, change...)
}

// stored is an empty store for a house: SQLite, in the suites of TestOnPostgreSQL PostgreSQL.
func stored(t testing.TB) *store.Store {
	t.Helper()
	if strings.HasPrefix(t.Name(), onPostgreSQL+"/") {
		return storetest.Postgres(t)
	}
	file := strings.TrimPrefix(storetest.SQLiteURL(t), "sqlite:")
	m, err := keys.Create(file + ".key")
	must(t, err)
	s, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Keys: m, Relaxed: true})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newHouseOfAll(t testing.TB, ps []*programme.Compiled, change ...func(*api.Config)) *house {
	t.Helper()
	h := &house{t: t, staff: map[string]string{}, reports: t.TempDir()}
	h.clock.Store(time.Date(2026, 3, 8, 3, 27, 0, 0, time.UTC).UnixMicro()) // 11:27 in Shanghai, a Sunday
	h.store = stored(t)
	for i, w := range []workspace.Workspace{
		{ID: "01JTESTWORKSPACE0000000000", Name: "演练", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "a"},
		{ID: "01JTESTWORKSPACE0000000001", Name: "另一家", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "b"},
	} {
		ws, err := h.store.CreateWorkspace(t.Context(), w)
		must(t, err)
		ring, err := h.store.Ring(t.Context(), ws.Number)
		must(t, err)
		h.spaces[i], err = conductor.Open(context.Background(), conductor.Config{Store: h.store, Ring: ring, Workspace: ws, Programmes: ps, Real: h.now, Talk: conductor.StoredTalk(h.store, ws.Number, slog.New(slog.DiscardHandler))})
		must(t, err)
		for _, a := range []struct {
			login, name string
			role        staff.Role
		}{{"admin", "沈静", staff.Admin}, {"zhou", "周宁", staff.Manager}, {"liu", "刘敏", staff.HealthManager}, {"chen", "陈晓", staff.HealthManager}, {"wang", "王蕾", staff.Pharmacist}, {"qian", "钱立", staff.Doctor}, {"zhao", "赵文", staff.Doctor}, {"viewer", "何静", staff.Viewer}} {
			login := a.login
			if i == 1 {
				login += "2"
			}
			id := ulid.Make().String()
			must(t, h.store.CreateMember(t.Context(), ws.Number, staff.Member{ID: id, Login: login, Name: a.name, Role: a.role, Hash: passwordHash, Language: "zh"}))
			h.staff[login] = id
		}
	}
	c := api.Config{
		Conductors: h.spaces[:], Store: h.store, Real: h.now, Reports: h.reports,
		Files: fstest.MapFS{
			"console/index.html": {Data: []byte("<title>console</title>")}, "mobile/index.html": {Data: []byte("<title>phone</title>")},
			"start/index.html": {Data: []byte("<title>start</title>")}, "assets/a-1b2c.js": {Data: []byte("let a=1;" + strings.Repeat(" ", 2000))},
			".vite/manifest.json": {Data: []byte("{}")},
		},
	}
	for _, f := range change {
		f(&c)
	}
	server, err := api.New(c)
	must(t, err)
	h.server, h.config = server, c
	h.http = httptest.NewServer(h.server)
	t.Cleanup(func() { h.server.Close(); h.http.Close(); h.worded() })
	return h
}

// add makes a person with an owner in workspace w who agreed to the service and to health data.
func (h *house) add(w int, name, owner string) conductor.Card {
	h.t.Helper()
	card, err := h.spaces[w].Enrol(h.t.Context(), conductor.Profile{Name: name, Phone: "13800000412", Gender: "female", BirthYear: 1958}, h.staff[owner], "", audit.Entry{Actor: "command", Action: "person.add"})
	must(h.t, err)
	for _, purpose := range []string{"basic_service", "health_data"} {
		h.tell(w, card.Number, "consent", fmt.Sprintf(`{"purpose":%q,"granted":true,"textVersion":"1"}`, purpose), h.now())
	}
	return card
}

// tell adds an event to a person.
func (h *house) tell(w int, n person.Number, key, props string, at time.Time) event.Event {
	h.t.Helper()
	e, f := event.Decode(key, json.RawMessage(props))
	if f != nil {
		h.t.Fatal(f)
	}
	e.Occurred, e.Actor, e.Provenance = at.UnixMicro(), "source", "device"
	out, err := h.spaces[w].Submit(h.t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{Person: n, Event: e}})
	must(h.t, err)
	if out[0].Status != conductor.Stored {
		h.t.Fatalf("%s: %+v", key, out[0])
	}
	return out[0].Event
}

// worded holds what was done to having words: whoever reads the log of proof is no programmer.
func (h *house) worded() {
	h.t.Helper()
	for _, sp := range h.spaces {
		l, err := h.store.Audit(context.Background(), sp.Workspace().Number, audit.Filter{}, page.Part{Limit: 1000})
		if err != nil {
			return // the test ended its store itself
		}
		for _, a := range l.Items {
			if strings.Contains(a.Action, ".") && api.Deed(a.Action).Zh == a.Action {
				h.t.Errorf("the deed %s has no words: internal/api/auditwords.go", a.Action)
			}
		}
	}
}

// browser is somebody with cookies.
type browser struct {
	h    *house
	http *http.Client
	csrf string
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h: h, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a member of staff in.
func (h *house) as(login string) *browser {
	h.t.Helper()
	b := h.browser()
	var s struct{ CSRF string }
	if status := b.do("POST", "/api/session", map[string]string{"login": login, "password": password}, &s); status != 200 {
		h.t.Fatalf("sign in as %s: %d", login, status)
	}
	b.csrf = s.CSRF
	return b
}

// phone signs a person in by the link a member of staff makes.
func (h *house) phone(by *browser, id person.ID) *browser {
	h.t.Helper()
	var link struct{ URL string }
	if status := by.do("POST", "/api/people/"+string(id)+"/signin-link", nil, &link); status != 200 {
		h.t.Fatalf("make a link: %d", status)
	}
	b := h.browser()
	var me struct{ CSRF string }
	token := link.URL[strings.LastIndexByte(link.URL, '/')+1:]
	if status := b.do("POST", "/api/me/session", map[string]string{"token": token}, &me); status != 200 {
		h.t.Fatalf("enter: %d", status)
	}
	b.csrf = me.CSRF
	return b
}

// raw sends a request and gives the whole answer.
func (b *browser) raw(method, path string, body any, headers ...string) (*http.Response, []byte) {
	b.h.t.Helper()
	var r io.Reader
	switch x := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(x)
	default:
		j, err := json.Marshal(x)
		must(b.h.t, err)
		r = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.http.URL+path, r)
	must(b.h.t, err)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.csrf != "" {
		req.Header.Set("X-CSRF-Token", b.csrf)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	res, err := b.http.Do(req)
	must(b.h.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		must(b.h.t, err)
	}
	return res, answer
}

// do sends a request and reads the answer into out.
func (b *browser) do(method, path string, body, out any, headers ...string) int {
	b.h.t.Helper()
	res, answer := b.raw(method, path, body, headers...)
	if out != nil && len(answer) > 0 {
		if err := json.Unmarshal(answer, out); err != nil {
			b.h.t.Fatalf("%s %s answered %d %q: %v", method, path, res.StatusCode, answer, err)
		}
	}
	return res.StatusCode
}

// problem is what an error looks like.
type problem struct {
	Status                    int
	Code, Field, Number, Hint string
	Text, HintText            struct{ Zh, En string }
	RetryAfter                int
}

func (b *browser) refused(method, path string, body any, headers ...string) problem {
	b.h.t.Helper()
	var p problem
	p.Status = b.do(method, path, body, &p, headers...)
	return p
}

// world is what the walk over all addresses asks about: a person with a low reading, its task, card and runs.
type world struct {
	person           conductor.Card
	reading          event.Event
	task, message    string
	entry, file      string // of the health file: an unknown medicine the person told of, and a report
	link, answer     string // of a visit: a link, and what came by it
	filling          string // a form that was answered
	doubt            string // about their data
	relative         string // somebody around them
	uploader         string // that sends for them
	programme, owner string
}

// filed puts a medicine nobody knows and a report into somebody's file.
func (h *house) filed(x world) world {
	h.t.Helper()
	return h.filedWith(x, `{"class":"unmapped","action":"start","name":"神奇降糖灵"}`)
}

func (h *house) filedWith(x world, medicine string) world {
	h.t.Helper()
	const w = 0
	const file = "01JTESTFILE000000000000000"
	key, err := h.spaces[w].Sealer(x.person.Number)
	must(h.t, err)
	at := attachment.Place{Workspace: h.spaces[w].Workspace().Number, Person: x.person.ID, File: file}
	_, _, err = attachment.Shelf{Dir: h.reports}.Put(h.t.Context(), at, key, strings.NewReader("%PDF-1.7 a report"))
	must(h.t, err)
	h.tell(w, x.person.Number, "report", `{"kind":"lab","status":"uploaded","file":"`+file+`","name":"a.pdf","media":"application/pdf"}`, h.now())
	e := h.tell(w, x.person.Number, "medication", medicine, h.now())
	x.entry, x.file = e.ID(), file
	x.link = ulid.Make().String()
	link := visit.Link{ID: x.link, Person: x.person.Number, Created: h.clock.Load(), Expires: h.now().Add(visit.LinkLife).UnixMicro()}
	must(h.t, h.store.CreateVisitLink(h.t.Context(), h.spaces[w].Workspace().Number, staff.HashToken(x.link), link))
	x.uploader = ulid.Make().String()
	must(h.t, h.store.CreateUploader(h.t.Context(), h.spaces[w].Workspace().Number, [16]byte([]byte(x.uploader)), intake.Uploader{ID: x.uploader, Person: x.person.Number}))
	answer := h.tell(w, x.person.Number, "visit_answer", `{"status":"waiting","statements":0,"name":"王医生"}`, h.now())
	x.answer = answer.ID()
	f := h.tell(w, x.person.Number, "form_answer", `{"form":"feet","item":"foot","code":"fine","filling":"one"}`, h.now())
	x.filling = f.ID()
	doubt := h.tell(w, x.person.Number, "data_suspect", `{"reason":"repeated","state":"found","count":5}`, h.now())
	x.doubt = doubt.ID()
	x.relative = string(x.person.ID) // a relation is told by ids; that nobody is one's own relative is the form's to see
	h.tell(w, x.person.Number, "relation", `{"kind":"son","active":true,"person":"`+x.relative+`"}`, h.now())
	return x
}

// lowReading has somebody measure 2.8, and gives what follows from it.
func (h *house) lowReading(w int, name, owner string) world {
	h.t.Helper()
	x := world{person: h.add(w, name, owner), programme: "diabetes", owner: h.staff[owner]}
	x.reading = h.tell(w, x.person.Number, "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, h.now())
	number := h.spaces[w].Workspace().Number
	ts, err := h.store.TasksOf(h.t.Context(), number, x.person.Number)
	must(h.t, err)
	ms, err := h.store.MessagesTo(h.t.Context(), number, x.person.Number, page.Part{})
	must(h.t, err)
	if len(ts) == 0 || len(ms.Items) == 0 {
		h.t.Fatalf("a low reading opened %d tasks and sent %d messages", len(ts), len(ms.Items))
	}
	x.task, x.message = string(ts[0].ID), string(ms.Items[0].ID)
	return x
}
