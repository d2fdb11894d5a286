package rule

import (
	"math"
	"slices"
	"time"

	"peiban/internal/glucose"
	"peiban/internal/measure"
)

// curve is a figure of continuous glucose. It is computed over whole local days, so that it changes at midnight and with new
// readings and at no other time.
type curve struct {
	enough bool // asks for the days and readings of the consensus, see sufficient
	of     func(at []int64, v []float64, zone *time.Location) (float64, bool)
}

// curveDays is over how many days a curve is drawn at most: at a reading a minute, some 130,000 of them.
const curveDays = 92

var curves = map[string]curve{
	"tir":  {true, shares(func(l glucose.Levels) float64 { return l.In })},
	"tbr":  {true, shares(func(l glucose.Levels) float64 { return l.VeryLow + l.Low })},
	"tbr2": {true, shares(func(l glucose.Levels) float64 { return l.VeryLow })},
	"tar":  {true, shares(func(l glucose.Levels) float64 { return l.High + l.VeryHigh })},
	"tar2": {true, shares(func(l glucose.Levels) float64 { return l.VeryHigh })},
	"gri":  {true, plain(glucose.GRI)},
	"gmi":  {true, plain(glucose.GMI)},
	"active_percent": {false, func(at []int64, _ []float64, _ *time.Location) (float64, bool) {
		w, ok := glucose.Worn(at)
		return w.Percent, ok
	}},
	"adrr": {false, func(at []int64, v []float64, zone *time.Location) (float64, bool) {
		if glucose.ADRRDays(at, zone, glucose.ADRRReadings) < adrrDays {
			return 0, false
		}
		return glucose.ADRR(at, v, measure.MmolL, zone, glucose.ADRRReadings)
	}},
	"mage": {false, func(at []int64, v []float64, zone *time.Location) (float64, bool) {
		return glucose.MAGE(at, v, measure.MmolL, zone)
	}},
	"modd": {false, glucose.MODD},
}

// adrrDays is how many local days with enough readings ADRR needs. Source: Kovatchev 2006, Diabetes Care 29:2433.
const adrrDays = 14

func shares(part func(glucose.Levels) float64) func([]int64, []float64, *time.Location) (float64, bool) {
	return func(_ []int64, v []float64, _ *time.Location) (float64, bool) {
		l, ok := glucose.ConsensusLevels(v, measure.MmolL)
		return part(l), ok
	}
}

func plain(f func([]float64, measure.Unit) (float64, bool)) func([]int64, []float64, *time.Location) (float64, bool) {
	return func(_ []int64, v []float64, _ *time.Location) (float64, bool) { return f(v, measure.MmolL) }
}

// conga is CONGA over n hours.
func conga(n int) curve {
	return curve{of: func(at []int64, v []float64, zone *time.Location) (float64, bool) {
		return glucose.CONGA(at, v, n, zone)
	}}
}

// episodeKinds are the episodes of the consensus by the name rules give them.
var episodeKinds = map[string]glucose.Kind{
	"hypo": glucose.Hypo, "hypo2": glucose.Hypo2, "extended_hypo": glucose.ExtendedHypo, "hyper": glucose.Hyper, "hyper2": glucose.Hyper2,
}

// episodes counts the episodes of one kind.
func episodes(kind glucose.Kind) curve {
	rule := kind.Rule(measure.MmolL)
	return curve{of: func(at []int64, v []float64, zone *time.Location) (float64, bool) {
		found, ok := glucose.FindEpisodes(at, v, rule, zone)
		return float64(len(found)), ok
	}}
}

// curve computes f over the readings of s.
func (s *selection) curve(f curve) numFn {
	return func(c *Ctx, _ bound) (float64, int64) {
		w := c.walk(s)
		c.values, c.times = c.values[:0], c.times[:0]
		oldest := -1
		for i := w.next(); i >= 0; i = w.next() {
			oldest = i
			if v := s.number(c, i); v == v {
				c.note(i)
				c.values, c.times = append(c.values, v), append(c.times, w.tl.At[i])
			}
		}
		if !w.known() {
			return unknownNum, w.outside()
		}
		next := min(w.outside(), w.leaves(oldest))
		slices.Reverse(c.values)
		slices.Reverse(c.times)
		zone := c.TL.Loc
		if zone == nil {
			zone = time.UTC
		}
		if len(c.values) == 0 || f.enough && !c.sufficient() {
			return unknownNum, next
		}
		v, ok := f.of(c.times, c.values, zone)
		if !ok || math.IsInf(v, 0) {
			return unknownNum, next
		}
		return v, next
	}
}

// sufficient tells whether the readings of c.times, in order, are enough for times in ranges: from 14 local days, the first and the
// last included, and 70 % of those a meter without pauses would have made between the first and the last.
//
// Source: Battelino 2019, Diabetes Care 42:1593.
func (c *Ctx) sufficient() bool {
	w, ok := glucose.Worn(c.times)
	if !ok {
		return false
	}
	days := c.localDay(c.times[len(c.times)-1]) - c.localDay(c.times[0]) + 1
	return days >= glucose.SufficientDays && w.Percent >= glucose.SufficientPercent
}
