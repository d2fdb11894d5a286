package device

import (
	"context"
	"io"
	"math"
	"regexp"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
)

// ShanghaiT2DM reads a workbook of the ShanghaiT2DM data set: a row each quarter of an hour, with what a sensor measured, finger
// readings, ketones, meals in Chinese and English, insulin and other medicines. Whose it is stands in the file's name:
// PATIENT_PERIOD_DATE.
//
// Zhao Q. et al., Sci Data 2023;10:35.
func ShanghaiT2DM(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		var who []conductor.Identifier
		if o.Whose == "" {
			p := shanghaiName.FindStringSubmatch(o.Name)
			if p == nil {
				return ErrFileName
			}
			who = []conductor.Identifier{{Type: "record", Scope: "shanghai-t2dm", Value: p[1]}}
			o.Whose = "shanghai-t2dm " + p[1]
		}
		t, err := openTable(in, &o, shanghaiLayout)
		if err != nil {
			return err
		}
		s := shanghai{table: t, units: map[string]string{}}
		for _, f := range [...]string{"cgm", "cbg"} {
			if t.of(f).at < 0 {
				continue
			}
			if s.units[f] = t.of(f).unit; s.units[f] == "" {
				s.units[f] = o.Unit
			}
			if s.units[f] == "" {
				return ErrUnitMissing.At("%s", f)
			}
		}
		if u := t.of("ketone").unit; u == string(measure.MgdL) {
			return ErrUnit.At("ketone").Because("血酮要用 mmol/L", "ketones are in mmol/L")
		}
		if s.clock, err = t.clock(); err != nil {
			return err
		}
		s.clock.minute, s.clock.timed = true, true // a whole number is midnight here
		return t.rows(ctx, take, func(l line) rows.Row {
			r := s.row(l)
			r.Who = who
			return r
		})
	}
}

var shanghaiName = regexp.MustCompile(`^(\d{1,8})_\d+_\d{8}(\.|$)`)

// ErrFileName means that the name of a file does not say whose it is, and nobody said.
var ErrFileName = fault.New(fault.Invalid, "file_name", "文件名看不出是谁的", "the name of the file does not say whose it is").
	Because("文件名写成 病人号_次数_日期，例如 2000_0_20201230.xlsx；或用 --person、--id 指定", "call it PATIENT_PERIOD_DATE, such as 2000_0_20201230.xlsx, or give --person or --id")

var shanghaiLayout = layout{
	name: "shanghai-t2dm", field: shanghaiField, needs: []string{"time"}, others: []string{"cgm"}, many: []string{"diet", "sc", "agents", "bolus", "basal", "iv"},
	told: fault.Text{
		Zh: "表头要有日期时间和 CGM，例如 Date、CGM (mg / dl)、CBG (mg / dl)",
		En: "a header has a date and CGM, such as Date, CGM (mg / dl), CBG (mg / dl)",
	},
}

// shanghaiField knows the columns by the words in their names: they differ from file to file.
func shanghaiField(name string) string {
	insulin := anyOf(name, "insulin", "胰岛素")
	switch {
	case anyOf(name, "cgm", "动态血糖", "持续葡萄糖", "持续血糖", "sensorglucose", "continuousglucose"):
		return "cgm"
	case anyOf(name, "cbg", "指尖", "指血", "末梢", "毛细血管", "capillary", "fingerstick", "smbg"):
		return "cbg"
	case anyOf(name, "ketone", "酮"):
		return "ketone"
	case anyOf(name, "noninsulin", "非胰岛素", "口服药", "降糖药", "hypoglycemicagent", "hypoglycaemicagent", "antidiabetic"):
		return "agents"
	case anyOf(name, "bolus", "大剂量", "餐时胰岛素"):
		return "bolus"
	case anyOf(name, "basal", "基础率", "基础胰岛素", "基础量"):
		return "basal"
	case anyOf(name, "intravenous", "静脉", "静滴") || strings.HasSuffix(name, "iv") && insulin:
		return "iv"
	case insulin:
		return "sc"
	case anyOf(name, "diet", "饮食", "进食", "膳食", "food", "meal"):
		return "diet"
	case anyOf(name, "日期", "时间", "datetime", "timestamp") || name == "date" || name == "time":
		return "time"
	}
	return ""
}

type shanghai struct {
	*table
	clock *clock
	units map[string]string // of glucose, by column
}

func (s shanghai) row(l line) rows.Row {
	at, why := s.clock.at(l)
	if why != nil {
		return rows.Row{Why: why}
	}
	var b build
	s.glucose(&b, l, at, "cgm")
	s.glucose(&b, l, at, "cbg")
	if v := l.cell("ketone"); !empty(v) {
		if n, ok := amount(bareNumber(v)); ok {
			b.add(s.o.ketone(at, n))
		} else {
			b.refuse(ErrValue.At("ketone"))
		}
	}
	s.meal(&b, l, at)
	for _, c := range s.header.columns {
		text := tidy(l.in(c))
		if empty(text) {
			continue
		}
		switch c.field {
		case "sc", "bolus", "iv":
			s.insulins(&b, at, c, text)
		case "basal":
			s.basal(&b, at, text)
		case "agents":
			s.agents(&b, at, text)
		case "": // a column that only this file has: kept in words
			b.add(s.o.note(at, "note", tidy(c.name)+": "+text))
		}
	}
	if len(b.events) == 0 {
		b.refuse(ErrNoValue)
	}
	return b.row()
}

func (s shanghai) glucose(b *build, l line, at moment, field string) {
	v := l.cell(field)
	if empty(v) {
		return
	}
	n, ok := readNumber(bareNumber(v))
	if !ok {
		b.refuse(ErrValue.At("%s", field))
		return
	}
	b.add(s.o.glucose(at, glucose{value: n, unit: s.units[field], sensor: field == "cgm", kind: field, sequence: math.NaN()}))
}

// meal puts what was eaten, in one language or in two, into one event. That nobody wrote it down is kept too: there was a meal.
func (s shanghai) meal(b *build, l line, at moment) {
	var told []string
	for _, c := range s.header.columns {
		if text := tidy(l.in(c)); c.field == "diet" && !empty(text) {
			told = append(told, text)
		}
	}
	if len(told) > 0 {
		text := strings.Join(told, "\n")
		b.add(s.o.event("meal", at, properties{"note": text}, text))
	}
}

var blanks = regexp.MustCompile(`[ \t\r\x{00a0}\x{3000}]+`)

// tidy makes the text of a cell readable: one blank where there were many, no empty lines.
func tidy(s string) string {
	var lines []string
	for _, l := range strings.Split(strings.ToValidUTF8(s, "\uFFFD"), "\n") {
		if l = strings.TrimSpace(blanks.ReplaceAllString(l, " ")); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}
