package entrance

import (
	"math"
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// KeptAfter is how many days after settling somebody has to be heard from to count as kept.
const KeptAfter = 30

// ActivatedTag is the tag of a programme that says somebody is activated.
const ActivatedTag = "lc_activated"

const day = int64(24 * time.Hour / time.Microsecond)

// Origin is how somebody came in, and how far they got. Times are microseconds, 0 for never.
//
// The definitions of every figure about channels are here, once:
//   - First touch: the first contact that was added, by its own time. Without a code the person came by none, whatever came later.
//   - Last touch: the newest code the person came by, that of a contact or one that was opened by somebody who was here.
//   - Settled: the person's own consent to the basic service, given for the first time, at or after the first touch. Who had consented
//     before was here already and is brought in by no code. Taking the consent back later does not undo that they settled.
//   - Activated: the person has the tag lc_activated of a programme, since then.
//   - Kept: something was heard from the person 30 times 24 hours after settling, or later. Who settled less than that ago is not
//     counted among those who could be.
type Origin struct {
	First   event.Symbol // code of the first touch; 0: none
	Last    event.Symbol
	FirstAt int64
	Settled int64
	Heard   int64 // the last time something was heard from them
}

// Kept reports whether they were heard from when it counts.
func (o Origin) Kept() bool { return o.Settled != 0 && o.Heard >= o.Settled+KeptAfter*day }

// heard are the events that come from the person: the word activity of programmes/common/lifecycle, but for the contact itself.
var heard = func() map[event.Type]bool {
	out := map[event.Type]bool{}
	for _, key := range []string{"glucose", "blood_pressure", "pain", "weight", "check_in", "content_read", "message_read", "answer", "meal", "exercise", "form_answer", "group_message"} {
		out[event.Lookup(key).Type] = true
	}
	return out
}()

var basicService, fromPerson = event.Intern("basic_service"), event.Intern("person")

// Of reads a person's origin off their timeline.
func Of(t *timeline.Timeline) (o Origin) {
	first, consented := int64(math.MaxInt64), int64(math.MaxInt64)
	for i, kind := range t.Type {
		if t.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch {
		case kind == event.ContactAdded:
			if t.At[i] < first {
				first, o.First = t.At[i], t.B[i]
			}
			if t.B[i] != 0 {
				o.Last = t.B[i]
			}
		case kind == event.CameAgain:
			o.Last = t.B[i]
		case kind == event.Consent:
			if t.A[i] == basicService && t.Num[i] == 1 {
				consented = min(consented, t.At[i])
			}
		case heard[kind], kind == event.Chat && t.A[i] == fromPerson:
			o.Heard = t.At[i]
		}
	}
	if first == math.MaxInt64 {
		return Origin{Heard: o.Heard}
	}
	o.FirstAt = first
	if consented != math.MaxInt64 && consented >= first {
		o.Settled = consented
	}
	return o
}

// Row is an origin as it is kept in memory for everybody: 24 bytes. Days count from 1970 in the workspace's zone, 0 for never.
type Row struct {
	First, Last               event.Symbol
	FirstDay, Settled, Active int32
	Kept                      bool
}

// RowOf packs an origin; activated is since when, 0 for not.
func RowOf(o Origin, activated int64, loc *time.Location) Row {
	return Row{First: o.First, Last: o.Last, FirstDay: DayOf(o.FirstAt, loc), Settled: DayOf(o.Settled, loc), Active: DayOf(activated, loc), Kept: o.Kept()}
}

// DayOf is the local day of a moment; 0 for no moment.
func DayOf(at int64, loc *time.Location) int32 {
	if at == 0 {
		return 0
	}
	_, off := time.UnixMicro(at).In(loc).Zone()
	return int32((at/1_000_000 + int64(off)) / 86_400)
}

// Date is a day as it is written.
func Date(d int32) string { return time.Unix(int64(d)*86_400, 0).UTC().Format(time.DateOnly) }

// DayFrom reads a written day; 0 for what is none.
func DayFrom(s string) int32 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0
	}
	return int32(t.Unix() / 86_400)
}

// Count is what came of a code in a span of days.
type Count struct {
	Touched   int // people whose first touch it is, who came in the span
	Settled   int // of whom some settled in the span
	Activated int // of those who settled in the span
	Kept      int // of KeptOf
	KeptOf    int // of those who settled in the span, who did so KeptAfter days ago or longer
}

// Day is who settled on one day.
type Day struct {
	Day     int32
	Touched int
	Settled int
}

// Span is the days from From to To, both in it; 0 for no bound.
type Span struct{ From, To int32 }

// Has reports whether a day is in it. 0 is no day.
func (s Span) Has(d int32) bool {
	return d != 0 && (s.From == 0 || d >= s.From) && (s.To == 0 || d <= s.To)
}

// Tally counts everybody by the code they came by; place says which of the counts a code is, -1 for none. skip is who does not count.
func Tally(rows []Row, n int, place func(event.Symbol) int, span Span, today int32, skip func(int) bool) []Count {
	out := make([]Count, n)
	places := placer(rows, place)
	for i := range rows {
		r := &rows[i]
		if r.First == 0 || int(r.First) >= len(places) || places[r.First] == 0 || skip != nil && skip(i) {
			continue
		}
		c := &out[places[r.First]-1]
		if span.Has(r.FirstDay) {
			c.Touched++
		}
		if !span.Has(r.Settled) {
			continue
		}
		c.Settled++
		if r.Active != 0 {
			c.Activated++
		}
		if r.Settled+KeptAfter <= today {
			c.KeptOf++
			if r.Kept {
				c.Kept++
			}
		}
	}
	return out
}

// placer asks where each symbol counts once, however many people it brought. 0 is nowhere.
func placer(rows []Row, place func(event.Symbol) int) []int32 {
	most := event.Symbol(0)
	for i := range rows {
		most = max(most, rows[i].First)
	}
	out, asked := make([]int32, most+1), make([]bool, most+1)
	for i := range rows {
		if f := rows[i].First; f != 0 && !asked[f] {
			asked[f] = true
			out[f] = int32(place(f) + 1)
		}
	}
	return out
}

// Days counts the people of one code by day, oldest first.
func Days(rows []Row, code event.Symbol, span Span, skip func(int) bool) []Day {
	by := map[int32]*Day{}
	at := func(d int32) *Day {
		if by[d] == nil {
			by[d] = &Day{Day: d}
		}
		return by[d]
	}
	for i := range rows {
		if rows[i].First != code || skip != nil && skip(i) {
			continue
		}
		if d := rows[i].FirstDay; span.Has(d) {
			at(d).Touched++
		}
		if d := rows[i].Settled; span.Has(d) {
			at(d).Settled++
		}
	}
	out := make([]Day, 0, len(by))
	for _, d := range by {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Day) int { return int(a.Day - b.Day) })
	return out
}

// Reached is how far somebody got, as a list of people is filtered.
type Reached string

// How far people of a code got.
const (
	Anybody   Reached = "arrived" // everybody whose first touch it is
	IsSettled Reached = "settled"
	IsActive  Reached = "activated"
	IsKept    Reached = "kept"
	ByLast    Reached = "last" // whose newest touch it is
)

// Who calls each with every person of a code who got that far in the span.
func Who(rows []Row, code event.Symbol, far Reached, span Span, today int32, each func(int)) {
	for i := range rows {
		r := &rows[i]
		if far == ByLast {
			if r.Last == code {
				each(i)
			}
			continue
		}
		if r.First != code {
			continue
		}
		switch far {
		case IsSettled:
			if span.Has(r.Settled) {
				each(i)
			}
		case IsActive:
			if span.Has(r.Settled) && r.Active != 0 {
				each(i)
			}
		case IsKept:
			if span.Has(r.Settled) && r.Settled+KeptAfter <= today && r.Kept {
				each(i)
			}
		default:
			if span.Has(r.FirstDay) {
				each(i)
			}
		}
	}
}
