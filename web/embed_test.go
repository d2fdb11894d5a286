package web

import (
	"io/fs"
	"testing"
)

func TestFilesIsReadable(t *testing.T) {
	if _, err := fs.ReadDir(Files(), "."); err != nil {
		t.Fatalf("read dist: %v", err)
	}
	if _, err := fs.Stat(Files(), "mobile/index.html"); Built() != (err == nil) {
		t.Errorf("Built() = %v, but looking for the phone's page says %v", Built(), err)
	}
}
