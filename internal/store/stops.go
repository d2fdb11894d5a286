package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/wording"
	"peiban/internal/workspace"
)

// StopWords are a workspace's own words of opting out; version 0: it has none.
func (s *Store) StopWords(ctx context.Context, w workspace.Number) (own wording.OwnStops, version int64, err error) {
	var body string
	switch err := s.db.Reader().QueryRowContext(ctx, `SELECT version, body FROM stop_words WHERE workspace = $1`, w).Scan(&version, &body); {
	case errors.Is(err, sql.ErrNoRows):
		return own, 0, nil
	case err != nil:
		return own, 0, fmt.Errorf("read words of opting out: %w", err)
	}
	if err := json.Unmarshal([]byte(body), &own); err != nil {
		return own, 0, fmt.Errorf("read words of opting out: %w", err)
	}
	return own, version, nil
}

// SaveStopWords replaces what was read at a version; 0: there was nothing.
func (s *Store) SaveStopWords(ctx context.Context, w workspace.Number, own wording.OwnStops, version, at int64, actor string, entries ...audit.Entry) error {
	body, err := json.Marshal(own)
	if err != nil {
		return fmt.Errorf("encode words of opting out: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO stop_words (workspace, version, at, actor, body) VALUES ($1, 1, $2, $3, $4)
			ON CONFLICT (workspace) DO UPDATE SET version = stop_words.version + 1, at = $2, actor = $3, body = $4 WHERE stop_words.version = $5`, w, at, actor, string(body), version)
		if err != nil {
			return fmt.Errorf("save words of opting out: %w", err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
