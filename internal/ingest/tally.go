package ingest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"peiban/internal/intake"
	"peiban/internal/workspace"
)

// tallyEvery is how often what came is written down. A server that is killed loses the counts of so long, and no event.
const tallyEvery = 5 * time.Second

// recent is how many arrivals the live view remembers.
const recent = 500

// tally counts what comes from each source by the minute, and remembers the last arrivals.
type tally struct {
	mu      sync.Mutex
	minutes map[workspace.Number]map[counted]*intake.Minute
	last    map[workspace.Number]*ring
}

type counted struct {
	source int32
	minute int64
}

// ring is the last arrivals of a workspace.
type ring struct {
	n    int64
	last [recent]intake.Arrival
}

func newTally() *tally {
	return &tally{minutes: map[workspace.Number]map[counted]*intake.Minute{}, last: map[workspace.Number]*ring{}}
}

// count adds one request to the minute it came in.
func (t *tally) count(w workspace.Number, source int32, now time.Time, bytes int, results []result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.minute(w, source, now)
	m.Requests++
	m.Bytes += int64(bytes)
	r := t.last[w]
	if r == nil {
		r = &ring{}
		t.last[w] = r
	}
	for i := range results {
		switch results[i].status {
		case "stored":
			m.Stored++
		case "repeated":
			m.Repeated++
		case "quarantined":
			m.Kept++
		case "ignored":
			m.Ignored++
		default:
			m.Refused++
		}
		a := intake.Arrival{N: r.n + 1, At: now, Source: source, Type: results[i].kind, Status: results[i].status, Event: results[i].id}
		if f := results[i].fault; f != nil {
			a.Code = f.Code
		}
		r.last[r.n%recent] = a
		r.n++
	}
}

// putOff counts a request that was told to come again.
func (t *tally) putOff(w workspace.Number, source int32, now time.Time) {
	t.mu.Lock()
	t.minute(w, source, now).PutOff++
	t.mu.Unlock()
}

// minute is where now is counted. Whoever calls holds mu.
func (t *tally) minute(w workspace.Number, source int32, now time.Time) *intake.Minute {
	of := t.minutes[w]
	if of == nil {
		of = map[counted]*intake.Minute{}
		t.minutes[w] = of
	}
	k := counted{source, now.Truncate(time.Minute).UnixMicro()}
	m := of[k]
	if m == nil {
		m = &intake.Minute{Source: source, At: k.minute}
		of[k] = m
	}
	return m
}

// after gives the arrivals since n, the oldest first, at most most of them, and the number of the newest there is.
func (t *tally) after(w workspace.Number, n int64, most int) ([]intake.Arrival, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.last[w]
	if r == nil {
		return nil, 0
	}
	from := max(n, r.n-recent, r.n-int64(most))
	if n > r.n { // of a server before this one
		from = max(0, r.n-int64(min(most, recent)))
	}
	var out []intake.Arrival
	for i := from; i < r.n; i++ {
		out = append(out, r.last[i%recent])
	}
	return out, r.n
}

// take gives what was counted since the last time, and forgets it.
func (t *tally) take() map[workspace.Number][]intake.Minute {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[workspace.Number][]intake.Minute{}
	for w, of := range t.minutes {
		for _, m := range of {
			out[w] = append(out[w], *m)
		}
	}
	clear(t.minutes)
	return out
}

// Arrivals gives the events that came since arrival n (0: the last there are), the oldest first, and the number of the newest.
func (s *Segment) Arrivals(w workspace.Number, n int64, most int) ([]intake.Arrival, int64) {
	return s.tally.after(w, n, most)
}

// Run writes down what came, again and again, until ctx ends; then a last time.
func (s *Segment) Run(ctx context.Context) {
	tick := time.NewTicker(tallyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.WriteCounts(context.WithoutCancel(ctx), time.Time{})
			return
		case <-tick.C:
			s.WriteCounts(ctx, time.Time{})
		}
	}
}

// WriteCounts writes down what came and was not written down yet; of what came before since nothing is kept.
func (s *Segment) WriteCounts(ctx context.Context, since time.Time) {
	for w, ms := range s.tally.take() {
		ms = slices.DeleteFunc(ms, func(m intake.Minute) bool { return m.At < since.UnixMicro() })
		if err := s.store.AddMinutes(ctx, w, ms); err != nil {
			s.log.Error("what came from sources was not counted", slog.Any("error", err))
		}
	}
}
