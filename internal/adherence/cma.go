package adherence

// The nine continuous measures of medication availability. "Within" means from Start to before End; fills are in order.
//
// Source: Vollmer 2012, BMC Health Serv Res 12:155 (CMA1 to CMA8); Dima and Dediu 2017, PLoS One 12:e0174426 (AdhereR; CMA9 and the
// order of the numbers). Carrying is across medicines, without regard to changes of dose. One difference: a fill on the day after the
// last counted one is outside here; AdhereR still counts it among the events.

// CMA1 is the supply of the fills within, the last left out, divided by the days from the first fill to the last. It can exceed 1.
// Not ok below two fills on different days.
func CMA1(fills []Fill, p Period) (float64, bool) {
	f := within(fills, p.Start, p.End)
	if len(f) < 2 {
		return 0, false
	}
	return share(supplied(f[:len(f)-1]), int(f[len(f)-1].Day-f[0].Day))
}

// CMA2 is the supply of all fills within, divided by the days from the first fill to the end. It can exceed 1. Not ok without a fill.
func CMA2(fills []Fill, p Period) (float64, bool) {
	f := within(fills, p.Start, p.End)
	if len(f) == 0 {
		return 0, false
	}
	return share(supplied(f), int(p.End-f[0].Day))
}

// CMA3 is CMA1, at most 1.
func CMA3(fills []Fill, p Period) (float64, bool) {
	r, ok := CMA1(fills, p)
	return min(1, r), ok
}

// CMA4 is CMA2, at most 1.
func CMA4(fills []Fill, p Period) (float64, bool) {
	r, ok := CMA2(fills, p)
	return min(1, r), ok
}

// CMA5 is the share of days with supply from the first fill within to the last, early refills carried forward. Not ok below two fills
// on different days.
func CMA5(fills []Fill, p Period) (float64, bool) {
	f := within(fills, p.Start, p.End)
	if len(f) < 2 {
		return 0, false
	}
	first, last := f[0].Day, f[len(f)-1].Day
	return share(covered(f, first, last), int(last-first))
}

// CMA6 is the share of days with supply from the first fill within to the end, early refills carried forward: PDC as the Pharmacy
// Quality Alliance counts it. Not ok without a fill.
func CMA6(fills []Fill, p Period) (float64, bool) {
	f := within(fills, p.Start, p.End)
	if len(f) == 0 {
		return 0, false
	}
	return share(covered(f, f[0].Day, p.End), int(p.End-f[0].Day))
}

// CMA7 is the share of days with supply from the start to the end, with what fills before the start left. Not ok without a fill before
// the end.
func CMA7(fills []Fill, p Period) (float64, bool) { return PDC(fills, p) }

// CMA8 is CMA7 begun only when what fills before the start left has run out. Not ok without a fill before the end, or when that supply
// lasts to the end.
func CMA8(fills []Fill, p Period) (float64, bool) {
	carried(within(fills, p.From, p.Start), func(_, until Day) { p.Start = max(p.Start, until) })
	return PDC(fills, p)
}

// CMA9 gives every day the share of its interval: from one fill to the next, or to the end of follow-up, supply with what was carried
// into the interval, divided by its days, at most 1. The shares of the days from start to end are averaged. Not ok without a fill
// before the end.
func CMA9(fills []Fill, p Period) (float64, bool) {
	if len(within(fills, p.From, p.End)) == 0 || p.Length() <= 0 {
		return 0, false
	}
	seen := within(fills, p.From, p.until())
	sum, inHand := 0.0, 0
	for i, f := range seen {
		next := p.until()
		if i+1 < len(seen) {
			next = seen[i+1].Day
		}
		inHand += int(f.Days)
		days := int(next - f.Day)
		used := min(inHand, days)
		inHand -= used
		if days > 0 {
			sum += float64(used) / float64(days) * float64(overlap(f.Day, next, p.Start, p.End))
		}
	}
	return sum / float64(p.Length()), true
}

// CMAs are the nine in order: CMAs[0] is CMA1.
var CMAs = [9]func([]Fill, Period) (float64, bool){CMA1, CMA2, CMA3, CMA4, CMA5, CMA6, CMA7, CMA8, CMA9}
