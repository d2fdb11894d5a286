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
