package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// Write writes a map as YAML that people read and change, with a comment at each question, and gives the questions their lines.
func Write(m Map, questions []Question, zh bool) ([]byte, []Question) {
	w := writer{zh: zh, questions: slices.Clone(questions)}
	w.comment(0, say("对照表：表里的每一栏是什么。改好后用 --map 交给 peiban import table。写法见 docs/guide/collect/tables.md",
		"A map: what each column of the table is. Change it and give it to peiban import table with --map. See docs/guide/collect/tables.md"))
	if len(questions) > 0 {
		w.comment(0, say(fmt.Sprintf("有 %d 处还不知道，写成 \"?\"：填上再导入", len(questions)), fmt.Sprintf("%d things are not known and written \"?\": fill them in before the import", len(questions))))
	}
	w.pair(0, "source", "source", m.Source, say("来源的名字", "name of the source"))
	w.pair(0, "sheet", "sheet", m.Sheet, fault.Text{})
	w.pair(0, "header", "header", m.Header, say("表头有几行：1、2 或 none", "rows of the header: 1, 2 or none"))
	w.pair(0, "zone", "zone", m.Zone, say("表里的钟是哪个时区的", "time zone of the clock in the table"))
	w.pair(0, "dates", "dates", m.Dates, fault.Text{})
	w.pair(0, "decimal", "decimal", m.Decimal, say("逗号是小数点", "the comma is the decimal point"))
	w.words(0, "fill_down", "fill_down", m.FillDown, say("只在第一行写、下面几行沿用的栏", "columns that stand once for the rows below"))
	if len(m.Who) > 0 {
		w.comment(0, say("是谁：最可靠的在前。scope 是编号在哪里唯一（哪家诊所、哪个店）", "whose: the surest first. scope says where the number is unique (which clinic, which shop)"))
		w.line(0, "who:")
		for i, x := range m.Who {
			at := fmt.Sprintf("who[%d]", i)
			w.ask(1, at+".column")
			w.line(1, "- type: %s", quote(x.Type))
			w.pair(2, at+".scope", "scope", x.Scope, fault.Text{})
			w.value(2, at+".column", "column", x.Column)
		}
	}
	w.when0("time", "time", 0, m.Time)
	w.conditions(0, "leave", "leave", m.Leave)
	w.line(0, "events:")
	for i, e := range m.Events {
		w.event(fmt.Sprintf("events[%d]", i), e)
	}
	return []byte(w.out.String()), w.questions
}

type writer struct {
	out       strings.Builder
	lines     int
	zh        bool
	questions []Question
}

func (w *writer) line(depth int, format string, args ...any) {
	w.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&w.out, format, args...)
	w.out.WriteByte('\n')
	w.lines++
}

func (w *writer) say(t fault.Text) string {
	if w.zh {
		return t.Zh
	}
	return t.En
}

func (w *writer) comment(depth int, t fault.Text) {
	w.line(depth, "# %s", strings.Join(strings.Fields(w.say(t)), " "))
}

// ask writes the question of a path, if there is one, above its line.
func (w *writer) ask(depth int, path string) {
	for i := range w.questions {
		q := &w.questions[i]
		if q.Path != path || q.Line != 0 {
			continue
		}
		w.comment(depth, say("问："+q.Text.Zh, "question: "+q.Text.En))
		for _, o := range q.Options {
			w.comment(depth, say(answer(quote(o.Value), o.Text.Zh), answer(quote(o.Value), o.Text.En)))
		}
		q.Line = -1 // its line comes
	}
}

// value writes a word with its name, above it its question.
func (w *writer) value(depth int, path, name, v string) {
	w.ask(depth, path)
	w.line(depth, "%s: %s", quote(name), quote(v))
	w.placed(path)
}

// placed gives a question the line written last.
func (w *writer) placed(path string) {
	for i := range w.questions {
		if w.questions[i].Path == path {
			w.questions[i].Line = w.lines
		}
	}
}

func (w *writer) pair(depth int, path, name, v string, about fault.Text) {
	if v == "" {
		return
	}
	w.ask(depth, path)
	if about.Zh != "" && v != Open {
		w.line(depth, "%s: %s  # %s", name, quote(v), w.say(about))
	} else {
		w.line(depth, "%s: %s", name, quote(v))
	}
	w.placed(path)
}

func (w *writer) words(depth int, path, name string, list []string, about fault.Text) {
	if len(list) == 0 {
		return
	}
	if about.Zh != "" {
		w.comment(depth, about)
	}
	for i := range list {
		w.ask(depth, fmt.Sprintf("%s[%d]", path, i))
	}
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	w.line(depth, "%s: [%s]", name, strings.Join(quoted, ", "))
	for i := range list {
		w.placed(fmt.Sprintf("%s[%d]", path, i))
	}
}

func (w *writer) when0(path, name string, depth int, t Time) {
	if t == (Time{}) {
		return
	}
	w.line(depth, "%s:", name)
	if t.Column != "" {
		w.value(depth+1, path+".column", "column", t.Column)
	}
	if t.Clock != "" {
		w.value(depth+1, path+".clock", "clock", t.Clock)
	}
	w.pair(depth+1, path+".at", "at", t.At, say("表里没有几点，按这个时间算", "the table has no time of day; this is taken"))
}

func (w *writer) conditions(depth int, path, name string, list []When) {
	if len(list) == 0 {
		return
	}
	w.line(depth, "%s:", name)
	for i, c := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		w.ask(depth+1, at+".column")
		w.line(depth+1, "- column: %s", quote(c.Column))
		w.placed(at + ".column")
		w.words(depth+2, at+".in", "in", c.In, fault.Text{})
		w.words(depth+2, at+".not_in", "not_in", c.NotIn, fault.Text{})
		if c.Filled {
			w.line(depth+2, "filled: true")
		}
	}
}

func (w *writer) event(path string, e Event) {
	if spec := event.Lookup(e.Type); spec != nil {
		w.comment(1, spec.Name)
	}
	w.ask(1, path+".type")
	w.line(1, "- type: %s", quote(e.Type))
	w.placed(path + ".type")
	w.when0(path+".time", "time", 2, e.Time)
	w.words(2, path+".id", "id", e.ID, fault.Text{})
	w.conditions(2, path+".when", "when", e.When)
	w.line(2, "fields:")
	names := make([]string, 0, len(e.Fields))
	if spec := event.Lookup(e.Type); spec != nil {
		for _, f := range spec.Fields {
			if _, ok := e.Fields[f.Name]; ok {
				names = append(names, f.Name)
			}
		}
	}
	if len(names) == 0 {
		w.line(3, "{}")
	}
	for _, name := range names {
		f, at := e.Fields[name], path+".fields."+name
		if f.Column != "" && f.Column != Open && f.Unit == "" && f.UnitIn == "" && len(f.Codes) == 0 && f.Part == 0 {
			w.line(3, "%s: %s", name, quote(f.Column))
			continue
		}
		w.line(3, "%s:", name)
		if f.Column != "" {
			w.value(4, at+".column", "column", f.Column)
		}
		if f.Value != "" {
			w.value(4, at+".value", "value", f.Value)
		}
		if f.Part != 0 {
			w.line(4, "part: %d", f.Part)
		}
		if f.Unit != "" {
			w.value(4, at+".unit", "unit", f.Unit)
		}
		w.pair(4, at+".unit_in", "unit_in", f.UnitIn, fault.Text{})
		if len(f.Codes) > 0 {
			w.line(4, "codes:")
			said := make([]string, 0, len(f.Codes))
			for s := range f.Codes {
				said = append(said, s)
			}
			slices.Sort(said)
			for _, s := range said {
				w.value(5, at+".codes."+s, s, f.Codes[s])
			}
		}
	}
}

// quote writes a word so that YAML reads it back as it is.
func quote(s string) string {
	plain := s != "" && s[0] != '-' && !strings.ContainsAny(s, "\"'\\:#{}[]&*?|<>=!%@`,\n\t") && strings.TrimSpace(s) == s
	if plain {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			plain = false
		}
		switch strings.ToLower(s) {
		case "true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan":
			plain = false
		}
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			plain = false
		}
	}
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// answer is an option with its meaning, where that is not the same word.
func answer(value, means string) string {
	if value == means {
		return "  " + value
	}
	return "  " + value + "  " + means
}
