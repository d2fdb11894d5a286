package programme

import (
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/rule"
)

// Rule compiles an expression as a tag of the programme would have it, its words put in. Problems are at places of src;
// one inside a word names the word's file.
func (c *Compiled) Rule(src string, kind rule.Kind) (*rule.Rule, Problems) {
	return c.ruleOf(c.Env, src, kind)
}

// Condition compiles one as a journey would have it; trigger is the event it was entered by or waits for, nil when that is not known.
func (c *Compiled) Condition(src string, trigger *event.Spec) (*rule.Rule, Problems) {
	e, err := c.Env.InJourney(trigger)
	if err != nil { // the programme compiled: its words do too
		e = c.Env
	}
	return c.ruleOf(e, src, rule.KindBool)
}

func (c *Compiled) ruleOf(e *rule.Env, src string, kind rule.Kind) (*rule.Rule, Problems) {
	var found Problems
	s := newSource("", []byte(src), &found)
	s.lines = strings.Split(src, "\n")
	n := &node{kind: scalar, text: src, line: 1, col: 1}
	if strings.TrimSpace(src) == "" {
		s.at(n, words("这里还没有规则", "there is no rule here yet"), words(`例如 events("glucose").within("7d").count() >= 4`, `for example events("glucose").within("7d").count() >= 4`))
		return nil, found
	}
	expanded, stretches := c.from.expand(src)
	r, err := e.Compile(expanded, kind)
	if err == nil {
		return r, nil
	}
	problems := rule.ProblemsOf(err)
	if len(problems) == 0 {
		s.at(n, words("规则有错：%v", "the rule is wrong: %v", err), fault.Text{})
	}
	for _, p := range problems {
		at, line, col := origin(s, n, expanded, stretches, p.Line, p.Col)
		if at != s {
			found = append(found, Problem{File: at.name, Line: line, Col: col, Text: p.Msg, Hint: p.Hint})
			continue
		}
		s.put(line, col, p.Msg, p.Hint)
	}
	return nil, found.sorted()
}
