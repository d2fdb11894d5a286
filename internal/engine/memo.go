package engine

import (
	"slices"

	"peiban/internal/rule"
)

// Memo is what a person's last evaluation found, so that the next asks only what may have changed. It can be
// thrown away at any time: the answers do not depend on it.
type Memo struct {
	valid bool
	truth [][]rule.Truth // by programme, by tag
	next  [][]int64      // when that tag could change by itself
	firm  [][]firm       // what that tag bears
	stage []int64        // when the stage could

	placed [][]firm // by stage, what its answer bears; those after the stage that holds are not asked, and bear anything
}

// reset begins m anew for programmes; each gets room when somebody in it is first asked: most people are in one of several.
func (m *Memo) reset(ps []*Programme) {
	*m = Memo{truth: make([][]rule.Truth, len(ps)), next: make([][]int64, len(ps)), firm: make([][]firm, len(ps)), stage: make([]int64, len(ps)), placed: make([][]firm, len(ps))}
	for i := range ps {
		m.stage[i] = Never
	}
}

// room makes room for the answers of a programme, if there is none.
func (m *Memo) room(i int, p *Programme) {
	if m.truth[i] == nil {
		m.truth[i] = make([]rule.Truth, len(p.Tags))
		m.next[i] = make([]int64, len(p.Tags))
		firms := make([]firm, len(p.Tags)+len(p.Stages))
		m.firm[i], m.placed[i] = firms[:len(p.Tags):len(p.Tags)], firms[len(p.Tags):]
	}
}

// Forget makes the next step ask every rule again.
func (m *Memo) Forget() { m.valid = false }

// Clone is a memo that steps may change without changing m.
func (m *Memo) Clone() Memo {
	c := Memo{valid: m.valid}
	if !m.valid {
		return c // a step begins it anew
	}
	c.truth, c.next, c.firm, c.stage, c.placed = slices.Clone(m.truth), slices.Clone(m.next), slices.Clone(m.firm), slices.Clone(m.stage), slices.Clone(m.placed)
	for i := range m.truth {
		c.truth[i], c.next[i], c.firm[i] = slices.Clone(m.truth[i]), slices.Clone(m.next[i]), slices.Clone(m.firm[i])
		c.placed[i] = slices.Clone(m.placed[i])
	}
	return c
}
