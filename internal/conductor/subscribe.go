package conductor

import (
	"sync"

	"peiban/internal/event"
	"peiban/internal/person"
)

// Change is what a commit touched, for live screens. It holds ids only.
type Change struct {
	Seq    event.Seq
	Kinds  []string // person, task, message, clock
	People []person.Number
}

type subscribers struct {
	mu  sync.Mutex
	all map[chan Change]struct{}
}

// Subscribe hears of every commit until cancel is called. A subscriber that does not keep up misses changes and
// sees a gap in Seq.
func (c *Conductor) Subscribe() (changes <-chan Change, cancel func()) {
	ch := make(chan Change, 64)
	c.subs.mu.Lock()
	defer c.subs.mu.Unlock()
	if c.subs.all == nil {
		c.subs.all = map[chan Change]struct{}{}
	}
	c.subs.all[ch] = struct{}{}
	return ch, func() {
		c.subs.mu.Lock()
		defer c.subs.mu.Unlock()
		delete(c.subs.all, ch)
	}
}

func (s *subscribers) tell(c Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.all {
		select {
		case ch <- c:
		default:
		}
	}
}
