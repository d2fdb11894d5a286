package engine

import (
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Founded is what a timeline alone tells of somebody's state: what they agreed to, which programmes they are in and until when a human
// talks with them. Nobody is in a journey; entries says how often they have been in one.
func Founded(tl *timeline.Timeline, entries []Entry) *State {
	s := &State{V: 1}
	order := make([]int, 0, 16)
	for i, t := range tl.Type {
		if (t == event.Consent || t == event.ProgrammeJoined || t == event.Chat) && tl.Flags[i]&event.Hidden == 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return int(int64(tl.Seq[a]) - int64(tl.Seq[b])) })
	for _, i := range order {
		switch tl.Type[i] {
		case event.Consent:
			s.consent(Grant{Purpose: tl.A[i].String(), Given: tl.Num[i] == 1, Version: tl.B[i].String(), At: tl.At[i]})
		case event.Chat:
			if tl.A[i] == fromStaff && tl.B[i] != inBulk && tl.B[i] != byItself && tl.Flags[i]&event.Imported == 0 {
				s.Paused = max(s.Paused, tl.At[i]+pauseAfterHuman.Microseconds())
			}
		default:
			s.Place(tl.A[i].String(), tl.At[i], tl.Num[i] != 0)
		}
	}
	s.Entries = slices.Clone(entries)
	slices.SortFunc(s.Entries, func(a, b Entry) int { return strings.Compare(a.Journey, b.Journey) })
	return s
}

// Place puts somebody into a programme, or takes them out.
func (s *State) Place(key string, at int64, in bool) {
	i, ok := slices.BinarySearchFunc(s.Programmes, key, func(a Progress, k string) int { return strings.Compare(a.Key, k) })
	switch {
	case in && !ok:
		s.Programmes = slices.Insert(s.Programmes, i, Progress{Key: key, Joined: at})
	case !in && ok:
		s.Programmes = slices.Delete(s.Programmes, i, i+1)
	}
}
