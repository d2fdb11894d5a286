package programme

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/fault"
)

// Problem is one mistake in a programme's files. Line and Col count from 1; a Line of 0 is the whole file.
type Problem struct {
	File string     `json:"file"`
	Line int        `json:"line"`
	Col  int        `json:"col"`
	Text fault.Text `json:"text"` // what is wrong
	Hint fault.Text `json:"hint"` // what would be right; may be empty

	lacks, name string // what is not there, by kind and name; see once
}

func (p Problem) Error() string { return p.String() }

// String is the form editors jump from: file:line:col: what (hint).
func (p Problem) String() string { return p.In("en") }

// In says the problem in "zh" or "en".
func (p Problem) In(lang string) string {
	at := p.File
	if p.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
	if lang == "zh" {
		s := at + ": " + p.Text.Zh
		if p.Hint.Zh != "" {
			s += "（" + p.Hint.Zh + "）"
		}
		return s
	}
	s := at + ": " + p.Text.En
	if p.Hint.En != "" {
		s += " (" + p.Hint.En + ")"
	}
	return s
}

// Problems are all the mistakes found, in the order of files and lines. None means the programme is sound.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err is ps as an error, nil when there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// sorted puts ps in reading order and drops what is said twice of one place.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a == b })
}
