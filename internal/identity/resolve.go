package identity

import (
	"cmp"
	"slices"

	"peiban/internal/person"
)

// Claim is an identifier of an event, cleaned, with the person it belongs to.
type Claim struct {
	Type, Scope string
	Hash        [16]byte
	Person      person.Number // the root; 0: nobody yet
}

// Held is an identifier a person has.
type Held struct {
	Type, Scope string
	Hash        [16]byte
}

// Role is what somebody is; people of two roles are never one.
type Role uint8

const (
	AnyRole Role = iota // not known
	Patient
	Doctor
)

// Facts are what bears on whether two people are one. Of a merged person they are those of all members together.
type Facts struct {
	Person person.Number
	Held   []Held
	Role   Role
	Since  int64 // when the person was created, microseconds
	Named  bool  // the person has a name: somebody entered them, whatever identifiers they have
}

// People tells facts of people. It is asked only when an event brings a new identifier to somebody, or names more than one person.
type People interface {
	Facts(n person.Number) (Facts, error)
}

// Kind is what an event's identifiers come to.
type Kind uint8

const (
	Nobody Kind = iota // nothing is left that names a person
	Create             // none is known: a new person
	Attach             // one person's
	Merge              // of several people who become one
)

// Set is a set of claims by their place in the event.
type Set uint64

// Has reports whether claim i is in the set.
func (s Set) Has(i int) bool { return s>>uint(i)&1 != 0 }

func (s *Set) add(i int)    { *s |= 1 << uint(i) }
func (s *Set) remove(i int) { *s &^= 1 << uint(i) }

// MaxClaims is how many identifiers of one event are looked at; further ones are dropped.
const MaxClaims = 64

// Cause is why something was not done.
type Cause string

const (
	OverLimit  Cause = "over_limit" // the person would have more of a type than one may have
	Excluded   Cause = "excluded"   // two values of a type that two people only can have
	OtherRole  Cause = "other_role" // a patient and a doctor
	OnlyShared Cause = "only_weak"  // they share only what never merges by itself: a telephone, a device
	TooMany    Cause = "too_many"   // more identifiers than are looked at
)

// Reason is why a claim was dropped or two people were not made one.
type Reason struct {
	Cause Cause
	Type  string // of the identifier that decided
	Claim int    // the claim that was dropped; -1: none
}

// Proposal is a pair for people to look at.
type Proposal struct {
	Left, Right person.Number // Left may be 0: the person that is being created
	Why         Reason
}

// Decision is what follows for an event. Reasons and proposals are nil in the usual case.
type Decision struct {
	Kind      Kind
	Person    person.Number   // Attach: whose; Merge: the root
	Members   []person.Number // Merge: the others, who are linked to the root
	Attach    Set             // claims that are new and become the person's
	Dropped   Set             // claims left out
	Reasons   []Reason
	Proposals []Proposal
}

// Resolve says whose an event is by its identifiers.
//
// None known, a new person; one person, theirs; several, they are merged. If the merged person would have more of a type than one
// may have, the event's identifier of the lowest priority is dropped, of two alike the later, and it is asked again. Two values of an
// exclusive type, or two roles, block the merge: the event goes to whom its surest identifier belongs to, and the pair is proposed.
// Identifiers that never merge by themselves decide only where no other is in the event; else they propose.
func (p *Policy) Resolve(claims []Claim, people People) (Decision, error) {
	if d, ok := p.simple(claims); ok {
		return d, nil
	}
	r := resolving{p: p, claims: claims, people: people}
	for i := range claims[:min(len(claims), MaxClaims)] {
		r.alive.add(i)
	}
	for i := MaxClaims; i < len(claims); i++ {
		r.d.Reasons = append(r.d.Reasons, Reason{TooMany, claims[i].Type, i})
	}
	for {
		if r.alive == 0 {
			r.d.Kind = Nobody
			return r.d, nil
		}
		done, err := r.turn()
		if err != nil || done {
			return r.d, err
		}
	}
}

// simple decides the two usual cases without asking anybody: all identifiers are one person's, or a single one is new.
func (p *Policy) simple(claims []Claim) (Decision, bool) {
	if len(claims) == 0 {
		return Decision{Kind: Nobody}, true
	}
	n := claims[0].Person
	for i := range claims[1:] {
		if claims[i+1].Person != n {
			return Decision{}, false
		}
	}
	switch {
	case n != 0:
		return Decision{Kind: Attach, Person: n}, true
	case len(claims) == 1 && p.Type(claims[0].Type).Limit > 0:
		return Decision{Kind: Create, Attach: 1}, true
	}
	return Decision{}, false
}

type resolving struct {
	p      *Policy
	claims []Claim
	people People
	alive  Set
	known  []Facts // asked already
	d      Decision
}

// turn tries with the claims that are left; when a limit is in the way it drops one and reports false.
func (r *resolving) turn() (done bool, err error) {
	strong, weak := r.named()
	switch {
	case len(strong) == 0 && r.anyStrong(), len(strong) == 0 && len(weak) == 0:
		return r.create(weak)
	case len(strong) == 0:
		return r.attach(weak[0], weak[1:])
	case len(strong) == 1:
		return r.attach(strong[0], weak)
	}
	return r.merge(strong, weak)
}

// named are the people the claims that are left belong to, each once, the surest claim's first: those whom an identifier names that
// may merge, and the others.
func (r *resolving) named() (strong, weak []person.Number) {
	for _, i := range r.bySureness() {
		c := &r.claims[i]
		if c.Person == 0 {
			continue
		}
		if r.p.Type(c.Type).Merges && !slices.Contains(strong, c.Person) {
			strong = append(strong, c.Person)
		}
	}
	for _, i := range r.bySureness() {
		if n := r.claims[i].Person; n != 0 && !slices.Contains(strong, n) && !slices.Contains(weak, n) {
			weak = append(weak, n)
		}
	}
	return strong, weak
}

func (r *resolving) anyStrong() bool {
	for i := range r.claims {
		if r.alive.Has(i) && r.p.Type(r.claims[i].Type).Merges {
			return true
		}
	}
	return false
}

// bySureness are the claims that are left, the highest priority first, of two alike the earlier.
func (r *resolving) bySureness() []int {
	out := make([]int, 0, len(r.claims))
	for i := range r.claims[:min(len(r.claims), MaxClaims)] {
		if r.alive.Has(i) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Compare(r.p.Type(r.claims[b].Type).Priority, r.p.Type(r.claims[a].Type).Priority)
	})
	return out
}

// create makes somebody new of the identifiers nobody has. Whom the others belong to is proposed.
func (r *resolving) create(weak []person.Number) (bool, error) {
	if t := r.over(nil); t != "" {
		return r.drop(t), nil
	}
	r.d.Kind, r.d.Attach = Create, r.fresh()
	r.propose(0, weak, nil)
	return true, nil
}

// attach gives the event to one person and proposes the others.
func (r *resolving) attach(to person.Number, weak []person.Number) (bool, error) {
	if fresh := r.fresh(); fresh != 0 {
		f, err := r.facts(to)
		if err != nil {
			return false, err
		}
		if t := r.over(f.Held); t != "" {
			return r.drop(t), nil
		}
		r.d.Attach = fresh
	}
	r.d.Kind, r.d.Person = Attach, to
	r.propose(to, weak, nil)
	return true, nil
}

// merge makes one person of several, unless something speaks against it.
func (r *resolving) merge(strong, weak []person.Number) (bool, error) {
	facts := make([]Facts, len(strong))
	for i, n := range strong {
		f, err := r.facts(n)
		if err != nil {
			return false, err
		}
		facts[i] = f
	}
	if why := r.p.Against(facts...); why != nil {
		// The surest identifier says whose it is; the others are not made one with them.
		r.propose(strong[0], strong[1:], why)
		return r.attach(strong[0], weak)
	}
	var all []Held
	for _, f := range facts {
		all = append(all, f.Held...)
	}
	if t := cmp.Or(r.p.overMerged(facts), r.over(all)); t != "" {
		return r.drop(t), nil
	}
	root := r.p.Root(facts...)
	r.d.Kind, r.d.Person, r.d.Attach = Merge, root, r.fresh()
	for _, n := range strong {
		if n != root {
			r.d.Members = append(r.d.Members, n)
		}
	}
	r.propose(root, weak, nil)
	return true, nil
}

// fresh are the claims that are left and belong to nobody yet.
func (r *resolving) fresh() (s Set) {
	for i := range r.claims {
		if r.alive.Has(i) && r.claims[i].Person == 0 {
			s.add(i)
		}
	}
	return s
}

// drop leaves out the claim of the lowest priority, of two alike the later.
func (r *resolving) drop(over string) (done bool) {
	by := r.bySureness()
	last := by[len(by)-1]
	r.alive.remove(last)
	r.d.Dropped.add(last)
	r.d.Reasons = append(r.d.Reasons, Reason{OverLimit, over, last})
	r.d.Proposals = nil // of a turn that came to nothing
	return false
}

// propose notes pairs to look at; without a reason they share only what never merges by itself.
func (r *resolving) propose(left person.Number, others []person.Number, why *Reason) {
	for _, n := range others {
		because := Reason{OnlyShared, r.sharedWith(n), -1}
		if why != nil {
			because = *why
		}
		r.d.Proposals = append(r.d.Proposals, Proposal{left, n, because})
	}
}

// sharedWith is the type of the surest claim that belongs to somebody.
func (r *resolving) sharedWith(n person.Number) string {
	for _, i := range r.bySureness() {
		if r.claims[i].Person == n {
			return r.claims[i].Type
		}
	}
	return ""
}

func (r *resolving) facts(n person.Number) (Facts, error) {
	for _, f := range r.known {
		if f.Person == n {
			return f, nil
		}
	}
	f, err := r.people.Facts(n)
	if err != nil {
		return f, err
	}
	f.Person = n
	r.known = append(r.known, f)
	return f, nil
}

// over is the first type of which somebody with these identifiers would have too many once the new claims are theirs too; empty:
// none. What they have too many of already is not held against a claim of another type.
func (r *resolving) over(held []Held) string {
	for i := range r.claims {
		c := &r.claims[i]
		if !r.alive.Has(i) || c.Person != 0 {
			continue
		}
		n := count(held, c.Type, c.Scope)
		for k := range r.claims {
			o := &r.claims[k]
			if r.alive.Has(k) && o.Person == 0 && o.Type == c.Type && o.Scope == c.Scope && !r.repeats(k) && !holds(held, *o) {
				n++
			}
		}
		if n > r.p.Type(c.Type).most() {
			return c.Type
		}
	}
	return ""
}

// repeats reports whether an earlier claim is the same.
func (r *resolving) repeats(k int) bool {
	for i := range k {
		if r.alive.Has(i) && r.claims[i] == r.claims[k] {
			return true
		}
	}
	return false
}

func holds(held []Held, c Claim) bool {
	return slices.Contains(held, Held{c.Type, c.Scope, c.Hash})
}

// most is how many of a type one person may have within one scope.
func (t *Type) most() int {
	if t.Exclusive {
		return 1
	}
	return t.Limit
}

// count is how many different identifiers of a type and scope there are.
func count(held []Held, kind, scope string) int {
	n := 0
	for i, h := range held {
		if h.Type == kind && h.Scope == scope && !slices.Contains(held[:i], h) {
			n++
		}
	}
	return n
}
