// Package identity is about how one person is known by many identifiers: which types there are, which values name nobody, how many
// one person may have, and what follows when the identifiers of one event belong to nobody, to one person or to several.
//
// A workspace says it in its identity.yaml. Everything here is pure: who an identifier belongs to is looked up by the caller, and
// merging itself is the conductor's.
package identity

import (
	"regexp"
	"time"

	"peiban/internal/fault"
)

// Identifier is one way a source names a person.
type Identifier struct{ Type, Scope, Value string }

// Scope says whether a value is unique by itself or only somewhere.
type Scope string

const (
	Nowhere  Scope = "none"     // unique everywhere; a scope that is given is not looked at
	Optional Scope = "optional" // unique within the scope that is given
	Required Scope = "required" // says nothing without one: a corp, an app
)

// Type is what the policy says of one type of identifier.
type Type struct {
	Name      string     // as on the wire
	Words     fault.Text // for people
	Scope     Scope
	Limit     int // how many one person may have within one scope
	Priority  int // larger is surer
	Exclusive bool
	Merges    bool // may make one person of two by itself
	Anonymous bool // somebody who has nothing else is not known yet

	as      string // "", "phone", "code"
	letters string // "", "lower", "upper"
	least   int
	form    *regexp.Regexp
	blocked []*regexp.Regexp
}

// Policy is a workspace's identity.yaml, checked. It does not change and may be used by many at once.
type Policy struct {
	Types        []*Type // in the order of the file
	Others       *Type   // of types that are not listed
	Review       Review
	byName       map[string]*Type
	placeholders map[string]bool
	repeated     int
}

// Review says when people who look like one person are looked for.
type Review struct {
	Nightly bool
	At      time.Duration // after midnight, in the workspace's zone
	Least   float64       // probability below which nobody is asked
}

// Type is what holds for a type of identifier; one that is not listed has the rule of the others.
func (p *Policy) Type(name string) *Type {
	if t := p.byName[name]; t != nil {
		return t
	}
	return p.Others
}
