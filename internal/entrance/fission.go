package entrance

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// RewardRule is the rule on rows of the ledger of points that are given for bringing somebody.
const RewardRule = "invite"

// InviteChannel is the channel of a contact that came by an invitation.
const InviteChannel = "invite"

// Outcome is what came of an invitation for whoever sent it.
type Outcome string

// Outcomes. All but Rewarded give nothing.
const (
	Rewarded  Outcome = "rewarded"
	Self      Outcome = "self"         // opened by the person who sent it
	Here      Outcome = "already_here" // by somebody who was here before
	Circle    Outcome = "circle"       // by somebody who brought, by whomever, the one who sent it
	SamePhone Outcome = "same_phone"   // the telephone number is on file already: a household's second phone, or a second try
	SameScan  Outcome = "same_browser" // somebody came in by this browser before
	DayFull   Outcome = "day_full"     // as many were rewarded today as may be
	MonthFull Outcome = "month_full"
	AllFull   Outcome = "total_full"
	NoPoints  Outcome = "no_reward" // the programme gives none
)

// Caps are how much a programme gives for bringing somebody, and how often. They are its settings.
type Caps struct {
	Points                    float64 // for each; 0: nothing
	PerDay, PerMonth, InTotal int
}

// CapsOf reads them; a setting that is not there gives nothing.
func CapsOf(setting func(key string) (float64, bool)) Caps {
	n := func(key string) float64 { v, _ := setting(key); return v }
	return Caps{Points: n("invite_points"), PerDay: int(n("invite_per_day")), PerMonth: int(n("invite_per_month")), InTotal: int(n("invite_total"))}
}

var rewardRule = event.Intern(RewardRule)

// Allows says whether one more reward fits, by the rewards on the timeline of who invites: the local day, the calendar month and the
// whole are each counted apart.
func (c Caps) Allows(v timeline.View, now int64) Outcome {
	if c.Points <= 0 {
		return NoPoints
	}
	today := DayOf(now, v.Loc)
	month := Date(today)[:7]
	days, months, all := 0, 0, 0
	for i, t := range v.Type {
		if t != event.Points || v.A[i] != rewardRule || v.Flags[i]&event.Hidden != 0 || !(v.Num[i] > 0) {
			continue
		}
		d := DayOf(v.At[i], v.Loc)
		all++
		if d == today {
			days++
		}
		if Date(d)[:7] == month {
			months++
		}
	}
	switch {
	case all >= c.InTotal:
		return AllFull
	case months >= c.PerMonth:
		return MonthFull
	case days >= c.PerDay:
		return DayFull
	}
	return Rewarded
}

// Tree is who brought whom, for counting: by person, who brought them; 0: nobody.
type Tree struct {
	Parent []uint32
}

// Above reports whether somebody is among those who brought n, however far up. A circle in the data ends the search.
func (t Tree) Above(n, who uint32) bool {
	for up, steps := t.parent(n), 0; up != 0 && steps < len(t.Parent); up, steps = t.parent(up), steps+1 {
		if up == who {
			return true
		}
	}
	return false
}

func (t Tree) parent(n uint32) uint32 {
	if int(n) < len(t.Parent) {
		return t.Parent[n]
	}
	return 0
}

// Shape is how far bringing people went.
type Shape struct {
	Inviters int   // who brought somebody
	Brought  int   // who was brought by somebody
	Deepest  int   // generations below somebody nobody brought
	Largest  int   // people below one whom nobody brought
	ByDepth  []int // how many were brought in each generation, the first at 0
}

// Measure looks at the whole tree. People in a circle, which only damaged data have, are counted as brought and in no generation.
func (t Tree) Measure() Shape {
	var s Shape
	depth := make([]int32, len(t.Parent)) // 0: not known; -1: being looked at
	root := make([]uint32, len(t.Parent))
	below := map[uint32]int{}
	inviters := map[uint32]bool{}
	var path []uint32
	for i := range t.Parent {
		if t.Parent[i] == 0 {
			continue
		}
		s.Brought++
		inviters[t.Parent[i]] = true
		path = path[:0]
		n := uint32(i)
		for t.parent(n) != 0 && depth[n] == 0 {
			depth[n] = -1
			path = append(path, n)
			n = t.parent(n)
		}
		d, top := int32(0), n
		if t.parent(n) != 0 {
			if depth[n] < 0 { // a circle
				continue
			}
			d, top = depth[n], root[n]
		}
		for k := len(path) - 1; k >= 0; k-- {
			d++
			depth[path[k]], root[path[k]] = d, top
			below[top]++
			for len(s.ByDepth) < int(d) {
				s.ByDepth = append(s.ByDepth, 0)
			}
			s.ByDepth[d-1]++
		}
	}
	s.Inviters, s.Deepest = len(inviters), len(s.ByDepth)
	for _, n := range below {
		s.Largest = max(s.Largest, n)
	}
	return s
}
