package api

import (
	"encoding/json"

	"peiban/internal/fault"
	"peiban/internal/ingest/mapping"
	"peiban/internal/ingest/rows"
	"peiban/internal/job"
)

// ImportReport says what became of the rows: rows = taken + repeated + refused.
type ImportReport rows.Report

// ImportFault is why a file could not be read to its end.
type ImportFault job.Problem

// ImportUndo says what became of the events of an import that is taken back.
type ImportUndo struct {
	Taken   int `json:"taken" doc:"events taken back"`
	Signed  int `json:"signed" doc:"stay: a doctor signed them"`
	Changed int `json:"changed" doc:"stay as they are now: somebody corrected or retracted them since"`
	Waiting int `json:"waiting" doc:"waited for consent, dropped"`
	Back    int `json:"back" doc:"older versions that stand again; of a source taken back in: events told anew"`
	People  int `json:"people" doc:"of a source: whose events were taken back or told anew"`
}

// ImportGuess is what a file looks like.
type ImportGuess struct {
	Map       map[string]any   `json:"map" doc:"a question that is open is written ?; see docs/guide/collect/tables.md"`
	Questions []ImportQuestion `json:"questions"`
	Columns   []ImportColumn   `json:"columns"`
	Rows      int              `json:"rows" doc:"rows looked at"`
	Sheets    []string         `json:"sheets"`
	Sheet     string           `json:"sheet"`
	Settings  []ImportSetting  `json:"settings" doc:"what of the map may be chosen otherwise"`
	Roles     []ImportOption   `json:"roles" doc:"what a column may be taken for; see guess-import-as"`
	Earlier   *EarlierMap      `json:"earlier,omitempty" doc:"the map of the last import whose table had these columns"`
}

// ImportQuestion is something that a guess could not decide; the answer goes to its path in the map.
type ImportQuestion struct {
	Path    string         `json:"path"`
	Text    Text           `json:"text"`
	Options []ImportOption `json:"options"`
}

// ImportOption is an answer.
type ImportOption struct {
	Value string `json:"value"`
	Text  Text   `json:"text"`
}

// ImportColumn is a column with some of what stands in it.
type ImportColumn mapping.Column

// ImportProblem is something wrong with a map, and where.
type ImportProblem struct {
	Path string `json:"path"`
	Text Text   `json:"text"`
	Hint *Text  `json:"hint,omitempty"`
}

// ImportRow is a row as what it would become.
type ImportRow struct {
	Line   int           `json:"line"`
	Who    []ImportWho   `json:"who"`
	Events []ImportEvent `json:"events"`
	Why    *ImportWhy    `json:"why,omitempty" doc:"the row, or a part of it, would be refused"`
}

// ImportWho is an identifier of a row.
type ImportWho struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// ImportEvent is an event in words.
type ImportEvent struct {
	Type string `json:"type"`
	Name Text   `json:"name"`
	At   string `json:"at"`
	Says []Text `json:"says"`
}

// ImportWhy is why a row would be refused.
type ImportWhy struct {
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
	Text  Text   `json:"text"`
	Hint  *Text  `json:"hint,omitempty"`
}

// ImportPreview is what the first rows would become.
type ImportPreview struct {
	Problems []ImportProblem `json:"problems" doc:"of the map"`
	Open     []string        `json:"open" doc:"paths of the map where a question is open"`
	Rows     []ImportRow     `json:"rows"`
	Looked   int             `json:"looked" doc:"rows that were looked at"`
	More     bool            `json:"more" doc:"the table has further rows"`
	Refused  int             `json:"refused" doc:"of those looked at: would be refused, or a part of them"`
	Wrong    []ImportRow     `json:"wrong" doc:"the first of them"`
}

func hint(t fault.Text) *Text {
	if t == (fault.Text{}) {
		return nil
	}
	return &t
}

func guessWire(g mapping.Guessed) (out ImportGuess, err error) {
	b, err := json.Marshal(g.Map)
	if err == nil {
		err = json.Unmarshal(b, &out.Map)
	}
	out.Rows, out.Questions, out.Columns = g.Rows, []ImportQuestion{}, []ImportColumn{}
	out.Settings, out.Roles = []ImportSetting{}, []ImportOption{}
	for _, x := range g.Settings {
		one := ImportSetting{Path: x.Path, Text: x.Text, Value: x.Value, Options: []ImportOption{}}
		for _, o := range x.Options {
			one.Options = append(one.Options, ImportOption(o))
		}
		out.Settings = append(out.Settings, one)
	}
	for _, o := range mapping.Roles() {
		out.Roles = append(out.Roles, ImportOption(o))
	}
	for _, q := range g.Questions {
		one := ImportQuestion{Path: q.Path, Text: q.Text, Options: []ImportOption{}}
		for _, o := range q.Options {
			one.Options = append(one.Options, ImportOption(o))
		}
		out.Questions = append(out.Questions, one)
	}
	for _, c := range g.Columns {
		out.Columns = append(out.Columns, ImportColumn(c))
	}
	return out, err
}

func problemsWire(list []mapping.Problem) []ImportProblem {
	out := []ImportProblem{}
	for _, p := range list {
		out = append(out, ImportProblem{p.Path, p.Text, hint(p.Hint)})
	}
	return out
}

func rowsWire(list []mapping.Shown) []ImportRow {
	out := []ImportRow{}
	for _, r := range list {
		one := ImportRow{Line: r.Line, Who: []ImportWho{}, Events: []ImportEvent{}}
		for _, w := range r.Who {
			one.Who = append(one.Who, ImportWho(w))
		}
		for _, e := range r.Events {
			if e.Says == nil {
				e.Says = []Text{}
			}
			one.Events = append(one.Events, ImportEvent(e))
		}
		if w := r.Why; w != nil {
			one.Why = &ImportWhy{w.Code, w.Field, w.Text, hint(w.Hint)}
		}
		out = append(out, one)
	}
	return out
}
