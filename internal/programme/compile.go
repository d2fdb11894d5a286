package programme

import (
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/rule"
)

// Compile makes a loaded programme ready to run: its rules, and the order of its tags. The conditions of
// journeys are compiled in place.
func Compile(p *Programme) (*Compiled, Problems) {
	*p.problems = nil
	c := &compiler{p: p}
	out := c.run()
	if problems := slices.Clone(*p.problems).sorted(); len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

type compiler struct {
	p          *Programme
	stageReads []stageRead
}

func (c *compiler) run() *Compiled {
	p := c.p
	keys := make([]string, len(p.tags))
	for i, t := range p.tags {
		keys[i] = t.Key
	}
	// Once in the order of the file to learn which tag reads which, once more with the ids that stay.
	first := c.env(p.options(keys))
	if first == nil {
		return nil
	}
	first.Remember()
	depends := make([][]int, len(p.tags))
	for i, t := range p.tags {
		for _, r := range c.tag(first, t) {
			if r != nil {
				depends[i] = append(depends[i], r.Deps().Tags...)
				if r.Deps().Stage {
					depends[i] = append(depends[i], len(p.tags)) // the stage comes after the tags
				}
			}
		}
	}
	yields := c.yields()
	for i := range yields {
		depends[i] = append(depends[i], yields[i]...)
	}
	order, afterStage := c.order(c.withStage(first, depends))
	if len(*p.problems) > 0 {
		order = nil
		for i := range p.tags {
			order = append(order, i)
		}
	}
	sorted := make([]*tagEntry, len(order))
	for at, i := range order {
		sorted[at], keys[at] = p.tags[i], p.tags[i].Key
	}
	sound := len(*p.problems) == 0
	out := &Compiled{
		Key: p.Key, Name: p.Name, Version: p.Version, Hash: p.Hash, Zone: p.Zone, Approval: p.Approval, Groups: p.Groups,
		Journeys: p.Journeys, Referrals: p.referralsOf(), ReferralGroups: p.ReferralGroups, Layers: p.Layers, Targets: p.Targets, DefaultTarget: p.DefaultTarget, Measures: p.Measures, OfDoctors: p.OfDoctors, Settings: p.Settings, Forms: p.Forms,
		Contents: map[string]*Content{}, Scripts: map[string]*Content{}, Consents: map[string]*Content{}, tags: map[string]int{},
		Files: p.Files, AfterStage: afterStage, from: p,
	}
	options := p.options(keys)
	var err error
	if out.Env, err = first.Reordered(keys); err != nil {
		return nil // no other than the first time
	}
	defer out.Env.Forget()
	if sound {
		for i, t := range sorted {
			rules := c.tag(out.Env, t)
			t.When, t.Needs, t.Value = rules[0], rules[1], rules[2]
			tag := t.Tag
			for _, r := range rules {
				if r != nil {
					tag.Depends = append(tag.Depends, r.Deps().Tags...)
				}
			}
			for _, k := range yields[order[i]] {
				tag.Yields = append(tag.Yields, slices.Index(order, k))
			}
			tag.Depends = append(tag.Depends, tag.Yields...)
			slices.Sort(tag.Depends)
			tag.Depends = slices.Compact(tag.Depends)
			out.Tags = append(out.Tags, tag)
			out.tags[tag.Key] = i
		}
		for i, t := range sorted {
			for _, x := range t.codes {
				out.Tags[i].Codes = append(out.Tags[i].Codes, Code{x.Code, x.codeName, out.tags[x.Key], x.Src})
			}
		}
	}
	for _, st := range p.stages {
		if st.when != nil {
			st.Src = st.s.rule(st.when)
			st.When = c.compile(out.Env, st.s, st.when, rule.KindBool)
		}
		if st.stay != nil {
			st.StaySrc = st.s.rule(st.stay)
			st.Stay = c.compile(out.Env, st.s, st.stay, rule.KindBool)
		}
		out.Stages = append(out.Stages, st.Stage)
	}
	c.conditions(options)
	for _, w := range p.words {
		if !w.used && !p.anyLost() && !(p.without && w.s.name != own(w.s.name)) {
			w.s.lacking(w.n, lacksUse, "", words("没有规则用到这个词", "no rule uses this word"), words("删掉它", "delete it"))
		}
	}
	out.Sample = p.Approval.Sample
	for _, f := range p.Forms { // nobody confirmed the words of a draft
		out.Sample = out.Sample || f.Status == "draft"
	}
	for k, x := range p.Contents {
		out.Sample = out.Sample || x.Approval.Sample
		switch x.Kind {
		case KindScript:
			out.Scripts[k] = x
		case KindConsent:
			out.Consents[x.Purpose] = x
			out.Contents[k] = x
		default:
			out.Contents[k] = x
		}
	}
	out.Greeting = p.Contents[p.Greeting]
	return out
}

// yields lists, for each tag of an exclusive group, those of the group that come before it in the file.
func (c *compiler) yields() [][]int {
	exclusive, before := map[string]bool{}, map[string][]int{}
	for _, g := range c.p.Groups {
		exclusive[g.Key] = g.Exclusive
	}
	out := make([][]int, len(c.p.tags))
	for i, t := range c.p.tags {
		for _, k := range t.beside { // the codes before this one of the same tag
			out[i] = append(out[i], slices.IndexFunc(c.p.tags, func(o *tagEntry) bool { return o.Key == k }))
		}
		if exclusive[t.Group] && t.Of == "" {
			out[i] = slices.Clone(before[t.Group])
			before[t.Group] = append(before[t.Group], i)
		}
	}
	return out
}

func (c *compiler) env(o rule.Options) *rule.Env {
	e, err := rule.NewEnv(o)
	if err != nil {
		s := newSource("programme.yaml", nil, c.p.problems)
		s.at(nil, words("规则环境建不起来：%v", "rules cannot be prepared: %v", err), fault.Text{})
		return nil
	}
	return e
}

// tag compiles when, needs and value.
func (c *compiler) tag(e *rule.Env, t *tagEntry) [3]*rule.Rule {
	var out [3]*rule.Rule
	if t.codes != nil {
		out[0] = c.made(e, t)
		t.Src = codesSource(t)
	}
	for i, n := range []*node{t.when, t.needs, t.value} {
		if n == nil || n.kind == null {
			continue
		}
		src := t.s.rule(n)
		kind := rule.KindBool
		switch i {
		case 0:
			t.Src = src
		case 1:
			t.NeedsSrc = src
		case 2:
			t.ValueSrc, kind = src, rule.KindNumber
		}
		if i == 0 && t.is != "" {
			out[i] = c.code(e, t)
			continue
		}
		out[i] = c.compile(e, t.s, n, kind)
	}
	return out
}

// compile compiles the rule at n; its problems get their place in the file.
func (c *compiler) compile(e *rule.Env, s *source, n *node, kind rule.Kind) *rule.Rule {
	if n == nil || n.kind != scalar {
		return nil
	}
	src := strings.TrimRight(n.text, " \n")
	if src == "" {
		return nil
	}
	src, parts := c.p.expand(src)
	r, err := e.Compile(src, kind)
	if err == nil {
		return r
	}
	problems := rule.ProblemsOf(err)
	if len(problems) == 0 {
		s.at(n, words("规则有错：%v", "the rule is wrong: %v", err), fault.Text{})
	}
	for _, p := range problems {
		at, line, col := origin(s, n, src, parts, p.Line, p.Col)
		before := len(*at.out)
		at.put(line, col, p.Msg, p.Hint)
		if key := unknownTag(p.Msg); key != "" && len(*at.out) > before {
			(*at.out)[before].lacks, (*at.out)[before].name = lacksTag, key
		}
	}
	return nil
}

// conditions compiles what journeys ask; what event.<field> means depends on the event they wait for.
func (c *compiler) conditions(o rule.Options) {
	o.Journey = true
	envs := map[*event.Spec]*rule.Env{}
	for _, cond := range c.p.conds {
		e, ok := envs[cond.trigger]
		if !ok {
			o.Trigger = cond.trigger
			e = c.env(o)
			envs[cond.trigger] = e
		}
		if e == nil {
			return
		}
		cond.cond.Rule = c.compile(e, cond.s, cond.n, rule.KindBool)
		c.p.checkCond(cond)
	}
}
