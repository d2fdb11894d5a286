package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conversation"
	"peiban/internal/knowledge"
	"peiban/internal/workspace"
)

var talkSettings = settings{"talk_settings", "body", "settings of conversations"}

// TalkSettings is what the workspace says about its conversations; version 0: nothing, and set is what is usual.
func (s *Store) TalkSettings(ctx context.Context, w workspace.Number) (set conversation.TalkSettings, version int64, err error) {
	set = conversation.DefaultSettings()
	version, err = talkSettings.read(ctx, s.db.Reader(), w, &set)
	return set, version, err
}

// SaveTalkSettings replaces what was read at a version; 0: there was nothing.
func (s *Store) SaveTalkSettings(ctx context.Context, w workspace.Number, set conversation.TalkSettings, version, at int64, actor string, entries ...audit.Entry) error {
	return talkSettings.save(ctx, s, w, set, version, at, actor, entries)
}

const newestKnowledge = `SELECT coalesce(max(revision), 0) FROM knowledge WHERE workspace = $1`

// KnowledgeRevision is that of the newest change of the base; 0: it is empty.
func (s *Store) KnowledgeRevision(ctx context.Context, w workspace.Number) (revision int64, err error) {
	if err := s.db.Reader().QueryRowContext(ctx, newestKnowledge, w).Scan(&revision); err != nil {
		return 0, fmt.Errorf("find the newest revision of the knowledge: %w", err)
	}
	return revision, nil
}

// Knowledge reads the whole base, by id, with the revision of its newest change.
func (s *Store) Knowledge(ctx context.Context, w workspace.Number) (es []knowledge.Entry, revision int64, err error) {
	es, err = all(ctx, s.db.Reader(), scanEntry, entryColumns+`WHERE workspace = $1 ORDER BY id`, w)
	for i := range es {
		revision = max(revision, es[i].Revision)
	}
	return es, revision, err
}

const entryColumns = `SELECT id, revision, at, actor, data FROM knowledge `

func scanEntry(r scanner) (knowledge.Entry, error) {
	var id, actor, data string
	var revision, at int64
	var e knowledge.Entry
	if err := r.Scan(&id, &revision, &at, &actor, &data); err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return e, fmt.Errorf("read entry %s: %w", id, err)
	}
	e.ID, e.Revision, e.At, e.Actor = id, revision, at, actor
	return e, nil
}

// KnowledgeEntry reads one entry.
func (s *Store) KnowledgeEntry(ctx context.Context, w workspace.Number, id string) (knowledge.Entry, error) {
	return one(ctx, s.db.Reader(), knowledge.ErrMissing, scanEntry, entryColumns+`WHERE workspace = $1 AND id = $2`, w, id)
}

// SaveKnowledge writes entries that say which revision each was read at, 0 for new ones, all of them or none. It answers the revision they
// have now.
func (s *Store) SaveKnowledge(ctx context.Context, w workspace.Number, es []knowledge.Entry, at int64, actor string, entries ...audit.Entry) (revision int64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, newestKnowledge, w).Scan(&revision); err != nil {
			return fmt.Errorf("find the newest revision of the knowledge: %w", err)
		}
		revision++
		for i := range es {
			e := &es[i]
			data, err := json.Marshal(e)
			if err != nil {
				return fmt.Errorf("write entry %s: %w", e.ID, err)
			}
			n, err := exec(ctx, tx, `INSERT INTO knowledge (workspace, id, revision, at, actor, data) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (workspace, id) DO UPDATE SET revision = excluded.revision, at = excluded.at, actor = excluded.actor, data = excluded.data
				WHERE knowledge.revision = $7`, w, e.ID, revision, at, actor, string(data), e.Revision)
			if err != nil {
				return fmt.Errorf("write entry %s: %w", e.ID, err)
			}
			if n == 0 {
				return knowledge.ErrChanged
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return revision, err
}
