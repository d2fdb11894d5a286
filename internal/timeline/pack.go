package timeline

import (
	"encoding/binary"
	"errors"
	"slices"

	"peiban/internal/event"
)

// A record is one person's timeline in as few bytes as we can read in a few nanoseconds an event: how many events,
// extra numbers and corrections there are, then column by column. Symbols are written as what the caller numbers
// them: a file has a dictionary of its own.
//
// A timeline of nothing is a record of no bytes.

// Columns are what a scan reads of a timeline. When and Type are always there; what was not asked for is empty.
type Columns uint16

// The columns that may be left out.
const (
	Received Columns = 1 << iota
	Sequence
	Flags
	Number
	CodeA
	CodeB
	CodeC
	Extras
	Corrections
	Origin

	AllColumns = 1<<iota - 1
)

// errRecord means that the bytes are no record.
var errRecord = errors.New("not a record of a timeline")

// pack appends t to p.out.
func (p *packer) pack(t *Timeline, code func(event.Symbol) uint32) {
	if len(t.At) == 0 && len(t.Fixes) == 0 {
		return
	}
	p.out = binary.AppendUvarint(p.out, uint64(len(t.At)))
	p.out = binary.AppendUvarint(p.out, uint64(len(t.Extra)))
	p.out = binary.AppendUvarint(p.out, uint64(len(t.Fixes)))
	ints(p, t.At, nil)
	ints(p, t.Recv, t.At)
	ints(p, t.Seq, nil)
	ints(p, t.Type, nil)
	ints(p, t.Flags, nil)
	ints(p, t.Source, nil)
	p.floats(t.Num)
	for _, col := range [3][]event.Symbol{t.A, t.B, t.C} {
		p.values = p.values[:0]
		for _, y := range col {
			p.values = append(p.values, int64(code(y)))
		}
		p.column(nil)
	}
	if len(t.Extra) > 0 {
		p.values = p.values[:0]
		for i := range t.Ext {
			p.values = append(p.values, int64(t.extras(i)))
		}
		p.column(nil)
		p.floats(t.Extra)
	}
	p.values = p.values[:0]
	for _, f := range t.Fixes {
		p.values = append(p.values, int64(f.By))
	}
	p.column(nil)
	p.values = p.values[:0]
	for _, f := range t.Fixes {
		p.values = append(p.values, int64(f.Of))
	}
	p.column(nil)
}

// extras is how many extra numbers event i has.
func (t *Timeline) extras(i int) int {
	end := uint32(len(t.Extra))
	if i+1 < len(t.Ext) {
		end = t.Ext[i+1]
	}
	return int(end - t.Ext[i])
}

// unpack reads the record b[:n] into t, over whatever t held; its room is used again if there is enough. b goes on
// for pad bytes at least. names gives each number its symbol; nil: they are symbols already. spare is room for so
// many events more.
func (t *Timeline) unpack(b []byte, n int, names []event.Symbol, spare int) error {
	return t.unpackOnly(AllColumns, b, n, names, spare)
}

// unpackOnly is unpack of some columns.
func (t *Timeline) unpackOnly(need Columns, b []byte, n int, names []event.Symbol, spare int) error {
	if n == 0 {
		t.size(0, 0, 0, spare)
		return nil
	}
	if n < 0 || n+pad > len(b) {
		return errRecord
	}
	r := unpacker{b: b[:n+pad]}
	// The sequences of events differ, so each takes half a byte at least, and an event makes two corrections at most. So
	// a number that is too large is found before room is made for it.
	events, extra, fixes := r.count(2*n), r.count(2*n), r.count(4*n)
	if r.bad || extra > 0 && events == 0 {
		return errRecord
	}
	t.size(events, extra, fixes, spare)
	column(&r, t.At, nil)
	t.Recv = some(&r, need&Received, t.Recv, t.At)
	t.Seq = some(&r, need&Sequence, t.Seq, nil)
	column(&r, t.Type, nil)
	t.Flags = some(&r, need&Flags, t.Flags, nil)
	t.Source = some(&r, need&Origin, t.Source, nil)
	if need&Number != 0 {
		r.floats(t.Num)
	} else {
		r.passFloats(events)
		t.Num = t.Num[:0]
	}
	t.A = some(&r, need&CodeA, t.A, nil)
	t.B = some(&r, need&CodeB, t.B, nil)
	t.C = some(&r, need&CodeC, t.C, nil)
	t.extra(&r, need&Extras, extra)
	t.fixes(&r, need&Corrections, fixes)
	if r.bad || r.at != n || !slices.IsSorted(t.At) {
		return errRecord
	}
	if names == nil {
		return nil
	}
	for _, col := range [3][]event.Symbol{t.A, t.B, t.C} {
		for i, y := range col {
			if int(y) >= len(names) {
				return errRecord
			}
			col[i] = names[y]
		}
	}
	return nil
}

// some reads a column, or passes over one that is not needed and gives it back empty.
func some[T whole](r *unpacker, need Columns, col []T, other []int64) []T {
	if need == 0 {
		r.pass(len(col))
		return col[:0]
	}
	column(r, col, other)
	return col
}

// extra reads how many extra numbers each event has, and the numbers.
func (t *Timeline) extra(r *unpacker, need Columns, n int) {
	switch {
	case need == 0:
		if n > 0 {
			r.pass(len(t.Ext))
			r.passFloats(n)
		}
		t.Ext, t.Extra = t.Ext[:0], t.Extra[:0]
		return
	case n == 0:
		clear(t.Ext)
		return
	}
	column(r, t.Ext, nil)
	at := uint32(0)
	for i, k := range t.Ext {
		if t.Ext[i] = at; int(k) > n-int(at) {
			r.bad = true
			return
		}
		at += k
	}
	if int(at) != n {
		r.bad = true
		return
	}
	r.floats(t.Extra)
}

func (t *Timeline) fixes(r *unpacker, need Columns, n int) {
	if need == 0 {
		r.pass(n)
		r.pass(n)
		t.Fixes = t.Fixes[:0]
		return
	}
	if n == 0 || r.bad {
		return
	}
	seqs := make([]event.Seq, 2*n)
	column(r, seqs[:n], nil)
	column(r, seqs[n:], nil)
	for i := range t.Fixes {
		t.Fixes[i] = Fix{seqs[i], seqs[n+i]}
	}
}

// size gives the columns of t their lengths. What they hold then is left over from before.
func (t *Timeline) size(events, extra, fixes, spare int) {
	if t.room() < events || spare > 0 || t.At == nil {
		// A column ends where the next begins, so that adding to one never writes into another.
		c := events + spare
		times, symbols := make([]int64, 2*c), make([]event.Symbol, 3*c)
		t.At, t.Recv = times[:c:c], times[c:]
		t.A, t.B, t.C = symbols[:c:c], symbols[c:2*c:2*c], symbols[2*c:]
		t.Seq, t.Type, t.Flags, t.Source = make([]event.Seq, c), make([]event.Type, c), make([]event.Flags, c), make([]uint16, c)
		t.Num, t.Ext = make([]float64, c), make([]uint32, c)
	}
	t.At, t.Recv, t.Seq, t.Type, t.Flags = t.At[:events], t.Recv[:events], t.Seq[:events], t.Type[:events], t.Flags[:events]
	t.Source = t.Source[:events]
	t.Num, t.A, t.B, t.C, t.Ext = t.Num[:events], t.A[:events], t.B[:events], t.C[:events], t.Ext[:events]
	t.Extra = slices.Grow(t.Extra[:0], extra)[:extra]
	t.Fixes = slices.Grow(t.Fixes[:0], fixes)[:fixes]
}

// room is for how many events the columns of t can be used again.
func (t *Timeline) room() int {
	return min(cap(t.At), cap(t.Recv), cap(t.Seq), cap(t.Type), cap(t.Flags), cap(t.Source), cap(t.Num), cap(t.A), cap(t.B), cap(t.C), cap(t.Ext))
}
