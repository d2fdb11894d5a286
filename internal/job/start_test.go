package job_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/job"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/task"
)

// starting is a programme whose journey is begun by hand and asks staff to call: they are reminded each hour, and an hour after it was due the
// task is the manager's.
var starting = programme.Files{
	"programme.yaml":  "key: trial\nname: {zh: 试验, en: Trial}\nversion: 1\nzone: UTC\napproval: sample\ngroups: {life: {zh: 生活, en: Life}}\n",
	"stages.yaml":     "new:\n  name: {zh: 新入, en: New}\n  plain: {zh: 都是, en: Everyone}\n  source: 试验\n  when: \"true\"\n",
	"tags.yaml":       "came:\n  name: {zh: 来过, en: Came}\n  group: life\n  source: 试验\n  plain: {zh: 来过, en: Came}\n  when: exists(events(\"visit\"))\n  because: {zh: 来过, en: Came}\n",
	"content/call.md": "---\nkind: script\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n---\n# 中文\n\n好。\n\n# English\n\nGood.\n",
	"journeys/talks.yaml": "name: {zh: 谈一次, en: Talk}\nenter: {manual: true, key: once}\nsteps:\n" +
		"  - task: {who: owner, due: 150m, script: call, result: [reached, no_answer], remind: 1h, escalate: {after: 1h, to: manager}}\n" +
		"  - wait: {for: task, at_most: 9d}\n  - points: {amount: 1, rule: talked}\n",
}

// leisurely takes its time between putting people in and telling how far it is, so that it is mostly shot there.
type leisurely struct{ *conductor.Conductor }

func (l leisurely) StartJourney(ctx context.Context, lane conductor.Lane, people []person.Number, o conductor.Start, proof audit.Entry) ([]conductor.Started, error) {
	out, err := l.Conductor.StartJourney(ctx, lane, people, o, proof)
	time.Sleep(80 * time.Millisecond)
	return out, err
}

// ticking does what is due as of a time ahead, until nothing is.
func ticking(ctx context.Context, url string) {
	ahead, err := time.ParseDuration(os.Getenv("PEIBAN_JOB_AHEAD"))
	now := func() time.Time { return time.Now().Add(ahead) }
	s, err2 := open(ctx, url, os.Getenv("PEIBAN_JOB_DIR"), now)
	if err := errors.Join(err, err2); err != nil {
		fmt.Println("ERR", err)
		return
	}
	fmt.Println("UP")
	for {
		if _, err := s.cond.Tick(ctx); err != nil {
			fmt.Println("ERR", err)
		}
		if at, _, _, _, more := s.cond.Next(); !more || at.After(now()) {
			fmt.Println("END")
			return
		}
	}
}

// A bulk start whose process is shot goes on where it was: everybody is in once, and counted once. Then the reminders of their tasks, and the
// escalation: each is told once, whichever process is shot, and two at work at once.
func TestAStartShotInItsMiddlePutsEverybodyInOnce(t *testing.T) {
	n := 2500
	times := func(after ...time.Duration) []time.Duration { return after }
	if testing.Short() { // under the race detector each process takes seconds to come up
		n = 300
		times = func(after ...time.Duration) []time.Duration { return after[1:2] }
	}
	everywhere(t, func(t *testing.T, url string) {
		t.Setenv("PEIBAN_JOB_START", "1")
		dir, s := settled(t, url)
		people := s.many(t, n, true)
		by := audit.Entry{Actor: "staff:x", Action: "journey.start"}
		_, err := s.cond.StartJourney(t.Context(), conductor.Bulk, people[:10], conductor.Start{Programme: "trial", Journey: "talks", Key: "before"}, by)
		ok(t, err) // ten are in already: refused
		j := job.Job{Kind: job.Start, State: job.Draft, Actor: "staff:x", Size: int64(n), Told: job.Told{Start: &job.StartOrder{Programme: "trial", Journey: "talks"}}, Report: job.Report{Start: &job.StartTally{Of: n}}}
		ok(t, s.store.CreateJob(t.Context(), 1, &j))
		for i, part := range job.PeopleParts(people) {
			ok(t, s.store.AddJobPart(t.Context(), 1, j.Number, job.PeoplePart, i, part))
		}
		j.State = job.Waiting
		ok(t, s.store.SaveJob(t.Context(), 1, &j))
		s.close()

		hits(t, url, dir, times(70*time.Millisecond, 100*time.Millisecond, 130*time.Millisecond)...)
		atOnce(t, url, dir)
		if !testing.Short() {
			shot(t, url, dir, 0)
		}

		s, err = open(t.Context(), url, dir, time.Now)
		ok(t, err)
		j, err = s.store.Job(t.Context(), 1, j.Number)
		ok(t, err)
		if r := j.Report.Start; j.State != job.Done || r.Done != n || r.Entered != n-10 || r.Refused[engine.Once]+r.Refused[engine.Inside] != 10 || r.Silent != 0 || r.Failed != 0 {
			t.Fatalf("%s %+v", j.State, j.Report.Start)
		}
		s.each(t, people, "1 start, 1 run, 1 open, 0 reminders, 0 escalations")
		proof, err := s.store.Audit(t.Context(), 1, audit.Filter{Action: "journey.start"}, page.Part{Limit: 1})
		ok(t, err)
		if proof.Total != n {
			t.Errorf("%d rows of proof for %d people", proof.Total, n)
		}
		s.close()

		t.Setenv("PEIBAN_JOB_AHEAD", "65m") // the first reminder is due
		kills := shots(t, url, dir, times(10*time.Millisecond, 30*time.Millisecond, 90*time.Millisecond)...)
		shot(t, url, dir, 0)
		s, err = open(t.Context(), url, dir, time.Now)
		ok(t, err)
		s.each(t, people, "1 start, 1 run, 1 open, 1 reminders, 0 escalations")
		s.close()

		t.Setenv("PEIBAN_JOB_AHEAD", "215m") // two more reminders were missed, each of its own moment, and it is late by an hour
		if kills += shots(t, url, dir, times(60*time.Millisecond, 10*time.Millisecond, 200*time.Millisecond)...); kills == 0 {
			t.Error("nobody was shot while they reminded")
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { shot(t, url, dir, 0) })
		}
		both.Wait()
		s, err = open(t.Context(), url, dir, time.Now)
		ok(t, err)
		defer s.close()
		s.each(t, people, "1 start, 1 run, 1 open, 3 reminders, 1 escalations")
		late, err := s.store.AllTasks(t.Context(), 1, task.Filter{States: []task.State{task.Open}})
		ok(t, err)
		for _, x := range late {
			if x.Role != "manager" || x.Owner != "" {
				t.Fatalf("%+v is not the manager's", x)
			}
		}
		_, diff, err := s.cond.Replay(t.Context(), nil)
		ok(t, err)
		if len(diff) > 0 {
			t.Errorf("%d people are not what their events say", len(diff))
		}
	})
}

// atOnce has two workers take up one job, the second while the first is at it, as after a lease that ended too early: the first finds that it is
// another's, and what both did is done once.
func atOnce(t *testing.T, url, dir string) {
	t.Helper()
	var all sync.WaitGroup
	for k := range 2 {
		s, err := open(t.Context(), url, dir, time.Now)
		ok(t, err)
		defer s.close()
		s.run.Store, s.run.Lane, s.run.Taker = unleased{s.store}, job.Hands, leisurely{s.cond}
		all.Go(func() {
			time.Sleep(time.Duration(k) * 60 * time.Millisecond)
			if _, err := s.run.Once(t.Context()); err != nil && !errors.Is(err, job.ErrMoved) {
				t.Errorf("worker %d: %v", k, err)
			}
		})
	}
	all.Wait()
}

// each looks what came of everybody.
func (s *space) each(t *testing.T, people []person.Number, want string) {
	t.Helper()
	all, err := s.store.AllTasks(t.Context(), 1, task.Filter{States: []task.State{task.Open}})
	ok(t, err)
	open := map[person.Number]int{}
	for _, x := range all {
		open[x.Person]++
	}
	for _, p := range people {
		l, err := s.cond.Look(p, 0, 0)
		ok(t, err)
		is := map[event.Type]int{}
		for _, kind := range l.View.Type {
			is[kind]++
		}
		if got := fmt.Sprintf("%d start, %d run, %d open, %d reminders, %d escalations", is[event.JourneyStart], len(l.State.Runs), open[p], is[event.TaskReminded], is[event.TaskEscalated]); got != want {
			t.Fatalf("person %d: %s; want %s", p, got, want)
		}
	}
}
