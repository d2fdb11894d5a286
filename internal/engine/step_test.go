package engine

import (
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
)

// someone is a person of the diabetes programme, in Shanghai, with an owner unless told otherwise.
func someone(t *testing.T) (l *life, now int64) {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	l = newLife(diabetes(t), loc)
	now = time.Date(2026, 3, 8, 11, 27, 0, 0, loc).UnixMicro()
	l.add(event.Event{Type: event.Consent, Num: 1, A: event.Intern("basic_service"), Occurred: now}, now)
	l.add(event.Event{Type: event.Assigned, A: event.Intern("liu"), Occurred: now}, now)
	l.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes"), Occurred: now}, now)
	return l, now
}

func reading(v float64, at int64) event.Event {
	return event.Event{Type: event.Glucose, Num: v, A: event.Intern("random"), Occurred: at}
}

func (l *life) runs() string {
	var keys []string
	for _, r := range l.s.Runs {
		keys = append(keys, r.Journey)
	}
	return strings.Join(keys, " ")
}

const minute = int64(time.Minute / time.Microsecond)

func TestCorrections(t *testing.T) {
	fix := func(v float64, at int64, of event.Seq) event.Event {
		e := reading(v, at)
		e.Supersedes = of
		return e
	}
	t.Run("a slip of the pen ends what it began, and hides no low after it", func(t *testing.T) {
		l, now := someone(t)
		l.add(reading(2.5, now), now)
		low := l.seq - 2 // before the card and the message to family
		if l.runs() != "low-glucose" {
			t.Fatalf("runs: %s", l.runs())
		}
		l.add(fix(6.5, now, low), now+minute)
		if l.runs() != "" || l.s.Progress("diabetes").Has("gl_hypo2_28d") {
			t.Fatalf("after the correction: runs %q", l.runs())
		}
		l.add(reading(3.5, now+5*minute), now+5*minute)
		if l.runs() != "low-glucose" {
			t.Errorf("a low five minutes later: runs %q", l.runs())
		}
	})
	t.Run("what is low after the correction as well goes on, founded on it", func(t *testing.T) {
		l, now := someone(t)
		l.add(reading(3.5, now), now)
		low := l.seq - 1
		l.add(fix(3.4, now, low), now+minute)
		if l.runs() != "low-glucose" || l.s.Runs[0].Trigger != l.seq {
			t.Errorf("runs %q, founded on %d", l.runs(), l.s.Runs[0].Trigger)
		}
	})
	t.Run("a worse value under the correction begins anew", func(t *testing.T) {
		l, now := someone(t)
		l.add(reading(3.5, now), now)
		first, low := l.s.Runs[0].ID, l.seq-1
		l.add(fix(2.5, now, low), now+minute)
		if l.runs() != "low-glucose" || l.s.Runs[0].ID == first {
			t.Errorf("runs %q", l.runs())
		}
	})
	t.Run("a retraction ends it too", func(t *testing.T) {
		l, now := someone(t)
		l.add(reading(3.5, now), now)
		low := l.seq - 1
		l.add(event.Event{Type: event.Correction, Retracts: low, Occurred: now + minute}, now+minute)
		if l.runs() != "" {
			t.Errorf("runs %q", l.runs())
		}
	})
}

func TestWhatAnotherSourceToldAlready(t *testing.T) {
	from := func(source int32, e event.Event) event.Event { e.Source = source; return e }
	t.Run("begins nothing and counts once", func(t *testing.T) {
		l, now := someone(t)
		l.add(from(1, reading(3.5, now)), now)
		first := l.s.Runs[0].ID
		l.add(from(2, reading(3.5, now)), now+minute)
		if l.runs() != "low-glucose" || l.s.Runs[0].ID != first || l.s.Progress("diabetes").Has("gl_hypo2_28d") {
			t.Errorf("runs %q", l.runs())
		}
	})
	t.Run("stands in when the first is taken back", func(t *testing.T) {
		l, now := someone(t)
		l.add(from(1, reading(3.5, now)), now)
		first, low := l.s.Runs[0].ID, l.seq-1
		l.add(from(2, reading(3.5, now)), now+minute)
		echo := l.seq
		l.add(event.Event{Type: event.Correction, Retracts: low, Occurred: now + 2*minute}, now+2*minute)
		if l.runs() != "low-glucose" || l.s.Runs[0].ID != first || l.s.Runs[0].Trigger != echo {
			t.Fatalf("runs %q founded on %d, want %d", l.runs(), l.s.Runs[0].Trigger, echo)
		}
		l.add(event.Event{Type: event.Correction, Retracts: echo, Occurred: now + 3*minute}, now+3*minute)
		if l.runs() != "" {
			t.Errorf("nobody says it any more: runs %q", l.runs())
		}
	})
}

// Imported history sends nothing, but who should leave because of it leaves at once.
func TestHistoryLetsLeave(t *testing.T) {
	l, now := someone(t)
	l.add(event.Event{Type: event.ContactAdded, Occurred: now}, now)
	if l.runs() != "new-patient" {
		t.Fatalf("runs %q", l.runs())
	}
	n := len(l.log)
	l.add(event.Event{Type: event.ContactRemoved, Occurred: now + minute, Flags: event.Imported}, now+2*minute)
	if l.runs() != "" {
		t.Errorf("runs %q", l.runs())
	}
	for _, s := range l.log[n:] {
		if strings.Contains(s, "message") || strings.Contains(s, " task ") {
			t.Error(s)
		}
	}
}

// Without an owner the task is for who stands in.
func TestTaskFindsSomebody(t *testing.T) {
	for _, owned := range []bool{true, false} {
		l, now := someone(t)
		want := "owner"
		if !owned {
			want = "on_duty"
			l.add(event.Event{Type: event.Assigned, Occurred: now}, now)
		}
		l.add(reading(3.5, now), now)
		if got := l.open[len(l.open)-1].Role; got != want {
			t.Errorf("owned %v: the task is for %s", owned, got)
		}
	}
}
