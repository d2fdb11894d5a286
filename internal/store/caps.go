package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/message"
	"peiban/internal/workspace"
)

// Caps are the last versions of how many messages one person of a workspace gets, the one that holds first; none: it said nothing.
func (s *Store) Caps(ctx context.Context, w workspace.Number, most int) ([]message.Capped, error) {
	all, err := all(ctx, s.db.Reader(), scanCapped, `SELECT version, at, actor, body FROM message_caps WHERE workspace = $1 ORDER BY version DESC LIMIT $2`, w, most)
	if err != nil {
		return nil, fmt.Errorf("read the caps: %w", err)
	}
	return all, nil
}

func scanCapped(r scanner) (v message.Capped, err error) {
	var body string
	if err := r.Scan(&v.Version, &v.At, &v.By, &body); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(body), &v.Caps)
}

// SaveCaps adds a version to what was read at one, 0 when there was none; ErrRulesMoved: somebody was faster.
func (s *Store) SaveCaps(ctx context.Context, w workspace.Number, c message.Capped, entries ...audit.Entry) error {
	body, err := json.Marshal(c.Caps)
	if err != nil {
		return fmt.Errorf("encode caps: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO message_caps (workspace, version, at, actor, body)
			SELECT $1, $2, $3, $4, $5 WHERE (SELECT coalesce(max(version), 0) FROM message_caps WHERE workspace = $1) = $6
			ON CONFLICT (workspace, version) DO NOTHING`, w, c.Version+1, c.At, c.By, string(body), c.Version)
		if err != nil {
			return fmt.Errorf("save the caps: %w", err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
