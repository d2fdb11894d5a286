package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

var (
	// ErrNoEntrance is what an unknown entry code gives.
	ErrNoEntrance = fault.New(fault.Missing, "entrance_not_found", "没有这个入口码", "there is no such entry code")
	// ErrEntranceChanged means that a code changed since it was read.
	ErrEntranceChanged = fault.New(fault.Stale, "entrance_changed", "入口码刚刚被改过，请刷新", "the entry code changed meanwhile; load it again")
	// ErrNoCost is what an unknown cost gives.
	ErrNoCost = fault.New(fault.Missing, "cost_not_found", "没有这笔费用", "there is no such cost")
	// ErrCostChanged means that a cost changed since it was read.
	ErrCostChanged = fault.New(fault.Stale, "cost_changed", "这笔费用刚刚被改过，请刷新", "the cost changed meanwhile; load it again")
)

// entranceSetting is what the row of entrance without an id holds.
type entranceSetting struct {
	Default string `json:"default,omitempty"`
}

// Entrances reads the entry codes of a workspace.
func (s *Store) Entrances(ctx context.Context, w workspace.Number) (*entrance.Book, error) {
	return entrances(ctx, s.db.Reader(), w)
}

func entrances(ctx context.Context, q querier, w workspace.Number) (*entrance.Book, error) {
	var out []entrance.Entrance
	var set entranceSetting
	newest := int64(0)
	err := each(ctx, q, func(r scanner) error {
		var e entrance.Entrance
		var data, state string
		if err := r.Scan(&e.ID, &state, &e.Revision, &e.Created, &e.At, &e.Actor, &data); err != nil {
			return err
		}
		newest = max(newest, e.Revision)
		if e.ID == "" {
			return json.Unmarshal([]byte(data), &set)
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return err
		}
		e.State = state
		out = append(out, e)
		return nil
	}, `SELECT id, state, revision, created_at, at, actor, data FROM entrance WHERE workspace = $1 ORDER BY id`, w)
	if err != nil {
		return nil, fmt.Errorf("read the entry codes: %w", err)
	}
	return entrance.NewBook(out, set.Default, newest), nil
}

// SaveEntrance writes a code that says which revision it was read at, 0 for a new one. A code that leads back to itself is refused.
func (s *Store) SaveEntrance(ctx context.Context, w workspace.Number, e entrance.Entrance, at int64, actor string, entries ...audit.Entry) (entrance.Entrance, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		b, err := entrances(ctx, tx, w)
		if err != nil {
			return err
		}
		old := b.ByID(e.ID)
		switch {
		case old == nil && e.Revision != 0:
			return ErrNoEntrance
		case old != nil && old.Revision != e.Revision:
			return ErrEntranceChanged
		}
		e.Created = at
		if old != nil { // what is printed is never another's
			e.State, e.Created, e.Contact = old.State, old.Created, old.Contact
		}
		if fl := b.CheckSuccessor(e.ID, e.Successor); fl != nil {
			return fl
		}
		data, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write entry code %s: %w", e.ID, err)
		}
		e.Revision, e.At, e.Actor = b.Version+1, at, actor
		if err := putEntrance(ctx, tx, w, e, data); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return e, err
}

// SetContactWay writes down which contact way carries a code's state, nil: none any more. Its revision stays: nothing said of the code
// changes.
func (s *Store) SetContactWay(ctx context.Context, w workspace.Number, id string, way *entrance.Contact, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		b, err := entrances(ctx, tx, w)
		if err != nil {
			return err
		}
		e := b.ByID(id)
		if e == nil {
			return ErrNoEntrance
		}
		e.Contact = way
		data, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write entry code %s: %w", id, err)
		}
		if err := putEntrance(ctx, tx, w, *e, data); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// SetDefaultEntrance says which code takes who comes by one that ended and has no successor; empty: none.
func (s *Store) SetDefaultEntrance(ctx context.Context, w workspace.Number, id string, at int64, actor string, entries ...audit.Entry) error {
	data, err := json.Marshal(entranceSetting{id})
	if err != nil {
		return fmt.Errorf("write the setting of entry codes: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		b, err := entrances(ctx, tx, w)
		if err != nil {
			return err
		}
		if id != "" && b.ByID(id) == nil {
			return ErrNoEntrance
		}
		if err := putEntrance(ctx, tx, w, entrance.Entrance{Revision: b.Version + 1, Created: at, At: at, Actor: actor}, data); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func putEntrance(ctx context.Context, tx *sql.Tx, w workspace.Number, e entrance.Entrance, data []byte) error {
	if _, err := exec(ctx, tx, `INSERT INTO entrance (workspace, id, state, revision, created_at, at, actor, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (workspace, id) DO UPDATE SET revision = excluded.revision, at = excluded.at, actor = excluded.actor, data = excluded.data`,
		w, e.ID, e.State, e.Revision, e.Created, e.At, e.Actor, string(data)); err != nil {
		return fmt.Errorf("write entry code %s: %w", e.ID, err)
	}
	return nil
}

// FindWay finds what a state leads to, ErrNoEntrance for one that never was.
func (s *Store) FindWay(ctx context.Context, state string) (entrance.Way, error) {
	way, err := one(ctx, s.db.Reader(), ErrNoEntrance, func(r scanner) (entrance.Way, error) {
		var v entrance.Way
		return v, r.Scan(&v.Workspace, &v.Entrance)
	}, `SELECT workspace, id FROM entrance WHERE state = $1 AND id <> ''`, state)
	if err == nil || !errors.Is(err, ErrNoEntrance) {
		return way, err
	}
	return one(ctx, s.db.Reader(), ErrNoEntrance, func(r scanner) (entrance.Way, error) {
		var v entrance.Way
		return v, r.Scan(&v.Workspace, &v.Person)
	}, `SELECT workspace, person FROM invitation WHERE state = $1`, state)
}

// Invite gives the state of a person's invitation: the one they have, else the one offered.
func (s *Store) Invite(ctx context.Context, w workspace.Number, p person.Number, state string, at int64, entries ...audit.Entry) (string, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `INSERT INTO invitation (workspace, state, person, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, w, state, p, at)
		if err != nil {
			return fmt.Errorf("make an invitation: %w", err)
		}
		if err := tx.QueryRowContext(ctx, `SELECT state FROM invitation WHERE workspace = $1 AND person = $2`, w, p).Scan(&state); err != nil {
			return fmt.Errorf("read an invitation: %w", err)
		}
		if n == 0 {
			return nil
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return state, err
}

// InvitationOf is the state of a person's invitation, empty when they have none.
func (s *Store) InvitationOf(ctx context.Context, w workspace.Number, p person.Number) (string, error) {
	states, err := all(ctx, s.db.Reader(), func(r scanner) (string, error) {
		var state string
		return state, r.Scan(&state)
	}, `SELECT state FROM invitation WHERE workspace = $1 AND person = $2`, w, p)
	if err != nil {
		return "", fmt.Errorf("read an invitation: %w", err)
	}
	return strings.Join(states, ""), nil
}

// Invitations are who invites by which state.
func (s *Store) Invitations(ctx context.Context, w workspace.Number) (map[string]person.Number, error) {
	out := map[string]person.Number{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var state string
		var p person.Number
		err := r.Scan(&state, &p)
		out[state] = p
		return err
	}, `SELECT state, person FROM invitation WHERE workspace = $1`, w)
	if err != nil {
		return nil, fmt.Errorf("read the invitations: %w", err)
	}
	return out, nil
}
