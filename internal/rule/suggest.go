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
	return fault.Nearest(name, candidates)
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
