package timeline

import (
	"cmp"
	"math"
	"slices"

	"peiban/internal/event"
)

// Union is the timeline of one person who was several: all their events, each once. What is an echo and what was taken back follows
// from all of them together. The timelines it is made of stay as they are.
func Union(ts ...*Timeline) *Timeline {
	type place struct{ of, row int }
	var rows []place
	var fixes []Fix
	for k, t := range ts {
		for i := range t.At {
			rows = append(rows, place{k, i})
		}
		fixes = append(fixes, t.Fixes...)
	}
	slices.SortFunc(rows, func(a, b place) int {
		return cmp.Or(cmp.Compare(ts[a.of].At[a.row], ts[b.of].At[b.row]), cmp.Compare(ts[a.of].Seq[a.row], ts[b.of].Seq[b.row]))
	})
	out := &Timeline{}
	for k, r := range rows {
		if k > 0 && ts[r.of].Seq[r.row] == ts[rows[k-1].of].Seq[rows[k-1].row] {
			continue
		}
		e := ts[r.of].Event(r.row)
		e.Flags &^= event.Hidden
		out.Add(&e)
	}
	slices.SortFunc(fixes, func(a, b Fix) int { return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Of, b.Of)) })
	for _, f := range slices.Compact(fixes) {
		out.fix(f)
	}
	return out
}

// Part is the timeline of those of t's events that keep says, with what they correct among themselves.
func (t *Timeline) Part(keep func(event.Seq) bool) *Timeline {
	return t.only(func(i int) bool { return keep(t.Seq[i]) }, math.MaxInt64)
}
