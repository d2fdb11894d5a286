package rows

import (
	"crypto/sha256"
	"encoding/binary"
)

// seen remembers which names a file used, in as much memory however long the file is. Of ten million names two in a thousand are taken
// for one that was used: their newer version is then refused, and told, instead of taken.
type seen []uint64

const (
	seenBits  = 1 << 27 // 16 MB
	seenMarks = 4
)

// before reports whether a name was used, and notes that it is.
func (s *seen) before(name string) bool {
	if *s == nil {
		*s = make(seen, seenBits/64)
	}
	sum := sha256.Sum256([]byte(name))
	known := true
	for k := range seenMarks {
		bit := binary.LittleEndian.Uint64(sum[8*k:]) % seenBits
		if (*s)[bit/64]>>(bit%64)&1 == 0 {
			known = false
			(*s)[bit/64] |= 1 << (bit % 64)
		}
	}
	return known
}
