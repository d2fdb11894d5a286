package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/match/field"
)

// Which pairs are compared. Every field gives keys (field.Keys); rows with the same key of the same pass are candidates, and the
// candidates of all passes are put together, so that a pair is missed only when it agrees in no key at all. A key that too many rows
// have is not dropped: its rows are compared where they share a second such key, and, where even those are too many, with their
// neighbours in alphabetical order. That bounds the work at a fixed number of pairs for each row.
const (
	passBudget = 12     // pairs for each row that a pass may give
	passLeast  = 60_000 // and as many for a small table
	bothRows   = 40     // rows that share two common keys and are all compared with one another
	neighbours = 6      // rows in alphabetical order that are compared otherwise
)

// pass is one way of looking for candidates.
type pass struct {
	field   int     // -1: of several
	entries []entry // by key, then row
	weak    bool    // never looked through by itself: sex, region
}

type entry struct{ key, row int32 }

func (m *Model) block(ctx context.Context) ([]pair, error) {
	passes, err := m.passes(ctx)
	if err != nil {
		return nil, err
	}
	c := &candidates{ctx: ctx, budget: max(passLeast, passBudget*m.people.rows)}
	common := make([][]entry, len(passes)) // of each pass, the entries of keys that too many rows have
	for i, p := range passes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		common[i] = c.take(p)
	}
	left := 0
	for i := range passes {
		for k := i + 1; k < len(passes); k++ {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if len(common[i]) == 0 || len(common[k]) == 0 || passes[i].weak && passes[k].weak || passes[i].field == passes[k].field {
				continue
			}
			left += c.both(common[i], common[k], m)
		}
	}
	if left > 0 {
		m.people.notes = append(m.people.notes, Note{"", fault.Text{
			Zh: fmt.Sprintf("有 %d 组行太常见（例如同姓同市），组内只和字母顺序相邻的 %d 行比较", left, neighbours),
			En: fmt.Sprintf("%d groups of rows are too common (such as one surname in one town); within them rows are compared with the %d nearest in alphabetical order", left, neighbours),
		}})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.done(), ctx.Err()
}

// passes are all ways of looking, each with its rows sorted by key.
func (m *Model) passes(ctx context.Context) ([]*pass, error) {
	var out []*pass
	for j, f := range m.people.fields {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		byName := map[string]*pass{}
		var names []string
		ids := map[field.Key]int32{}
		keys := make([][]field.Key, len(f.values))
		for v := range f.values {
			keys[v] = field.Keys(f.Kind, &f.values[v])
			if keys[v] == nil && f.values[v].Says() && !f.values[v].Masked() {
				keys[v] = []field.Key{{Pass: "weak", Text: f.values[v].Text}}
			}
		}
		for row, v := range f.of {
			for _, k := range keys[v] {
				p := byName[k.Pass]
				if p == nil {
					p = &pass{field: j, weak: k.Pass == "weak"}
					byName[k.Pass] = p
					names = append(names, k.Pass)
				}
				id, ok := ids[k]
				if !ok {
					id = int32(len(ids))
					ids[k] = id
				}
				p.entries = append(p.entries, entry{id, int32(row)})
			}
		}
		for _, n := range names {
			out = append(out, byName[n])
		}
	}
	out = append(out, m.anyColumn(ofName), m.anyColumn(ofAddress), m.namesTogether())
	out = slices.DeleteFunc(out, func(p *pass) bool { return len(p.entries) == 0 })
	for _, p := range out {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slices.SortFunc(p.entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row))
		})
		p.entries = slices.Compact(p.entries)
	}
	return out, nil
}

// anyColumn finds values that stand in another column of the group.
func (m *Model) anyColumn(group int) *pass {
	p := &pass{field: -1 - group}
	if len(m.people.groups[group]) < 2 {
		return p
	}
	for _, j := range m.people.groups[group] {
		f := m.people.fields[j]
		for row, v := range f.of {
			if f.text[v] >= 0 {
				p.entries = append(p.entries, entry{f.text[v], int32(row)})
			}
		}
	}
	return p
}

// namesTogether finds rows whose names sound alike, in whatever order they stand and however they are written.
func (m *Model) namesTogether() *pass {
	p := &pass{field: -1 - ofAddress - 1}
	names := m.people.groups[ofName]
	if len(names) < 2 {
		return p
	}
	ids := map[string]int32{}
	for row := range m.people.rows {
		var sounds []string
		for _, j := range names {
			f := m.people.fields[j]
			if s := field.NameKey(&f.values[f.of[row]]); s != "" {
				sounds = append(sounds, s)
			}
		}
		if len(sounds) < 2 {
			continue
		}
		slices.Sort(sounds)
		key := strings.Join(sounds, " ")
		id, ok := ids[key]
		if !ok {
			id = int32(len(ids))
			ids[key] = id
		}
		p.entries = append(p.entries, entry{id, int32(row)})
	}
	return p
}

// candidates gathers pairs without repeats.
type candidates struct {
	ctx    context.Context // once it is done nothing more is gathered
	pairs  []pair
	clean  int // pairs that are in order and without repeats
	budget int
}

func (c *candidates) done() []pair {
	slices.Sort(c.pairs)
	c.pairs = slices.Compact(c.pairs)
	c.clean = len(c.pairs)
	return c.pairs
}

func (c *candidates) all(rows []entry) {
	if c.ctx.Err() != nil {
		return
	}
	for i := range rows {
		for k := i + 1; k < len(rows); k++ {
			c.pairs = append(c.pairs, pairOf(rows[i].row, rows[k].row))
		}
	}
	if len(c.pairs) > 2*c.clean+4*c.budget { // keeps the memory near that of the pairs themselves
		c.done()
	}
}

// take gives the pairs of a pass, those of the rarest keys first, up to the budget, and returns the entries of the other keys.
func (c *candidates) take(p *pass) (common []entry) {
	if p.weak {
		return p.entries
	}
	groups := groupsOf(p.entries)
	slices.SortStableFunc(groups, func(a, b []entry) int { return len(a) - len(b) })
	spent := 0
	for _, g := range groups {
		n := len(g) * (len(g) - 1) / 2
		if n == 0 {
			continue
		}
		if spent+n > c.budget {
			common = append(common, g...)
			continue
		}
		spent += n
		c.all(g)
	}
	return common
}

// both gives the pairs that share a common key of each of two passes, and says how many groups were too large to compare whole.
func (c *candidates) both(a, b []entry, m *Model) (left int) {
	of := make([][]int32, m.people.rows) // of each row, its keys in b
	for _, e := range b {
		of[e.row] = append(of[e.row], e.key)
	}
	type two struct {
		x, y, row int32
	}
	var rows []two
	for _, e := range a {
		for _, k := range of[e.row] {
			rows = append(rows, two{e.key, k, e.row})
		}
	}
	slices.SortFunc(rows, func(p, q two) int {
		return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y), cmp.Compare(p.row, q.row))
	})
	var groups [][]entry
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].x == rows[from].x && rows[to].y == rows[from].y {
			to++
		}
		if to-from > 1 {
			group := make([]entry, 0, to-from)
			for _, r := range rows[from:to] {
				group = append(group, entry{0, r.row})
			}
			groups = append(groups, group)
		}
		from = to
	}
	slices.SortStableFunc(groups, func(a, b []entry) int { return len(a) - len(b) })
	spent := 0
	for _, g := range groups {
		n := len(g) * (len(g) - 1) / 2
		if len(g) > bothRows || spent+n > c.budget/2 {
			left++
			c.nearest(g, m)
			continue
		}
		spent += n
		c.all(g)
	}
	return left
}

// nearest compares rows with those that stand next to them in order of all their texts.
func (c *candidates) nearest(rows []entry, m *Model) {
	if c.ctx.Err() != nil {
		return
	}
	slices.SortFunc(rows, func(a, b entry) int {
		for _, f := range m.people.fields {
			if d := strings.Compare(f.values[f.of[a.row]].Text, f.values[f.of[b.row]].Text); d != 0 {
				return d
			}
		}
		return cmp.Compare(a.row, b.row)
	})
	for i := range rows {
		c.all(nil)
		for k := i + 1; k < min(len(rows), i+1+neighbours); k++ {
			c.pairs = append(c.pairs, pairOf(rows[i].row, rows[k].row))
		}
	}
}

func groupsOf(entries []entry) (groups [][]entry) {
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].key == entries[from].key {
			to++
		}
		groups = append(groups, entries[from:to])
		from = to
	}
	return groups
}
