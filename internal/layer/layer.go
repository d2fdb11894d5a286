// Package layer is about layered management: who stands in which layer of a programme, what brought them there, whether each got
// what the programme says their layer gets, and who moved between layers.
//
// A layer is a tag of an exclusive group, so nobody is in two. Figures are functions of what is handed in and of a moment; they
// read no clock and no store, and a list of people and the number it stands for come from the same pass.
package layer

import (
	"cmp"
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Places of those who are in no layer, and of those who had not joined the programme.
const (
	None   = -1
	Absent = -2
)

// Period is how far back contacts are compared with what was planned, microseconds. Source: issue of layered management, 28 days.
const Period = 28 * insight.Day

// Standing is where one person stands.
type Standing struct {
	Person uint32
	Layer  int   // place in the group's order; None
	Since  int64 // microseconds, when they came into it; 0: not known
	Joined int64 // the programme

	Changed event.Seq // the commit of their newest transitions as they stand here: later ones are not theirs yet
}

// Care is what the people of a layer get, as far as figures go.
type Care struct {
	Every    time.Duration
	Messages bool // a message sent by the programme is a contact, too
}

// Given is whether one person got what their layer gets: contacts planned and done since they came into it, at most Period back.
// Planned is how often Every fits into that time, so somebody who came yesterday is owed nothing yet.
type Given struct {
	Planned, Done int
}

// Kept is how many of the planned contacts took place: what was done beyond the plan makes up for nobody else.
func (g Given) Kept() int { return min(g.Planned, g.Done) }

// Behind reports whether fewer took place than were planned.
func (g Given) Behind() bool { return g.Done < g.Planned }

// GivenTo is what a person got who has been in a layer since a moment.
func GivenTo(v timeline.View, c Care, since, now int64) Given {
	from := max(now-Period, since)
	if c.Every <= 0 || from >= now {
		return Given{}
	}
	return Given{Planned: int((now - from) / c.Every.Microseconds()), Done: Contacts(v, c.Messages, from, now)}
}

// unreached are the outcomes of a task after which nobody has talked with the person.
var unreached = map[string]bool{task.Unreached: true}

// Contacts counts the local days in (from, to] on which somebody was in touch with the person: a task done that reached them, a
// chat or an outreach by staff, a talk with a doctor; with messages, one that was sent to them. Two on one day are one contact.
func Contacts(v timeline.View, messages bool, from, to int64) (n int) {
	until := int64(-1 << 62)
	for i := len(v.At) - 1; i >= 0 && v.At[i] > from; i-- {
		if v.At[i] > to || v.Flags[i]&event.Hidden != 0 || !inTouch(v.Timeline, i, messages) {
			continue
		}
		if v.At[i] >= until && until != -1<<62 {
			continue // of the day counted last
		}
		n++
		until = insight.StartOfDay(v.At[i], v.Loc)
	}
	return n
}

func inTouch(t *timeline.Timeline, i int, messages bool) bool {
	switch t.Type[i] {
	case event.TaskDone:
		return !unreached[t.C[i].String()]
	case event.Chat:
		return t.A[i].String() == "staff"
	case event.Outreach, event.DoctorTalk:
		return true
	case event.MessageSent:
		return messages
	}
	return false
}

// Move is a tag of the group gained or lost, as it was logged.
type Move struct {
	Person uint32
	Tag    int // place in the group's order
	Gained bool
	At     int64
	Seq    event.Seq
	N      int // order within the commit
}

// Newest orders moves the newest first. Weeks is quickest with moves in this order.
func Newest(a, b Move) int {
	switch {
	case a.At != b.At:
		return cmp.Compare(b.At, a.At)
	case a.Seq != b.Seq:
		return cmp.Compare(b.Seq, a.Seq)
	}
	return cmp.Compare(b.N, a.N)
}

// Week is one local week: who was where at its end, and who had come there from where. Places are the layers in order, then None,
// then Absent.
type Week struct {
	From, To int64    // (From, To]; the last ends now
	People   []int    // at its end, by place
	Moves    [][]int  // from the place at its beginning to the one at its end; the diagonal stayed
	Which    []uint32 // who is behind one cell, when that was asked for
}

// Cell names one number of the weeks: those who went from one place to another. Either may be All.
type Cell struct {
	Week     int
	From, To int
}

// All stands for every place in a Cell.
const All = -1

// Weeks follows people back from where they stand now through what was logged. bounds are the ends of the weeks, ascending, the
// first the beginning of the first week and the last now. It is exact: every week's end is where the log says they stood.
func Weeks(now []Standing, moves []Move, tags int, bounds []int64, want *Cell) []Week {
	most := uint32(0)
	for i := range now {
		most = max(most, now[i].Person)
	}
	place := make([]int, most+1) // one more than the place; 0: not looked at
	for i := range now {
		place[now[i].Person] = i + 1
	}
	if !slices.IsSortedFunc(moves, Newest) {
		moves = slices.Clone(moves)
		slices.SortFunc(moves, Newest)
	}
	has := make([]uint64, len(now)) // the tags each has, as bits
	for i := range now {
		if now[i].Layer >= 0 {
			has[i] = 1 << now[i].Layer
		}
	}
	at := func(i int, moment int64) int {
		if now[i].Joined > moment {
			return tags + 1
		}
		for k := range tags {
			if has[i]&(1<<k) != 0 {
				return k
			}
		}
		return tags
	}
	ends := make([]int, len(now))
	for i := range now {
		ends[i] = at(i, bounds[len(bounds)-1])
	}
	weeks := make([]Week, len(bounds)-1)
	k := 0
	for w := len(weeks) - 1; w >= 0; w-- {
		weeks[w] = Week{From: bounds[w], To: bounds[w+1], People: make([]int, tags+2), Moves: table(tags + 2)}
		for ; k < len(moves) && moves[k].At > bounds[w]; k++ {
			if moves[k].Person > most || place[moves[k].Person] == 0 {
				continue
			}
			if i := place[moves[k].Person] - 1; moves[k].Seq <= now[i].Changed {
				if bit := uint64(1) << moves[k].Tag; moves[k].Gained {
					has[i] &^= bit
				} else {
					has[i] |= bit
				}
			}
		}
		for i := range now {
			from, to := at(i, bounds[w]), ends[i]
			weeks[w].People[to]++
			weeks[w].Moves[from][to]++
			if want != nil && want.Week == w && (want.From == All || want.From == from) && (want.To == All || want.To == to) {
				weeks[w].Which = append(weeks[w].Which, now[i].Person)
			}
			ends[i] = from
		}
	}
	return weeks
}

func table(n int) [][]int {
	t := make([][]int, n)
	for i := range t {
		t[i] = make([]int, n)
	}
	return t
}

// Bounds are the ends of the last weeks: the first moments of local Mondays, and now at the end. The week that is under way is one
// of them. An end is the last microsecond before it, so that what happens at midnight on Monday is the new week's.
func Bounds(now int64, weeks int, loc *time.Location) []int64 {
	monday := time.UnixMicro(insight.StartOfWeek(now, loc)).In(loc)
	var all []int64
	for i := weeks - 1; i >= 0; i-- {
		d := monday.AddDate(0, 0, -7*i)
		all = append(all, insight.StartOfDay(d.UnixMicro(), loc)-1)
	}
	return append(all, now)
}
