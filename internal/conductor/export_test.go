package conductor

import (
	"context"
	"time"

	"peiban/internal/person"
)

// Gather makes writes wait until together is called with how many they are, so that they share one commit.
func (c *Conductor) Gather() (together func(n int)) {
	l := &c.lanes
	l.mu.Lock()
	l.busy = true
	l.mu.Unlock()
	return func(n int) {
		c.Waiting(n)
		c.drain(context.Background())
	}
}

// Waiting returns when n live writes wait for the writer.
func (c *Conductor) Waiting(n int) {
	for {
		c.lanes.mu.Lock()
		have := len(c.lanes.waiting[Live])
		c.lanes.mu.Unlock()
		if have >= n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Due is when anything is to be done for n, as this process knows it.
func (c *Conductor) Due(n person.Number) int64 {
	c.turn.Lock()
	defer c.turn.Unlock()
	return c.humans[n].due()
}

// Entries is how long the agenda is.
func (c *Conductor) Entries() int {
	c.turn.Lock()
	defer c.turn.Unlock()
	return len(c.agenda)
}
