package fulfil

import (
	"cmp"
	"slices"
)

// Group is the rates of one stage, tag, member of staff or the like.
type Group struct {
	Key    string
	Rates  Rates
	People int  // who are behind the due work
	Hidden bool // fewer people than may be shown: nothing of it leaves the server but that
}

// Folder gathers rates by group. A piece of work may be in several, such as tags, or in one, such as stages.
type Folder struct {
	rates  map[string]*Rates
	people map[string]map[uint32]bool
}

// Add counts w in a group.
func (f *Folder) Add(key string, w *Work, m Mark, res Result) {
	if !m.Due {
		return
	}
	if f.rates == nil {
		f.rates, f.people = map[string]*Rates{}, map[string]map[uint32]bool{}
	}
	if f.rates[key] == nil {
		f.rates[key], f.people[key] = &Rates{}, map[uint32]bool{}
	}
	f.rates[key].Add(m, res)
	f.people[key][w.Person] = true
}

// Groups are the gathered ones, by key. Those of fewer than fewest people are hidden. Of a partition, where the groups make up the whole,
// one that is hidden alone could be found by taking the others from the whole, so the smallest of the others is hidden with it.
func (f *Folder) Groups(fewest int, partition bool) []Group {
	out := make([]Group, 0, len(f.rates))
	for k, r := range f.rates {
		out = append(out, Group{Key: k, Rates: *r, People: len(f.people[k])})
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Or(cmp.Compare(a.People, b.People), cmp.Compare(a.Key, b.Key)) })
	hidden := 0
	for i := range out {
		if out[i].People < fewest {
			out[i].Hidden = true
			hidden++
		}
	}
	if partition && hidden == 1 && len(out) > 1 {
		out[1].Hidden = true
	}
	for i := range out {
		if out[i].Hidden {
			out[i].Rates, out[i].People = Rates{}, 0
		}
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
