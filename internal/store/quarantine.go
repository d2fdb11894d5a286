package store

import (
	"context"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

const quarantineColumns = `SELECT id, person, bucket, source, hash, reason, detail, payload, at FROM quarantine `

func scanQuarantined(r scanner) (conductor.Quarantined, error) {
	var q conductor.Quarantined
	var hash []byte
	err := r.Scan(&q.ID, &q.Person, &q.Bucket, &q.Source, &hash, &q.Reason, &q.Detail, &q.Payload, &q.At)
	copy(q.Hash[:], hash)
	return q, err
}

// Quarantine lists events kept out, the newest first. Reason may be empty for all.
func (s *Store) Quarantine(ctx context.Context, w workspace.Number, reason string, page Page) (List[conductor.Quarantined], error) {
	q := query{columns: quarantineColumns, count: `SELECT count(*) FROM quarantine `}
	q.where(`workspace = $`, w)
	if reason != "" {
		q.where(`reason = $`, reason)
	}
	return paged(ctx, s.db.Reader(), q, page, `id < $`, `ORDER BY id DESC`, scanQuarantined,
		func(v conductor.Quarantined) []string { return []string{strconv.FormatInt(v.ID, 10)} }, number)
}

const quarantineOf = quarantineColumns + `WHERE workspace = $1 AND bucket = $2 AND person = $3 AND reason = $4 ORDER BY id`

// QuarantineOf reads a person's events kept out for one reason, in the order they came.
func (s *Store) QuarantineOf(ctx context.Context, w workspace.Number, p person.Number, reason string) ([]conductor.Quarantined, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return nil, err
	}
	return all(ctx, s.db.Reader(), scanQuarantined, quarantineOf, w, b, p, reason)
}

// KeptFrom are the people of whom something of a source waits for consent.
func (s *Store) KeptFrom(ctx context.Context, w workspace.Number, source int32) ([]person.Number, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (person.Number, error) {
		var n person.Number
		return n, r.Scan(&n)
	}, `SELECT DISTINCT person FROM quarantine WHERE workspace = $1 AND source = $2 AND reason = 'consent' ORDER BY person`, w, source)
}

// QuarantineOf reads a person's events kept out for one reason as this transaction sees them; Changes.Released
// takes them out.
func (t *Tx) QuarantineOf(ctx context.Context, p person.Number, reason string) ([]conductor.Quarantined, error) {
	b, err := t.bucket(ctx, p)
	if err != nil {
		return nil, err
	}
	return all(ctx, t.do, scanQuarantined, quarantineOf, t.w, b, p, reason)
}

// writeQuarantine keeps events out and removes those now stored as events.
func (t *Tx) writeQuarantine(ctx context.Context, c *conductor.Changes) error {
	if err := writeRows(ctx, t, c.Quarantine, `INSERT INTO quarantine (workspace, bucket, person, id, source, hash, reason, detail, payload, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		func(q *conductor.Quarantined) ([]any, error) {
			return []any{t.w, q.Bucket, q.Person, q.ID, q.Source, q.Hash[:], q.Reason, strings.ToValidUTF8(q.Detail, "?"), q.Payload, q.At}, nil
		}); err != nil {
		return err
	}
	return writeRows(ctx, t, c.Released, `DELETE FROM quarantine WHERE workspace = $1 AND id = $2`,
		func(id *int64) ([]any, error) { return []any{t.w, *id}, nil })
}
