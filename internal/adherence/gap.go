package adherence

// Gap is a run of days without supply: From is the first, Until the day after the last.
type Gap struct{ From, Until Day }

// Days is how long g is.
func (g Gap) Days() int { return int(g.Until - g.From) }

// Gaps are the runs of days without supply that a later fill ended, early refills carried forward, cut to the period. The days after
// the last supply are not among them, see GapAtEnd. fills are in order.
func Gaps(fills []Fill, p Period) []Gap {
	var out []Gap
	var end Day
	first := true
	carried(within(fills, p.From, p.End), func(from, until Day) {
		if g := (Gap{max(end, p.Start), from}); !first && g.Days() > 0 {
			out = append(out, g)
		}
		first, end = false, until
	})
	return out
}

// GapsNoCarry gives, for each fill within after the first, the days between the end of the supply of the fill before it and itself, 0 when
// it came in time. Nothing is carried forward. fills are in order.
//
// Source: Hess 2006, Ann Pharmacother 40:1280, continuous measure of gaps between refills.
func GapsNoCarry(fills []Fill, p Period) []int {
	f := within(fills, p.Start, p.End)
	var out []int
	for i := 1; i < len(f); i++ {
		out = append(out, max(0, int(f[i].Day-f[i-1].Day)-int(f[i-1].Days)))
	}
	return out
}

// GapAtEnd is how many days at the end of the period come after the last supply, early refills carried forward; not ok without a fill
// before the period ends. fills are in order.
func GapAtEnd(fills []Fill, p Period) (int, bool) {
	seen := within(fills, p.From, p.End)
	var end Day
	carried(seen, func(_, until Day) { end = until })
	return max(0, int(p.End-max(end, p.Start))), len(seen) > 0
}

// Persistence says how long a person stayed with a medicine.
type Persistence struct {
	First Day  // the first fill
	Last  Day  // the last day with supply before the pause that ended it; when nothing ended it, the last day of the period
	Ended bool // a pause longer than permitted came
}

// Days is from First to Last, both included.
func (p Persistence) Days() int { return int(p.Last-p.First) + 1 }

// Persists looks for the first pause of more than permissible days without supply, early refills carried forward. Days without supply at
// the end of the period are such a pause too; a pause of exactly permissible days is not. fills are in order; not ok without a fill before
// the period ends.
//
// Source: Cramer 2008, Value Health 11:44. The permissible gap is a choice; 30, 45 and 60 days are in use.
func Persists(fills []Fill, p Period, permissible int) (Persistence, bool) {
	seen := within(fills, p.From, p.End)
	if len(seen) == 0 {
		return Persistence{}, false
	}
	r := Persistence{First: seen[0].Day, Last: p.End - 1}
	end := seen[0].Day
	stop := func(next Day) {
		if !r.Ended && int(next-end) > permissible {
			r.Ended, r.Last = true, end-1
		}
	}
	carried(seen, func(from, until Day) {
		stop(from)
		end = until
	})
	stop(p.End)
	return r, true
}

// SuppliedUntil is the first day without supply after all fills, early refills carried forward. fills are in order, and at least one.
func SuppliedUntil(fills []Fill) Day {
	var end Day
	carried(fills, func(_, until Day) { end = until })
	return end
}
