package adherence

import "slices"

// Together is the share of days of the period on which at least need of several medicines have supply, early refills of each carried
// forward within it. need 1 counts days with any of them, as after a switch inside a class; need len(drugs) counts days with all of
// them. fills of each are in order; not ok when no medicine has a fill before the period ends.
//
// Source: PQA, PDC for drug classes; Choudhry 2009, Am J Manag Care 15:457 (concurrent adherence).
func Together(drugs [][]Fill, p Period, need int) (float64, bool) {
	type change struct {
		at Day
		by int
	}
	var changes []change
	for _, fills := range drugs {
		carried(within(fills, p.From, p.End), func(from, until Day) {
			changes = append(changes, change{max(from, p.Start), 1}, change{max(until, p.Start), -1})
		})
	}
	if len(changes) == 0 {
		return 0, false
	}
	slices.SortFunc(changes, func(a, b change) int { return int(a.at) - int(b.at) })
	n, running := 0, 0
	for i, c := range changes {
		if i > 0 && running >= need {
			n += overlap(changes[i-1].at, c.at, p.Start, p.End)
		}
		running += c.by
	}
	return share(n, p.Length())
}
