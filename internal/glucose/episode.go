package glucose

import (
	"math"
	"time"

	"peiban/internal/measure"
)

// Kind is one of the episodes of the consensus.
type Kind int

const (
	Hypo         Kind = iota // at least 15 minutes below 3.9 mmol/L, or 70 mg/dL
	Hypo2                    // at least 15 minutes below 3.0, or 54
	ExtendedHypo             // more than 120 minutes below 3.9, or 70
	Hyper                    // at least 15 minutes above 10.0, or 180
	Hyper2                   // at least 15 minutes above 13.9, or 250
)

// Rule says when an episode begins and ends.
type Rule struct {
	Limit  float64       // in the unit of the readings; beyond it, not at it
	Above  bool          // beyond means above Limit; else below it
	Lasts  time.Duration // it begins with a stretch beyond the limit of at least this length
	Longer bool          // of more than this length
	Ends   time.Duration // and ends with the first stretch back of at least this length
}

// Rule gives the definition of k: begun after 15 minutes beyond the limit, ended after 15 minutes back.
//
// Source: Battelino 2023, Lancet Diabetes Endocrinol 11:42.
func (k Kind) Rule(u measure.Unit) Rule {
	in, out := Consensus(u), outer(u)
	r := Rule{Limit: in.Low, Lasts: 15 * time.Minute, Ends: 15 * time.Minute}
	switch k {
	case Hypo2:
		r.Limit = out.Low
	case ExtendedHypo:
		r.Lasts, r.Longer = 120*time.Minute, true
	case Hyper:
		r.Limit, r.Above = in.High, true
	case Hyper2:
		r.Limit, r.Above = out.High, true
	}
	return r
}

// Episode is a stretch of time beyond a limit.
type Episode struct {
	From, Until int64   // its first moment, and the first after it (microseconds)
	Mean        float64 // of the curve during it, in the unit of the readings
	Worst       float64 // its lowest or highest point
}

// FindEpisodes looks for the episodes of r on the resampled curve, see Resample. A shorter stretch back belongs to the episode, and
// the episode ends where the longer stretch back begins; one that is under way at a pause of more than MaxGap, or at the last
// reading, ends there. at is in order; not ok when the series cannot be resampled: single readings of a meter make no episode.
//
// Source: Battelino 2023, Lancet Diabetes Endocrinol 11:42; on the curve as iglu's episode_calculation does.
func FindEpisodes(at []int64, v []float64, r Rule, zone *time.Location) ([]Episode, bool) {
	g, ok := Resample(at, v, 0, zone)
	if !ok {
		return nil, false
	}
	return g.Episodes(r), true
}

// Episodes looks for the episodes of r on g, see FindEpisodes. A length that is no multiple of the step is rounded up to one.
func (g Grid) Episodes(r Rule) []Episode {
	begins, ends := g.steps(r.Lasts), g.steps(r.Ends)
	if r.Longer && time.Duration(begins)*time.Duration(g.Step)*time.Microsecond == r.Lasts {
		begins++
	}
	var out []Episode
	open := -1 // where the episode under way began
	for i := 0; i < len(g.V); {
		j, side := g.run(i, r)
		switch {
		case side == unknown && open >= 0, side == back && open >= 0 && j-i >= ends:
			out = append(out, g.episode(open, i, r.Above))
			open = -1
		case side == beyond && open < 0 && j-i >= begins:
			open = i
		}
		i = j
	}
	if open >= 0 {
		out = append(out, g.episode(open, len(g.V), r.Above))
	}
	return out
}

func (g Grid) steps(d time.Duration) int {
	step := time.Duration(g.Step) * time.Microsecond
	return int((d + step - 1) / step)
}

type side int

const (
	unknown side = iota
	back
	beyond
)

// run gives the end of the run of steps on one side of the limit that begins at i.
func (g Grid) run(i int, r Rule) (int, side) {
	s := r.side(g.V[i])
	for i++; i < len(g.V) && r.side(g.V[i]) == s; i++ {
	}
	return i, s
}

func (r Rule) side(v float64) side {
	switch {
	case math.IsNaN(v):
		return unknown
	case r.Above && v > r.Limit, !r.Above && v < r.Limit:
		return beyond
	}
	return back
}

func (g Grid) episode(i, j int, above bool) Episode {
	e := Episode{From: g.From + int64(i)*g.Step, Until: g.From + int64(j)*g.Step, Worst: g.V[i]}
	for _, x := range g.V[i:j] {
		e.Mean += x / float64(j-i)
		if above {
			e.Worst = max(e.Worst, x)
		} else {
			e.Worst = min(e.Worst, x)
		}
	}
	return e
}
