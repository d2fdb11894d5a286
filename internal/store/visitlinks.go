package store

import (
	"context"
	"database/sql"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/visit"
	"peiban/internal/workspace"
)

var (
	// ErrVisitLink is what a visit link gives that never was, is too old, or was taken back: the answer does not tell which.
	ErrVisitLink = fault.New(fault.Unauthenticated, "bad_visit_link", "这个链接已失效。请患者或健康管理师重新生成一页", "this link is no longer valid; ask the patient or the health manager for a new page")
	// ErrNoVisitLink means that the person has no such link.
	ErrNoVisitLink = fault.New(fault.Missing, "visit_link_not_found", "没有这个链接", "there is no such link")
)

// CreateVisitLink keeps a visit link by the hash of its token.
func (s *Store) CreateVisitLink(ctx context.Context, w workspace.Number, hash []byte, l visit.Link, entries ...audit.Entry) error {
	if _, err := s.bucket(ctx, w, l.Person); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO visit_link (hash, id, workspace, person, actor, created_at, expires_at, revoked_at, answered_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)`, hash, l.ID, w, l.Person, l.Actor, l.Created, l.Expires); err != nil {
			return fmt.Errorf("create a visit link: %w", err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

const visitLinkColumns = `id, person, actor, created_at, expires_at, revoked_at, answered_at`

func scanVisitLink(r scanner, l *visit.Link, before ...any) error {
	return r.Scan(append(before, &l.ID, &l.Person, &l.Actor, &l.Created, &l.Expires, &l.Revoked, &l.Answered)...)
}

// VisitLink finds a link by the hash of its token. Whether it may still be used is the caller's question.
func (s *Store) VisitLink(ctx context.Context, hash []byte) (workspace.Number, visit.Link, error) {
	var w workspace.Number
	l, err := one(ctx, s.db.Reader(), ErrVisitLink, func(r scanner) (visit.Link, error) {
		var l visit.Link
		return l, scanVisitLink(r, &l, &w)
	}, `SELECT workspace, `+visitLinkColumns+` FROM visit_link WHERE hash = $1`, hash)
	return w, l, err
}

// VisitLinks are the links of a person, newest first.
func (s *Store) VisitLinks(ctx context.Context, w workspace.Number, p person.Number) ([]visit.Link, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (visit.Link, error) {
		var l visit.Link
		return l, scanVisitLink(r, &l)
	}, `SELECT `+visitLinkColumns+` FROM visit_link WHERE workspace = $1 AND person = $2 ORDER BY created_at DESC, id DESC LIMIT 1000`, w, p)
}

// RevokeVisitLink ends a link; one that ended already stays as it is.
func (s *Store) RevokeVisitLink(ctx context.Context, w workspace.Number, p person.Number, id string, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE visit_link SET revoked_at = CASE WHEN revoked_at = 0 THEN $1 ELSE revoked_at END
			WHERE workspace = $2 AND person = $3 AND id = $4`, at, w, p, id)
		if err != nil {
			return fmt.Errorf("revoke a visit link: %w", err)
		}
		if n == 0 {
			return ErrNoVisitLink
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// AnswerVisitLink notes that a link was answered. The answer itself is an event whose name is the link's, so that a second one is
// known there; this only tells the list.
func (s *Store) AnswerVisitLink(ctx context.Context, w workspace.Number, p person.Number, id string, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `UPDATE visit_link SET answered_at = $1 WHERE workspace = $2 AND person = $3 AND id = $4 AND answered_at = 0`, at, w, p, id); err != nil {
			return fmt.Errorf("note the answer to a visit link: %w", err)
		}
		return nil
	})
}
