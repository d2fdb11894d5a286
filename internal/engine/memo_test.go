package engine

import (
	"reflect"
	"testing"

	"peiban/internal/rule"
)

func TestAClonedMemoSharesNothing(t *testing.T) {
	m := Memo{valid: true, truth: [][]rule.Truth{{rule.True}}, next: [][]int64{{1}}, firm: [][]firm{{{bears: 3}}}, stage: []int64{2}, placed: [][]firm{{{bears: 4}}}}
	c := m.Clone()
	if !reflect.DeepEqual(m, c) {
		t.Fatalf("%+v, want %+v", c, m)
	}
	c.truth[0][0], c.next[0][0], c.firm[0][0].bears, c.stage[0], c.placed[0][0].bears = rule.False, 7, 7, 7, 7
	if m.truth[0][0] != rule.True || m.next[0][0] != 1 || m.firm[0][0].bears != 3 || m.stage[0] != 2 || m.placed[0][0].bears != 4 {
		t.Errorf("changed with its clone: %+v", m)
	}
	if n := reflect.TypeFor[Memo]().NumField(); n != 6 {
		t.Errorf("Clone knows 6 fields of %d", n)
	}
}
