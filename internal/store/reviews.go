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

// stands is the condition that a pair is asked about: the two are still two, and of several pairs that come to the same two, since some
// were merged, it is the strongest. Of pairs that were merged all are shown.
const stands = `(p.state = 'same' OR p.one <> p.two AND NOT EXISTS (SELECT 1 FROM proposal q
	WHERE q.workspace = p.workspace AND q.state = p.state AND q.one = p.one AND q.two = p.two
	AND (q.weight > p.weight OR q.weight = p.weight AND (q.person < p.person OR q.person = p.person AND q.other < p.other))))`

// queued asks for the pairs of a filter.
func (s *Store) queued(w workspace.Number, f *review.Filter) (query, error) {
	q := query{columns: `SELECT ` + pairFields + ` FROM proposal p `, count: `SELECT count(*) FROM proposal p `}
	state := f.State
	if state == "" {
		state = review.Open
	}
	q.where(`p.workspace = $ AND p.state = $ AND `+stands, w, string(state))
	if f.Origin != "" {
		q.where(`p.origin = $`, f.Origin)
	}
	if f.Among != nil {
		b, err := json.Marshal(f.Among)
		if err != nil {
			return q, fmt.Errorf("encode whom to look for: %w", err)
		}
		q.where(`(p.one IN (`+s.db.Numbers("$")+`) OR p.two IN (`+s.db.Numbers("$")+`))`, string(b), string(b))
	}
	return q, nil
}

const strongest = ` ORDER BY p.weight DESC, p.person, p.other `

// Proposals lists the pairs in a state, the strongest first, without their evidence and reasons, from one on, and how many there are.
func (s *Store) Proposals(ctx context.Context, w workspace.Number, f review.Filter, from, most int) ([]review.Proposal, int, error) {
	q, err := s.queued(w, &f)
	if err != nil {
		return nil, 0, err
	}
	total, err := one(ctx, s.db.Reader(), sql.ErrNoRows, func(r scanner) (int, error) {
		var n int
		return n, r.Scan(&n)
	}, q.count+q.clause(), q.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("count the pairs: %w", err)
	}
	n := len(q.args)
	list, err := all(ctx, s.db.Reader(), func(r scanner) (review.Proposal, error) { return scanPair(r) },
		q.columns+q.clause()+strongest+fmt.Sprintf(`LIMIT $%d OFFSET $%d`, n+1, n+2), append(q.args, most, from)...)
	return list, total, err
}

// ProposalCounts says how many pairs are in each state.
func (s *Store) ProposalCounts(ctx context.Context, w workspace.Number) (map[review.State]int, error) {
	out := map[review.State]int{}
	err := each(ctx, s.db.Reader(), func(r scanner) error {
		var state review.State
		var n int
		if err := r.Scan(&state, &n); err != nil {
			return err
		}
		out[state] = n
		return nil
	}, `SELECT p.state, count(*) FROM proposal p WHERE p.workspace = $1 AND `+stands+` GROUP BY p.state`, w)
	return out, err
}

// PlaceOf says where a pair stands among those that are open, from 1, and which comes next; of one that is not among them place is 0 and next
// the first.
func (s *Store) PlaceOf(ctx context.Context, w workspace.Number, p *review.Proposal) (place int, next review.Pair, err error) {
	weight := int64(math.Round(p.Weight * 1e3))
	count := func(condition string, args ...any) (int, error) {
		q, err := s.queued(w, &review.Filter{})
		if err != nil {
			return 0, err
		}
		q.where(condition, args...)
		return one(ctx, s.db.Reader(), sql.ErrNoRows, func(r scanner) (int, error) {
			var n int
			return n, r.Scan(&n)
		}, q.count+q.clause(), q.args...)
	}
	waits, err := count(`p.person = $ AND p.other = $`, p.Person, p.Other)
	if err != nil {
		return 0, next, fmt.Errorf("look for a pair in the queue: %w", err)
	}
	after, err := s.queued(w, &review.Filter{})
	if err != nil {
		return 0, next, err
	}
	if waits > 0 {
		before, err := count(`p.weight >= $ AND (p.weight > $ OR p.person < $ OR p.person = $ AND p.other < $)`, weight, weight, p.Person, p.Person, p.Other)
		if err != nil {
			return 0, next, fmt.Errorf("count the pairs before one: %w", err)
		}
		place = before + 1
		after.where(`p.weight <= $ AND (p.weight < $ OR p.person > $ OR p.person = $ AND p.other > $)`, weight, weight, p.Person, p.Person, p.Other)
	}
	found, err := all(ctx, s.db.Reader(), func(r scanner) (review.Pair, error) {
		var at review.Pair
		return at, r.Scan(&at.Person, &at.Other)
	}, `SELECT p.person, p.other FROM proposal p `+after.clause()+strongest+`LIMIT 1`, after.args...)
	if err != nil {
		return 0, next, fmt.Errorf("find the next pair: %w", err)
	}
	if len(found) > 0 {
		next = found[0]
	}
	return place, next, nil
}

// now is who somebody is: whom they were merged into, or themselves.
func now(workspace, number string) string {
	return `(WITH RECURSIVE up(n, root) AS (
		SELECT h.person, h.root FROM person_place l JOIN person h ON h.workspace = l.workspace AND h.bucket = l.bucket AND h.person = l.person
		WHERE l.workspace = ` + workspace + ` AND l.person = ` + number + `
		UNION SELECT h.person, h.root FROM up JOIN person_place l ON l.workspace = ` + workspace + ` AND l.person = up.root
			JOIN person h ON h.workspace = l.workspace AND h.bucket = l.bucket AND h.person = l.person
		) SELECT n FROM up WHERE root = 0)`
}

// renow says anew who the two of the pairs are that somebody is in, or who is linked to them, after their link changed; 0: of all pairs.
func renow(ctx context.Context, tx execer, w workspace.Number, n person.Number) error {
	of, args := ``, []any(nil)
	if n != 0 {
		below := `(WITH RECURSIVE below(n) AS (SELECT CAST($2 AS bigint) UNION SELECT h.person FROM below JOIN person h ON h.workspace = $1 AND h.root = below.n AND h.root <> 0) SELECT n FROM below)`
		of, args = ` WHERE workspace = $1 AND (person IN `+below+` OR other IN `+below+`)`, []any{w, n}
	}
	for _, set := range []string{
		`one = ` + now("proposal.workspace", "proposal.person") + `, two = ` + now("proposal.workspace", "proposal.other"),
		`one = CASE WHEN one < two THEN one ELSE two END, two = CASE WHEN one < two THEN two ELSE one END`,
	} {
		if _, err := exec(ctx, tx, `UPDATE proposal SET `+set+of, args...); err != nil {
			return fmt.Errorf("say who the two of a pair are: %w", err)
		}
	}
	return nil
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
	is := review.Pair{}
	if err := tx.QueryRowContext(ctx, `SELECT `+now("$1", "$2")+`, `+now("$1", "$3"), w, f.Person, f.Other).Scan(&is.Person, &is.Other); err != nil {
		return 0, fmt.Errorf("find who the two of a pair are: %w", err)
	}
	is = review.PairOf(is.Person, is.Other)
	n, err := exec(ctx, tx, `INSERT INTO proposal (workspace, bucket, person, other, state, origin, cause, kind, weight, probability, evidence, found_at, actor, decided_at, done, version, one, two)
		VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, '', 0, '', 1, $12, $13) ON CONFLICT DO NOTHING`,
		w, in[0], f.Person, f.Other, f.Origin, f.Cause, f.Type, weight, probability, evidence, f.At, is.Person, is.Other)
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
