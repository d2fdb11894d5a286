package task

import "peiban/internal/person"

// Filter chooses tasks. A nil list asks nothing; an empty one fits nothing.
type Filter struct {
	States     []State
	Owners     []string // who should do it (the person's owner where nobody is named) or who took it
	Kinds      []string
	Priorities []Priority
	Persons    []person.Number
	DueFrom    int64 // microseconds; 0: no limit
	DueBefore  int64
	IDs        []ID
	Roles      []string // put to one of these, and to nobody by name
	Left       string   // named to this member of staff, about somebody who is another's
	// Bare leaves out the words: title, note, results and why. Who sorts and counts thousands shows but a page of them.
	Bare bool
}

// Load is what a list of people shows beside each name.
type Load struct {
	Open, Safety int
}
