package soak

import (
	"fmt"
	"time"
)

// somebody is one identity as those know them who act for them: what they said, when, and who they are one with.
type somebody struct {
	user   string
	id     string // outside id of the record
	number uint32
	zone   *time.Location
	own    map[string]word // what was said under this identity, by purpose
	with   *somebody       // who stays of a merge they are part of; nil: themselves
	meals  map[string]bool // accepted, by message id
	visits time.Time       // the first visit, after which the journey "kept" must be over
	pages  bool            // looked at a page, after which the journey "late" must be over
	merged bool            // was one with somebody at some time
	wished map[string]wish // what was wished for under this identity, by kind
}

// word is the last statement about a purpose.
type word struct {
	given bool
	n     int // of all statements
}

// group is everybody who is one person with s now.
func (w *world) group(s *somebody) (out []*somebody) {
	root := s.root()
	for _, p := range w.people {
		if p.root() == root {
			out = append(out, p)
		}
	}
	return out
}

func (s *somebody) root() *somebody {
	if s.with != nil {
		return s.with
	}
	return s
}

// standing is what a merged person has said about a purpose: on merging the most restrictive held, and what was said later counts.
type standing map[string]bool

// says records a statement. It holds for the whole person, and for the identity should they be parted.
func (w *world) says(s *somebody, purpose string, given bool) {
	w.statements++
	s.own[purpose] = word{given, w.statements}
	w.stands[s.root()][purpose] = given
}

func (w *world) agreed(s *somebody, purpose string) bool { return w.stands[s.root()][purpose] }

// silent tells whether the last word of whoever is this person was not to be written to.
func (w *world) silent(s *somebody) bool {
	var last word
	for _, p := range w.group(s) {
		if x := p.own["silent"]; x.n > last.n {
			last = x
		}
	}
	return last.given
}

// unite makes one of two by the rule of the product: a no holds, of who said nothing the other's word.
func (w *world) unite(root, member *somebody) {
	a, b := w.stands[root], w.stands[member]
	for purpose, given := range b {
		if mine, said := a[purpose]; said {
			given = given && mine
		}
		a[purpose] = given
	}
	member.with, member.merged, root.merged = root, true, true
}

// part undoes it: each has what they said themselves.
func (w *world) part(member *somebody) {
	root := member.with
	member.with = nil
	for _, s := range []*somebody{root, member} {
		w.stands[s] = standing{}
		for purpose, x := range s.own {
			w.stands[s][purpose] = x.given
		}
	}
}

// judge looks whether a message may reach somebody at this moment.
func (w *world) judge(t *taken) {
	s := w.byID[t.to]
	want, known := texts[t.content]
	bad := func(format string, args ...any) {
		w.broken("%s to %s at %s: %s", t.content, t.to, t.at.Format(time.DateTime), fmt.Sprintf(format, args...))
	}
	switch {
	case t.class == "service": // answers what the person has just said
		return
	case s == nil:
		bad("nobody knows who that is")
		return
	case !known || want.class != t.class:
		bad("class %s", t.class)
		return
	}
	if !w.agreed(s, "basic_service") {
		bad("without consent to the service")
	}
	if want.marketing && !w.agreed(s, "marketing_push") {
		bad("an offer without consent")
	}
	if want.health && !w.agreed(s, "health_data") {
		bad("health data may not be used")
	}
	if t.class != "safety" && w.silent(s) {
		bad("they asked not to be written to")
	}
	if want.journey == "kept" {
		if keptApart(s.root().id) {
			bad("they are kept out of this journey")
		}
	}
	w.leftBehind(s, want.journey, bad)
	w.asWished(s, t, bad)
	if t.class != "programme" {
		return
	}
	// A clock that went back is wrong: what is right by the latest time it showed is right, too.
	if w.early(s, t.at) && w.early(s, t.high) {
		bad("in quiet hours: %s there", t.at.In(s.root().zone).Format(time.TimeOnly))
	}
	w.counted(s, t, bad)
}

// leftBehind looks at the exit rules of the journeys "kept" and "late", asked again before each send: whoever had a visit, or looked at a page,
// hears nothing of it any more, also what was held when the run had come to its end.
func (w *world) leftBehind(s *somebody, journey string, bad func(string, ...any)) {
	for _, p := range w.group(s) {
		if journey == "kept" && !p.visits.IsZero() || journey == "late" && p.pages {
			bad("they have left the journey %s", journey)
		}
	}
}

// early tells whether a moment is outside the hours in which programmes write to somebody.
func (w *world) early(s *somebody, at time.Time) bool {
	local := at.In(s.root().zone)
	minute := local.Hour()*60 + local.Minute()
	return minute < 8*60 || minute >= 21*60+30
}

// counted looks at the caps: one a day, four in seven days, over everything that reached whoever is this person now.
func (w *world) counted(s *somebody, t *taken, bad func(string, ...any)) {
	mine := map[string]bool{}
	for _, p := range w.group(s) {
		mine[p.id] = true
	}
	zone := s.root().zone
	count := func(of func(*taken) time.Time) (today, week int) {
		now := of(t)
		for _, o := range w.far.order {
			if !mine[o.to] || o.class != "programme" {
				continue
			}
			at := of(o)
			if at.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
				today++
			}
			if at.After(now.Add(-7 * 24 * time.Hour)) {
				week++
			}
		}
		return today, week
	}
	today, week := count(func(o *taken) time.Time { return o.at })
	today2, week2 := count(func(o *taken) time.Time { return o.high })
	most := 4
	if x := w.wishOf(s, perWeek); x.on {
		most = min(most, x.most)
	}
	if today, week = min(today, today2), min(week, week2); today >= 1 {
		bad("the second of the day")
	} else if week >= most {
		bad("message %d in seven days, at most %d", week+1, most)
	}
}
