package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

var (
	// ErrNoSession is what an unknown or ended session gives.
	ErrNoSession = fault.New(fault.Unauthenticated, "signed_out", "请先登录", "sign in first")
	// ErrLink is what a sign-in link gives that never was, was used, or is too old: the answer does not tell which.
	ErrLink = fault.New(fault.Unauthenticated, "bad_link", "登录链接已失效，请向您的健康管理师要一个新的", "this sign-in link is no longer valid; ask for a new one")
)

// CreateSession keeps a session by the hash of its cookie.
func (s *Store) CreateSession(ctx context.Context, w workspace.Number, v staff.Session, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := createSession(ctx, tx, w, v); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func createSession(ctx context.Context, tx *sql.Tx, w workspace.Number, v staff.Session) error {
	if _, err := exec(ctx, tx, `INSERT INTO session (hash, workspace, kind, subject, csrf, created_at, expires_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, v.TokenHash, w, v.Kind, v.Subject, v.CSRF, v.Created, v.Expires, v.Seen); err != nil {
		return fmt.Errorf("create a session: %w", err)
	}
	return nil
}

// Session finds a session of one kind, and its workspace, by the hash of the cookie. Whether it has expired is the
// caller's question.
func (s *Store) Session(ctx context.Context, kind string, hash []byte) (workspace.Number, staff.Session, error) {
	var w workspace.Number
	v, err := one(ctx, s.db.Reader(), ErrNoSession, func(r scanner) (staff.Session, error) {
		var v staff.Session
		return v, r.Scan(&w, &v.TokenHash, &v.Kind, &v.Subject, &v.CSRF, &v.Created, &v.Expires, &v.Seen)
	}, `SELECT workspace, hash, kind, subject, csrf, created_at, expires_at, seen_at FROM session WHERE hash = $1 AND kind = $2`, hash, kind)
	return w, v, err
}

// TouchSession notes that a session was used and until when it now lasts.
func (s *Store) TouchSession(ctx context.Context, hash []byte, seen, expires int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `UPDATE session SET seen_at = $1, expires_at = $2 WHERE hash = $3`, seen, expires, hash); err != nil {
			return fmt.Errorf("touch a session: %w", err)
		}
		return nil
	})
}

// EndSession signs one browser out.
func (s *Store) EndSession(ctx context.Context, w workspace.Number, hash []byte, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM session WHERE hash = $1 AND workspace = $2`, hash, w); err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// EndSessionsOf signs someone out everywhere, in the rehearsals beside the workspace too: after a new password, or when they may no longer sign in.
func (s *Store) EndSessionsOf(ctx context.Context, w workspace.Number, kind, subject string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM session WHERE kind = $2 AND subject = $3
			AND workspace IN (SELECT number FROM workspace WHERE number = $1 OR beside = $1)`, w, kind, subject); err != nil {
			return fmt.Errorf("end the sessions of %s: %w", subject, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// CreateSigninLink keeps a one-time link by the hash of its token.
func (s *Store) CreateSigninLink(ctx context.Context, w workspace.Number, p person.Number, hash []byte, expires int64, entries ...audit.Entry) error {
	if _, err := s.bucket(ctx, w, p); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO signin_link (hash, workspace, person, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)`,
			hash, w, p, expires); err != nil {
			return fmt.Errorf("create a sign-in link: %w", err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// UseSigninLink takes a link that is unused and not expired at now, and makes the session that begin returns for its
// person, both or neither. Of two who use it at the same moment one gets ErrLink.
func (s *Store) UseSigninLink(ctx context.Context, hash []byte, now int64, begin func(workspace.Number, person.Number) (staff.Session, []audit.Entry, error)) (workspace.Number, person.Number, error) {
	var w workspace.Number
	var p person.Number
	err := s.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `UPDATE signin_link SET used_at = $1 WHERE hash = $2 AND used_at = 0 AND expires_at > $1
			RETURNING workspace, person`, now, hash).Scan(&w, &p)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrLink
		}
		if err != nil {
			return fmt.Errorf("use a sign-in link: %w", err)
		}
		v, entries, err := begin(w, p)
		if err != nil {
			return err
		}
		if err := createSession(ctx, tx, w, v); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return w, p, err
}
