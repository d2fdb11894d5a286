package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/task"
	"peiban/internal/workspace"
)

// ErrNoBatch means that no deed of this id was done to several tasks.
var ErrNoBatch = fault.New(fault.Missing, "batch_not_found", "没有这次批量操作", "there is no such batch")

var workSettings = settings{"work_settings", "body", "work settings"}

// WorkSettings is what the workspace says about the work of its staff; version 0: nothing.
func (s *Store) WorkSettings(ctx context.Context, w workspace.Number) (set task.Settings, version int64, err error) {
	version, err = workSettings.read(ctx, s.db.Reader(), w, &set)
	return set, version, err
}

// SaveWorkSettings replaces what was read at a version; 0: there was nothing.
func (s *Store) SaveWorkSettings(ctx context.Context, w workspace.Number, set task.Settings, version, at int64, actor string, entries ...audit.Entry) error {
	return workSettings.save(ctx, s, w, set, version, at, actor, entries)
}

// BeginBatch keeps how tasks stand before a deed is done to them; fresh is false when a batch of this id is there already, and nothing is kept.
func (s *Store) BeginBatch(ctx context.Context, w workspace.Number, b *task.Batch, entries ...audit.Entry) (fresh bool, err error) {
	body, err := json.Marshal(b.Lines)
	if err != nil {
		return false, fmt.Errorf("encode batch %s: %w", b.ID, err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO task_batch (workspace, id, at, actor, kind, undone_at, body) VALUES ($1, $2, $3, $4, $5, 0, $6)
			ON CONFLICT (workspace, id) DO NOTHING`, w, b.ID, b.At, b.Actor, b.Kind, string(body))
		if err != nil {
			return fmt.Errorf("begin batch %s: %w", b.ID, err)
		}
		if fresh = n == 1; !fresh {
			return nil
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return fresh, err
}

// Batch reads one.
func (s *Store) Batch(ctx context.Context, w workspace.Number, id string) (task.Batch, error) {
	b := task.Batch{ID: id}
	var body string
	switch err := s.db.Reader().QueryRowContext(ctx, `SELECT at, actor, kind, undone_at, body FROM task_batch WHERE workspace = $1 AND id = $2`, w, id).
		Scan(&b.At, &b.Actor, &b.Kind, &b.Undone, &body); {
	case errors.Is(err, sql.ErrNoRows):
		return b, ErrNoBatch
	case err != nil:
		return b, fmt.Errorf("read batch %s: %w", id, err)
	}
	if err := json.Unmarshal([]byte(body), &b.Lines); err != nil {
		return b, fmt.Errorf("read batch %s: %w", id, err)
	}
	return b, nil
}

// EndBatch notes that a batch was taken back.
func (s *Store) EndBatch(ctx context.Context, w workspace.Number, id string, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `UPDATE task_batch SET undone_at = $1 WHERE workspace = $2 AND id = $3 AND undone_at = 0`, at, w, id); err != nil {
			return fmt.Errorf("end batch %s: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
