package programme

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// fields reads the mapping n, of which only the keys in known may be there; what else stands there is reported
// with the nearest known one. The result of a value that is no mapping is empty.
func (s *source) fields(n *node, what fault.Text, known ...string) record {
	r := record{s: s, n: n, what: what, of: map[string]*node{}}
	if n == nil {
		return r
	}
	if n.kind != mapping {
		s.at(n, said(what.Zh+"要写成“键: 值”的几行", what.En+" is written as lines of key: value"),
			said("可以写的有 "+strings.Join(known, "、"), "it may hold "+strings.Join(known, ", ")))
		return r
	}
	r.ok = true
	for _, p := range n.pairs {
		if !slices.Contains(known, p.key.text) {
			s.at(p.key, words(what.Zh+"里没有“%s”这一项", what.En+" has no field %q", p.key.text), s.meant(p.key.text, known))
			continue
		}
		r.of[p.key.text] = p.value
	}
	return r
}

// record is a mapping being read.
type record struct {
	s    *source
	n    *node
	what fault.Text
	of   map[string]*node
	ok   bool
}

func (r record) has(key string) bool { return r.of[key] != nil && r.of[key].kind != null }

// need gives the value of key and reports it when it is missing.
func (r record) need(key string) *node {
	if v := r.of[key]; v != nil && v.kind != null {
		return v
	}
	if r.ok {
		at := r.n
		if v := r.of[key]; v != nil {
			at = v
		}
		r.s.at(at, words(r.what.Zh+"缺少“%s”", r.what.En+" lacks %q", key), fault.Text{})
	}
	return nil
}

// meant is the hint for a word that is not among known.
func (s *source) meant(word string, known []string) fault.Text {
	if near := closest(word, known); near != "" {
		return said("是不是 "+near+"？", "did you mean "+near+"?")
	}
	if len(known) == 0 || len(known) > 12 {
		return fault.Text{}
	}
	return said("可以写的有 "+strings.Join(known, "、"), "it may be "+strings.Join(known, ", "))
}

// closest finds the known word within a third of its length of edits, "" if none is.
func closest(word string, known []string) string {
	best, at := 1+max(1, utf8.RuneCountInString(word)/3), ""
	if len(word) > 64 {
		return ""
	}
	for _, k := range known {
		if d := distance(word, k); d < best {
			best, at = d, k
		}
	}
	if at == "" && len(word) >= 3 { // the beginning of a longer word: mmol for mmol/L
		for _, k := range known {
			if strings.HasPrefix(strings.ToLower(k), strings.ToLower(word)) {
				return k
			}
		}
	}
	return at
}

// distance counts the letters to add, drop, replace or swap.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			same := 1
			if x[i] == y[j] {
				same = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+same)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// str reads one line of text.
func (s *source) str(n *node) string {
	if n == nil || n.kind == null {
		return ""
	}
	if n.kind != scalar {
		s.at(n, words("这里要写一个值", "a single value belongs here"), fault.Text{})
		return ""
	}
	return strings.TrimSpace(n.text)
}

// unchosen says that nothing was chosen here yet, as in a step that was just added; false: something was.
func (s *source) unchosen(n *node, v string, what, hint fault.Text) bool {
	if v == "" {
		s.at(n, fault.Text{Zh: "还没选" + what.Zh, En: "no " + what.En + " chosen yet"}, hint)
	}
	return v == ""
}

// word reads one of known.
func (s *source) word(n *node, what fault.Text, known ...string) string {
	v := s.str(n)
	if n == nil || n.kind != scalar || slices.Contains(known, v) {
		return v
	}
	if s.unchosen(n, v, what, s.meant(v, known)) {
		return v
	}
	s.at(n, words(what.Zh+"没有“%s”", "no "+what.En+" %q", v), s.meant(v, known))
	return ""
}

// text reads {zh: ..., en: ...}; both must be there.
func (s *source) text(n *node) fault.Text {
	if n == nil {
		return fault.Text{}
	}
	if n.kind == scalar {
		s.at(n, words("这里要有中文和英文两种文字", "this text is needed in both languages"),
			words("写成 {zh: ..., en: ...}", "write it as {zh: ..., en: ...}"))
		return fault.Text{}
	}
	r := s.fields(n, words("文字", "a text"), "zh", "en")
	t := fault.Text{Zh: s.str(r.of["zh"]), En: s.str(r.of["en"])}
	if r.ok && t.Zh == "" {
		s.at(n, words("缺中文", "the Chinese text is missing"), words("加上 zh: ...", "add zh: ..."))
	}
	if r.ok && t.En == "" {
		s.at(n, words("缺英文", "the English text is missing"), words("加上 en: ...", "add en: ..."))
	}
	return t
}

// whole reads a whole number from low to high.
func (s *source) whole(n *node, low, high int) int {
	if n == nil {
		return low
	}
	v, err := strconv.Atoi(s.str(n))
	if err != nil || v < low || v > high {
		s.at(n, words("这里要写 %d 到 %d 的整数", "a whole number from %d to %d belongs here", low, high), fault.Text{})
		return low
	}
	return v
}

func (s *source) yes(n *node) bool {
	return s.word(n, words("是或否的值", "yes or no value"), "true", "false") == "true"
}

// strs reads a list of words, or one word.
func (s *source) strs(n *node) []*node {
	switch {
	case n == nil || n.kind == null:
		return nil
	case n.kind == scalar:
		return []*node{n}
	case n.kind == list:
		var out []*node
		for _, i := range n.items {
			if i.kind != scalar {
				s.at(i, words("列表里要是一个个词", "this list holds single words"), fault.Text{})
				continue
			}
			out = append(out, i)
		}
		return out
	}
	s.at(n, words("这里要写一个列表", "a list belongs here"), words("写成 [a, b]", "write it as [a, b]"))
	return nil
}

// parseSpan reads 15m, 2h, 7d, 4w: a number and a unit, never a bare number.
func parseSpan(v string) (time.Duration, bool) {
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(v) < 2 || len(v) > 6 {
		return 0, false
	}
	u, ok := unit[v[len(v)-1]]
	n, err := strconv.Atoi(v[:len(v)-1])
	if !ok || err != nil || n < 1 {
		return 0, false
	}
	return time.Duration(n) * u, true
}

func (s *source) span(n *node) time.Duration {
	if n == nil || n.kind == null {
		return 0
	}
	d, ok := parseSpan(s.str(n))
	if !ok || d > 366*24*time.Hour {
		s.at(n, words("“%s”不是时长", "%q is not a length of time", n.text), words("写成 15m、2h、7d 或 4w，最长 366d", "write 15m, 2h, 7d or 4w, at most 366d"))
		return 0
	}
	return d
}

// quantity reads a number with its unit, such as 7.0 mmol/L.
func (s *source) quantity(n *node) (v float64, unit string, ok bool) {
	t := s.str(n)
	if n == nil || t == "" {
		return 0, "", false
	}
	number, unit, _ := strings.Cut(t, " ")
	unit = strings.TrimSpace(unit)
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		s.at(n, words("“%s”不是“数 单位”", "%q is not a number with a unit", t), words("例如 7.0 mmol/L", "for example 7.0 mmol/L"))
		return 0, "", false
	}
	if unit == "" {
		s.at(n, words("“%s”没有单位", "%q has no unit", t), words("每个数都写单位，例如 %s mmol/L", "every number carries its unit, for example %s mmol/L", number))
		return 0, "", false
	}
	return v, unit, true
}

// glucose reads a limit in mmol/L or mg/dL onto the mmol/L scale; see measure.FromMgdL.
func (s *source) glucose(n *node) float64 {
	v, unit, ok := s.quantity(n)
	if !ok {
		return 0
	}
	u := measure.Unit(unit)
	if u != measure.MmolL && u != measure.MgdL {
		s.at(n, words("血糖没有单位“%s”", "glucose has no unit %q", unit), s.meant(unit, []string{string(measure.MmolL), string(measure.MgdL)}))
		return 0
	}
	c := measure.Canonical(v, u)
	if c < measure.GlucoseMin || c > measure.GlucoseMax {
		hint := words("界限在 1.1 到 33.3 mmol/L 之间", "a limit is between 1.1 and 33.3 mmol/L")
		if u == measure.MmolL && v > measure.GlucoseMax {
			hint = words("是不是 %s mg/dL？", "did you mean %s mg/dL?", strconv.FormatFloat(v, 'f', -1, 64))
		}
		s.at(n, words("血糖仪测不到“%s”", "no meter reads %q", n.text), hint)
		return 0
	}
	return c
}

// hba1c reads a limit in % (NGSP) or mmol/mol (IFCC) as %. Source of the conversion: the IFCC-NGSP master
// equation, NGSP = 0.09148 IFCC + 2.152.
func (s *source) hba1c(n *node) float64 {
	v, unit, ok := s.quantity(n)
	if !ok {
		return 0
	}
	switch unit {
	case "%":
	case "mmol/mol":
		v = 0.09148*v + 2.152
	default:
		s.at(n, words("糖化血红蛋白没有单位“%s”", "HbA1c has no unit %q", unit), s.meant(unit, []string{"%", "mmol/mol"}))
		return 0
	}
	if v < 3 || v > 20 {
		s.at(n, words("糖化血红蛋白不会是“%s”", "HbA1c cannot be %q", n.text), said("界限在 3 % 到 20 % 之间", "a limit is between 3 % and 20 %"))
		return 0
	}
	return v
}

// day reads 2026-03-08 as the start of that day.
func (s *source) day(n *node, loc *time.Location) time.Time {
	if n == nil || n.kind == null {
		return time.Time{}
	}
	t, err := time.ParseInLocation("2006-01-02", s.str(n), loc)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		s.at(n, words("“%s”不是日期", "%q is not a date", n.text), words("写成 2026-03-08", "write it as 2026-03-08"))
		return time.Time{}
	}
	return t
}

// KeyOK reports whether v may be the key of a programme.
func KeyOK(v string) bool { return keyOK(v) && v != sharedDir }

// keyOK says whether v is good as a key: it becomes part of addresses, file names and rules.
func keyOK(v string) bool {
	if v == "" || len(v) > 64 || v[0] < 'a' || v[0] > 'z' {
		return false
	}
	for i := range len(v) {
		c := v[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func (s *source) key(n *node) string {
	v := s.str(n)
	if n != nil && n.kind == scalar && !keyOK(v) {
		said := words("“%s”不能作键", "%q cannot be a key", v)
		if v == "" {
			said = words("这里还没填", "nothing is written here yet")
		}
		s.at(n, said, words("用小写字母开头，只含小写字母、数字、- 和 _", "begin with a small letter and use small letters, digits, - and _ only"))
		return ""
	}
	return v
}
