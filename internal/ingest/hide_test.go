package ingest_test

import (
	"math"
	"strings"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

// A source corrects and takes back what it sent itself: nothing a doctor signed, nothing of the person or of another source.
func TestASourceHidesOnlyItsOwn(t *testing.T) {
	d := newDesk(t)
	_, s := d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees), track("zhang", "weight", `{"value":70}`))))
	own := s.Results[1].EventID
	_, o := d.post("batch", strings.NewReader(batch(track("li", "consent", agrees), track("li", "weight", `{"value":60}`))))
	of := func(who string) conductor.Item {
		return conductor.Item{Ident: []conductor.Identifier{{Type: "userId", Scope: "app", Value: who}}}
	}
	stated := func(e event.Event) string {
		t.Helper()
		it := of("zhang")
		e.Occurred, e.Num = d.now.UnixMicro(), math.NaN()
		it.Event = e
		out, err := d.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{it})
		must(t, err)
		return out[0].Event.ID()
	}
	signed := stated(event.Event{Type: event.Diagnosis, A: event.Intern("t2"), B: event.Intern("confirmed"), X: []float64{1}, Actor: "staff:a"})
	mine := stated(event.Event{Type: event.Symptom, A: event.Intern("fever"), Actor: "self"})
	other := stated(event.Event{Type: event.Symptom, A: event.Intern("dizzy"), Source: 99, Actor: "source"})
	send := func(key, id string) (status, code, field, hint string) {
		t.Helper()
		e := strings.Replace(track("zhang", "weight", `{"value":71}`), `{"type"`, `{"`+key+`":"`+id+`","type"`, 1)
		_, s := d.post("batch", strings.NewReader(batch(e)))
		r := s.Results[0]
		return r.Status, r.Code, r.Field, r.HintText.Zh
	}
	for _, key := range []string{"supersedes", "retracts"} {
		for id, want := range map[string]string{signed: "signed_by_another", mine: "not_of_this_source", other: "not_of_this_source", o.Results[1].EventID: "nothing_to_hide"} {
			if status, code, field, hint := send(key, id); status != "refused" || code != want || !strings.HasSuffix(field, key) || hint == "" {
				t.Errorf("%s: %s %s %s %q, want %s", key, status, code, field, hint, want)
			}
		}
	}
	if status, code, _, _ := send("supersedes", own); status != "stored" {
		t.Errorf("its own: %s %s", status, code)
	}
}

// Sources sign nothing, see no papers and do not say how to inform a patient.
func TestWhatASourceMayNotClaim(t *testing.T) {
	d := newDesk(t)
	_, s := d.post("batch", strings.NewReader(batch(track("zhang", "consent", agrees),
		track("zhang", "disclosure", `{"mode":"family_first"}`),
		track("zhang", "hba1c", `{"value":7.1,"verified":true}`),
		track("zhang", "diagnosis", `{"condition":"t2","status":"confirmed","signed":true}`),
		track("zhang", "hba1c", `{"value":7.1,"verified":false}`))))
	for i, want := range []string{"", "doctor_only", "verified_by_staff", "signed_by_account_only", ""} {
		if r := s.Results[i]; r.Code != want || (want == "") != (r.Status == "stored") {
			t.Errorf("event %d: %+v, want %q", i, r, want)
		}
	}
}
