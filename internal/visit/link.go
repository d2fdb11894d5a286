// Package visit is about seeing a doctor: the one page that goes along, and the link by which a doctor without an account answers.
//
// The page is pure: a timeline and a moment in, figures out. What a doctor answers by a link is hearsay until staff take it into
// the health file, and never a signed statement: nobody knows that the name typed is the name of who typed it.
package visit

import (
	"time"

	"peiban/internal/person"
)

// LinkLife is how long a visit link may be used: a page is printed some days before the visit.
const LinkLife = 7 * 24 * time.Hour

// Link lets somebody without an account read one person's page and answer it once. Times are real time in microseconds.
type Link struct {
	ID       string
	Person   person.Number
	Actor    string // who made it, as audit rows say it
	Created  int64
	Expires  int64
	Revoked  int64 // 0: it was not
	Answered int64 // 0: nobody did
}

// Opens reports whether the page may be read by the link at now. The moment it expires is outside it.
func (l Link) Opens(now int64) bool { return l.Revoked == 0 && now < l.Expires }

// State of a link, as lists show it.
type State string

// States of a link.
const (
	Waiting  State = "open"
	Answered State = "answered"
	Revoked  State = "revoked"
	Expired  State = "expired"
)

// StateAt is what a link is at now: what was answered stays answered after it was taken back or ran out.
func (l Link) StateAt(now int64) State {
	switch {
	case l.Answered != 0:
		return Answered
	case l.Revoked != 0:
		return Revoked
	case now >= l.Expires:
		return Expired
	}
	return Waiting
}
