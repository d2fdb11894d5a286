package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// Limits of a map; nobody's table needs more.
const (
	maxEvents = 80
	maxWho    = 8
)

var (
	sourceName = regexp.MustCompile(`^[\p{L}\p{N}._-]{1,60}$`)
	whoType    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)
	clockTime  = regexp.MustCompile(`^([01]?[0-9]|2[0-3]):[0-5][0-9]$`)
)

// Check says what is wrong with a map. Open questions are not.
func (m *Map) Check() []Problem {
	c := checker{m: m}
	c.one("header", m.Header, "", "1", "2", "none")
	c.one("dates", m.Dates, "", "month_first", "day_first")
	c.one("decimal", m.Decimal, "", "comma", "point")
	if m.Source != "" && m.Source != Open && !sourceName.MatchString(m.Source) {
		c.put("source", say("来源的名字最多 60 个字，只用字、数字、点和横线", "the name of a source has at most 60 letters, digits, dots and dashes"), fault.Text{})
	}
	if m.Zone != "" && m.Zone != Open {
		if _, err := time.LoadLocation(m.Zone); err != nil || m.Zone == "Local" {
			c.put("zone", say("没有这个时区", "there is no such time zone"), say("例如 Asia/Shanghai", "such as Asia/Shanghai"))
		}
	}
	if len(m.Who) > maxWho {
		c.put("who", say("最多 8 个", "at most 8"), fault.Text{})
	}
	for i, w := range m.Who {
		at := fmt.Sprintf("who[%d]", i)
		c.filled(at+".column", w.Column)
		if w.Type != Open && !whoType.MatchString(w.Type) {
			c.put(at+".type", say("写这个编号是哪一种", "say what kind of number it is"), say("例如 record、phone、account", "such as record, phone, account"))
		}
	}
	c.time("time", m.Time)
	for i, w := range m.Leave {
		c.when(fmt.Sprintf("leave[%d]", i), w)
	}
	if n := len(m.Events); n == 0 || n > maxEvents {
		c.put("events", say("一行至少是一件事，最多 80 件", "a row is at least one event, and at most 80"), fault.Text{})
	}
	for i := range m.Events {
		c.event(fmt.Sprintf("events[%d]", i), &m.Events[i])
	}
	return c.problems
}

type checker struct {
	m        *Map
	problems []Problem
}

func (c *checker) put(path string, text, hint fault.Text) {
	c.problems = append(c.problems, Problem{Path: path, Text: text, Hint: hint})
}

func (c *checker) one(path, v string, allowed ...string) {
	if v != Open && !slices.Contains(allowed, v) {
		c.put(path, say("这里可以写 "+strings.Join(allowed[1:], "、"), "one of "+strings.Join(allowed[1:], ", ")), fault.Text{})
	}
}

func (c *checker) filled(path, v string) {
	if v == "" {
		c.put(path, say("写一栏的名字", "name a column"), fault.Text{})
	}
}

func (c *checker) time(path string, t Time) {
	if t.At != "" && t.At != Open && !clockTime.MatchString(t.At) {
		c.put(path+".at", say("写几点几分，例如 07:00", "a time of day, such as 07:00"), fault.Text{})
	}
}

func (c *checker) when(path string, w When) {
	c.filled(path+".column", w.Column)
	if len(w.In) == 0 && len(w.NotIn) == 0 && !w.Filled {
		c.put(path, say("写 in、not_in 或 filled", "give in, not_in or filled"), fault.Text{})
	}
}

func (c *checker) event(path string, e *Event) {
	if e.Type == Open {
		return
	}
	spec := event.Lookup(e.Type)
	switch {
	case spec == nil:
		c.put(path+".type", say("目录里没有这种事件", "the catalogue has no such event type"), say("全部类型见 /api/catalogue", "/api/catalogue lists all"))
		return
	case spec.System, spec.Type == event.Correction:
		c.put(path+".type", say("这种事件只由系统自己写", "only peiban itself writes this event type"), fault.Text{})
		return
	}
	c.time(path+".time", e.Time)
	if e.Time.Column == "" && c.m.Time.Column == "" && spec.Type != event.Profile {
		c.put(path+".time", say("没有写时间在哪一栏", "it does not say in which column its time is"), fault.Text{})
	}
	for i, id := range e.ID {
		c.filled(fmt.Sprintf("%s.id[%d]", path, i), id)
	}
	for i, w := range e.When {
		c.when(fmt.Sprintf("%s.when[%d]", path, i), w)
	}
	for _, f := range spec.Fields {
		if _, ok := e.Fields[f.Name]; f.Required && !ok && f.Name != "unit" { // a unit may stand with the value
			c.put(path+".fields", say("缺少“"+f.Name+"”", fmt.Sprintf("%q is missing", f.Name)), fault.Text{})
		}
	}
	for name, x := range e.Fields {
		at := path + ".fields." + name
		f := spec.Field(name)
		if f == nil {
			c.put(at, say("这种事件没有“"+name+"”", fmt.Sprintf("this event has no %q", name)), say("可用："+fieldNames(spec), "one of "+fieldNames(spec)))
			continue
		}
		c.field(at, spec, f, x)
	}
	slices.SortFunc(c.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
}

func (c *checker) field(at string, spec *event.Spec, f *event.Field, x Field) {
	switch {
	case x.Column == "" && x.Value == "":
		c.put(at, say("写 column（一栏）或 value（固定的值）", "give a column, or a value that is always the same"), fault.Text{})
	case x.Column != "" && x.Value != "":
		c.put(at, say("column 和 value 只写一个", "give a column or a value, not both"), fault.Text{})
	case x.Part < 0 || x.Part > 2:
		c.put(at+".part", say("写 1 或 2", "1 or 2"), fault.Text{})
	}
	if x.Unit != "" && x.Unit != Open {
		if why := unitOf(spec, f, x.Unit); why != nil {
			c.put(at+".unit", why.Text, why.Hint)
		}
	}
	for said, code := range x.Codes {
		if code != Open && code != NotSaid && len(f.Enum) > 0 && !slices.Contains(f.Enum, code) {
			c.put(at+".codes."+said, say("不认识代码“"+code+"”", fmt.Sprintf("the code %q is not known", code)), say("可用："+strings.Join(f.Enum, ", "), "one of "+strings.Join(f.Enum, ", ")))
		}
	}
	if x.Value != "" && x.Value != Open && x.Value != NotSaid && len(f.Enum) > 0 && !slices.Contains(f.Enum, x.Value) {
		c.put(at+".value", say("不认识代码“"+x.Value+"”", fmt.Sprintf("the code %q is not known", x.Value)), say("可用："+strings.Join(f.Enum, ", "), "one of "+strings.Join(f.Enum, ", ")))
	}
}

func fieldNames(s *event.Spec) string {
	names := make([]string, len(s.Fields))
	for i := range s.Fields {
		names[i] = s.Fields[i].Name
	}
	return strings.Join(names, ", ")
}
