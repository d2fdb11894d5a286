package mapping

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
)

// Unused is the role of a column that is not used.
const Unused = "-"

// As is what somebody says of a table against what its header looks like.
type As struct {
	Roles  map[string]string // by the name of the column: one of Roles
	Header string            // how many rows the header has: 1 or 2; empty: found out
}

// Setting is something of a map that may be chosen otherwise, with what it is now.
type Setting struct {
	Path    string     `json:"path"`
	Text    fault.Text `json:"text"`
	Value   string     `json:"value"`
	Options []Option   `json:"options"` // none: a word
}

// roleWords name the roles of columns, in the order they are offered.
var roleWords = []Option{
	{Unused, say("不用", "not used")},
	{"who.record", say("人的编号", "the person's number")}, {"who.phone", say("手机号", "telephone")}, {"who.account", say("买家账号", "buyer's account")}, {"who.id_card", say("身份证号", "identity card")},
	{"time", say("时间（日期和几点）", "time (date and clock)")}, {"date", say("日期", "date")}, {"clock", say("几点", "time of day")},
	{"glucose.value", say("血糖", "glucose")}, {"glucose.context", say("血糖的时段", "slot of the glucose reading")},
	{"blood_pressure.systolic", say("收缩压", "systolic pressure")}, {"blood_pressure.diastolic", say("舒张压", "diastolic pressure")}, {"blood_pressure.both", say("血压（120/80）", "blood pressure (120/80)")}, {"blood_pressure.pulse", say("心率", "pulse")},
	{"weight.value", say("体重", "weight")}, {"height.value", say("身高", "height")}, {"height.waist", say("腰围", "waist")}, {"hba1c.value", say("糖化血红蛋白", "HbA1c")},
	{"steps.value", say("步数", "steps")}, {"sleep.hours", say("睡眠时长", "sleep")}, {"exercise.minutes", say("运动时长", "exercise")}, {"meal.carbs", say("碳水", "carbohydrates")}, {"insulin.value", say("胰岛素剂量", "insulin dose")},
	{"lab.item", say("化验项目", "laboratory test")}, {"lab.result", say("化验结果", "laboratory result")},
	{"unit", say("单位", "unit")}, {"device", say("设备号", "device")}, {"note", say("备注", "note")},
	{"order.number", say("订单编号", "order number")}, {"order.line", say("子订单编号", "number of the order line")}, {"order.code", say("商品编码", "product code")}, {"order.title", say("商品名称", "product")},
	{"order.quantity", say("数量", "quantity")}, {"order.amount", say("实付金额", "amount paid")}, {"order.status", say("订单状态", "order status")}, {"order.shop", say("店铺", "shop")},
	{"time.paid", say("付款时间", "time of payment")}, {"time.ordered", say("下单时间", "time of the order")}, {"time.refunded", say("退款时间", "time of the refund")},
	{"order.refunded", say("退款金额", "amount refunded")}, {"order.refundStatus", say("退款状态", "state of the refund")}, {"order.refundReason", say("退款原因", "reason of the refund")},
	{"fill.drug", say("药品名称", "medicine")}, {"fill.days", say("用药天数", "days of supply")}, {"fill.dose", say("用法用量", "how it is taken")}, {"fill.place", say("药店", "pharmacy")},
	{"profile.name", say("姓名", "name")}, {"profile.gender", say("性别", "sex")}, {"profile.birthYear", say("出生年份", "year of birth")},
	{"profile.diabetesType", say("糖尿病类型", "type of diabetes")}, {"profile.diagnosedYear", say("确诊年份", "year of diagnosis")},
}

// Roles are what a column may be taken for: the roles, glucose at each slot, each laboratory test.
func Roles() []Option {
	out := slices.Clone(roleWords)
	if f := event.Lookup("glucose").Field("context"); f != nil {
		words := event.Words("glucose", "context")
		for _, slot := range f.Enum {
			if _, known := slots[slot]; known {
				out = append(out, Option{"glucose@" + slot, say("血糖："+words[slot].Zh, "glucose: "+words[slot].En)})
			}
		}
	}
	for _, test := range event.Lookup("lab").Field("test").Enum {
		if _, ok := measure.LabOf(test); !ok {
			continue
		}
		w := event.Words("lab", "test")[test]
		if w.Zh == "" {
			w = say(test, test)
		}
		out = append(out, Option{"lab:" + test, say("化验："+w.Zh, "laboratory: "+w.En)})
	}
	return out
}

// Problems says what of As is not known.
func (a As) Problems() []Problem {
	var out []Problem
	for column, r := range a.Roles {
		if !slices.ContainsFunc(Roles(), func(o Option) bool { return o.Value == r }) {
			out = append(out, Problem{Path: "roles." + column, Text: say("没有这种栏", "there is no such kind of column")})
		}
	}
	if !slices.Contains([]string{"", "1", "2"}, a.Header) {
		out = append(out, Problem{Path: "header", Text: say("表头是 1 行或 2 行", "a header has 1 or 2 rows")})
	}
	return out
}

// told gives columns the roles somebody says they have. What looked like the same stands back: that question is answered.
func (g *guesser) told() {
	for name, role := range g.as.Roles {
		for i := range g.cols {
			c := &g.cols[i]
			switch {
			case c.name == name:
				c.fixed = true
				if c.what = role; role == Unused {
					c.what = ""
				}
			case c.what == role && !c.fixed && g.as.Roles[c.name] == "":
				c.what = ""
			}
		}
	}
}

// settings are what of the guessed map may be chosen otherwise. What is asked is not among them.
func (g *guesser) settings() []Setting {
	m := &g.out.Map
	var out []Setting
	add := func(path string, text fault.Text, value string, options ...Option) {
		if value != Open && !slices.ContainsFunc(g.out.Questions, func(q Question) bool { return q.Path == path }) {
			out = append(out, Setting{path, text, value, append([]Option{}, options...)})
		}
	}
	add("dates", say("日期的写法", "how dates are written"), m.Dates, append([]Option{{"", say("年在前（2026-03-08）", "the year first (2026-03-08)")}}, dateOptions...)...)
	add("decimal", say("小数点", "the decimal sign"), m.Decimal, Option{"", say("点（7.8）", "a point (7.8)")}, Option{"comma", say("逗号（7,8）", "a comma (7,8)")})
	add("zone", say("表里的钟是哪个时区的（空：本工作区）", "time zone of the clock in the table (empty: the workspace's)"), m.Zone)
	for i, w := range m.Who {
		if w.Scope != "" || w.Type == "record" || w.Type == "account" {
			add(fmt.Sprintf("who[%d].scope", i), say("“"+w.Column+"”在哪里唯一（哪家诊所、哪个店）", "where “"+w.Column+"” is unique (which clinic, which shop)"), w.Scope)
		}
	}
	for i := range m.Events {
		e := &m.Events[i]
		for _, name := range sortedKeys(e.Fields) {
			f := e.Fields[name]
			what := name
			if e.Type == "lab" {
				what = e.Fields["test"].Value
			}
			units := unitsOf(e.Type, what)
			if f.Column == "" || f.Column == Open || f.UnitIn != "" || len(units) < 2 || e.Type != "blood_pressure" && name != "value" {
				continue
			}
			options := append([]Option{{"", say("单元格里写着", "stands in the cells")}}, plainOption(units...)...)
			if e.Type == "glucose" {
				options = append(options, bySize)
			}
			add(fmt.Sprintf("events[%d].fields.%s.unit", i, name), say("“"+f.Column+"”的单位", "unit of “"+f.Column+"”"), f.Unit, options...)
		}
	}
	return out
}

var bySize = Option{BySize, say("按数的大小分（两可的拒收）", "each by its size (what could be either is refused)")}

func sortedKeys(fields map[string]Field) []string {
	var out []string
	for k := range fields {
		out = append(out, k)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
