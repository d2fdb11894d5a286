package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/course"
	"peiban/internal/owner"
	"peiban/internal/workspace"
)

// Courses lists the courses of a workspace by key, drafts too.
func (s *Store) Courses(ctx context.Context, w workspace.Number) ([]course.Course, error) {
	return all(ctx, s.db.Reader(), scanCourse, courseColumns+`WHERE c.workspace = $1 ORDER BY c.key`, w)
}

// Course reads one; an unknown one gives course.ErrNone.
func (s *Store) Course(ctx context.Context, w workspace.Number, key string) (course.Course, error) {
	return one(ctx, s.db.Reader(), course.ErrNone, scanCourse, courseColumns+`WHERE c.workspace = $1 AND c.key = $2`, w, key)
}

const courseColumns = `SELECT c.key, c.version, c.revision, c.at, c.actor, c.draft, coalesce(v.doc, '') FROM course c
	LEFT JOIN course_version v ON v.workspace = c.workspace AND v.key = c.key AND v.version = c.version `

func scanCourse(r scanner) (course.Course, error) {
	var c course.Course
	var draft, doc string
	if err := r.Scan(&c.Key, &c.Version, &c.Revision, &c.At, &c.By, &draft, &doc); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(draft), &c.Draft); err != nil {
		return c, fmt.Errorf("read the draft of course %s: %w", c.Key, err)
	}
	if doc != "" {
		if err := json.Unmarshal([]byte(doc), &c.Doc); err != nil {
			return c, fmt.Errorf("read course %s: %w", c.Key, err)
		}
	}
	return c, nil
}

// CourseVersion reads a course as it was published.
func (s *Store) CourseVersion(ctx context.Context, w workspace.Number, key string, version int) (course.Doc, error) {
	return one(ctx, s.db.Reader(), course.ErrNone, func(r scanner) (course.Doc, error) {
		var d course.Doc
		var doc string
		if err := r.Scan(&doc); err != nil {
			return d, err
		}
		return d, json.Unmarshal([]byte(doc), &d)
	}, `SELECT doc FROM course_version WHERE workspace = $1 AND key = $2 AND version = $3`, w, key, version)
}

// SaveCourse writes a draft that nobody changed since revision; 0: there is none yet.
func (s *Store) SaveCourse(ctx context.Context, w workspace.Number, key string, d course.Doc, revision, at int64, actor string, entries ...audit.Entry) error {
	b, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode course %s: %w", key, err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO course (workspace, key, version, revision, at, actor, draft) VALUES ($1, $2, 0, 1, $3, $4, $5)
			ON CONFLICT (workspace, key) DO UPDATE SET revision = course.revision + 1, at = $3, actor = $4, draft = $5 WHERE course.revision = $6`, w, key, at, actor, string(b), revision)
		if err != nil {
			return fmt.Errorf("save course %s: %w", key, err)
		}
		if n == 0 {
			return course.ErrMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// PublishCourse makes a version of the draft of a revision.
func (s *Store) PublishCourse(ctx context.Context, w workspace.Number, key string, revision, at int64, actor string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE course SET version = version + 1, revision = revision + 1, at = $1, actor = $2 WHERE workspace = $3 AND key = $4 AND revision = $5`, at, actor, w, key, revision)
		if err != nil {
			return fmt.Errorf("publish course %s: %w", key, err)
		}
		if n == 0 {
			return course.ErrMoved
		}
		if _, err := exec(ctx, tx, `INSERT INTO course_version (workspace, key, version, at, actor, doc)
			SELECT workspace, key, version, at, actor, draft FROM course WHERE workspace = $1 AND key = $2`, w, key); err != nil {
			return fmt.Errorf("keep the version of course %s: %w", key, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

const triedColumns = `SELECT id, staff, course, version, seed, started_at, ended_at, score, passed, expires_at, answers FROM course_attempt `

func scanTried(r scanner) (course.Attempt, error) {
	var a course.Attempt
	var passed int
	var answers string
	if err := r.Scan(&a.ID, &a.Staff, &a.Course, &a.Version, &a.Seed, &a.Started, &a.Ended, &a.Score, &passed, &a.Expires, &answers); err != nil {
		return a, err
	}
	a.Passed = passed != 0
	if err := json.Unmarshal([]byte(answers), &a.Answers); err != nil {
		return a, fmt.Errorf("read the answers of attempt %s: %w", a.ID, err)
	}
	return a, nil
}

// CourseAttempts lists tries at exams, the newest first; of one member of staff, or of everybody when staff is empty.
func (s *Store) CourseAttempts(ctx context.Context, w workspace.Number, staff string) ([]course.Attempt, error) {
	if staff != "" {
		return all(ctx, s.db.Reader(), scanTried, triedColumns+`WHERE workspace = $1 AND staff = $2 ORDER BY started_at DESC, id DESC`, w, staff)
	}
	return all(ctx, s.db.Reader(), scanTried, triedColumns+`WHERE workspace = $1 ORDER BY started_at DESC, id DESC`, w)
}

// BeginAttempt keeps a new attempt, unless one of the same version is open or most were made: two requests at once begin one.
func (s *Store) BeginAttempt(ctx context.Context, w workspace.Number, a course.Attempt, most int, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var head, next, held int64 // the lock of the workspace: PostgreSQL would count twice at once
		if err := tx.QueryRowContext(ctx, s.db.LockedHead(), w).Scan(&head, &next, &held); err != nil {
			return fmt.Errorf("lock workspace %d: %w", w, err)
		}
		var open, made int
		if err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN ended_at = 0 THEN 1 ELSE 0 END), 0) FROM course_attempt
			WHERE workspace = $1 AND staff = $2 AND course = $3 AND version = $4`, w, a.Staff, a.Course, a.Version).Scan(&made, &open); err != nil {
			return fmt.Errorf("count the attempts at %s: %w", a.Course, err)
		}
		switch {
		case open > 0:
			return course.ErrMoved
		case most > 0 && made >= most:
			return course.ErrNoMore
		}
		if _, err := exec(ctx, tx, `INSERT INTO course_attempt (workspace, staff, course, id, version, seed, started_at, ended_at, score, passed, expires_at, answers)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, '[]')`, w, a.Staff, a.Course, a.ID, a.Version, a.Seed, a.Started); err != nil {
			return fmt.Errorf("begin an attempt at %s: %w", a.Course, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// EndAttempt writes the result of an attempt that is open still.
func (s *Store) EndAttempt(ctx context.Context, w workspace.Number, a course.Attempt, entries ...audit.Entry) error {
	answers, err := json.Marshal(a.Answers)
	if err != nil {
		return fmt.Errorf("encode the answers of attempt %s: %w", a.ID, err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE course_attempt SET ended_at = $1, score = $2, passed = $3, expires_at = $4, answers = $5
			WHERE workspace = $6 AND staff = $7 AND course = $8 AND id = $9 AND ended_at = 0`, a.Ended, a.Score, bit(a.Passed), a.Expires, string(answers), w, a.Staff, a.Course, a.ID)
		if err != nil {
			return fmt.Errorf("end attempt %s: %w", a.ID, err)
		}
		if n == 0 {
			return course.ErrOver
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// learned puts into a book which courses there are and who has passed which until when.
func learned(ctx context.Context, q querier, w workspace.Number, b *owner.Book) error {
	var err error
	b.Courses, err = all(ctx, q, func(r scanner) (string, error) {
		var key string
		return key, r.Scan(&key)
	}, `SELECT key FROM course WHERE workspace = $1 AND version > 0 ORDER BY key`, w)
	if err != nil || len(b.Courses) == 0 {
		return err
	}
	return each(ctx, q, func(r scanner) error {
		var who, key string
		var until int64
		if err := r.Scan(&who, &key, &until); err != nil {
			return err
		}
		if m := b.Member(who); m != nil {
			if m.Passed == nil {
				m.Passed = map[string]int64{}
			}
			m.Passed[key] = until
		}
		return nil
	}, `SELECT staff, course, max(expires_at) FROM course_attempt WHERE workspace = $1 AND passed = 1 GROUP BY staff, course`, w)
}
