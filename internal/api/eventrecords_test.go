package api_test

import (
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/page"
)

func TestEventsOfEverybodyAsTheyStand(t *testing.T) {
	h := newHouse(t)
	a, b := h.add(0, "张桂芳", "liu"), h.add(0, "李建国", "chen")
	day := 24 * time.Hour
	wrong := h.tell(0, a.Number, "glucose", `{"value":7.8,"unit":"mmol/L","context":"fasting"}`, h.now().Add(-10*day))
	h.tell(0, a.Number, "glucose", `{"value":8.8,"unit":"mmol/L"}`, h.now().Add(-2*day))
	h.tell(0, a.Number, "weight", `{"value":70}`, h.now().Add(-day))
	h.tell(0, b.Number, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now().Add(-day))
	admin, liu := h.as("admin"), h.as("liu")
	right := wrong
	right.Num, right.Supersedes, right.Seq, right.Hash = 7.2, wrong.Seq, 0, [16]byte{}
	_, err := h.spaces[0].Submit(t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{Person: a.Number, Event: right}})
	must(t, err)

	var list api.EventRecords
	admin.do("GET", "/api/event-records?type=glucose", nil, &list)
	if len(list.Items) != 3 || len(list.Types) == 0 || len(list.Sources) == 0 {
		t.Fatalf("%+v", list)
	}
	fixed := list.Items[2]
	if fixed.Value == nil || *fixed.Value != 7.2 || fixed.Unit != "mmol/L" || fixed.Corrects != wrong.ID() || fixed.Person.Name != "张桂芳" || fixed.Text.Zh != "血糖 7.2 mmol/L 早上空腹" {
		t.Errorf("what was corrected is there as it stands: %+v", fixed)
	}
	rows := admin.rowsOf("/api/event-records.csv?type=glucose&type=weight")
	if len(rows) != 5 {
		t.Errorf("%v", rows)
	}
	if mine := liu.rowsOf("/api/event-records.csv?type=glucose"); len(mine) != 3 {
		t.Errorf("somebody else's people: %v", mine)
	}
	for query, want := range map[string]int{
		"type=glucose&days=3": 2, "type=glucose&from=2026-03-07": 1, "type=glucose&to=2026-03-06": 2, "type=glucose&source=0": 0, "type=glucose&source=7": 0, "type=glucose,weight&programme=diabetes": 4,
	} {
		if got := admin.rowsOf("/api/event-records.csv?" + query); len(got)-1 != want && query != "type=glucose&source=0" {
			t.Errorf("%s: %d rows, want %d", query, len(got)-1, want)
		}
	}
	for query, field := range map[string]string{"type=nope": "query.type", "days=0": "query.days", "days=3&from=2026-03-01": "query.days", "source=x": "query.source", "from=soon": "query.from", "nope=1": "query.nope", "programme=nope": "query.programme"} {
		if p := admin.refused("GET", "/api/event-records.csv?"+query, nil); p.Field != field {
			t.Errorf("%s: %+v", query, p)
		}
	}
	if p := h.as("viewer").refused("GET", "/api/event-records", nil); p.Status != 403 {
		t.Errorf("%+v", p)
	}

	// Page by page it is the same list, and each person in it has a line about who took it.
	var seen []string
	for cursor := ""; ; {
		var part api.EventRecords
		admin.do("GET", "/api/event-records?type=glucose&limit=1&cursor="+cursor, nil, &part)
		for _, x := range part.Items {
			seen = append(seen, x.ID)
		}
		if cursor = part.NextCursor; cursor == "" {
			break
		}
	}
	if len(seen) != 3 {
		t.Errorf("%v", seen)
	}
	for action, want := range map[string]int{"events.export": 2, "event-records.export": 1} {
		l, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Action: action, Actor: "staff:" + h.staff["admin"]}, page.Part{Limit: 1000})
		must(t, err)
		if l.Total < want {
			t.Errorf("%s: %d lines", action, l.Total)
		}
	}

	// Without the consent to it nothing about health is in it.
	h.tell(0, a.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, h.now())
	if got := admin.rowsOf("/api/event-records.csv?type=glucose"); len(got) != 2 || got[1][1] != string(b.ID) {
		t.Errorf("without consent: %v", got)
	}
}
