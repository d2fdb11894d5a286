package fhir

import (
	"peiban/internal/event"
	"peiban/internal/person"
)

// Kept is a resource as it came, kept so that it can be given back.
type Kept struct {
	Person  person.Number // 0: of nobody in particular
	Hash    [16]byte      // of its Key
	Version int           // from 1; the newest holds
	Type    string
	Source  int32
	Digest  [16]byte    // of what it says
	Seqs    []event.Seq // the events it became
	At      int64       // when it was taken in, microseconds
	Body    []byte      // JSON; sealed at rest
}
