package programme

import (
	"math"
	"slices"
	"strconv"
	"time"

	"peiban/internal/event"
)

// every reads how often a form is due: the extension urn:peiban:every with a valueDuration in days.
func (f *formReader) every(root *node) int {
	for _, x := range f.extensions(root, everyURN) {
		span := f.record(f.record(x, words("间隔", "how often")).need("valueDuration"), words("间隔", "how often"))
		if !span.ok {
			return 0
		}
		n := span.need("value")
		if u := span.need("code"); u != nil && f.s.str(u) != "d" {
			f.s.at(u, words("间隔用天", "how often is in days"), words("写 code: d", "write code: d"))
		}
		if n == nil {
			return 0
		}
		days, err := strconv.Atoi(n.text)
		if err != nil || days < 1 || days > 3660 {
			f.s.at(n, words("间隔是 1 到 3660 天", "how often is 1 to 3660 days"), words("写整数，例如 30", "write a whole number, such as 30"))
			return 0
		}
		return days
	}
	return 0
}

// scale reads which scale the points of a form make: its code of the system urn:peiban:scale.
func (f *formReader) scale(r record) string {
	list := r.of["code"]
	if list == nil {
		return ""
	}
	for _, x := range list.items {
		coding := f.record(x, words("编码", "a code"))
		if f.s.str(coding.of["system"]) != scaleURN {
			continue
		}
		return f.s.word(coding.need("code"), words("量表", "scale"), event.Score.Spec().Field("scale").Enum...)
	}
	return ""
}

// pointed makes sure that a form with a scale gives points, and to every answer of the questions that do: half a sum is none.
func (f *formReader) pointed(r record) {
	if f.form.Scale == "" {
		return
	}
	some := false
	for _, it := range f.form.Items {
		with := 0
		for _, o := range it.Options {
			if o.HasScore {
				with++
			}
		}
		if some = some || with > 0; with > 0 && with < len(it.Options) {
			f.s.at(r.of["item"], words("问题 %s 有的答案没有分数", "some answers of item %s have no points", it.Key), words("给每个答案写 ordinalValue", "give each answer an ordinalValue"))
		}
		if with > 0 && !it.Required {
			f.s.at(r.of["item"], words("问题 %s 有分数，就必须回答", "item %s gives points, so it has to be answered", it.Key), words("写 required: true", "write required: true"))
		}
	}
	if !some {
		f.s.at(r.of["item"], words("要算分，可是没有一个答案有分数", "it makes a scale, and no answer has points"), words("给答案写 ordinalValue", "give the answers an ordinalValue"))
	}
}

// limit reads the least or the largest number an item takes, NaN when it has none.
func (f *formReader) limit(item *node, url string) float64 {
	for _, x := range f.extensions(item, url) {
		r := f.record(x, words("扩展", "an extension"))
		n := r.of["valueInteger"]
		if n == nil {
			n = r.need("valueDecimal")
		}
		if n == nil {
			break
		}
		v, err := strconv.ParseFloat(n.text, 64)
		if err != nil {
			f.s.at(n, words("界限要写一个数", "a limit is a number"), words("例如 10", "such as 10"))
			break
		}
		return v
	}
	return math.NaN()
}

// Due tells whether a form waits for an answer at now, and since when. last is when it was answered last, since when it was first
// there to be answered, both in microseconds; last 0: never.
func (f *Form) Due(last, since, now int64) (from int64, due bool) {
	switch {
	case f.Status == "retired":
		return 0, false
	case last == 0:
		return since, true
	case f.Every == 0:
		return 0, false
	}
	from = last + int64(f.Every)*(24*time.Hour).Microseconds()
	return from, now >= from
}

// Asks tells whether an item asks something; a group and a text between questions do not.
func (it *FormItem) Asks() bool { return it.Type != "group" && it.Type != "display" }

// Option finds an answer by its code, nil if the item has none.
func (it *FormItem) Option(code string) *FormOption {
	if i := slices.IndexFunc(it.Options, func(o FormOption) bool { return o.Code == code }); i >= 0 {
		return &it.Options[i]
	}
	return nil
}
