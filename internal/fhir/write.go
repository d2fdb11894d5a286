package fhir

import (
	"math"
	"time"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/medicine"
)

// Told is an event to be written as a resource.
type Told struct {
	ID      string // of the resource
	Patient string // id of whom it is about
	Event   *event.Event
	Body    map[string]any // what has no slot; nil: it is not told
	Zone    *time.Location // of the person
	Now     int64          // microseconds
	Newest  bool           // of its kind: what later ones replaced is over
}

type o = map[string]any

// Instant is a moment as FHIR writes it, in the person's zone.
func Instant(at int64, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t := time.UnixMicro(at).In(zone)
	if t.Nanosecond() != 0 {
		return t.Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.Format("2006-01-02T15:04:05Z07:00")
}

// Ref is a reference to a resource of ours.
func Ref(resourceType, id string) o { return o{"reference": resourceType + "/" + id} }

func coding(system, code, display string) o {
	c := o{"system": system, "code": code}
	if display != "" {
		c["display"] = display
	}
	return c
}

// Concept is one coding with its words.
func Concept(system, code, words string) o {
	c := o{"coding": []any{coding(system, code, "")}}
	if words != "" {
		c["text"] = words
	}
	return c
}

func amount(v float64, unit, code string) o {
	q := o{"value": v, "unit": unit}
	if code != "" {
		q["system"], q["code"] = UCUM, code
	}
	return q
}

// ucumOf is a laboratory unit by UCUM; empty: it has none.
func ucumOf(unit string) string {
	switch unit {
	case "+", "T":
		return ""
	case "mU/L":
		return "m[IU]/L"
	case "10^9/L":
		return "10*9/L"
	case "mEq/L":
		return "meq/L"
	case "mg/24h":
		return "mg/(24.h)"
	case "mL/min/1.73m2":
		return "mL/min/{1.73_m2}"
	}
	return unit
}

// single are the measurements of one number: code, words, unit as read and by UCUM, category.
var single = map[event.Type]struct{ code, words, unit, ucum, category string }{
	event.HbA1c:  {"4548-4", "糖化血红蛋白 HbA1c", "%", "%", "laboratory"},
	event.Weight: {"29463-7", "体重 Weight", "kg", "kg", "vital-signs"},
	event.Height: {"8302-2", "身高 Height", "cm", "cm", "vital-signs"},
	event.Steps:  {"55423-8", "步数 Steps", "/d", "{steps}/d", "activity"},
	event.Sleep:  {"93832-4", "睡眠 Sleep", "h", "h", "activity"},
	event.Pain:   {"72514-3", "疼痛 Pain", "", "{score}", "survey"},
}

var scaleCodes = map[string]string{"harris": "100291-4", "phq9": "44261-6", "gad7": "70274-6"}

// Observable are the types of events that are observations.
func Observable(t event.Type) bool {
	_, one := single[t]
	return one || t == event.Glucose || t == event.BloodPressure || t == event.Lab || t == event.Score
}

// Observation writes a measurement.
func Observation(t Told) o {
	e := t.Event
	r := o{
		"resourceType": "Observation", "id": t.ID, "status": "final", "subject": Ref("Patient", t.Patient),
		"effectiveDateTime": Instant(e.Occurred, t.Zone), "issued": Instant(e.Received, t.Zone),
	}
	category := "laboratory"
	switch {
	case e.Type == event.Glucose:
		glucoseOf(r, e)
	case e.Type == event.BloodPressure:
		category = "vital-signs"
		r["code"] = Concept(LOINC, pressurePanel, "血压 Blood pressure")
		parts := []any{
			o{"code": Concept(LOINC, systolicCode, "收缩压 Systolic"), "valueQuantity": amount(e.Num, "mmHg", "mm[Hg]")},
			o{"code": Concept(LOINC, diastolicCode, "舒张压 Diastolic"), "valueQuantity": amount(extra(e, 0), "mmHg", "mm[Hg]")},
		}
		if p := extra(e, 1); !math.IsNaN(p) {
			parts = append(parts, o{"code": Concept(LOINC, heartRate, "脉搏 Pulse"), "valueQuantity": amount(p, "/min", "/min")})
		}
		r["component"] = parts
	case e.Type == event.Lab:
		laboratoryOf(r, e)
	case e.Type == event.Score:
		category = "survey"
		scale := e.A.String()
		if code := scaleCodes[scale]; code != "" {
			r["code"] = Concept(LOINC, code, event.Words("score", "scale")[scale].Zh)
		} else {
			r["code"] = Concept(System+":scale", scale, event.Words("score", "scale")[scale].Zh)
		}
		r["valueQuantity"] = amount(e.Num, "", "{score}")
		delete(object(r, "valueQuantity"), "unit")
	default:
		one := single[e.Type]
		category = one.category
		r["code"], r["valueQuantity"] = Concept(LOINC, one.code, one.words), amount(e.Num, one.unit, one.ucum)
		if one.unit == "" {
			delete(object(r, "valueQuantity"), "unit")
		}
	}
	r["category"] = []any{o{"coding": []any{coding("http://terminology.hl7.org/CodeSystem/observation-category", category, "")}}}
	if e.Actor == "self" {
		r["performer"] = []any{Ref("Patient", t.Patient)}
	}
	if e.Type == event.Glucose || e.Type == event.Steps || e.Type == event.Sleep {
		if d := e.C.String(); d != "" {
			r["device"] = o{"display": d}
		}
	}
	if original := object(t.Body, "original"); original != nil {
		if q := writtenAs(original); q != nil {
			r["extension"] = append(list(r, "extension"), o{"url": System + ":original", "valueQuantity": q})
		}
	}
	if note := text(t.Body, "note"); note != "" {
		r["note"] = []any{o{"text": note}}
	}
	return r
}

// writtenAs is a value and unit as they came in, where they were of one number.
func writtenAs(original o) o {
	v, ok := number(original["value"])
	if !ok {
		return nil
	}
	q := o{"value": v}
	for _, k := range [...]string{"unit", "code"} {
		if s := text(original, k); s != "" {
			q[k] = s
		}
	}
	if q["code"] != nil {
		q["system"] = UCUM
	}
	return q
}

func list(r o, name string) []any {
	l, _ := r[name].([]any)
	return l
}

func extra(e *event.Event, k int) float64 {
	if k < len(e.X) {
		return e.X[k]
	}
	return math.NaN()
}

// glucoseOf writes a reading in the unit it was entered in: published limits are pairs, so a converted number could change sides.
func glucoseOf(r o, e *event.Event) {
	v, unit := e.Entered()
	code := map[bool]map[measure.Unit]string{
		false: {measure.MmolL: "14743-9", measure.MgdL: "41653-7"}, true: {measure.MmolL: "105272-9", measure.MgdL: "99504-3"},
	}[e.Flags&event.Sensor != 0][unit]
	r["code"] = Concept(LOINC, code, "血糖 Glucose")
	switch {
	case e.Flags&event.HI != 0:
		r["valueString"] = "HI"
	case e.Flags&event.LO != 0:
		r["valueString"] = "LO"
	default:
		r["valueQuantity"] = amount(v, string(unit), string(unit))
	}
	if meal := e.A.String(); meal != "" {
		r["extension"] = append(list(r, "extension"), o{"url": System + ":glucose-context", "valueCode": meal})
	}
	if e.Flags&event.Implausible != 0 {
		r["extension"] = append(list(r, "extension"), o{"url": System + ":implausible", "valueBoolean": true})
	}
}

func laboratoryOf(r o, e *event.Event) {
	test := e.A.String()
	lab, _ := measure.LabOf(test)
	words := event.Words("lab", "test")[test].Zh
	if codes := labCodes[test]; len(codes) > 0 {
		r["code"] = Concept(LOINC, codes[0], words)
	} else {
		r["code"] = Concept(System+":lab", test, words)
	}
	r["valueQuantity"] = amount(e.Num, lab.Unit, ucumOf(lab.Unit))
	if sign := map[string]string{"low": "L", "high": "H", "normal": "N"}[e.C.String()]; sign != "" {
		r["interpretation"] = []any{o{"coding": []any{coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", sign, "")}}}
	}
	limits := o{}
	if low := extra(e, 1); !math.IsNaN(low) {
		limits["low"] = amount(low, lab.Unit, ucumOf(lab.Unit))
	}
	if high := extra(e, 2); !math.IsNaN(high) {
		limits["high"] = amount(high, lab.Unit, ucumOf(lab.Unit))
	}
	if len(limits) > 0 {
		r["referenceRange"] = []any{limits}
	}
}

// Dispense writes a fill.
func Dispense(t Told) o {
	e := t.Event
	concept := o{}
	if m, ok := medicine.Of(e.B.String()); ok {
		concept["text"] = m.Name.Zh
		if m.ATC != "" {
			concept["coding"] = []any{coding(ATC, m.ATC, m.Name.En)}
		}
	} else if class := e.A.String(); class != "" {
		concept["coding"] = []any{coding(System+":class", class, "")}
	}
	if name := text(t.Body, "name"); name != "" {
		concept["text"] = name
	}
	r := o{
		"resourceType": "MedicationDispense", "id": t.ID, "status": "completed", "subject": Ref("Patient", t.Patient), "medicationCodeableConcept": concept,
		"whenHandedOver": Instant(e.Occurred, t.Zone),
	}
	if !math.IsNaN(e.Num) { // for how long is not known of every fill
		r["daysSupply"] = amount(e.Num, "d", "d")
	}
	if q := extra(e, 0); !math.IsNaN(q) {
		r["quantity"] = o{"value": q}
		if u := map[string]string{"piece": "{piece}", "box": "{box}"}[e.C.String()]; u != "" {
			r["quantity"] = o{"value": q, "unit": event.Words("fill", "counted")[e.C.String()].Zh, "system": UCUM, "code": u}
		}
	}
	if how := text(t.Body, "doseText"); how != "" {
		r["dosageInstruction"] = []any{o{"text": how}}
	}
	if place := text(t.Body, "place"); place != "" {
		r["location"] = o{"display": place}
	}
	if note := text(t.Body, "note"); note != "" {
		r["note"] = []any{o{"text": note}}
	}
	return r
}

// Consent writes what a person said about one purpose.
func Consent(t Told) o {
	e := t.Event
	state, kind := "active", "permit"
	if !t.Newest {
		state = "inactive"
	}
	if e.Num != 1 {
		kind = "deny"
	}
	purpose := e.A.String()
	r := o{
		"resourceType": "Consent", "id": t.ID, "status": state, "patient": Ref("Patient", t.Patient), "dateTime": Instant(e.Occurred, t.Zone),
		"scope":     Concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", ""),
		"category":  []any{Concept(System+":consent-purpose", purpose, event.Words("consent", "purpose")[purpose].Zh)},
		"provision": o{"type": kind, "purpose": []any{coding(System+":consent-purpose", purpose, "")}},
	}
	if v := e.B.String(); v != "" {
		r["policyRule"] = o{"text": v}
	}
	return r
}

// Planned are the types of events that are plans.
func Planned(t event.Type) bool {
	return t == event.PlanSet || t == event.CarePlan || t == event.MealPlan || t == event.ExercisePlan
}

// Plan writes a plan.
func Plan(t Told) o {
	e := t.Event
	title := e.Type.Spec().Name.Zh
	kind := e.A.String()
	days := math.NaN()
	switch e.Type {
	case event.PlanSet:
		kind = or(e.B.String(), "glucose")
		title += "：" + event.Words("plan", "kind")[kind].Zh
		if weeks := extra(e, 2); !math.IsNaN(weeks) {
			days = 7 * weeks
		}
	case event.CarePlan:
		title += "：" + event.Words("care_plan", "kind")[kind].Zh
		days = extra(e, 0)
	default:
		kind = e.Type.String()
	}
	period := o{"start": Instant(e.Occurred, t.Zone)}
	state := "active"
	if !math.IsNaN(days) {
		end := e.Occurred + int64(days*24*float64(time.Hour/time.Microsecond))
		period["end"] = Instant(end, t.Zone)
		if end < t.Now {
			state = "completed"
		}
	}
	if active := extra(e, 1); !t.Newest || e.Type == event.CarePlan && active == 0 {
		state = "revoked"
	}
	detail := o{"status": map[string]string{"active": "in-progress", "completed": "completed", "revoked": "stopped"}[state], "code": Concept(System+":plan", kind, title)}
	if e.Type == event.PlanSet {
		detail["scheduledTiming"] = o{"repeat": o{"frequency": int(math.Max(1, math.Round(e.Num))), "period": 1, "periodUnit": "wk"}}
	}
	r := o{
		"resourceType": "CarePlan", "id": t.ID, "status": state, "intent": "plan", "title": title, "subject": Ref("Patient", t.Patient),
		"category": []any{Concept(System+":plan", kind, "")}, "period": period, "created": Instant(e.Received, t.Zone), "activity": []any{o{"detail": detail}},
	}
	if words := or(text(t.Body, "text"), text(t.Body, "note")); words != "" {
		r["description"] = words
	}
	return r
}

// Provenance writes who or what a resource came from.
func Provenance(t Told, of string, agent o) o {
	return o{
		"resourceType": "Provenance", "id": t.ID, "target": []any{o{"reference": of}}, "recorded": Instant(t.Event.Received, t.Zone),
		"occurredDateTime": Instant(t.Event.Occurred, t.Zone), "agent": []any{o{"who": agent}},
		"activity": o{"text": or(t.Event.Provenance, "manual")},
	}
}

// Codes are the codings of a resource by which it is looked for, as system and code.
func Codes(r o) (out [][2]string) {
	add := func(c o) {
		for _, x := range objects(c, "coding") {
			out = append(out, [2]string{text(x, "system"), text(x, "code")})
		}
	}
	for _, k := range [...]string{"code", "medicationCodeableConcept", "vaccineCode"} {
		add(object(r, k))
	}
	for _, k := range [...]string{"category", "type"} {
		for _, c := range objects(r, k) {
			add(c)
		}
	}
	for _, c := range objects(r, "component") {
		add(object(c, "code"))
	}
	return out
}

// When is the moment a resource is about, by which it is looked for; not ok when it says none.
func When(r o, zone *time.Location) (Moment, bool) {
	g := Reading{Zone: zone}
	return g.when(r, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "onsetPeriod", "performedDateTime", "performedPeriod", "occurrenceDateTime", "authoredOn",
		"authored", "whenHandedOver", "period", "dateTime", "date", "sent", "created", "recordedDate", "issued", "recorded", "billablePeriod")
}

// GivenBack is a resource as it came, under an id of ours and about our patient.
func GivenBack(r o, id, patient string) o {
	out := o{}
	for k, v := range r {
		out[k] = v
	}
	out["id"] = id
	if patient != "" {
		for _, k := range subjects {
			if out[k] != nil && object(out, k) != nil {
				out[k] = Ref("Patient", patient)
				break
			}
		}
	}
	return out
}
