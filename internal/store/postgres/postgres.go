// Package postgres is what package store does differently on PostgreSQL: a row lock on the workspace orders
// commits, and a batch is one statement over arrays.
package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store/column"
	"peiban/internal/workspace"
)

//go:embed migrations/*.sql
var files embed.FS

// DB is one PostgreSQL database, shared by any number of nodes.
type DB struct{ pool *sql.DB }

// Open connects. Relaxed does not wait for the disk at commit, for a database that can be built again.
func Open(ctx context.Context, url string, relaxed bool) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	config.RuntimeParams["timezone"] = "UTC"
	if relaxed {
		config.RuntimeParams["synchronous_commit"] = "off"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return &DB{pool}, nil
}

// Migrations are the files that make and change the schema.
func (d *DB) Migrations() fs.FS { sub, _ := fs.Sub(files, "migrations"); return sub }

// Migrator is the handle migrations run on.
func (d *DB) Migrator() *sql.DB { return d.pool }

// Ready has nothing to prepare: the driver keeps statements with each connection.
func (d *DB) Ready(context.Context) error { return nil }

// Reader is the pool.
func (d *DB) Reader() *sql.DB { return d.pool }

// Acquire takes a connection from the pool; release gives it back.
func (d *DB) Acquire(ctx context.Context) (*sql.Conn, func(), error) {
	c, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	return c, func() { _ = c.Close() }, nil
}

// Close closes the pool.
func (d *DB) Close() error { return d.pool.Close() }

// LockedHead reads the counters of a workspace and holds its row until the transaction ends.
func (d *DB) LockedHead() string {
	return `SELECT head, next_person, next_held FROM workspace WHERE number = $1 AND gone_at = 0 FOR UPDATE`
}

// Claim records the ids that are new in one statement, and asks for the others in a second.
func (d *DB) Claim(ctx context.Context, c *sql.Conn, w workspace.Number, ids []conductor.MessageID, at int64) ([]conductor.Claim, error) {
	given, bodies := make([][]byte, len(ids)), make([]int64, len(ids))
	for i := range ids {
		given[i], bodies[i] = ids[i].Hash[:], ids[i].Body
	}
	taken, err := hashesOf(ctx, c, len(ids), `INSERT INTO message_id (workspace, hash, at, body)
		SELECT $1::bigint, h, $4::bigint, b FROM unnest($2::bytea[], $3::bigint[]) AS t(h, b) ON CONFLICT DO NOTHING RETURNING hash, body`,
		int64(w), given, bodies, at)
	if err != nil {
		return nil, err
	}
	claims, old := make([]conductor.Claim, len(ids)), [][]byte(nil)
	here := make(map[[16]byte]int64, len(ids))
	for i, id := range ids {
		body, ok := taken[id.Hash]
		switch said, again := here[id.Hash]; {
		case again: // a repeat inside the batch is not new the second time
			claims[i] = conductor.ClaimOf(said, id.Body)
		case ok:
			claims[i], here[id.Hash] = conductor.Fresh, body
		default:
			old = append(old, given[i])
		}
	}
	if len(old) == 0 {
		return claims, nil
	}
	known, err := hashesOf(ctx, c, len(old), `SELECT hash, body FROM message_id WHERE workspace = $1 AND hash = ANY ($2::bytea[])`, int64(w), old)
	for i, id := range ids {
		if body, ok := known[id.Hash]; ok {
			claims[i] = conductor.ClaimOf(body, id.Body)
		}
	}
	return claims, err
}

// hashesOf reads rows of a hash and what its message says.
func hashesOf(ctx context.Context, c *sql.Conn, about int, query string, args ...any) (map[[16]byte]int64, error) {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[[16]byte]int64, about)
	for rows.Next() {
		var h sql.RawBytes
		var body int64
		if err := rows.Scan(&h, &body); err != nil {
			return nil, err
		}
		out[[16]byte(h)] = body
	}
	return out, rows.Err()
}

// Append writes events by COPY on the transaction's connection.
func (d *DB) Append(ctx context.Context, c *sql.Conn, w workspace.Number, es []event.Event, bucket func(person.Number) (int, error)) error {
	buckets := make([]int16, len(es))
	for i := range es {
		b, err := bucket(es[i].Person)
		if err != nil {
			return err
		}
		buckets[i] = int16(b)
	}
	return c.Raw(func(dc any) error {
		sc, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("copy on a %T", dc)
		}
		row := make([]any, len(copied))
		_, err := sc.Conn().CopyFrom(ctx, pgx.Identifier{"event"}, copied, pgx.CopyFromSlice(len(es), func(i int) ([]any, error) {
			e := &es[i]
			row[0] = int64(w)
			row[1] = buckets[i]
			row[2] = int64(e.Person)
			row[3] = int64(e.Seq)
			row[4] = int16(e.Type)
			row[5] = int16(e.Schema)
			row[6] = int32(e.Flags)
			row[7] = e.Occurred
			row[8] = e.Original
			row[9] = e.Sent
			row[10] = e.Received
			row[11] = e.Offset
			row[12] = e.Source
			row[13] = e.Hash[:]
			row[14] = e.Actor
			row[15] = e.Provenance
			row[16] = int64(e.Supersedes)
			row[17] = int64(e.Retracts)
			row[18] = column.Number(e.Num)
			row[19] = column.Code(e.A)
			row[20] = column.Code(e.B)
			row[21] = column.Code(e.C)
			row[22] = column.Floats(e.X)
			row[23] = column.Blob(e.Body)
			row[24] = int64(e.Via)
			return row, nil
		}))
		return err
	})
}

var copied = []string{
	"workspace", "bucket", "person", "seq", "type", "schema", "flags", "occurred_at", "original_at", "sent_at", "received_at",
	"utc_offset", "source", "hash", "actor", "provenance", "supersedes", "retracts", "num", "a", "b", "c", "x", "body", "via",
}

const columns = `SELECT seq, person, type, schema, flags, occurred_at, original_at, sent_at, received_at, utc_offset,
	source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, via, `

func selected(bodies bool) string {
	if bodies {
		return columns + "body FROM event "
	}
	return columns + "NULL::bytea FROM event "
}

// EventsBetween asks for events with a sequence in (after, upTo], in order.
func (d *DB) EventsBetween(w workspace.Number, after, upTo event.Seq, bodies bool) (string, []any) {
	return selected(bodies) + `WHERE workspace = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`,
		[]any{int64(w), int64(after), int64(min(upTo, math.MaxInt64))}
}

// EventAt asks for one event by its person and sequence.
func (d *DB) EventAt(w workspace.Number, bucket int, p person.Number, s event.Seq) (string, []any) {
	return selected(true) + `WHERE workspace = $1 AND bucket = $2 AND person = $3 AND seq = $4`,
		[]any{int64(w), int64(bucket), int64(p), int64(s)}
}

// Snapshot is how a reader sees one moment.
func (d *DB) Snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// DumpEvents asks for the whole log in the columns a backup holds.
func (d *DB) DumpEvents() string {
	return `SELECT workspace, seq, person, type, schema, flags, occurred_at, original_at, sent_at,
		received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via
		FROM event ORDER BY workspace, seq`
}

// LoadEvent writes one event of a backup; $1 to $24 are the columns of DumpEvents. The place of its person was
// restored before.
func (d *DB) LoadEvent() string {
	return `INSERT INTO event (workspace, seq, person, type, schema, flags, occurred_at, original_at, sent_at,
		received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via, bucket)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
		(SELECT bucket FROM person_place WHERE workspace = $1 AND person = $3))`
}

// Empty deletes the rows of a workspace that the tables of a backup do not tell of in the same way.
func (d *DB) Empty(w workspace.Number) []string {
	return []string{fmt.Sprintf(`DELETE FROM event WHERE workspace = %d`, w)}
}

// AfterLoad moves the counter of audit rows past those restored.
func (d *DB) AfterLoad() []string {
	return []string{`SELECT setval(pg_get_serial_sequence('audit', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM audit), false)`}
}

// AfterErase removes the row versions in which a destroyed key still lies.
func (d *DB) AfterErase(ctx context.Context) error {
	if _, err := d.pool.ExecContext(ctx, `VACUUM person`); err != nil {
		return fmt.Errorf("vacuum after erasing: %w", err)
	}
	return nil
}

// Numbers reads whole numbers from an argument that lists them as JSON.
func (d *DB) Numbers(mark string) string {
	return `SELECT value::bigint FROM json_array_elements_text(CAST(` + mark + ` AS json))`
}

// Tables asks for the name of every table, its kind of key or index and the columns of it, for the schema test.
func (d *DB) Tables() string {
	return `SELECT t.relname, i.relname, CASE WHEN x.indisunique THEN 1 ELSE 0 END,
			string_agg(a.attname, ',' ORDER BY array_position(x.indkey::int[], a.attnum::int))
		FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
			JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
		WHERE n.nspname = 'public' AND t.relname NOT LIKE 'goose_%' GROUP BY 1, 2, 3
		UNION ALL SELECT table_name::text, '', 0, '' FROM information_schema.tables
		WHERE table_schema = 'public' AND table_name NOT LIKE 'goose_%'`
}
