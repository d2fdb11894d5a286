// Package redflag finds words that a human has to see at once: an emergency, self-harm, pregnancy, a possible adverse event. It misses as
// little as it can and so is wrong now and then: what it finds is looked at by somebody, never acted on by itself.
package redflag

import (
	"cmp"
	_ "embed" // the words
	"fmt"
	"regexp"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"peiban/internal/fault"
	"peiban/internal/wording"
)

// Topics of what is found, those of event type chat_topic, most urgent first.
const (
	Emergency    = "emergency"
	SelfHarm     = "self_harm"
	Pregnancy    = "pregnancy"
	AdverseEvent = "adverse_event"
)

// Flag is something found in a text.
type Flag struct {
	Topic      string     `json:"topic"`
	Rule       string     `json:"rule"`   // within the topic
	Phrase     string     `json:"phrase"` // as it was written
	Start, End int        `json:"-"`      // characters before and up to its end
	Name       fault.Text `json:"name"`   // of the topic
	Why        fault.Text `json:"why"`    // what has to be done
	Source     string     `json:"source"`
}

//go:embed rules.yaml
var shipped []byte

// Rules are words to look for.
type Rules struct {
	denied *regexp.Regexp
	aside  []*regexp.Regexp // in the clause of a phrase
	over   []*regexp.Regexp // anywhere
	topics []topic
}

type topic struct {
	key, source string
	name, why   fault.Text
	aside       bool
	unless      []*regexp.Regexp
	rules       []rule
	both        []*regexp.Regexp
}

type rule struct {
	key string
	any []*regexp.Regexp
}

// Shipped are the rules that come with the program.
var Shipped = sync.OnceValue(func() *Rules {
	r, err := Parse(shipped)
	if err != nil {
		panic(err) // ours; a test reads it
	}
	return r
})

// Parse reads rules as rules.yaml writes them.
func Parse(b []byte) (*Rules, error) {
	type topicFile struct {
		Topic, Source string
		Name, Why     struct{ Zh, En string }
		Aside         bool
		Unless, Both  []string
		Rules         yaml.MapSlice
	}
	var f struct {
		Denied string
		Over   string
		Aside  []string
		Topics []topicFile
	}
	if err := yaml.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("read the red flags: %w", err)
	}
	var failed error
	patterns := func(sources ...string) (out []*regexp.Regexp) {
		for _, s := range sources {
			re, err := regexp.Compile(s)
			if err != nil {
				failed = cmp.Or(failed, fmt.Errorf("read the red flags: %w", err))
				continue
			}
			out = append(out, re)
		}
		return out
	}
	out := &Rules{aside: patterns(f.Aside...), over: patterns(f.Over)}
	if denied := patterns(f.Denied); len(denied) == 1 {
		out.denied = denied[0]
	}
	for _, t := range f.Topics {
		v := topic{
			key: t.Topic, source: t.Source, name: fault.Text{Zh: t.Name.Zh, En: t.Name.En}, why: fault.Text{Zh: t.Why.Zh, En: t.Why.En}, aside: t.Aside,
			unless: patterns(t.Unless...), both: patterns(t.Both...),
		}
		for _, r := range t.Rules {
			var words []string
			list, _ := r.Value.([]any)
			for _, w := range list {
				words = append(words, fmt.Sprint(w))
			}
			v.rules = append(v.rules, rule{fmt.Sprint(r.Key), patterns(words...)})
		}
		out.topics = append(out.topics, v)
	}
	return out, failed
}

// longest is how much of a text is looked at, in bytes: nobody says that they are in danger after ten pages, and a copied book must not
// hold a commit up.
const longest = 32 << 10

// Find is what a text says that somebody has to see, one flag for each topic and rule, most urgent topic first.
func (r *Rules) Find(text string) (found []Flag) {
	if len(text) > longest {
		text = text[:longest]
	}
	plain, place := wording.Plain(text)
	for i := range r.topics {
		t := &r.topics[i]
		if t.aside && matches(r.over, plain) {
			continue
		}
		add := func(key string, at []int) {
			f := Flag{Topic: t.key, Rule: key, Name: t.name, Why: t.why, Source: t.source}
			f.Start, f.End, f.Phrase = place(at)
			found = append(found, f)
		}
		for _, rule := range t.rules {
			if at := r.first(plain, t, rule.any); at != nil {
				add(rule.key, at)
			}
		}
		if len(t.both) == 2 && t.both[0].MatchString(plain) {
			if at := r.first(plain, t, t.both[1:]); at != nil {
				add("reaction", at)
			}
		}
	}
	return found
}

func matches(all []*regexp.Regexp, text string) bool {
	return slices.ContainsFunc(all, func(re *regexp.Regexp) bool { return re.MatchString(text) })
}

// first is the first place of a phrase that is neither denied nor explained away in its clause.
func (r *Rules) first(plain string, t *topic, phrases []*regexp.Regexp) []int {
	for _, re := range phrases {
		for _, at := range re.FindAllStringIndex(plain, 20) {
			from, to := clause(plain, at)
			said := plain[from:to]
			if !r.denied.MatchString(asked.ReplaceAllString(plain[from:at[0]], "")) && !matches(t.unless, said) && !(t.aside && matches(r.aside, said)) {
				return at
			}
		}
	}
	return nil
}

// asked are questions that hold a word of denial and deny nothing.
var asked = regexp.MustCompile(`是不是|会不会|要不要|能不能|有没有|要不|算不算`)

// clause is the piece of text between marks that a phrase stands in.
func clause(text string, at []int) (from, to int) {
	from, to = 0, len(text)
	for _, m := range marks.FindAllStringIndex(text, -1) {
		switch {
		case m[1] <= at[0]:
			from = m[1]
		case m[0] >= at[1]:
			return from, m[0]
		}
	}
	return from, to
}

var marks = regexp.MustCompile(`[,，。.!！?？;；、\n]+`)

// Topics are the topics of flags, each once, most urgent first.
func Topics(found []Flag) (out []string) {
	for _, f := range found {
		if !slices.Contains(out, f.Topic) {
			out = append(out, f.Topic)
		}
	}
	return out
}
