package timeline

import (
	"encoding/binary"
	"math/bits"
)

// A column of whole numbers is written in the way that takes least room for this one person:
//
//	fixed    the smallest, then how far each is above it, all in the same number of bytes
//	palette  up to 16 different values, then a nibble each
//	steps    how far each is from the one before
//	beside   how far each is from another column at the same place
//
// Steps and beside write how many bytes there will be, the lengths of all numbers, a nibble each, and then the bytes; a
// time is counted in the coarsest unit that fits all of them. A column begins with a byte: its way, and four bits that
// way needs. So a column can be passed over without looking at its numbers.
const (
	wayFixed   = iota // four bits: bytes of each number
	wayPalette        // how many values, less one
	waySteps          // place in units
	wayBeside         // place in units
)

// units of time in microseconds: the finest, a millisecond, a second, a minute.
var units = [...]int64{1, 1_000, 1_000_000, 60_000_000}

// masks keep the low bytes of a number: masks[k] keeps k of them.
var masks = [16]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// pad is how many bytes have to follow a record, so that the last number can be read eight bytes at a time.
const pad = 8

type whole interface {
	~int64 | ~uint64 | ~uint32 | ~uint16
}

func zigzag(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// length is how many bytes u needs; none for 0.
func length(u uint64) int { return (bits.Len64(u) + 7) / 8 }

// packer writes records. It keeps its room from one to the next.
type packer struct {
	out    []byte
	values []int64
	diffs  []int64
	digits []digits
}

// ints writes one column; other is the column beside it, nil for none.
func ints[T whole](p *packer, col []T, other []int64) {
	p.values = p.values[:0]
	for _, v := range col {
		p.values = append(p.values, int64(v))
	}
	p.column(other)
}

func (p *packer) column(other []int64) {
	vs := p.values
	if len(vs) == 0 {
		return
	}
	low, high := vs[0], vs[0]
	for _, v := range vs {
		low, high = min(low, v), max(high, v)
	}
	width := length(uint64(high) - uint64(low))
	best, size := wayFixed, width*len(vs)
	colours, few := palette(vs)
	if few && (len(vs)+1)/2+2*len(colours) < size {
		best, size = wayPalette, (len(vs)+1)/2+2*len(colours)
	}
	unit := 0
	if width > 1 {
		if u, n := p.differ(nil); n < size {
			best, size, unit = waySteps, n, u
		}
		if other != nil {
			if u, n := p.differ(other); n < size {
				best, unit = wayBeside, u
			}
		}
	}
	switch best {
	case wayFixed:
		p.out = append(p.out, byte(wayFixed|width<<2))
		p.out = binary.AppendVarint(p.out, low)
		for _, v := range vs {
			p.number(uint64(v)-uint64(low), width)
		}
	case wayPalette:
		p.out = append(p.out, byte(wayPalette|(len(colours)-1)<<2))
		for _, v := range colours {
			p.out = binary.AppendVarint(p.out, v)
		}
		p.nibbles(len(vs), func(i int) byte {
			k := 0
			for colours[k] != vs[i] {
				k++
			}
			return byte(k)
		})
	case waySteps:
		p.out = append(p.out, byte(waySteps|unit<<2))
		p.out = binary.AppendVarint(p.out, vs[0])
		p.differ(nil)
		p.far(unit)
	case wayBeside:
		p.out = append(p.out, byte(wayBeside|unit<<2))
		p.differ(other)
		p.far(unit)
	}
}

// palette is the different values of vs, if there are at most 16.
func palette(vs []int64) ([]int64, bool) {
	var room [16]int64
	seen := room[:0]
next:
	for i, v := range vs {
		if i > 0 && v == vs[i-1] {
			continue
		}
		for _, c := range seen {
			if c == v {
				continue next
			}
		}
		if len(seen) == len(room) {
			return nil, false
		}
		seen = append(seen, v)
	}
	return seen, true
}

// differ fills p.diffs with the differences to other, or for nil to the value before, and tells the coarsest unit
// that fits them and how many bytes they take. Differences may wrap around; adding them wraps back.
func (p *packer) differ(other []int64) (unit, size int) {
	p.diffs = p.diffs[:0]
	unit = len(units) - 1
	for i, v := range p.values {
		from := p.values[0]
		if other != nil {
			from = other[i]
		} else if i > 0 {
			from = p.values[i-1]
		}
		d := v - from
		for d%units[unit] != 0 {
			unit--
		}
		p.diffs = append(p.diffs, d)
	}
	size = (len(p.values) + 1) / 2
	for _, d := range p.diffs {
		size += length(zigzag(d / units[unit]))
	}
	return unit, size
}

// far writes p.diffs.
func (p *packer) far(unit int) {
	size := 0
	for i, d := range p.diffs {
		u := zigzag(d / units[unit])
		p.diffs[i] = int64(u)
		size += length(u)
	}
	p.out = binary.AppendUvarint(p.out, uint64(size))
	p.nibbles(len(p.diffs), func(i int) byte { return byte(length(uint64(p.diffs[i]))) })
	for _, d := range p.diffs {
		p.number(uint64(d), length(uint64(d)))
	}
}

// nibbles writes n values below 16, two a byte, the low half first.
func (p *packer) nibbles(n int, of func(i int) byte) {
	for i := 0; i < n; i += 2 {
		b := of(i)
		if i+1 < n {
			b |= of(i+1) << 4
		}
		p.out = append(p.out, b)
	}
}

// number writes the low width bytes of u.
func (p *packer) number(u uint64, width int) {
	for range width {
		p.out = append(p.out, byte(u))
		u >>= 8
	}
}

// unpacker reads a record. It never reads outside b, and bad says that the record is not one: what was read so far is
// then worth nothing.
type unpacker struct {
	b   []byte // the record and at least pad bytes more
	at  int
	bad bool
}

func (r *unpacker) varint() int64 {
	v, n := binary.Varint(r.b[r.at:])
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.at += n
	return v
}

// count reads how many of something there are; more than most is not believed.
func (r *unpacker) count(most int) int {
	u, n := binary.Uvarint(r.b[r.at:])
	if n <= 0 || u > uint64(most) {
		r.bad = true
		return 0
	}
	r.at += n
	return int(u)
}

// take is the next n bytes; nil when there are not so many.
func (r *unpacker) take(n int) []byte {
	if n > len(r.b)-r.at {
		r.bad = true
		return nil
	}
	s := r.b[r.at : r.at+n]
	r.at += n
	return s
}

// column reads the numbers of one column into dst.
func column[T whole](r *unpacker, dst []T, other []int64) {
	if len(dst) == 0 || r.bad {
		return
	}
	head := r.take(1)
	if head == nil {
		return
	}
	way, arg := head[0]&3, int(head[0]>>2)
	all := uint64(0) // every bit that any number has: those of a narrow column must fit
	switch way {
	case wayFixed:
		low := r.varint()
		if arg > 8 || r.bad || arg*len(dst)+pad > len(r.b)-r.at {
			r.bad = true
			return
		}
		b := r.b[r.at:]
		mask := masks[arg]
		at := 0
		for i := range dst {
			v := low + int64(binary.LittleEndian.Uint64(b[at:])&mask)
			at += arg
			all |= uint64(v)
			dst[i] = T(v)
		}
		r.at += at
	case wayPalette:
		if arg > 15 {
			r.bad = true
			return
		}
		var colours [16]T
		for k := range arg + 1 {
			v := r.varint()
			all |= uint64(v)
			colours[k] = T(v)
		}
		b := r.take((len(dst) + 1) / 2)
		if b == nil {
			return
		}
		for i := range dst {
			dst[i] = colours[b[i>>1]>>(i&1*4)&15]
		}
	default:
		if arg >= len(units) || way == wayBeside && other == nil {
			r.bad = true
			return
		}
		unit, before := units[arg], int64(0)
		if way == waySteps {
			before = r.varint()
		}
		size, lengths := r.far(len(dst))
		if r.bad {
			return
		}
		b, at := r.b[r.at:], 0
		for i := range dst {
			k := lengths[i>>1] >> (i & 1 * 4) & 15
			if at+8 > len(b) {
				r.bad = true
				return
			}
			d := unzigzag(binary.LittleEndian.Uint64(b[at:])&masks[k]) * unit
			at += int(k)
			if way == waySteps {
				before += d
			} else {
				before = other[i] + d
			}
			all |= uint64(before)
			dst[i] = T(before)
		}
		r.bad = at != size
		r.at += at
	}
	if uint64(T(all)) != all {
		r.bad = true
	}
}

// far reads what comes before the bytes of n numbers: how many bytes there are, and the nibbles.
func (r *unpacker) far(n int) (size int, lengths []byte) {
	size = r.count(len(r.b))
	lengths = r.take((n + 1) / 2)
	if size+pad > len(r.b)-r.at {
		r.bad = true
	}
	return size, lengths
}

// pass goes over a column of n numbers.
func (r *unpacker) pass(n int) {
	if n == 0 || r.bad {
		return
	}
	head := r.take(1)
	if head == nil {
		return
	}
	switch way, arg := head[0]&3, int(head[0]>>2); way {
	case wayFixed:
		r.varint()
		r.take(arg * n)
	case wayPalette:
		for range arg + 1 {
			r.varint()
		}
		r.take((n + 1) / 2)
	default:
		if way == waySteps {
			r.varint()
		}
		size, _ := r.far(n)
		r.take(size)
	}
}

// passFloats goes over a column of n measured numbers.
func (r *unpacker) passFloats(n int) {
	if n == 0 || r.bad {
		return
	}
	r.take(1)
	size, _ := r.far(n)
	r.take(size)
}
