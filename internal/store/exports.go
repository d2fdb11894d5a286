package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/job"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

const sealedExport = "export"

// ErrExportRunning means that a bulk export is under way in the workspace.
var ErrExportRunning = fault.New(fault.TooMany, "export_running", "已有一个导出在进行", "an export is running").Because("等它结束，或先取消它", "wait for it, or cancel it first")

// CreateExport keeps a new bulk export, unless one is under way.
func (s *Store) CreateExport(ctx context.Context, w workspace.Number, j *job.Job, entries ...audit.Entry) error {
	told, report, err := s.sealJob(ctx, w, j)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		// The row of the workspace is held, so that of two who begin at once the second sees the first.
		if _, err := exec(ctx, tx, `UPDATE workspace SET name = name WHERE number = $1`, w); err != nil {
			return fmt.Errorf("begin an export: %w", err)
		}
		var running int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE workspace = $1 AND kind = 'export' AND state IN ('waiting', 'running')`, w).Scan(&running); err != nil {
			return fmt.Errorf("look for an export: %w", err)
		}
		if running > 0 {
			return ErrExportRunning
		}
		if err := s.createJob(ctx, tx, w, j, told, report); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// ExportJobs are the bulk exports of a workspace, newest first.
func (s *Store) ExportJobs(ctx context.Context, w workspace.Number) ([]job.Job, error) {
	scan, err := s.scanJob(ctx, w)
	if err != nil {
		return nil, err
	}
	return all(ctx, s.db.Reader(), scan, jobColumns+`WHERE workspace = $1 AND kind = 'export' AND state <> 'undone' ORDER BY number DESC`, w)
}

// SaveExport is SaveJob with what was written since, each part under the key of its person. A part that is there is written over; of
// somebody erased meanwhile nothing is kept.
func (s *Store) SaveExport(ctx context.Context, w workspace.Number, j *job.Job, parts []job.ExportPart, entries ...audit.Entry) error {
	told, report, err := s.sealJob(ctx, w, j)
	if err != nil {
		return err
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	packed := make([][]byte, len(parts))
	z := gzip.NewWriter(nil)
	for i := range parts {
		var b bytes.Buffer
		z.Reset(&b)
		_, err := z.Write(parts[i].Data)
		if err := errors.Join(err, z.Close()); err != nil {
			return fmt.Errorf("pack an export: %w", err)
		}
		packed[i] = b.Bytes()
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := saveJob(ctx, tx, w, j, told, report); err != nil {
			return err
		}
		for i := range parts {
			p := &parts[i]
			b, err := s.bucket(ctx, w, p.Person)
			if err != nil {
				return err
			}
			sealer, err := sealerOf(ctx, tx, ring, w, b, p.Person)
			if err != nil {
				return err
			}
			if sealer == nil {
				continue
			}
			if _, err := exec(ctx, tx, `INSERT INTO export_part (workspace, bucket, person, job, kind, data) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (workspace, bucket, person, job, kind) DO UPDATE SET data = excluded.data`,
				w, b, p.Person, j.Number, p.Kind, sealer.Seal(sealedExport, packed[i])); err != nil {
				return fmt.Errorf("keep what export %d gives: %w", j.Number, err)
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// ExportPart opens what an export gives of a person and type; nil: nothing, or the person was erased.
func (s *Store) ExportPart(ctx context.Context, w workspace.Number, n job.Number, p person.Number, kind string) (io.Reader, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return nil, err
	}
	var sealed []byte
	err = s.db.Reader().QueryRowContext(ctx, `SELECT data FROM export_part WHERE workspace = $1 AND bucket = $2 AND person = $3 AND job = $4 AND kind = $5`, w, b, p, n, kind).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read export %d: %w", n, err)
	}
	sealer, err := sealerOf(ctx, s.db.Reader(), ring, w, b, p)
	if err != nil || sealer == nil {
		return nil, err
	}
	packed, err := sealer.Open(sealedExport, sealed)
	if err != nil {
		return nil, fmt.Errorf("open export %d: %w", n, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack export %d: %w", n, err)
	}
	return z, nil
}

// DropExport takes an export back with its files, also one under way: whoever works on it finds it changed. Its row stays for a while, so
// that its number is given to no other meanwhile.
func (s *Store) DropExport(ctx context.Context, w workspace.Number, n job.Number, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		gone, err := exec(ctx, tx, `UPDATE job SET state = 'undone', ended_at = $1, version = version + 1 WHERE workspace = $2 AND number = $3 AND kind = 'export' AND state <> 'undone'`, at, w, n)
		if err != nil {
			return fmt.Errorf("drop export %d: %w", n, err)
		}
		if gone == 0 {
			return job.ErrNone
		}
		if _, err := exec(ctx, tx, `DELETE FROM export_part WHERE workspace = $1 AND job = $2`, w, n); err != nil {
			return fmt.Errorf("drop the files of export %d: %w", n, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// OldExports removes the files of exports that ended before a moment, and the rows of those that were taken back before it.
func (s *Store) OldExports(ctx context.Context, w workspace.Number, before int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, q := range [...]string{
			`DELETE FROM job WHERE workspace = $1 AND kind = 'export' AND state = 'undone' AND ended_at < $2 AND number < (SELECT max(number) FROM job WHERE workspace = $1)`,
			`UPDATE job SET state = 'undone', version = version + 1 WHERE workspace = $1 AND kind = 'export' AND state NOT IN ('waiting', 'running', 'undone') AND ended_at < $2`,
			`DELETE FROM export_part WHERE workspace = $1 AND job NOT IN (SELECT number FROM job WHERE workspace = $1 AND kind = 'export' AND state <> 'undone') AND $2 > 0`,
		} {
			if _, err := exec(ctx, tx, q, w, before); err != nil {
				return fmt.Errorf("drop old exports: %w", err)
			}
		}
		return nil
	})
}
