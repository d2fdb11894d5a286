package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

// from has a source tell of somebody's glucose.
func (h *house) from(source event.Source, card conductor.Card, id string, mmol float64, at time.Time) event.Event {
	h.t.Helper()
	v, err := h.store.EnsureSource(h.t.Context(), 1, source)
	must(h.t, err)
	raw, err := json.Marshal(map[string]any{"value": mmol, "unit": "mmol/L"})
	must(h.t, err)
	e, f := event.Decode("glucose", raw)
	if f != nil {
		h.t.Fatal(f)
	}
	e.Occurred, e.Source, e.Actor, e.Provenance = at.UnixMicro(), v.Number, "source", "device"
	out, err := h.spaces[0].Submit(h.t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, []conductor.Item{{Person: card.Number, Event: e, MessageID: id}})
	must(h.t, err)
	return out[0].Event
}

func TestAReadingNamesEverybodyWhoToldIt(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	at := h.now().Add(-2 * time.Hour).Truncate(time.Minute)
	meter := h.from(event.Source{Name: "meter", Kind: "device"}, card, "a", 7.8, at)
	hospital := h.from(event.Source{Name: "hospital", Kind: "hospital"}, card, "b", 7.8, at.Add(20*time.Second))
	h.from(event.Source{Name: "meter", Kind: "device"}, card, "c", 6.1, at.Add(time.Hour))
	type told struct {
		ID, Source string
	}
	var list struct {
		Items []struct {
			ID        string
			Retracted bool
			Sources   []told
		}
	}
	liu := h.as("liu")
	path := "/api/people/" + string(card.ID) + "/readings"
	if status := liu.do("GET", path, nil, &list); status != 200 || len(list.Items) != 2 {
		t.Fatalf("%d %+v", status, list)
	}
	for _, r := range list.Items {
		switch r.ID {
		case meter.ID():
			if len(r.Sources) != 2 || r.Sources[0].ID != meter.ID() || r.Sources[1] != (told{hospital.ID(), "hospital"}) {
				t.Errorf("told by %+v", r.Sources)
			}
		default:
			if len(r.Sources) != 0 {
				t.Errorf("one who tells alone: %+v", r.Sources)
			}
		}
	}
	// The meter withdrawn, the hospital's stands, and alone.
	if _, err := h.spaces[0].Withdraw(t.Context(), meter.Source, audit.Entry{Actor: "command", Action: "source.withdraw"}, nil); err != nil {
		t.Fatal(err)
	}
	list.Items = nil
	liu.do("GET", path, nil, &list)
	var stand []string
	for _, r := range list.Items {
		if !r.Retracted {
			stand = append(stand, r.ID)
		}
		if len(r.Sources) != 0 {
			t.Errorf("%s is told by others still: %+v", r.ID, r.Sources)
		}
	}
	if len(stand) != 1 || stand[0] != hospital.ID() {
		t.Errorf("after the withdrawal %v stand", stand)
	}
}
