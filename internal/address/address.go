// Package address is about where a person can be reached outside peiban: as whose customer, as which follower, by telephone, by mail,
// and how long and how often each of them may be written to. What is sent there is in internal/channel.
package address

import (
	"net/mail"
	"slices"
)

// Kind of an address. Each but Desk and Email is an identifier of the catalogue (internal/identity/identity.yaml) too.
type Kind string

// The kinds.
const (
	Customer Kind = "external_userid" // of WeCom; Scope: the corp id, Through: the member who has them as a customer
	Desk     Kind = "kf"              // the same id at an account of 微信客服; Scope: the corp id, Through: its open_kfid
	OpenID   Kind = "openid"          // of an official account or a mini-program; Scope: the AppID
	Phone    Kind = "phone"
	Email    Kind = "email"
)

// Of is the kind of an identifier's type; ok is false when nothing is sent to it.
func Of(identifier string) (k Kind, ok bool) {
	switch k = Kind(identifier); k {
	case Customer, OpenID, Phone, Email:
		return k, true
	}
	return "", false
}

// Address is one place. Times are microseconds since 1970.
type Address struct {
	Kind    Kind   `json:"kind"`
	Scope   string `json:"scope,omitempty"`
	Value   string `json:"value"`
	Through string `json:"through,omitempty"` // empty: nobody in between, or nobody said who
	Since   int64  `json:"since,omitempty"`   // when something last told that it leads there
	Gone    int64  `json:"gone,omitempty"`    // when something last told that it does not; 0: nothing ever did
	Heard   int64  `json:"heard,omitempty"`   // when the person last wrote from there; 0: never
	Used    int    `json:"used,omitempty"`    // how many messages went there since
}

// Leads reports whether the address still leads to the person. Told both at one moment, it does not.
func (a *Address) Leads() bool { return a.Gone == 0 || a.Since > a.Gone }

// same reports whether two are one place by one way.
func (a *Address) same(b *Address) bool {
	return a.Kind == b.Kind && a.Scope == b.Scope && a.Value == b.Value && a.Through == b.Through
}

// Book are the addresses of one person, in the order they became known. A book is never changed: each change makes another one, and
// nil is an empty one.
type Book []Address

// most is how many addresses a book has room for: the oldest that leads nowhere any more makes room, else the oldest.
const most = 40

// All are the addresses of a book.
func (b *Book) All() []Address {
	if b == nil {
		return nil
	}
	return *b
}

// Learn is the book with an address that leads to the person since a.Since. What it knew already comes back as it was.
func (b *Book) Learn(a Address) *Book {
	if a.Value == "" {
		return b
	}
	for i, old := range b.All() {
		switch {
		case a.Through == "" && a.Kind == Customer && old.Kind == a.Kind && old.Scope == a.Scope && old.Value == a.Value:
			return b // nobody said through whom, and somebody is known, or is known to have left
		case !old.same(&a):
			continue
		case a.Since <= old.Since, old.Gone == 0 && a.Through == "":
			return b // told before and late; or it leads there already, which nobody who only mentions it takes back
		}
		old.Since = a.Since
		return b.with(i, old)
	}
	all := b.All()
	if len(all) >= most {
		out := max(0, slices.IndexFunc(all, func(a Address) bool { return !a.Leads() }))
		all = slices.Delete(slices.Clone(all), out, out+1)
	}
	next := append(slices.Clip(all), a)
	return (*Book)(&next)
}

// Leave is the book after something told at a moment that an address does not lead to the person any more. Of an address nobody knows,
// or nobody said through whom, every one with its value is left.
func (b *Book) Leave(a Address, at int64) *Book {
	known := false
	for i, old := range b.All() {
		if old.Kind != a.Kind || old.Scope != a.Scope || old.Value != a.Value || a.Through != "" && old.Through != "" && old.Through != a.Through {
			continue
		}
		known = known || old.same(&a)
		if old.Gone < at {
			old.Gone = at
			b = b.with(i, old)
		}
	}
	if known || a.Through == "" {
		return b
	}
	a.Since, a.Gone = 0, at // that it led there may only be told later
	next := append(slices.Clip(b.All()), a)
	return (*Book)(&next)
}

// Hear is the book after the person wrote from an address: its window opens anew.
func (b *Book) Hear(a Address, at int64) *Book {
	b = b.Learn(a)
	for i, old := range b.All() {
		if old.same(&a) && old.Heard < at {
			old.Heard, old.Used = at, 0
			return b.with(i, old)
		}
	}
	return b
}

// Use is the book after a message went to an address.
func (b *Book) Use(a Address) *Book {
	for i, old := range b.All() {
		if old.same(&a) {
			old.Used++
			return b.with(i, old)
		}
	}
	return b
}

// Join is the book of two people who are one: of what both know, what was told last.
func (b *Book) Join(other *Book) *Book {
	for _, theirs := range other.All() {
		i := slices.IndexFunc(b.All(), func(a Address) bool { return a.same(&theirs) })
		if i < 0 {
			next := append(slices.Clip(b.All()), theirs)
			b = (*Book)(&next)
			continue
		}
		a := b.All()[i]
		if theirs.Heard > a.Heard || theirs.Heard == a.Heard && theirs.Used > a.Used {
			a.Heard, a.Used = theirs.Heard, theirs.Used
		}
		a.Since, a.Gone = max(a.Since, theirs.Since), max(a.Gone, theirs.Gone)
		if a != b.All()[i] {
			b = b.with(i, a)
		}
	}
	return b
}

// Has reports whether an address is in the book.
func (b *Book) Has(a Address) bool {
	return slices.ContainsFunc(b.All(), func(other Address) bool { return other.same(&a) })
}

// Part takes out of a book what goes; both are nil when nothing is left in them.
func (b *Book) Part(goes func(Address) bool) (stays, gone *Book) {
	for _, a := range b.All() {
		to := &stays
		if goes(a) {
			to = &gone
		}
		next := append(slices.Clip((*to).All()), a)
		*to = (*Book)(&next)
	}
	if gone == nil {
		return b, nil
	}
	return stays, gone
}

func (b *Book) with(i int, a Address) *Book {
	next := slices.Clone(*b)
	next[i] = a
	return &next
}

// Identifier is the type of the identifier that an address is a value of.
func (a *Address) Identifier() string {
	if a.Kind == Desk {
		return string(Customer)
	}
	return string(a.Kind)
}

// IsEmail reports whether a text is an address of mail that can be written to: one mailbox, without a name beside it.
func IsEmail(s string) bool {
	at, err := mail.ParseAddress(s)
	return err == nil && at.Name == "" && at.Address == s && len(s) <= 254
}
