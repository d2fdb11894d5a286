package api

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"peiban/internal/conductor"
	"peiban/internal/overdue"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// overdueMemo remembers what is told of each person until something new is known of them, or until time alone makes it otherwise. A page over
// a hundred thousand people reads only who changed since the last.
type overdueMemo struct {
	mu sync.Mutex
	of map[person.Number]*overdueKnown
}

type overdueKnown struct {
	stamp conductor.Stamp
	at    int64
	overdue.Known
}

// read gives what is told of some people at now, in their order; nil of who is not known. It ends early when ctx does.
func (m *overdueMemo) read(ctx context.Context, cd *conductor.Conductor, people []person.Number, now int64) ([]*overdueKnown, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]*overdueKnown, len(people))
	var anew []int
	for i, n := range people {
		stamp, ok := cd.Stamp(n)
		if !ok {
			continue
		}
		if k := m.of[n]; k != nil && k.stamp == stamp && k.at <= now && now < k.Until {
			out[i] = k
			continue
		}
		out[i] = &overdueKnown{stamp: stamp, at: now}
		anew = append(anew, i)
	}
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(anew)) {
		working.Go(func() {
			var room timeline.Timeline
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(anew) {
					return
				}
				n := people[anew[i]]
				v := cd.Skim(n, overdue.Skims, &room)
				if overdue.Expects(v.Type) {
					_, v, _, _ = cd.Glance(n)
				}
				out[anew[i]].Known = overdue.Read(v, now)
			}
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if m.of == nil {
		m.of = make(map[person.Number]*overdueKnown, len(anew))
	}
	for _, i := range anew {
		m.of[people[i]] = out[i]
	}
	return out, nil
}
