// Package sqlite is what package store does differently on SQLite: one connection writes, a pool reads, and the
// event log is a table in commit order.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver named sqlite

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

//go:embed migrations/*.sql
var files embed.FS

// seqBits is how many bits of an event's row id hold the sequence; the workspace is above them.
const (
	seqBits = 40
	seqMask = 1<<seqBits - 1
)

// busyMillis is how long one process waits for another on the same file.
const busyMillis = 30_000

// KiB of pages each connection keeps beside the mapped file. The one that writes keeps few: at the end of a commit that
// balanced a tree SQLite walks all of them.
const (
	writerCache = 8 << 10
	readerCache = 64 << 10
)

// DB is one SQLite file.
type DB struct {
	writer  *sql.DB
	reader  *sql.DB
	scanned string        // how cursors open the file
	turn    chan struct{} // holds one token: whoever has it may write
	conn    *sql.Conn     // the connection that writes, for life, with its prepared statements
	append  driver.Stmt
	kept    map[string]driver.Stmt // by query; used by whoever holds conn
	stmts   map[string]*sql.Stmt   // likewise, for what goes through database/sql
	ids     map[workspace.Number]*runs

	keeper        *sql.DB     // the connection that copies the write-ahead log back
	copying       sync.Mutex  // one copy at a time
	written       atomic.Bool // since the last copy
	owed          atomic.Bool // the log must be emptied and is not
	stop, stopped chan struct{}
}

// Open opens the file and makes it when it is missing. Relaxed gives up waiting for the disk, for a database that
// can be built again.
func Open(ctx context.Context, file string, relaxed bool) (*DB, error) {
	// The database holds personal data, encrypted and not; nobody else on the machine may read it.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open the database file: %w", err)
	}
	sync := "FULL"
	if relaxed {
		sync = "OFF"
	}
	// A second process waits for its turn up to busy_timeout. secure_delete overwrites a row that is
	// deleted or replaced where it stood, so that a destroyed key is not found there; FAST does it without more
	// pages to write.
	common := "&_pragma=busy_timeout(" + strconv.Itoa(busyMillis) + ")&_pragma=foreign_keys(ON)&_pragma=mmap_size(1073741824)"
	write := "?_txlock=immediate" + common + "&_pragma=cache_size(-" + strconv.Itoa(writerCache) + ")&_pragma=journal_mode(WAL)&_pragma=synchronous(" + sync + ")&_pragma=secure_delete(FAST)&_pragma=wal_autocheckpoint(" + strconv.Itoa(walLimit) + ")"
	read := "?mode=ro" + common + "&_pragma=cache_size(-" + strconv.Itoa(readerCache) + ")"
	name := "file:" + (&url.URL{Path: file}).EscapedPath()
	d := &DB{scanned: name + "?mode=ro", turn: make(chan struct{}, 1), ids: map[workspace.Number]*runs{}}
	if d.writer, err = sql.Open("sqlite", name+write); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	d.writer.SetMaxOpenConns(1)
	if err := ping(ctx, d.writer); err != nil {
		_ = d.writer.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if d.reader, err = sql.Open("sqlite", name+read); err != nil {
		_ = d.writer.Close()
		return nil, fmt.Errorf("open the database for reading: %w", err)
	}
	if d.keeper, err = sql.Open("sqlite", name+write); err != nil {
		_, _ = d.writer.Close(), d.reader.Close()
		return nil, fmt.Errorf("open the database for copying the log: %w", err)
	}
	d.keeper.SetMaxOpenConns(1)
	d.reader.SetMaxOpenConns(4)
	d.reader.SetMaxIdleConns(4)
	return d, nil
}

// ping opens the first connection. Turning a new file to WAL does not wait for another process that does the same,
// as everything after it does.
func ping(ctx context.Context, db *sql.DB) error {
	for end := time.Now().Add(30 * time.Second); ; {
		err := db.PingContext(ctx)
		var busy interface{ Code() int }
		if err == nil || !errors.As(err, &busy) || busy.Code()&0xff != 5 || time.Now().After(end) { // 5: SQLITE_BUSY
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Migrations are the files that make and change the schema, and Migrator the handle they run on.
func (d *DB) Migrations() fs.FS { sub, _ := fs.Sub(files, "migrations"); return sub }

// Migrator is the handle migrations run on, before Ready.
func (d *DB) Migrator() *sql.DB { return d.writer }

// Ready takes the writing connection for life and prepares the statements of the hot path on it.
func (d *DB) Ready(ctx context.Context) error {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take the writing connection: %w", err)
	}
	d.conn = conn
	d.stop, d.stopped = make(chan struct{}), make(chan struct{})
	go d.checkpoints()
	// These go straight to the driver: through database/sql a row costs half as much again. Plain ? marks are
	// found by place, while the driver looks $n up by name for every row.
	return conn.Raw(func(c any) error {
		p, ok := c.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("prepare on a %T", c)
		}
		if d.append, err = p.PrepareContext(ctx, `INSERT INTO event (id, person, type, schema, flags, occurred_at, original_at,
			sent_at, received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`); err != nil {
			return fmt.Errorf("prepare the append: %w", err)
		}
		d.turn <- struct{}{}
		return nil
	})
}

// Reader is the pool that reads.
func (d *DB) Reader() *sql.DB { return d.reader }

// Acquire waits for the one connection that writes; release hands it on.
func (d *DB) Acquire(ctx context.Context) (*sql.Conn, func(), error) {
	if err := ctx.Err(); err != nil { // select would pick either when both are ready
		return nil, nil, err
	}
	select {
	case <-d.turn:
		return d.conn, func() {
			d.written.Store(true)
			d.turn <- struct{}{}
		}, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// grace is how long Close waits for the write in hand; one that takes longer is lost, as in a crash.
const grace = 10 * time.Second

// Close waits for the write in hand and closes the file.
func (d *DB) Close() error {
	if d.conn != nil {
		close(d.stop)
		<-d.stopped
		select {
		case <-d.turn:
		case <-time.After(grace):
		}
		for _, s := range d.kept {
			_ = s.Close()
		}
		for _, s := range d.stmts {
			_ = s.Close()
		}
		_ = d.append.Close()
		_ = d.conn.Close()
	}
	err := errors.Join(d.reader.Close(), d.keeper.Close())
	if e := d.writer.Close(); err == nil {
		err = e
	}
	return err
}

// LockedHead reads the counters of a workspace. The transaction is immediate, so nobody else is writing.
func (d *DB) LockedHead() string {
	return `SELECT head, next_person, next_held FROM workspace WHERE number = $1 AND gone_at = 0`
}

// Append writes events in order, row by row on a prepared statement. The bucket is not stored.
func (d *DB) Append(ctx context.Context, c *sql.Conn, w workspace.Number, es []event.Event, _ func(person.Number) (int, error)) error {
	return c.Raw(func(any) error {
		args := numbered(23)
		for i := range es {
			e := &es[i]
			args[0].Value = rowid(w, e.Seq)
			args[1].Value = int64(e.Person)
			args[2].Value = int64(e.Type)
			args[3].Value = int64(e.Schema)
			args[4].Value = int64(e.Flags)
			args[5].Value = e.Occurred
			args[6].Value = e.Original
			args[7].Value = e.Sent
			args[8].Value = e.Received
			args[9].Value = int64(e.Offset)
			args[10].Value = int64(e.Source)
			args[11].Value = e.Hash[:]
			args[12].Value = e.Actor
			args[13].Value = e.Provenance
			args[14].Value = int64(e.Supersedes)
			args[15].Value = int64(e.Retracts)
			args[16].Value = column.Number(e.Num)
			args[17].Value = column.Code(e.A)
			args[18].Value = column.Code(e.B)
			args[19].Value = column.Code(e.C)
			args[20].Value = column.Floats(e.X)
			args[21].Value = column.Blob(e.Body)
			args[22].Value = int64(e.Via)
			if _, err := run(d.append, args); err != nil {
				return err
			}
		}
		return nil
	})
}

const columns = `SELECT id & 1099511627775, person, type, schema, flags, occurred_at, original_at, sent_at, received_at, utc_offset,
	source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, via, `

func selected(bodies bool) string {
	if bodies {
		return columns + "body FROM event "
	}
	return columns + "NULL FROM event "
}

// EventsBetween asks for events with a sequence in (after, upTo], in order.
func (d *DB) EventsBetween(w workspace.Number, after, upTo event.Seq, bodies bool) (string, []any) {
	return selected(bodies) + `WHERE id > $1 AND id <= $2 ORDER BY id`, []any{rowid(w, after), rowid(w, upTo)}
}

// EventAt asks for one event by its sequence.
func (d *DB) EventAt(w workspace.Number, _ int, _ person.Number, s event.Seq) (string, []any) {
	return selected(true) + `WHERE id = $1`, []any{rowid(w, s)}
}

// Snapshot is how a reader sees one moment: any transaction in WAL mode does.
func (d *DB) Snapshot() *sql.TxOptions { return nil }

// DumpEvents asks for the whole log in the columns a backup holds.
func (d *DB) DumpEvents() string {
	return `SELECT id >> 40 AS workspace, id & 1099511627775 AS seq, person, type, schema, flags, occurred_at, original_at, sent_at,
		received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via FROM event ORDER BY id`
}

// LoadEvent writes one event of a backup; $1 to $24 are the columns of DumpEvents.
func (d *DB) LoadEvent() string {
	return `INSERT INTO event (id, person, type, schema, flags, occurred_at, original_at, sent_at, received_at, utc_offset, source,
		hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via)
		VALUES (($1 << 40) | $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`
}

// Empty deletes the rows of a workspace that do not name it in a column of their own.
func (d *DB) Empty(w workspace.Number) []string {
	from, to := rowid(w, 0), rowid(w, seqMask)
	return []string{
		fmt.Sprintf(`DELETE FROM event WHERE id >= %d AND id <= %d`, from, to),
		fmt.Sprintf(`DELETE FROM message_filter WHERE id >= %d AND id <= %d`, from, to),
		fmt.Sprintf(`DELETE FROM message_run WHERE workspace = %d`, w),
	}
}

// AfterLoad has nothing to mend after a restore: SQLite numbers rows from the largest.
func (d *DB) AfterLoad() []string { return nil }

// AfterErase empties the write-ahead log, where a destroyed key may still lie.
func (d *DB) AfterErase(ctx context.Context) error {
	conn, release, err := d.Acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	return d.emptyLog(ctx, conn)
}

// Numbers reads whole numbers from an argument that lists them as JSON.
func (d *DB) Numbers(mark string) string { return `SELECT value FROM json_each(` + mark + `)` }

// Tables asks for the name of every table, its kind of key or index and the columns of it, for the schema test.
func (d *DB) Tables() string {
	return `SELECT t.name, i.name, i."unique", group_concat(c.name, ',' ORDER BY c.seqno)
		FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'
		GROUP BY t.name, i.name, i."unique"
		UNION ALL SELECT t.name, '', 0, '' FROM sqlite_schema t
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'`
}

// run executes on the driver. The context is left out on purpose: with one the driver starts a goroutine a row,
// and a batch is short.
func run(s driver.Stmt, args []driver.NamedValue) (int64, error) {
	x, ok := s.(driver.StmtExecContext)
	if !ok {
		return 0, fmt.Errorf("run a %T", s)
	}
	r, err := x.ExecContext(context.Background(), args)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func rowid(w workspace.Number, s event.Seq) int64 { return int64(w)<<seqBits | int64(min(s, seqMask)) }

func numbered(n int) []driver.NamedValue {
	args := make([]driver.NamedValue, n)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return args
}
