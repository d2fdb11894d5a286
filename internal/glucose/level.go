package glucose

import "peiban/internal/measure"

// Range is a target range in the unit of the readings; both limits are inside it.
type Range struct{ Low, High float64 }

// Consensus is the target range of adults with type 1 or type 2 diabetes: 3.9 to 10.0 mmol/L, or 70 to 180 mg/dL.
//
// Source: Battelino 2019, Diabetes Care 42:1593.
func Consensus(u measure.Unit) Range {
	if u == measure.MgdL {
		return Range{70, 180}
	}
	return Range{measure.Level1Low, measure.High}
}

// outer are the limits of level 2 on both sides: 3.0 and 13.9 mmol/L, or 54 and 250 mg/dL.
func outer(u measure.Unit) Range {
	if u == measure.MgdL {
		return Range{54, 250}
	}
	return Range{measure.Level2Low, measure.VeryHigh}
}

// Shares are percentages of readings.
type Shares struct{ Below, In, Above float64 }

// InRange splits the readings by r: Below (TBR) is under the lower limit, Above (TAR) over the upper one, In (TIR)
// the rest, limits included. Every reading counts the same, as in the consensus report; not ok without readings.
//
// Source: Battelino 2019, Diabetes Care 42:1593.
func InRange(v []float64, r Range) (Shares, bool) {
	var below, above int
	for _, x := range v {
		switch {
		case x < r.Low:
			below++
		case x > r.High:
			above++
		}
	}
	n := len(v)
	return Shares{Below: percent(below, n), In: percent(n-below-above, n), Above: percent(above, n)}, n > 0
}

// Levels are the five consensus levels in percent of readings; they add up to 100.
type Levels struct {
	VeryLow  float64 // below 3.0 mmol/L, or 54 mg/dL
	Low      float64 // from there to below 3.9, or 70
	In       float64 // 3.9 to 10.0, or 70 to 180, limits included
	High     float64 // above 10.0, or 180, to 13.9, or 250, that limit included
	VeryHigh float64 // above 13.9, or 250
}

// ConsensusLevels counts the readings of each level. Limits are compared in the unit the readings were made in:
// 70 mg/dL is in range, though it is 3.886 mmol/L. Not ok without readings.
//
// Source: Battelino 2019, Diabetes Care 42:1593.
func ConsensusLevels(v []float64, u measure.Unit) (Levels, bool) {
	in, out := Consensus(u), outer(u)
	var n [5]int
	for _, x := range v {
		switch {
		case x < out.Low:
			n[0]++
		case x < in.Low:
			n[1]++
		case x <= in.High:
			n[2]++
		case x <= out.High:
			n[3]++
		default:
			n[4]++
		}
	}
	all := len(v)
	return Levels{percent(n[0], all), percent(n[1], all), percent(n[2], all), percent(n[3], all), percent(n[4], all)}, all > 0
}

// GRI is the glycemia risk index, 3.0 VeryLow + 2.4 Low + 1.6 VeryHigh + 0.8 High, at most 100; zones of 20 from A to E.
//
// Source: Klonoff 2023, J Diabetes Sci Technol 17:1226.
func GRI(v []float64, u measure.Unit) (float64, bool) {
	l, ok := ConsensusLevels(v, u)
	return min(100, 3.0*l.VeryLow+2.4*l.Low+1.6*l.VeryHigh+0.8*l.High), ok
}

func percent(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(part) / float64(all)
}
