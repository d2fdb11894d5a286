// Package storetest is about one promise: both databases do the same. Run holds every store method to it; SQLite
// and Postgres make an empty, migrated database for a test of any package.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peiban/internal/store"
	"peiban/internal/workspace/keys"
)

// Keys is the master key of every test.
func Keys(t testing.TB) *keys.Master {
	t.Helper()
	m, err := keys.Load("", strings.Repeat("5a", 32))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// SQLite gives a store on a new file, copied from one that was migrated once.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, SQLiteURL(t))
}

// SQLiteURL gives the address of a new, migrated file.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	b, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "peiban.db")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// Open opens a store and closes it when the test ends.
func Open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{Keys: Keys(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "peiban-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	m, err := keys.Load("", strings.Repeat("5a", 32))
	if err != nil {
		return nil, err
	}
	s, err := store.Open(context.Background(), "sqlite:"+file, store.Options{Keys: m})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // the last to close empties the write-ahead log into the file
		return nil, err
	}
	return os.ReadFile(file)
})
