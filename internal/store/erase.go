package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// Erasure says that a person was erased, and when. The list outlives backups: restoring an older one applies it
// again, so it is kept beside them.
type Erasure struct {
	Workspace workspace.Number
	Person    person.Number
	ID        person.ID
	At        int64 // microseconds
}

// Erase destroys a person's key, and with it every text about them in the log and in backups; removes what was
// said to them, how they are found and how they sign in; drops what was still to be said and done; and puts them on
// the erasure list. The numbers stay, without an owner. Erasing twice changes nothing.
func (s *Store) Erase(ctx context.Context, w workspace.Number, p person.Number, at int64, entries ...audit.Entry) error {
	who, err := s.PersonByNumber(ctx, w, p)
	if err != nil {
		return err
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	if err := s.write(ctx, func(tx *sql.Tx) error {
		if err := erase(ctx, tx, Erasure{w, p, who.ID, at}); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	}); err != nil {
		return fmt.Errorf("erase person %s: %w", who.ID, err)
	}
	ring.Forget(p)
	return s.db.AfterErase(context.WithoutCancel(ctx))
}

// Erasures lists everyone erased, to be kept beside backups.
func (s *Store) Erasures(ctx context.Context) ([]Erasure, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (Erasure, error) {
		var e Erasure
		return e, r.Scan(&e.Workspace, &e.Person, &e.ID, &e.At)
	}, `SELECT workspace, person, ulid, at FROM erasure ORDER BY workspace, person`)
}

func erase(ctx context.Context, tx *sql.Tx, e Erasure) error {
	w, p, b := e.Workspace, e.Person, e.ID.Bucket()
	n, err := exec(ctx, tx, `UPDATE person SET key = NULL, profile = NULL, owner = '', erased_at = $1, version = version + 1
		WHERE workspace = $2 AND bucket = $3 AND person = $4 AND ulid = $5 AND erased_at = 0`, e.At, w, b, p, e.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return alreadyErased(ctx, tx, e)
	}
	for _, d := range []struct {
		query string
		args  []any
	}{
		{`UPDATE message SET state = 'suppressed', reason = 'erased' WHERE workspace = $1 AND bucket = $2 AND person = $3
			AND state IN ('queued', 'held', 'sending')`, []any{w, b, p}},
		{`UPDATE task SET state = 'void', closed_at = $4, version = version + 1 WHERE workspace = $1 AND bucket = $2 AND person = $3
			AND state = 'open'`, []any{w, b, p, e.At}},
		{`UPDATE message SET title = NULL, body = NULL WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`UPDATE task SET title = NULL, note = NULL WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`DELETE FROM quarantine WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`UPDATE reject SET payload = NULL, person = 0 WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM fhir_resource WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`DELETE FROM export_part WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`DELETE FROM product_line WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`DELETE FROM proposal WHERE workspace = $1 AND (bucket = $2 AND person = $3 OR other = $3)`, []any{w, b, p}},
		{`DELETE FROM unassigned WHERE workspace = $1 AND bucket = $2 AND person = $3`, []any{w, b, p}},
		{`DELETE FROM identity WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM signin_link WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM visit_link WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM invitation WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM uploader WHERE workspace = $1 AND person = $2`, []any{w, p}},
		{`DELETE FROM session WHERE workspace = $1 AND kind = 'person' AND subject = $2`, []any{w, e.ID}},
		{`DELETE FROM idempotency WHERE workspace = $1 AND actor = $2`, []any{w, "person:" + string(e.ID)}},
		{`INSERT INTO erasure (workspace, person, ulid, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, []any{w, p, e.ID, e.At}},
	} {
		if _, err := exec(ctx, tx, d.query, d.args...); err != nil {
			return err
		}
	}
	return nil
}

// alreadyErased tells someone erased before from someone who is not there.
func alreadyErased(ctx context.Context, tx *sql.Tx, e Erasure) error {
	var at int64
	err := tx.QueryRowContext(ctx, `SELECT erased_at FROM person WHERE workspace = $1 AND bucket = $2 AND person = $3 AND ulid = $4`,
		e.Workspace, e.ID.Bucket(), e.Person, e.ID).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return person.ErrMissing
	}
	return err
}
