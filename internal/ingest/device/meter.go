package device

import (
	"context"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
)

// Meter reads a table of finger readings as meters and their apps export it, whatever its columns are called: a row is a reading.
func Meter(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		t, err := openTable(in, &o, meterLayout)
		if kind := t.otherKind(); kind != "" { // it may have columns of glucose, and means more by its rows
			return fault.New(fault.Invalid, "other_kind", "这是 "+kind+" 的文件", "this is a file of "+kind).Because("用 peiban import "+kind, "use peiban import "+kind)
		}
		if err != nil {
			return wide(t, err)
		}
		m := meter{table: t}
		if err := m.alone(); err != nil {
			return err
		}
		if err := m.units(); err != nil {
			return err
		}
		if m.clock, err = t.clock(); err != nil {
			return err
		}
		return t.rows(ctx, take, m.row)
	}
}

var meterLayout = layout{
	name: "meter", field: meterField, needs: []string{"value"}, others: []string{"time", "date"}, many: []string{"value", "note", "person", "slot", "context"},
	told: fault.Text{
		Zh: "表头要有时间和血糖，例如：测量时间、血糖值（mmol/L）、时段；名字不同就用 peiban import table",
		En: "a header has a time and glucose, such as Time, Glucose (mmol/L), Meal; for other names use peiban import table",
	},
}

// meterField knows the columns by their names, in Chinese and in English.
func meterField(name string) string {
	name = strings.NewReplacer("mmoll", "", "mgdl", "").Replace(name)
	glucose := anyOf(name, "血糖", "葡萄糖", "glucose", "bloodsugar") || slices.Contains([]string{"bg", "glu", "gl", "sgv"}, name)
	switch {
	case anyOf(name, "单位") || name == "unit" || name == "units" || strings.HasSuffix(name, "unit"):
		return "unit"
	case anyOf(name, "设备时间", "devicetime"):
		return "time"
	case anyOf(name, "序列号", "设备编号", "机身号", "serialnumber", "serial", "deviceid") || name == "sn":
		return "serial"
	case anyOf(name, "血糖仪", "设备", "仪器", "device", "metername", "metermodel") || name == "meter":
		return "device"
	case anyOf(name, "姓名", "患者", "病人", "病历", "就诊卡", "身份证", "手机", "会员", "patient", "subject", "username", "phone") || slices.Contains([]string{"name", "id", "userid", "user"}, name):
		return "person"
	case anyOf(name, "备注", "说明", "note", "comment", "remark"):
		return "note"
	case name != "" && slotOf(name) != "" && slotOf(name) != "random":
		return "slot"
	case anyOf(name, "状态", "评价", "结论", "status", "rating", "trend", "target", "目标", "平均", "average"):
		return ""
	case anyOf(name, "时段", "餐", "时机", "meal", "context", "period", "mealtag", "marker") || slices.Contains([]string{"type", "tag", "类型", "测量类型", "血糖类型", "测量点", "event"}, name):
		return "context"
	case anyOf(name, "datetime", "timestamp", "日期时间", "时间戳", "measuredat", "recordedat"):
		return "time"
	case anyOf(name, "日期") || name == "date" || strings.HasSuffix(name, "date") || name == "day":
		return "date"
	case anyOf(name, "时间", "时刻") || name == "time" || strings.HasSuffix(name, "time") || name == "clock":
		return "time"
	case glucose && !anyOf(name, "rate", "变化"):
		return "value"
	case slices.Contains([]string{"测量值", "测量结果", "检测结果", "检测值", "测试结果", "测试值", "结果", "数值", "result", "value", "reading"}, name):
		return "value"
	}
	return ""
}

// Why a table of readings is not read.
var (
	ErrWide = fault.New(fault.Invalid, "columns_are_slots", "每个时段一栏的表没有测量的时刻，读不了", "a table with a column for each meal slot does not say when each value was measured").
		Because("导出一行一个血糖的表，或用 peiban import table 指明各栏", "export one reading a row, or say what columns mean with peiban import table")
	ErrPeople = fault.New(fault.Invalid, "several_people", "文件里不止一个人的记录", "the file holds records of more than one person").
			Because("用 peiban import table，指明哪一栏是人的编号", "use peiban import table and say which column names the person")
	ErrControl = fault.New(fault.Invalid, "control_solution", "质控液的结果，不是人的血糖", "control solution was measured, not a person")
)

// otherKind is the kind of file a table is instead of its own; empty: none, or there is no table.
func (t *table) otherKind() string {
	if t == nil {
		return ""
	}
	if kind := Detect(t.data); kind != t.name {
		return kind
	}
	return ""
}

// wide says so when a table has a column for each slot, which is no table of readings.
func wide(t *table, err error) error {
	if t == nil || !errors.Is(err, fault.New(fault.Invalid, "no_header", "", "")) {
		return err
	}
	l := *t
	l.needs = []string{"slot"}
	for i := range l.named {
		if _, found, ferr := l.find(i); found && ferr == nil {
			return ErrWide
		}
	}
	return err
}

type meter struct {
	*table
	clock *clock
	unit  string // of values that name none: mmol/L, mg/dL, Each or empty
}

// alone looks whether all rows are about one person, where a column says who. An id of its own in every row names rows, not people.
func (m *meter) alone() error {
	for _, c := range m.columns {
		if c.field != "person" {
			continue
		}
		seen, times := map[string]bool{}, 0
		err := m.below(func(l line) error {
			if s := l.in(c); s != "" && !m.again(l.Cells) {
				seen[s] = true
				times++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(seen) > 1 && (key(c.name) != "id" || len(seen) < times) {
			return ErrPeople
		}
	}
	return nil
}

// Where a value can be of one unit only: below what a meter shows in mg/dL, and above what one shows in mmol/L.
const (
	belowMgdL  = 20
	aboveMmolL = measure.GlucoseMax
)

// units finds out, from all values, of what unit those are that name none.
func (m *meter) units() error {
	named := ""
	for _, c := range m.valueColumns() {
		if named == "" {
			named = c.unit
		}
	}
	bare, small, large := 0, 0, 0 // values without a unit of their own; of them those that only mmol/L, only mg/dL allows
	err := m.below(func(l line) error {
		c, s := m.value(l)
		if empty(s) || m.again(l.Cells) {
			return nil
		}
		if unitOf(s) != "" || !empty(l.cell("unit")) {
			return nil
		}
		n, ok := readNumber(bareNumber(s))
		if !ok || c.unit != named {
			return nil
		}
		bare++
		switch {
		case n.limit != "":
		case n.value >= measure.GlucoseMin && n.value < belowMgdL:
			small++
		case n.value > aboveMmolL && n.value <= 600:
			large++
		}
		return nil
	})
	if err != nil {
		return err
	}
	mixed := small > 0 && large > 0
	against := named == string(measure.MmolL) && large > 0 || named == string(measure.MgdL) && small > 0
	m.unit = named
	if len(m.valueColumns()) > 1 {
		against, mixed = false, false // each column has its own
	}
	switch {
	case m.o.Unit != "" && named != "" && m.o.Unit != named && !against:
		return ErrUnitClash
	case m.o.Unit != "":
		m.unit = m.o.Unit
	case bare > 0 && mixed, against:
		return ErrUnitMixed
	case bare > 0 && named == "":
		return looksLike(small, large)
	}
	return nil
}

// looksLike tells what the values look like, and still asks.
func looksLike(small, large int) error {
	switch {
	case small > 0:
		return ErrUnitMissing.Because("看数值像 mmol/L；请核对后写明 --unit mmol/L 或 --unit mg/dL", "it looks like mmol/L; make sure, and say --unit mmol/L or --unit mg/dL")
	case large > 0:
		return ErrUnitMissing.Because("看数值像 mg/dL；请核对后写明 --unit mmol/L 或 --unit mg/dL", "it looks like mg/dL; make sure, and say --unit mmol/L or --unit mg/dL")
	}
	return ErrUnitMissing
}

func (m *meter) valueColumns() (out []column) {
	for _, c := range m.columns {
		if c.field == "value" {
			out = append(out, c)
		}
	}
	return out
}

// value is the cell of a row's reading: of several columns, one for each unit, the first that is filled.
func (m *meter) value(l line) (column, string) {
	all := m.valueColumns()
	for _, c := range all {
		if s := l.in(c); !empty(s) {
			return c, s
		}
	}
	return all[0], ""
}

var (
	unitText = regexp.MustCompile(`(?i)\s*(mmol\s*/?\s*l|mg\s*/\s*dl|mg%|毫摩尔?每?升?(/升)?|毫克/分升)\s*$`)
	arrows   = regexp.MustCompile(`\s*[↑↓*]+\s*$|(\d)\s*[HLhl]$`)
)

// bareNumber takes a unit and the marks of a laboratory off a value.
func bareNumber(s string) string {
	s = arrows.ReplaceAllString(strings.Map(narrow, s), "$1")
	return arrows.ReplaceAllString(unitText.ReplaceAllString(s, ""), "$1")
}

func (m *meter) row(l line) rows.Row {
	at, why := m.clock.at(l)
	if why != nil {
		return rows.Row{Why: why}
	}
	c, s := m.value(l)
	if empty(s) {
		return rows.Row{Why: ErrNoValue}
	}
	n, ok := readNumber(bareNumber(s))
	if !ok {
		return rows.Row{Why: ErrValue}
	}
	unit, why := m.unitFor(l, c, s, n)
	if why != nil {
		return rows.Row{Why: why}
	}
	context, note := "", ""
	for _, c := range m.columns {
		if c.field != "note" && c.field != "context" {
			continue
		}
		text := l.in(c)
		if k := key(text); anyOf(k, "质控", "controlsolution", "controltest") || k == "control" {
			return rows.Row{Why: ErrControl}
		}
		if slot := slotOf(key(text)); c.field == "context" && slot != "" {
			context = slot
		} else if !empty(text) {
			note = strings.TrimSpace(note + " " + strings.ToValidUTF8(text, "\uFFFD"))
		}
	}
	device := l.cell("serial")
	if empty(device) {
		device = l.cell("device")
	}
	var b build
	b.add(m.o.glucose(at, glucose{value: n, unit: unit, device: device, context: context, note: note, sequence: math.NaN()}))
	return b.row()
}

// unitFor is the unit of one value: its own, that of its row, that of its column, or what was said.
func (m *meter) unitFor(l line, c column, s string, n number) (string, *fault.Fault) {
	if u := unitOf(s); u != "" {
		return u, nil
	}
	if told := l.cell("unit"); !empty(told) {
		if u := unitOf(told); u != "" {
			return u, nil
		}
		return "", ErrUnit
	}
	unit := m.unit
	if len(m.valueColumns()) > 1 && c.unit != "" {
		unit = c.unit
	}
	if unit != Each {
		if unit == "" {
			return "", ErrUnit
		}
		return unit, nil
	}
	switch {
	case n.limit != "" && c.unit != "":
		return c.unit, nil // HI is HI in either
	case n.limit != "":
		return string(measure.MmolL), nil
	case n.value < belowMgdL:
		return string(measure.MmolL), nil
	case n.value > aboveMmolL:
		return string(measure.MgdL), nil
	}
	return "", ErrEither
}

// slotOf is the meal slot that a word means; empty for words that leave the meal or the time after it open.
func slotOf(word string) string {
	word = strings.TrimSuffix(strings.TrimSuffix(word, "血糖"), "glucose")
	if slices.Contains(event.Contexts, strings.ReplaceAll(word, " ", "")) {
		return word
	}
	if anyOf(word, "1小时", "一小时", "半小时", "30分", "1h", "30min", "1hour", "onehour", "3小时", "3h") && anyOf(word, "后", "after", "post") {
		return ""
	}
	before, after := anyOf(word, "前", "before", "pre"), anyOf(word, "后", "after", "post")
	meal := ""
	switch {
	case anyOf(word, "早餐", "早饭", "breakfast"):
		meal = "breakfast"
	case anyOf(word, "午餐", "午饭", "中餐", "lunch"):
		meal = "lunch"
	case anyOf(word, "晚餐", "晚饭", "dinner", "supper"):
		meal = "dinner"
	}
	switch {
	case meal == "breakfast" && before && !after, anyOf(word, "空腹", "晨起", "fasting"):
		return "fasting"
	case meal != "" && after && !before:
		return "after_" + meal + "_2h"
	case meal != "" && before && !after:
		return "before_" + meal
	case meal != "":
		return ""
	case anyOf(word, "睡前", "临睡", "bedtime", "beforebed", "beforesleep"):
		return "bedtime"
	case anyOf(word, "凌晨", "夜间", "半夜", "夜里", "overnight") || word == "night":
		return "night"
	case anyOf(word, "随机", "random", "随时"):
		return "random"
	}
	return ""
}
