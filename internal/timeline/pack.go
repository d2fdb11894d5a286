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
	column(&r, t.Recv, t.At)
	column(&r, t.Seq, nil)
	column(&r, t.Type, nil)
	column(&r, t.Flags, nil)
	r.floats(t.Num)
	for _, col := range [3][]event.Symbol{t.A, t.B, t.C} {
		column(&r, col, nil)
		if names == nil || r.bad {
			continue
		}
		for i, y := range col {
			if int(y) >= len(names) {
				return errRecord
			}
			col[i] = names[y]
		}
	}
	if extra > 0 {
		column(&r, t.Ext, nil)
		at := 0
		for i, k := range t.Ext {
			t.Ext[i] = uint32(at)
			if at += int(k); at > extra {
				return errRecord
			}
		}
		if at != extra {
			return errRecord
		}
		r.floats(t.Extra)
	} else {
		clear(t.Ext)
	}
	t.fixes(&r, fixes)
	if r.bad || r.at != n || !slices.IsSorted(t.At) {
		return errRecord
	}
	return nil
}

func (t *Timeline) fixes(r *unpacker, n int) {
	if n == 0 {
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
		t.Seq, t.Type, t.Flags = make([]event.Seq, c), make([]event.Type, c), make([]event.Flags, c)
		t.Num, t.Ext = make([]float64, c), make([]uint32, c)
	}
	t.At, t.Recv, t.Seq, t.Type, t.Flags = t.At[:events], t.Recv[:events], t.Seq[:events], t.Type[:events], t.Flags[:events]
	t.Num, t.A, t.B, t.C, t.Ext = t.Num[:events], t.A[:events], t.B[:events], t.C[:events], t.Ext[:events]
	t.Extra = slices.Grow(t.Extra[:0], extra)[:extra]
	t.Fixes = slices.Grow(t.Fixes[:0], fixes)[:fixes]
}

// room is for how many events the columns of t can be used again.
func (t *Timeline) room() int {
	return min(cap(t.At), cap(t.Recv), cap(t.Seq), cap(t.Type), cap(t.Flags), cap(t.Num), cap(t.A), cap(t.B), cap(t.C), cap(t.Ext))
}
