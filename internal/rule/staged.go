package rule

import (
	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/plan"
)

// Clinical stages: each side of the body has the newest that was told of it.

// sides are where a stage can be; of none it is the whole person's.
var sides = [...]event.Symbol{event.Intern(""), event.Intern("left"), event.Intern("right")}

// staged finds, for each side, the two newest stages of a system that differ in their event: their ranks, 0 for none.
func staged(c *Ctx, s *selection, ranks map[event.Symbol]int) (newest, before [len(sides)]int, next int64, known bool) {
	w := c.walk(s)
	for i := w.next(); i >= 0; i = w.next() {
		r := ranks[w.tl.B[i]]
		if r == 0 {
			continue
		}
		for k, side := range sides {
			if w.tl.C[i] != side {
				continue
			}
			switch {
			case newest[k] == 0:
				newest[k] = r
				c.note(i)
			case before[k] == 0:
				before[k] = r
			}
		}
	}
	for _, r := range newest {
		known = known || r > 0
	}
	return newest, before, w.outside(), known
}

// rankOf are the ranks of the codes of a system.
func rankOf(system string) map[event.Symbol]int {
	ranks := map[event.Symbol]int{}
	for i, code := range measure.Stages(system) {
		ranks[event.Intern(code)] = i + 1
	}
	return ranks
}

// worstStage is the gravest of the stages the sides are in.
func worstStage(s *selection, system string) numFn {
	ranks := rankOf(system)
	return func(c *Ctx, _ bound) (float64, int64) {
		newest, _, next, known := staged(c, s, ranks)
		if !known {
			return unknownNum, next
		}
		worst := 0
		for _, r := range newest {
			worst = max(worst, r)
		}
		return float64(worst), next
	}
}

// progressed tells whether the newest stage of a side, of those that were signed or checked, is graver than the one before it.
func progressed(s *selection, system string) boolFn {
	ranks := rankOf(system)
	return func(c *Ctx) (Truth, int64) {
		newest, before, next, _ := staged(c, s, ranks)
		t := Unknown
		for k := range sides {
			switch {
			case before[k] == 0:
			case newest[k] > before[k]:
				t = True
			case t == Unknown:
				t = False
			}
		}
		return t, next
	}
}

// planShare is how many events passed for each planned one, on the local days before today. The plan of a day is the one that held at its
// end, as plan.Of has it: of those set by then and not over the newest a doctor signed, else the newest. A day without a plan counts
// neither way.
func (s *selection) planShare(days int, plans *selection) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		today := c.localDay(c.Now)
		var done, set walk
		done.start(c, s)
		set.start(c, plans)
		held := holding{of: &set, all: c.plans[:0]}
		i := done.next()
		perWeek, n, oldest := 0.0, 0, -1
		for day := today - 1; day >= today-int64(days); day-- {
			start, end := c.dayStart(day), c.dayStart(day+1)
			p := held.at(end - 1)
			if p >= 0 {
				c.note(p)
			}
			planned := p >= 0 && set.tl.Num[p] > 0
			if planned {
				perWeek += set.tl.Num[p]
			}
			for i >= 0 && done.tl.At[i] >= end {
				i = done.next()
			}
			for ; i >= 0 && done.tl.At[i] >= start; i = done.next() {
				if planned {
					n, oldest = n+1, i
					c.note(i)
				}
			}
		}
		c.plans = held.all
		if len(held.all) == 0 {
			return unknownNum, set.outside()
		}
		if !done.settle() {
			return unknownNum, min(set.outside(), done.outside())
		}
		next := min(done.outside(), set.outside(), done.leaves(oldest), c.dayStart(today+1))
		if perWeek == 0 {
			return unknownNum, next
		}
		return 7 * float64(n) / perWeek, next
	}
}

// holding finds which plan held at a moment. Plans are read as far back as a question needs.
type holding struct {
	of   *walk
	all  []int // those read, newest first
	over bool  // there are no more
}

// at is the place of the plan that held at a moment; -1: none did.
func (h *holding) at(moment int64) int {
	said := -1
	for k := 0; ; k++ {
		if k == len(h.all) && !h.more() {
			return said
		}
		i, tl := h.all[k], h.of.tl
		if tl.At[i] > moment {
			continue
		}
		if end := plan.Ends(tl.At[i], tl.XAt(i, plan.Weeks)); end != 0 && end <= moment {
			continue
		}
		if tl.XAt(i, plan.Signed) == 1 {
			return i
		}
		if said < 0 {
			said = i
		}
	}
}

func (h *holding) more() bool {
	if h.over {
		return false
	}
	i := h.of.next()
	if h.over = i < 0; h.over {
		return false
	}
	h.all = append(h.all, i)
	return true
}
