package api

import (
	"sync"
	"time"
)

// A hall of people who scan one picture share an address: an address has gateFree openings and joinings at once, and one more each
// gateEvery.
const (
	gateFree  = 400
	gateEvery = time.Second
	mostGates = 10_000
)

// gates counts what comes through entry codes by the address it comes from. Counts are this process's own.
type gates struct {
	mu sync.Mutex
	at map[string]time.Time // when an address will have everything back
}

// take uses one up, false when none is left.
func (g *gates) take(address string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	full := g.at[address]
	if full.Before(now) {
		full = now
	}
	if full = full.Add(gateEvery); full.Sub(now) > gateFree*gateEvery {
		return false
	}
	if g.at == nil || len(g.at) >= mostGates { // a new memory is kinder than a full one
		g.at = map[string]time.Time{}
	}
	g.at[address] = full
	return true
}
