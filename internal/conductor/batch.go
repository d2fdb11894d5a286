// Package conductor is about doing what the engine decides: it finds each event's person, steps them, and has
// everything that must happen together written in one transaction. It follows the commit sequence, so that two
// processes on one database, or several nodes, see the same people.
package conductor

import (
	"context"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/review"
	"peiban/internal/task"
	"peiban/internal/workspace"
)

// Incoming is one event before it is committed, with what the log keeps beside it.
type Incoming struct {
	Event    event.Event
	Personal bool // Event.Body holds text about a person and must be encrypted
}

// Transition is a tag or stage gained or lost.
type Transition struct {
	Person  person.Number
	Seq     event.Seq // of the commit
	N       int       // order within the commit
	Kind    string    // tag, stage
	Key     string    // programme/tag
	Gained  bool
	At      int64 // microseconds, workspace clock: the exact moment it changed
	Version string
	Cause   string // event type, "time", "definition"
	CauseAt event.Seq
	Prev    event.Seq // the commit of the person's transitions before these; 0: none
}

// StateRow is one person's engine state as stored.
type StateRow struct {
	Person person.Number
	Bucket int
	State  []byte // engine.State as it encodes itself: numbers and codes only
	Wake   int64  // may be too early, never too late; MaxInt64: never
	Seq    event.Seq
	// Changed is the commit of the person's newest transitions, where their chain begins; 0: none.
	Changed event.Seq
	Logged  bool // read from the log of states, not yet settled
}

// RunRow is one run of a journey as lists and figures read it.
type RunRow struct {
	Person  person.Number
	ID      string
	Journey string
	Version int
	Status  string // running, done, left
	Reason  string
	Step    string
	Started int64
	Ended   int64
	Until   int64  // what a waiting run waits for at most; 0 none
	Arm     string // the way chance gave it: treated, held_out, or that of its last split
}

// Changes is everything one commit writes beside the events.
type Changes struct {
	States      []StateRow // appended to a log
	Settled     []StateRow // states the log holds, written to where they stay
	SettledTo   event.Seq  // every state of the log up to here is settled: those rows may go; 0: says nothing
	Transitions []Transition
	Runs        []RunRow
	NewMessages []message.Message // inserted; one that exists already is left as it is
	NewTasks    []task.Task       // inserted; one that exists already is left as it is
	Messages    []message.Message // updated by (person, id)
	Tasks       []task.Task       // updated where the stored version is Version-1; else task.ErrStale
	People      []NewPerson
	Identities  []Identity
	Quarantine  []Quarantined
	Released    []int64 // quarantine ids now stored as events
	Audit       []audit.Entry
	Owners      []Owner // person rows whose owner changed
	Roots       []Rooted
	Reassigned  []Identity // identifiers that are another record's from now on
	Versions    []Version
	Lines       []SoldLine     // orders whose product nobody knows yet, or of which it was asked
	LinesDone   []SoldLine     // those it became known of, or that are gone
	Proposals   []review.Found // pairs for somebody to look at; one that was decided stays as it is
	Rehanded    []Rehanded     // after Tasks and NewTasks
	Queued      []Queued
	HandLines   []HandLine
}

// SoldLine is an order, a refund or a fill that waits for its product, or one that got it by an answer of staff.
type SoldLine struct {
	Seq    event.Seq
	Person person.Number
	At     int64 // microseconds, when it came
	Line   product.Line
	By     product.Filled // no product: it waits
}

// SoldGroup is a line that was asked about and a product that events of it got; no product: some wait.
type SoldGroup struct {
	Hash    [16]byte
	Line    product.Line
	Product string
}

// Rooted is a link to a root made, or, with root 0, undone.
type Rooted struct {
	Person person.Number
	Bucket int
	Root   person.Number
}

// Owner is a change of a person's owner, zone or profile.
type Owner struct {
	Person  person.Number
	Bucket  int
	Owner   string
	Zone    string
	Profile []byte // encrypted; nil: as it was
}

// NewPerson is a person to create, with a wrapped key of their own.
type NewPerson struct {
	person.Person
	Profile []byte // encrypted JSON: name, phone, ...
	Key     []byte // wrapped by the workspace's key
}

// Identity links an identifier to a person; Hash is keyed, the identifier itself is in the profile or nowhere.
type Identity struct {
	Type, Scope string
	Hash        [16]byte
	Person      person.Number
	Bucket      int
}

// Quarantined is an event kept out, and why; Payload is encrypted.
type Quarantined struct {
	ID      int64
	Person  person.Number // 0: not known
	Bucket  int
	Source  int32
	Hash    [16]byte
	Reason  string // consent, schema, ...
	Detail  string // field and hint, no values
	Payload []byte
	At      int64
}

// MessageID is what a repeat is known by, and a digest of what the message says: the same id with another content is no repeat.
type MessageID struct {
	Hash [16]byte
	Body int64 // 0: not stated
}

// Claim says what a message id is.
type Claim uint8

const (
	Known Claim = iota // with the same content, as far as that is stated
	Fresh
	Clash // with another content
)

// ErrClash means that a source gave the id of a message that is here to another one.
var ErrClash = fault.New(fault.Clash, "message_id_conflict", "这个编号来过，内容不一样", "this message id was here before with another content").At("messageId").
	Because("换一个编号再发；要改原来那条，写 supersedes", "send it under an id of its own; to correct the other one name it in supersedes")

// ClaimOf says what a known id is, which was recorded with the digest here and came with the digest now.
func ClaimOf(here, now int64) Claim {
	if here != 0 && now != 0 && here != now {
		return Clash
	}
	return Known
}

// Tx is one write transaction on a workspace. It holds the workspace's commit lock from the start, so nothing is
// committed to it meanwhile.
type Tx interface {
	// Head is the last sequence committed before this transaction.
	Head() event.Seq
	// Claim records the ids that are new and says of each what it is; a repeat inside one call is not new the second time.
	Claim(ctx context.Context, ids []MessageID, at int64) ([]Claim, error)
	// Message reads one of a person's messages as this transaction sees it.
	Message(ctx context.Context, p person.Number, id message.ID) (message.Message, error)
	// AppendEvents writes events whose Seq is set, in order. Bodies are already encrypted.
	AppendEvents(ctx context.Context, es []event.Event) error
	// Write writes the rest and the new head.
	Write(ctx context.Context, head event.Seq, c *Changes) error
	// Catalogue is the catalogue of products as it stands now; known when that is still it.
	Catalogue(ctx context.Context, known *product.Catalogue) (*product.Catalogue, error)
	// Owners is who can look after people and by which rules, as this transaction sees it.
	Owners(ctx context.Context) (*owner.Book, error)
	// QueuedSince counts who came to wait for an owner from a moment on, also those who have one by now.
	QueuedSince(ctx context.Context, at int64) (int, error)
	Commit() error
	Rollback() error
}

// Store is what the conductor asks of the database.
type Store interface {
	Begin(ctx context.Context, w workspace.Number) (Tx, error)
	// Facts streams what timelines are made of: events with Seq in (after, upTo] in order, with their moments, values and
	// corrections.
	Facts(ctx context.Context, w workspace.Number, after, upTo event.Seq, each func(*event.Event) error) error
	// EventsBySeq reads events of one person; one that is unknown or another's is a fault of kind Missing.
	EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error)
	StatesAfter(ctx context.Context, w workspace.Number, after event.Seq, each func(StateRow) error) error
	// FirstLogged is the oldest commit in the log of states, 0 when it is empty.
	FirstLogged(ctx context.Context, w workspace.Number) (event.Seq, error)
	// People streams everybody in any order, PeopleAfter those with a number above after, in order.
	People(ctx context.Context, w workspace.Number, each func(NewPerson) error) error
	PeopleAfter(ctx context.Context, w workspace.Number, after person.Number, each func(NewPerson) error) error
	Head(ctx context.Context, w workspace.Number) (event.Seq, error)
}
