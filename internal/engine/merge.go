package engine

import (
	"cmp"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Merging makes one person of two: the survivor's timeline is the union, and the step for the event that says so asks every rule
// again. What is no function of the timeline is settled here: consents, runs, how often a journey was entered.

// Joined is what a merge does to journeys.
type Joined struct {
	Came  []journey.Run // go on with the survivor
	Rests []journey.Run // stand still: the survivor is in the same journey. They go on if the merge is undone
}

// Join takes over what is remembered of member into s, and leaves in member what rests until the merge is undone. Of consents the
// most restrictive holds; who said nothing restricts nothing. Tags and stages are not taken over: the union says which there are.
func (s *State) Join(member *State, number person.Number) Joined {
	for _, p := range member.Programmes {
		if own := s.Progress(p.Key); own != nil {
			own.Joined = min(own.Joined, p.Joined)
			continue
		}
		s.programme(Progress{Key: p.Key, Joined: p.Joined})
	}
	for _, g := range member.Consents {
		s.restrict(g)
	}
	for _, e := range member.Entries {
		own := s.entry(e.Journey)
		if e.Last > own.Last {
			own.Last, own.Severity = e.Last, e.Severity
		}
		own.Count += e.Count
		own.Passed = max(own.Passed, e.Passed)
	}
	s.Paused = max(s.Paused, member.Paused)
	var out Joined
	member.Runs = slices.DeleteFunc(slices.Clone(member.Runs), func(r journey.Run) bool {
		if slices.ContainsFunc(s.Runs, func(o journey.Run) bool { return o.Journey == r.Journey }) {
			out.Rests = append(out.Rests, r)
			return false
		}
		if r.From == 0 {
			r.From = uint32(number)
		}
		out.Came = append(out.Came, r)
		return true
	})
	s.Runs = append(s.Runs, out.Came...)
	slices.SortStableFunc(s.Runs, func(a, b journey.Run) int { return cmp.Compare(a.Entered, b.Entered) })
	return out
}

// restrict takes over what another said about a purpose: a no holds against a yes.
func (s *State) restrict(g Grant) {
	i, ok := slices.BinarySearchFunc(s.Consents, g.Purpose, func(a Grant, k string) int { return strings.Compare(a.Purpose, k) })
	if !ok {
		s.Consents = slices.Insert(s.Consents, i, g)
		return
	}
	own := &s.Consents[i]
	given := own.Given && g.Given
	if own.Given == g.Given && own.At < g.At || own.Given && !g.Given {
		*own = g
	}
	own.Given, own.At = given, max(own.At, g.At)
}

func (s *State) programme(p Progress) {
	i, _ := slices.BinarySearchFunc(s.Programmes, p.Key, func(a Progress, k string) int { return strings.Compare(a.Key, k) })
	s.Programmes = slices.Insert(s.Programmes, i, p)
}

// Part undoes Join: member, as it rested, goes on with the runs that came from the people of the numbers from. own and theirs are the
// timelines as they are apart; consents and programmes follow from them. How often the survivor entered a journey stays counted, so
// that nothing begins a second time. It gives the runs that went back and the programmes each is in no more.
func (s *State) Part(member *State, number person.Number, from func(person.Number) bool, own, theirs *timeline.Timeline) (back []journey.Run, left, leftBy []Progress) {
	s.Runs = slices.DeleteFunc(slices.Clone(s.Runs), func(r journey.Run) bool {
		if r.From == 0 || !from(person.Number(r.From)) {
			return false
		}
		if person.Number(r.From) == number {
			r.From = 0
		}
		back = append(back, r)
		return true
	})
	member.Runs = append(slices.Clone(member.Runs), back...)
	slices.SortStableFunc(member.Runs, func(a, b journey.Run) int { return cmp.Compare(a.Entered, b.Entered) })
	return back, s.refold(own), member.refold(theirs)
}

// reconsent works out consents from a timeline some of whose own turned out to be somebody else's.
func (s *State) reconsent(tl *timeline.Timeline) {
	said := State{}
	for _, i := range bySeq(tl) {
		if tl.Type[i] == event.Consent && !parted(tl, i) {
			said.consent(Grant{Purpose: tl.A[i].String(), Given: tl.Num[i] == 1, Version: tl.B[i].String(), At: tl.At[i]})
		}
	}
	s.Consents = said.Consents
}

// parted reports whether event i of a timeline turned out to be somebody else's.
func parted(tl *timeline.Timeline, i int) bool {
	if tl.Flags[i]&event.Hidden == 0 {
		return false
	}
	return slices.ContainsFunc(tl.Fixes, func(f timeline.Fix) bool {
		by := -1
		if f.Of == tl.Seq[i] {
			by = tl.Find(f.By)
		}
		return by >= 0 && tl.Type[by] == event.Correction && tl.A[by] == Parted
	})
}

// refold works out consents and programmes from a timeline alone.
func (s *State) refold(tl *timeline.Timeline) (left []Progress) {
	type joined struct {
		at int64
		in bool
	}
	programmes := map[string]joined{}
	for _, i := range bySeq(tl) {
		if tl.Type[i] != event.ProgrammeJoined {
			continue
		}
		was := programmes[tl.A[i].String()]
		switch in := tl.Num[i] != 0; {
		case in && !was.in:
			programmes[tl.A[i].String()] = joined{tl.At[i], true}
		case !in:
			programmes[tl.A[i].String()] = joined{}
		}
	}
	s.reconsent(tl)
	s.Programmes = slices.DeleteFunc(slices.Clone(s.Programmes), func(p Progress) bool {
		if programmes[p.Key].in {
			return false
		}
		left = append(left, p)
		return true
	})
	for key, j := range programmes {
		if p := s.Progress(key); p != nil {
			p.Joined = j.at
		} else if j.in {
			s.programme(Progress{Key: key, Joined: j.at})
		}
	}
	return left
}

// bySeq are the places of consents and joinings in the order they were committed.
func bySeq(tl *timeline.Timeline) []int {
	var out []int
	for i, t := range tl.Type {
		if t == event.Consent || t == event.ProgrammeJoined {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Compare(tl.Seq[a], tl.Seq[b]) })
	return out
}

// Given is what tags and stages a state says somebody has, as if they were gained in one step; with gained false, lost.
func (s *State) Given(gained bool, version func(programme string) int) []Transition {
	var out []Transition
	for i := range s.Programmes {
		out = append(out, s.Programmes[i].Given(gained, version)...)
	}
	return out
}

// Given is what a programme gave; see State.Given.
func (p *Progress) Given(gained bool, version func(programme string) int) []Transition {
	var out []Transition
	for _, t := range p.Tags {
		out = append(out, Transition{Kind: "tag", Programme: p.Key, Key: t.Key, Gained: gained, Version: version(p.Key)})
	}
	if p.Stage != "" {
		out = append(out, Transition{Kind: "stage", Programme: p.Key, Key: p.Stage, Gained: gained, Version: version(p.Key)})
	}
	return out
}
