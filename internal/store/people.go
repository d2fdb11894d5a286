package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

type keyRow struct {
	bucket int
	person person.Number
	key    []byte
}

const personColumns = `SELECT p.person, p.ulid, p.bucket, p.root, p.holdout, p.zone, p.owner, p.created_at, p.version, p.profile, p.key FROM person p `

func scanPerson(r scanner) (conductor.NewPerson, error) {
	var p conductor.NewPerson
	return p, r.Scan(&p.Number, &p.ID, &p.Bucket, &p.Root, &p.Holdout, &p.Zone, &p.Owner, &p.CreatedAt, &p.Version, &p.Profile, &p.Key)
}

// Person reads one by the outside id. An erased one is there, without key and profile.
func (s *Store) Person(ctx context.Context, w workspace.Number, id person.ID) (conductor.NewPerson, error) {
	return one(ctx, s.db.Reader(), person.ErrMissing, scanPerson,
		personColumns+`WHERE p.workspace = $1 AND p.bucket = $2 AND p.ulid = $3`, w, id.Bucket(), id)
}

// PersonByNumber reads one by the inside number.
func (s *Store) PersonByNumber(ctx context.Context, w workspace.Number, p person.Number) (conductor.NewPerson, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return conductor.NewPerson{}, err
	}
	return one(ctx, s.db.Reader(), person.ErrMissing, scanPerson,
		personColumns+`WHERE p.workspace = $1 AND p.bucket = $2 AND p.person = $3`, w, b, p)
}

// PeopleAfter streams people with a number above after, in order.
func (s *Store) PeopleAfter(ctx context.Context, w workspace.Number, after person.Number, f func(conductor.NewPerson) error) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		p, err := scanPerson(r)
		if err != nil {
			return err
		}
		return f(p)
	}, personColumns+`JOIN person_place l ON l.workspace = p.workspace AND l.person = p.person AND l.bucket = p.bucket
		WHERE l.workspace = $1 AND l.person > $2 ORDER BY l.person`, w, after)
}

// People streams everybody in the order they lie in, which is the quickest.
func (s *Store) People(ctx context.Context, w workspace.Number, f func(conductor.NewPerson) error) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		p, err := scanPerson(r)
		if err != nil {
			return err
		}
		return f(p)
	}, personColumns+`WHERE p.workspace = $1`, w)
}

// Identity finds whom an identifier belongs to. Number 0: nobody.
func (s *Store) Identity(ctx context.Context, w workspace.Number, kind, scope string, hash [16]byte) (person.Number, error) {
	ids := []conductor.Identity{{Type: kind, Scope: scope, Hash: hash}}
	err := find(ctx, s.db.Reader(), w, ids)
	return ids[0].Person, err
}

// Identities streams every identity of a workspace, in no order.
func (s *Store) Identities(ctx context.Context, w workspace.Number, f func(conductor.Identity) error) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		var i conductor.Identity
		var hash []byte
		if err := r.Scan(&i.Type, &i.Scope, &hash, &i.Person, &i.Bucket); err != nil {
			return err
		}
		copy(i.Hash[:], hash)
		return f(i)
	}, `SELECT type, scope, hash, person, bucket FROM identity WHERE workspace = $1`, w)
}

// IdentitiesOf are the identifiers that arrived for one person, not for who was merged into them.
func (s *Store) IdentitiesOf(ctx context.Context, w workspace.Number, n person.Number) ([]conductor.Identity, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.Identity, error) {
		i := conductor.Identity{Person: n}
		var hash []byte
		err := r.Scan(&i.Type, &i.Scope, &hash, &i.Bucket)
		copy(i.Hash[:], hash)
		return i, err
	}, `SELECT type, scope, hash, bucket FROM identity WHERE workspace = $1 AND person = $2 ORDER BY type, scope, hash`, w, n)
}

func find(ctx context.Context, q querier, w workspace.Number, ids []conductor.Identity) error {
	for i := range ids {
		id := &ids[i]
		err := q.QueryRowContext(ctx, `SELECT person, bucket FROM identity WHERE workspace = $1 AND type = $2 AND scope = $3 AND hash = $4`,
			w, id.Type, id.Scope, id.Hash[:]).Scan(&id.Person, &id.Bucket)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("find an identity: %w", err)
		}
	}
	return nil
}

func (t *Tx) writePeople(ctx context.Context, c *conductor.Changes) error {
	if err := writeRows(ctx, t, c.People, `INSERT INTO person_place (workspace, person, bucket) VALUES ($1, $2, $3)`,
		func(p *conductor.NewPerson) ([]any, error) { return []any{t.w, p.Number, p.Bucket}, nil }); err != nil {
		return err
	}
	return writeRows(ctx, t, c.People, `INSERT INTO person (workspace, bucket, person, ulid, root, holdout, zone, owner, created_at, version,
		profile, key, key_version, erased_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)`,
		func(p *conductor.NewPerson) ([]any, error) {
			if p.Number == 0 || p.Bucket != p.ID.Bucket() || len(p.Key) == 0 {
				return nil, fmt.Errorf("person %d (%s) lacks a number, bucket or key", p.Number, p.ID)
			}
			return []any{
				t.w, p.Bucket, p.Number, p.ID, p.Root, p.Holdout, p.Zone, p.Owner, p.CreatedAt, max(p.Version, 1),
				p.Profile, p.Key, int64(t.ring.Version()),
			}, nil
		})
}

// writeIdentities leaves an identity that is taken with whom it first belonged to: it stays there for ever.
func (t *Tx) writeIdentities(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Identities, `INSERT INTO identity (workspace, type, scope, hash, person, bucket)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		func(i *conductor.Identity) ([]any, error) {
			return []any{t.w, i.Type, i.Scope, i.Hash[:], i.Person, i.Bucket}, nil
		})
}

// writeReassigned gives identifiers to another record.
func (t *Tx) writeReassigned(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Reassigned, `UPDATE identity SET person = $1, bucket = $2 WHERE workspace = $3 AND type = $4 AND scope = $5 AND hash = $6`,
		func(i *conductor.Identity) ([]any, error) {
			return []any{i.Person, i.Bucket, t.w, i.Type, i.Scope, i.Hash[:]}, nil
		})
}

func (t *Tx) writeRoots(ctx context.Context, c *conductor.Changes) error {
	if err := writeRows(ctx, t, c.Roots, `UPDATE person SET root = $1, version = version + 1 WHERE workspace = $2 AND bucket = $3 AND person = $4`,
		func(r *conductor.Rooted) ([]any, error) { return []any{r.Root, t.w, r.Bucket, r.Person}, nil }); err != nil {
		return err
	}
	for i := range c.Roots {
		if err := renow(ctx, t.do, t.w, c.Roots[i].Person); err != nil {
			return err
		}
	}
	return nil
}

// record is one row of person, merged or not.
type record struct {
	person person.Number
	bucket int
}

// records are a person and everybody linked to them, directly or through others: of a merged person every row is one of theirs.
func (s *Store) records(ctx context.Context, w workspace.Number, p person.Number) ([]record, error) {
	b, err := s.bucket(ctx, w, p)
	if err != nil {
		return nil, err
	}
	out := []record{{p, b}}
	for i := 0; i < len(out); i++ {
		more, err := all(ctx, s.db.Reader(), func(r scanner) (record, error) {
			var m record
			return m, r.Scan(&m.person, &m.bucket)
		}, `SELECT person, bucket FROM person WHERE workspace = $1 AND root = $2 AND root <> 0 ORDER BY person`, w, out[i].person)
		if err != nil {
			return nil, fmt.Errorf("find who is linked to person %d: %w", p, err)
		}
		out = append(out, more...)
	}
	return out, nil
}

// numbers are those of a person and everybody linked to them.
func (s *Store) numbers(ctx context.Context, w workspace.Number, p person.Number) ([]person.Number, error) {
	of, err := s.records(ctx, w, p)
	out := make([]person.Number, len(of))
	for i := range of {
		out[i] = of[i].person
	}
	return out, err
}

// of asks that a row is one of some records'; prefix is that of the table's columns.
func (q *query) of(w workspace.Number, prefix string, of []record) {
	if len(of) == 1 {
		q.where(prefix+`workspace = $ AND `+prefix+`bucket = $ AND `+prefix+`person = $`, w, of[0].bucket, of[0].person)
		return
	}
	args, each := []any{w}, make([]string, len(of))
	for i, r := range of {
		each[i] = `(` + prefix + `bucket = $ AND ` + prefix + `person = $)`
		args = append(args, r.bucket, r.person)
	}
	q.where(prefix+`workspace = $ AND (`+strings.Join(each, " OR ")+`)`, args...)
}

func (t *Tx) writeOwners(ctx context.Context, c *conductor.Changes) error {
	return writeRows(ctx, t, c.Owners, `UPDATE person SET owner = $1, zone = $2, profile = COALESCE($3, profile),
		version = version + 1 WHERE workspace = $4 AND bucket = $5 AND person = $6`,
		func(o *conductor.Owner) ([]any, error) {
			return []any{o.Owner, o.Zone, o.Profile, t.w, o.Bucket, o.Person}, nil
		})
}
