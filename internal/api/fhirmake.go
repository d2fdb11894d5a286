package api

import (
	"cmp"
	"context"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fhir"
	"peiban/internal/healthfile"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/task"
)

// fhirItem is one resource of a person. What an event says beside its codes and numbers is read when it is on a page.
type fhirItem struct {
	id       string
	at       int64 // what it is about, microseconds; 0: not known
	period   int64 // how long that may mean
	known    int64 // since when it is known here
	resource map[string]any
	seq      event.Seq                      // of the event it is made of; 0: it is whole
	make     func(fhir.Told) map[string]any // of that event
	told     fhir.Told
}

// fhirOf are all resources of one type about a person, newest first.
func (s *Server) fhirOf(ctx context.Context, c *caller, n person.Number, kind string) ([]fhirItem, *conductor.Look, error) {
	l, err := c.space.Conductor.Look(n, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.fhirIn(ctx, c, l, kind)
	return items, l, err
}

// fhirIn is fhirOf for somebody at the moment of l.
func (s *Server) fhirIn(ctx context.Context, c *caller, l *conductor.Look, kind string) (items []fhirItem, err error) {
	if l.Card.Erased {
		return nil, nil
	}
	keep := true // what came in and no event was made of
	switch kind {
	case "Patient":
		return []fhirItem{s.fhirPatient(c, l)}, nil
	case "Observation":
		items = fhirEvents(l, fhir.Observable, nil, fhir.Observation)
	case "MedicationDispense":
		items = fhirEvents(l, func(t event.Type) bool { return t == event.Fill }, nil, fhir.Dispense)
	case "Consent":
		items = fhirEvents(l, func(t event.Type) bool { return t == event.Consent }, consentKind, fhir.Consent)
	case "CarePlan":
		items = fhirEvents(l, fhir.Planned, planKind, fhir.Plan)
	case "Provenance":
		items = s.fhirProvenance(ctx, c, l)
	case "QuestionnaireResponse":
		items, err = s.fhirAnswers(ctx, c, l)
	case "Communication":
		items, err = s.fhirMessages(ctx, c, l)
	case "Task":
		items, err = s.fhirTasks(ctx, c, l)
	case "AuditEvent":
		items, err = s.fhirAudit(ctx, c, l)
		keep = false // what others audited is not what happened here
	}
	if err == nil && keep && !c.masked() { // nobody looked whether there is a name in it
		var kept []fhirItem
		kept, err = s.fhirKept(ctx, c, l, kind)
		items = append(items, kept...)
	}
	slices.SortFunc(items, func(a, b fhirItem) int { return cmp.Or(cmp.Compare(b.at, a.at), strings.Compare(a.id, b.id)) })
	return items, err
}

// fhirOpen completes the resources of a page.
func (s *Server) fhirOpen(ctx context.Context, c *caller, l *conductor.Look, items []fhirItem) error {
	var seqs []event.Seq
	var of []int
	for i := range items {
		if items[i].seq != 0 {
			seqs, of = append(seqs, items[i].seq), append(of, i)
		}
	}
	if len(seqs) == 0 {
		return nil
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return err
	}
	if err := c.space.Conductor.Reveal(l.Card.Number, es); err != nil {
		return err
	}
	for k := range es {
		x := &items[of[k]]
		if i := l.View.Find(es[k].Seq); i >= 0 {
			es[k].Flags = l.View.Flags[i]
		}
		x.told.Event, x.told.Body = &es[k], nil
		if len(es[k].Body) > 0 && !c.masked() {
			v, err := fhir.Decode(es[k].Body)
			if body, ok := v.(map[string]any); ok && err == nil {
				x.told.Body = body
			}
		}
		x.resource = x.make(x.told)
	}
	return nil
}

// fhirEvents are the events of some types that stand. kindOf names what a later one replaces; nil: none does.
func fhirEvents(l *conductor.Look, wanted func(event.Type) bool, kindOf func(*event.Event) string, write func(fhir.Told) map[string]any) []fhirItem {
	v := l.View
	newest := map[string]int{}
	var places []int
	for i := range v.Len() {
		if !wanted(v.Type[i]) || v.At[i] > l.At || v.Flags[i]&event.Hidden != 0 {
			continue
		}
		places = append(places, i)
		if kindOf != nil {
			e := v.Event(i)
			newest[kindOf(&e)] = i
		}
	}
	out := make([]fhirItem, 0, len(places))
	for _, i := range places {
		e := v.Event(i)
		told := fhir.Told{
			ID: string(l.Card.ID) + "-" + strconv.FormatUint(uint64(e.Seq), 36), Patient: string(l.Card.ID), Event: &e, Zone: v.Loc, Now: l.At,
			Newest: kindOf == nil || newest[kindOf(&e)] == i,
		}
		out = append(out, fhirItem{id: told.ID, at: e.Occurred, known: e.Received, resource: write(told), seq: e.Seq, make: write, told: told})
	}
	return out
}

func consentKind(e *event.Event) string { return e.A.String() }

func planKind(e *event.Event) string {
	switch e.Type {
	case event.PlanSet:
		return "plan " + e.B.String()
	case event.CarePlan:
		return "care " + e.A.String() + " " + e.B.String()
	}
	return e.Type.String()
}

func (s *Server) fhirPatient(c *caller, l *conductor.Look) fhirItem {
	card := l.Card
	r := map[string]any{
		"resourceType": "Patient", "id": string(card.ID), "active": true,
		"identifier": []any{map[string]any{"system": fhir.System + ":person", "value": string(card.ID)}},
	}
	if name := c.nameOf(card); name != "" {
		r["name"] = []any{map[string]any{"text": name}}
	}
	if card.Gender == "male" || card.Gender == "female" {
		r["gender"] = card.Gender
	}
	if card.BirthYear >= 1900 {
		r["birthDate"] = strconv.Itoa(card.BirthYear)
	}
	return fhirItem{id: string(card.ID), at: card.CreatedAt, known: card.CreatedAt, resource: r}
}

// fhirProvenance tells of each resource made of an event who or what it came from.
func (s *Server) fhirProvenance(ctx context.Context, c *caller, l *conductor.Look) []fhirItem {
	kinds := func(t event.Type) string {
		switch {
		case fhir.Observable(t):
			return "Observation"
		case t == event.Fill:
			return "MedicationDispense"
		case t == event.Consent:
			return "Consent"
		case fhir.Planned(t):
			return "CarePlan"
		}
		return ""
	}
	items := fhirEvents(l, func(t event.Type) bool { return kinds(t) != "" }, nil, func(t fhir.Told) map[string]any {
		agent := map[string]any{"display": "peiban"}
		switch actor, id, _ := strings.Cut(t.Event.Actor, ":"); actor {
		case "self", "person":
			agent = fhir.Ref("Patient", t.Patient)
		case "source":
			if name := c.space.sourceName(ctx, s.store, t.Event.Source); name != "" {
				agent = map[string]any{"display": name}
			}
		case "staff":
			agent = map[string]any{"type": "Practitioner", "identifier": map[string]any{"system": fhir.System + ":staff", "value": cmp.Or(id, "-")}}
			if m := c.space.ref(ctx, s.store, id); m != nil && m.Name != "" {
				agent["display"] = m.Name
			}
		}
		return fhir.Provenance(t, kinds(t.Event.Type)+"/"+strings.Replace(t.ID, "-p", "-", 1), agent)
	})
	for i := range items {
		items[i].id = strings.Replace(items[i].id, "-", "-p", 1)
		items[i].told.ID = items[i].id
		items[i].at = items[i].told.Event.Received
	}
	return items
}

func (s *Server) fhirAnswers(ctx context.Context, c *caller, l *conductor.Look) ([]fhirItem, error) {
	all, err := s.filled(ctx, c, l)
	if err != nil {
		return nil, err
	}
	var out []fhirItem
	for _, f := range all {
		if !f.Stands() {
			continue
		}
		first := &f.First().Event
		id := string(l.Card.ID) + "-q" + strconv.FormatUint(uint64(first.Seq), 36)
		form, _ := formOf(c, l, f.Form)
		address := fhir.System + ":Questionnaire/" + f.Form
		if f.Version != "" && !strings.ContainsAny(f.Version, " |") {
			address += "|" + f.Version
		}
		r := map[string]any{
			"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "questionnaire": address, "subject": fhir.Ref("Patient", string(l.Card.ID)),
			"authored": fhir.Instant(first.Occurred, l.View.Loc),
		}
		if first.Actor == "self" {
			r["author"] = fhir.Ref("Patient", string(l.Card.ID))
		}
		items := []any{}
		for _, a := range f.Answers {
			kind, words := "", ""
			if form != nil {
				if it := form.Item(a.Code("item")); it != nil {
					kind, words = it.Type, it.Text.Zh
				}
			}
			answer := answerOf(a, kind, c.masked())
			if answer == nil {
				continue
			}
			if n := len(items); n > 0 {
				if last, _ := items[n-1].(map[string]any); last["linkId"] == a.Code("item") { // several codes of one question
					list, _ := last["answer"].([]any)
					last["answer"] = append(list, answer)
					continue
				}
			}
			item := map[string]any{"linkId": a.Code("item"), "answer": []any{answer}}
			if words != "" {
				item["text"] = words
			}
			items = append(items, item)
		}
		if len(items) > 0 {
			r["item"] = items
		}
		out = append(out, fhirItem{id: id, at: first.Occurred, known: first.Received, resource: r})
	}
	return out, nil
}

// answerOf writes one answer; nil: it is a text, and the caller reads none.
func answerOf(a *healthfile.Entry, kind string, masked bool) map[string]any {
	code := a.Code("code")
	switch {
	case code != "" && kind == "boolean":
		return map[string]any{"valueBoolean": code == "yes"}
	case code != "":
		return map[string]any{"valueCoding": map[string]any{"code": code}}
	case !math.IsNaN(a.Event.Num) && kind == "integer":
		return map[string]any{"valueInteger": int64(a.Event.Num)}
	case !math.IsNaN(a.Event.Num):
		return map[string]any{"valueDecimal": a.Event.Num}
	case masked || a.Text("text") == "":
		return nil
	}
	return map[string]any{"valueString": a.Text("text")}
}

// communications are the states of a message by FHIR's event-status.
var communications = map[message.State]string{
	message.Queued: "preparation", message.Held: "on-hold", message.Sending: "in-progress", message.Sent: "completed", message.Suppressed: "not-done", message.Dead: "stopped",
}

func (s *Server) fhirMessages(ctx context.Context, c *caller, l *conductor.Look) ([]fhirItem, error) {
	ms, err := s.store.MessagesOf(ctx, c.space.number(), l.Card.Number, page.Part{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []fhirItem
	for i := range ms.Items {
		m := &ms.Items[i]
		id, zone := string(l.Card.ID)+"-m"+string(m.ID), l.View.Loc
		r := map[string]any{
			"resourceType": "Communication", "id": id, "status": communications[m.State], "subject": fhir.Ref("Patient", string(l.Card.ID)),
			"category": []any{fhir.Concept(fhir.System+":message-class", string(m.Class), "")},
		}
		at := m.Due
		if m.SentAt != 0 {
			at = m.SentAt
			r["sent"] = fhir.Instant(m.SentAt, zone)
		}
		if m.ReadAt != 0 {
			r["received"] = fhir.Instant(m.ReadAt, zone)
		}
		if m.Reason != "" && m.State != message.Sent {
			r["statusReason"] = fhir.Concept(fhir.System+":message-reason", m.Reason, word(messageReasons, m.Reason).Zh)
		}
		if m.Audience != "family" { // to family it goes under a name that is not this person's
			r["recipient"] = []any{fhir.Ref("Patient", string(l.Card.ID))}
		}
		if title := contentTitle(c.space.Conductor, m.Content); title.Zh != "" {
			r["topic"] = map[string]any{"text": title.Zh}
		}
		if words := strings.TrimSpace(m.Title + "\n" + m.Body); words != "" && !c.masked() {
			r["payload"] = []any{map[string]any{"contentString": words}}
		}
		out = append(out, fhirItem{id: id, at: at, known: at, resource: r})
	}
	return out, nil
}

// requestPriorities are those of tasks by FHIR's request-priority.
var requestPriorities = map[task.Priority]string{task.Low: "routine", task.Normal: "routine", task.Promise: "urgent", task.Safety: "stat"}

func (s *Server) fhirTasks(ctx context.Context, c *caller, l *conductor.Look) ([]fhirItem, error) {
	ts, err := s.store.TasksOf(ctx, c.space.number(), l.Card.Number)
	if err != nil {
		return nil, err
	}
	var out []fhirItem
	for i := range ts {
		t := &ts[i]
		id, zone := string(l.Card.ID)+"-t"+string(t.ID), l.View.Loc
		status := map[task.State]string{task.Open: "requested", task.Done: "completed", task.Skipped: "rejected", task.Void: "cancelled"}[t.State]
		if t.State == task.Open && t.Claimed != "" {
			status = "accepted"
		}
		changed := max(t.Opened, t.Closed)
		r := map[string]any{
			"resourceType": "Task", "id": id, "status": status, "intent": "order", "priority": requestPriorities[t.Priority], "for": fhir.Ref("Patient", string(l.Card.ID)),
			"authoredOn": fhir.Instant(t.Opened, zone), "lastModified": fhir.Instant(changed, zone), "code": fhir.Concept(fhir.System+":task", cmp.Or(t.Kind, "task"), ""),
		}
		if title := taskTitle(c.space.Conductor, *t); title.Zh != "" {
			r["description"] = title.Zh
		}
		if who := c.space.ref(ctx, s.store, cmp.Or(t.Claimed, t.Owner, l.Card.Owner)); who != nil && who.Name != "" {
			r["owner"] = map[string]any{"display": who.Name}
		}
		if t.Due != 0 {
			r["restriction"] = map[string]any{"period": map[string]any{"end": fhir.Instant(t.Due, zone)}}
		}
		if t.Outcome != "" {
			r["businessStatus"] = fhir.Concept(fhir.System+":task-outcome", t.Outcome, outcomeOrReason(t.Outcome).Zh)
		}
		if t.Note != "" && !c.masked() {
			r["note"] = []any{map[string]any{"text": t.Note}}
		}
		out = append(out, fhirItem{id: id, at: t.Opened, known: changed, resource: r})
	}
	return out, nil
}

func (s *Server) fhirAudit(ctx context.Context, c *caller, l *conductor.Look) ([]fhirItem, error) {
	list, err := s.store.Audit(ctx, c.space.number(), audit.Filter{Person: l.Card.Number}, page.Part{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []fhirItem
	for i := range list.Items {
		a := &list.Items[i]
		id := string(l.Card.ID) + "-a" + strconv.FormatInt(a.ID, 36)
		kind, who, _ := strings.Cut(a.Actor, ":")
		agent := map[string]any{"requestor": true, "type": fhir.Concept(fhir.System+":actor", cmp.Or(kind, "engine"), "")}
		switch {
		case kind == "person":
			agent["who"] = fhir.Ref("Patient", string(l.Card.ID))
		case kind == "staff":
			if m := c.space.ref(ctx, s.store, who); m != nil && m.Name != "" {
				agent["name"] = m.Name
			}
		}
		r := map[string]any{
			"resourceType": "AuditEvent", "id": id, "recorded": fhir.Instant(a.At, l.View.Loc), "action": auditAction(a.Action),
			"type":    map[string]any{"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
			"subtype": []any{map[string]any{"system": fhir.System + ":action", "code": a.Action}},
			"agent":   []any{agent}, "source": map[string]any{"observer": map[string]any{"display": "peiban"}},
			"entity": []any{map[string]any{"what": fhir.Ref("Patient", string(l.Card.ID))}},
		}
		out = append(out, fhirItem{id: id, at: a.At, known: a.At, resource: r})
	}
	return out, nil
}

// auditAction is what was done as FHIR's audit-event-action.
func auditAction(action string) string {
	_, verb, _ := strings.Cut(action, ".")
	switch {
	case strings.HasSuffix(verb, "read"), verb == "search", verb == "export":
		return "R"
	case verb == "add", verb == "create", verb == "begin":
		return "C"
	case verb == "erase":
		return "D"
	case verb == "change", verb == "correct", verb == "retract":
		return "U"
	}
	return "E"
}

// fhirKept are resources as they came, without those an event stands for.
func (s *Server) fhirKept(ctx context.Context, c *caller, l *conductor.Look, kind string) ([]fhirItem, error) {
	made := map[string]bool{"Observation": true, "MedicationDispense": true, "QuestionnaireResponse": true}[kind]
	kept, err := s.store.ResourcesOf(ctx, c.space.number(), l.Card.Number, kind)
	if err != nil {
		return nil, err
	}
	var out []fhirItem
	for i := range kept {
		k := &kept[i]
		if made && len(k.Seqs) > 0 {
			continue
		}
		v, err := fhir.Decode(k.Body)
		r, ok := v.(map[string]any)
		if err != nil || !ok {
			continue
		}
		x := fhirItem{id: string(l.Card.ID) + "-k" + hex.EncodeToString(k.Hash[:]), known: k.At}
		if m, ok := fhir.When(r, l.View.Loc); ok {
			x.at, x.period = m.At.UnixMicro(), m.Period.Microseconds()
		}
		x.resource = fhir.GivenBack(r, x.id, string(l.Card.ID))
		out = append(out, x)
	}
	return out, nil
}

// fhirServed are the types made of what happens here; others are given back as they came.
var fhirServed = []string{"AuditEvent", "CarePlan", "Communication", "Consent", "MedicationDispense", "Observation", "Patient", "Provenance", "QuestionnaireResponse", "Task"}

// fhirAlso are the types that are often kept.
var fhirAlso = []string{"AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "Immunization", "MedicationRequest", "MedicationStatement", "Procedure", "RelatedPerson"}
