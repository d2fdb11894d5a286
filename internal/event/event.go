// Package event is about what happens: the envelope every event travels in and the catalogue of its types.
//
// An event is never changed. A correction supersedes it, a retraction withdraws it, and both are events.
package event

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/person"
)

// Seq is the commit sequence of a workspace: later means committed later. Zero means not committed yet.
type Seq uint64

// Flags are facts about how a value came, kept beside it.
type Flags uint16

const (
	Imported    Flags = 1 << iota // history: rules and stages see it, nothing is sent for it
	Implausible                   // outside what the instrument can measure: kept, shown, never averaged
	HI                            // the meter showed HI: no number
	LO                            // the meter showed LO: no number
	Disputed                      // another value exists for the same minute
	Hidden                        // superseded, retracted or an echo; folds do not see it
	Sensor                        // measured by a sensor worn: never one reading with a finger's
	Echo                          // the same measurement as another source told before: hidden while that one stands
	Together                      // history looked at in one step with the event of the person before it
	Reaches                       // with it came something of where the person can be reached: who follows the log reads their card again
)

// NotANumber are the flags that keep a value out of every mean, count by value and chart line.
const NotANumber = Implausible | HI | LO | Hidden

// Event is one thing that happened to one person. Times are microseconds since 1970, UTC.
//
// Num, A, B, C and X are the catalogue's slots: what rules and figures read. Body holds, as JSON, every
// property that has no slot, unknown ones included; it is encrypted at rest with the person's key.
type Event struct {
	Seq    Seq
	Person person.Number // the person it arrived for
	Type   Type
	Schema uint8 // version of the type's fields it was written with
	Flags  Flags

	Occurred int64 // when it happened: receivedAt - (sentAt - originalTimestamp), or as stated
	Original int64 // the sender's clock when it happened; 0 if not stated
	Sent     int64 // the sender's clock when it was sent; 0 if not stated
	Received int64 // our clock when it was committed: never decreases within a person
	Offset   int16 // minutes east of UTC where it happened

	Source     int32    // which source of the workspace; 0: peiban itself
	Hash       [16]byte // of source and message id: a repeat has the same
	Actor      string   // "self", "staff:<id>", "source", "engine"
	Provenance string   // "manual", "device", "import:uci-diabetes", ...
	Via        Via      // by which identifiers it came
	Supersedes Seq      // the event this one corrects
	Retracts   Seq      // the event this one withdraws

	Num     float64 // NaN: none
	A, B, C Symbol
	X       []float64
	Body    []byte
}

// Signed reports whether the event says that a doctor's own account stated it.
func (e *Event) Signed() bool { return e.says("signed") }

// Verified reports whether the event says that staff saw the paper it was read from.
func (e *Event) Verified() bool { return e.says("verified") }

// says reports whether a yes-or-no property that lies among the extra numbers is yes.
func (e *Event) says(name string) bool {
	s := e.Type.Spec()
	if s == nil {
		return false
	}
	f := s.Field(name)
	return f != nil && f.Slot >= X0 && int(f.Slot-X0) < len(e.X) && e.X[f.Slot-X0] == 1
}

// ID is how the outside names an event: a ULID made of the time it was committed and its sequence.
func (e *Event) ID() string { return IDOf(e.Received, e.Seq) }

// IDOf makes the outside name of the event with sequence s, committed at received (microseconds).
func IDOf(received int64, s Seq) string {
	var u ulid.ULID
	_ = u.SetTime(uint64(time.UnixMicro(received).UnixMilli())) // cannot fail before the year 10889
	binary.BigEndian.PutUint64(u[8:], uint64(s))
	return u.String()
}

// SeqOf reads the sequence out of an outside name.
func SeqOf(id string) (Seq, bool) {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return 0, false
	}
	return Seq(binary.BigEndian.Uint64(u[8:])), true
}

// Ref is an outside id as a number that fits a float64 without loss: 48 bits of its hash. Timelines hold it
// instead of the id, so that ids do not fill the table of symbols.
func Ref(id string) float64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return float64(h.Sum64() & (1<<48 - 1))
}
