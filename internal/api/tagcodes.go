package api

import (
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/programme"
	"peiban/internal/reading"
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

// codesView are the codes of t in their order; spoken adds the rules in words.
func codesView(cd *conductor.Conductor, p *programme.Compiled, t *programme.Tag, spoken bool) []TagCode {
	var out []TagCode
	for i := range t.Codes {
		of := &p.Tags[t.Codes[i].Tag]
		c := TagCode{Key: of.Key, Code: of.Code, Name: t.Codes[i].Name, Rule: t.Codes[i].Src, Has: cd.Count("tag", of.Key)}
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
