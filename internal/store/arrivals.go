package store

import (
	"context"
	"database/sql"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/entrance"
	"peiban/internal/workspace"
)

// Arrive notes that a browser opened a code on a day: once for each browser and code, however often. It reports whether this was the
// first time. Late is one that came after the code had ended.
func (s *Store) Arrive(ctx context.Context, w workspace.Number, id string, visitor []byte, at int64, day int32, late bool, platform string) (fresh bool, err error) {
	n := 0
	if late {
		n = 1
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		rows, err := exec(ctx, tx, `INSERT INTO arrival (workspace, entrance, visitor, at, late, platform) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			w, id, visitor, at, n, platform)
		if err != nil {
			return fmt.Errorf("note an arrival: %w", err)
		}
		if fresh = rows > 0; !fresh {
			return nil
		}
		return countArrivals(ctx, tx, w, id, day, 1, n)
	})
	return fresh, err
}

func countArrivals(ctx context.Context, tx *sql.Tx, w workspace.Number, id string, day int32, opened, late int) error {
	if _, err := exec(ctx, tx, `INSERT INTO arrival_day (workspace, entrance, day, opened, late) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (workspace, entrance, day) DO UPDATE SET opened = arrival_day.opened + excluded.opened, late = arrival_day.late + excluded.late`,
		w, id, day, opened, late); err != nil {
		return fmt.Errorf("count arrivals: %w", err)
	}
	return nil
}

// everyDay stands for no last day.
const everyDay = 1 << 30

func bounds(s entrance.Span) (from, to int32) {
	if s.To == 0 {
		return s.From, everyDay
	}
	return s.From, s.To
}

// Arrivals counts by code.
func (s *Store) Arrivals(ctx context.Context, w workspace.Number, span entrance.Span) (map[string]entrance.Opened, error) {
	out := map[string]entrance.Opened{}
	from, to := bounds(span)
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var id string
		var o entrance.Opened
		err := r.Scan(&id, &o.All, &o.Late)
		out[id] = o
		return err
	}, `SELECT entrance, CAST(sum(opened) AS BIGINT), CAST(sum(late) AS BIGINT) FROM arrival_day WHERE workspace = $1 AND day BETWEEN $2 AND $3 GROUP BY entrance`, w, from, to)
	if err != nil {
		return nil, fmt.Errorf("count the arrivals: %w", err)
	}
	return out, nil
}

// ArrivalDays counts the arrivals of one code by day, oldest first.
func (s *Store) ArrivalDays(ctx context.Context, w workspace.Number, id string, span entrance.Span) ([]entrance.Opened, error) {
	from, to := bounds(span)
	return all(ctx, s.db.Reader(), func(r scanner) (entrance.Opened, error) {
		var o entrance.Opened
		return o, r.Scan(&o.Day, &o.All, &o.Late)
	}, `SELECT day, opened, late FROM arrival_day WHERE workspace = $1 AND entrance = $2 AND day BETWEEN $3 AND $4 ORDER BY day`, w, id, from, to)
}

// Costs are what was spent on entry codes, the newest days first; those taken back are among them.
func (s *Store) Costs(ctx context.Context, w workspace.Number) ([]entrance.Cost, error) {
	return costs(ctx, s.db.Reader(), w)
}

func costs(ctx context.Context, q querier, w workspace.Number) ([]entrance.Cost, error) {
	return all(ctx, q, func(r scanner) (entrance.Cost, error) {
		var c entrance.Cost
		var voided int
		err := r.Scan(&c.ID, &c.Entrance, &c.From, &c.To, &c.Fen, &c.What, &voided, &c.Revision, &c.At, &c.Actor)
		c.Voided = voided != 0
		return c, err
	}, `SELECT id, entrance, from_day, to_day, fen, what, voided, revision, at, actor FROM entrance_cost WHERE workspace = $1
		ORDER BY from_day DESC, id`, w)
}

// SaveCosts writes costs that say which revision each was read at, 0 for new ones, all of them or none. A new one that is there already
// as it is, is left.
func (s *Store) SaveCosts(ctx context.Context, w workspace.Number, cs []entrance.Cost, at int64, actor string, entries ...audit.Entry) (added int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		added = 0
		for i := range cs {
			c := &cs[i]
			voided := 0
			if c.Voided {
				voided = 1
			}
			var n int64
			var err error
			if c.Revision == 0 {
				n, err = exec(ctx, tx, `INSERT INTO entrance_cost (workspace, id, entrance, from_day, to_day, fen, what, voided, revision, at, actor)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) ON CONFLICT DO NOTHING`,
					w, c.ID, c.Entrance, c.From, c.To, c.Fen, c.What, voided, at, actor)
				added += int(n)
			} else {
				n, err = exec(ctx, tx, `UPDATE entrance_cost SET from_day = $1, to_day = $2, fen = $3, what = $4, voided = $5, revision = revision + 1, at = $6, actor = $7
					WHERE workspace = $8 AND id = $9 AND entrance = $10 AND revision = $11`,
					c.From, c.To, c.Fen, c.What, voided, at, actor, w, c.ID, c.Entrance, c.Revision)
				if err == nil && n == 0 {
					return ErrCostChanged
				}
			}
			if err != nil {
				return fmt.Errorf("write cost %s: %w", c.ID, err)
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return added, err
}
