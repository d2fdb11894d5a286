package engine

import (
	"slices"
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/rule"
	"peiban/internal/task"
)

// journeys takes every run and every entry through the input.
func (x *stepper) journeys() {
	// History enters nothing and ends no wait, but who should leave because of it leaves.
	x.history = x.in.Definition || x.in.Event != nil && x.in.Event.Flags&event.Imported != 0
	x.each(x.run)
	for _, p := range x.ps {
		if x.s.Progress(p.Key) == nil {
			continue
		}
		if x.history {
			x.pass(p)
			continue
		}
		for _, j := range p.journeys {
			x.enter(p, j)
		}
	}
	x.called()
	x.conditions()
}

// each takes the runs, in order, through step, which reports whether one ended.
func (x *stepper) each(step func(*journey.Run) bool) {
	for i := 0; i < len(x.s.Runs); i++ {
		if step(&x.s.Runs[i]) {
			x.s.Runs = append(x.s.Runs[:i:i], x.s.Runs[i+1:]...)
			i--
		}
	}
}

// program finds a run's journey, see find, and makes what it reads ready; nil when it is not there.
func (x *stepper) program(r *journey.Run) (*Programme, *journey.Program) {
	p, of, j := x.find(r)
	if j != nil {
		x.bindAs(p, of)
	}
	return p, j
}

// find is the journey a run goes on in: of the version it began with, or of the one in force where that is gone or says that who is inside
// follows; nil when neither is there. of is the version, p the programme in force.
func (x *stepper) find(r *journey.Run) (p, of *Programme, j *journey.Program) {
	for _, p := range x.ps {
		j := p.Journey(r.Journey)
		if r.Of != p.of && p.older != nil && (j == nil || j.Def.Inside != journey.Follow) {
			if o := p.older(r.Of); o != nil {
				if j := o.Journey(r.Journey); j != nil {
					return p, o, j
				}
			}
		}
		if j != nil && (j.Step(r.Step) != nil || r.Of == p.of || j.Def.Inside == journey.Follow) {
			return p, p, j
		}
	}
	return nil, nil, nil
}

// run takes one run through the input and reports whether it ended.
func (x *stepper) run(r *journey.Run) bool {
	p, j := x.program(r)
	if j == nil {
		return x.end(r, journey.Departed, "journey_gone")
	}
	if x.unfounded(p, j, r) {
		return x.end(r, journey.Departed, "withdrawn")
	}
	// Of two who are one the survivor's chance holds: who is kept out is not reached by what the other brought along.
	if r.From != 0 && j.KeepsOut(string(x.who.ID)) {
		return x.end(r, journey.Departed, journey.HeldOut)
	}
	for i := range j.Def.Leave {
		if x.ask(&j.Def.Leave[i], r) {
			return x.end(r, journey.Departed, "leave")
		}
	}
	if x.reached(j, r) {
		x.out.Moved = append(x.out.Moved, *r)
	}
	if j.Def.Inside == journey.Follow && r.Of != p.of {
		x.effects(p, j, r, j.Follow(r, p.of, x.env(r), x.now))
		x.out.Changed = true
		if r.Status != "" {
			return x.end(r, r.Status, r.Reason)
		}
		x.out.Moved = append(x.out.Moved, *r)
	}
	late, ready := x.ready(j, r)
	return ready && x.goOn(p, j, r, late)
}

// goOn takes a run on from the step whose wait is over and reports whether it ended.
func (x *stepper) goOn(p *Programme, j *journey.Program, r *journey.Run, late bool) bool {
	x.effects(p, j, r, j.Wake(r, late, x.env(r), x.now))
	x.out.Changed = true
	if r.Status != "" {
		return x.end(r, r.Status, r.Reason)
	}
	x.out.Moved = append(x.out.Moved, *r)
	return false
}

// reached notes that the goal of a run is reached, when it is now and was not before.
func (x *stepper) reached(j *journey.Program, r *journey.Run) bool {
	g := j.Def.Goal
	if g == nil || r.Goal != 0 || g.Within != 0 && x.now >= r.Entered+g.Within.Microseconds() || !x.ask(&g.When, r) {
		return false
	}
	r.Goal = x.now
	x.out.Changed = true
	return true
}

// unfounded reports whether the input takes back what r was entered for. A correction that would have entered it as
// well takes the place of what it corrects. When it would not, the pause before the next entry is forgotten: a low
// must not be passed over because a slip of the pen came before it.
func (x *stepper) unfounded(p *Programme, j *journey.Program, r *journey.Run) bool {
	e := x.in.Event
	if e == nil || r.Trigger == 0 || e.Supersedes != r.Trigger && e.Retracts != r.Trigger {
		return false
	}
	on, holds, trigger := &j.Def.Enter, false, e.Seq
	switch pr := x.s.Progress(p.Key); {
	case on.On == "tag":
		holds = pr != nil && pr.Has(on.Tag)
	case on.On == "stage":
		holds = pr != nil && pr.Stage == on.Stage
	case e.Supersedes == r.Trigger && e.Type.String() == on.On && e.Flags&event.Implausible == 0:
		probe := journey.Run{Entered: r.Entered, Trigger: e.Seq}
		holds = x.ask(&on.If, &probe)
	}
	if !holds && on.On != "tag" && on.On != "stage" { // another source that told the same stands in
		if i := x.tl.Heir(x.tl.Find(r.Trigger)); i >= 0 && x.tl.Type[i].String() == on.On {
			probe := journey.Run{Entered: r.Entered, Trigger: x.tl.Seq[i]}
			holds, trigger = x.ask(&on.If, &probe), x.tl.Seq[i]
		}
	}
	if !holds {
		ent := x.s.entry(j.Def.Key)
		ent.Last, ent.Severity = 0, 0
		return true
	}
	if r.By == r.Trigger {
		r.By = trigger
	}
	r.Trigger = trigger
	x.out.Changed = true
	x.out.Moved = append(x.out.Moved, *r)
	return false
}

// ready reports whether what r waits for has come, or its deadline.
func (x *stepper) ready(j *journey.Program, r *journey.Run) (late, ready bool) {
	if e := x.in.Event; e != nil && !x.history && e.Flags&event.Hidden == 0 {
		if s, ok := j.Waits(r, e.Type.String()); ok && x.fits(s, r, e) {
			r.By = e.Seq
			return false, true
		}
	}
	if r.Until != 0 && r.Until <= x.now {
		s := j.Step(r.Step)
		return s != nil && (s.Wait != nil && s.Wait.Event != "" || s.Call != nil), true
	}
	return false, false
}

// fits reports whether e is the event a run waits for, and remembers its outcome.
func (x *stepper) fits(s *journey.Step, r *journey.Run, e *event.Event) bool {
	w := s.Wait
	if w == nil { // a message that is held
		if e.Num != r.Said {
			return false
		}
		if r.Outcome = "sent"; e.Type == event.MessageSuppressed {
			r.Outcome = journey.Unsent
		}
		return true
	}
	switch w.Event {
	case journey.ForTask:
		if e.Num != r.Task {
			return false
		}
		r.Outcome = e.C.String()
	case journey.ForAnswer:
		if e.Num != r.Card {
			return false
		}
		r.Outcome = e.B.String()
	default:
		if e.Occurred < r.Entered || e.Flags&event.NotANumber != 0 || e.Seq == r.Trigger {
			return false
		}
		if w.Event == journey.ForReply && e.A == fromStaff || w.Event == journey.ForForm && e.A.String() != w.Form {
			return false
		}
	}
	if w.If.Rule == nil {
		return true
	}
	x.ctx.Trigger = x.tl.Find(e.Seq)
	ok := x.ask(&w.If, r)
	x.ctx.Trigger = -1
	return ok
}

// enter begins a run where the journey's entry holds.
func (x *stepper) enter(p *Programme, j *journey.Program) {
	r, severity, no := x.admits(p, j)
	if no != "" {
		return
	}
	d := j.Def
	if d.Enter.Key != "once" && d.Enter.Key != "event" { // episode: one at a time
		if active := x.active(d.Key); active >= 0 {
			x.end(&x.s.Runs[active], "left", "worse")
			x.s.Runs = append(x.s.Runs[:active:active], x.s.Runs[active+1:]...)
		}
	}
	ent := x.s.entry(d.Key)
	ent.Count++
	ent.Last, ent.Severity = x.now, severity
	r.ID = derive(x.who.Workspace, string(x.who.ID), "run", d.Key, strconv.Itoa(ent.Count))
	x.begin(p, j, r)
}

// active is the place of a run of a journey, -1 when there is none.
func (x *stepper) active(journey string) int {
	at := -1
	for i := range x.s.Runs {
		if x.s.Runs[i].Journey == journey {
			at = i
		}
	}
	return at
}

// admits says whether the input enters a journey: the run that would begin, how grave what enters it is, or why nothing does.
func (x *stepper) admits(p *Programme, j *journey.Program) (probe journey.Run, severity int, no Refusal) {
	d := j.Def
	e := x.in.Event
	due := int64(0)
	if d.From != 0 && x.now < d.From || d.To != 0 && x.now >= d.To {
		return probe, 0, OutOfDates
	}
	put := e != nil && e.Flags&event.Hidden == 0 && e.Type == event.JourneyStart && e.A.String() == d.Key && (e.C == 0 || e.C.String() == p.Key)
	switch on := &d.Enter; {
	case put && on.On != journey.OnHand:
		if no := x.fitsAlready(p, on, e); no != "" {
			return probe, 0, no
		}
	case on.On == journey.OnTag || on.On == journey.OnStage || on.On == journey.OnTagLeft:
		if !x.turned(p, on) {
			return probe, 0, NotFitting
		}
	case on.On == journey.OnCall:
		return probe, 0, NotByHand
	case on.On == journey.OnDate:
		if due = x.day(on.Date); due == 0 || due > x.now || x.now-due > on.Lookback.Microseconds() {
			return probe, 0, NotFitting
		}
	case on.On == journey.OnHand:
		if !put {
			return probe, 0, NotFitting
		}
	default:
		if e == nil || e.Type.String() != on.On || e.Flags&(event.Hidden|event.Implausible) != 0 {
			return probe, 0, NotFitting
		}
		age := time.Duration(x.now-e.Occurred) * time.Microsecond
		if (on.Lookback > 0 && age > on.Lookback) || (on.Older > 0 && age <= on.Older) {
			return probe, 0, NotFitting
		}
		severity = Severity(e)
	}
	probe = journey.Run{Journey: d.Key, Entered: x.now}
	if e != nil {
		probe.Trigger, probe.By = e.Seq, e.Seq
	}
	x.bind(p)
	if d.Enter.If.Rule != nil && !x.ask(&d.Enter.If, &probe) {
		return probe, 0, NotFitting
	}
	for i := range d.Leave { // someone who should leave at once does not come in
		if x.ask(&d.Leave[i], &probe) {
			return probe, 0, Leaving
		}
	}
	ent := x.s.entry(d.Key)
	if due != 0 && ent.spent(due) {
		return probe, 0, Resting
	}
	inside := x.active(d.Key) >= 0
	worse := d.Enter.UnlessWorse && severity > ent.Severity
	switch {
	case d.Enter.Key == "once" && ent.Count > 0 && inside:
		return probe, 0, Inside
	case d.Enter.Key == "once" && ent.Count > 0:
		return probe, 0, Once
	case d.Enter.Key == "once":
	case d.Enter.Key == "event":
		if put && inside && d.Enter.On != journey.OnHand { // who fits already and is in comes in no second time
			return probe, 0, Inside
		}
	case ent.Count > 0 && !worse && inside: // episode: one at a time, and a pause after the last entry
		return probe, 0, Inside
	case ent.Count > 0 && !worse && x.now < ent.Last+d.Enter.Again.Microseconds():
		return probe, 0, Resting
	}
	return probe, severity, ""
}

// begin takes a new run to its first wait or its end.
func (x *stepper) begin(p *Programme, j *journey.Program, r journey.Run) {
	r.Version, r.Of = j.Def.Version, p.of
	effects := j.Begin(&r, x.env(&r), x.now)
	x.out.Changed = true
	x.out.Begun = append(x.out.Begun, r)
	x.effects(p, j, &r, effects)
	if r.Status != "" {
		x.out.Ended = append(x.out.Ended, Ended{Run: r, Status: r.Status, Reason: r.Reason, Asks: j.AsksAfter()})
		return
	}
	x.s.Runs = append(x.s.Runs, r)
	x.out.Moved = append(x.out.Moved, r)
}

// turned reports whether the tag or the stage that a journey is entered on was gained in this step, or the tag lost.
func (x *stepper) turned(p *Programme, on *journey.Enter) bool {
	kind, key, of := "tag", on.Tag, x.gained
	switch on.On {
	case journey.OnStage:
		kind, key = "stage", on.Stage
	case journey.OnTagLeft:
		of = x.lost
	}
	return slices.ContainsFunc(of, func(t Transition) bool { return t.Kind == kind && t.Programme == p.Key && t.Key == key })
}

// day is the moment of a date counted from the newest event of a type, 0 when there is none.
func (x *stepper) day(d *journey.Date) int64 {
	spec := event.Lookup(d.Type)
	for i := x.ctx.Newest(spec.Type); i >= 0; i-- {
		if x.tl.Type[i] != spec.Type || x.tl.Flags[i]&event.Hidden != 0 || d.Code != 0 && *code(&event.Event{A: x.tl.A[i], B: x.tl.B[i], C: x.tl.C[i]}, d.Code) != d.Is {
			continue
		}
		if d.Field == "" {
			return d.On(x.tl.At[i], x.tl.Loc)
		}
		f := spec.Field(d.Field) // checked when the programme was loaded
		v := x.tl.Num[i]
		if f.Slot >= event.X0 {
			v = x.tl.XAt(i, int(f.Slot-event.X0))
		}
		switch {
		case !(v > 0):
			return 0
		case f.Unit == "d":
			return d.On(x.tl.At[i]+int64(v)*(24*time.Hour).Microseconds(), x.tl.Loc)
		}
		return d.On(int64(v), x.tl.Loc)
	}
	return 0
}

// call is a journey that a run calls.
type call struct {
	p   *Programme
	key string
	run journey.Run
}

// called begins the journeys that runs call, and takes on the runs whose called one is over.
func (x *stepper) called() {
	for range maxCalls {
		calls := x.calls
		x.calls = nil
		for _, c := range calls {
			if j := c.p.Journey(c.key); j != nil && x.s.Run(c.run.ID) == nil {
				x.bind(c.p)
				x.begin(c.p, j, c.run)
			}
		}
		moved := false
		x.each(func(r *journey.Run) bool {
			if r.Called == "" || x.s.Run(r.Called) != nil {
				return false
			}
			p, j := x.program(r)
			if j == nil {
				return false // said at the next step
			}
			moved = true
			return x.goOn(p, j, r, false)
		})
		if !moved && len(x.calls) == 0 {
			return
		}
	}
}

// maxCalls bounds how deep journeys call each other at one moment; circles of calls are refused when a programme is loaded.
const maxCalls = 20

func (x *stepper) end(r *journey.Run, status, reason string) bool {
	x.out.Changed = true
	_, _, j := x.find(r)
	x.out.Ended = append(x.out.Ended, Ended{Run: *r, Status: status, Reason: reason, Asks: j != nil && j.AsksAfter()})
	return true
}

// bind makes the tags, the targets and the stage of p what rules read.
func (x *stepper) bind(p *Programme) { x.bindAs(p, p) }

// bindAs is bind for rules of an older version, which know the tags of p by other numbers. A tag that is gone is unknown. Who left the
// programme has none of its tags, and no stage.
func (x *stepper) bindAs(p, version *Programme) {
	if x.bound != version {
		x.bound = version
		for i := range x.ps {
			if x.ps[i] != p {
				continue
			}
			x.memo.room(i, p)
			truth := x.memo.truth[i]
			x.ctx.Tag = func(id int) rule.Truth { return truth[id] }
			if x.s.Progress(p.Key) == nil {
				x.ctx.Tag = func(int) rule.Truth { return rule.False }
			} else if version != p {
				x.ctx.Tag = func(id int) rule.Truth {
					if k := p.TagIndex(version.Tags[id].Key); k >= 0 {
						return truth[k]
					}
					return rule.Unknown
				}
			}
		}
		t := targetFrom(p.Compiled, x.tl, x.ctx.Newest(event.TargetSet), x.now)
		aim(&x.ctx, &t)
	}
	x.ctx.Stage = ""
	if pr := x.s.Progress(p.Key); pr != nil {
		x.ctx.Stage = pr.Stage
	}
}

func (x *stepper) env(r *journey.Run) journey.Env {
	return journey.Env{
		Ask:    func(c *journey.Cond, _ *journey.Run) bool { return x.ask(c, r) },
		Clock:  journey.Clock{Loc: x.tl.Loc, Best: x.bestHour, Date: x.day},
		Person: string(x.who.ID),
	}
}

// ask evaluates a condition of a journey for a run.
func (x *stepper) ask(c *journey.Cond, r *journey.Run) bool {
	return c.Rule == nil || x.eval(c, r).Truth == rule.True
}

func (x *stepper) eval(c *journey.Cond, r *journey.Run) rule.Result {
	x.ctx.Entry, x.ctx.TimedOut, x.ctx.Outcome = r.Entered, r.Late, r.Outcome
	if x.ctx.Trigger < 0 {
		seq := r.By
		if seq == 0 {
			seq = r.Trigger
		}
		if seq != 0 {
			x.ctx.Trigger = x.tl.Find(seq)
			defer func() { x.ctx.Trigger = -1 }()
		}
	}
	return c.Rule.Eval(&x.ctx)
}

// conditions asks the leave conditions and goals of waiting runs when they could change by themselves.
func (x *stepper) conditions() {
	for i := range x.s.Runs {
		r := &x.s.Runs[i]
		_, j := x.program(r)
		if j == nil {
			continue
		}
		for k := range j.Def.Leave {
			x.soon(&j.Def.Leave[k], r)
		}
		if g := j.Def.Goal; g != nil && r.Goal == 0 {
			x.soon(&g.When, r)
		}
	}
	for _, p := range x.ps {
		if x.s.Progress(p.Key) == nil {
			continue
		}
		for _, j := range p.dated {
			if due := x.day(j.Def.Enter.Date); due > x.now {
				x.out.Wake = min(x.out.Wake, due)
			} else if due != 0 {
				x.entersLater(p, j, due)
			}
		}
	}
}

func (x *stepper) soon(c *journey.Cond, r *journey.Run) {
	if c.Rule != nil {
		x.out.Wake = min(x.out.Wake, x.eval(c, r).Next)
	}
}

// owned reports whether anybody looks after the person.
func (x *stepper) owned() bool {
	for i := x.tl.Len() - 1; i >= 0; i-- {
		if x.tl.Type[i] == event.Assigned && x.tl.Flags[i]&event.Hidden == 0 {
			return x.tl.A[i] != 0
		}
	}
	return false
}

// setStage moves the person by a journey. They stay there until the rules say something else than they do now.
func (x *stepper) setStage(p *Programme, key string) {
	pr := x.s.Progress(p.Key)
	if pr == nil || pr.Stage == key {
		return
	}
	switch {
	case pr.Ruled == key:
		pr.Ruled = ""
	case pr.Ruled == "":
		pr.Ruled = pr.Stage
	}
	if pr.Stage != "" {
		x.changed(Transition{Kind: "stage", Programme: p.Key, Key: pr.Stage, Version: p.Version})
	}
	pr.Stage, pr.StageSince = key, x.now
	x.changed(Transition{Kind: "stage", Programme: p.Key, Key: key, Gained: true, Version: p.Version})
	if pi := slices.Index(x.ps, p); pi >= 0 {
		clear(x.memo.placed[pi]) // the rules may say something else of whoever is here
	}
	x.restage(p, pr)
}

// Cause is kept with every message and task: which step of which version asked for it, and the events behind it.
type Cause struct {
	Programme string    `json:"programme"`
	Journey   string    `json:"journey"`
	Version   int       `json:"version"`
	Step      string    `json:"step"`
	Event     event.Seq `json:"event,omitempty"`    // that entered the run
	By        event.Seq `json:"by,omitempty"`       // that ended its last wait
	Form      string    `json:"form,omitempty"`     // the questionnaire a message opens
	Channels  []string  `json:"channels,omitempty"` // ways to reach them, the one to try first first
	Over      *Over     `json:"over,omitempty"`     // of a message that has not gone: its run, which has ended
}

// expiry is how late a message may still be sent.
func expiry(c journey.Class, m *journey.MessageStep) time.Duration {
	switch {
	case m.Expire > 0:
		return m.Expire
	case c == journey.Safety:
		return 2 * time.Hour
	}
	return 48 * time.Hour
}

func priority(s string) task.Priority {
	switch s {
	case "safety":
		return task.Safety
	case "promise":
		return task.Promise
	case "low":
		return task.Low
	}
	return task.Normal
}

// ContactID names the task of one request for a call: the same request asked twice opens one task.
func ContactID(workspace, person, key string) string {
	return derive(workspace, person, "contact", key)
}
