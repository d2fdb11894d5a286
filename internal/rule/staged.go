package rule

import (
	"peiban/internal/event"
	"peiban/internal/measure"
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

// progressed tells whether the newest stage of a side is graver than the one before it.
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

// planShare is how many events passed for each planned one, on the local days before today. The plan of a day is the newest one set
// before the day was over; a day without a plan counts neither way.
func (s *selection) planShare(days int, plans *selection) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		today := c.localDay(c.Now)
		var done, plan walk
		done.start(c, s)
		plan.start(c, plans)
		p, i := plan.next(), done.next()
		if p < 0 {
			return unknownNum, plan.outside()
		}
		perWeek, n, oldest := 0.0, 0, -1
		for day := today - 1; day >= today-int64(days); day-- {
			start, end := c.dayStart(day), c.dayStart(day+1)
			for p >= 0 && plan.tl.At[p] >= end {
				p = plan.next()
			}
			if p < 0 {
				break
			}
			c.note(p)
			planned := plan.tl.Num[p] > 0
			if planned {
				perWeek += plan.tl.Num[p]
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
		if !done.settle() {
			return unknownNum, min(plan.outside(), done.outside())
		}
		next := min(done.outside(), plan.outside(), done.leaves(oldest), c.dayStart(today+1))
		if perWeek == 0 {
			return unknownNum, next
		}
		return 7 * float64(n) / perWeek, next
	}
}
