package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/richardlehane/mscfb"
)

// Records of the workbook stream, as [MS-XLS] names them.
const (
	recFormula    = 0x0006
	recEOF        = 0x000a
	recDateMode   = 0x0022
	recFilePass   = 0x002f
	recContinue   = 0x003c
	recCodePage   = 0x0042
	recBoundSheet = 0x0085
	recMulRK      = 0x00bd
	recRString    = 0x00d6
	recSST        = 0x00fc
	recLabelSST   = 0x00fd
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027e
	recBOF        = 0x0809
)

const (
	versionExcel97 = 0x0600
	worksheet      = 0 // of a BoundSheet: charts and macros are others
)

// xls is the workbook stream of an old workbook.
type xls struct {
	stream []byte
	wide   bool // Excel 97 and later: text is UTF-16; before, it is bytes of a code page
	page   uint16
	shared []string
	sheets []int // where their records begin
}

func openXLS(all []byte) (*Book, error) {
	stream, err := workbookStream(all)
	if err != nil {
		return nil, err
	}
	x := &xls{stream: stream}
	b := &Book{close: func() error { return nil }}
	if err := x.globals(b); err != nil {
		return nil, err
	}
	if len(b.Sheets) == 0 {
		return nil, ErrBroken
	}
	b.rows = func(sheet int, each func(Row) error) error {
		rows, err := x.cells(x.sheets[sheet])
		if err != nil {
			return err
		}
		for _, line := range slices.Sorted(maps.Keys(rows)) {
			if cells := trimmed(rows[line]); len(cells) > 0 {
				if err := each(Row{Line: line + 1, Cells: cells}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return b, nil
}

// workbookStream takes the stream of the workbook out of a compound file.
func workbookStream(all []byte) ([]byte, error) {
	c, err := mscfb.New(bytes.NewReader(all))
	if err != nil {
		return nil, ErrBroken.Wrap(err)
	}
	for f, err := c.Next(); ; f, err = c.Next() {
		switch {
		case errors.Is(err, io.EOF):
			return nil, ErrBroken
		case err != nil:
			return nil, ErrBroken.Wrap(err)
		case f.Name == "EncryptedPackage": // a new workbook with a password
			return nil, ErrLocked
		case f.Name == "Workbook", f.Name == "Book":
			stream, err := io.ReadAll(io.LimitReader(f, MaxSize))
			if err != nil {
				return nil, ErrBroken.Wrap(err)
			}
			return stream, nil
		}
	}
}

// record is one of the stream; next is where the one after it begins.
type record struct {
	id   uint16
	data []byte
	next int
}

func (x *xls) at(pos int) (record, bool) {
	if pos < 0 || pos+4 > len(x.stream) {
		return record{}, false
	}
	id, size := u16(x.stream[pos:]), int(u16(x.stream[pos+2:]))
	if pos+4+size > len(x.stream) {
		return record{}, false
	}
	return record{id, x.stream[pos+4 : pos+4+size], pos + 4 + size}, true
}

// whole is a record with those that continue it, and where the next one begins.
func (x *xls) whole(r record) (*pieces, int) {
	p := &pieces{parts: [][]byte{r.data}}
	next := r.next
	for {
		c, ok := x.at(next)
		if !ok || c.id != recContinue {
			return p, next
		}
		p.parts = append(p.parts, c.data)
		next = c.next
	}
}

// globals reads what holds for all sheets.
func (x *xls) globals(b *Book) error {
	first, ok := x.at(0)
	if !ok || first.id != recBOF || len(first.data) < 4 {
		return ErrBroken
	}
	x.wide = u16(first.data) == versionExcel97
	for pos := first.next; ; {
		r, ok := x.at(pos)
		if !ok {
			return ErrBroken
		}
		pos = r.next
		switch r.id {
		case recEOF:
			return nil
		case recFilePass:
			return ErrLocked
		case recDateMode:
			b.From1904 = len(r.data) >= 2 && u16(r.data) == 1
		case recCodePage:
			if len(r.data) >= 2 {
				x.page = u16(r.data)
			}
		case recBoundSheet:
			if len(r.data) < 8 {
				return ErrBroken
			}
			if r.data[5] != worksheet {
				continue
			}
			p := &pieces{parts: [][]byte{r.data[6:]}}
			b.Sheets = append(b.Sheets, x.text(p, int(p.byte())))
			x.sheets = append(x.sheets, int(u32(r.data)))
		case recSST:
			var p *pieces
			p, pos = x.whole(r)
			x.shared = sharedStrings(p)
		}
	}
}

// text reads so many characters.
func (x *xls) text(p *pieces, n int) string {
	if !x.wide {
		return x.narrow(p.bytes(n))
	}
	return p.chars(n, p.byte()&1 != 0)
}

// cells reads the sheet whose records begin at pos, by row and column from 0.
func (x *xls) cells(pos int) (map[int][]string, error) {
	rows := map[int][]string{}
	set := func(data []byte, plus int, text string) {
		row, col := int(u16(data)), int(u16(data[2:]))+plus
		if col >= 256 && x.wide || col < 0 { // as many as there are
			return
		}
		cells := rows[row]
		for len(cells) <= col {
			cells = append(cells, "")
		}
		cells[col] = text
		rows[row] = cells
	}
	first, ok := x.at(pos)
	if !ok || first.id != recBOF {
		return nil, ErrBroken
	}
	depth := 0
	var waiting []byte // a formula whose text comes in the next record
	for pos = first.next; ; {
		r, ok := x.at(pos)
		if !ok {
			return nil, ErrBroken
		}
		pos = r.next
		switch r.id {
		case recBOF: // a chart within the sheet
			depth++
		case recEOF:
			if depth == 0 {
				return rows, nil
			}
			depth--
		}
		if least, known := shortest[r.id]; !known || depth > 0 {
			continue
		} else if len(r.data) < least {
			return nil, fmt.Errorf("%w: a record of type %#x is too short", ErrBroken, r.id)
		}
		switch r.id {
		case recNumber:
			set(r.data, 0, number(f64(r.data[6:])))
		case recRK:
			set(r.data, 0, number(rk(u32(r.data[6:]))))
		case recMulRK:
			for i := 0; 4+6*i+6 <= len(r.data)-2; i++ {
				set(r.data, i, number(rk(u32(r.data[4+6*i+2:]))))
			}
		case recLabelSST:
			if i := int(u32(r.data[6:])); i < len(x.shared) {
				set(r.data, 0, x.shared[i])
			}
		case recLabel, recRString:
			p, next := x.whole(record{data: r.data[6:], next: r.next})
			pos = next
			set(r.data, 0, x.text(p, int(p.short())))
		case recBoolErr:
			set(r.data, 0, boolOrError(r.data[6], r.data[7]))
		case recFormula:
			text, later := result(r.data[6:14])
			if waiting = nil; later {
				waiting = r.data
			} else {
				set(r.data, 0, text)
			}
		case recString:
			if waiting != nil {
				p, next := x.whole(r)
				pos = next
				set(waiting, 0, x.text(p, int(p.short())))
				waiting = nil
			}
		}
	}
}

// shortest is how long the records are that hold cells.
var shortest = map[uint16]int{
	recNumber: 14, recRK: 10, recMulRK: 12, recLabelSST: 10, recLabel: 8, recRString: 8, recBoolErr: 8, recFormula: 14, recString: 2,
}
