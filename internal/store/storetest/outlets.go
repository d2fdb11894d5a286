package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/outlet"
)

func outlets(_ *testing.T, f *fixture) {
	o := outlet.Outlet{ID: "abc", Kind: "aliyun", Name: "短信", Set: map[string]string{"key": "k", "secret": "s3cr3t"}}
	saved, err := f.s.SaveOutlet(ctx, f.w, o, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "outlet.create"})
	f.must(err)
	w, got, err := f.s.OutletByID(ctx, "abc")
	f.must(err)
	same(f, "workspace", w, f.w)
	same(f, "what was said", got, saved)
	_, err = f.s.SaveOutlet(ctx, f.w, o, 6, "staff:y") // by who read it before it was there
	f.is(err, outlet.ErrMoved)
	got.Paused = true
	again, err := f.s.SaveOutlet(ctx, f.w, got, 7, "staff:y")
	f.must(err)
	same(f, "revision after a change", again.Revision, int64(2))
	list, err := f.s.Outlets(ctx, f.w)
	f.must(err)
	same(f, "list", list, []outlet.Outlet{again})
	_, _, err = f.s.OutletByID(ctx, "other")
	f.is(err, outlet.ErrMissing)
	f.is(f.s.DeleteOutlet(ctx, f.w, "abc", 1), outlet.ErrMoved)
	f.must(f.s.DeleteOutlet(ctx, f.w, "abc", 2))

	order, err := f.s.OutletOrder(ctx, f.w)
	f.must(err)
	same(f, "nobody has said", order, outlet.Order{})
	f.must(f.s.SaveOutletOrder(ctx, f.w, outlet.Order{Names: []string{"kf", "sms"}}, 8, "staff:x"))
	f.is(f.s.SaveOutletOrder(ctx, f.w, outlet.Order{Names: []string{"sms"}}, 9, "staff:y"), outlet.ErrMoved)
	order, err = f.s.OutletOrder(ctx, f.w)
	f.must(err)
	same(f, "order", order, outlet.Order{Names: []string{"kf", "sms"}, Revision: 1})
	order.Names = nil
	f.must(f.s.SaveOutletOrder(ctx, f.w, order, 10, "staff:y"))
	order, err = f.s.OutletOrder(ctx, f.w)
	f.must(err)
	same(f, "empty again", order, outlet.Order{Revision: 2})
}
