package device

import (
	"regexp"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/sheet"
)

// clock reads the times of one table, once it is known how they are written.
type clock struct {
	*table
	order  sheet.DateOrder
	mixed  bool // rows prove both orders: only what proves itself is read
	timed  bool // some rows have a time of day
	minute bool // seconds are noise of a workbook's fractions of days
}

var (
	serial   = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
	fraction = regexp.MustCompile(`^0?\.\d+$|^0$`)
	chinese  = regexp.MustCompile(`(上午|下午|中午|凌晨|晚上|早上)\s*(\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)`)
)

// clock finds out from the whole table how its dates read. It fails with ErrDates when nothing tells and nobody said.
func (t *table) clock() (*clock, error) {
	c := &clock{table: t, order: t.o.Dates}
	proved, either := map[sheet.DateOrder]bool{}, false
	err := t.below(func(l line) error {
		s := l.moment()
		if serial.MatchString(s) {
			c.timed = c.timed || strings.Contains(s, ".")
			return nil
		}
		m, ok := sheet.ReadMoment(s, sheet.Unsure)
		if !ok {
			return nil
		}
		c.timed = c.timed || strings.Contains(s, ":")
		proved[m.Proves] = true
		either = either || m.Either
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.order == sheet.Unsure {
		switch month, day := proved[sheet.MonthFirst], proved[sheet.DayFirst]; {
		case month && day:
			c.mixed = true
		case month:
			c.order = sheet.MonthFirst
		case day:
			c.order = sheet.DayFirst
		case either:
			return nil, ErrDates
		}
	}
	return c, nil
}

// moment is the text of a row's time: of one cell, or of a date and a time of day beside it.
func (l line) moment() string {
	s, after := l.cell("time"), l.cell("clock")
	if date := l.cell("date"); date != "" && !complete(s) {
		if s, after = date, s; after == "" {
			after = l.cell("clock")
		}
	}
	if after == "" || strings.Contains(s, ":") {
		return halves(s)
	}
	if fraction.MatchString(after) && serial.MatchString(s) {
		return strings.TrimSuffix(s, ".0") + "." + strings.TrimPrefix(strings.TrimPrefix(after, "0"), ".")
	}
	if d, ok := sheet.Time(s, l.old); ok && serial.MatchString(s) {
		s = d.Format("2006-01-02")
	}
	if fraction.MatchString(after) { // a workbook's time of day
		if d, ok := sheet.Time("30000"+strings.TrimPrefix(after, "0"), false); ok {
			after = d.Format("15:04:05")
		}
	}
	return halves(s + " " + after)
}

// complete reports whether a cell has a date by itself.
func complete(s string) bool {
	if serial.MatchString(s) {
		return true
	}
	_, ok := sheet.ReadMoment(halves(s), sheet.Unsure)
	return ok
}

// halves writes 下午 3:05 as 3:05 PM.
func halves(s string) string {
	return chinese.ReplaceAllStringFunc(strings.Map(narrow, s), func(m string) string {
		p := chinese.FindStringSubmatch(m)
		switch h := strings.TrimLeft(strings.SplitN(p[2], ":", 2)[0], "0"); p[1] {
		case "下午", "晚上":
			if len(h) == 1 || h == "10" || h == "11" {
				return p[2] + " PM"
			}
		case "上午", "凌晨", "早上":
			if h == "12" {
				return p[2] + " AM"
			}
		}
		return p[2]
	})
}

// at reads when a row happened.
func (c *clock) at(l line) (moment, *fault.Fault) {
	s := l.moment()
	if empty(s) {
		return moment{}, ErrNoTime
	}
	if serial.MatchString(s) {
		wall, ok := sheet.Time(s, c.old)
		switch {
		case !ok:
			return moment{}, ErrTime
		case !strings.Contains(s, ".") && !c.timed:
			return moment{}, ErrNoClock
		}
		return c.o.local(c.round(wall))
	}
	m, ok := sheet.ReadMoment(s, c.order)
	switch {
	case !ok:
		if _, other := sheet.ReadMoment(s, sheet.Unsure); other && c.order != sheet.Unsure {
			return moment{}, ErrOrder
		}
		return moment{}, ErrTime
	case m.Proves != sheet.Unsure && c.order != sheet.Unsure && m.Proves != c.order, c.mixed && m.Either:
		return moment{}, ErrOrder
	case !strings.Contains(s, ":") && !strings.Contains(s, "："):
		return moment{}, ErrNoClock
	case m.Zoned:
		at := m.Wall.Add(-time.Duration(m.Offset) * time.Second)
		return c.o.possible(moment{at.In(time.FixedZone("", m.Offset)), at.Format(wallForm) + "Z"})
	}
	return c.o.local(c.round(m.Wall))
}

func (c *clock) round(t time.Time) time.Time {
	if c.minute {
		return t.Round(time.Minute)
	}
	return t
}
