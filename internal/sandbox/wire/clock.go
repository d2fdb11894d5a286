package wire

import (
	"sync"
	"time"
)

// Clock is the world's own: it runs as the real one does and can be moved on, never back.
type Clock struct {
	mu    sync.Mutex
	now   func() time.Time
	shift time.Duration
}

// NewClock makes a clock that follows now.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now is the world's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.shift)
}

// Advance moves the clock on; what is not above zero moves nothing.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shift += max(d, 0)
}
