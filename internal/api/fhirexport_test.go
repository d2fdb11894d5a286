package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/ingest/bundles"
	"peiban/internal/job"
	"peiban/internal/person"
	"peiban/internal/workspace"
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

// exporter works on the exports of the first workspace.
func (h *house) exporter() *job.Runner {
	r := h.runner()
	r.Lane, r.Records = job.Exports, h.server
	return r
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
	for range 5 {
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
			_, err := b.h.exporter().Once(b.h.t.Context())
			must(b.h.t, err)
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
	if res, _ := zhou.raw("GET", "/fhir/Patient/$export", nil); res.StatusCode != 202 {
		t.Error("another cannot begin after one that is done")
	}
	if res, _ := zhou.raw("GET", "/fhir/Patient/$export", nil); res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("two at once: %d", res.StatusCode)
	}
	h.clock.Add((25 * time.Hour).Microseconds())
	zhou = h.as("zhou")
	if res, _ := zhou.raw("GET", status, nil); res.StatusCode != 404 {
		t.Errorf("after a day: %d", res.StatusCode)
	}
}

// cut gives the records of so many people and then breaks off, as a server that is stopped does.
type cut struct {
	*api.Server
	after int
	stop  context.CancelFunc
}

func (c *cut) Records(ctx context.Context, w workspace.Number, j *job.Job, each func(person.Number, []job.ExportPart, audit.Entry) error) error {
	return c.Server.Records(ctx, w, j, func(n person.Number, parts []job.ExportPart, proof audit.Entry) error {
		if c.after--; c.after < 0 {
			c.stop()
			return ctx.Err()
		}
		return each(n, parts, proof)
	})
}

func TestAnExportGoesOnAfterARestart(t *testing.T) {
	h := newHouse(t)
	x := charted(h)
	const others = 230
	for i := range others {
		h.add(0, "李"+strconv.Itoa(i), "chen")
	}
	zhou := h.as("zhou")
	status := zhou.begun("?_type=Patient,Observation")
	ctx, stop := context.WithCancel(t.Context())
	r := h.exporter()
	r.Records = &cut{h.server, 130, stop}
	_, err := r.Once(ctx)
	must(t, err)
	if res, _ := zhou.raw("GET", status, nil); res.StatusCode != 202 || res.Header.Get("X-Progress") != "100/"+strconv.Itoa(others+1) {
		t.Errorf("in the middle: %d %q", res.StatusCode, res.Header.Get("X-Progress"))
	}
	h.server.Close()
	h.server, err = api.New(h.config)
	must(t, err)
	h.http.Config.Handler = h.server
	m := zhou.exported(status)
	read := func(kind string) []string {
		for _, o := range m.Output {
			if o.Type != kind {
				continue
			}
			u, err := url.Parse(o.URL)
			must(t, err)
			res, body := zhou.raw("GET", u.Path, nil)
			if res.StatusCode != 200 {
				t.Fatalf("%s: %d", kind, res.StatusCode)
			}
			return strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
		}
		return nil
	}
	seen := map[string]bool{}
	lines := read("Patient")
	for _, line := range lines {
		seen[line] = true
	}
	if len(lines) != others+1 || len(seen) != len(lines) || len(m.Output) != 2 || m.Output[1].Count != others+1 {
		t.Errorf("%d lines, %d of them different: %+v", len(lines), len(seen), m.Output)
	}
	var rows struct{ Total int }
	zhou.do("GET", "/api/audit?action=fhir.export&limit=1", nil, &rows)
	if rows.Total != others+1 {
		t.Errorf("%d rows of proof for %d people", rows.Total, others+1)
	}
	// Whoever is erased is in no file any more.
	h.as("admin").do("POST", "/api/people/"+string(x.person.ID)+"/erase", map[string]string{"confirm": "张桂芳"}, nil, "Idempotency-Key", "e-1")
	if lines := read("Observation"); len(lines) != 1 || lines[0] != "" {
		t.Errorf("%d lines of somebody who was erased", len(lines))
	}
	if lines := read("Patient"); len(lines) != others {
		t.Errorf("%d lines", len(lines))
	}
}

// What six synthetic bundles say comes back valid, every resource once: as an event of ours or as it came.
func TestBundlesComeBackValid(t *testing.T) {
	t.Parallel() // one of the longest
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
