package storetest

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

func TestMain(m *testing.M) { Main(m) }

func TestSQLite(t *testing.T)   { Run(t, SQLiteURL) }
func TestPostgres(t *testing.T) { Run(t, PostgresURL) }

func TestBackup(t *testing.T) {
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { RunBackup(t, SQLiteURL, PostgresURL) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { RunBackup(t, PostgresURL, SQLiteURL) })
}

func TestOpen(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "mysql://x", "file.db"} {
		if _, err := store.Open(ctx, url, store.Options{Keys: Keys(t)}); !errors.Is(err, store.ErrAddress) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x"), store.Options{}); !errors.Is(err, keys.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := store.Open(ctx, "sqlite:"+t.TempDir(), store.Options{Keys: Keys(t)}); err == nil {
		t.Error("a folder was opened as a database")
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, "sqlite:"+text, store.Options{Keys: Keys(t)}); err == nil {
		t.Error("a text file was opened as a database")
	}
}

func TestNewDatabaseOpenedTwiceAtOnce(t *testing.T) {
	for name, url := range map[string]string{"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "名 字?#%.db"), "PostgreSQL": blank(t)} {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				s, err := store.Open(ctx, url, store.Options{Keys: Keys(t)})
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if err := s.Close(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	for _, c := range []struct{ driver, url string }{{"sqlite", SQLiteURL(t)}, {"pgx", PostgresURL(t)}} {
		db, err := sql.Open(c.driver, strings.TrimPrefix(c.url, "sqlite:"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(ctx, c.url, store.Options{Keys: Keys(t)}); !errors.Is(err, store.ErrNewer) {
			t.Errorf("%s: %v", c.driver, err)
		}
	}
}

func TestDatabaseFileIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	Open(t, "sqlite:"+file)
	for _, f := range []string{file, file + "-wal"} {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(f), info.Mode())
		}
	}
}

// blank gives the address of a PostgreSQL database without a schema.
func blank(t *testing.T) string {
	t.Helper()
	PostgresURL(t) // starts the server
	name := "peiban_blank"
	if _, err := running.admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = running.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	return running.at(name)
}

func BenchmarkSQLite(b *testing.B)   { benchmark(b, SQLiteURL(b)) }
func BenchmarkPostgres(b *testing.B) { benchmark(b, PostgresURL(b)) }

// benchmark claims and appends batches of 1,000 readings of 1,000 people; see rows/s.
func benchmark(b *testing.B, url string) {
	s := Open(b, url)
	w, err := s.CreateWorkspace(ctx, workspace.Workspace{ID: "01BENCH"})
	if err != nil {
		b.Fatal(err)
	}
	ring, err := s.Ring(ctx, w.Number)
	if err != nil {
		b.Fatal(err)
	}
	const size = 1000
	var people []conductor.NewPerson
	for i := range size {
		n := person.Number(i + 1)
		id := person.ID(keys.NewToken())
		people = append(people, conductor.NewPerson{Person: person.Person{Number: n, ID: id, Bucket: id.Bucket()}, Key: ring.NewPersonKey(n)})
	}
	put := func(c *conductor.Changes, hashes [][16]byte, es []event.Event) {
		t, err := s.Begin(ctx, w.Number)
		if err != nil {
			b.Fatal(err)
		}
		head := t.Head()
		_, err = t.Claim(context.Background(), ids(hashes...), 1)
		for i := range es {
			head++
			es[i].Seq = head
		}
		if err := errors.Join(err, t.AppendEvents(ctx, es), t.Write(ctx, head, c), t.Commit()); err != nil {
			b.Fatal(err)
		}
	}
	put(&conductor.Changes{People: people}, nil, nil)
	es := make([]event.Event, size)
	hashes := make([][16]byte, size)
	n := 0
	var busy time.Duration
	for b.Loop() {
		b.StopTimer() // what the caller does anyway
		for i := range es {
			n++
			es[i] = event.Event{
				Person: person.Number(i + 1), Type: event.Glucose, Schema: 1, Occurred: 1_700_000_000_000_000 + int64(n), Original: 1_700_000_000_000_000,
				Sent: 1_700_000_000_000_000, Received: 1_700_000_000_000_000, Offset: 480, Source: 1, Hash: ring.Hash("bench", keys.NewToken()),
				Actor: "source", Provenance: "device", Num: 5.6, A: event.Intern("fasting"),
			}
			hashes[i] = es[i].Hash
		}
		b.StartTimer()
		before := processor()
		put(nil, hashes, es)
		busy += processor() - before
	}
	b.StopTimer()
	began := time.Now()
	read := 0
	if err := s.EventsAfter(ctx, w.Number, 0, math.MaxInt64, false, func(*event.Event) error { read++; return nil }); err != nil || read != n {
		b.Fatalf("read %d of %d events: %v", read, n, err)
	}
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "rows-read/s")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(n)/busy.Seconds(), "rows/cpu-s") // hardly changes when others use the machine
}

// processor is how long this process has computed.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
