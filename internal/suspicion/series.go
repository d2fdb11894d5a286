package suspicion

import (
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// measured are the types of events that are looked at: what people measure themselves.
var measured = []event.Type{event.Glucose, event.BloodPressure, event.Weight}

// alike are those whose values do not repeat by themselves. A weight does, day after day.
var alike = []event.Type{event.Glucose, event.BloodPressure}

// Concerns reports whether an event of a type may make something doubtful, or no longer so.
func Concerns(t event.Type) bool {
	switch t {
	case event.Glucose, event.BloodPressure, event.Weight, event.Device, event.Relation, event.DataSuspect, event.Profile, event.Correction:
		return true
	}
	return false
}

// look is one person being looked at.
type look struct {
	timeline.View
	limits *Limits
	now    int64
	past   past
	from   int64 // what was received before is not looked at
	sensor map[event.Symbol]bool
}

func newLook(v timeline.View, l *Limits, now int64, past []Past) *look {
	x := &look{View: v, limits: l, now: now, past: past, from: now - l.Window.Microseconds()}
	x.sensor = x.sensors()
	return x
}

// counts reports whether event i is a reading of a type that somebody measured lately: shown, a number, no history that was
// brought along, no sensor's.
func (x *look) counts(i int, t event.Type) bool {
	return x.Type[i] == t && x.Flags[i]&(event.NotANumber|event.Imported) == 0 && x.Recv[i] > x.from && !x.sensor[x.C[i]]
}

// series are the places of the readings of a type, in the order they were measured, each measurement once: told again by
// another way, in two uploads of one person, it is the same one.
func (x *look) series(t event.Type) (all []int) {
	for i := range x.At {
		if x.counts(i, t) && !x.twice(all, i) {
			all = append(all, i)
		}
	}
	return all
}

func (x *look) twice(all []int, i int) bool {
	for k := len(all) - 1; k >= 0 && x.At[i]-x.At[all[k]] < x.limits.Same.Microseconds(); k-- {
		if x.equal(i, all[k]) {
			return true
		}
	}
	return false
}

// equal reports whether two readings of a type say the same.
func (x *look) equal(i, k int) bool { return sameValue(x.Timeline, i, x.Timeline, k) }

func sameValue(a *timeline.Timeline, i int, b *timeline.Timeline, k int) bool {
	return a.Type[i] == b.Type[k] && a.Num[i] == b.Num[k] && (a.Type[i] != event.BloodPressure || a.XAt(i, 0) == b.XAt(k, 0))
}

// sensors are the devices that measure by themselves: registered as such, or with a run of readings by clockwork. Nobody
// measures a dozen times in a row to the minute.
func (x *look) sensors() map[event.Symbol]bool {
	out := map[event.Symbol]bool{}
	kind := map[event.Symbol]string{}
	type run struct {
		at, gap int64
		n       int
	}
	runs := map[event.Symbol]run{}
	const drift = int64(time.Minute / time.Microsecond)
	for i, t := range x.Type {
		if x.Flags[i]&event.Hidden != 0 || x.C[i] == 0 {
			continue
		}
		if t == event.Device {
			kind[x.C[i]] = x.A[i].String()
		}
		if t != event.Glucose {
			continue
		}
		r := runs[x.C[i]]
		gap := x.At[i] - r.at
		switch {
		case gap <= 0 || gap > x.limits.SensorGap.Microseconds():
			r = run{at: x.At[i], n: 1}
		case r.n > 1 && (gap > r.gap+drift || gap < r.gap-drift):
			r = run{at: x.At[i], gap: gap, n: 2}
		default:
			if r.n == 1 {
				r.gap = gap
			}
			r.at, r.n = x.At[i], r.n+1
		}
		runs[x.C[i]] = r
		if r.n >= x.limits.SensorRun {
			out[x.C[i]] = true
		}
	}
	for d, k := range kind {
		out[d] = k == "cgm" || out[d] && k != "meter"
	}
	return out
}

// noSerial reports whether a device's name says nothing about which it is: words for none, zeros, one sign repeated, and
// what test benches call themselves.
func noSerial(d event.Symbol) bool {
	name := strings.ToLower(strings.TrimSpace(d.String()))
	switch name {
	case "", "null", "none", "nil", "unknown", "undefined", "n/a", "na", "-1", "manual", "other":
		return true
	}
	for _, p := range []string{"test", "demo", "sandbox", "sim-", "simulat", "fake", "dummy"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return strings.Trim(name, name[:1]) == ""
}

// evidence names the readings at some places, the newest when they are many.
func (x *look) evidence(places []int) (all []event.Seq) {
	if n := len(places) - x.limits.EvidenceShown; n > 0 {
		places = places[n:]
	}
	for _, i := range places {
		all = append(all, x.Seq[i])
	}
	return all
}

// found makes a finding of readings in their order.
func (x *look) found(reason, subject string, places []int) Finding {
	return Finding{
		Reason: reason, Subject: subject, Key: subject, Count: len(places), Since: x.At[places[0]], Until: x.At[places[len(places)-1]],
		Evidence: x.evidence(places),
	}
}
