package api

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/internal/rule"
	"peiban/internal/staff"
)

// Vocabulary is everything a rule of a programme may say.
type Vocabulary struct {
	Events    []EventType   `json:"events"`
	Functions []RuleWord    `json:"functions"`
	Tags      []Named       `json:"tags"`
	Stages    []Named       `json:"stages"`
	Targets   []Named       `json:"targets"`
	Settings  []RuleSetting `json:"settings"`
	Words     []WordDef     `json:"words"`
}

// RuleWord is one function of the rule language.
type RuleWord struct {
	Name    string `json:"name"`
	Use     string `json:"use" doc:"how it is written"`
	Group   Text   `json:"group"`
	Member  bool   `json:"member" doc:"written after a selection of events"`
	Journey bool   `json:"journey" doc:"only inside journeys"`
	Text    Text   `json:"text"`
	Example string `json:"example"`
	// What a member is written after stands in no form: it is always events.
	Takes [][]string `json:"takes,omitempty" doc:"the kinds of its arguments, in each form it has: events, event_type, number, text, name, condition; absent when it is no function"`
	Gives string     `json:"gives" enum:"events,event,number,text,bool,target,any" doc:"the kind of what it gives"`
}

// RuleSetting is a number of the programme a rule may read.
type RuleSetting struct {
	Key   string  `json:"key"`
	Name  Text    `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// RuleProblem is one mistake and its place, counted from 1; a file is named when it is not the rule itself.
type RuleProblem struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
	Text Text   `json:"text"`
	Hint *Text  `json:"hint,omitempty"`
}

// RuleChecked is what a check of one rule found.
type RuleChecked struct {
	OK       bool          `json:"ok"`
	Kind     string        `json:"kind"`
	Problems []RuleProblem `json:"problems"`
	Reading  *Text         `json:"reading,omitempty" doc:"the rule in words"`
	Reads    []TagRead     `json:"reads"`
}

// RuleTried is what a rule says of one person.
type RuleTried struct {
	State         string     `json:"state" enum:"has,no,unknown"`
	At            string     `json:"at"`
	Value         *float64   `json:"value,omitempty"`
	Unit          string     `json:"unit,omitempty"`
	Evidence      []Evidence `json:"evidence"`
	EvidenceTotal int        `json:"evidenceTotal"`
	NextChange    string     `json:"nextChange,omitempty" doc:"when the answer can next change by itself"`
	Reading       Text       `json:"reading"`
	Code          string     `json:"code,omitempty" doc:"of a tag with codes: the one that holds"`
	CodeName      *Text      `json:"codeName,omitempty"`
}

// RuleBody is a rule and the programme it is written for.
type RuleBody struct {
	Programme string `json:"programme,omitempty" maxLength:"60"`
	Rule      string `json:"rule" maxLength:"4000"`
	Draft     bool   `json:"draft,omitempty" doc:"in the draft, with its words and tags, rather than the version in force"`
}

type checkRuleIn struct {
	Body struct {
		RuleBody
		Kind    string `json:"kind,omitempty" enum:"bool,number,text"`
		Journey bool   `json:"journey,omitempty" doc:"it is asked by a journey, which knows its event and what came of its steps"`
		On      string `json:"on,omitempty" maxLength:"64" doc:"of a journey: the type of the event; absent: not known"`
	}
}

type tryRuleIn struct {
	Body struct {
		RuleBody
		CodesBody
		Needs  string `json:"needs,omitempty" maxLength:"4000"`
		Value  string `json:"value,omitempty" maxLength:"4000"`
		Unit   string `json:"unit,omitempty" maxLength:"20"`
		Person string `json:"person" maxLength:"40"`
		At     string `json:"at,omitempty" maxLength:"40"`
	}
}

var errRule = fault.New(fault.Invalid, "rule_wrong", "规则有错，先检查一下", "the rule is wrong; check it first")

func (s *Server) vocabulary(ctx context.Context, in *OfProgramme) (Vocabulary, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Vocabulary{}, err
	}
	p, err := s.vocabularyOf(ctx, c, in.Programme)
	if err != nil {
		return Vocabulary{}, err
	}
	v := Vocabulary{Events: []EventType{}, Functions: []RuleWord{}, Tags: []Named{}, Stages: []Named{}, Targets: []Named{}, Settings: []RuleSetting{}, Words: []WordDef{}}
	for _, spec := range event.Catalogue() {
		v.Events = append(v.Events, eventType(&spec))
	}
	for _, w := range rule.Vocabulary() {
		v.Functions = append(v.Functions, RuleWord{w.Name, w.Use, w.Group, w.Member, w.Journey, w.Doc, w.Example, w.Takes, w.Gives})
	}
	for i := range p.Tags {
		v.Tags = append(v.Tags, Named{p.Tags[i].Key, p.Tags[i].Name})
	}
	for i := range p.Stages {
		v.Stages = append(v.Stages, Named{p.Stages[i].Key, p.Stages[i].Name})
	}
	for _, k := range programme.TargetKeys {
		v.Targets = append(v.Targets, Named{k, or(targetNames[k], Text{Zh: k, En: k})})
	}
	for _, x := range sorted(p.Settings) {
		v.Settings = append(v.Settings, RuleSetting{x.Key, x.Name, x.Value, x.Unit})
	}
	for k, r := range sorted(p.Words()) {
		v.Words = append(v.Words, WordDef{k, r})
	}
	return v, nil
}

// vocabularyOf is the programme whose names are offered: of a new one its draft, of which nothing is offered while it has mistakes.
func (s *Server) vocabularyOf(ctx context.Context, c *caller, key string) (*engine.Programme, error) {
	p, err := c.programmeOr(key)
	if err == nil || key == "" {
		return p, err
	}
	_, now, d, err := s.editing(ctx, key, staff.CanReadProgress)
	if err != nil {
		return nil, err
	}
	if compiled, problems := d.Files.Open(); len(problems) == 0 {
		return engine.Prepare(compiled), nil
	}
	return now, nil
}

// sorted goes through a map in the order of its keys.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// where gives the programme a rule is written for: the one in force, or the draft.
func (s *Server) where(ctx context.Context, c *caller, b *RuleBody) (*engine.Programme, error) {
	p, err := c.programmeOr(b.Programme)
	if !b.Draft || err != nil && b.Programme == "" {
		return p, err
	}
	key := b.Programme // of a new one there is the draft alone
	if err == nil {
		key = p.Key
	}
	d, err := s.store.Draft(ctx, c.space.number(), key)
	if errors.Is(err, conductor.ErrNoDraft) && p != nil {
		return p, nil // a draft not begun is what is in force
	}
	if err != nil {
		return nil, err
	}
	compiled, problems := d.Files.Open()
	if len(problems) > 0 {
		return nil, conductor.ErrUnsound
	}
	return engine.Prepare(compiled), nil
}

// compiled is one rule of a body; empty: nil.
func compiled(p *engine.Programme, field, src string, kind rule.Kind) (*rule.Rule, error) {
	if src == "" {
		return nil, nil
	}
	r, problems := p.Rule(src, kind)
	if len(problems) > 0 {
		first := problems[0]
		return nil, errRule.At("%s", "body."+field).Because(first.Text.Zh, first.Text.En)
	}
	return r, nil
}

func (s *Server) checkRule(ctx context.Context, in *checkRuleIn) (RuleChecked, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return RuleChecked{}, err
	}
	p, err := s.where(ctx, c, &in.Body.RuleBody)
	if errors.Is(err, conductor.ErrUnsound) { // mistakes elsewhere in the draft: the rule itself is still read, by what is in force
		body := in.Body.RuleBody
		body.Draft = false
		if force, none := s.where(ctx, c, &body); none == nil {
			p, err = force, nil
		}
	}
	if err != nil {
		return RuleChecked{}, err
	}
	kind := map[string]rule.Kind{"number": rule.KindNumber, "text": rule.KindString}[in.Body.Kind]
	v := RuleChecked{Kind: "bool", Problems: []RuleProblem{}, Reads: []TagRead{}}
	if in.Body.Kind != "" {
		v.Kind = in.Body.Kind
	}
	r, problems := (*rule.Rule)(nil), programme.Problems(nil)
	if in.Body.Journey {
		r, problems = p.Condition(in.Body.Rule, event.Lookup(in.Body.On))
	} else {
		r, problems = p.Rule(in.Body.Rule, kind)
	}
	for _, x := range problems {
		v.Problems = append(v.Problems, ruleProblem(x))
	}
	if r != nil {
		said, _ := reading.Say(r.Source(), namesOf(p.Compiled))
		v.OK, v.Reading, v.Reads = true, &said, readsView(p.Compiled, r.Source())
	}
	return v, nil
}

func ruleProblem(p programme.Problem) RuleProblem {
	return RuleProblem{p.File, p.Line, p.Col, p.Text, optional(p.Hint)}
}

// standing is where the person stands in the programme of a key now; at another moment it is not known.
func standing(l *conductor.Look, key string) engine.Standing {
	if l.Past {
		return engine.Standing{}
	}
	return l.State.Progress(key).Standing()
}

func (s *Server) tryRule(ctx context.Context, in *tryRuleIn) (RuleTried, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.Body.Person)
	if err != nil {
		return RuleTried{}, err
	}
	p, err := s.where(ctx, c, &in.Body.RuleBody)
	if err != nil {
		return RuleTried{}, err
	}
	codes, err := in.Body.choices(p, "", in.Body.Needs)
	if err != nil {
		return RuleTried{}, err
	}
	if len(codes) == 0 {
		q, err := question(p, in.Body.Rule, in.Body.Needs)
		if err != nil {
			return RuleTried{}, err
		}
		codes = []conductor.Choice{{Ask: q}}
	}
	value, err := compiled(p, "value", in.Body.Value, rule.KindNumber)
	if err != nil {
		return RuleTried{}, err
	}
	at, err := parseMoment("body.at", in.Body.At, c.space.loc)
	if err != nil {
		return RuleTried{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, at, 0)
	if err != nil {
		return RuleTried{}, err
	}
	t, is := tryFirst(p, l, codes, value)
	v := RuleTried{State: truths[t.Truth], At: moment(l.At, l.View.Loc), Evidence: []Evidence{}, EvidenceTotal: t.Why.Total}
	v.Reading, _ = reading.Say(codes[is].Ask.When.Source(), namesOf(p.Compiled))
	if in.Body.Codes != nil && t.Truth == rule.True {
		v.Code, v.CodeName = in.Body.Codes[is].Key, &in.Body.Codes[is].Name
	}
	if t.Next != engine.Never {
		v.NextChange = moment(t.Next, l.View.Loc)
	}
	if !math.IsNaN(t.Value) {
		v.Value, v.Unit = &t.Value, in.Body.Unit
	}
	for _, seq := range t.Why.Evidence {
		if e, ok := evidence(l, seq); ok {
			v.Evidence = append(v.Evidence, e)
		}
	}
	return v, s.read(ctx, c, "rule.try", card.Number)
}

func question(p *engine.Programme, when, needs string) (q engine.Question, err error) {
	if when == "" {
		return q, errRule.At("body.rule")
	}
	if q.When, err = compiled(p, "rule", when, rule.KindBool); err != nil {
		return q, err
	}
	q.Needs, err = compiled(p, "needs", needs, rule.KindBool)
	return q, err
}

// refs are people by id and name, as the caller may read it.
func (c *caller) refs(ns []person.Number) []Ref {
	out := []Ref{}
	for _, n := range ns {
		if card, ok := c.space.Conductor.Directory().ByNumber(n); ok && !card.Erased {
			out = append(out, Ref{string(card.ID), c.nameOf(card)})
		}
	}
	return out
}

// named leaves a row for each person an answer names.
func (s *Server) named(ctx context.Context, c *caller, action string, lists ...[]person.Number) error {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return s.read(ctx, c, action, slices.Compact(all)...)
}
