package event

// Source is where events come from: a collector with a write key, or a kind of import without one. Its number is
// part of every message hash, so the same message id of two sources is two messages.
type Source struct {
	Number   int32
	Name     string
	KeyHash  []byte // SHA-256 of the write key; nil: takes nothing over HTTP
	Created  int64
	Disabled bool
}
