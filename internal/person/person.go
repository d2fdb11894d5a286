// Package person is about who a timeline belongs to: ids, numbers, buckets, facts a person has.
//
// Events and identities keep, for ever, the person they arrived for; a merge is a link to a root.
// Matching rules and review live here too; names and phones are encrypted by their caller.
package person

import (
	"hash/fnv"

	"peiban/internal/fault"
)

// ID is how the outside names a person: a ULID, 26 characters.
type ID string

// Number is how the inside names a person: dense per workspace, from 1, never reused.
// Timelines and bitmaps are indexed by it.
type Number uint32

// Buckets is how many parts the people of a workspace are spread over. It never changes.
const Buckets = 1024

// Bucket is the part a person lives in; every key of a table that belongs to a person starts with
// workspace, bucket, person.
func (id ID) Bucket() int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % Buckets)
}

// ErrMissing is what a stranger's or another workspace's id gives: the same answer as an id that never was.
var ErrMissing = fault.New(fault.Missing, "person_not_found", "没有找到这个人", "no such person")

// HoldoutSlots is the range of the holdout bucket fixed at creation: 0 to 9,999.
const HoldoutSlots = 10_000

// Holdout places a person for ever: hash(salt, person) mod 10,000.
func Holdout(salt string, id ID) int {
	h := fnv.New64a()
	h.Write([]byte(salt))
	h.Write([]byte{0})
	h.Write([]byte(id))
	return int(h.Sum64() % HoldoutSlots)
}

// Person is what the registry knows without decrypting anything.
type Person struct {
	Number    Number
	ID        ID
	Bucket    int
	Root      Number // 0: is a root itself; else the person this one was merged into
	Holdout   int
	Zone      string // IANA name; empty: the programme's
	Owner     string // staff id; empty: nobody, seen by managers only
	CreatedAt int64  // microseconds, workspace clock
	Version   int64  // for If-Match
}
