package match

import (
	"cmp"
	"context"
	"slices"
)

// scored is a pair with the odds that it is of one person, as a logarithm to base 2.
type scored struct {
	pair pair
	odds float64
}

// Odds below which a pair is forgotten, and to which odds are cut when those of several pairs are weighed together: a single field
// that is surely different must not outweigh ten pairs that agree, nor one pair that surely agrees ten that do not.
const (
	leastOdds = -16.0
	mostOdds  = 12.0
)

// scoreAll weighs the candidates that may be of one person.
func (m *Model) scoreAll(ctx context.Context, pairs []pair, patterns []pattern) ([]scored, error) {
	odds := make([]float64, len(pairs))
	err := m.spread(ctx, len(pairs), func(from, to int) {
		for i := from; i < to; i++ {
			a, _ := pairs[i].rows()
			odds[i] = m.weighPair(a, patterns[i]).odds
		}
	})
	if err != nil {
		return nil, err
	}
	var out []scored
	for i, o := range odds {
		if o >= leastOdds {
			out = append(out, scored{pairs[i], o})
		}
	}
	slices.SortFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.odds, a.odds), cmp.Compare(a.pair, b.pair))
	})
	return out, nil
}

// threshold is the least probability at which the pairs above it are right often enough by the model's own reckoning, and how often
// that is.
func threshold(all []scored, o Options) (least, expected float64) {
	least = leastProbability
	if o.Probability > 0 {
		least = o.Probability
	}
	sum, n := 0.0, 0.0
	expected = 1
	last := 1.0
	for _, s := range all {
		p := probability(s.odds)
		if p < least {
			break
		}
		sum += p
		n++
		if o.Probability <= 0 && sum/n < o.Precision {
			return last, expected
		}
		last, expected = p, sum/n
	}
	return least, expected
}

// cluster makes people of pairs.
//
// The surest pair comes first. Two rows that are linked are one person; two people that are linked by a pair are joined only when
// all rows of the one against all rows of the other speak for it on average (average linkage). So a chain of weak links, or one pair
// that looks sure by mistake, does not make one person of two, and a row that lost much is still found through its other rows.
func (r *Result) cluster(all []scored, o Options) {
	r.Threshold, r.Expected = threshold(all, o)
	known := make(map[pair]float64, len(all))
	for _, s := range all {
		known[s.pair] = s.odds
	}
	g := grouping{of: map[int32]*group{}, known: known, model: r.Model}
	r.Refused = 0
	for _, s := range all {
		if probability(s.odds) < r.Threshold {
			break
		}
		if a, b := s.pair.rows(); !g.join(a, b) {
			r.Refused++
		}
	}
	r.compared = g.people()
	r.People, r.Pairs = nil, r.Pairs[:0]
	for _, compared := range r.compared {
		r.People = append(r.People, r.Model.people.unfold(compared))
	}
	slices.SortFunc(r.People, func(a, b []int) int { return a[0] - b[0] })
	r.Shortened = 0
	for n, rows := range r.People {
		for i, a := range rows {
			if i > 0 && len(rows) > mostListed { // the first row with each other one
				r.Shortened++
				break
			}
			for _, b := range rows[i+1:] {
				odds := g.odds(r.Model.people.at[a], r.Model.people.at[b])
				p := probability(odds)
				r.Pairs = append(r.Pairs, Pair{A: a, B: b, Weight: odds - r.Model.Start(), Probability: p, Person: n, Through: p < r.Threshold})
			}
		}
	}
}

// mostListed is from how many rows of one person on not every pair of them is listed: they grow with the square.
const mostListed = 500

// mostCompared bounds how many rows of a person are compared with those of another before the two are joined.
const mostCompared = 40

type group struct{ rows []int32 }

type grouping struct {
	of    map[int32]*group
	known map[pair]float64
	model *Model
}

// odds are those of a pair that was scored, or of one that was no candidate.
func (g *grouping) odds(a, b int32) float64 {
	p := pairOf(a, b)
	if o, ok := g.known[p]; ok {
		return o
	}
	a, b = p.rows()
	m := g.model
	o := m.weighPair(a, m.people.pattern(a, b)).odds
	g.known[p] = o
	return o
}

func (g *grouping) group(a int32) *group {
	x := g.of[a]
	if x == nil {
		x = &group{rows: []int32{a}}
		g.of[a] = x
	}
	return x
}

// join makes the people of two rows one, if all of them agree.
func (g *grouping) join(a, b int32) bool {
	x, y := g.group(a), g.group(b)
	if x == y {
		return true
	}
	sum, n := 0.0, 0
	for _, i := range x.rows[:min(len(x.rows), mostCompared)] {
		for _, k := range y.rows[:min(len(y.rows), mostCompared)] {
			sum += min(max(g.odds(i, k), -mostOdds), mostOdds)
			n++
		}
	}
	if sum/float64(n) <= 0 {
		return false
	}
	if len(x.rows) < len(y.rows) {
		x, y = y, x
	}
	x.rows = append(x.rows, y.rows...)
	for _, i := range y.rows {
		g.of[i] = x
	}
	return true
}

// people are the rows of those who have more than one, in order of their first row.
func (g *grouping) people() [][]int {
	var out [][]int
	for a, x := range g.of {
		if len(x.rows) > 1 && a == slices.Min(x.rows) {
			rows := make([]int, len(x.rows))
			for i, r := range x.rows {
				rows[i] = int(r)
			}
			slices.Sort(rows)
			out = append(out, rows)
		}
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}
