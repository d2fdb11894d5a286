package keys

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"peiban/internal/person"
	"peiban/internal/workspace"
)

// held is how many people's opened keys a ring keeps. Opening one takes a microsecond or two, so the bound
// costs little; it keeps the memory of a large workspace flat.
const held = 4096

// Ring holds a workspace's keys: it makes and opens people's, and makes the hashes identities are found by.
// It may be used by several goroutines.
type Ring struct {
	workspace workspace.Number
	version   uint16
	wrapper   cipher.AEAD
	hashKey   []byte

	mu     sync.Mutex
	opened map[person.Number]*Sealer
}

func newRing(w workspace.Number, version uint16, secret []byte) (*Ring, error) {
	c, err := newCipher(secret[:size])
	if err != nil {
		return nil, ErrSealed.Wrap(err)
	}
	return &Ring{workspace: w, version: version, wrapper: c, hashKey: secret[size:], opened: map[person.Number]*Sealer{}}, nil
}

// Version is the key version kept beside what this ring wraps.
func (r *Ring) Version() uint16 { return r.version }

// NewPersonKey makes a key for p, wrapped.
func (r *Ring) NewPersonKey(p person.Number) []byte {
	return seal(r.wrapper, r.version, bind(r.workspace, p, "person"), random(size))
}

// Person opens the wrapped key of p. An empty one means that p was erased.
func (r *Ring) Person(p person.Number, wrapped []byte) (*Sealer, error) {
	if len(wrapped) == 0 {
		return nil, ErrErased
	}
	r.mu.Lock()
	s := r.opened[p]
	r.mu.Unlock()
	if s != nil && bytes.Equal(s.wrapped, wrapped) {
		return s, nil
	}
	key, err := open(r.wrapper, bind(r.workspace, p, "person"), wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of person %d: %w", p, err)
	}
	c, err := newCipher(key)
	if err != nil {
		return nil, ErrSealed.Wrap(err)
	}
	s = &Sealer{workspace: r.workspace, person: p, cipher: c, wrapped: bytes.Clone(wrapped)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.opened) >= held {
		for other := range r.opened { // any one: which is not worth remembering
			delete(r.opened, other)
			break
		}
	}
	r.opened[p] = s
	return s, nil
}

// Forget drops the opened key of p, which is being erased.
func (r *Ring) Forget(p person.Number) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.opened, p)
}

// Rewrap wraps the key of p by another ring of the same workspace; what the key sealed stays readable.
func (r *Ring) Rewrap(p person.Number, wrapped []byte, to *Ring) ([]byte, error) {
	key, err := open(r.wrapper, bind(r.workspace, p, "person"), wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of person %d: %w", p, err)
	}
	return seal(to.wrapper, to.version, bind(to.workspace, p, "person"), key), nil
}

// Seal encrypts a text that belongs to nobody known yet, such as an event in quarantine.
func (r *Ring) Seal(purpose string, plain []byte) []byte {
	return seal(r.wrapper, r.version, bind(r.workspace, 0, purpose), plain)
}

// Open decrypts what Seal made.
func (r *Ring) Open(purpose string, sealed []byte) ([]byte, error) {
	return open(r.wrapper, bind(r.workspace, 0, purpose), sealed)
}

// Hash is what the database keeps of an identifier, so that it can be found and not read: HMAC-SHA256 under a
// key of the workspace, cut to 128 bits. Kind keeps a phone apart from its last four digits.
func (r *Ring) Hash(kind, value string) [16]byte {
	h := hmac.New(sha256.New, r.hashKey)
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(value))
	return [16]byte(h.Sum(nil))
}

// Sign is HMAC-SHA256 of b under a key of the workspace made for one purpose: whoever has the workspace's key can tell whether b is as it
// was when it was signed.
func (r *Ring) Sign(purpose string, b []byte) []byte {
	k := hmac.New(sha256.New, r.hashKey)
	k.Write([]byte("sign\x00" + purpose))
	h := hmac.New(sha256.New, k.Sum(nil))
	h.Write(b)
	return h.Sum(nil)
}

// Signed tells whether Sign made signature of b.
func (r *Ring) Signed(purpose string, b, signature []byte) bool {
	return hmac.Equal(r.Sign(purpose, b), signature)
}

// Sealer encrypts and decrypts what is known about one person.
type Sealer struct {
	workspace workspace.Number
	person    person.Number
	cipher    cipher.AEAD
	wrapped   []byte
}

// personKeys is the version of people's own keys: one is made once and lives until it is destroyed.
const personKeys = 1

// Seal encrypts plain for one purpose, such as "profile" or "body". The empty text stays empty.
func (s *Sealer) Seal(purpose string, plain []byte) []byte {
	if len(plain) == 0 {
		return nil
	}
	return seal(s.cipher, personKeys, bind(s.workspace, s.person, purpose), plain)
}

// Open decrypts what Seal made for the same person and purpose.
func (s *Sealer) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	return open(s.cipher, bind(s.workspace, s.person, purpose), sealed)
}

func seal(c cipher.AEAD, version uint16, bound, plain []byte) []byte {
	out := make([]byte, prefix, prefix+c.Overhead()+len(plain))
	out[0] = format
	binary.BigEndian.PutUint16(out[1:], version)
	return c.Seal(out, nil, plain, bound) // appends the nonce, then the rest
}

func open(c cipher.AEAD, bound, sealed []byte) ([]byte, error) {
	if _, err := versionOf(sealed); err != nil {
		return nil, err
	}
	plain, err := c.Open(nil, nil, sealed[prefix:], bound)
	if err != nil {
		return nil, ErrSealed.Wrap(err)
	}
	return plain, nil
}

func versionOf(sealed []byte) (uint16, error) {
	if len(sealed) < prefix || sealed[0] != format {
		return 0, ErrSealed
	}
	return binary.BigEndian.Uint16(sealed[1:]), nil
}

func bind(w workspace.Number, p person.Number, purpose string) []byte {
	b := make([]byte, 0, 8+len(purpose))
	b = binary.BigEndian.AppendUint32(b, uint32(w))
	b = binary.BigEndian.AppendUint32(b, uint32(p))
	return append(b, purpose...)
}
