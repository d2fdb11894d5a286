// Package job is about work that outlives the request it came by: an import of a file, taking a whole import back, handing people
// over.
//
// A job is a row that says what is to be done and how far it is. A Runner works on it under a lease; after a crash another takes it up
// where the last commit left it. What a job does is safe to repeat: events are known by their message ids.
package job

import (
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/mapping"
	"peiban/internal/ingest/rows"
	"peiban/internal/owner"
)

// Number names a job within its workspace.
type Number int64

// State is where a job stands.
type State string

// States of a job. Draft, stopped, done, failed and undone wait for somebody; the others for a Runner.
const (
	Draft   State = "draft"   // its file is here, what its columns are is not said yet
	Waiting State = "waiting" // for a Runner
	Running State = "running"
	Stopped State = "stopped" // by somebody; it can go on
	Done    State = "done"
	Failed  State = "failed" // the file could not be read to its end; what was read stays
	Undoing State = "undoing"
	Undone  State = "undone"
)

// Kinds of jobs.
const (
	Table     = "table"     // a file is brought in
	Withdraw  = "withdraw"  // all that a source sent is taken back
	Reinstate = "reinstate" // a source that was withdrawn is taken back in
	Handover  = "handover"  // people get another owner
	Export    = "export"    // everybody's records as files
	Start     = "start"     // people are put into a journey
)

// Lane is what a Runner works on: neither people nor exports wait for a large file.
type Lane int

// Lanes.
const (
	Files   Lane = iota // imports and withdrawals
	Hands               // hand-overs, and people put into journeys
	Exports             // bulk exports
)

// Job is one piece of work.
type Job struct {
	Number  Number
	Kind    string // Table, Withdraw, Reinstate, Handover, Export or Start
	State   State
	Want    string // what somebody asked of a running job: stop; empty: nothing
	Actor   string // staff:<id>
	Created int64  // microseconds
	Started int64  // 0: not yet
	Ended   int64
	Lease   int64 // until when a Runner works on it
	Size    int64 // of the file, bytes
	After   event.Seq
	Until   event.Seq // its events lie in (After, Until]
	Version int64     // grows with each change
	Told    Told
	Report  Report
}

// Told is what a job was told to do. It is sealed in the database: a file's name may be somebody's.
type Told struct {
	Name      string      `json:"name"` // of the file
	Map       mapping.Map `json:"map,omitzero"`
	Columns   []string    `json:"columns,omitempty"` // of the table, in order of their names: the next table with these is read by the same map
	Programme string      `json:"programme,omitempty"`
	Owner     string      `json:"owner,omitempty"`
	Basis     string      `json:"basis,omitempty"`
	Zone      string      `json:"zone,omitempty"`
	UndoBy    string      `json:"undoBy,omitempty"`
	Source    int32       `json:"source,omitempty"` // that is withdrawn, or taken back in

	Hand   *owner.Order `json:"hand,omitempty"`   // of a hand-over
	Export *ExportOrder `json:"export,omitempty"` // of a bulk export
	Start  *StartOrder  `json:"start,omitempty"`  // of people put into a journey
}

// Report is what became of a job.
type Report struct {
	rows.Report
	Read    int      `json:"read,omitempty"`    // bytes of the file that were read
	Refuses int      `json:"refuses,omitempty"` // parts of the list of refused rows
	Problem *Problem `json:"problem,omitempty"`
	Undo    *Undo    `json:"undo,omitempty"`

	Hand   *owner.Tally `json:"hand,omitempty"`   // of a hand-over
	Export *ExportTally `json:"export,omitempty"` // of a bulk export
	Start  *StartTally  `json:"start,omitempty"`  // of people put into a journey
}

// Problem is why a job failed.
type Problem struct {
	Code  string     `json:"code"`
	Field string     `json:"field,omitempty"`
	Text  fault.Text `json:"text"`
	Hint  fault.Text `json:"hint,omitzero" required:"false"`
}

// Undo says what became of the events of an import that is taken back.
type Undo struct {
	Taken   int       `json:"taken"`   // events taken back
	Signed  int       `json:"signed"`  // stay: a doctor signed them
	Changed int       `json:"changed"` // stay as they are now: somebody corrected or retracted them since
	Waiting int       `json:"waiting"` // rows that waited for consent, dropped
	Back    int       `json:"back"`    // older versions that stand again; of a source taken back in: what was told anew
	People  int       `json:"people,omitempty"`
	At      event.Seq `json:"at"` // up to here it is done
	To      event.Seq `json:"to"` // so far it goes: what waited for consent may have come in long after the import
}

// Provenance is how the events of a job are known.
func (j *Job) Provenance() string { return provenance(j.Kind, j.Number) }

var (
	// ErrNone is what an unknown job gives.
	ErrNone = fault.New(fault.Missing, "import_not_found", "没有这次导入", "there is no such import")
	// ErrMoved means that a job changed since it was read.
	ErrMoved = fault.New(fault.Stale, "import_changed", "这次导入刚刚变了，请刷新", "the import changed meanwhile; load it again")
	// ErrState means that a job is not where this can be done.
	ErrState = fault.New(fault.Clash, "import_state", "这次导入现在不能这样做", "this cannot be done with the import now")
)
