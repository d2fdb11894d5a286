package store

import (
	"context"
	"database/sql"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// ErrNoUploader means that there is no such uploader.
var ErrNoUploader = fault.New(fault.Missing, "uploader_not_found", "没有这个上传器", "there is no such uploader")

const uploaderColumns = `SELECT id, person, actor, created_at, revoked_at, used_at FROM uploader `

func scanUploader(r scanner) (intake.Uploader, error) {
	var u intake.Uploader
	return u, r.Scan(&u.ID, &u.Person, &u.Actor, &u.Created, &u.Revoked, &u.Used)
}

// CreateUploader keeps an uploader by the keyed hash of what it proves itself with.
func (s *Store) CreateUploader(ctx context.Context, w workspace.Number, hash [16]byte, u intake.Uploader, entries ...audit.Entry) error {
	if _, err := s.bucket(ctx, w, u.Person); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO uploader (workspace, hash, id, person, actor, created_at, revoked_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`,
			w, hash[:], u.ID, u.Person, u.Actor, u.Created); err != nil {
			return fmt.Errorf("create an uploader: %w", err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// UploaderByKey finds an uploader that holds.
func (s *Store) UploaderByKey(ctx context.Context, w workspace.Number, hash [16]byte) (intake.Uploader, error) {
	return one(ctx, s.db.Reader(), ErrNoUploader, scanUploader, uploaderColumns+`WHERE workspace = $1 AND hash = $2 AND revoked_at = 0`, w, hash[:])
}

// Uploaders are those of a person, newest first.
func (s *Store) Uploaders(ctx context.Context, w workspace.Number, p person.Number) ([]intake.Uploader, error) {
	return all(ctx, s.db.Reader(), scanUploader, uploaderColumns+`WHERE workspace = $1 AND person = $2 ORDER BY created_at DESC, id DESC LIMIT 1000`, w, p)
}

// RevokeUploader ends an uploader; one that ended already stays as it is.
func (s *Store) RevokeUploader(ctx context.Context, w workspace.Number, p person.Number, id string, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE uploader SET revoked_at = CASE WHEN revoked_at = 0 THEN $1 ELSE revoked_at END
			WHERE workspace = $2 AND person = $3 AND id = $4`, at, w, p, id)
		if err != nil {
			return fmt.Errorf("revoke an uploader: %w", err)
		}
		if n == 0 {
			return ErrNoUploader
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// UseUploader notes when an uploader was used last.
func (s *Store) UseUploader(ctx context.Context, w workspace.Number, id string, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `UPDATE uploader SET used_at = $1 WHERE workspace = $2 AND id = $3 AND used_at < $1`, at, w, id); err != nil {
			return fmt.Errorf("note that an uploader was used: %w", err)
		}
		return nil
	})
}
