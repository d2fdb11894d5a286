package api

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/layer"
)

// layerMoves are the gains and losses of a programme's layers, read from the log once and then followed.
type layerMoves struct {
	mu sync.Mutex
	of map[string]*movesOf // by programme
}

type movesOf struct {
	keys string // the layers they are of; others in a new version are read again
	upTo event.Seq
	all  []layer.Move
}

// longestWeeks is how far back movement is followed.
const longestWeeks = 26

// movesSince brings the moves up to the last commit and gives them; nobody changes what is given.
func (m *layerMoves) movesSince(ctx context.Context, s *Server, sp *space, f *layerFigures) ([]layer.Move, error) {
	keys := make([]string, len(f.p.Layers))
	for i := range f.p.Layers {
		keys[i] = f.p.Key + "/" + f.p.Layers[i].Tag
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	head := sp.Conductor.Head()
	x := m.of[f.p.Key]
	if name := strings.Join(keys, " "); x == nil || x.keys != name || head < x.upTo {
		x = &movesOf{keys: name}
		if m.of == nil {
			m.of = map[string]*movesOf{}
		}
		m.of[f.p.Key] = x
	}
	if head == x.upTo {
		return x.all, nil
	}
	from := time.UnixMicro(sp.now()).AddDate(0, 0, -7*(longestWeeks+1)).UnixMicro()
	fresh := slices.Clone(x.all) // whoever was given the old ones still reads them
	err := s.store.TagMoves(ctx, sp.number(), keys, x.upTo, head, from, func(t *conductor.Transition) {
		fresh = append(fresh, layer.Move{Person: uint32(t.Person), Tag: slices.Index(keys, t.Key), Gained: t.Gained, At: t.At, Seq: t.Seq, N: t.N})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(fresh, layer.Newest)
	x.all, x.upTo = fresh, head
	return fresh, nil
}

// layerWeeks are the weeks up to f's moment. What was committed since is left out: the weeks end where the people of f stand.
func (s *Server) layerWeeks(ctx context.Context, c *caller, f *layerFigures, weeks int, want *layer.Cell) ([]layer.Week, error) {
	moves, err := c.space.moves.movesSince(ctx, s, c.space, f)
	if err != nil {
		return nil, err
	}
	return layer.Weeks(f.Standings, moves, len(f.p.Layers), layer.Bounds(f.At, weeks, c.space.loc), want), nil
}

// movedPeople puts those behind one number of a week into set and says what it counts.
func (s *Server) movedPeople(ctx context.Context, c *caller, f *layerFigures, in *layerPeopleIn, set *roaring.Bitmap) (Text, error) {
	q, p := in.Body, f.p
	bounds := layer.Bounds(f.At, longestWeeks, c.space.loc)
	cell := layer.Cell{Week: slices.IndexFunc(bounds[:longestWeeks], func(at int64) bool { return localDay(at+1, c.space.loc) == q.Week }), From: layer.All, To: layer.All}
	if cell.Week < 0 {
		return Text{}, errCodeChoice.At("body.week")
	}
	var ok bool
	if q.Of == "end" {
		if cell.To, ok = placeOf(p, q.Layer); !ok {
			return Text{}, errCodeChoice.At("body.layer")
		}
	} else {
		if cell.From, ok = placeOf(p, q.From); !ok {
			return Text{}, errCodeChoice.At("body.from")
		}
		if cell.To, ok = placeOf(p, q.To); !ok {
			return Text{}, errCodeChoice.At("body.to")
		}
	}
	weeks, err := s.layerWeeks(ctx, c, f, longestWeeks, &cell)
	if err != nil {
		return Text{}, err
	}
	set.AddMany(weeks[cell.Week].Which)
	if q.Of == "end" {
		name := f.placeName(cell.To)
		return text(q.Week+" 那一周末在“"+name.Zh+"”", name.En+" at the end of the week of "+q.Week), nil
	}
	from, to := f.placeName(cell.From), f.placeName(cell.To)
	return text(q.Week+" 那一周从“"+from.Zh+"”到“"+to.Zh+"”", "From "+from.En+" to "+to.En+" in the week of "+q.Week), nil
}

func (f *layerFigures) placeName(at int) Text {
	switch {
	case at < len(f.p.Layers):
		return f.p.Tags[f.p.TagIndex(f.p.Layers[at].Tag)].Name
	case at == len(f.p.Layers):
		return text("不在任何一层", "no layer")
	}
	return text("还没加入", "not yet joined")
}
