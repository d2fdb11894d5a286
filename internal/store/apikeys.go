package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/out"
	"peiban/internal/workspace"
)

const apiKeyFields = `id, hash, previous_hash, previous_until, created_at, created_by, expires_at, rotated_at, used_at, revoked_at, told`

// apiKeyTold is what is written of a key beside its hashes and times.
type apiKeyTold struct {
	Name       string       `json:"name"`
	Scopes     []out.Scope  `json:"scopes"`
	Types      []string     `json:"types,omitempty"`
	Programmes []string     `json:"programmes,omitempty"`
	Receiver   out.Receiver `json:"receiver"`
}

func scanAPIKey(r scanner) (out.Key, error) { return scanAPIKeyAfter(r) }

// scanAPIKeyAfter reads a key from a row that begins with before.
func scanAPIKeyAfter(r scanner, before ...any) (out.Key, error) {
	var k out.Key
	var told string
	err := r.Scan(append(before, &k.ID, &k.Hash, &k.Previous, &k.PreviousUntil, &k.Created, &k.By, &k.Expires, &k.Rotated, &k.Used, &k.Revoked, &told)...)
	if err != nil {
		return k, err
	}
	var t apiKeyTold
	if err := json.Unmarshal([]byte(told), &t); err != nil {
		return k, fmt.Errorf("decode key %s: %w", k.ID, err)
	}
	k.Name, k.Scopes, k.Types, k.Programmes, k.Receiver = t.Name, t.Scopes, t.Types, t.Programmes, t.Receiver
	return k, nil
}

func apiKeyValues(k *out.Key) ([]any, error) {
	told, err := json.Marshal(apiKeyTold{k.Name, k.Scopes, k.Types, k.Programmes, k.Receiver})
	if err != nil {
		return nil, fmt.Errorf("encode key %s: %w", k.ID, err)
	}
	return []any{k.ID, k.Hash, k.Previous, k.PreviousUntil, k.Created, k.By, k.Expires, k.Rotated, k.Used, k.Revoked, string(told)}, nil
}

// CreateAPIKey keeps a new key.
func (s *Store) CreateAPIKey(ctx context.Context, w workspace.Number, k out.Key, entries ...audit.Entry) error {
	values, err := apiKeyValues(&k)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO api_key (workspace, `+apiKeyFields+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			append([]any{w}, values...)...); err != nil {
			return fmt.Errorf("create key %s: %w", k.ID, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// ChangeAPIKey rewrites a key as change says, in one transaction.
func (s *Store) ChangeAPIKey(ctx context.Context, w workspace.Number, id string, change func(*out.Key) error, entries ...audit.Entry) (out.Key, error) {
	var k out.Key
	err := s.write(ctx, func(tx *sql.Tx) error {
		var err error
		if k, err = one(ctx, tx, out.ErrNoKey, scanAPIKey, `SELECT `+apiKeyFields+` FROM api_key WHERE workspace = $1 AND id = $2`, w, id); err != nil {
			return err
		}
		if err := change(&k); err != nil {
			return err
		}
		values, err := apiKeyValues(&k)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `UPDATE api_key SET hash = $3, previous_hash = $4, previous_until = $5, created_at = $6, created_by = $7, expires_at = $8,
			rotated_at = $9, used_at = $10, revoked_at = $11, told = $12 WHERE workspace = $1 AND id = $2`, append([]any{w}, values...)...); err != nil {
			return fmt.Errorf("change key %s: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return k, err
}

// APIKeys lists the keys of a workspace, the newest first.
func (s *Store) APIKeys(ctx context.Context, w workspace.Number) ([]out.Key, error) {
	return all(ctx, s.db.Reader(), scanAPIKey, `SELECT `+apiKeyFields+` FROM api_key WHERE workspace = $1 ORDER BY created_at DESC, id DESC`, w)
}

// APIKey reads a key, also one that is over or revoked.
func (s *Store) APIKey(ctx context.Context, w workspace.Number, id string) (out.Key, error) {
	return one(ctx, s.db.Reader(), out.ErrNoKey, scanAPIKey, `SELECT `+apiKeyFields+` FROM api_key WHERE workspace = $1 AND id = $2`, w, id)
}

// APIKeyByHash finds a key, and its workspace, by its hash, or by that of the one before while it is still taken; now is the machine's
// time, microseconds. One that is over or revoked is not found.
func (s *Store) APIKeyByHash(ctx context.Context, hash []byte, now int64) (workspace.Number, out.Key, error) {
	var w workspace.Number
	k, err := one(ctx, s.db.Reader(), out.ErrKey, func(r scanner) (out.Key, error) { return scanAPIKeyAfter(r, &w) },
		`SELECT workspace, `+apiKeyFields+` FROM api_key WHERE hash = $1 OR previous_hash = $1 AND previous_until > $2`, hash, now)
	if err == nil && !k.Valid(now) {
		return 0, out.Key{}, out.ErrKey
	}
	return w, k, err
}

// TouchAPIKey writes down when a key was used last.
func (s *Store) TouchAPIKey(ctx context.Context, w workspace.Number, id string, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE api_key SET used_at = $3 WHERE workspace = $1 AND id = $2 AND used_at < $3`, w, id, at)
		return err
	})
}
