package store

import (
	"context"
	"database/sql"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

var (
	// ErrNoMember is what an unknown member of staff gives.
	ErrNoMember = fault.New(fault.Missing, "staff_not_found", "没有找到这位员工", "no such member of staff")
	// ErrLoginTaken means that the login is another member's.
	ErrLoginTaken = fault.New(fault.Clash, "login_taken", "这个登录名已被使用", "this login is taken")
)

const staffColumns = `SELECT id, login, name, role, hash, language, disabled, failed, locked_until, created_at FROM staff `

func scanMember(r scanner) (staff.Member, error) {
	var m staff.Member
	var disabled int
	err := r.Scan(&m.ID, &m.Login, &m.Name, &m.Role, &m.Hash, &m.Language, &disabled, &m.Failed, &m.LockedUntil, &m.Created)
	m.Disabled = disabled != 0
	return m, err
}

// CreateMember adds a member of staff.
func (s *Store) CreateMember(ctx context.Context, w workspace.Number, m staff.Member, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO staff (workspace, id, login, name, role, hash, language, disabled, failed, locked_until, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9) ON CONFLICT (workspace, login) DO NOTHING`,
			w, m.ID, m.Login, m.Name, m.Role, m.Hash, m.Language, bit(m.Disabled), m.Created)
		if err != nil {
			return fmt.Errorf("create member %s: %w", m.ID, err)
		}
		if n == 0 {
			return ErrLoginTaken
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// UpdateMember changes name, role, password, language and whether the member may sign in.
func (s *Store) UpdateMember(ctx context.Context, w workspace.Number, m staff.Member, entries ...audit.Entry) error {
	return s.member(ctx, w, m.ID, entries, `name = $3, role = $4, hash = $5, language = $6, disabled = $7`,
		m.Name, m.Role, m.Hash, m.Language, bit(m.Disabled))
}

// SignInFailed counts a wrong password; lockedUntil is zero while the member is not locked out.
func (s *Store) SignInFailed(ctx context.Context, w workspace.Number, id string, lockedUntil int64, entries ...audit.Entry) error {
	return s.member(ctx, w, id, entries, `failed = failed + 1, locked_until = $3`, lockedUntil)
}

// SignInSucceeded forgets wrong passwords.
func (s *Store) SignInSucceeded(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.member(ctx, w, id, entries, `failed = 0, locked_until = 0`)
}

func (s *Store) member(ctx context.Context, w workspace.Number, id string, entries []audit.Entry, set string, args ...any) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE staff SET `+set+` WHERE workspace = $1 AND id = $2`, append([]any{w, id}, args...)...)
		if err != nil {
			return fmt.Errorf("change member %s: %w", id, err)
		}
		if n == 0 {
			return ErrNoMember
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Member reads one by id.
func (s *Store) Member(ctx context.Context, w workspace.Number, id string) (staff.Member, error) {
	return one(ctx, s.db.Reader(), ErrNoMember, scanMember, staffColumns+`WHERE workspace = $1 AND id = $2`, w, id)
}

// MemberByLogin reads one by login.
func (s *Store) MemberByLogin(ctx context.Context, w workspace.Number, login string) (staff.Member, error) {
	return one(ctx, s.db.Reader(), ErrNoMember, scanMember, staffColumns+`WHERE workspace = $1 AND login = $2`, w, login)
}

// LoginPlaces lists the workspaces in which a login exists: who signs in names no workspace. A rehearsal beside a live workspace has no
// sign-in of its own: whoever works in it comes from there.
func (s *Store) LoginPlaces(ctx context.Context, login string) ([]workspace.Number, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (workspace.Number, error) {
		var w workspace.Number
		return w, r.Scan(&w)
	}, `SELECT s.workspace FROM staff s JOIN workspace w ON w.number = s.workspace
		WHERE s.login = $1 AND w.beside = 0 AND w.gone_at = 0 ORDER BY s.workspace`, login)
}

// Members lists the staff of a workspace in the order they joined.
func (s *Store) Members(ctx context.Context, w workspace.Number) ([]staff.Member, error) {
	return all(ctx, s.db.Reader(), scanMember, staffColumns+`WHERE workspace = $1 ORDER BY created_at, id`, w)
}
