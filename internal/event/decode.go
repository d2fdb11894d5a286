package event

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// What may be wrong with one event. The texts name the field and what would be right, never the value sent.
var (
	ErrUnknownType = fault.New(fault.Invalid, "unknown_event_type", "目录里没有这种事件", "the catalogue has no such event type")
	ErrSystemType  = fault.New(fault.Invalid, "system_event_type", "这种事件只由系统自己写", "only peiban itself writes this event type")
	ErrNotObject   = fault.New(fault.Invalid, "properties_not_object", "properties 必须是一个 JSON 对象", "properties must be a JSON object")
	ErrMissing     = fault.New(fault.Invalid, "field_missing", "缺少必填字段", "a required field is missing")
	ErrNotNumber   = fault.New(fault.Invalid, "not_a_number", "这里要一个数字", "a number is expected here")
	ErrNotText     = fault.New(fault.Invalid, "not_text", "这里要一段文字", "text is expected here")
	ErrNotBool     = fault.New(fault.Invalid, "not_true_or_false", "这里要 true 或 false", "true or false is expected here")
	ErrCode        = fault.New(fault.Invalid, "unknown_code", "不认识这个代码", "this code is not known")
	ErrUnit        = fault.New(fault.Invalid, "unknown_unit", "不认识这个单位", "this unit is not known")
	ErrRange       = fault.New(fault.Invalid, "out_of_range", "数值超出可能的范围", "the number is outside the possible range")
	ErrTooLong     = fault.New(fault.Invalid, "text_too_long", "文字太长", "the text is too long")
)

// maxCode is how long a code may be, in bytes.
const maxCode = 120

// Decode checks one event's properties against the catalogue and puts them into their slots. Times, person and
// sequence are the caller's. Properties the catalogue does not know are kept in Body, as is free text.
//
// A glucose value comes out on the mmol/L scale (see measure.FromMgdL), with what was typed in X0 when the unit
// was another. "HI" and "LO" become flags without a number; a value no meter can show is flagged and kept.
func Decode(key string, properties json.RawMessage) (Event, *fault.Fault) {
	spec := Lookup(key)
	if spec == nil {
		f := ErrUnknownType.At("event")
		if near := nearest(key); near != "" {
			f = f.Because("是不是 "+near+"？全部类型见 /api/catalogue", "did you mean "+near+"? /api/catalogue lists all")
		}
		return Event{}, f
	}
	return spec.Decode(properties)
}

// Decode is Decode for a known type.
func (s *Spec) Decode(properties json.RawMessage) (Event, *fault.Fault) {
	e := Event{Type: s.Type, Schema: 1, Num: math.NaN()}
	props := map[string]json.RawMessage{}
	if p := bytes.TrimSpace(properties); len(p) > 0 && !bytes.Equal(p, []byte("null")) {
		if err := json.Unmarshal(p, &props); err != nil {
			return e, ErrNotObject.At("properties")
		}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		raw, ok := props[f.Name]
		if ok && bytes.Equal(raw, []byte("null")) {
			delete(props, f.Name)
			ok = false
		}
		if !ok {
			if f.Required {
				return e, ErrMissing.At("properties.%s", f.Name)
			}
			continue
		}
		if f.Slot == InBody {
			if f.Kind == Text {
				var t string
				if json.Unmarshal(raw, &t) != nil {
					return e, ErrNotText.At("properties.%s", f.Name)
				}
			}
			continue
		}
		if fl := f.put(&e, raw); fl != nil {
			return e, fl
		}
		delete(props, f.Name)
	}
	if s.Type == Glucose {
		if fl := finishGlucose(&e); fl != nil {
			return e, fl
		}
	}
	if len(props) > 0 {
		e.Body, _ = json.Marshal(props) // cannot fail: the parts were parsed
	}
	return e, nil
}

// put reads one property into its slot.
func (f *Field) put(e *Event, raw json.RawMessage) *fault.Fault {
	switch f.Kind {
	case Number:
		v, fl := f.number(e, raw)
		if fl != nil {
			return fl
		}
		f.setNumber(e, v)
	case Bool:
		var b bool
		if json.Unmarshal(raw, &b) != nil {
			return ErrNotBool.At("properties.%s", f.Name)
		}
		v := 0.0
		if b {
			v = 1
		}
		f.setNumber(e, v)
	case Code:
		var t string
		if json.Unmarshal(raw, &t) != nil {
			return ErrNotText.At("properties.%s", f.Name)
		}
		if len(t) > maxCode || !utf8.ValidString(t) {
			return ErrTooLong.At("properties.%s", f.Name).Because("代码最多 120 字节", "a code has at most 120 bytes")
		}
		if len(f.Enum) > 0 && t != "" && !slices.Contains(f.Enum, t) {
			kind := ErrCode
			if f.Name == "unit" {
				kind = ErrUnit
			}
			one := strings.Join(f.Enum, ", ")
			return kind.At("properties.%s", f.Name).Because("可用："+one, "one of: "+one)
		}
		f.setCode(e, Intern(t))
	}
	return nil
}

func (f *Field) number(e *Event, raw json.RawMessage) (float64, *fault.Fault) {
	var v float64
	if json.Unmarshal(raw, &v) == nil {
		if (f.Min != 0 || f.Max != 0) && (v < f.Min || v > f.Max) {
			return 0, ErrRange.At("properties.%s", f.Name).
				Because("应在 "+short(f.Min)+" 到 "+short(f.Max)+" "+f.Unit+" 之间", "between "+short(f.Min)+" and "+short(f.Max)+" "+f.Unit)
		}
		return v, nil
	}
	var t string
	if e.Type == Glucose && f.Name == "value" && json.Unmarshal(raw, &t) == nil {
		switch strings.ToUpper(strings.TrimSpace(t)) {
		case "HI", "HIGH":
			e.Flags |= HI
			return math.NaN(), nil
		case "LO", "LOW":
			e.Flags |= LO
			return math.NaN(), nil
		}
	}
	return 0, ErrNotNumber.At("properties.%s", f.Name).
		Because("写成不带引号的数字，例如 7.8", "write a number without quotes, such as 7.8")
}

func (f *Field) setNumber(e *Event, v float64) {
	if f.Slot == SlotNum {
		e.Num = v
		return
	}
	for k := int(f.Slot - X0); len(e.X) <= k; {
		e.X = append(e.X, math.NaN())
	}
	e.X[f.Slot-X0] = v
}

func (f *Field) setCode(e *Event, y Symbol) {
	switch f.Slot {
	case SlotA:
		e.A = y
	case SlotB:
		e.B = y
	case SlotC:
		e.C = y
	}
}

var (
	_    = Intern(string(measure.MmolL))
	mgdL = Intern(string(measure.MgdL))
)

// finishGlucose brings the value to the mmol/L scale and flags what no meter can show.
func finishGlucose(e *Event) *fault.Fault {
	if e.B == 0 {
		return ErrMissing.At("properties.unit").Because("写 mmol/L 或 mg/dL", "write mmol/L or mg/dL")
	}
	if e.Flags&(HI|LO) != 0 {
		return nil
	}
	if e.B == mgdL {
		e.X = []float64{e.Num}
		e.Num = measure.FromMgdL(e.Num)
	}
	if e.Num < measure.GlucoseMin || e.Num > measure.GlucoseMax {
		e.Flags |= Implausible
	}
	return nil
}

// Entered is a glucose value as it was typed, with its unit; NaN when the meter said HI or LO.
func (e *Event) Entered() (float64, measure.Unit) {
	if e.B == mgdL && len(e.X) > 0 {
		return e.X[0], measure.MgdL
	}
	return e.Num, measure.MmolL
}

func short(v float64) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// nearest finds a wire name within two edits of key.
func nearest(key string) string {
	best, at := "", 3
	for i := range catalogue {
		if d := distance(key, catalogue[i].Key); d < at {
			best, at = catalogue[i].Key, d
		}
	}
	return best
}

// distance is Levenshtein's, for short names; names longer than 40 bytes are never near.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			prev, row[j] = row[j], min(row[j]+1, row[j-1]+1, prev+cost)
		}
	}
	return row[len(b)]
}
