package match

import (
	"math"

	"peiban/internal/match/field"
)

// Evidence is what one field says about a pair. It holds no value of the rows.
type Evidence struct {
	Field *Field
	Level field.Level
	How   field.How
	Bits  float64 // for one person where positive, against where negative
	// Share is how many others have the shared value, 0 to 1; 0 where nothing is shared.
	Share float64
	// Said is the field that this one follows from and that is the same too, so that this one weighs little; nil: none.
	Said *Field
}

// Explain says what each field says about two rows, in the order of the columns.
func (m *Model) Explain(a, b int) []Evidence {
	x, y := m.people.at[a], m.people.at[b]
	if x > y {
		x, y = y, x
	}
	p := m.people.pattern(x, y)
	out := make([]Evidence, 0, len(m.people.fields))
	for j, f := range m.people.fields {
		e := Evidence{Field: f, Level: p.level(j), Bits: m.bits(j, p)}
		if e.Level != field.Missing && e.Level != field.Moved {
			_, e.How = field.Compare(f.Kind, &f.values[f.of[x]], &f.values[f.of[y]])
		}
		if e.Level == field.Moved {
			e.How = field.OtherColumn
		}
		extra, share := m.frequencyBits(j, x, p)
		if e.Share = share; extra != 0 {
			e.Bits += max(extra, -e.Bits)
		}
		if m.after(j, p) && e.Level == field.Exact {
			e.Said = m.people.fields[m.follow[j].of]
		}
		out = append(out, e)
	}
	return out
}

// Fields are what is compared, in the order of the columns.
func (m *Model) Fields() []*Field { return m.people.fields }

// Bits are what the levels of a field weigh, in bits, where nothing else of the pair matters.
func (m *Model) Bits(j int) (of [field.Levels]float64) {
	for l := field.Exact; l < field.Levels; l++ {
		of[l] = m.bits(j, pattern(l)<<(3*j))
	}
	return of
}

// Start is what is thought of a pair of which nothing is known, in bits: most pairs are of two people.
func (m *Model) Start() float64 { return math.Log2(m.share / (1 - m.share - m.homes)) }

// Together is what is added to the evidence of the single fields, in bits: less than 0 where two people of one home would look alike,
// more where all that differs is where one lives.
func (m *Model) Together(a, b int) float64 {
	x, y := m.people.at[a], m.people.at[b]
	if x > y {
		x, y = y, x
	}
	w := m.weighPair(x, m.people.pattern(x, y))
	return w.odds - m.Start() - w.weight
}

// Share is how many of all pairs are of one person, by what was learned.
func (m *Model) Share() float64 { return m.share }
