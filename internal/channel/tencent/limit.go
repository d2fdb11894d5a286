package tencent

import (
	"context"
	"sync"
	"time"
)

// Limit is how many calls of one API may begin in any minute and in any hour, and how many may be under way at once.
// Zero: as many as one likes.
type Limit struct {
	Minute, Hour, Together int
}

// Default is what WeCom gives one company for each API (developer.work.weixin.qq.com/document/path/90454). How many calls
// at once are too many (45033) is written nowhere; ten has been seen to pass.
var Default = Limit{Minute: 10_000, Hour: 150_000, Together: 10}

// Limits keeps the limits of every API before the far side has to say so. Calls wait in the order they came.
type Limits struct {
	now   func() time.Time
	of    func(api string) Limit
	mu    sync.Mutex
	gates map[string]*gate
}

// NewLimits keeps the limits of tells for each API.
func NewLimits(of func(api string) Limit, now func() time.Time) *Limits {
	return &Limits{now: now, of: of, gates: map[string]*gate{}}
}

// gate is one API: how many calls began in each of the last 3,601 seconds, and the places of those under way.
type gate struct {
	limit  Limit
	turn   chan struct{} // held by whoever waits at the head, so that nobody overtakes
	places chan struct{}

	mu     sync.Mutex
	second int64
	began  [seconds]uint32
	minute int
	hour   int
	shut   time.Time // not before, as the far side asked
}

// One second more than an hour: calls of the oldest second may have begun at its end.
const seconds = 3601

func (l *Limits) gate(api string) *gate {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.gates[api]
	if !ok {
		limit := l.of(api)
		g = &gate{limit: limit, turn: make(chan struct{}, 1), second: l.now().Unix()}
		if limit.Together > 0 {
			g.places = make(chan struct{}, limit.Together)
		}
		l.gates[api] = g
	}
	return g
}

// Take waits until one more call of api may begin. The call ends with done.
func (l *Limits) Take(ctx context.Context, api string) (done func(), err error) {
	g := l.gate(api)
	done = func() {}
	if g.places != nil {
		select {
		case g.places <- struct{}{}:
			done = func() { <-g.places }
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		done()
		return nil, ctx.Err()
	}
	defer func() { <-g.turn }()
	for {
		wait := g.enter(l.now())
		if wait == 0 {
			return done, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			done()
			return nil, ctx.Err()
		}
	}
}

// Opens is when the next call of api may begin; the zero time: now.
func (l *Limits) Opens(api string) time.Time {
	g, now := l.gate(api), l.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.wait(now); wait > 0 {
		return now.Add(wait)
	}
	return time.Time{}
}

// Shut closes api for a while, as the far side asked with 45009.
func (l *Limits) Shut(api string, d time.Duration) {
	g := l.gate(api)
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := l.now().Add(d); until.After(g.shut) {
		g.shut = until
	}
}

// enter counts one call, or answers how long to wait.
func (g *gate) enter(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.wait(now); wait > 0 {
		return wait
	}
	g.began[g.second%seconds]++
	g.minute++
	g.hour++
	return 0
}

func (g *gate) wait(now time.Time) time.Duration {
	g.roll(now.Unix())
	if now.Before(g.shut) {
		return g.shut.Sub(now)
	}
	next := time.Unix(g.second+1, 0).Sub(now)
	if g.limit.Minute > 0 && g.minute >= g.limit.Minute {
		return g.until(60, next)
	}
	if g.limit.Hour > 0 && g.hour >= g.limit.Hour {
		return g.until(3600, next)
	}
	return 0
}

// until is how long it takes till the first second of the last span that has calls falls out of it.
func (g *gate) until(span int64, next time.Duration) time.Duration {
	for age := span; age > 0; age-- {
		if at := g.second - age; at >= 0 && g.began[at%seconds] > 0 {
			return next + time.Duration(span-age)*time.Second
		}
	}
	return next + time.Duration(span)*time.Second
}

// roll forgets the seconds that are over. The minute and the hour hold the second under way and as many whole ones.
func (g *gate) roll(second int64) {
	if second-g.second >= seconds {
		g.began, g.minute, g.hour, g.second = [seconds]uint32{}, 0, 0, second
		return
	}
	for g.second < second {
		g.second++
		g.minute -= int(g.at(g.second - 61))
		g.hour -= int(g.at(g.second - 3601))
		g.began[g.second%seconds] = 0
	}
}

func (g *gate) at(second int64) uint32 {
	if second < 0 {
		return 0
	}
	return g.began[second%seconds]
}
