package suspicion

import (
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Own finds what does not fit within one person's own readings and was not told before.
func Own(v timeline.View, l Limits, now int64) (all []Finding) {
	x := newLook(v, &l, now, History(v.Timeline))
	for _, t := range alike {
		all = append(all, x.repeated(t)...)
		all = append(all, x.tooMany(t)...)
	}
	for _, t := range measured {
		all = append(all, x.impossible(t)...)
	}
	all = append(all, x.backwards()...)
	return x.news(all)
}

// news are those findings that stand nowhere yet.
func (x *look) news(all []Finding) (out []Finding) {
	for i := range all {
		f := &all[i]
		if x.past.open(f) {
			continue
		}
		if _, times := x.past.clearedUpTo(f.Reason, f.Subject); times > 0 {
			f.Key += "#" + strconv.Itoa(times) // it was cleared so often; this is another
		}
		out = append(out, *f)
	}
	return out
}

// repeated finds runs of equal values. A run that somebody has cleared begins anew with what came after.
func (x *look) repeated(t event.Type) (all []Finding) {
	cleared, _ := x.past.clearedUpTo(Repeated, t.String())
	var run []int
	end := func() {
		if len(run) >= x.limits.Repeated {
			f := x.found(Repeated, t.String(), run)
			f.Key += "@" + strconv.FormatUint(uint64(x.Seq[run[0]]), 10)
			all = append(all, f)
		}
		run = run[:0]
	}
	for _, i := range x.series(t) {
		if x.Recv[i] <= cleared {
			continue
		}
		if len(run) > 0 && !x.equal(i, run[0]) {
			end()
		}
		run = append(run, i)
	}
	end()
	return all
}

// tooMany finds local days with more readings than anybody takes.
func (x *look) tooMany(t event.Type) (all []Finding) {
	name := ""
	var today []int
	end := func() {
		subject := t.String() + " " + name
		cleared, _ := x.past.clearedUpTo(TooMany, subject)
		kept := today[:0]
		for _, i := range today {
			if x.Recv[i] > cleared {
				kept = append(kept, i)
			}
		}
		if len(kept) > x.limits.PerDay {
			all = append(all, x.found(TooMany, subject, kept))
		}
		today = today[:0]
	}
	until := int64(0)
	for _, i := range x.series(t) {
		if x.At[i] >= until {
			if len(today) > 0 {
				end()
			}
			name, until = dayOf(x.At[i], x.Loc)
		}
		today = append(today, i)
	}
	if len(today) > 0 {
		end()
	}
	return all
}

// dayOf is the local day of a moment and where it ends.
func dayOf(at int64, loc *time.Location) (name string, until int64) {
	t := time.UnixMicro(at).In(loc)
	return t.Format(time.DateOnly), time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, loc).UnixMicro()
}

// impossible finds readings that are dated when they cannot have been: after they were received, before the person was born,
// or longer ago than a meter remembers. Each is a finding of its own.
func (x *look) impossible(t event.Type) (all []Finding) {
	born := x.born()
	for i := range x.At {
		if !x.counts(i, t) {
			continue
		}
		future := x.At[i] > x.Recv[i]+x.limits.Future.Microseconds()
		old := x.At[i] < x.Recv[i]-x.limits.Oldest.Microseconds()
		if future || old || x.At[i] < born {
			f := x.found(TimeTravel, event.IDOf(x.Recv[i], x.Seq[i]), []int{i})
			f.Device = x.C[i]
			if cleared, _ := x.past.clearedUpTo(TimeTravel, f.Subject); cleared == 0 {
				all = append(all, f)
			}
		}
	}
	return all
}

// born is the beginning of the year the person says they were born in; long ago when they do not.
func (x *look) born() int64 {
	for i := len(x.Type) - 1; i >= 0; i-- {
		if x.Type[i] == event.Profile && x.Flags[i]&event.Hidden == 0 && x.Num[i] > 0 {
			return time.Date(int(x.Num[i]), 1, 1, 0, 0, 0, 0, x.Loc).UnixMicro()
		}
	}
	return -1 << 62
}

// backwards finds meters whose clock went back: several readings received an hour and more after one that is dated much
// later. One or two are an upload that was held up.
func (x *look) backwards() (all []Finding) {
	type meter struct{ places []int }
	meters := map[event.Symbol]*meter{}
	var order []event.Symbol
	for i := range x.At {
		if x.counts(i, event.Glucose) && !noSerial(x.C[i]) {
			m := meters[x.C[i]]
			if m == nil {
				m = &meter{}
				meters[x.C[i]] = m
				order = append(order, x.C[i])
			}
			m.places = append(m.places, i)
		}
	}
	for _, d := range order {
		subject := "back " + d.String()
		cleared, _ := x.past.clearedUpTo(TimeTravel, subject)
		var bad []int
		places := meters[d].places
		// Going back from the newest: the earliest moment at which anything dated later was received.
		newest := make([]int64, len(places)) // when the first of the readings dated more than Back later was received
		first := int64(1) << 62
		k := len(places) - 1
		for j := len(places) - 1; j >= 0; j-- {
			for k >= 0 && x.At[places[k]] > x.At[places[j]]+x.limits.Back.Microseconds() {
				first = min(first, x.Recv[places[k]])
				k--
			}
			newest[j] = first
		}
		for j, i := range places {
			if x.Recv[i] > cleared && newest[j] < x.Recv[i]-time.Hour.Microseconds() {
				bad = append(bad, i)
			}
		}
		if len(bad) >= x.limits.BackReadings {
			f := x.found(TimeTravel, subject, bad)
			f.Device = d
			all = append(all, f)
		}
	}
	return all
}
