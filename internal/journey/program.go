package journey

import "fmt"

// op is a step in the flat order of a program, with where to go next.
type op struct {
	step *Step
	next int   // after it; len(ops): the end
	ways []int // of a step that branches: where each of its bodies begins
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
	p.lead(p.lay(d.Steps, "", nil), 0)
	for i := range p.ops {
		p.byID[p.ops[i].step.ID] = i
	}
	return p
}

// way is a way out of a step that leads nowhere yet: the one after it, or one of its branches.
type way struct{ op, branch int }

const after = -1

// lay appends steps, has the ways in lead to the first, and gives the ways out of the last.
func (p *Program) lay(steps []Step, path string, in []way) []way {
	for i := range steps {
		s := &steps[i]
		if s.ID == "" {
			s.ID = fmt.Sprintf("%s%d", path, i+1)
		}
		at := len(p.ops)
		p.ops = append(p.ops, op{step: s})
		p.lead(in, at)
		in = []way{{at, after}}
		bodies := s.Bodies()
		if len(bodies) == 0 {
			continue
		}
		in, p.ops[at].ways = nil, make([]int, len(bodies))
		for k, b := range bodies {
			in = append(in, p.lay(b.Steps, s.ID+"."+b.Path+".", []way{{at, k}})...)
		}
	}
	return in
}

// lead has ways lead to the step at a place; at 0, which no way leads to by itself, to the end.
func (p *Program) lead(ways []way, at int) {
	if at == 0 {
		at = len(p.ops)
	}
	for _, w := range ways {
		if w.branch == after {
			p.ops[w.op].next = at
		} else {
			p.ops[w.op].ways[w.branch] = at
		}
	}
}

// Step finds a step by its id, nil if this version has none of that id.
func (p *Program) Step(id string) *Step {
	if i, ok := p.byID[id]; ok {
		return p.ops[i].step
	}
	return nil
}

// Waits reports whether r waits for events of type t (as its wire name), and the step it waits in.
func (p *Program) Waits(r *Run, t string) (*Step, bool) {
	s := p.Step(r.Step)
	switch {
	case s == nil:
		return nil, false
	case s.Wait != nil && s.Wait.Event != "":
		return s, s.Wait.event(t)
	}
	if m := s.Says(); m != nil && m.Waits() {
		return s, t == "message_sent" || t == "message_suppressed"
	}
	return s, false
}

// event reports whether events of type t may end the wait.
func (w *WaitStep) event(t string) bool {
	switch w.Event {
	case ForTask:
		return t == "task_done" || t == "task_skipped"
	case ForAnswer:
		return t == "answer"
	case ForReply:
		return t == "chat"
	case ForForm:
		return t == "form_answer"
	}
	return w.Event == t
}

// Follow takes a run over to this version, published under the number of. It goes on waiting where it waits; of a step that is gone it
// goes on in the step's successor, as if it had come there when it came to the old one, and without one it leaves. What is past never
// runs again.
func (p *Program) Follow(r *Run, of int, env Env, now int64) []Effect {
	r.Of, r.Version = of, p.Def.Version
	if p.Step(r.Step) != nil {
		return nil
	}
	to := p.Def.Instead[r.Step]
	s := p.Step(to)
	if s == nil {
		r.Status, r.Reason = Departed, StepGone
		return nil
	}
	if s.Wait == nil {
		return p.advance(r, p.byID[to], env, now)
	}
	r.Step, r.Until = to, s.Wait.until(r, env.Clock, r.Since)
	return nil
}

// Spins are the steps that go elsewhere and, with nothing on the way that waits, come back to themselves.
func (p *Program) Spins() []string {
	var out []string
	for i := range p.ops {
		if p.ops[i].step.Go != nil && p.spins(i) {
			out = append(out, p.ops[i].step.ID)
		}
	}
	return out
}

func (p *Program) spins(from int) bool {
	seen := make([]bool, len(p.ops)+1)
	next := []int{p.byID[p.ops[from].step.Go.To]}
	for len(next) > 0 {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		if i == from {
			return true
		}
		if i >= len(p.ops) || seen[i] {
			continue
		}
		seen[i] = true
		o := &p.ops[i]
		if o.step.Exit || o.step.Wait != nil {
			continue
		}
		if len(o.ways) == 0 {
			next = append(next, o.next)
		}
		next = append(next, o.ways...)
		if g := o.step.Go; g != nil {
			next = append(next, p.byID[g.To])
		}
	}
	return false
}
