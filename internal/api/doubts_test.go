package api_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
)

// shareMeter has two people take turns at one meter, and everybody's data looked at.
func (h *house) shareMeter(a, b conductor.Card) {
	h.t.Helper()
	for i := range 3 {
		at := h.now().Add(-time.Duration(i+1) * 20 * time.Hour)
		h.tell(0, a.Number, "glucose", fmt.Sprintf(`{"value":%d.1,"unit":"mmol/L","device":"SN88"}`, 6+i), at)
		h.tell(0, b.Number, "glucose", fmt.Sprintf(`{"value":%d.4,"unit":"mmol/L","device":"SN88"}`, 6+i), at.Add(time.Hour))
	}
	_, err := h.spaces[0].LookForDoubts(h.t.Context())
	must(h.t, err)
}

func TestTheOtherPersonIsNamedToWhoSeesBoth(t *testing.T) {
	h := newHouse(t)
	zhang, li := h.add(0, "张桂芳", "liu"), h.add(0, "李秀英", "chen")
	h.shareMeter(zhang, li)
	var mine, all api.DoubtList
	if status := h.as("liu").do("GET", "/api/doubts", nil, &mine); status != 200 {
		t.Fatal(status)
	}
	if mine.Total != 1 || mine.Open != 1 || mine.Items[0].Person.ID != string(zhang.ID) {
		t.Fatalf("a health manager sees %+v", mine)
	}
	var readings api.Readings
	h.as("liu").do("GET", "/api/people/"+string(zhang.ID)+"/readings", nil, &readings)
	for _, r := range readings.Items {
		if !slices.Contains(r.Flags, "in_doubt") {
			t.Errorf("a reading in doubt is not marked: %+v", r)
		}
	}
	d := mine.Items[0]
	if d.Other != nil || !d.Unseen || d.Device != "SN88" || d.Count != 3 || len(d.Evidence) != 3 || d.State != "open" {
		t.Errorf("%+v", d)
	}
	h.as("zhou").do("GET", "/api/doubts?reason=shared_device", nil, &all)
	if all.Total != 2 {
		t.Fatalf("a manager sees %d", all.Total)
	}
	for _, d := range all.Items {
		if d.Other == nil || d.Unseen {
			t.Errorf("the other person is not named: %+v", d)
		}
	}
	// It is in the proof that the manager was told of both, and the health manager of one.
	rows, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Person: li.Number, Action: "doubts.list"}, pageOf(10))
	must(t, err)
	if len(rows.Items) != 1 {
		t.Errorf("%d rows about li", len(rows.Items))
	}
}

func TestADoubtIsClearedWithAReason(t *testing.T) {
	h := newHouse(t)
	zhang, li := h.add(0, "张桂芳", "liu"), h.add(0, "李秀英", "chen")
	h.shareMeter(zhang, li)
	liu := h.as("liu")
	var v api.DoubtList
	liu.do("GET", "/api/people/"+string(zhang.ID)+"/doubts", nil, &v)
	path := "/api/people/" + string(zhang.ID) + "/doubts/" + v.Items[0].ID + "/clear"
	if p := liu.refused("POST", path, map[string]string{"why": "because"}); p.Status != 422 || p.Field != "body.why" {
		t.Errorf("an unknown reason: %+v", p)
	}
	if p := liu.refused("POST", path, map[string]string{"why": "other", "note": " "}); p.Status != 422 || p.Field != "body.note" {
		t.Errorf("another reason without a note: %+v", p)
	}
	for range 2 {
		var d api.DataDoubt
		if status := liu.do("POST", path, map[string]string{"why": "household", "note": "老伴也用"}, &d); status != 200 || d.State != "cleared" || d.Cleared.Why.Key != "household" || d.Cleared.Note != "老伴也用" || d.Cleared.By.Zh != "刘敏" {
			t.Fatalf("%d %+v", status, d)
		}
	}
	v = api.DoubtList{}
	liu.do("GET", "/api/doubts", nil, &v)
	if v.Total != 0 || v.Open != 0 || v.Cleared != 1 {
		t.Errorf("open after it: %+v", v)
	}
	v = api.DoubtList{}
	liu.do("GET", "/api/doubts?state=cleared", nil, &v)
	if v.Total != 1 || v.Items[0].State != "cleared" {
		t.Errorf("cleared: %+v", v)
	}
	if n, err := h.spaces[0].LookForDoubts(t.Context()); err != nil || n != 0 {
		t.Errorf("told again: %d %v", n, err)
	}
	if p := h.as("viewer").refused("POST", path, map[string]string{"why": "test"}); p.Status != 403 {
		t.Errorf("somebody who may only look: %+v", p)
	}
	masked := h.as("viewer")
	v = api.DoubtList{}
	masked.do("GET", "/api/doubts?state=all", nil, &v)
	for _, d := range v.Items {
		if strings.Contains(d.Person.Name, "桂") || d.Cleared != nil && d.Cleared.Note != "" {
			t.Errorf("a viewer reads %+v", d)
		}
	}
}

func TestDoubtsAsAFile(t *testing.T) {
	h := newHouse(t)
	zhang, li := h.add(0, "=张桂芳", "liu"), h.add(0, "李秀英", "chen")
	h.shareMeter(zhang, li)
	res, body := h.as("liu").raw("GET", "/api/doubts.csv?state=all", nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\xef\xbb\xbf"))).ReadAll()
	must(t, err)
	if res.StatusCode != 200 || len(rows) != 2 || rows[1][1] != "'=张桂芳" || rows[1][9] != "" || rows[1][3] != "一机多人" {
		t.Errorf("%d %q", res.StatusCode, rows)
	}
	if p := h.as("wang").refused("GET", "/api/doubts.csv", nil); p.Status != 403 {
		t.Errorf("a pharmacist, who may not export: %+v", p)
	}
	if p := h.as("liu").refused("GET", "/api/doubts.csv?reason=magic", nil); p.Status != 422 {
		t.Errorf("an unknown reason: %+v", p)
	}
}
