package rule

import (
	"math/bits"
	"sort"
	"time"

	"peiban/internal/event"
	"peiban/internal/purchase"
	"peiban/internal/timeline"
)

// blockSize is how many events a condition is asked of at once: as many as a word has bits.
const blockSize = 64

// kind is which events a selection begins with: of one type, of several, or all. Env numbers them.
type kind struct {
	id   int
	only event.Type
	one  bool
	set  []bool // by type, without one; nil: all types
}

// track is the events of one kind up to now that are not hidden, the newest first. It is filled in blocks, as far back as
// rules look, and serves all rules that are asked about the same person at the same moment.
type track struct {
	epoch uint32
	rows  []int32   // places in the timeline
	plain []uint64  // by block, which of its events have a number, as far as asked for
	days  []int32   // by event, its local day, as far as asked for
	main  []float64 // by event, its main number whatever its flags say, as far as asked for
	given []uint64  // by block, which of main are numbers

	// The numbers of the plain events that have one, with their moments and places, as far as asked for.
	values []float64
	times  []int64
	places []int32
	valued int  // how many blocks they are of
	from   int  // the place to look at next; -1: all are there
	ahead  bool // some of its events are yet to come
}

// scene is the person and the moment the tracks are of.
type scene struct {
	numbers [blockSize]float64 // room for those of a block
	symbols [blockSize]event.Symbol

	env   *Env
	tl    *timeline.Timeline
	loc   *time.Location
	n     int
	now   int64
	epoch uint32

	tracks []track
	leaves []leafWords

	bought   *purchase.Table // what refunds leave, of boughtIn at boughtAt
	boughtOf uint32
	boughtIn *timeline.Timeline
	boughtAt int64

	targets []targetLimits // by place in Options.Targets

	limits   []limitWords
	limitsOf uint32 // the epoch they are of

	// For each event the one before it of its type, and for each type its newest, as places + 1; 0: none.
	links  uint32 // the epoch they are of
	prev   []int32
	newest [maxPlaces]int32
	types  typeSet // those there are
}

// maxPlaces is more than the catalogue has types; a type beyond it is searched for everywhere.
const maxPlaces = 128

// Look turns c to a person and a moment. Whoever reuses a timeline for another person must say so by it.
func (c *Ctx) Look(tl timeline.View, now int64) {
	c.TL, c.Now = tl, now
	c.scene.tl = nil
}

// forget lets go of the person.
func (s *scene) forget() { s.tl, s.env, s.loc, s.bought, s.boughtIn = nil, nil, nil, nil, nil }

// stand makes the tracks those of c's person and moment and of the rules of e.
func (c *Ctx) stand(e *Env) {
	s := &c.scene
	n := 0
	if c.TL.Timeline != nil {
		n = len(c.TL.At)
	}
	if s.tl == c.TL.Timeline && s.n == n && s.now == c.Now && s.env == e && s.loc == c.TL.Loc && s.tl != nil {
		return
	}
	same := s.tl == c.TL.Timeline && s.n == n && s.tl != nil && s.links == s.epoch
	s.tl, s.n, s.now, s.env, s.loc = c.TL.Timeline, n, c.Now, e, c.TL.Loc
	if s.epoch++; s.epoch == 0 { // once in four thousand million
		clear(s.tracks)
		clear(s.leaves)
		s.limits, s.targets = nil, nil
		s.epoch = 1
		same = false
	}
	if same {
		s.links = s.epoch
	}
}

// link learns which events are of one type.
func (s *scene) link() {
	if s.links == s.epoch {
		return
	}
	s.links = s.epoch
	types := s.tl.Type
	if cap(s.prev) < len(types) {
		s.prev = make([]int32, len(types), 2*len(types))
	}
	s.prev = s.prev[:len(types)]
	clear(s.newest[:])
	prev := s.prev
	for i, t := range types {
		if t < maxPlaces {
			prev[i] = s.newest[t]
			s.newest[t] = int32(i + 1)
		}
	}
	s.joinNewest()
}

// Newest is the newest place of a type in c.TL, or a later one; -1 for none. It looks at most people's types once.
func (c *Ctx) Newest(t event.Type) int {
	if c.TL.Timeline == nil {
		return -1
	}
	if c.scene.tl != c.TL.Timeline {
		c.stand(c.scene.env)
	}
	return c.newestOf(t)
}

// newestOf is the newest place of a type, -1 for none; olderOf the one before it. Every place is returned of a type beyond those
// that are linked.
func (c *Ctx) newestOf(t event.Type) int {
	if t >= maxPlaces {
		return len(c.TL.Type) - 1
	}
	c.scene.link()
	return int(c.scene.newest[t]) - 1
}

func (c *Ctx) olderOf(t event.Type, i int) int {
	if t >= maxPlaces {
		return i - 1
	}
	return int(c.scene.prev[i]) - 1
}

// track is that of a kind, begun.
func (c *Ctx) track(k *kind) *track {
	s := &c.scene
	for k.id >= len(s.tracks) {
		s.tracks = append(s.tracks, track{})
	}
	t := &s.tracks[k.id]
	if t.epoch == s.epoch {
		return t
	}
	t.epoch, t.ahead = s.epoch, false
	t.rows, t.plain, t.days, t.main, t.given = t.rows[:0], t.plain[:0], t.days[:0], t.main[:0], t.given[:0]
	t.values, t.times, t.places, t.valued = t.values[:0], t.times[:0], t.places[:0], 0
	t.from = len(s.tl.Type) - 1
	if k.one {
		t.from = c.newestOf(k.only)
	}
	for t.from >= 0 && s.tl.At[t.from] > c.Now {
		if i := t.from; s.tl.Flags[i]&event.Hidden == 0 && k.has(s.tl.Type[i]) {
			t.ahead = true
			break // it is walked one by one
		}
		t.from = c.olderIn(k, t.from)
	}
	return t
}

// has tells whether events of a type are of the kind.
func (k *kind) has(t event.Type) bool {
	return k.one && t == k.only || !k.one && (k.set == nil || int(t) < len(k.set) && k.set[t])
}

func (c *Ctx) olderIn(k *kind, i int) int {
	if k.one {
		return c.olderOf(k.only, i)
	}
	return i - 1
}

// block is the places of block b, at most blockSize of them; empty past the oldest event.
func (c *Ctx) block(k *kind, t *track, b int) []int32 {
	if (b+1)*blockSize > len(t.rows) && t.from >= 0 {
		c.fill(k, t, (b+1)*blockSize)
	}
	if b*blockSize >= len(t.rows) {
		return nil
	}
	return t.rows[b*blockSize : min((b+1)*blockSize, len(t.rows))]
}

// fill takes in events until there are n.
func (c *Ctx) fill(k *kind, t *track, n int) {
	tl, i, rows := c.scene.tl, t.from, t.rows
	switch {
	case k.one && k.only < maxPlaces:
		prev, flags := c.scene.prev, tl.Flags
		for i >= 0 && len(rows) < n {
			if flags[i]&event.Hidden == 0 {
				rows = append(rows, int32(i))
			}
			i = int(prev[i]) - 1
		}
	default:
		types, flags := tl.Type[:i+1], tl.Flags[:i+1]
		for ; i >= 0 && len(rows) < n; i-- {
			if t := types[i]; k.set != nil && (int(t) >= len(k.set) || !k.set[t]) || k.one && t != k.only || flags[i]&event.Hidden != 0 {
				continue
			}
			rows = append(rows, int32(i))
		}
	}
	t.from, t.rows = i, rows
}

// plainOf is which events of block b have a number.
func (c *Ctx) plainOf(t *track, b int) uint64 {
	for len(t.plain) <= b {
		w, flags := uint64(0), c.scene.tl.Flags
		at := len(t.plain) * blockSize
		for j, i := range t.rows[at:min(at+blockSize, len(t.rows))] {
			w |= bit(flags[i]&notANumber == 0) << (j & 63)
		}
		t.plain = append(t.plain, w)
	}
	return t.plain[b]
}

// mainOf is the main numbers of block b, and which of them are numbers.
func (c *Ctx) mainOf(t *track, b int) (v []float64, given uint64) {
	num := c.scene.tl.Num
	for len(t.given) <= b {
		at := len(t.given) * blockSize
		rows := t.rows[at:min(at+blockSize, len(t.rows))]
		for _, i := range rows {
			t.main = append(t.main, num[i]+0) // 0 for -0, as below asks
		}
		t.given = append(t.given, known(t.main[at:]))
	}
	return t.main[b*blockSize : min((b+1)*blockSize, len(t.main))], t.given[b]
}

// valuesSince is the numbers of the plain events from a moment on, with their moments and places.
func (c *Ctx) valuesSince(k *kind, t *track, from int64) (v []float64, at []int64, places []int32) {
	for n := len(t.times); n == 0 || t.times[n-1] >= from; n = len(t.times) {
		rows := c.block(k, t, t.valued)
		if len(rows) == 0 {
			break
		}
		main, word := c.mainOf(t, t.valued)
		for word &= c.plainOf(t, t.valued); word != 0; word &= word - 1 {
			j := bits.TrailingZeros64(word)
			t.values, t.times, t.places = append(t.values, main[j]), append(t.times, c.scene.tl.At[rows[j]]), append(t.places, rows[j])
		}
		t.valued++
	}
	n := sort.Search(len(t.times), func(i int) bool { return t.times[i] < from })
	return t.values[:n:n], t.times[:n:n], t.places[:n:n]
}

// dayOf is the local day of event j of a track.
func (c *Ctx) dayOf(t *track, j int) int32 {
	for len(t.days) <= j {
		t.days = append(t.days, int32(c.localDay(c.scene.tl.At[t.rows[len(t.days)]])))
	}
	return t.days[j]
}

// targetLimits are the limits of a target, once asked for.
type targetLimits struct {
	epoch     uint32
	ok        bool
	low, high float64
}

// target is what c.Target says of a target, asked once.
func (c *Ctx) target(id int, key string) (low, high float64, ok bool) {
	if c.Target == nil || id < 0 {
		return 0, 0, false
	}
	s := &c.scene
	for len(s.targets) <= id {
		s.targets = append(s.targets, targetLimits{})
	}
	t := &s.targets[id]
	if t.epoch != s.epoch {
		t.epoch = s.epoch
		t.low, t.high, t.ok = c.Target(key)
	}
	return t.low, t.high, t.ok
}

// bit is 1 for true.
func bit(b bool) uint64 {
	var n uint64
	if b {
		n = 1
	}
	return n
}

// firstBits are the n lowest.
func firstBits(n int) uint64 {
	if n >= blockSize {
		return ^uint64(0)
	}
	return 1<<n - 1
}

// nth is the place of the n-th set bit of w, from 1.
func nth(w uint64, n int) int {
	for ; n > 1; n-- {
		w &= w - 1
	}
	return bits.TrailingZeros64(w)
}
