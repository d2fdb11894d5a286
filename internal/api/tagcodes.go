package api

import (
	"fmt"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/internal/rule"
)

// TagCode is one of the things a tag with codes can be.
type TagCode struct {
	Key     string `json:"key" doc:"of the tag of those who have this code: the tag's key, a dot, the code"`
	Code    string `json:"code"`
	Name    Text   `json:"name"`
	Rule    string `json:"rule"`
	Reading *Text  `json:"reading,omitempty" doc:"the rule in words, of one tag alone"`
	Has     int    `json:"has"`
}

// CodeForm is one code of a tag as an editor fills it in.
type CodeForm struct {
	Key  string `json:"key" maxLength:"64"`
	Name Text   `json:"name"`
	When string `json:"when,omitempty" maxLength:"4000" doc:"its condition; none beside an expression"`
}

// CodesBody is a tag with codes as it is being written. A question that has codes has no rule of its own.
type CodesBody struct {
	Code  string     `json:"code,omitempty" maxLength:"4000" doc:"the expression that gives one of the codes"`
	Codes []CodeForm `json:"codes,omitempty" maxItems:"60" doc:"in order: the first that holds; asked in place of rule, which is then empty"`
}

// choices are the questions of the codes of tag, in order; none without codes.
func (b *CodesBody) choices(p *engine.Programme, tag, needs string) ([]conductor.Choice, error) {
	if len(b.Codes) == 0 {
		return nil, nil
	}
	min, err := compiled(p, "needs", needs, rule.KindBool)
	if err != nil {
		return nil, err
	}
	// By itself first: its mistakes are at its place, what remains is about a code.
	if _, err := compiled(p, "code", b.Code, rule.KindString); err != nil {
		return nil, err
	}
	var out []conductor.Choice
	for i, c := range b.Codes {
		src := c.When
		if b.Code != "" {
			src = "(" + b.Code + ") == " + strconv.Quote(c.Key)
		}
		field := fmt.Sprintf("codes[%d].when", i)
		if src == "" {
			return nil, errRule.At("%s", "body."+field)
		}
		r, err := compiled(p, field, src, rule.KindBool)
		if err != nil {
			return nil, err
		}
		out = append(out, conductor.Choice{Key: rule.CodeKey(tag, c.Key), Ask: engine.Question{When: r, Needs: min}})
	}
	return out, nil
}

// tryFirst asks the codes of a tag in their order. The answer is that of the first that holds; where none does, that of the
// first of which too little is known, or of the last. Any of them may change the whole.
func tryFirst(p *engine.Programme, l *conductor.Look, codes []conductor.Choice, value *rule.Rule) (engine.Tried, int) {
	var best engine.Tried
	is, next := -1, engine.Never
	for i, c := range codes {
		t := p.Try(l.View, l.At, standing(l, p.Key), c.Ask, value)
		next = min(next, t.Next)
		if is < 0 || best.Truth != rule.True && (t.Truth == rule.True || best.Truth == rule.False) {
			best, is = t, i
		}
	}
	best.Next = next
	return best, is
}

// codesView are the codes of t in their order; spoken adds the rules in words.
func codesView(cd *conductor.Conductor, p *programme.Compiled, t *programme.Tag, spoken bool) []TagCode {
	var out []TagCode
	for i := range t.Codes {
		of := &p.Tags[t.Codes[i].Tag]
		c := TagCode{Key: of.Key, Code: of.Code, Name: t.Codes[i].Name, Rule: t.Codes[i].Src, Has: has(cd, p, of.Key)}
		if is := ") == " + strconv.Quote(of.Code); strings.HasSuffix(of.When.Source(), is) && !strings.HasSuffix(c.Rule, is) {
			c.Rule = "(" + c.Rule + is // one expression gives all codes
		}
		if spoken {
			said, _ := reading.Say(of.When.Source(), namesOf(p))
			c.Reading = &said
		}
		out = append(out, c)
	}
	return out
}

// readingOf is the rule of t in words; of a tag with codes, each code with its rule, in order.
func readingOf(p *programme.Compiled, t *programme.Tag) Text {
	if len(t.Codes) == 0 {
		said, _ := reading.Say(t.When.Source(), namesOf(p))
		return said
	}
	zh, en := make([]string, len(t.Codes)), make([]string, len(t.Codes))
	for i := range t.Codes {
		said, _ := reading.Say(p.Tags[t.Codes[i].Tag].When.Source(), namesOf(p))
		zh[i], en[i] = t.Codes[i].Name.Zh+"——"+said.Zh, t.Codes[i].Name.En+": "+said.En
	}
	return Text{Zh: "取先成立的：" + strings.Join(zh, "；"), En: "the first that holds: " + strings.Join(en, "; ")}
}

// rulesOf are the expressions t is made of, one a line.
func rulesOf(p *programme.Compiled, t *programme.Tag) []string {
	if len(t.Codes) == 0 {
		return []string{t.When.Source()}
	}
	var out []string
	for i := range t.Codes {
		out = append(out, p.Tags[t.Codes[i].Tag].When.Source())
	}
	return out
}

// spokenFor reports whether the gains and losses of a tag are told by those of its codes.
func spokenFor(p *engine.Programme, key string) bool {
	i := p.TagIndex(key)
	return i >= 0 && len(p.Tags[i].Codes) > 0
}

// changeKeys are the keys of the transitions that make the history of a tag, with the code each tells of; nil: the tag itself.
func changeKeys(p *engine.Programme, key string) map[string]*programme.Code {
	out := map[string]*programme.Code{}
	i := p.TagIndex(key)
	if i < 0 || len(p.Tags[i].Codes) == 0 {
		out[p.Key+"/"+key] = nil
		return out
	}
	for k := range p.Tags[i].Codes {
		code := &p.Tags[i].Codes[k]
		out[p.Key+"/"+p.Tags[code.Tag].Key] = code
	}
	return out
}
