package task

// Batch is one deed done to several tasks at once. Each task has its own event; the batch is kept so that all of it can be taken back.
type Batch struct {
	ID     string // the caller's own, so that asking twice does it once
	At     int64  // microseconds
	Actor  string // staff id
	Kind   string // complete, postpone, skip, hand
	Undone int64  // when it was taken back; 0: it was not
	Lines  []Line
}

// Line is one task of a batch as it stood before.
type Line struct {
	Task    ID     `json:"task"`
	Due     int64  `json:"due"`
	Owner   string `json:"owner,omitempty"`
	Claimed string `json:"claimed,omitempty"`
	Version int64  `json:"version"`
}
