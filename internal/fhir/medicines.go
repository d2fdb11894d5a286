package fhir

import (
	"strings"
	"unicode"

	"peiban/internal/medicine"
	"peiban/internal/product"
)

// salts are words after the name of a substance that do not change what it is.
var salts = []string{"hydrochloride", "sodium", "potassium", "calcium", "maleate", "besylate", "mesylate", "phosphate", "succinate", "tartrate", "hydrobromide", "sulfate"}

// medicineOf finds the medicine of a request, statement or dispensing, and what it is called there.
func medicineOf(e *Entry, g *Reading) (name string, m medicine.Medicine, known bool) {
	concept := object(e.Resource, "medicationCodeableConcept")
	if concept == nil {
		ref := object(e.Resource, "medicationReference")
		if g.Index != nil {
			concept = object(g.Index.Follow(ref, e).Resource, "code")
		}
		if concept == nil && text(ref, "display") != "" {
			concept = map[string]any{"text": text(ref, "display")}
		}
	}
	name = said(concept)
	for _, c := range objects(concept, "coding") {
		if text(c, "system") != ATC || len(text(c, "code")) < len("A10BA02") {
			continue
		}
		var one *medicine.Medicine
		n := 0
		for _, x := range medicine.All() {
			if x.ATC == text(c, "code") {
				one, n = &x, n+1
			}
		}
		if n == 1 {
			return or(name, one.Name.Zh), *one, true
		}
	}
	tries := []string{name}
	for _, c := range objects(concept, "coding") {
		tries = append(tries, text(c, "display"))
	}
	for _, t := range tries {
		if m, known = medicine.Named(t); known {
			return name, m, true
		}
		if m, known = medicine.Named(substance(t)); known {
			return name, m, true
		}
	}
	return name, medicine.Medicine{}, false
}

// substance is what stands before the strength: metformin of "Metformin hydrochloride 500 MG Oral Tablet". Several substances are none.
func substance(name string) string {
	if strings.Contains(name, " / ") {
		return ""
	}
	words := strings.Fields(strings.ToLower(name))
	for i, w := range words {
		if strings.ContainsFunc(w[:1], unicode.IsDigit) {
			words = words[:i]
			break
		}
	}
	for len(words) > 1 {
		last := words[len(words)-1]
		salt := false
		for _, s := range salts {
			salt = salt || s == last
		}
		if !salt {
			break
		}
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// called is a medicine as events name it: by the catalogue, or by its words until a pharmacist says which it is.
func called(e *Entry, g *Reading) (props map[string]any, m medicine.Medicine, known bool) {
	name, m, known := medicineOf(e, g)
	switch {
	case known:
		props = map[string]any{"class": m.Class, "generic": m.Key}
	case name != "":
		props = map[string]any{"class": medicine.Unmapped}
	default:
		return nil, m, false
	}
	if name != "" {
		props["name"] = clip(name, 120)
	}
	return props, m, known
}

// dosed adds how a medicine is taken, from the only instruction there is; of several only the words are kept.
func dosed(props map[string]any, m medicine.Medicine, known bool, list []map[string]any) {
	var words []string
	for _, d := range list {
		if t := text(d, "text"); t != "" {
			words = append(words, t)
		}
	}
	if len(words) > 0 {
		props["doseText"] = clip(strings.Join(words, "; "), 200)
	}
	if len(list) != 1 {
		return
	}
	d := list[0]
	if asNeeded, _ := d["asNeededBoolean"].(bool); !asNeeded && d["asNeededCodeableConcept"] == nil {
		if n, ok := perDayOf(object(object(d, "timing"), "repeat")); ok && n > 0 && n <= 24 {
			props["timesPerDay"] = n
		}
	}
	rates := objects(d, "doseAndRate")
	if len(rates) != 1 || !known {
		return
	}
	q := object(rates[0], "doseQuantity")
	v, ok := number(q["value"])
	unit := or(text(q, "code"), text(q, "unit"))
	if !ok || unit == "" { // a dose without a unit may be tablets or milligrams
		return
	}
	if own, wrong := m.Dose(v, unit); wrong == nil {
		props["dose"], props["doseUnit"] = own, m.Unit
	}
}

func perDayOf(repeat map[string]any) (float64, bool) {
	n, ok := number(repeat["frequency"])
	period, has := number(repeat["period"])
	if !ok || !has || period <= 0 {
		return 0, false
	}
	days := map[string]float64{"h": 1.0 / 24, "d": 1, "wk": 7}[text(repeat, "periodUnit")]
	if days == 0 {
		return 0, false
	}
	return n / (period * days), true
}

func prescribed(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	switch text(r, "intent") {
	case "order", "original-order", "reflex-order", "filler-order", "instance-order":
	default:
		return nil, LeftStatus // a proposal or a plan: nobody takes it yet
	}
	at, ok := g.when(r, "authoredOn")
	if !ok {
		return nil, LeftTime
	}
	end, ended := ParseMoment(text(object(object(r, "dispenseRequest"), "validityPeriod"), "end"), g.zone())
	return courseOf(e, g, at, end, ended, objects(r, "dosageInstruction"))
}

func taken(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	at, ok := g.when(r, "effectiveDateTime", "effectivePeriod", "dateAsserted")
	if !ok {
		return nil, LeftTime
	}
	end, ended := ParseMoment(text(object(r, "effectivePeriod"), "end"), g.zone())
	return courseOf(e, g, at, end, ended, objects(r, "dosage"))
}

// courseOf is a medicine that was begun and, where the sender says it is over, stopped: on the day it says, or else on the day it
// began, with a note that the day is not known.
func courseOf(e *Entry, g *Reading, at, end Moment, ended bool, dosage []map[string]any) ([]Fact, string) {
	over := false
	switch text(e.Resource, "status") {
	case "active", "on-hold":
	case "completed", "stopped", "cancelled":
		over = true
	default: // draft, intended, not-taken, unknown
		return nil, LeftStatus
	}
	props, m, known := called(e, g)
	if props == nil {
		return nil, LeftCode
	}
	stop := map[string]any{"action": "stop"}
	for k, v := range props {
		stop[k] = v
	}
	props["action"] = "start"
	dosed(props, m, known, dosage)
	out := []Fact{{Key: "medication", Props: props, At: at}}
	if !over && !ended {
		return out, ""
	}
	if !ended || end.At.Before(at.At) {
		end = at
		stop["note"] = "来源没有写停用日期 / the source gives no day it ended"
	}
	return append(out, Fact{Name: "end", Key: "medication", Props: stop, At: end}), ""
}

func dispensed(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	if text(r, "status") != "completed" {
		return nil, LeftStatus
	}
	at, ok := g.when(r, "whenHandedOver", "whenPrepared")
	if !ok {
		return nil, LeftTime
	}
	props, _, _ := called(e, g)
	if props == nil {
		return nil, LeftCode
	}
	supplied(props, e, g)
	if where := text(object(r, "location"), "display"); where != "" {
		props["place"] = clip(where, 120)
	}
	return []Fact{{Key: "fill", Props: props, At: at}}, ""
}

// supplied adds how much was handed over and for how long: the days where they are stated, and what they can be worked out of. Where
// neither is there the fill is one of unknown length.
func supplied(props map[string]any, e *Entry, g *Reading) {
	r := e.Resource
	if days, ok := quantityOf(object(r, "daysSupply")); ok && !days.Inexact && days.Unit == "d" {
		props["days"] = days.Value
		return
	}
	q := object(r, "quantity")
	if amount, ok := quantityOf(q); ok && !amount.Inexact && amount.Value > 0 {
		props["quantity"] = amount.Value
		counted := product.CountedBy(amount.Written)
		if counted == "" {
			counted = product.CountedBy(text(q, "code"))
		}
		if counted != "" {
			props["counted"] = counted
		}
	}
	list := objects(r, "dosageInstruction")
	if len(list) == 0 && g.Index != nil { // as it was prescribed
		if of := objects(r, "authorizingPrescription"); len(of) == 1 {
			list = objects(g.Index.Follow(of[0], e).Resource, "dosageInstruction")
		}
	}
	var words []string
	for _, d := range list {
		if t := text(d, "text"); t != "" {
			words = append(words, t)
		}
	}
	if len(words) > 0 {
		props["doseText"] = clip(strings.Join(words, "; "), 200)
	}
	if n, ok := piecesADay(list); ok {
		props["perDay"] = n
	}
}

// piecesADay is what the only instruction says in numbers; one for when it is needed says nothing of a day.
func piecesADay(list []map[string]any) (float64, bool) {
	if len(list) != 1 {
		return 0, false
	}
	d := list[0]
	if asNeeded, _ := d["asNeededBoolean"].(bool); asNeeded || d["asNeededCodeableConcept"] != nil {
		return 0, false
	}
	often, ok := perDayOf(object(object(d, "timing"), "repeat"))
	rates := objects(d, "doseAndRate")
	if !ok || len(rates) != 1 {
		return 0, false
	}
	q := object(rates[0], "doseQuantity")
	n, ok := number(q["value"])
	if !ok || product.CountedBy(or(text(q, "unit"), text(q, "code"))) != "piece" {
		return 0, false
	}
	pieces := n * often
	return pieces, pieces > 0 && pieces <= 1000
}
