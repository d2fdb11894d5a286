package device

import (
	"context"
	"io"
	"math"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

// Dexcom reads the CSV or text that Dexcom Clarity exports. Its first rows tell of the person and the settings of alerts: they count
// as taken and store nothing.
func Dexcom(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		t, err := openTable(in, &o, dexcomLayout)
		if err != nil {
			return err
		}
		d := dexcom{table: t}
		if d.unit, err = t.oneUnit("glucose"); err != nil {
			return err
		}
		if d.clock, err = t.clock(); err != nil {
			return err
		}
		return t.rows(ctx, take, d.row)
	}
}

var dexcomLayout = layout{
	name: "dexcom", field: dexcomField, needs: []string{"time", "type", "glucose"},
	told: fault.Text{
		Zh: "Dexcom Clarity 的表头要有 Timestamp、Event Type、Glucose Value",
		En: "a header of Dexcom Clarity has Timestamp, Event Type and Glucose Value",
	},
}

func dexcomField(name string) string {
	switch {
	case strings.HasPrefix(name, "timestamp"):
		return "time"
	case name == "eventtype":
		return "type"
	case name == "eventsubtype":
		return "subtype"
	case strings.HasPrefix(name, "glucosevalue"):
		return "glucose"
	case strings.HasPrefix(name, "insulinvalue"):
		return "insulin"
	case strings.HasPrefix(name, "carbvalue"):
		return "carbs"
	case strings.HasPrefix(name, "duration"):
		return "duration"
	case strings.HasPrefix(name, "transmittertime"):
		return "sequence"
	case name == "transmitterid":
		return "transmitter"
	case name == "sourcedeviceid":
		return "source"
	case name == "deviceinfo", name == "patientinfo", name == "index", strings.HasPrefix(name, "glucoserateofchange"):
		return name
	}
	return ""
}

var (
	errEventType = fault.New(fault.Invalid, "unknown_event_type", "不认识这种记录", "this event type is not known").At("type").
			Because("认得 EGV、Calibration、Insulin、Carbs、Exercise、Health、Alert、Note", "known are EGV, Calibration, Insulin, Carbs, Exercise, Health, Alert and Note")

	// what rows without a time tell: who it is, which device, how its alerts are set
	dexcomAbout = map[string]bool{
		"firstname": true, "lastname": true, "patientidentifier": true, "dateofbirth": true, "device": true, "alert": true, "sensor": true,
	}
	dexcomInsulin = map[string]string{"fastacting": "rapid", "longacting": "long"}
	dexcomLevels  = map[string]string{"light": "less", "medium": "usual", "heavy": "more"}
)

type dexcom struct {
	*table
	clock *clock
	unit  string
}

func (d dexcom) row(r line) rows.Row {
	kind := key(r.cell("type"))
	if dexcomAbout[kind] && (r.cell("time") == "" || kind != "alert") {
		return rows.Row{}
	}
	at, why := d.clock.at(r)
	if why != nil {
		return rows.Row{Why: why}
	}
	var b build
	switch kind {
	case "egv", "calibration":
		b.add(d.glucose(r, at, kind))
	case "insulin":
		d.insulin(&b, r, at)
	case "carbs":
		v, ok := amount(r.cell("carbs"))
		if !ok {
			return rows.Row{Why: ErrValue.At("carbs")}
		}
		b.add(d.o.event("meal", at, properties{"carbs": v}, plain(v)))
	case "exercise":
		d.exercise(&b, r, at)
	case "health":
		b.add(d.o.note(at, "health", r.cell("subtype")))
	case "alert":
		b.add(d.o.note(at, "device_alert", r.cell("subtype")))
	case "note", "notes":
		b.add(d.o.note(at, "note", strings.TrimSpace(r.cell("subtype")+" "+r.cell("patientinfo"))))
	default:
		return rows.Row{Why: errEventType}
	}
	return b.row()
}

// glucose keeps a number where there is one, also where the subtype says Low: the sensor did measure it.
func (d dexcom) glucose(r line, at moment, kind string) (rows.Event, *fault.Fault) {
	s := r.cell("glucose")
	if empty(s) {
		s = r.cell("subtype")
	}
	if empty(s) {
		return rows.Event{}, ErrNoValue
	}
	n, ok := readNumber(s)
	if !ok {
		return rows.Event{}, ErrValue
	}
	device := r.cell("transmitter")
	if device == "" {
		device = r.cell("source")
	}
	g := glucose{value: n, unit: d.unit, sensor: kind == "egv", device: device, kind: kind, sequence: math.NaN()}
	if v, err := strconv.ParseUint(r.cell("sequence"), 10, 40); err == nil {
		g.sequence = float64(v)
	}
	return d.o.glucose(at, g)
}

func (d dexcom) insulin(b *build, r line, at moment) {
	s := r.cell("insulin")
	if empty(s) {
		b.refuse(ErrNoValue.At("insulin"))
		return
	}
	b.dose(d.o, at, s, dexcomInsulin[key(r.cell("subtype"))])
}

func (d dexcom) exercise(b *build, r line, at moment) {
	p := properties{}.put("level", dexcomLevels[key(r.cell("subtype"))])
	if s := r.cell("duration"); !empty(s) {
		minutes, ok := readDuration(s)
		if !ok {
			b.refuse(ErrValue.At("duration"))
			return
		}
		p["minutes"] = minutes
	}
	b.add(d.o.event("exercise", at, p, r.cell("subtype"), r.cell("duration")))
}

// readDuration reads h:mm:ss as minutes; a workbook's part of a day as well.
func readDuration(s string) (float64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) == 1 {
		v, ok := amount(s)
		return math.Round(v * 24 * 60), ok && v >= 0 && v < 1
	}
	if len(parts) > 3 {
		return 0, false
	}
	total := 0.0
	for i, unit := range []float64{60, 1, 1.0 / 60}[:len(parts)] {
		n, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 16)
		if err != nil || i > 0 && n > 59 {
			return 0, false
		}
		total += float64(n) * unit
	}
	return math.Round(total*10) / 10, true
}
