package device

import (
	"context"
	"io"
	"math"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

// LibreView reads the CSV that LibreView and the FreeStyle Libre software export: a few lines about the report, a header, and rows
// whose record type says which column they fill.
func LibreView(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		t, err := openTable(in, &o, libreLayout)
		if err != nil {
			return err
		}
		l := libre{table: t}
		if l.unit, err = t.oneUnit("history", "scan", "strip"); err != nil {
			return err
		}
		if l.clock, err = t.clock(); err != nil {
			return err
		}
		return t.rows(ctx, take, l.row)
	}
}

var libreLayout = layout{
	name: "libreview", field: libreField, needs: []string{"time", "type"}, others: []string{"history", "scan"}, many: []string{"note"},
	told: fault.Text{
		Zh: "LibreView 的表头要有时间、记录类型、历史或扫描血糖（英文、中文、德文都认得）",
		En: "a header of LibreView has a timestamp, a record type and historic or scanned glucose (in English, Chinese or German)",
	},
}

// libreField knows the columns by their meaning: in English, in German, and by the words a Chinese header is made of.
func libreField(name string) string {
	glucose := anyOf(name, "glucose", "glukose", "血糖", "葡萄糖")
	switch {
	case anyOf(name, "timestamp", "zeitstempel", "时间戳"), name == "time", name == "zeit", name == "时间", name == "设备时间", name == "测量时间":
		return "time"
	case anyOf(name, "recordtype", "aufzeichnungstyp", "记录类型"):
		return "type"
	case anyOf(name, "serialnumber", "seriennummer", "序列号"):
		return "serial"
	case name == "device", name == "gerät", name == "设备":
		return "device"
	case glucose && anyOf(name, "historic", "verlauf", "历史"):
		return "history"
	case glucose && anyOf(name, "scan", "扫描"):
		return "scan"
	case glucose && anyOf(name, "strip", "teststreifen", "试纸", "测试条"):
		return "strip"
	case anyOf(name, "ketone", "keton", "酮"):
		return "ketone"
	case anyOf(name, "nonnumeric", "nichtnumerisch", "非数字", "非数值"):
		switch {
		case anyOf(name, "rapid", "schnellwirkend", "速效"):
			return "rapid text"
		case anyOf(name, "longacting", "depot", "长效"):
			return "long text"
		case anyOf(name, "food", "nahrung", "食物"):
			return "food"
		}
	case anyOf(name, "rapidacting", "schnellwirkendesinsulin", "速效胰岛素"):
		return "rapid"
	case anyOf(name, "longacting", "depotinsulin", "长效胰岛素"):
		return "long"
	case anyOf(name, "mealinsulin", "mahlzeiteninsulin", "餐时胰岛素"):
		return "meal insulin"
	case anyOf(name, "correctioninsulin", "korrekturinsulin", "校正胰岛素"):
		return "correction insulin"
	case anyOf(name, "userchangeinsulin", "insulinänderung", "用户更改胰岛素"):
		return "user insulin"
	case anyOf(name, "gramsofcarbsperserving"):
		return "serving"
	case anyOf(name, "carbohydrates", "kohlenhydrate", "碳水化合物") && anyOf(name, "servings", "portionen", "份"):
		return "servings"
	case anyOf(name, "carbohydrates", "kohlenhydrate", "碳水化合物"):
		return "carbs"
	case name == "notes", name == "notizen", name == "备注", name == "注释":
		return "note"
	}
	return ""
}

// oneUnit is the unit that the columns of glucose name, or the one that was said.
func (t *table) oneUnit(fields ...string) (string, error) {
	unit := ""
	for _, f := range fields {
		u := t.of(f).unit
		if u == "" || u == unit {
			continue
		}
		if unit != "" {
			return "", ErrUnitMixed
		}
		unit = u
	}
	switch {
	case unit == "" && (t.o.Unit == "" || t.o.Unit == Each):
		return "", ErrUnitMissing
	case unit == "":
		return t.o.Unit, nil
	case t.o.Unit != "" && t.o.Unit != unit:
		return "", ErrUnitClash
	}
	return unit, nil
}

// Record types of LibreView.
const (
	libreHistory = "0"
	libreScan    = "1"
	libreStrip   = "2"
	libreKetone  = "3"
	libreInsulin = "4"
	libreFood    = "5"
	libreOther   = "6" // a note, or that the clock was set
)

var errRecordType = fault.New(fault.Invalid, "unknown_record_type", "不认识这种记录类型", "this record type is not known").At("type").
	Because("认得 0 到 6", "known are 0 to 6")

type libre struct {
	*table
	clock *clock
	unit  string
}

func (l libre) row(r line) rows.Row {
	at, why := l.clock.at(r)
	if why != nil {
		return rows.Row{Why: why}
	}
	device := r.cell("serial")
	if device == "" {
		device = r.cell("device")
	}
	var b build
	switch kind := strings.TrimSuffix(r.cell("type"), ".0"); kind {
	case libreHistory, libreScan, libreStrip:
		b.add(l.glucose(r, at, device, kind))
	case libreKetone:
		b.add(l.ketone(r, at))
	case libreInsulin, libreFood, libreOther:
	default:
		return rows.Row{Why: errRecordType}
	}
	l.entered(&b, r, at) // a note may stand beside a scan
	if kind := r.cell("type"); len(b.events) == 0 && b.why == nil && !strings.HasPrefix(kind, libreOther) {
		b.why = ErrNoValue
	}
	return b.row()
}

// glucose takes the value from the column of the record's type; some exports put all into one column.
func (l libre) glucose(r line, at moment, device, kind string) (rows.Event, *fault.Fault) {
	fields := map[string][]string{
		libreHistory: {"history", "scan", "strip"}, libreScan: {"scan", "history", "strip"}, libreStrip: {"strip", "scan", "history"},
	}[kind]
	for _, f := range fields {
		s := r.cell(f)
		if empty(s) {
			continue
		}
		n, ok := readNumber(s)
		if !ok {
			return rows.Event{}, ErrValue
		}
		return l.o.glucose(at, glucose{value: n, unit: l.unit, sensor: kind != libreStrip, device: device, kind: kind, sequence: math.NaN()})
	}
	return rows.Event{}, ErrNoValue
}

func (l libre) ketone(r line, at moment) (rows.Event, *fault.Fault) {
	s := r.cell("ketone")
	if empty(s) {
		return rows.Event{}, ErrNoValue
	}
	v, ok := amount(s)
	if !ok {
		return rows.Event{}, ErrValue
	}
	return l.o.ketone(at, v)
}

func (o *Options) ketone(at moment, v float64) (rows.Event, *fault.Fault) {
	return o.event("lab", at, properties{"test": "ketone_blood", "unit": "mmol/L", "value": v}, "ketone", plain(v))
}

// entered reads what people wrote down themselves: insulin, food and notes.
func (l libre) entered(b *build, r line, at moment) {
	l.insulin(b, r, at)
	note := r.cell("note")
	carbs, given := 0.0, false
	if s := r.cell("carbs"); !empty(s) {
		if carbs, given = amount(s); !given {
			b.refuse(ErrValue.At("carbs"))
		}
	} else if s := r.cell("servings"); !empty(s) {
		servings, ok := amount(s)
		each, known := amount(r.cell("serving"))
		switch {
		case !ok:
			b.refuse(ErrValue.At("servings"))
		case known:
			carbs, given = servings*each, true
		default:
			b.add(l.o.event("meal", at, properties{"note": plain(servings) + " servings"}, "servings", plain(servings)))
		}
	}
	if given {
		b.add(l.o.event("meal", at, properties{"carbs": carbs}, plain(carbs)))
	} else if s := r.cell("food"); !empty(s) {
		b.add(l.o.event("meal", at, properties{}, "food"))
	}
	if !empty(note) {
		b.add(l.o.note(at, "note", note))
	}
}

// insulin takes the whole dose where it is told, and else adds up the parts the reader's calculator keeps.
func (l libre) insulin(b *build, r line, at moment) {
	for _, k := range [...]struct{ field, kind string }{{"rapid", "rapid"}, {"long", "long"}} {
		s := r.cell(k.field)
		if empty(s) {
			if s := r.cell(k.field + " text"); !empty(s) && (k.kind == "long" || l.parts(r) == "") {
				b.add(l.o.note(at, "insulin_without_dose", k.kind))
			}
			continue
		}
		b.dose(l.o, at, s, k.kind)
	}
	if s := l.parts(r); s != "" && empty(r.cell("rapid")) {
		b.dose(l.o, at, s, "rapid")
	}
}

func (l libre) parts(r line) string {
	sum, any := 0.0, false
	for _, f := range [...]string{"meal insulin", "correction insulin", "user insulin"} {
		s := r.cell(f)
		if empty(s) {
			continue
		}
		v, ok := amount(s)
		if !ok {
			return s // refused by whoever reads it as a dose
		}
		sum, any = sum+v, true
	}
	if !any {
		return ""
	}
	return plain(math.Round(sum*1e4) / 1e4)
}

func (o *Options) note(at moment, kind, text string) (rows.Event, *fault.Fault) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return o.event("special_event", at, properties{"kind": kind}.put("note", text), kind, text)
}

// build collects the events of a row; what of it is refused does not cost the rest.
type build struct {
	events []rows.Event
	why    *fault.Fault
}

func (b *build) add(e rows.Event, why *fault.Fault) {
	if why != nil {
		b.refuse(why)
		return
	}
	b.events = append(b.events, e)
}

// refuse keeps the first reason: a row has one.
func (b *build) refuse(why *fault.Fault) {
	if b.why == nil {
		b.why = why
	}
}

func (b *build) dose(o *Options, at moment, s, kind string) {
	v, ok := amount(s)
	if !ok {
		b.refuse(ErrValue.At("insulin"))
		return
	}
	b.add(o.insulin(at, v, kind, ""))
}

func (o *Options) insulin(at moment, v float64, kind, note string) (rows.Event, *fault.Fault) {
	return o.event("insulin", at, properties{"value": v}.put("kind", kind).put("note", note), kind, plain(v), note)
}

func (b *build) row() rows.Row { return rows.Row{Events: b.events, Why: b.why} }
