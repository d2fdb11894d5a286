// Package measure is about measured values: their units, plausible ranges and clinical limits with sources.
package measure

import "math"

// Unit of glucose. The zero value is not a unit.
type Unit string

const (
	MmolL Unit = "mmol/L"
	MgdL  Unit = "mg/dL"
)

// MgPerMmol is how many mg/dL one mmol/L of glucose is: its molar mass 180.156 g/mol over ten.
const MgPerMmol = 18.0156

// pairs are limits published in both units. They are equal by convention, not by arithmetic: 70 mg/dL is
// 3.886 mmol/L, yet it is the limit 3.9. A value is compared with the constant of the unit it was entered in.
//
// Source: Battelino 2019, Diabetes Care 42:1593 (3.0/54, 3.9/70, 10.0/180, 13.9/250); CDS 2024 (4.4/80, 7.0/126,
// 7.8/140, 11.1/200); national public-health service standard, 3rd edition (16.7/300); ADA (5.6/100).
var pairs = []struct{ mmol, mg float64 }{
	{1.1, 20}, {3.0, 54}, {3.9, 70}, {4.4, 80}, {5.6, 100}, {7.0, 126}, {7.8, 140},
	{10.0, 180}, {11.1, 200}, {13.9, 250}, {16.7, 300}, {33.3, 600},
}

// Pairs are the limits published in both units, lowest first: mmol/L, then mg/dL.
func Pairs() [][2]float64 {
	out := make([][2]float64, len(pairs))
	for i, p := range pairs {
		out[i] = [2]float64{p.mmol, p.mg}
	}
	return out
}

// FromMgdL maps mg/dL onto the mmol/L scale so that comparing the result with a limit in mmol/L gives the
// same answer as comparing v with the published limit in mg/dL. It never decreases as v grows.
func FromMgdL(v float64) float64 {
	c := v / MgPerMmol
	for _, p := range pairs {
		switch at := p.mmol * MgPerMmol; {
		case v == p.mg:
			return p.mmol
		case v > p.mg && v <= at: // above the limit in its own unit, not yet above it by arithmetic
			return math.Nextafter(p.mmol, math.Inf(1))
		case v < p.mg && v >= at: // below the limit in its own unit, not yet below it by arithmetic
			return math.Nextafter(p.mmol, math.Inf(-1))
		}
	}
	return c
}

// Canonical brings a glucose value to the mmol/L scale of timelines; see FromMgdL for why it is not a division.
func Canonical(v float64, u Unit) float64 {
	if u == MgdL {
		return FromMgdL(v)
	}
	return v
}

// Plausible range of a meter, mmol/L; outside it a value is kept as a flag, never as a number in an average.
//
// Source: Kovatchev, LBGI appendix; the limits themselves are inside.
const (
	GlucoseMin = 1.1
	GlucoseMax = 33.3
)

// Limits of glucose, mmol/L, with the side they fall on written beside each.
//
// Source: Battelino 2019, Diabetes Care 42:1593; IHSG 2017, doi:10.1007/s00125-016-4146-6; 16.7: national
// public-health service standard, 3rd edition.
const (
	Level2Low  = 3.0  // a value below it is a level 2 low
	Level1Low  = 3.9  // a value below it, and not below Level2Low, is a level 1 low
	High       = 10.0 // a value above it is high
	VeryHigh   = 13.9 // a value above it is very high
	Critical   = 16.7 // a value at or above it needs care today
	HistoryGap = 2    // hours after which a value is history: no safety card
)

// The first step of a low: so much fast sugar, and measured again after so long.
//
// Source: CDS guideline for type 2 diabetes, treatment of hypoglycaemia: 15 to 20 g, measured again after 15 min.
const (
	FastSugar = 15 // grams
	Retest    = 15 // minutes
)

// Band is the word a reading gets. It is decided here and nowhere else.
type Band string

const (
	BandVeryLow  Band = "very_low"
	BandLow      Band = "low"
	BandBelow    Band = "below_target" // finger-stick only: 3.9 up to the person's own lower limit
	BandTarget   Band = "in_target"
	BandHigh     Band = "high"
	BandVeryHigh Band = "very_high"
	BandHI       Band = "hi" // the meter said HI
	BandLO       Band = "lo" // the meter said LO
	BandUnclear  Band = "implausible"
)

// Range is a person's own limits for one meal context, mmol/L; a zero limit is not set.
type Range struct {
	Low  float64 // in target at it
	High float64 // for fasting and before meals in target at it; for after-meal values only below it
	Open bool    // High itself is outside: after-meal targets read "< 10.0"
}

// Classify gives the band of v (mmol/L scale, unrounded). r is the person's own range for the meal context
// of a finger-stick reading; with the zero Range the CGM limits 3.9 to 10.0 hold.
func Classify(v float64, r Range) Band {
	switch {
	case v < Level2Low:
		return BandVeryLow
	case v < Level1Low:
		return BandLow
	case v > VeryHigh:
		return BandVeryHigh
	}
	high := r.High
	if high == 0 {
		high = High
	}
	if v > high || (r.Open && r.High != 0 && v >= high) {
		return BandHigh
	}
	if r.Low != 0 && v < r.Low {
		return BandBelow
	}
	return BandTarget
}
