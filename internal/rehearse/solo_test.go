package rehearse

import (
	"os"
	"testing"
	"time"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

func trial(t *testing.T) Trial {
	t.Helper()
	f, err := programme.ReadFiles(os.DirFS("../../programmes"), "diabetes")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := f.Open()
	if c == nil {
		t.Fatal(problems)
	}
	from := time.Date(2026, 3, 8, 9, 0, 0, 0, c.Zone).UnixMicro()
	return Trial{
		Workspace: "01SOLO00000000000000000000", Compiled: c, Journey: "low-glucose", Who: engine.Who{Workspace: "01SOLO00000000000000000000", ID: person.ID("01SOLO00000000000000000001"), Number: 1},
		Loc: c.Zone, Policy: message.DefaultPolicy(), From: from, Until: from, Till: from,
	}
}

func whats(out Tried) map[string]int {
	n := map[string]int{}
	for _, l := range out.Lines {
		n[l.What]++
	}
	return n
}

// Somebody made up, a low typed by hand, the clock moved to the next thing, the task done by hand: each is seen, and the same trial says the same.
func TestOnePersonIsTakenThroughAJourney(t *testing.T) {
	x := trial(t)
	if out := Solo(x); out.State != "outside" || len(out.Lines) != 0 || out.Now != x.From {
		t.Fatalf("before anything: %+v", out)
	}
	low, problems := x.Compiled.Happening("glucose 2.8 before_lunch", x.From)
	if len(low) != 1 {
		t.Fatal(problems)
	}
	x.Deeds = []Deed{{At: x.From, Do: "event", Event: low}}
	out := Solo(x)
	n := whats(out)
	if out.State != "waiting" || out.Step == "" || n["event"] != 1 || n["entered"] != 1 || n["sent"] == 0 || n["task"]+n["alert"] == 0 || len(out.Cards) == 0 || out.Next <= out.Now {
		t.Fatalf("%+v %v", out, n)
	}
	if !out.Lines[0].Mine || out.Lines[0].Event != event.Glucose {
		t.Errorf("%+v", out.Lines[0])
	}
	again := Solo(x)
	if len(again.Lines) != len(out.Lines) || again.Next != out.Next || again.Step != out.Step {
		t.Errorf("another time it says %+v", again)
	}
	x.Until = out.Next
	if later := Solo(x); len(later.Lines) <= len(out.Lines) || later.Now != out.Next {
		t.Errorf("at the next thing nothing happened: %+v", later.Lines)
	}
	x.Deeds = append(x.Deeds, Deed{At: x.From + 1, Do: "answer", Of: out.Cards[0].Content, Say: "better"})
	x.Until = x.From + 1
	if out := Solo(x); len(out.Cards) != 0 {
		t.Errorf("it is not answered: %+v", out.Cards)
	}
	if events, problems := x.Compiled.Happening("glucose x", x.From); events != nil || len(problems) == 0 {
		t.Errorf("%v %v", events, problems)
	}
	if _, problems := x.Compiled.Happening("done call-after-low reached", x.From); len(problems) == 0 {
		t.Error("what staff do was taken as an event")
	}
}

// Over what really happened, from a day in the past: what was known then is the beginning, what came later comes at its time, and what the
// real journeys did is not taken over.
func TestARealPastIsWalkedThrough(t *testing.T) {
	x := trial(t)
	day := 24 * time.Hour.Microseconds()
	x.Real, x.Till, x.Until = &timeline.Timeline{}, x.From+10*day, x.From+3*day
	seq := event.Seq(0)
	add := func(e event.Event, at int64) {
		seq++
		e.Seq, e.Person, e.Occurred, e.Received = seq, 1, at, at
		x.Real.Add(&e)
		x.Real.Mark(&e)
	}
	for _, p := range []string{"basic_service", "health_data"} {
		add(event.Event{Type: event.Consent, Num: 1, A: event.Intern(p), B: event.Intern("1")}, x.From-20*day)
	}
	add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes")}, x.From-20*day)
	low := func(at int64) { add(event.Event{Type: event.Glucose, Num: 2.8, A: event.Intern("fasting")}, at) }
	low(x.From - 9*day)
	low(x.From + day)
	add(event.Event{Type: event.MessageSent, Num: 7, A: event.Intern("low-glucose"), B: event.Intern("low-now"), C: event.Intern("safety")}, x.From+day+1)
	low(x.From + 5*day)
	out := Solo(x)
	n := whats(out)
	if n["entered"] != 1 || n["sent"] == 0 || out.Lines[0].At != x.From+day || out.Lines[0].Mine {
		t.Errorf("%v %+v", n, out.Lines)
	}
	if x.Real.Len() != int(seq) {
		t.Error("the real timeline was written to")
	}
	x.Entered, x.Until = true, x.From
	if out := Solo(x); whats(out)["entered"] != 1 || out.Lines[0].What != "entered" {
		t.Errorf("put in: %+v", out.Lines)
	}
}
