package ingest

import (
	"time"

	"peiban/internal/conductor"
)

// ReadAnything reads a body as the handler does; it must never panic.
func ReadAnything(b []byte) {
	items, _, err := splitBatch(b)
	if err != nil {
		items = [][]byte{b}
	}
	p := &parser{people: new(conductor.Directory), zone: time.UTC}
	for _, raw := range items {
		_, _, _ = p.item(raw, "")
	}
}
