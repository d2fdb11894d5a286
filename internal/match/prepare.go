package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"peiban/internal/fault"
	"peiban/internal/match/field"
)

// Note is something about the run that people should know. It holds no value of any row.
type Note struct {
	Column string // empty: about the run
	Text   fault.Text
}

// Field is what is compared: a column, or a part of one.
type Field struct {
	Column int
	Name   string
	Part   field.Kind // Surname or Given of a column of full names; Unused: the whole column
	Kind   field.Kind

	values []field.Value // the different ones; the first says nothing
	of     []int32       // of each row
	text   []int32       // of each value: its text among those of the group; -1 says nothing
	group  int
	table  []field.Level // of each pair of values, where there are few
	others []float64     // of each value: how many other people have it; see frequency.go
	whole  float64       // people who say anything
}

// groups of fields whose values are mistaken for one another.
const (
	alone = iota
	ofName
	ofAddress
)

// people are the rows in the form in which they are compared.
type people struct {
	rows   int
	fields []*Field
	groups [ofAddress + 1][]int
	used   []Used
	notes  []Note

	// Rows of the table and rows that are compared are not the same where some are copies; see fold.go.
	at      []int32         // of each row of the table, the one that is compared
	from    []int           // of each row that is compared, that of the table
	further map[int32][]int // of the first of several copies, the rows of the table that are not compared
}

func prepare(ctx context.Context, t Table) (*people, error) {
	p := &people{rows: len(t.Rows)}
	for c, col := range t.Columns {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.column(c, col, t.Rows)
	}
	if len(p.fields) == 0 {
		return nil, ErrNoField
	}
	p.limit()
	p.dropShared()
	p.fold()
	p.gather()
	return p, nil
}

// column takes a column in, or says why not.
func (p *people) column(c int, col Column, rows [][]string) {
	used := Used{Name: col.Name, Kind: col.Kind, Skip: col.Skip}
	defer func() { p.used = append(p.used, used) }()
	if col.Skip {
		return
	}
	cells := make([]string, len(rows))
	for i, r := range rows {
		if c < len(r) {
			cells[i] = r[c]
		}
	}
	if col.Kind == field.Unused {
		used.Kind, used.Why = field.Guess(field.Column{Name: col.Name, Cells: cells})
	}
	if used.Kind == field.Unused {
		return
	}
	if used.Kind == field.FullName {
		last, first := make([]string, len(cells)), make([]string, len(cells))
		for i, cell := range cells {
			last[i], first[i] = field.Split(cell)
		}
		p.add(c, col.Name, field.Surname, field.Surname, last)
		p.add(c, col.Name, field.Given, field.Given, first)
		return
	}
	if f := p.add(c, col.Name, field.Unused, used.Kind, cells); f != nil && f.allDiffer() {
		p.fields = p.fields[:len(p.fields)-1]
		used.Kind, used.Why = field.Unused, field.AllDiffer
	}
}

func (p *people) add(c int, name string, part, k field.Kind, cells []string) *Field {
	f := &Field{Column: c, Name: name, Part: part, Kind: k, of: make([]int32, len(cells)), values: make([]field.Value, 1)}
	order := field.DayFirst
	if k == field.Birth || k == field.Date {
		order = field.OrderOf(cells)
	}
	byCell, byText := map[string]int32{}, map[string]int32{}
	for i, cell := range cells {
		n, ok := byCell[cell]
		if !ok {
			v := field.Prepare(k, cell, order)
			if v.Says() {
				if n, ok = byText[v.Text]; !ok {
					n = int32(len(f.values))
					f.values = append(f.values, v)
					byText[v.Text] = n
				}
			}
			byCell[cell] = n
		}
		f.of[i] = n
	}
	if len(f.values) < 2 {
		return nil
	}
	p.fields = append(p.fields, f)
	return f
}

// allDiffer reports whether the column is a code that no two rows share: then it says nothing about which rows are one person,
// and a number that happens to be near another would be taken for a slip.
func (f *Field) allDiffer() bool {
	switch f.Kind {
	case field.Identity, field.Code, field.Text, field.Number:
	default:
		return false
	}
	said := 0
	for i := range f.of {
		if f.of[i] != 0 {
			said++
		}
		if f.values[f.of[i]].Masked() {
			return false
		}
	}
	return said == len(f.values)-1
}

// limit keeps the fields that can be kept in a pair's levels: those with the most different values.
func (p *people) limit() {
	if len(p.fields) <= MaxFields {
		return
	}
	by := slices.Clone(p.fields)
	slices.SortStableFunc(by, func(a, b *Field) int { return cmp.Compare(len(b.values), len(a.values)) })
	out := by[MaxFields:]
	p.fields = slices.DeleteFunc(p.fields, func(f *Field) bool { return slices.Contains(out, f) })
	for _, f := range out {
		p.notes = append(p.notes, Note{f.Name, fault.Text{Zh: fmt.Sprintf("栏太多，最多比较 %d 栏，这一栏没有比", MaxFields), En: fmt.Sprintf("too many columns: at most %d are compared, this one is not", MaxFields)}})
	}
}

// Values that are meant for one person and stand for many: from so many different names on they are no evidence.
const (
	sharedNames = 6
	sharedShare = 0.5 // of the rows that have it
	sharedRows  = 30  // where there are no names to tell
)

// dropShared takes values away that are meant for one person and stand with many different names: the phone of a ward, the number
// that a form begins with.
func (p *people) dropShared() {
	for _, f := range p.fields {
		if f.Kind != field.Phone && f.Kind != field.Identity && f.Kind != field.Email {
			continue
		}
		rows := make([][]int32, len(f.values))
		for i, v := range f.of {
			rows[v] = append(rows[v], int32(i))
		}
		gone, touched := 0, 0
		for v := 1; v < len(rows); v++ {
			if !p.isShared(rows[v]) {
				continue
			}
			gone++
			touched += len(rows[v])
			for _, i := range rows[v] {
				f.of[i] = 0
			}
		}
		if gone > 0 {
			p.notes = append(p.notes, Note{f.Name, fault.Text{
				Zh: fmt.Sprintf("%d 个值被许多不同的人共用（%d 行），不算证据", gone, touched),
				En: fmt.Sprintf("%d values are shared by many different people (%d rows) and are no evidence", gone, touched),
			}})
		}
	}
}

func (p *people) isShared(rows []int32) bool {
	if len(rows) < sharedNames {
		return false
	}
	names, named := map[string]bool{}, 0
	for _, i := range rows {
		s := ""
		for _, f := range p.fields {
			if f.Kind == field.Given || f.Kind == field.Surname {
				s += field.NameKey(&f.values[f.of[i]]) + " "
			}
		}
		if len(s) > 2 {
			names[s] = true
			named++
		}
	}
	if named*2 < len(rows) {
		return len(rows) >= sharedRows
	}
	return len(names) >= sharedNames && float64(len(names)) >= sharedShare*float64(named)
}

// gather puts fields into groups, numbers the texts of each group, and fills the tables of fields with few values.
func (p *people) gather() {
	var texts [ofAddress + 1]map[string]int32
	for g := range texts {
		texts[g] = map[string]int32{}
	}
	for j, f := range p.fields {
		switch f.Kind {
		case field.Given, field.Surname:
			f.group = ofName
		case field.Address, field.Place:
			f.group = ofAddress
		default:
			f.group = alone
		}
		f.text = make([]int32, len(f.values))
		for v := range f.values {
			f.text[v] = -1
			if v == 0 || f.group == alone {
				continue
			}
			n, ok := texts[f.group][f.values[v].Text]
			if !ok {
				n = int32(len(texts[f.group]))
				texts[f.group][f.values[v].Text] = n
			}
			f.text[v] = n
		}
		if f.group != alone {
			p.groups[f.group] = append(p.groups[f.group], j)
		}
		f.fill()
	}
}

// fewValues is up to how many values all their pairs are compared once.
const fewValues = 300

func (f *Field) fill() {
	n := len(f.values)
	if n > fewValues {
		return
	}
	f.table = make([]field.Level, n*n)
	for a := range n {
		for b := range a + 1 { // itself too: copies are compared with one another
			l, _ := field.Compare(f.Kind, &f.values[a], &f.values[b])
			f.table[a*n+b], f.table[b*n+a] = l, l
		}
	}
}
