package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"peiban/internal/fault"
)

const (
	// freeKnocks is how many wrong sign-ins one address has before it waits: a team behind one address shares them.
	freeKnocks = 30
	// knockEvery is how soon an address may try once more, in real time.
	knockEvery = 20 * time.Second
	// mostDoors bounds the memory: some 100 bytes each.
	mostDoors = 10_000
)

var errKnocks = fault.New(fault.TooMany, "too_many_tries", "这个网络地址试了太多次，请等一会儿再试", "too many tries from this network address; wait a while")

// doors counts wrong sign-ins by the address they come from, whatever account they name: the lock of an account stops
// many passwords for one login, this stops one password for many logins. Counts are this process's own.
type doors struct {
	mu sync.Mutex
	// at is when an address will have its free tries back; an address that is past it is forgotten.
	at map[string]time.Time
}

// take uses up one try at now, before the password is looked at, so that many at once do not slip through together.
// When none is left it gives the wait until there is one.
func (d *doors) take(address string, now time.Time) (wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	full := d.at[address]
	if full.Before(now) {
		full = now
	}
	if full = full.Add(knockEvery); full.Sub(now) > freeKnocks*knockEvery {
		return full.Sub(now) - freeKnocks*knockEvery
	}
	if _, known := d.at[address]; !known && len(d.at) >= mostDoors {
		d.makeRoom(now)
	}
	if d.at == nil {
		d.at = map[string]time.Time{}
	}
	d.at[address] = full
	return 0
}

// back returns a try that was right.
func (d *doors) back(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if full, ok := d.at[address]; ok {
		d.at[address] = full.Add(-knockEvery)
	}
}

// makeRoom forgets who has every try back; failing that, the one who is nearest to it.
func (d *doors) makeRoom(now time.Time) {
	first := ""
	for a, full := range d.at {
		if !full.After(now) {
			delete(d.at, a)
		} else if first == "" || full.Before(d.at[first]) {
			first = a
		}
	}
	if len(d.at) >= mostDoors {
		delete(d.at, first)
	}
}

// knock refuses an address that tried too often. The caller gives the try back when the sign-in was right.
func (s *Server) knock(address string) error {
	if wait := s.doors.take(address, s.real()); wait > 0 {
		return waits(errKnocks, wait)
	}
	return nil
}

// peerOf is the address a request comes from. A server in front of ours, on the same machine, names it last in
// X-Forwarded-For; from anywhere else that header is the client's own word and counts for nothing. Of an IPv6 address
// the first 64 bits count: one household has all the rest.
func peerOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if told := r.Header.Values("X-Forwarded-For"); a.IsLoopback() && len(told) > 0 {
		last := told[len(told)-1]
		if other, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
			a = other
		}
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
