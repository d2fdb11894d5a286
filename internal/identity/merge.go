package identity

import "peiban/internal/person"

// Against says what forbids making one person of these: two roles, or two values of an exclusive type in one scope. Nil: nothing.
func (p *Policy) Against(people ...Facts) *Reason {
	role := AnyRole
	for _, f := range people {
		switch {
		case f.Role == AnyRole || f.Role == role:
		case role == AnyRole:
			role = f.Role
		default:
			return &Reason{Cause: OtherRole, Claim: -1}
		}
	}
	for i := range people {
		for k := range people[:i] {
			if t := p.excludes(people[k].Held, people[i].Held); t != "" {
				return &Reason{Cause: Excluded, Type: t, Claim: -1}
			}
		}
	}
	return nil
}

// excludes is the first exclusive type of which both have values in one scope and none in common.
func (p *Policy) excludes(a, b []Held) string {
	for _, x := range a {
		if !p.Type(x.Type).Exclusive {
			continue
		}
		other, same := false, false
		for _, y := range b {
			if y.Type == x.Type && y.Scope == x.Scope {
				other = true
				same = same || y.Hash == x.Hash
			}
		}
		if other && !same {
			return x.Type
		}
	}
	return ""
}

// TooMany is the first type of which the merged person would have more than one may have; empty: none. A merge by hand asks it too.
func (p *Policy) TooMany(people ...Facts) string { return p.overMerged(people) }

func (p *Policy) overMerged(people []Facts) string {
	var all []Held
	for _, f := range people {
		all = append(all, f.Held...)
	}
	for i, h := range all {
		together := count(all, h.Type, h.Scope)
		if together <= p.Type(h.Type).most() || count(all[:i], h.Type, h.Scope) > 0 {
			continue
		}
		alone := 0
		for _, f := range people {
			alone = max(alone, count(f.Held, h.Type, h.Scope))
		}
		if together > alone { // the merge adds to it
			return h.Type
		}
	}
	return ""
}

// Known reports whether a person has a name, or an identifier that is more than an anonymous visit.
func (p *Policy) Known(f Facts) bool {
	if f.Named {
		return true
	}
	for _, h := range f.Held {
		if !p.Type(h.Type).Anonymous {
			return true
		}
	}
	return false
}

// Root is who stays when people are made one: the oldest who is known; where nobody is, the oldest. Of two as old it is the one with
// the smaller number. Anonymous never wins over known.
func (p *Policy) Root(people ...Facts) person.Number {
	best, bestKnown := Facts{}, false
	for _, f := range people {
		known := p.Known(f)
		switch {
		case best.Person == 0,
			known && !bestKnown,
			known == bestKnown && (f.Since < best.Since || f.Since == best.Since && f.Person < best.Person):
			best, bestKnown = f, known
		}
	}
	return best.Person
}
