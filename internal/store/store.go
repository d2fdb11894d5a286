// Package store is about keeping: all SQL, one file per noun. A method is one thing that must happen together and
// opens its own transaction; what belongs to a commit of the conductor goes through Tx.
//
// There is one set of SQL. What SQLite and PostgreSQL must do differently is a method of database, with a body in
// store/sqlite and one in store/postgres. Text about a person is sealed here with that person's key, or arrives
// sealed; nothing readable is written.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/store/postgres"
	"peiban/internal/store/sqlite"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

var (
	// ErrAddress means that the database address is neither sqlite:FILE nor postgres://...
	ErrAddress = fault.New(fault.Invalid, "bad_database", "数据库地址应为 sqlite:文件 或 postgres://…", "a database is sqlite:FILE or postgres://...")
	// ErrNewer means that a newer peiban has changed the schema; running the older one could lose data.
	ErrNewer = fault.New(fault.Unavailable, "newer_schema", "数据库由更新版本的 peiban 建立，请升级程序", "the database was made by a newer peiban; upgrade the program")
	// ErrNotEmpty means that a restore was asked into a database that holds a workspace.
	ErrNotEmpty = fault.New(fault.Clash, "not_empty", "只能恢复到空数据库", "a backup is restored into an empty database only")
)

// database is what differs between SQLite and PostgreSQL.
type database interface {
	Migrations() fs.FS
	Migrator() *sql.DB
	Ready(context.Context) error
	Reader() *sql.DB
	Acquire(context.Context) (*sql.Conn, func(), error)
	Close() error

	LockedHead() string
	Claim(ctx context.Context, c *sql.Conn, w workspace.Number, ids []conductor.MessageID, at int64) ([]conductor.Claim, error)
	Append(ctx context.Context, c *sql.Conn, w workspace.Number, es []event.Event, bucket func(person.Number) (int, error)) error
	Each(ctx context.Context, c *sql.Conn, query string, rows [][]any) error
	Statements(c *sql.Conn, tx *sql.Tx) column.Statements
	Facts(ctx context.Context, w workspace.Number, after, upTo event.Seq, each func(*event.Event) error) error
	EventsBetween(w workspace.Number, after, upTo event.Seq, bodies bool) (string, []any)
	EventAt(w workspace.Number, bucket int, p person.Number, s event.Seq) (string, []any)
	Snapshot() *sql.TxOptions
	DumpEvents() string
	Empty(workspace.Number) []string
	LoadEvent() string
	AfterLoad() []string
	AfterErase(context.Context) error
	Numbers(mark string) string
	Tables() string
}

var (
	_ database        = (*sqlite.DB)(nil)
	_ database        = (*postgres.DB)(nil)
	_ conductor.Store = (*Store)(nil)
	_ conductor.Tx    = (*Tx)(nil)
)

// Options are what Open needs beside the address.
type Options struct {
	Keys    *keys.Master // required
	Relaxed bool         // do not wait for the disk: for a database that can be built again
}

// Store is one database. It may be used by several goroutines.
type Store struct {
	db   database
	keys *keys.Master

	mu    sync.Mutex
	rings map[workspace.Number]*keys.Ring
	// places holds every known person's bucket, plus one, by number. A bucket never changes, so it never goes
	// stale.
	places map[workspace.Number][]uint16
}

// Open opens the database at url, sqlite:FILE or postgres://..., and brings its schema up to date.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Keys == nil {
		return nil, keys.ErrNoKey
	}
	var db database
	var dialect goose.Dialect
	// A database that took a later migration first takes an earlier one when it comes: none rests on another of the same day.
	options := []goose.ProviderOption{goose.WithAllowOutofOrder(true)}
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok && file != "" {
		d, err := sqlite.Open(ctx, file, o.Relaxed)
		if err != nil {
			return nil, err
		}
		db, dialect = d, goose.DialectSQLite3
	} else if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		d, err := postgres.Open(ctx, url, o.Relaxed)
		if err != nil {
			return nil, err
		}
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("make the migration lock: %w", err)
		}
		db, dialect, options = d, goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	} else {
		return nil, ErrAddress
	}
	if err := migrate(ctx, db, dialect, options); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Ready(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db, keys: o.Keys, rings: map[workspace.Number]*keys.Ring{}, places: map[workspace.Number][]uint16{}}, nil
}

// Close waits for the write in hand and closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, db database, dialect goose.Dialect, options []goose.ProviderOption) error {
	provider, err := goose.NewProvider(dialect, db.Migrator(), db.Migrations(), options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	// Two processes may open a new database at the same moment. The one that comes second fails on what the
	// first has just made, and finds it in place when it looks again.
	for try := 0; ; try++ {
		err = up(ctx, provider)
		if err == nil || errors.Is(err, ErrNewer) || try == 3 || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func up(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if current > target {
		return ErrNewer
	}
	if current == target {
		if pending, err := provider.HasPending(ctx); err != nil || !pending {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// querier reads inside or outside a transaction.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// execer changes something inside a transaction.
type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// scanner is a row.
type scanner interface{ Scan(...any) error }

// write runs f in one transaction.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	conn, release, err := s.db.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("wait to write: %w", err)
	}
	defer release()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil) // see Begin
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs one statement and says how many rows it touched.
func exec(ctx context.Context, tx execer, query string, args ...any) (int64, error) {
	r, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each calls f for every row of a query.
func each(ctx context.Context, q querier, f func(scanner) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// all collects every row of a query.
func all[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := each(ctx, q, func(r scanner) error {
		v, err := scan(r)
		out = append(out, v)
		return err
	}, query, args...)
	return out, err
}

// one reads the only row of a query; none gives missing.
func one[T any](ctx context.Context, q querier, missing error, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, missing
	}
	return v, err
}

// bucket is where person p lives.
func (s *Store) bucket(ctx context.Context, w workspace.Number, p person.Number) (int, error) {
	return s.place(ctx, s.db.Reader(), w, p, nil)
}

// place is bucket read through q. The people in uncommitted may still be rolled back and are not remembered.
func (s *Store) place(ctx context.Context, q querier, w workspace.Number, p person.Number, uncommitted map[person.Number]conductor.NewPerson) (int, error) {
	s.mu.Lock()
	known := s.places[w]
	s.mu.Unlock()
	if int(p) < len(known) && known[p] > 0 {
		return int(known[p]) - 1, nil
	}
	// Whoever asks for one person this process has not seen will ask for the others, so read all that are new.
	var found []place
	if err := each(ctx, q, func(r scanner) error {
		var l place
		if err := r.Scan(&l.person, &l.bucket); err != nil {
			return err
		}
		found = append(found, l)
		return nil
	}, `SELECT person, bucket FROM person_place WHERE workspace = $1 AND person >= $2`, w, min(int(p), max(len(known), 1))); err != nil {
		return 0, fmt.Errorf("find the place of person %d: %w", p, err)
	}
	bucket := -1
	committed := found[:0]
	for _, l := range found {
		if l.person == p {
			bucket = l.bucket
		}
		if _, mine := uncommitted[l.person]; !mine {
			committed = append(committed, l)
		}
	}
	s.remember(w, committed)
	if bucket < 0 {
		return 0, person.ErrMissing
	}
	return bucket, nil
}

type place struct {
	person person.Number
	bucket int
}

func (s *Store) remember(w workspace.Number, ls []place) {
	if len(ls) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.places[w]
	last := ls[0].person
	for _, l := range ls {
		last = max(last, l.person)
	}
	var grown []uint16
	if int(last) >= len(known) {
		grown = make([]uint16, int(last)+1, 2*int(last)+64)
		copy(grown, known)
	} else {
		grown = append([]uint16(nil), known...) // readers hold the old slice without the lock
	}
	for _, l := range ls {
		grown[l.person] = uint16(l.bucket + 1)
	}
	s.places[w] = grown
}
