package event

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// What may be wrong with one event. The texts name the field and what would be right, never the value sent.
var (
	ErrUnknownType = fault.New(fault.Invalid, "unknown_event_type", "目录里没有这种事件", "the catalogue has no such event type")
	ErrSystemType  = fault.New(fault.Invalid, "system_event_type", "这种事件只由系统自己写", "only peiban itself writes this event type")
	ErrNotObject   = fault.New(fault.Invalid, "properties_not_object", "这里要一个 JSON 对象", "a JSON object is expected here")
	ErrBroken      = fault.New(fault.Invalid, "bad_json", "这里不是 JSON", "this is not JSON")
	ErrTwice       = fault.New(fault.Invalid, "said_twice", "同一个字段写了两次", "the same field is given twice").Because("只留一个", "give it once")
	ErrMissing     = fault.New(fault.Invalid, "field_missing", "缺少必填字段", "a required field is missing")
	ErrNotNumber   = fault.New(fault.Invalid, "not_a_number", "这里要一个数字", "a number is expected here")
	ErrNotText     = fault.New(fault.Invalid, "not_text", "这里要一段文字", "text is expected here")
	ErrNotBool     = fault.New(fault.Invalid, "not_true_or_false", "这里要 true 或 false", "true or false is expected here")
	ErrCode        = fault.New(fault.Invalid, "unknown_code", "不认识这个代码", "this code is not known")
	ErrUnit        = fault.New(fault.Invalid, "unknown_unit", "不认识这个单位", "this unit is not known")
	ErrRange       = fault.New(fault.Invalid, "out_of_range", "数值超出可能的范围", "the number is outside the possible range")
	ErrTooLong     = fault.New(fault.Invalid, "text_too_long", "文字太长", "the text is too long")
	ErrOneLine     = fault.New(fault.Invalid, "not_one_line", "这里不能有换行或控制字符", "no line breaks or control characters here")
)

// maxCode is how long a code may be, in bytes.
const maxCode = 120

// Beyond these no number means anything, whatever it measures: sums of such numbers would stop being numbers.
const (
	largestNumber  = 1e16
	largestGlucose = 1000 // mmol/L; what lies between a meter's range and this is kept and flagged
)

// Decode checks one event's properties against the catalogue and puts them into their slots. Times, person and
// sequence are the caller's. Properties the catalogue does not know are kept in Body, as is free text.
//
// A glucose value comes out on the mmol/L scale (see measure.FromMgdL), with what was typed in X0 when the unit
// was another. "HI" and "LO" become flags without a number; a value no meter can show is flagged and kept.
func Decode(key string, properties json.RawMessage) (Event, *fault.Fault) {
	spec := Lookup(key)
	if spec == nil {
		f := ErrUnknownType.At("event").Because("全部类型见 /api/catalogue", "/api/catalogue lists all")
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
			if p[0] == '{' {
				return e, ErrBroken.At("properties").Because("值写成 7.8、\"文字\"、true 或 null", "values are written 7.8, \"text\", true or null")
			}
			return e, ErrNotObject.At("properties")
		}
		if members(p) != len(props) {
			return e, ErrTwice.At("properties%s", dotted(twice(p)))
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
				return e, ErrMissing.At("properties.%s", f.Name).Because(f.expected())
			}
			continue
		}
		if f.Slot == InBody {
			if f.Kind == Text {
				if fl := f.text(raw); fl != nil {
					return e, fl
				}
			}
			continue
		}
		if fl := f.put(&e, raw); fl != nil {
			return e, fl
		}
		delete(props, f.Name)
	}
	if finish := finishers[s.Type]; finish != nil {
		if fl := finish(&e); fl != nil {
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
			return ErrNotBool.At("properties.%s", f.Name).Because(f.expected())
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
		if strings.ContainsFunc(t, unicode.IsControl) { // a NUL is text to SQLite and none to PostgreSQL
			return ErrOneLine.At("properties.%s", f.Name).Because("写成一行", "write it on one line")
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
		low, high, unit := f.Min, f.Max, f.Unit
		switch {
		case len(f.Units) > 1:
			return v, nil // its limits depend on the unit: finishers
		case low == 0 && high == 0:
			low, high, unit = -largestNumber, largestNumber, ""
		}
		if v < low || v > high {
			return 0, between(f.Name, low, high, unit)
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

func between(field string, low, high float64, unit string) *fault.Fault {
	if unit != "" {
		unit = " " + unit
	}
	return ErrRange.At("properties.%s", field).
		Because("应在 "+short(low)+" 到 "+short(high)+unit+" 之间", "between "+short(low)+" and "+short(high)+unit)
}

// text checks a text that goes into Body.
func (f *Field) text(raw json.RawMessage) *fault.Fault {
	var t string
	if json.Unmarshal(raw, &t) != nil {
		return ErrNotText.At("properties.%s", f.Name).Because("写成带引号的文字", "write it in quotes")
	}
	if f.Longest == 0 {
		return nil
	}
	if utf8.RuneCountInString(t) > f.Longest {
		n := strconv.Itoa(f.Longest)
		return ErrTooLong.At("properties.%s", f.Name).Because("最多 "+n+" 个字", "at most "+n+" characters")
	}
	if strings.ContainsFunc(t, unicode.IsControl) {
		return ErrOneLine.At("properties.%s", f.Name).Because("写成一行", "write it on one line")
	}
	return nil
}

// expected says what a right value looks like.
func (f *Field) expected() (zh, en string) {
	switch {
	case f.Kind == Number:
		return "写一个不带引号的数字，例如 7.8", "a number without quotes, such as 7.8"
	case f.Kind == Bool:
		return "写 true 或 false", "true or false"
	case len(f.Enum) > 0:
		one := strings.Join(f.Enum, ", ")
		return "可用：" + one, "one of: " + one
	}
	return "写一段文字", "a text"
}

// members counts the members of a JSON object that was parsed.
func members(b []byte) (n int) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 1 {
				n++
			}
		}
	}
	return n
}

// twice finds the first member of an object that is given twice.
func twice(b []byte) string {
	d, seen := json.NewDecoder(bytes.NewReader(b)), map[string]bool{}
	_, _ = d.Token() // the bracket; all of it was parsed before
	for d.More() {
		t, _ := d.Token()
		key, _ := t.(string)
		if seen[key] {
			return key
		}
		seen[key] = true
		var skip json.RawMessage
		_ = d.Decode(&skip)
	}
	return ""
}

// dotted is a field of the catalogue after a dot; a name that only the sender knows is not repeated.
func dotted(key string) string {
	for i := range catalogue {
		if catalogue[i].Field(key) != nil {
			return "." + key
		}
	}
	return ""
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
