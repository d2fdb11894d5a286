package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fhir"
	"peiban/internal/person"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

const sealedResource = "fhir"

// KeepResources keeps resources as they came and takes away those that turned out to be about somebody else. A version that is here
// stays as it is. Of erased people nothing is kept.
func (s *Store) KeepResources(ctx context.Context, w workspace.Number, rs, gone []fhir.Kept, entries ...audit.Entry) error {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		for i := range gone {
			b, err := s.bucketOf(ctx, w, gone[i].Person)
			if err != nil {
				return err
			}
			if _, err := exec(ctx, tx, `DELETE FROM fhir_resource WHERE workspace = $1 AND bucket = $2 AND person = $3 AND hash = $4`,
				w, b, gone[i].Person, gone[i].Hash[:]); err != nil {
				return err
			}
		}
		for i := range rs {
			if err := s.keepResource(ctx, tx, ring, w, &rs[i]); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
	if err != nil {
		return fmt.Errorf("keep %d resources: %w", len(rs), err)
	}
	return nil
}

// bucketOf is where a person's rows lie; those of nobody lie in the first.
func (s *Store) bucketOf(ctx context.Context, w workspace.Number, p person.Number) (int, error) {
	if p == 0 {
		return 0, nil
	}
	return s.bucket(ctx, w, p)
}

func (s *Store) keepResource(ctx context.Context, tx *sql.Tx, ring *keys.Ring, w workspace.Number, r *fhir.Kept) error {
	b, err := s.bucketOf(ctx, w, r.Person)
	if err != nil {
		return err
	}
	var body []byte
	if r.Person == 0 {
		body = ring.Seal(sealedResource, r.Body)
	} else {
		sealer, err := sealerOf(ctx, tx, ring, w, b, r.Person)
		if err != nil || sealer == nil {
			return err
		}
		body = sealer.Seal(sealedResource, r.Body)
	}
	seqs := make([]byte, 0, len(r.Seqs)*binary.MaxVarintLen32)
	for _, q := range r.Seqs {
		seqs = binary.AppendUvarint(seqs, uint64(q))
	}
	_, err = exec(ctx, tx, `INSERT INTO fhir_resource (workspace, bucket, person, hash, version, type, source, digest, seqs, at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		w, b, r.Person, r.Hash[:], r.Version, r.Type, r.Source, r.Digest[:], seqs, r.At, body)
	return err
}

// sealerOf opens a person's key; nil for one who was erased.
func sealerOf(ctx context.Context, q querier, ring *keys.Ring, w workspace.Number, b int, p person.Number) (*keys.Sealer, error) {
	var key []byte
	err := q.QueryRowContext(ctx, `SELECT key FROM person WHERE workspace = $1 AND bucket = $2 AND person = $3`, w, b, p).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, person.ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of person %d: %w", p, err)
	}
	return opened(ring, p, key)
}

const resourceColumns = `SELECT person, hash, version, type, source, digest, seqs, at FROM fhir_resource `

func scanResource(r scanner, more ...any) (fhir.Kept, error) {
	var k fhir.Kept
	var hash, digest, seqs []byte
	err := r.Scan(append([]any{&k.Person, &hash, &k.Version, &k.Type, &k.Source, &digest, &seqs, &k.At}, more...)...)
	copy(k.Hash[:], hash)
	copy(k.Digest[:], digest)
	for len(seqs) > 0 {
		q, n := binary.Uvarint(seqs)
		if n <= 0 {
			break
		}
		k.Seqs, seqs = append(k.Seqs, event.Seq(q)), seqs[n:]
	}
	return k, err
}

// ResourcesByHash finds every version of each resource that is kept, oldest first, without their bodies.
func (s *Store) ResourcesByHash(ctx context.Context, w workspace.Number, hashes [][16]byte) (map[[16]byte][]fhir.Kept, error) {
	out := make(map[[16]byte][]fhir.Kept, len(hashes))
	const most = 200 // marks in one statement
	for len(hashes) > 0 {
		part := hashes[:min(most, len(hashes))]
		hashes = hashes[len(part):]
		marks, args := make([]string, len(part)), []any{w}
		for i := range part {
			marks[i] = "$" + strconv.Itoa(i+2)
			args = append(args, part[i][:])
		}
		found, err := all(ctx, s.db.Reader(), func(r scanner) (fhir.Kept, error) { return scanResource(r) },
			resourceColumns+`WHERE workspace = $1 AND hash IN (`+strings.Join(marks, ", ")+`) ORDER BY version`, args...)
		if err != nil {
			return nil, fmt.Errorf("find %d resources: %w", len(part), err)
		}
		for _, k := range found {
			out[k.Hash] = append(out[k.Hash], k)
		}
	}
	return out, nil
}

// ResourcesOf are the newest versions of what is kept about a person, with their bodies opened, in the order they came; of one type
// where resourceType is not empty. Person 0: what is about nobody in particular.
func (s *Store) ResourcesOf(ctx context.Context, w workspace.Number, p person.Number, resourceType string) ([]fhir.Kept, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return nil, err
	}
	b, err := s.bucketOf(ctx, w, p)
	if err != nil {
		return nil, err
	}
	open := ring.Open
	if p != 0 {
		sealer, err := sealerOf(ctx, s.db.Reader(), ring, w, b, p)
		if err != nil || sealer == nil {
			return nil, err
		}
		open = sealer.Open
	}
	query, args := `SELECT person, hash, version, type, source, digest, seqs, at, body FROM fhir_resource f WHERE workspace = $1 AND bucket = $2 AND person = $3
		AND version = (SELECT max(version) FROM fhir_resource n WHERE n.workspace = f.workspace AND n.bucket = f.bucket AND n.person = f.person AND n.hash = f.hash)`, []any{w, b, p}
	if resourceType != "" {
		query += ` AND type = $4`
		args = append(args, resourceType)
	}
	return all(ctx, s.db.Reader(), func(r scanner) (fhir.Kept, error) {
		var sealed []byte
		k, err := scanResource(r, &sealed)
		if err != nil {
			return k, err
		}
		k.Body, err = open(sealedResource, sealed)
		return k, err
	}, query+` ORDER BY at, hash`, args...)
}
