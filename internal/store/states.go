package store

import (
	"context"
	"errors"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

const stateColumns = `SELECT person, bucket, state, wake_at, seq FROM person_state `

func scanState(r scanner) (conductor.StateRow, error) {
	var s conductor.StateRow
	return s, r.Scan(&s.Person, &s.Bucket, &s.State, &s.Wake, &s.Seq)
}

// StatesAfter streams states written by commits after a sequence, oldest commit first.
func (s *Store) StatesAfter(ctx context.Context, w workspace.Number, after event.Seq, f func(conductor.StateRow) error) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		row, err := scanState(r)
		if err != nil {
			return err
		}
		return f(row)
	}, stateColumns+`WHERE workspace = $1 AND seq > $2 ORDER BY seq`, w, int64(after))
}

// State reads one person's; a person without one gives the empty row.
func (s *Store) State(ctx context.Context, w workspace.Number, p person.Number) (conductor.StateRow, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return conductor.StateRow{}, err
	}
	none := errors.New("none")
	row, err := one(ctx, s.db.Reader(), none, scanState, stateColumns+`WHERE workspace = $1 AND bucket = $2 AND person = $3`, w, b, p)
	if errors.Is(err, none) {
		return conductor.StateRow{Person: p, Bucket: b}, nil
	}
	return row, err
}

const transitionColumns = `SELECT person, seq, n, kind, key, gained, at, version, cause, cause_at FROM transition `

func scanTransition(r scanner) (conductor.Transition, error) {
	var t conductor.Transition
	var gained int
	err := r.Scan(&t.Person, &t.Seq, &t.N, &t.Kind, &t.Key, &gained, &t.At, &t.Version, &t.Cause, &t.CauseAt)
	t.Gained = gained != 0
	return t, err
}

// Transitions lists the tags and stages a person gained and lost, the newest first. Kind may be empty for both.
func (s *Store) Transitions(ctx context.Context, w workspace.Number, p person.Number, kind string, page Page) (List[conductor.Transition], error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return List[conductor.Transition]{}, err
	}
	q := query{columns: transitionColumns, count: `SELECT count(*) FROM transition `}
	q.where(`workspace = $ AND bucket = $ AND person = $`, w, b, p)
	if kind != "" {
		q.where(`kind = $`, kind)
	}
	return paged(ctx, s.db.Reader(), q, page, `(seq, n) < ($, $)`, `ORDER BY seq DESC, n DESC`, scanTransition,
		func(t conductor.Transition) []string {
			return []string{strconv.FormatUint(uint64(t.Seq), 10), strconv.Itoa(t.N)}
		}, number, number)
}

func (t *Tx) writeStates(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.States, `INSERT INTO person_state (workspace, bucket, person, state, wake_at, seq) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace, bucket, person) DO UPDATE SET state = excluded.state, wake_at = excluded.wake_at, seq = excluded.seq`,
		func(s *conductor.StateRow) ([]any, error) {
			return []any{t.w, s.Bucket, s.Person, s.State, s.Wake, int64(s.Seq)}, nil
		})
}

func (t *Tx) writeTransitions(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Transitions, `INSERT INTO transition (workspace, bucket, person, seq, n, kind, key, gained, at, version, cause, cause_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		func(r *conductor.Transition) ([]any, error) {
			b, err := t.bucket(ctx, r.Person)
			return []any{t.w, b, r.Person, int64(r.Seq), r.N, r.Kind, r.Key, bit(r.Gained), r.At, r.Version, r.Cause, int64(r.CauseAt)}, err
		})
}

// bit is how a truth is stored in both databases.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
