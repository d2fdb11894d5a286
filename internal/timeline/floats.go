package timeline

import (
	"encoding/binary"
	"math"
)

// A column of measured numbers: most have one decimal, many are whole, some are ids of 48 bits. All are written as
// whole numbers times a power of ten of their own person, where that gives back the same number to the last bit. How many
// bytes there are comes first, then a nibble each:
//
//	0      no number (NaN)
//	1-7    so many bytes, to be divided by the power of ten
//	8      the eight bytes of the number itself
//	9-15   one to seven bytes, a whole number as it is
const (
	nibbleRaw   = 8
	nibbleWhole = 8 // added to the number of bytes
)

var tens = [...]float64{1, 10, 100, 1000}

// exact is the largest number below which every whole number is a float64.
const exact = 1 << 53

// digits is a number without its point: how many decimals it has, and what is left. raw: it has more decimals than
// tens knows, or a sign, or is no number, and left are its bits.
type digits struct {
	places uint8
	raw    bool
	left   uint64
}

func digitsOf(v float64) digits {
	for e, ten := range tens {
		r := math.Round(v * ten)
		if !(r >= 0 && r < exact) {
			break
		}
		if u := uint64(r); math.Float64bits(float64(u)/ten) == math.Float64bits(v) {
			return digits{uint8(e), false, u}
		}
	}
	return digits{raw: true, left: math.Float64bits(v)}
}

// at is the nibble of d when numbers are multiplied by tens[scale], and the bytes that follow it.
func (d digits) at(scale int) (nibble byte, u uint64) {
	switch {
	case d.raw && math.IsNaN(math.Float64frombits(d.left)):
		return 0, 0
	case d.raw:
		return nibbleRaw, d.left
	}
	if int(d.places) <= scale {
		u = d.left * uint64(tens[scale-int(d.places)])
		if u < exact && (d.places > 0 || length(u) == length(d.left)) {
			return byte(max(length(u), 1)), u
		}
	}
	if d.places == 0 {
		return byte(nibbleWhole + max(length(d.left), 1)), d.left
	}
	return nibbleRaw, math.Float64bits(float64(d.left) / tens[d.places])
}

// floats writes one column.
func (p *packer) floats(col []float64) {
	if len(col) == 0 {
		return
	}
	p.digits = p.digits[:0]
	var has [len(tens)]bool
	for _, v := range col {
		d := digitsOf(v)
		p.digits = append(p.digits, d)
		has[d.places] = true
	}
	scale, least := 0, math.MaxInt // bytes
	for e := range tens {
		if e > 0 && !has[e] {
			continue
		}
		cost := 0
		for _, d := range p.digits {
			k, _ := d.at(e)
			cost += size(k)
		}
		if cost < least {
			scale, least = e, cost
		}
	}
	p.out = append(p.out, byte(scale))
	p.out = binary.AppendUvarint(p.out, uint64(least))
	p.nibbles(len(col), func(i int) byte { k, _ := p.digits[i].at(scale); return k })
	for _, d := range p.digits {
		k, u := d.at(scale)
		p.number(u, size(k))
	}
}

// size is how many bytes follow for a nibble.
func size(nibble byte) int {
	if nibble > nibbleWhole {
		return int(nibble - nibbleWhole)
	}
	return int(nibble)
}

var nan = math.NaN()

// floats reads one column into dst.
func (r *unpacker) floats(dst []float64) {
	if len(dst) == 0 || r.bad {
		return
	}
	head := r.take(1)
	bytes, lengths := r.far(len(dst))
	if r.bad || int(head[0]) >= len(tens) {
		r.bad = true
		return
	}
	ten := tens[head[0]]
	b, at := r.b[r.at:], 0
	for i := range dst {
		k := lengths[i>>1] >> (i & 1 * 4) & 15
		if at+8 > len(b) {
			r.bad = true
			return
		}
		u := binary.LittleEndian.Uint64(b[at:])
		switch {
		case k == 0:
			dst[i] = nan
		case k < nibbleRaw:
			dst[i] = float64(u&masks[k]) / ten
			at += int(k)
		case k == nibbleRaw:
			dst[i] = math.Float64frombits(u)
			at += 8
		default:
			dst[i] = float64(u & masks[k-nibbleWhole])
			at += int(k - nibbleWhole)
		}
	}
	r.bad = at != bytes
	r.at += at
}
