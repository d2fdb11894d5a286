package suspicion

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"

	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Moment is a value at a moment, as the index knows it: two that are equal have one number, and two that are not nearly never.
type Moment uint64

var seed = maphash.MakeSeed()

func momentOf(t *timeline.Timeline, i int) Moment {
	second := 0.0
	if t.Type[i] == event.BloodPressure {
		second = t.XAt(i, 0)
	}
	return Moment(maphash.Comparable(seed, [4]any{t.Type[i], t.At[i], t.Num[i], second}))
}

// Index knows who has which value at which moment, and who has readings of which device, of everybody's last days. It makes out
// of a hundred thousand people the few pairs that are worth comparing: those who share enough moments, found by asking for each
// of one person's own values who else has it. Nothing is compared with everybody.
//
// It is a hint and no more: what a person took back stays in it until it is built again, and every pair is looked at in the
// timelines before anything is said.
type Index struct {
	limits  Limits
	mu      sync.RWMutex
	moments []entry                    // sorted, of the last building
	since   map[Moment][]person.Number // what came after it
	devices map[event.Symbol][]person.Number
	held    int // entries of since
}

type entry struct {
	moment Moment
	person person.Number
}

// Build makes an index of everybody. each gives every person's timeline, from several goroutines if it likes.
func Build(l Limits, now int64, each func(visit func(worker int, n person.Number, v timeline.View)) error) (*Index, error) {
	x := &Index{limits: l, since: map[Moment][]person.Number{}, devices: map[event.Symbol][]person.Number{}}
	var mu sync.Mutex
	err := each(func(_ int, n person.Number, v timeline.View) {
		if !Lately(v, l, now) {
			return
		}
		mine, used := contributions(v, l, now)
		mu.Lock()
		defer mu.Unlock()
		for _, m := range mine {
			x.moments = append(x.moments, entry{m, n})
		}
		for _, d := range used {
			x.devices[d] = append(x.devices[d], n)
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(x.moments, func(a, b entry) int { return cmp.Or(cmp.Compare(a.moment, b.moment), cmp.Compare(a.person, b.person)) })
	for d := range x.devices {
		slices.Sort(x.devices[d])
	}
	return x, nil
}

// Lately reports whether anything measured was received in the window: most people of a large programme are passed over by it.
func Lately(t timeline.View, l Limits, now int64) bool {
	from := now - l.Window.Microseconds()
	for i := len(t.Recv) - 1; i >= 0; i-- {
		if t.Recv[i] > from && slices.Contains(measured, t.Type[i]) {
			return true
		}
	}
	return false
}

// contributions are the moments and the devices of one person.
func contributions(v timeline.View, l Limits, now int64) (moments []Moment, devices []event.Symbol) {
	x := newLook(v, &l, now, nil)
	for _, t := range measured {
		for _, i := range x.series(t) {
			moments = append(moments, momentOf(v.Timeline, i))
		}
	}
	slices.Sort(moments)
	seen := map[event.Symbol]bool{}
	for i, t := range v.Type {
		if d := v.C[i]; Reads(t) && !seen[d] && !noSerial(d) && v.Recv[i] > x.from && v.Flags[i]&(event.NotANumber|event.Imported) == 0 {
			seen[d] = true
			devices = append(devices, d)
		}
	}
	return slices.Compact(moments), devices
}

// Put takes in what came to one person since the index was built.
func (x *Index) Put(n person.Number, v timeline.View, now int64) {
	mine, used := contributions(v, x.limits, now)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range mine {
		if !x.has(m, n) {
			x.since[m] = append(x.since[m], n)
			x.held++
		}
	}
	for _, d := range used {
		if at, ok := slices.BinarySearch(x.devices[d], n); !ok {
			x.devices[d] = slices.Insert(x.devices[d], at, n)
		}
	}
}

// Due reports whether so much came since the building that building again pays.
func (x *Index) Due() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.held > len(x.moments)/4+100_000
}

// has must be called with mu held.
func (x *Index) has(m Moment, n person.Number) bool {
	if _, ok := slices.BinarySearchFunc(x.moments, entry{m, n}, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.moment, b.moment), cmp.Compare(a.person, b.person))
	}); ok {
		return true
	}
	return slices.Contains(x.since[m], n)
}

// people calls each for everybody who has a moment, until it says no. mu is held.
func (x *Index) people(m Moment, each func(person.Number) bool) {
	at, _ := slices.BinarySearchFunc(x.moments, m, func(a entry, b Moment) int { return cmp.Compare(a.moment, b) })
	for ; at < len(x.moments) && x.moments[at].moment == m; at++ {
		if !each(x.moments[at].person) {
			return
		}
	}
	for _, n := range x.since[m] {
		if !each(n) {
			return
		}
	}
}

// Crowded reports whether more people have a value at a moment than is worth a thought.
func (x *Index) Crowded(m Moment) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.crowded(m)
}

func (x *Index) crowded(m Moment) bool {
	n := 0
	x.people(m, func(person.Number) bool { n++; return n <= x.limits.CopiedCrowd })
	return n > x.limits.CopiedCrowd
}

// Alike are the people worth comparing with n for a copied series: who share enough values at the same moments.
func (x *Index) Alike(n person.Number, v timeline.View, now int64) (others []person.Number) {
	mine, _ := contributions(v, x.limits, now)
	x.mu.RLock()
	defer x.mu.RUnlock()
	shared := map[person.Number]int{}
	var some []person.Number
	for _, m := range mine {
		some = some[:0]
		x.people(m, func(o person.Number) bool {
			some = append(some, o)
			return len(some) <= x.limits.CopiedCrowd
		})
		if len(some) > x.limits.CopiedCrowd {
			continue
		}
		for _, o := range some {
			if o != n {
				shared[o]++
			}
		}
	}
	for o, times := range shared {
		if times >= x.limits.Copied {
			others = append(others, o)
		}
	}
	slices.Sort(others)
	return others
}

// Meters are the devices of n that somebody else has readings of too, with who that is. A name on a crowd is a model's.
func (x *Index) Meters(v timeline.View, n person.Number, now int64) map[event.Symbol][]person.Number {
	_, used := contributions(v, x.limits, now)
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := map[event.Symbol][]person.Number{}
	for _, d := range used {
		all := x.devices[d]
		if len(all) < 2 || len(all) > x.limits.DeviceCrowd {
			continue
		}
		out[d] = slices.DeleteFunc(slices.Clone(all), func(o person.Number) bool { return o == n })
	}
	return out
}

// Everybody are the people the index says anything about: who has a moment or a meter that somebody else has too.
func (x *Index) Everybody() []person.Number {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []person.Number
	for i := range x.moments {
		m := x.moments[i].moment
		if i > 0 && x.moments[i-1].moment == m || i+1 < len(x.moments) && x.moments[i+1].moment == m {
			out = append(out, x.moments[i].person)
		}
	}
	for _, all := range x.devices {
		if len(all) > 1 {
			out = append(out, all...)
		}
	}
	for _, all := range x.since {
		out = append(out, all...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func inOrder(places []int) []int {
	slices.Sort(places)
	return slices.Compact(places)
}
