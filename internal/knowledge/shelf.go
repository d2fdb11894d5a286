package knowledge

import "sync"

// Shelf keeps the index of a base while the base changes.
type Shelf struct {
	mu     sync.Mutex
	now    *Index
	making bool
	failed error
}

// few entries are indexed while somebody waits: they take some milliseconds. Of more the index before serves until theirs is made.
const few = 500

// Now is the index as it is.
func (s *Shelf) Now() *Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		s.now = NewIndex(0, nil)
	}
	return s.now
}

// At is the index of the base at a revision, or of the one before while a large one is being made; read reads the base. An error says that
// it could not be read: the index before serves.
func (s *Shelf) At(revision int64, read func() ([]Entry, int64, error)) (*Index, error) {
	was := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if was.Revision == revision || s.making {
		err := s.failed
		s.failed = nil
		return s.now, err
	}
	if len(was.entries) <= few {
		es, at, err := read()
		if err != nil {
			return s.now, err
		}
		if len(es) <= few {
			s.now = NewIndex(at, es)
			return s.now, nil
		}
	}
	s.making = true
	go func() {
		es, at, err := read()
		var next *Index
		if err == nil {
			next = NewIndex(at, es)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.making, s.failed = false, err; next != nil {
			s.now = next
		}
	}()
	return s.now, nil
}
