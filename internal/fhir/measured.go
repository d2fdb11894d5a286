package fhir

import (
	"strings"

	"peiban/internal/measure"
)

func observation(e *Entry, g *Reading) ([]Fact, string) {
	return observationAt(e.Resource, g, Moment{})
}

// observationAt reads an observation; other is when it was made, where it does not say so itself.
func observationAt(r map[string]any, g *Reading, other Moment) ([]Fact, string) {
	switch text(r, "status") {
	case "final", "amended", "corrected", "preliminary":
	default:
		return nil, LeftStatus
	}
	code := object(r, "code")
	at, ok := g.when(r, "effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")
	if !ok {
		at, ok = other, !other.At.IsZero()
	}
	pressure := hasCode(code, LOINC, pressurePanel) || len(objects(r, "component")) > 0 && parts(r, systolicCode) != nil && parts(r, diastolicCode) != nil
	m, known := meaningOf(code)
	switch {
	case !pressure && !known:
		return nil, LeftCode
	case !ok || at.Period.Hours() > 25: // a month or a year is no time of a measurement; a day has 23 to 25 hours
		return nil, LeftTime
	case pressure:
		return bloodPressure(r, at)
	}
	q, ok := quantityOf(object(r, "valueQuantity"))
	if n, whole := number(r["valueInteger"]); whole && !ok {
		q, ok = Quantity{Value: n}, true
	}
	switch {
	case !ok:
		return nil, LeftValue
	case q.Inexact:
		return nil, LeftInexact
	}
	units := m.units
	if units == nil {
		units = ucumLabs
	}
	f, ok := units[q.Unit]
	if !ok || q.Unit == "" && q.Written != "" {
		return nil, LeftUnit
	}
	return value(r, m, q, f, at)
}

func value(r map[string]any, m meaning, q Quantity, f factor, at Moment) ([]Fact, string) {
	props := map[string]any{"original": q.original()}
	for k, v := range m.with {
		props[k] = v
	}
	v := any(q.Value * f.per)
	if f.per == 1 && q.Number != "" {
		v = q.Number
	}
	switch m.key {
	case "glucose":
		props["value"], props["unit"] = v, f.unit
		if id := deviceOf(r); id != "" {
			props["device"] = id
		}
	case "hba1c":
		props["value"], props["unit"] = v, f.unit
	case "sleep":
		props["hours"] = v
	case "lab":
		lab, _ := measure.LabOf(m.lab) // a test holds every code to a known test
		if _, ok := lab.From(q.Value, f.unit); !ok {
			return nil, LeftUnit
		}
		props["test"], props["value"], props["unit"] = m.lab, v, f.unit
		laboratory(r, q, props)
	default:
		props["value"] = v
	}
	return []Fact{{Key: m.key, Props: props, At: at}}, ""
}

// laboratory adds how the laboratory judged a value, and its range where it is in the unit of the value.
func laboratory(r map[string]any, q Quantity, props map[string]any) {
	for _, c := range objects(r, "interpretation") {
		switch {
		case codeIn(c, "L"), codeIn(c, "LL"):
			props["judged"] = "low"
		case codeIn(c, "H"), codeIn(c, "HH"):
			props["judged"] = "high"
		case codeIn(c, "N"):
			props["judged"] = "normal"
		}
	}
	ranges := objects(r, "referenceRange")
	if len(ranges) != 1 { // several: for whom each is, cannot be told
		return
	}
	low, hasLow := quantityOf(object(ranges[0], "low"))
	high, hasHigh := quantityOf(object(ranges[0], "high"))
	if hasLow && low.Unit == q.Unit && (!hasHigh || low.Value <= high.Value) {
		props["refLow"] = low.Value
	}
	if hasHigh && high.Unit == q.Unit && (!hasLow || low.Value <= high.Value) {
		props["refHigh"] = high.Value
	}
}

func bloodPressure(r map[string]any, at Moment) ([]Fact, string) {
	props := map[string]any{}
	original := map[string]any{}
	for name, code := range map[string]string{"systolic": systolicCode, "diastolic": diastolicCode} {
		q, ok := quantityOf(object(parts(r, code), "valueQuantity"))
		if !ok {
			return nil, LeftValue
		}
		f, ok := pressures[q.Unit]
		switch {
		case q.Inexact:
			return nil, LeftInexact
		case !ok:
			return nil, LeftUnit
		}
		props[name], original[name] = q.Value*f.per, q.original()
	}
	if q, ok := quantityOf(object(parts(r, heartRate), "valueQuantity")); ok && (q.Unit == "/min" || q.Unit == "{beats}/min") && q.Value >= 20 && q.Value <= 250 {
		props["pulse"] = q.Value
	}
	props["original"] = original
	return []Fact{{Key: "blood_pressure", Props: props, At: at}}, ""
}

// parts is the component with a code of LOINC; nil: none.
func parts(r map[string]any, code string) map[string]any {
	for _, c := range objects(r, "component") {
		if hasCode(object(c, "code"), LOINC, code) {
			return c
		}
	}
	return nil
}

// deviceOf is the serial number or name of what measured.
func deviceOf(r map[string]any) string {
	d := object(r, "device")
	id := text(object(d, "identifier"), "value")
	if id = strings.TrimSpace(or(id, text(d, "display"))); len(id) > 100 {
		return ""
	}
	return id
}
