package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/config"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

// visitor looks at a demo through its API, as the screens do.
type visitor struct {
	t   *testing.T
	at  string
	web *http.Client
}

func (v visitor) get(path string, into any) {
	v.t.Helper()
	r, err := v.web.Get(v.at + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil || r.StatusCode != http.StatusOK {
		v.t.Fatalf("GET %s: %d %v", path, r.StatusCode, err)
	}
}

func visit(t *testing.T, at, login string) visitor {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	v := visitor{t, at, &http.Client{Jar: jar}}
	body, _ := json.Marshal(map[string]string{"login": login, "password": "peiban-" + login})
	r, err := v.web.Post(at+"/api/session", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("sign in as %s: %d", login, r.StatusCode)
	}
	return v
}

// openDemo tells the story a visitor finds and serves it as it opens.
func openDemo(t *testing.T, began time.Time) (at string, ps []*programme.Compiled) {
	t.Helper()
	c := demoCmd{Dir: filepath.Join(t.TempDir(), "demo"), People: 200, Days: 180, Seed: 1}
	cfg := config.Default()
	ps, err := loadProgrammes(cfg)
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.tell(t.Context(), terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}}, ps, began)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DB = "sqlite:" + filepath.Join(c.Dir, "peiban.db")
	h, err := openHouse(t.Context(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	w, err := h.workspace(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	w.Offset = time.Until(n.Clock)
	cond, err := h.conductor(t.Context(), w, ps, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cond.Close)
	spaces := []*conductor.Conductor{cond}
	s, err := h.server(spaces, newMetrics(spaces), demoOf(w, n.People), h.intake(spaces, time.Now), nil, newCompanies(h))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL, ps
}

// TestTheDemoAsItOpens: what a visitor sees in the first minute is alive, and is said in words.
func TestTheDemoAsItOpens(t *testing.T) {
	began := time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC)
	at, ps := openDemo(t, began)
	for _, login := range []string{"liu", "chen"} {
		today(t, visit(t, at, login), login)
	}
	v := visit(t, at, "admin")
	proven(t, v)
	referred(t, v)
	var people struct {
		Items []struct {
			ID    string
			Stage *struct{ Key string }
		}
	}
	v.get("/api/people?limit=500", &people)
	stages := map[string]int{}
	for _, p := range people.Items {
		if p.Stage != nil {
			stages[p.Stage.Key]++
		}
	}
	for _, s := range ps[0].Stages {
		if stages[s.Key] == 0 {
			t.Errorf("nobody is in the stage %s", s.Key)
		}
	}
	for i, p := range people.Items {
		if i%4 == 0 {
			words(t, v, p.ID)
		}
	}
}

// referred: every column of the board of referrals has somebody, steps take days, and one is late, but not all.
func referred(t *testing.T, v visitor) {
	t.Helper()
	var board struct {
		States []struct {
			State       string
			Count, Late int
		}
		All struct {
			Opened, InTime int
			Days           map[string]float64
		}
	}
	v.get("/api/referral-board", &board)
	late := 0
	for _, s := range board.States {
		late += s.Late
		switch s.State {
		case "proposed", "consented", "accepted", "seen", "feedback", "closed":
			if s.Count == 0 {
				t.Errorf("no referral is %s", s.State)
			}
		}
	}
	if late == 0 || late*2 > board.All.Opened || board.All.InTime == 0 {
		t.Errorf("%d late of %d, %d reported in time", late, board.All.Opened, board.All.InTime)
	}
	for _, state := range []string{"consented", "accepted", "seen", "feedback"} {
		if board.All.Days[state] < 0.5 {
			t.Errorf("%g days until %s", board.All.Days[state], state)
		}
	}
}

// proven looks for the proof of what the story's staff and phones did, under the names the API gives the same acts.
func proven(t *testing.T, v visitor) {
	t.Helper()
	for action, by := range map[string]string{
		"task.complete": "staff:", "task.postpone": "staff:", "message.read": "person:", "message.answer": "person:", "me.contact": "person:",
	} {
		var rows struct {
			Total int
			Items []struct {
				Actor  string
				Person *struct{ ID string }
			}
		}
		v.get("/api/audit?limit=5&action="+action, &rows)
		if rows.Total < 5 {
			t.Errorf("%d rows of %s", rows.Total, action)
		}
		for _, x := range rows.Items {
			if !strings.HasPrefix(x.Actor, by) || len(x.Actor) == len(by) || x.Person == nil || x.Person.ID == "" {
				t.Errorf("%+v", x)
			}
		}
	}
}

// today checks the list of one member of staff.
func today(t *testing.T, v visitor, login string) {
	t.Helper()
	var list struct {
		Counts struct{ All, Safety, Promise, Today, Postponable int }
		Items  []struct {
			Priority    string
			Late        bool
			Opened, Due time.Time
			Detail      *fault.Text
		}
	}
	v.get("/api/tasks?owner=me&limit=200", &list)
	var clock struct{ Now time.Time }
	v.get("/api/clock", &clock)
	if h, m, _ := clock.Now.Clock(); h != 8 || m < 14 || m > 20 || clock.Now.Weekday() == time.Sunday || clock.Now.Weekday() == time.Saturday {
		t.Errorf("the demo opens on %v", clock.Now)
	}
	c := list.Counts
	late, hours := 0, map[int]bool{}
	for _, x := range list.Items {
		if x.Late {
			late++
		}
		if x.Due.Before(clock.Now.Add(-36 * time.Hour)) {
			t.Errorf("%s: a task is late since %v", login, x.Due)
		}
		if x.Priority == "safety" && clock.Now.Sub(x.Opened) > 15*time.Minute {
			t.Errorf("%s: a safety task is open since %v", login, x.Opened)
		}
		if d := x.Due.Sub(clock.Now); d > 0 && d < 16*time.Hour {
			hours[x.Due.Hour()] = true
		}
	}
	if c.All < 8 || c.All > 18 || c.Safety < 1 || c.Promise < 2 || c.Today < 3 || c.Postponable < 1 || late < 1 || len(hours) < 3 {
		t.Errorf("%s finds %+v, %d late, due at the hours %v", login, c, late, hours)
	}
}

var (
	latin  = regexp.MustCompile(`[A-Za-z][A-Za-z0-9/_-]*`)
	digits = regexp.MustCompile(`\d{6,}`)
	// known are the units and names that a Chinese page says in Latin letters.
	known = []string{"CGM", "TIR", "TBR", "mmol/L", "mg/dL", "mmHg", "kg", "cm", "mL/min/1", "m2", "GLP-1", "SGLT2", "DPP-4", "HI", "LO"}
)

// words looks for codes, references and keys in what the page of a person says in Chinese.
func words(t *testing.T, v visitor, id string) {
	t.Helper()
	check := func(where string, text fault.Text) {
		for _, w := range latin.FindAllString(text.Zh, -1) {
			if !slices.Contains(known, w) {
				t.Errorf("%s: %q says %q", where, text.Zh, w)
			}
		}
		if digits.MatchString(text.Zh) || digits.MatchString(text.En) {
			t.Errorf("%s: %q, %q show a reference", where, text.Zh, text.En)
		}
	}
	for cursor, more := "", true; more; {
		var page struct {
			NextCursor string
			Items      []struct {
				Kind  string
				Text  fault.Text
				Actor *fault.Text
			}
		}
		v.get("/api/people/"+id+"/timeline?limit=200&cursor="+cursor, &page)
		for _, x := range page.Items {
			check(x.Kind, x.Text)
			if x.Actor != nil {
				check("who", *x.Actor)
			}
		}
		cursor, more = page.NextCursor, page.NextCursor != ""
	}
	var tags struct {
		Items []struct {
			Key     string
			Name    fault.Text
			Because *fault.Text
		}
	}
	v.get("/api/people/"+id+"/tags", &tags)
	for _, x := range tags.Items {
		check(x.Key, x.Name)
		if x.Because != nil {
			check(x.Key, *x.Because)
		}
	}
}

func TestOpening(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, now, want string }{
		{"early on a working day", "2026-03-03 07:00", "2026-03-03 08:14"},
		{"later on a working day", "2026-03-03 08:15", "2026-03-04 08:14"},
		{"Friday afternoon", "2026-03-06 15:00", "2026-03-09 08:14"},
		{"Sunday", "2026-03-08 07:05", "2026-03-09 08:14"},
	}
	for _, tt := range tests {
		now, err := time.ParseInLocation("2006-01-02 15:04", tt.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := opening(now, zone).Format("2006-01-02 15:04"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestADemoIsReplacedButNothingElse(t *testing.T) {
	c := demoCmd{Dir: filepath.Join(t.TempDir(), "demo")}
	lists := filepath.Join(c.Dir, listsOfDemo)
	if err := os.MkdirAll(lists, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"demo.json", "peiban.db", "peiban.db.key", "peiban-W.timelines"} {
		if err := os.WriteFile(filepath.Join(c.Dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	delivered := filepath.Join(lists, "people.csv")
	if err := os.WriteFile(delivered, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if c.replaceable() == nil {
		t.Error("a list somebody had delivered would be removed")
	}
	if err := os.Remove(delivered); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.replaceable(), removeDemo(c.Dir)); err != nil {
		t.Errorf("a demo that was served once is not told again: %v", err)
	}
}

func TestTheStartPageIsForRehearsalsOnly(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "live")
	if r := peiban(t, "", "serve", "--db", db, "--listen", "127.0.0.1:0", "--demo"); r.code != misuse || !strings.Contains(r.err, `workspace "Team" is live`) {
		t.Errorf("exit %d %s", r.code, r.err)
	}
	if err := mayDemo(config.Config{Demo: true}, []workspace.Workspace{{Kind: workspace.Rehearsal}}); err != nil {
		t.Error(err)
	}
	if err := mayDemo(config.Config{}, []workspace.Workspace{{Kind: workspace.Live}}); err != nil {
		t.Error(err)
	}
}

func TestAStartPageWithoutAStory(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	must(t, "", "import", "uci-diabetes", write(t), "--db", db, "--rejects", filepath.Join(t.TempDir(), "r.csv"))
	cfg := config.Default()
	cfg.DB = db
	ps, err := loadProgrammes(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(t.Context(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	w, err := h.workspace(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.conductor(t.Context(), w, ps, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if d := startPage(cfg, c); len(d.People) != 2 || d.Workspace != w.ID || len(d.Accounts) != 0 {
		t.Errorf("the start page offers %+v", d)
	}
}

func TestADemoHonoursTheEnvironmentButForWhatIsItsOwn(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{
		"PEIBAN_DELIVER_ROOT": dir, "PEIBAN_OUT_PRIVATE": "10.1.0.0/16", "PEIBAN_GRACE": "7s", "PEIBAN_PUBLIC_URL": "https://peiban.example",
		"PEIBAN_DB": "postgres://somebody@else/db", "PEIBAN_KEY_FILE": "/nowhere", "PEIBAN_LISTEN": ":1", "PEIBAN_DEMO": "false", "PEIBAN_SNAPSHOTS": dir,
	}
	cfg, err := demoCmd{Dir: "d"}.settings(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Deliver != dir || len(cfg.OutPrivate) != 1 || cfg.Grace != 7*time.Second || cfg.PublicURL != "https://peiban.example" || cfg.LogFormat != "text" || cfg.LogLevel != slog.LevelWarn {
		t.Errorf("not honoured: %+v", cfg)
	}
	if cfg.DB != "sqlite:"+filepath.Join("d", "peiban.db") || cfg.Key == "/nowhere" || !cfg.Demo || cfg.Snapshots != "" || cfg.Listen == ":1" {
		t.Errorf("not its own: %+v", cfg)
	}
	env["PEIBAN_GRACE"] = "soon"
	if _, err := (demoCmd{Dir: "d"}).settings(func(k string) string { return env[k] }); err == nil {
		t.Error("a setting that cannot be used is not said")
	}
}
