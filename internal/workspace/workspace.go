// Package workspace is about tenants: what kind they are, their clock and their keys.
//
// The clock belongs to the workspace, so that a rehearsal can be moved beside a live one. Sessions,
// lockout and tokens use real time and never this clock.
package workspace

import "time"

// Number is a workspace inside the database, small and dense; ID is its ULID outside.
type (
	Number int32
	ID     string
)

// Kind says what a workspace may do.
type Kind string

const (
	Live      Kind = "live"      // real people: only content approved by a named person is sent
	Rehearsal Kind = "rehearsal" // made-up people: sample content may be sent, the clock may be moved
)

// Workspace is one tenant.
type Workspace struct {
	Number  Number
	ID      ID
	Name    string
	Kind    Kind
	Zone    string // IANA name, default of reports and camp days
	Salt    string // for holdouts and effect ids
	Offset  time.Duration
	Created int64 // microseconds
}

// Clock tells a workspace's time: the machine's, moved by an offset that only a rehearsal may have.
type Clock struct {
	real   func() time.Time
	offset func() time.Duration
}

// NewClock reads real time from real and the offset from offset at every call.
func NewClock(real func() time.Time, offset func() time.Duration) Clock {
	return Clock{real, offset}
}

// Now is the workspace's present moment, in microseconds as both databases keep it.
func (c Clock) Now() time.Time {
	return c.real().Add(c.offset()).Truncate(time.Microsecond)
}
