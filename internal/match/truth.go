package match

// Measured compares what was found with what is known to be true.
type Measured struct {
	True, Found, Right int // pairs
	Known              int // rows of which the truth is known
}

// Measure compares pairs with the truth: rows with the same text are one person; those with an empty one are not known, and their
// pairs do not count.
func Measure(pairs []Pair, truth []string) Measured {
	var m Measured
	of := map[string]int{}
	for _, t := range truth {
		if t != "" {
			m.Known++
			m.True += of[t]
			of[t]++
		}
	}
	for _, p := range pairs {
		a, b := truth[p.A], truth[p.B]
		if a == "" || b == "" {
			continue
		}
		m.Found++
		if a == b {
			m.Right++
		}
	}
	return m
}

// Precision is the share of found pairs that are right; 1 where none were found.
func (m Measured) Precision() float64 { return ratio(m.Right, m.Found) }

// Recall is the share of true pairs that were found; 1 where there are none.
func (m Measured) Recall() float64 { return ratio(m.Right, m.True) }

// F is the harmonic mean of precision and recall.
func (m Measured) F() float64 {
	if m.Found+m.True == 0 {
		return 1
	}
	return 2 * float64(m.Right) / float64(m.Found+m.True)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}
