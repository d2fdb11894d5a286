// Package programme is about a programme as a folder of files: loading it, finding every mistake in it, and
// making it ready to run. How a step runs is journey's, what a rule means is rule's.
package programme

import (
	"math"
	"slices"
	"time"

	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/measure"
	"peiban/internal/referral"
	"peiban/internal/rule"
)

// Compiled is a programme without mistakes, ready for the engine. It is never changed after Compile.
type Compiled struct {
	Key      string
	Name     fault.Text
	Version  int
	Hash     string // of every file that can change what the programme does or says
	Zone     *time.Location
	Approval Approval
	Groups   []Group
	Sample   bool // something in it nobody approved: rehearsal workspaces only

	Tags           []Tag   // a tag comes after the tags its rule reads; the place is the id in rule.Ctx.Tag
	AfterStage     int     // how many tags, the last, rest on the stage: they ask for it, or read one that does
	Stages         []Stage // the first that holds is the person's stage
	Journeys       []*journey.Definition
	Referrals      []referral.Rule  // criteria that open a referral
	ReferralGroups []referral.Group // who takes them
	Layers         []Layer          // what the tags of one exclusive group get, in its order
	Targets        map[string]TargetProfile
	DefaultTarget  string
	OfDoctors      bool     // people: doctors; else patients
	Measures       []string // what its people measure at home, the main one first; empty: nothing
	Settings       map[string]Setting

	Contents map[string]*Content // messages, cards and consent texts by key
	Scripts  map[string]*Content // approved words for staff by key
	Forms    map[string]*Form    // questionnaires by key
	Consents map[string]*Content // consent texts by purpose
	Greeting *Content            // what a new contact hears at once; nil: nothing
	Env      *rule.Env           // what tags and stages were compiled in; the preview compiles in it too
	Files    Files               // what it was compiled from

	tags map[string]int
	from *Programme
}

// Listed counts the tags as they are written: one with codes is one.
func (c *Compiled) Listed() (n int) {
	for i := range c.Tags {
		if c.Tags[i].Of == "" {
			n++
		}
	}
	return n
}

// Tag is one rule with a name. Its rule may be true, false, or unknown when there is too little data.
type Tag struct {
	Key     string
	Name    fault.Text
	Group   string
	Private string     // health: never mirrored to WeCom; person; empty: neutral
	Source  string     // where its limits come from
	Plain   fault.Text // the rule said in words
	Because fault.Text // why this person has it; may hold {count}, {latest}, {when}, {value}

	When  *rule.Rule
	Needs *rule.Rule // nil: no minimum; not true: the tag is unknown
	Value *rule.Rule // nil: the tag has no number of its own
	Unit  string     // of Value; empty: none

	Codes []Code // what it can be, in order: the first that holds; nil: it is had or not
	Of    string // of the tag of one code: the tag with codes
	Code  string // and the code

	ByHand bool  // a segment: people may be put in and taken out, which beats the rule
	Yields []int // tags of its exclusive group that come before it: it is not had beside them

	Src      string // of When, as in the file
	NeedsSrc string
	ValueSrc string
	Depends  []int // tags it reads
	File     string
	Line     int
}

// Group is a heading tags are shown under.
type Group struct {
	Key       string
	Name      fault.Text
	Exclusive bool // of its tags a person has at most one: the first, in the order of the file, that holds
}

// Stage is where a person is in the programme.
type Stage struct {
	Key   string
	Name  fault.Text
	Plain fault.Text
	When  *rule.Rule
	Stay  *rule.Rule // nil: left when When no longer holds; else who is in stays while it holds
	Src   string

	StaySrc string

	Source string
	File   string
	Line   int
}

// TargetProfile is a set of limits a doctor chooses for a person; glucose is on the mmol/L scale, the others on TargetUnit.
type TargetProfile struct {
	Key    string
	Name   fault.Text
	Ranges map[string]measure.Range // by TargetKeys
	HbA1c  float64                  // %, the highest that is in target; 0: not set
	Own    []string                 // of TargetKeys: limits that a doctor signed for this person, not the profile's own
	Source string
	Sample bool
}

// IsOwn tells whether a doctor signed a limit for this person.
func (t *TargetProfile) IsOwn(key string) bool { return slices.Contains(t.Own, key) }

// TargetKeys are the limits a profile may set, and what rules ask for with target("...").
var TargetKeys = []string{
	"fasting", "before_meal", "after_meal_2h", "bedtime", "night", "random", "hba1c", "systolic", "diastolic", "pain", "harris", "ldl", "weight",
}

// contextKeys says which limits hold for a meal slot; the first that is set rules.
var contextKeys = map[string][]string{
	"fasting":            {"fasting", "before_meal"},
	"before_lunch":       {"before_meal", "fasting"},
	"before_dinner":      {"before_meal", "fasting"},
	"after_breakfast_2h": {"after_meal_2h"},
	"after_lunch_2h":     {"after_meal_2h"},
	"after_dinner_2h":    {"after_meal_2h"},
	"bedtime":            {"bedtime"},
	"night":              {"night"},
}

// ForContext gives the limits for a reading of a meal slot. The zero Range means the profile sets none, and
// the general limits of package measure hold.
func (t TargetProfile) ForContext(context string) measure.Range {
	keys, ok := contextKeys[context]
	if !ok {
		keys = []string{"random"}
	}
	for _, k := range keys {
		if r, ok := t.Ranges[k]; ok {
			return r
		}
	}
	return measure.Range{}
}

// Limits is what target(key) means in a rule: the lowest and the highest value still in target. So a rule asks
// value > high of every key, also where the profile says "below 10.0". A limit the profile does not set is NaN,
// which rules take as unknown; a key of meals falls back as in ForContext.
func (t TargetProfile) Limits(key string) (low, high float64, ok bool) {
	orUnset := func(v float64) float64 {
		if v == 0 {
			return math.NaN()
		}
		return v
	}
	if key == "hba1c" {
		return math.NaN(), orUnset(t.HbA1c), t.HbA1c != 0
	}
	r, ok := t.Ranges[key]
	switch {
	case ok:
	case key == "before_meal":
		r, ok = t.Ranges["fasting"]
	case key == "fasting":
		r, ok = t.Ranges["before_meal"]
	}
	if r.Open && r.High != 0 {
		r.High = math.Nextafter(r.High, 0)
	}
	return orUnset(r.Low), orUnset(r.High), ok
}

// Setting is a number of the programme that a rule reads with setting("key").
type Setting struct {
	Key    string
	Value  float64
	Unit   string
	Name   fault.Text
	Source string
	Unsure bool // a convention, or sources differ; see IsUnsure
}

// Approval says who answers for a text or a limit. A sample is good for rehearsal workspaces only.
type Approval struct {
	Sample   bool
	By       string
	At       time.Time
	Document string
}

// Kinds of content.
const (
	KindMessage = "message"
	KindCard    = "card"    // stays on the phone until it is answered
	KindScript  = "script"  // words for staff to say
	KindConsent = "consent" // what a person agrees to, one purpose each

	// KindGreeting answers who has just added a member of staff, before anything was agreed to. Its title is on the card that opens the
	// person's page.
	KindGreeting = "greeting"
)

// LongestGreeting is how many bytes a greeting may have in each language: 4,000 go into a message of WeCom (wecom.md 3.2).
const LongestGreeting = 4_000

// LongestCard is how many bytes the title of the card below a greeting may have (wecom.md 3.2).
const LongestCard = 128

// Content is one approved text. Its key is the name of its file.
type Content struct {
	Key      string
	Kind     string
	Audience string   // person, family, staff
	Gravity  int      // 0 lifestyle, 1 course of the disease, 2 complication, 3 only by a doctor, in person
	Stage    []string // stages it suits; empty: all
	Version  string
	Approval Approval
	Expires  time.Time // zero: does not expire by itself
	Title    fault.Text
	Body     fault.Text // paragraphs and lists of Markdown
	Answers  []Answer   // cards

	Purpose   string     // consent: the purpose agreed to; message and card: what it serves, empty: the service
	Required  bool       // consent: the service cannot run without it
	Necessity fault.Text // consent: why it is needed
	Impact    fault.Text // consent: what it means for the person

	File string
}

// Spoken tells whether texts of a kind go to people by themselves: their words are looked at.
func Spoken(kind string) bool {
	return kind == KindMessage || kind == KindCard || kind == KindGreeting
}

// MessagePurposes are what a message or a card can serve. Service needs no yes of its own; an offer or news does.
var MessagePurposes = []string{"basic_service", "marketing_push"}

// Answer is a button of a card.
type Answer struct {
	Key  string
	Text fault.Text
}

// ReadsStage reports whether the tag's own rules ask for the stage.
func (t *Tag) ReadsStage() bool {
	for _, r := range []*rule.Rule{t.When, t.Needs, t.Value} {
		if r != nil && r.Deps().Stage {
			return true
		}
	}
	return false
}

// TagIndex is the id of a tag in rules, -1 if there is none of that key.
func (c *Compiled) TagIndex(key string) int {
	if i, ok := c.tags[key]; ok {
		return i
	}
	return -1
}

// Stage finds a stage by key, nil if there is none.
func (c *Compiled) Stage(key string) *Stage {
	for i := range c.Stages {
		if c.Stages[i].Key == key {
			return &c.Stages[i]
		}
	}
	return nil
}

// Target finds the profile a person was given; an unknown or empty key means the default.
func (c *Compiled) Target(key string) TargetProfile {
	if t, ok := c.Targets[key]; ok {
		return t
	}
	return c.Targets[c.DefaultTarget]
}

// Content finds a text of any kind by key, nil if there is none.
func (c *Compiled) Content(key string) *Content {
	if x := c.Contents[key]; x != nil {
		return x
	}
	return c.Scripts[key]
}

// Journey finds a journey by key, nil if there is none.
func (c *Compiled) Journey(key string) *journey.Definition {
	for _, j := range c.Journeys {
		if j.Key == key {
			return j
		}
	}
	return nil
}
