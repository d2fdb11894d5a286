package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// ErrNotBeside means that a workspace is no rehearsal beside a live one, so that it is neither made over nor removed.
var ErrNotBeside = fault.New(fault.Missing, "rehearsal_not_found", "没有找到这个演练空间", "no such rehearsal")

// takenAlong is what a rehearsal begins with of the live workspace beside it: who works there, what programmes there are, and by what
// rules work is given out. Nothing of it is about a patient, is a secret, or says where anything is sent.
//
// A password's place is taken by a mark that no password fits: who works in a rehearsal has signed in to the live workspace.
var takenAlong = []struct{ table, columns, values string }{
	{"staff", "id, login, name, role, hash, language, disabled, failed, locked_until, created_at", "id, login, name, role, '-', language, disabled, 0, 0, created_at"},
	{"programme_draft", "programme, base, revision, at, actor, files", ""},
	{"programme_statement", "programme, item, at, actor, note, hash", ""},
	{"owner_rules", "version, at, actor, rules", ""},
	{"owner_member", "staff, capacity, languages, closed, version", ""},
	{"work_settings", "version, at, actor, body", ""},
	{"stop_words", "version, at, actor, body", ""},
	{"message_caps", "version, at, actor, body", ""},
	{"identity_policy", "revision, at, actor, body", ""},
	{"product", "id, revision, at, actor, data", ""},
	{"knowledge", "id, revision, at, actor, data", ""},
	{"talk_settings", "version, at, actor, body", ""},
	{"course", "key, version, revision, at, actor, draft", ""},
	{"course_version", "key, version, at, actor, doc", ""},
}

// CreateBeside makes a rehearsal beside the live workspace w.Beside, with what is taken along from there. made is the proof in the live
// workspace, entries that of the rehearsal.
func (s *Store) CreateBeside(ctx context.Context, w workspace.Workspace, made audit.Entry, entries ...audit.Entry) (workspace.Workspace, error) {
	live, err := s.Workspace(ctx, w.Beside)
	switch {
	case err != nil:
		return w, err
	case live.Kind != workspace.Live:
		return w, ErrNotBeside
	}
	w.Kind, w.Zone = workspace.Rehearsal, live.Zone
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := s.createWorkspace(ctx, tx, &w); err != nil {
			return err
		}
		for _, t := range takenAlong {
			values := t.values
			if values == "" {
				values = t.columns
			}
			if _, err := exec(ctx, tx, `INSERT INTO `+t.table+` (workspace, `+t.columns+`) SELECT CAST($1 AS BIGINT), `+values+` FROM `+t.table+` WHERE workspace = $2`,
				w.Number, w.Beside); err != nil {
				return fmt.Errorf("take along %s: %w", t.table, err)
			}
		}
		// Of each programme the version in force, as one that ran here from the beginning.
		if _, err := exec(ctx, tx, `INSERT INTO programme_version (workspace, programme, version, seq, at, actor, note, hash, people, changed, carried, files)
			SELECT CAST($1 AS BIGINT), v.programme, v.version, 0, 0, v.actor, v.note, v.hash, 0, 0, 1, v.files FROM programme_version v
			WHERE v.workspace = $2 AND v.seq = (SELECT max(o.seq) FROM programme_version o WHERE o.workspace = $2 AND o.programme = v.programme)`,
			w.Number, w.Beside); err != nil {
			return fmt.Errorf("take along the programmes: %w", err)
		}
		if err := appendAudit(ctx, tx, w.Beside, []audit.Entry{made}); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w.Number, entries)
	})
	return w, err
}

// Told notes how many thousandths of a rehearsal's story are still to be told. One that was removed meanwhile gives ErrNoWorkspace:
// whoever tells it stops.
func (s *Store) Told(ctx context.Context, w workspace.Number, untold int, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE workspace SET untold = $1, told_at = $2 WHERE number = $3 AND gone_at = 0`, untold, at, w)
		if err != nil {
			return fmt.Errorf("note how far workspace %d is told: %w", w, err)
		}
		if n == 0 {
			return ErrNoWorkspace
		}
		return nil
	})
}

// JoinBeside lets a member of the live workspace into a rehearsal beside it, or takes over what is said of them there now.
func (s *Store) JoinBeside(ctx context.Context, live, rehearsal workspace.Number, id string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := one(ctx, tx, ErrNotBeside, scanNumber, `SELECT number FROM workspace WHERE number = $1 AND gone_at = 0 AND beside = $2`, rehearsal, live); err != nil {
			return err
		}
		// A made-up member of a rehearsal may have the login of somebody who came later: theirs is nobody's to sign in with.
		if _, err := exec(ctx, tx, `UPDATE staff SET login = login || '-' || id WHERE workspace = $1 AND id <> $2
			AND login = (SELECT login FROM staff WHERE workspace = $3 AND id = $2)`, rehearsal, id, live); err != nil {
			return fmt.Errorf("make room for member %s: %w", id, err)
		}
		n, err := exec(ctx, tx, `INSERT INTO staff (workspace, id, login, name, role, hash, language, disabled, failed, locked_until, created_at)
			SELECT CAST($1 AS BIGINT), id, login, name, role, '-', language, disabled, 0, 0, created_at FROM staff WHERE workspace = $2 AND id = $3
			ON CONFLICT (workspace, id) DO UPDATE SET login = excluded.login, name = excluded.name, role = excluded.role, language = excluded.language, disabled = excluded.disabled`,
			rehearsal, live, id)
		if err != nil {
			return fmt.Errorf("let member %s into workspace %d: %w", id, rehearsal, err)
		}
		if n == 0 {
			return ErrNoMember
		}
		return nil
	})
}

// MoveSession ends a session in one workspace and begins another elsewhere, or does neither.
func (s *Store) MoveSession(ctx context.Context, from workspace.Number, hash []byte, to workspace.Number, v staff.Session, left, came audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := one(ctx, tx, ErrNotBeside, scanNumber, `SELECT number FROM workspace WHERE number = $1 AND gone_at = 0`, to); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `DELETE FROM session WHERE hash = $1 AND workspace = $2`, hash, from)
		if err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		if n == 0 {
			return ErrNoSession
		}
		if err := createSession(ctx, tx, to, v); err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, from, []audit.Entry{left}); err != nil {
			return err
		}
		return appendAudit(ctx, tx, to, []audit.Entry{came})
	})
}

// RemoveBeside removes a rehearsal that was made beside a live workspace, whether it is ready or not. From then on it is none; its rows
// are deleted next, and by Sweep if this ends before that. Its audit log stays. removed is the proof in the live workspace.
func (s *Store) RemoveBeside(ctx context.Context, w workspace.Number, at int64, removed audit.Entry) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		live, err := one(ctx, tx, ErrNotBeside, scanNumber, `SELECT beside FROM workspace WHERE number = $1 AND gone_at = 0 AND beside <> 0 AND kind = 'rehearsal'`, w)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `UPDATE workspace SET gone_at = $1 WHERE number = $2`, at, w); err != nil {
			return fmt.Errorf("remove workspace %d: %w", w, err)
		}
		return appendAudit(ctx, tx, live, []audit.Entry{removed})
	})
	if err != nil {
		return err
	}
	return s.empty(context.WithoutCancel(ctx), w)
}

// Clear deletes what was written to a workspace while it was being removed; of one that was not nothing.
func (s *Store) Clear(ctx context.Context, w workspace.Number) error {
	if _, err := one(ctx, s.db.Reader(), ErrNotBeside, scanNumber, `SELECT number FROM workspace WHERE number = $1 AND gone_at <> 0`, w); err != nil {
		return err
	}
	return s.empty(ctx, w)
}

func scanNumber(r scanner) (workspace.Number, error) {
	var w workspace.Number
	return w, r.Scan(&w)
}

// Sweep deletes what is left of workspaces that were removed.
func (s *Store) Sweep(ctx context.Context) error {
	gone, err := all(ctx, s.db.Reader(), scanNumber, `SELECT number FROM workspace WHERE gone_at <> 0 AND length(key) > 0 ORDER BY number`)
	if err != nil {
		return err
	}
	for _, w := range gone {
		if err := s.empty(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// empty deletes the rows of a workspace that was removed, table by table, so that nobody else waits long for the turn to write.
func (s *Store) empty(ctx context.Context, w workspace.Number) error {
	var queries []string
	for _, t := range tables {
		if slices.Contains([]string{"workspace", "event", "audit"}, t.name) {
			continue
		}
		queries = append(queries, fmt.Sprintf(`DELETE FROM %s WHERE workspace = %d`, t.name, w))
	}
	for _, t := range []string{"session", "signin_link", "visit_link", "calendar_feed"} {
		queries = append(queries, fmt.Sprintf(`DELETE FROM %s WHERE workspace = %d`, t, w))
	}
	queries = append(queries, s.db.Empty(w)...)
	for _, q := range queries {
		if err := s.write(ctx, func(tx *sql.Tx) error {
			_, err := exec(ctx, tx, q)
			return err
		}); err != nil {
			return fmt.Errorf("empty workspace %d: %s: %w", w, strings.Fields(q)[2], err)
		}
	}
	// That it has no key any more says that nothing is left to delete.
	if err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE workspace SET key = $1, story = '' WHERE number = $2 AND gone_at <> 0`, []byte{}, w)
		return err
	}); err != nil {
		return fmt.Errorf("empty workspace %d: %w", w, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rings, w)
	delete(s.places, w)
	return nil
}

// TakeDraft keeps files from a workspace as the draft of another, in the place of revision based, with a proof in both.
func (s *Store) TakeDraft(ctx context.Context, from, to workspace.Number, d conductor.Draft, based int64, given, taken audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.saveDraft(ctx, tx, to, d, based); err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, from, []audit.Entry{given}); err != nil {
			return err
		}
		return appendAudit(ctx, tx, to, []audit.Entry{taken})
	})
}
