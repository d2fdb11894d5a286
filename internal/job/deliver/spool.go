package deliver

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// spool is a file while it is made: on disk, so that a long list costs no memory, and without a name, so that nothing of it is left
// whatever happens to us. It lies where the system keeps such files, which the operator may change by TMPDIR.
type spool struct {
	file *os.File
	held *bufio.Writer
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "peiban-list-*") // for its owner alone
	if err != nil {
		return nil, spoiled(err)
	}
	_ = os.Remove(file.Name()) // where the system keeps open files by their name it goes when it is dropped
	return &spool{file, bufio.NewWriterSize(file, 256<<10)}, nil
}

func (s *spool) Write(b []byte) (int, error) {
	n, err := s.held.Write(b)
	return n, spoiled(err)
}

// whole ends the writing and tells how long the file is, bytes.
func (s *spool) whole() (int64, error) {
	if err := s.held.Flush(); err != nil {
		return 0, spoiled(err)
	}
	info, err := s.file.Stat()
	if err != nil {
		return 0, spoiled(err)
	}
	return info.Size(), nil
}

func (s *spool) drop() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// spoiled says why a file could not be kept here; it is tried again when there is room.
func spoiled(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errFull
	}
	return fmt.Errorf("keep a file that is being made: %w", err)
}
