package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/workspace"
)

// ErrNoReject is what an unknown refused event gives.
var ErrNoReject = fault.New(fault.Missing, "reject_not_found", "没有找到这条被拒收的数据", "no such refused event")

// Reject is an event that was not taken in, and why.
type Reject = intake.Reject

// RejectFilter says which refused events.
type RejectFilter = intake.Filter

const rejectPurpose = "reject"

// AddRejects keeps refused events; what was sent by a source beyond most open ones is counted by the caller and not kept: full are the
// places, in rs, of those.
func (s *Store) AddRejects(ctx context.Context, w workspace.Number, rs []Reject, most int64) (full []int, err error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		full = full[:0]
		room := map[int32]int64{}
		for i := range rs {
			r := &rs[i]
			n, err := exec(ctx, tx, `UPDATE reject SET last_at = $3, times = times + 1 WHERE workspace = $1 AND id = $2`, w, r.ID[:], r.Last)
			if err != nil {
				return fmt.Errorf("count a refused event: %w", err)
			}
			if n > 0 {
				continue
			}
			left, ok := room[r.Source]
			if !ok {
				if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM reject WHERE workspace = $1 AND source = $2 AND state = 'open'`, w, r.Source).Scan(&left); err != nil {
					return fmt.Errorf("count the refused events of source %d: %w", r.Source, err)
				}
				left = most - left
			}
			if left <= 0 {
				full = append(full, i)
				room[r.Source] = 0
				continue
			}
			room[r.Source] = left - 1
			if _, err := exec(ctx, tx, `INSERT INTO reject (workspace, id, source, person, type, reason, field, payload, first_at, last_at, times, state, actor, done_at, event)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1, 'open', '', 0, '')`,
				w, r.ID[:], r.Source, r.Person, r.Type, r.Reason, r.Field, ring.Seal(rejectPurpose, r.Raw), r.Last); err != nil {
				return fmt.Errorf("keep a refused event: %w", err)
			}
		}
		return nil
	})
	return full, err
}

const rejectColumns = `SELECT id, source, person, type, reason, field, payload, first_at, last_at, times, state, actor, done_at, event FROM reject `

func scanReject(r scanner) (Reject, error) {
	var v Reject
	var id []byte
	err := r.Scan(&id, &v.Source, &v.Person, &v.Type, &v.Reason, &v.Field, &v.Raw, &v.First, &v.Last, &v.Times, &v.State, &v.Actor, &v.Done, &v.Event)
	copy(v.ID[:], id)
	return v, err
}

// Rejects lists refused events, the newest first. What they say stays sealed: RejectByID opens it.
func (s *Store) Rejects(ctx context.Context, w workspace.Number, f RejectFilter, page Page) (List[Reject], error) {
	q := query{columns: rejectColumns, count: `SELECT count(*) FROM reject `}
	q.where(`workspace = $`, w)
	for _, c := range [...]struct{ column, value string }{{"state", f.State}, {"reason", f.Reason}, {"type", f.Type}} {
		if c.value != "" {
			q.where(c.column+` = $`, c.value)
		}
	}
	if f.Source != 0 {
		q.where(`source = $`, f.Source)
	}
	list, err := paged(ctx, s.db.Reader(), q, page, `(first_at < $ OR first_at = $ AND id < $)`, `ORDER BY first_at DESC, id DESC`, scanReject,
		func(v Reject) []string {
			at := strconv.FormatInt(v.First, 10)
			return []string{at, at, hex.EncodeToString(v.ID[:])}
		}, number, number, blob)
	for i := range list.Items {
		list.Items[i].Raw = nil
	}
	return list, err
}

// RejectReasons counts the open refused events of a workspace by source and reason.
func (s *Store) RejectReasons(ctx context.Context, w workspace.Number) (map[int32]map[string]int, error) {
	out := map[int32]map[string]int{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var source int32
		var reason string
		var n int
		if err := r.Scan(&source, &reason, &n); err != nil {
			return err
		}
		if out[source] == nil {
			out[source] = map[string]int{}
		}
		out[source][reason] = n
		return nil
	}, `SELECT source, reason, count(*) FROM reject WHERE workspace = $1 AND state = 'open' GROUP BY source, reason`, w)
	return out, err
}

// RejectByID reads a refused event with what it says.
func (s *Store) RejectByID(ctx context.Context, w workspace.Number, id [16]byte) (Reject, error) {
	v, err := one(ctx, s.db.Reader(), ErrNoReject, scanReject, rejectColumns+`WHERE workspace = $1 AND id = $2`, w, id[:])
	if err != nil || len(v.Raw) == 0 {
		return v, err
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return v, err
	}
	v.Raw, err = ring.Open(rejectPurpose, v.Raw)
	return v, err
}

// CloseReject says what became of an open refused event; one that is not open any more gives false. What it said goes.
func (s *Store) CloseReject(ctx context.Context, w workspace.Number, id [16]byte, state, actor, event string, at int64, entries ...audit.Entry) (bool, error) {
	done := false
	err := s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE reject SET state = $3, actor = $4, done_at = $5, event = $6, payload = NULL WHERE workspace = $1 AND id = $2 AND state = 'open'`,
			w, id[:], state, actor, at, event)
		if err != nil {
			return fmt.Errorf("close a refused event: %w", err)
		}
		if done = n > 0; !done {
			return nil
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return done, err
}
