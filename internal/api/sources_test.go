package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"peiban/internal/api"
	"peiban/internal/event"
	"peiban/internal/ingest"
)

// withIntake gives a house its intake of events.
func withIntake(h **ingest.Segment) func(*api.Config) {
	return func(c *api.Config) {
		s, ok := c.Store.(ingest.Sources)
		if !ok {
			panic("the store takes no events")
		}
		*h = ingest.New(ingest.Config{Conductors: c.Conductors, Store: s, Real: c.Real})
		c.Intake = *h
	}
}

// send posts to /v1 with a write key.
func (h *house) send(key, path, body string) (int, map[string]any) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.http.URL+"/v1/"+path, strings.NewReader(body))
	must(h.t, err)
	r.SetBasicAuth(key, "")
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(h.t, err)
	var out map[string]any
	must(h.t, json.Unmarshal(b, &out))
	return res.StatusCode, out
}

func TestASourceFromItsKeyToItsRefusedEvents(t *testing.T) {
	var intake *ingest.Segment
	h := newHouse(t, withIntake(&intake))
	admin := h.as("admin")
	var made api.SourceKey
	if status := admin.do("POST", "/api/sources", map[string]any{"name": "小程序", "names": map[string]string{"测血糖": "glucose"}}, &made); status != 200 || made.WriteKey == "" || !made.Source.Keyed {
		t.Fatalf("%d %+v", status, made)
	}
	var p problem
	if status := admin.do("POST", "/api/sources", map[string]any{"name": "小程序"}, &p); status != 409 || p.Code != "source_exists" {
		t.Errorf("a second of the name: %d %+v", status, p)
	}
	for body, code := range map[string]string{
		`{"name":"a","kind":"spaceship"}`: "unknown_kind", `{"name":"a","names":{"x":"glucos"}}`: "unknown_event_type", `{"name":"a","programme":"nope"}`: "unknown_programme", `{}`: "bad_source_name",
	} {
		if status := admin.do("POST", "/api/sources", json.RawMessage(body), &p); status != 400 && status != 422 || p.Code != code {
			t.Errorf("%s: %d %+v", body, status, p)
		}
	}
	for login, want := range map[string]int{"liu": 403, "viewer": 403, "zhou": 200} {
		var all api.Sources
		if status := h.as(login).do("GET", "/api/sources", nil, &all); status != want {
			t.Errorf("%s reads the sources: %d", login, status)
		}
	}
	const good = `{"type":"track","userId":"u1","event":"consent","properties":{"purpose":"health_data","granted":true,"textVersion":"1"}}`
	const bad = `{"type":"track","userId":"u1","messageId":"m1","event":"测血糖","properties":{"value":126,"unit":"mg"}}`
	status, answer := h.send(made.WriteKey, "batch", `{"batch":[`+good+`,`+bad+`]}`)
	if status != 200 || answer["refused"] != 1.0 {
		t.Fatalf("%d %v", status, answer)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	intake.Run(ctx)

	var all api.Sources
	if admin.do("GET", "/api/sources", nil, &all); len(all.Items) != 1 || all.Items[0].Day.Stored != 1 || all.Items[0].Day.Refused != 1 || all.Items[0].Open != 1 || all.Items[0].Last == "" {
		t.Errorf("%+v", all.Items)
	}
	var volume api.Volume
	if admin.do("GET", "/api/sources/volume?hours=1", nil, &volume); volume.Total.Stored != 1 || len(volume.Items) != 60 {
		t.Errorf("%d steps, %+v", len(volume.Items), volume.Total)
	}
	var seen api.Arrivals
	if admin.do("GET", "/api/sources/arrivals", nil, &seen); len(seen.Items) != 2 || seen.Items[1].Code != "unknown_unit" || seen.Items[1].Source.Name != "小程序" {
		t.Errorf("%+v", seen)
	}
	var list api.Listing[api.Reject]
	if admin.do("GET", "/api/rejects?reason=unknown_unit", nil, &list); list.Total != 1 || list.Items[0].Type != "glucose" {
		t.Fatalf("%+v", list)
	}
	at := "/api/rejects/" + list.Items[0].ID
	var one api.RejectText
	if status := admin.do("GET", at, nil, &one); status != 200 || one.Raw != bad {
		t.Fatalf("%d %q", status, one.Raw)
	}
	if status := h.as("liu").do("GET", at, nil, &p); status != 403 {
		t.Errorf("somebody who may not reads what was sent: %d", status)
	}
	if status := admin.do("POST", at+"/replay", map[string]string{}, &p); status != 422 && status != 400 || p.Code != "unknown_unit" {
		t.Errorf("replayed as it was: %d %+v", status, p)
	}
	var done api.Replayed
	if status := admin.do("POST", at+"/replay", map[string]string{"raw": strings.Replace(bad, `"mg"`, `"mg/dL"`, 1)}, &done); status != 200 || done.Event == "" {
		t.Fatalf("mended: %d %+v", status, done)
	}
	if status := admin.do("POST", at+"/replay", map[string]string{}, &p); status != 409 || p.Code != "reject_done" {
		t.Errorf("a second time: %d %+v", status, p)
	}
	if admin.do("GET", "/api/rejects?state=replayed", nil, &list); list.Total != 1 || list.Items[0].Event != done.Event || list.Items[0].By == nil {
		t.Errorf("%+v", list.Items)
	}
	if admin.do("GET", "/api/audit?action=reject.read", nil, &api.Listing[api.AuditRow]{}) != 200 {
		t.Error("audit")
	}

	var next api.SourceKey
	if status := admin.do("POST", "/api/sources/1/rotate", map[string]int{"hours": 1}, &next); status != 200 || next.WriteKey == made.WriteKey || next.Source.OldUntil == "" {
		t.Fatalf("%d %+v", status, next)
	}
	h.clock.Add(10e6) // keys are remembered for some seconds
	for _, key := range []string{made.WriteKey, next.WriteKey} {
		if status, answer := h.send(key, "batch", `{"batch":[]}`); status != 200 {
			t.Errorf("within the hour: %d %v", status, answer)
		}
	}
	h.clock.Add(3600e6)
	if status, _ := h.send(made.WriteKey, "batch", `{"batch":[]}`); status != 401 {
		t.Errorf("the key before, after the hour: %d", status)
	}
	off := true
	if status := admin.do("PATCH", "/api/sources/1", map[string]any{"disabled": off}, &api.Source{}); status != 200 {
		t.Error(status)
	}
	h.clock.Add(10e6)
	if status, _ := h.send(next.WriteKey, "batch", `{"batch":[]}`); status != 401 {
		t.Errorf("switched off: %d", status)
	}
}

func TestManyRefusedEventsAreReplayedOrDropped(t *testing.T) {
	var intake *ingest.Segment
	h := newHouse(t, withIntake(&intake))
	admin := h.as("admin")
	var made api.SourceKey
	admin.do("POST", "/api/sources", map[string]any{"name": "shop"}, &made)
	for i := range 3 {
		h.send(made.WriteKey, "track", `{"userId":"u1","messageId":"m`+string(rune('0'+i))+`","event":"Paid","properties":{"shop":"t"}}`)
	}
	h.send(made.WriteKey, "track", `{"userId":"u1","messageId":"x","event":"Sneezed"}`)
	admin.do("PATCH", "/api/sources/1", map[string]any{"names": map[string]string{"Paid": "order"}}, &api.Source{})
	var got api.ReplayedMany
	if status := admin.do("POST", "/api/rejects/replay", map[string]any{"source": 1}, &got); status != 200 || got.Replayed != 3 || got.Refused != 1 || got.Next != "" {
		t.Fatalf("%d %+v", status, got)
	}
	if status := admin.do("POST", "/api/rejects/replay", map[string]any{"source": 1, "drop": true}, &got); status != 200 || got.Replayed != 1 {
		t.Errorf("%d %+v", status, got)
	}
	var list api.Listing[api.Reject]
	if admin.do("GET", "/api/rejects", nil, &list); list.Total != 0 {
		t.Errorf("%d open", list.Total)
	}
}

// Each type's schema compiles, and takes what the catalogue takes.
func TestEventTypesAreJSONSchema(t *testing.T) {
	h := newHouse(t)
	var all api.EventSchemas
	if status := h.browser().do("GET", "/api/events", nil, &all); status != 200 || len(all.Items) < 50 {
		t.Fatalf("%d, %d types", status, len(all.Items))
	}
	for _, x := range all.Items {
		b, err := json.Marshal(x.Schema)
		must(t, err)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
		must(t, err)
		c := jsonschema.NewCompiler()
		must(t, c.AddResource(x.Key, doc))
		schema, err := c.Compile(x.Key)
		if err != nil {
			t.Errorf("%s: %v", x.Key, err)
			continue
		}
		if x.Key != "glucose" {
			continue
		}
		for raw, want := range map[string]bool{
			`{"value":7.8,"unit":"mmol/L","context":"fasting"}`: true, `{"value":"HI","unit":"mg/dL"}`: true, `{"unit":"mg/dL"}`: false, `{"value":7,"unit":"mg"}`: false, `{"value":"seven"}`: false,
		} {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
			must(t, err)
			if got := schema.Validate(v) == nil; got != want {
				t.Errorf("%s: valid %v", raw, got)
			}
			if _, f := event.Decode("glucose", json.RawMessage(raw)); (f == nil) != want {
				t.Errorf("%s: the catalogue says %v", raw, f)
			}
		}
	}
	var p problem
	if status := h.browser().do("GET", "/api/events/glucos", nil, &p); status != 404 || p.Code != "unknown_event_type" {
		t.Errorf("%d %+v", status, p)
	}
}
