// Package medicine is about medicines by their generic names: what class each belongs to, in which unit it is dosed, and how
// people look for it.
package medicine

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"peiban/internal/fault"
)

// Unmapped is the class of a medicine the catalogue does not know yet.
const Unmapped = "unmapped"

// Glucocorticoid is the class whose doses add up as prednisolone; see measure.Prednisolone.
const Glucocorticoid = "glucocorticoid"

// Medicine is one entry of the catalogue.
type Medicine struct {
	Key       string // stable: events hold it
	Name      fault.Text
	ATC       string   // WHO's code; shorter where none was given to the substance itself; empty for Chinese medicines
	Class     string   // what rules read
	Also      []string // further classes of a fixed combination
	Unit      string   // doses are stored in it: mg, g, ug, U, tablet, dose
	Low, High float64  // one dose, in Unit: outside it was mistyped or is in another unit
	Brands    []string
	Of        []string // keys of the substances of a combination; one the catalogue has by itself nowhere is not among them

	words []string // in the forms it is looked for by, the name first
}

// medicines.csv is one row for each medicine on the Chinese market that programmes ask about.
//
// Sources: names and classes, 中国糖尿病防治指南（2024 版）, 中国高血压防治指南（2024 年修订版）, 中国血脂管理指南（2023 年）,
// 中国成人股骨头坏死临床诊疗指南（2020）and 国家基本医疗保险药品目录; codes, WHO Collaborating Centre for Drug Statistics
// Methodology, ATC index. Low and High are the least part of a tablet and the largest single dose of the labels, rounded outward:
// they are there to notice a wrong unit, not to judge a prescription. Brands only where they name one substance. What a combination is
// made of is what its name and its label say (消渴丸: 中国药典, contains glibenclamide).
//
//go:embed medicines.csv
var table string

var medicines, byKey = load(table)

func load(table string) ([]Medicine, map[string]*Medicine) {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("medicines.csv: %v", err)) // ours, and read by every test
	}
	out, keys := make([]Medicine, 0, len(rows)), map[string]*Medicine{}
	for _, r := range rows[1:] {
		m := Medicine{Key: r[0], Name: fault.Text{Zh: r[1], En: r[2]}, ATC: r[3], Class: r[4], Also: split(r[5]), Unit: r[6], Brands: split(r[9]), Of: split(r[10])}
		m.Low, _ = strconv.ParseFloat(r[7], 64) // a test holds both to be numbers
		m.High, _ = strconv.ParseFloat(r[8], 64)
		m.words = append(m.words, plain(m.Name.Zh), plain(m.Name.En), plain(m.Key))
		for _, b := range m.Brands {
			m.words = append(m.words, plain(b))
		}
		for _, w := range append([]string{m.Name.Zh}, m.Brands...) {
			if full, first := read(w); full != "" {
				m.words = append(m.words, full, first)
			}
		}
		out = append(out, m)
	}
	for i := range out {
		keys[out[i].Key] = &out[i]
	}
	return out, keys
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// read is a Chinese name in pinyin and by its initials; empty for one without Chinese characters.
func read(name string) (full, first string) {
	var f, i strings.Builder
	chinese := false
	for _, r := range plain(name) {
		if p := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(p) > 0 {
			chinese = true
			f.WriteString(p[0])
			i.WriteByte(p[0][0])
			continue
		}
		f.WriteRune(r)
		i.WriteRune(r)
	}
	if !chinese {
		return "", ""
	}
	return f.String(), i.String()
}

// plain is a name without case, spaces and signs.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// All is the catalogue, in its own order.
func All() []Medicine { return slices.Clone(medicines) }

// Of finds a medicine by key; not ok when there is none.
func Of(key string) (Medicine, bool) {
	m, ok := byKey[key]
	if !ok {
		return Medicine{}, false
	}
	return *m, true
}

// Share tells whether two medicines, by key, are the same or have a substance in common, as a fixed combination has with its parts.
func Share(a, b string) bool {
	x, y := byKey[a], byKey[b]
	if x == nil || y == nil {
		return a != "" && a == b
	}
	of := func(m *Medicine, key string) bool { return m.Key == key || slices.Contains(m.Of, key) }
	return of(x, b) || of(y, a) || slices.ContainsFunc(x.Of, func(s string) bool { return of(y, s) })
}

// Classes are all classes of the catalogue, by name.
func Classes() []string {
	var out []string
	for i := range medicines {
		out = append(out, medicines[i].Class)
		out = append(out, medicines[i].Also...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Search finds medicines by a part of the Chinese, English or brand name, by pinyin or by its initials: those that are called so,
// then those whose name begins so, then the others. An empty text finds the first of the catalogue.
func Search(text string, limit int) []Medicine {
	text = plain(text)
	type found struct {
		m    *Medicine
		rank int
	}
	var all []found
	for i := range medicines {
		m := &medicines[i]
		rank := 4
		for _, w := range m.words {
			switch {
			case w == text:
				rank = 0
			case strings.HasPrefix(w, text):
				rank = min(rank, 1)
			case strings.Contains(w, text):
				rank = min(rank, 2)
			}
		}
		if rank < 4 {
			all = append(all, found{m, rank})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.rank - b.rank })
	out := make([]Medicine, 0, min(limit, len(all)))
	for _, f := range all[:min(limit, len(all))] {
		out = append(out, *f.m)
	}
	return out
}

// forms are the ends of names that say how a medicine is made, not what it is. Salts are among them: they differ in weight,
// not in class.
var forms = []string{
	"片", "分散片", "缓释片", "控释片", "肠溶片", "咀嚼片", "胶囊", "缓释胶囊", "软胶囊", "颗粒", "注射液", "注射用", "口服液", "滴丸", "丸",
	"盐酸", "马来酸", "苯磺酸", "富马酸", "琥珀酸", "钠", "钾", "钙", "酯", "醋酸",
}

// Named finds the one medicine that a name means: its Chinese, English or brand name, with or without the form it is made in
// (二甲双胍缓释片). A name that could mean two is nobody's.
func Named(name string) (Medicine, bool) {
	name = plain(name)
	if name == "" {
		return Medicine{}, false
	}
	for range 4 { // 盐酸…缓释片: a form at a time
		if m, ok := called(name); ok {
			return m, true
		}
		short := name
		for _, f := range forms {
			if s, ok := strings.CutSuffix(name, f); ok && len(s) < len(short) {
				short = s
			}
			if s, ok := strings.CutPrefix(name, f); ok && len(s) < len(short) {
				short = s
			}
		}
		if short == name || short == "" {
			return Medicine{}, false
		}
		name = short
	}
	return Medicine{}, false
}

func called(name string) (Medicine, bool) {
	var one *Medicine
	for i := range medicines {
		m := &medicines[i]
		if slices.Contains(m.words[:3+len(m.Brands)], name) || stripped(m.words[0]) == stripped(name) {
			if one != nil && one != m {
				return Medicine{}, false
			}
			one = m
		}
	}
	if one == nil {
		return Medicine{}, false
	}
	return *one, true
}

// stripped leaves out 钠, 钾 and 钙 inside a name: 氯沙坦钾氢氯噻嗪 is 氯沙坦氢氯噻嗪.
func stripped(s string) string {
	return strings.NewReplacer("钠", "", "钾", "", "钙", "").Replace(s)
}

// factors are how many of a unit's base make one: of weights µg.
var factors = map[string]float64{"ug": 1, "mg": 1e3, "g": 1e6}

// names are other ways to write a unit.
var names = map[string]string{
	"毫克": "mg", "克": "g", "微克": "ug", "μg": "ug", "µg": "ug", "mcg": "ug", "单位": "U", "u": "U", "iu": "U", "片": "tablet", "粒": "tablet", "丸": "tablet",
	"tablets": "tablet", "剂": "dose", "付": "dose",
}

// Units are what doses of m may be written in, its own first.
func (m Medicine) Units() []string {
	out := []string{m.Unit}
	if factors[m.Unit] != 0 {
		for _, u := range []string{"g", "mg", "ug"} {
			if u != m.Unit {
				out = append(out, u)
			}
		}
	}
	return out
}

var (
	// ErrUnit means that a dose is in a unit the medicine is not dosed in.
	ErrUnit = fault.New(fault.Invalid, "wrong_dose_unit", "这种药不用这个单位", "this medicine is not dosed in that unit")
	// ErrDose means that no such dose exists.
	ErrDose = fault.New(fault.Invalid, "dose_out_of_range", "单次剂量超出可能的范围", "no single dose is like that")
)

// Dose brings one dose to m's own unit. A wrong unit, and a dose that can only be of another unit, say what would be right.
func (m Medicine) Dose(v float64, unit string) (float64, *fault.Fault) {
	unit = strings.TrimSpace(unit)
	if n, ok := names[strings.ToLower(unit)]; ok {
		unit = n
	} else if l := strings.ToLower(unit); factors[l] != 0 {
		unit = l
	}
	if unit == "" {
		unit = m.Unit
	}
	own, ok := m.convert(v, unit)
	if !ok {
		one := strings.Join(m.Units(), ", ")
		return 0, ErrUnit.Because("可用："+one, "one of: "+one)
	}
	const rounding = 1e-9
	if own >= m.Low*(1-rounding) && own <= m.High*(1+rounding) {
		return own, nil
	}
	low, high := show(m.Low), show(m.High)
	for _, u := range m.Units() {
		if c, _ := m.convert(v, u); u != unit && c >= m.Low && c <= m.High {
			return 0, ErrDose.Because("应在 "+low+" 到 "+high+" "+m.Unit+" 之间；这个数的单位是不是 "+u+"？", "between "+low+" and "+high+" "+m.Unit+"; is the number in "+u+"?")
		}
	}
	return 0, ErrDose.Because("应在 "+low+" 到 "+high+" "+m.Unit+" 之间", "between "+low+" and "+high+" "+m.Unit)
}

func (m Medicine) convert(v float64, unit string) (float64, bool) {
	if unit == m.Unit {
		return v, true
	}
	from, to := factors[unit], factors[m.Unit]
	if from == 0 || to == 0 {
		return math.NaN(), false
	}
	return v * from / to, true
}

func show(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
