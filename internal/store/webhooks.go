package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/workspace"
)

// TransitionsAfter streams what was gained and lost by commits in (after, upTo], in commit order.
func (s *Store) TransitionsAfter(ctx context.Context, w workspace.Number, after, upTo event.Seq, f func(*conductor.Transition) error) error {
	return each(ctx, s.db.Reader(), func(r scanner) error {
		t, err := scanTransition(r)
		if err != nil {
			return err
		}
		return f(&t)
	}, transitionColumns+`WHERE workspace = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`, w, int64(after), int64(upTo))
}

const webhookPurpose = "webhook"

const webhookFields = `id, state, version, told, created_at, at_seq, at_k, tries, next_at, failing_at, done_at, ended_at, why,
	replay, replay_seq, replay_k, replay_to, replay_to_k, replay_tries, lease_by, lease_until`

func (s *Store) scanHook(ctx context.Context, w workspace.Number) (func(scanner) (out.Hook, error), error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	return func(r scanner) (out.Hook, error) {
		var h out.Hook
		var told []byte
		p := &h.Replay
		if err := r.Scan(&h.ID, &h.State, &h.Version, &told, &h.Created, &h.At.Seq, &h.At.K, &h.Tries, &h.Next, &h.Failing, &h.Done, &h.Ended, &h.Why,
			&p.Number, &p.At.Seq, &p.At.K, &p.To.Seq, &p.To.K, &p.Tries, &h.LeaseBy, &h.Lease); err != nil {
			return h, err
		}
		plain, err := ring.Open(webhookPurpose, told)
		if err != nil {
			return h, fmt.Errorf("open webhook %s: %w", h.ID, err)
		}
		return h, json.Unmarshal(plain, &h.Told)
	}, nil
}

func (s *Store) sealHook(ctx context.Context, w workspace.Number, t *out.Told) ([]byte, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode a webhook: %w", err)
	}
	return ring.Seal(webhookPurpose, plain), nil
}

// CreateHook keeps a new webhook.
func (s *Store) CreateHook(ctx context.Context, w workspace.Number, h *out.Hook, entries ...audit.Entry) error {
	told, err := s.sealHook(ctx, w, &h.Told)
	if err != nil {
		return err
	}
	h.Version = 1
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `INSERT INTO webhook (workspace, `+webhookFields+`)
			VALUES ($1, $2, $3, 1, $4, $5, $6, $7, 0, 0, 0, 0, 0, '', 0, 0, 0, 0, 0, 0, '', 0)`,
			w, h.ID, string(h.State), told, h.Created, int64(h.At.Seq), h.At.K); err != nil {
			return fmt.Errorf("create webhook %s: %w", h.ID, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// Hooks lists the webhooks of a workspace, the oldest first.
func (s *Store) Hooks(ctx context.Context, w workspace.Number) ([]out.Hook, error) {
	scan, err := s.scanHook(ctx, w)
	if err != nil {
		return nil, err
	}
	return all(ctx, s.db.Reader(), scan, `SELECT `+webhookFields+` FROM webhook WHERE workspace = $1 ORDER BY created_at, id`, w)
}

// Hook reads a webhook.
func (s *Store) Hook(ctx context.Context, w workspace.Number, id string) (out.Hook, error) {
	scan, err := s.scanHook(ctx, w)
	if err != nil {
		return out.Hook{}, err
	}
	return one(ctx, s.db.Reader(), out.ErrNoHook, scan, `SELECT `+webhookFields+` FROM webhook WHERE workspace = $1 AND id = $2`, w, id)
}

// ChangeHook rewrites what staff say of a webhook: what it is told, whether it is on, and what is replayed. Its place and its lease are the
// sender's and stay.
func (s *Store) ChangeHook(ctx context.Context, w workspace.Number, id string, change func(*out.Hook) error, entries ...audit.Entry) (out.Hook, error) {
	scan, err := s.scanHook(ctx, w)
	if err != nil {
		return out.Hook{}, err
	}
	var h out.Hook
	err = s.write(ctx, func(tx *sql.Tx) error {
		var err error
		if h, err = one(ctx, tx, out.ErrNoHook, scan, `SELECT `+webhookFields+` FROM webhook WHERE workspace = $1 AND id = $2`, w, id); err != nil {
			return err
		}
		if err := change(&h); err != nil {
			return err
		}
		told, err := s.sealHook(ctx, w, &h.Told)
		if err != nil {
			return err
		}
		h.Version++
		p := &h.Replay
		if _, err := exec(ctx, tx, `UPDATE webhook SET state = $3, version = $4, told = $5, next_at = $6, failing_at = $7, ended_at = $8, why = $9,
			replay = $10, replay_seq = $11, replay_k = $12, replay_to = $13, replay_to_k = $14, replay_tries = $15 WHERE workspace = $1 AND id = $2`,
			w, id, string(h.State), h.Version, told, h.Next, h.Failing, h.Ended, h.Why, p.Number, int64(p.At.Seq), p.At.K, int64(p.To.Seq), p.To.K, p.Tries); err != nil {
			return fmt.Errorf("change webhook %s: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
	return h, err
}

// DropHook removes a webhook with its attempts.
func (s *Store) DropHook(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM webhook WHERE workspace = $1 AND id = $2`, w, id)
		if err != nil {
			return fmt.Errorf("drop webhook %s: %w", id, err)
		}
		if n == 0 {
			return out.ErrNoHook
		}
		if _, err := exec(ctx, tx, `DELETE FROM webhook_attempt WHERE workspace = $1 AND webhook = $2`, w, id); err != nil {
			return fmt.Errorf("drop the attempts of webhook %s: %w", id, err)
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// LeaseHook takes a webhook that nobody sends to, until a moment. One that is sent to by another gives out.ErrHookMoved.
func (s *Store) LeaseHook(ctx context.Context, w workspace.Number, id, by string, now, until int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE webhook SET lease_by = $3, lease_until = $4 WHERE workspace = $1 AND id = $2 AND (lease_until <= $5 OR lease_by = $3)`,
			w, id, by, until, now)
		if err != nil {
			return fmt.Errorf("lease webhook %s: %w", id, err)
		}
		if n == 0 {
			return out.ErrHookMoved
		}
		return nil
	})
}

// attemptsKept is how many attempts of a webhook are kept.
const attemptsKept = 2000

// SaveHook writes how far a webhook is, what became of its requests and until when it is leased, all together. It is refused with
// out.ErrHookMoved when another sends to it by now, or staff changed it: what was sent is then sent again, under the same id.
func (s *Store) SaveHook(ctx context.Context, w workspace.Number, h *out.Hook, attempts []out.Attempt, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		p := &h.Replay
		n, err := exec(ctx, tx, `UPDATE webhook SET state = $3, at_seq = $4, at_k = $5, tries = $6, next_at = $7, failing_at = $8, done_at = $9, ended_at = $10,
			why = $11, replay_seq = $12, replay_k = $13, replay_tries = $14, lease_until = $15 WHERE workspace = $1 AND id = $2 AND lease_by = $16 AND version = $17`,
			w, h.ID, string(h.State), int64(h.At.Seq), h.At.K, h.Tries, h.Next, h.Failing, h.Done, h.Ended, h.Why,
			int64(p.At.Seq), p.At.K, p.Tries, h.Lease, h.LeaseBy, h.Version)
		if err != nil {
			return fmt.Errorf("save webhook %s: %w", h.ID, err)
		}
		if n == 0 {
			return out.ErrHookMoved
		}
		if err := addAttempts(ctx, tx, w, h.ID, attempts); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// AddAttempts keeps what became of requests that move no place: tests.
func (s *Store) AddAttempts(ctx context.Context, w workspace.Number, id string, attempts []out.Attempt, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := addAttempts(ctx, tx, w, id, attempts); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func addAttempts(ctx context.Context, tx *sql.Tx, w workspace.Number, id string, attempts []out.Attempt) error {
	if len(attempts) == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM webhook_attempt WHERE workspace = $1 AND webhook = $2`, w, id).Scan(&last); err != nil {
		return fmt.Errorf("number the attempts of webhook %s: %w", id, err)
	}
	err := batch(ctx, tx, attempts, `INSERT INTO webhook_attempt (workspace, webhook, n, at, item, message, seq, k, type, try, status, took, outcome, answer, replay)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, func(a *out.Attempt) ([]any, error) {
		last++
		a.N = last
		return []any{w, id, a.N, a.At, a.Item, a.Message, int64(a.Place.Seq), a.Place.K, a.Type, a.Try, a.Status, a.Took.Microseconds(), a.Outcome, a.Answer, bit(a.Replay)}, nil
	})
	if err != nil {
		return fmt.Errorf("keep the attempts of webhook %s: %w", id, err)
	}
	if _, err := exec(ctx, tx, `DELETE FROM webhook_attempt WHERE workspace = $1 AND webhook = $2 AND n <= $3`, w, id, last-attemptsKept); err != nil {
		return fmt.Errorf("drop old attempts of webhook %s: %w", id, err)
	}
	return nil
}

const attemptColumns = `SELECT n, at, item, message, seq, k, type, try, status, took, outcome, answer, replay FROM webhook_attempt `

func scanAttempt(r scanner) (out.Attempt, error) {
	var a out.Attempt
	var took int64
	var replay int
	err := r.Scan(&a.N, &a.At, &a.Item, &a.Message, &a.Place.Seq, &a.Place.K, &a.Type, &a.Try, &a.Status, &took, &a.Outcome, &a.Answer, &replay)
	a.Took, a.Replay = time.Duration(took)*time.Microsecond, replay != 0
	return a, err
}

// Attempts lists what became of requests of a webhook, the newest first; outcome may be empty for all, out.Bad for those that
// were not taken.
func (s *Store) Attempts(ctx context.Context, w workspace.Number, id, outcome string, page Page) (List[out.Attempt], error) {
	q := query{columns: attemptColumns, count: `SELECT count(*) FROM webhook_attempt `}
	q.where(`workspace = $ AND webhook = $`, w, id)
	switch outcome {
	case "":
	case out.Bad:
		q.where(`outcome <> $`, out.Taken)
	default:
		q.where(`outcome = $`, outcome)
	}
	return paged(ctx, s.db.Reader(), q, page, `n < $`, `ORDER BY n DESC`, scanAttempt,
		func(a out.Attempt) []string { return []string{strconv.FormatInt(a.N, 10)} }, number)
}

// Attempt reads one.
func (s *Store) Attempt(ctx context.Context, w workspace.Number, id string, n int64) (out.Attempt, error) {
	return one(ctx, s.db.Reader(), errNoAttempt, scanAttempt, attemptColumns+`WHERE workspace = $1 AND webhook = $2 AND n = $3`, w, id, n)
}

var errNoAttempt = fault.New(fault.Missing, "attempt_not_found", "没有这次推送记录", "there is no such attempt")

// HookFigures are how many attempts ended how since a moment, by webhook.
func (s *Store) HookFigures(ctx context.Context, w workspace.Number, since int64) (map[string]map[string]int, error) {
	figures := map[string]map[string]int{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var id, outcome string
		var n int
		if err := r.Scan(&id, &outcome, &n); err != nil {
			return err
		}
		if figures[id] == nil {
			figures[id] = map[string]int{}
		}
		figures[id][outcome] = n
		return nil
	}, `SELECT webhook, outcome, count(*) FROM webhook_attempt WHERE workspace = $1 AND at >= $2 GROUP BY webhook, outcome`, w, since)
	return figures, err
}
