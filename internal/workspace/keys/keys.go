// Package keys is about secrets: a master key outside the database wraps one key per workspace, which wraps one
// key per person, which seals what is known about that person. Destroying a person's wrapped key makes every
// sealed text about them unreadable, in the database, in its log and in every backup.
//
// Everything sealed looks the same: one byte of format, two of key version, a random nonce of twelve bytes, then
// AES-256-GCM. The additional data bind workspace, person and purpose, so that a sealed text copied to another
// row does not open there.
package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/workspace"
)

const (
	size   = 32 // bytes of every key: AES-256
	format = 1  // first byte of everything sealed
	prefix = 3  // format and key version, before the nonce
)

var (
	// ErrNoKey means that neither the file nor the environment holds a master key.
	ErrNoKey = fault.New(fault.Unavailable, "no_key",
		"没有主密钥：请把原来的密钥文件放在数据库旁边（0600），或设置 PEIBAN_KEY；新数据库用 peiban init 生成",
		"no master key: put the key file back beside the database (mode 0600) or set PEIBAN_KEY; a new database gets one from peiban init")
	// ErrBadKey means that a master key is there and cannot be used.
	ErrBadKey = fault.New(fault.Unavailable, "bad_key",
		"主密钥无法使用：应为 32 字节，用 base64 或十六进制书写", "the master key cannot be used: it must be 32 bytes in base64 or hexadecimal")
	// ErrOpenFile means that others than the owner may read the key file.
	ErrOpenFile = fault.New(fault.Unavailable, "key_file_open",
		"密钥文件可被他人读取：请运行 chmod 600", "the key file can be read by others: run chmod 600 on it")
	// ErrSealed means that something sealed does not open: another key, another person, or damage.
	ErrSealed = fault.New(fault.Internal, "sealed", "内容无法解密", "the content cannot be decrypted")
	// ErrWrongKey means that a workspace's key was wrapped by another master key.
	ErrWrongKey = fault.New(fault.Unavailable, "wrong_key",
		"主密钥不对：这个数据库是用另一把主密钥建的", "this is not the master key the database was made with")
	// ErrErased means that the person's key was destroyed.
	ErrErased = fault.New(fault.Missing, "erased", "此人的资料已被删除", "this person's data were erased")
)

// Master is the key outside the database. It may hold older versions, which open but no longer wrap.
type Master struct {
	current uint16
	secrets map[uint16][]byte
	ciphers map[uint16]cipher.AEAD
}

// Load reads the master key from the environment's value when it is set, else from the file at path.
func Load(path, env string) (*Master, error) {
	if strings.TrimSpace(env) != "" {
		return parse(env)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoKey.Because("应在 "+filepath.Base(path), "expected in "+filepath.Base(path))
	}
	if err != nil {
		return nil, ErrNoKey.Wrap(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, ErrOpenFile
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, ErrNoKey.Wrap(err)
	}
	return parse(string(text))
}

// Create makes a new master key and writes it to path, readable by its owner only. It never overwrites one:
// what an existing key wrapped would be lost.
func Create(path string) (*Master, error) {
	m, err := newMaster(map[uint16][]byte{1: random(size)})
	if err != nil {
		return nil, err
	}
	if err := m.write(path, os.O_EXCL); err != nil {
		return nil, fmt.Errorf("create the key file: %w", err)
	}
	return m, nil
}

// Next returns a master with one more version, which wraps from now on; the older ones still open.
func (m *Master) Next() (*Master, error) {
	secrets := map[uint16][]byte{m.current + 1: random(size)}
	for v, k := range m.secrets {
		secrets[v] = k
	}
	return newMaster(secrets)
}

// Only returns a master without the versions that no longer wrap, once nothing is wrapped by them.
func (m *Master) Only() (*Master, error) {
	return newMaster(map[uint16][]byte{m.current: m.secrets[m.current]})
}

// Save replaces the file at path by m, so that a crash leaves either the old file or the new one.
func (m *Master) Save(path string) error {
	temporary := path + ".new"
	if err := m.write(temporary, os.O_TRUNC); err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	return os.Rename(temporary, path)
}

// Version is the version that wraps.
func (m *Master) Version() uint16 { return m.current }

// Text is the key as a file or PEIBAN_KEY holds it: version:base64, one a line, newest last.
func (m *Master) Text() string {
	var versions []uint16
	for v := range m.secrets {
		versions = append(versions, v)
	}
	slices.Sort(versions)
	var b strings.Builder
	for _, v := range versions {
		fmt.Fprintf(&b, "%d:%s\n", v, base64.StdEncoding.EncodeToString(m.secrets[v]))
	}
	return b.String()
}

// NewWorkspaceKey makes the key of a workspace, wrapped by m.
func (m *Master) NewWorkspaceKey(w workspace.Number) []byte {
	// Two keys: one wraps people's keys and can be replaced; the other makes the hashes that identities are
	// found by, which must stay the same for ever.
	return m.wrap(w, random(2*size), 1)
}

// Ring opens a workspace's wrapped key.
func (m *Master) Ring(w workspace.Number, wrapped []byte) (*Ring, error) {
	secret, version, err := m.unwrap(w, wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of workspace %d: %w", w, err)
	}
	return newRing(w, version, secret)
}

// Rewrap wraps a workspace's key by the current version of to, which may be m itself.
func (m *Master) Rewrap(w workspace.Number, wrapped []byte, to *Master) ([]byte, error) {
	secret, version, err := m.unwrap(w, wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of workspace %d: %w", w, err)
	}
	return to.wrap(w, secret, version), nil
}

// Renew replaces the part of a workspace's key that wraps people's keys. Every person's key must then be moved
// to the new ring with Ring.Rewrap, in the transaction that stores the result.
func (m *Master) Renew(w workspace.Number, wrapped []byte) ([]byte, error) {
	secret, version, err := m.unwrap(w, wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of workspace %d: %w", w, err)
	}
	copy(secret[:size], random(size))
	return m.wrap(w, secret, version+1), nil
}

func (m *Master) wrap(w workspace.Number, secret []byte, version uint16) []byte {
	plain := binary.BigEndian.AppendUint16(nil, version)
	return seal(m.ciphers[m.current], m.current, bind(w, 0, "workspace"), append(plain, secret...))
}

func (m *Master) unwrap(w workspace.Number, wrapped []byte) (secret []byte, version uint16, err error) {
	v, err := versionOf(wrapped)
	if err != nil {
		return nil, 0, err
	}
	c, ok := m.ciphers[v]
	if !ok {
		return nil, 0, ErrWrongKey.Wrap(ErrSealed).Because("主密钥缺少版本 "+strconv.Itoa(int(v)), "the master key lacks version "+strconv.Itoa(int(v)))
	}
	plain, err := open(c, bind(w, 0, "workspace"), wrapped)
	if err != nil {
		return nil, 0, ErrWrongKey.Wrap(err).Because("换上原来的密钥文件或 PEIBAN_KEY", "put the right key file or PEIBAN_KEY in its place")
	}
	if len(plain) != 2+2*size {
		return nil, 0, ErrSealed
	}
	return plain[2:], binary.BigEndian.Uint16(plain), nil
}

func (m *Master) write(path string, flag int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(m.Text())
	return errors.Join(err, f.Sync(), f.Close())
}

func parse(text string) (*Master, error) {
	secrets := map[uint16][]byte{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ' ' }) {
		version := uint64(1)
		if number, rest, ok := strings.Cut(word, ":"); ok {
			v, err := strconv.ParseUint(number, 10, 16)
			if err != nil || v == 0 {
				return nil, ErrBadKey
			}
			version, word = v, rest
		}
		key, ok := decode(word)
		if _, twice := secrets[uint16(version)]; !ok || twice {
			return nil, ErrBadKey
		}
		secrets[uint16(version)] = key
	}
	return newMaster(secrets)
}

func decode(word string) ([]byte, bool) {
	if key, err := hex.DecodeString(word); err == nil && len(key) == size {
		return key, true
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := e.DecodeString(word); err == nil && len(key) == size {
			return key, true
		}
	}
	return nil, false
}

func newMaster(secrets map[uint16][]byte) (*Master, error) {
	m := &Master{secrets: secrets, ciphers: map[uint16]cipher.AEAD{}}
	for v, k := range secrets {
		c, err := newCipher(k)
		if err != nil {
			return nil, ErrBadKey.Wrap(err)
		}
		m.ciphers[v] = c
		m.current = max(m.current, v)
	}
	if m.current == 0 {
		return nil, ErrBadKey
	}
	return m, nil
}

// TokenHash is what the database keeps of a session cookie, a sign-in link or a write key. They are long and
// random, so they need no keyed hash.
func TokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// NewToken makes a secret for a cookie, a link or a write key: 256 random bits, safe in an address.
func NewToken() string { return base64.RawURLEncoding.EncodeToString(random(size)) }

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the runtime stops the program when the system has no randomness
	return b
}
