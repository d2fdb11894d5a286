package conductor

import (
	"context"
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/layer"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Layered is where the people of a programme stand in its layers, and what each of them got.
type Layered struct {
	At        int64
	Standings []layer.Standing   // of those in seen, by number
	Given     []layer.Given      // of each; of those in no layer nothing
	States    []*engine.Progress // of each, not to be changed
}

// Layered looks at everybody in seen who is in the programme. Contacts are counted for who is in a layer, when asked.
func (c *Conductor) Layered(ctx context.Context, p *engine.Programme, seen *roaring.Bitmap, contacts bool) (*Layered, error) {
	out := &Layered{At: c.now()}
	place, zones := c.standings(p, seen, out)
	out.Given = make([]layer.Given, len(out.Standings))
	if !contacts {
		return out, nil
	}
	care := make([]layer.Care, len(p.Layers))
	for k := range p.Layers {
		care[k] = layer.Care{Every: p.Layers[k].Every, Messages: p.Layers[k].Messages()}
	}
	given := func(i int, t *timeline.Timeline) {
		if s := &out.Standings[i]; s.Layer >= 0 {
			out.Given[i] = layer.GivenTo(timeline.View{Timeline: t, Loc: zones[i]}, care[s.Layer], s.Since, out.At)
		}
	}
	if len(out.Standings) < fewPeople {
		for i := range out.Standings {
			given(i, c.tls.Of(person.Number(out.Standings[i].Person)))
		}
		return out, nil
	}
	err := c.tls.Each(ctx, timeline.Scan{Need: timeline.Flags | timeline.CodeA | timeline.CodeC, Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		if int(n) < len(place) && place[n] >= 0 {
			given(int(place[n]), t)
		}
	}})
	if err != nil {
		return nil, fmt.Errorf("count contacts: %w", err)
	}
	return out, nil
}

// standings fills in where each stands, all at one moment, and gives for each number its place among them, and their zones.
func (c *Conductor) standings(p *engine.Programme, seen *roaring.Bitmap, out *Layered) (place []int32, zones []*time.Location) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	place = make([]int32, len(c.humans))
	for n := range place {
		place[n] = -1
	}
	for it := seen.Iterator(); it.HasNext(); {
		n := it.Next()
		h := c.human(person.Number(n))
		if h == nil || h.root != 0 || h.erased() {
			continue
		}
		pr := h.state.Progress(p.Key)
		if pr == nil {
			continue
		}
		s := layer.Standing{Person: n, Layer: layer.None, Joined: pr.Joined, Changed: h.changed}
		for k := range p.Layers {
			if since, ok := pr.Since(p.Layers[k].Tag); ok {
				s.Layer, s.Since = k, since
				break
			}
		}
		place[n] = int32(len(out.Standings))
		out.Standings, out.States, zones = append(out.Standings, s), append(out.States, pr), append(zones, h.loc)
	}
	return place, zones
}

// fewPeople is how many are read one by one sooner than by going through everybody.
const fewPeople = 2000
