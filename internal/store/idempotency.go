package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// ErrOtherRequest means that an Idempotency-Key was used before with another request.
var ErrOtherRequest = fault.New(fault.Clash, "idempotency_key_used", "这个 Idempotency-Key 已用于另一个请求", "this Idempotency-Key was used for another request")

// Answer is what was answered to a write with an Idempotency-Key. Body is sealed at rest.
type Answer = audit.Answer

// Answered finds what was answered to an actor's key; ok is false when the key is new. A key used with another
// request gives ErrOtherRequest.
func (s *Store) Answered(ctx context.Context, w workspace.Number, actor, key string, request []byte) (a Answer, ok bool, err error) {
	err = s.db.Reader().QueryRowContext(ctx, `SELECT request, status, response, at FROM idempotency WHERE workspace = $1 AND actor = $2 AND key = $3`,
		w, actor, key).Scan(&a.Request, &a.Status, &a.Body, &a.At)
	if errors.Is(err, sql.ErrNoRows) {
		return Answer{}, false, nil
	}
	if err != nil {
		return Answer{}, false, fmt.Errorf("find an answer: %w", err)
	}
	if !bytes.Equal(a.Request, request) {
		return Answer{}, false, ErrOtherRequest
	}
	if len(a.Body) > 0 {
		ring, err := s.Ring(ctx, w)
		if err != nil {
			return Answer{}, false, err
		}
		if a.Body, err = ring.Open("idempotency", a.Body); err != nil {
			return Answer{}, false, fmt.Errorf("open an answer: %w", err)
		}
	}
	return a, true, nil
}

// KeepAnswer remembers what was answered to an actor's key. The first answer stays.
func (s *Store) KeepAnswer(ctx context.Context, w workspace.Number, actor, key string, a Answer) error {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	var body []byte
	if len(a.Body) > 0 {
		body = ring.Seal("idempotency", a.Body)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO idempotency (workspace, actor, key, request, status, response, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, w, actor, key, a.Request, a.Status, body, a.At); err != nil {
			return fmt.Errorf("keep an answer: %w", err)
		}
		return nil
	})
}
