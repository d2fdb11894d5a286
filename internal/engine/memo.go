package engine

import (
	"slices"

	"peiban/internal/rule"
)

// Clone is a memo that steps may change without changing m.
func (m *Memo) Clone() Memo {
	c := Memo{valid: m.valid}
	if !m.valid {
		return c // a step begins it anew
	}
	c.truth, c.next, c.stage = make([][]rule.Truth, len(m.truth)), make([][]int64, len(m.next)), slices.Clone(m.stage)
	for i := range m.truth {
		c.truth[i], c.next[i] = slices.Clone(m.truth[i]), slices.Clone(m.next[i])
	}
	return c
}
