package store

import (
	"context"
	"strings"
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

// BackedUp names the tables a backup holds.
func BackedUp() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	return names
}
