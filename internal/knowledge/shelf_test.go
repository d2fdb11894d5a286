package knowledge

import (
	"errors"
	"testing"
	"testing/synctest"
)

func TestShelf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Shelf
		reads := 0
		of := func(n int, revision int64, err error) func() ([]Entry, int64, error) {
			return func() ([]Entry, int64, error) { reads++; return many(n), revision, err }
		}
		if x, err := s.At(1, of(3, 1, nil)); err != nil || len(x.Entries()) != 3 {
			t.Fatalf("a small base at once: %v", err)
		}
		if _, err := s.At(1, of(3, 1, nil)); err != nil || reads != 1 {
			t.Errorf("read %d times for one revision: %v", reads, err)
		}
		wrong := errors.New("no disk")
		if x, err := s.At(2, of(0, 0, wrong)); !errors.Is(err, wrong) || len(x.Entries()) != 3 {
			t.Errorf("the one before serves: %v", err)
		}
		if x, err := s.At(2, of(few+1, 2, nil)); err != nil || x.Revision != 1 {
			t.Errorf("the one before serves until a large one is made: %v", err)
		}
		synctest.Wait()
		if x := s.Now(); x.Revision != 2 || len(x.Entries()) != few+1 {
			t.Errorf("revision %d of %d entries", x.Revision, len(x.Entries()))
		}
		if _, err := s.At(3, of(0, 0, wrong)); err != nil {
			t.Errorf("nobody waits for a large one: %v", err)
		}
		synctest.Wait()
		if x, err := s.At(3, of(few+1, 3, nil)); x.Revision != 2 || !(errors.Is(err, wrong) || err == nil) {
			t.Errorf("revision %d, %v", x.Revision, err)
		}
		synctest.Wait()
	})
}
