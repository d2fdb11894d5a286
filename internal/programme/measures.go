package programme

import "slices"

// Measurable are the types of events a person may write down from day to day, and a programme may ask for: a value, or what is
// felt. In this order they are offered where no programme says otherwise.
var Measurable = []string{"glucose", "blood_pressure", "pain", "weight", "symptom"}

// measures reads what the programme's people measure at home, the main thing first. A programme that does not say measures what
// its targets limit; `measures: []` says that it measures nothing.
func (l *loader) measures(s *source, r record) {
	p := l.p
	if !r.has("measures") {
		p.Measures = measuredBy(p.Targets)
		return
	}
	p.Measures = []string{}
	for _, n := range s.strs(r.of["measures"]) {
		key := s.word(n, words("可以测的项目", "thing to measure"), Measurable...)
		switch {
		case key == "":
		case slices.Contains(p.Measures, key):
			s.at(n, words("“%s”写了两次", "%q is listed twice", key), words("只留一个", "list it once"))
		default:
			p.Measures = append(p.Measures, key)
		}
	}
}

// measuredBy is what the limits of some target profiles are about.
func measuredBy(targets map[string]TargetProfile) []string {
	about := map[string][]string{
		"glucose": {"fasting", "before_meal", "after_meal_2h", "bedtime", "night", "random"}, "blood_pressure": {"systolic", "diastolic"}, "pain": {"pain"},
	}
	out := []string{}
	for _, key := range Measurable {
		for _, t := range targets {
			if slices.ContainsFunc(about[key], func(limit string) bool { _, set := t.Ranges[limit]; return set }) {
				out = append(out, key)
				break
			}
		}
	}
	return out
}
