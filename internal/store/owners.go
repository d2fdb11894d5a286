package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/staff"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

var (
	// ErrRulesMoved means that somebody changed the rules, a member's settings or an absence since they were read.
	ErrRulesMoved = fault.New(fault.Stale, "changed_meanwhile", "刚被别人改过，请刷新再试", "someone changed this meanwhile; reload and try again")
	// ErrUnhanded means that somebody who is to leave still has people.
	ErrUnhanded = fault.New(fault.Clash, "people_unhanded", "名下还有人，账号不能关", "people are still theirs: the account cannot be closed").
			Because("先到“人员负责”把他的人交接给别人，交接完成后再关", "hand their people over under Owners first, then close it")
	// ErrLastAdmin means that nobody would be left to open accounts.
	ErrLastAdmin = fault.New(fault.Clash, "last_admin", "这是最后一个管理员账号，不能关", "this is the last administrator's account: it cannot be closed").
			Because("先添加另一个管理员", "add another administrator first")
)

const ownersAbsence = "absence.note"

// Owners is who can look after people and by which rules.
func (s *Store) Owners(ctx context.Context, w workspace.Number) (*owner.Book, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	return owners(ctx, s.db.Reader(), w, ring)
}

// Owners is Store.Owners as this transaction sees it.
func (t *Tx) Owners(ctx context.Context) (*owner.Book, error) { return owners(ctx, t.do, t.w, t.ring) }

func owners(ctx context.Context, q querier, w workspace.Number, ring *keys.Ring) (*owner.Book, error) {
	b := &owner.Book{}
	version, err := ownerRules.read(ctx, q, w, &b.Rules)
	if err != nil {
		return nil, err
	}
	b.Version = version
	err = each(ctx, q, func(r scanner) error {
		m := owner.Member{}
		var disabled, closed int
		var languages string
		if err := r.Scan(&m.ID, &m.Role, &disabled, &m.Capacity, &languages, &closed, &m.Version); err != nil {
			return err
		}
		m.Disabled, m.Closed = disabled != 0, closed != 0
		if languages != "" {
			if err := json.Unmarshal([]byte(languages), &m.Languages); err != nil {
				return fmt.Errorf("read the languages of %s: %w", m.ID, err)
			}
		}
		b.Staff = append(b.Staff, m)
		return nil
	}, `SELECT s.id, s.role, s.disabled, coalesce(m.capacity, 0), coalesce(m.languages, ''), coalesce(m.closed, 0), coalesce(m.version, 0)
		FROM staff s LEFT JOIN owner_member m ON m.workspace = s.workspace AND m.staff = s.id WHERE s.workspace = $1 ORDER BY s.created_at, s.id`, w)
	if err != nil {
		return nil, fmt.Errorf("read the staff: %w", err)
	}
	if b.Absences, err = absences(ctx, q, w, ring); err != nil {
		return nil, fmt.Errorf("read absences: %w", err)
	}
	if err := learned(ctx, q, w, b); err != nil {
		return nil, fmt.Errorf("read who passed which exam: %w", err)
	}
	return b, nil
}

func absences(ctx context.Context, q querier, w workspace.Number, ring *keys.Ring) ([]owner.Absence, error) {
	return all(ctx, q, func(r scanner) (owner.Absence, error) {
		var a owner.Absence
		var note []byte
		if err := r.Scan(&a.ID, &a.Staff, &a.From, &a.To, &a.Cover, &note, &a.Created, &a.By, &a.Ended, &a.Version); err != nil {
			return a, err
		}
		if len(note) > 0 {
			plain, err := ring.Open(ownersAbsence, note)
			if err != nil {
				return a, fmt.Errorf("open absence %s: %w", a.ID, err)
			}
			a.Note = string(plain)
		}
		return a, nil
	}, `SELECT id, staff, from_at, to_at, cover, note, created_at, actor, ended_at, version FROM absence WHERE workspace = $1 ORDER BY from_at, created_at, id`, w)
}

var ownerRules = settings{"owner_rules", "rules", "owner rules"}

// SaveOwnerRules replaces the rules that were read at a version; 0: there were none.
func (s *Store) SaveOwnerRules(ctx context.Context, w workspace.Number, rules owner.Rules, version, at int64, actor string, entries ...audit.Entry) error {
	return ownerRules.save(ctx, s, w, rules, version, at, actor, entries)
}

// SaveOwnerMember writes what is said of a member of staff as an owner, where nobody changed it since m.Version.
func (s *Store) SaveOwnerMember(ctx context.Context, w workspace.Number, m owner.Member, entries ...audit.Entry) error {
	languages, err := json.Marshal(m.Languages)
	if err != nil {
		return fmt.Errorf("encode languages: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO owner_member (workspace, staff, capacity, languages, closed, version) VALUES ($1, $2, $3, $4, $5, 1)
			ON CONFLICT (workspace, staff) DO UPDATE SET capacity = $3, languages = $4, closed = $5, version = owner_member.version + 1 WHERE owner_member.version = $6`,
			w, m.ID, m.Capacity, string(languages), bit(m.Closed), m.Version)
		if err != nil {
			return fmt.Errorf("save what is said of member %s: %w", m.ID, err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// SaveAbsence adds an absence of version 0, or changes one that nobody changed since.
func (s *Store) SaveAbsence(ctx context.Context, w workspace.Number, a *owner.Absence, entries ...audit.Entry) error {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	var note []byte
	if a.Note != "" {
		note = ring.Seal(ownersAbsence, []byte(a.Note))
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO absence (workspace, id, staff, from_at, to_at, cover, note, created_at, actor, ended_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
			ON CONFLICT (workspace, id) DO UPDATE SET from_at = $4, to_at = $5, cover = $6, note = $7, ended_at = $10, version = absence.version + 1 WHERE absence.version = $11`,
			w, a.ID, a.Staff, a.From, a.To, a.Cover, note, a.Created, a.By, a.Ended, a.Version)
		if err != nil {
			return fmt.Errorf("save absence %s: %w", a.ID, err)
		}
		if n == 0 {
			return ErrRulesMoved
		}
		a.Version++
		return appendAudit(ctx, tx, w, entries)
	})
}

// CloseMember closes an account, unless people are still theirs or nobody else could open one. No commit can give them anybody meanwhile:
// it takes the workspace's lock, as every commit does.
func (s *Store) CloseMember(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var head, next, held int64
		if err := tx.QueryRowContext(ctx, s.db.LockedHead(), w).Scan(&head, &next, &held); err != nil {
			return fmt.Errorf("lock workspace %d: %w", w, err)
		}
		var people, admins int
		if err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM person WHERE workspace = $1 AND owner = $2 AND erased_at = 0 AND root = 0),
			(SELECT count(*) FROM staff WHERE workspace = $1 AND role = $3 AND disabled = 0 AND id <> $2)`, w, id, staff.Admin).Scan(&people, &admins); err != nil {
			return fmt.Errorf("count the people of member %s: %w", id, err)
		}
		switch {
		case people > 0:
			return ErrUnhanded
		case admins == 0:
			return ErrLastAdmin
		}
		n, err := exec(ctx, tx, `UPDATE staff SET disabled = 1 WHERE workspace = $1 AND id = $2`, w, id)
		if err != nil {
			return fmt.Errorf("close member %s: %w", id, err)
		}
		if n == 0 {
			return ErrNoMember
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// OpenMember opens a closed account again.
func (s *Store) OpenMember(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.member(ctx, w, id, entries, `disabled = 0`)
}

// writeRehanded lets open work follow its person, or stay with whom it was. It comes after the work of the same commit was written.
func (t *Tx) writeRehanded(ctx context.Context, c *conductor.Changes) error {
	for i := range c.Rehanded {
		r := &c.Rehanded[i]
		query := `UPDATE task SET owner = $1, claimed = CASE WHEN claimed = $2 THEN '' ELSE claimed END, version = version + 1
			WHERE workspace = $3 AND bucket = $4 AND person = $5 AND state = 'open' AND owner = $2`
		args := []any{r.To, r.From, t.w, r.Bucket, r.Person}
		if r.Stay { // what is the owner's without saying so is said now
			query = `UPDATE task SET owner = $1, version = version + 1
				WHERE workspace = $2 AND bucket = $3 AND person = $4 AND state = 'open' AND owner = '' AND role IN ('', 'owner')`
			args = []any{r.From, t.w, r.Bucket, r.Person}
		}
		n, err := exec(ctx, t.do, query, args...)
		if err != nil {
			return fmt.Errorf("hand the work of person %d over: %w", r.Person, err)
		}
		r.Tasks = int(n)
	}
	return nil
}

func (t *Tx) writeQueued(ctx context.Context, c *conductor.Changes) error {
	for i := range c.Queued {
		q := &c.Queued[i]
		query := `INSERT INTO unassigned (workspace, bucket, person, since, rule, why, ended_at) VALUES ($1, $2, $3, $4, $5, $6, 0)
			ON CONFLICT (workspace, bucket, person) DO UPDATE SET rule = $5, why = $6, ended_at = 0,
				since = CASE WHEN unassigned.ended_at = 0 THEN unassigned.since ELSE $4 END`
		args := []any{t.w, q.Bucket, q.Person, q.At, q.Rule, q.Why}
		if q.Out {
			query = `UPDATE unassigned SET ended_at = $1 WHERE workspace = $2 AND bucket = $3 AND person = $4 AND ended_at = 0`
			args = []any{q.At, t.w, q.Bucket, q.Person}
		}
		if _, err := exec(ctx, t.do, query, args...); err != nil {
			return fmt.Errorf("queue person %d for an owner: %w", q.Person, err)
		}
	}
	return nil
}

// QueuedSince counts who came to wait for an owner from a moment on, also those who have one by now.
func (t *Tx) QueuedSince(ctx context.Context, at int64) (int, error) {
	var n int
	if err := t.do.QueryRowContext(ctx, `SELECT count(*) FROM unassigned WHERE workspace = $1 AND since >= $2`, t.w, at).Scan(&n); err != nil {
		return 0, fmt.Errorf("count who waits for an owner: %w", err)
	}
	return n, nil
}

// Unassigned lists who waits for an owner, the longest first.
func (s *Store) Unassigned(ctx context.Context, w workspace.Number) ([]conductor.Queued, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.Queued, error) {
		var q conductor.Queued
		return q, r.Scan(&q.Person, &q.Bucket, &q.At, &q.Rule, &q.Why)
	}, `SELECT person, bucket, since, rule, why FROM unassigned WHERE workspace = $1 AND ended_at = 0 ORDER BY since, person`, w)
}
