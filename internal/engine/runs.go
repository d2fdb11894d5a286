package engine

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/rule"
	"peiban/internal/task"
)

// journeys takes every run and every entry through the input.
func (x *stepper) journeys() {
	// History enters nothing and ends no wait, but who should leave because of it leaves.
	x.history = x.in.Definition || x.in.Event != nil && x.in.Event.Flags&event.Imported != 0
	for i := 0; i < len(x.s.Runs); i++ {
		if x.run(&x.s.Runs[i]) {
			x.s.Runs = append(x.s.Runs[:i:i], x.s.Runs[i+1:]...)
			i--
		}
	}
	for _, p := range x.ps {
		if x.history || x.s.Progress(p.Key) == nil {
			continue
		}
		for _, j := range p.journeys {
			x.enter(p, j)
		}
	}
	x.conditions()
}

// program finds a run's journey and makes what it reads ready: the version the run began with, or the one in force where
// that is gone; nil when neither is there.
func (x *stepper) program(r *journey.Run) (*Programme, *journey.Program) {
	for _, p := range x.ps {
		if r.Of != p.of && p.older != nil {
			if o := p.older(r.Of); o != nil {
				if j := o.Journey(r.Journey); j != nil {
					x.bindAs(p, o)
					return p, j
				}
			}
		}
		if j := p.Journey(r.Journey); j != nil && (j.Step(r.Step) != nil || r.Of == p.of) {
			x.bind(p)
			return p, j
		}
	}
	return nil, nil
}

// run takes one run through the input and reports whether it ended.
func (x *stepper) run(r *journey.Run) bool {
	p, j := x.program(r)
	if j == nil {
		return x.end(r, "left", "journey_gone")
	}
	if x.unfounded(p, j, r) {
		return x.end(r, "left", "withdrawn")
	}
	for i := range j.Def.Leave {
		if x.ask(&j.Def.Leave[i], r) {
			return x.end(r, "left", "leave")
		}
	}
	if g := j.Def.Goal; g != nil && r.Goal == 0 && (g.Within == 0 || x.now < r.Entered+g.Within.Microseconds()) && x.ask(&g.When, r) {
		r.Goal = x.now
		x.out.Changed = true
		x.out.Moved = append(x.out.Moved, *r)
	}
	switch late, ready := x.ready(j, r); {
	case !ready:
		return false
	default:
		x.effects(p, j, r, j.Wake(r, late, x.asker(r), x.tl.Loc, x.now))
	}
	x.out.Changed = true
	if r.Status != "" {
		return x.end(r, r.Status, r.Reason)
	}
	x.out.Moved = append(x.out.Moved, *r)
	return false
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
		if w, ok := j.Waits(r, e.Type.String()); ok && x.fits(w, r, e) {
			r.By = e.Seq
			return false, true
		}
	}
	if r.Until != 0 && r.Until <= x.now {
		w := j.Step(r.Step)
		return w != nil && w.Wait != nil && w.Wait.Event != "", true
	}
	return false, false
}

// fits reports whether e is the event a run waits for, and remembers its outcome.
func (x *stepper) fits(w *journey.WaitStep, r *journey.Run, e *event.Event) bool {
	switch w.Event {
	case "task":
		if e.Num != r.Task {
			return false
		}
		r.Outcome = e.C.String()
	case "answer":
		if e.Num != r.Card {
			return false
		}
		r.Outcome = e.B.String()
	default:
		if e.Occurred < r.Entered || e.Flags&event.NotANumber != 0 || e.Seq == r.Trigger {
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
	d := j.Def
	e := x.in.Event
	severity := 0
	switch d.Enter.On {
	case "tag", "stage":
		hit := false
		for _, g := range x.gained {
			hit = hit || g.Kind == d.Enter.On && g.Programme == p.Key && (g.Key == d.Enter.Tag || g.Key == d.Enter.Stage)
		}
		if !hit {
			return
		}
	default:
		if e == nil || e.Type.String() != d.Enter.On || e.Flags&(event.Hidden|event.Implausible) != 0 {
			return
		}
		age := time.Duration(x.now-e.Occurred) * time.Microsecond
		if (d.Enter.Lookback > 0 && age > d.Enter.Lookback) || (d.Enter.Older > 0 && age <= d.Enter.Older) {
			return
		}
		severity = Severity(e)
	}
	probe := journey.Run{Journey: d.Key, Entered: x.now}
	if e != nil {
		probe.Trigger, probe.By = e.Seq, e.Seq
	}
	x.bind(p)
	if d.Enter.If.Rule != nil && !x.ask(&d.Enter.If, &probe) {
		return
	}
	for i := range d.Leave { // someone who should leave at once does not come in
		if x.ask(&d.Leave[i], &probe) {
			return
		}
	}
	ent := x.s.entry(d.Key)
	active := -1
	for i := range x.s.Runs {
		if x.s.Runs[i].Journey == d.Key {
			active = i
		}
	}
	worse := d.Enter.UnlessWorse && severity > ent.Severity
	switch d.Enter.Key {
	case "once":
		if ent.Count > 0 {
			return
		}
	case "event":
	default: // episode: one at a time, and a pause after the last entry
		if ent.Count > 0 && !worse && (active >= 0 || x.now < ent.Last+d.Enter.Again.Microseconds()) {
			return
		}
		if active >= 0 {
			x.end(&x.s.Runs[active], "left", "worse")
			x.s.Runs = append(x.s.Runs[:active:active], x.s.Runs[active+1:]...)
		}
	}
	ent.Count++
	ent.Last, ent.Severity = x.now, severity
	r := probe
	r.ID = derive(x.who.Workspace, string(x.who.ID), "run", d.Key, strconv.Itoa(ent.Count))
	r.Version, r.Of = d.Version, p.of
	effects := j.Begin(&r, x.asker(&r), x.tl.Loc, x.now)
	x.out.Changed = true
	x.out.Begun = append(x.out.Begun, r)
	x.effects(p, j, &r, effects)
	if r.Status != "" {
		x.out.Ended = append(x.out.Ended, Ended{r, r.Status, r.Reason})
		return
	}
	x.s.Runs = append(x.s.Runs, r)
	x.out.Moved = append(x.out.Moved, r)
}

func (x *stepper) end(r *journey.Run, status, reason string) bool {
	x.out.Changed = true
	x.out.Ended = append(x.out.Ended, Ended{*r, status, reason})
	return true
}

// bind makes the tags, the targets and the stage of p what rules read.
func (x *stepper) bind(p *Programme) { x.bindAs(p, p) }

// bindAs is bind for rules of an older version, which know the tags of p by other numbers. A tag that is gone is unknown.
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
			if version != p {
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
	if pr := x.s.Progress(p.Key); pr != nil {
		x.ctx.Stage = pr.Stage
	}
}

func (x *stepper) asker(r *journey.Run) journey.Ask {
	return func(c *journey.Cond, _ *journey.Run) bool { return x.ask(c, r) }
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
}

func (x *stepper) soon(c *journey.Cond, r *journey.Run) {
	if c.Rule != nil {
		x.out.Wake = min(x.out.Wake, x.eval(c, r).Next)
	}
}

// effects turns what a journey asks for into messages and tasks with derived ids.
func (x *stepper) effects(p *Programme, j *journey.Program, r *journey.Run, fx []journey.Effect) {
	for _, f := range fx {
		id := derive(x.who.Workspace, r.ID, f.Step.ID, strconv.Itoa(f.Round))
		why, _ := json.Marshal(Cause{Programme: p.Key, Journey: j.Def.Key, Version: j.Def.Version, Step: f.Step.ID, Event: r.Trigger, By: r.By})
		switch s := f.Step; {
		case s.Message != nil:
			kind := "message"
			if s.Message.Card {
				kind = "card"
			}
			m := message.Message{
				ID: message.ID(id), Person: x.who.Number, Class: j.Def.Class, Priority: j.Def.Priority, Content: s.Message.Content,
				Kind: kind, State: message.Queued, Due: f.At, Next: f.At, Expires: f.At + expiry(j.Def.Class, s.Message).Microseconds(),
				Journey: j.Def.Key, Run: r.ID, Step: s.ID, Why: why, Audience: s.Message.To, Scope: s.Message.Scope,
			}
			if c := p.Contents[s.Message.Content]; c != nil {
				m.Version = c.Version
			}
			if s.Message.To != "family" {
				m.To, m.Audience = x.who.Number, "person"
				r.Card = event.Ref(id)
			}
			x.out.Messages = append(x.out.Messages, m)
		case s.Task != nil:
			t := task.Task{
				ID: task.ID(id), Person: x.who.Number, Kind: "task", Priority: priority(s.Task.Priority), Script: s.Task.Script,
				Results: s.Task.Results, State: task.Open, Role: s.Task.Who, Opened: f.At, Due: f.At + s.Task.Due.Microseconds(),
				Run: r.ID, Why: why, Version: 1,
			}
			if t.Role == "owner" && s.Task.Else != "" && !x.owned() {
				t.Role = s.Task.Else
			}
			if c := p.Scripts[s.Task.Script]; c != nil {
				t.Title = c.Title
			}
			r.Task, r.Outcome = event.Ref(id), ""
			x.out.Tasks = append(x.out.Tasks, t)
		case s.Alert != nil:
			x.out.Tasks = append(x.out.Tasks, task.Task{
				ID: task.ID(id), Person: x.who.Number, Kind: "alert", Priority: task.Safety, Level: s.Alert.Level, Title: s.Alert.Text,
				State: task.Open, Role: "owner", Opened: f.At, Due: f.At + s.Alert.Due.Microseconds(), Run: r.ID, Why: why, Version: 1,
			})
		case s.SetStage != "":
			x.setStage(p, s.SetStage)
		}
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
	Event     event.Seq `json:"event,omitempty"` // that entered the run
	By        event.Seq `json:"by,omitempty"`    // that ended its last wait
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
