package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/person"
)

func (h *house) personNumber(path string) person.Number {
	h.t.Helper()
	card, ok := h.spaces[0].Directory().ByID(person.ID(strings.TrimPrefix(path, "/api/people/")))
	if !ok {
		h.t.Fatal("nobody at", path)
	}
	return card.Number
}

func TestWhatChangedAfterWhat(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	day := func(d, hour int) time.Time { return time.Date(2026, 2, d, hour-8, 0, 0, 0, time.UTC) }
	for d := 10; d <= 24; d++ {
		v := 9.0
		if d > 17 {
			v = 7.5
		}
		h.tell(0, x.Number, "glucose", fmt.Sprintf(`{"value":%v,"unit":"mmol/L","context":"fasting"}`, v), day(d, 7))
	}
	start := liu.says(path, "medication", "2026-02-17", props{"name": "降糖一号", "action": "start", "doseText": "早晚各一片"})
	h.tell(0, x.Number, "content_read", `{"content":"x","kind":"article","share":1}`, day(19, 9))
	h.tell(0, x.Number, "content_read", `{"content":"x","kind":"article","share":1}`, day(19, 10))
	var s api.Strip
	if status := liu.do("GET", path+"/changes?from=2026-02-01", nil, &s); status != 200 {
		t.Fatal(status)
	}
	kinds := map[string]int{}
	for _, m := range s.Marks {
		kinds[m.Kind]++
		if m.Kind == "medicine" && (m.ID != start.Entry.ID || m.Text.Zh != "开始用 降糖一号 早晚各一片") {
			t.Errorf("%+v", m)
		}
		if m.Kind == "education" && m.Count != 2 {
			t.Errorf("two pages of one day: %+v", m)
		}
	}
	if kinds["medicine"] != 1 || kinds["education"] != 1 || len(s.Days) != 15 || len(s.Slots) != 1 || s.Slots[0].N != 15 || s.Slots[0].Range == nil {
		t.Errorf("%+v %d days %+v", kinds, len(s.Days), s.Slots)
	}
	var c api.Comparison
	if status := liu.do("GET", path+"/changes/"+start.Entry.ID+"?days=7", nil, &c); status != 200 {
		t.Fatal(status)
	}
	if !c.Enough || len(c.Slots) != 1 || c.Slots[0].Text.Zh != "9.0 → 7.5，下降 1.5（前 7 次，后 7 次）" || *c.Slots[0].By != -1.5 {
		t.Fatalf("%+v", c.Slots)
	}
	if c.Before.From != "2026-02-10" || c.Before.To != "2026-02-16" || c.After.From != "2026-02-18" || c.After.To != "2026-02-24" || c.Before.Mean != nil {
		t.Errorf("%+v %+v", c.Before, c.After)
	}
	if len(c.Others) == 0 || !strings.Contains(c.Caution.Zh, "关联") || !strings.Contains(c.Caution.Zh, "别的事") {
		t.Errorf("%+v %s", c.Others, c.Caution.Zh)
	}
	late := liu.says(path, "medication", "2026-03-07", props{"name": "降糖一号", "action": "stop"})
	liu.do("GET", path+"/changes/"+late.Entry.ID+"?days=7", nil, &c)
	if c.Enough || c.DaysLeft != 7 {
		t.Errorf("a day after a change: %+v", c)
	}
	if p := liu.refused("GET", path+"/changes/01ARZ3NDEKTSV4RRFFQ69G5FAV", nil); p.Status != 404 {
		t.Errorf("no such mark: %+v", p)
	}
	if p := liu.refused("GET", path+"/changes?from=2020-01-01", nil); p.Status != 422 || p.Code != "span_too_long" {
		t.Errorf("six years: %+v", p)
	}
	var masked api.Strip
	if h.as("viewer").do("GET", path+"/changes?from=2026-02-01", nil, &masked); strings.Contains(fmt.Sprint(masked), "降糖一号") {
		t.Error("free text without the right to it")
	}
}

func TestPlannedAndDone(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	liu.says(path, "medication", "2026-02-22", props{"name": "二甲双胍", "action": "start", "dose": 0.5, "timesPerDay": 2})
	liu.says(path, "medication", "2025-01", props{"name": "阿托伐他汀", "action": "start"})
	var p api.Progress
	liu.do("GET", path+"/progress", nil, &p)
	if len(p.Doses) != 2 || p.Doses[0].Share != nil && p.Doses[1].Share != nil {
		t.Fatalf("nobody kept a record, and yet a share: %+v", p.Doses)
	}
	for range 21 {
		liu.says(path, "medication", "2026-03-07", props{"name": "二甲双胍", "action": "taken"})
	}
	h.tell(0, x.Number, "glucose", `{"value":7.8,"unit":"mmol/L","context":"fasting"}`, h.now())
	liu.do("GET", path+"/progress", nil, &p)
	for _, d := range p.Doses {
		switch d.Key {
		case "metformin":
			if *d.Planned != 29 || d.Taken != 21 || *d.Share < 0.72 || *d.Share > 0.73 || !strings.Contains(d.Text.Zh, "21") {
				t.Errorf("%+v", d)
			}
		default:
			if d.Planned != nil || d.Share != nil || d.Current != true {
				t.Errorf("how often was not said: %+v", d)
			}
		}
	}
	if len(p.Today) == 0 || p.Today[0].Reading == nil || p.Today[0].Reading.Context != "fasting" {
		t.Errorf("%+v", p.Today)
	}
}
