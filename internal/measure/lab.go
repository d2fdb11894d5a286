package measure

import (
	"math"
	"slices"
)

// Lab is a laboratory test whose value is one number.
type Lab struct {
	Key      string
	Unit     string   // of values as stored
	Min, Max float64  // no report says less or more, in Unit: what is outside was mistyped or has another unit
	Others   []Factor // other units values come in
	Decimals int      // as laboratories print it in Unit
}

// Factor is a unit with how many of it make one of a test's own unit.
type Factor struct {
	Unit string
	Per  float64
}

// labs are the known tests, in the order of a report.
//
// Sources of the factors: molar masses (glucose 180.156, cholesterol 386.65, triolein 885.4 by convention, creatinine 113.12,
// uric acid 168.11, urea nitrogen 28.014, bilirubin 584.66, calcium 40.078, phosphorus 30.974, calcidiol 400.64 g/mol), as in
// AMA Manual of Style, 11th ed., table 17.5-1; insulin 6 pmol/mU, its note. The ranges are ours: wide, because a value refused
// is a result lost, and narrow enough to notice most values of another unit.
var labs = []Lab{
	{"fpg", "mmol/L", 0.5, 60, []Factor{{"mg/dL", MgPerMmol}}, 2},
	{"glucose_random", "mmol/L", 0.5, 60, []Factor{{"mg/dL", MgPerMmol}}, 2},
	{"ogtt_0h", "mmol/L", 0.5, 60, []Factor{{"mg/dL", MgPerMmol}}, 2},
	{"ogtt_1h", "mmol/L", 0.5, 60, []Factor{{"mg/dL", MgPerMmol}}, 2},
	{"ogtt_2h", "mmol/L", 0.5, 60, []Factor{{"mg/dL", MgPerMmol}}, 2},
	{"c_peptide", "ng/mL", 0.01, 40, []Factor{{"nmol/L", 0.331}}, 2},
	{"insulin", "mU/L", 0.1, 1000, []Factor{{"pmol/L", 6}}, 1},
	{"ketone_blood", "mmol/L", 0, 30, nil, 1},
	{"ketone_urine", "+", 0, 4, nil, 0},
	{"tc", "mmol/L", 0.5, 40, []Factor{{"mg/dL", 38.67}}, 2},
	{"ldl", "mmol/L", 0.05, 30, []Factor{{"mg/dL", 38.67}}, 2},
	{"hdl", "mmol/L", 0.05, 10, []Factor{{"mg/dL", 38.67}}, 2},
	{"non_hdl", "mmol/L", 0.1, 40, []Factor{{"mg/dL", 38.67}}, 2},
	{"tg", "mmol/L", 0.1, 120, []Factor{{"mg/dL", 88.57}}, 2},
	{"apob", "g/L", 0.05, 6, []Factor{{"mg/dL", 100}}, 2},
	{"lpa", "mg/L", 1, 5000, []Factor{{"mg/dL", 0.1}}, 0},
	{"egfr", "mL/min/1.73m2", 1, 200, nil, 0},
	{"creatinine", "umol/L", 5, 3000, []Factor{{"mg/dL", 1 / 88.42}}, 0},
	{"urea", "mmol/L", 0.2, 100, []Factor{{"mg/dL", 2.8014}}, 1},
	{"cystatin_c", "mg/L", 0.1, 15, nil, 2},
	{"uacr", "mg/g", 0, 30000, []Factor{{"mg/mmol", 0.11312}}, 1},
	{"urine_albumin", "mg/L", 0, 20000, nil, 1},
	{"urine_protein_24h", "mg/24h", 0, 50000, []Factor{{"g/24h", 0.001}}, 0},
	{"uric_acid", "umol/L", 20, 2000, []Factor{{"mg/dL", 1 / 59.48}}, 0},
	{"potassium", "mmol/L", 1, 12, []Factor{{"mEq/L", 1}}, 2},
	{"sodium", "mmol/L", 90, 200, []Factor{{"mEq/L", 1}}, 0},
	{"calcium", "mmol/L", 0.5, 6, []Factor{{"mg/dL", 4.0078}}, 2},
	{"phosphate", "mmol/L", 0.1, 6, []Factor{{"mg/dL", 3.0974}}, 2},
	{"vitamin_d", "nmol/L", 2, 700, []Factor{{"ng/mL", 0.40064}}, 1},
	{"alt", "U/L", 1, 20000, nil, 0},
	{"ast", "U/L", 1, 20000, nil, 0},
	{"ggt", "U/L", 1, 10000, nil, 0},
	{"alp", "U/L", 1, 10000, nil, 0},
	{"bilirubin", "umol/L", 0.5, 1000, []Factor{{"mg/dL", 1 / 17.104}}, 1},
	{"albumin", "g/L", 5, 80, []Factor{{"g/dL", 0.1}}, 1},
	{"ck", "U/L", 1, 500000, nil, 0},
	{"homocysteine", "umol/L", 1, 400, nil, 1},
	{"tsh", "mU/L", 0.001, 500, nil, 2},
	{"crp", "mg/L", 0.01, 800, []Factor{{"mg/dL", 0.1}}, 1},
	{"esr", "mm/h", 0, 200, nil, 0},
	{"haemoglobin", "g/L", 10, 280, []Factor{{"g/dL", 0.1}}, 0},
	{"wbc", "10^9/L", 0.05, 800, nil, 2},
	{"platelets", "10^9/L", 1, 3000, nil, 0},
	{"inr", "1", 0.5, 25, nil, 2},
	{"d_dimer", "mg/L", 0.01, 200, nil, 2},
	{"bmd_hip_t", "T", -8, 8, nil, 1},
	{"bmd_spine_t", "T", -8, 8, nil, 1},
	{"bmd_hip", "g/cm2", 0.1, 2.5, nil, 3},
	{"bmd_spine", "g/cm2", 0.1, 2.5, nil, 3},
}

// Labs are the known tests, in the order of a report.
func Labs() []Lab { return slices.Clone(labs) }

// LabKeys are their keys.
func LabKeys() []string {
	out := make([]string, len(labs))
	for i := range labs {
		out[i] = labs[i].Key
	}
	return out
}

// LabOf finds a test by key; not ok when nobody knows it.
func LabOf(key string) (Lab, bool) {
	for i := range labs {
		if labs[i].Key == key {
			return labs[i], true
		}
	}
	return Lab{}, false
}

// Units are all units values of l come in, its own first.
func (l Lab) Units() []string {
	out := []string{l.Unit}
	for _, f := range l.Others {
		out = append(out, f.Unit)
	}
	return out
}

// From brings v in unit to l's own unit; not ok for a unit l is not measured in. Glucose keeps the side of the published
// limits; see FromMgdL.
func (l Lab) From(v float64, unit string) (float64, bool) {
	if unit == l.Unit || unit == "" {
		return v, true
	}
	for _, f := range l.Others {
		switch {
		case f.Unit != unit:
		case f.Per == MgPerMmol:
			return FromMgdL(v), true
		default:
			return v / f.Per, true
		}
	}
	return math.NaN(), false
}

// To is v, in l's own unit, in another one.
func (l Lab) To(v float64, unit string) (float64, bool) {
	if unit == l.Unit || unit == "" {
		return v, true
	}
	for _, f := range l.Others {
		if f.Unit == unit {
			return v * f.Per, true
		}
	}
	return math.NaN(), false
}

// HbA1cFromIFCC is mmol/mol as %. Source: the IFCC-NGSP master equation (Hoelzel 2004, Clin Chem 50:166),
// NGSP = 0.09148 IFCC + 2.152.
func HbA1cFromIFCC(v float64) float64 { return 0.09148*v + 2.152 }

// HbA1cToIFCC is % as mmol/mol, the same equation read backwards.
func HbA1cToIFCC(v float64) float64 { return (v - 2.152) / 0.09148 }
