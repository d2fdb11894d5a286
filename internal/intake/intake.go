// Package intake is about what comes from sources beside the events themselves: how much came, what was refused and why, what came
// just now.
package intake

import (
	"time"

	"peiban/internal/person"
)

// DefaultRate is how many events a second a source may send for long where nothing else is set; twice as many it may send at once. It
// is more than one server stores, so that it only holds back a sender that has gone wild.
const DefaultRate = 50_000

// Minute is what came from a source within a minute.
type Minute struct {
	Source   int32
	At       int64 // microseconds, its beginning
	Requests int64
	Bytes    int64
	Stored   int64
	Repeated int64
	Ignored  int64 // pages of visitors nobody knows
	Kept     int64 // until the person consents
	Refused  int64
	PutOff   int64 // requests told to come again later
}

// What became of a refused event.
const (
	Open     = "open"
	Replayed = "replayed" // taken in, as it was or mended
	Dropped  = "dropped"  // put aside for good
)

// Reject is an event that was not taken in, and why. The same one sent again is the same row.
type Reject struct {
	ID     [16]byte // of source and message id, or of source and content
	Source int32
	Person person.Number // 0: not known
	Type   string        // of the catalogue; empty: none of it
	Reason string        // code of the fault
	Field  string
	Raw    []byte // a Refused as JSON; nil: not kept, or erased
	First  int64  // when it came first, microseconds
	Last   int64
	Times  int64
	State  string
	Actor  string // who replayed or dropped it
	Done   int64
	Event  string // outside id of what it became
}

// Refused is an event as it was refused, with what is needed to take it in as if it came then.
type Refused struct {
	Kind     string `json:"kind,omitempty"` // what the address said; empty: the event's own type
	SentAt   string `json:"sentAt,omitempty"`
	Received int64  `json:"received"` // microseconds, the workspace's clock
	Raw      []byte `json:"raw"`
	Person   string `json:"person,omitempty"` // outside id of whose uploader sent it; empty: the event says whose it is
}

// Filter says which refused events; what is empty does not matter.
type Filter struct {
	State, Reason, Type string
	Source              int32
}

// Arrival is an event that came in a moment ago, without what it says.
type Arrival struct {
	N      int64 // counts up from the start of the server
	At     time.Time
	Source int32
	Type   string // of the catalogue; empty: none of it
	Status string // stored, repeated, quarantined, ignored, refused, conflict
	Code   string // of the fault
	Event  string // outside id of what was stored
}

// Uploader is a key by which somebody's own devices send their readings, as Nightscout's clients do.
type Uploader struct {
	ID      string
	Person  person.Number
	Actor   string // who made it
	Created int64  // microseconds
	Revoked int64  // 0: it holds
	Used    int64  // when it was used last, to within some minutes; 0: never
}
