package journey

import (
	"fmt"
	"time"

	"peiban/internal/event"
)

// Run is one person's way through one version of a journey. It is part of the engine's state: codes and
// numbers only.
type Run struct {
	ID      string `json:"id"`
	Journey string `json:"journey"`
	Version int    `json:"version"`
	// Of is the published version of the programme it began with; 0: the one there was before any was published.
	Of      int       `json:"of,omitempty"`
	Entered int64     `json:"entered"`           // microseconds
	Trigger event.Seq `json:"trigger,omitempty"` // the event that entered it
	Step    string    `json:"step,omitempty"`    // the step it waits in; empty: not begun
	Since   int64     `json:"since"`             // when it came to Step
	Until   int64     `json:"until,omitempty"`   // when the wait ends by itself; 0: only by an event
	Round   int       `json:"round,omitempty"`   // how many steps it has taken, so that each effect has its own id
	Outcome string    `json:"outcome,omitempty"` // of the last task or card it waited for
	Late    bool      `json:"late,omitempty"`    // the last wait ended by its deadline
	By      event.Seq `json:"by,omitempty"`      // the event that ended the last wait
	Task    float64   `json:"task,omitempty"`    // event.Ref of the last task it opened
	Card    float64   `json:"card,omitempty"`    // event.Ref of the last message it sent
	Goal    int64     `json:"goal,omitempty"`    // when the goal was reached
	// From is the inside number of who brought it along in a merge; 0: it began here.
	From   uint32 `json:"from,omitempty"`
	Status string `json:"-"` // of a run that ended in this step: done, left
	Reason string `json:"-"`
}

// Effect is what a step asks for; the engine gives it an id and makes it a message, a task, an alert.
type Effect struct {
	Step  *Step
	Round int
	At    int64
}

// Ask evaluates a condition for a run at the present step.
type Ask func(c *Cond, r *Run) bool

// op is a step in the flat order of a program, with where to go next.
type op struct {
	step *Step
	next int // after it; len(ops): the end
	no   int // of an If: when the condition does not hold
}

// Program is a definition made flat: every step has a place, every branch a way out.
type Program struct {
	Def  *Definition
	ops  []op
	byID map[string]int
}

// Flatten lays the steps of d out. A step without an ID gets its path, such as 3.then.1.
func Flatten(d *Definition) *Program {
	p := &Program{Def: d, byID: map[string]int{}}
	p.lay(d.Steps, "")
	for i := range p.ops {
		p.byID[p.ops[i].step.ID] = i
	}
	return p
}

// lay appends steps so that the last one falls through to what is laid next.
func (p *Program) lay(steps []Step, path string) {
	for i := range steps {
		s := &steps[i]
		if s.ID == "" {
			s.ID = fmt.Sprintf("%s%d", path, i+1)
		}
		at := len(p.ops)
		p.ops = append(p.ops, op{step: s, next: at + 1})
		if s.If == nil {
			continue
		}
		p.lay(s.If.Then, s.ID+".then.")
		if len(s.If.Else) == 0 {
			p.ops[at].no = len(p.ops)
			continue
		}
		last := len(p.ops) - 1 // of then: jumps over else
		p.ops[at].no = len(p.ops)
		p.lay(s.If.Else, s.ID+".else.")
		p.jump(at+1, last, len(p.ops))
	}
}

// jump makes every way in [from, last] that leads to last+1 lead to target.
func (p *Program) jump(from, last, target int) {
	for i := from; i <= last; i++ {
		if p.ops[i].next == last+1 {
			p.ops[i].next = target
		}
		if p.ops[i].no == last+1 {
			p.ops[i].no = target
		}
	}
	if last < from { // an empty then: the If itself steps over else
		p.ops[from-1].next = target
	}
}

// Step finds a step by its id, nil if this version has none of that id.
func (p *Program) Step(id string) *Step {
	if i, ok := p.byID[id]; ok {
		return p.ops[i].step
	}
	return nil
}

// maxSteps bounds how far a run goes at one moment; definitions have no circles, so it is never reached.
const maxSteps = 1000

// Begin takes a run from its start to its first wait or its end.
func (p *Program) Begin(r *Run, ask Ask, loc *time.Location, now int64) []Effect {
	return p.advance(r, 0, ask, loc, now)
}

// Wake goes on after a wait that ended at now: by its deadline when late is set, else by an event.
func (p *Program) Wake(r *Run, late bool, ask Ask, loc *time.Location, now int64) []Effect {
	i, ok := p.byID[r.Step]
	if !ok { // the step is gone in this version: nothing more can follow
		r.Status, r.Reason = "left", "step_gone"
		return nil
	}
	r.Late, r.Until = late, 0
	return p.advance(r, p.ops[i].next, ask, loc, now)
}

func (p *Program) advance(r *Run, i int, ask Ask, loc *time.Location, now int64) []Effect {
	var out []Effect
	for n := 0; n < maxSteps; n++ {
		if i >= len(p.ops) {
			r.Status, r.Reason, r.Step = "done", "end", ""
			return out
		}
		o := &p.ops[i]
		s := o.step
		r.Step, r.Since = s.ID, now
		r.Round++
		switch {
		case s.Exit:
			r.Status, r.Reason = "done", "exit"
			return out
		case s.Wait != nil:
			r.Until = s.Wait.until(r, loc, now)
			if r.Until != 0 && r.Until <= now && s.Wait.Event == "" {
				break // its time is past already
			}
			return out
		case s.If != nil:
			if !ask(&s.If.When, r) {
				i = o.no
				continue
			}
		default:
			out = append(out, Effect{Step: s, Round: r.Round, At: now})
		}
		i = o.next
	}
	r.Status, r.Reason = "left", "too_many_steps"
	return out
}

// until is when the wait ends by itself; 0: never.
func (w *WaitStep) until(r *Run, loc *time.Location, now int64) int64 {
	switch {
	case w.Event != "":
		if w.AtMost == 0 {
			return 0
		}
		return now + w.AtMost.Microseconds()
	case w.At != "":
		var h, m int
		_, _ = fmt.Sscanf(w.At, "%d:%d", &h, &m) // checked when the programme was loaded
		from := time.UnixMicro(r.Entered).In(loc)
		if w.Day == 0 {
			from = time.UnixMicro(now).In(loc)
		}
		at := time.Date(from.Year(), from.Month(), from.Day()+w.Day, h, m, 0, 0, loc)
		if w.Day == 0 && !at.After(time.UnixMicro(now)) {
			at = time.Date(from.Year(), from.Month(), from.Day()+1, h, m, 0, 0, loc)
		}
		return at.UnixMicro()
	case w.Day > 0:
		return r.Entered + int64(w.Day)*24*time.Hour.Microseconds()
	}
	return now + w.For.Microseconds()
}

// Waits reports whether r waits for events of type t (as its wire name), and the step it waits in.
func (p *Program) Waits(r *Run, t string) (*WaitStep, bool) {
	s := p.Step(r.Step)
	if s == nil || s.Wait == nil || s.Wait.Event == "" {
		return nil, false
	}
	switch s.Wait.Event {
	case "task":
		return s.Wait, t == "task_done" || t == "task_skipped"
	default:
		return s.Wait, s.Wait.Event == t
	}
}
