// Package engine is about one person at one moment: it puts rules, stages and journeys together.
//
// Step is a function of the person's timeline, their state, one input and the moment. It reads no database,
// sends nothing and knows no other person. What it asks for comes back as effects whose ids are derived, so that
// doing a step twice asks for the same things.
package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"peiban/internal/journey"
)

// State is everything the engine remembers about a person. It holds codes, numbers and times only; what it can
// find out from the timeline it does not keep. Two equal histories give equal bytes.
type State struct {
	V          int           `json:"v" cbor:"1,keyasint"`
	Programmes []Progress    `json:"programmes,omitempty" cbor:"2,keyasint,omitempty"` // by Key
	Consents   []Grant       `json:"consents,omitempty" cbor:"3,keyasint,omitempty"`   // by Purpose
	Runs       []journey.Run `json:"runs,omitempty" cbor:"4,keyasint,omitempty"`       // in the order they were entered
	Entries    []Entry       `json:"entries,omitempty" cbor:"5,keyasint,omitempty"`    // by Journey
	Paused     int64         `json:"paused,omitempty" cbor:"6,keyasint,omitempty"`     // a human is talking: nothing automatic before it
	Watched    []Watched     `json:"watched,omitempty" cbor:"7,keyasint,omitempty"`    // open tasks somebody is reminded of, in the order they opened
}

// Watched is a task that staff are reminded of, or that goes to another role when it is late.
type Watched struct {
	Task   string `json:"task" cbor:"1,keyasint"`
	Script string `json:"script,omitempty" cbor:"2,keyasint,omitempty"`
	Every  int64  `json:"every,omitempty" cbor:"3,keyasint,omitempty"` // microseconds between two reminders; 0: none
	Next   int64  `json:"next,omitempty" cbor:"4,keyasint,omitempty"`  // the next one
	Count  int    `json:"count,omitempty" cbor:"5,keyasint,omitempty"` // so far
	After  int64  `json:"after,omitempty" cbor:"6,keyasint,omitempty"` // how late it may be before it is escalated
	Up     int64  `json:"up,omitempty" cbor:"7,keyasint,omitempty"`    // when it is; 0: it was, or never is
	To     string `json:"to,omitempty" cbor:"8,keyasint,omitempty"`
	Closed int64  `json:"closed,omitempty" cbor:"9,keyasint,omitempty"` // for a while it can be opened again
}

// Progress is where a person is in one programme.
type Progress struct {
	Key        string   `json:"key" cbor:"1,keyasint"`
	Joined     int64    `json:"joined" cbor:"2,keyasint"`
	Tags       []Active `json:"tags,omitempty" cbor:"3,keyasint,omitempty"` // those the person has, by Key
	Stage      string   `json:"stage,omitempty" cbor:"4,keyasint,omitempty"`
	StageSince int64    `json:"stageSince,omitempty" cbor:"5,keyasint,omitempty"`
	Ruled      string   `json:"ruled,omitempty" cbor:"6,keyasint,omitempty"` // what the rules said when a journey set Stage; empty: they set it
}

// Standing is what the timeline alone does not tell of the stage somebody is in. The zero Standing is that of somebody of
// whom nothing is remembered.
type Standing struct {
	Stage string // they are in; they may leave it later than others would enter it
	Ruled string // what the rules said when a journey put them there; empty: the rules did
}

// Standing is where the person stands before the rules are asked again; of nil, the zero Standing.
func (p *Progress) Standing() Standing {
	if p == nil {
		return Standing{}
	}
	return Standing{p.Stage, p.Ruled}
}

// After is the stage somebody is in once the rules say ruled: one a journey set holds until they say something new.
func (s Standing) After(ruled string) string {
	if ruled != "" && ruled == s.Ruled {
		return s.Stage
	}
	return ruled
}

// Active is a tag the person has.
type Active struct {
	Key     string `json:"key" cbor:"1,keyasint"`
	Since   int64  `json:"since" cbor:"2,keyasint"`
	Version int    `json:"version" cbor:"3,keyasint"` // of the programme that set it
}

// Grant is what the person said last about one purpose.
type Grant struct {
	Purpose string `json:"purpose" cbor:"1,keyasint"`
	Given   bool   `json:"given" cbor:"2,keyasint"`
	Version string `json:"version,omitempty" cbor:"3,keyasint,omitempty"`
	At      int64  `json:"at" cbor:"4,keyasint"`
}

// Entry remembers how often and when a journey was entered, for its rules of coming again.
type Entry struct {
	Journey  string `json:"journey" cbor:"1,keyasint"`
	Count    int    `json:"count" cbor:"2,keyasint"`
	Last     int64  `json:"last" cbor:"3,keyasint"`
	Severity int    `json:"severity,omitempty" cbor:"4,keyasint,omitempty"` // of the event that entered last
	Passed   int64  `json:"passed,omitempty" cbor:"5,keyasint,omitempty"`   // dates up to here enter nothing more: history told of them
}

// Clone is a copy that can be changed without changing s.
func (s *State) Clone() *State {
	c := *s
	c.Programmes = slices.Clone(s.Programmes)
	for i := range c.Programmes {
		c.Programmes[i].Tags = slices.Clone(s.Programmes[i].Tags)
	}
	c.Consents = slices.Clone(s.Consents)
	c.Runs = slices.Clone(s.Runs)
	c.Entries = slices.Clone(s.Entries)
	c.Watched = slices.Clone(s.Watched)
	return &c
}

// small writes a state in few bytes, equal states in equal bytes: everybody's is written with each of their readings.
var small = func() cbor.EncMode {
	m, err := cbor.EncOptions{Sort: cbor.SortNone}.EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

// Encode is the state as it is stored: CBOR (RFC 8949) with numbers for names.
func (s *State) Encode() ([]byte, error) {
	b, err := small.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode engine state: %w", err)
	}
	return b, nil
}

// Decode reads a stored state, one too that was stored as JSON before states were CBOR; empty input is the state of a person
// nothing happened to.
func Decode(b []byte) (*State, error) {
	s := &State{V: 1}
	if len(b) == 0 {
		return s, nil
	}
	read := cbor.Unmarshal
	if b[0] == '{' { // begins a text in CBOR, never a map
		read = json.Unmarshal
	}
	if err := read(b, s); err != nil {
		return nil, fmt.Errorf("decode engine state: %w", err)
	}
	return s, nil
}

// Consented reports whether the person agreed to purpose and has not withdrawn it.
func (s *State) Consented(purpose string) bool {
	for i := range s.Consents {
		if s.Consents[i].Purpose == purpose {
			return s.Consents[i].Given
		}
	}
	return false
}

// Grant is what was said last about purpose.
func (s *State) Grant(purpose string) (Grant, bool) {
	for _, g := range s.Consents {
		if g.Purpose == purpose {
			return g, true
		}
	}
	return Grant{}, false
}

// Progress is where the person is in a programme, nil if they never joined it.
func (s *State) Progress(programme string) *Progress {
	for i := range s.Programmes {
		if s.Programmes[i].Key == programme {
			return &s.Programmes[i]
		}
	}
	return nil
}

// Run finds an active run, nil if it has ended or never was.
func (s *State) Run(id string) *journey.Run {
	for i := range s.Runs {
		if s.Runs[i].ID == id {
			return &s.Runs[i]
		}
	}
	return nil
}

// Has reports whether the person has a tag.
func (p *Progress) Has(tag string) bool {
	_, ok := p.find(tag)
	return ok
}

func (p *Progress) find(tag string) (int, bool) {
	return slices.BinarySearchFunc(p.Tags, tag, func(a Active, k string) int { return strings.Compare(a.Key, k) })
}

func (s *State) consent(g Grant) {
	i, ok := slices.BinarySearchFunc(s.Consents, g.Purpose, func(a Grant, k string) int { return strings.Compare(a.Purpose, k) })
	switch {
	case !ok:
		s.Consents = slices.Insert(s.Consents, i, g)
	case s.Consents[i].At <= g.At: // an older statement that arrives late does not undo a newer one
		s.Consents[i] = g
	}
}

func (s *State) entry(journey string) *Entry {
	i, ok := slices.BinarySearchFunc(s.Entries, journey, func(a Entry, k string) int { return strings.Compare(a.Journey, k) })
	if !ok {
		s.Entries = slices.Insert(s.Entries, i, Entry{Journey: journey})
	}
	return &s.Entries[i]
}

// entered is what is remembered of entering a journey; nothing is added.
func (s *State) entered(journey string) *Entry {
	if i, ok := slices.BinarySearchFunc(s.Entries, journey, func(a Entry, k string) int { return strings.Compare(a.Journey, k) }); ok {
		return &s.Entries[i]
	}
	return &Entry{}
}

// Since is when the person gained a tag they have; ok is false when they have not.
func (p *Progress) Since(tag string) (at int64, ok bool) {
	i, ok := p.find(tag)
	if !ok {
		return 0, false
	}
	return p.Tags[i].Since, true
}
