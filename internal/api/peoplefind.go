package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// visible is everyone the caller may see.
func (s *Server) visible(ctx context.Context, c *caller) *roaring.Bitmap {
	set := s.within(ctx, c)
	if c.key == nil && c.sending == nil {
		return set
	}
	b := roaring.New() // of who shares with whom it goes to
	for _, n := range numbersOf(set) {
		if card, ok := c.space.Conductor.Directory().ByNumber(n); ok && c.shares(card) {
			b.Add(uint32(n))
		}
	}
	return b
}

// within is everyone the caller works with, before it is asked who shares.
func (s *Server) within(ctx context.Context, c *caller) *roaring.Bitmap {
	cd := c.space.Conductor
	switch {
	case c.member.Role.Can(staff.CanReadAll):
		return cd.Directory().All()
	case c.member.Role == staff.Viewer:
		b := roaring.New()
		for _, m := range c.space.team(ctx, s.store) {
			b.Or(cd.Members("owner", m.ID))
		}
		return b
	}
	sets := []*roaring.Bitmap{cd.Members("owner", c.member.ID), s.askedAbout(ctx, c), c.space.doctors.patients(c)}
	for _, id := range s.actingFor(ctx, c) {
		sets = append(sets, cd.Members("owner", id))
	}
	if c.key == nil && c.sending == nil {
		handed, err := cd.HandedTo(ctx, c.member.ID)
		if err != nil {
			s.log.Error("whose conversations were handed over is not known; they are not shown", "error", err)
		}
		sets = append(sets, handed)
	}
	return roaring.FastOr(sets...)
}

// chosen is the people a filter fits, in order.
type chosen struct {
	people []person.Number
	load   map[person.Number]task.Load
}

// loads counts the open tasks of everyone who has any; those that came for a merged record count for who they are now.
func (s *Server) loads(ctx context.Context, sp *space) (map[person.Number]task.Load, error) {
	load, err := s.store.OpenTasksByPerson(ctx, sp.number())
	if err != nil {
		return nil, err
	}
	for n, l := range load {
		if now := sp.whole(n); now != n {
			sum := load[now]
			sum.Open, sum.Safety = sum.Open+l.Open, sum.Safety+l.Safety
			load[now] = sum
			delete(load, n)
		}
	}
	return load, nil
}

// whole is who a record is now.
func (sp *space) whole(n person.Number) person.Number {
	if card, ok := sp.Conductor.Directory().ByNumber(n); ok {
		return card.Number
	}
	return n
}

func (s *Server) choose(ctx context.Context, in *peopleInput) (*caller, chosen, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return nil, chosen{}, err
	}
	load, err := s.loads(ctx, c.space)
	if err != nil {
		return nil, chosen{}, err
	}
	set := s.visible(ctx, c)
	if err := s.filter(ctx, c, set, in, load); err != nil {
		return nil, chosen{}, err
	}
	numbers := make([]person.Number, 0, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		numbers = append(numbers, person.Number(it.Next()))
	}
	err = s.order(ctx, c, numbers, in, load)
	return c, chosen{numbers, load}, err
}

func (s *Server) filter(ctx context.Context, c *caller, set *roaring.Bitmap, in *peopleInput, load map[person.Number]task.Load) error {
	cd := c.space.Conductor
	if err := s.inFound(c, set, in.Found, in.Of); err != nil {
		return err
	}
	if err := s.byChannel(ctx, c, set, in); err != nil {
		return err
	}
	if q := strings.TrimSpace(in.Q); q != "" {
		if c.masked() {
			return errMasked.At("query.q")
		}
		set.And(cd.Directory().Search(q))
	}
	if in.In != "" {
		set.And(cd.Of(in.In, "", ""))
	}
	for _, t := range in.Tag {
		if in.In != "" {
			set.And(cd.Of(in.In, "tag", t))
		} else {
			set.And(cd.Members("tag", t))
		}
	}
	switch {
	case in.Stage == "":
	case in.In != "":
		set.And(cd.Of(in.In, "stage", in.Stage))
	default:
		set.And(cd.Members("stage", in.Stage))
	}
	switch in.Owner {
	case "":
	case "me":
		set.And(cd.Members("owner", c.member.ID))
	case "none":
		for _, m := range c.space.team(ctx, s.store) {
			set.AndNot(cd.Members("owner", m.ID))
		}
	default:
		set.And(cd.Members("owner", in.Owner))
	}
	if in.Due == "1" {
		due := roaring.New()
		for n, l := range load {
			if l.Open > 0 {
				due.Add(uint32(n))
			}
		}
		now := c.space.now()
		for it := set.Iterator(); it.HasNext(); {
			n := it.Next()
			if _, v, _, ok := cd.Glance(person.Number(n)); ok {
				if days, had := insight.Silent(v, now); had && days >= silentAfter {
					due.Add(n)
				}
			}
		}
		set.And(due)
	}
	return nil
}

// silentAfter is how many days without a reading put a person on the list of those due. Source: docs/guide/sources.md,
// lc_silent14.
const silentAfter = 14

// order sorts by one computed key, then by name. Without a sort those in danger come first, then those with
// work to do.
func (s *Server) order(ctx context.Context, c *caller, numbers []person.Number, in *peopleInput, load map[person.Number]task.Load) error {
	cd, now := c.space.Conductor, c.space.now()
	key := make(map[person.Number]int64, len(numbers))
	switch in.Sort {
	case "name":
	case "stage":
		for _, n := range numbers {
			_, _, st, _ := cd.Glance(n)
			key[n] = stageRank(cd, st)
		}
	case "lastReading", "silent":
		for _, n := range numbers {
			_, v, _, _ := cd.Glance(n)
			at := int64(0)
			if i := insight.Latest(v, event.Glucose, now); i >= 0 {
				at = v.At[i]
			}
			if in.Sort == "silent" {
				at = -at // who has been silent for longest comes last, as with any number that grows
			}
			key[n] = at
		}
	case "next":
		next, err := s.nextDue(ctx, c, numbers)
		if err != nil {
			return err
		}
		key = next
	default:
		for _, n := range numbers {
			key[n] = -int64(load[n].Safety)<<32 - int64(load[n].Open)
		}
	}
	dir := cd.Directory()
	type ranked struct {
		key   int64
		sound string
		n     person.Number
	}
	rows := make([]ranked, len(numbers)) // of each once: they are compared many times
	for i, n := range numbers {
		rows[i] = ranked{key[n], dir.Sound(n), n}
	}
	slices.SortFunc(rows, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.key, b.key), strings.Compare(a.sound, b.sound), cmp.Compare(a.n, b.n))
	})
	for i := range rows {
		numbers[i] = rows[i].n
	}
	if in.Dir == "desc" {
		slices.Reverse(numbers)
	}
	return nil
}

func stageRank(cd *conductor.Conductor, st *engine.State) int64 {
	if st == nil || len(st.Programmes) == 0 {
		return 1 << 20
	}
	p := cd.Programme(st.Programmes[0].Key)
	if p == nil {
		return 1 << 20
	}
	for i := range p.Stages {
		if p.Stages[i].Key == st.Programmes[0].Stage {
			return int64(i)
		}
	}
	return 1 << 20
}

const nothingDue = int64(1) << 62

// nextDue is for each person when the next task or step falls due.
func (s *Server) nextDue(ctx context.Context, c *caller, numbers []person.Number) (map[person.Number]int64, error) {
	key := make(map[person.Number]int64, len(numbers))
	for _, n := range numbers {
		key[n] = nothingDue
		if _, _, st, ok := c.space.Conductor.Glance(n); ok {
			for i := range st.Runs {
				if u := st.Runs[i].Until; u != 0 {
					key[n] = min(key[n], u)
				}
			}
		}
	}
	all, err := c.space.Conductor.OpenTasks(ctx)
	for i := range all {
		whose := c.space.whole(all[i].Person)
		if at, ok := key[whose]; ok {
			key[whose] = min(at, all[i].Due)
		}
	}
	return key, err
}
