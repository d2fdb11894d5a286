package api_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"
)

// A meter read out late: at= tells what was so then, knownAt= what anybody could have known then.
func TestAReadingThatCameLateIsKnownFromItsComingOn(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	measured := h.now()
	for range 24 {
		h.clock.Add(time.Hour.Microseconds())
	}
	before := h.now()
	h.clock.Add(time.Hour.Microseconds())
	h.tell(0, card.Number, "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, measured)
	arrived := h.now()
	h.clock.Add(time.Hour.Microseconds())

	liu := h.as("liu")

	tests := []struct {
		name      string
		at, known time.Time
		seen      bool
	}{
		{"now", time.Time{}, time.Time{}, true},
		{"the moment it was measured, as known today", measured, time.Time{}, true},
		{"just before it was measured", measured.Add(-time.Microsecond), time.Time{}, false},
		{"as known the moment it arrived", time.Time{}, arrived, true},
		{"as known just before it arrived", time.Time{}, arrived.Add(-time.Microsecond), false},
		{"the moment it was measured, as known before it arrived", measured, before, false},
		{"the moment it was measured, as known when it had arrived", measured, arrived, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := url.Values{}
			for k, at := range map[string]time.Time{"at": tt.at, "knownAt": tt.known} {
				if !at.IsZero() {
					q.Set(k, at.Format(time.RFC3339Nano))
				}
			}
			path := "/api/people/" + string(card.ID)
			var p struct {
				LastReading *struct{ Show struct{ Mmol string } }
				Tags        []struct{ Key, State string }
			}
			var rs struct{ Items []json.RawMessage }
			var why struct{ State string }
			var lines struct{ Items []json.RawMessage }
			for part, out := range map[string]any{"": &p, "/readings": &rs, "/tags/gl_hypo2_28d": &why, "/timeline": &lines} {
				ask := q.Encode()
				if part == "/timeline" {
					ask += "&kind=event"
				}
				if status := liu.do("GET", path+part+"?"+ask, nil, out); status != 200 {
					t.Fatalf("%s: %d", part, status)
				}
			}
			has := false
			for _, x := range p.Tags {
				has = has || x.Key == "gl_hypo2_28d" && x.State == "has"
			}
			readings := 0
			for _, x := range lines.Items {
				var item struct{ Type string }
				must(t, json.Unmarshal(x, &item))
				if item.Type == "glucose" {
					readings++
				}
			}
			if (p.LastReading != nil) != tt.seen || has != tt.seen || (why.State == "has") != tt.seen || (len(rs.Items) == 1) != tt.seen || (readings == 1) != tt.seen {
				t.Errorf("seen %v: last %+v, tag %v, why %s, %d readings, %d lines", tt.seen, p.LastReading, has, why.State, len(rs.Items), readings)
			}
		})
	}
}
