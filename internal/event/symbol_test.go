package event_test

import (
	"strings"
	"testing"
	"unsafe"

	"peiban/internal/event"
)

// TestAWordIsKeptWithoutItsDocument: a code cut out of a large file must not keep the file in memory.
func TestAWordIsKeptWithoutItsDocument(t *testing.T) {
	document := strings.Repeat("x", 1<<16) + "a code nobody else interns"
	word := document[1<<16:]
	if kept := event.Intern(word).String(); kept != word || unsafe.StringData(kept) == unsafe.StringData(word) {
		t.Errorf("%q is part of its document", kept)
	}
}
