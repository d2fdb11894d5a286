package api

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// filler is answers on their way to events.
type filler struct {
	s    *Server
	c    *caller
	l    *conductor.Look
	form *programme.Form
	FormAnswers
	old     *healthfile.Filling
	token   string // what the answers have in common
	at      int64
	message string // beginning of the id of each event; empty: the request has no key
}

// fillIn stores answers to a form, in place of others when they are named. Each answer is an event as rules read it; the points
// become the scale the form makes. All of it is one commit.
func (s *Server) fillIn(ctx context.Context, c *caller, card conductor.Card, key string, b FormAnswers, once, instead string) (Filling, error) {
	defer s.alone(c, card)()
	l, all, err := s.toFill(ctx, c, card)
	if err != nil {
		return Filling{}, err
	}
	form, _ := formOf(c, l, key)
	switch {
	case form == nil:
		return Filling{}, errNoForm
	case b.Said != nil && c.session.Kind == staff.KindPerson:
		return Filling{}, errSaidByStaff
	case b.Version != "" && b.Version != form.Version:
		return Filling{}, errFormChanged
	}
	w := &filler{s: s, c: c, l: l, form: form, FormAnswers: b, token: ulid.Make().String(), at: c.space.now()}
	if once != "" {
		w.token = hex.EncodeToString(digestOf("form", string(card.ID), key, instead, once)[:16])
		w.message = "form:" + w.token + ":"
		if f := byToken(all, w.token); f != nil { // a repeat whose first answer was lost
			return s.fillingView(ctx, c, l, form, f, "stands"), nil
		}
	}
	action := "form.write"
	if instead != "" {
		action = "form.correct"
		if w.old, err = fillingAt(c, l, all, key, instead); err != nil {
			return Filling{}, err
		}
		w.at = w.old.First().Event.Occurred // answers put right are about the day they were asked for
	} else if form.Status == "retired" {
		return Filling{}, errFormRetired
	}
	items, err := w.items()
	if err != nil {
		return Filling{}, err
	}
	out, err := s.submitted(ctx, c, card, action, items...)
	if err != nil {
		return Filling{}, err
	}
	if out[0].Status == conductor.Kept { // consent was withdrawn meanwhile
		return Filling{}, errNoConsent
	}
	if l, all, err = s.toFill(ctx, c, card); err != nil {
		return Filling{}, err
	}
	f := byToken(all, w.token)
	if f == nil {
		return Filling{}, errNoFilling
	}
	return s.fillingView(ctx, c, l, form, f, "stands"), nil
}

func byToken(all []*healthfile.Filling, token string) *healthfile.Filling {
	for _, f := range all {
		if f.Token() == token {
			return f
		}
	}
	return nil
}

// toFill reads the answers of a person whose health data may be written.
func (s *Server) toFill(ctx context.Context, c *caller, card conductor.Card) (*conductor.Look, []*healthfile.Filling, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	if !l.State.Consented("health_data") {
		return nil, nil, errNoConsent
	}
	all, err := s.filled(ctx, c, l)
	return l, all, err
}

// items are the events: an answer each, the score, and the taking back of what is not answered any more.
func (w *filler) items() ([]conductor.Item, error) {
	answers, fault := w.form.Accept(w.plain())
	if fault != nil {
		return nil, fault.At("body.%s", fault.Field)
	}
	common := map[string]any{"filling": w.token, "version": w.form.Version}
	if w.old != nil {
		common["instead"] = w.old.Token()
	}
	if w.Reason != "" {
		common["correction"] = w.Reason
	}
	if w.Said != nil && w.Said.By != "" {
		if w.Said.Name != "" {
			if err := oneLine("body.said.name", w.Said.Name); err != nil {
				return nil, err
			}
		}
		common["said"] = map[string]string{"by": w.Said.By, "name": w.Said.Name, "how": w.Said.How}
	}
	replaced := map[event.Seq]bool{}
	var items []conductor.Item
	for _, a := range answers {
		props := map[string]any{"form": w.form.Key, "item": a.Item}
		if a.Code != "" {
			props["code"] = a.Code
		}
		if !math.IsNaN(a.Value) {
			props["value"] = a.Value
		}
		if a.Text != "" {
			props["text"] = a.Text
		}
		it, err := w.item(event.FormAnswer.Spec(), props, common, w.replacedBy(a, replaced))
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	if sum, ok := w.form.Score(answers); ok {
		var before *healthfile.Entry
		if w.old != nil && w.old.Score != nil && w.old.Score.Stands() {
			before = w.old.Score
			replaced[before.Event.Seq] = true
		}
		it, err := w.item(event.Score.Spec(), map[string]any{"scale": w.form.Scale, "value": sum}, common, before)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	gone, err := w.gone(replaced)
	items = append(items, gone...)
	for i := range items {
		if w.message != "" {
			items[i].MessageID = w.message + strconv.Itoa(i)
		}
	}
	return items, err
}

func (w *filler) plain() []programme.Answered {
	var out []programme.Answered
	for _, a := range w.Answers {
		one := programme.Answered{Item: a.Item, Value: math.NaN(), Text: a.Text}
		if a.Value != nil {
			one.Value = *a.Value
		}
		if len(a.Codes) == 0 {
			out = append(out, one)
			continue
		}
		for _, code := range a.Codes {
			one.Code = code
			out = append(out, one)
		}
	}
	return out
}

// item is one event of the filling.
func (w *filler) item(spec *event.Spec, props, common map[string]any, before *healthfile.Entry) (conductor.Item, error) {
	for k, v := range common {
		props[k] = v
	}
	if spec.Type == event.Score { // its version is a code of its own: the form's
		props["form"] = w.form.Key
	}
	b, err := json.Marshal(props)
	if err != nil {
		return conductor.Item{}, err
	}
	e, f := spec.Decode(b)
	if f != nil {
		return conductor.Item{}, f.At("body.%s", f.Field)
	}
	e.Occurred, e.Provenance = w.at, w.provenance()
	if before != nil {
		e.Supersedes = before.Event.Seq
	}
	return conductor.Item{Person: w.l.Card.Number, Event: e}, nil
}

func (w *filler) provenance() string {
	switch {
	case w.c.session.Kind == staff.KindPerson:
		return "person"
	case w.Said != nil && w.Said.By != "" && w.Said.By != "staff":
		return "hearsay"
	}
	return "console"
}

// replacedBy is the earlier answer to the same item that the new one stands in the place of; nil when there is none left.
func (w *filler) replacedBy(a programme.Answered, replaced map[event.Seq]bool) *healthfile.Entry {
	if w.old == nil {
		return nil
	}
	for _, same := range []bool{true, false} { // the same code again first
		for _, e := range w.old.Answers {
			if e.Code("item") == a.Item && e.Stands() && !replaced[e.Event.Seq] && (!same || e.Code("code") == a.Code) {
				replaced[e.Event.Seq] = true
				return e
			}
		}
	}
	return nil
}

// gone takes back what the old filling said and the new one does not.
func (w *filler) gone(replaced map[event.Seq]bool) (out []conductor.Item, err error) {
	if w.old == nil {
		return nil, nil
	}
	for _, e := range w.old.Entries() {
		if !e.Stands() || replaced[e.Event.Seq] {
			continue
		}
		it, err := takeBackEntry(w.l.Card, e, w.Reason)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, nil
}

func takeBackEntry(card conductor.Card, e *healthfile.Entry, reason string) (conductor.Item, error) {
	it, err := item(card, "correction", map[string]any{"reason": "taken_back", "note": strings.TrimSpace(reason)})
	it.Event.Retracts = e.Event.Seq
	return it, err
}

// fillingAt finds answers by outside id, which is their version: those replaced or taken back meanwhile are an old If-Match.
func fillingAt(c *caller, l *conductor.Look, all []*healthfile.Filling, key, id string) (*healthfile.Filling, error) {
	for _, f := range all {
		for i, old := range append([]*healthfile.Filling{f}, f.Replaced...) {
			if old.Form != key || old.First().Event.ID() != id {
				continue
			}
			if i > 0 || !f.Stands() {
				return nil, errEntryGone
			}
			return f, mayChange(c, f.First())
		}
	}
	return nil, errNoFilling
}

func (s *Server) takeAnswersBack(ctx context.Context, c *caller, card conductor.Card, key, id, reason string) error {
	defer s.alone(c, card)()
	l, all, err := s.toFill(ctx, c, card)
	if err != nil {
		return err
	}
	f, err := fillingAt(c, l, all, key, id)
	if err != nil {
		return err
	}
	var items []conductor.Item
	for _, e := range f.Entries() {
		if !e.Stands() {
			continue
		}
		it, err := takeBackEntry(card, e, reason)
		if err != nil {
			return err
		}
		items = append(items, it)
	}
	return s.submit(ctx, c, card, "form.retract", items...)
}

// formsDue counts the questionnaires that wait for an answer.
func (s *Server) formsDue(ctx context.Context, c *caller, l *conductor.Look) (n int, err error) {
	forms := formsOf(c, l)
	if len(forms) == 0 || !l.State.Consented("health_data") {
		return 0, nil
	}
	all, err := s.filled(ctx, c, l)
	for _, f := range forms {
		if _, due := f.Due(healthfile.LatestFilling(all, f.Key), f.since, l.At); due {
			n++
		}
	}
	return n, err
}

// formList shapes every questionnaire of a person, those that are due first.
func (s *Server) formList(ctx context.Context, c *caller, l *conductor.Look) (formList, error) {
	all, err := s.filled(ctx, c, l)
	if err != nil {
		return formList{}, err
	}
	out := formList{Items: []FormView{}}
	for _, f := range formsOf(c, l) {
		v := FormView{
			Key: f.Key, Name: f.Name, Programme: f.of, Version: f.Version, Draft: f.Status == "draft", Every: f.Every, Items: []FormItemView{},
		}
		if f.Scale != "" {
			v.Most = f.Most()
		}
		from, due := f.Due(healthfile.LatestFilling(all, f.Key), f.since, l.At)
		v.Due, v.DueFrom = due && l.State.Consented("health_data"), moment(from, l.View.Loc)
		for _, a := range all {
			if a.Form != f.Key || !a.Stands() {
				continue
			}
			if v.Filled++; v.Last == nil {
				last := s.fillingView(ctx, c, l, f.Form, a, "stands")
				v.Last = &last
			}
		}
		if f.Status == "retired" && v.Filled == 0 {
			continue
		}
		for i := range f.Items {
			v.Items = append(v.Items, itemView(&f.Items[i]))
		}
		out.Items = append(out.Items, v)
	}
	slices.SortFunc(out.Items, func(a, b FormView) int {
		if a.Due != b.Due {
			if a.Due {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return out, nil
}

func itemView(it *programme.FormItem) FormItemView {
	v := FormItemView{Key: it.Key, Type: it.Type, Text: it.Text, Required: it.Required, Repeats: it.Repeats, Min: finite(it.Min), Max: finite(it.Max), Options: []Choice{}}
	for _, o := range it.Options {
		v.Options = append(v.Options, Choice{o.Code, o.Text})
	}
	if it.Type == "boolean" {
		v.Options = append(v.Options, Choice{"yes", yesNo["yes"]}, Choice{"no", yesNo["no"]})
	}
	return v
}

var yesNo = map[string]Text{"yes": text("是", "Yes"), "no": text("否", "No")}

// earlier stands for an answer the form of today does not know.
var earlier = text("（旧版问卷的答案）", "(an answer of an earlier version)")

func (s *Server) fillingView(ctx context.Context, c *caller, l *conductor.Look, form *programme.Form, f *healthfile.Filling, state string) Filling {
	h := &shaper{s: s, ctx: ctx, c: c, l: l}
	first := f.First()
	e := h.origin(first)
	out := Filling{
		ID: first.Event.ID(), Form: f.Form, Version: f.Version, At: e.At, RecordedAt: e.RecordedAt, RecordedBy: e.RecordedBy, Provenance: e.Provenance,
		Said: e.Said, State: state, Answers: []FillingAnswer{}, Replaced: []Filling{},
	}
	if !f.Stands() && state == "stands" {
		out.State = "retracted"
	}
	if !c.masked() {
		out.Reason = f.Reason
	}
	out.MayChange = out.State == "stands" && !l.Past && mayChange(c, first) == nil
	if f.Score != nil {
		scale := f.Score.Code("scale")
		out.Score = &FormScore{Scale: scale, Name: codeWord("score", "scale", scale), Value: f.Score.Event.Num}
		if f.Version == form.Version {
			out.Score.Most = form.Most()
		}
	}
	for _, x := range f.Answers {
		out.Answers = addAnswer(out.Answers, form, x, c.masked())
	}
	for _, old := range f.Replaced {
		v := s.fillingView(ctx, c, l, form, old, "replaced")
		v.Replaced = []Filling{}
		out.Replaced = append(out.Replaced, v)
	}
	return out
}

// addAnswer adds one answer; several codes of one item stand together.
func addAnswer(out []FillingAnswer, form *programme.Form, x *healthfile.Entry, masked bool) []FillingAnswer {
	key, code := x.Code("item"), x.Code("code")
	a := FillingAnswer{Item: key, Question: earlier, Answer: earlier, Value: finite(x.Event.Num)}
	it := form.Item(key)
	if it != nil {
		a.Question = it.Text
	}
	switch {
	case code != "":
		a.Codes = []string{code}
		if it != nil && it.Option(code) != nil {
			a.Answer = it.Option(code).Text
		} else if yes, ok := yesNo[code]; ok && it != nil && it.Type == "boolean" {
			a.Answer = yes
		}
	case a.Value != nil:
		n := number(*a.Value, -1)
		a.Answer = Text{Zh: n, En: n}
	default:
		if a.Answer = text("（文字）", "(text)"); !masked {
			a.Text = x.Text("text")
			a.Answer = Text{Zh: a.Text, En: a.Text}
		}
	}
	for i := range out {
		if o := &out[i]; o.Item == key && len(o.Codes) > 0 && code != "" {
			o.Codes = append(o.Codes, code)
			o.Answer = Text{Zh: o.Answer.Zh + "、" + a.Answer.Zh, En: o.Answer.En + ", " + a.Answer.En}
			return out
		}
	}
	return append(out, a)
}
