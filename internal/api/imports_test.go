package api_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/person"
)

// runner works on the imports of the first workspace.
func (h *house) runner() *job.Runner {
	zone, err := time.LoadLocation(h.spaces[0].Workspace().Zone)
	must(h.t, err)
	return &job.Runner{Store: h.store, Taker: h.spaces[0], Real: h.now, Log: slog.New(slog.DiscardHandler), Zone: zone}
}

func (h *house) work() {
	h.t.Helper()
	for range 10 {
		more, err := h.runner().Once(h.t.Context())
		must(h.t, err)
		if !more {
			return
		}
	}
	h.t.Fatal("the work does not end")
}

// table uploads rows of glucose and starts the import as guessed.
func (h *house) table(b *browser, rows string) api.Import {
	h.t.Helper()
	var up, out api.Import
	if status := b.do("POST", "/api/imports?name=%E8%A1%80%E7%B3%96.csv", "病历号,测量时间,血糖(mmol/L)\n"+rows, &up); status != 200 {
		h.t.Fatal(status)
	}
	at := fmt.Sprintf("/api/imports/%d", up.Number)
	var g api.ImportGuess
	if status := b.do("GET", at+"/guess", nil, &g); status != 200 || len(g.Questions) != 0 {
		h.t.Fatalf("%d %+v", status, g)
	}
	var p api.ImportPreview
	if status := b.do("POST", at+"/preview", map[string]any{"map": g.Map}, &p); status != 200 || len(p.Problems)+len(p.Open) > 0 || len(p.Rows) == 0 {
		h.t.Fatalf("%d %+v", status, p)
	}
	if status := b.do("POST", at+"/start", map[string]any{"map": g.Map, "basis": "paper"}, &out); status != 200 || out.State != "waiting" {
		h.t.Fatalf("%d %+v", status, out)
	}
	return out
}

func (h *house) imported(b *browser, n int64) (out api.Import) {
	b.do("GET", fmt.Sprintf("/api/imports/%d", n), nil, &out)
	return out
}

func TestAnImportIsUndoneWholeAndComesInAgain(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	day := h.now().AddDate(0, 0, -3).Format("2006-01-02")
	rows := "A1," + day + " 07:00,7.8\nA1," + day + " 09:00,很高\nA2," + day + " 07:00,8.1\n"
	before := h.spaces[0].Head()
	up := h.table(zhou, rows)
	h.work()
	done := h.imported(zhou, up.Number)
	if r := done.Report; done.State != "done" || r.Rows != 3 || r.Taken != 2 || r.Refused != 1 || r.Events != 2 || done.Share != 1 || done.Name != "血糖.csv" {
		t.Fatalf("%+v", done)
	}
	_, csv := zhou.raw("GET", fmt.Sprintf("/api/imports/%d/refused.csv", up.Number), nil)
	if !strings.Contains(string(csv), ",3,血糖(mmol/L),not_a_number,") || strings.Contains(string(csv), "很高") {
		t.Errorf("refused: %s", csv)
	}
	if _, err := h.store.JobPart(t.Context(), 1, job.Number(up.Number), job.FilePart, 0); err == nil {
		t.Error("the file is kept after it was taken in")
	}
	again := h.table(zhou, rows)
	h.work()
	if r := h.imported(zhou, again.Number).Report; r.Taken != 0 || r.Repeated != 2 || r.Refused != 1 {
		t.Errorf("again: %+v", r)
	}

	at := fmt.Sprintf("/api/imports/%d/undo", up.Number)
	if p := zhou.refused("POST", at, map[string]int{"events": 7}); p.Code != "import_count" {
		t.Errorf("a wrong count: %+v", p)
	}
	if status := zhou.do("POST", at, map[string]int{"events": 2}, nil); status != 200 {
		t.Fatal(status)
	}
	h.work()
	undone := h.imported(zhou, up.Number)
	if undone.State != "undone" || undone.Undo.Taken < 2 || undone.Undo.Signed+undone.Undo.Changed != 0 {
		t.Fatalf("%+v", undone.Undo)
	}
	if n := h.glucoseAfter(uint64(before)); n != 0 {
		t.Errorf("%d readings stand after the undo", n)
	}
	third := h.table(zhou, rows)
	h.work()
	if r := h.imported(zhou, third.Number).Report; r.Taken != 2 || r.Repeated != 0 {
		t.Errorf("after the undo: %+v", r)
	}
	if n := h.glucoseAfter(uint64(before)); n != 2 {
		t.Errorf("%d readings stand after the third", n)
	}
	if p := zhou.refused("POST", at, map[string]int{"events": 2}); p.Code != "import_state" {
		t.Errorf("undone twice: %+v", p)
	}
}

// glucoseAfter counts the readings of the first workspace that stand, of people added by imports.
func (h *house) glucoseAfter(seq uint64) (n int) {
	dir := h.spaces[0].Directory()
	for k := 1; ; k++ {
		card, ok := dir.ByNumber(person.Number(k))
		if !ok {
			return n
		}
		l, err := h.spaces[0].Look(card.Number, 0, 0)
		must(h.t, err)
		for i := range l.View.Seq {
			if uint64(l.View.Seq[i]) > seq && l.View.Type[i].String() == "glucose" && l.View.Flags[i]&event.Hidden == 0 {
				n++
			}
		}
	}
}

func TestACrashedImportGoesOnAndAStoppedOneWaits(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	var rows strings.Builder
	day := h.now().AddDate(0, 0, -300)
	for i := range 2600 {
		fmt.Fprintf(&rows, "A%d,%s,7.8\n", i%3, day.Add(time.Duration(i)*time.Hour/3).Format("2006-01-02 15:04"))
	}
	up := h.table(zhou, rows.String())
	j, err := h.store.Job(t.Context(), 1, job.Number(up.Number))
	must(t, err)
	j.State, j.Lease, j.Started = job.Running, h.now().Add(time.Minute).UnixMicro(), h.now().UnixMicro() // a worker took it and fell silent
	must(t, h.store.SaveJob(t.Context(), 1, &j))
	if more, err := h.runner().Once(t.Context()); more || err != nil {
		t.Fatalf("a job under a lease was taken: %v", err)
	}
	if status := zhou.do("POST", fmt.Sprintf("/api/imports/%d/stop", up.Number), nil, nil); status != 200 {
		t.Fatal(status)
	}
	h.clock.Add(2 * time.Minute.Microseconds())
	h.work()
	stopped := h.imported(zhou, up.Number)
	if stopped.State != "stopped" || stopped.Report.Rows == 0 || stopped.Report.Rows >= 2600 || stopped.Asked != "" {
		t.Fatalf("%+v", stopped)
	}
	if status := zhou.do("POST", fmt.Sprintf("/api/imports/%d/continue", up.Number), nil, nil); status != 200 {
		t.Fatal(status)
	}
	h.work()
	if d := h.imported(zhou, up.Number); d.State != "done" || d.Report.Rows != 2600 || d.Report.Taken != 2600 || d.Report.Repeated != 0 {
		t.Errorf("%+v", d)
	}
}

func TestOnlyManagersImport(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/api/imports", "/api/imports/1", "/api/imports/1/guess", "/api/imports/1/refused.csv"} {
		if p := h.as("liu").refused("GET", path, nil); p.Status != 403 {
			t.Errorf("%s: a health manager is answered %d", path, p.Status)
		}
	}
	if p := h.as("liu").refused("POST", "/api/imports?name=x.csv", "a,b\n"); p.Status != 403 {
		t.Errorf("a health manager uploads: %d", p.Status)
	}
	zhou := h.as("zhou")
	if p := zhou.refused("POST", "/api/imports?name=x.csv", ""); p.Code != "import_empty" {
		t.Errorf("an empty file: %+v", p)
	}
	var up api.Import
	zhou.do("POST", "/api/imports?name=x.xlsx", "PK\x03\x04 half a workbook", &up)
	at := fmt.Sprintf("/api/imports/%d", up.Number)
	if p := zhou.refused("GET", at+"/guess", nil); p.Code != "workbook_broken" {
		t.Errorf("half a workbook: %+v", p)
	}
	if p := zhou.refused("POST", at+"/start", map[string]any{"map": map[string]any{"events": []any{map[string]any{"type": "glucos", "fields": map[string]any{}}}}}); p.Code != "bad_map" {
		t.Errorf("a wrong map: %+v", p)
	}
	if status := zhou.do("POST", at+"/discard", nil, nil); status != 204 {
		t.Errorf("discard: %d", status)
	}
	if p := zhou.refused("GET", at, nil); p.Status != 404 {
		t.Errorf("a discarded one: %+v", p)
	}
}
