package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"testing"
	"unicode/utf16"
)

// stream writes records as Excel does.
type stream struct{ bytes.Buffer }

func (s *stream) rec(id uint16, parts ...any) *stream {
	var data bytes.Buffer
	for _, p := range parts {
		if b, ok := p.([]byte); ok {
			data.Write(b)
		} else if err := binary.Write(&data, binary.LittleEndian, p); err != nil {
			panic(err)
		}
	}
	for _, v := range []any{id, uint16(data.Len()), data.Bytes()} {
		_ = binary.Write(s, binary.LittleEndian, v) // into memory
	}
	return s
}

func wide(text string) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune(text)))
	return b.Bytes()
}

// file puts a stream into a compound file of sectors of 512 bytes: a table of sectors, a directory, the stream.
func file(name string, content []byte) []byte {
	const sector = 512
	content = append(bytes.Clone(content), make([]byte, max(0, 4096-len(content)))...) // shorter ones are kept in another way
	n := (len(content) + sector - 1) / sector
	content = append(content, make([]byte, n*sector-len(content))...)
	fat := make([]uint32, sector/4*((n+2+127)/128))
	tables := len(fat) / 128
	for i := range fat {
		fat[i] = 0xffffffff
	}
	for i := range tables {
		fat[i] = 0xfffffffd
	}
	fat[tables] = 0xfffffffe
	for i := range n {
		fat[tables+1+i] = uint32(tables + 2 + i)
	}
	fat[tables+n] = 0xfffffffe
	var b bytes.Buffer
	put := func(vs ...any) {
		for _, v := range vs {
			_ = binary.Write(&b, binary.LittleEndian, v) // into memory
		}
	}
	put(compound, make([]byte, 16), uint16(0x3e), uint16(3), uint16(0xfffe), uint16(9), uint16(6), make([]byte, 6),
		uint32(0), uint32(tables), uint32(tables), uint32(0), uint32(4096), uint32(0xfffffffe), uint32(0), uint32(0xfffffffe), uint32(0))
	for i := range 109 {
		v := uint32(0xffffffff)
		if i < tables {
			v = uint32(i)
		}
		put(v)
	}
	put(fat)
	entry := func(name string, kind byte, child, start uint32, size int) {
		text := wide(name)
		put(text, make([]byte, 64-len(text)), uint16(len(text)+2), kind, byte(1), uint32(0xffffffff), uint32(0xffffffff), child, make([]byte, 36), start, uint64(size))
	}
	entry("Root Entry", 5, 1, 0xfffffffe, 0)
	entry(name, 2, 0xffffffff, uint32(tables+1), len(content))
	put(make([]byte, 2*128), content)
	return b.Bytes()
}

// workbook is a workbook of one sheet, in the version of Excel that is named.
func workbook(version uint16, name []byte, globals, cells func(*stream)) []byte {
	begin := func(at int) *stream {
		s := (&stream{}).rec(recBOF, version, uint16(5), make([]byte, 4))
		globals(s)
		return s.rec(recBoundSheet, uint32(at), byte(0), byte(worksheet), name).rec(recEOF)
	}
	s := begin(begin(0).Len())
	s.rec(recBOF, version, uint16(0x10), make([]byte, 4))
	cells(s)
	s.rec(recEOF)
	return s.Bytes()
}

func rowsOf(t *testing.T, content []byte) (*Book, []Row) {
	t.Helper()
	b, err := Open(bytes.NewReader(file("Workbook", content)))
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	if err := b.Each(0, func(r Row) error { rows = append(rows, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return b, rows
}

func TestCellsOfAnOldWorkbook(t *testing.T) {
	at := func(row, col int) []any { return []any{uint16(row), uint16(col), uint16(0)} }
	cell := func(s *stream, id uint16, row, col int, rest ...any) { s.rec(id, append(at(row, col), rest...)...) }
	b, rows := rowsOf(t, workbook(versionExcel97, append([]byte{2, 1}, wide("血糖")...), func(s *stream) {
		s.rec(recDateMode, uint16(1))
		// The second text goes on in another record, and in characters of another width; the third has runs of fonts after it.
		s.rec(recSST, uint32(3), uint32(3), uint16(4), byte(0), []byte("time"), uint16(5), byte(0), []byte("CGM"))
		s.rec(recContinue, byte(1), wide("值高"), uint16(2), byte(9), uint16(1), wide("餐后"), make([]byte, 4))
	}, func(s *stream) {
		for i := range 3 {
			cell(s, recLabelSST, 0, i, uint32(i))
		}
		cell(s, recNumber, 2, 0, 44309.768)
		cell(s, recRK, 2, 1, uint32(math.Float64bits(5.5)>>32))
		cell(s, recRK, 2, 2, int32(-1184955<<2|3)) // a signed integer of hundredths
		s.rec(recMulRK, uint16(3), uint16(1), uint16(0), uint32(7<<2|2), uint16(0), uint32(780<<2|3), uint16(2))
		cell(s, recBoolErr, 4, 0, byte(1), byte(0))
		cell(s, recBoolErr, 4, 1, byte(0x2a), byte(1))
		cell(s, recFormula, 4, 2, 12.25, make([]byte, 6))
		cell(s, recFormula, 4, 3, []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 6))
		s.rec(recString, uint16(2), byte(1), wide("偏高"))
		cell(s, recLabel, 5, 0, uint16(3), byte(0), []byte("end"))
		cell(s, recNumber, 6, 0, 123456789012345678.0)
		s.rec(0x0201, uint16(9), uint16(9), uint16(0)) // an empty cell with a format
	}))
	want := []Row{
		{Line: 1, Cells: []string{"time", "CGM值高", "餐后"}},
		{Line: 3, Cells: []string{"44309.768", "5.5", "-11849.55"}},
		{Line: 4, Cells: []string{"", "7", "7.8"}},
		{Line: 5, Cells: []string{"TRUE", "#N/A", "12.25", "偏高"}},
		{Line: 6, Cells: []string{"end"}},
		{Line: 7, Cells: []string{"1.2345678901234568E+17"}},
	}
	if !reflect.DeepEqual(rows, want) || !reflect.DeepEqual(b.Sheets, []string{"血糖"}) || !b.From1904 {
		t.Errorf("%q %v\n got %v\nwant %v", b.Sheets, b.From1904, rows, want)
	}
}

func TestTextsOfBeforeExcel97(t *testing.T) {
	_, rows := rowsOf(t, workbook(0x0500, []byte("\x01A"), func(s *stream) { s.rec(recCodePage, uint16(936)) }, func(s *stream) {
		s.rec(recLabel, uint16(0), uint16(1), uint16(0), uint16(4), []byte("\xd1\xaa\xcc\xc7"))
	}))
	if want := []Row{{Line: 1, Cells: []string{"", "血糖"}}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("%v", rows)
	}
}

func TestOldWorkbooksThatAreRefused(t *testing.T) {
	none := func(*stream) {}
	sound := workbook(versionExcel97, []byte("\x01\x00A"), none, none)
	for name, tt := range map[string]struct {
		file []byte
		want error
	}{
		"a password":                {file("Workbook", workbook(versionExcel97, []byte("\x01\x00A"), func(s *stream) { s.rec(recFilePass, uint16(1)) }, none)), ErrLocked},
		"a new one with a password": {file("EncryptedPackage", nil), ErrLocked},
		"a letter":                  {file("WordDocument", nil), ErrBroken},
		"cut within":                {file("Workbook", sound)[:700], ErrBroken},
		"no sheet":                  {file("Workbook", (&stream{}).rec(recBOF, uint16(versionExcel97), uint16(5)).rec(recEOF).Bytes()), ErrBroken},
		"nothing but its beginning": {compound, ErrBroken},
		"a zip that is none":        {zipped, ErrBroken},
	} {
		if _, err := Open(bytes.NewReader(tt.file)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	short := workbook(versionExcel97, []byte("\x01\x00A"), none, func(s *stream) { s.rec(recNumber, uint16(1)) })
	b, err := Open(bytes.NewReader(file("Workbook", short)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Each(0, func(Row) error { return nil }); !errors.Is(err, ErrBroken) {
		t.Errorf("a record that is too short: %v", err)
	}
}

// Whatever a workbook holds, it is read or refused: no byte of it stops the program.
func FuzzOldWorkbooks(f *testing.F) {
	f.Add(workbook(versionExcel97, []byte("\x01\x00A"), func(s *stream) {
		s.rec(recSST, uint32(1), uint32(1), uint16(4), byte(0), []byte("time"))
	}, func(s *stream) {
		s.rec(recLabelSST, uint16(0), uint16(0), uint16(0), uint32(0)).rec(recMulRK, uint16(3), uint16(1), uint16(0), uint32(7), uint16(0), uint32(9), uint16(2))
	}))
	f.Fuzz(func(_ *testing.T, content []byte) {
		b, err := Open(bytes.NewReader(file("Workbook", content)))
		for i := 0; err == nil && i < len(b.Sheets); i++ {
			err = b.Each(i, func(Row) error { return nil })
		}
	})
}
