package conductor

import (
	"context"
	"time"

	"peiban/internal/person"
)

// Gather makes writes wait until together is called with how many they are, so that they share one commit. A commit that
// is still under way is over when it returns: otherwise its writer would take the next write with it.
func (c *Conductor) Gather() (together func(n int)) {
	l := &c.lanes
	until("the writer rests", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.busy {
			return false
		}
		l.busy = true
		return true
	})
	return func(n int) {
		c.Waiting(n)
		c.drain(context.Background())
	}
}

// Waiting returns when n live writes wait for the writer.
func (c *Conductor) Waiting(n int) {
	until("enough writes wait", func() bool {
		c.lanes.mu.Lock()
		defer c.lanes.mu.Unlock()
		return len(c.lanes.waiting[Live]) >= n
	})
}

// until looks again and again; what does not come about within a minute is a mistake of the test, which must say so
// and not hang.
func until(what string, done func() bool) {
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			panic("waited a minute until " + what)
		}
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

// LookAhead looks at who is due now, and takes over what it found when then is called.
func (c *Conductor) LookAhead() (then func() (silent, others int)) {
	g := c.begin()
	c.stepAhead(context.Background(), g)
	return func() (int, int) {
		silent, others := c.takeOver(g)
		return silent, len(others)
	}
}
