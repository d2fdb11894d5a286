package wire

import (
	"math/rand/v2"
	"sync"
)

// IDs makes ids, secrets and codes: the same seed makes the same in the same order. They keep nothing secret.
type IDs struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// NewIDs makes a source of ids.
func NewIDs(seed uint64) *IDs { return &IDs{rand: rand.New(rand.NewPCG(seed, 0x70656962616e))} }

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// New is prefix and n letters and digits.
func (i *IDs) New(prefix string, n int) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := []byte(prefix)
	for range n {
		b = append(b, letters[i.rand.IntN(len(letters))])
	}
	return string(b)
}

// Read fills p, so that what is sealed is the same for the same seed too.
func (i *IDs) Read(p []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n := range p {
		p[n] = byte(i.rand.IntN(256))
	}
	return len(p), nil
}
