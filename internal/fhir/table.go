// Package fhir is about FHIR R4: whether a resource says what the standard asks, what of it peiban understands, and peiban's own
// facts written as resources.
//
// Nothing here reads a database or a clock. Reading is strict where the standard is, and never guesses: what has no exact meaning
// for us is left to be kept as it came.
package fhir

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// structure.txt is what elements each type of FHIR R4 (4.0.1) has: a line for each, the elements after it as name, "!" where it must be
// there, "*" where it repeats, ":" and its kind, or "=" and the only codes it may have.
//
// Source: HL7, FHIR R4 (4.0.1), fhir.schema.json, CC0. Made by `go test ./internal/fhir -run Structure -update`.
//
//go:embed structure.txt
var structure string

// element is one element of a type.
type element struct {
	kind     string   // a type, a primitive, or Resource for any resource
	codes    []string // the only values; nil: any of the kind
	required bool
	many     bool
	choice   string // value of valueQuantity: only one of them may be there; empty: no choice
}

// shape is what a type has.
type shape struct {
	elements map[string]element
	required []string // in the order of the standard
	oneOf    []string // choices of which one must be there
}

// mustSay are the elements R4 asks for that its JSON schema does not, because what is missing could be an extension of a primitive;
// of the types that are read. An element in brackets is a choice. Source: HL7 FHIR R4 (4.0.1), cardinality 1..1.
var mustSay = map[string][]string{
	"Bundle":                     {"type"},
	"Observation":                {"status"},
	"MedicationRequest":          {"status", "intent", "medication[x]"},
	"MedicationDispense":         {"status", "medication[x]"},
	"MedicationStatement":        {"status", "medication[x]"},
	"QuestionnaireResponse":      {"status"},
	"QuestionnaireResponse_Item": {"linkId"},
	"Encounter":                  {"status"},
	"DiagnosticReport":           {"status"},
}

var shapes = sync.OnceValue(func() map[string]*shape { return parseStructure(structure) })

func parseStructure(text string) map[string]*shape {
	out := map[string]*shape{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		s := &shape{elements: map[string]element{}}
		for _, w := range words[1:] {
			i := strings.IndexAny(w, ":=")
			if i < 0 {
				panic(fmt.Sprintf("structure.txt: %s: %q", words[0], w)) // ours, and read by every test
			}
			name, e := w[:i], element{kind: w[i+1:]}
			if w[i] == '=' {
				e.kind, e.codes = "code", strings.Split(w[i+1:], "|")
			}
			if n, ok := strings.CutSuffix(name, "*"); ok {
				name, e.many = n, true
			}
			if n, ok := strings.CutSuffix(name, "!"); ok {
				name, e.required = n, true
				s.required = append(s.required, name)
			}
			if name == "fhirVersion" {
				e.codes = append(e.codes, "4.0.1") // what servers say, and the schema's list was not brought up to
			}
			s.elements[name] = e
		}
		for _, name := range mustSay[words[0]] {
			if c, ok := strings.CutSuffix(name, "[x]"); ok {
				s.oneOf = append(s.oneOf, c)
			} else {
				s.required = append(s.required, name)
			}
		}
		choices(s)
		out[words[0]] = s
	}
	return out
}

// choices finds the elements of which only one may be there: several names that are one word and then their kinds.
func choices(s *shape) {
	n := map[string]int{}
	of := map[string]string{}
	for name, e := range s.elements {
		kind := strings.ToUpper(e.kind[:1]) + e.kind[1:]
		if stem, ok := strings.CutSuffix(name, kind); ok && stem != "" {
			n[stem]++
			of[name] = stem
		}
	}
	for name, stem := range of {
		if _, own := s.elements[stem]; n[stem] > 1 && !own {
			e := s.elements[name]
			e.choice = stem
			s.elements[name] = e
		}
	}
}

// Known reports whether a name is one of R4's resource types.
func Known(resourceType string) bool {
	s := shapes()[resourceType]
	if s == nil || strings.Contains(resourceType, "_") {
		return false
	}
	_, resource := s.elements["implicitRules"]
	return resource
}
