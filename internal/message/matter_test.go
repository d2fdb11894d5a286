package message

import (
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/timeline"
)

func TestWhatIsOpenHoldsWhatAPlanSays(t *testing.T) {
	type fact struct {
		t       event.Type
		a, c    string
		outcome string // what is open after it
	}
	tl := &timeline.Timeline{}
	for i, f := range []fact{
		{event.TaskOpened, "low", "", ""},
		{event.TaskOpened, "low", "alert", OpenAlert},
		{event.Complaint, "opened", "", OpenAlert},
		{event.AlertClosed, "", "reached", OpenComplaint},
		{event.AdverseEvent, "suspected", "", OpenAdverse},
		{event.AdverseEvent, "opened", "", OpenAdverse},
		{event.AdverseEvent, "reported", "", OpenAdverse},
		{event.AdverseEvent, "closed", "", OpenComplaint},
		{event.AdverseEvent, "suspected", "", OpenAdverse},
		{event.AdverseEvent, "dismissed", "", OpenComplaint},
		{event.Complaint, "closed", "", ""},
	} {
		e := event.Event{Type: f.t, Seq: event.Seq(i + 1), Occurred: int64(i), Received: int64(i), A: event.Intern(f.a), C: event.Intern(f.c)}
		tl.Add(&e)
		if got := MatterOf(tl); got != f.outcome {
			t.Errorf("after %d, %v %s%s: %q, want %q", i, f.t, f.a, f.c, got, f.outcome)
		}
	}

	now := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	for class, want := range map[journey.Class]string{journey.Programme: OpenAlert, journey.Safety: "", journey.Asked: ""} {
		m := &Message{Class: class, Audience: "person", Content: "x"}
		f := calm(now.UnixMicro())
		f.Matter = OpenAlert
		v := Decide(m, DefaultPolicy(), f)
		if v.Reason != want || v.Send != (want == "") {
			t.Errorf("%s: %+v", class, v)
		}
		if want != "" && !time.UnixMicro(v.Until).After(now.Add(12*time.Hour)) {
			t.Errorf("%s: looked at again at %v, not the next morning", class, time.UnixMicro(v.Until))
		}
	}
}
