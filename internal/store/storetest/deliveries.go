package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/workspace"
)

func deliveries(t *testing.T, f *fixture) {
	d := &out.Delivery{ID: "D1", State: out.On, Maker: "S1", Created: 5, After: 100, Told: out.Sending{
		Name: "每日名单", List: "people", Query: "tag=x", Format: "csv", Timetable: out.Timetable{Every: out.EveryDay, At: "06:00"},
		Where: out.Where{Kind: out.Bucket, Endpoint: "https://s3.example.com", Bucket: "lists", AccessKey: "A", SecretKey: "S"}, Receiver: out.Receiver{Basis: "hcp_share"},
	}}
	f.must(f.s.CreateDelivery(ctx, f.w, d, audit.Entry{Action: "delivery.create"}))
	read, err := f.s.Delivery(ctx, f.w, "D1")
	f.must(err)
	same(f, "delivery", read, *d)

	first := &out.Run{Delivery: "D1", Due: 200, ID: "r200", File: "people-200.csv"}
	f.is(f.s.AddRun(ctx, f.w, d, &out.Run{Delivery: "D1", Due: 100, ID: "r100"}), out.ErrRunMoved) // dealt with before it was made
	f.must(f.s.AddRun(ctx, f.w, d, first))
	f.is(f.s.AddRun(ctx, f.w, d, first), out.ErrRunMoved) // another worker comes to the same moment
	mine, other := *first, *first
	f.must(f.s.LeaseRun(ctx, f.w, &mine, "a", 1000, 2000))
	f.is(f.s.LeaseRun(ctx, f.w, &other, "b", 1999, 3000), out.ErrRunMoved)
	same(f, "leased", mine, out.Run{Delivery: "D1", Due: 200, ID: "r200", State: out.RunRunning, File: "people-200.csv", Tries: 1, Started: 1000, LeaseBy: "a", Lease: 2000})
	f.must(f.s.LeaseRun(ctx, f.w, &other, "b", 2000, 3000)) // the first fell silent
	same(f, "tries", other.Tries, 2)
	same(f, "begun", other.Started, int64(1000))
	f.is(f.s.SaveRun(ctx, f.w, &mine), out.ErrRunMoved)
	other.State, other.Rows, other.Of, other.Bytes, other.Next, other.Lease = out.RunWaiting, 3, 9, 70, 5000, 0
	other.Problem = &out.Problem{Code: "no_bucket", Text: out.Text{Zh: "没有", En: "none"}}
	f.must(f.s.SaveRun(ctx, f.w, &other, audit.Entry{Action: "delivery.run"}))
	again := *first
	f.is(f.s.LeaseRun(ctx, f.w, &again, "b", 4999, 9000), out.ErrRunMoved) // not before its time
	open, err := f.s.OpenRuns(ctx, f.w)
	f.must(err)
	same(f, "open runs", open, []out.Run{other})

	f.must(f.s.AddRun(ctx, f.w, d, &out.Run{Delivery: "D1", Due: 300, ID: "r300", File: "people-300.csv"}))
	f.must(f.s.AddRun(ctx, f.w, d, &out.Run{Delivery: "D1", Due: 250, ID: "r250", Asked: "staff:S1", File: "people-250.csv"}))
	list, err := f.s.DeliveryRuns(ctx, f.w, "D1", page.Part{Limit: 2})
	f.must(err)
	same(f, "runs", list.Total, 3)
	same(f, "the newest", list.Items[0].Due, int64(300))
	rest, err := f.s.DeliveryRuns(ctx, f.w, "", page.Part{Limit: 2, Cursor: list.Next})
	f.must(err)
	same(f, "the one before is missed", rest.Items[0].State, out.RunMissed)
	last, err := f.s.LastRuns(ctx, f.w)
	f.must(err)
	same(f, "the last", last["D1"].ID, "r300")

	run := out.Run{Delivery: "D1", Due: 300}
	f.must(f.s.LeaseRun(ctx, f.w, &run, "a", 5000, 6000))
	changed, err := f.s.ChangeDelivery(ctx, f.w, "D1", func(d *out.Delivery) error { d.Told.Where.Bucket = "other"; return nil })
	f.must(err)
	same(f, "version", changed.Version, int64(2))
	f.must(f.s.SaveRun(ctx, f.w, &run))
	same(f, "another bucket stops nothing", run.Want, "")
	f.is(f.s.AddRun(ctx, f.w, d, &out.Run{Delivery: "D1", Due: 400, ID: "r400"}), out.ErrRunMoved) // of the version before
	_, err = f.s.ChangeDelivery(ctx, f.w, "D1", func(d *out.Delivery) error { d.Told.Format = "xlsx"; return nil })
	f.must(err)
	f.must(f.s.SaveRun(ctx, f.w, &run))
	same(f, "another format does", run.Want, "stop")
	run.State, run.Ended = out.RunStopped, 5500
	f.must(f.s.SaveRun(ctx, f.w, &run))
	f.is(f.s.StopRuns(ctx, f.w, "D1"), out.ErrNoRun)

	elsewhere, err := f.s.CreateWorkspace(ctx, workspace.Workspace{ID: "01OTHERDELIVERIES"})
	f.must(err)
	_, err = f.s.Delivery(ctx, elsewhere.Number, "D1")
	f.is(err, out.ErrNoDelivery)
	f.must(f.s.DropDelivery(ctx, f.w, "D1"))
	f.is(f.s.DropDelivery(ctx, f.w, "D1"), out.ErrNoDelivery)
	list, err = f.s.DeliveryRuns(ctx, f.w, "D1", page.Part{})
	f.must(err)
	same(f, "runs of a dropped one", list.Total, 0)
}
