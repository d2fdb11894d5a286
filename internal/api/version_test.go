package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
)

func TestAnEditNamesTheVersionItIsBasedOn(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu")
	admin := h.as("admin")
	phone := h.phone(admin, x.person.ID)
	at := "/api/people/" + string(x.person.ID)
	tests := []struct {
		name, method, path, read string
		b                        *browser
		body                     any
	}{
		{"a person's target", "PATCH", at, at, admin, map[string]any{"target": "older", "targetBy": "李医生"}},
		{"a person's plan", "PATCH", at, at, admin, map[string]any{"perWeek": 5}},
		{"a person's name", "PATCH", at, at, admin, map[string]any{"name": "张桂芬"}},
		{"a task", "POST", "/api/tasks/" + x.task + "/claim", "", admin, nil},
		{"a person's owner", "PATCH", at, at, admin, map[string]any{"owner": h.staff["chen"]}},
		{"my settings", "PUT", "/api/me/settings", "/api/me", phone, map[string]any{"elder": true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tag := `"1"`
			if tt.read != "" {
				res, body := tt.b.raw("GET", tt.read, nil)
				var told struct{ Version int64 }
				must(t, json.Unmarshal(body, &told))
				if tag = res.Header.Get("ETag"); tag != fmt.Sprintf("%q", fmt.Sprint(told.Version)) {
					t.Fatalf("ETag %s, version %d", tag, told.Version)
				}
			}
			if p := tt.b.refused(tt.method, tt.path, tt.body); p.Status != http.StatusPreconditionRequired || p.Code != "precondition_required" || p.Field != "header.If-Match" || p.Hint == "" {
				t.Errorf("without a version: %+v", p)
			}
			if p := tt.b.refused(tt.method, tt.path, tt.body, "If-Match", `"999", "x"`); p.Status != http.StatusPreconditionFailed || p.Code != "changed_meanwhile" || p.Text.Zh == "" {
				t.Errorf("with another: %+v", p)
			}
			res, body := tt.b.raw(tt.method, tt.path, tt.body, "If-Match", tag)
			if res.StatusCode != 200 || res.Header.Get("ETag") == tag || res.Header.Get("ETag") == "" {
				t.Fatalf("with its own: %d, ETag %s after %s: %s", res.StatusCode, res.Header.Get("ETag"), tag, body)
			}
			if p := tt.b.refused(tt.method, tt.path, tt.body, "If-Match", tag); p.Status != http.StatusPreconditionFailed {
				t.Errorf("with the old one again: %+v", p)
			}
		})
	}
}

func TestWhatCannotBeEditedOnceMoreSaysSo(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	at := "/api/people/" + string(card.ID)
	if res, _ := liu.raw("GET", at+"?at=2026-03-01", nil); res.StatusCode != 200 || res.Header.Get("ETag") != "" {
		t.Errorf("the past has a tag: %d %s", res.StatusCode, res.Header.Get("ETag"))
	}
	if res, _ := liu.raw("GET", "/api/programmes/diabetes", nil); len(res.Header.Get("ETag")) < 10 {
		t.Errorf("a programme's tag: %s", res.Header.Get("ETag"))
	}
	before, _ := liu.raw("GET", at, nil)
	if status := liu.do("POST", at+"/readings", reading, nil); status != 200 {
		t.Fatalf("a new reading needs no version: %d", status)
	}
	if after, _ := liu.raw("GET", at, nil); after.Header.Get("ETag") != before.Header.Get("ETag") {
		t.Errorf("a reading stands in an edit's way: %s, %s", before.Header.Get("ETag"), after.Header.Get("ETag"))
	}
	if p := liu.refused("PATCH", at, map[string]any{"perWeek": 5, "target": "nope"}, "If-Match", before.Header.Get("ETag")); p.Status != 422 || p.Field != "body.target" {
		t.Errorf("%+v", p)
	}
}

// Two who read the same version and write at the same moment: one of them is told.
func TestOfTwoEditsAtOnceOneIsRefused(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu, admin := h.as("liu"), h.as("admin")
	at := "/api/people/" + string(card.ID)
	for round := range 5 {
		res, _ := liu.raw("GET", at, nil)
		var wg sync.WaitGroup
		got := make([]int, 16)
		for i := range got {
			wg.Go(func() {
				b := []*browser{liu, admin}[i%2]
				got[i] = b.do("PATCH", at, map[string]any{"perWeek": 3 + (round+i)%20}, nil, "If-Match", res.Header.Get("ETag"))
			})
		}
		wg.Wait()
		slices.Sort(got)
		if got[0] != 200 || got[1] != 412 || got[15] != 412 {
			t.Fatalf("round %d: %v", round, got)
		}
	}
}

// A wrong field leaves everything as it was, the hand-over before it too.
func TestAChangeIsAllOrNothing(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	admin := h.as("admin")
	at := "/api/people/" + string(card.ID)
	body := map[string]any{"owner": h.staff["chen"], "target": "nope"}
	if p := admin.refused("PATCH", at, body, "If-Match", "*"); p.Status != 422 {
		t.Fatalf("%+v", p)
	}
	var now struct{ Owner struct{ Name string } }
	if admin.do("GET", at, nil, &now); now.Owner.Name != "刘敏" {
		t.Errorf("handed over to %s", now.Owner.Name)
	}
}
