package effect

import (
	"cmp"
	"math"
	"slices"
)

// FewestInArm is how many people of each group must have had their whole window before anything is said: below it the normal
// approximation that both intervals rest on is not to be trusted, and a few people move the figure.
const FewestInArm = 50

// FewestExpected is how many of each group would have reached the goal, and how many not, if both reached it alike. A goal that nearly nobody
// or nearly everybody reaches needs more people.
//
// Source: the rule of five for expected counts, Cochran WG, Biometrics 1954;10:417.
const FewestExpected = 5

// Outcome is what became of one person whose window is over.
type Outcome struct {
	At      int64   // microseconds, when the window was over: from then on the person counts
	Treated bool    // else held out, or of the arm compared with
	Reached bool    // the goal, within the window
	Figure  float64 // what the means are of; NaN: not counted among them
}

// Look is what is known at one moment.
type Look struct {
	At            int64
	Alpha         float64
	Treated, Held Rate
	// TreatedMean and HeldMean are of Outcome.Figure.
	TreatedMean, HeldMean Sample
}

// Rates is the difference of the rates for one look.
func (l *Look) Rates() Interval { return Newcombe(l.Treated, l.Held) }

// AlwaysRates is the difference of the rates for all looks at once.
func (l *Look) AlwaysRates() Interval { return AlwaysRates(l.Treated, l.Held, l.Alpha) }

// Means is the difference of the means for one look.
func (l *Look) Means() Interval { return Welch(l.TreatedMean, l.HeldMean) }

// AlwaysMeans is the difference of the means for all looks at once.
func (l *Look) AlwaysMeans() Interval { return AlwaysMeans(l.TreatedMean, l.HeldMean, l.Alpha) }

// Missing says what a look lacks before anything may be said of rates. The zero Missing: nothing.
type Missing struct {
	Treated, Held int  // people
	Goals         bool // too few people of one group would have reached the goal, or have missed it, were both alike
}

// Missing is what is lacking.
func (l *Look) Missing() Missing {
	all, x := float64(l.Treated.N+l.Held.N), float64(l.Treated.X+l.Held.X)
	least := float64(min(l.Treated.N, l.Held.N))
	return Missing{
		Treated: max(0, FewestInArm-l.Treated.N), Held: max(0, FewestInArm-l.Held.N),
		Goals: all == 0 || least*min(x, all-x)/all < FewestExpected,
	}
}

// Verdict is what may be said.
type Verdict string

const (
	TooFew   Verdict = "too_few"   // the groups are below the minimum: no interval is shown
	TooEarly Verdict = "too_early" // no difference is not ruled out
	More     Verdict = "more"      // the treated reach it more often, or have more
	Fewer    Verdict = "fewer"
)

// Verdict is what may be said of rates.
func (l *Look) Verdict() Verdict {
	if l.Missing() != (Missing{}) {
		return TooFew
	}
	return verdict(l.AlwaysRates())
}

// MeansVerdict is what may be said of means.
func (l *Look) MeansVerdict() Verdict {
	if l.TreatedMean.N < FewestInArm || l.HeldMean.N < FewestInArm {
		return TooFew
	}
	return verdict(l.AlwaysMeans())
}

func verdict(i Interval) Verdict {
	switch {
	case i.Low > 0:
		return More
	case i.High < 0:
		return Fewer
	}
	return TooEarly
}

// Looks is what was known at each of the moments, ascending, by everybody whose window was over by then. Nothing after a moment has a part
// in its look, so a look of last week says today what it said then. alpha is Alpha, shared out when several arms are compared with one.
func Looks(outcomes []Outcome, moments []int64, alpha float64) []Look {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b Outcome) int { return cmp.Compare(a.At, b.At) })
	out := make([]Look, len(moments))
	so := Look{Alpha: alpha}
	k := 0
	for i, at := range moments {
		for ; k < len(sorted) && sorted[k].At <= at; k++ {
			so.count(&sorted[k])
		}
		out[i] = so
		out[i].At = at
	}
	return out
}

func (l *Look) count(o *Outcome) {
	rate, mean := &l.Held, &l.HeldMean
	if o.Treated {
		rate, mean = &l.Treated, &l.TreatedMean
	}
	rate.N++
	if o.Reached {
		rate.X++
	}
	if !math.IsNaN(o.Figure) {
		mean.Add(o.Figure)
	}
}
