package proof

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

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

// self is the person of a case; their family has the numbers after it.
const self = person.Number(1)

// trial is one case while it runs: a person, those around them, and what waits to be said or done. It takes the
// same steps in the same order as the server does while its clock is moved: whatever falls due at its own exact
// moment, then the event, then what is to be said through the guard, whose verdicts are events again.
type trial struct {
	p      *engine.Programme
	id     person.ID // whom chance keeps out of nothing
	c      *programme.Case
	result Result

	tl      timeline.Timeline
	state   *engine.State
	memo    engine.Memo
	wake    int64
	now     int64
	seq     event.Seq
	pending []message.Message
	past    map[person.Number][]message.Past // what each reader was sent
	family  map[person.Number]programme.CaseFamily
	open    []task.Task
	sent    []message.Message
	aside   []programme.Given // health data that waits for consent
	seen    seen
}

// spared is somebody whom no holdout of a programme keeps out: what a case expects must not hang on the keys of journeys, by which chance
// goes.
func spared(c *programme.Compiled) (id person.ID) {
	for n := range 10_000 { // of ten holdouts of a tenth each, the first three or so are kept out by one
		id = person.ID(fmt.Sprintf("01PROOF%019d", n+1))
		free := true
		for _, d := range c.Journeys {
			journey.Walk(d.Steps, func(s *journey.Step) {
				free = free && (s.Holdout == nil || journey.Slot(string(id), d.Key+"/"+s.ID) >= s.Holdout.Share)
			})
		}
		if free {
			break
		}
	}
	return id
}

// begin makes the person: what they agreed to, who looks after them, who is around them, and the programme.
func (t *trial) begin() {
	t.id = spared(t.p.Compiled)
	t.state = &engine.State{V: 1}
	t.wake, t.now = engine.Never, math.MaxInt64
	t.past, t.family = map[person.Number][]message.Past{}, map[person.Number]programme.CaseFamily{}
	for _, g := range t.c.Given {
		t.now = min(t.now, g.At)
	}
	for _, e := range t.c.Expect {
		t.now = min(t.now, e.At)
	}
	t.now -= time.Minute.Microseconds()
	who := &t.c.Person
	for _, purpose := range who.Consents {
		t.add(event.Event{Type: event.Consent, Num: 1, A: event.Intern(purpose), B: event.Intern("1")})
	}
	if who.Owner != "" {
		t.add(event.Event{Type: event.Assigned, Num: math.NaN(), A: event.Intern(who.Owner)})
	}
	if who.Target != "" {
		t.add(event.Event{Type: event.TargetSet, Num: math.NaN(), A: event.Intern(who.Target)})
	}
	for i, f := range who.Family {
		n := self + 1 + person.Number(i)
		t.family[n] = f
		t.add(event.Event{
			Type: event.Relation, Num: 1, A: event.Intern(f.Name), B: event.Intern(strings.Join(f.Scopes, "+")), C: event.Intern(strconv.Itoa(int(n))),
		})
	}
	t.add(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern(t.p.Key)})
	t.seen = seen{}
}

func (t *trial) view() timeline.View { return timeline.View{Timeline: &t.tl, Loc: t.p.Zone} }

// advance lets time pass until now, each thing that falls due at its own moment.
func (t *trial) advance(now int64) {
	for {
		at := t.wake
		for i := range t.pending {
			at = min(at, t.pending[i].Next)
		}
		if at > now {
			break
		}
		t.now = max(t.now, at)
		if t.wake <= t.now {
			t.step(engine.Input{})
		}
		t.deliver()
	}
	t.now = max(t.now, now)
}

// happen takes one line of the case: an event, or what staff or the person do about what came before.
func (t *trial) happen(g *programme.Given) {
	t.advance(g.Arrives)
	e := g.Event
	if g.Instead {
		e.Supersedes = t.newest(e.Type)
	}
	switch {
	case g.Do == "read":
		m := t.lastSent(g.Content)
		if m == nil {
			t.fail(g.Line, "还没有收到过 %s", "%s was not sent before", g.Content)
			return
		}
		e = verdict(event.MessageRead, m, string(m.Class))
	case g.Do != "":
		x := t.openTask(g.Content)
		if x == nil {
			t.fail(g.Line, "没有这样的任务开着：%s", "no open task with the words %s", g.Content)
			return
		}
		e = t.act(x, g)
	case e.Type == event.Answer && math.IsNaN(e.Num):
		m := t.lastSent(e.A.String())
		if m == nil {
			t.fail(g.Line, "还没有收到过 %s", "%s was not sent before", e.A.String())
			return
		}
		e.Num = event.Ref(string(m.ID))
	case e.Type.Spec().Health && !t.state.Consented("health_data"):
		t.aside = append(t.aside, *g)
		return
	}
	e.Occurred = g.At
	t.add(e)
	if e.Type == event.Consent && e.A.String() == "health_data" && e.Num == 1 {
		kept := t.aside
		t.aside = nil
		for i := range kept {
			e := kept[i].Event
			e.Occurred = kept[i].At
			t.add(e)
		}
	}
	t.deliver()
}

func (t *trial) lastSent(content string) *message.Message {
	for i := len(t.sent) - 1; i >= 0; i-- {
		if t.sent[i].Content == content && t.sent[i].To == self {
			return &t.sent[i]
		}
	}
	return nil
}

func (t *trial) openTask(script string) *task.Task {
	for i := len(t.open) - 1; i >= 0; i-- {
		if t.open[i].Script == script && t.open[i].State == task.Open {
			return &t.open[i]
		}
	}
	return nil
}

// act is what staff do with a task, as the event it is.
func (t *trial) act(x *task.Task, g *programme.Given) event.Event {
	e := event.Event{Num: event.Ref(string(x.ID)), B: event.Intern(x.Script), C: event.Intern(g.Outcome)}
	switch g.Do {
	case "done":
		x.State, e.Type = task.Done, event.TaskDone
	case "skip":
		x.State, e.Type = task.Skipped, event.TaskSkipped
	default:
		x.Due, e.Type, e.X = g.Until, event.TaskPostponed, []float64{float64(g.Until)}
	}
	return e
}

// newest is the event of a type that came last and still holds, 0 if there is none.
func (t *trial) newest(of event.Type) (q event.Seq) {
	for i, typ := range t.tl.Type {
		if typ == of && t.tl.Flags[i]&event.Hidden == 0 {
			q = max(q, t.tl.Seq[i])
		}
	}
	return q
}

// add puts an event on the timeline, learned now, and takes the step it causes.
func (t *trial) add(e event.Event) {
	t.seq++
	e.Seq, e.Person, e.Received = t.seq, self, t.now
	if e.Occurred == 0 {
		e.Occurred = t.now
	}
	t.tl.Add(&e)
	t.tl.Mark(&e)
	t.step(engine.Input{Event: &e})
}

func (t *trial) step(in engine.Input) {
	out := engine.Step([]*engine.Programme{t.p}, t.who(), t.view(), t.state, &t.memo, in, t.now)
	t.wake = out.Wake
	for k := range out.Ended {
		r := &out.Ended[k]
		for i := range t.pending { // what a run that was left still wanted to say is dropped; of one that is over it is asked about again
			m := &t.pending[i]
			r.Note(m)
			if m.Run == r.Run.ID && r.Status == "left" {
				m.Reason, m.Next = message.LeftJourney, min(m.Next, t.now)
			}
		}
	}
	for _, x := range out.Tasks {
		t.open = append(t.open, x)
		if x.Kind == "alert" {
			t.seen.alerts = append(t.seen.alerts, x.Level)
		} else {
			t.seen.tasks = append(t.seen.tasks, programme.ExpectTask{Script: x.Script, Who: x.Role, Due: x.Due})
		}
	}
	for _, m := range out.Messages {
		if m.Audience == "family" {
			m.To, _ = t.reader(m.Scope, relation.Light)
		}
		t.pending = append(t.pending, m)
	}
	for i := range out.Events {
		e := out.Events[i]
		t.add(e)
	}
	for _, x := range out.Tasks { // an alert that opens is an event again
		if x.Kind == "alert" {
			var why engine.Cause
			_ = json.Unmarshal(x.Why, &why) // the engine's own
			t.add(event.Event{
				Type: event.TaskOpened, Num: event.Ref(string(x.ID)), A: event.Intern(why.Journey), B: event.Intern(x.Script), C: event.Intern("alert"),
			})
		}
	}
}

func (t *trial) who() engine.Who {
	return engine.Who{Workspace: "01PROOF0000000000000000000", ID: t.id, Number: self}
}

// reader is who of the family may hear what scope names, of such gravity; 0 for nobody, and why.
func (t *trial) reader(scope string, g relation.Gravity) (person.Number, relation.Reason) {
	viewer := func(l relation.Link) relation.Viewer { return l.Viewer(t.state.Consented, false) }
	there := func(relation.Link) bool { return true }
	to, ok, why := relation.Reader(relation.Around(&t.tl), viewer, relation.Item(scope), g, relation.Decided(&t.tl, t.now).Mode, there)
	if !ok {
		return 0, why
	}
	n, _ := strconv.Atoi(to.Person)
	return person.Number(n), ""
}

// kept finds who a message for family is for, and why it is kept from whom it is for.
func (t *trial) kept(m *message.Message) relation.Reason {
	g := relation.Light
	if c := t.p.Contents[m.Content]; c != nil {
		g = relation.Gravity(c.Gravity)
	}
	if m.Audience == "family" {
		var why relation.Reason
		m.To, why = t.reader(m.Scope, g)
		return why
	}
	mode := relation.Decided(&t.tl, t.now).Mode
	return relation.Allowed(relation.Viewer{Side: relation.Self}, relation.Item(m.Scope), g, mode).Reason
}

// deliver asks the guard about everything that is due.
func (t *trial) deliver() {
	for {
		i := message.First(t.pending, t.now)
		if i < 0 {
			return
		}
		m := t.pending[i]
		t.pending = append(t.pending[:i:i], t.pending[i+1:]...)
		t.decide(m)
	}
}

func (t *trial) decide(m message.Message) {
	v := message.Verdict{Reason: message.LeftJourney}
	if m.Reason != message.LeftJourney {
		kept := t.kept(&m)
		f := t.facts(&m)
		f.Kept = kept
		v = message.Decide(&m, message.DefaultPolicy(), f)
	}
	switch {
	case v.Send:
		m.State, m.Reason, m.SentAt = message.Sent, "", t.now
		t.tell(&m)
	case v.Until != 0:
		if m.State != message.Held {
			t.seen.held = append(t.seen.held, m.Content)
		}
		m.State, m.Reason, m.Next = message.Held, v.Reason, v.Until
		t.pending = append(t.pending, m)
	default:
		t.seen.suppressed = append(t.seen.suppressed, programme.ExpectSuppressed{Content: m.Content, Reason: v.Reason})
		t.add(verdict(event.MessageSuppressed, &m, v.Reason))
	}
}

// tell records a message that went out.
func (t *trial) tell(m *message.Message) {
	t.sent = append(t.sent, *m)
	t.past[m.To] = append(t.past[m.To], message.Past{Class: m.Class, Content: m.Content, At: t.now})
	class := string(m.Class)
	switch {
	case m.To != self:
		class = "family"
		t.seen.messages = append(t.seen.messages, programme.ExpectMessage{To: t.family[m.To].Name, Content: m.Content})
	case m.Kind == "card":
		t.seen.cards = append(t.seen.cards, m.Content)
	default:
		t.seen.messages = append(t.seen.messages, programme.ExpectMessage{To: "person", Content: m.Content})
	}
	t.add(verdict(event.MessageSent, m, class))
}

// facts is what the guard may know about one message.
func (t *trial) facts(m *message.Message) message.Facts {
	f := message.Facts{
		Now: t.now, Loc: t.p.Zone, Content: t.p.Contents[m.Content], Consented: t.state.Consented, Reader: m.To != 0,
		Relevant: true, Paused: t.state.Paused, Matter: message.MatterOf(&t.tl), FamilyHour: m.To != self && m.Class == journey.Safety, ChannelOK: true,
	}
	var why engine.Cause
	if json.Unmarshal(m.Why, &why) == nil && why.Event != 0 {
		if i := t.tl.Find(why.Event); i >= 0 && t.tl.Flags[i]&event.Hidden != 0 {
			f.Relevant = false
		}
	}
	if o := t.state.Saying(m); o != nil {
		f.Left = o.Exits([]*engine.Programme{t.p}, t.who(), t.view(), t.state, &t.memo, t.now)
	}
	for _, p := range t.past[m.To] {
		if p.At >= t.now-(8*24*time.Hour).Microseconds() {
			f.Sent = append(f.Sent, p)
		}
	}
	return f
}

// verdict is what became of a message, as an event.
func verdict(kind event.Type, m *message.Message, class string) event.Event {
	return event.Event{
		Type: kind, Num: event.Ref(string(m.ID)), A: event.Intern(m.Journey), B: event.Intern(m.Content), C: event.Intern(class),
	}
}
