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

// Union gives the stretches of days with supply of any of several medicines as fills that do not touch each other, early refills of
// each medicine carried forward within it, nothing from one to another: PDC, gaps and persistence of a class in which medicines
// were switched are those of its union. fills of each are in order, and so is what comes back.
//
// Source: PQA, PDC for drug classes (a switch inside a class is not shifted).
func Union(drugs [][]Fill) []Fill {
	var all []Gap // stretches with supply here, not without
	for _, fills := range drugs {
		carried(fills, func(from, until Day) { all = append(all, Gap{from, until}) })
	}
	slices.SortFunc(all, func(a, b Gap) int { return int(a.From) - int(b.From) })
	var out []Fill
	for _, s := range all {
		if n := len(out); n > 0 && s.From <= out[n-1].Day+Day(out[n-1].Days) {
			out[n-1].Days = max(out[n-1].Days, int32(s.Until-out[n-1].Day))
			continue
		}
		out = append(out, Fill{s.From, int32(s.Until - s.From)})
	}
	return out
}
