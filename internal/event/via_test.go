package event

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"testing"
)

func TestWhatAnEventCameBy(t *testing.T) {
	id := func(n int) Via {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h := sha256.Sum256(b[:])
		return ViaOf([16]byte(h[:16]))
	}
	mistaken := 0
	for n := range 20_000 {
		a, b, c := id(3*n), id(3*n+1), id(3*n+2)
		if bits.OnesCount64(uint64(a)) != viaEach || a >= 1<<viaBits {
			t.Fatalf("identifier %d has %b", n, a)
		}
		if both := a | b; !both.By(a) || !both.By(b) {
			t.Fatalf("identifier %d is not found", n)
		}
		if (a | b).By(c) {
			mistaken++
		}
	}
	if mistaken > 60 { // one in a thousand at the expected rate
		t.Errorf("%d of 20,000 are taken for one that they did not come by", mistaken)
	}
	if Via(0).By(id(1)) || id(1).By(0) {
		t.Error("nothing is an identifier")
	}
}
