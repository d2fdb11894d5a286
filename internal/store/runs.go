package store

import (
	"context"

	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

const runColumns = `person, id, journey, version, status, reason, step, started_at, ended_at, until_at, arm`

func scanRun(r scanner) (conductor.RunRow, error) {
	var v conductor.RunRow
	return v, r.Scan(&v.Person, &v.ID, &v.Journey, &v.Version, &v.Status, &v.Reason, &v.Step, &v.Started, &v.Ended, &v.Until, &v.Arm)
}

// Runs lists a person's runs, the newest first.
func (s *Store) Runs(ctx context.Context, w workspace.Number, p person.Number) ([]conductor.RunRow, error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return nil, err
	}
	var q query
	q.of(w, "", of)
	return all(ctx, s.db.Reader(), scanRun, `SELECT `+runColumns+` FROM run `+q.clause()+`ORDER BY started_at DESC, id, person`, q.args...)
}

// Running counts the runs under way, by journey.
func (s *Store) Running(ctx context.Context, w workspace.Number) (map[string]int, error) {
	return counts(ctx, s.db.Reader(), `SELECT journey, count(*) FROM run WHERE workspace = $1 AND status = 'running' GROUP BY journey`, w)
}

// writeRuns keeps what a run began with: journey, version and start.
func (t *Tx) writeRuns(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Runs, `INSERT INTO run (workspace, bucket, person, id, journey, version, status, reason, step, started_at, ended_at, until_at, arm)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (workspace, bucket, person, id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
			step = excluded.step, ended_at = excluded.ended_at, until_at = excluded.until_at, arm = excluded.arm`,
		func(r *conductor.RunRow) ([]any, error) {
			b, err := t.bucket(ctx, r.Person)
			return []any{t.w, b, r.Person, r.ID, r.Journey, r.Version, r.Status, r.Reason, r.Step, r.Started, r.Ended, r.Until, r.Arm}, err
		})
}

// counts reads a query of names and numbers.
func counts(ctx context.Context, q querier, query string, args ...any) (map[string]int, error) {
	out := map[string]int{}
	err := each(ctx, q, func(r scanner) error {
		var name string
		var n int
		if err := r.Scan(&name, &n); err != nil {
			return err
		}
		out[name] = n
		return nil
	}, query, args...)
	return out, err
}
