package api_test

import (
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/ingest/bundles"
)

// begun starts an export and gives the address of its status.
func (b *browser) begun(query string) string {
	b.h.t.Helper()
	res, body := b.raw("GET", "/fhir/Patient/$export"+query, nil, "Prefer", "respond-async")
	if res.StatusCode != 202 || len(body) > 0 {
		b.h.t.Fatalf("begin: %d %s", res.StatusCode, body)
	}
	u, err := url.Parse(res.Header.Get("Content-Location"))
	must(b.h.t, err)
	return u.Path
}

type manifest struct {
	TransactionTime, Request string
	RequiresAccessToken      bool
	Output                   []struct {
		Type, URL string
		Count     int
	}
	Error []any
}

func (b *browser) exported(status string) manifest {
	b.h.t.Helper()
	for range 500 {
		res, body := b.raw("GET", status, nil)
		switch res.StatusCode {
		case 200:
			var m manifest
			must(b.h.t, json.Unmarshal(body, &m))
			return m
		case 202:
			if res.Header.Get("X-Progress") == "" || res.Header.Get("Retry-After") == "" {
				b.h.t.Fatalf("%v", res.Header)
			}
			time.Sleep(10 * time.Millisecond)
		default:
			b.h.t.Fatalf("status: %d %s", res.StatusCode, body)
		}
	}
	b.h.t.Fatal("the export does not end")
	return manifest{}
}

func TestAnExportHoldsEverybody(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	h.add(0, "李秀英", "chen")
	h.add(1, "外人", "liu2")
	zhou := h.as("zhou")
	status := zhou.begun("")
	m := zhou.exported(status)
	files := map[string]string{}
	for _, o := range m.Output {
		u, err := url.Parse(o.URL)
		must(t, err)
		res, body := zhou.raw("GET", u.Path, nil)
		lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/fhir+ndjson" || len(lines) != o.Count {
			t.Errorf("%s: %d, %d lines, %d told", o.Type, res.StatusCode, len(lines), o.Count)
		}
		for _, line := range lines {
			var r map[string]any
			must(t, json.Unmarshal([]byte(line), &r))
			if r["resourceType"] != o.Type {
				t.Errorf("%v in %s", r["resourceType"], o.Type)
			}
			sound(t, r)
		}
		files[o.Type] = string(body)
	}
	if !m.RequiresAccessToken || m.Error == nil || strings.Count(files["Patient"], "\n") != 2 || strings.Contains(files["Patient"], "外人") || files["Condition"] == "" || files["AuditEvent"] != "" {
		t.Errorf("%+v", m)
	}
	// What comes after it began is not in it.
	h.clock.Add(time.Minute.Microseconds())
	h.tell(0, x.person.Number, "weight", `{"value":55.5}`, h.now())
	if _, body := zhou.raw("GET", "/fhir/$export-file/"+status[strings.LastIndexByte(status, '/')+1:]+"/Observation.ndjson", nil); string(body) != files["Observation"] {
		t.Error("a file changes after its export began")
	}
	later := zhou.exported(zhou.begun("?_type=Observation,Patient&_since=" + url.QueryEscape(h.now().Format(time.RFC3339))))
	if len(later.Output) != 1 || later.Output[0].Type != "Observation" || later.Output[0].Count != 1 {
		t.Errorf("since: %+v", later.Output)
	}
	var rows struct{ Items []struct{ Action string } }
	zhou.do("GET", "/api/audit?person="+string(x.person.ID)+"&action=fhir.export", nil, &rows)
	if len(rows.Items) != 2 {
		t.Errorf("%d rows of proof", len(rows.Items))
	}
}

func TestWhoMayExport(t *testing.T) {
	h := newHouse(t)
	charted(h)
	for _, login := range []string{"liu", "wang", "qian", "viewer"} {
		if res, _ := h.as(login).raw("GET", "/fhir/Patient/$export", nil); res.StatusCode != 403 {
			t.Errorf("%s: %d", login, res.StatusCode)
		}
	}
	zhou, admin := h.as("zhou"), h.as("admin")
	status := zhou.begun("")
	zhou.exported(status)
	file := strings.Replace(status, "status", "file", 1) + "/Patient.ndjson"
	for _, p := range []string{status, file} {
		if res, _ := admin.raw("GET", p, nil); res.StatusCode != 404 {
			t.Errorf("another's %s: %d", p, res.StatusCode)
		}
		if res, _ := h.browser().raw("GET", p, nil); res.StatusCode != 401 {
			t.Errorf("nobody's %s: %d", p, res.StatusCode)
		}
	}
	for q, want := range map[string]int{"?_type=Nothing": 400, "?_since=soon": 400, "?_outputFormat=csv": 400, "?x=1": 400} {
		if res, _ := zhou.raw("GET", "/fhir/$export"+q, nil); res.StatusCode != want {
			t.Errorf("%s: %d", q, res.StatusCode)
		}
	}
	if res, _ := zhou.raw("DELETE", status, nil, "X-CSRF-Token", ""); res.StatusCode != 403 {
		t.Errorf("without the token: %d", res.StatusCode)
	}
	if res, _ := zhou.raw("DELETE", status, nil); res.StatusCode != 202 {
		t.Errorf("cancel: %d", res.StatusCode)
	}
	for _, p := range []string{status, file} {
		if res, _ := zhou.raw("GET", p, nil); res.StatusCode != 404 {
			t.Errorf("cancelled, %s: %d", p, res.StatusCode)
		}
	}
	h.clock.Add((2 * time.Hour).Microseconds())
	status = zhou.begun("")
	zhou.exported(status)
	h.clock.Add((61 * time.Minute).Microseconds())
	if res, _ := zhou.raw("GET", status, nil); res.StatusCode != 404 {
		t.Errorf("after an hour: %d", res.StatusCode)
	}
}

// What six synthetic bundles say comes back valid, every resource once: as an event of ours or as it came.
func TestBundlesComeBackValid(t *testing.T) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	h := newHouse(t)
	names, err := filepath.Glob(filepath.Join(dir, "fhir_synthea", "*.json"))
	must(t, err)
	var files []bundles.File
	for _, n := range names {
		files = append(files, bundles.File{Name: n, Open: func() (io.ReadCloser, error) { return os.Open(n) }})
	}
	w := h.spaces[0].Workspace()
	ring, err := h.store.Ring(t.Context(), w.Number)
	must(t, err)
	im := bundles.Import{
		Taker: h.spaces[0], Keeper: h.store, Hash: ring.Hash, Workspace: w.Number, Source: 5, Basis: "paper", Actor: "command", Owner: h.staff["liu"], Now: h.now(), Zone: time.UTC,
	}
	report, err := im.Run(t.Context(), files)
	must(t, err)
	zhou := h.as("zhou")
	count := map[string]int{}
	for _, o := range zhou.exported(zhou.begun("")).Output {
		u, err := url.Parse(o.URL)
		must(t, err)
		_, body := zhou.raw("GET", u.Path, nil)
		for line := range strings.Lines(string(body)) {
			var r map[string]any
			must(t, json.Unmarshal([]byte(line), &r))
			sound(t, r)
			count[o.Type]++
		}
	}
	for kind, fate := range report.Types {
		want := fate.Taken
		if kind == "Organization" || kind == "Practitioner" { // about nobody
			want = 0
		}
		if count[kind] != want {
			t.Errorf("%s: %d came in, %d came back", kind, want, count[kind])
		}
	}
}
