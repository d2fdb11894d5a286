// Package rehearse is about what programmes would do: it takes a person's events through engine and guard, as the server does,
// with a clock of its own, without a database and without sending, and counts what came of it.
//
// Where the events come from is left to the caller: made-up lives (simulate) or the timelines of a workspace (conductor). What
// happens in a step is engine's, what may be said is message's.
package rehearse

import (
	"encoding/json"
	"time"

	"peiban/internal/consent"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/relation"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Setting is what all walks of a rehearsal share. It is not changed while they go.
type Setting struct {
	Workspace  string // ULID, part of every derived id
	Programmes []*engine.Programme
	Policy     message.Policy
	// AtOnce has every task done just before it would be late, with its first result: nobody lived through it to say otherwise. Without
	// it whoever drives the walk calls Finish.
	AtOnce bool
}

// Family is who may read what is written to a person's family.
type Family interface {
	// Minor tells whether a guardian decides for somebody.
	Minor(n person.Number, now int64) bool
	// Reader gives the walk of a relative by their id; a nil walk is one of whom only the number is known, and 0 nobody.
	Reader(id string, now int64) (person.Number, *Walk)
}

// Heard is told what comes of a walk. Calls come one at a time, in order.
type Heard interface {
	Entered(w *Walk, r *journey.Run)
	Said(w *Walk, m *message.Message)       // sent
	Held(w *Walk, m *message.Message)       // for the first time
	Suppressed(w *Walk, m *message.Message) // never sent, for m.Reason
	Raised(w *Walk, t *task.Task)
}

// Leaves is told, besides, how runs end.
type Leaves interface {
	Ended(w *Walk, r *engine.Ended)
}

// Walk is one person on their way. It is for one goroutine.
type Walk struct {
	Who   engine.Who
	Loc   *time.Location
	TL    *timeline.Timeline
	State *engine.State
	Now   int64 // microseconds; never goes back

	set     *Setting
	family  Family
	heard   Heard
	memo    engine.Memo
	wake    int64
	made    event.Seq // events of our own so far
	pending []message.Message
	open    []task.Task
	said    map[float64]bool // refs of messages that went out
	mute    bool             // nothing is told to it
}

// ours are the sequence numbers of events a walk makes: beyond those of any log.
const ours = event.Seq(1) << 48

// NewWalk stands at the beginning, before anything is known of the person.
func NewWalk(set *Setting, who engine.Who, loc *time.Location, family Family, heard Heard) *Walk {
	return &Walk{Who: who, Loc: loc, TL: &timeline.Timeline{}, State: &engine.State{V: 1}, set: set, family: family, heard: heard, wake: engine.Never}
}

// Next is when something falls due by itself; engine.Never: nothing does.
func (w *Walk) Next() int64 {
	at := w.wake
	for i := range w.pending {
		at = min(at, w.pending[i].Next)
	}
	if w.set.AtOnce {
		for i := range w.open {
			at = min(at, doneAt(&w.open[i]))
		}
	}
	return at
}

// Until lets time pass; each thing that falls due does so at its own moment.
func (w *Walk) Until(now int64) {
	for at := w.Next(); at <= now; at = w.Next() {
		w.Now = max(w.Now, at)
		if w.wake <= w.Now {
			w.step(engine.Input{})
		}
		if w.set.AtOnce {
			w.doDue()
		}
		w.deliver()
	}
	w.Now = max(w.Now, now)
}

// doneAt is when a task is done that is done on time: a second before it would be late.
func doneAt(t *task.Task) int64 { return max(t.Opened, t.Due-time.Second.Microseconds()) }

// doDue ends the tasks whose time has come as a task usually ends.
func (w *Walk) doDue() {
	for i := 0; i < len(w.open); i++ {
		if t := w.open[i]; doneAt(&t) <= w.Now {
			outcome := "handled"
			if len(t.Results) > 0 {
				outcome = t.Results[0]
			}
			w.Finish(t.ID, outcome)
			i = -1 // others may have been opened and closed
		}
	}
}

// Know puts an event on the timeline without taking a step: what was before a rehearsal begins.
func (w *Walk) Know(e *event.Event) {
	w.TL.Add(e)
	w.TL.Mark(e)
	w.Now = max(w.Now, e.Received)
}

// Begin has the programmes come into force now, for somebody of whom state is remembered: tags and stages are found, nobody enters.
func (w *Walk) Begin(state *engine.State, now int64) {
	w.State, w.Now = state, max(w.Now, now)
	w.step(engine.Input{Definition: true})
}

// Take is what happens when the server learns of an event at its Received: time passes until then, and it is acted on.
func (w *Walk) Take(e *event.Event) {
	w.Until(e.Received)
	w.put(e)
	w.deliver()
}

// put puts an event on the timeline now and takes the step it causes.
func (w *Walk) put(e *event.Event) {
	w.TL.Add(e)
	w.TL.Mark(e)
	w.step(engine.Input{Event: e})
}

// tell puts an event of our own on the timeline.
func (w *Walk) tell(e event.Event) {
	w.made++
	e.Seq, e.Person, e.Occurred, e.Received = ours+w.made, w.Who.Number, w.Now, w.Now
	w.put(&e)
}

// Tell is Take for an event that has no place in a log: it happens now.
func (w *Walk) Tell(e event.Event) {
	w.tell(e)
	w.deliver()
}

// Stamp gives an event of somebody else's making its sequence number.
func (w *Walk) Stamp(e *event.Event) {
	w.made++
	e.Seq, e.Person = ours+w.made, w.Who.Number
}

// Finish ends a task as staff do; false: it is not open.
func (w *Walk) Finish(id task.ID, outcome string) bool {
	t := w.take(id)
	if t == nil {
		return false
	}
	w.tell(event.Event{Type: event.TaskDone, Num: event.Ref(string(t.ID)), B: event.Intern(t.Script), C: event.Intern(outcome)})
	w.deliver()
	return true
}

// Owe opens work that no journey asks for.
func (w *Walk) Owe(t task.Task) {
	w.open = append(w.open, t)
	w.heard.Raised(w, &t)
}

// Closed notes that a task ended by an event that is told otherwise.
func (w *Walk) Closed(ref float64) {
	for i := range w.open {
		if event.Ref(string(w.open[i].ID)) == ref {
			w.take(w.open[i].ID)
			return
		}
	}
}

// Postpone puts a task off; false: it is not open.
func (w *Walk) Postpone(id task.ID, until int64) bool {
	for i := range w.open {
		if t := &w.open[i]; t.ID == id {
			was := t.Due
			t.Due = until
			w.tell(event.Event{
				Type: event.TaskPostponed, Num: event.Ref(string(t.ID)), B: event.Intern(t.Script), X: []float64{float64(until), float64(was)},
			})
			w.deliver()
			return true
		}
	}
	return false
}

func (w *Walk) take(id task.ID) *task.Task {
	for i := range w.open {
		if t := w.open[i]; t.ID == id {
			w.open = append(w.open[:i:i], w.open[i+1:]...)
			return &t
		}
	}
	return nil
}

func (w *Walk) step(in engine.Input) {
	out := engine.Step(w.set.Programmes, w.Who, timeline.View{Timeline: w.TL, Loc: w.Loc}, w.State, &w.memo, in, w.Now)
	w.wake = out.Wake
	for i := range out.Begun {
		w.heard.Entered(w, &out.Begun[i])
	}
	for i := range out.Ended {
		w.ended(&out.Ended[i])
		if h, ok := w.heard.(Leaves); ok {
			h.Ended(w, &out.Ended[i])
		}
	}
	for i := range out.Tasks {
		w.open = append(w.open, out.Tasks[i])
		w.heard.Raised(w, &out.Tasks[i])
	}
	w.pending = append(w.pending, out.Messages...)
	for i := range out.Events {
		w.tell(out.Events[i])
	}
	for i := range out.Tasks { // an alert that opens is an event again
		if t := &out.Tasks[i]; t.Kind == task.KindAlert {
			var why engine.Cause
			_ = json.Unmarshal(t.Why, &why) // the engine's own
			w.tell(event.Event{
				Type: event.TaskOpened, Num: event.Ref(string(t.ID)), A: event.Intern(why.Journey), B: event.Intern(t.Script), C: event.Intern("alert"),
			})
		}
	}
}

// ended drops what a run that was left still wanted to say; what one that is over said is asked about again. The tasks of a run that is
// over go on, those of one left are void.
func (w *Walk) ended(r *engine.Ended) {
	for i := range w.pending {
		m := &w.pending[i]
		r.Note(m)
		if m.Run == r.Run.ID && r.Status == journey.Departed {
			m.Reason, m.Next = message.LeftJourney, min(m.Next, w.Now)
		}
	}
}

// deliver asks the guard about everything that is due.
func (w *Walk) deliver() {
	for {
		i := message.First(w.pending, w.Now)
		if i < 0 {
			return
		}
		m := w.pending[i]
		w.pending = append(w.pending[:i:i], w.pending[i+1:]...)
		w.decide(m)
	}
}

func (w *Walk) decide(m message.Message) {
	v := message.Verdict{Reason: message.LeftJourney}
	var reader *Walk
	if m.Reason != message.LeftJourney {
		var f message.Facts
		f, reader = w.facts(&m)
		v = message.Decide(&m, w.set.Policy, f)
	}
	switch {
	case v.Send:
		m.State, m.Reason, m.SentAt = message.Sent, "", w.Now
		if w.said == nil {
			w.said = map[float64]bool{}
		}
		w.said[event.Ref(string(m.ID))] = true
		w.heard.Said(w, &m)
		class := string(m.Class)
		if m.To != w.Who.Number {
			class = "family"
			if reader != nil && reader != w && !reader.mute {
				reader.Now = max(reader.Now, w.Now)
				reader.tell(verdict(event.MessageSent, &m, string(m.Class)))
			}
		}
		w.tell(verdict(event.MessageSent, &m, class))
	case v.Until != 0:
		if m.State != message.Held {
			m.Reason = v.Reason
			w.heard.Held(w, &m)
		}
		m.State, m.Reason, m.Next = message.Held, v.Reason, v.Until
		w.pending = append(w.pending, m)
	default:
		m.State, m.Reason = message.Suppressed, v.Reason
		w.heard.Suppressed(w, &m)
		w.tell(verdict(event.MessageSuppressed, &m, v.Reason))
	}
}

// facts is what the guard may know about one message, and the walk of whoever reads it. Texts count as approved: a rehearsal is
// how one finds out whether they should be.
func (w *Walk) facts(m *message.Message) (message.Facts, *Walk) {
	content := w.content(m)
	gravity := relation.Light
	if content != nil {
		gravity = relation.Gravity(content.Gravity)
	}
	f := message.Facts{
		Now: w.Now, Loc: w.Loc, Content: content, Consented: w.State.Consented, Relevant: true, Paused: w.State.Paused, Matter: message.MatterOf(w.TL), ChannelOK: true,
	}
	reader := w
	mode := relation.Decided(w.TL, w.Now).Mode
	if m.Audience == "family" {
		reader = w.reads(m, &f, gravity, mode)
	} else {
		f.Kept = relation.Allowed(relation.Viewer{Side: relation.Self}, relation.Item(m.Scope), gravity, mode).Reason
	}
	f.Reader = m.To != 0
	var why engine.Cause
	if json.Unmarshal(m.Why, &why) == nil {
		if i := w.TL.Find(why.Event); why.Event != 0 && i >= 0 && w.TL.Flags[i]&event.Hidden != 0 {
			f.Relevant = false
		}
		for _, p := range w.set.Programmes {
			if p.Key == why.Programme {
				f.UsesHealth, f.Targeted = p.Chosen(why.Journey, why.Step)
			}
		}
	}
	if o := w.State.Saying(m); o != nil {
		f.Left = o.Exits(w.set.Programmes, w.Who, timeline.View{Timeline: w.TL, Loc: w.Loc}, w.State, &w.memo, w.Now)
	}
	g, said := w.State.Grant("health_data")
	f.StoppedData = said && !g.Given
	f.Outdated = func(purpose string) bool {
		of := w
		if purpose == message.Marketing && reader != nil {
			of = reader
		}
		return consent.Outdated(w.set.Programmes, of.State, of.TL, purpose)
	}
	if reader == nil { // a relative of whom nothing is known here
		f.Wants = func(string) bool { return false }
		return f, nil
	}
	f.Wants, f.Joined = reader.State.Consented, joined(reader.State)
	if w.family != nil {
		f.Minor = w.family.Minor(reader.Who.Number, w.Now)
	}
	wishes := message.WishesOf(reader.TL)
	f.Silenced, f.Bereaved, f.Hours, f.Impersonal, f.PerWeek = wishes.Silenced, wishes.Bereaved, wishes.Hours, wishes.Impersonal, wishes.PerWeek
	f.Sent = message.PastOf(reader.TL, w.Now)
	return f, reader
}

// reads finds who of the family hears m.
func (w *Walk) reads(m *message.Message, f *message.Facts, gravity relation.Gravity, mode relation.Mode) *Walk {
	m.To = 0
	if w.family == nil {
		return nil
	}
	minor := w.family.Minor(w.Who.Number, w.Now)
	viewer := func(l relation.Link) relation.Viewer { return l.Viewer(w.State.Consented, minor) }
	there := func(l relation.Link) bool {
		n, _ := w.family.Reader(l.Person, w.Now)
		return n != 0 && relation.RuleOf(l.Kind).Consent == "family_share"
	}
	to, ok, kept := relation.Reader(relation.Around(w.TL), viewer, relation.Item(m.Scope), gravity, mode, there)
	f.Kept = kept
	if !ok {
		return nil
	}
	n, reader := w.family.Reader(to.Person, w.Now)
	m.To, f.Guards, f.FamilyHour = n, viewer(to).Minor, m.Class == journey.Safety
	if reader != nil {
		f.Loc = reader.Loc
		g, said := reader.State.Grant("basic_service")
		f.Withdrew = said && !g.Given
		f.Paused = max(f.Paused, reader.State.Paused)
	}
	return reader
}

// content is the text of a message, in the programme that asks for it before the others.
func (w *Walk) content(m *message.Message) *programme.Content {
	for _, p := range w.set.Programmes {
		if p.Journey(m.Journey) != nil && p.Contents[m.Content] != nil {
			return p.Contents[m.Content]
		}
	}
	for _, p := range w.set.Programmes {
		if c := p.Contents[m.Content]; c != nil {
			return c
		}
	}
	return nil
}

// joined is when somebody joined their first programme; 0: none.
func joined(s *engine.State) (at int64) {
	for i := range s.Programmes {
		if j := s.Programmes[i].Joined; at == 0 || j < at {
			at = j
		}
	}
	return at
}

// verdict is what became of a message, as an event.
func verdict(kind event.Type, m *message.Message, class string) event.Event {
	return event.Event{
		Type: kind, Num: event.Ref(string(m.ID)), A: event.Intern(m.Journey), B: event.Intern(m.Content), C: event.Intern(class),
	}
}

// Open is the work that is open, the oldest first.
func (w *Walk) Open() []task.Task { return append([]task.Task(nil), w.open...) }
