package out

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// Scope is one thing another system may do.
type Scope string

// Scopes of keys.
const (
	ReadEvents Scope = "events.read" // the stream of events
	ReadLists  Scope = "export"      // lists as files
	ReadFHIR   Scope = "fhir.read"
	ReadNames  Scope = "names.read" // names, phone numbers and free texts beside the others; without it people are ids
)

// Scopes are all there are.
var Scopes = []Scope{ReadEvents, ReadLists, ReadFHIR, ReadNames}

// KeyPrefix begins every key, so that one left lying about is known for what it is.
const KeyPrefix = "pbk_"

// Key lets another system in. Of the key itself only a hash is kept. Times are microseconds of the machine's clock, 0: not so.
type Key struct {
	ID            string // ULID
	Name          string
	Scopes        []Scope
	Types         []string // of the feed; empty: all
	Programmes    []string // only people in one of these; empty: all
	Receiver      Receiver
	Hash          []byte
	Previous      []byte // the key before, taken until PreviousUntil
	PreviousUntil int64
	Created       int64
	By            string // staff:<id> or command
	Expires       int64
	Rotated       int64
	Used          int64 // to the minute
	Revoked       int64
}

var (
	// ErrNoKey is what an unknown key gives when it is looked for by its id.
	ErrNoKey = fault.New(fault.Missing, "api_key_not_found", "没有找到这个接口密钥", "there is no such key")
	// ErrKey is what a key gives that is not known, or holds no more.
	ErrKey = fault.New(fault.Unauthenticated, "bad_api_key", "接口密钥无效、已过期或已停用", "the key is not known, is over or was revoked").
		Because("在控制台“数据 → 输出”换一个", "make another in the console under Data, Output")
	// ErrRevoked means that a key was revoked and cannot be changed.
	ErrRevoked = fault.New(fault.Clash, "api_key_revoked", "这个密钥已停用，不能再改", "the key was revoked and cannot be changed").Because("新建一个", "make another")
	// ErrScope means that a key may do other things only.
	ErrScope = fault.New(fault.Forbidden, "missing_scope", "这个密钥没有这项权限", "the key lacks the scope for this")
	errScope = fault.New(fault.Invalid, "unknown_scope", "不认识这项权限", "this scope is not known").At("body.scopes").
			Because("events.read、export、fhir.read 至少一项，可加 names.read", "at least one of events.read, export, fhir.read; names.read beside them")
	errName = fault.New(fault.Invalid, "bad_name", "要有名称", "a name is needed").At("body.name").Because("1 到 60 个字", "1 to 60 characters")
	errType = fault.New(fault.Invalid, "unknown_event_type", "不认识这种事件", "this type of event is not known").Because("见 /api/events；另有 tag_entered、tag_left、stage_changed", "see /api/events; besides these tag_entered, tag_left, stage_changed")
	errPast = fault.New(fault.Invalid, "expires_past", "到期时间已经过去", "the time it expires is over").At("body.expires")
)

// Valid reports whether the key holds at now, the machine's microseconds. The moment it expires is outside.
func (k *Key) Valid(now int64) bool { return k.Revoked == 0 && (k.Expires == 0 || now < k.Expires) }

// May reports whether the key has a scope.
func (k *Key) May(s Scope) bool { return slices.Contains(k.Scopes, s) }

// Want is what of the feed the key may have.
func (k *Key) Want() Want {
	return Want{Types: k.Types, Programmes: k.Programmes, Receiver: k.Receiver, Names: k.May(ReadNames), History: true}
}

// Check puts a key in order and says why it cannot be used at now, nil when it can.
func (k *Key) Check(now int64, programme func(string) bool) error {
	if err := checkName(&k.Name); err != nil {
		return err
	}
	k.Scopes = slices.Compact(slices.Sorted(slices.Values(k.Scopes)))
	doing := 0
	for _, s := range k.Scopes {
		if !slices.Contains(Scopes, s) {
			return errScope
		}
		if s != ReadNames {
			doing++
		}
	}
	if doing == 0 {
		return errScope
	}
	if k.Expires != 0 && k.Expires <= now {
		return errPast
	}
	return cmp.Or(checkTypes(&k.Types), checkProgrammes(&k.Programmes, programme), k.Receiver.Check())
}

func checkName(name *string) error {
	*name = strings.TrimSpace(*name)
	if n := utf8.RuneCountInString(*name); n == 0 || n > 60 || strings.ContainsAny(*name, "\r\n\t") {
		return errName
	}
	return nil
}

func checkTypes(types *[]string) error {
	*types = slices.Compact(slices.Sorted(slices.Values(*types)))
	for _, t := range *types {
		if event.Lookup(t) == nil && !slices.Contains(Changes, t) {
			return errType.At("body.types")
		}
	}
	return nil
}

var errProgramme = fault.New(fault.Invalid, "unknown_programme", "没有这个项目", "there is no such programme").At("body.programmes")

func checkProgrammes(programmes *[]string, known func(string) bool) error {
	*programmes = slices.Compact(slices.Sorted(slices.Values(*programmes)))
	for _, p := range *programmes {
		if !known(p) {
			return errProgramme
		}
	}
	return nil
}

// LongestOverlap is how long a key or a secret may still be good after it was changed, hours.
const LongestOverlap = 24 * 14

// Rotate gives a key another hash at now; the one before is taken for some hours more.
func (k *Key) Rotate(hash []byte, now time.Time, hours int) {
	k.Previous, k.PreviousUntil = nil, 0
	if h := min(hours, LongestOverlap); h > 0 {
		k.Previous, k.PreviousUntil = k.Hash, now.Add(time.Duration(h)*time.Hour).UnixMicro()
	}
	k.Hash, k.Rotated = hash, now.UnixMicro()
}
