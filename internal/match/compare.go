package match

import (
	"context"
	"math/rand/v2"
	"sync"

	"peiban/internal/match/field"
)

// pattern is the levels of all fields of a pair, three bits each, the first field lowest.
type pattern uint64

func (p pattern) level(j int) field.Level { return field.Level(p >> (3 * j) & 7) }

// pair is two rows, the smaller in the upper half.
type pair uint64

func pairOf(a, b int32) pair {
	if a > b {
		a, b = b, a
	}
	return pair(uint64(uint32(a))<<32 | uint64(uint32(b)))
}

func (p pair) rows() (a, b int32) { return int32(p >> 32), int32(p & 0xffffffff) }

// level compares a field of two rows.
func (p *people) level(j int, a, b int32) field.Level {
	f := p.fields[j]
	x, y := f.of[a], f.of[b]
	var l field.Level
	switch {
	case x == 0 && y == 0:
		return field.Missing
	case f.table != nil:
		l = f.table[int(x)*len(f.values)+int(y)]
	default:
		l, _ = field.Compare(f.Kind, &f.values[x], &f.values[y])
	}
	if l == field.Different && f.group != alone && p.moved(j, a, b) {
		return field.Moved
	}
	return l
}

// moved reports whether the value of one row stands in a neighbouring column of the other, and what stood there does not
// contradict: it stands here, or nothing does. One name that is a surname here and a given name there is no sign of anything.
func (p *people) moved(j int, a, b int32) bool {
	f := p.fields[j]
	for _, k := range p.groups[f.group] {
		if k == j {
			continue
		}
		g := p.fields[k]
		if p.crossed(f, g, a, b) && p.goesBack(f, g, b, a) || p.crossed(f, g, b, a) && p.goesBack(f, g, a, b) {
			return true
		}
	}
	return false
}

// crossed reports whether the value of f in row a is that of g in row b.
func (p *people) crossed(f, g *Field, a, b int32) bool {
	x, y := f.of[a], g.of[b]
	if x == 0 || y == 0 {
		return false
	}
	return f.text[x] == g.text[y] || f.group == ofName && romanised(&f.values[x], &g.values[y])
}

// goesBack reports whether f in row a goes with g in row b, up to a slip, or one of the two says nothing.
func (p *people) goesBack(f, g *Field, a, b int32) bool {
	l, _ := field.Compare(f.Kind, &f.values[f.of[a]], &g.values[g.of[b]])
	return l == field.Missing || l == field.Exact || l == field.Near
}

func romanised(a, b *field.Value) bool {
	if a.Han() == b.Han() {
		return false
	}
	_, how := field.Compare(field.Given, a, b)
	return how == field.Romanised
}

// pattern compares all fields of two rows.
func (p *people) pattern(a, b int32) pattern {
	var out pattern
	for j := range p.fields {
		out |= pattern(p.level(j, a, b)) << (3 * j)
	}
	return out
}

// chunk is how many pairs are worked on between two looks at the context.
const chunk = 4096

// spread gives the numbers from 0 to n in chunks to several goroutines. What each writes depends on the number only.
func (m *Model) spread(ctx context.Context, n int, do func(from, to int)) error {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(m.workers, n/chunk+1) {
		wg.Go(func() {
			for from := range next {
				do(from, min(from+chunk, n))
			}
		})
	}
	for from := 0; from < n && ctx.Err() == nil; from += chunk {
		next <- from
	}
	close(next)
	wg.Wait()
	return ctx.Err()
}

func (m *Model) compareAll(ctx context.Context, pairs []pair) ([]pattern, error) {
	out := make([]pattern, len(pairs))
	err := m.spread(ctx, len(pairs), func(from, to int) {
		for i := from; i < to; i++ {
			a, b := pairs[i].rows()
			out[i] = m.people.pattern(a, b)
		}
	})
	return out, err
}

// drawnPairs is how many pairs are drawn to learn how two people compare; a table that has no more gives all of them.
const drawnPairs = 150_000

// draw compares pairs drawn at random. The draw is the same for the same number of rows.
func (m *Model) draw(ctx context.Context) (pairs, error) {
	n := m.people.rows
	var drawn []pair
	if m.pairs() <= drawnPairs {
		for a := range n {
			for b := a + 1; b < n; b++ {
				drawn = append(drawn, pairOf(int32(a), int32(b)))
			}
		}
	} else {
		r := rand.New(rand.NewPCG(1969, uint64(n)))
		for len(drawn) < drawnPairs {
			if a, b := r.Int32N(int32(n)), r.Int32N(int32(n)); a != b {
				drawn = append(drawn, pairOf(a, b))
			}
		}
	}
	patterns, err := m.compareAll(ctx, drawn)
	return pairs{drawn, patterns}, err
}

// pairs is how many pairs the table has.
func (m *Model) pairs() float64 {
	n := float64(m.people.rows)
	return n * (n - 1) / 2
}
