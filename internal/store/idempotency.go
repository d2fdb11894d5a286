package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// ErrOtherRequest means that an Idempotency-Key was used before with another request.
var ErrOtherRequest = fault.New(fault.Clash, "idempotency_key_used", "这个 Idempotency-Key 已用于另一个请求", "this Idempotency-Key was used for another request")

// Answer is what was answered to a write with an Idempotency-Key. Body is sealed at rest.
type Answer = audit.Answer

// Answered finds what was answered to an actor's key; ok is false when the key is new. A key used with another
// request gives ErrOtherRequest, an answer about somebody who was erased since keys.ErrErased.
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
	if a.Person, a.Body, err = s.openAnswer(ctx, w, a.Body); err != nil {
		return Answer{}, false, fmt.Errorf("open an answer: %w", err)
	}
	return a, true, nil
}

// KeepAnswer remembers what was answered to an actor's key. The first answer stays. One about somebody who is erased
// by now is not kept: a repeat finds nobody anyway.
func (s *Store) KeepAnswer(ctx context.Context, w workspace.Number, actor, key string, a Answer) error {
	body, err := s.sealAnswer(ctx, w, a.Person, a.Body)
	if errors.Is(err, keys.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("seal an answer: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO idempotency (workspace, actor, key, request, status, response, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, w, actor, key, a.Request, a.Status, body, a.At); err != nil {
			return fmt.Errorf("keep an answer: %w", err)
		}
		return nil
	})
}

// answerOf begins the answers sealed by a person's key: this byte, the person's number in four, the biggest first,
// then what is sealed. Those of the workspace's key begin with package keys' own format, which is another byte.
const answerOf = 'p'

func (s *Store) sealAnswer(ctx context.Context, w workspace.Number, p person.Number, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	if p == 0 {
		return ring.Seal("idempotency", body), nil
	}
	sealer, err := s.sealerOf(ctx, w, ring, p)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32([]byte{answerOf}, uint32(p)), sealer.Seal("idempotency", body)...), nil
}

func (s *Store) openAnswer(ctx context.Context, w workspace.Number, sealed []byte) (person.Number, []byte, error) {
	if len(sealed) == 0 {
		return 0, nil, nil
	}
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return 0, nil, err
	}
	if sealed[0] != answerOf || len(sealed) < 5 {
		body, err := ring.Open("idempotency", sealed)
		return 0, body, err
	}
	p := person.Number(binary.BigEndian.Uint32(sealed[1:]))
	sealer, err := s.sealerOf(ctx, w, ring, p)
	if err != nil {
		return 0, nil, err
	}
	body, err := sealer.Open("idempotency", sealed[5:])
	return p, body, err
}

// sealerOf opens the key of p as it lies in the database now; an erased person's gives keys.ErrErased.
func (s *Store) sealerOf(ctx context.Context, w workspace.Number, ring *keys.Ring, p person.Number) (*keys.Sealer, error) {
	who, err := s.PersonByNumber(ctx, w, p)
	if err != nil {
		return nil, err
	}
	return ring.Person(p, who.Key)
}
