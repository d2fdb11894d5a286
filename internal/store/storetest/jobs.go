package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/ingest/mapping"
	"peiban/internal/job"
	"peiban/internal/person"
)

// jobs: one who reads an old state writes nothing, what is wanted reaches whoever works, and a lease hides a job.
func jobs(_ *testing.T, f *fixture) {
	j := job.Job{Kind: "table", State: job.Draft, Actor: "staff:S1", Created: 5, Told: job.Told{Name: "张.csv", Map: mapping.Map{Source: "x"}}}
	f.must(f.s.CreateJob(ctx, f.w, &j))
	same(f, "number", j.Number, job.Number(1))
	f.must(f.s.AddJobPart(ctx, f.w, j.Number, job.FilePart, 0, []byte("a")))
	f.must(f.s.AddJobPart(ctx, f.w, j.Number, job.FilePart, 0, []byte("b")))
	part, err := f.s.JobPart(ctx, f.w, j.Number, job.FilePart, 0)
	f.must(err)
	same(f, "a part written again", string(part), "b")
	_, err = f.s.JobPart(ctx, f.w+1, j.Number, job.FilePart, 0)
	if err == nil {
		f.Error("another workspace reads the part")
	}
	_, err = f.s.NextJob(ctx, f.w, 100, job.Files)
	f.is(err, job.ErrNone)
	old := j
	j.State = job.Waiting
	f.must(f.s.SaveJob(ctx, f.w, &j))
	f.is(f.s.SaveJob(ctx, f.w, &old), job.ErrMoved)
	f.is(f.s.AskJob(ctx, f.w, j.Number, "stop"), job.ErrState)
	next, err := f.s.NextJob(ctx, f.w, 100, job.Files)
	f.must(err)
	same(f, "told", next.Told, j.Told)
	next.State, next.Lease = job.Running, 200
	f.must(f.s.SaveJob(ctx, f.w, &next))
	_, err = f.s.NextJob(ctx, f.w, 150, job.Files)
	f.is(err, job.ErrNone)
	f.must(f.s.AskJob(ctx, f.w, j.Number, "stop"))
	next.Report.Rows, next.Report.Reasons = 7, map[string]int{"x": 1}
	f.must(f.s.SaveJob(ctx, f.w, &next))
	same(f, "want", next.Want, "stop")
	next.State, next.Ended = job.Stopped, 60
	f.must(f.s.SaveJob(ctx, f.w, &next))
	same(f, "want of a stopped one", next.Want, "")
	f.is(f.s.DropJob(ctx, f.w, j.Number), job.ErrState)
	got, err := f.s.Job(ctx, f.w, j.Number)
	f.must(err)
	same(f, "job", got, next)
	f.must(f.s.OldDrafts(ctx, f.w, 61))
	_, err = f.s.JobPart(ctx, f.w, j.Number, job.FilePart, 0)
	f.is(err, job.ErrNone)
	draft := job.Job{Kind: "table", State: job.Draft, Created: 70}
	f.must(f.s.CreateJob(ctx, f.w, &draft))
	list, err := f.s.Jobs(ctx, f.w)
	f.must(err)
	same(f, "jobs", len(list), 2)
	same(f, "newest", list[0].Number, draft.Number)
	f.must(f.s.DropJob(ctx, f.w, draft.Number))
	_, err = f.s.Job(ctx, f.w, draft.Number)
	f.is(err, job.ErrNone)
}

// released: an id whose event was taken back comes in once more, and only once.
func released(_ *testing.T, f *fixture) {
	h := [][16]byte{{1}, {2}}
	claim := func() (fresh []bool) {
		t, err := f.s.Begin(ctx, f.w)
		f.must(err)
		claims, err := t.Claim(ctx, []conductor.MessageID{{Hash: h[0]}, {Hash: h[1]}}, 1)
		f.must(err)
		f.must(t.Commit())
		for _, c := range claims {
			fresh = append(fresh, c == conductor.Fresh)
		}
		return fresh
	}
	same(f, "new", claim(), []bool{true, true})
	same(f, "known", claim(), []bool{false, false})
	f.must(f.s.Release(ctx, f.w, h[:1]))
	f.must(f.s.Release(ctx, f.w, h[:1]))
	same(f, "released", claim(), []bool{true, false})
	same(f, "once", claim(), []bool{false, false})
}

// jobsAtOnce: whoever makes a job gets a number of its own, however many do at once.
func jobsAtOnce(_ *testing.T, f *fixture) {
	const workers, each = 4, 10
	made := make([][]job.Number, workers)
	errs := make([]error, workers)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			<-begin
			for range each {
				j := job.Job{Kind: "table", State: job.Draft, Created: 70}
				if err := f.s.CreateJob(ctx, f.w, &j); err != nil {
					errs[i] = errors.Join(errs[i], err)
					continue
				}
				made[i] = append(made[i], j.Number)
			}
		})
	}
	close(begin)
	all.Wait()
	f.must(errors.Join(errs...))
	numbers := slices.Sorted(slices.Values(slices.Concat(made...)))
	same(f, "numbers", len(slices.Compact(numbers)), workers*each)
	list, err := f.s.Jobs(ctx, f.w)
	f.must(err)
	same(f, "jobs", len(list), workers*each)
}

// starts: who is put into a journey is kept as it was told, and the count of what came of them; it is work of the lane of hand-overs.
func starts(_ *testing.T, f *fixture) {
	people := make([]person.Number, job.PartSize/4+3)
	for i := range people {
		people[i] = person.Number(i + 1)
	}
	j := job.Job{
		Kind: job.Start, State: job.Draft, Actor: "staff:S1", Created: 5, Size: int64(len(people)),
		Told:   job.Told{Start: &job.StartOrder{Programme: "diabetes", Journey: "talks", Reason: "她自己要"}},
		Report: job.Report{Start: &job.StartTally{Of: len(people)}},
	}
	f.must(f.s.CreateJob(ctx, f.w, &j))
	parts := job.PeopleParts(people)
	same(f, "parts", len(parts), 2)
	for i, part := range parts {
		f.must(f.s.AddJobPart(ctx, f.w, j.Number, job.PeoplePart, i, part))
	}
	j.State = job.Waiting
	f.must(f.s.SaveJob(ctx, f.w, &j))
	_, err := f.s.NextJob(ctx, f.w, 100, job.Files)
	f.is(err, job.ErrNone)
	next, err := f.s.NextJob(ctx, f.w, 100, job.Hands)
	f.must(err)
	same(f, "told", next.Told, j.Told)
	for i, part := range parts {
		got, err := f.s.JobPart(ctx, f.w, j.Number, job.PeoplePart, i)
		f.must(err)
		same(f, "people", got, part)
	}
	next.State, next.Lease = job.Running, 200
	next.Report.Start.Add([]conductor.Started{{Person: 1}, {Person: 2, Silent: true}, {Person: 3, Refused: engine.Once}, {Person: 4, Refused: conductor.Gone}})
	f.must(f.s.SaveJob(ctx, f.w, &next))
	other := j
	f.is(f.s.SaveJob(ctx, f.w, &other), job.ErrMoved) // a worker who had it before counts nothing more
	got, err := f.s.Job(ctx, f.w, j.Number)
	f.must(err)
	same(f, "count", got.Report.Start, &job.StartTally{
		Of: len(people), Done: 4, Entered: 2, Silent: 1, Refused: map[engine.Refusal]int{engine.Once: 1, conductor.Gone: 1},
	})
	f.must(f.s.DropJobParts(ctx, f.w, j.Number, job.PeoplePart))
	_, err = f.s.JobPart(ctx, f.w, j.Number, job.PeoplePart, 0)
	f.is(err, job.ErrNone)
}
