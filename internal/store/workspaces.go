package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// ErrNoWorkspace is what an unknown workspace gives.
var ErrNoWorkspace = fault.New(fault.Missing, "workspace_not_found", "没有找到这个工作区", "no such workspace")

// A workspace that was removed is none.
const workspaceColumns = `SELECT number, ulid, name, kind, zone, salt, offset_us, created_at, beside, story, untold, told_at FROM workspace WHERE gone_at = 0 `

func scanWorkspace(r scanner) (workspace.Workspace, error) {
	var w workspace.Workspace
	var offset int64
	err := r.Scan(&w.Number, &w.ID, &w.Name, &w.Kind, &w.Zone, &w.Salt, &offset, &w.Created, &w.Beside, &w.Story, &w.Untold, &w.ToldAt)
	w.Offset = time.Duration(offset) * time.Microsecond
	return w, err
}

// CreateWorkspace makes w with a key of its own and gives it the next number.
func (s *Store) CreateWorkspace(ctx context.Context, w workspace.Workspace, entries ...audit.Entry) (workspace.Workspace, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := s.createWorkspace(ctx, tx, &w); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w.Number, entries)
	})
	return w, err
}

func (s *Store) createWorkspace(ctx context.Context, tx *sql.Tx, w *workspace.Workspace) error {
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) + 1 FROM workspace`).Scan(&w.Number); err != nil {
		return fmt.Errorf("number the workspace: %w", err)
	}
	// Two nodes may pick the same number; the second fails on the key and may try again.
	if _, err := exec(ctx, tx, `INSERT INTO workspace (number, ulid, name, kind, zone, salt, offset_us, created_at, key, head, next_person, next_held, beside, story, untold, told_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1, 1, $10, $11, $12, $13)`,
		w.Number, w.ID, w.Name, w.Kind, w.Zone, w.Salt, w.Offset.Microseconds(), w.Created, s.keys.NewWorkspaceKey(w.Number),
		w.Beside, w.Story, w.Untold, w.ToldAt); err != nil {
		return fmt.Errorf("create workspace %s: %w", w.ID, err)
	}
	return nil
}

// Workspaces lists every workspace in the order they were made.
func (s *Store) Workspaces(ctx context.Context) ([]workspace.Workspace, error) {
	return all(ctx, s.db.Reader(), scanWorkspace, workspaceColumns+`ORDER BY number`)
}

// Workspace reads one by number.
func (s *Store) Workspace(ctx context.Context, w workspace.Number) (workspace.Workspace, error) {
	return one(ctx, s.db.Reader(), ErrNoWorkspace, scanWorkspace, workspaceColumns+`AND number = $1`, w)
}

// SetOffset moves a workspace's clock. Whether it may be moved is the caller's question.
func (s *Store) SetOffset(ctx context.Context, w workspace.Number, offset time.Duration, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE workspace SET offset_us = $1 WHERE number = $2`, offset.Microseconds(), w)
		if err != nil {
			return fmt.Errorf("move the clock of workspace %d: %w", w, err)
		}
		if n == 0 {
			return ErrNoWorkspace
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Head is the last sequence committed.
func (s *Store) Head(ctx context.Context, w workspace.Number) (event.Seq, error) {
	return one(ctx, s.db.Reader(), ErrNoWorkspace, func(r scanner) (event.Seq, error) {
		var h event.Seq
		return h, r.Scan(&h)
	}, `SELECT head FROM workspace WHERE number = $1`, w)
}

// Ring holds the opened keys of a workspace; it is the same for every caller until RotateKeys.
func (s *Store) Ring(ctx context.Context, w workspace.Number) (*keys.Ring, error) {
	s.mu.Lock()
	r := s.rings[w]
	s.mu.Unlock()
	if r != nil {
		return r, nil
	}
	wrapped, err := one(ctx, s.db.Reader(), ErrNoWorkspace, func(r scanner) ([]byte, error) {
		var k []byte
		return k, r.Scan(&k)
	}, `SELECT key FROM workspace WHERE number = $1`, w)
	if err != nil {
		return nil, err
	}
	if r, err = s.keys.Ring(w, wrapped); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.rings[w]; other != nil {
		return other, nil
	}
	s.rings[w] = r
	return r, nil
}

// RotateKeys gives every workspace a new key wrapped by next and moves every person's key to it, workspace by
// workspace. What was sealed stays readable. Other processes on this database must be restarted with next.
func (s *Store) RotateKeys(ctx context.Context, next *keys.Master, entries ...audit.Entry) error {
	ws, err := s.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, w := range ws {
		if err := s.write(ctx, func(tx *sql.Tx) error {
			if err := rotate(ctx, tx, w.Number, s.keys, next); err != nil {
				return fmt.Errorf("rotate the keys of workspace %d: %w", w.Number, err)
			}
			return appendAudit(ctx, tx, w.Number, entries)
		}); err != nil {
			return err
		}
		s.mu.Lock()
		delete(s.rings, w.Number)
		s.mu.Unlock()
	}
	s.keys = next
	return nil
}

func rotate(ctx context.Context, tx *sql.Tx, w workspace.Number, from, to *keys.Master) error {
	var wrapped []byte
	if err := tx.QueryRowContext(ctx, `SELECT key FROM workspace WHERE number = $1`, w).Scan(&wrapped); err != nil {
		return err
	}
	// from may be older than what a rotation broken off has already reached: next opens every version.
	opener := from
	if _, err := from.Ring(w, wrapped); err != nil {
		opener = to
	}
	old, err := opener.Ring(w, wrapped)
	if err != nil {
		return err
	}
	renewed, err := opener.Renew(w, wrapped)
	if err != nil {
		return err
	}
	if renewed, err = opener.Rewrap(w, renewed, to); err != nil {
		return err
	}
	ring, err := to.Ring(w, renewed)
	if err != nil {
		return err
	}
	people, err := all(ctx, tx, func(r scanner) (keyRow, error) {
		var k keyRow
		return k, r.Scan(&k.bucket, &k.person, &k.key)
	}, `SELECT bucket, person, key FROM person WHERE workspace = $1 AND key IS NOT NULL`, w)
	if err != nil {
		return err
	}
	if err := batch(ctx, tx, people, `UPDATE person SET key = $1, key_version = $2 WHERE workspace = $3 AND bucket = $4 AND person = $5`,
		func(k *keyRow) ([]any, error) {
			key, err := old.Rewrap(k.person, k.key, ring)
			return []any{key, int64(ring.Version()), w, k.bucket, k.person}, err
		}); err != nil {
		return err
	}
	if err := reseal(ctx, tx, w, old, ring); err != nil {
		return err
	}
	_, err = exec(ctx, tx, `UPDATE workspace SET key = $1 WHERE number = $2`, renewed, w)
	return err
}
