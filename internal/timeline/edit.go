package timeline

import (
	"slices"

	"peiban/internal/event"
)

// With returns a timeline that is t and e. It shares t's columns where that is safe: readers of t see what they
// saw. Only the newest timeline of a person may be extended.
func (t *Timeline) With(e *event.Event) *Timeline {
	c, _ := t.Grow(e, false)
	return c
}

// Grow is With for whoever adds many events before anybody else sees the result. Of a timeline that is their own, none of whose columns
// another has, it adds in place: a year of history older than what is known costs one copy, not one for each event. It reports whether
// what it returns is their own.
func (t *Timeline) Grow(e *event.Event, own bool) (*Timeline, bool) {
	if own {
		t.Add(e)
		return t, true
	}
	n := len(t.At)
	if e.Supersedes == 0 && e.Retracts == 0 && (n == 0 || t.At[n-1] <= e.Occurred) && t.alone(e) {
		c := *t
		c.place(e)
		return &c, false
	}
	c := t.clone()
	c.Add(e)
	return c, true
}

func (t *Timeline) clone() *Timeline {
	return &Timeline{
		At: slices.Clone(t.At), Recv: slices.Clone(t.Recv), Seq: slices.Clone(t.Seq), Type: slices.Clone(t.Type),
		Flags: slices.Clone(t.Flags), Source: slices.Clone(t.Source), Num: slices.Clone(t.Num), A: slices.Clone(t.A), B: slices.Clone(t.B),
		C: slices.Clone(t.C), Ext: slices.Clone(t.Ext), Extra: slices.Clone(t.Extra), Fixes: slices.Clone(t.Fixes), Shifted: t.Shifted,
	}
}

// AsOf returns the part of t that had happened by at and was known by known (microseconds). Events hidden by a
// correction stay hidden when known is at or after the correction; an earlier known shows what was believed then.
func (t *Timeline) AsOf(at, known int64) *Timeline {
	whole := true
	for i := range t.At {
		if t.At[i] > at || t.Recv[i] > known {
			whole = false
			break
		}
	}
	if whole {
		return t
	}
	return t.only(func(i int) bool { return t.At[i] <= at && t.Recv[i] <= known }, known)
}

// only is the part of t that keep says, as it was believed at known: what was corrected later is seen again.
func (t *Timeline) only(keep func(i int) bool, known int64) *Timeline {
	c := &Timeline{}
	for i := range t.At {
		if keep(i) {
			e := t.Event(i)
			e.Flags &^= event.Hidden
			c.Add(&e)
		}
	}
	for _, f := range t.Fixes {
		if by := t.Find(f.By); by >= 0 && t.Recv[by] <= known {
			c.fix(f)
		}
	}
	return c
}

// upTo is t without what was committed after head: what was corrected later is seen again.
func (t *Timeline) upTo(head event.Seq) *Timeline {
	c := &Timeline{}
	for i, q := range t.Seq {
		if q <= head {
			e := t.Event(i)
			e.Flags &^= event.Hidden
			c.Add(&e)
		}
	}
	for _, f := range t.Fixes {
		if f.By <= head {
			c.fix(f)
		}
	}
	return c
}

// fix notes a correction, and hides the event it names.
func (t *Timeline) fix(f Fix) {
	t.Fixes = append(t.Fixes, f)
	if i := t.Find(f.Of); i >= 0 {
		t.Flags[i] = t.Flags[i]&^ours | event.Hidden
		if t.settle(i) {
			t.Shifted = f.By
		}
	}
}

// Event gives event i with the slots a timeline holds; text and provenance are in the log only.
func (t *Timeline) Event(i int) event.Event {
	end := len(t.Extra)
	if i+1 < len(t.Ext) {
		end = int(t.Ext[i+1])
	}
	return event.Event{
		Seq: t.Seq[i], Type: t.Type[i], Flags: t.Flags[i], Source: int32(t.Source[i]), Occurred: t.At[i], Received: t.Recv[i],
		Num: t.Num[i], A: t.A[i], B: t.B[i], C: t.C[i], X: t.Extra[t.Ext[i]:end:end],
	}
}
