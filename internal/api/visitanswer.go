package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/staff"
)

// DoctorPage is what a visit link opens: the page with the name masked, and when the way in ends.
type DoctorPage struct {
	Page     VisitPage `json:"page"`
	Expires  string    `json:"expires"`
	Answered bool      `json:"answered"`
	Notice   Text      `json:"notice" doc:"what becomes of an answer"`
}

// VisitToken opens a page.
type VisitToken struct {
	Token string `json:"token" minLength:"1" maxLength:"200"`
}

// DoctorAnswer is what a doctor without an account says. The name is as typed: nobody checked it.
type DoctorAnswer struct {
	Token     string           `json:"token" minLength:"1" maxLength:"200"`
	Name      string           `json:"name" minLength:"1" maxLength:"60"`
	Hospital  string           `json:"hospital,omitempty" maxLength:"120"`
	Targets   map[string]any   `json:"targets,omitempty" doc:"limits by the names of the catalogue's target"`
	PerWeek   *float64         `json:"perWeek,omitempty" minimum:"0" maximum:"70" doc:"how often a week to measure glucose; as a plan of kind glucose"`
	When      string           `json:"when,omitempty" maxLength:"200" doc:"beside perWeek, in words"`
	Plans     []DoctorPlan     `json:"plans,omitempty" maxItems:"10" doc:"how often to measure what; the page's answerPlans say what may be"`
	Medicines []DoctorMedicine `json:"medicines,omitempty" maxItems:"12"`
	NextVisit string           `json:"nextVisit,omitempty" maxLength:"10" doc:"a day"`
	Answers   []DoctorReply    `json:"answers,omitempty" maxItems:"10"`
	Note      string           `json:"note,omitempty" maxLength:"1000"`
}

// DoctorPlan is how often something is to be measured.
type DoctorPlan struct {
	Kind    string   `json:"kind" minLength:"1" maxLength:"40" doc:"one of answerPlans"`
	PerWeek float64  `json:"perWeek" minimum:"0" maximum:"70"`
	Slots   []string `json:"slots,omitempty" maxItems:"9" doc:"meal slots, of answerPlans; of glucose only"`
}

// DoctorMedicine is a change of one medicine.
type DoctorMedicine struct {
	Name        string   `json:"name" minLength:"1" maxLength:"120"`
	Action      string   `json:"action" enum:"start,change,stop"`
	Dose        *float64 `json:"dose,omitempty"`
	DoseUnit    string   `json:"doseUnit,omitempty" maxLength:"20"`
	TimesPerDay *float64 `json:"timesPerDay,omitempty"`
	DoseText    string   `json:"doseText,omitempty" maxLength:"200"`
}

// DoctorReply answers one of the person's questions.
type DoctorReply struct {
	Question string `json:"question" maxLength:"40"`
	Text     string `json:"text" minLength:"1" maxLength:"500"`
}

// VisitAnswer is an answer that came by a visit link, with what staff may take into the file.
type VisitAnswer struct {
	ID       string          `json:"id"`
	At       string          `json:"at"`
	Status   string          `json:"status" enum:"waiting,confirmed,refused"`
	Name     string          `json:"name" doc:"as typed, not checked"`
	Hospital string          `json:"hospital,omitempty"`
	Note     string          `json:"note,omitempty"`
	Origin   Text            `json:"origin"`
	Items    []VisitProposal `json:"items"`
}

// VisitProposal is one statement of an answer.
type VisitProposal struct {
	N     int    `json:"n"`
	Type  string `json:"type"`
	Name  Text   `json:"name"`
	Text  Text   `json:"text"`
	Taken bool   `json:"taken"`
}

func (s *Server) visitAnswerOperations() {
	serve(s, operation{"open-visit", http.MethodPost, "/api/visit/open", "visit", "The page a visit link opens; the token goes in the body, never in an address", forAnyone}, s.openVisit)
	serve(s, operation{"answer-visit", http.MethodPost, "/api/visit/answer", "visit", "Answer by a visit link, once; staff check it before any of it holds", forAnyone}, s.answerVisit)
	serve(s, operation{"visit-answers", http.MethodGet, "/api/people/{id}/visit-answers", "visit", "What doctors answered by visit link, newest first", forStaff}, s.visitAnswers)
	act(s, operation{"confirm-visit-answer", http.MethodPost, "/api/people/{id}/visit-answers/{answer}/confirm", "visit", "Take statements of an answer into the health file, as reported and unsigned", forStaff}, s.confirmVisitAnswer)
	act(s, operation{"refuse-visit-answer", http.MethodPost, "/api/people/{id}/visit-answers/{answer}/refuse", "visit", "Take nothing of an answer", forStaff}, s.refuseVisitAnswer)
}

type openVisitInput struct{ Body VisitToken }

func (s *Server) openVisit(ctx context.Context, in *openVisitInput) (DoctorPage, error) {
	c, card, link, err := s.guest(ctx, in.Body.Token)
	if err != nil {
		return DoctorPage{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return DoctorPage{}, err
	}
	if !agreed(l) {
		return DoctorPage{}, errVisitLink
	}
	if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "visit.open", card.Number, nil)); err != nil {
		return DoctorPage{}, err
	}
	p, _, err := s.visitPage(ctx, c, l, visitDays)
	return DoctorPage{
		Page: p, Expires: time.UnixMicro(link.Expires).In(c.space.loc).Format(time.RFC3339), Answered: link.Answered != 0,
		Notice: text("您的答复会交给患者的健康管理师核对，核对后才记入档案，并注明“经就诊链接填写，未签署”。急事请直接告诉患者。",
			"Your answer goes to the patient's health manager, who checks it before it enters the file, marked as given by visit link and not signed. Tell the patient directly what is urgent."),
	}, err
}

type answerVisitInput struct{ Body DoctorAnswer }

// proposal is a statement as it is kept inside an answer.
type proposal struct {
	Statement
	Entry string `json:"entry,omitempty"` // the question it answers
	Field string `json:"-"`               // where in the answer it stands
	Taken bool   `json:"taken,omitempty"`
}

var (
	errNothingSaid = fault.New(fault.Invalid, "nothing_said", "还没有填写任何内容", "nothing is said yet").At("body").Because("至少填一项", "fill in at least one part")
	errNoQuestion  = fault.New(fault.Invalid, "unknown_question", "没有这个问题", "there is no such question")
	errNextVisit   = fault.New(fault.Invalid, "bad_day", "下次就诊要是今后两年内的一天", "the next visit is a day within the next two years").At("body.nextVisit").Because("写成 2026-04-08", "write it as 2026-04-08")
)

func (s *Server) answerVisit(ctx context.Context, in *answerVisitInput) (Said, error) {
	c, card, link, err := s.guest(ctx, in.Body.Token)
	if err != nil {
		return Said{}, err
	}
	if link.Answered != 0 {
		return Said{}, errAnswered
	}
	a := in.Body
	a.Name, a.Note = strings.TrimSpace(a.Name), strings.TrimSpace(a.Note)
	if err := oneLine("body.name", a.Name); err != nil {
		return Said{}, err
	}
	if a.Hospital != "" {
		if err := oneLine("body.hospital", a.Hospital); err != nil {
			return Said{}, err
		}
	}
	defer s.alone(c, card)()
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		if fault.KindOf(err) == fault.Forbidden {
			err = errVisitLink
		}
		return Said{}, err
	}
	ps, err := s.proposals(c, l, f, &a)
	if err != nil {
		return Said{}, err
	}
	if len(ps) == 0 && a.Note == "" {
		return Said{}, errNothingSaid
	}
	it, err := answerItem(card, "waiting", len(ps), map[string]any{"link": link.ID, "name": a.Name, "hospital": a.Hospital, "note": a.Note, "items": ps})
	if err != nil {
		return Said{}, err
	}
	it.MessageID = "visit-answer:" + link.ID // a second answer is a repeat of the first
	out, err := s.submitted(ctx, c, card, "visit.answer", it)
	if err != nil {
		return Said{}, err
	}
	if out[0].Status == conductor.Kept {
		return Said{}, errVisitLink
	}
	if err := c.space.Conductor.VisitAnswered(ctx, card.Number, link.ID, s.entry(ctx, c, "visit.told", card.Number, nil)); err != nil {
		return Said{}, err
	}
	if err := s.store.AnswerVisitLink(ctx, c.space.number(), link.Person, link.ID, s.real().UnixMicro()); err != nil {
		return Said{}, err
	}
	if out[0].Status == conductor.Repeated {
		return Said{}, errAnswered
	}
	return Said{text("已收到，谢谢。健康管理师核对后会记入档案", "Received, thank you. The health manager checks it before it enters the file")}, nil
}

func answerItem(card conductor.Card, status string, n int, body map[string]any) (conductor.Item, error) {
	body["status"], body["statements"] = status, n
	for _, key := range []string{"hospital", "note"} {
		if body[key] == "" {
			delete(body, key)
		}
	}
	it, err := item(card, "visit_answer", body)
	it.Event.Provenance = byVisitLink
	return it, err
}

// proposals are the statements an answer holds, each checked as if it were stated now, so that the one who knows mends it.
func (s *Server) proposals(c *caller, l *conductor.Look, f *healthfile.File, a *DoctorAnswer) ([]proposal, error) {
	ps := []proposal{}
	add := func(field, typ string, props map[string]any) {
		ps = append(ps, proposal{Statement: Statement{Type: typ, Properties: props}, Field: field})
	}
	for _, props := range targetsByProgramme(l, a.Targets) {
		add("body.targets", "target", props)
	}
	if a.PerWeek != nil {
		add("body", "plan", map[string]any{"perWeek": *a.PerWeek, "kind": event.Glucose.String(), "note": a.When})
	}
	for i, p := range a.Plans {
		field := fmt.Sprintf("body.plans[%d]", i)
		props, err := planOf(l, p, field)
		if err != nil {
			return nil, err
		}
		add(field, "plan", props)
	}
	for i, m := range a.Medicines {
		props := map[string]any{"name": m.Name, "action": m.Action, "doseText": m.DoseText}
		if m.Dose != nil {
			props["dose"], props["doseUnit"] = *m.Dose, m.DoseUnit
		}
		if m.TimesPerDay != nil {
			props["timesPerDay"] = *m.TimesPerDay
		}
		add(fmt.Sprintf("body.medicines[%d]", i), "medication", props)
	}
	if a.NextVisit != "" {
		days, err := daysUntil(a.NextVisit, l)
		if err != nil {
			return nil, err
		}
		add("body", "care_plan", map[string]any{"kind": "visit", "inDays": days, "active": true})
	}
	for i, r := range a.Answers {
		field := fmt.Sprintf("body.answers[%d]", i)
		e, err := s.entryAt(f, l, r.Question)
		if err != nil || e.Event.Type != event.VisitQuestion {
			return nil, errNoQuestion.At("%s.question", field)
		}
		add(field, "visit_question", map[string]any{"status": "answered", "question": e.Text("question"), "answer": strings.TrimSpace(r.Text)})
		ps[len(ps)-1].Entry = r.Question
	}
	for i := range ps {
		for key, v := range ps[i].Properties {
			if v == "" || v == nil {
				delete(ps[i].Properties, key)
			}
		}
		if _, err := s.proposed(c, l, f, &ps[i], a.Name); err != nil {
			return nil, moved(err, ps[i].Field)
		}
	}
	return ps, nil
}

// planOf are the properties of a plan a doctor gave: of what the page asks for, at slots a plan can name.
func planOf(l *conductor.Look, p DoctorPlan, field string) (map[string]any, error) {
	may := answerPlans(l, true)
	k := slices.IndexFunc(may, func(x AnswerPlan) bool { return x.Key == p.Kind })
	if k < 0 {
		return nil, errCodeChoice.At("%s.kind", field)
	}
	for i, slot := range p.Slots {
		if !slices.ContainsFunc(may[k].Slots, func(n Named) bool { return n.Key == slot }) || slices.Contains(p.Slots[:i], slot) {
			return nil, errCodeChoice.At("%s.slots[%d]", field, i)
		}
	}
	props := map[string]any{"kind": p.Kind, "perWeek": p.PerWeek}
	if len(p.Slots) > 0 {
		props["points"] = strings.Join(p.Slots, "+")
	}
	return props, nil
}

// targetsByProgramme parts the limits a doctor set by the programme that has such limits: set beside the profile of another programme
// they would hold nowhere.
func targetsByProgramme(l *conductor.Look, limits map[string]any) []map[string]any {
	var order []string
	by := map[string]map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(limits)) {
		of := map[string]string{"systolicHigh": "systolic", "diastolicHigh": "diastolic"}[key]
		profile := ""
		for _, x := range l.Each() {
			if _, ok := x.Target.Ranges[of]; ok && of != "" {
				profile = x.Target.Key
				break
			}
		}
		if profile == l.Target.Key {
			profile = ""
		}
		if by[profile] == nil {
			by[profile], order = map[string]any{}, append(order, profile)
			if profile != "" {
				by[profile]["profile"] = profile
			}
		}
		by[profile][key] = limits[key]
	}
	out := []map[string]any{}
	for _, profile := range order {
		out = append(out, by[profile])
	}
	return out
}

// moved names the place in the answer that a refusal is about.
func moved(err error, field string) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	return f.At("%s", strings.Replace(f.Field, "body.properties", field, 1))
}

const farthest = 2 * 366 // days

func daysUntil(day string, l *conductor.Look) (float64, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, l.View.Loc)
	if err != nil {
		return 0, errNextVisit
	}
	now := time.UnixMicro(l.At).In(l.View.Loc)
	days := t.Sub(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, l.View.Loc)).Hours() / 24
	if days < 1 || days > farthest {
		return 0, errNextVisit
	}
	return float64(int(days + 0.5)), nil
}

// proposed makes the event a proposal would become: reported by name, never signed.
func (s *Server) proposed(c *caller, l *conductor.Look, f *healthfile.File, p *proposal, name string) (conductor.Item, error) {
	st := p.Statement
	st.Said = &SaidBy{By: "doctor", Name: name, How: "form"}
	props := make(map[string]any, len(st.Properties))
	for k, v := range st.Properties {
		props[k] = v
	}
	w := &statement{s: s, c: c, l: l, Statement: st, props: props, link: true}
	if p.Entry != "" {
		old, err := s.entryAt(f, l, p.Entry)
		if err != nil {
			return conductor.Item{}, err
		}
		w.old = old
	}
	return w.item()
}

// answerKept is an answer as it lies in its event.
type answerKept struct {
	Link     string     `json:"link"`
	Name     string     `json:"name"`
	Hospital string     `json:"hospital"`
	Note     string     `json:"note"`
	Items    []proposal `json:"items"`
}

func keptIn(e *event.Event) (k answerKept) {
	_ = json.Unmarshal(e.Body, &k) // no body, or one of an erased person
	return k
}

type visitAnswersInput struct {
	IDPath
	Paging
	Status string `query:"status" enum:"waiting,confirmed,refused," doc:"only those"`
}

func (s *Server) visitAnswers(ctx context.Context, in *visitAnswersInput) (Listing[VisitAnswer], error) {
	c, l, err := s.look(ctx, in.ID, Moments{}, "visit.answers")
	if err != nil {
		return Listing[VisitAnswer]{}, err
	}
	var seqs []event.Seq
	v := l.View
	for i := range v.Len() {
		if v.Type[i] == event.VisitAnswer && v.Flags[i]&event.Hidden == 0 && (in.Status == "" || v.A[i].String() == in.Status) {
			seqs = append(seqs, v.Seq[i])
		}
	}
	slices.Reverse(seqs)
	start, err := offset(in.Cursor, len(seqs))
	if err != nil {
		return Listing[VisitAnswer]{}, err
	}
	end := min(start+in.limit(50), len(seqs))
	out := Listing[VisitAnswer]{Items: []VisitAnswer{}, Total: len(seqs)}
	if end < len(seqs) {
		out.NextCursor = strconv.Itoa(end)
	}
	es, err := s.opened(ctx, c, l, seqs[start:end])
	if err != nil {
		return out, err
	}
	slices.SortFunc(es, func(a, b event.Event) int { return int(b.Occurred - a.Occurred) })
	for i := range es {
		out.Items = append(out.Items, s.visitAnswerView(ctx, c, l, &es[i]))
	}
	return out, nil
}

// opened reads events with their bodies.
func (s *Server) opened(ctx context.Context, c *caller, l *conductor.Look, seqs []event.Seq) ([]event.Event, error) {
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return nil, err
	}
	return es, c.space.Conductor.Reveal(l.Card.Number, es)
}

func (s *Server) visitAnswerView(ctx context.Context, c *caller, l *conductor.Look, e *event.Event) VisitAnswer {
	k := keptIn(e)
	out := VisitAnswer{ID: e.ID(), At: moment(e.Occurred, l.View.Loc), Status: e.A.String(), Origin: saidByLink, Items: []VisitProposal{}}
	if !c.masked() {
		out.Name, out.Hospital, out.Note = k.Name, k.Hospital, k.Note
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l}
	for n := range k.Items {
		spec := event.Lookup(k.Items[n].Type)
		if spec == nil {
			continue
		}
		out.Items = append(out.Items, VisitProposal{N: n, Type: spec.Key, Name: spec.Name, Text: h.proposalText(spec, &k.Items[n]), Taken: k.Items[n].Taken})
	}
	return out
}

// proposalText says a proposal as its event would be said.
func (h *shaper) proposalText(spec *event.Spec, p *proposal) Text {
	props := make(map[string]any, len(p.Properties)+1)
	for k, v := range p.Properties {
		props[k] = v
	}
	switch spec.Type {
	case event.Medication:
		if props["class"] == nil {
			props["class"] = "unmapped"
		}
		delete(props, "class")
		return h.medicineProposal(props)
	case event.TargetSet:
		props["profile"] = h.l.Target.Key
	}
	b, err := json.Marshal(props)
	if err != nil {
		return spec.Name
	}
	e, f := spec.Decode(b)
	if f != nil {
		return spec.Name
	}
	e.Seq, e.Occurred = 1, h.l.At
	if entry := healthfile.Fold([]event.Event{e}, h.l.At).Find(1); entry != nil {
		return h.words(entry)
	}
	return spec.Name
}

func (h *shaper) medicineProposal(props map[string]any) Text {
	said := func(key string) string {
		if h.c.masked() {
			return ""
		}
		v, _ := props[key].(string)
		return v
	}
	act, _ := props["action"].(string)
	t := joined(codeWord("medication", "action", act), Text{Zh: said("name"), En: said("name")})
	figure := func(key string) float64 {
		if v, ok := props[key].(float64); ok {
			return v
		}
		return math.NaN()
	}
	unit, _ := props["doseUnit"].(string)
	t = joined(t, doseWords(figure("dose"), unit, figure("timesPerDay"), false))
	return joined(t, Text{Zh: said("doseText"), En: said("doseText")})
}

// AnswerPath names an answer that came by a visit link.
type AnswerPath struct {
	Answer string `path:"answer" maxLength:"40"`
}

type confirmAnswerInput struct {
	IDPath
	AnswerPath
	Body struct {
		Items []int `json:"items" maxItems:"100" doc:"numbers of the statements to take in; none: only noted as seen"`
	}
}

type refuseAnswerInput struct {
	IDPath
	AnswerPath
	Body retractBody
}

var (
	errNoAnswer = fault.New(fault.Missing, "visit_answer_not_found", "没有这条答复", "there is no such answer")
	errChecked  = fault.New(fault.Stale, "visit_answer_checked", "这条答复已经核对过了，请刷新再看", "this answer was checked already; reload and look again")
)

func (s *Server) confirmVisitAnswer(ctx context.Context, in *confirmAnswerInput) error {
	return s.checked(ctx, in.ID, in.Answer, func(c *caller, l *conductor.Look, f *healthfile.File, e *event.Event, k *answerKept) ([]conductor.Item, string, error) {
		var items []conductor.Item
		for _, n := range slices.Compact(slices.Sorted(slices.Values(in.Body.Items))) {
			if n < 0 || n >= len(k.Items) {
				return nil, "", errCodeChoice.At("body.items")
			}
			p := &k.Items[n]
			p.At = moment(e.Occurred, l.View.Loc)
			name := k.Name
			if k.Hospital != "" {
				name += "（" + k.Hospital + "）"
			}
			it, err := s.proposed(c, l, f, p, shortened(name))
			if err != nil {
				return nil, "", err
			}
			p.At, p.Taken = "", true
			items = append(items, it)
		}
		return items, "confirmed", nil
	})
}

// shortened keeps a name within what an entry holds of one.
func shortened(name string) string {
	if rs := []rune(name); len(rs) > 60 {
		return string(rs[:60])
	}
	return name
}

func (s *Server) refuseVisitAnswer(ctx context.Context, in *refuseAnswerInput) error {
	return s.checked(ctx, in.ID, in.Answer, func(_ *caller, _ *conductor.Look, _ *healthfile.File, _ *event.Event, k *answerKept) ([]conductor.Item, string, error) {
		k.Note = strings.TrimSpace(k.Note + "\n" + strings.TrimSpace(in.Body.Reason))
		return nil, "refused", nil
	})
}

// checked replaces an answer that waits by one that staff looked at, together with what they took of it.
func (s *Server) checked(ctx context.Context, id, entry string, take func(*caller, *conductor.Look, *healthfile.File, *event.Event, *answerKept) ([]conductor.Item, string, error)) error {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, id)
	if err != nil {
		return err
	}
	defer s.alone(c, card)()
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return err
	}
	seq, ok := event.SeqOf(entry)
	i := -1
	if ok {
		i = l.View.Find(seq)
	}
	if i < 0 || l.View.Type[i] != event.VisitAnswer || event.IDOf(l.View.Recv[i], seq) != entry {
		return errNoAnswer
	}
	if l.View.Flags[i]&event.Hidden != 0 || l.View.A[i].String() != "waiting" {
		return errChecked
	}
	es, err := s.opened(ctx, c, l, []event.Seq{seq})
	if err != nil || len(es) == 0 {
		return err
	}
	k := keptIn(&es[0])
	items, status, err := take(c, l, f, &es[0], &k)
	if err != nil {
		return err
	}
	it, err := answerItem(card, status, len(items), map[string]any{"link": k.Link, "name": k.Name, "hospital": k.Hospital, "note": k.Note, "items": k.Items})
	if err != nil {
		return err
	}
	it.Event.Supersedes, it.Event.Occurred = seq, es[0].Occurred
	out, err := s.submitted(ctx, c, card, "visit."+status, append(items, it)...)
	if err != nil {
		return err
	}
	return s.askToSign(ctx, c, card, out)
}
