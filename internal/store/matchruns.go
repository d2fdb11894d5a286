package store

import (
	"context"
	"database/sql"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/review"
	"peiban/internal/workspace"
)

const matchRunFields = `number, state, want, actor, night, created_at, started_at, ended_at, lease_until, stage, people, candidates, found, written, fresh, problem, version`

func scanMatchRun(r scanner) (review.Run, error) {
	var v review.Run
	return v, r.Scan(&v.Number, &v.State, &v.Want, &v.Actor, &v.Night, &v.Created, &v.Started, &v.Ended, &v.Lease, &v.Stage, &v.People, &v.Candidates, &v.Found,
		&v.Written, &v.Fresh, &v.Problem, &v.Version)
}

// StartMatchRun keeps a new run that waits. While another is on it gives review.ErrBusy; so it does for a night that had its run.
func (s *Store) StartMatchRun(ctx context.Context, w workspace.Number, v *review.Run, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) + 1 FROM match_run WHERE workspace = $1`, w).Scan(&v.Number)
		if err != nil {
			return fmt.Errorf("number a run: %w", err)
		}
		v.State, v.Version = review.Waiting, 1
		n, err := exec(ctx, tx, `INSERT INTO match_run (workspace, `+matchRunFields+`)
			VALUES ($1, $2, 'waiting', '', $3, $4, $5, 0, 0, 0, '', 0, 0, 0, 0, 0, '', 1) ON CONFLICT DO NOTHING`,
			w, v.Number, v.Actor, v.Night, v.Created)
		if err != nil {
			return fmt.Errorf("start a run: %w", err)
		}
		if n == 0 {
			return review.ErrBusy
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// NextMatchRun is the run that waits, or that somebody who worked on it left; none gives review.ErrNoRun.
func (s *Store) NextMatchRun(ctx context.Context, w workspace.Number, now int64) (review.Run, error) {
	return one(ctx, s.db.Reader(), review.ErrNoRun, scanMatchRun, `SELECT `+matchRunFields+` FROM match_run
		WHERE workspace = $1 AND (state = 'waiting' OR state = 'running' AND lease_until < $2) ORDER BY number LIMIT 1`, w, now)
}

// SaveMatchRun writes a run that nobody changed since it was read, and tells what is wanted of it by now.
func (s *Store) SaveMatchRun(ctx context.Context, w workspace.Number, v *review.Run, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE match_run SET state = $1, started_at = $2, ended_at = $3, lease_until = $4, stage = $5, people = $6, candidates = $7, found = $8,
			written = $9, fresh = $10, problem = $11, version = version + 1 WHERE workspace = $12 AND number = $13 AND version = $14`,
			string(v.State), v.Started, v.Ended, v.Lease, v.Stage, v.People, v.Candidates, v.Found, v.Written, v.Fresh, v.Problem, w, v.Number, v.Version)
		if err != nil {
			return fmt.Errorf("save run %d: %w", v.Number, err)
		}
		if n == 0 {
			return review.ErrRunMoved
		}
		v.Version++
		if err := tx.QueryRowContext(ctx, `SELECT want FROM match_run WHERE workspace = $1 AND number = $2`, w, v.Number).Scan(&v.Want); err != nil {
			return fmt.Errorf("read what is wanted of run %d: %w", v.Number, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// StopMatchRun asks a run that is on to stop.
func (s *Store) StopMatchRun(ctx context.Context, w workspace.Number, number int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE match_run SET want = 'stop' WHERE workspace = $1 AND number = $2 AND state IN ('waiting', 'running')`, w, number)
		if err != nil {
			return fmt.Errorf("stop run %d: %w", number, err)
		}
		if n == 0 {
			return review.ErrNoRun
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// MatchRuns lists the newest runs, the newest first.
func (s *Store) MatchRuns(ctx context.Context, w workspace.Number, most int) ([]review.Run, error) {
	return all(ctx, s.db.Reader(), scanMatchRun, `SELECT `+matchRunFields+` FROM match_run WHERE workspace = $1 ORDER BY number DESC LIMIT $2`, w, most)
}
