package ingest

import (
	"math"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/workspace"
)

// What the intake holds at once. Beyond it a sender is told to come again: memory does not grow with what waits.
const (
	maxHeld    = 256       // requests of one source
	maxWaiting = 128 << 20 // bytes of all bodies, unpacked
)

var (
	errBusy = fault.New(fault.Unavailable, "busy", "现在来的太多，请稍后原样再发，不会重复", "too much is coming in now; send the same again later, it will not be stored twice").
		Because("按 Retry-After 等待", "wait as Retry-After says")
	errTooFast = fault.New(fault.TooMany, "too_fast", "这个来源发得太快，请稍后原样再发，不会重复", "this source sends too fast; send the same again later, it will not be stored twice").
			Because("按 Retry-After 等待，或请管理员调高这个来源的上限", "wait as Retry-After says, or ask an administrator for a higher limit")
)

// gate lets requests in, so many of a source and so many bytes at a time.
type gate struct {
	room *semaphore.Weighted
	most int64 // bytes of one body

	mu sync.Mutex
	of map[door]*held
}

type door struct {
	w      workspace.Number
	source int32
}

// held is what one source is doing now.
type held struct {
	requests    int
	limit       *rate.Limiter
	rate, burst int
}

func newGate(most int64) *gate {
	return &gate{room: semaphore.NewWeighted(maxWaiting), most: most, of: map[door]*held{}}
}

// enter lets a request with a body of so many bytes in; leave must be called when it is answered.
func (g *gate) enter(w workspace.Number, source *event.Source, bytes int64) (leave func(), err error) {
	if bytes < 0 || bytes > g.most {
		bytes = g.most
	}
	if !g.room.TryAcquire(bytes) {
		return nil, errBusy
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.source(w, source)
	if h.requests >= maxHeld {
		g.room.Release(bytes)
		return nil, errBusy
	}
	h.requests++
	return func() {
		g.room.Release(bytes)
		g.mu.Lock()
		h.requests--
		g.mu.Unlock()
	}, nil
}

// source finds what a source is doing. Whoever calls holds mu.
func (g *gate) source(w workspace.Number, s *event.Source) *held {
	per, burst := s.Rate, s.Burst
	if per <= 0 {
		per = intake.DefaultRate
	}
	if burst <= 0 {
		burst = 2 * per
	}
	burst = max(burst, MaxEvents) // else a full batch could never pass
	k := door{w, s.Number}
	h := g.of[k]
	switch {
	case h == nil:
		h = &held{limit: rate.NewLimiter(rate.Limit(per), burst), rate: per, burst: burst}
		g.of[k] = h
	case h.rate != per || h.burst != burst: // set anew since
		h.limit.SetLimit(rate.Limit(per))
		h.limit.SetBurst(burst)
		h.rate, h.burst = per, burst
	}
	return h
}

// pace takes n events off what a source may send; wait is how long to wait first, when it may not now.
func (g *gate) pace(w workspace.Number, s *event.Source, n int, now time.Time) (wait time.Duration) {
	g.mu.Lock()
	h := g.source(w, s)
	g.mu.Unlock()
	r := h.limit.ReserveN(now, n)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// seconds is a wait as Retry-After gives it.
func seconds(wait time.Duration) int { return max(1, int(math.Ceil(wait.Seconds()))) }
