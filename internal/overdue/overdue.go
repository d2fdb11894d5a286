// Package overdue is about people who did not come when they were expected: what was expected, since when they are late, what was tried, and
// whether they came back.
//
// It is the one definition of "overdue" and of "returned to care within 15 days". It reads timelines only.
package overdue

import (
	"slices"
	"time"

	"peiban/internal/calendar"
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Readings is a kind beside those of the calendar: somebody who measured has sent nothing for SilentDays.
const Readings = "readings"

// Kinds of what people are expected for, in the order they are listed.
var Kinds = []string{calendar.Visit, calendar.Refill, calendar.Imaging, calendar.Check, calendar.Device, Readings}

// SilentDays is after how many days without a value somebody who measured is overdue. Source: docs/guide/sources.md, lc_silent14.
const SilentDays = 14

// ReturnDays is within how many days of becoming overdue somebody has to come for the figure "returned to care". The moment 15 days later is
// inside.
const ReturnDays = 15

// How a try to reach somebody went.
const (
	Reached     = "reached"
	NotReached  = "no_answer"
	WrongNumber = "wrong_number"
)

// Reasons why somebody did not come. Those of Closing end the search for them.
var (
	Reasons = []string{"cost", "felt_well", "side_effect", "elsewhere", "moved", "died", "refused", "wrong_number", "other"}
	Closing = []string{"elsewhere", "moved", "died", "refused"}
)

// left are reasons that take somebody out of the figure: nobody could have come back to us.
var left = []string{"moved", "died"}

const day = 24 * int64(time.Hour/time.Microsecond)

// Episode is one thing somebody was expected for and did not come to on its day.
type Episode struct {
	Kind, What string
	Due        int64 // when it was expected, microseconds
	Began      int64 // the first moment they were overdue: the midnight after; of readings the moment itself
	Ended      int64 // 0: they still are
	Back       bool  // it ended because they came
}

// Try is one attempt to reach somebody about an episode.
type Try struct {
	At     int64
	By     string // actor
	Result string
	Reason string
	Next   int64 // when to try again; 0: not said
	Seq    event.Seq
}

// Closes reports whether nobody looks for them any more because of this.
func (t *Try) Closes() bool { return slices.Contains(Closing, t.Reason) }

// Late is an episode that goes on, with the last try.
type Late struct {
	Episode
	Tries int
	Last  *Try // nil: nobody tried
}

// Days is how many whole days somebody has been overdue.
func (e *Episode) Days(now int64) int { return int(max(0, now-e.Began) / day) }

// State is where the search stands: due, later (a try is planned) or closed.
func (l *Late) State(now int64) string {
	switch {
	case l.Last != nil && l.Last.Closes():
		return "closed"
	case l.Last != nil && l.Last.Next > now:
		return "later"
	}
	return "due"
}

// Now lists what somebody is overdue for at a moment, the longest first.
func Now(v timeline.View, now int64) []Late { return late(v, now, calendar.DueOf(v, now)) }

func late(v timeline.View, now int64, due []calendar.Due) []Late {
	var out []Late
	for _, d := range due {
		if at := began(&d, v.Loc); at <= now {
			out = append(out, Late{Episode: Episode{Kind: d.Kind, What: d.What, Due: d.At, Began: at}})
		}
	}
	if last := lastReading(v, now); last != 0 && last+SilentDays*day <= now {
		out = append(out, Late{Episode: Episode{Kind: Readings, Due: last + SilentDays*day, Began: last + SilentDays*day}})
	}
	if len(out) == 0 {
		return nil
	}
	for i, t := range v.Type {
		if t != event.OverdueTry || v.Flags[i]&event.Hidden != 0 || v.At[i] > now {
			continue
		}
		kind := v.A[i].String()
		for k := range out {
			if o := &out[k]; o.Kind == kind && int64(v.Num[i]) == o.Due {
				e := v.Event(i)
				o.Tries++
				o.Last = &Try{At: v.At[i], By: e.Actor, Result: v.B[i].String(), Reason: v.C[i].String(), Next: moment(v, i), Seq: v.Seq[i]}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Late) int { return int(min(1, max(-1, a.Began-b.Began))) })
	return out
}

func moment(v timeline.View, i int) int64 {
	if at := v.XAt(i, 0); at > 0 { // NaN: not given
		return int64(at)
	}
	return 0
}

// began is the midnight after the day something was due.
func began(d *calendar.Due, loc *time.Location) int64 {
	y, m, n := time.UnixMicro(d.At).In(loc).Date()
	return time.Date(y, m, n+1, 0, 0, 0, 0, loc).UnixMicro()
}

// measured are the values that count as a sign of life.
func measured(t event.Type) bool {
	return t == event.Glucose || t == event.BloodPressure || t == event.Weight || t == event.Pain
}

func lastReading(v timeline.View, now int64) (at int64) {
	for i, t := range v.Type {
		if measured(t) && v.Flags[i]&event.Hidden == 0 && v.At[i] <= now {
			at = max(at, v.At[i])
		}
	}
	return at
}

// care are the events that something expected is met by, or that say what is expected.
func care(t event.Type) bool { return comes(t) || t == event.CarePlan || t == event.Medication }

func comes(t event.Type) bool {
	switch t {
	case event.Device, event.Fill, event.Imaging, event.HbA1c, event.Lab, event.Visit, event.Checkup:
		return true
	}
	return false
}

// Episodes are those of somebody that began in [from, now], by when they began. What came late to our knowledge counts from when it happened.
func Episodes(v timeline.View, from, now int64) []Episode {
	out, _ := episodes(v, from, now)
	return out
}

// episodes are those, and when the next begins of what is expected already, if nothing happens until then; never: none does.
func episodes(v timeline.View, from, now int64) (out []Episode, next int64) {
	out, next = expected(v, from, now)
	out = append(out, silences(v, from, now)...)
	slices.SortStableFunc(out, func(a, b Episode) int { return int(min(1, max(-1, a.Began-b.Began))) })
	return out, next
}

// silences are the gaps between values.
func silences(v timeline.View, from, now int64) (out []Episode) {
	last := int64(0)
	add := func(next int64, back bool) {
		if at := last + SilentDays*day; last != 0 && at <= now && at >= from && (next == 0 || next > at) {
			e := Episode{Kind: Readings, Due: at, Began: at}
			if back {
				e.Ended, e.Back = next, true
			}
			out = append(out, e)
		}
	}
	var at []int64
	for i, t := range v.Type {
		if measured(t) && v.Flags[i]&event.Hidden == 0 && v.At[i] <= now {
			at = append(at, v.At[i])
		}
	}
	slices.Sort(at) // events lie by when they happened, but for corrections
	for _, a := range at {
		add(a, true)
		last = a
	}
	add(0, false)
	return out
}

// expected walks from one thing that happened to the next: between two nothing that is expected changes.
func expected(v timeline.View, from, now int64) (out []Episode, next int64) {
	next = never
	var few timeline.Timeline
	var moments []int64
	came := map[int64]bool{} // moments at which somebody came
	for i, t := range v.Type {
		if !care(t) || v.Flags[i]&event.Hidden != 0 || v.At[i] > now {
			continue
		}
		e := v.Event(i)
		e.Supersedes, e.Retracts, e.Received = 0, 0, v.At[i] // what stands now, when it happened
		few.Add(&e)
		moments = append(moments, v.At[i])
		came[v.At[i]] = came[v.At[i]] || comes(t)
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	type key struct {
		kind, what string
		due        int64
	}
	open, seen := map[key]int{}, map[key]bool{} // places in out
	for k, at := range moments {
		until := now + 1
		if k+1 < len(moments) {
			until = moments[k+1]
		}
		due := calendar.DueOf(timeline.View{Timeline: few.AsOf(at, at), Loc: v.Loc}, at)
		still := map[key]bool{}
		for i := range due {
			still[key{due[i].Kind, due[i].What, due[i].At}] = true
		}
		for x, i := range open {
			if !still[x] {
				out[i].Ended, out[i].Back = at, came[at]
				delete(open, x)
			}
		}
		for i := range due {
			d := &due[i]
			x := key{d.Kind, d.What, d.At}
			b := max(began(d, v.Loc), at)
			if seen[x] || b >= until || b > now {
				if until > now && !seen[x] { // nothing happened after it
					next = min(next, b)
				}
				continue
			}
			seen[x] = true
			if b >= from {
				open[x] = len(out)
				out = append(out, Episode{Kind: d.Kind, What: d.What, Due: d.At, Began: b})
			}
		}
	}
	return out, next
}

// Tally counts the episodes of a month, of a kind, of somebody's people.
//
//	returned to care = Back / Became
//
// Became are the episodes that began then, of people who neither died nor moved away, whose 15 days are over or who came back before that.
// Back are those of them who came within 15 days of the first moment they were overdue.
type Tally struct {
	Became  int
	Back    int
	Pending int // their 15 days are not over and they have not come
	Left    int // of people who died or moved away
}

// Add counts one episode; gone tells that the person died or moved away.
func (t *Tally) Add(e *Episode, gone bool, now int64) {
	switch back := e.Returned(); {
	case back:
		t.Became++
		t.Back++
	case gone:
		t.Left++
	case now <= e.Began+ReturnDays*day && e.Ended == 0:
		t.Pending++
	default:
		t.Became++
	}
}

// Returned reports whether somebody came back within 15 days.
func (e *Episode) Returned() bool { return e.Back && e.Ended <= e.Began+ReturnDays*day }

// Gone reports whether somebody was found to have died or moved away by a moment.
func Gone(v timeline.View, now int64) bool {
	for i, t := range v.Type {
		if t == event.OverdueTry && v.Flags[i]&event.Hidden == 0 && v.At[i] <= now && slices.Contains(left, v.C[i].String()) {
			return true
		}
	}
	return false
}
