package programme

import (
	"slices"

	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/rule"
)

// Use is one place of a programme that rests on a tag.
type Use struct {
	Kind  string // journey, stage, tag, segment
	Key   string
	Name  fault.Text
	Where fault.Text
	Rule  string // as written; empty: the tag is named without a rule
}

// Cases are the tests of the programme.
func (c *Compiled) Cases() []Case {
	if c.from == nil {
		return nil
	}
	return c.from.Cases
}

// Uses lists what rests on a tag: tags and stages first, then journeys.
func (c *Compiled) Uses(key string) (out []Use) {
	id := c.TagIndex(key)
	if id < 0 {
		return nil
	}
	reads := func(r *rule.Rule) bool { return r != nil && slices.Contains(r.Deps().Tags, id) }
	for i := range c.Tags {
		t := &c.Tags[i]
		switch {
		case reads(t.When):
			out = append(out, Use{t.Kind(), t.Key, t.Name, words("规则", "its rule"), t.Src})
		case reads(t.Needs):
			out = append(out, Use{t.Kind(), t.Key, t.Name, words("最少数据", "its minimum of data"), t.NeedsSrc})
		case reads(t.Value):
			out = append(out, Use{t.Kind(), t.Key, t.Name, words("数值", "its value"), t.ValueSrc})
		}
	}
	for i := range c.Stages {
		s := &c.Stages[i]
		if reads(s.When) || reads(s.Stay) {
			out = append(out, Use{"stage", s.Key, s.Name, words("规则", "its rule"), s.Src})
		}
	}
	for _, j := range c.Journeys {
		u := journeyUses{name: j.Name, key: j.Key, reads: reads}
		if j.Enter.On == "tag" && j.Enter.Tag == key {
			u.out = append(u.out, Use{"journey", j.Key, j.Name, words("得到它就进入", "entered when it is gained"), ""})
		}
		u.cond(&j.Enter.If, words("进入的条件", "who enters"))
		for i := range j.Leave {
			u.cond(&j.Leave[i], words("离开的条件", "who leaves"))
		}
		if j.Goal != nil {
			u.cond(&j.Goal.When, words("目标", "its goal"))
		}
		u.steps(j.Steps)
		out = append(out, u.out...)
	}
	return out
}

// Kind says whether t is a segment or a tag.
func (t *Tag) Kind() string {
	if t.ByHand {
		return "segment"
	}
	return "tag"
}

type journeyUses struct {
	key   string
	name  fault.Text
	reads func(*rule.Rule) bool
	out   []Use
}

func (u *journeyUses) cond(c *journey.Cond, where fault.Text) {
	if u.reads(c.Rule) {
		u.out = append(u.out, Use{"journey", u.key, u.name, where, c.Src})
	}
}

func (u *journeyUses) steps(steps []journey.Step) {
	journey.Walk(steps, func(s *journey.Step) {
		where := words("步骤 %s 的分支", "the branch of step %s", s.ID)
		switch {
		case s.Wait != nil:
			where = words("步骤 %s 的等待", "the wait of step %s", s.ID)
		case s.Says() != nil:
			where = words("步骤 %s 的说法", "the words of step %s", s.ID)
		}
		for _, c := range s.Conds() {
			u.cond(c, where)
		}
	})
}
