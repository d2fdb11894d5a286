package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// A backup is the same for both databases: a line of text, then gzip over a stream of tables. Every value is a
// kind byte and its content; texts and bytes carry their length. The stream ends with the SHA-256 of all before.
// Sessions, sign-in links and visit links are left out: nobody should be let in by a restore.
const magic = "peiban backup 1\n"

var (
	// ErrBackup means that a file is not a backup, is cut off or is damaged.
	ErrBackup = fault.New(fault.Invalid, "bad_backup", "备份文件无法读取：不是备份、不完整或已损坏", "the backup cannot be read: it is no backup, is cut off or is damaged")
	// ErrNewerBackup means that a newer peiban wrote the backup.
	ErrNewerBackup = fault.New(fault.Invalid, "newer_backup", "备份由更新版本的 peiban 生成，请升级程序", "the backup was written by a newer peiban; upgrade the program")
)

// tables are what a backup holds, in the order a restore needs: places before the events that look them up.
var tables = []struct{ name, columns, key string }{
	{"workspace", "number, ulid, name, kind, zone, salt, offset_us, created_at, key, head, next_person, next_held, settled, beside, story, untold, told_at, gone_at", "number"},
	{"person_place", "workspace, person, bucket", "workspace, person"},
	{"person", "workspace, bucket, person, ulid, root, holdout, zone, owner, created_at, version, profile, key, key_version, erased_at", "workspace, bucket, person"},
	{"identity", "workspace, type, scope, hash, person, bucket", "workspace, type, scope, hash"},
	{"event", "workspace, seq, person, type, schema, flags, occurred_at, original_at, sent_at, received_at, utc_offset, source, hash, actor, provenance, supersedes, retracts, num, a, b, c, x, body, via", ""},
	{"message_id", "workspace, hash, at, body", "workspace, hash"},
	{"person_state", "workspace, bucket, person, state, wake_at, seq, changed", "workspace, bucket, person"},
	{"state_log", "workspace, seq, person, bucket, state, wake_at, changed", "workspace, seq, person"},
	{"transition", "workspace, bucket, person, seq, n, kind, key, gained, at, version, cause, cause_at, prev", "workspace, seq, person, n"},
	{"run", "workspace, bucket, person, id, journey, version, status, reason, step, started_at, ended_at, until_at, arm", "workspace, bucket, person, id"},
	{"message", "workspace, bucket, person, id, to_person, class, priority, content, version, kind, channel, state, reason, due_at, next_at, expires_at, tries, sent_at, read_at, answer, answered_at, journey, run, step, audience, scope, title, body, why, seq", "workspace, bucket, person, id"},
	{"task", "workspace, bucket, person, id, kind, priority, level, script, title, results, state, owner, role, claimed, opened_at, due_at, closed_at, closed_by, outcome, note, run, why, version", "workspace, bucket, person, id"},
	{"quarantine", "workspace, bucket, person, id, source, hash, reason, detail, payload, at", "workspace, bucket, person, id"},
	{"audit", "id, workspace, at, actor, action, person, detail, ref", "id"},
	{"staff", "workspace, id, login, name, role, hash, language, disabled, failed, locked_until, created_at", "workspace, id"},
	{"source", "workspace, number, name, key_hash, created_at, disabled, kind, rate, burst, programme, names, rotated_at, previous_hash, previous_until", "workspace, number"},
	{"source_minute", "workspace, source, minute, requests, bytes, stored, repeated, kept, ignored, refused, put_off", "workspace, source, minute"},
	{"reject", "workspace, id, source, person, type, reason, field, payload, first_at, last_at, times, state, actor, done_at, event", "workspace, id"},
	{"idempotency", "workspace, actor, key, request, status, response, at", "workspace, actor, key"},
	{"programme_version", "workspace, programme, version, seq, at, actor, note, hash, people, changed, carried, files", "workspace, programme, version"},
	{"programme_draft", "workspace, programme, base, revision, at, actor, files", "workspace, programme"},
	{"programme_statement", "workspace, programme, item, at, actor, note, hash", "workspace, programme, item"},
	{"fhir_resource", "workspace, bucket, person, hash, version, type, source, digest, seqs, at, body", "workspace, bucket, person, hash, version"},
	{"erasure", "workspace, person, ulid, at", "workspace, person"},
	{"job", "workspace, number, kind, state, want, actor, created_at, started_at, ended_at, lease_until, size, after_seq, until_seq, version, told, report", "workspace, number"},
	{"owner_rules", "workspace, version, at, actor, rules", "workspace"},
	{"owner_member", "workspace, staff, capacity, languages, closed, version", "workspace, staff"},
	{"absence", "workspace, id, staff, from_at, to_at, cover, note, created_at, actor, ended_at, version", "workspace, id"},
	{"handover_line", "workspace, bucket, person, job, to_staff, state, why, at", "workspace, bucket, person, job"},
	{"unassigned", "workspace, bucket, person, since, rule, why, ended_at", "workspace, bucket, person"},
	{"work_settings", "workspace, version, at, actor, body", "workspace"},
	{"corp", "workspace, id, revision, created_at, at, actor, body", "workspace, id"},
	{"callback", "workspace, corp, hash, received_at, kind, urgent, state, why, tries, next_at, body, ended_at", "workspace, hash"},
	{"outlet", "workspace, id, revision, created_at, at, actor, body", "workspace, id"},
	{"outlet_order", "workspace, revision, at, actor, names", "workspace"},
	{"effect_settings", "workspace, version, at, actor, body", "workspace"},
	{"message_caps", "workspace, version, at, actor, body", "workspace"},
	{"knowledge", "workspace, id, revision, at, actor, data", "workspace, id"},
	{"kf_cursor", "workspace, corp, account, cursor, at", "workspace, corp, account"},
	{"talk_settings", "workspace, version, at, actor, body", "workspace"},
	{"stop_words", "workspace, version, at, actor, body", "workspace"},
	{"task_batch", "workspace, id, at, actor, kind, undone_at, body", "workspace, id"},
	{"campaign", "workspace, id, version, created_at, at, actor, state, from_day, to_day, body", "workspace, id"},
	{"course", "workspace, key, version, revision, at, actor, draft", "workspace, key"},
	{"course_version", "workspace, key, version, at, actor, doc", "workspace, key, version"},
	{"course_attempt", "workspace, staff, course, id, version, seed, started_at, ended_at, score, passed, expires_at, answers", "workspace, staff, course, id"},
	{"job_part", "workspace, job, kind, n, data", "workspace, job, kind, n"},
	{"export_part", "workspace, bucket, person, job, kind, data", "workspace, bucket, person, job, kind"},
	{"product", "workspace, id, revision, at, actor, data", "workspace, id"},
	{"product_question", "workspace, hash, state, first_at, last_at, actor, decided_at, line", "workspace, hash"},
	{"product_line", "workspace, bucket, person, seq, hash, product, filled", "workspace, bucket, person, seq"},
	{"released_id", "workspace, hash", "workspace, hash"},
	{"uploader", "workspace, hash, id, person, actor, created_at, revoked_at, used_at", "workspace, hash"},
	{"api_key", "workspace, id, hash, previous_hash, previous_until, created_at, created_by, expires_at, rotated_at, used_at, revoked_at, told", "workspace, id"},
	{"webhook", "workspace, id, state, version, told, created_at, at_seq, at_k, tries, next_at, failing_at, done_at, ended_at, why, replay, replay_seq, replay_k, replay_to, replay_to_k, replay_tries, lease_by, lease_until", "workspace, id"},
	{"webhook_attempt", "workspace, webhook, n, at, item, message, seq, k, type, try, status, took, outcome, answer, replay", "workspace, webhook, n"},
	{"delivery", "workspace, id, state, version, told, maker, created_at, after_at, why, ended_at", "workspace, id"},
	{"delivery_run", "workspace, delivery, due_at, id, asked, state, want, file, tries, next_at, started_at, ended_at, row_count, row_total, bytes, problem, lease_by, lease_until", "workspace, delivery, due_at"},
	{"identity_policy", "workspace, revision, at, actor, body", "workspace, revision"},
	{"proposal", "workspace, bucket, person, other, state, origin, cause, kind, weight, probability, evidence, found_at, actor, decided_at, why, done, version, one, two", "workspace, bucket, person, other"},
	{"match_run", "workspace, number, state, want, actor, night, created_at, started_at, ended_at, lease_until, stage, people, candidates, found, written, fresh, problem, version", "workspace, number"},
	{"entrance", "workspace, id, state, revision, created_at, at, actor, data", "workspace, id"},
	{"entrance_cost", "workspace, id, entrance, from_day, to_day, fen, what, voided, revision, at, actor", "workspace, id"},
	{"arrival", "workspace, entrance, visitor, at, late, platform", "workspace, entrance, visitor"},
	{"arrival_day", "workspace, entrance, day, opened, late", "workspace, entrance, day"},
	{"invitation", "workspace, state, person, created_at", "workspace, state"},
}

// NotBackedUp are the tables a backup leaves out: who is signed in or reads a calendar, and what is made again from other tables.
var NotBackedUp = []string{"session", "signin_link", "visit_link", "calendar_feed", "message_run", "message_filter"}

// Progress is told how many rows of a table are done.
type Progress func(table string, rows int64)

// Backup writes everything as it is at one moment, while others go on writing. Rows are sealed as they lie in the
// database; the master key is not in it and must be kept elsewhere.
func (s *Store) Backup(ctx context.Context, w io.Writer, progress Progress) error {
	if _, err := io.WriteString(w, magic); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	z := gzip.NewWriter(w)
	d := &dumper{w: bufio.NewWriterSize(z, 1<<16), sum: sha256.New()}
	// On SQLite a deferred transaction in WAL mode sees one moment, as repeatable read does on PostgreSQL.
	tx, err := s.db.Reader().BeginTx(ctx, s.db.Snapshot())
	if err != nil {
		return fmt.Errorf("begin the backup: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	for _, t := range tables {
		query := "SELECT " + t.columns + " FROM " + t.name + " ORDER BY " + t.key
		if t.name == "event" {
			query = s.db.DumpEvents()
		}
		if err := d.table(ctx, tx, t.name, strings.Split(t.columns, ", "), query, progress); err != nil {
			return fmt.Errorf("back up table %s: %w", t.name, err)
		}
	}
	d.raw([]byte{endOfTables})
	d.raw(d.sum.Sum(nil))
	return errors.Join(d.err, d.w.Flush(), z.Close())
}

// Restore fills an empty database from a backup, then erases again everyone on the backup's own list and on
// erased, the list kept beside it. Everything or nothing is restored.
func (s *Store) Restore(ctx context.Context, r io.Reader, erased []Erasure, progress Progress) error {
	l, err := newLoader(r)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM workspace`).Scan(&n); err != nil {
			return fmt.Errorf("look for workspaces: %w", err)
		}
		if n > 0 {
			return ErrNotEmpty
		}
		for {
			name, more, err := l.next()
			if err != nil {
				return err
			}
			if !more {
				break
			}
			if err := l.table(ctx, tx, s.db, name, progress); err != nil {
				return fmt.Errorf("restore table %s: %w", name, err)
			}
		}
		for _, query := range s.db.AfterLoad() {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return fmt.Errorf("finish the restore: %w", err)
			}
		}
		if err := renow(ctx, tx, 0, 0); err != nil { // a backup of before does not have it
			return err
		}
		// A copy must not send to others what the original sends too: somebody says so.
		if _, err := exec(ctx, tx, `UPDATE webhook SET state = 'paused', lease_until = 0 WHERE state = 'on'`); err != nil {
			return fmt.Errorf("pause the webhooks: %w", err)
		}
		if _, err := exec(ctx, tx, `UPDATE delivery SET state = 'paused' WHERE state = 'on'`); err != nil {
			return fmt.Errorf("pause the deliveries: %w", err)
		}
		if _, err := exec(ctx, tx, `UPDATE delivery_run SET state = 'stopped', lease_until = 0 WHERE state IN ('waiting', 'running')`); err != nil {
			return fmt.Errorf("stop the deliveries: %w", err)
		}
		for _, e := range erased {
			if err := erase(ctx, tx, e); err != nil && fault.KindOf(err) != fault.Missing {
				return fmt.Errorf("erase person %s again: %w", e.ID, err)
			}
		}
		// Who runs the wrong key learns it now and not at the first name.
		return s.openable(ctx, tx)
	})
}

func (s *Store) openable(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, func(r scanner) error {
		var w workspace.Number
		var key []byte
		if err := r.Scan(&w, &key); err != nil {
			return err
		}
		_, err := s.keys.Ring(w, key)
		return err
	}, `SELECT number, key FROM workspace WHERE gone_at = 0`)
}

const (
	endOfTables = 0
	tableStart  = 1
	rowStart    = 2

	kindNull  = 0
	kindInt   = 1
	kindFloat = 2
	kindText  = 3
	kindBytes = 4
)

// largest is the longest text a restore believes, so that a damaged length does not ask for all memory.
const largest = 64 << 20

type dumper struct {
	w   *bufio.Writer
	sum hash.Hash
	buf []byte
	err error
}

func (d *dumper) raw(b []byte) {
	if d.err == nil {
		d.sum.Write(b)
		_, d.err = d.w.Write(b)
	}
}

func (d *dumper) table(ctx context.Context, tx *sql.Tx, name string, columns []string, query string, progress Progress) error {
	d.buf = append(d.buf[:0], tableStart)
	d.buf = appendText(d.buf, name)
	d.buf = binary.AppendUvarint(d.buf, uint64(len(columns)))
	for _, c := range columns {
		d.buf = appendText(d.buf, c)
	}
	d.raw(d.buf)
	values := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var n int64
	err := each(ctx, tx, func(r scanner) error {
		if err := r.Scan(targets...); err != nil {
			return err
		}
		d.buf = append(d.buf[:0], rowStart)
		for i, v := range values {
			var err error
			if d.buf, err = appendValue(d.buf, v); err != nil {
				return fmt.Errorf("column %s: %w", columns[i], err)
			}
		}
		d.raw(d.buf)
		if n++; progress != nil && n%10_000 == 0 {
			progress(name, n)
		}
		return d.err
	}, query)
	if err != nil {
		return err
	}
	if progress != nil {
		progress(name, n)
	}
	return d.err
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, kindNull), nil
	case int64:
		return binary.AppendVarint(append(b, kindInt), v), nil
	case float64:
		return binary.LittleEndian.AppendUint64(append(b, kindFloat), math.Float64bits(v)), nil
	case string:
		return appendText(append(b, kindText), v), nil
	case []byte:
		return appendText(append(b, kindBytes), string(v)), nil
	}
	return b, fmt.Errorf("value of type %T", v)
}

type loader struct {
	r   *bufio.Reader
	z   *gzip.Reader
	sum hash.Hash
	// ahead is a byte read that belongs to what comes next; -1: none
	ahead int
}

func newLoader(r io.Reader) (*loader, error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r, head); err != nil || !bytes.HasPrefix(head, []byte("peiban backup ")) {
		return nil, ErrBackup
	}
	if string(head) != magic {
		return nil, ErrNewerBackup
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return nil, ErrBackup.Wrap(err)
	}
	return &loader{r: bufio.NewReaderSize(z, 1<<16), z: z, sum: sha256.New(), ahead: -1}, nil
}

// ReadByte makes a loader an io.ByteReader, for numbers.
func (l *loader) ReadByte() (byte, error) {
	b, err := l.r.ReadByte()
	if err == nil {
		l.sum.Write([]byte{b})
	}
	return b, err
}

func (l *loader) mark() (byte, error) {
	if l.ahead >= 0 {
		b := byte(l.ahead)
		l.ahead = -1
		return b, nil
	}
	b, err := l.ReadByte()
	if err != nil {
		return 0, ErrBackup.Wrap(err)
	}
	return b, nil
}

// next finds the next table; more is false at the end, where the sum was found right.
func (l *loader) next() (name string, more bool, err error) {
	m, err := l.mark()
	if err != nil {
		return "", false, err
	}
	switch m {
	case tableStart:
		b, err := l.bytes()
		return string(b), true, err
	case endOfTables:
		want := l.sum.Sum(nil)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(l.r, got); err != nil || !bytes.Equal(got, want) {
			return "", false, ErrBackup
		}
		if _, err := l.r.ReadByte(); err != io.EOF { // gzip checks its own sum here
			return "", false, ErrBackup
		}
		return "", false, nil
	}
	return "", false, ErrBackup
}

func (l *loader) bytes() ([]byte, error) {
	n, err := binary.ReadUvarint(l)
	if err != nil || n > largest {
		return nil, ErrBackup.Wrap(err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(l.r, b); err != nil {
		return nil, ErrBackup.Wrap(err)
	}
	l.sum.Write(b)
	return b, nil
}

func (l *loader) value() (any, error) {
	kind, err := l.mark()
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindNull:
		return nil, nil
	case kindInt:
		n, err := binary.ReadVarint(l)
		if err != nil {
			return nil, ErrBackup.Wrap(err)
		}
		return n, nil
	case kindFloat:
		var b [8]byte
		if _, err := io.ReadFull(l.r, b[:]); err != nil {
			return nil, ErrBackup.Wrap(err)
		}
		l.sum.Write(b[:])
		return math.Float64frombits(binary.LittleEndian.Uint64(b[:])), nil
	case kindText:
		b, err := l.bytes()
		return string(b), err
	case kindBytes:
		return l.bytes()
	}
	return nil, ErrBackup
}

// table restores the rows of one table. Columns are named in the backup, so one written before a column was added
// still loads; names are checked against ours before they become SQL.
func (l *loader) table(ctx context.Context, tx *sql.Tx, db database, name string, progress Progress) error {
	i := slices.IndexFunc(tables, func(t struct{ name, columns, key string }) bool { return t.name == name })
	if i < 0 {
		return ErrNewerBackup
	}
	known := strings.Split(tables[i].columns, ", ")
	n, err := binary.ReadUvarint(l)
	if err != nil || n == 0 || n > uint64(len(known)) {
		return ErrBackup.Wrap(err)
	}
	columns := make([]string, n)
	marks := make([]string, n)
	for i := range columns {
		b, err := l.bytes()
		if err != nil {
			return err
		}
		if !slices.Contains(known, string(b)) {
			return ErrNewerBackup
		}
		columns[i], marks[i] = string(b), "$"+strconv.Itoa(i+1)
	}
	query := "INSERT INTO " + name + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	if name == "event" {
		if older := known[:len(known)-1]; slices.Equal(columns, older) { // it does not say by what they came
			columns = known
		}
		if !slices.Equal(columns, known) {
			return ErrNewerBackup
		}
		query = db.LoadEvent()
	}
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	values := make([]any, len(columns))
	for i := range values[n:] {
		values[int(n)+i] = int64(0)
	}
	for rows := int64(1); ; rows++ {
		m, err := l.mark()
		if err != nil {
			return err
		}
		if m != rowStart {
			l.ahead = int(m)
			if progress != nil {
				progress(name, rows-1)
			}
			return nil
		}
		for i := range values[:n] {
			if values[i], err = l.value(); err != nil {
				return err
			}
		}
		if _, err := stmt.ExecContext(ctx, values...); err != nil {
			return err
		}
		if progress != nil && rows%10_000 == 0 {
			progress(name, rows)
		}
	}
}
