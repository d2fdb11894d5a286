// Package effect is about what a journey changed: the people it was kept from (the holdout) against the people it reached, or one arm of a
// split against another.
//
// Two intervals are told of every difference. One is for a single look (Newcombe's for rates, Welch's for means). The other holds at all
// times at once, so that whoever looks every morning is not fooled; only that one decides what is said. It reads no clock and no store,
// and says nothing in words.
package effect

import "math"

// Alpha is how often an interval may miss: 0.05, so intervals are of 95 %.
const Alpha = 0.05

// z is the 97.5 % point of the normal distribution, for 95 % both ways.
const z = 1.959963984540054

// Rate is how many of a group reached the goal: X of N.
type Rate struct {
	X, N int
}

// Share is X/N between 0 and 1; NaN of nobody.
func (r Rate) Share() float64 {
	if r.N == 0 {
		return math.NaN()
	}
	return float64(r.X) / float64(r.N)
}

// Sample is the mean of a figure in a group, gathered one person at a time. The zero Sample is empty.
type Sample struct {
	N    int
	Mean float64
	m2   float64 // sum of squared distances from the mean
}

// Add counts one person's figure (Welford's way, which keeps its precision).
func (s *Sample) Add(x float64) {
	s.N++
	d := x - s.Mean
	s.Mean += d / float64(s.N)
	s.m2 += d * (x - s.Mean)
}

// Variance is that of the sample, over N-1; NaN below two.
func (s Sample) Variance() float64 {
	if s.N < 2 {
		return math.NaN()
	}
	return s.m2 / float64(s.N-1)
}

// Interval is a difference, treated minus held out, with its limits. Rates are shares between 0 and 1, so a difference of rates lies
// between -1 and 1; means keep their unit. NaN: cannot be told.
type Interval struct {
	Diff, Low, High float64
}

// Zero reports whether "no difference" lies within. What cannot be told excludes nothing.
func (i Interval) Zero() bool { return !(i.Low > 0 || i.High < 0) }

// Wilson gives the score interval of 95 % of one rate, without continuity correction; NaN of nobody.
//
// Source: Wilson EB, J Am Stat Assoc 1927;22:209; method 3 of Newcombe RG, Stat Med 1998;17:857.
func Wilson(r Rate) (low, high float64) {
	if r.N == 0 {
		return math.NaN(), math.NaN()
	}
	n, p := float64(r.N), r.Share()
	mid := 2*n*p + z*z
	half := z * math.Sqrt(z*z+4*n*p*(1-p))
	low, high = (mid-half)/(2*(n+z*z)), (mid+half)/(2*(n+z*z))
	if r.X == 0 { // exactly, which the root only comes near to
		low = 0
	}
	if r.X == r.N {
		high = 1
	}
	return low, high
}

// Newcombe gives the difference of two rates with its interval of 95 % for one look: hybrid score, without continuity correction.
//
// Source: method 10 of Newcombe RG, Stat Med 1998;17:873.
func Newcombe(treated, held Rate) Interval {
	if treated.N == 0 || held.N == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	p1, p2 := treated.Share(), held.Share()
	l1, u1 := Wilson(treated)
	l2, u2 := Wilson(held)
	d := p1 - p2
	return Interval{d, d - math.Hypot(p1-l1, u2-p2), d + math.Hypot(u1-p1, p2-l2)}
}

// Welch gives the difference of two means with its interval of 95 % for one look, the variances not taken to be equal. Below two in a group
// there is none.
//
// Source: Welch BL, Biometrika 1947;34:28; degrees of freedom by Satterthwaite FE, Biometrics 1946;2:110.
func Welch(treated, held Sample) Interval {
	if treated.N < 2 || held.N < 2 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	a, b := treated.Variance()/float64(treated.N), held.Variance()/float64(held.N)
	d := treated.Mean - held.Mean
	if a+b == 0 { // everybody alike in each group
		return Interval{d, d, d}
	}
	df := (a + b) * (a + b) / (a*a/float64(treated.N-1) + b*b/float64(held.N-1))
	half := quantileT(1-Alpha/2, df) * math.Sqrt(a+b)
	return Interval{d, d - half, d + half}
}

// quantileT is the point that a Student's t of df degrees of freedom stays below with probability p > 0.5.
func quantileT(p, df float64) float64 {
	low, high := 0.0, 1.0
	for belowT(high, df) < p {
		high *= 2
	}
	for high-low > 1e-12*high {
		mid := (low + high) / 2
		if belowT(mid, df) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// belowT is the probability that a Student's t of df degrees of freedom is below x >= 0.
//
// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1.
func belowT(x, df float64) float64 { return 1 - incompleteBeta(df/2, 0.5, df/(df+x*x))/2 }

// incompleteBeta is the regularised incomplete beta function I_x(a, b).
//
// Source: Abramowitz and Stegun, 26.5.8, the continued fraction, evaluated by Lentz's way.
func incompleteBeta(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2): // where the fraction converges slowly its mirror converges fast
		return 1 - incompleteBeta(b, a, 1-x)
	}
	ga, _ := math.Lgamma(a)
	gb, _ := math.Lgamma(b)
	gab, _ := math.Lgamma(a + b)
	front := math.Exp(gab-ga-gb+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	c, d := 1.0, 1/safe(1-(a+b)*x/(a+1), tiny)
	f := d
	for i := 1; i < 1000; i++ {
		m := float64(i)
		for _, num := range [2]float64{m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)), -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))} {
			d = 1 / safe(1+num*d, tiny)
			c = safe(1+num/c, tiny)
			f *= c * d
		}
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return front * f
}

func safe(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}
