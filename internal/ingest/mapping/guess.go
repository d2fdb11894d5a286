package mapping

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/sheet"
)

// Column is a column of a table with some of what stands in it.
type Column struct {
	Name     string     `json:"name"`
	Examples []string   `json:"examples"`
	Filled   int        `json:"filled"` // rows of the sample in which anything stands
	Taken    fault.Text `json:"taken"`  // what the guess takes it for; empty: it is not used
	Role     string     `json:"role"`   // one of Roles
}

// Guessed is what a table looks like.
type Guessed struct {
	Map       Map        `json:"map"`
	Questions []Question `json:"questions"`
	Columns   []Column   `json:"columns"`
	Settings  []Setting  `json:"settings"`
	Rows      int        `json:"rows"` // of the sample, below the header
}

// examples of a column that are shown; a longer cell is cut.
const (
	shownExamples = 3
	shownLength   = 40
)

// Guess makes a map of a table's header and first rows, with what it could not decide.
func Guess(s Sample) (Guessed, error) { return GuessAs(s, As{}) }

// GuessAs makes a map of a table of which somebody says what it is.
func GuessAs(s Sample, as As) (Guessed, error) {
	g := guesser{sample: s, as: as, taken: map[string]fault.Text{}}
	at, known := s.header()
	deep := 1
	switch {
	case as.Header == "2" && at >= 0 && at+1 < len(s.Rows):
		deep, g.out.Map.Header = 2, "2"
	case as.Header == "1":
	case at >= 0 && s.twoRows(at):
		deep = 2
		g.out.Map.Header = Open
		g.ask("header", "第 %d 行和第 %d 行看起来合起来是表头（上面一行的名字跨几栏）。表头有几行？", "rows %d and %d look like one header, with names over several columns. How many rows has the header?",
			[]any{s.Rows[at].Line, s.Rows[at+1].Line}, Option{"2", say("两行", "two")}, Option{"1", say("一行", "one")})
	}
	if at < 0 || known == 0 && len(s.Rows) < 2 {
		return g.out, ErrNoHeader.Because("第一行要是每一栏的名字", "the first row must name the columns")
	}
	g.names, g.body = Names(s.Rows[at:at+deep]), s.Rows[at+deep:]
	g.out.Rows = len(g.body)
	if len(s.Sheets) > 1 {
		g.out.Map.Sheet = s.Sheet
	}
	g.columns()
	g.map1()
	for i := range g.cols {
		c := &g.cols[i]
		if c.name == "" {
			continue
		}
		col := Column{Name: c.name, Filled: len(c.values), Taken: g.taken[c.name], Role: Unused, Examples: []string{}}
		if c.what != "" {
			col.Role = c.what
		}
		for _, v := range c.values {
			if v = short(v, shownLength); !slices.Contains(col.Examples, v) && len(col.Examples) < shownExamples {
				col.Examples = append(col.Examples, v)
			}
		}
		g.out.Columns = append(g.out.Columns, col)
	}
	if g.out.Questions == nil {
		g.out.Questions = []Question{}
	}
	g.out.Settings = g.settings()
	return g.out, nil
}

// twoRows reports whether the row below a header belongs to it: names stand there below gaps of the first, and no values.
func (s *Sample) twoRows(at int) bool {
	if at+1 >= len(s.Rows) {
		return false
	}
	over, below := s.Rows[at].Cells, s.Rows[at+1].Cells
	gaps := 0
	for i, c := range below {
		if c = folded(c); c == "" {
			continue
		}
		if numeric(c) {
			return false
		}
		if i >= len(over) || folded(over[i]) == "" {
			if what, _ := role(Names([]sheet.Row{s.Rows[at], s.Rows[at+1]})[i]); what == "" && slotOf[sheet.Name(c)] == "" {
				return false
			}
			gaps++
		}
	}
	return gaps > 0
}

type column struct {
	i      int
	name   string
	what   string // its role
	unit   string // in its name
	values []string
	blanks int  // rows in which it is empty though others are not
	fixed  bool // somebody said what it is
}

type guesser struct {
	sample Sample
	as     As
	names  []string
	body   []sheet.Row
	cols   []column
	out    Guessed
	taken  map[string]fault.Text
}

func (g *guesser) ask(path, zh, en string, args []any, options ...Option) {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	g.out.Questions = append(g.out.Questions, Question{Path: path, Text: say(zh, en), Options: options})
}

func (g *guesser) columns() {
	for i, name := range g.names {
		c := column{i: i, name: name}
		c.what, c.unit = role(name)
		for _, row := range g.body {
			v := ""
			if i < len(row.Cells) && row.Bad == nil {
				v = strings.TrimSpace(row.Cells[i])
			}
			if empty(v) {
				if filled(row) > 1 { // fewer: a heading, or a sum
					c.blanks++
				}
				continue
			}
			c.values = append(c.values, v)
		}
		g.cols = append(g.cols, c)
	}
	g.told()
	for i := range g.cols { // 时间 beside a date is the time of day, alone it is the time
		if c := &g.cols[i]; c.what == "clock" && !c.fixed && !g.timesOfDay(c) {
			c.what = "time"
		}
	}
	shop := g.has("order.number") || g.has("order.title") && g.has("order.amount")
	for i := range g.cols {
		c := &g.cols[i]
		if c.what == "date" && !c.fixed && slices.ContainsFunc(c.values, func(v string) bool { return strings.Contains(v, ":") }) {
			c.what = "time"
		}
		if strings.HasPrefix(c.what, "order.") && !c.fixed && !shop {
			c.what = ""
		}
	}
	if !g.has("lab.item") || !g.has("lab.result") {
		for i := range g.cols {
			c := &g.cols[i]
			if !c.fixed && (c.what == "lab.item" || c.what == "lab.result") {
				c.what = ""
			}
		}
	}
}

func filled(row sheet.Row) (n int) {
	for _, c := range row.Cells {
		if !empty(c) {
			n++
		}
	}
	return n
}

// timesOfDay reports whether a column holds times of day only.
func (g *guesser) timesOfDay(c *column) bool {
	r := cells{r: &reader{from1904: g.sample.From1904}}
	whole := 0
	for _, v := range c.values {
		if _, _, why := r.moment(folded(v), sheet.MonthFirst); why == nil {
			whole++
		}
	}
	return whole*2 <= len(c.values) && len(c.values) > 0
}

func (g *guesser) has(what string) bool { return len(g.of(what)) > 0 }

// of are the columns with a role in which anything stands; if none has, those without.
func (g *guesser) of(what string) []*column {
	var out, hollow []*column
	for i := range g.cols {
		if c := &g.cols[i]; c.what == what {
			if len(c.values) > 0 {
				out = append(out, c)
			} else {
				hollow = append(hollow, c)
			}
		}
	}
	if len(out) == 0 {
		return hollow
	}
	return out
}

// pick is the column of a role; of several it asks.
func (g *guesser) pick(what, path string, taken fault.Text) string {
	cols := g.of(what)
	switch len(cols) {
	case 0:
		return ""
	case 1:
		g.taken[cols[0].name] = taken
		return cols[0].name
	}
	options := make([]Option, len(cols))
	var zh []string
	for i, c := range cols {
		options[i] = Option{c.name, say(c.name, c.name)}
		g.taken[c.name] = taken
		zh = append(zh, "“"+c.name+"”")
	}
	g.ask(path, "%s 都像是%s，用哪一栏？", "%s all look like %s: which one is it?", nil, options...)
	q := &g.out.Questions[len(g.out.Questions)-1]
	q.Text = say(fmt.Sprintf(q.Text.Zh, strings.Join(zh, "、"), taken.Zh), fmt.Sprintf(q.Text.En, strings.Join(zh, ", "), taken.En))
	return Open
}

// map1 makes the map.
func (g *guesser) map1() {
	m := &g.out.Map
	g.who()
	g.time()
	g.glucose()
	g.pressure()
	for _, x := range []struct{ what, kind, field string }{
		{"weight.value", "weight", "value"}, {"hba1c.value", "hba1c", "value"}, {"steps.value", "steps", "value"}, {"sleep.hours", "sleep", "hours"},
		{"exercise.minutes", "exercise", "minutes"}, {"meal.carbs", "meal", "carbs"}, {"insulin.value", "insulin", "value"},
	} {
		g.simple(x.what, x.kind, x.field)
	}
	g.height()
	g.labs()
	g.items()
	g.fill()
	g.orders()
	g.profile()
	g.decimal()
	if len(m.Events) == 0 {
		m.Events = []Event{{Type: Open, Fields: map[string]Field{}}}
		var options []Option
		for _, t := range []string{"glucose", "blood_pressure", "weight", "hba1c", "lab", "order", "refund", "fill", "profile"} {
			options = append(options, Option{t, event.Lookup(t).Name})
		}
		g.ask("events[0].type", "看不出每一行是什么；选一种，再指出各栏", "what a row is cannot be told: choose a kind, then say what each column is", nil, options...)
	}
}

// who finds whose the rows are. A name never tells.
func (g *guesser) who() {
	m := &g.out.Map
	scopes := map[string]string{"record": "clinic", "account": "shop"}
	words := map[string]fault.Text{"record": say("人的编号", "the person's number"), "account": say("买家账号", "the buyer's account"), "id_card": say("身份证号", "the identity card"), "phone": say("手机号", "the telephone")}
	for _, t := range []string{"record", "account", "id_card", "phone"} {
		cols := g.of("who." + t)
		if len(cols) == 0 {
			continue
		}
		masked := 0
		for _, c := range cols {
			for _, v := range c.values {
				if hidden(v) {
					masked++
				}
			}
		}
		if masked > 0 && masked*2 > len(cols[0].values) {
			for _, c := range cols {
				g.taken[c.name] = say("不用：遮住了一部分，认不出人", "not used: a part is hidden, it tells nobody")
			}
			continue
		}
		path := fmt.Sprintf("who[%d].column", len(m.Who))
		m.Who = append(m.Who, Who{Type: t, Scope: scopes[t], Column: g.pick("who."+t, path, words[t])})
	}
	if len(m.Who) > 0 {
		for _, w := range m.Who {
			g.carried(w.Column)
		}
		return
	}
	m.Who = []Who{{Type: "record", Scope: "clinic", Column: Open}}
	g.ask("who[0].column", "哪一栏说明是谁？姓名不能认人；整张表是一个人的，就删掉 who，导入时写明是谁", "which column says whose a row is? A name does not; if the whole table is one person's, take who out and name them when importing", nil, g.columnOptions(nil)...)
}

// carried asks whether a column that says a thing once holds for the rows below: the cells may have been merged.
func (g *guesser) carried(name string) {
	for i := range g.cols {
		c := &g.cols[i]
		if c.name != name || c.blanks == 0 || len(c.values) == 0 || c.blanks < len(c.values)/4 || !g.leads(c) {
			continue
		}
		if len(g.out.Map.FillDown) == 0 {
			g.out.Map.FillDown = []string{Open}
		}
		at := len(g.out.Map.FillDown) - 1
		if g.out.Map.FillDown[at] != Open {
			return
		}
		g.ask(fmt.Sprintf("fill_down[%d]", at), "“%s”有 %d 行是空的，像合并的单元格。空着的行和上面一行是同一个吗？", "%q is empty in %d rows, as merged cells are. Is an empty one the same as in the row above?",
			[]any{name, c.blanks}, Option{name, say("是，沿用上面一行", "yes, as above")}, Option{"no", say("不是，空着就是没有", "no, empty is empty")})
		return
	}
}

// leads reports whether a column is filled in the first row.
func (g *guesser) leads(c *column) bool {
	return len(g.body) > 0 && c.i < len(g.body[0].Cells) && !empty(g.body[0].Cells[c.i])
}

func (g *guesser) columnOptions(like func(*column) bool) []Option {
	var out []Option
	for i := range g.cols {
		if c := &g.cols[i]; c.name != "" && (like == nil || like(c)) {
			out = append(out, Option{c.name, say(c.name, c.name)})
		}
	}
	return out
}

// time finds when the rows happened, and in which order day and month stand.
func (g *guesser) time() {
	m := &g.out.Map
	shop := g.has("order.number") || g.has("order.amount")
	word := say("时间", "the time")
	switch {
	case g.has("time"):
		m.Time.Column = g.pick("time", "time.column", word)
	case g.has("date"):
		m.Time.Column = g.pick("date", "time.column", say("日期", "the date"))
	case shop && g.has("time.paid"):
		m.Time.Column = g.pick("time.paid", "time.column", say("付款时间", "when it was paid"))
	case shop && g.has("time.ordered"):
		m.Time.Column = g.pick("time.ordered", "time.column", say("下单时间", "when it was ordered"))
	default:
		m.Time.Column = Open
		g.ask("time.column", "哪一栏是时间？", "which column is the time?", nil, g.columnOptions(g.dates)...)
	}
	if g.has("clock") && !g.has("time") {
		m.Time.Clock = g.pick("clock", "time.clock", say("几点", "the time of day"))
	}
	g.carried(m.Time.Column)
	g.order()
}

func (g *guesser) dates(c *column) bool {
	r := cells{r: &reader{from1904: g.sample.From1904}}
	good := 0
	for _, v := range c.values {
		if _, _, why := r.moment(folded(v), sheet.MonthFirst); why == nil {
			good++
		}
	}
	return good*2 > len(c.values) && len(c.values) > 0
}

// order finds out whether the month or the day comes first, where the year does not.
func (g *guesser) order() {
	var either, month, day int
	where := ""
	for i := range g.cols {
		c := &g.cols[i]
		if !strings.HasPrefix(c.what, "time") && c.what != "date" {
			continue
		}
		for _, v := range c.values {
			m, ok := sheet.ReadMoment(folded(v), sheet.Unsure)
			switch {
			case !ok:
			case m.Proves == sheet.MonthFirst:
				month++
			case m.Proves == sheet.DayFirst:
				day++
			case m.Either:
				either++
				where = c.name
			}
		}
	}
	switch {
	case month > 0 && day == 0:
		g.out.Map.Dates = "month_first"
	case day > 0 && month == 0:
		g.out.Map.Dates = "day_first"
	case month > 0:
		g.out.Map.Dates = Open
		g.ask("dates", "有 %d 个日期只能是月在前，%d 个只能是日在前：两种混在一起。大多数是哪一种？（另一种会被拒收）", "%d dates can only have the month first and %d only the day: they are mixed. Which is the rule? (the others will be refused)",
			[]any{month, day}, dateOptions...)
	case either > 0:
		g.out.Map.Dates = Open
		g.ask("dates", "“%s”里有 %d 个日期，月和日对调也说得通。哪个在前？", "%q has %d dates in which day and month could change places. Which comes first?", []any{where, either}, dateOptions...)
	}
}

var dateOptions = []Option{{"month_first", say("月在前（3/8 是 3 月 8 日）", "the month (3/8 is 8 March)")}, {"day_first", say("日在前（3/8 是 8 月 3 日）", "the day (3/8 is 3 August)")}}

// decimal notices numbers such as 7,8.
func (g *guesser) decimal() {
	for i := range g.cols {
		c := &g.cols[i]
		if c.what == "" {
			continue
		}
		for _, v := range c.values {
			if v = folded(v); decimals.MatchString(v) && !thousands.MatchString(v) {
				g.out.Map.Decimal = "comma"
				return
			}
		}
	}
}
