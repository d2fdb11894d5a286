package programme

import "peiban/internal/measure"

// A profile of targets may set limits of what is no glucose. They stand among the Ranges, on the scale of their own unit.

// limitUnit is the unit of such a limit, and between which numbers one makes sense.
type limitUnit struct {
	unit     string
	min, max float64
}

var limitUnits = map[string]limitUnit{
	"systolic":  {"mmHg", 60, 260},
	"diastolic": {"mmHg", 30, 160},
	"pain":      {"/10", 1, 10},     // NRS or VAS
	"harris":    {"/100", 1, 100},   // Harris hip score
	"ldl":       {"mmol/L", 0.3, 8}, // LDL-C; the catalogue's bounds of a target, as for weight
	"weight":    {"kg", 25, 300},
}

// TargetUnit is the unit of a limit of TargetKeys as Ranges holds it.
func TargetUnit(key string) string {
	if u, ok := limitUnits[key]; ok {
		return u.unit
	}
	if key == "hba1c" {
		return "%"
	}
	return string(measure.MmolL)
}

// limit reads one limit of a target in the unit of its key.
func (s *source) limit(key string, n *node) float64 {
	want, ok := limitUnits[key]
	if !ok {
		return s.glucose(n)
	}
	v, unit, ok := s.quantity(n)
	switch {
	case !ok:
	case unit != want.unit:
		s.at(n, words("%s 没有单位“%s”", "%s has no unit %q", key, unit), s.meant(unit, []string{want.unit}))
	case v < want.min || v > want.max:
		s.at(n, words("%s 的界限不会是“%s”", "%s has no limit of %q", key, n.text),
			words("界限在 %v 到 %v %s 之间", "a limit is between %v and %v %s", want.min, want.max, want.unit))
	default:
		return v
	}
	return 0
}
