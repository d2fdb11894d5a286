package timeline

import (
	"context"
	"sync"
	"sync/atomic"

	"peiban/internal/person"
)

// Each calls visit for every person who has events, on so many workers at once, each worker going up through the
// numbers. t is base and delta together as they stand when the person's turn comes; it holds until visit returns. progress,
// if any, hears how many numbers are done out of how many, one call at a time.
//
// Each ends early, with the context's error, when ctx ends.
func (s *Store) Each(ctx context.Context, workers int, visit func(worker int, n person.Number, t *Timeline), progress func(done, of int)) error {
	people := s.Len()
	blocks := (people + blockPeople - 1) / blockPeople
	rooms := make([]Timeline, max(workers, 1))
	var telling sync.Mutex
	done := 0
	return inBlocks(ctx, len(rooms), blocks, func(worker, i int) error {
		g := s.gen.Load() // again for each block, so that a merge's old base can go
		room := &rooms[worker]
		first, last := i*blockPeople, min((i+1)*blockPeople, people)
		for n := first; n < last; n++ {
			t := g.read(person.Number(n), room)
			if t.Len() > 0 {
				visit(worker, person.Number(n), t)
			}
		}
		if progress != nil {
			telling.Lock()
			done += last - first
			progress(done, people)
			telling.Unlock()
		}
		return nil
	})
}

// read is the timeline of n, in room's columns unless it is whole on the heap.
func (g *generation) read(n person.Number, room *Timeline) *Timeline {
	d := g.delta(n)
	if d != nil && d.whole != nil {
		return d.whole
	}
	g.base.into(room, n, 0)
	if d != nil {
		d.onto(room)
	}
	// Rules know a timeline again by its address: each person gets one of their own, over the same columns.
	t := *room
	return &t
}

// inBlocks does blocks 0 to n-1 on so many workers, in order, until one fails or ctx ends.
func inBlocks(ctx context.Context, workers, n int, do func(worker, block int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	var stop atomic.Bool
	for w := range workers {
		wg.Go(func() {
			for !stop.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(w, i); err != nil {
					errs[w] = err
					stop.Store(true)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
