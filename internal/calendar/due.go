package calendar

import (
	"slices"
	"time"

	"peiban/internal/adherence"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/timeline"
)

// Kinds of what falls due for a person.
const (
	Visit   = "visit"
	Imaging = "imaging"
	Check   = "check" // laboratory, eye, foot, kidney
	Refill  = "refill"
	Device  = "device"
)

// Due is something that falls due for one person.
type Due struct {
	Kind string
	What string // the plan's kind, the class of a medicine, the kind of a device
	At   int64  // microseconds
	Of   event.Seq
	Once bool // a plan for one day, which may be moved
}

// DueOf lists what falls due for somebody, oldest first, by what the health file says of plans and devices and by when their medicines run out.
func DueOf(v timeline.View, now int64) []Due {
	var kept []event.Event
	var fills bool
	for i := range v.Len() {
		switch v.Type[i] {
		case event.CarePlan, event.Device:
			kept = append(kept, v.Event(i))
		case event.Fill:
			fills = true
		}
	}
	var out []Due
	if len(kept) > 0 {
		f := healthfile.Fold(kept, now)
		for _, g := range f.PlanGroups() {
			d, ok := f.Compare(g, v)
			if !ok || d.NextDue == 0 || d.Over {
				continue
			}
			kind := d.Entry.Code("kind")
			in := d.Entry.InDays(v.Loc)
			out = append(out, Due{Kind: kindOf(kind), What: kind, At: d.NextDue, Of: d.Entry.Event.Seq, Once: in > 0})
		}
		for _, g := range f.DeviceGroups() {
			if at := healthfile.CheckDue(g); at != 0 {
				e := healthfile.Latest(g.Entries)
				out = append(out, Due{Kind: Device, What: e.Code("kind"), At: at, Of: e.Event.Seq})
			}
		}
	}
	if fills {
		out = append(out, refills(v, now)...)
	}
	slices.SortStableFunc(out, func(a, b Due) int { return int(min(1, max(-1, a.At-b.At))) })
	return out
}

func kindOf(plan string) string {
	switch plan {
	case "visit":
		return Visit
	case "imaging":
		return Imaging
	}
	return Check
}

// refills are the days medicines run out, early refills carried forward. A class that was stopped since its last fill, or one that ran out more
// than ninety days ago, is no refill any more.
func refills(v timeline.View, now int64) []Due {
	byClass := map[event.Symbol][]adherence.Fill{}
	last := map[event.Symbol]event.Seq{}
	lastAt := map[event.Symbol]int64{}
	var order []event.Symbol
	for i := range v.Len() {
		if v.Type[i] != event.Fill || v.Flags[i]&event.Hidden != 0 || v.At[i] > now || !(v.Num[i] > 0) {
			continue
		}
		if byClass[v.A[i]] == nil {
			order = append(order, v.A[i])
		}
		byClass[v.A[i]] = append(byClass[v.A[i]], adherence.Fill{Day: dayOf(v.At[i], v.Loc), Days: int32(v.Num[i])})
		last[v.A[i]], lastAt[v.A[i]] = v.Seq[i], v.At[i]
	}
	stop := event.Intern("stop")
	for i := range v.Len() {
		if v.Type[i] == event.Medication && v.B[i] == stop && v.Flags[i]&event.Hidden == 0 && v.At[i] >= lastAt[v.A[i]] {
			delete(byClass, v.A[i])
		}
	}
	var out []Due
	for _, class := range order {
		fills := byClass[class]
		if fills == nil {
			continue
		}
		at := startOf(adherence.SuppliedUntil(fills), v.Loc)
		if now-at > 90*healthfile.Day {
			continue
		}
		out = append(out, Due{Kind: Refill, What: class.String(), At: at, Of: last[class]})
	}
	return out
}

func dayOf(at int64, loc *time.Location) adherence.Day {
	y, m, d := time.UnixMicro(at).In(loc).Date()
	return adherence.Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func startOf(d adherence.Day, loc *time.Location) int64 {
	y, m, day := time.Unix(int64(d)*86400, 0).UTC().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, loc).UnixMicro()
}
