package timeline

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"peiban/internal/fault"
	"peiban/internal/person"
)

// Scan is how everybody is read.
type Scan struct {
	Workers int     // at once; 0: one for each core
	Need    Columns // 0: all
	// Visit gets each person who has events, base and delta together as they stand when the person's turn comes. t holds
	// until it returns. Each worker goes up through the numbers.
	Visit    func(worker int, n person.Number, t *Timeline)
	Progress func(done, of int) // of the numbers of people, one call at a time; nil: nobody wants to know
}

// Each reads everybody. It ends early, with the context's error, when ctx ends.
func (s *Store) Each(ctx context.Context, scan Scan) error {
	if scan.Workers <= 0 {
		scan.Workers = runtime.GOMAXPROCS(0)
	}
	if scan.Need == 0 {
		scan.Need = AllColumns
	}
	people := s.Len()
	blocks := (people + blockPeople - 1) / blockPeople
	rooms := make([]Timeline, scan.Workers)
	var telling sync.Mutex
	done := 0
	return inBlocks(ctx, scan.Workers, blocks, func(worker, i int) error {
		g := s.gen.Load() // again for each block, so that a merge's old base can go
		room := &rooms[worker]
		first, last := i*blockPeople, min((i+1)*blockPeople, people)
		for n := first; n < last; n++ {
			t := g.read(person.Number(n), scan.Need, room)
			if t.Len() > 0 {
				scan.Visit(worker, person.Number(n), t)
			}
		}
		if scan.Progress != nil {
			telling.Lock()
			done += last - first
			scan.Progress(done, people)
			telling.Unlock()
		}
		return nil
	})
}

// read is the timeline of n, in room's columns unless it is whole on the heap.
func (g *generation) read(n person.Number, need Columns, room *Timeline) *Timeline {
	d := g.delta(n)
	switch {
	case d != nil && d.whole != nil:
		return d.whole
	case d != nil:
		g.base.into(room, n, AllColumns, 0)
		d.onto(room)
	default:
		g.base.into(room, n, need, 0)
	}
	// Rules know a timeline again by its address: each person gets one of their own, over the same columns.
	t := *room
	return &t
}

// inBlocks does blocks 0 to n-1 on so many workers, in order, until one fails or ctx ends. A panic in one is its error: it ends this
// work and nothing else.
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
				runtime.Gosched() // live work would else wait for a time slice of 10 ms at each of its hand-overs
				if err := fault.Guard(func() error { return do(w, i) }); err != nil {
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
