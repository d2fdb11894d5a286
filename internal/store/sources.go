package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/workspace"
)

var (
	// ErrNoSource is what an unknown source gives.
	ErrNoSource = fault.New(fault.Missing, "source_not_found", "没有找到这个数据来源", "no such source")
	// ErrWriteKey is what an unknown or disabled write key gives.
	ErrWriteKey = fault.New(fault.Unauthenticated, "bad_write_key", "写入密钥无效", "the write key is not valid")
	// ErrSourceName is what a second source of one name gives.
	ErrSourceName = fault.New(fault.Clash, "source_exists", "已经有这个名字的来源", "there is a source of this name").At("name").
			Because("换一个名字", "give it another name")
)

// Source is where events come from: a collector with a write key, or a kind of import without one. Its number is
// part of every message hash, so the same message id of two sources is two messages.
type Source = event.Source

const sourceFields = `number, name, key_hash, created_at, disabled, kind, rate, burst, programme, names, rotated_at, previous_hash, previous_until`

const sourceColumns = `SELECT ` + sourceFields + ` FROM source `

func scanSource(r scanner) (Source, error) { return scanSourceAfter(r) }

// scanSourceAfter reads a source from a row that begins with before.
func scanSourceAfter(r scanner, before ...any) (Source, error) {
	var v Source
	var disabled int
	var names string
	err := r.Scan(append(before, &v.Number, &v.Name, &v.KeyHash, &v.Created, &disabled, &v.Kind, &v.Rate, &v.Burst, &v.Programme, &names,
		&v.Rotated, &v.Previous, &v.PreviousUntil)...)
	v.Disabled = disabled != 0
	if err == nil && names != "" {
		err = json.Unmarshal([]byte(names), &v.Names)
	}
	return v, err
}

// sourceValues are the values of sourceFields.
func sourceValues(v *Source) ([]any, error) {
	names := ""
	if len(v.Names) > 0 {
		b, err := json.Marshal(v.Names)
		if err != nil {
			return nil, fmt.Errorf("encode the names of source %d: %w", v.Number, err)
		}
		names = string(b)
	}
	kind := v.Kind
	if kind == "" {
		kind = "segment"
		if v.KeyHash == nil {
			kind = "import"
		}
	}
	v.Kind = kind
	return []any{v.Number, v.Name, v.KeyHash, v.Created, bit(v.Disabled), kind, v.Rate, v.Burst, v.Programme, names, v.Rotated, v.Previous, v.PreviousUntil}, nil
}

// EnsureSource gives the source of that name and makes it with v's key when there is none. An existing one stays
// as it is.
func (s *Store) EnsureSource(ctx context.Context, w workspace.Number, v Source, entries ...audit.Entry) (Source, error) {
	made, err := s.CreateSource(ctx, w, v, entries...)
	if errors.Is(err, ErrSourceName) {
		return one(ctx, s.db.Reader(), ErrNoSource, scanSource, sourceColumns+`WHERE workspace = $1 AND name = $2`, w, v.Name)
	}
	return made, err
}

// CreateSource makes a source; one of its name gives ErrSourceName.
func (s *Store) CreateSource(ctx context.Context, w workspace.Number, v Source, entries ...audit.Entry) (Source, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for range 10 { // two who make one at once: the second finds it, or takes the next number
			_, err := one(ctx, tx, ErrNoSource, scanSource, sourceColumns+`WHERE workspace = $1 AND name = $2`, w, v.Name)
			switch {
			case err == nil:
				return ErrSourceName
			case !errors.Is(err, ErrNoSource):
				return fmt.Errorf("find source %s: %w", v.Name, err)
			}
			if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) + 1 FROM source WHERE workspace = $1`, w).Scan(&v.Number); err != nil {
				return fmt.Errorf("number source %s: %w", v.Name, err)
			}
			values, err := sourceValues(&v)
			if err != nil {
				return err
			}
			made, err := exec(ctx, tx, `INSERT INTO source (workspace, `+sourceFields+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
				ON CONFLICT DO NOTHING`, append([]any{w}, values...)...)
			if err != nil {
				return fmt.Errorf("create source %s: %w", v.Name, err)
			}
			if made == 1 {
				return appendAudit(ctx, tx, w, entries)
			}
		}
		return fmt.Errorf("create source %s: its key or its number is taken", v.Name)
	})
	return v, err
}

// ChangeSource rewrites a source as change says, in one transaction.
func (s *Store) ChangeSource(ctx context.Context, w workspace.Number, number int32, change func(*Source) error, entries ...audit.Entry) (Source, error) {
	var v Source
	err := s.write(ctx, func(tx *sql.Tx) error {
		var err error
		if v, err = one(ctx, tx, ErrNoSource, scanSource, sourceColumns+`WHERE workspace = $1 AND number = $2`, w, number); err != nil {
			return err
		}
		if err := change(&v); err != nil {
			return err
		}
		values, err := sourceValues(&v)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `UPDATE source SET name = $3, key_hash = $4, created_at = $5, disabled = $6, kind = $7, rate = $8, burst = $9,
			programme = $10, names = $11, rotated_at = $12, previous_hash = $13, previous_until = $14 WHERE workspace = $1 AND number = $2`,
			append([]any{w}, values...)...); err != nil {
			return fmt.Errorf("change source %d: %w", number, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return v, err
}

// Sources lists the sources of a workspace by number.
func (s *Store) Sources(ctx context.Context, w workspace.Number) ([]Source, error) {
	return all(ctx, s.db.Reader(), scanSource, sourceColumns+`WHERE workspace = $1 ORDER BY number`, w)
}

// SourceByKey finds a source, and its workspace, by the hash of its write key, or of the one before while that is still taken; now is
// the machine's time, microseconds.
func (s *Store) SourceByKey(ctx context.Context, hash []byte, now int64) (workspace.Number, Source, error) {
	var w workspace.Number
	v, err := one(ctx, s.db.Reader(), ErrWriteKey, func(r scanner) (Source, error) { return scanSourceAfter(r, &w) },
		`SELECT workspace, `+sourceFields+` FROM source WHERE disabled = 0 AND (key_hash = $1 OR previous_hash = $1 AND previous_until > $2)`, hash, now)
	return w, v, err
}

// Minute is what came from a source within a minute.
type Minute = intake.Minute

// AddMinutes adds to what came from sources.
func (s *Store) AddMinutes(ctx context.Context, w workspace.Number, ms []Minute) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, m := range ms {
			if _, err := exec(ctx, tx, `INSERT INTO source_minute (workspace, source, minute, requests, bytes, stored, repeated, kept, ignored, refused, put_off)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace, source, minute) DO UPDATE SET
				requests = source_minute.requests + excluded.requests, bytes = source_minute.bytes + excluded.bytes,
				stored = source_minute.stored + excluded.stored, repeated = source_minute.repeated + excluded.repeated,
				kept = source_minute.kept + excluded.kept, ignored = source_minute.ignored + excluded.ignored,
				refused = source_minute.refused + excluded.refused, put_off = source_minute.put_off + excluded.put_off`,
				w, m.Source, m.At, m.Requests, m.Bytes, m.Stored, m.Repeated, m.Kept, m.Ignored, m.Refused, m.PutOff); err != nil {
				return fmt.Errorf("count what came from source %d: %w", m.Source, err)
			}
		}
		return nil
	})
}

// Minutes gives what came from sources in [from, to), summed over steps of step microseconds, by source and time; source 0 is all.
func (s *Store) Minutes(ctx context.Context, w workspace.Number, source int32, from, to, step int64) ([]Minute, error) {
	if step <= 0 {
		step = 60e6
	}
	return all(ctx, s.db.Reader(), func(r scanner) (Minute, error) {
		var m Minute
		return m, r.Scan(&m.Source, &m.At, &m.Requests, &m.Bytes, &m.Stored, &m.Repeated, &m.Kept, &m.Ignored, &m.Refused, &m.PutOff)
	}, `SELECT source, (minute - $4) / $6 * $6 + $4 AS at, CAST(sum(requests) AS bigint), CAST(sum(bytes) AS bigint), CAST(sum(stored) AS bigint),
			CAST(sum(repeated) AS bigint), CAST(sum(kept) AS bigint), CAST(sum(ignored) AS bigint), CAST(sum(refused) AS bigint), CAST(sum(put_off) AS bigint)
		FROM source_minute WHERE workspace = $1 AND (source = $2 OR $3 = 1) AND minute >= $4 AND minute < $5
		GROUP BY source, (minute - $4) / $6 * $6 + $4 ORDER BY 1, 2`, w, source, bit(source == 0), from, to, step)
}
