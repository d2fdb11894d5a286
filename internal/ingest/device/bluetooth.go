package device

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"peiban/internal/bluetooth"
	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
	"peiban/internal/measure"
)

// Bluetooth reads packets of a glucose meter that an app wrote down: lines of hexadecimal digits, or JSON. A packet is a row. What a
// meter sends about a measurement besides (0x2A34) is found by its sequence, wherever in the file it stands.
func Bluetooth(o Options) rows.Format {
	return func(ctx context.Context, in io.Reader, take func(rows.Row) error) error {
		all, err := readAll(in)
		if err != nil {
			return err
		}
		list, err := packets(ctx, all, o.Device)
		if err != nil && len(list) == 0 {
			return err
		}
		if !slices.ContainsFunc(list, func(p packet) bool { return p.bytes != nil }) {
			return errNoPackets
		}
		m := packetRows{o: &o, contexts: map[sequence]bluetooth.Context{}, measured: map[sequence]bluetooth.Measurement{}}
		m.index(list)
		for _, p := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			r := m.row(p)
			r.Line = p.line
			if err := take(r); err != nil {
				return err
			}
		}
		return err
	}
}

var (
	errNoPackets = fault.New(fault.Invalid, "no_packets", "文件里没有血糖仪的数据包", "there are no packets of a meter in the file").
			Because("每行一个包的十六进制（0x2A18，前后文是 0x2A34），或 JSON", "a packet in hexadecimal digits a line (0x2A18, or 0x2A34 for its context), or JSON")
	errPacket = fault.New(fault.Invalid, "bad_packet", "数据包不完整，或者不是十六进制", "the packet is not whole, or no hexadecimal digits").At("packet")
	errUnset  = fault.New(fault.Invalid, "clock_not_set", "血糖仪的时钟没有设好", "the meter's clock shows no day there is").At("time").
			Because("设好血糖仪的时间，再读一次新的结果", "set the meter's clock")
	errFailed = fault.New(fault.Invalid, "meter_fault", "血糖仪自己说这次测量不可靠", "the meter itself says that the measurement failed").At("value")
	errAlone  = fault.New(fault.Invalid, "no_measurement", "文件里没有和它同一序号的血糖", "the measurement of its sequence is not in the file").At("sequence")
)

// Characteristics of the Glucose Service.
const (
	measurementOf = "2a18"
	contextOf     = "2a34"
)

// packet is one that was written down.
type packet struct {
	line   int
	kind   string
	device string
	bytes  []byte // nil: about says why
	about  bool   // a line about the file
}

type sequence struct {
	device string
	number uint16
}

// packets finds them all, in order.
func packets(ctx context.Context, all []byte, device string) ([]packet, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(all, []byte("\xef\xbb\xbf")), " \t\r\n")
	if text[0] != '{' && text[0] != '[' {
		return packetLines(string(text), device), nil
	}
	var list []packet
	err := items(ctx, all, func(line int, raw json.RawMessage) error {
		var v any
		d := json.NewDecoder(bytes.NewReader(raw))
		if d.Decode(&v) == nil {
			walkPackets(v, measurementOf, device, line, &list)
		}
		return nil
	})
	return list, err
}

var (
	named     = regexp.MustCompile(`(?i)^(?:0x)?(?:0000)?(2a18|2a34)(?:-0000-1000-8000-00805f9b34fb)?$`)
	inside    = regexp.MustCompile(`(?i)2a34`)
	deviceIs  = regexp.MustCompile(`(?i)^#?\s*(?:device|serial|设备|序列号)\s*[:=：]\s*(.+)$`)
	separated = regexp.MustCompile(`[,;\t|=]+|\s*:\s+|\s+`)
)

func packetLines(text, device string) (list []packet) {
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		switch m := deviceIs.FindStringSubmatch(l); {
		case l == "":
		case m != nil:
			device = short(m[1])
			list = append(list, packet{line: i + 1, about: true})
		case strings.HasPrefix(l, "#"):
			list = append(list, packet{line: i + 1, about: true})
		default:
			p := packet{line: i + 1, kind: measurementOf, device: device}
			var digits strings.Builder
			for _, part := range separated.Split(l, -1) {
				if n := named.FindStringSubmatch(part); n != nil {
					p.kind = strings.ToLower(n[1])
					continue
				}
				digits.WriteString(part)
			}
			p.bytes = packed(digits.String())
			list = append(list, p)
		}
	}
	return list
}

// packed reads hexadecimal digits, also with joints between the bytes; nil: they are none.
func packed(s string) []byte {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "0x"), "0X")
	b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "", " ", "", "0x", "", "(", "", ")", "").Replace(s))
	if err != nil || len(b) < 3 {
		return nil
	}
	return b
}

// walkPackets finds the packets of JSON: text in members that are called so, or that stand in lists named for a characteristic.
func walkPackets(v any, kind, device string, line int, list *[]packet) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				*list = append(*list, packet{line: line, kind: kind, device: device, bytes: packed(s)})
				continue
			}
			walkPackets(e, kind, device, line, list)
		}
	case map[string]any:
		o := object(v)
		if d := o.text("device", "serial", "deviceId", "serialNumber"); d != "" {
			device = short(d)
		}
		if n := named.FindStringSubmatch(o.text("characteristic", "uuid", "char")); n != nil {
			kind = strings.ToLower(n[1])
		}
		if s := o.text("hex", "packet", "value", "data"); s != "" && (packed(s) != nil || o.has("hex", "packet", "characteristic", "uuid")) {
			*list = append(*list, packet{line: line, kind: kind, device: device, bytes: packed(s)})
			return
		}
		if s := o.text("base64"); s != "" {
			b, _ := base64.StdEncoding.DecodeString(s)
			*list = append(*list, packet{line: line, kind: kind, device: device, bytes: b})
			return
		}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			of := kind
			switch {
			case inside.MatchString(name):
				of = contextOf
			case strings.Contains(strings.ToLower(name), measurementOf):
				of = measurementOf
			case name != "packets" && name != "records" && name != "measurements" && name != "contexts":
				if _, list := v[name].([]any); list {
					if !holdsObjects(v[name].([]any)) {
						continue
					}
				}
			}
			walkPackets(v[name], of, device, line, list)
		}
	}
}

func holdsObjects(list []any) bool {
	return slices.ContainsFunc(list, func(e any) bool {
		o, ok := e.(map[string]any)
		return ok && object(o).has("hex", "packet", "value", "data", "base64", "packets")
	})
}

// packetRows makes rows of packets.
type packetRows struct {
	o        *Options
	contexts map[sequence]bluetooth.Context
	measured map[sequence]bluetooth.Measurement
}

// index puts measurements and what was said about them together.
func (m *packetRows) index(list []packet) {
	for _, p := range list {
		if p.kind == contextOf {
			if c, err := bluetooth.DecodeContext(p.bytes); err == nil {
				m.contexts[sequence{p.device, c.Sequence}] = c
			}
		} else if x, err := bluetooth.DecodeMeasurement(p.bytes); err == nil {
			m.measured[sequence{p.device, x.Sequence}] = x
		}
	}
}

func (m *packetRows) row(p packet) rows.Row {
	switch {
	case p.about:
		return rows.Row{}
	case p.bytes == nil:
		return rows.Row{Why: errPacket}
	}
	var b build
	if p.kind == contextOf {
		m.context(&b, p)
	} else {
		m.measurement(&b, p)
	}
	return b.row()
}

func (m *packetRows) measurement(b *build, p packet) {
	x, err := bluetooth.DecodeMeasurement(p.bytes)
	switch {
	case errors.Is(err, bluetooth.ErrTime):
		b.refuse(errUnset)
		return
	case err != nil:
		b.refuse(errPacket.Wrap(err))
		return
	}
	n, why := reading(x)
	if why != nil {
		b.refuse(why)
		return
	}
	at, why := m.o.local(x.Time)
	if why != nil {
		b.refuse(why)
		return
	}
	unit := measure.MgdL
	if x.Molar {
		unit = measure.MmolL
	}
	g := glucose{
		value: n, unit: string(unit), sensor: x.Sample == bluetooth.InterstitialFluid, device: p.device, kind: plain(float64(x.Sequence)), sequence: float64(x.Sequence),
	}
	if c, ok := m.contexts[sequence{p.device, x.Sequence}]; ok {
		g.context = mealSlot(c)
	}
	b.add(m.o.glucose(at, g))
}

// reading is the value of a measurement, or why there is none. What the meter flags as beyond its range is HI or LO, whatever number
// it sends along.
func reading(x bluetooth.Measurement) (number, *fault.Fault) {
	switch {
	case x.Control():
		return number{}, ErrControl
	case x.Failed():
		return number{}, errFailed
	case x.Status&bluetooth.ResultTooHigh != 0, math.IsInf(x.Value, 1):
		return number{math.NaN(), "HI"}, nil
	case x.Status&bluetooth.ResultTooLow != 0, math.IsInf(x.Value, -1):
		return number{math.NaN(), "LO"}, nil
	case !x.Measured:
		return number{}, ErrNoValue
	case math.IsNaN(x.Value):
		return number{}, ErrValue
	}
	return number{value: x.Value}, nil
}

// mealSlot is the slot of a context; empty: the meter does not say which meal it was before or after.
func mealSlot(c bluetooth.Context) string {
	meal := map[bluetooth.Carbohydrate]string{bluetooth.Breakfast: "breakfast", bluetooth.Lunch: "lunch", bluetooth.Dinner: "dinner"}[c.CarbsOf]
	switch c.Meal {
	case bluetooth.Fasting:
		return "fasting"
	case bluetooth.Bedtime:
		return "bedtime"
	case bluetooth.Casual:
		return "random"
	case bluetooth.BeforeMeal:
		if meal != "" {
			return slotOf("before" + meal)
		}
	case bluetooth.AfterMeal:
		if meal != "" {
			return slotOf("after" + meal)
		}
	}
	return ""
}

// kindsOfInsulin are those of the Glucose Service in our words.
var kindsOfInsulin = map[bluetooth.Insulin]string{
	bluetooth.RapidActing: "rapid", bluetooth.ShortActing: "regular", bluetooth.IntermediateActing: "nph", bluetooth.LongActing: "long", bluetooth.Premixed: "premix",
}

// context stores what was said beside the measurement. The meal it was before or after stands with the reading.
func (m *packetRows) context(b *build, p packet) {
	c, err := bluetooth.DecodeContext(p.bytes)
	if err != nil {
		b.refuse(errPacket.Wrap(err))
		return
	}
	x, ok := m.measured[sequence{p.device, c.Sequence}]
	switch {
	case !ok:
		b.refuse(errAlone)
		return
	case x.Control():
		b.refuse(ErrControl)
		return
	}
	at, why := m.o.local(x.Time)
	if why != nil {
		b.refuse(why)
		return
	}
	device, id := short(p.device), plain(float64(c.Sequence))
	if !math.IsNaN(c.Carbs) {
		b.add(m.o.event("meal", at, properties{"carbs": finite(c.Carbs)}, device, id))
	}
	if c.Exercise > 0 {
		b.add(m.o.event("exercise", at, properties{"minutes": math.Round(c.Exercise.Minutes()*10) / 10}, device, id))
	}
	if !math.IsNaN(c.Dose) { // told as a mass or a volume: how many units that is depends on the insulin
		unit := "mg"
		if c.Volume {
			unit = "mL"
		}
		e, why := m.o.event("special_event", at, properties{"kind": "insulin_without_dose", "note": strings.TrimSpace(kindsOfInsulin[c.Insulin] + " " + plain(c.Dose) + " " + unit)}, device, id)
		b.add(e, why)
	}
	if !math.IsNaN(c.HbA1c) {
		b.add(m.o.event("hba1c", at, properties{"value": finite(c.HbA1c)}, device, id))
	}
}

// finite makes of a value beyond what the field can say one that the catalogue refuses.
func finite(v float64) float64 {
	return min(max(v, -math.MaxFloat32), math.MaxFloat32)
}
