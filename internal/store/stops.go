package store

import (
	"context"

	"peiban/internal/audit"
	"peiban/internal/wording"
	"peiban/internal/workspace"
)

var stopWords = settings{"stop_words", "body", "words of opting out"}

// StopWords are a workspace's own words of opting out; version 0: it has none.
func (s *Store) StopWords(ctx context.Context, w workspace.Number) (own wording.OwnStops, version int64, err error) {
	version, err = stopWords.read(ctx, s.db.Reader(), w, &own)
	return own, version, err
}

// SaveStopWords replaces what was read at a version; 0: there was nothing.
func (s *Store) SaveStopWords(ctx context.Context, w workspace.Number, own wording.OwnStops, version, at int64, actor string, entries ...audit.Entry) error {
	return stopWords.save(ctx, s, w, own, version, at, actor, entries)
}
