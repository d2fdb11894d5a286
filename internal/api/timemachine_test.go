package api_test

import (
	"testing"
	"time"

	"peiban/internal/api"
)

func TestADraftIsLivedAgainFromTheConsole(t *testing.T) {
	h := newHouse(t)
	lowReadings(h)
	m := h.as("zhou")
	const at = "/api/programmes/diabetes/draft/rehearsal"
	var v api.Rehearsal
	if m.do("GET", at, nil, &v); v.State != "none" || len(v.Journeys) == 0 {
		t.Errorf("before it is begun: %+v", v)
	}
	if p := m.refused("GET", at+"?id=01J00000000000000000000000", nil); p.Status != 404 || p.Code != "rehearsal_gone" || p.Hint == "" {
		t.Errorf("%+v", p)
	}
	if p := m.refused("POST", at, map[string]any{"from": "2026-03-09", "to": "2026-03-01"}); p.Code != "rehearsal_days" {
		t.Errorf("the last day before the first: %+v", p)
	}
	if p := m.refused("POST", at, map[string]any{"journey": "nobody"}); p.Code != "journey_not_found" {
		t.Errorf("%+v", p)
	}
	if p := h.as("viewer").refused("POST", at, map[string]any{}); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
	m.do("POST", at, map[string]any{"journey": "low-glucose", "to": h.now().Format(time.DateOnly)}, &v)
	id := v.ID
	for range 500 {
		if m.do("GET", at+"?id="+id, nil, &v); v.State != "running" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if v.State != "done" || v.Result == nil || v.Result.Reached != 2 || v.Result.Sent == 0 || len(v.Result.Days) < 365 || len(v.Result.Journeys) != 1 {
		t.Fatalf("%+v %+v", v, v.Result)
	}
	if got := listed(m, "found="+v.Found+"&of=reached"); len(got) != 2 {
		t.Errorf("behind the number: %q", got)
	}
}
