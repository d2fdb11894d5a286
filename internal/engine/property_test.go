package engine

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/task"
	"peiban/internal/timeline"
	"peiban/programmes"
)

func diabetes(t testing.TB) *Programme {
	t.Helper()
	c, problems := programme.Open(programmes.FS, "diabetes")
	if c == nil {
		t.Fatal(problems)
	}
	return Prepare(c)
}

// arrival is one event and when it is learned of. reply 1 and 2 end the newest open task instead: done, skipped.
type arrival struct {
	at    int64
	e     event.Event
	reply int
}

var testWho = Who{Workspace: "01TEST0000000000000000000A", ID: "01TEST0000000000000000000B", Number: 1}

// life is one person stepped through arrivals the way the server does it, with every message sent at once.
type life struct {
	p      *Programme
	tl     timeline.Timeline
	loc    *time.Location
	s      *State
	m      Memo
	seq    event.Seq
	wake   int64
	last   int64
	forget bool            // ask everything anew each time
	look   func(now int64) // after every step
	log    []string        // effects in order, with their moments
	open   []task.Task
	said   []string // what was asked for, in words
	ended  []journey.Run
	when   func(now int64) string
	who    *Who // nil: testWho
	mute   bool // nothing is sent by itself
}

func (l *life) say(now int64, what string) {
	if l.when != nil {
		what = l.when(now) + " " + what
	} else {
		what = "at " + what
	}
	l.said = append(l.said, what)
}

func newLife(p *Programme, loc *time.Location) *life {
	return &life{p: p, loc: loc, s: &State{V: 1}, wake: Never}
}

func (l *life) view() timeline.View { return timeline.View{Timeline: &l.tl, Loc: l.loc} }

func (l *life) step(in Input, now int64) {
	if l.forget {
		l.m.Forget()
	}
	who := testWho
	if l.who != nil {
		who = *l.who
	}
	out := Step([]*Programme{l.p}, who, l.view(), l.s, &l.m, in, now)
	l.wake, l.last = out.Wake, now
	for _, tr := range out.Transitions {
		l.log = append(l.log, fmt.Sprintf("%d %s %s %v", now, tr.Kind, tr.Key, tr.Gained))
	}
	for _, e := range out.Ended {
		l.ended = append(l.ended, e.Run)
		l.log = append(l.log, fmt.Sprintf("%d ended %s %s", now, e.Run.ID, e.Reason))
	}
	for _, x := range out.Tasks {
		l.log = append(l.log, fmt.Sprintf("%d task %s", now, x.ID))
		if x.Kind == "task" {
			l.say(now, "task "+x.Script)
			l.open = append(l.open, x)
		}
	}
	if l.look != nil {
		l.look(now)
	}
	for _, m := range out.Messages {
		l.log = append(l.log, fmt.Sprintf("%d message %s", now, m.ID))
		l.say(now, m.Kind+" "+m.Content)
		if l.mute {
			continue
		}
		l.add(event.Event{
			Type: event.MessageSent, Num: event.Ref(string(m.ID)), A: event.Intern(m.Journey), B: event.Intern(m.Content),
			C: event.Intern(string(m.Class)), Occurred: now,
		}, now)
	}
	for _, e := range out.Events {
		l.say(now, fmt.Sprintf("event %s %v %s", e.Type, e.Num, e.A))
		e.Occurred = now
		l.add(e, now)
	}
}

func (l *life) add(e event.Event, now int64) {
	l.seq++
	e.Seq, e.Received = l.seq, now
	l.tl.Add(&e)
	l.tl.Mark(&e)
	l.step(Input{Event: &e}, now)
}

func (l *life) advance(now int64) {
	for l.wake <= now {
		l.step(Input{}, max(l.wake, l.last))
	}
}

func (l *life) happen(a arrival) {
	l.advance(a.at)
	e := a.e
	if a.reply > 0 {
		if len(l.open) == 0 {
			return
		}
		x := l.open[len(l.open)-1]
		l.open = l.open[:len(l.open)-1]
		e = event.Event{Type: event.TaskDone, Occurred: a.at, Num: event.Ref(string(x.ID)), B: event.Intern(x.Script), C: event.Intern("reached")}
		if a.reply == 2 {
			e.Type = event.TaskSkipped
		}
	}
	l.add(e, a.at)
}

func (l *life) encode(t interface{ Fatal(...any) }) []byte {
	b, err := l.s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// live runs all of as and then until end; ticks are moments at which somebody looks in between.
func (l *life) live(as []arrival, ticks []int64, end int64) {
	for _, a := range as {
		for len(ticks) > 0 && ticks[0] <= a.at {
			l.advance(ticks[0])
			l.step(Input{}, max(ticks[0], l.last))
			ticks = ticks[1:]
		}
		l.happen(a)
	}
	for _, at := range ticks {
		l.advance(at)
		l.step(Input{}, max(at, l.last))
	}
	l.advance(end)
}

var testZones = []string{"Asia/Shanghai", "America/New_York", "Europe/London", "UTC", "Pacific/Apia"}

// genHistory makes a person's events over some weeks around a change of the clocks: in time and late, corrected and
// taken back, imported, at the limits of the rules and at exact periods from one another.
func genHistory(t *rapid.T) (as []arrival, loc *time.Location, end int64) {
	loc, err := time.LoadLocation(rapid.SampledFrom(testZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	day := (24 * time.Hour).Microseconds()
	now := time.Date(2026, 3, rapid.IntRange(1, 10).Draw(t, "day"), 9, 0, 0, 0, time.UTC).UnixMicro()
	fact := func(e event.Event) {
		e.Occurred = now
		as = append(as, arrival{at: now, e: e})
	}
	fact(event.Event{Type: event.Consent, Num: 1, A: event.Intern("basic_service"), B: event.Intern("1")})
	if rapid.Bool().Draw(t, "owner") {
		fact(event.Event{Type: event.Assigned, Num: math.NaN(), A: event.Intern("liu")})
	}
	fact(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern("diabetes")})
	gaps := []int64{0, 1, time.Minute.Microseconds(), 5 * time.Minute.Microseconds(), time.Hour.Microseconds(), day / 2, day, day, day, 3 * day, 14 * day}
	n := rapid.IntRange(1, 40).Draw(t, "n")
	for range n {
		now += rapid.SampledFrom(gaps).Draw(t, "gap")
		a := arrival{at: now}
		e := &a.e
		e.Num, e.Occurred = math.NaN(), now
		switch rapid.IntRange(0, 17).Draw(t, "type") {
		case 0:
			e.Type = event.ContactAdded
		case 1:
			e.Type = rapid.SampledFrom([]event.Type{event.ContactRemoved, event.CampEnrolled, event.CampEnded, event.CheckIn}).Draw(t, "kind")
			if e.Type == event.CampEnded {
				e.B = event.Intern("finished")
			}
		case 2:
			e.Type, e.Num = event.Profile, float64(rapid.SampledFrom([]int{1940, 1990, 2026}).Draw(t, "born"))
			e.B, e.C = event.Intern("t2"), event.Intern(rapid.SampledFrom([]string{"oral", "basal", ""}).Draw(t, "treatment"))
			e.X = []float64{float64(rapid.SampledFrom([]int{2010, 2025, 2026}).Draw(t, "diagnosed")), 0.6, float64(rapid.IntRange(0, 1).Draw(t, "alone"))}
		case 3:
			e.Type, e.A = event.Chat, event.Intern(rapid.SampledFrom([]string{"person", "staff"}).Draw(t, "from"))
		case 4:
			e.Type, e.Num = event.HbA1c, rapid.SampledFrom([]float64{6.5, 7, 7.9, 8}).Draw(t, "hba1c")
		case 5:
			e.Type, e.A = event.TargetSet, event.Intern(rapid.SampledFrom([]string{"adult", "older", "gdm", "none"}).Draw(t, "target"))
		case 6:
			e.Type, e.Num = event.PlanSet, float64(rapid.IntRange(0, 14).Draw(t, "plan"))
		case 7:
			a.reply = rapid.IntRange(1, 2).Draw(t, "reply")
		case 8:
			e.Type, e.A = event.Medication, event.Intern("su")
			e.B = event.Intern(rapid.SampledFrom([]string{"start", "stop", "taken"}).Draw(t, "action"))
		default:
			e.Type = event.Glucose
			e.Num = rapid.SampledFrom([]float64{1, 2.8, 3, 3.5, 3.9, 4.4, 6, 7, 7.1, 9, 10, 13.9, 16.6, 16.7, 20}).Draw(t, "value")
			e.A = event.Intern(rapid.SampledFrom([]string{"fasting", "fasting", "after_lunch_2h", "bedtime", "random", ""}).Draw(t, "context"))
			switch rapid.IntRange(0, 20).Draw(t, "flag") {
			case 0:
				e.Flags |= event.LO
			case 1:
				e.Flags |= event.HI
			case 2:
				e.Flags |= event.Implausible
			}
		}
		switch rapid.IntRange(0, 11).Draw(t, "how") {
		case 0: // late
			e.Occurred -= rapid.SampledFrom([]int64{time.Minute.Microseconds(), 2 * time.Hour.Microseconds(), 3 * time.Hour.Microseconds(), day, 8 * day, 14 * day, 29 * day}).Draw(t, "late")
		case 1: // the sender's clock is ahead
			e.Occurred += rapid.SampledFrom([]int64{1, time.Minute.Microseconds(), day}).Draw(t, "ahead")
		case 2:
			e.Flags |= event.Imported
			e.Occurred -= rapid.Int64Range(0, 40).Draw(t, "ago") * day
		case 3:
			if a.reply == 0 {
				e.Supersedes = event.Seq(rapid.IntRange(1, len(as)+1).Draw(t, "supersedes"))
			}
		case 4:
			*e = event.Event{Type: event.Correction, Num: math.NaN(), Occurred: now, Retracts: event.Seq(rapid.IntRange(1, len(as)+1).Draw(t, "retracts"))}
			a.reply = 0
		}
		as = append(as, a)
	}
	return as, loc, now + 45*day
}

// What was kept from the last evaluation never shows: a person stepped with it, without it, looked at more often,
// or from the beginning again comes out the same to the byte, with the same effects at the same moments.
func TestStepDependsOnHistoryOnly(t *testing.T) {
	p := diabetes(t)
	rapid.Check(t, func(t *rapid.T) {
		as, loc, end := genHistory(t)
		ticks := rapid.SliceOfN(rapid.Int64Range(as[0].at, end), 0, 30).Draw(t, "ticks")
		slices.Sort(ticks)

		kept := newLife(p, loc)
		kept.live(as, nil, end)
		want := kept.encode(t)
		for _, x := range []struct {
			name   string
			forget bool
			ticks  []int64
		}{{"again", false, nil}, {"with nothing remembered", true, nil}, {"with more looks", false, ticks}, {"with both", true, ticks}} {
			l := newLife(p, loc)
			l.forget = x.forget
			l.live(as, x.ticks, end)
			for i := range max(len(kept.log), len(l.log)) {
				a, b := "nothing", "nothing"
				if i < len(kept.log) {
					a = kept.log[i]
				}
				if i < len(l.log) {
					b = l.log[i]
				}
				if a != b {
					t.Fatalf("%s: %s, not %s", x.name, b, a)
				}
			}
			if got := l.encode(t); !bytes.Equal(got, want) {
				t.Fatalf("%s:\n%s\nnot\n%s", x.name, got, want)
			}
		}
	})
}

// At every moment that anything happens, and right before the next wake, the state says what a full evaluation says.
func TestStateIsTheEvaluation(t *testing.T) {
	p := diabetes(t)
	rapid.Check(t, func(t *rapid.T) {
		as, loc, end := genHistory(t)
		l := newLife(p, loc)
		equal := func(now int64) {
			pr := l.s.Progress(p.Key)
			if pr == nil {
				return
			}
			tags, stage := p.Evaluate(l.view(), now)
			for _, a := range tags {
				if pr.Has(a.Tag.Key) != (a.Truth == rule.True) {
					t.Fatalf("%s: tag %s: the state says %v", time.UnixMicro(now).In(loc), a.Tag.Key, pr.Has(a.Tag.Key))
				}
			}
			if stage.Stage == nil || stage.Stage.Key != pr.Stage {
				t.Fatalf("%s: the state says stage %s, not %v", time.UnixMicro(now).In(loc), pr.Stage, stage.Stage)
			}
		}
		next := int64(math.MaxInt64)
		l.look = func(now int64) {
			equal(now)
			next = l.wake
		}
		for _, a := range as {
			if a.at <= next && a.at > l.last {
				equal(a.at - 1) // nothing was due before it
			}
			for l.wake <= a.at {
				equal(l.wake - 1)
				l.step(Input{}, max(l.wake, l.last))
			}
			l.happen(a)
		}
		for l.wake <= end {
			equal(l.wake - 1)
			l.step(Input{}, l.wake)
		}
	})
}

// A step done twice, as after a crash, asks for the same things.
func TestStepTwiceAsksTheSame(t *testing.T) {
	p := diabetes(t)
	rapid.Check(t, func(t *rapid.T) {
		as, loc, _ := genHistory(t)
		l := newLife(p, loc)
		for _, a := range as {
			l.advance(a.at)
			if a.reply > 0 {
				continue
			}
			l.seq++
			e := a.e
			e.Seq, e.Received = l.seq, a.at
			l.tl.Add(&e)
			again, memo := l.s.Clone(), Memo{}
			one := Step([]*Programme{p}, testWho, l.view(), l.s, &l.m, Input{Event: &e}, a.at)
			two := Step([]*Programme{p}, testWho, l.view(), again, &memo, Input{Event: &e}, a.at)
			l.wake, l.last = one.Wake, a.at
			if len(one.Messages) != len(two.Messages) || len(one.Tasks) != len(two.Tasks) || len(one.Ended) != len(two.Ended) ||
				len(one.Transitions) != len(two.Transitions) {
				t.Fatalf("a step asks for %d messages and %d tasks, then for %d and %d", len(one.Messages), len(one.Tasks), len(two.Messages), len(two.Tasks))
			}
			for i := range one.Messages {
				if one.Messages[i].ID != two.Messages[i].ID {
					t.Fatalf("message %s is %s the second time", one.Messages[i].ID, two.Messages[i].ID)
				}
			}
			for i := range one.Tasks {
				if one.Tasks[i].ID != two.Tasks[i].ID {
					t.Fatalf("task %s is %s the second time", one.Tasks[i].ID, two.Tasks[i].ID)
				}
			}
			x, _ := l.s.Encode()
			y, _ := again.Encode()
			if !bytes.Equal(x, y) {
				t.Fatalf("%s\nnot\n%s", y, x)
			}
		}
	})
}
