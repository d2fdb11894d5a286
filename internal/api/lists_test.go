package api_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/page"
)

// rowsOf reads a list as a file.
func (b *browser) rowsOf(path string) [][]string {
	b.h.t.Helper()
	res, body := b.raw("GET", path, nil)
	if res.StatusCode != 200 {
		b.h.t.Fatalf("%s: %d %s", path, res.StatusCode, body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff"))).ReadAll()
	must(b.h.t, err)
	return rows
}

func TestFilesOfListsAreWhatTheirScreensShow(t *testing.T) {
	h := newHouse(t)
	a, other := h.add(0, "张桂芳", "liu"), h.add(0, "李建国", "chen")
	h.tell(0, a.Number, "glucose", `{"value":2.4,"unit":"mmol/L"}`, h.now())
	h.tell(0, other.Number, "glucose", `{"value":2.3,"unit":"mmol/L"}`, h.now())
	admin, liu := h.as("admin"), h.as("liu")

	var tasks api.TaskList
	liu.do("GET", "/api/tasks?limit=1000", nil, &tasks)
	rows := liu.rowsOf("/api/tasks.csv")
	if tasks.Total == 0 || len(rows) != tasks.Total+1 {
		t.Fatalf("%d rows, the screen has %d", len(rows)-1, tasks.Total)
	}
	for _, r := range rows[1:] {
		if r[1] != string(a.ID) || r[2] != "张桂芳" {
			t.Errorf("somebody else's work: %v", r)
		}
	}
	if both := admin.rowsOf("/api/tasks.csv"); len(both) <= len(rows) {
		t.Errorf("all work: %d rows", len(both)-1)
	}
	if closed := liu.rowsOf("/api/tasks.csv?state=closed"); len(closed) != 1 {
		t.Errorf("closed: %v", closed)
	}
	var log api.Listing[api.AuditRow]
	admin.do("GET", "/api/audit?action=person.add", nil, &log)
	if got := admin.rowsOf("/api/audit.csv?action=person.add"); log.Total == 0 || len(got) != log.Total+1 {
		t.Errorf("audit: %d rows, the screen has %d", len(got)-1, log.Total)
	}
	admin.do("POST", "/api/sources", map[string]any{"name": "小程序"}, nil)
	if got := admin.rowsOf("/api/sources.csv"); len(got) != 2 || got[1][1] != "小程序" || got[1][3] != "on" {
		t.Errorf("sources: %v", got)
	}
	if got := admin.rowsOf("/api/rejects.csv?state=all"); len(got) != 1 {
		t.Errorf("rejects: %v", got)
	}
	for path, want := range map[string]int{
		"/api/tasks.csv?state=lost": 422, "/api/tasks.csv?nope=1": 422, "/api/rejects.csv?source=x": 422, "/api/tasks.xlsx": 200, "/api/audit.parquet": 200,
	} {
		if res, body := admin.raw("GET", path, nil); res.StatusCode != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	for who, paths := range map[string][]string{"viewer": {"/api/tasks.csv"}, "liu": {"/api/audit.csv", "/api/rejects.csv", "/api/sources.csv"}, "qian": {"/api/tasks.csv"}} {
		for _, path := range paths {
			if res, _ := h.as(who).raw("GET", path, nil); res.StatusCode != 403 {
				t.Errorf("%s takes %s: %d", who, path, res.StatusCode)
			}
		}
	}
	proof, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: "tasks.export"}, page.Part{})
	must(t, err)
	if len(proof.Items) < 3 {
		t.Errorf("%+v", proof.Items)
	}
}

func TestLongListsAreWholeInTheirFiles(t *testing.T) {
	h := newHouse(t)
	var rows []audit.Entry
	for range 2300 {
		rows = append(rows, audit.Entry{At: 1, Actor: "command", Action: "x"})
	}
	must(t, h.store.AppendAudit(t.Context(), h.spaces[0].Workspace().Number, rows...))
	if got := h.as("admin").rowsOf("/api/audit.csv?action=x"); len(got) != 2301 {
		t.Errorf("%d rows", len(got)-1)
	}
}
