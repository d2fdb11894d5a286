package fault

import "strings"

// Nearest is the candidate a misspelt name most likely stands for, empty when none is close: within a third of its letters, and
// three at most.
func Nearest(name string, candidates []string) string {
	best, least := "", max(1, min(3, len([]rune(name))/3))+1
	for _, c := range candidates {
		if strings.EqualFold(c, name) {
			return c
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c), least); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts insertions, deletions, substitutions and swaps of neighbours between a and b; from limit on it
// is not exact.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 60 || len(y) > 60 || len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	before, above := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			d := above[j-1]
			if x[i-1] != y[j-1] {
				d++
			}
			d = min(d, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
		before, above = above, row
	}
	return above[len(y)]
}
