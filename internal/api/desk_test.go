package api_test

import (
	"testing"
	"time"
)

// What is put to the pharmacist stands on the pharmacist's desk, with the person it is about, as long as it is open.
func TestWorkForARoleStandsOnItsDesk(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	other := h.add(0, "李建国", "chen")
	h.tell(0, card.Number, "contact_added", `{"channel":"pharmacy"}`, h.now())
	wang, chen := h.as("wang"), h.as("chen")
	page := "/api/people/" + string(card.ID)
	if l := wang.work("/api/tasks?owner=me"); l.Total != 0 {
		t.Fatalf("%d tasks before anything was asked", l.Total)
	}
	if status := wang.do("GET", page, nil, nil); status != 404 {
		t.Errorf("a person nobody asked about: %d", status)
	}
	for range 16 { // to the fourteenth day's talk about medicine
		h.clock.Add((24 * time.Hour).Microseconds())
		if _, err := h.spaces[0].Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wang, chen = h.as("wang"), h.as("chen") // the sessions of two weeks ago have ended
	l := wang.work("/api/tasks?owner=me")
	if len(l.Items) != 1 || l.Items[0].Script == nil || l.Items[0].Script.Key != "day14-medicine" || l.Items[0].Title.Zh == "" {
		t.Fatalf("the desk: %+v", l)
	}
	if status := wang.do("GET", page, nil, nil); status != 200 {
		t.Errorf("the person the work is about: %d", status)
	}
	var people struct{ Total int }
	if wang.do("GET", "/api/people", nil, &people); people.Total != 1 {
		t.Errorf("%d people in the list", people.Total)
	}
	if status := wang.do("GET", "/api/people/"+string(other.ID), nil, nil); status != 404 {
		t.Errorf("somebody else's person: %d", status)
	}
	if l := chen.work("/api/tasks?owner=me"); l.Total != 0 {
		t.Errorf("a health manager has %d tasks of the pharmacist", l.Total)
	}
	row := l.Items[0]
	if status := wang.do("POST", "/api/tasks/"+row.ID+"/complete", map[string]string{"outcome": "reached"}, nil, version(row.Version)...); status != 200 {
		t.Fatalf("complete: %d", status)
	}
	if status := wang.do("POST", "/api/tasks/"+row.ID+"/reopen", nil, nil, version(row.Version+1)...); status != 200 {
		t.Errorf("taking it back: %d", status)
	}
	if l := wang.work("/api/tasks?owner=me"); l.Total != 1 {
		t.Errorf("%d tasks after it was taken back", l.Total)
	}
	if status := wang.do("POST", "/api/tasks/"+row.ID+"/complete", map[string]string{"outcome": "reached"}, nil, version(row.Version+2)...); status != 200 {
		t.Fatalf("complete again: %d", status)
	}
	if l := wang.work("/api/tasks?owner=me"); l.Total != 0 {
		t.Errorf("%d tasks after the work was done", l.Total)
	}
	if status := wang.do("GET", page, nil, nil); status != 404 {
		t.Errorf("the person after the work was done: %d", status)
	}
}
