package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/workspace"
)

var (
	// ErrNoSource is what an unknown source gives.
	ErrNoSource = fault.New(fault.Missing, "source_not_found", "没有找到这个数据来源", "no such source")
	// ErrWriteKey is what an unknown or disabled write key gives.
	ErrWriteKey = fault.New(fault.Unauthenticated, "bad_write_key", "写入密钥无效", "the write key is not valid")
)

// Source is where events come from: a collector with a write key, or a kind of import without one. Its number is
// part of every message hash, so the same message id of two sources is two messages.
type Source = event.Source

const sourceColumns = `SELECT number, name, key_hash, created_at, disabled FROM source `

func scanSource(r scanner) (Source, error) {
	var v Source
	var disabled int
	err := r.Scan(&v.Number, &v.Name, &v.KeyHash, &v.Created, &disabled)
	v.Disabled = disabled != 0
	return v, err
}

// EnsureSource gives the source of that name and makes it with v's key when there is none. An existing one stays
// as it is.
func (s *Store) EnsureSource(ctx context.Context, w workspace.Number, v Source, entries ...audit.Entry) (Source, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		found, err := one(ctx, tx, ErrNoSource, scanSource, sourceColumns+`WHERE workspace = $1 AND name = $2`, w, v.Name)
		if err == nil {
			v = found
			return nil
		}
		if !errors.Is(err, ErrNoSource) {
			return fmt.Errorf("find source %s: %w", v.Name, err)
		}
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) + 1 FROM source WHERE workspace = $1`, w).Scan(&v.Number); err != nil {
			return fmt.Errorf("number source %s: %w", v.Name, err)
		}
		if _, err := exec(ctx, tx, `INSERT INTO source (workspace, number, name, key_hash, created_at, disabled) VALUES ($1, $2, $3, $4, $5, $6)`,
			w, v.Number, v.Name, v.KeyHash, v.Created, bit(v.Disabled)); err != nil {
			return fmt.Errorf("create source %s: %w", v.Name, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return v, err
}

// Sources lists the sources of a workspace by number.
func (s *Store) Sources(ctx context.Context, w workspace.Number) ([]Source, error) {
	return all(ctx, s.db.Reader(), scanSource, sourceColumns+`WHERE workspace = $1 ORDER BY number`, w)
}

// SourceByKey finds a source, and its workspace, by the hash of its write key.
func (s *Store) SourceByKey(ctx context.Context, hash []byte) (workspace.Number, Source, error) {
	var w workspace.Number
	v, err := one(ctx, s.db.Reader(), ErrWriteKey, func(r scanner) (Source, error) {
		var v Source
		var disabled int
		return v, r.Scan(&w, &v.Number, &v.Name, &v.KeyHash, &v.Created, &disabled)
	}, `SELECT workspace, number, name, key_hash, created_at, disabled FROM source WHERE key_hash = $1 AND disabled = 0`, hash)
	return w, v, err
}
