package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

func scanState(r scanner) (conductor.StateRow, error) {
	var s conductor.StateRow
	return s, r.Scan(&s.Person, &s.Bucket, &s.State, &s.Wake, &s.Seq, &s.Changed)
}

// StatesAfter streams states written by commits after a sequence. A person may come several times; the last is the one
// that holds.
func (s *Store) StatesAfter(ctx context.Context, w workspace.Number, after event.Seq, f func(conductor.StateRow) error) error {
	var settled event.Seq
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT settled FROM workspace WHERE number = $1`, w).Scan(&settled); err != nil {
		return fmt.Errorf("read how far states are settled: %w", err)
	}
	// What is settled is out of the log, or soon will be. While it is being settled a state is in both, so the log, which
	// is whole after the mark, is read last and its newest row holds.
	if after < settled || after == 0 {
		err := each(ctx, s.db.Reader(), func(r scanner) error {
			row, err := scanState(r)
			if err != nil {
				return err
			}
			return f(row)
		}, `SELECT person, bucket, state, wake_at, seq, changed FROM person_state WHERE workspace = $1 AND seq > $2`, w, int64(after))
		if err != nil {
			return err
		}
	}
	return each(ctx, s.db.Reader(), func(r scanner) error {
		row, err := scanState(r)
		if err != nil {
			return err
		}
		row.Logged = true
		return f(row)
	}, `SELECT person, bucket, state, wake_at, seq, changed FROM state_log WHERE workspace = $1 AND seq > $2 ORDER BY seq`, w, int64(after))
}

// FirstLogged is the oldest commit in the log of states, 0 when it is empty.
func (s *Store) FirstLogged(ctx context.Context, w workspace.Number) (event.Seq, error) {
	var first event.Seq
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT coalesce(min(seq), 0) FROM state_log WHERE workspace = $1`, w).Scan(&first); err != nil {
		return 0, fmt.Errorf("look at the log of states: %w", err)
	}
	return first, nil
}

const transitionColumns = `SELECT person, seq, n, kind, key, gained, at, version, cause, cause_at, prev FROM transition `

func scanTransition(r scanner) (conductor.Transition, error) {
	var t conductor.Transition
	var gained int
	err := r.Scan(&t.Person, &t.Seq, &t.N, &t.Kind, &t.Key, &gained, &t.At, &t.Version, &t.Cause, &t.CauseAt, &t.Prev)
	t.Gained = gained != 0
	return t, err
}

// Transitions lists the tags and stages a person gained and lost, the newest first, from the commit newest back along the
// links. Kind may be empty for both.
func (s *Store) Transitions(ctx context.Context, w workspace.Number, p person.Number, newest event.Seq, kind string, page Page) (List[conductor.Transition], error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return List[conductor.Transition]{}, err
	}
	q := query{columns: transitionColumns, count: `SELECT count(*) FROM transition `}
	q.where(`workspace = $ AND bucket = $ AND person = $ AND seq IN (
		WITH RECURSIVE chain (seq) AS (SELECT CAST($ AS BIGINT) UNION SELECT t.prev FROM chain CROSS JOIN transition t
			WHERE t.workspace = $ AND t.bucket = $ AND t.person = $ AND t.seq = chain.seq) SELECT seq FROM chain)`, // CROSS: SQLite keeps the order
		w, b, p, int64(newest), w, b, p)
	if kind != "" {
		q.where(`kind = $`, kind)
	}
	return paged(ctx, s.db.Reader(), q, page, `(seq, n) < ($, $)`, `ORDER BY seq DESC, n DESC`, scanTransition,
		func(t conductor.Transition) []string {
			return []string{strconv.FormatUint(uint64(t.Seq), 10), strconv.Itoa(t.N)}
		}, number, number)
}

// writeStates appends the states of a commit to the log.
func (t *Tx) writeStates(ctx context.Context, c *conductor.Changes) error {
	// In the order of the key, so that rows are appended and not pushed in between.
	slices.SortFunc(c.States, func(a, b conductor.StateRow) int { return cmp.Compare(a.Person, b.Person) })
	return writeRows(ctx, t, c.States, `INSERT INTO state_log (workspace, seq, person, bucket, state, wake_at, changed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		func(s *conductor.StateRow) ([]any, error) {
			return []any{t.w, int64(s.Seq), s.Person, s.Bucket, s.State, s.Wake, int64(s.Changed)}, nil
		})
}

// writeSettled moves states from the log to where they stay.
func (t *Tx) writeSettled(ctx context.Context, c *conductor.Changes) error {
	err := writeRows(ctx, t, c.Settled, `INSERT INTO person_state (workspace, bucket, person, state, wake_at, seq, changed) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (workspace, bucket, person) DO UPDATE SET state = excluded.state, wake_at = excluded.wake_at, seq = excluded.seq, changed = excluded.changed`,
		func(s *conductor.StateRow) ([]any, error) {
			return []any{t.w, s.Bucket, s.Person, s.State, s.Wake, int64(s.Seq), int64(s.Changed)}, nil
		})
	if err != nil || c.SettledTo == 0 {
		return err
	}
	if _, err := exec(ctx, t.do, `UPDATE workspace SET settled = $1 WHERE number = $2 AND settled < $1`, int64(c.SettledTo), t.w); err != nil {
		return err
	}
	// One bound: of two, the database may look for the farther and read every state up to it.
	_, err = exec(ctx, t.do, `DELETE FROM state_log WHERE workspace = $1 AND seq <= (
		SELECT CASE WHEN first + $2 < $3 THEN first + $2 ELSE $3 END FROM (SELECT min(seq) AS first FROM state_log WHERE workspace = $1) AS f)`,
		t.w, settledAtOnce-1, int64(c.SettledTo))
	return err
}

// settledAtOnce is how many commits' worth of sequence one transaction deletes from the log.
const settledAtOnce = 500

func (t *Tx) writeTransitions(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Transitions, `INSERT INTO transition (workspace, bucket, person, seq, n, kind, key, gained, at, version, cause, cause_at, prev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		func(r *conductor.Transition) ([]any, error) {
			b, err := t.bucket(ctx, r.Person)
			return []any{t.w, b, r.Person, int64(r.Seq), r.N, r.Kind, r.Key, bit(r.Gained), r.At, r.Version, r.Cause, int64(r.CauseAt), int64(r.Prev)}, err
		})
}

// bit is how a truth is stored in both databases.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
