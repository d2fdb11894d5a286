package match

import (
	"math"

	"peiban/internal/match/field"
)

// A rare value that two rows share says more than a common one: its u is the share of other people who have it. A value weighs at
// most log2 of rarest more than the field usually does.
const rarest = 64.0

// countRows counts values before anything is known of people. Rows that share a value and much else count as one.
func (m *Model) countRows() {
	for j, f := range m.people.fields {
		rows := make([][]int32, len(f.values))
		for i, v := range f.of {
			rows[v] = append(rows[v], int32(i))
		}
		n := make([]float64, len(f.values))
		for v := 1; v < len(rows); v++ {
			n[v] = float64(m.people.apart(j, rows[v]))
		}
		f.frequencies(n)
	}
}

// Rows that share a value are thought to be one person's for its count where they share so many other fields too. Values that more
// rows have are counted by row: there are few copies among many.
const (
	copiesShare  = 2
	copiesOf     = 0.4
	copiesAmong  = 60
	copiesFields = 3
)

// apart is how many of the rows are not copies of one another as far as one sees at once.
func (p *people) apart(j int, rows []int32) int {
	if len(rows) > copiesAmong || len(p.fields) < copiesFields {
		return max(1, len(rows)-1) // the rows of the pair in question are thought to be one person's
	}
	n := 0
	for i, a := range rows {
		copied := false
		for _, b := range rows[:i] {
			same, both := 0, 0
			for k, f := range p.fields {
				if k == j || f.of[a] == 0 || f.of[b] == 0 {
					continue
				}
				both++
				if f.of[a] == f.of[b] {
					same++
				}
			}
			if same >= copiesShare && float64(same) >= copiesOf*float64(both) {
				copied = true
				break
			}
		}
		if !copied {
			n++
		}
	}
	return n
}

// countPeople counts values once for each person that was found.
func (m *Model) countPeople(groups [][]int) {
	in := make([]int32, m.people.rows)
	for g, rows := range groups {
		for _, i := range rows {
			in[i] = int32(g + 1)
		}
	}
	for _, f := range m.people.fields {
		n := make([]float64, len(f.values))
		seen := map[uint64]bool{}
		for i, v := range f.of {
			if g := in[i]; g > 0 {
				key := uint64(g)<<32 | uint64(v)
				if seen[key] {
					continue
				}
				seen[key] = true
			}
			n[v]++
		}
		f.frequencies(n)
	}
}

// frequencies keeps how many others have each value; n is how many people have it.
func (f *Field) frequencies(n []float64) {
	f.others, f.whole = n, 0
	for v := 1; v < len(n); v++ {
		f.whole += n[v]
		n[v] = max(n[v]-1, 0)
	}
}

// How far the count of a value is believed against what is usual for the field. Names and places are skewed: their own counts are
// believed, as if half a person had been seen before. What belongs to one person is spread evenly, so that two who share a birthday
// are chance; only a value that many more have is a common one.
const (
	skewed = 0.5
	chance = 3
)

// shareOf is the share of other people who have a value.
func (m *Model) shareOf(j int, v int32) float64 {
	f := m.people.fields[j]
	u, others, n := m.u[j][field.Exact], f.others[v], max(f.whole, 2)
	if role(f.Kind) == ofPerson && f.Kind != field.Given || f.Kind == field.Phone {
		return max(u, (others-chance)/n)
	}
	return max((others+skewed)/(n+skewed/u), u/rarest)
}

// frequencyBits is what the frequency of the shared value of a field adds to its weight, in bits, and the share of others who have
// it. There is nothing to add where the field follows another that is the same: that one was counted already.
func (m *Model) frequencyBits(j int, a int32, p pattern) (bits, share float64) {
	f := m.people.fields[j]
	if p.level(j) != field.Exact || f.others == nil {
		return 0, 0
	}
	share = m.shareOf(j, f.of[a])
	if m.after(j, p) {
		return 0, share
	}
	return math.Log2(m.u[j][field.Exact] / share), share
}

// extra is what the frequencies of shared values add, in bits: for one person, for one home, and for one person who moved house.
type extra struct{ match, home, moved float64 }

func (m *Model) frequencies(a int32, p pattern) (x extra) {
	for j, f := range m.people.fields {
		if p.level(j) != field.Exact {
			continue
		}
		e, _ := m.frequencyBits(j, a, p)
		if e == 0 {
			continue
		}
		here := max(e, -m.bits(j, p)) // a common value says nothing at worst
		x.match += here
		r := role(f.Kind)
		if r != ofPerson {
			x.home += max(e, -m.homeBits(j, p))
		}
		if r != ofHome {
			x.moved += here
		}
	}
	return x
}
