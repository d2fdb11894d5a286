package sqlite

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

// factsAtOnce is how many events one reader takes at a time.
const factsAtOnce = 50_000

const queryFacts = `SELECT id & 1099511627775, person, type | (flags << 16), occurred_at, received_at, supersedes, retracts, num, a, b, c, x, source
	FROM event WHERE id > ? AND id <= ? ORDER BY id`

type facts struct {
	events []event.Event
	err    error
}

// Facts streams what timelines are made of, in order. Several connections read ahead; what is committed up to upTo does
// not change.
func (d *DB) Facts(ctx context.Context, w workspace.Number, after, upTo event.Seq, each func(*event.Event) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ahead := make(chan chan facts, runtime.NumCPU()) // in order
	go func() {
		defer close(ahead)
		for from := after; from < upTo; from += min(factsAtOnce, upTo-from) {
			part := make(chan facts, 1)
			select {
			case ahead <- part:
			case <-ctx.Done():
				return
			}
			go func() {
				es, err := d.facts(ctx, w, from, min(upTo, from+factsAtOnce))
				part <- facts{es, err}
			}()
		}
	}()
	for part := range ahead {
		f := <-part
		if f.err != nil {
			return f.err
		}
		for i := range f.events {
			if err := each(&f.events[i]); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (d *DB) facts(ctx context.Context, w workspace.Number, after, upTo event.Seq) ([]event.Event, error) {
	c, err := openCursor(d.scanned, queryFacts, rowid(w, after), rowid(w, upTo))
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer c.close()
	out := make([]event.Event, 0, upTo-after)
	codes := map[string]event.Symbol{} // the catalogue of all is shared and locked
	for ctx.Err() == nil {
		if more, err := c.next(); err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		} else if !more {
			return out, nil
		}
		out = append(out, c.fact(codes))
	}
	return nil, ctx.Err()
}

// fact is the event of a row of queryFacts.
func (c *cursor) fact(codes map[string]event.Symbol) event.Event {
	kind := c.integer(2)
	e := event.Event{
		Seq: event.Seq(c.integer(0)), Person: person.Number(c.integer(1)), Type: event.Type(kind & 0xffff), Flags: event.Flags(kind >> 16),
		Occurred: c.integer(3), Received: c.integer(4), Supersedes: event.Seq(c.integer(5)), Retracts: event.Seq(c.integer(6)), Num: math.NaN(),
	}
	if !c.null(7) {
		e.Num = c.number(7)
	}
	for i, to := range [3]*event.Symbol{&e.A, &e.B, &e.C} {
		code := c.bytes(8 + i)
		if len(code) == 0 {
			continue
		}
		y, known := codes[string(code)]
		if !known {
			y = event.Intern(string(code))
			codes[string(code)] = y
		}
		*to = y
	}
	e.X, e.Source = column.ParseFloats(c.bytes(11)), int32(c.integer(12))
	return e
}
