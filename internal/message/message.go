// Package message is about what is said to a person: the record of each message, its words, and the guard that
// decides at the moment of sending whether it may go.
package message

import (
	"encoding/json"

	"peiban/internal/journey"
	"peiban/internal/person"
)

// ID names a message inside and outside: 26 characters derived from run, node and round.
type ID string

// State of a message.
type State string

const (
	Queued     State = "queued"     // due at Next
	Held       State = "held"       // due again at Next, for Reason
	Sending    State = "sending"    // handed to a channel that has not answered
	Sent       State = "sent"       // the channel took it
	Suppressed State = "suppressed" // never sent, for Reason
	Dead       State = "dead"       // given up after retries, for Reason
)

// Classes of what no journey asked for: no caps count it, for it answers somebody.
const (
	Staff   journey.Class = "staff"   // a member of staff wrote it to this one person
	Service journey.Class = "service" // the service confirms what the person has just said
)

// Message is one thing to say, said or withheld.
type Message struct {
	ID       ID
	Person   person.Number // whose timeline asked for it
	To       person.Number // who reads it: the same person, or family; 0 until family is resolved
	Audience string        // person, family
	Scope    string        // family: what the person must have allowed them to see
	Class    journey.Class
	Priority int
	Content  string // key
	Version  string // of the content
	Kind     string // message, card
	Channel  string // inapp, webhook, ...
	State    State
	Reason   string // code: quiet_hours, cap_day, no_consent, ...
	Due      int64  // microseconds: when its step fell due
	Next     int64  // when to try (again)
	Expires  int64
	Tries    int
	SentAt   int64
	ReadAt   int64
	Answer   string
	Answered int64
	Journey  string
	Run      string
	Step     string
	Title    string // rendered, in the reader's language; encrypted at rest
	Body     string
	Why      json.RawMessage
	Seq      uint64 // event sequence of its message_sent, for evidence
}
