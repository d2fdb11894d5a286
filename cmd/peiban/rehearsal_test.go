package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// What is sent in with a key of a rehearsal, or uploaded there, stays in it, and a command removes it under a running server.
func TestWhatComesIntoARehearsalStaysThere(t *testing.T) {
	var received atomic.Int64
	url := "sqlite:" + filepath.Join(t.TempDir(), "p.db")
	h, c, d := liveServer(t, url, &received)
	live := c.Workspace()
	proof := audit.Entry{Actor: "command", Action: "person.add"}
	if _, err := c.Enrol(t.Context(), conductor.Profile{Name: "张真实", Phone: "13811112222"}, "", "", proof); err != nil {
		t.Fatal(err)
	}
	d.signIn("zhou")
	var own struct{ WriteKey string }
	d.must(nil, "POST", "/api/rehearsal-spaces", map[string]any{"name": "Spring", "people": 4, "days": 2, "seed": 1})
	id := d.ready("Spring")
	all, err := h.store.Workspaces(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	rehearsal := all[1].Number
	head, people := c.Head(), c.Directory().Len()
	d.enter(id)
	d.must(&own, "POST", "/api/sources", map[string]any{"name": "app"})
	sends := func(user string) int {
		body, err := json.Marshal(map[string]any{"batch": []any{
			map[string]any{"type": "track", "messageId": "m" + user, "userId": user, "event": "consent", "properties": map[string]any{"purpose": "basic_service", "granted": true, "textVersion": "1"}},
			map[string]any{"type": "identify", "messageId": "i" + user, "userId": user, "traits": map[string]any{"phone": "13811112222", "name": "同一个号码"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.at+"/v1/batch", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(own.WriteKey, "")
		r.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	before, err := h.store.Head(t.Context(), rehearsal)
	if err != nil {
		t.Fatal(err)
	}
	if status := sends("visitor"); status != http.StatusOK {
		t.Fatalf("POST /v1/batch: %d", status)
	}
	after, err := h.store.Head(t.Context(), rehearsal)
	if err != nil || after <= before {
		t.Errorf("the rehearsal took nothing in: %d, %d, %v", before, after, err)
	}
	table := "病历号,测量时间,血糖(mmol/L)\nA1,2026-03-01 07:00,7.1\n"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.at+"/api/imports?name=glucose.csv", strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("X-CSRF-Token", d.csrf)
	res, err := d.web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("upload into the rehearsal: %d", res.StatusCode)
	}
	var imports struct{ Items []struct{ ID int64 } }
	d.must(&imports, "GET", "/api/imports", nil)
	if len(imports.Items) != 1 {
		t.Errorf("the rehearsal has %d imports", len(imports.Items))
	}
	d.enter(string(live.ID))
	d.must(&imports, "GET", "/api/imports", nil)
	if len(imports.Items) != 0 {
		t.Errorf("the live workspace has %d imports of the rehearsal", len(imports.Items))
	}
	if c.Head() != head || c.Directory().Len() != people {
		t.Errorf("the live workspace changed: commit %d, was %d; %d people, were %d", c.Head(), head, c.Directory().Len(), people)
	}
	if card, _ := c.Directory().ByNumber(person.Number(1)); card.Name != "张真实" {
		t.Errorf("the same phone in the rehearsal made them %q", card.Name)
	}

	var out bytes.Buffer
	said := terminal{out: &out, err: &out}
	for name, want := range map[string]string{"正式": "beside a live workspace", "nobody": "no workspace"} {
		if err := remover(h, said, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("remove %s: %v", name, err)
		}
	}
	if err := remover(h, said, "Spring"); err != nil {
		t.Fatal(err)
	}
	for range 100 { // the server looks every two seconds
		if sends("later") == http.StatusUnauthorized {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if status := sends("later"); status != http.StatusUnauthorized {
		t.Errorf("a key of a removed rehearsal gets %d", status)
	}
	if l := d.beside(); len(l.Items) != 0 {
		t.Errorf("after: %+v", l)
	}
	if err := remover(h, said, "Spring"); err == nil {
		t.Error("removed twice")
	}
	if n := received.Load(); n != 0 {
		t.Errorf("%d requests left the house", n)
	}
}

// remover is what the command does once the database is open.
func remover(h *house, t terminal, name string) error {
	return rehearsalRemoveCmd{Name: name}.remove(context.Background(), t, h)
}

// A rehearsal that was removed is let go: nobody keeps its people in memory.
func TestARemovedRehearsalIsLetGo(t *testing.T) {
	var received atomic.Int64
	h, c, _ := liveServer(t, "sqlite:"+filepath.Join(t.TempDir(), "p.db"), &received)
	ps, err := loadProgrammes(h.config)
	if err != nil {
		t.Fatal(err)
	}
	m := newMetrics([]*conductor.Conductor{c})
	intake := h.intake([]*conductor.Conductor{c}, time.Now)
	companies := newCompanies(h)
	s := newSpaces(h, &besideMaker{h, ps}, intake, m, companies)
	server, err := h.server([]*conductor.Conductor{c}, m, nil, intake, s, companies)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(t.Context())
	s.running, s.server = running, server
	t.Cleanup(func() {
		stop()
		server.Close()
		s.workers.Wait()
	})
	s.mu.Lock()
	s.open[c.Workspace().Number] = &openSpace{c, func() {}} // served elsewhere
	s.mu.Unlock()
	at := time.Now().UnixMicro()
	w, err := s.Make(t.Context(), workspace.Workspace{Name: "Spring", Beside: c.Workspace().Number, Story: `{"people":4,"days":2,"seed":1}`, Untold: 1000, Created: at, ToldAt: at},
		audit.Entry{At: at, Actor: "command", Action: "rehearsal.create"}, audit.Entry{At: at, Actor: "command", Action: "workspace.create"})
	if err != nil {
		t.Fatal(err)
	}
	kept := func() (p weak.Pointer[conductor.Conductor], open bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if o := s.open[w.Number]; o != nil {
			return weak.Make(o.c), true
		}
		return p, false
	}
	var p weak.Pointer[conductor.Conductor]
	for i := 0; ; i++ {
		if err := s.match(); err != nil {
			t.Fatal(err)
		}
		var open bool
		if p, open = kept(); open {
			break
		}
		if i > 600 {
			t.Fatal("it was not opened")
		}
		time.Sleep(100 * time.Millisecond)
	}
	server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if err := s.Remove(t.Context(), w, audit.Entry{At: at, Actor: "command", Action: "rehearsal.remove"}); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if runtime.GC(); p.Value() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the removed rehearsal is still in memory")
}
