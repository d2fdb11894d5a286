package engine

import (
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/rule"
)

// chosen says by what a step of a journey finds whom it writes to.
type chosen struct {
	health   bool // by health data, or by a tag or stage that rests on them
	personal bool // by what is known of the person at all, beside that they joined
}

// Chosen tells whether a step of a journey goes by health data, and whether by anything known of the person: by what enters the journey
// and by the branches that lead to the step. Leaving and goals choose nobody. A step that is gone was chosen by what entered.
func (p *Programme) Chosen(key, step string) (health, personal bool) {
	c, ok := p.choices[choice{key, step}]
	if !ok {
		c = p.choices[choice{key, ""}]
	}
	return c.health, c.personal
}

// choice is a step of a journey; without a step, what enters it.
type choice struct{ journey, step string }

// choose works out Chosen for every step, once journeys are flat and every step has its name.
func (p *Programme) choose() {
	p.choices = map[choice]chosen{}
	for _, d := range p.Journeys {
		var c chosen
		switch on := &d.Enter; on.On {
		case "tag":
			for i := range p.Tags {
				if p.Tags[i].Key == on.Tag {
					c.personal, c.health = true, c.health || p.Tags[i].Private == privateHealth
				}
			}
		case "stage":
			c.personal = true
			for i := range p.Stages {
				if p.Stages[i].Key == on.Stage {
					c.look(p, p.Stages[i].When)
				}
			}
		default:
			if t := event.Lookup(on.On); t != nil {
				c.health = t.Health
				c.personal = t.Type != event.ProgrammeJoined && t.Type != event.ContactAdded
			}
		}
		c.look(p, d.Enter.If.Rule)
		p.choices[choice{d.Key, ""}] = c
		p.chooseSteps(d.Key, c, d.Steps)
	}
}

const privateHealth = "health"

func (p *Programme) chooseSteps(key string, c chosen, steps []journey.Step) {
	for i := range steps {
		s := &steps[i]
		p.choices[choice{key, s.ID}] = c
		if s.If != nil {
			under := c
			under.look(p, s.If.When.Rule)
			p.chooseSteps(key, under, s.If.Then)
			p.chooseSteps(key, under, s.If.Else)
		}
	}
}

func (c *chosen) look(p *Programme, r *rule.Rule) {
	if r == nil {
		return
	}
	c.personal = true
	d := r.Deps()
	for _, t := range d.Events {
		c.health = c.health || t.Spec().Health
	}
	for _, t := range d.Tags {
		c.health = c.health || t < len(p.Tags) && p.Tags[t].Private == privateHealth
	}
}
