package fhir

import (
	"strings"
	"time"

	"peiban/internal/programme"
)

// Fact is one event a resource says.
type Fact struct {
	Name  string // among the facts of one resource
	Key   string // type of the event
	Props map[string]any
	At    Moment
}

// Why a valid resource is kept as it came and makes no event. It is counted by these.
const (
	LeftType    = "type_not_read"
	LeftCode    = "code_not_known"
	LeftUnit    = "unit_not_known"
	LeftValue   = "no_value"
	LeftInexact = "value_not_exact"
	LeftTime    = "no_exact_time"
	LeftStatus  = "status_not_final"
	LeftFinding = "finding_no_diagnosis"
	LeftForm    = "form_not_known"
	LeftRole    = "relation_not_known"
	LeftError   = "entered_in_error"
)

// Understood is what a resource says to us.
type Understood struct {
	Facts []Fact
	About map[string]any // the reference to whom it is about; nil: nobody in particular
	Left  string         // why there are no facts
	Gone  bool           // the sender takes it back: what it said before does not hold
}

// Reading is what reading needs beside the resource.
type Reading struct {
	Index *Index
	Zone  *time.Location                             // of dates without a time
	Form  func(questionnaire string) *programme.Form // nil, or gives nil: the form is not known
}

func (g *Reading) zone() *time.Location {
	if g.Zone == nil {
		return time.UTC
	}
	return g.Zone
}

// subjects are the elements that say whom a resource is about, in the order they are asked.
var subjects = []string{"subject", "patient", "for", "beneficiary", "individual"}

// Understand says what a valid resource means to us. Nothing is guessed: what has no exact meaning is left.
func Understand(e *Entry, g *Reading) Understood {
	r := e.Resource
	u := Understood{About: SubjectOf(r), Left: LeftType}
	if text(r, "status") == "entered-in-error" || codeIn(object(r, "verificationStatus"), "entered-in-error") {
		u.Left, u.Gone = LeftError, true
		return u
	}
	read, ok := map[string]func(*Entry, *Reading) ([]Fact, string){
		"Patient": patient, "RelatedPerson": relative, "Observation": observation, "Condition": condition, "MedicationRequest": prescribed,
		"MedicationStatement": taken, "MedicationDispense": dispensed, "QuestionnaireResponse": answered, "Encounter": encounter, "DiagnosticReport": report,
	}[e.Type()]
	if ok {
		u.Facts, u.Left = read(e, g)
	}
	return u
}

// SubjectOf is the reference of a resource to whom it is about; nil: it has none.
func SubjectOf(r map[string]any) map[string]any {
	for _, name := range subjects {
		if o := object(r, name); o != nil {
			return o
		}
	}
	return nil
}

func codeIn(concept map[string]any, code string) bool {
	for _, c := range objects(concept, "coding") {
		if text(c, "code") == code {
			return true
		}
	}
	return false
}

// when is the first of some elements that says when; a Period by its start.
func (g *Reading) when(r map[string]any, names ...string) (Moment, bool) {
	for _, n := range names {
		s := text(r, n)
		if o := object(r, n); o != nil {
			s = text(o, "start")
		}
		if m, ok := ParseMoment(s, g.zone()); ok {
			return m, true
		}
	}
	return Moment{}, false
}

// clip cuts a text to so many characters on one line, as the catalogue takes it.
func clip(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func patient(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	props := map[string]any{}
	if n := NameOf(r); n != "" {
		props["name"] = clip(n, 60)
	}
	for _, t := range objects(r, "telecom") {
		if text(t, "system") == "phone" && text(t, "use") != "old" && props["phone"] == nil && text(t, "value") != "" {
			props["phone"] = clip(text(t, "value"), 30)
		}
	}
	if s := text(r, "gender"); s == "male" || s == "female" {
		props["gender"] = s
	}
	if m, ok := ParseMoment(text(r, "birthDate"), time.UTC); ok && m.At.Year() >= 1900 && m.At.Year() <= 2100 {
		props["birthYear"] = m.At.Year()
	}
	if len(props) == 0 {
		return nil, LeftValue
	}
	at, _ := g.when(object(r, "meta"), "lastUpdated") // not said: when it is taken in
	return []Fact{{Key: "profile", Props: props, At: at}}, ""
}

// NameOf is a person's name as it is read aloud: the official one first, Chinese names without a space.
func NameOf(r map[string]any) string {
	best, rank := "", 9
	for _, n := range objects(r, "name") {
		at := map[string]int{"official": 0, "usual": 1, "": 2, "nickname": 3, "maiden": 7, "old": 8}[text(n, "use")]
		if whole := assembled(n); whole != "" && at < rank {
			best, rank = whole, at
		}
	}
	return best
}

func assembled(n map[string]any) string {
	if t := text(n, "text"); t != "" {
		return t
	}
	var given []string
	list, _ := n["given"].([]any)
	for _, v := range list {
		if s, _ := v.(string); s != "" {
			given = append(given, s)
		}
	}
	family := text(n, "family")
	if strings.ContainsFunc(family, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) {
		return family + strings.Join(given, "")
	}
	return strings.TrimSpace(strings.Join(append(given, family), " "))
}

func relative(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	kind := ""
	for _, concept := range objects(r, "relationship") {
		for _, c := range objects(concept, "coding") {
			if k := roleKinds[text(c, "code")]; k != "" && kind == "" {
				kind = k
			}
		}
	}
	if kind == "" {
		return nil, LeftRole
	}
	active, said := r["active"].(bool)
	props := map[string]any{"kind": kind, "active": active || !said}
	if n := NameOf(r); n != "" {
		props["name"] = clip(n, 60)
	}
	at, _ := g.when(r, "period")
	return []Fact{{Key: "relation", Props: props, At: at}}, ""
}

func condition(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	kind := conditionOf(object(r, "code"))
	if kind == "" {
		return nil, LeftFinding
	}
	name := said(object(r, "code"))
	if kind == "other" && name == "" {
		return nil, LeftCode
	}
	at, ok := g.when(r, "onsetDateTime", "onsetPeriod", "recordedDate")
	if !ok {
		return nil, LeftTime
	}
	verified, clinical := object(r, "verificationStatus"), object(r, "clinicalStatus")
	status := "confirmed"
	switch {
	case codeIn(verified, "refuted"):
		status = "excluded"
	case codeIn(verified, "provisional"), codeIn(verified, "differential"), codeIn(verified, "unconfirmed"), verified == nil && clinical == nil:
		status = "suspected"
	}
	props := map[string]any{"condition": kind, "status": status, "date": at.Date()}
	if name != "" {
		props["name"] = clip(name, 120)
	}
	out := []Fact{{Key: "diagnosis", Props: props, At: at}}
	if end, ok := g.when(r, "abatementDateTime", "abatementPeriod"); ok && status == "confirmed" {
		over := map[string]any{"condition": kind, "status": "resolved", "date": end.Date()}
		if name != "" {
			over["name"] = props["name"]
		}
		out = append(out, Fact{Name: "end", Key: "diagnosis", Props: over, At: end})
	}
	return out, ""
}

func encounter(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	switch text(r, "status") {
	case "finished", "in-progress", "arrived", "triaged", "onleave":
	default:
		return nil, LeftStatus
	}
	start, ok := g.when(r, "period")
	if !ok {
		return nil, LeftTime
	}
	where := clip(text(object(r, "serviceProvider"), "display"), 120)
	note := ""
	for _, t := range objects(r, "type") {
		if note == "" {
			note = said(t)
		}
	}
	class := text(object(r, "class"), "code")
	switch class {
	case "IMP", "ACUTE", "NONAC", "SS":
		props := map[string]any{"status": "admitted"}
		out := []Fact{{Key: "admission", Props: props, At: start}}
		if where != "" {
			props["hospital"] = where
		}
		if note != "" {
			props["note"] = note
		}
		if end, ok := ParseMoment(text(object(r, "period"), "end"), g.zone()); ok && text(r, "status") == "finished" {
			left := map[string]any{"status": "discharged"}
			if where != "" {
				left["hospital"] = where
			}
			out = append(out, Fact{Name: "end", Key: "admission", Props: left, At: end})
		}
		return out, ""
	}
	kind, ok := map[string]string{"AMB": "offline", "EMER": "offline", "OBSENC": "offline", "PRENC": "offline", "VR": "online", "HH": "home"}[class]
	if !ok {
		return nil, LeftCode
	}
	props := map[string]any{"kind": kind}
	if class == "EMER" {
		props["department"] = "emergency"
	}
	if all := strings.Trim(note+" "+where, " "); all != "" {
		props["note"] = all
	}
	return []Fact{{Key: "visit", Props: props, At: start}}, ""
}

func report(e *Entry, g *Reading) ([]Fact, string) {
	r := e.Resource
	switch text(r, "status") {
	case "final", "amended", "corrected", "appended", "preliminary", "partial":
	default:
		return nil, LeftStatus
	}
	at, ok := g.when(r, "effectiveDateTime", "effectivePeriod", "issued")
	if !ok {
		return nil, LeftTime
	}
	kind := "other"
	for _, c := range objects(r, "category") {
		switch {
		case codeIn(c, "LAB"), codeIn(c, "HM"), codeIn(c, "CH"), codeIn(c, "laboratory"):
			kind = "lab"
		case codeIn(c, "RAD"), codeIn(c, "IMG"), codeIn(c, "CT"), codeIn(c, "NMR"), codeIn(c, "RUS"):
			kind = "imaging"
		case codeIn(c, "PAT"), codeIn(c, "SP"):
			kind = "pathology"
		}
	}
	props := map[string]any{"kind": kind, "status": "uploaded"}
	if name := said(object(r, "code")); name != "" {
		props["name"] = clip(name, 120)
	}
	out := []Fact{{Key: "report", Props: props, At: at}}
	for _, in := range objects(r, "contained") { // results that travel inside the report, and nowhere else
		if text(in, "resourceType") != "Observation" || text(in, "status") == "entered-in-error" {
			continue
		}
		facts, _ := observationAt(in, g, at)
		for _, f := range facts {
			f.Name = join(text(in, "id"), f.Name)
			out = append(out, f)
		}
	}
	return out, ""
}
