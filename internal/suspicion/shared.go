package suspicion

import (
	"strconv"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Side is one of two people who are compared.
type Side struct {
	Person person.Number
	ID     string // outside id
	View   timeline.View
}

// Shared finds that two people have readings of one meter, seen from a's side; ok is false when there is nothing to tell:
// too few, a name that is no serial, a meter handed on, sharing that was declared, or told and cleared already. What was
// cleared of a meter on two people stays so: they share it, and every further reading says the same.
func Shared(a, b Side, device event.Symbol, l Limits, now int64) (f Finding, ok bool) {
	if noSerial(device) {
		return f, false
	}
	x := newLook(a.View, &l, now, History(a.View.Timeline))
	y := newLook(b.View, &l, now, nil)
	mine, theirs := x.by(device), y.by(device)
	if len(mine) < l.SharedEach || len(theirs) < l.SharedEach {
		return f, false
	}
	if declared(a, b, device) || handedOn(x, y, mine, theirs, device) {
		return f, false
	}
	f = x.found(SharedDevice, device.String()+" "+b.ID, mine)
	f.Person, f.Device, f.Other = a.Person, device, b.Person
	if cleared, _ := x.past.clearedUpTo(SharedDevice, f.Subject); cleared != 0 || x.past.open(&f) {
		return f, false
	}
	return f, true
}

// by are the readings of a device, a sensor's too: a sensor is on one body.
func (x *look) by(device event.Symbol) (all []int) {
	for i, t := range x.Type {
		if x.C[i] == device && Reads(t) && x.Flags[i]&(event.NotANumber|event.Imported) == 0 && x.Recv[i] > x.from {
			all = append(all, i)
		}
	}
	return all
}

// Reads reports whether events of a type are readings that say which device they are of.
func Reads(t event.Type) bool { return t == event.Glucose }

// owner is what somebody's registry of devices says of one.
type owner struct {
	uses       bool  // in use, as was said last
	since, end int64 // when it was first said to be in use, and last to be given back or lost; 0: never
}

func ownerOf(t *timeline.Timeline, device event.Symbol) (o owner) {
	for i, typ := range t.Type {
		if typ != event.Device || t.C[i] != device || t.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch t.B[i].String() {
		case "in_use", "checked", "error":
			if o.since == 0 {
				o.since = t.At[i]
			}
			o.uses = true
		case "returned", "lost":
			o.uses, o.end = false, t.At[i]
		}
	}
	return o
}

// declared reports whether both are known to use the device: each has it registered, or one has and they are family.
func declared(a, b Side, device event.Symbol) bool {
	mine, theirs := ownerOf(a.View.Timeline, device), ownerOf(b.View.Timeline, device)
	if mine.uses && theirs.uses {
		return true
	}
	return (mine.uses || theirs.uses) && (related(a, b) || related(b, a))
}

// related reports whether a says that b is around them, and has not taken it back.
func related(a, b Side) bool {
	t, other := a.View.Timeline, event.Intern(b.ID)
	for i := t.Len() - 1; i >= 0; i-- {
		if t.Type[i] == event.Relation && t.C[i] == other && t.Flags[i]&event.Hidden == 0 {
			return t.Num[i] == 1
		}
	}
	return false
}

// handedOn reports whether one gave the meter up before the other began: their readings do not interleave, and a registry says
// that it changed hands.
func handedOn(x, y *look, mine, theirs []int, device event.Symbol) bool {
	if x.At[mine[0]] > y.At[theirs[0]] {
		x, y, mine, theirs = y, x, theirs, mine
	}
	last, first := x.At[mine[len(mine)-1]], y.At[theirs[0]]
	if last > first {
		return false
	}
	gave, took := ownerOf(x.Timeline, device), ownerOf(y.Timeline, device)
	return gave.end >= last || took.since >= last && !gave.uses
}

// CopiedFrom finds that a's readings are b's: the same values at the same moments, on several days, and a's came in later. At a
// draw each is a copy of the other. crowded tells of a value at a moment that so many people have it that it says nothing.
func CopiedFrom(a, b Side, l Limits, now int64, crowded func(Moment) bool) (f Finding, ok bool) {
	x := newLook(a.View, &l, now, History(a.View.Timeline))
	y := newLook(b.View, &l, now, nil)
	cleared, times := x.past.clearedUpTo(Copied, b.ID)
	later, earlier := 0, 0
	days := map[string]bool{}
	var mine []int
	for _, t := range measured {
		at := map[int64][]int{}
		for _, k := range y.series(t) {
			at[y.At[k]] = append(at[y.At[k]], k)
		}
		for _, i := range x.series(t) {
			for _, k := range at[x.At[i]] {
				if x.Recv[i] <= cleared || !sameValue(x.Timeline, i, y.Timeline, k) || crowded(momentOf(x.Timeline, i)) || shares(a, b, x.C[i], y.C[k]) {
					continue
				}
				if x.Recv[i] > y.Recv[k] {
					later++
				} else if x.Recv[i] < y.Recv[k] {
					earlier++
				}
				name, _ := dayOf(x.At[i], x.Loc)
				days[name] = true
				mine = append(mine, i)
				break
			}
		}
	}
	if len(mine) < l.Copied || len(days) < l.CopiedDays || later < earlier {
		return f, false
	}
	f = x.found(Copied, b.ID, inOrder(mine))
	f.Person, f.Other = a.Person, b.Person
	if times > 0 {
		f.Key += "#" + strconv.Itoa(times)
	}
	return f, !x.past.open(&f)
}

// shares reports whether two readings are of one meter that both are known to use: its memory holds what both measured.
func shares(a, b Side, mine, theirs event.Symbol) bool {
	return mine != 0 && mine == theirs && declared(a, b, mine)
}
