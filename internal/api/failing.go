package api

import (
	"context"

	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// RuleFailure is a rule that could not be asked for some people. Their answers are unknown; every other rule goes on. Nothing of the
// people is in it.
type RuleFailure struct {
	Programme string `json:"programme"`
	Version   int    `json:"version"`
	Kind      string `json:"kind" enum:"tag,stage,journey,question"`
	Key       string `json:"key" doc:"of the tag, the stage or the journey"`
	Name      Text   `json:"name"`
	Rule      string `json:"rule"`
	Reason    string `json:"reason" doc:"what went wrong, in the words of the program and without numbers"`
	Text      Text   `json:"text" doc:"what that means"`
	Hint      Text   `json:"hint" doc:"what to do"`
	People    int    `json:"people" doc:"how many it failed for"`
	Times     int    `json:"times"`
	First     string `json:"first"`
	Last      string `json:"last"`
}

// failureView is a failure in words; p is the version in force.
func (c *caller) failureView(p *programme.Compiled, f *conductor.Failing) RuleFailure {
	v := RuleFailure{
		Programme: f.Programme, Version: f.Version, Kind: f.Kind, Key: f.Key, Name: Text{Zh: f.Key, En: f.Key}, Rule: f.Rule, Reason: f.Reason,
		Text:   text("这条规则算不出来，程序出了错。这些人的结果按“数据不足”处理，别的规则照常。", "This rule cannot be computed: the program failed. For these people its answer counts as too little data; other rules go on."),
		Hint:   text("换一种写法后发布，或者把规则和原因告诉管理服务器的人，日志里有出错的位置。", "Write it in another way and publish, or tell whoever runs the server the rule and the reason; the log says where it failed."),
		People: f.People, Times: f.Times, First: moment(f.First, c.space.loc), Last: moment(f.Last, c.space.loc),
	}
	if p == nil {
		return v
	}
	switch v.Kind {
	case "tag":
		if i := p.TagIndex(v.Key); i >= 0 {
			v.Name = p.Tags[i].Name
		}
	case "stage":
		if g := p.Stage(v.Key); g != nil {
			v.Name = g.Name
		}
	case "journey":
		for _, j := range p.Journeys {
			if j.Key == v.Key {
				v.Name = j.Name
			}
		}
	}
	return v
}

func (s *Server) ruleFailures(ctx context.Context, _ *struct{}) (Listing[RuleFailure], error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Listing[RuleFailure]{}, err
	}
	all := c.space.Conductor.Failing()
	out := Listing[RuleFailure]{Items: []RuleFailure{}, Total: len(all)}
	for i := range all {
		var p *programme.Compiled
		if now := c.space.Conductor.Programme(all[i].Programme); now != nil {
			p = now.Compiled
		}
		out.Items = append(out.Items, c.failureView(p, &all[i]))
	}
	return out, nil
}

// failuresOf are the failures of a tag, and of its codes where it has some.
func (c *caller) failuresOf(p *programme.Compiled, t *programme.Tag) []RuleFailure {
	var out []RuleFailure
	all := c.space.Conductor.Failing()
	for i := range all {
		f := &all[i]
		if f.Kind != "tag" || f.Programme != p.Key {
			continue
		}
		if k := p.TagIndex(f.Key); f.Key == t.Key || k >= 0 && p.Tags[k].Of == t.Key {
			out = append(out, c.failureView(p, f))
		}
	}
	return out
}
