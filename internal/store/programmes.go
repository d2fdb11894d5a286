package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

// Versions lists the versions published by commits after a sequence, in the order they came into force, without their
// files; after -1 the ones that ran before any was published are among them.
func (s *Store) Versions(ctx context.Context, w workspace.Number, after int64) ([]conductor.Version, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.Version, error) {
		var v conductor.Version
		var carried int
		err := r.Scan(&v.Programme, &v.Number, &v.Seq, &v.At, &v.By, &v.Note, &v.Hash, &v.People, &v.Changed, &carried)
		v.Carried = carried != 0
		return v, err
	}, `SELECT programme, version, seq, at, actor, note, hash, people, changed, carried FROM programme_version
		WHERE workspace = $1 AND seq > $2 ORDER BY seq, programme`, w, after)
}

// VersionFiles are the files of one version.
func (s *Store) VersionFiles(ctx context.Context, w workspace.Number, key string, number int) (programme.Files, error) {
	return one(ctx, s.db.Reader(), conductor.ErrNoVersion, scanFiles,
		`SELECT files FROM programme_version WHERE workspace = $1 AND programme = $2 AND version = $3`, w, key, number)
}

func scanFiles(r scanner) (programme.Files, error) {
	var text string
	if err := r.Scan(&text); err != nil {
		return nil, err
	}
	f := programme.Files{}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("read the files of a programme: %w", err)
	}
	return f, nil
}

// Carried records that everybody's wake is written as a version has it.
func (s *Store) Carried(ctx context.Context, w workspace.Number, key string, number int) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `UPDATE programme_version SET carried = 1 WHERE workspace = $1 AND programme = $2 AND version = $3`, w, key, number)
		return err
	})
}

func (t *Tx) writeVersions(ctx context.Context, c *conductor.Changes) error {
	for i := range c.Versions {
		v := &c.Versions[i]
		files, err := json.Marshal(v.Files)
		if err != nil {
			return fmt.Errorf("encode the files of a programme: %w", err)
		}
		if _, err := exec(ctx, t.do, `INSERT INTO programme_version (workspace, programme, version, seq, at, actor, note, hash, people, changed, carried, files)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			t.w, v.Programme, v.Number, int64(v.Seq), v.At, v.By, v.Note, v.Hash, v.People, v.Changed, bit(v.Carried), string(files)); err != nil {
			return fmt.Errorf("version %d of %s: %w", v.Number, v.Programme, err)
		}
		if _, err := exec(ctx, t.do, `DELETE FROM programme_draft WHERE workspace = $1 AND programme = $2 AND revision = $3`, t.w, v.Programme, v.Draft); err != nil {
			return fmt.Errorf("end the draft of %s: %w", v.Programme, err)
		}
	}
	return nil
}

// Draft reads what is being edited of a programme; none gives ErrNoDraft.
func (s *Store) Draft(ctx context.Context, w workspace.Number, key string) (conductor.Draft, error) {
	return one(ctx, s.db.Reader(), conductor.ErrNoDraft, func(r scanner) (conductor.Draft, error) {
		var d conductor.Draft
		var text string
		if err := r.Scan(&d.Programme, &d.Base, &d.Revision, &d.At, &d.By, &text); err != nil {
			return d, err
		}
		d.Files = programme.Files{}
		return d, json.Unmarshal([]byte(text), &d.Files)
	}, `SELECT programme, base, revision, at, actor, files FROM programme_draft WHERE workspace = $1 AND programme = $2`, w, key)
}

// SaveDraft keeps a draft that was made from revision based, 0 being none. One changed meanwhile gives ErrDraftStale.
func (s *Store) SaveDraft(ctx context.Context, w workspace.Number, d conductor.Draft, based int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.saveDraft(ctx, tx, w, d, based); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func (s *Store) saveDraft(ctx context.Context, tx *sql.Tx, w workspace.Number, d conductor.Draft, based int64) error {
	files, err := json.Marshal(d.Files)
	if err != nil {
		return fmt.Errorf("encode a draft: %w", err)
	}
	n, err := s.draftRevision(ctx, tx, w, d.Programme)
	if err != nil {
		return err
	}
	if n != based {
		return conductor.ErrDraftStale
	}
	if _, err := exec(ctx, tx, `INSERT INTO programme_draft (workspace, programme, base, revision, at, actor, files) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (workspace, programme) DO UPDATE SET base = excluded.base, revision = excluded.revision, at = excluded.at, actor = excluded.actor, files = excluded.files`,
		w, d.Programme, d.Base, d.Revision, d.At, d.By, string(files)); err != nil {
		return fmt.Errorf("save the draft of %s: %w", d.Programme, err)
	}
	return nil
}

// Drafts lists what is being edited in a workspace, without files.
func (s *Store) Drafts(ctx context.Context, w workspace.Number) ([]conductor.Draft, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.Draft, error) {
		var d conductor.Draft
		err := r.Scan(&d.Programme, &d.Base, &d.Revision, &d.At, &d.By)
		return d, err
	}, `SELECT programme, base, revision, at, actor FROM programme_draft WHERE workspace = $1 ORDER BY programme`, w)
}

// Statements lists what was stated about a programme.
func (s *Store) Statements(ctx context.Context, w workspace.Number, key string) ([]conductor.Statement, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.Statement, error) {
		var x conductor.Statement
		err := r.Scan(&x.Programme, &x.Item, &x.At, &x.By, &x.Note, &x.Hash)
		return x, err
	}, `SELECT programme, item, at, actor, note, hash FROM programme_statement WHERE workspace = $1 AND programme = $2 ORDER BY item`, w, key)
}

// State keeps a statement in the place of an earlier one about the same item.
func (s *Store) State(ctx context.Context, w workspace.Number, x conductor.Statement, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO programme_statement (workspace, programme, item, at, actor, note, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (workspace, programme, item) DO UPDATE SET at = excluded.at, actor = excluded.actor, note = excluded.note, hash = excluded.hash`,
			w, x.Programme, x.Item, x.At, x.By, x.Note, x.Hash); err != nil {
			return fmt.Errorf("keep a statement about %s: %w", x.Programme, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Unstate takes a statement back; one that was never made is none.
func (s *Store) Unstate(ctx context.Context, w workspace.Number, key, item string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM programme_statement WHERE workspace = $1 AND programme = $2 AND item = $3`, w, key, item); err != nil {
			return fmt.Errorf("take a statement about %s back: %w", key, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func (s *Store) draftRevision(ctx context.Context, tx *sql.Tx, w workspace.Number, key string) (int64, error) {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT revision FROM programme_draft WHERE workspace = $1 AND programme = $2`, w, key).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// DropDraft gives a draft up, if it is still the one of that revision.
func (s *Store) DropDraft(ctx context.Context, w workspace.Number, key string, revision int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := s.draftRevision(ctx, tx, w, key)
		if err != nil {
			return err
		}
		if n != revision {
			return conductor.ErrDraftStale
		}
		if _, err := exec(ctx, tx, `DELETE FROM programme_draft WHERE workspace = $1 AND programme = $2`, w, key); err != nil {
			return fmt.Errorf("drop the draft of %s: %w", key, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// TagChanges tells every tag gained or lost since a moment, by the commits after one and up to another, in no order: adding
// up here is several times as fast as sorting in the database.
func (s *Store) TagChanges(ctx context.Context, w workspace.Number, after, to event.Seq, from int64, f func(key string, at int64, gained bool)) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		var key string
		var at int64
		var gained int
		if err := r.Scan(&key, &at, &gained); err != nil {
			return err
		}
		f(key, at, gained != 0)
		return nil
	}, `SELECT key, at, gained FROM transition WHERE workspace = $1 AND seq > $2 AND seq <= $3 AND kind = 'tag' AND at >= $4`,
		w, int64(after), int64(to), from)
}

// TagMovers tells everyone who gained or lost a tag of a programme in a span, once for each time.
func (s *Store) TagMovers(ctx context.Context, w workspace.Number, key string, from, to int64, f func(n uint32, gained bool)) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		var n uint32
		var gained int
		if err := r.Scan(&n, &gained); err != nil {
			return err
		}
		f(n, gained != 0)
		return nil
	}, `SELECT person, gained FROM transition WHERE workspace = $1 AND kind = 'tag' AND key = $2 AND at >= $3 AND at <= $4`, w, key, from, to)
}

// VersionMovers tells everyone whose tags or stage the publication of a version changed; seq is its place. All of them are in the
// commit that holds the version, which is the first with transitions from there on, unless it changed nobody.
func (s *Store) VersionMovers(ctx context.Context, w workspace.Number, seq event.Seq, f func(n uint32, kind, key string, gained bool)) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		var n uint32
		var kind, key string
		var gained int
		if err := r.Scan(&n, &kind, &key, &gained); err != nil {
			return err
		}
		f(n, kind, key, gained != 0)
		return nil
	}, `SELECT person, kind, key, gained FROM transition WHERE workspace = $1
		AND seq = (SELECT min(seq) FROM transition WHERE workspace = $1 AND seq >= $2) AND cause = 'definition' AND cause_at = $2`, w, int64(seq))
}

// TagMoves tells every gain and loss of some tags since a moment, with whom and in which order, by the commits after one and up to
// another.
func (s *Store) TagMoves(ctx context.Context, w workspace.Number, keys []string, after, to event.Seq, from int64, f func(*conductor.Transition)) error {
	q := query{}
	q.where(`workspace = $ AND seq > $ AND seq <= $ AND kind = 'tag' AND at >= $`, w, int64(after), int64(to), from)
	in(&q, `key`, keys)
	return each(ctx, s.db.Reader(), func(r scanner) error {
		t := conductor.Transition{Kind: "tag"}
		var gained int
		if err := r.Scan(&t.Person, &t.Seq, &t.N, &t.Key, &gained, &t.At); err != nil {
			return err
		}
		t.Gained = gained != 0
		f(&t)
		return nil
	}, `SELECT person, seq, n, key, gained, at FROM transition `+q.clause(), q.args...)
}
