package api

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/reading"
	"peiban/internal/rule"
	"peiban/internal/staff"
)

// RuleCounted is what a rule says of everyone.
type RuleCounted struct {
	AsOf    string      `json:"asOf"`
	TookMs  int64       `json:"tookMs"`
	People  int         `json:"people"`
	Has     int         `json:"has"`
	No      int         `json:"no"`
	Unknown int         `json:"unknown"`
	Gain    *int        `json:"gain,omitempty" doc:"who would have it and has not the tag compared with"`
	Lose    *int        `json:"lose,omitempty"`
	Sample  RuleSamples `json:"sample"`
	Found   string      `json:"found" doc:"opens the people behind each number: GET /api/people with found and of=has, no, unknown, gain, lose, couldGain or couldLose, or an of of the codes"`
	Near    *RuleEdge   `json:"near,omitempty"`
	Codes   []CodeCount `json:"codes,omitempty" doc:"of a tag with codes, in order: nobody is in two of them"`
}

// CodeCount is how many have one code of a tag.
type CodeCount struct {
	Code   string `json:"code"`
	Name   Text   `json:"name"`
	Has    int    `json:"has"`
	OfHas  string `json:"ofHas"`
	Gain   *int   `json:"gain,omitempty" doc:"beside the code in force"`
	Lose   *int   `json:"lose,omitempty"`
	OfGain string `json:"ofGain"`
	OfLose string `json:"ofLose"`
}

// RuleSamples are a few people of each kind, whom the caller may see.
type RuleSamples struct {
	Has     []Ref `json:"has"`
	Unknown []Ref `json:"unknown"`
	Gain    []Ref `json:"gain"`
	Lose    []Ref `json:"lose"`
}

// RuleEdge is who would have another answer if every number in the rule were one step easier or harder.
type RuleEdge struct {
	CouldGain  int   `json:"couldGain"`
	CouldLose  int   `json:"couldLose"`
	GainSample []Ref `json:"gainSample"`
	LoseSample []Ref `json:"loseSample"`
	Step       Text  `json:"step"`
}

// CountRuleInBody is what is asked of everyone. The document of the API knows it by this name.
type CountRuleInBody struct {
	RuleBody
	CodesBody
	Needs   string `json:"needs,omitempty" maxLength:"4000"`
	Compare string `json:"compare,omitempty" maxLength:"80" doc:"a tag whose holders gain and lose"`
	Tag     string `json:"tag,omitempty" maxLength:"80" doc:"the tag whose rule it is, to name the lists of its people by"`
}

type countRuleIn struct {
	Body CountRuleInBody
}

// countAsked is a question that was found right, ready to be asked of everyone.
type countAsked struct {
	body CountRuleInBody
	p    *engine.Programme
	poll conductor.Poll
	near bool
}

// counted is the answer, for whoever asked; it is told anew at each look, as they may then read it.
type counted struct {
	got   *conductor.Polled
	took  int64 // milliseconds
	found string
}

func (s *Server) countRule(ctx context.Context, in *countRuleIn) (RuleCounted, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return RuleCounted{}, err
	}
	a, err := s.askable(ctx, c, in.Body)
	if err != nil {
		return RuleCounted{}, err
	}
	got, err := s.count(ctx, c, a)
	if err != nil {
		return RuleCounted{}, err
	}
	return s.countView(ctx, c, a, got)
}

// askable compiles what is asked.
func (s *Server) askable(ctx context.Context, c *caller, b CountRuleInBody) (*countAsked, error) {
	p, err := s.where(ctx, c, &b.RuleBody)
	if err != nil {
		return nil, err
	}
	a := &countAsked{body: b, p: p, poll: conductor.Poll{Compare: b.Compare, Seen: s.visible(ctx, c), Asked: new(atomic.Int64)}}
	if a.poll.Codes, err = b.choices(p, cmp.Or(b.Tag, b.Compare), b.Needs); err != nil || len(a.poll.Codes) > 0 {
		return a, err
	}
	if a.poll.Ask, err = question(p, b.Rule, b.Needs); err != nil {
		return nil, err
	}
	a.near = s.edge(p, a.poll.Ask, &a.poll)
	return a, nil
}

// count asks everyone and keeps whom each number stands for.
func (s *Server) count(ctx context.Context, c *caller, a *countAsked) (*counted, error) {
	began := s.real()
	got, err := c.space.Conductor.Poll(ctx, a.p, a.poll)
	if err != nil {
		return nil, err
	}
	name := tagNamed(a.p, cmp.Or(a.body.Tag, a.body.Compare))
	order, texts := setOrder, pollTexts(name)
	for i, x := range a.poll.Codes {
		code := a.body.Codes[i].Name
		order = append(slices.Clip(order), x.SetOf(conductor.SetHas), x.SetOf(conductor.SetGain), x.SetOf(conductor.SetLose))
		of := pollTexts(Text{Zh: name.Zh + "：" + code.Zh, En: name.En + ": " + code.En})
		for _, side := range []string{conductor.SetHas, conductor.SetGain, conductor.SetLose} {
			texts[x.SetOf(side)] = of[side]
		}
	}
	kept := Found{Programme: a.p.Key, AsOf: moment(got.At, c.space.loc), Draft: a.body.Draft, Rule: a.body.Rule}
	return &counted{got, s.real().Sub(began).Milliseconds(), s.remember(c, c.member.ID, kept, order, texts, got.Sets)}, nil
}

func (s *Server) countView(ctx context.Context, c *caller, a *countAsked, x *counted) (RuleCounted, error) {
	got, seen := x.got, s.visible(ctx, c)
	refs := func(some []person.Number) []Ref {
		return c.refs(slices.DeleteFunc(slices.Clone(some), func(n person.Number) bool { return !seen.Contains(uint32(n)) }))
	}
	v := RuleCounted{
		AsOf: moment(got.At, c.space.loc), TookMs: x.took, People: got.People, Has: got.Has, No: got.No, Unknown: got.Unknown, Found: x.found,
		Sample: RuleSamples{refs(got.HasSome), refs(got.UnknownSome), refs(got.GainSome), refs(got.LoseSome)},
	}
	compared := func(n int) *int {
		if a.poll.Compare == "" {
			return nil
		}
		return &n
	}
	v.Gain, v.Lose = compared(got.Gain), compared(got.Lose)
	if a.near {
		v.Near = &RuleEdge{got.CouldGain, got.CouldLose, refs(got.NearGain), refs(got.NearLose), reading.Step}
	}
	for i, code := range a.poll.Codes {
		has, gain, lose := code.SetOf(conductor.SetHas), code.SetOf(conductor.SetGain), code.SetOf(conductor.SetLose)
		size := func(of string) int { return int(got.Sets[of].GetCardinality()) }
		f := a.body.Codes[i]
		v.Codes = append(v.Codes, CodeCount{f.Key, f.Name, size(has), has, compared(size(gain)), compared(size(lose)), gain, lose})
	}
	return v, s.named(ctx, c, "rule.count", got.HasSome, got.UnknownSome, got.GainSome, got.LoseSome, got.NearGain, got.NearLose)
}

// edge adds the rule one step easier and harder; false when it compares with no number.
func (s *Server) edge(p *engine.Programme, q engine.Question, poll *conductor.Poll) bool {
	lower, higher, ok := reading.Edge(q.When.Source())
	if !ok {
		return false
	}
	for src, to := range map[string]**engine.Question{lower: &poll.Lower, higher: &poll.Higher} {
		if src == "" {
			continue
		}
		if r, err := p.Env.Compile(src, rule.KindBool); err == nil {
			*to = &engine.Question{When: r, Needs: q.Needs}
		}
	}
	return poll.Lower != nil || poll.Higher != nil
}
