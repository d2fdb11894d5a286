package main

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"peiban/internal/glucose"
	"peiban/internal/measure"
	"peiban/internal/sheet"
)

type calcGlucose struct {
	calcFile
	Unit  string `help:"Unit of the values: mg/dL or mmol/L." required:"" placeholder:"UNIT"`
	Zone  string `help:"Time zone of times without one, and of local days, such as Asia/Shanghai (default: clocks as written)." placeholder:"ZONE"`
	Conga int    `help:"Hours between the readings that CONGA compares." default:"24" placeholder:"N"`
	Range string `help:"Own target range for tir, tbr and tar, in the unit, limits included: 4.4-10.0 (default: 3.9-10.0, or 70-180)." placeholder:"LOW-HIGH"`
	Adrr  int    `name:"adrr-readings" help:"Readings a local day needs to count in ADRR." default:"3" placeholder:"N"`
}

// glucoseFields are the columns of a table of readings.
var glucoseFields = []field{
	{"value", true, []string{
		"gl", "value", "glucose", "glu", "bg", "sgv", "glucosevalue", "sensorglucose", "historicglucose", "bloodglucose", "sensorreading", "cgm", "reading",
		"scanglucose", "stripglucose", "血糖", "血糖值", "葡萄糖", "葡萄糖值", "数值", "测量值", "结果", "动态血糖",
	}},
	{"time", true, []string{
		"time", "timestamp", "datetime", "measuredat", "metertimestamp", "devicetimestamp", "displaytime", "glucosetime", "date", "时间", "测量时间", "检测时间",
		"记录时间", "日期时间", "采集时间", "日期", "测量日期",
	}},
	{"date", false, []string{"date", "day", "日期", "测量日期", "检测日期"}},
	{"id", false, []string{
		"id", "ptid", "patientid", "patient", "subject", "subjectid", "personid", "person", "pid", "userid", "user", "患者", "患者id", "患者编号", "病人", "受试者", "编号", "会员号", "姓名",
	}},
}

// readings are what one person's rows hold.
type readings struct {
	at          []int64
	v           []float64
	hi, lo      int // what a meter wrote instead of a number
	implausible int
	missing     int
}

// gather collects readings by person, in the order in which people come.
type gather struct {
	unit   measure.Unit
	zone   *time.Location
	comma  bool
	order  *orderer
	people map[string]*readings
	ids    []string
	taken  int

	zoned   bool // a time said how far it is from UTC
	offset  int  // of the first that did
	several bool // others said otherwise
}

func (c calcGlucose) Run(t terminal) error {
	began := time.Now()
	g, own, err := c.settings(t)
	if err != nil {
		return err
	}
	in, size, err := c.open(t)
	if err != nil {
		return err
	}
	defer in.Close()
	tb, err := c.table(t, in, size, glucoseFields)
	if err != nil {
		return err
	}
	if err := c.sameUnit(t, tb); err != nil {
		return err
	}
	g.comma = tb.comma
	bad, err := c.rejects()
	if err != nil {
		return err
	}
	if err := g.all(tb, bad); err != nil {
		return errors.Join(err, bad.close())
	}
	if len(g.order.held) > 0 {
		return errors.Join(ambiguous(t, tb.name, g.order.held[0].line), bad.close())
	}
	repeats, err := c.write(t, g, own)
	if err != nil {
		return err
	}
	c.say(t, g, tb.rows, bad.n, repeats, time.Since(began))
	return c.finish(t, bad, g.taken)
}

func (c calcGlucose) settings(t terminal) (*gather, glucose.Range, error) {
	g := &gather{order: newOrderer(c.Dates), people: map[string]*readings{}}
	switch strings.ToLower(strings.ReplaceAll(c.Unit, " ", "")) {
	case "mg/dl", "mgdl":
		g.unit = measure.MgdL
	case "mmol/l", "mmoll", "mmol":
		g.unit = measure.MmolL
	default:
		return nil, glucose.Range{}, usage("%s", t.say("--unit 应为 mg/dL 或 mmol/L", "--unit should be mg/dL or mmol/L"))
	}
	if c.Zone != "" {
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			return nil, glucose.Range{}, usage("%s %q", t.say("没有这个时区：", "there is no time zone"), c.Zone)
		}
		g.zone = zone
	}
	if c.Conga < 1 || c.Conga > 24*14 {
		return nil, glucose.Range{}, usage("%s", t.say("--conga 应在 1 到 336 小时之间", "--conga should be 1 to 336 hours"))
	}
	if c.Adrr < 1 {
		return nil, glucose.Range{}, usage("%s", t.say("--adrr-readings 至少是 1", "--adrr-readings should be at least 1"))
	}
	own := glucose.Consensus(g.unit)
	if c.Range != "" {
		low, high, ok := strings.Cut(c.Range, "-")
		a, err := strconv.ParseFloat(strings.TrimSpace(low), 64)
		b, err2 := strconv.ParseFloat(strings.TrimSpace(high), 64)
		if !ok || err != nil || err2 != nil || !(a > 0 && a < b) || math.IsInf(b, 0) {
			return nil, glucose.Range{}, usage("%s", t.say("--range 应写成 低-高，例如 3.9-10.0", "--range should read LOW-HIGH, such as 3.9-10.0"))
		}
		own = glucose.Range{Low: a, High: b}
	}
	return g, own, nil
}

// sameUnit refuses a file whose header names the other unit.
func (c calcGlucose) sameUnit(t terminal, tb *table) error {
	header := strings.ToLower(tb.header[tb.at["value"]])
	mg := strings.HasPrefix(strings.ToLower(c.Unit), "mg")
	if mg && strings.Contains(header, "mmol/l") || !mg && strings.Contains(header, "mg/dl") {
		return usage("%s:%d: %s", tb.name, tb.skipped, t.say("表头写的单位和 --unit 不同", "the header names another unit than --unit"))
	}
	return nil
}

func (g *gather) all(tb *table, bad *rejects) error {
	return tb.each(func(r row) error { return g.one(r, bad) })
}

func (g *gather) one(r row, bad *rejects) error {
	m, ok := sheet.ReadMoment(r.clock(), g.order.order)
	if !ok {
		return bad.add(r.table.name, r.reject("time", "时间应写成 2024-05-01 07:05:00 这样的日期和时刻（年在最后的日期用 --dates 说明顺序）",
			"the time should read like 2024-05-01 07:05:00 (for dates that end with the year, --dates says their order)"))
	}
	held, wait := g.order.wait(r, m)
	if wait {
		return nil
	}
	for _, h := range held {
		if err := g.one(h, bad); err != nil {
			return err
		}
	}
	p := g.person(r.get("id"))
	v, kind := readValue(r.get("value"), g.comma)
	switch kind {
	case "missing":
		p.missing++
	case "hi":
		p.hi++
	case "lo":
		p.lo++
	case "bad":
		return bad.add(r.table.name, r.reject("value", "血糖应是一个数字，也可以是 HI 或 LO", "the value should be a number, or HI or LO"))
	default:
		if !glucose.Plausible(v, g.unit) {
			p.implausible++
			return nil
		}
		p.at, p.v = append(p.at, g.instant(m)), append(p.v, v)
		g.taken++
	}
	return nil
}

// clock is the text of the moment: one column, or a date beside a time of day.
func (r row) clock() string {
	s := r.get("time")
	if i, ok := r.table.at["date"]; ok && i != r.table.at["time"] {
		if date := r.get("date"); date != "" && len(s) <= len("07:05:30 PM") {
			return date + " " + s
		}
	}
	return s
}

func (g *gather) person(id string) *readings {
	p, ok := g.people[id]
	if !ok {
		id = strings.Clone(id) // the row's strings are parts of a whole line
		p = &readings{}
		g.people[id] = p
		g.ids = append(g.ids, id)
	}
	return p
}

// instant places m in time. Without a zone given, clocks are taken as written: the first offset that is written counts for all.
func (g *gather) instant(m sheet.Moment) int64 {
	if m.Zoned && !g.zoned {
		g.zoned, g.offset = true, m.Offset
	}
	g.several = g.several || m.Zoned && m.Offset != g.offset
	switch {
	case g.zone == nil && m.Zoned:
		return m.Wall.UnixMicro() + int64(g.offset-m.Offset)*1e6
	case g.zone == nil:
		return m.Wall.UnixMicro()
	case m.Zoned:
		return m.Wall.UnixMicro() - int64(m.Offset)*1e6
	}
	y, mo, d := m.Wall.Date()
	return time.Date(y, mo, d, m.Wall.Hour(), m.Wall.Minute(), m.Wall.Second(), m.Wall.Nanosecond(), g.zone).UnixMicro()
}

// readValue reads a number, with a decimal comma where fields are not separated by one, or what a meter writes instead.
func readValue(s string, comma bool) (v float64, kind string) {
	v, err := strconv.ParseFloat(s, 64)
	if err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		return v, ""
	}
	switch strings.ToLower(s) {
	case "", "na", "nan", "n/a", "null", "none", "-", "--":
		return 0, "missing"
	case "hi", "high", "高", "偏高":
		return 0, "hi"
	case "lo", "low", "低", "偏低":
		return 0, "lo"
	}
	if whole, part, ok := strings.Cut(s, ","); ok && comma {
		if v, err := strconv.ParseFloat(whole+"."+part, 64); err == nil {
			return v, ""
		}
	}
	return 0, "bad"
}

func (c calcGlucose) write(t terminal, g *gather, own glucose.Range) (repeats int, err error) {
	out := c.results(t)
	for _, id := range g.ids {
		p := g.people[id]
		glucose.Sort(p.at, p.v)
		n := len(p.at)
		p.at, p.v = glucose.Distinct(p.at, p.v)
		repeats += n - len(p.at)
		s := glucose.Summarise(p.at, p.v, glucose.Options{Unit: g.unit, Zone: g.zone, Own: own, Hours: c.Conga, PerDay: c.Adrr})
		if err := out.row(glucoseCells(id, s, p, n-len(p.at))); err != nil {
			return repeats, err
		}
	}
	return repeats, out.end()
}

func glucoseCells(id string, s glucose.Summary, p *readings, repeats int) []cell {
	f := func(name string, x glucose.Figure) cell { return number(name, x.V, x.OK) }
	n := func(name string, v int) cell {
		if !s.EpisodesKnown {
			return cell{name, nil}
		}
		return cell{name, v}
	}
	return []cell{
		{"id", id},
		{"n", s.N},
		f("mean", s.Mean), f("sd", s.SD), f("cv", s.CV), f("gmi", s.GMI), f("ea1c", s.EA1C),
		f("tir", s.TIR), f("tbr", s.TBR), f("tar", s.TAR),
		f("very_low", s.VeryLow), f("low", s.Low), f("in_range", s.In), f("high", s.High), f("very_high", s.VeryHigh),
		f("lbgi", s.LBGI), f("hbgi", s.HBGI), f("adrr", s.ADRR), f("mage", s.MAGE), f("modd", s.MODD), f("j_index", s.JIndex), f("gri", s.GRI),
		f("conga", s.CONGA), f("active_percent", s.Active),
		{"sufficient", s.Sufficient},
		f("days", s.Days), f("interval_minutes", s.Interval),
		n("hypo_episodes", s.Episodes.Hypo), n("hypo2_episodes", s.Episodes.Hypo2), n("extended_hypo_episodes", s.Episodes.Extended),
		n("hyper_episodes", s.Episodes.Hyper), n("hyper2_episodes", s.Episodes.Hyper2),
		{"hi", p.hi},
		{"lo", p.lo},
		{"implausible", p.implausible},
		{"missing", p.missing},
		{"repeats", repeats},
	}
}

func (c calcGlucose) say(t terminal, g *gather, rows, refused, repeats int, took time.Duration) {
	var flags, implausible, missing int
	for _, p := range g.people {
		flags, implausible, missing = flags+p.hi+p.lo, implausible+p.implausible, missing+p.missing
	}
	t.note("%s 行，%s 人：收下 %s 个数值（重复 %s 个只算一次）；%s 个 HI 或 LO、%s 个不合理、%s 个空值不参加计算；拒收 %s 行；用时 %s",
		"%s rows, %s people: %s values taken (%s repeats counted once); %s HI or LO, %s implausible and %s empty left out; %s rows refused; %s",
		thousands(rows), thousands(len(g.ids)), thousands(g.taken), thousands(repeats), thousands(flags), thousands(implausible), thousands(missing), thousands(refused),
		took.Round(10*time.Millisecond))
	if implausible > 0 && implausible >= g.taken {
		t.note("大多数数值在 %s 里不合理：单位写对了吗？", "most values are implausible in %s: is the unit right?", g.unit)
	}
	if g.several && g.zone == nil {
		t.note("时间带有不同的时差，全部按第一个换算；用 --zone 指定时区更准确", "times carry several offsets and were brought to the first; --zone says which zone days belong to")
	}
}

func ambiguous(t terminal, name string, line int) error {
	return usage("%s:%d: %s", name, line, t.say("这样的日期有两种读法，文件里没有一行能区分；请写 --dates mdy（月在前）或 --dates dmy（日在前）",
		"such dates read in two ways and no row decides; say --dates mdy (month first) or --dates dmy (day first)"))
}
