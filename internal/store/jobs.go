package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/job"
	"peiban/internal/workspace"
)

const jobColumns = `SELECT number, kind, state, want, actor, created_at, started_at, ended_at, lease_until, size, after_seq, until_seq, version, told, report FROM job `

// scanJob reads a job; what it was told is opened.
func (s *Store) scanJob(ctx context.Context, w workspace.Number) (func(scanner) (job.Job, error), error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	return func(r scanner) (job.Job, error) {
		var j job.Job
		var told []byte
		var report string
		if err := r.Scan(&j.Number, &j.Kind, &j.State, &j.Want, &j.Actor, &j.Created, &j.Started, &j.Ended, &j.Lease, &j.Size, &j.After, &j.Until, &j.Version, &told, &report); err != nil {
			return j, err
		}
		plain, err := ring.Open("job", told)
		if err != nil {
			return j, fmt.Errorf("open job %d: %w", j.Number, err)
		}
		return j, errors.Join(json.Unmarshal(plain, &j.Told), json.Unmarshal([]byte(report), &j.Report))
	}, nil
}

func (s *Store) sealJob(ctx context.Context, w workspace.Number, j *job.Job) (told []byte, report string, err error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, "", err
	}
	plain, err := json.Marshal(j.Told)
	if err != nil {
		return nil, "", fmt.Errorf("encode job %d: %w", j.Number, err)
	}
	b, err := json.Marshal(j.Report)
	if err != nil {
		return nil, "", fmt.Errorf("encode job %d: %w", j.Number, err)
	}
	return ring.Seal("job", plain), string(b), nil
}

// CreateJob keeps a new job and gives it its number.
func (s *Store) CreateJob(ctx context.Context, w workspace.Number, j *job.Job, entries ...audit.Entry) error {
	told, report, err := s.sealJob(ctx, w, j)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.createJob(ctx, tx, w, j, told, report); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func (s *Store) createJob(ctx context.Context, tx *sql.Tx, w workspace.Number, j *job.Job, told []byte, report string) error {
	var head, next, held int64 // the row is what is wanted: of two who number a job at once the second sees the first
	if err := tx.QueryRowContext(ctx, s.db.LockedHead(), w).Scan(&head, &next, &held); err != nil {
		return fmt.Errorf("lock workspace %d: %w", w, err)
	}
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) + 1 FROM job WHERE workspace = $1`, w).Scan(&j.Number); err != nil {
		return fmt.Errorf("number a job: %w", err)
	}
	j.Version = 1
	if _, err := exec(ctx, tx, `INSERT INTO job (workspace, number, kind, state, want, actor, created_at, started_at, ended_at, lease_until, size, after_seq, until_seq, version, told, report)
		VALUES ($1, $2, $3, $4, '', $5, $6, 0, 0, 0, $7, 0, 0, 1, $8, $9)`,
		w, j.Number, j.Kind, string(j.State), j.Actor, j.Created, j.Size, told, report); err != nil {
		return fmt.Errorf("create a job: %w", err)
	}
	return nil
}

// SaveJob writes a job that nobody changed since it was read, and tells what is wanted of it by now. Want itself is AskJob's, except
// that a job that is not running wants nothing.
func (s *Store) SaveJob(ctx context.Context, w workspace.Number, j *job.Job, entries ...audit.Entry) error {
	told, report, err := s.sealJob(ctx, w, j)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := saveJob(ctx, tx, w, j, told, report); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func saveJob(ctx context.Context, tx *sql.Tx, w workspace.Number, j *job.Job, told []byte, report string) error {
	keep := bit(j.State == job.Running || j.State == job.Undoing)
	n, err := exec(ctx, tx, `UPDATE job SET state = $1, started_at = $2, ended_at = $3, lease_until = $4, size = $5, after_seq = $6, until_seq = $7,
			version = version + 1, told = $8, report = $9, want = CASE WHEN $10 = 1 THEN want ELSE '' END WHERE workspace = $11 AND number = $12 AND version = $13`,
		string(j.State), j.Started, j.Ended, j.Lease, j.Size, int64(j.After), int64(j.Until), told, report, keep, w, j.Number, j.Version)
	if err != nil {
		return fmt.Errorf("save job %d: %w", j.Number, err)
	}
	if n == 0 {
		return job.ErrMoved
	}
	j.Version++
	if err := tx.QueryRowContext(ctx, `SELECT want FROM job WHERE workspace = $1 AND number = $2`, w, j.Number).Scan(&j.Want); err != nil {
		return fmt.Errorf("read what is wanted of job %d: %w", j.Number, err)
	}
	return nil
}

// AskJob asks something of a job that is running; it hears of it after its batch.
func (s *Store) AskJob(ctx context.Context, w workspace.Number, n job.Number, want string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		changed, err := exec(ctx, tx, `UPDATE job SET want = $1 WHERE workspace = $2 AND number = $3 AND state = 'running'`, want, w, n)
		if err != nil {
			return fmt.Errorf("ask job %d: %w", n, err)
		}
		if changed == 0 {
			return job.ErrState
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Job reads a job.
func (s *Store) Job(ctx context.Context, w workspace.Number, n job.Number) (job.Job, error) {
	scan, err := s.scanJob(ctx, w)
	if err != nil {
		return job.Job{}, err
	}
	return one(ctx, s.db.Reader(), job.ErrNone, scan, jobColumns+`WHERE workspace = $1 AND number = $2`, w, n)
}

// Jobs are the jobs of a workspace, newest first. Exports are apart: see ExportJobs.
func (s *Store) Jobs(ctx context.Context, w workspace.Number) ([]job.Job, error) {
	scan, err := s.scanJob(ctx, w)
	if err != nil {
		return nil, err
	}
	return all(ctx, s.db.Reader(), scan, jobColumns+`WHERE workspace = $1 AND kind <> 'export' ORDER BY number DESC LIMIT 1000`, w)
}

// NextJob is the oldest job of a lane that waits, or whose worker fell silent.
func (s *Store) NextJob(ctx context.Context, w workspace.Number, now int64, lane job.Lane) (job.Job, error) {
	scan, err := s.scanJob(ctx, w)
	if err != nil {
		return job.Job{}, err
	}
	return one(ctx, s.db.Reader(), job.ErrNone, scan, jobColumns+`WHERE workspace = $1 AND state IN ('waiting', 'running', 'undoing') AND lease_until < $2
		AND CASE kind WHEN 'handover' THEN 1 WHEN 'start' THEN 1 WHEN 'export' THEN 2 ELSE 0 END = $3 ORDER BY number LIMIT 1`, w, now, int(lane))
}

// AddJobPart keeps a part of a job's file, sealed; one of the same number is written over.
func (s *Store) AddJobPart(ctx context.Context, w workspace.Number, n job.Number, kind string, part int, data []byte) error {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	sealed := ring.Seal("job part", data)
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `INSERT INTO job_part (workspace, job, kind, n, data) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, job, kind, n) DO UPDATE SET data = excluded.data`, w, n, kind, part, sealed)
		if err != nil {
			return fmt.Errorf("keep part %d of job %d: %w", part, n, err)
		}
		return nil
	})
}

// JobPart reads a part.
func (s *Store) JobPart(ctx context.Context, w workspace.Number, n job.Number, kind string, part int) ([]byte, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	sealed, err := one(ctx, s.db.Reader(), job.ErrNone, func(r scanner) ([]byte, error) {
		var b []byte
		return b, r.Scan(&b)
	}, `SELECT data FROM job_part WHERE workspace = $1 AND job = $2 AND kind = $3 AND n = $4`, w, n, kind, part)
	if err != nil {
		return nil, err
	}
	return ring.Open("job part", sealed)
}

// DropJobParts removes the parts of a kind.
func (s *Store) DropJobParts(ctx context.Context, w workspace.Number, n job.Number, kind string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM job_part WHERE workspace = $1 AND job = $2 AND kind = $3`, w, n, kind)
		return err
	})
}

// DropJob removes a draft with its file.
func (s *Store) DropJob(ctx context.Context, w workspace.Number, n job.Number, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		gone, err := exec(ctx, tx, `DELETE FROM job WHERE workspace = $1 AND number = $2 AND state = 'draft'`, w, n)
		if err != nil {
			return fmt.Errorf("drop job %d: %w", n, err)
		}
		if gone == 0 {
			return job.ErrState
		}
		if _, err := exec(ctx, tx, `DELETE FROM job_part WHERE workspace = $1 AND job = $2`, w, n); err != nil {
			return fmt.Errorf("drop the parts of job %d: %w", n, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// OldDrafts removes the files that nobody imported: drafts, and files of jobs that ended, from before a moment.
func (s *Store) OldDrafts(ctx context.Context, w workspace.Number, before int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, q := range [...]string{
			`DELETE FROM job_part WHERE workspace = $1 AND kind IN ('file', 'people') AND job IN (SELECT number FROM job WHERE workspace = $1
				AND (state = 'draft' AND created_at < $2 OR state IN ('stopped', 'failed', 'undone') AND ended_at < $2))`,
			`DELETE FROM job WHERE workspace = $1 AND state = 'draft' AND created_at < $2`,
		} {
			if _, err := exec(ctx, tx, q, w, before); err != nil {
				return fmt.Errorf("drop old drafts: %w", err)
			}
		}
		return nil
	})
}

// Release lets message ids come in once more: their events were taken back.
func (s *Store) Release(ctx context.Context, w workspace.Number, hashes [][16]byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		return batch(ctx, tx, hashes, `INSERT INTO released_id (workspace, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			func(h *[16]byte) ([]any, error) { return []any{w, h[:]}, nil })
	})
}

// reclaim finds, among the hashes that were claimed before, those that were released since; each is fresh once.
func (t *Tx) reclaim(ctx context.Context, ids []conductor.MessageID, claims []conductor.Claim) error {
	var any int
	if err := t.do.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM released_id WHERE workspace = $1 LIMIT 1) AS r`, t.w).Scan(&any); err != nil {
		return fmt.Errorf("look for released ids: %w", err)
	}
	if any == 0 {
		return nil
	}
	for i := range ids {
		if claims[i] == conductor.Fresh {
			continue
		}
		n, err := exec(ctx, t.do, `DELETE FROM released_id WHERE workspace = $1 AND hash = $2`, t.w, ids[i].Hash[:])
		if err != nil {
			return fmt.Errorf("claim a released id: %w", err)
		}
		if n == 1 {
			claims[i] = conductor.Fresh
		}
	}
	return nil
}
