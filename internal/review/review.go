// Package review is about pairs of people who may be one person: who proposed them, what speaks for it, and what somebody decided.
//
// A pair that was decided stays: what is different is never asked again. Making one person of two is the conductor's; looking for
// pairs among all people is package review/seek.
package review

import (
	"encoding/json"
	"fmt"

	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/person"
)

// State is what was decided of a pair.
type State string

// States of a pair.
const (
	Open      State = "open"
	Later     State = "later" // put aside; it stands in its own list
	Same      State = "same"  // merged
	Different State = "different"
	Family    State = "family" // two people of one family
)

// Known reports whether s is a state.
func (s State) Known() bool {
	switch s {
	case Open, Later, Same, Different, Family:
		return true
	}
	return false
}

// Where a pair came from.
const (
	Intake  = "intake"  // identifiers of one event belong to both
	Matched = "matched" // their names, telephones and the like agree
)

// Pair is two people, the smaller number first.
type Pair struct{ Person, Other person.Number }

// PairOf puts two people in order.
func PairOf(a, b person.Number) Pair {
	if a > b {
		a, b = b, a
	}
	return Pair{a, b}
}

// Evidence is what one field says about a pair. It holds no value of either.
type Evidence struct {
	Field string     `json:"field"` // name, surname, given, sex, birth, phone, or a type of identifier
	Level string     `json:"level"` // exact, near, similar, moved, different, missing
	Bits  float64    `json:"bits"`  // for one person where positive
	Text  fault.Text `json:"text"`
}

// Found is a pair as it is proposed.
type Found struct {
	Pair
	Origin      string // Intake or Matched
	Cause       string // of Intake: why they were not made one at once; an identity.Cause
	Type        string // of Intake: the type of identifier that decided
	Weight      float64
	Probability float64 // that the two are one; 0: not reckoned
	Evidence    []Evidence
	At          int64 // microseconds, the workspace's clock
}

// Proposal is a pair with what was decided.
type Proposal struct {
	Found
	State   State
	Actor   string // who decided: staff:<id>; empty: nobody yet
	Decided int64
	Why     string
	Done    Done // what the decision brought about
	Version int64
}

// Done is what a decision brought about, for taking it back.
type Done struct {
	Root   person.Number `json:"root,omitempty"`   // of a merge: who stayed
	Member person.Number `json:"member,omitempty"` // who was linked to the root
	Kind   string        `json:"kind,omitempty"`   // of the relation, as Person's life has it
}

// Bits that an identifier in common weighs for two people to be one, before anything else is known.
var shared = map[string]float64{"phone": 9, "device": 6, "anonymousId": 4}

// FromIntake is the proposal that follows from a decision of the intake. left stands for the person that was created.
func FromIntake(p *identity.Policy, d identity.Proposal, left person.Number, at int64) Found {
	if d.Left != 0 {
		left = d.Left
	}
	t := p.Type(d.Why.Type)
	f := Found{Pair: PairOf(left, d.Right), Origin: Intake, Cause: string(d.Why.Cause), Type: d.Why.Type, At: at}
	switch d.Why.Cause {
	case identity.OtherRole:
		f.Evidence = []Evidence{{"role", "different", -8, fault.Text{Zh: "一位是患者，一位是医生", En: "one is a patient, the other a doctor"}}}
	case identity.Excluded:
		f.Evidence = []Evidence{{d.Why.Type, "different", -8, fault.Text{Zh: t.Words.Zh + "：两个不同的值", En: t.Words.En + ": two different values"}}}
	default:
		bits := shared[d.Why.Type]
		if bits == 0 {
			bits = 5
		}
		f.Evidence = []Evidence{{d.Why.Type, "exact", bits, fault.Text{
			Zh: fmt.Sprintf("%s：相同 %+.1f，也可能是家人共用", t.Words.Zh, bits),
			En: fmt.Sprintf("%s: the same %+.1f, a family may share it", t.Words.En, bits),
		}}}
	}
	for _, e := range f.Evidence {
		f.Weight += e.Bits
	}
	return f
}

// Filter says which pairs are asked for.
type Filter struct {
	State  State           // empty: open
	Origin string          // empty: any
	Among  []person.Number // one of the two is among them; nil: anybody
}

// EncodeEvidence is the evidence as it is kept.
func EncodeEvidence(es []Evidence) (string, error) {
	if es == nil {
		es = []Evidence{}
	}
	b, err := json.Marshal(es)
	return string(b), err
}

// RunState is where a run that looks for pairs stands.
type RunState string

// States of a run.
const (
	Waiting RunState = "waiting"
	Running RunState = "running"
	Stopped RunState = "stopped"
	Ended   RunState = "done"
	Failed  RunState = "failed"
)

// Run is one search for pairs among all people of a workspace.
type Run struct {
	Number     int64
	State      RunState
	Want       string // stop, or empty
	Actor      string // staff:<id>, or "nightly"
	Night      string // the date of a nightly run, which exists once
	Created    int64  // microseconds of the machine's clock
	Started    int64
	Ended      int64
	Lease      int64
	Stage      string // reading, blocking, comparing, learning, scoring, writing
	People     int
	Candidates int // pairs that were compared
	Found      int // pairs that are likely enough
	Written    int // of them, dealt with so far
	Fresh      int // of them, new
	Problem    string
	Version    int64
}

// Over reports whether nobody works on the run any more.
func (r *Run) Over() bool { return r.State != Waiting && r.State != Running }

// Policy is a workspace's identity.yaml as it was saved.
type Policy struct {
	Revision int64 // 0: the shipped one
	At       int64
	Actor    string
	Text     string
}

var (
	// ErrNone is what an unknown pair gives.
	ErrNone = fault.New(fault.Missing, "proposal_not_found", "没有这一对", "there is no such pair")
	// ErrMoved means that a pair was decided since it was read.
	ErrMoved = fault.New(fault.Stale, "proposal_changed", "这一对刚刚有人处理过，请刷新", "somebody decided this pair meanwhile; load it again")
	// ErrNoRun is what an unknown run gives.
	ErrNoRun = fault.New(fault.Missing, "match_run_not_found", "没有这次查找", "there is no such run")
	// ErrRunMoved means that a run changed since it was read.
	ErrRunMoved = fault.New(fault.Stale, "match_run_changed", "这次查找刚刚变了，请刷新", "the run changed meanwhile; load it again")
	// ErrBusy means that a run is on already.
	ErrBusy = fault.New(fault.Clash, "match_run_busy", "已经在查找了，等它结束或先停下", "a run is on already; wait for it or stop it first")
	// ErrPolicyMoved means that the policy was saved since it was read.
	ErrPolicyMoved = fault.New(fault.Stale, "identity_changed", "标识规则刚刚被改过，请刷新再改", "the policy was saved meanwhile; load it again")
)
