package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/staff"
)

// Figures are what came of one code or several in a span. Every number of people opens them: /api/people?channel=…&reached=….
type Figures struct {
	Opened       int    `json:"opened" doc:"browsers that opened the page, each once for a code"`
	Late         int    `json:"late" doc:"of them after the code had ended"`
	Arrived      int    `json:"arrived" doc:"people whose first touch it is"`
	Settled      int    `json:"settled" doc:"of whom agreed to the basic service themselves, by the day they did"`
	Activated    *int   `json:"activated,omitempty" doc:"of the settled; absent: no programme says who is"`
	Kept         *int   `json:"kept,omitempty" doc:"of keptOf, heard from 30 days after settling or later; absent: nobody settled that long ago"`
	KeptOf       int    `json:"keptOf" doc:"of the settled, who settled 30 days ago or longer"`
	Fen          *int64 `json:"fen,omitempty" doc:"what it cost, in fen; absent: nothing is known to have been spent"`
	PerOpened    *int64 `json:"perOpened,omitempty" doc:"fen"`
	PerArrived   *int64 `json:"perArrived,omitempty" doc:"fen"`
	PerSettled   *int64 `json:"perSettled,omitempty" doc:"fen"`
	PerActivated *int64 `json:"perActivated,omitempty" doc:"fen"`
	PerKept      *int64 `json:"perKept,omitempty" doc:"fen"`
}

// tally is figures that may be added up.
type tally struct {
	entrance.Count
	entrance.Opened
	fen int64
}

func (t *tally) add(o tally) {
	t.Touched, t.Settled, t.Activated, t.Kept, t.KeptOf = t.Touched+o.Touched, t.Settled+o.Settled, t.Activated+o.Activated, t.Kept+o.Kept, t.KeptOf+o.KeptOf
	t.All, t.Late, t.fen = t.All+o.All, t.Late+o.Late, t.fen+o.fen
}

// entranceFigures are those of every code in a span.
type entranceFigures struct {
	by        map[string]tally
	activated bool // a programme says who is
	rows      []entrance.Row
	here      *roaring.Bitmap
}

// figures counts everybody once.
func (s *Server) figures(ctx context.Context, c *caller, b *entrance.Book, span entrance.Span) (*entranceFigures, error) {
	rows, err := c.space.Conductor.Origins(ctx)
	if err != nil {
		return nil, err
	}
	opened, err := s.store.Arrivals(ctx, c.space.number(), span)
	if err != nil {
		return nil, err
	}
	costs, err := s.store.Costs(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	f := &entranceFigures{by: make(map[string]tally, len(b.All)), rows: rows, here: c.space.Conductor.Directory().All()}
	for _, p := range c.space.Conductor.Programmes() {
		f.activated = f.activated || p.TagIndex(entrance.ActivatedTag) >= 0
	}
	places := make(map[event.Symbol]int, len(b.All))
	for i := range b.All {
		places[event.Intern(b.All[i].State)] = i
	}
	counts := entrance.Tally(rows, len(b.All), func(y event.Symbol) int {
		if i, ok := places[y]; ok {
			return i
		}
		return -1
	}, span, c.today(), f.gone())
	for i := range b.All {
		f.by[b.All[i].ID] = tally{Count: counts[i], Opened: opened[b.All[i].ID]}
	}
	for i := range costs {
		if t, ok := f.by[costs[i].Entrance]; ok {
			t.fen += costs[i].In(span)
			f.by[costs[i].Entrance] = t
		}
	}
	return f, nil
}

// gone says who counts nowhere: who was erased or merged into another.
func (f *entranceFigures) gone() func(int) bool {
	in := make([]bool, len(f.rows))
	for it := f.here.Iterator(); it.HasNext(); {
		if n := int(it.Next()); n < len(in) {
			in[n] = true
		}
	}
	return func(n int) bool { return !in[n] }
}

func (f *entranceFigures) of(id string) tally { return f.by[id] }

func (f *entranceFigures) view(t tally) Figures {
	out := Figures{Opened: t.All, Late: t.Late, Arrived: t.Touched, Settled: t.Settled, KeptOf: t.KeptOf}
	if f.activated {
		out.Activated, out.PerActivated = &t.Activated, entrance.Each(t.fen, t.Activated)
	}
	if t.KeptOf > 0 {
		out.Kept, out.PerKept = &t.Kept, entrance.Each(t.fen, t.Kept)
	}
	if t.fen > 0 {
		out.Fen = &t.fen
	}
	out.PerOpened, out.PerArrived, out.PerSettled = entrance.Each(t.fen, t.All), entrance.Each(t.fen, t.Touched), entrance.Each(t.fen, t.Settled)
	return out
}

func (f *entranceFigures) order(list []*entrance.Entrance, by string) {
	slices.SortStableFunc(list, func(a, b *entrance.Entrance) int {
		x, y := f.of(a.ID), f.of(b.ID)
		n := 0
		switch by {
		case "name":
		case "cost":
			n = cmp.Compare(y.fen, x.fen)
		case "new":
			n = cmp.Compare(b.Created, a.Created)
		default:
			n = cmp.Or(cmp.Compare(y.Settled, x.Settled), cmp.Compare(y.Touched, x.Touched))
		}
		return cmp.Or(n, strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
}

// EntranceDay is one day of a code.
type EntranceDay struct {
	Day     string `json:"day"`
	Opened  int    `json:"opened"`
	Late    int    `json:"late,omitempty"`
	Arrived int    `json:"arrived"`
	Settled int    `json:"settled"`
}

// EntrancePage is one code with its days and costs.
type EntrancePage struct {
	Entrance
	Days  []EntranceDay `json:"days" doc:"with anything on them, oldest first"`
	Costs []Cost        `json:"costs" doc:"newest first, those taken back too"`
	Codes []Choice      `json:"codes" doc:"that may take its place"`
}

func (s *Server) oneEntrance(ctx context.Context, in *oneEntranceInput) (EntrancePage, error) {
	c, b, err := s.book(ctx, staff.CanReadPeople)
	if err != nil {
		return EntrancePage{}, err
	}
	e := b.ByID(in.ID)
	if e == nil || !c.mine(e) {
		return EntrancePage{}, errNoEntrance
	}
	span, err := in.span()
	if err != nil {
		return EntrancePage{}, err
	}
	f, err := s.figures(ctx, c, b, span)
	if err != nil {
		return EntrancePage{}, err
	}
	out := EntrancePage{Entrance: s.entranceView(ctx, c, b, e, f), Codes: []Choice{}}
	opened, err := s.store.ArrivalDays(ctx, c.space.number(), e.ID, span)
	if err != nil {
		return EntrancePage{}, err
	}
	out.Days = daysOf(opened, entrance.Days(f.rows, event.Intern(e.State), span, f.gone()))
	for i := range b.All {
		if x := &b.All[i]; c.mine(x) && b.CheckSuccessor(e.ID, x.ID) == nil {
			out.Codes = append(out.Codes, Choice{x.ID, Text{Zh: x.Name, En: x.Name}})
		}
	}
	out.Costs, err = s.costsOf(ctx, c, b, func(x *entrance.Cost) bool { return x.Entrance == e.ID })
	return out, err
}

func daysOf(opened []entrance.Opened, people []entrance.Day) []EntranceDay {
	by := map[int32]*EntranceDay{}
	at := func(d int32) *EntranceDay {
		if by[d] == nil {
			by[d] = &EntranceDay{Day: entrance.Date(d)}
		}
		return by[d]
	}
	for _, o := range opened {
		d := at(o.Day)
		d.Opened, d.Late = o.All, o.Late
	}
	for _, p := range people {
		d := at(p.Day)
		d.Arrived, d.Settled = p.Touched, p.Settled
	}
	out := make([]EntranceDay, 0, len(by))
	for _, d := range by {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b EntranceDay) int { return strings.Compare(a.Day, b.Day) })
	return out
}

// RegionRow is what came of the codes of a place.
type RegionRow struct {
	Province string  `json:"province" doc:"empty: not said"`
	City     string  `json:"city,omitempty"`
	Codes    int     `json:"codes"`
	Figures  Figures `json:"figures"`
}

// Regions is a table of them.
type Regions struct {
	Items []RegionRow `json:"items" doc:"most settled first"`
}

type regionsInput struct{ SpanInput }

func (s *Server) entranceRegions(ctx context.Context, in *regionsInput) (Regions, error) {
	c, b, err := s.book(ctx, staff.CanReadPeople)
	if err != nil {
		return Regions{}, err
	}
	span, err := in.span()
	if err != nil {
		return Regions{}, err
	}
	f, err := s.figures(ctx, c, b, span)
	if err != nil {
		return Regions{}, err
	}
	type place struct{ province, city string }
	sums, codes := map[place]*tally{}, map[place]int{}
	for i := range b.All {
		e := &b.All[i]
		if !c.mine(e) {
			continue
		}
		k := place{e.Province, e.City}
		if sums[k] == nil {
			sums[k] = &tally{}
		}
		sums[k].add(f.of(e.ID))
		codes[k]++
	}
	out := Regions{Items: []RegionRow{}}
	for k, t := range sums {
		out.Items = append(out.Items, RegionRow{k.province, k.city, codes[k], f.view(*t)})
	}
	slices.SortFunc(out.Items, func(a, b RegionRow) int {
		return cmp.Or(cmp.Compare(b.Figures.Settled, a.Figures.Settled), strings.Compare(a.Province, b.Province), strings.Compare(a.City, b.City))
	})
	return out, nil
}

// byChannel keeps of a set whom a code brought, as far as it is asked.
func (s *Server) byChannel(ctx context.Context, c *caller, set *roaring.Bitmap, in *peopleInput) error {
	if in.Channel == "" {
		return nil
	}
	b, err := s.store.Entrances(ctx, c.space.number())
	if err != nil {
		return err
	}
	e := b.ByID(in.Channel)
	if e == nil || !c.mine(e) {
		return errNoEntrance.At("query.channel")
	}
	span, err := (&SpanInput{in.CameFrom, in.CameTo}).span()
	if err != nil {
		return err
	}
	rows, err := c.space.Conductor.Origins(ctx)
	if err != nil {
		return err
	}
	found := roaring.New()
	entrance.Who(rows, event.Intern(e.State), entrance.Reached(in.Reached), span, c.today(), func(n int) { found.Add(uint32(n)) })
	set.And(found)
	return nil
}
