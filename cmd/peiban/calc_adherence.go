package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/adherence"
	"peiban/internal/sheet"
)

type calcAdherence struct {
	calcFile
	From     string `help:"First day: a date, or first for each person's first fill. Fills before it are not seen." required:"" placeholder:"DATE"`
	To       string `help:"Last day, included: a date, or +N for the N-th day from --from on." required:"" placeholder:"DATE"`
	Start    int    `help:"Days after --from at which counting starts; what earlier fills leave is carried in." default:"0" placeholder:"N"`
	FollowTo string `help:"Last day of follow-up, where CMA9's last interval ends: a date or +N (default: --to)." placeholder:"DATE"`
	Gap      int    `help:"Days without supply that persistence survives." default:"30" placeholder:"N"`
	Together bool   `help:"Add a row for each person with several classes: days with any and days with all of them."`
}

// fillFields are the columns of a table of dispensed medicine.
var fillFields = []field{
	{"id", true, []string{
		"id", "ptid", "patientid", "patient", "subject", "subjectid", "personid", "person", "pid", "userid", "user", "患者", "患者id", "患者编号", "病人", "受试者", "编号", "会员号", "姓名",
	}},
	{"date", true, []string{
		"date", "rxdate", "filldate", "dispensedate", "dispensingdate", "dispensed", "servicedate", "eventdate", "time", "timestamp", "日期", "发药日期", "取药日期", "配药日期", "购药日期",
		"处方日期", "时间", "发药时间", "取药时间", "购药时间",
	}},
	{"days", true, []string{
		"days", "supplies", "supply", "dayssupply", "daysupply", "daysofsupply", "duration", "supp", "天数", "供应天数", "用药天数", "可用天数", "药量天数", "疗程天数",
	}},
	{"class", false, []string{"class", "drugclass", "drug", "category", "medication", "atc", "类别", "药物类别", "药品类别", "药品", "药物", "药名", "药品名称"}},
}

// maxDays is the longest supply of one fill that is believed.
const maxDays = 3650

// fillsOf is one person's fills by class.
type fillsOf struct {
	classes []string
	fills   map[string][]adherence.Fill
}

type fillRows struct {
	order  *orderer
	people map[string]*fillsOf
	ids    []string
	taken  int
}

// bounds are --from, --to and --follow-to, each a day or relative.
type bounds struct{ from, to, until bound }

type bound struct {
	set      bool
	first    bool // the person's first fill
	relative bool // n is the n-th day from --from on
	n        int
	day      adherence.Day
}

func (c calcAdherence) Run(t terminal) error {
	began := time.Now()
	b, err := c.bounds(t)
	if err != nil {
		return err
	}
	in, size, err := c.open(t)
	if err != nil {
		return err
	}
	defer in.Close()
	tb, err := c.table(t, in, size, fillFields)
	if err != nil {
		return err
	}
	bad, err := c.rejects()
	if err != nil {
		return err
	}
	f := &fillRows{order: newOrderer(c.Dates), people: map[string]*fillsOf{}}
	if err := f.all(tb, bad); err != nil {
		return errors.Join(err, bad.close())
	}
	if len(f.order.held) > 0 {
		return errors.Join(ambiguous(t, tb.name, f.order.held[0].line), bad.close())
	}
	_, classes := tb.at["class"]
	if err := c.write(t, f, b, classes); err != nil {
		return err
	}
	t.note("%s 行，%s 人：收下 %s 次取药，拒收 %s 行；用时 %s", "%s rows, %s people: %s fills taken, %s rows refused; %s",
		thousands(tb.rows), thousands(len(f.ids)), thousands(f.taken), thousands(bad.n), time.Since(began).Round(10*time.Millisecond))
	return c.finish(t, bad, f.taken)
}

func (c calcAdherence) bounds(t terminal) (b bounds, err error) {
	for _, x := range []struct {
		flag, text string
		first      bool
		to         *bound
	}{{"--from", c.From, true, &b.from}, {"--to", c.To, false, &b.to}, {"--follow-to", c.FollowTo, false, &b.until}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = readBound(t, x.flag, x.text, x.first); err != nil {
			return b, err
		}
	}
	switch {
	case c.Start < 0:
		return b, usage("%s", t.say("--start 不能是负数", "--start cannot be negative"))
	case c.Gap < 0:
		return b, usage("%s", t.say("--gap 不能是负数", "--gap cannot be negative"))
	}
	if !b.from.first {
		if p := c.period(b, 0); p.Length() < 1 || b.until.set && p.Until < p.End {
			return b, usage("%s", t.say("--from 加 --start 应不晚于 --to，--follow-to 不早于 --to",
				"--from and --start should come no later than --to, and --follow-to no earlier"))
		}
	}
	return b, nil
}

func readBound(t terminal, flag, text string, first bool) (bound, error) {
	if first && text == "first" {
		return bound{set: true, first: true}, nil
	}
	if s, ok := strings.CutPrefix(text, "+"); ok && !first {
		if n, err := strconv.Atoi(s); err == nil && n > 0 && n < 100_000 {
			return bound{set: true, relative: true, n: n}, nil
		}
	}
	if m, ok := sheet.ReadMoment(text, sheet.Unsure); ok && !m.Either {
		return bound{set: true, day: adherence.DayOf(m.Wall)}, nil
	}
	return bound{}, usage("%s %s", flag, t.say("应是 2024-01-31 这样的日期（--from 也可以是 first，--to 也可以是 +365）",
		"should be a date such as 2024-01-31 (--from may also be first, --to may be +365)"))
}

// period is what is counted for a person whose first fill was on first.
func (c calcAdherence) period(b bounds, first adherence.Day) adherence.Period {
	p := adherence.Period{From: b.from.day}
	if b.from.first {
		p.From = first
	}
	end := func(x bound) adherence.Day {
		if x.relative {
			return p.From + adherence.Day(x.n)
		}
		return x.day + 1
	}
	p.Start, p.End = p.From+adherence.Day(c.Start), end(b.to)
	if b.until.set {
		p.Until = end(b.until)
	}
	return p
}

func (f *fillRows) all(tb *table, bad *rejects) error {
	return tb.each(func(r row) error { return f.one(r, bad) })
}

func (f *fillRows) one(r row, bad *rejects) error {
	m, ok := sheet.ReadMoment(r.get("date"), f.order.order)
	if !ok {
		return bad.add(r.table.name, r.reject("date", "日期应写成 2024-05-01（年在最后的日期用 --dates 说明顺序）",
			"the date should read like 2024-05-01 (for dates that end with the year, --dates says their order)"))
	}
	held, wait := f.order.wait(r, m)
	if wait {
		return nil
	}
	for _, h := range held {
		if err := f.one(h, bad); err != nil {
			return err
		}
	}
	n, err := strconv.ParseFloat(r.get("days"), 64)
	if err != nil || n != float64(int32(n)) || n < 1 || n > maxDays {
		return bad.add(r.table.name, r.reject("days", "天数应是 1 到 3650 的整数", "days should be a whole number from 1 to 3650"))
	}
	id := r.get("id")
	if id == "" {
		return bad.add(r.table.name, r.reject("id", "要写明是谁的", "it should say whose fill it is"))
	}
	f.take(id, r.get("class"), adherence.Fill{Day: adherence.DayOf(m.Wall), Days: int32(n)})
	return nil
}

func (f *fillRows) take(id, class string, fill adherence.Fill) {
	p, ok := f.people[id]
	if !ok {
		id = strings.Clone(id)
		p = &fillsOf{fills: map[string][]adherence.Fill{}}
		f.people[id] = p
		f.ids = append(f.ids, id)
	}
	if _, ok := p.fills[class]; !ok {
		class = strings.Clone(class)
		p.classes = append(p.classes, class)
	}
	p.fills[class] = append(p.fills[class], fill)
	f.taken++
}

func (c calcAdherence) write(t terminal, f *fillRows, b bounds, classes bool) error {
	out := c.results(t)
	for _, id := range f.ids {
		p := f.people[id]
		first := p.fills[p.classes[0]][0].Day
		var drugs [][]adherence.Fill
		for _, class := range p.classes {
			adherence.Sort(p.fills[class])
			drugs = append(drugs, p.fills[class])
			first = min(first, p.fills[class][0].Day)
		}
		period := c.period(b, first)
		for i, class := range p.classes {
			if err := out.row(c.cells(id, class, classes, drugs[i], period)); err != nil {
				return err
			}
		}
		if !c.Together || len(drugs) < 2 {
			continue
		}
		for _, x := range []struct {
			name string
			need int
		}{{"(any)", 1}, {"(all)", len(drugs)}} {
			cells := c.cells(id, x.name, classes, nil, period)
			v, ok := adherence.Together(drugs, period, x.need)
			cells[slices.IndexFunc(cells, func(c cell) bool { return c.name == "pdc" })] = number("pdc", v, ok)
			if err := out.row(cells); err != nil {
				return err
			}
		}
	}
	return out.end()
}

func (c calcAdherence) cells(id, class string, classes bool, fills []adherence.Fill, p adherence.Period) []cell {
	cells := []cell{{"id", id}}
	if classes {
		cells = append(cells, cell{"class", class})
	}
	f := func(name string, figure func([]adherence.Fill, adherence.Period) (float64, bool)) {
		v, ok := figure(fills, p)
		cells = append(cells, number(name, v, ok))
	}
	n := 0
	for _, x := range fills {
		if x.Day >= p.From && x.Day < p.End {
			n++
		}
	}
	cells = append(cells, cell{"fills", n})
	f("pdc", adherence.PDC)
	f("pdc_no_carry", adherence.PDCNoCarry)
	f("mpr", adherence.MPR)
	for i, cma := range adherence.CMAs {
		f("cma"+strconv.Itoa(i+1), cma)
	}
	cells = append(cells, gapCells(fills, p)...)
	cells = append(cells, c.persistence(fills, p)...)
	f("mpr_uncapped", adherence.MPRUncapped)
	return cells
}

func gapCells(fills []adherence.Fill, p adherence.Period) []cell {
	days, seen := adherence.DaysOfTherapy(fills, p)
	if !seen {
		return []cell{{"gaps", nil}, {"gap_days", nil}, {"longest_gap", nil}, {"gap_at_end", nil}, {"gaps_no_carry", nil}, {"days_covered", nil}, {"days", p.Length()}}
	}
	lengths, total, longest := []int{}, 0, 0
	for _, g := range adherence.Gaps(fills, p) {
		lengths = append(lengths, g.Days())
		total, longest = total+g.Days(), max(longest, g.Days())
	}
	end, _ := adherence.GapAtEnd(fills, p)
	plain := append([]int{}, adherence.GapsNoCarry(fills, p)...)
	return []cell{{"gaps", lengths}, {"gap_days", total}, {"longest_gap", longest}, {"gap_at_end", end}, {"gaps_no_carry", plain}, {"days_covered", days}, {"days", p.Length()}}
}

func (c calcAdherence) persistence(fills []adherence.Fill, p adherence.Period) []cell {
	r, ok := adherence.Persists(fills, p, c.Gap)
	if !ok {
		return []cell{{"persistent", nil}, {"persistence_end", nil}, {"persistence_days", nil}}
	}
	end := cell{"persistence_end", nil}
	if r.Ended {
		end.v = r.Last.String()
	}
	return []cell{{"persistent", !r.Ended}, end, {"persistence_days", r.Days()}}
}
