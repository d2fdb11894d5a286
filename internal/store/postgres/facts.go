package postgres

import (
	"context"
	"fmt"
	"math"

	"peiban/internal/event"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

// Facts streams what timelines are made of, in order.
func (d *DB) Facts(ctx context.Context, w workspace.Number, after, upTo event.Seq, each func(*event.Event) error) error {
	rows, err := d.pool.QueryContext(ctx, `SELECT seq, person, type, flags, occurred_at, received_at, supersedes, retracts, num, a, b, c, x, source
		FROM event WHERE workspace = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`, int64(w), int64(after), int64(min(upTo, math.MaxInt64)))
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e event.Event
		var num *float64
		var codes [3]*string
		var x []byte
		err := rows.Scan(&e.Seq, &e.Person, &e.Type, &e.Flags, &e.Occurred, &e.Received, &e.Supersedes, &e.Retracts, &num, &codes[0], &codes[1], &codes[2], &x, &e.Source)
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		e.Num = math.NaN()
		if num != nil {
			e.Num = *num
		}
		for i, to := range [3]*event.Symbol{&e.A, &e.B, &e.C} {
			if codes[i] != nil {
				*to = event.Intern(*codes[i])
			}
		}
		e.X = column.ParseFloats(x)
		if err := each(&e); err != nil {
			return err
		}
	}
	return rows.Err()
}
