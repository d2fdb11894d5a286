package job_test

import (
	"fmt"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/person"
	"peiban/internal/store/storetest"
)

// What tests of work whose process is shot share.

// everywhere runs a test on SQLite and, but for the short run, on PostgreSQL.
func everywhere(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, storetest.SQLiteURL(t)) })
	if !testing.Short() {
		t.Run("PostgreSQL", func(t *testing.T) { test(t, storetest.PostgresURL(t)) })
	}
}

// settled is a workspace on which nothing waits: the import it is made with is not what the test is about.
func settled(t *testing.T, url string) (dir string, s *space) {
	t.Helper()
	dir, n := made(t, url)
	s, err := open(t.Context(), url, dir, time.Now)
	ok(t, err)
	j, err := s.store.Job(t.Context(), 1, n)
	ok(t, err)
	j.State = job.Stopped
	ok(t, s.store.SaveJob(t.Context(), 1, &j))
	return dir, s
}

// many are n people who came by a pharmacy; agreed: and agreed to the service.
func (s *space) many(t *testing.T, n int, agreed bool) (people []person.Number) {
	t.Helper()
	told := [][2]string{{"contact_added", `{"channel":"pharmacy"}`}}
	if agreed {
		told = append(told, [2]string{"consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`})
	}
	var items []conductor.Item
	for i := range n {
		for _, x := range told {
			e, f := event.Decode(x[0], []byte(x[1]))
			if f != nil {
				t.Fatal(f)
			}
			e.Occurred, e.Actor, e.Provenance = time.Now().UnixMicro(), "source", "device"
			items = append(items, conductor.Item{Ident: []conductor.Identifier{{Type: "record", Scope: "clinic", Value: fmt.Sprintf("P%d", i)}}, Event: e})
		}
	}
	out, err := s.cond.Submit(t.Context(), conductor.Bulk, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items)
	ok(t, err)
	for i, o := range out {
		if i%len(told) == 0 {
			people = append(people, o.Person)
		}
	}
	return people
}

// shots shoots children one after the other, each so long after it began to work, until one is done before it is shot, and tells how many were
// shot.
func shots(t *testing.T, url, dir string, after ...time.Duration) (kills int) {
	t.Helper()
	for _, d := range after {
		if shot(t, url, dir, d) {
			return kills
		}
		kills++
	}
	return kills
}

// hits is shots where at least one has to be shot.
func hits(t *testing.T, url, dir string, after ...time.Duration) int {
	t.Helper()
	kills := shots(t, url, dir, after...)
	if kills == 0 {
		t.Error("it was done before it was shot")
	}
	return kills
}
