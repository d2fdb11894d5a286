// Package wording is about what may be said to people: it finds diagnoses, changes of dose, promises, pressure and the like in a text,
// also where they are spelled so that nobody should find them, and says what follows: nothing, a warning, a second pair of eyes, or no.
// The rules are data, rules.yaml. Who says what to whom is left to others.
package wording

import (
	_ "embed" // the rules
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"peiban/internal/fault"
)

// Action is what follows from a phrase, from least to most.
type Action string

// The actions.
const (
	None  Action = ""      // nothing
	Warn  Action = "warn"  // the writer is told, and sends it when they mean it
	Hold  Action = "hold"  // it waits until a pharmacist or a doctor has looked
	Block Action = "block" // it is not sent
)

var order = []Action{None, Warn, Hold, Block}

// Worse is the graver of two actions.
func Worse(a, b Action) Action { return order[max(slices.Index(order, a), slices.Index(order, b))] }

// Writer is who wrote a text: a programme, whose texts go by themselves, or a member of staff of some role.
type Writer struct {
	Automatic bool
	Role      string
}

// Finding is one phrase a rule is about.
type Finding struct {
	Rule       string
	Name, Why  fault.Text
	Source     string
	Start, End int    // in characters of the text as it was given; End is after the last
	Phrase     string // as it was written
	Action     Action
}

// Report is what was found in a text.
type Report struct {
	Findings  []Finding // by place
	Action    Action    // the gravest
	Emergency bool      // it speaks of an emergency and does not say where to call
	Line      fault.Text
}

// Rule is one rule in words, for a list.
type Rule struct {
	Key              string
	Name, Why        fault.Text
	Source           string
	Automatic, Staff Action
	Roles            []string // who may say it on their own account
}

type rule struct {
	Rule
	match, unless, despite []*regexp.Regexp
}

type rules struct {
	plain  plainer
	all    []rule
	urgent struct {
		match, unless []*regexp.Regexp
		line          fault.Text
		enough        string
	}
}

//go:embed rules.yaml
var shipped []byte

var load = sync.OnceValue(func() *rules {
	r, err := parse(shipped)
	if err != nil {
		panic(err) // ours; a test reads it
	}
	return r
})

// Rules lists what is looked for.
func Rules() []Rule {
	var out []Rule
	for _, r := range load().all {
		out = append(out, r.Rule)
	}
	return out
}

// EmergencyLine is what somebody is told who speaks of an emergency: whom to call.
func EmergencyLine() fault.Text { return load().urgent.line }

// Check looks at a text by somebody.
func Check(text string, by Writer) Report {
	rs := load()
	p := rs.plain.of(text)
	var out Report
	for i := range rs.all {
		r := &rs.all[i]
		action := r.Staff
		if by.Automatic {
			action = r.Automatic
		}
		if action == None || !by.Automatic && slices.Contains(r.Roles, by.Role) {
			continue
		}
		for _, at := range r.find(p.text) {
			f := Finding{Rule: r.Key, Name: r.Name, Why: r.Why, Source: r.Source, Action: action}
			f.Start, f.End, f.Phrase = p.place(at)
			if slices.ContainsFunc(out.Findings, func(o Finding) bool { return o.Rule == f.Rule && o.Start < f.End && f.Start < o.End }) {
				continue
			}
			out.Findings = append(out.Findings, f)
			out.Action = Worse(out.Action, action)
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int { return a.Start - b.Start })
	if rs.speaksOfEmergency(p.text) && !strings.Contains(p.text, rs.urgent.enough) {
		out.Emergency, out.Line = true, rs.urgent.line
	}
	return out
}

func (rs *rules) speaksOfEmergency(text string) bool {
	for _, re := range rs.urgent.match {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if !overlaps(rs.urgent.unless, text, at) {
				return true
			}
		}
	}
	return false
}

// find gives the places of the plain text, in bytes.
func (r *rule) find(text string) [][]int {
	var out [][]int
	for _, re := range r.despite {
		out = append(out, re.FindAllStringIndex(text, -1)...)
	}
	for _, re := range r.match {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if !overlaps(r.unless, text, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

func overlaps(res []*regexp.Regexp, text string, at []int) bool {
	for _, re := range res {
		for _, u := range re.FindAllStringIndex(text, -1) {
			if u[0] < at[1] && at[0] < u[1] {
				return true
			}
		}
	}
	return false
}

type file struct {
	Words  map[string]string
	Alike  map[string]string
	Pinyin map[string]string
	Rules  yaml.MapSlice
	// Emergency are words of danger to life, and the line that goes with them.
	Emergency struct {
		Words, Unless []string
		Line          fault.Text
		Source        string
		Enough        string
	}
}

type ruleFile struct {
	Name, Why        fault.Text
	Source           string
	Automatic, Staff string
	Roles            []string
	Match            []string
	Unless           []string
	Despite          []string
}

func parse(b []byte) (*rules, error) {
	var f file
	if err := yaml.UnmarshalWithOptions(b, &f, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("read the wording rules: %w", err)
	}
	rs := &rules{plain: newPlainer(f.Alike, f.Pinyin)}
	compile := func(key string, srcs []string) (out []*regexp.Regexp, err error) {
		for _, s := range srcs {
			for again := true; again; {
				before := s
				for k, v := range f.Words {
					s = strings.ReplaceAll(s, "<"+k+">", v)
				}
				again = s != before
			}
			re, err := regexp.Compile(s)
			if err != nil {
				return nil, fmt.Errorf("wording rule %s: %w", key, err)
			}
			out = append(out, re)
		}
		return out, nil
	}
	for _, item := range f.Rules {
		key := fmt.Sprint(item.Key)
		raw, err := yaml.Marshal(item.Value)
		if err != nil {
			return nil, fmt.Errorf("wording rule %s: %w", key, err)
		}
		var x ruleFile
		if err := yaml.Unmarshal(raw, &x); err != nil {
			return nil, fmt.Errorf("wording rule %s: %w", key, err)
		}
		r := rule{Rule: Rule{Key: key, Name: x.Name, Why: x.Why, Source: x.Source, Roles: x.Roles}}
		if r.Automatic, err = action(x.Automatic); err != nil {
			return nil, fmt.Errorf("wording rule %s: %w", key, err)
		}
		if r.Staff, err = action(x.Staff); err != nil {
			return nil, fmt.Errorf("wording rule %s: %w", key, err)
		}
		if r.match, err = compile(key, x.Match); err != nil {
			return nil, err
		}
		if r.unless, err = compile(key, x.Unless); err != nil {
			return nil, err
		}
		if r.despite, err = compile(key, x.Despite); err != nil {
			return nil, err
		}
		rs.all = append(rs.all, r)
	}
	var err error
	if rs.urgent.match, err = compile("emergency", f.Emergency.Words); err != nil {
		return nil, err
	}
	if rs.urgent.unless, err = compile("emergency", f.Emergency.Unless); err != nil {
		return nil, err
	}
	rs.urgent.line, rs.urgent.enough = f.Emergency.Line, f.Emergency.Enough
	return rs, nil
}

func action(s string) (Action, error) {
	if s == "none" {
		return None, nil
	}
	if a := Action(s); s != "" && slices.Contains(order, a) {
		return a, nil
	}
	return None, fmt.Errorf("no action %q", s)
}
