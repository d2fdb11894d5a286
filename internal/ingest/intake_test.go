package ingest_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/intake"
	"peiban/internal/store"
)

// named is a reading under a message id.
func named(id, who, props string) string {
	return strings.Replace(track(who, "glucose", props), `{"type"`, fmt.Sprintf(`{"messageId":%q,"type"`, id), 1)
}

func (d *desk) rejects(f store.RejectFilter) []store.Reject {
	d.t.Helper()
	l, err := d.s.Rejects(d.t.Context(), d.w, f, store.Page{})
	must(d.t, err)
	return l.Items
}

func TestTheSameMessageIDWithAnotherBodyIsAConflict(t *testing.T) {
	d := newDesk(t)
	status, s := d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees), named("m1", "zhang", `{"value":7.0,"unit":"mmol/L"}`))))
	if status != http.StatusOK || s.Stored != 2 {
		t.Fatalf("%d %+v", status, s)
	}
	again := strings.Replace(named("m1", "zhang", `{"unit":"mmol/L","value":7.0}`), `"type"`, `"sentAt":"2026-03-08T11:21:00+08:00","type"`, 1)
	_, s = d.post("batch", strings.NewReader(batch(again, named("m1", "zhang", `{"value":9.9,"unit":"mmol/L"}`))))
	if s.Results[0].Status != "repeated" || s.Results[1].Status != "conflict" || s.Results[1].Code != "message_id_conflict" || s.Results[1].RejectID == "" {
		t.Fatalf("%+v", s.Results)
	}
	if got := d.rejects(store.RejectFilter{}); len(got) != 1 || got[0].Reason != "message_id_conflict" || got[0].Type != "glucose" {
		t.Errorf("kept: %+v", got)
	}
	if status, s := d.post("track", strings.NewReader(named("m1", "zhang", `{"value":9.9,"unit":"mmol/L"}`))); status != http.StatusConflict || s.Code != "message_id_conflict" {
		t.Errorf("alone: %d %+v", status, s)
	}
	if got := d.rejects(store.RejectFilter{}); len(got) != 1 || got[0].Times != 2 {
		t.Errorf("sent again: %+v", got)
	}
}

func TestARefusedEventIsMendedAndReplayedOnce(t *testing.T) {
	d := newDesk(t)
	_, s := d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees), named("m1", "zhang", `{"value":126,"unit":"mg"}`))))
	if s.Refused != 1 || s.Results[1].RejectID == "" {
		t.Fatalf("%+v", s)
	}
	b, err := hex.DecodeString(s.Results[1].RejectID)
	must(t, err)
	id := [16]byte(b)
	kept, err := d.s.RejectByID(t.Context(), d.w, id)
	must(t, err)
	if kept.Reason != "unknown_unit" || kept.Field != "properties.unit" || kept.Type != "glucose" {
		t.Errorf("%+v", kept)
	}
	var was intake.Refused
	must(t, json.Unmarshal(kept.Raw, &was))
	d.now = d.now.Add(48 * time.Hour)
	source := event.Source{Number: 1, Name: "app"}
	entry := audit.Entry{Actor: "staff:1", Action: "quarantine.replay"}
	if _, f, err := d.h.Replay(t.Context(), d.w, source, id, was, nil, entry); err != nil || f == nil || f.Code != "unknown_unit" {
		t.Fatalf("as it was: %v %v", f, err)
	}
	mended := []byte(strings.Replace(string(was.Raw), `"mg"`, `"mg/dL"`, 1))
	eventID, f, err := d.h.Replay(t.Context(), d.w, source, id, was, mended, entry)
	if err != nil || f != nil || eventID == "" {
		t.Fatalf("mended: %q %v %v", eventID, f, err)
	}
	seq, _ := event.SeqOf(eventID)
	e, err := d.s.EventsBySeq(t.Context(), d.w, 1, []event.Seq{seq})
	must(t, err)
	if got := time.UnixMicro(e[0].Occurred).UTC().Format(time.RFC3339); got != "2026-03-08T03:20:00Z" {
		t.Errorf("lies at %s, want the moment it was measured", got)
	}
	if again, f, err := d.h.Replay(t.Context(), d.w, source, id, was, mended, entry); err != nil || f != nil || again != "" {
		t.Errorf("a second time: %q %v %v", again, f, err)
	}
	// The sender mends it too, under its own id: that is another message.
	_, s = d.post("batch", strings.NewReader(batch(named("m1", "zhang", `{"value":126,"unit":"mg/dL"}`))))
	if s.Stored != 1 {
		t.Errorf("%+v", s)
	}
}

func TestAMillionBadEventsFillNothing(t *testing.T) {
	d := newDesk(t)
	var rs []store.Reject
	for i := range 50 {
		rs = append(rs, store.Reject{ID: [16]byte{1, byte(i)}, Source: 1, Reason: "x", Raw: []byte("{}"), Last: 1})
	}
	full, err := d.s.AddRejects(t.Context(), d.w, rs, 20)
	must(t, err)
	if len(full) != 30 || len(d.rejects(store.RejectFilter{State: "open"})) != 20 {
		t.Errorf("%d beyond, %d kept", len(full), len(d.rejects(store.RejectFilter{})))
	}
	bad := strings.Repeat(track("zhang", "glucos", `{}`)+",", 999) + track("zhang", "glucos", `{}`)
	for range 3 {
		if _, s := d.post("batch", strings.NewReader(batch(bad))); s.Refused != 1000 {
			t.Fatalf("%+v", s)
		}
	}
	if got := d.rejects(store.RejectFilter{Reason: "unknown_event_type"}); len(got) != 1 || got[0].Times != 3000 {
		t.Errorf("the same event three thousand times: %d rows", len(got))
	}
}

func TestASourceThatSendsTooFastWaits(t *testing.T) {
	d := newDesk(t)
	_, err := d.s.ChangeSource(t.Context(), d.w, 1, func(s *store.Source) error { s.Rate, s.Burst = 100, 1000; return nil })
	must(t, err)
	many := strings.Repeat(`{},`, 999) + `{}`
	if status, _ := d.post("batch", strings.NewReader(batch(many))); status != http.StatusOK {
		t.Fatal(status)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/batch", strings.NewReader(batch(strings.Repeat(`{},`, 249)+`{}`)))
	r.SetBasicAuth("wk", "")
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "3" || !strings.Contains(w.Body.String(), "too_fast") {
		t.Fatalf("%d, Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	d.now = d.now.Add(2500 * time.Millisecond)
	if status, _ := d.post("batch", strings.NewReader(batch(strings.Repeat(`{},`, 249)+`{}`))); status != http.StatusOK {
		t.Errorf("after the wait: %d", status)
	}
}

func TestWhatComesIsCountedAndSeen(t *testing.T) {
	d := newDesk(t)
	d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees), track("zhang", "glucose", `{"value":7.0,"unit":"mmol/L"}`), track("zhang", "glucos", `{}`))))
	d.post("page", strings.NewReader(`{"userId":"zhang","name":"首页","properties":{"path":"/a"}}`))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	d.h.Run(ctx)
	minute := d.now.Truncate(time.Minute).UnixMicro()
	got, err := d.s.Minutes(t.Context(), d.w, 1, minute, minute+60e6, 60e6)
	must(t, err)
	if len(got) != 1 || got[0].Requests != 2 || got[0].Stored != 3 || got[0].Refused != 1 || got[0].Bytes == 0 {
		t.Errorf("%+v", got)
	}
	seen, newest := d.h.Arrivals(d.w, 0, 100)
	if newest != 4 || len(seen) != 4 || seen[1].Type != "glucose" || seen[1].Status != "stored" || seen[2].Code != "unknown_event_type" || seen[3].Type != "page" {
		t.Errorf("%d: %+v", newest, seen)
	}
	if more, _ := d.h.Arrivals(d.w, 3, 100); len(more) != 1 {
		t.Errorf("since the third: %+v", more)
	}
}

func TestASourceUsesItsOwnNames(t *testing.T) {
	d := newDesk(t)
	_, err := d.s.ChangeSource(t.Context(), d.w, 1, func(s *store.Source) error {
		s.Names = map[string]string{"Blood Glucose Measured": "glucose"}
		return nil
	})
	must(t, err)
	_, s := d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees), track("zhang", "Blood Glucose Measured", `{"value":7.0,"unit":"mmol/L"}`))))
	if s.Stored != 2 {
		t.Errorf("%+v", s)
	}
}
