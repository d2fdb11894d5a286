package rehearse

import (
	"cmp"
	"math"
	"slices"
	"time"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/programme"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Deed is something done by hand to somebody who is walked through a journey.
type Deed struct {
	At    int64
	Do    string        // event, done, skip, answer, reply
	Of    string        // done, skip: the script of the task; answer: the card
	Say   string        // done: the result; answer: the answer
	Event []event.Event // event
}

// Trial is one person to be taken through one journey from a moment on.
type Trial struct {
	Workspace string
	Compiled  *programme.Compiled
	Journey   string
	Who       engine.Who
	Loc       *time.Location
	Policy    message.Policy
	Family    Family // who may read what is written to their family; nil: nobody, as of somebody made up
	// Real is what really happened to them, nil of somebody made up. Until is how far it goes: what came later has not happened.
	Real *timeline.Timeline
	Till int64

	From, Until int64 // microseconds
	Entered     bool  // they are put in at From, whatever the journey's own entry asks
	Deeds       []Deed
}

// Line is one thing that happened on the way.
type Line struct {
	At      int64
	What    string // event, entered, step, sent, held, suppressed, task, alert, ended
	Step    string
	Event   event.Type
	Message *message.Message
	Task    *task.Task
	Reason  string // why it was not sent, or how the run ended
	Mine    bool   // done by hand
}

// Tried is how somebody stands after a trial.
type Tried struct {
	Now   int64
	Next  int64 // when something is seen to happen next; engine.Never: nothing is, within Horizon
	Step  string
	State string // waiting, ended, outside
	Lines []Line
	Tasks []task.Task       // open
	Cards []message.Message // sent and not answered
}

// Horizon is how far ahead the next thing is looked for.
const Horizon = 400 * 24 * time.Hour

// mostMoves bounds one trial: a person who measures every five minutes for a year has a hundred thousand readings.
const mostMoves = 20_000

// Solo takes one person through one journey as its programme says it, over what really happened to them. Nothing is written or sent; the same
// trial gives the same answer.
func Solo(t Trial) Tried {
	s := &solo{t: t}
	compiled := *t.Compiled
	compiled.Journeys = called(t.Compiled, t.Journey, nil)
	if t.Entered {
		d := *compiled.Journeys[0]
		d.Enter = journey.Enter{On: journey.OnHand, Key: "episode"}
		d.From, d.To = 0, 0
		compiled.Journeys[0] = &d
	}
	set := &Setting{Workspace: t.Workspace, Programmes: []*engine.Programme{engine.Prepare(&compiled)}, Policy: t.Policy}
	s.w = NewWalk(set, t.Who, t.Loc, t.Family, s)
	state := &engine.State{V: 1, Programmes: []engine.Progress{{Key: compiled.Key, Joined: t.From}}}
	later := s.before(state)
	s.w.Begin(state, t.From)
	if t.Entered {
		s.w.Tell(event.Event{Type: event.JourneyStart, Num: math.NaN(), A: event.Intern(t.Journey)})
	}
	s.note()
	deeds := slices.Clone(t.Deeds)
	slices.SortStableFunc(deeds, func(a, b Deed) int { return cmp.Compare(a.At, b.At) })
	s.pass(later, deeds, t.Until)
	out := s.stands()
	out.Next = s.next(later)
	return out
}

// called is a journey and those it calls.
func called(c *programme.Compiled, key string, have []*journey.Definition) []*journey.Definition {
	d := c.Journey(key)
	if d == nil || slices.Contains(have, d) {
		return have
	}
	have = append(have, d)
	journey.Walk(d.Steps, func(st *journey.Step) {
		if st.Call != nil {
			have = called(c, st.Call.Journey, have)
		}
	})
	return have
}

type solo struct {
	t     Trial
	w     *Walk
	lines []Line
	step  string // where the run was last seen
	inRun bool
	was   bool // a run ended
	done  int  // of the events that came later
	moves int
}

// outcomes are what journeys and staff made of the real past: a trial makes its own.
var outcomes = []event.Type{
	event.TaskOpened, event.TaskDone, event.TaskSkipped, event.TaskPostponed, event.MessageSent, event.MessageSuppressed, event.MessageRead, event.Answer, event.JourneyStart, event.StageSet, event.AlertClosed,
}

// before tells the walk what was known by From, and gives what came later, in the order it was learned.
func (s *solo) before(state *engine.State) (later []event.Event) {
	grants := map[string]engine.Grant{}
	if s.t.Real == nil {
		for _, p := range []string{"basic_service", "health_data"} {
			grants[p] = engine.Grant{Purpose: p, Given: true, Version: "1", At: s.t.From}
		}
	} else {
		known := s.t.Real.AsOf(s.t.From, s.t.From)
		for i := range known.Len() {
			e := known.Event(i)
			s.w.Know(&e)
			if e.Flags&event.Hidden != 0 {
				continue
			}
			switch e.Type {
			case event.Consent:
				if g := grants[e.A.String()]; e.Occurred >= g.At {
					grants[e.A.String()] = engine.Grant{Purpose: e.A.String(), Given: e.Num == 1, Version: e.B.String(), At: e.Occurred}
				}
			case event.ProgrammeJoined:
				if e.A.String() == state.Programmes[0].Key {
					state.Programmes[0].Joined = min(state.Programmes[0].Joined, e.Occurred)
				}
			}
		}
		for i := range s.t.Real.Len() {
			if e := s.t.Real.Event(i); max(e.Received, e.Occurred) > s.t.From && e.Received <= s.t.Till && !slices.Contains(outcomes, e.Type) {
				e.Flags &^= event.Hidden
				e.Received = max(e.Received, e.Occurred, s.t.From)
				later = append(later, e)
			}
		}
		slices.SortStableFunc(later, func(a, b event.Event) int {
			return cmp.Or(cmp.Compare(a.Received, b.Received), cmp.Compare(a.Seq, b.Seq))
		})
	}
	for _, g := range grants {
		state.Consents = append(state.Consents, g)
	}
	slices.SortFunc(state.Consents, func(a, b engine.Grant) int { return cmp.Compare(a.Purpose, b.Purpose) })
	return later
}

// pass lets everything happen until a moment, each thing at its own.
func (s *solo) pass(later []event.Event, deeds []Deed, until int64) {
	for {
		at := engine.Never
		if s.done < len(later) {
			at = later[s.done].Received
		}
		if len(deeds) > 0 && deeds[0].At < at {
			if deeds[0].At > until {
				break
			}
			s.until(deeds[0].At)
			s.deed(&deeds[0])
			deeds = deeds[1:]
			continue
		}
		if at > until || s.moves > mostMoves {
			break
		}
		s.until(at)
		s.real(&later[s.done])
		s.done++
	}
	s.until(until)
}

func (s *solo) until(now int64) {
	for at := s.w.Next(); at <= now && s.moves <= mostMoves; at = s.w.Next() {
		s.moves++
		s.w.Until(at)
		s.note()
	}
	s.w.Until(now)
	s.note()
}

func (s *solo) real(e *event.Event) {
	s.moves++
	x := *e
	shown := !x.Type.Spec().System
	if shown {
		s.lines = append(s.lines, Line{At: x.Received, What: "event", Event: x.Type})
	}
	n := len(s.lines)
	s.w.Take(&x)
	s.note()
	if shown && len(s.lines) == n && s.inRun == s.was { // it changed nothing that is seen: a line for each reading would hide the rest
		s.lines = s.lines[:n-1]
	}
}

func (s *solo) deed(d *Deed) {
	at := Line{At: s.w.Now, What: "event", Mine: true}
	switch d.Do {
	case "event":
		for _, e := range d.Event {
			at.Event = e.Type
			s.lines = append(s.lines, at)
			s.w.Tell(e)
		}
	case "reply":
		at.Event = event.Chat
		s.lines = append(s.lines, at)
		s.w.Tell(event.Event{Type: event.Chat, Num: math.NaN(), A: event.Intern("person")})
	case "done", "skip":
		for _, x := range s.w.Open() {
			if x.Script == d.Of {
				at.Event, at.Reason = event.TaskDone, d.Say
				s.lines = append(s.lines, at)
				s.w.Finish(x.ID, d.Say)
				break
			}
		}
	case "answer":
		for _, m := range s.cards() {
			if m.Content == d.Of {
				at.Event, at.Reason = event.Answer, d.Say
				s.lines = append(s.lines, at)
				s.w.Tell(event.Event{Type: event.Answer, Num: event.Ref(string(m.ID)), A: event.Intern(m.Content), B: event.Intern(d.Say)})
				break
			}
		}
	}
	s.note()
}

// cards are those that were sent and not answered since.
func (s *solo) cards() (out []message.Message) {
	for i := range s.lines {
		m := s.lines[i].Message
		if s.lines[i].What != "sent" || m.Kind != "card" {
			continue
		}
		answered := false
		for k := range s.w.TL.Type {
			answered = answered || s.w.TL.Type[k] == event.Answer && s.w.TL.Num[k] == event.Ref(string(m.ID))
		}
		if !answered {
			out = append(out, *m)
		}
	}
	return out
}

// run is that of the journey, nil when there is none.
func (s *solo) run() *journey.Run {
	for i := range s.w.State.Runs {
		if s.w.State.Runs[i].Journey == s.t.Journey {
			return &s.w.State.Runs[i]
		}
	}
	return nil
}

// note tells where the run has come to.
func (s *solo) note() {
	r := s.run()
	s.inRun = r != nil
	if r == nil {
		s.step = ""
		return
	}
	if r.Step != s.step {
		s.step = r.Step
		s.lines = append(s.lines, Line{At: s.w.Now, What: "step", Step: r.Step})
	}
}

func (s *solo) stands() Tried {
	out := Tried{Now: s.w.Now, State: "outside", Lines: slices.Clone(s.lines), Cards: s.cards(), Tasks: s.w.Open()}
	switch r := s.run(); {
	case r != nil:
		out.State, out.Step = "waiting", r.Step
	case s.was:
		out.State = "ended"
	}
	return out
}

// next looks ahead for the next thing that is seen.
func (s *solo) next(later []event.Event) int64 {
	n, end := len(s.lines), s.w.Now+Horizon.Microseconds()
	s.moves = mostMoves / 2
	for s.moves <= mostMoves {
		s.moves++
		at := s.w.Next()
		if s.done < len(later) && later[s.done].Received <= at {
			at = later[s.done].Received
		}
		if at > end {
			break
		}
		s.w.Until(at)
		s.note()
		if s.done < len(later) && later[s.done].Received <= at && len(s.lines) == n {
			s.real(&later[s.done])
			s.done++
		}
		if len(s.lines) > n {
			return s.lines[n].At
		}
	}
	return engine.Never
}

// Entered implements Heard.
func (s *solo) Entered(w *Walk, r *journey.Run) {
	if r.Journey == s.t.Journey {
		s.was = false
		s.lines = append(s.lines, Line{At: w.Now, What: "entered"})
	}
}

// Ended implements Leaves.
func (s *solo) Ended(w *Walk, r *engine.Ended) {
	if r.Run.Journey == s.t.Journey {
		s.was = true
		s.lines = append(s.lines, Line{At: w.Now, What: "ended", Step: r.Run.Step, Reason: r.Reason})
	}
}

func (s *solo) said(w *Walk, what string, m *message.Message) {
	x := *m
	s.lines = append(s.lines, Line{At: w.Now, What: what, Step: m.Step, Message: &x, Reason: m.Reason})
}

// Said implements Heard.
func (s *solo) Said(w *Walk, m *message.Message) { s.said(w, "sent", m) }

// Held implements Heard.
func (s *solo) Held(w *Walk, m *message.Message) { s.said(w, "held", m) }

// Suppressed implements Heard.
func (s *solo) Suppressed(w *Walk, m *message.Message) { s.said(w, "suppressed", m) }

// Raised implements Heard.
func (s *solo) Raised(w *Walk, t *task.Task) {
	x, what := *t, "task"
	if t.Kind == task.KindAlert {
		what = "alert"
	}
	s.lines = append(s.lines, Line{At: w.Now, What: what, Step: causeOf(t).Step, Task: &x})
}
