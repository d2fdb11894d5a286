package ruletest

import "fmt"

// aimed draws a condition on the targets of a person: the profile, a limit, whether a doctor set it for them.
func (g *Gen) aimed() Bool {
	switch key := pick(g, []string{"fasting", "after_meal_2h", "systolic"}); g.IntN(3) {
	case 0:
		return Bool{`target_profile() == "older"`, func(w *World) Truth { return Is(w.Profile() == "older") }}
	case 1:
		return Bool{fmt.Sprintf("target(%q).own", key), func(w *World) Truth { return Is(w.Own(key)) }}
	default:
		k := pick(g, []float64{6.503, 8.997, 129.503})
		return Bool{fmt.Sprintf("target(%q).high > %v", key, k), func(w *World) Truth {
			_, high, ok := w.Target(key)
			if !ok || high != high {
				return Unknown
			}
			return Is(high > k)
		}}
	}
}
