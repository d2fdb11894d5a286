package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"peiban/internal/match/field"
)

// Model is what was learned from a table: how often each level of each field is met among rows of one person, of two people of one
// home, and of two who have nothing to do with one another.
type Model struct {
	people  *people
	workers int

	m, u, h [][field.Levels]float64 // of each field; Missing is not used
	follow  []follow
	tables  []weights
	share   float64                              // of all pairs that are of one person
	homes   float64                              // of all pairs that are of two people of one home
	moves   float64                              // of the pairs of one person that are of two homes
	starts  struct{ stays, moves, home float64 } // the shares as logarithms to base 2
}

// counted is a pattern, what the frequencies of its shared values add, rounded to a bit, and how many pairs are like that.
type counted struct {
	pattern            pattern
	match, home, moved int16
	n                  float64
}

func (c counted) extra() extra { return extra{float64(c.match), float64(c.home), float64(c.moved)} }

// forgotten are odds below which a pair's frequencies are not looked up: no frequency would make it a match.
const forgotten = -30

// tally counts pairs that are alike, in a fixed order.
func (m *Model) tally(ctx context.Context, pairs []pair, patterns []pattern) ([]counted, error) {
	var mu sync.Mutex
	all := map[counted]float64{} // by what they are like, with n 0; sums of whole numbers do not depend on the order
	err := m.spread(ctx, len(pairs), func(from, to int) {
		part := map[counted]float64{}
		for i := from; i < to; i++ {
			c := counted{pattern: patterns[i]}
			if m.weigh(c.pattern, extra{}).odds >= forgotten {
				a, _ := pairs[i].rows()
				x := m.frequencies(a, c.pattern)
				c.match, c.home, c.moved = int16(math.Round(x.match)), int16(math.Round(x.home)), int16(math.Round(x.moved))
			}
			part[c]++
		}
		mu.Lock()
		defer mu.Unlock()
		for c, n := range part {
			all[c] += n
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([]counted, 0, len(all))
	for c, n := range all {
		c.n = n
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.pattern, b.pattern), cmp.Compare(a.match, b.match), cmp.Compare(a.home, b.home), cmp.Compare(a.moved, b.moved))
	})
	return out, nil
}

// What expectation-maximisation stands on. Before anything is seen a field has the m, u and h of its kind (prior.go); they count as
// so many pairs, so that a table of twenty rows is judged by what is usual and one of thousands by itself.
const (
	priorMatches = 15.0
	priorOthers  = 100.0
	priorHomes   = 15.0
	priorMoves   = 0.05 // share of the pairs of one person that are of two homes
	rounds       = 60
	settled      = 1e-4 // largest change of a probability at which learning ends
	leastM       = 0.004
)

// learn finds m, u, h and the shares.
//
// The shares are those of all pairs of the table, and a pair that is no candidate counts as one of two people. So the candidates'
// having been chosen by agreement biases nothing: u is that of pairs drawn at random, less those that seem to be of one person or one
// home. Learning goes twice, the second time with the fields that follow from others.
func (m *Model) learn(ctx context.Context, candidates, drawn pairs) error {
	n := len(m.people.fields)
	m.m, m.u, m.h = make([][field.Levels]float64, n), make([][field.Levels]float64, n), make([][field.Levels]float64, n)
	m.follow = make([]follow, n)
	for j, f := range m.people.fields {
		m.m[j], m.u[j] = prior(f.Kind)
		m.h[j] = atHome(f.Kind)
		m.follow[j].of = -1
		m.follow[j].u = m.u[j]
	}
	m.share = 0.1 * float64(m.people.rows) / m.pairs()
	m.homes = m.share
	m.moves = priorMoves
	m.reckon()
	m.countRows()
	for pass := range 2 {
		d, err := m.tally(ctx, drawn.pairs, drawn.patterns)
		if err != nil {
			return err
		}
		m.others(d) // the u of the table itself, before anything is known of matches
		c, err := m.tally(ctx, candidates.pairs, candidates.patterns)
		if err != nil {
			return err
		}
		for range rounds {
			if err := ctx.Err(); err != nil {
				return err
			}
			if pass > 0 {
				m.dependence(c, d)
			}
			m.others(d)
			if m.matches(c) < settled {
				break
			}
		}
		if pass == 0 {
			m.findDependence(c, d)
		}
	}
	return nil
}

// pairs with their patterns.
type pairs struct {
	pairs    []pair
	patterns []pattern
}

// matches learns m, h and the shares, and gives the largest change.
func (m *Model) matches(candidates []counted) float64 {
	n := len(m.people.fields)
	sum, home := make([][field.Levels]float64, n), make([][field.Levels]float64, n)
	total, homes, moved := 0.0, 0.0, 0.0
	for _, c := range candidates {
		w := m.weigh(c.pattern, c.extra())
		p, h := w.match*c.n, w.home*c.n
		total += p
		homes += h
		moved += w.moved * c.n
		if p+h < 1e-9 {
			continue
		}
		for j := range n {
			l := c.pattern.level(j)
			sum[j][l] += p
			if role(m.people.fields[j].Kind) == ofHome {
				sum[j][l] -= w.moved * c.n
			}
			home[j][l] += h
		}
	}
	change := 0.0
	for j, f := range m.people.fields {
		before, _ := prior(f.Kind)
		now := learned(sum[j], before, priorMatches, mostDifferent(f.Kind))
		for l, v := range now {
			change = max(change, math.Abs(v-m.m[j][l]))
		}
		m.m[j] = now
		switch role(f.Kind) {
		case ofHome:
			m.h[j] = now
		case ofEither:
			m.h[j] = learned(home[j], atHome(f.Kind), priorHomes, 1)
		}
	}
	rows := float64(m.people.rows)
	m.share = min(max(total, 0.5)/m.pairs(), 0.5, 50*rows/m.pairs())
	m.moves = min((moved+priorMatches*priorMoves)/(total+priorMatches), 0.5)
	m.homes = min(max(homes, 0.02*rows)/m.pairs(), 0.4, 50*rows/m.pairs())
	m.reckon()
	return change
}

// learned are shares of levels, with those from before counted as so many pairs, and not more than so many different.
func learned(sum, before [field.Levels]float64, weight, different float64) (out [field.Levels]float64) {
	said := weight
	for l := field.Exact; l < field.Levels; l++ {
		said += sum[l]
	}
	for l := field.Exact; l < field.Levels; l++ {
		out[l] = max((sum[l]+weight*before[l])/said, leastM)
	}
	if d := out[field.Different]; d > different {
		for l := field.Exact; l < field.Different; l++ {
			out[l] *= (1 - different) / (1 - d)
		}
		out[field.Different] = different
	}
	return out
}

// others learns u from drawn pairs, each as far as it seems to be of two people who have nothing to do with one another.
func (m *Model) others(drawn []counted) {
	n := len(m.people.fields)
	sum := make([][field.Levels]float64, n)
	for _, c := range drawn {
		w := m.weigh(c.pattern, c.extra())
		q := (1 - w.match - w.home) * c.n
		for j := range n {
			sum[j][c.pattern.level(j)] += q
		}
	}
	for j, f := range m.people.fields {
		_, before := prior(f.Kind)
		said := priorOthers
		for l := field.Exact; l < field.Levels; l++ {
			said += sum[j][l]
		}
		for l := field.Exact; l < field.Levels; l++ {
			m.u[j][l] = max((sum[j][l]+priorOthers*before[l])/said, 0.3/max(said, 2e5))
		}
	}
	m.reckon()
}

// weights are what the levels of a field weigh in bits, for one person and for one home; of a field that follows another the second
// ones hold where that one is the same.
type weights struct{ match, home, matchAfter, homeAfter [field.Levels]float64 }

// reckon makes the weights of what was learned.
func (m *Model) reckon() {
	m.starts.stays, m.starts.moves, m.starts.home = math.Log2(m.share*(1-m.moves)), math.Log2(m.share*m.moves), math.Log2(m.homes)
	m.tables = make([]weights, len(m.people.fields))
	for j, f := range m.people.fields {
		t := &m.tables[j]
		for l := field.Exact; l < field.Levels; l++ {
			t.match[l], t.matchAfter[l] = bits(&m.m[j], &m.u[j], l), bits(&m.m[j], &m.follow[j].u, l)
			if role(f.Kind) != ofPerson {
				t.home[l], t.homeAfter[l] = bits(&m.h[j], &m.u[j], l), bits(&m.h[j], &m.follow[j].u, l)
			}
		}
	}
}

// after reports whether a field follows another that is the same.
func (m *Model) after(j int, p pattern) bool {
	o := m.follow[j].of
	return o >= 0 && p.level(o) == field.Exact
}

// bits is what the level of a field weighs in a pair, in bits, before the frequency of its value.
func (m *Model) bits(j int, p pattern) float64 {
	if m.after(j, p) {
		return m.tables[j].matchAfter[p.level(j)]
	}
	return m.tables[j].match[p.level(j)]
}

// homeBits is what the level of a field weighs for one home.
func (m *Model) homeBits(j int, p pattern) float64 {
	if m.after(j, p) {
		return m.tables[j].homeAfter[p.level(j)]
	}
	return m.tables[j].home[p.level(j)]
}

// bits is what a level weighs. What agrees better never weighs less, agreement never speaks against a match and difference never for
// one: where the numbers say otherwise they are chance.
func bits(m, u *[field.Levels]float64, l field.Level) float64 {
	raw := func(l field.Level) float64 { return math.Log2(m[l] / u[l]) }
	switch l {
	case field.Missing:
		return 0
	case field.Exact:
		return max(0, raw(field.Exact))
	case field.Near:
		return min(raw(field.Near), max(0, raw(field.Exact)))
	case field.Similar:
		return min(raw(field.Similar), raw(field.Near), max(0, raw(field.Exact)))
	case field.Different:
		return min(0, raw(field.Different))
	}
	return min(raw(l), max(0, raw(field.Exact)))
}

// weighed is what is thought of a pair: the evidence in bits for one person, against two strangers; the odds for one person against
// all else as a logarithm to base 2; and the probabilities.
type weighed struct {
	weight, odds float64
	match, home  float64
	moved        float64 // a part of match
}

// nothing are the odds of a pair of which everything speaks against one person.
const nothing = -100.0

// weigh puts the evidence of all fields together; x is what the frequencies of shared values add.
//
// A pair is of one of four sorts: one person at one home; one person who moved house, to whom the fields of the home are those of
// strangers; two people of one home; strangers. So a family is no person because all of an address agrees, and a person who moved is
// not two because four columns of an address differ: both are one event and not several.
func (m *Model) weigh(p pattern, x extra) weighed {
	one, moved, home := x.match, x.moved, x.home
	for j, f := range m.people.fields {
		b := m.bits(j, p)
		one += b
		if role(f.Kind) != ofHome {
			moved += b
		}
		home += m.homeBits(j, p)
	}
	stays, moves := power(m.starts.stays+one), power(m.starts.moves+moved)
	family, rest := power(m.starts.home+home), 1-m.share-m.homes
	all := stays + moves + family + rest
	return weighed{
		weight: one, odds: max(math.Log2((stays+moves)/(family+rest)), nothing),
		match: (stays + moves) / all, home: family / all, moved: moves / all,
	}
}

// power is two to the power of bits; what is next to nothing is nothing.
func power(bits float64) float64 {
	if bits < -60 {
		return 0
	}
	return math.Exp2(min(bits, 300))
}

// weighPair is what is thought of two rows.
func (m *Model) weighPair(a int32, p pattern) weighed { return m.weigh(p, m.frequencies(a, p)) }

func probability(odds float64) float64 { return 1 / (1 + math.Exp2(-odds)) }
