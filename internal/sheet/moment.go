package sheet

import (
	"strings"
	"time"
)

// DateOrder is how a date that does not begin with its year reads.
type DateOrder int

const (
	Unsure DateOrder = iota
	MonthFirst
	DayFirst
)

// Moment is what a cell says about time: the clock on the wall, and how far it is from UTC where the cell says so.
type Moment struct {
	Wall   time.Time // in UTC, as if it were
	Offset int       // seconds east of UTC
	Zoned  bool
	Either bool // day and month could change places, and nobody said which is which
	Proves DateOrder
}

// ReadMoment reads a date, with or without a time of day: 2024-05-01, 2024/5/1 7:05, 2024年5月1日 07:05:30, 20240501,
// 2024-05-01T07:05:30+08:00, and with the year last in the order given.
func ReadMoment(s string, order DateOrder) (Moment, bool) {
	var m Moment
	s = strings.TrimSpace(s)
	n, yearLast, rest, ok := dateNumbers(s)
	if !ok {
		return m, false
	}
	y, mo, d := n[0], n[1], n[2]
	if yearLast {
		y = n[2]
		if y < 100 {
			y += 2000
		}
		switch {
		case n[0] > 12:
			m.Proves = DayFirst
		case n[1] > 12:
			m.Proves = MonthFirst
		case order == Unsure && n[0] != n[1]:
			m.Either = true
		}
		if order == Unsure {
			order = max(m.Proves, MonthFirst)
		}
		if mo, d = n[0], n[1]; order == DayFirst {
			mo, d = n[1], n[0]
		}
	}
	clock, ok := m.readClock(rest)
	if !ok || y < 1900 || y > 2200 || mo < 1 || mo > 12 || d < 1 || d > 31 {
		return m, false
	}
	day := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	if day.Day() != d {
		return m, false // 30 February
	}
	m.Wall = day.Add(clock)
	return m, true
}

// dateNumbers reads the three numbers of a date, says whether the year is the last of them, and gives what follows.
func dateNumbers(s string) (n [3]int, yearLast bool, rest string, ok bool) {
	for i := range 3 {
		v, width := leading(s)
		if i == 0 && width == 8 { // 20240501
			return [3]int{v / 10000, v / 100 % 100, v % 100}, false, s[8:], true
		}
		if i == 0 {
			yearLast = width != 4
		}
		year := i == 0 && !yearLast || i == 2 && yearLast
		if width == 0 || width > 2 && !(year && width == 4) {
			return n, false, "", false
		}
		n[i], s = v, s[width:]
		if i < 2 {
			if s, ok = cutAny(s, "-", "/", ".", "年", "月"); !ok {
				return n, false, "", false
			}
		}
	}
	return n, yearLast, strings.TrimPrefix(s, "日"), true
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}

// leading reads the number s begins with, and how many digits it has.
func leading(s string) (v, width int) {
	for width < len(s) && width < 9 && s[width] >= '0' && s[width] <= '9' {
		v = v*10 + int(s[width]-'0')
		width++
	}
	return v, width
}

// readClock reads a time of day and a zone, each of which may be missing.
func (m *Moment) readClock(s string) (time.Duration, bool) {
	s = strings.TrimLeft(s, "T ,\t")
	if s == "" {
		return 0, true
	}
	var n [3]int
	for i := range 3 {
		v, w := leading(s)
		if w == 0 || w > 2 {
			return 0, false
		}
		n[i], s = v, s[w:]
		after, more := cutAny(s, ":", "：")
		if !more && i == 0 {
			return 0, false
		}
		if !more {
			break
		}
		s = after
	}
	var fraction time.Duration
	if after, ok := strings.CutPrefix(s, "."); ok && after != "" {
		v, w := leading(after)
		if w == 0 {
			return 0, false
		}
		for i := w; i < 9; i++ {
			v *= 10
		}
		fraction, s = time.Duration(v), strings.TrimLeft(after[w:], "0123456789")
	}
	s = strings.TrimSpace(s)
	if up := strings.ToUpper(s); strings.HasPrefix(up, "AM") || strings.HasPrefix(up, "PM") {
		if n[0] < 1 || n[0] > 12 {
			return 0, false
		}
		if n[0] %= 12; up[0] == 'P' {
			n[0] += 12
		}
		s = strings.TrimSpace(s[2:])
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 || !m.readZone(s) {
		return 0, false
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + fraction, true
}

func (m *Moment) readZone(s string) bool {
	switch {
	case s == "":
		return true
	case s == "Z" || s == "z" || s == "UTC":
		m.Zoned = true
		return true
	case s[0] != '+' && s[0] != '-':
		return false
	}
	h, w := leading(s[1:])
	rest := s[1+w:]
	minutes := 0
	switch {
	case w == 4 && rest == "":
		h, minutes = h/100, h%100
	case w == 2 && strings.HasPrefix(rest, ":"):
		var mw int
		if minutes, mw = leading(rest[1:]); mw != 2 || len(rest) != 3 {
			return false
		}
	case w == 2 && rest == "":
	default:
		return false
	}
	if h > 14 || minutes > 59 {
		return false
	}
	m.Zoned, m.Offset = true, h*3600+minutes*60
	if s[0] == '-' {
		m.Offset = -m.Offset
	}
	return true
}
