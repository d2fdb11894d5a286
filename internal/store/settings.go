package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/workspace"
)

// settings is a table that holds one document for each workspace, with a version that grows whenever it is replaced.
type settings struct {
	table, column string
	what          string // in words, for errors
}

// read reads the document into to; version 0: the workspace has none, and to stays as it is.
func (t settings) read(ctx context.Context, q querier, w workspace.Number, to any) (version int64, err error) {
	var body string
	switch err := q.QueryRowContext(ctx, `SELECT version, `+t.column+` FROM `+t.table+` WHERE workspace = $1`, w).Scan(&version, &body); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("read %s: %w", t.what, err)
	}
	if err := json.Unmarshal([]byte(body), to); err != nil {
		return 0, fmt.Errorf("read %s: %w", t.what, err)
	}
	return version, nil
}

// save replaces the document that was read at a version, 0 when there was none; ErrRulesMoved: somebody was faster.
func (t settings) save(ctx context.Context, s *Store, w workspace.Number, v any, version, at int64, actor string, entries []audit.Entry) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", t.what, err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO `+t.table+` (workspace, version, at, actor, `+t.column+`) VALUES ($1, 1, $2, $3, $4)
			ON CONFLICT (workspace) DO UPDATE SET version = `+t.table+`.version + 1, at = $2, actor = $3, `+t.column+` = $4 WHERE `+t.table+`.version = $5`,
			w, at, actor, string(body), version)
		if err != nil {
			return fmt.Errorf("save %s: %w", t.what, err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
