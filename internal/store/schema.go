package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"peiban/internal/store/sqlite"
)

// Key is one key or index of a table; without columns it only names the table.
type Key struct {
	Table, Name string
	Unique      bool
	Columns     []string
}

// Schema reads the keys and indexes the database really has, for the test that holds the rule of buckets.
func (s *Store) Schema(ctx context.Context) ([]Key, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (Key, error) {
		var k Key
		var unique int
		var columns string
		err := r.Scan(&k.Table, &k.Name, &unique, &columns)
		k.Unique = unique != 0
		if columns != "" {
			k.Columns = strings.Split(columns, ",")
		}
		return k, err
	}, s.db.Tables())
}

// LogByCommit reports whether the event log is kept in commit order only, as on SQLite; its rows are then found
// through the timeline.
func (s *Store) LogByCommit() bool {
	_, ok := s.db.(*sqlite.DB)
	return ok
}

// BackedUp names the tables a backup holds.
func BackedUp() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	return names
}

// MarkNewer notes a schema version this program does not know, for the test that it then refuses to start.
func (s *Store) MarkNewer(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
			return fmt.Errorf("mark the schema: %w", err)
		}
		return nil
	})
}
