package glucose

import (
	"slices"
	"sort"
	"time"

	"peiban/internal/measure"
)

// Figure is one number, or nothing where the readings cannot carry it.
type Figure struct {
	V  float64
	OK bool
}

func figure(v float64, ok bool) Figure {
	if !ok {
		return Figure{}
	}
	return Figure{v, true}
}

// Options say how a series is summarised.
type Options struct {
	Unit   measure.Unit
	Zone   *time.Location // of local days and clock times; nil is UTC
	Own    Range          // the person's own target range for TIR, TBR and TAR; zero is Consensus
	Hours  int            // n of CONGA; zero is 24
	PerDay int            // readings a local day needs in ADRR; zero is ADRRReadings
}

// Summary is every figure of one series, in percent or in the unit of the readings.
type Summary struct {
	N                                int
	Mean, SD, CV, GMI, EA1C          Figure
	TIR, TBR, TAR                    Figure
	VeryLow, Low, In, High, VeryHigh Figure
	LBGI, HBGI, ADRR                 Figure
	MAGE, MODD, JIndex, GRI, CONGA   Figure
	Active                           Figure
	Days, Interval                   Figure
	Sufficient                       bool
	Episodes                         Counts
	EpisodesKnown                    bool
}

// Counts are numbers of episodes, see FindEpisodes.
type Counts struct{ Hypo, Hypo2, Extended, Hyper, Hyper2 int }

// Summarise computes everything that this package knows of a series. at is in order, see Sort.
func Summarise(at []int64, v []float64, o Options) Summary {
	u, zone, own, hours, perDay := o.Unit, o.Zone, o.Own, o.Hours, o.PerDay
	if zone == nil {
		zone = time.UTC
	}
	if own == (Range{}) {
		own = Consensus(u)
	}
	if hours == 0 {
		hours = 24
	}
	if perDay == 0 {
		perDay = ADRRReadings
	}
	s := Summary{
		N: len(v), Mean: figure(Mean(v)), SD: figure(SD(v)), CV: figure(CV(v)), GMI: figure(GMI(v, u)), EA1C: figure(EA1C(v, u)),
		LBGI: figure(LBGI(v, u)), HBGI: figure(HBGI(v, u)), ADRR: figure(ADRR(at, v, u, zone, perDay)),
		MAGE: figure(MAGE(at, v, u, zone)), JIndex: figure(JIndex(v, u)), GRI: figure(GRI(v, u)),
	}
	shares, ok := InRange(v, own)
	s.TBR, s.TIR, s.TAR = Figure{shares.Below, ok}, Figure{shares.In, ok}, Figure{shares.Above, ok}
	l, ok := ConsensusLevels(v, u)
	s.VeryLow, s.Low, s.In, s.High, s.VeryHigh = Figure{l.VeryLow, ok}, Figure{l.Low, ok}, Figure{l.In, ok}, Figure{l.High, ok}, Figure{l.VeryHigh, ok}
	if w, ok := Worn(at); ok {
		s.Active, s.Days, s.Interval, s.Sufficient = Figure{w.Percent, true}, Figure{w.Days(), true}, Figure{float64(w.Interval), true}, w.Sufficient()
	}
	if g, ok := Resample(at, v, 0, zone); ok { // one curve for all that need one
		s.MODD, s.CONGA = figure(g.modd(zone)), figure(g.conga(hours))
		s.Episodes, s.EpisodesKnown = g.count(u), true
	}
	return s
}

func (g Grid) count(u measure.Unit) Counts {
	n := func(k Kind) int { return len(g.Episodes(k.Rule(u))) }
	return Counts{Hypo: n(Hypo), Hypo2: n(Hypo2), Extended: n(ExtendedHypo), Hyper: n(Hyper), Hyper2: n(Hyper2)}
}

// Sort puts a series in order of time, in place; readings of one moment are put in order of value, so that figures do not
// depend on the order in which readings came.
func Sort(at []int64, v []float64) {
	if !slices.IsSorted(at) || hasTwins(at) {
		sort.Sort(byTime{at, v})
	}
}

func hasTwins(at []int64) bool {
	for i := 1; i < len(at); i++ {
		if at[i] == at[i-1] {
			return true
		}
	}
	return false
}

// Distinct drops repeats, readings with the moment and the value of the one before, and gives what is left of the slices. The
// series is in order, see Sort. Two readings of one moment with different values both stay.
func Distinct(at []int64, v []float64) ([]int64, []float64) {
	n := 0
	for i := range at {
		if n > 0 && at[i] == at[n-1] && v[i] == v[n-1] {
			continue
		}
		at[n], v[n] = at[i], v[i]
		n++
	}
	return at[:n], v[:n]
}

type byTime struct {
	at []int64
	v  []float64
}

func (s byTime) Len() int { return len(s.at) }
func (s byTime) Less(i, j int) bool {
	return s.at[i] < s.at[j] || s.at[i] == s.at[j] && s.v[i] < s.v[j]
}

func (s byTime) Swap(i, j int) {
	s.at[i], s.at[j] = s.at[j], s.at[i]
	s.v[i], s.v[j] = s.v[j], s.v[i]
}
