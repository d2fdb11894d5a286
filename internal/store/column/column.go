// Package column is about how values lie in columns, the same in both databases: a number that is none and a code
// that is empty are NULL, further numbers are eight bytes each, little end first.
package column

import (
	"encoding/binary"
	"math"

	"peiban/internal/event"
)

// Number is v, or nil when v is not a number.
func Number(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// Code is the string of y, or nil when it is empty. Symbols differ between processes; strings do not.
func Code(y event.Symbol) any {
	if y == 0 {
		return nil
	}
	return y.String()
}

// Blob is b, or nil when it is empty.
func Blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// Floats packs x, or gives nil when it is empty.
func Floats(x []float64) any {
	if len(x) == 0 {
		return nil
	}
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// ParseFloats reads what Floats packed.
func ParseFloats(b []byte) []float64 {
	if len(b) < 8 {
		return nil
	}
	x := make([]float64, len(b)/8)
	for i := range x {
		x[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return x
}
