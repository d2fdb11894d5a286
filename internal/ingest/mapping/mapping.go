// Package mapping says how the rows of anybody's table become events: which column is what, in which unit, whose it is.
//
// A Map is written by people, or guessed from a table's header and first rows (Guess) with questions about what cannot be known from
// them: a unit, the order of day and month, which of two columns. Whatever is open is written as "?", and a map with an open question
// takes nothing in. Reading files is package sheet's, storing what comes out package rows'.
package mapping

import (
	"peiban/internal/fault"
)

// Open is what stands in a map where a question is not answered.
const Open = "?"

// Map is what a row of a table is. Columns are named as in the header; where two have one name, the second is called "name#2".
// Without a header they are called A, B, C ... as in Excel.
type Map struct {
	Source   string   `json:"source,omitempty"`               // names the source in the workspace; empty: tables
	Sheet    string   `json:"sheet,omitempty"`                // of a workbook, its name; empty: the first with the header
	Header   string   `json:"header,omitempty"`               // rows it has: 1, 2 (names over names), none; empty: 1
	Zone     string   `json:"zone,omitempty"`                 // of the clock in the table, such as Asia/Shanghai; empty: the programme's
	Dates    string   `json:"dates,omitempty"`                // month_first or day_first, for 3/8/2026; empty: dates begin with the year
	Decimal  string   `json:"decimal,omitempty"`              // comma: 7,8 is seven point eight
	FillDown []string `json:"fill_down,omitempty"`            // merged cells: columns that say a thing once for the rows below, until the first of them is filled again
	Who      []Who    `json:"who,omitempty"`                  // whose a row is, the surest first; empty: whom the import names
	Time     Time     `json:"time,omitzero" required:"false"` // of every event that has none of its own
	Leave    []When   `json:"leave,omitempty"`                // rows that are left out: each of them is reported as refused
	Events   []Event  `json:"events"`
}

// Who is a column with something that names a person.
type Who struct {
	Type   string `json:"type"`            // record, phone, account, id_card, userId ...
	Scope  string `json:"scope,omitempty"` // in which it is unique: a clinic, a shop; a phone needs none
	Column string `json:"column"`
}

// Time is where the moment of an event stands.
type Time struct {
	Column string `json:"column,omitempty"` // a date, or a date with its time of day
	Clock  string `json:"clock,omitempty"`  // column with the time of day, where it stands alone
	At     string `json:"at,omitempty"`     // the time of day where the table has none, such as 07:00; empty: 12:00
}

// Event is one thing a row says.
type Event struct {
	Type   string           `json:"type"` // of the catalogue
	Time   Time             `json:"time,omitzero" required:"false"`
	ID     []string         `json:"id,omitempty"`   // columns that name it for ever: order number and line; empty: what it says, of whom and when
	When   []When           `json:"when,omitempty"` // all must hold; else the row does not say this
	Fields map[string]Field `json:"fields"`
}

// When is a condition on a column.
type When struct {
	Column string   `json:"column"`
	In     []string `json:"in,omitempty"`
	NotIn  []string `json:"not_in,omitempty"`
	Filled bool     `json:"filled,omitempty"` // something stands there, and not a nought
}

// Field is where a property of an event stands.
type Field struct {
	Column string            `json:"column,omitempty"`
	Value  string            `json:"value,omitempty"` // the same for every row, instead of a column
	Unit   string            `json:"unit,omitempty"`  // of the numbers in the column; a unit in the cell goes before it; by_size: see BySize
	UnitIn string            `json:"unit_in,omitempty"`
	Codes  map[string]string `json:"codes,omitempty"` // what stands there, and the code it means; the code NotSaid takes nothing
	Part   int               `json:"part,omitempty"`  // of 132/84 the first or the second
}

// NotSaid as a value or a code says that the rows do not tell.
const NotSaid = "-"

// BySize as the unit of glucose takes a value for mmol/L or mg/dL by which of them a meter can show. What could be either is refused.
const BySize = "by_size"

// Problem is something wrong with a map, and where.
type Problem struct {
	Path string     `json:"path"` // such as events[0].fields.value.unit
	Line int        `json:"line,omitempty"`
	Text fault.Text `json:"text"`
	Hint fault.Text `json:"hint,omitzero" required:"false"`
}

// Question is something a guess could not decide. The map has "?" at its path.
type Question struct {
	Path    string     `json:"path"`
	Line    int        `json:"line,omitempty"` // of the written map
	Text    fault.Text `json:"text"`
	Options []Option   `json:"options"`
}

// Option is an answer to a question.
type Option struct {
	Value string     `json:"value"`
	Text  fault.Text `json:"text"`
}

func say(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

func plainOption(values ...string) []Option {
	out := make([]Option, len(values))
	for i, v := range values {
		out[i] = Option{v, say(v, v)}
	}
	return out
}
