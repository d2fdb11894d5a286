package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peiban/internal/message"
	"peiban/internal/workspace"
)

// Figures are what /metrics and /readyz show of a workspace.
type Figures struct {
	People      int
	Events      int64                 // the head of the log
	Outbox      map[message.State]int // messages that are not at rest: queued, held, sending, dead
	OpenTasks   int
	Quarantined int
	SendDue     int64 // the earliest message that is due by now; 0: none
}

// Figures counts a workspace at now.
func (s *Store) Figures(ctx context.Context, w workspace.Number, now int64) (Figures, error) {
	f := Figures{Outbox: map[message.State]int{}}
	for _, n := range []struct {
		to    any
		query string
		args  []any
	}{
		{&f.Events, `SELECT head FROM workspace WHERE number = $1`, []any{w}},
		{&f.People, `SELECT count(*) FROM person_place WHERE workspace = $1`, []any{w}},
		{&f.OpenTasks, `SELECT count(*) FROM task WHERE workspace = $1 AND state = 'open'`, []any{w}},
		{&f.Quarantined, `SELECT count(*) FROM quarantine WHERE workspace = $1`, []any{w}},
		{&f.SendDue, `SELECT coalesce(min(next_at), 0) FROM message WHERE workspace = $1 AND state IN ('queued', 'held') AND next_at <= $2`, []any{w, now}},
	} {
		if err := s.db.Reader().QueryRowContext(ctx, n.query, n.args...).Scan(n.to); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return f, ErrNoWorkspace
			}
			return f, fmt.Errorf("count workspace %d: %w", w, err)
		}
	}
	for _, state := range []string{"('queued', 'held')", "('sending', 'dead')"} { // as the indexes are cut
		n, err := counts(ctx, s.db.Reader(), `SELECT state, count(*) FROM message WHERE workspace = $1 AND state IN `+state+` GROUP BY state`, w)
		if err != nil {
			return f, fmt.Errorf("count the outbox of workspace %d: %w", w, err)
		}
		for k, v := range n {
			f.Outbox[message.State(k)] = v
		}
	}
	return f, nil
}

// Purge deletes what has served its time: message ids, answers, sessions and links, and by which browser an entry code was opened and somebody
// joined, older than the moments given; 0 keeps all of a kind. How many opened a code on a day stays.
func (s *Store) Purge(ctx context.Context, messageIDs, answers, sessions, browsers int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, d := range []struct {
			query string
			at    int64
		}{
			{`DELETE FROM message_id WHERE at < $1`, messageIDs},
			{`DELETE FROM idempotency WHERE at < $1`, answers},
			{`DELETE FROM callback WHERE state IN ('done', 'passed') AND received_at < $1`, answers},
			{`DELETE FROM session WHERE expires_at < $1`, sessions},
			{`DELETE FROM signin_link WHERE expires_at < $1`, sessions},
			{`DELETE FROM visit_link WHERE expires_at < $1`, sessions},
			{`DELETE FROM arrival WHERE at < $1`, browsers},
			// The number of a browser came with the person who joined by it.
			{`DELETE FROM identity WHERE workspace IN (SELECT number FROM workspace) AND type = 'visitor' AND EXISTS (SELECT 1 FROM person p
				WHERE p.workspace = identity.workspace AND p.bucket = identity.bucket AND p.person = identity.person AND p.created_at < $1)`, browsers},
		} {
			if d.at == 0 {
				continue
			}
			if _, err := exec(ctx, tx, d.query, d.at); err != nil {
				return fmt.Errorf("purge: %w", err)
			}
		}
		return nil
	})
}
