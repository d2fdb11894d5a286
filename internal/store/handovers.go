package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// CreateHandover keeps a hand-over with everybody it is about, and gives it its number.
func (s *Store) CreateHandover(ctx context.Context, w workspace.Number, j *job.Job, people []person.Number, entries ...audit.Entry) error {
	buckets := make([]int, len(people))
	for i, p := range people {
		b, err := s.bucket(ctx, w, p)
		if err != nil {
			return err
		}
		buckets[i] = b
	}
	told, report, err := s.sealJob(ctx, w, j)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.createJob(ctx, tx, w, j, told, report); err != nil {
			return err
		}
		at := 0
		if err := batch(ctx, tx, people, `INSERT INTO handover_line (workspace, bucket, person, job, to_staff, state, why, at) VALUES ($1, $2, $3, $4, '', 'waiting', '', 0)`,
			func(p *person.Number) ([]any, error) {
				at++
				return []any{w, buckets[at-1], *p, j.Number}, nil
			}); err != nil {
			return fmt.Errorf("list the people of hand-over %d: %w", j.Number, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// HandoverWaiting gives the next people of a hand-over who wait.
func (s *Store) HandoverWaiting(ctx context.Context, w workspace.Number, n job.Number, most int) ([]person.Number, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (person.Number, error) {
		var p person.Number
		return p, r.Scan(&p)
	}, `SELECT person FROM handover_line WHERE workspace = $1 AND job = $2 AND state = 'waiting' ORDER BY person LIMIT $3`, w, n, most)
}

// HandoverTally counts the people of a hand-over by state.
func (s *Store) HandoverTally(ctx context.Context, w workspace.Number, n job.Number) (owner.Tally, error) {
	var t owner.Tally
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var state owner.State
		var n int
		if err := r.Scan(&state, &n); err != nil {
			return err
		}
		switch state {
		case owner.Waiting:
			t.Waiting = n
		case owner.Done:
			t.Done = n
		case owner.Refused:
			t.Refused = n
		case owner.Failed:
			t.Failed = n
		}
		return nil
	}, `SELECT state, count(*) FROM handover_line WHERE workspace = $1 AND job = $2 GROUP BY state`, w, n)
	return t, err
}

// HandoverLines lists the people of a hand-over in one state, or all.
func (s *Store) HandoverLines(ctx context.Context, w workspace.Number, n job.Number, state string, page Page) (List[owner.Line], error) {
	q := query{
		columns: `SELECT l.person, l.bucket, l.to_staff, l.state, l.why, l.at FROM handover_line l `,
		count:   `SELECT count(*) FROM handover_line l `,
	}
	q.where(`l.workspace = $`, w)
	q.where(`l.job = $`, n)
	if state != "" {
		q.where(`l.state = $`, state)
	}
	return paged(ctx, s.db.Reader(), q, page, `l.person > $`, `ORDER BY l.person`, func(r scanner) (owner.Line, error) {
		var l owner.Line
		return l, r.Scan(&l.Person, &l.Bucket, &l.To, &l.State, &l.Why, &l.At)
	}, func(l owner.Line) []string { return []string{strconv.FormatUint(uint64(l.Person), 10)} }, number)
}

// RetryHandover lets those who were refused or failed wait again.
func (s *Store) RetryHandover(ctx context.Context, w workspace.Number, n job.Number) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE handover_line SET state = 'waiting', why = '', at = 0, to_staff = '' WHERE workspace = $1 AND job = $2 AND state IN ('refused', 'failed')`, w, n)
		return err
	})
}

func (t *Tx) writeHandLines(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.HandLines, `UPDATE handover_line SET to_staff = $1, state = $2, why = $3, at = $4
		WHERE workspace = $5 AND bucket = $6 AND person = $7 AND job = $8`, func(l *conductor.HandLine) ([]any, error) {
		return []any{l.To, string(l.State), l.Why, l.At, t.w, l.Bucket, l.Person, l.Job}, nil
	})
}
