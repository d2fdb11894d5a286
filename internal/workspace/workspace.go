// Package workspace is about tenants: what kind they are, their clock and their keys.
//
// The clock belongs to the workspace, so that a rehearsal can be moved beside a live one. Sessions,
// lockout and tokens use real time and never this clock.
package workspace

import (
	"slices"
	"time"
)

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

	Beside Number // the live workspace a rehearsal was made beside; 0: it stands alone
	Story  string // what its made-up people are told by, as JSON of Story; empty: nobody was made up
	Untold int    // thousandths of the story still to be told; 0: it is ready
	ToldAt int64  // when the story was last told on, microseconds by the machine's clock
}

// Ready reports whether w may be worked in: its story is told.
func (w Workspace) Ready() bool { return w.Untold == 0 }

// Contained reports whether nothing of w may reach anybody outside it: it is a rehearsal in a database that has real people too, so
// that what was set up for them is at hand. all are the workspaces of the database.
func (w Workspace) Contained(all []Workspace) bool {
	return w.Kind == Rehearsal && (w.Beside != 0 || slices.ContainsFunc(all, func(o Workspace) bool { return o.Kind == Live }))
}

// Story is what the made-up people of a rehearsal are told by. The same story makes the same people.
type Story struct {
	People    int    `json:"people"`
	Days      int    `json:"days"` // behind them when it is ready
	Seed      uint64 `json:"seed"`
	Programme string `json:"programme"` // they are in; empty: the first
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
