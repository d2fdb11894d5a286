package programme

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
)

// approval reads sample, or who answers for the text, since when, and where that is written down.
func (l *loader) approval(s *source, n *node) Approval {
	if n == nil {
		return Approval{Sample: true}
	}
	if n.kind == scalar {
		if s.str(n) != "sample" {
			s.at(n, words("审批写 sample，或写 {by, at, document}", "an approval is sample, or {by, at, document}"), s.meant(n.text, []string{"sample"}))
		}
		return Approval{Sample: true}
	}
	r := s.fields(n, words("审批", "an approval"), "by", "at", "document")
	return Approval{By: s.str(r.need("by")), At: s.day(r.need("at"), l.p.Zone), Document: s.str(r.need("document"))}
}

func (l *loader) targets(s *source, r record) {
	if !r.has("targets") && !r.has("default_target") {
		return // nothing to measure: a programme for doctors
	}
	ts := r.need("targets")
	if ts == nil {
		return
	}
	if ts.kind != mapping {
		s.at(ts, words("targets 要写成“键: …”的几行", "targets are lines of key: ..."), fault.Text{})
		return
	}
	var keys []string
	for _, e := range ts.pairs {
		t := TargetProfile{Key: s.key(e.key), Ranges: map[string]measure.Range{}, Sample: true}
		known := append([]string{"name", "source", "approval"}, TargetKeys...)
		tr := s.fields(e.value, words("目标", "a target profile"), known...)
		t.Name = s.text(tr.need("name"))
		t.Source = s.str(tr.need("source"))
		t.Sample = l.p.Approval.Sample
		if tr.has("approval") {
			t.Sample = l.approval(s, tr.of["approval"]).Sample
		}
		for _, k := range TargetKeys {
			if !tr.has(k) {
				continue
			}
			if k == "hba1c" {
				hr := s.fields(tr.of[k], words("糖化目标", "an HbA1c target"), "high")
				t.HbA1c = s.hba1c(hr.need("high"))
				continue
			}
			t.Ranges[k] = s.limits(k, tr.of[k])
		}
		if tr.ok && len(t.Ranges) == 0 {
			s.at(e.key, words("这组目标一个界限也没有", "this profile sets no limit"), words("例如 fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}", "for example fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}"))
		}
		l.p.Targets[t.Key] = t
		keys = append(keys, t.Key)
	}
	if d := r.need("default_target"); d != nil {
		l.p.DefaultTarget = s.word(d, words("目标", "target profile"), keys...)
	}
}

// limits reads {low, high} or {low, below}: at high a value is in target, at below it is not any more.
func (s *source) limits(key string, n *node) measure.Range {
	r := s.fields(n, words("范围", "a range"), "low", "high", "below")
	var x measure.Range
	if r.has("low") {
		x.Low = s.limit(key, r.of["low"])
	}
	if r.has("high") {
		x.High = s.limit(key, r.of["high"])
	}
	if r.has("below") {
		x.High, x.Open = s.limit(key, r.of["below"]), true
	}
	switch {
	case !r.ok:
	case r.has("high") && r.has("below"):
		s.at(n, words("high 和 below 只能写一个", "a range has high or below, not both"),
			words("high：等于它还在目标里；below：等于它已不在", "high: in target at it; below: no longer in target at it"))
	case !r.has("low") && !r.has("high") && !r.has("below"):
		s.at(n, words("范围里没有界限", "this range sets no limit"), words("写 low、high 或 below", "set low, high or below"))
	case x.Low != 0 && x.High != 0 && x.Low >= x.High:
		s.at(n, words("下限不低于上限", "the lower limit is not below the upper one"), fault.Text{})
	}
	return x
}

func (l *loader) settings(s *source, r record) {
	if !r.has("settings") {
		return
	}
	n := r.of["settings"]
	if n.kind != mapping {
		s.at(n, words("settings 要写成“键: …”的几行", "settings are lines of key: ..."), fault.Text{})
		return
	}
	for _, e := range n.pairs {
		f := s.fields(e.value, words("设定", "a setting"), "name", "value", "source", "unsure")
		v, unit, _ := s.quantity(f.need("value"))
		if usual := usualUnit(unit); usual != unit {
			s.at(f.need("value"), words("没有单位“%s”", "there is no unit %q", unit), words("写成 %s", "write %s", usual))
		}
		k := s.key(e.key)
		if !l.claims(s, e.key) {
			if own := l.p.Settings[k]; own.Unit != unit {
				s.at(e.key, words("programme.yaml 里的“%s”单位是“%s”，这里是“%s”", "%q is in %q in programme.yaml and in %q here", k, own.Unit, unit), words("用同一个单位", "use the same unit"))
			}
			continue
		}
		l.p.Settings[k] = Setting{Key: k, Name: s.text(f.need("name")), Value: v, Unit: unit, Source: s.str(f.need("source")), Unsure: f.has("unsure") && s.yes(f.of["unsure"])}
	}
}

var wordKey = regexp.MustCompile(`^[a-z][a-z0-9_]{2,40}$`)

func (l *loader) words(s *source, r record) {
	if !r.has("words") {
		return
	}
	n := r.of["words"]
	if n.kind != mapping {
		s.at(n, words("words 要写成“词: 规则”的几行", "words are lines of word: rule"), fault.Text{})
		return
	}
	for _, e := range n.pairs {
		if !wordKey.MatchString(e.key.text) {
			s.at(e.key, words("“%s”不能作词", "%q cannot be a word", e.key.text), words("用三个以上小写字母、数字或 _", "use three or more small letters, digits or _"))
			continue
		}
		if s.rule(e.value) != "" && l.claims(s, e.key) {
			l.p.words[e.key.text] = &word{s: s, n: e.value}
		}
	}
}

// usualUnit is how the catalogue of events writes a unit that differs in capitals only; any other is left as it is.
func usualUnit(unit string) string {
	if usual := usualUnits()[strings.ToLower(unit)]; len(usual) == 1 {
		return usual[0]
	}
	return unit
}

var usualUnits = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, spec := range event.Catalogue() {
		for _, f := range spec.Fields {
			for _, u := range append([]string{f.Unit}, f.Units...) {
				if k := strings.ToLower(u); !slices.Contains(out[k], u) {
					out[k] = append(out[k], u)
				}
			}
		}
	}
	return out
})
