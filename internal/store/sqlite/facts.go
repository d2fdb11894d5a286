package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

// factsAtOnce is how many events one reader takes at a time.
const factsAtOnce = 50_000

const queryFacts = `SELECT id & 1099511627775, person, type | (flags << 16), occurred_at, received_at, supersedes, retracts, num, a, b, c, x
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

func (d *DB) facts(ctx context.Context, w workspace.Number, after, upTo event.Seq) (out []event.Event, err error) {
	conn, err := d.reader.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer conn.Close()
	err = conn.Raw(func(raw any) error {
		p, ok := raw.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("prepare on a %T", raw)
		}
		s, err := p.PrepareContext(ctx, queryFacts)
		if err != nil {
			return err
		}
		defer s.Close()
		out, err = readFacts(s, w, after, upTo)
		return err
	})
	return out, err
}

// readFacts reads on the driver: through database/sql it takes twice as long.
func readFacts(s driver.Stmt, w workspace.Number, after, upTo event.Seq) ([]event.Event, error) {
	q, ok := s.(driver.StmtQueryContext)
	if !ok {
		return nil, fmt.Errorf("query a %T", s)
	}
	args := numbered(2)
	args[0].Value, args[1].Value = rowid(w, after), rowid(w, upTo)
	rows, err := q.QueryContext(context.Background(), args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]event.Event, 0, upTo-after)
	codes := map[string]event.Symbol{} // the catalogue of all is shared and locked
	v := make([]driver.Value, 12)
	for {
		if err := rows.Next(v); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		var n [7]int64
		for i := range n {
			if n[i], ok = v[i].(int64); !ok {
				return nil, fmt.Errorf("column %d of an event is a %T", i+1, v[i])
			}
		}
		e := event.Event{
			Seq: event.Seq(n[0]), Person: person.Number(n[1]), Type: event.Type(n[2] & 0xffff), Flags: event.Flags(n[2] >> 16),
			Occurred: n[3], Received: n[4], Supersedes: event.Seq(n[5]), Retracts: event.Seq(n[6]), Num: math.NaN(),
		}
		if x, ok := v[7].(float64); ok {
			e.Num = x
		}
		for i, to := range [3]*event.Symbol{&e.A, &e.B, &e.C} {
			if code, ok := v[8+i].(string); ok {
				y, known := codes[code]
				if !known {
					y = event.Intern(code)
					codes[code] = y
				}
				*to = y
			}
		}
		if x, ok := v[11].([]byte); ok {
			e.X = column.ParseFloats(x)
		}
		out = append(out, e)
	}
}
