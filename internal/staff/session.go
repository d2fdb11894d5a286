package staff

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// Kinds of session.
const (
	KindStaff  = "staff"
	KindPerson = "person"
)

// How long a session lives, in real time: a working day for staff, who also lose it after some idle hours; half
// a year for a phone, which is its owner's alone.
const (
	staffLife  = 12 * time.Hour
	staffIdle  = 4 * time.Hour
	personLife = 180 * 24 * time.Hour
	seenEvery  = 5 * time.Minute // Seen is written this often, not at every request
)

// SignInPath is where a one-time link opens somebody's own page, with its token behind it.
const SignInPath = "/m/in/"

// LinkLife is how long a one-time sign-in link may be used.
const LinkLife = 15 * time.Minute

// NewSession makes a session for subject at now (real time) and the token its cookie carries. Only the token's
// hash is kept.
func NewSession(kind, subject string, now time.Time) (Session, string) {
	life := staffLife
	if kind == KindPerson {
		life = personLife
	}
	token := NewToken()
	at := now.UnixMicro()
	return Session{
		TokenHash: HashToken(token), Kind: kind, Subject: subject, CSRF: NewToken(),
		Created: at, Expires: now.Add(life).UnixMicro(), Seen: at,
	}, token
}

// Valid reports whether the session still holds at now (real time). The moment it expires is outside it.
func (s Session) Valid(now time.Time) bool {
	at := now.UnixMicro()
	if at >= s.Expires {
		return false
	}
	return s.Kind != KindStaff || at < s.Seen+staffIdle.Microseconds()
}

// Stale reports whether Seen is old enough to be written again.
func (s Session) Stale(now time.Time) bool {
	return now.UnixMicro() >= s.Seen+seenEvery.Microseconds()
}

// CSRFMatches compares a request's token with the session's in constant time.
func (s Session) CSRFMatches(token string) bool {
	return s.CSRF != "" && subtle.ConstantTimeCompare([]byte(s.CSRF), []byte(token)) == 1
}

// NewToken is 256 random bits, safe in a URL and a header.
func NewToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashToken is what the database keeps of a token. The token is random, so a plain hash is enough.
func HashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
