package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/corp"
	"peiban/internal/workspace"
)

const (
	corpPurpose     = "corp"
	callbackPurpose = "callback"
	corpColumns     = `SELECT workspace, id, revision, created_at, at, actor, body FROM corp `
)

type corpRow struct {
	corp.Corp
	workspace workspace.Number
	sealed    []byte
}

func scanCorp(r scanner) (corpRow, error) {
	var v corpRow
	return v, r.Scan(&v.workspace, &v.ID, &v.Revision, &v.Created, &v.At, &v.Actor, &v.sealed)
}

// opened is a connection with its secrets.
func (s *Store) opened(ctx context.Context, v corpRow) (corp.Corp, error) {
	ring, err := s.Ring(ctx, v.workspace)
	if err != nil {
		return v.Corp, err
	}
	plain, err := ring.Open(corpPurpose, v.sealed)
	if err != nil {
		return v.Corp, fmt.Errorf("open the company %s: %w", v.ID, err)
	}
	return v.Corp, json.Unmarshal(plain, &v.Corp)
}

// Corps are the connected companies of a workspace, oldest first, with their secrets.
func (s *Store) Corps(ctx context.Context, w workspace.Number) ([]corp.Corp, error) {
	rows, err := all(ctx, s.db.Reader(), scanCorp, corpColumns+`WHERE workspace = $1 ORDER BY created_at, id`, w)
	out := make([]corp.Corp, len(rows))
	for i := range rows {
		if err == nil {
			out[i], err = s.opened(ctx, rows[i])
		}
	}
	return out, err
}

// CorpByID finds a company by the id in the address of its callback, and whose it is.
func (s *Store) CorpByID(ctx context.Context, id string) (workspace.Number, corp.Corp, error) {
	row, err := one(ctx, s.db.Reader(), corp.ErrMissing, scanCorp, corpColumns+`WHERE id = $1`, id)
	if err != nil {
		return 0, corp.Corp{}, err
	}
	c, err := s.opened(ctx, row)
	return row.workspace, c, err
}

// SaveCorp keeps a connection: a new one, or the one with its id when it still is at its revision.
func (s *Store) SaveCorp(ctx context.Context, w workspace.Number, c corp.Corp, at int64, actor string, entries ...audit.Entry) (corp.Corp, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return c, err
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return c, fmt.Errorf("encode the company %s: %w", c.ID, err)
	}
	c.At, c.Actor = at, actor
	return c, s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO corp (workspace, id, revision, created_at, at, actor, body) VALUES ($1, $2, 1, $3, $3, $4, $5)
			ON CONFLICT (workspace, id) DO UPDATE SET revision = corp.revision + 1, at = $3, actor = $4, body = $5 WHERE corp.revision = $6`,
			w, c.ID, at, actor, ring.Seal(corpPurpose, plain), c.Revision)
		if err != nil {
			return fmt.Errorf("save the company %s: %w", c.ID, err)
		}
		if n == 0 {
			return corp.ErrMoved
		}
		if c.Revision++; c.Revision == 1 {
			c.Created = at
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// DeleteCorp forgets a connection and what it told that was not done.
func (s *Store) DeleteCorp(ctx context.Context, w workspace.Number, id string, revision int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM corp WHERE workspace = $1 AND id = $2 AND revision = $3`, w, id, revision)
		if err != nil {
			return fmt.Errorf("delete the company %s: %w", id, err)
		}
		if n == 0 {
			return corp.ErrMoved
		}
		if _, err := exec(ctx, tx, `DELETE FROM callback WHERE workspace = $1 AND corp = $2`, w, id); err != nil {
			return fmt.Errorf("delete what the company %s told: %w", id, err)
		}
		if _, err := exec(ctx, tx, `DELETE FROM kf_cursor WHERE workspace = $1 AND corp = $2`, w, id); err != nil {
			return fmt.Errorf("delete how far the company %s was read: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// KfCursor is how far the messages of an account of customer service were read; empty: not at all.
func (s *Store) KfCursor(ctx context.Context, w workspace.Number, id, account string) (cursor string, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT cursor FROM kf_cursor WHERE workspace = $1 AND corp = $2 AND account = $3`, w, id, account).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find how far the company %s was read: %w", id, err)
	}
	return cursor, nil
}

// SaveKfCursor keeps how far they were read.
func (s *Store) SaveKfCursor(ctx context.Context, w workspace.Number, id, account, cursor string, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO kf_cursor (workspace, corp, account, cursor, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, corp, account) DO UPDATE SET cursor = excluded.cursor, at = excluded.at`, w, id, account, cursor, at); err != nil {
			return fmt.Errorf("keep how far the company %s was read: %w", id, err)
		}
		return nil
	})
}

// KeepCallbacks keeps what companies told, before they are answered. What is there already stays as it is.
func (s *Store) KeepCallbacks(ctx context.Context, all []corp.Callback) error {
	sealed := make([][]byte, len(all))
	for i := range all {
		ring, err := s.Ring(ctx, all[i].Workspace)
		if err != nil {
			return err
		}
		sealed[i] = ring.Seal(callbackPurpose, all[i].Body)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		for i, v := range all {
			if _, err := exec(ctx, tx, `INSERT INTO callback (workspace, corp, hash, received_at, kind, urgent, state, why, tries, next_at, body)
				VALUES ($1, $2, $3, $4, $5, $6, 'waiting', '', 0, $4, $7) ON CONFLICT (workspace, hash) DO NOTHING`,
				v.Workspace, v.Corp, v.Hash[:], v.Received, v.Kind, bit(v.Urgent), sealed[i]); err != nil {
				return fmt.Errorf("keep a callback: %w", err)
			}
		}
		return nil
	})
}

// WaitingCallbacks are at most most callbacks of a workspace that wait and may be tried now: what is urgent first, then what came
// first. Those of the companies in without are left where they are; urgent: only those for which somebody waits, or only the others; nil:
// all.
func (s *Store) WaitingCallbacks(ctx context.Context, w workspace.Number, now int64, most int, without []string, urgent *bool) ([]corp.Callback, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	args, not := []any{w, now}, ""
	for _, id := range without {
		args = append(args, id)
		not += fmt.Sprintf(" AND corp <> $%d", len(args))
	}
	if urgent != nil {
		args = append(args, bit(*urgent))
		not += fmt.Sprintf(" AND urgent = $%d", len(args))
	}
	return all(ctx, s.db.Reader(), func(r scanner) (corp.Callback, error) {
		v := corp.Callback{Workspace: w}
		var hash, body []byte
		var urgent int
		if err := r.Scan(&v.Corp, &hash, &v.Received, &v.Kind, &urgent, &v.Tries, &v.Next, &body); err != nil {
			return v, err
		}
		copy(v.Hash[:], hash)
		v.Urgent = urgent != 0
		v.Body, err = ring.Open(callbackPurpose, body)
		return v, err
	}, `SELECT corp, hash, received_at, kind, urgent, tries, next_at, body FROM callback
		WHERE workspace = $1 AND state = 'waiting' AND next_at <= $2`+not+` ORDER BY urgent DESC, received_at, hash LIMIT `+fmt.Sprint(most), args...)
}

// EndCallbacks writes down what became of callbacks. What is done loses what it said; its hash stays, so that a late repeat is known.
func (s *Store) EndCallbacks(ctx context.Context, w workspace.Number, vs []corp.Verdict) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, v := range vs {
			body := "NULL"
			if v.State == corp.Waiting || v.State == corp.Stuck {
				body = "body"
			}
			if _, err := exec(ctx, tx, `UPDATE callback SET state = $3, why = $4, tries = tries + 1, next_at = CASE WHEN $5 > 0 THEN $5 ELSE next_at END, ended_at = $6, body = `+body+`
				WHERE workspace = $1 AND hash = $2`, w, v.Hash[:], v.State, v.Why, v.Next, v.At); err != nil {
				return fmt.Errorf("end a callback: %w", err)
			}
		}
		return nil
	})
}

// RetryCallbacks makes what is stuck wait again, and says how many there were.
func (s *Store) RetryCallbacks(ctx context.Context, w workspace.Number, id string, now int64, entries ...audit.Entry) (n int64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if n, err = exec(ctx, tx, `UPDATE callback SET state = 'waiting', why = '', tries = 0, next_at = $3 WHERE workspace = $1 AND corp = $2 AND state = 'stuck'`, w, id, now); err != nil {
			return fmt.Errorf("try callbacks again: %w", err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return n, err
}

// CallbackTallies count the callbacks of a workspace by company, kind and state.
func (s *Store) CallbackTallies(ctx context.Context, w workspace.Number) ([]corp.Tally, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (corp.Tally, error) {
		var v corp.Tally
		return v, r.Scan(&v.Corp, &v.Kind, &v.State, &v.Count, &v.Last)
	}, `SELECT corp, kind, state, count(*), max(received_at) FROM callback WHERE workspace = $1 GROUP BY corp, kind, state ORDER BY corp, kind, state`, w)
}

// ToldCallbacks are a page of what a company told, the latest first: before is the received moment of the last one seen, 0 from the
// top. They say nothing about a person.
func (s *Store) ToldCallbacks(ctx context.Context, w workspace.Number, id string, before int64, most int) ([]corp.Told, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return all(ctx, s.db.Reader(), func(r scanner) (corp.Told, error) {
		var v corp.Told
		return v, r.Scan(&v.Kind, &v.State, &v.Why, &v.Received, &v.Ended, &v.Tries)
	}, `SELECT kind, state, why, received_at, ended_at, tries FROM callback WHERE workspace = $1 AND corp = $2 AND received_at < $3
		ORDER BY received_at DESC, hash LIMIT `+fmt.Sprint(most), w, id, before)
}

// Welcomes are how the greetings of a company went since a moment.
func (s *Store) Welcomes(ctx context.Context, w workspace.Number, id string, since int64) (corp.Welcomes, error) {
	out := corp.Welcomes{Counts: map[string]int{}}
	rows, err := all(ctx, s.db.Reader(), func(r scanner) (v corp.Told, err error) {
		return v, r.Scan(&v.Why, &v.Received, &v.Ended)
	}, `SELECT why, received_at, ended_at FROM callback WHERE workspace = $1 AND corp = $2 AND received_at >= $3 AND urgent = 1 AND state = 'done'`, w, id, since)
	if err != nil {
		return out, err
	}
	for _, v := range rows {
		out.Counts[v.Why]++
		if v.Why == corp.Greeted {
			out.Took = append(out.Took, v.Ended-v.Received)
		}
	}
	slices.Sort(out.Took)
	return out, nil
}
