// Package audit is about proof: who read or wrote what about whom, and when.
package audit

import "peiban/internal/person"

// Entry is one row. Detail holds codes and counts, never a name, a phone number or a value.
type Entry struct {
	At     int64         // microseconds, real time
	Actor  string        // "staff:<id>", "person:<id>", "source:<id>", "command"
	Action string        // person.read, timeline.read, task.complete, intake.batch, ...
	Person person.Number // 0: nobody in particular
	Detail string        // JSON of codes, counts, digests
	Ref    string        // request id
}

// Row is one entry with its place in the log.
type Row struct {
	ID int64
	Entry
}

// Filter chooses entries; a zero field asks nothing.
type Filter struct {
	Person   person.Number
	Actor    string
	Action   string
	From, To int64 // microseconds: [From, To)
}

// Answer is what was answered to a write with an Idempotency-Key, so that its repeat is answered the same. Body is
// sealed at rest.
type Answer struct {
	Request []byte        // digest of the request it answers
	Person  person.Number // whose key seals Body; 0: it tells of nobody, and the workspace's does
	Status  int           // 0: being worked on
	Body    []byte
	At      int64
}
