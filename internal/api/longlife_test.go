package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

// What the course and the visit page of somebody with 100,000 events are drawn from comes within the bar of the person page: ten years of
// readings, doses, lessons and laboratory values. Making them through the engine takes minutes, so it is asked for by
// PEIBAN_LONG_LIFE=1 and a longer -timeout.
func TestALongLifeIsAnsweredInTime(t *testing.T) {
	if os.Getenv("PEIBAN_LONG_LIFE") == "" {
		t.Skip("PEIBAN_LONG_LIFE=1 asks for it")
	}
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	var items []conductor.Item
	flush := func() {
		if _, err := h.spaces[0].Submit(t.Context(), conductor.Bulk, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items); err != nil {
			t.Fatal(err)
		}
		items = items[:0]
	}
	add := func(i int, key, props string, at time.Time) {
		e, f := event.Decode(key, json.RawMessage(props))
		if f != nil {
			t.Fatal(f)
		}
		e.Occurred, e.Actor, e.Provenance, e.Flags = at.UnixMicro(), "source", "import", event.Imported
		items = append(items, conductor.Item{Person: x.Number, Event: e, MessageID: fmt.Sprint(i)})
		if len(items) == 1000 {
			flush()
		}
	}
	const events, step = 100_000, 10 * 365 * 24 * time.Hour / 100_000
	begin := h.now().AddDate(-10, 0, 0)
	for i := range events {
		at := begin.Add(time.Duration(i) * step)
		switch i % 50 {
		case 0:
			add(i, "medication", `{"class":"metformin","generic":"metformin","action":"taken"}`, at)
		case 1:
			add(i, "content_read", `{"content":"low-now","kind":"article","share":1}`, at)
		case 2:
			add(i, "lab", fmt.Sprintf(`{"test":"ldl","value":%v,"unit":"mmol/L"}`, 2+float64(i%20)/10), at)
		case 3:
			add(i, "medication", fmt.Sprintf(`{"class":"metformin","generic":"metformin","action":"change","dose":%v}`, 0.5+float64(i%2)/2), at)
		default:
			add(i, "glucose", fmt.Sprintf(`{"value":%v,"unit":"mmol/L","context":%q}`, 4+float64(i%90)/10, event.Contexts[i%9]), at)
		}
	}
	flush()
	liu, path := h.as("liu"), "/api/people/"+string(x.ID)
	var strip struct{ Marks []struct{ ID, Kind string } }
	liu.do("GET", path+"/changes", nil, &strip)
	mark := ""
	if len(strip.Marks) == 0 {
		t.Fatal("nothing on the strip")
	}
	for _, m := range strip.Marks {
		if m.Kind == "medicine" {
			mark = m.ID
		}
	}
	const bar, rounds = 300 * time.Millisecond, 7
	for _, ask := range []string{"/changes", "/changes/" + mark, "/progress", "/visit-page", "/visit-answers", "/visit-links", "/file"} {
		var took []time.Duration
		for range rounds {
			began := time.Now()
			res, body := liu.raw("GET", path+ask, nil)
			took = append(took, time.Since(began))
			if res.StatusCode != 200 {
				t.Fatalf("%s: %d %.200s", ask, res.StatusCode, body)
			}
		}
		slices.Sort(took)
		t.Logf("%-45s median %v, slowest %v", ask, took[rounds/2], took[rounds-1])
		if took[rounds/2] > bar {
			t.Errorf("%s takes %v", ask, took[rounds/2])
		}
	}
}
