package journey

import "strconv"

// IfStep branches in two.
type IfStep struct {
	When       Cond
	Then, Else []Step
}

// ChooseStep branches in several: the first whose condition holds, else the last.
type ChooseStep struct {
	Ways []Way
	Else []Step
}

// Way is one branch of a choice.
type Way struct {
	When Cond
	Then []Step
}

func (c *ChooseStep) bodies() []Body {
	var out []Body
	for i := range c.Ways {
		out = append(out, Body{strconv.Itoa(i + 1), c.Ways[i].Then})
	}
	return append(out, Body{"else", c.Else})
}

func (c *ChooseStep) conds() []*Cond {
	out := make([]*Cond, len(c.Ways))
	for i := range c.Ways {
		out[i] = &c.Ways[i].When
	}
	return out
}

// GoStep goes on at another step, at most so many times in one run; then the run goes on below.
type GoStep struct {
	To    string
	Times int
}

// Turns counts how often a run was sent back from a step.
type Turns struct {
	Step string `json:"step" cbor:"1,keyasint"`
	N    int    `json:"n" cbor:"2,keyasint"`
}

// again reports whether a run is sent back once more, and counts it.
func (g *GoStep) again(r *Run, step string) bool {
	turns := append([]Turns(nil), r.Turns...) // the run's copies share it
	for i := range turns {
		if turns[i].Step == step {
			if turns[i].N >= g.Times {
				return false
			}
			turns[i].N++
			r.Turns = turns
			return true
		}
	}
	if g.Times < 1 {
		return false
	}
	r.Turns = append(turns, Turns{step, 1})
	return true
}
