package effect

import "math"

// Best is how many people, both groups together, the always-valid interval is narrowest at, for its width. It must not depend on what was
// seen, so it is a number of ours. Half or double of it costs less than 3 % of width.
const Best = 1000

// rho2 is the square of the mixture's scale, which makes the width least at Best people: rho^2 = (-2 ln a + ln(-2 ln a) + 1) / Best.
//
// Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Ann Stat 2024;52:2613, doi:10.1214/24-AOS2408 (arXiv 2103.06476), on how to choose rho;
// as Howard, Ramdas, McAuliffe, Sekhon, Ann Stat 2021;49:1055, section 3.5.
func rho2(alpha float64) float64 {
	l := -2 * math.Log(alpha)
	return (l + math.Log(l) + 1) / Best
}

// Reach is by how many standard errors an interval of 1-alpha that holds at all times reaches to either side after n people, where one
// look would reach z: sqrt((2 (n rho^2 + 1) / (n rho^2)) ln(sqrt(n rho^2 + 1) / alpha)).
//
// Source: the asymptotic confidence sequence with Robbins' normal mixture of Waudby-Smith et al., section 2.
func Reach(n int, alpha float64) float64 {
	if n <= 0 {
		return math.Inf(1)
	}
	t := float64(n) * rho2(alpha)
	return math.Sqrt(2 * (t + 1) / t * math.Log(math.Sqrt(t+1)/alpha))
}

// AlwaysRates gives the difference of two rates with limits that hold at every look at once, with probability 1-alpha or more. The variance
// of each rate is that of (X+1)/(N+2), so that a group in which nobody, or everybody, reached the goal is not taken to be certain.
//
// The people count as one sequence whose influence on the difference has the variance n (v1/n1 + v0/n0) (section 3 of the source, with the
// groups' own means for the regression and their shares for the chance of being treated), so what is multiplied by Reach is the usual standard error.
func AlwaysRates(treated, held Rate, alpha float64) Interval {
	if treated.N == 0 || held.N == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	v := func(r Rate) float64 {
		p := (float64(r.X) + 1) / (float64(r.N) + 2)
		return p * (1 - p) / float64(r.N)
	}
	d := treated.Share() - held.Share()
	half := Reach(treated.N+held.N, alpha) * math.Sqrt(v(treated)+v(held))
	return Interval{d, math.Max(-1, d-half), math.Min(1, d+half)}
}

// AlwaysMeans is AlwaysRates for means.
func AlwaysMeans(treated, held Sample, alpha float64) Interval {
	if treated.N < 2 || held.N < 2 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	d := treated.Mean - held.Mean
	half := Reach(treated.N+held.N, alpha) * math.Sqrt(treated.Variance()/float64(treated.N)+held.Variance()/float64(held.N))
	return Interval{d, d - half, d + half}
}

// Needed is how many people, both groups together, it takes until a difference of rates so large is found with the power of 80 % at that
// very look, when base is the rate of the held-out and share is how many of all are held out. 0: not within ten million.
func Needed(base, diff, share float64) int {
	if diff == 0 || share <= 0 || share >= 1 {
		return 0
	}
	other := math.Min(1, math.Max(0, base+diff))
	const power = 0.8416212335729143 // the 80 % point of the normal distribution
	found := func(n int) bool {
		se := math.Sqrt(other*(1-other)/(float64(n)*(1-share)) + base*(1-base)/(float64(n)*share))
		return (Reach(n, Alpha)+power)*se <= math.Abs(diff)
	}
	low, high := 0, 2
	for !found(high) {
		if low, high = high, high*2; high > 10_000_000 {
			return 0
		}
	}
	for low+1 < high {
		if mid := (low + high) / 2; found(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return max(high, int(math.Ceil(FewestInArm/math.Min(share, 1-share))))
}
