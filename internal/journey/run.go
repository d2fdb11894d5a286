package journey

import "peiban/internal/event"

// Run is one person's way through one version of a journey. It is part of the engine's state: codes and
// numbers only.
type Run struct {
	ID      string `json:"id" cbor:"1,keyasint"`
	Journey string `json:"journey" cbor:"2,keyasint"`
	Version int    `json:"version" cbor:"3,keyasint"`
	// Of is the published version of the programme it began with; 0: the one there was before any was published.
	Of      int       `json:"of,omitempty" cbor:"4,keyasint,omitempty"`
	Entered int64     `json:"entered" cbor:"5,keyasint"`                      // microseconds
	Trigger event.Seq `json:"trigger,omitempty" cbor:"6,keyasint,omitempty"`  // the event that entered it
	Step    string    `json:"step,omitempty" cbor:"7,keyasint,omitempty"`     // the step it waits in; empty: not begun
	Since   int64     `json:"since" cbor:"8,keyasint"`                        // when it came to Step
	Until   int64     `json:"until,omitempty" cbor:"9,keyasint,omitempty"`    // when the wait ends by itself; 0: only by an event
	Round   int       `json:"round,omitempty" cbor:"10,keyasint,omitempty"`   // how many steps it has taken, so that each effect has its own id
	Outcome string    `json:"outcome,omitempty" cbor:"11,keyasint,omitempty"` // of the last task, card or held message it waited for
	Late    bool      `json:"late,omitempty" cbor:"12,keyasint,omitempty"`    // the last wait ended by its deadline
	By      event.Seq `json:"by,omitempty" cbor:"13,keyasint,omitempty"`      // the event that ended the last wait
	Task    float64   `json:"task,omitempty" cbor:"14,keyasint,omitempty"`    // event.Ref of the last task it opened
	Card    float64   `json:"card,omitempty" cbor:"15,keyasint,omitempty"`    // event.Ref of the last message it sent
	Said    float64   `json:"said,omitempty" cbor:"16,keyasint,omitempty"`    // event.Ref of the message it waits to be sent
	Called  string    `json:"called,omitempty" cbor:"17,keyasint,omitempty"`  // the run it waits for
	Turns   []Turns   `json:"turns,omitempty" cbor:"18,keyasint,omitempty"`   // how often it was sent back, by step; never changed in place
	Arm     string    `json:"arm,omitempty" cbor:"19,keyasint,omitempty"`     // the way chance gave it: treated, held_out, or that of its last split
	Goal    int64     `json:"goal,omitempty" cbor:"20,keyasint,omitempty"`    // when the goal was reached
	// From is the inside number of who brought it along in a merge; 0: it began here.
	From   uint32 `json:"from,omitempty" cbor:"21,keyasint,omitempty"`
	Status string `json:"-" cbor:"-"` // of a run that ended in this step: done, left
	Reason string `json:"-" cbor:"-"`
}

// Why a run ended, beside what its journey says.
const (
	AtEnd      = "end"
	ByExit     = "exit"
	StepGone   = "step_gone"
	Unsent     = "suppressed" // a message it should not go on without
	TooMany    = "too_many_steps"
	ReachedEnd = "done"
	Departed   = "left"
)

// Effect is what a step asks for; the engine gives it an id and makes it a message, a task, an alert, an event.
type Effect struct {
	Step  *Step
	Round int
	At    int64
	Text  string // of a message: the content that was chosen
	Arm   string // of a split or a holdout: the way chance gave
}

// Ask evaluates a condition for a run at the present step.
type Ask func(c *Cond, r *Run) bool

// Env is what a run may ask of the person it is about.
type Env struct {
	Ask Ask
	Clock
	Person string // their id, for what is divided by chance
}

// maxSteps bounds how far a run goes at one moment; definitions have no circles without a wait, so it is never reached.
const maxSteps = 1000

// Begin takes a run from its start to its first wait or its end.
func (p *Program) Begin(r *Run, env Env, now int64) []Effect {
	return p.advance(r, 0, env, now)
}

// Wake goes on after a wait that ended at now: by its deadline when late is set, else by an event.
func (p *Program) Wake(r *Run, late bool, env Env, now int64) []Effect {
	i, ok := p.byID[r.Step]
	if !ok { // the step is gone in this version: nothing more can follow
		r.Status, r.Reason = Departed, StepGone
		return nil
	}
	r.Late, r.Until, r.Said, r.Called = late, 0, 0, ""
	if m := p.ops[i].step.Says(); m != nil && m.Held == Depart && r.Outcome == Unsent {
		r.Status, r.Reason = Departed, Unsent
		return nil
	}
	return p.advance(r, p.ops[i].next, env, now)
}

// advance takes the steps from place i on.
func (p *Program) advance(r *Run, i int, env Env, now int64) []Effect {
	var out []Effect
	for range maxSteps {
		if i >= len(p.ops) {
			r.Status, r.Reason, r.Step = ReachedEnd, AtEnd, ""
			return out
		}
		o := &p.ops[i]
		s := o.step
		r.Step, r.Since = s.ID, now
		r.Round++
		i = o.next
		switch {
		case s.Exit:
			r.Status, r.Reason = ReachedEnd, ByExit
			return out
		case s.Wait != nil:
			r.Until = s.Wait.until(r, env.Clock, now)
			if r.Until != 0 && r.Until <= now && s.Wait.Event == "" {
				r.Until = 0
				continue // its time is past already
			}
			return out
		case s.If != nil:
			i = o.ways[1]
			if env.Ask(&s.If.When, r) {
				i = o.ways[0]
			}
		case s.Choose != nil:
			i = o.ways[s.Choose.way(r, env.Ask)]
		case s.Split != nil:
			k := s.Split.arm(Slot(env.Person, p.Def.Key+"/"+s.ID))
			i, r.Arm = o.ways[k], s.Split.Arms[k].Key
			out = append(out, Effect{Step: s, Round: r.Round, At: now, Arm: r.Arm})
		case s.Holdout != nil:
			r.Arm = Treated
			if Slot(env.Person, p.Def.Key+"/"+s.ID) < s.Holdout.Share {
				r.Arm = HeldOut
			}
			out = append(out, Effect{Step: s, Round: r.Round, At: now, Arm: r.Arm})
			if r.Arm == HeldOut {
				r.Status, r.Reason = ReachedEnd, HeldOut
				return out
			}
		case s.Go != nil:
			if s.Go.again(r, s.ID) {
				i = p.byID[s.Go.To]
			}
		case s.Goal:
			if r.Goal == 0 {
				r.Goal = now
			}
		default:
			out = append(out, Effect{Step: s, Round: r.Round, At: now, Text: s.text(r, env.Ask)})
			switch m := s.Says(); {
			case m != nil && m.Waits():
				r.Outcome = ""
				return out
			case s.Call != nil && s.Call.Wait > 0:
				r.Until = now + s.Call.Wait.Microseconds()
				return out
			}
		}
	}
	r.Status, r.Reason = Departed, TooMany
	return out
}

// Says is the message a step sends, nil when it sends none.
func (s *Step) Says() *MessageStep {
	switch {
	case s.Message != nil:
		return s.Message
	case s.Form != nil:
		return &s.Form.MessageStep
	case s.Invite != nil:
		return &s.Invite.MessageStep
	}
	return nil
}

// Does is the task a step opens, nil when it opens none.
func (s *Step) Does() *TaskStep {
	switch {
	case s.Task != nil:
		return s.Task
	case s.HandOver != nil:
		return &s.HandOver.TaskStep
	}
	return nil
}

// text is the content that a message of s sends for this run.
func (s *Step) text(r *Run, ask Ask) string {
	m := s.Says()
	if m == nil {
		return ""
	}
	for i := range m.Variants {
		if ask(&m.Variants[i].If, r) {
			return m.Variants[i].Content
		}
	}
	return m.Content
}

// way is the branch of a choice for this run.
func (c *ChooseStep) way(r *Run, ask Ask) int {
	for i := range c.Ways {
		if ask(&c.Ways[i].When, r) {
			return i
		}
	}
	return len(c.Ways)
}
