package conversation

import (
	"math"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// at is a moment of one day, in the service's hours unless a test says otherwise.
func at(hour, minute int) int64 {
	return time.Date(2026, 3, 9, hour, minute, 0, 0, time.UTC).UnixMicro()
}

// says is a chat.
func says(from, kind string, when int64, more ...func(*event.Event)) event.Event {
	e := event.Event{Type: event.Chat, Num: math.NaN(), A: event.Intern(from), B: event.Intern(kind), Occurred: when}
	for _, m := range more {
		m(&e)
	}
	return e
}

func content(key string) func(*event.Event) {
	return func(e *event.Event) { e.C = event.Intern(key) }
}

func by(way string) func(*event.Event) {
	return func(e *event.Event) {
		x, _ := ChannelCode(way)
		e.X = []float64{x}
	}
}

// does is a deed of staff with a conversation.
func does(action string, when int64, more ...func(*event.Event)) event.Event {
	e := event.Event{Type: event.Handled, Num: math.NaN(), A: event.Intern(action), Occurred: when}
	for _, m := range more {
		m(&e)
	}
	return e
}

func until(when int64) func(*event.Event) { return func(e *event.Event) { e.Num = float64(when) } }
func about(q event.Seq) func(*event.Event) {
	return func(e *event.Event) { e.X = []float64{float64(q)} }
}

// fold makes a talk of events, which get the places 1, 2, ... in the log.
func fold(es ...event.Event) Talk {
	t, _ := Of(7, line(es...))
	return t
}

func line(es ...event.Event) *timeline.Timeline {
	tl := &timeline.Timeline{}
	for i := range es {
		es[i].Seq, es[i].Received, es[i].Person = event.Seq(i+1), es[i].Occurred, 7
		tl.Add(&es[i])
	}
	return tl
}

func TestStateAt(t *testing.T) {
	tests := []struct {
		name  string
		talk  Talk
		now   int64
		state State
	}{
		{"the person wrote", fold(says("person", "reply", at(10, 2))), at(10, 5), Open},
		{"we wrote first: nobody waits", fold(says("staff", "reply", at(10, 2))), at(10, 5), Theirs},
		{"answered", fold(says("person", "reply", at(10, 2)), says("staff", "reply", at(10, 3))), at(10, 5), Theirs},
		{"a broadcast answers nobody", fold(says("person", "reply", at(10, 2)), says("staff", "bulk", at(10, 3))), at(10, 5), Open},
		{"the assistant answered", fold(says("person", "reply", at(10, 2)), says("bot", "automatic", at(10, 2), content("answer:a"))), at(10, 5), Theirs},
		{"the assistant only said who will", fold(says("person", "reply", at(10, 2)), says("bot", "automatic", at(10, 2), content(HandedContent))), at(10, 5), Open},
		{"put aside", fold(says("person", "reply", at(10, 2)), does(PutAside, at(10, 3), until(at(14, 0)))), at(13, 59), Snoozed},
		{"at the moment it was put aside until", fold(says("person", "reply", at(10, 2)), does(PutAside, at(10, 3), until(at(14, 0)))), at(14, 0), Open},
		{"put aside, and the person writes", fold(says("person", "reply", at(10, 2)), does(PutAside, at(10, 3), until(at(14, 0))), says("person", "reply", at(11, 0))), at(11, 0), Open},
		{"answered and put aside: open again then", fold(says("person", "reply", at(10, 2)), says("staff", "reply", at(10, 3)), does(PutAside, at(10, 4), until(at(14, 0)))), at(14, 1), Open},
		{"done", fold(says("person", "reply", at(10, 2)), does(Done, at(10, 3))), at(10, 5), Closed},
		{"done, and the person writes", fold(says("person", "reply", at(10, 2)), does(Done, at(10, 3)), says("person", "reply", at(11, 0))), at(11, 0), Open},
		{"opened again by hand", fold(says("person", "reply", at(10, 2)), does(Done, at(10, 3)), does(Reopened, at(10, 4))), at(10, 5), Open},
		{"an emergency is not put aside", fold(says("person", "reply", at(10, 2)), does(Alarmed, at(10, 2), about(1)), does(PutAside, at(10, 3), until(at(14, 0)))), at(10, 5), Open},
		{"promised, then answered", fold(says("person", "reply", at(10, 2)), does(Promised, at(10, 3), until(at(14, 0))), says("staff", "reply", at(11, 0))), at(11, 1), Theirs},
		{"history waits for nobody", fold(says("person", "reply", at(10, 2), func(e *event.Event) { e.Flags = event.Imported })), at(10, 5), Theirs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.talk.StateAt(tt.now); got != tt.state {
				t.Errorf("state %q, want %q: %+v", got, tt.state, tt.talk)
			}
		})
	}
}

func TestOf(t *testing.T) {
	if _, there := Of(7, line(does(Noted, at(9, 0)))); there {
		t.Error("a note is no conversation")
	}
	talk := fold(
		says("person", "reply", at(10, 0), by("kf")), says("person", "reply", at(10, 1), by("kf")),
		says("bot", "automatic", at(10, 1), content(HandedContent), by("kf")), says("staff", "reply", at(10, 2)), does(Assigned, at(10, 3), func(e *event.Event) { e.B = event.Intern("S2") }),
	)
	if talk.Waiting != 0 || talk.Human != at(10, 2) || talk.Owner.String() != "S2" || talk.Channel() != "kf" || talk.HeardSeq != 2 {
		t.Errorf("folded to %+v", talk)
	}
	if talk.Sent != 1 { // what went in the app takes nothing of the window of customer service
		t.Errorf("sent %d by the way of the person, want 1", talk.Sent)
	}
	if w := talk.Window(time.UnixMicro(at(11, 1))); w.Left != 4 || !w.Until.Equal(time.UnixMicro(at(10, 1)).Add(48*time.Hour)) {
		t.Errorf("window %+v", w)
	}
	waits := fold(says("person", "reply", at(10, 0)), says("person", "reply", at(10, 9)))
	if waits.Waiting != at(10, 0) {
		t.Errorf("waits since %d, want since the first word", waits.Waiting)
	}
	done := fold(says("person", "reply", at(10, 0)), does(Assigned, at(10, 1), func(e *event.Event) { e.B = event.Intern("S2") }), does(Done, at(10, 3)))
	if done.Owner != 0 {
		t.Error("what is done is the owner's again")
	}
	hidden := fold(says("person", "reply", at(10, 0), func(e *event.Event) { e.Flags = event.Hidden }))
	if hidden.Last != 0 {
		t.Error("what was taken back was not said")
	}
}

func TestLacking(t *testing.T) {
	es := []event.Event{
		says("person", "reply", at(10, 0)), does(Unanswered, at(10, 0), about(1)), says("person", "reply", at(10, 1)), does(Unanswered, at(10, 1), about(3)),
		does(Settled, at(10, 2), about(1)), does(Unanswered, at(10, 3), func(e *event.Event) { e.X = []float64{math.Inf(-1)} }),
	}
	if got := Lacking(line(es...)); len(got) != 2 || got[0] != 3 {
		t.Errorf("lacking %v, want the one not settled and the nonsense one as 0", got)
	}
	if n := fold(es...).Lacking; n != 2 {
		t.Errorf("counted %d", n)
	}
}

func TestDue(t *testing.T) {
	p := DefaultPolicy()
	tests := []struct {
		name string
		talk Talk
		due  int64
	}{
		{"nobody waits", fold(says("staff", "reply", at(10, 0))), 0},
		{"within half an hour", fold(says("person", "reply", at(10, 0))), at(10, 30)},
		{"what was promised counts", fold(says("person", "reply", at(10, 0)), does(Promised, at(10, 1), until(at(16, 0)))), at(16, 0)},
		{"written at night", fold(says("person", "reply", at(3, 0))), at(8, 30)},
		{"ten minutes before the end", fold(says("person", "reply", at(20, 50))), at(24+8, 20)},
		{"half an hour before the end, to the minute", fold(says("person", "reply", at(20, 30))), at(21, 0)},
		{"after the end", fold(says("person", "reply", at(21, 0))), at(24+8, 30)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Due(&tt.talk, time.UTC); got != tt.due {
				t.Errorf("due %v, want %v", time.UnixMicro(got).UTC(), time.UnixMicro(tt.due).UTC())
			}
			many := p.Dues(time.UTC)
			if a, b := many.Due(&tt.talk), many.Due(&tt.talk); a != tt.due || b != tt.due {
				t.Errorf("reckoned with others %d, then %d, want %d", a, b, tt.due)
			}
		})
	}
	always := Policy{Within: time.Hour}
	if talk := fold(says("person", "reply", at(3, 0))); always.Due(&talk, time.UTC) != at(4, 0) {
		t.Error("without hours it counts day and night")
	}
}

func TestUrgency(t *testing.T) {
	order := []Urgency{
		{Safety: true, Since: at(11, 0)}, {Due: at(10, 30), Since: at(10, 0)}, {Due: at(10, 45), Since: at(9, 0)}, {Due: at(10, 45), Since: at(9, 30)}, {Since: at(8, 0)}, {},
	}
	for i := range order {
		for j := range order {
			got := order[i].Compare(order[j])
			if (i < j) != (got < 0) || (i == j) != (got == 0) {
				t.Errorf("%d to %d: %d", i, j, got)
			}
		}
	}
}

func TestDecide(t *testing.T) {
	on := Assistant{On: true, Least: 0.6}
	fresh, waits := fold(), fold(says("person", "reply", at(9, 0)))
	human := fold(says("person", "reply", at(9, 0)), says("staff", "reply", at(9, 1)))
	given := fold(says("staff", "reply", at(9, 1)), does(GivenBack, at(9, 2)))
	taken := fold(says("person", "reply", at(9, 0)), does(Taken, at(9, 1)))
	near := Near{ID: "a", Text: "x", Near: 0.6}
	tests := []struct {
		name      string
		a         Assistant
		before    Talk
		emergency bool
		best      Near
		want      Reply
	}{
		{"off", Assistant{Least: 0.6}, fresh, false, near, Reply{}},
		{"as near as it must be", on, fresh, false, near, Reply{Do: Answers}},
		{"a little less near", on, fresh, false, Near{ID: "a", Near: 0.599}, Reply{Do: Hands, Lacking: true}},
		{"nothing is known", on, fresh, false, Near{}, Reply{Do: Hands, Lacking: true}},
		{"told already that a human will", on, waits, false, Near{}, Reply{Lacking: true}},
		{"a human talks", on, human, false, near, Reply{}},
		{"a human took over", on, taken, false, near, Reply{}},
		{"given back", on, given, false, near, Reply{Do: Answers}},
		{"an emergency is never answered", on, fresh, true, Near{ID: "a", Near: 1}, Reply{Do: Hands, Alarm: true}},
		{"an emergency while it is off", Assistant{}, fresh, true, near, Reply{Alarm: true}},
		{"an emergency while a human talks", on, human, true, near, Reply{Alarm: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a.Decide(&tt.before, tt.emergency, tt.best, at(9, 5), 24*time.Hour); got != tt.want {
				t.Errorf("decided %+v, want %+v", got, tt.want)
			}
		})
	}
	if !human.BotAt(at(9+24, 1), 24*time.Hour) || human.BotAt(at(9+24, 1)-1, 24*time.Hour) {
		t.Error("the pause ends a day after, not before")
	}
}

func TestSettings(t *testing.T) {
	if err := DefaultSettings().Check(); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []func(*TalkSettings){
		func(s *TalkSettings) { s.Least = 0.2 }, func(s *TalkSettings) { s.Least = math.NaN() }, func(s *TalkSettings) { s.Pause = 0 },
		func(s *TalkSettings) { s.Within = 4 }, func(s *TalkSettings) { s.From = s.To }, func(s *TalkSettings) { s.To = 1441 },
	} {
		s := DefaultSettings()
		if wrong(&s); s.Check() == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	var es []event.Event
	for i := range 2000 {
		es = append(es, event.Event{Type: event.Glucose, Num: 7, Occurred: at(0, i)})
	}
	for i := range 100 {
		es = append(es, says("person", "reply", at(40, i)), says("staff", "reply", at(40, i)+1))
	}
	tl := line(es...)
	for b.Loop() {
		Of(7, tl)
	}
}
