package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

const whyPurpose = "proposal"

const (
	pairFields     = `p.person, p.other, p.origin, p.cause, p.kind, p.weight, p.probability, p.found_at, p.state, p.actor, p.decided_at, p.done, p.version`
	proposalFields = pairFields + `, p.evidence, p.why`
)

func scanPair(r scanner, more ...any) (review.Proposal, error) {
	var p review.Proposal
	var weight, probability int64
	var done string
	into := append([]any{&p.Person, &p.Other, &p.Origin, &p.Cause, &p.Type, &weight, &probability, &p.At, &p.State, &p.Actor, &p.Decided, &done, &p.Version}, more...)
	if err := r.Scan(into...); err != nil {
		return p, err
	}
	p.Weight, p.Probability = float64(weight)/1e3, float64(probability)/1e6
	if done == "" {
		return p, nil
	}
	return p, json.Unmarshal([]byte(done), &p.Done)
}

// Proposals lists all pairs in a state, the strongest first, without their evidence and reasons.
func (s *Store) Proposals(ctx context.Context, w workspace.Number, f review.Filter) ([]review.Proposal, error) {
	if f.State == "" {
		f.State = review.Open
	}
	return all(ctx, s.db.Reader(), func(r scanner) (review.Proposal, error) { return scanPair(r) },
		`SELECT `+pairFields+` FROM proposal p WHERE p.workspace = $1 AND p.state = $2 AND ($3 = '' OR p.origin = $3)
		ORDER BY p.weight DESC, p.person, p.other`, w, string(f.State), f.Origin)
}

// ProposalsOf lists the pairs a person is in, whatever their state.
func (s *Store) ProposalsOf(ctx context.Context, w workspace.Number, n person.Number) ([]review.Proposal, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (review.Proposal, error) { return scanPair(r) },
		`SELECT `+pairFields+` FROM proposal p WHERE p.workspace = $1 AND (p.person = $2 OR p.other = $2) ORDER BY p.weight DESC, p.person, p.other`, w, n)
}

// DecidedPairs are the pairs that are two people by somebody's word.
func (s *Store) DecidedPairs(ctx context.Context, w workspace.Number) ([]review.Pair, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (review.Pair, error) {
		var p review.Pair
		return p, r.Scan(&p.Person, &p.Other)
	}, `SELECT person, other FROM proposal WHERE workspace = $1 AND state IN ('different', 'family')`, w)
}

// Proposal reads one pair with its evidence and reason.
func (s *Store) Proposal(ctx context.Context, w workspace.Number, pair review.Pair) (review.Proposal, error) {
	bucket, err := s.bucket(ctx, w, pair.Person)
	if errors.Is(err, person.ErrMissing) {
		return review.Proposal{}, review.ErrNone
	}
	if err != nil {
		return review.Proposal{}, err
	}
	var why []byte
	p, err := one(ctx, s.db.Reader(), review.ErrNone, func(r scanner) (review.Proposal, error) {
		var evidence string
		p, err := scanPair(r, &evidence, &why)
		if err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(evidence), &p.Evidence)
	}, `SELECT `+proposalFields+` FROM proposal p WHERE p.workspace = $1 AND p.bucket = $2 AND p.person = $3 AND p.other = $4`, w, bucket, pair.Person, pair.Other)
	if err != nil || len(why) == 0 {
		return p, err
	}
	sealer, err := s.sealerByNumber(ctx, w, pair.Person)
	if err != nil {
		return p, err
	}
	plain, err := sealer.Open(whyPurpose, why)
	p.Why = string(plain)
	return p, err
}

// DecideProposal writes what was decided of a pair that nobody changed since it was read.
func (s *Store) DecideProposal(ctx context.Context, w workspace.Number, p *review.Proposal, entries ...audit.Entry) error {
	bucket, err := s.bucket(ctx, w, p.Person)
	if err != nil {
		return err
	}
	var why []byte
	if p.Why != "" {
		sealer, err := s.sealerByNumber(ctx, w, p.Person)
		if err != nil {
			return err
		}
		why = sealer.Seal(whyPurpose, []byte(p.Why))
	}
	done, err := json.Marshal(p.Done)
	if err != nil {
		return fmt.Errorf("encode what a decision did: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE proposal SET state = $1, actor = $2, decided_at = $3, why = $4, done = $5, version = version + 1
			WHERE workspace = $6 AND bucket = $7 AND person = $8 AND other = $9 AND version = $10`,
			string(p.State), p.Actor, p.Decided, why, string(done), w, bucket, p.Person, p.Other, p.Version)
		if err != nil {
			return fmt.Errorf("decide a pair: %w", err)
		}
		if n == 0 {
			return review.ErrMoved
		}
		p.Version++
		return appendAudit(ctx, tx, w, entries)
	})
}

func (s *Store) sealerByNumber(ctx context.Context, w workspace.Number, n person.Number) (*keys.Sealer, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	return s.sealerOf(ctx, w, ring, n)
}

// AddProposals keeps pairs. One that is open gets the newer reckoning; one that was decided stays as it is. It says how many are new.
func (s *Store) AddProposals(ctx context.Context, w workspace.Number, found []review.Found) (fresh int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		fresh = 0
		for i := range found {
			in, err := bucketsOf(found[i].Pair, func(n person.Number) (int, error) { return s.bucket(ctx, w, n) })
			if err != nil {
				return err
			}
			added, err := addProposal(ctx, tx, w, in, &found[i])
			if err != nil {
				return err
			}
			fresh += added
		}
		return nil
	})
	return fresh, err
}

// bucketsOf are where the two of a pair live.
func bucketsOf(p review.Pair, of func(person.Number) (int, error)) (in [2]int, err error) {
	if p.Person == 0 || p.Person >= p.Other {
		return in, fmt.Errorf("a pair of %d and %d", p.Person, p.Other)
	}
	if in[0], err = of(p.Person); err == nil {
		in[1], err = of(p.Other)
	}
	return in, err
}

type reader interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func addProposal(ctx context.Context, tx interface {
	execer
	reader
}, w workspace.Number, in [2]int, f *review.Found) (fresh int, err error) {
	evidence, err := review.EncodeEvidence(f.Evidence)
	if err != nil {
		return 0, fmt.Errorf("encode evidence: %w", err)
	}
	var erased int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM person WHERE workspace = $1 AND (bucket = $2 AND person = $3 OR bucket = $4 AND person = $5) AND erased_at <> 0`,
		w, in[0], f.Person, in[1], f.Other).Scan(&erased); err != nil || erased > 0 {
		return 0, err
	}
	weight, probability := int64(math.Round(f.Weight*1e3)), int64(math.Round(f.Probability*1e6))
	n, err := exec(ctx, tx, `INSERT INTO proposal (workspace, bucket, person, other, state, origin, cause, kind, weight, probability, evidence, found_at, actor, decided_at, done, version)
		VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, '', 0, '', 1) ON CONFLICT DO NOTHING`,
		w, in[0], f.Person, f.Other, f.Origin, f.Cause, f.Type, weight, probability, evidence, f.At)
	if err != nil || n > 0 || f.Origin == review.Intake { // a pair of the intake that is there already is asked about with no less evidence
		return int(n), err
	}
	_, err = exec(ctx, tx, `UPDATE proposal SET weight = $1, probability = $2, evidence = $3, version = version + 1
		WHERE workspace = $4 AND bucket = $5 AND person = $6 AND other = $7 AND state IN ('open', 'later') AND evidence <> $3`,
		weight, probability, evidence, w, in[0], f.Person, f.Other)
	return 0, err
}

func (t *Tx) writeProposals(ctx context.Context, c *conductor.Changes) error {
	for i := range c.Proposals {
		in, err := bucketsOf(c.Proposals[i].Pair, func(n person.Number) (int, error) { return t.bucket(ctx, n) })
		if err != nil {
			return err
		}
		if _, err := addProposal(ctx, t.do, t.w, in, &c.Proposals[i]); err != nil {
			return err
		}
	}
	return nil
}

// IdentityPolicy is the newest policy of a workspace; with revision 0 and the shipped text when none was saved.
func (s *Store) IdentityPolicy(ctx context.Context, w workspace.Number) (review.Policy, error) {
	p, err := one(ctx, s.db.Reader(), review.ErrNone, scanPolicy,
		`SELECT revision, at, actor, body FROM identity_policy WHERE workspace = $1 ORDER BY revision DESC LIMIT 1`, w)
	if errors.Is(err, review.ErrNone) {
		return review.Policy{Text: string(identity.Shipped())}, nil
	}
	return p, err
}

func scanPolicy(r scanner) (review.Policy, error) {
	var p review.Policy
	return p, r.Scan(&p.Revision, &p.At, &p.Actor, &p.Text)
}

// SaveIdentityPolicy keeps a policy that was made from revision based. Older ones stay.
func (s *Store) SaveIdentityPolicy(ctx context.Context, w workspace.Number, p review.Policy, based int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(revision), 0) FROM identity_policy WHERE workspace = $1`, w).Scan(&newest); err != nil {
			return fmt.Errorf("find the newest identity policy: %w", err)
		}
		if newest != based {
			return review.ErrPolicyMoved
		}
		n, err := exec(ctx, tx, `INSERT INTO identity_policy (workspace, revision, at, actor, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			w, based+1, p.At, p.Actor, p.Text)
		if err != nil {
			return fmt.Errorf("save the identity policy: %w", err)
		}
		if n == 0 {
			return review.ErrPolicyMoved
		}
		return appendAudit(ctx, tx, w, entries)
	})
}
