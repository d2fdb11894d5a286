package staff

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"peiban/internal/fault"
)

// ErrWeakPassword is what a password that is too short or too long gives.
var ErrWeakPassword = fault.New(fault.Invalid, "weak_password", "密码要 10 到 128 个字符", "a password has 10 to 128 characters")

const (
	minPassword = 10  // characters; NIST SP 800-63B asks for 8, the Chinese level-three baseline for more
	maxPassword = 128 // so that hashing it cannot be made slow
)

// cost follows OWASP's second choice for argon2id (19 MiB, two passes, one lane): small enough that two
// sign-ins at once keep an idle server within its memory.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing lets two passwords be hashed at once; a flood of sign-ins waits instead of taking all memory.
var hashing = make(chan struct{}, 2)

// HashPassword checks the length of a new password and hashes it.
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < minPassword || len(password) > maxPassword*4 || n > maxPassword {
		return "", ErrWeakPassword.At("password")
	}
	hashing <- struct{}{}
	defer func() { <-hashing }()
	h, err := argon2id.CreateHash(password, cost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return h, nil
}

// nobody is a hash that no password has, compared with when a login does not exist, so that the answer takes as
// long as for one that does.
var nobody = sync.OnceValue(func() string {
	h, err := argon2id.CreateHash("no member has this password", cost)
	if err != nil {
		return ""
	}
	return h
})

// CheckPassword reports whether password belongs to hash. An empty hash never matches and takes as long.
func CheckPassword(password, hash string) bool {
	if len(password) > maxPassword*4 {
		return false
	}
	hashing <- struct{}{}
	defer func() { <-hashing }()
	known := hash != ""
	if !known {
		hash = nobody()
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && known && err == nil
}
