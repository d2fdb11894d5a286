package event

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, key, props string
		code, field      string // of the fault; empty: taken
	}{
		{"a plain reading", "glucose", `{"value":7.8,"unit":"mmol/L","context":"fasting"}`, "", ""},
		{"unknown fields are kept", "glucose", `{"value":7.8,"unit":"mmol/L","mood":{"a":[1,2]}}`, "", ""},
		{"a type nobody knows, with what was meant", "glucos", `{}`, "unknown_event_type", "event"},
		{"text for a number", "glucose", `{"value":"7.8","unit":"mmol/L"}`, "not_a_number", "properties.value"},
		{"a wrong unit", "glucose", `{"value":7.8,"unit":"mmol"}`, "unknown_unit", "properties.unit"},
		{"no unit", "glucose", `{"value":7.8}`, "field_missing", "properties.unit"},
		{"no value", "glucose", `{"unit":"mmol/L"}`, "field_missing", "properties.value"},
		{"null is missing", "glucose", `{"value":null,"unit":"mmol/L"}`, "field_missing", "properties.value"},
		{"a meal slot that is none", "glucose", `{"value":7.8,"unit":"mmol/L","context":"elevenses"}`, "unknown_code", "properties.context"},
		{"a list for properties", "glucose", `[1]`, "properties_not_object", "properties"},
		{"a number beyond any body", "weight", `{"value":4000}`, "out_of_range", "properties.value"},
		{"a yes that is a word", "consent", `{"purpose":"health_data","granted":"yes","textVersion":"1"}`, "not_true_or_false", "properties.granted"},
		{"a code as long as a book", "order", `{"product":"` + strings.Repeat("x", 500) + `"}`, "text_too_long", "properties.product"},
		{"a glucose no blood has", "glucose", `{"value":1e308,"unit":"mmol/L"}`, "out_of_range", "properties.value"},
		{"the same in mg/dL", "glucose", `{"value":18016,"unit":"mg/dL"}`, "out_of_range", "properties.value"},
		{"less than nothing", "glucose", `{"value":-0.1,"unit":"mmol/L"}`, "out_of_range", "properties.value"},
		{"a number that would end every sum", "form_answer", `{"form":"f","item":"i","value":1e308}`, "out_of_range", "properties.value"},
		{"two values: nobody knows which", "glucose", `{"value":7.8,"unit":"mmol/L","value":2.8}`, "said_twice", "properties.value"},
		{"two of a name nobody knows", "glucose", `{"value":7.8,"unit":"mmol/L","x":{":":1},"x":"a\\\":"}`, "said_twice", "properties"},
		{"the same name further inside", "glucose", `{"value":7.8,"unit":"mmol/L","x":{"value":1},"y":[{"value":"a:b"}]}`, "", ""},
		{"a number as no JSON has it", "glucose", `{"value":07.8,"unit":"mmol/L"}`, "bad_json", "properties"},
		{"a code with a NUL", "target", `{"profile":"adult","by":"a\u0000b"}`, "not_one_line", "properties.by"},
		{"a name of two lines", "profile", `{"name":"a\nb"}`, "not_one_line", "properties.name"},
		{"a name as long as a letter", "profile", `{"name":"` + strings.Repeat("长", 61) + `"}`, "text_too_long", "properties.name"},
		{"a name that is a number", "profile", `{"name":5}`, "not_text", "properties.name"},
		{"SQL and HTML are text like any other", "chat", `{"from":"person","text":"'; DROP TABLE event;--<script>"}`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, f := Decode(tt.key, json.RawMessage(tt.props))
			switch {
			case f == nil && tt.code != "":
				t.Fatal("taken")
			case f != nil && (f.Code != tt.code || f.Field != tt.field):
				t.Fatalf("%s at %s, want %s at %s", f.Code, f.Field, tt.code, tt.field)
			case f != nil && f.Code != "properties_not_object" && f.Hint.Zh == "":
				t.Error("no hint says what would be right")
			}
		})
	}
	_, f := Decode("glucos", nil)
	if !strings.Contains(f.Hint.En, "glucose") {
		t.Errorf("hint %q does not say glucose", f.Hint.En)
	}
}

func TestDecodeNeverRepeatsTheValue(t *testing.T) {
	_, f := Decode("glucose", json.RawMessage(`{"value":"secret-17.3","unit":"mmol/L"}`))
	if f == nil || strings.Contains(f.Error()+f.Text.Zh+f.Hint.Zh, "17.3") {
		t.Errorf("the answer repeats what was measured: %v", f)
	}
}

func TestGlucoseFlagsAndUnits(t *testing.T) {
	tests := []struct {
		name, props string
		want        float64 // NaN: no number
		flags       Flags
	}{
		{"mmol/L stays", `{"value":3.9,"unit":"mmol/L"}`, 3.9, 0},
		{"70 mg/dL is the limit 3.9, not 3.886", `{"value":70,"unit":"mg/dL"}`, 3.9, 0},
		{"69 mg/dL is below it", `{"value":69,"unit":"mg/dL"}`, 69 / 18.0156, 0},
		{"54 mg/dL is the limit 3.0", `{"value":54,"unit":"mg/dL"}`, 3.0, 0},
		{"HI has no number", `{"value":"HI","unit":"mmol/L"}`, math.NaN(), HI},
		{"Lo has no number", `{"value":"Lo","unit":"mg/dL"}`, math.NaN(), LO},
		{"78 mmol/L is no blood", `{"value":78,"unit":"mmol/L"}`, 78, Implausible},
		{"33.3 is the last a meter shows", `{"value":33.3,"unit":"mmol/L"}`, 33.3, 0},
		{"1.0 is below the first", `{"value":1.0,"unit":"mmol/L"}`, 1.0, Implausible},
		{"a hundred times a meter's range is kept and flagged", `{"value":999,"unit":"mmol/L"}`, 999, Implausible},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, f := Decode("glucose", json.RawMessage(tt.props))
			if f != nil {
				t.Fatal(f)
			}
			if e.Flags != tt.flags || (math.IsNaN(e.Num) != math.IsNaN(tt.want)) || (math.Abs(e.Num-tt.want) > 1e-9 && !(math.IsNaN(e.Num) && math.IsNaN(tt.want))) {
				t.Errorf("%v with flags %b, want %v with %b", e.Num, e.Flags, tt.want, tt.flags)
			}
		})
	}
}

func TestIDHoldsTheSequence(t *testing.T) {
	id := IDOf(1_772_940_420_000_000, 1234567)
	if s, ok := SeqOf(id); !ok || s != 1234567 || len(id) != 26 {
		t.Errorf("%s gives %d, %v", id, s, ok)
	}
	if _, ok := SeqOf("../../etc/passwd"); ok {
		t.Error("a path was taken for an id")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("glucose", []byte(`{"value":7.8,"unit":"mmol/L"}`))
	f.Add("consent", []byte(`{"purpose":"x"}`))
	f.Fuzz(func(_ *testing.T, key string, props []byte) { _, _ = Decode(key, props) })
}
