package store

import (
	"context"
	"fmt"

	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// PendingMessages streams what is still to be said: queued, held, or handed to a channel that has not answered.
func (s *Store) PendingMessages(ctx context.Context, w workspace.Number, f func(message.Message) error) error {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	ms, err := all(ctx, s.db.Reader(), messageScanner(ring), messageColumns+
		`WHERE m.workspace = $1 AND m.state IN ('queued', 'held', 'sending') ORDER BY m.due_at, m.id`, w)
	if err != nil {
		return err
	}
	for _, m := range ms {
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

// QuarantineCounts is how many events each person has waiting for one reason.
func (s *Store) QuarantineCounts(ctx context.Context, w workspace.Number, reason string) (map[person.Number]int, error) {
	rows, err := s.db.Reader().QueryContext(ctx,
		`SELECT person, count(*) FROM quarantine WHERE workspace = $1 AND reason = $2 GROUP BY person`, w, reason)
	if err != nil {
		return nil, fmt.Errorf("count quarantine: %w", err)
	}
	defer rows.Close()
	out := map[person.Number]int{}
	for rows.Next() {
		var p person.Number
		var n int
		if err := rows.Scan(&p, &n); err != nil {
			return nil, fmt.Errorf("count quarantine: %w", err)
		}
		out[p] = n
	}
	return out, rows.Err()
}
