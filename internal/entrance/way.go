package entrance

import (
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// Way is what a state leads to: a code of a workspace, or the invitation of a person.
type Way struct {
	Workspace workspace.Number
	Entrance  string        // id; empty: it is an invitation
	Person    person.Number // who invites
}

// Opened is how many browsers opened a code.
type Opened struct {
	Day  int32 // 0: of a span
	All  int   // late ones too
	Late int   // after the code had ended
}
