package sheet

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func u16(b []byte) uint16  { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32  { return binary.LittleEndian.Uint32(b) }
func f64(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// rk is a number packed into thirty bits: the upper half of a float or a signed integer, of a hundredth where the lowest bit says so.
func rk(v uint32) float64 {
	f := float64(int32(v) >> 2)
	if v&2 == 0 {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

// wholeDigits is up to where every digit of a number counts; beyond, Excel does not know the last ones, and neither are they made up.
const wholeDigits = 1e15

// number writes a number with all its digits, and one that is too large for them with an exponent, as Excel shows it.
func number(v float64) string {
	if math.Abs(v) >= wholeDigits {
		return strconv.FormatFloat(v, 'E', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// errorTexts are what a cell shows whose formula failed.
var errorTexts = map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}

func boolOrError(v, isError byte) string {
	switch {
	case isError != 0:
		return errorTexts[v]
	case v != 0:
		return "TRUE"
	}
	return "FALSE"
}

// result is the last result of a formula; later: it is text, and comes in the next record.
func result(b []byte) (text string, later bool) {
	if b[6] != 0xff || b[7] != 0xff {
		return number(f64(b)), false
	}
	switch b[0] {
	case 0:
		return "", true
	case 1:
		return boolOrError(b[2], 0), false
	case 2:
		return boolOrError(b[2], 1), false
	}
	return "", false
}

// pieces reads over a record and those that continue it. Past the end it gives zeros, and over says so.
type pieces struct {
	parts [][]byte
	over  bool
}

// ready makes the first part one that has bytes left.
func (p *pieces) ready() bool {
	for len(p.parts) > 0 && len(p.parts[0]) == 0 {
		p.parts = p.parts[1:]
	}
	p.over = p.over || len(p.parts) == 0
	return len(p.parts) > 0
}

func (p *pieces) byte() byte {
	if !p.ready() {
		return 0
	}
	b := p.parts[0][0]
	p.parts[0] = p.parts[0][1:]
	return b
}

func (p *pieces) short() uint16 { return uint16(p.byte()) | uint16(p.byte())<<8 }
func (p *pieces) long() uint32  { return uint32(p.short()) | uint32(p.short())<<16 }

func (p *pieces) bytes(n int) (out []byte) {
	for n > 0 && p.ready() {
		k := min(n, len(p.parts[0]))
		out, p.parts[0] = append(out, p.parts[0][:k]...), p.parts[0][k:]
		n -= k
	}
	return out
}

func (p *pieces) skip(n int) {
	for n > 0 && p.ready() {
		k := min(n, len(p.parts[0]))
		p.parts[0] = p.parts[0][k:]
		n -= k
	}
}

// chars reads n characters of one byte or two. Where they go on in another record, that begins by saying again which.
func (p *pieces) chars(n int, wide bool) string {
	units := make([]uint16, 0, min(n, 1<<10))
	for ; n > 0; n-- {
		if len(p.parts) > 0 && len(p.parts[0]) == 0 {
			if !p.ready() {
				break
			}
			wide = p.byte()&1 != 0
		}
		if !p.ready() {
			break
		}
		if wide {
			units = append(units, p.short())
		} else {
			units = append(units, uint16(p.byte()))
		}
	}
	return string(utf16.Decode(units))
}

// sharedStrings reads the table of texts that cells name by number.
func sharedStrings(p *pieces) (out []string) {
	p.skip(4) // how often they are used
	for n := p.long(); n > 0 && p.ready(); n-- {
		size, flags := int(p.short()), p.byte()
		rich, phonetic := 0, 0
		if flags&8 != 0 {
			rich = int(p.short())
		}
		if flags&4 != 0 {
			phonetic = int(p.long())
		}
		out = append(out, p.chars(size, flags&1 != 0))
		p.skip(4*rich + phonetic)
	}
	return out
}

// narrow is text of before Excel 97, in the code page of the workbook.
func (x *xls) narrow(b []byte) string {
	e := encoding.Encoding(charmap.Windows1252)
	switch x.page {
	case 936:
		e = simplifiedchinese.GB18030
	case 950:
		e = traditionalchinese.Big5
	}
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return string(b)
	}
	return string(text)
}
