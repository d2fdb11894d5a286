package field

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/match/distance"
)

// DayOrder is how a column writes a date of which the year does not come first.
type DayOrder uint8

// Orders.
const (
	DayFirst DayOrder = iota
	MonthFirst
)

// days1850 is more days than lie between 1850, before which no date is real, and 1970.
const days1850 = 50_000

// day is a date of which a part may be unknown (0). One that the calendar does not have is kept as it was written: a slip made it.
type day struct{ y, m, d int }

var (
	dayNumbers = regexp.MustCompile(`\d+`)
	dayChinese = regexp.MustCompile(`^(\d{4}|\d{2})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?`)
	dayClock   = regexp.MustCompile(`[t ]\d{1,2}:\d{2}.*$`)
	months     = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// chineseDigits are the digits of dates written out: 一九六二年五月十一日.
var chineseDigits = strings.NewReplacer("〇", "0", "零", "0", "○", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")

// parseDay reads a date in any of the usual forms; ok is false for what is none.
func parseDay(text string, order DayOrder) (d day, ok bool) {
	text = dayClock.ReplaceAllString(strings.TrimSpace(text), "")
	if hasHan(text) || strings.Contains(text, "○") {
		text = strings.ReplaceAll(chineseTens(chineseDigits.Replace(text)), " ", "")
		m := dayChinese.FindStringSubmatch(text)
		if m == nil {
			return day{}, false
		}
		return day{year(m[1]), number(m[2]), number(m[3])}.checked()
	}
	for i, name := range months {
		if at := strings.Index(text, name); at >= 0 {
			n := dayNumbers.FindAllString(text, 3)
			switch {
			case len(n) == 2 && len(n[0]) == 4:
				return day{number(n[0]), i + 1, number(n[1])}.checked()
			case len(n) == 2:
				return day{year(n[1]), i + 1, number(n[0])}.checked()
			case len(n) == 1 && len(n[0]) == 4:
				return day{number(n[0]), i + 1, 0}.checked()
			}
			return day{}, false
		}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789-/.: ", r) }) {
		return day{}, false
	}
	n := dayNumbers.FindAllString(text, 4)
	switch {
	case len(n) == 1 && len(n[0]) == 8:
		return eightDigits(n[0], order)
	case len(n) == 1 && len(n[0]) == 6: // 196205
		return day{number(n[0][:4]), number(n[0][4:]), 0}.checked()
	case len(n) == 1 && len(n[0]) == 4:
		return day{number(n[0]), 0, 0}.checked()
	case len(n) == 1 && len(n[0]) == 5: // Excel's serial number
		at := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, number(n[0]))
		return day{at.Year(), int(at.Month()), at.Day()}.checked()
	case len(n) == 2 && len(n[0]) == 4:
		return day{number(n[0]), number(n[1]), 0}.checked()
	case len(n) == 3 && len(n[0]) == 4:
		return day{number(n[0]), number(n[1]), number(n[2])}.checked()
	case len(n) == 3 && (len(n[2]) == 4 || len(n[2]) == 2):
		x, y := number(n[0]), number(n[1])
		if order == MonthFirst && x <= 12 || y > 12 {
			x, y = y, x
		}
		return day{year(n[2]), y, x}.checked()
	}
	return day{}, false
}

// eightDigits reads 19620511, or 11051962.
func eightDigits(s string, order DayOrder) (day, bool) {
	first := day{number(s[:4]), number(s[4:6]), number(s[6:])}
	if y := first.y; y >= 1850 && y <= 2100 {
		return first.checked()
	}
	last := day{number(s[4:]), number(s[2:4]), number(s[:2])}
	if order == MonthFirst {
		last.m, last.d = last.d, last.m
	}
	if last.y >= 1850 && last.y <= 2100 && last.m >= 1 && last.m <= 12 {
		return last.checked()
	}
	return first.checked()
}

// chineseTens makes 十一 into 11, 二十 into 20; digits are Arabic already.
func chineseTens(s string) string {
	r := []rune(strings.ReplaceAll(strings.ReplaceAll(s, "廿", "2十"), "卅", "3十"))
	var b strings.Builder
	for i, c := range r {
		if c != '十' {
			b.WriteRune(c)
			continue
		}
		if before := i > 0 && r[i-1] >= '0' && r[i-1] <= '9'; !before {
			b.WriteByte('1')
		}
		if after := i+1 < len(r) && r[i+1] >= '0' && r[i+1] <= '9'; !after {
			b.WriteByte('0')
		}
	}
	return b.String()
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // only digits come here; none is 0
	return n
}

// year completes a year of two digits: up to 30 it is of this century. People of a hundred and more are written with four.
func year(s string) int {
	n := number(s)
	switch {
	case len(s) > 2:
		return n
	case n <= 30:
		return 2000 + n
	}
	return 1900 + n
}

func (d day) checked() (day, bool) { return d, d.y > 0 && d.y <= 9999 && d.m <= 99 && d.d <= 99 }

// real reports whether the calendar has the day, or the month where the day is unknown.
func (d day) real() bool {
	if d.y < 1850 || d.y > 2100 || d.m > 12 || d.m < 0 || d.d > 0 && d.m == 0 {
		return false
	}
	return d.d == 0 || d.d <= time.Date(d.y, time.Month(d.m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (d day) whole() bool { return d.m > 0 && d.d > 0 }

func (d day) String() string { return fmt.Sprintf("%04d%02d%02d", d.y, d.m, d.d) }

func prepareDay(text string, order DayOrder) Value {
	d, ok := parseDay(text, order)
	if !ok { // not a date: compared as it is written
		v := plain(solidOf(text))
		v.digits = onlyDigits(v.Text)
		if strings.Trim(v.digits, "0") == "" || madeUp(v.digits) {
			return Value{}
		}
		return v
	}
	s := d.String()
	if placeholderDays[s] || madeUp(s) {
		return Value{}
	}
	v := plain(s)
	v.day, v.digits = d, s
	if d.whole() && d.real() {
		v.ordinal = int(time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC).Unix()/86400) + days1850
	}
	return v
}

// compareDay compares two dates that differ.
func compareDay(a, b *Value) (Level, How) {
	x, y := a.day, b.day
	if x.y == 0 || y.y == 0 {
		if distance.Slips(a.runes, b.runes, 1) == 1 {
			return Near, OneDigit
		}
		return Different, Plain
	}
	if !x.whole() || !y.whole() {
		switch {
		case x.y == y.y && (x.m == 0 || y.m == 0):
			return Similar, Compatible
		case x.y == y.y && x.m == y.m:
			return Near, Compatible
		}
		return Different, Plain
	}
	p, q := apart(a, b)
	near := max(p, q) <= 2
	switch {
	case x.y == y.y && x.m == y.d && x.d == y.m:
		return Near, DayMonth
	case near && distance.Slips(a.runes, b.runes, 1) == 1:
		return Near, OneDigit
	case a.ordinal > 0 && b.ordinal > 0 && (a.ordinal-b.ordinal == 1 || b.ordinal-a.ordinal == 1):
		return Near, NextDay
	case x.y == y.y && x.m == y.m, x.y == y.y && x.d == y.d, x.m == y.m && x.d == y.d:
		return Similar, TwoOfThree
	case near && (x.y == y.y || !x.real() || !y.real()) && distance.Slips(a.runes, b.runes, 2) == 2:
		return Similar, TwoSlips
	}
	return Different, Plain
}

// OrderOf finds out whether a column writes the day before the month: by the dates that can only be read one way. Where none
// tells, the day comes first.
func OrderOf(cells []string) DayOrder {
	first, second := 0, 0
	for _, c := range cells {
		n := dayNumbers.FindAllString(c, 4)
		if len(n) < 3 || len(n[0]) > 2 {
			continue
		}
		switch x, y := number(n[0]), number(n[1]); {
		case x > 12 && y <= 12:
			first++
		case y > 12 && x <= 12:
			second++
		}
	}
	if second > first {
		return MonthFirst
	}
	return DayFirst
}

// sortedDigits is a date's digits in order, which slips of neighbours and of day and month leave as they are.
func (d day) sortedDigits() string {
	b := []byte(d.String())
	slices.Sort(b)
	return string(b)
}
