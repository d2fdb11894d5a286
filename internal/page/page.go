// Package page is about lists too long for one answer: which part is asked for, and what comes back.
package page

// Part is a part of a list: from a cursor, empty for the start, at most Limit items (50 when 0, never above 1,000).
type Part struct {
	Cursor    string
	Limit     int
	Uncounted bool // how many there are in all is known already: Total stays 0
}

// List is one page, how many there are in all, and the cursor of the next page, empty at the end.
type List[T any] struct {
	Items []T
	Total int
	Next  string
}
