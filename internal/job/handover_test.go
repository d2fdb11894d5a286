package job_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/owner"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// unhurried hands over slowly enough to be shot in the middle.
type unhurried struct{ *conductor.Conductor }

func (u unhurried) HandOver(ctx context.Context, lane conductor.Lane, people []person.Number, h conductor.Hand, proof audit.Entry) ([]owner.Line, int, error) {
	time.Sleep(60 * time.Millisecond)
	return u.Conductor.HandOver(ctx, lane, people, h, proof)
}

// handedPeople is of how many people the hand-over is that is shot: eight batches.
const handedPeople = 2000

// A hand-over whose process is shot goes on with who still waits: everybody and all their open work changes hands once, and is proved once.
func TestAHandOverShotInItsMiddleMissesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		dir, s := settled(t, url)
		leaves, stays := "01JSTAFFLEAVES000000000000", "01JSTAFFSTAYS0000000000000"
		for _, id := range []string{leaves, stays} {
			ok(t, s.store.CreateMember(t.Context(), 1, staff.Member{ID: id, Login: strings.ToLower(id[7:13]), Name: id, Role: staff.HealthManager, Hash: "x", Language: "zh"}))
		}
		people := s.many(t, handedPeople, false)
		by := audit.Entry{Actor: "staff:x", Action: "person.assign"}
		_, _, err := s.cond.HandOver(t.Context(), conductor.Bulk, people, conductor.Hand{Order: owner.Order{To: []string{leaves}, Why: owner.Moved}, Any: true}, by)
		ok(t, err)
		for i, p := range people { // work that somebody asked for, to be done by whoever looks after them
			if i%2 == 0 {
				ok(t, s.cond.AsksDoctor(t.Context(), p, "2026-03-08", "", audit.Entry{Actor: "person:x", Action: "task.ask", Person: p}))
			}
		}
		before, err := s.store.AllTasks(t.Context(), 1, task.Filter{States: []task.State{task.Open}})
		ok(t, err)
		j := job.Job{Kind: job.Handover, State: job.Waiting, Actor: "staff:x", Told: job.Told{Hand: &owner.Order{From: leaves, To: []string{stays}, Why: owner.Left}}, Report: job.Report{Hand: &owner.Tally{}}}
		ok(t, s.store.CreateHandover(t.Context(), 1, &j, people))
		s.close()

		t.Setenv("PEIBAN_JOB_HANDOVER", "1")
		kills := hits(t, url, dir, 100*time.Millisecond, 180*time.Millisecond, 140*time.Millisecond)
		shot(t, url, dir, 0)

		s, err = open(t.Context(), url, dir, time.Now)
		ok(t, err)
		defer s.close()
		if j, err = s.store.Job(t.Context(), 1, j.Number); err != nil || j.State != job.Done || *j.Report.Hand != (owner.Tally{Done: handedPeople, Tasks: j.Report.Hand.Tasks}) {
			t.Fatalf("%v %s %+v", err, j.State, j.Report.Hand)
		}
		for _, p := range people {
			card, _ := s.cond.Directory().ByNumber(p)
			_, v, _, _ := s.cond.Glance(p)
			times := 0
			for i, kind := range v.Type {
				if kind == event.Assigned && v.A[i].String() == stays {
					times++
				}
			}
			if card.Owner != stays || times != 1 {
				t.Fatalf("person %d is %s's and was handed over %d times", p, card.Owner, times)
			}
		}
		after, err := s.store.AllTasks(t.Context(), 1, task.Filter{States: []task.State{task.Open}})
		ok(t, err)
		if len(after) != len(before) || len(after) < handedPeople/2 {
			t.Errorf("%d tasks are open, before %d", len(after), len(before))
		}
		for _, x := range after {
			if x.Owner != stays {
				t.Fatalf("task %s stayed with %s", x.ID, x.Owner)
			}
		}
		proof, err := s.store.Audit(t.Context(), 1, audit.Filter{Action: "person.assign"}, page.Part{Limit: 1})
		ok(t, err)
		if proof.Total != 2*handedPeople { // to whom leaves, and from them
			t.Errorf("%d rows of proof after %d kills", proof.Total, kills)
		}
	})
}
