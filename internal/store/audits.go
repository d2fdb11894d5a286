package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/workspace"
)

// Audited is one row of proof with its place in the log.
type Audited = audit.Row

// AppendAudit writes entries that belong to no other change, such as a read.
func (s *Store) AppendAudit(ctx context.Context, w workspace.Number, entries ...audit.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error { return appendAudit(ctx, tx, w, entries) })
}

// AuditFilter chooses entries; a zero field asks nothing.
type AuditFilter = audit.Filter

// Audit lists entries, the newest first: in the order they were written, or within a span of time by their moments, which an index serves.
func (s *Store) Audit(ctx context.Context, w workspace.Number, f AuditFilter, page Page) (List[Audited], error) {
	q := query{columns: `SELECT id, at, actor, action, person, detail, ref FROM audit `, count: `SELECT count(*) FROM audit `}
	q.where(`workspace = $`, w)
	if f.Person != 0 {
		q.where(`person = $`, f.Person)
	}
	if f.Actor != "" {
		q.where(`actor = $`, f.Actor)
	}
	if f.Action != "" {
		q.where(`action = $`, f.Action)
	}
	scan := func(r scanner) (Audited, error) {
		var a Audited
		return a, r.Scan(&a.ID, &a.At, &a.Actor, &a.Action, &a.Person, &a.Detail, &a.Ref)
	}
	id := func(a Audited) string { return strconv.FormatInt(a.ID, 10) }
	if f.From == 0 && f.To == 0 {
		return paged(ctx, s.db.Reader(), q, page, `id < $`, `ORDER BY id DESC`, scan, func(a Audited) []string { return []string{id(a)} }, number)
	}
	if f.From != 0 {
		q.where(`at >= $`, f.From)
	}
	if f.To != 0 {
		q.where(`at < $`, f.To)
	}
	return paged(ctx, s.db.Reader(), q, page, `(at, id) < ($, $)`, `ORDER BY at DESC, id DESC`, scan,
		func(a Audited) []string { return []string{strconv.FormatInt(a.At, 10), id(a)} }, number, number)
}

const insertAudit = `INSERT INTO audit (workspace, at, actor, action, person, detail, ref) VALUES ($1, $2, $3, $4, $5, $6, $7)`

func auditValues(w workspace.Number) func(e *audit.Entry) ([]any, error) {
	return func(e *audit.Entry) ([]any, error) {
		return []any{w, e.At, e.Actor, e.Action, e.Person, e.Detail, e.Ref}, nil
	}
}

func (t *Tx) writeAudit(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Audit, insertAudit, auditValues(t.w))
}

func appendAudit(ctx context.Context, tx *sql.Tx, w workspace.Number, entries []audit.Entry) error {
	if err := batch(ctx, tx, entries, insertAudit, auditValues(w)); err != nil {
		return fmt.Errorf("append to the audit log: %w", err)
	}
	return nil
}
