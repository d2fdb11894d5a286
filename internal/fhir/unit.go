package fhir

import (
	"encoding/json"
	"strings"
)

// Addresses of code systems.
const (
	LOINC  = "http://loinc.org"
	SNOMED = "http://snomed.info/sct"
	UCUM   = "http://unitsofmeasure.org"
	ATC    = "http://www.whocc.no/atc"
)

// Quantity is a measured value as it came.
type Quantity struct {
	Value   float64
	Number  json.Number // as it was written
	Unit    string      // UCUM; empty: the unit is not one we know, and is never guessed
	Written string      // the unit as people read it
	Inexact bool        // "less than 3": no number to count with
}

// spelled are units people write where they give no UCUM code, in small letters. Only what can mean one unit.
var spelled = map[string]string{
	"mmol/l": "mmol/L", "mg/dl": "mg/dL", "mmol/mol": "mmol/mol", "%": "%", "kg": "kg", "g": "g", "lb": "[lb_av]", "lbs": "[lb_av]",
	"cm": "cm", "m": "m", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]", "mmhg": "mm[Hg]", "mm hg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kpa": "kPa",
	"umol/l": "umol/L", "μmol/l": "umol/L", "µmol/l": "umol/L", "nmol/l": "nmol/L", "pmol/l": "pmol/L", "g/l": "g/L", "g/dl": "g/dL", "mg/l": "mg/L", "ng/ml": "ng/mL",
	"u/l": "U/L", "iu/l": "[IU]/L", "miu/l": "m[IU]/L", "mu/l": "mU/L", "uiu/ml": "u[IU]/mL", "meq/l": "meq/L", "mm/h": "mm/h",
	"mg/g": "mg/g", "mg/mmol": "mg/mmol", "10^9/l": "10*9/L", "10*9/l": "10*9/L", "10^3/ul": "10*3/uL", "10*3/ul": "10*3/uL", "ml/min/1.73m2": "mL/min/{1.73_m2}",
	"h": "h", "hours": "h", "min": "min", "d": "d", "day": "d", "days": "d", "毫摩尔/升": "mmol/L", "千克": "kg", "公斤": "kg", "厘米": "cm", "毫米汞柱": "mm[Hg]",
}

// quantityOf reads a Quantity; not ok when it holds no number.
func quantityOf(o map[string]any) (Quantity, bool) {
	v, ok := number(o["value"])
	if !ok {
		return Quantity{}, false
	}
	q := Quantity{Value: v, Written: text(o, "unit"), Inexact: text(o, "comparator") != ""}
	q.Number, _ = o["value"].(json.Number)
	code, system := text(o, "code"), text(o, "system")
	switch {
	case code != "" && (system == UCUM || system == ""):
		q.Unit = code
	case code == "" && system == "":
		q.Unit = spelled[strings.ToLower(strings.TrimSpace(q.Written))]
	}
	if q.Written == "" {
		q.Written = code
	}
	return q, true
}

// original is the value and unit as they came, kept beside what they became.
func (q Quantity) original() map[string]any {
	o := map[string]any{"value": q.Value, "unit": q.Written}
	if q.Number != "" {
		o["value"] = q.Number
	}
	if q.Unit != "" && q.Unit != q.Written {
		o["code"] = q.Unit
	}
	return o
}

// factor is how many of ours one of a UCUM unit is.
type factor struct {
	unit string
	per  float64
}

// Units of body measures and blood pressure. Source: exact definitions of pound, inch; 1 kPa = 7.50062 mmHg (UCUM).
var (
	weights   = map[string]factor{"kg": {"kg", 1}, "g": {"kg", 0.001}, "[lb_av]": {"kg", 0.45359237}}
	lengths   = map[string]factor{"cm": {"cm", 1}, "m": {"cm", 100}, "mm": {"cm", 0.1}, "[in_i]": {"cm", 2.54}}
	pressures = map[string]factor{"mm[Hg]": {"mmHg", 1}, "kPa": {"mmHg", 7.50062}}
	perDay    = map[string]factor{"{steps}/d": {"/d", 1}, "{steps}": {"/d", 1}, "/d": {"/d", 1}}
	hours     = map[string]factor{"h": {"h", 1}, "min": {"h", 1.0 / 60}}
	scores    = map[string]factor{"{score}": {"", 1}, "1": {"", 1}, "": {"", 1}}
	glucoses  = map[string]factor{"mmol/L": {"mmol/L", 1}, "mg/dL": {"mg/dL", 1}}
	hba1cs    = map[string]factor{"%": {"%", 1}, "mmol/mol": {"mmol/mol", 1}}
)

// ucumLabs are the units of laboratory values by UCUM code, as package measure names them; its own factors do the rest.
var ucumLabs = map[string]factor{
	"mmol/L": {"mmol/L", 1}, "mg/dL": {"mg/dL", 1}, "umol/L": {"umol/L", 1}, "nmol/L": {"nmol/L", 1}, "pmol/L": {"pmol/L", 1},
	"g/L": {"g/L", 1}, "g/dL": {"g/dL", 1}, "mg/L": {"mg/L", 1}, "ug/mL": {"mg/L", 1}, "ng/mL": {"ng/mL", 1}, "ug/L": {"ng/mL", 1},
	"U/L": {"U/L", 1}, "[IU]/L": {"U/L", 1}, "mU/L": {"mU/L", 1}, "m[IU]/L": {"mU/L", 1}, "u[IU]/mL": {"mU/L", 1}, "uU/mL": {"mU/L", 1},
	"meq/L": {"mEq/L", 1}, "mm/h": {"mm/h", 1}, "mm/(1.h)": {"mm/h", 1}, "mg/g": {"mg/g", 1}, "mg/g{creat}": {"mg/g", 1}, "mg/mmol": {"mg/mmol", 1},
	"mg/mmol{creat}": {"mg/mmol", 1}, "mg/(24.h)": {"mg/24h", 1}, "mg/d": {"mg/24h", 1}, "g/(24.h)": {"g/24h", 1}, "g/d": {"g/24h", 1},
	"10*9/L": {"10^9/L", 1}, "10*3/uL": {"10^9/L", 1}, "/nL": {"10^9/L", 1},
	"mL/min/{1.73_m2}": {"mL/min/1.73m2", 1}, "mL/min/1.73.m2": {"mL/min/1.73m2", 1}, "{INR}": {"1", 1}, "1": {"1", 1}, "{ratio}": {"1", 1},
}
