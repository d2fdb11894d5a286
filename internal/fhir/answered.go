package fhir

import (
	"math"
	"strconv"

	"peiban/internal/programme"
)

// answered reads a questionnaire's answers where its form is one of ours and every answer fits it; else it is left as it came.
func answered(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	switch text(r, "status") {
	case "completed", "amended":
	default:
		return nil, LeftStatus
	}
	if g.Form == nil {
		return nil, LeftForm
	}
	form := g.Form(text(r, "questionnaire"))
	if form == nil {
		return nil, LeftForm
	}
	at, ok := g.when(r, "authored")
	if !ok {
		return nil, LeftTime
	}
	var in []programme.Answered
	if !answers(r, form, &in, 0) {
		return nil, LeftForm
	}
	all, wrong := form.Accept(in)
	if wrong != nil {
		return nil, LeftForm
	}
	token := "fhir:" + Digest(r)
	var out []Fact
	for i, a := range all {
		props := map[string]any{"form": form.Key, "item": a.Item, "filling": token, "version": form.Version}
		switch {
		case a.Code != "":
			props["code"] = a.Code
		case !math.IsNaN(a.Value):
			props["value"] = a.Value
		default:
			props["text"] = a.Text
		}
		out = append(out, Fact{Name: strconv.Itoa(i), Key: "form_answer", Props: props, At: at})
	}
	if sum, ok := form.Score(all); ok {
		out = append(out, Fact{Name: "score", Key: "score", At: at, Props: map[string]any{
			"scale": form.Scale, "value": sum, "filling": token, "version": form.Version, "form": form.Key,
		}})
	}
	return out, ""
}

// answers collects the answers of items and of those inside them; false: one of them is of a kind no form of ours asks.
func answers(o map[string]any, form *programme.Form, out *[]programme.Answered, depth int) bool {
	if depth > deepest {
		return false
	}
	for _, item := range objects(o, "item") {
		key := text(item, "linkId")
		for _, a := range objects(item, "answer") {
			one := programme.Answered{Item: key, Value: math.NaN()}
			yes, isBool := a["valueBoolean"].(bool)
			switch {
			case isBool && yes:
				one.Code = "yes"
			case isBool:
				one.Code = "no"
			case a["valueCoding"] != nil:
				one.Code = text(object(a, "valueCoding"), "code")
			case a["valueInteger"] != nil:
				one.Value, _ = number(a["valueInteger"])
			case a["valueDecimal"] != nil:
				one.Value, _ = number(a["valueDecimal"])
			case a["valueString"] != nil:
				one.Text = text(a, "valueString")
			case a["valueDate"] != nil:
				one.Text = text(a, "valueDate")
			default:
				return false
			}
			*out = append(*out, one)
			if !answers(a, form, out, depth+1) {
				return false
			}
		}
		if !answers(item, form, out, depth+1) {
			return false
		}
	}
	return true
}
