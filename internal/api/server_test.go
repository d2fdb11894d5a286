package api_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/api"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/workspace"
)

func TestPagesAndFiles(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		name, path   string
		status       int
		body, header string
		value        string
	}{
		{"no start page outside a demo", "/", 302, "", "Location", "/console/"},
		{"the console", "/console/", 200, "console", "Cache-Control", "no-cache"},
		{"an address inside it", "/console/people/01ARZ3NDEKTSV4RRFFQ69G5FAV", 200, "console", "", ""},
		{"without the slash", "/console", 301, "", "Location", "/console/"},
		{"the phone", "/m/", 200, "phone", "", ""},
		{"a link of the phone", "/m/in/abc-DEF_1", 200, "phone", "", ""},
		{"a file for ever", "/assets/a-1b2c.js", 200, "let a", "Cache-Control", "public, max-age=31536000, immutable"},
		{"a file that is missing", "/assets/a-0000.js", 404, "no_such_address", "", ""},
		{"a file that is missing inside an app", "/console/logo.png", 404, "no_such_address", "", ""},
		{"the build's manifest", "/.vite/manifest.json", 404, "", "", ""},
		{"out of the folder", "/..%2F..%2Fetc%2Fpasswd", 404, "", "", ""},
		{"elsewhere", "/nope", 404, "", "", ""},
		{"no such address of the API", "/api/nope", 404, "no_such_address", "", ""},
		{"alive", "/healthz", 200, "ok", "", ""},
		{"ready", "/readyz", 200, "ready", "", ""},
		{"the document", "/openapi.json", 200, `"openapi":"3.1.0"`, "", ""},
	}
	b := h.browser()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := b.raw("GET", tt.path, nil)
			if res.StatusCode != tt.status || !strings.Contains(string(body), tt.body) || tt.header != "" && res.Header.Get(tt.header) != tt.value {
				t.Errorf("%d %s %.200s", res.StatusCode, res.Header.Get(tt.header), body)
			}
		})
	}
	res, _ := b.raw("GET", "/console/", nil)
	for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "same-origin"} {
		if res.Header.Get(k) != want {
			t.Errorf("%s: %q", k, res.Header.Get(k))
		}
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || !strings.Contains(csp, "script-src 'self';") {
		t.Errorf("CSP %q", csp)
	}
	again, _ := b.raw("GET", "/console/", nil, "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged page: %d", again.StatusCode)
	}
}

func TestWithoutTheApps(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.Files = fstest.MapFS{} })
	res, body := h.browser().raw("GET", "/console/", nil)
	if res.StatusCode != 503 || !strings.Contains(string(body), "make build") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestAnswersAreCompressed(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/api/catalogue", "/assets/a-1b2c.js", "/docs"} {
		res, body := h.browser().raw("GET", path, nil, "Accept-Encoding", "gzip")
		if res.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: not compressed", path)
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(string(body)))
		must(t, err)
		if _, err := io.ReadAll(z); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if res, _ := h.browser().raw("GET", "/healthz", nil, "Accept-Encoding", "gzip"); res.Header.Get("Content-Encoding") != "" {
		t.Error("three bytes were compressed")
	}
}

func TestAFileOfTheBuildComesAsItWasPacked(t *testing.T) {
	script := strings.Repeat("let a = 1;", 400)
	h := newHouse(t, func(c *api.Config) {
		c.Files = fstest.MapFS{"assets/a-1b2c.js": {Data: []byte(script)}, "assets/a-1b2c.js.br": {Data: []byte("packed")}, "assets/b-1b2c.js": {Data: []byte(script)}}
	})
	for _, c := range []struct{ path, accepts, coding string }{
		{"/assets/a-1b2c.js", "gzip, deflate, br, zstd", "br"},
		{"/assets/a-1b2c.js", "gzip;q=0.5, br;q=1.0", "br"},
		{"/assets/a-1b2c.js", "gzip, br;q=0", "gzip"},
		{"/assets/a-1b2c.js", "gzip", "gzip"},
		{"/assets/a-1b2c.js", "gzip;q=0", ""},
		{"/assets/a-1b2c.js", "brotli-like", ""},
		{"/assets/b-1b2c.js", "gzip, br", "gzip"},
	} {
		res, body := h.browser().raw("GET", c.path, nil, "Accept-Encoding", c.accepts)
		if got := res.Header.Get("Content-Encoding"); got != c.coding || res.Header.Get("Vary") == "" {
			t.Errorf("%s for %q: %q, want %q", c.path, c.accepts, got, c.coding)
		}
		if c.coding == "br" && string(body) != "packed" || c.coding == "" && string(body) != script {
			t.Errorf("%s for %q: %d bytes of something else", c.path, c.accepts, len(body))
		}
	}
}

func TestDocsWorkOffline(t *testing.T) {
	h := newHouse(t)
	_, body := h.browser().raw("GET", "/docs", nil)
	if m := regexp.MustCompile(`(src|href)="(https?:)?//`).FindString(string(body)); m != "" || strings.Contains(string(body), "<script") {
		t.Errorf("the page loads something: %q", m)
	}
	for _, op := range operations(h.server) {
		if !strings.Contains(string(body), `id="`+op[0]+`"`) {
			t.Errorf("%s is not described", op[0])
		}
	}
}

// broken is a store that panics or fails when work is put in order.
type broken struct {
	api.Store
	panics bool
}

func (b broken) WorkSettings(context.Context, workspace.Number) (task.Settings, int64, error) {
	if b.panics {
		panic("张桂芳 2.8")
	}
	return task.Settings{}, 0, context.DeadlineExceeded
}

func TestOurOwnFaultsAreANumber(t *testing.T) {
	for name, panics := range map[string]bool{"an error": false, "a panic": true} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(c *api.Config) { c.Store = broken{c.Store, panics} })
			res, body := h.as("liu").raw("GET", "/api/tasks", nil, "Accept-Encoding", "gzip")
			if res.StatusCode != 500 || res.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(string(body), `"number":"`+res.Header.Get("X-Request-Id")) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
			if strings.Contains(string(body), "2.8") || strings.Contains(string(body), "deadline") {
				t.Errorf("the answer tells too much: %s", body)
			}
		})
	}
}

func TestTheStartPageOfARehearsal(t *testing.T) {
	h := newHouse(t, func(c *api.Config) {
		c.Demo = &api.Demo{Workspace: "01JTESTWORKSPACE0000000000", Accounts: []api.DemoAccount{{Login: "liu", Password: password, Role: "health_manager", Name: "刘敏"}}}
	})
	mine, theirs := h.add(0, "张桂芳", "liu"), h.add(1, "李秀英", "liu2")
	b := h.browser()
	if res, body := b.raw("GET", "/", nil); res.StatusCode != 200 || !strings.Contains(string(body), "start") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	var d struct {
		Accounts []struct{ Login string }
		Clock    struct{ Now string }
		Last     *struct{}
	}
	if status := b.do("GET", "/api/demo", nil, &d); d.Last != nil || status != 200 || len(d.Accounts) != 1 || d.Clock.Now == "" {
		t.Errorf("%d %+v", status, d)
	}
	if p := b.refused("POST", "/api/demo/phone", map[string]string{"person": string(theirs.ID)}); p.Status != 404 {
		t.Errorf("a phone of another workspace: %d", p.Status)
	}
	if status := b.do("POST", "/api/demo/phone", map[string]string{"person": string(mine.ID)}, nil); status != 200 {
		t.Errorf("pick up a phone: %d", status)
	}
	if status := b.do("GET", "/api/me", nil, nil); status != 200 {
		t.Errorf("the phone: %d", status)
	}
	if p := b.refused("POST", "/api/clock", map[string]string{"by": "1h"}); p.Status != 200 {
		t.Errorf("move the clock: %+v", p)
	}
	var again struct {
		Clock struct{ Now string }
		Last  *struct{ Before, After string }
	}
	if b.do("GET", "/api/demo", nil, &again); again.Last == nil || again.Last.Before != d.Clock.Now || again.Last.After != again.Clock.Now {
		t.Errorf("the last move, on a page opened again: %+v", again)
	}
	if p := b.refused("POST", "/api/clock", map[string]string{"by": "1h"}, "Origin", "https://evil.example"); p.Status != 403 {
		t.Errorf("move the clock from elsewhere: %+v", p)
	}

	plain := newHouse(t)
	for _, path := range []string{"/api/demo", "/api/clock"} {
		if p := plain.browser().refused("GET", path, nil); p.Status != 404 && p.Status != 401 {
			t.Errorf("%s without a demo: %d", path, p.Status)
		}
	}
}

// A stream must end with the session it was opened in.
func TestAStreamEndsWithItsSession(t *testing.T) {
	h := newHouse(t)
	h.server.Beat(10 * time.Millisecond)
	b := h.as("liu")
	r := b.stream("/api/stream")
	must(t, h.store.UpdateMember(t.Context(), h.spaces[0].Workspace().Number, staff.Member{ID: h.staff["liu"], Name: "刘敏", Role: staff.HealthManager, Hash: passwordHash, Disabled: true}))
	done := make(chan struct{})
	go func() {
		for range r.lines { // until it ends
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("somebody disabled still listens")
	}
}
