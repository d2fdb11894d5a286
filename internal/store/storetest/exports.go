package storetest

import (
	"io"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/job"
	"peiban/internal/person"
	"peiban/internal/store"
)

// exports: one at a time, a part written again stands once, erasing takes a person's away, and what is over is removed.
func exports(_ *testing.T, f *fixture) {
	begin := func() *job.Job {
		j := &job.Job{Kind: job.Export, State: job.Waiting, Actor: "staff:S1", Created: 5, Told: job.Told{Export: &job.ExportOrder{ID: "X", Last: 3}}}
		f.must(f.s.CreateExport(ctx, f.w, j))
		return j
	}
	read := func(j *job.Job, p person.Number) string {
		r, err := f.s.ExportPart(ctx, f.w, j.Number, p, "Patient")
		f.must(err)
		if r == nil {
			return ""
		}
		b, err := io.ReadAll(r)
		f.must(err)
		return string(b)
	}
	j := begin()
	f.is(f.s.CreateExport(ctx, f.w, &job.Job{Kind: job.Export, State: job.Waiting, Told: j.Told}), store.ErrExportRunning)
	_, err := f.s.NextJob(ctx, f.w, 100, job.Files)
	f.is(err, job.ErrNone)
	next, err := f.s.NextJob(ctx, f.w, 100, job.Exports)
	f.must(err)
	same(f, "order", next.Told.Export, j.Told.Export)
	old := next
	next.State = job.Running
	for range 2 {
		f.must(f.s.SaveExport(ctx, f.w, &next, []job.ExportPart{{Person: 1, Kind: "Patient", Lines: 1, Data: []byte("one\n")}, {Person: 2, Kind: "Patient", Lines: 1, Data: []byte("two\n")}},
			audit.Entry{At: 1, Actor: "staff:S1", Action: "fhir.export", Person: 1}))
	}
	f.is(f.s.SaveExport(ctx, f.w, &old, []job.ExportPart{{Person: 3, Kind: "Patient", Data: []byte("three\n")}}), job.ErrMoved)
	same(f, "one", read(&next, 1), "one\n")
	same(f, "of one who was overtaken", read(&next, 3), "")
	f.must(f.s.Erase(ctx, f.w, 1, 7))
	same(f, "erased", read(&next, 1), "")
	same(f, "two", read(&next, 2), "two\n")
	f.must(f.s.SaveExport(ctx, f.w, &next, []job.ExportPart{{Person: 1, Kind: "Patient", Data: []byte("one\n")}}))
	same(f, "erased and written again", read(&next, 1), "")
	next.State, next.Ended = job.Done, 50
	f.must(f.s.SaveJob(ctx, f.w, &next))
	list, err := f.s.Jobs(ctx, f.w)
	f.must(err)
	same(f, "among the imports", len(list), 0)
	f.must(f.s.OldExports(ctx, f.w, 50))
	same(f, "not over", read(&next, 2), "two\n")
	f.must(f.s.OldExports(ctx, f.w, 51))
	same(f, "over", read(&next, 2), "")
	list, err = f.s.ExportJobs(ctx, f.w)
	f.must(err)
	same(f, "exports", len(list), 0)
	second := begin()
	if second.Number == next.Number {
		f.Error("a number was given twice")
	}
	held := *second
	f.must(f.s.DropExport(ctx, f.w, second.Number, 60))
	f.is(f.s.DropExport(ctx, f.w, second.Number, 60), job.ErrNone)
	f.is(f.s.SaveExport(ctx, f.w, &held, nil), job.ErrMoved)
	f.must(f.s.OldExports(ctx, f.w, 1000))
	begin()
}
