package match

import (
	"cmp"
	"slices"

	"peiban/internal/match/field"
)

// Two people of one suburb nearly always share the postcode too. Counting both as if they were independent would make neighbours,
// and families, one person. So a field may follow another: where the other is the same, this one's u is that of pairs in which the
// other is the same. Each field follows at most one, and only a field that says more than itself, so there are no circles.
type follow struct {
	of int // field; -1: none
	u  [field.Levels]float64
}

// When a field follows another.
const (
	followPairs = 40  // pairs of two people in which the other is the same: fewer say nothing
	followTimes = 1.5 // so much more often it is the same then
	followMore  = 0.01
	followPrior = 20.0 // pairs that the field's own u counts as
)

// mayFollow reports whether one kind of field can follow from another. Names, birthdays and numbers of a person follow from nothing:
// pairs in which two of them agree and the rest does not are people whose other data are old, and to take them for strangers would
// teach that the agreement means nothing.
func mayFollow(k, of field.Kind) bool {
	switch {
	case k == field.Surname || k == field.Phone || role(k) == ofPerson && k != field.Number:
		return false
	case role(k) == ofHome, k == field.Text, k == field.Code:
		return role(of) == ofHome || of == field.Text || of == field.Code
	}
	return true
}

// findDependence chooses for each field the one it follows.
func (m *Model) findDependence(candidates, drawn []counted) {
	n := len(m.people.fields)
	order := make([]int, n)
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.u[a][field.Exact], m.u[b][field.Exact]) })
	for at, j := range order {
		best := 0.0
		for _, o := range order[:at] {
			if !mayFollow(m.people.fields[j].Kind, m.people.fields[o].Kind) {
				continue
			}
			sum, said := m.given(o, j, candidates, drawn)
			if said < followPairs {
				continue
			}
			exact := sum[field.Exact] / said
			if alone := m.u[j][field.Exact]; exact > alone*followTimes && exact > alone+followMore && exact > best {
				best = exact
				m.follow[j].of = o
			}
		}
	}
	m.dependence(candidates, drawn)
}

// dependence learns the u of each field that follows another.
func (m *Model) dependence(candidates, drawn []counted) {
	for j := range m.follow {
		o := m.follow[j].of
		if o < 0 {
			continue
		}
		sum, said := m.given(o, j, candidates, drawn)
		for l := field.Exact; l < field.Levels; l++ {
			m.follow[j].u[l] = (sum[l] + followPrior*m.u[j][l]) / (said + followPrior)
		}
	}
	m.reckon()
}

// given counts the levels of j in pairs of two people in which o is the same. Drawn pairs are fair; where they are too few the
// candidates are, because every pair in which a telling field is the same is one.
func (m *Model) given(o, j int, candidates, drawn []counted) (sum [field.Levels]float64, said float64) {
	for _, from := range [2][]counted{drawn, candidates} {
		sum, said = [field.Levels]float64{}, 0
		for _, c := range from {
			if c.pattern.level(o) != field.Exact || c.pattern.level(j) == field.Missing {
				continue
			}
			w := m.weigh(c.pattern, c.extra())
			q := (1 - w.match - w.home) * c.n
			sum[c.pattern.level(j)] += q
			said += q
		}
		if said >= 5*followPairs {
			break
		}
	}
	return sum, said
}
