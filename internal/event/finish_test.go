package event

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// Units are brought to the one of the catalogue, with what was typed beside it; what is impossible says what it may be instead.
func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		name, typ, props string
		num, entered     float64 // entered NaN: as stored
	}{
		{"HbA1c in %", "hba1c", `{"value": 7.2}`, 7.2, math.NaN()},
		{"HbA1c in mmol/mol", "hba1c", `{"value": 53, "unit": "mmol/mol"}`, 7.00044, 53},
		{"LDL in mg/dL", "lab", `{"test": "ldl", "value": 100, "unit": "mg/dL"}`, 100 / 38.67, 100},
		{"creatinine in mg/dL", "lab", `{"test": "creatinine", "value": 1.2, "unit": "mg/dL"}`, 106.104, 1.2},
		{"uric acid as it is", "lab", `{"test": "uric_acid", "value": 420, "unit": "umol/L"}`, 420, math.NaN()},
		{"glucose keeps its limit", "lab", `{"test": "fpg", "value": 126, "unit": "mg/dL"}`, 7.0, 126},
		{"urine albumin over creatinine", "lab", `{"test": "uacr", "value": 3.4, "unit": "mg/mmol"}`, 3.4 / 0.11312, 3.4},
	} {
		e, f := Decode(tt.typ, json.RawMessage(tt.props))
		if f != nil {
			t.Errorf("%s: refused, %v", tt.name, f)
			continue
		}
		entered := math.NaN()
		if len(e.X) > 0 {
			entered = e.X[0]
		}
		if math.Abs(e.Num-tt.num) > 1e-9*math.Abs(tt.num) || !(entered == tt.entered || math.IsNaN(entered) && math.IsNaN(tt.entered)) {
			t.Errorf("%s: %v typed %v, want %v typed %v", tt.name, e.Num, entered, tt.num, tt.entered)
		}
	}
}

func TestTheLaboratorysRangeIsConverted(t *testing.T) {
	e, f := Decode("lab", json.RawMessage(`{"test": "ldl", "value": 100, "unit": "mg/dL", "refLow": 0, "refHigh": 130}`))
	if f != nil || math.Abs(e.X[labRefHigh]-130/38.67) > 1e-9 || e.X[labRefLow] != 0 {
		t.Errorf("%v %v", e.X, f)
	}
}

func TestAUnitThatCannotBeIsRefusedWithHowToMend(t *testing.T) {
	for _, tt := range []struct{ name, typ, props, code, field, hint string }{
		{"mmol/mol without its unit", "hba1c", `{"value": 53}`, "out_of_range", "properties.value", `"unit": "mmol/mol"`},
		{"% with the other unit", "hba1c", `{"value": 7.2, "unit": "mmol/mol"}`, "out_of_range", "properties.value", "percentage"},
		{"creatinine of mg/dL said to be umol/L", "lab", `{"test": "creatinine", "value": 1.2, "unit": "umol/L"}`, "out_of_range", "properties.value", "mg/dL"},
		{"a unit of another test", "lab", `{"test": "ldl", "value": 3, "unit": "U/L"}`, "unknown_unit", "properties.unit", "mmol/L, mg/dL"},
		{"no unit", "lab", `{"test": "ldl", "value": 3}`, "field_missing", "properties.unit", ""},
		{"a range upside down", "lab", `{"test": "ldl", "value": 3, "unit": "mmol/L", "refLow": 4, "refHigh": 1}`, "out_of_range", "properties.refHigh", ""},
		{"III of the old scale", "clinical_stage", `{"system": "arco2019", "stage": "III"}`, "unknown_code", "properties.stage", "arco1994"},
		{"IIIB of the new one", "clinical_stage", `{"system": "arco1994", "stage": "IIIB"}`, "unknown_code", "properties.stage", "arco2019"},
		{"a stage of none", "clinical_stage", `{"system": "arco2019", "stage": "VII"}`, "unknown_code", "properties.stage", "IIIA"},
	} {
		_, f := Decode(tt.typ, json.RawMessage(tt.props))
		if f == nil {
			t.Errorf("%s: taken", tt.name)
			continue
		}
		if f.Code != tt.code || f.Field != tt.field || !strings.Contains(f.Hint.En, tt.hint) {
			t.Errorf("%s: %s at %s: %s", tt.name, f.Code, f.Field, f.Hint.En)
		}
	}
}

// A property lies in one place only, and what is text in none.
func TestSlotsAreNotShared(t *testing.T) {
	for _, s := range Catalogue() {
		taken := map[Slot]string{}
		for _, f := range s.Fields {
			if f.Slot == InBody {
				if f.Kind != Text {
					t.Errorf("%s.%s has no slot and is no text", s.Key, f.Name)
				}
				continue
			}
			if other := taken[f.Slot]; other != "" {
				t.Errorf("%s: %s and %s share a slot", s.Key, f.Name, other)
			}
			taken[f.Slot] = f.Name
			if code := f.Slot == SlotA || f.Slot == SlotB || f.Slot == SlotC; code != (f.Kind == Code) {
				t.Errorf("%s.%s is in a slot of another kind", s.Key, f.Name)
			}
		}
	}
}
