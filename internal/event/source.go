package event

// Source is where events come from: a collector with a write key, or a kind of import without one. Its number is
// part of every message hash, so the same message id of two sources is two messages.
type Source struct {
	Number   int32
	Name     string
	KeyHash  []byte // SHA-256 of the write key; nil: takes nothing over HTTP
	Created  int64
	Disabled bool

	Kind          string            // what sends: one of SourceKinds
	Rate          int               // events a second it may send for long; 0: as the server is set
	Burst         int               // events it may send at once beyond that; 0: as the server is set
	Programme     string            // what new people it brings join; empty: the workspace's default
	Names         map[string]string // the sender's own event names and the types of the catalogue they stand for
	Rotated       int64             // when the key was changed last; 0: never
	Previous      []byte            // hash of the key before, which is taken until PreviousUntil
	PreviousUntil int64
}

// SourceKinds are the kinds of senders, for whoever reads a list of them.
var SourceKinds = []string{"segment", "nightscout", "import", "shop", "hospital", "device", "wecom", "other"}
