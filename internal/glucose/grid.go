package glucose

import (
	"math"
	"slices"
	"time"
)

const minute = int64(time.Minute / time.Microsecond)

// MaxGap is the longest pause between two readings that is bridged by a straight line. Beyond it the curve is unknown.
//
// Source: iglu (Broll 2021, PLoS One 16:e0248560), default of its resampling.
const MaxGap = 45 * time.Minute

// maxGridDays bounds a grid: a mistaken year among the times must not ask for gigabytes.
const maxGridDays = 30 * 366

// Interval is the usual time between two readings in whole minutes: the median of the times between neighbours, rounded half to
// even, at least 1. Readings of the same moment count once. at is in order; not ok below two moments.
func Interval(at []int64) (minutes int64, ok bool) {
	steps := make([]int64, 0, len(at))
	for i := 1; i < len(at); i++ {
		if d := at[i] - at[i-1]; d > 0 {
			steps = append(steps, d)
		}
	}
	n := len(steps)
	if n == 0 {
		return 0, false
	}
	slices.Sort(steps)
	mid := float64(steps[n/2])
	if n%2 == 0 {
		mid = (mid + float64(steps[n/2-1])) / 2
	}
	return max(1, int64(math.RoundToEven(mid/float64(minute)))), true
}

// Grid is a curve at equal steps that fit into a day a whole number of times: V[i] belongs to the moment From + i Step
// (microseconds) and is not a number where the curve is unknown.
type Grid struct {
	From int64
	Step int64
	V    []float64
}

// Resample draws straight lines between neighbouring readings and reads the curve at step, step x 2 and so on after the
// local midnight before the first reading. Nothing is drawn across a pause longer than MaxGap, nor outside the readings.
// Several readings of one moment count as their mean.
//
// step is in minutes; 0 takes Interval, which where it does not divide a day becomes 20 when above 20 and else the nearest
// multiple of 5. at is in order. Not ok below two moments, when readings are usually more than MaxGap apart, or when they span
// more than 30 years.
//
// Source: iglu, CGMS2DayByDay (Broll 2021, PLoS One 16:e0248560).
func Resample(at []int64, v []float64, step int64, zone *time.Location) (Grid, bool) {
	usual, ok := Interval(at)
	if step == 0 {
		step = usual
	}
	if !ok || step > int64(MaxGap/time.Minute) {
		return Grid{}, false
	}
	step = fitDay(step)
	first, last := at[0], at[len(at)-1]
	days := math.Ceil(float64(last-first)/float64(24*60*minute) + 1)
	if days > maxGridDays {
		return Grid{}, false
	}
	midnight, _ := dayAround(first, zone)
	g := Grid{From: midnight + step*minute, Step: step * minute, V: make([]float64, int(days)*int(24*60/step))}
	g.draw(at, v)
	return g, true
}

func fitDay(step int64) int64 {
	switch over := step % 5; {
	case 24*60%step == 0:
		return step
	case step > 20:
		return 20
	case over > 2:
		return step + 5 - over
	default:
		return step - over
	}
}

func (g Grid) draw(at []int64, v []float64) {
	i, left := next(at, v, 0)
	j, right := next(at, v, i)
	for k := range g.V {
		t := g.From + int64(k)*g.Step
		for j > i && at[j-1] <= t { // the last reading of a moment stands for all of them
			i, left = j, right
			if i == len(at) {
				break
			}
			j, right = next(at, v, i)
		}
		g.V[k] = between(at, i, j, left, right, t)
	}
}

// next gives the end of the run of readings of one moment that begins at i, and their mean.
func next(at []int64, v []float64, i int) (int, float64) {
	if i >= len(at) {
		return i, math.NaN()
	}
	sum, from := 0.0, i
	for ; i < len(at) && at[i] == at[from]; i++ {
		sum += v[i]
	}
	return i, sum / float64(i-from)
}

// between reads the line from the moment that ends before i to the one that ends before j.
func between(at []int64, i, j int, left, right float64, t int64) float64 {
	a := at[i-1]
	switch {
	case t == a:
		return left
	case t < a || i == len(at):
		return math.NaN()
	}
	b := at[j-1]
	if b-a > int64(MaxGap/time.Microsecond) {
		return math.NaN()
	}
	return left + (right-left)*(float64(t-a)/float64(b-a))
}
