package rule

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"peiban/internal/fault"
)

// meant are words people bring from elsewhere, and what they are called here.
var meant = map[string]string{
	"avg": "mean", "average": "mean", "length": "count", "len": "count", "std": "sd", "stddev": "sd", "maximum": "max",
	"minimum": "min", "newest": "latest", "oldest": "first", "past": "within", "select": "where", "total": "sum",
	"percent": "share", "ratio": "share", "timeout": "timed_out", "mg": "mgdl", "mmoll": "mmol", "event": "events",
	"any": "exists", "now": "local_hour", "hour": "local_hour", "unique_days": "days", "profile": "trait",
}

// nearest is the candidate a misspelt name most likely stands for, empty when none is close.
func nearest(name string, candidates []string) string {
	if m := meant[strings.ToLower(name)]; m != "" && slices.Contains(candidates, m) {
		return m
	}
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

// didYouMean is the hint for a name that is not among the candidates: the nearest, or all when they are few.
func didYouMean(name string, candidates []string, quote string) fault.Text {
	if n := nearest(name, candidates); n != "" {
		return zhen(fmt.Sprintf("是不是 %s%s%s？", quote, n, quote), fmt.Sprintf("did you mean %s%s%s?", quote, n, quote))
	}
	var all []string
	for _, c := range candidates {
		if c != "" {
			all = append(all, quote+c+quote)
		}
	}
	if len(all) == 0 || len(all) > 12 {
		return fault.Text{}
	}
	sort.Strings(all)
	return zhen("可以是 "+strings.Join(all, "、"), "it can be "+strings.Join(all, ", "))
}

func keysOf(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
