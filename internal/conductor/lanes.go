package conductor

import (
	"context"
	"slices"
	"sync"
)

// Lane says how urgent a write is. Live goes before bulk, always.
type Lane int

const (
	Live Lane = iota
	Bulk
)

// request is one piece of work for the writer.
type request struct {
	size  int   // roughly how many events
	from  int32 // the source that sent it; 0: people, staff, ourselves
	takes bool  // it takes events in and leaves their steps to be taken with others
	turn  int   // among those of its source that wait; see fair
	do    func(context.Context, *work) error
	done  chan error
}

// lanes gather what waits to be written while a commit is under way, so that the next commit takes all of it.
type lanes struct {
	mu      sync.Mutex
	waiting [2][]*request
	busy    bool // somebody is writing and will look again
}

// groupLimit is how many events one commit takes; more wait for the next.
const groupLimit = 2000

// bulkLimit keeps a bulk commit short, so that live work waits little.
const bulkLimit = 1000

// next takes what the next commit is made of: all live work that fits, else bulk work.
func (l *lanes) next() []*request {
	l.mu.Lock()
	defer l.mu.Unlock()
	for lane, limit := range [2]int{groupLimit, bulkLimit} {
		if len(l.waiting[lane]) == 0 {
			continue
		}
		fair(l.waiting[lane])
		n, size := 0, 0
		for n < len(l.waiting[lane]) && (n == 0 || size+l.waiting[lane][n].size <= limit) {
			size += l.waiting[lane][n].size
			n++
		}
		group := l.waiting[lane][:n:n]
		l.waiting[lane] = l.waiting[lane][n:]
		return group
	}
	l.busy = false
	return nil
}

// fair puts the requests of different senders in turn: the first of each, then the second of each, in the order they came. A source
// that sends more than is stored waits behind itself and nobody else.
func fair(waiting []*request) {
	if len(waiting) < 2 {
		return
	}
	turn, one := map[int32]int{}, true
	for _, r := range waiting {
		r.turn = turn[r.from]
		turn[r.from]++
		one = one && r.from == waiting[0].from
	}
	if !one {
		slices.SortStableFunc(waiting, func(a, b *request) int { return a.turn - b.turn })
	}
}

// write runs do inside a commit and returns when that commit is durable. do may be called a second time, alone,
// when another piece of work in the same commit failed; so it keeps nothing of the first call.
func (c *Conductor) write(ctx context.Context, lane Lane, size int, do func(context.Context, *work) error) error {
	return c.queue(ctx, lane, &request{size: size, do: do})
}

// queue is write for a request that says who sent it.
func (c *Conductor) queue(ctx context.Context, lane Lane, r *request) error {
	r.done = make(chan error, 1)
	l := &c.lanes
	l.mu.Lock()
	l.waiting[lane] = append(l.waiting[lane], r)
	lead := !l.busy
	l.busy = true
	l.mu.Unlock()
	if lead {
		// A commit must not end because the one who leads it went away.
		go c.drain(context.WithoutCancel(ctx))
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err() // the work may still be done; its repeat is noticed
	}
}

// drain commits group after group until nothing waits.
func (c *Conductor) drain(ctx context.Context) {
	for group := c.lanes.next(); group != nil; group = c.lanes.next() {
		c.turn.Lock()
		err := c.commit(ctx, group)
		if err != nil && len(group) > 1 {
			for _, r := range group { // one of them is at fault: each alone, so that it harms only itself
				r.done <- c.commit(ctx, []*request{r})
			}
		} else {
			for _, r := range group {
				r.done <- err
			}
		}
		c.turn.Unlock()
	}
}
