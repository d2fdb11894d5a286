package api

import (
	"context"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Told is one source that told a measurement.
type Told struct {
	ID         string `json:"id"`
	Source     string `json:"source"`
	Provenance string `json:"provenance"`
	At         string `json:"at" doc:"when it was measured, as this source says"`
	Received   string `json:"received"`
}

// tellers are, by the place of an event, the places of all that told the same measurement, where there are several.
type tellers struct {
	places map[int][]int
	at     map[event.Seq]int // where in what was read of the log
}

// of looks who told the same as event i and adds their sequences to those that are read from the log.
func (o *tellers) of(v timeline.View, i int, seqs []event.Seq) []event.Seq {
	if i < 0 || v.Flags[i]&event.Hidden != 0 {
		return seqs
	}
	places := v.Told(i)
	if len(places) < 2 {
		return seqs
	}
	if o.places == nil {
		o.places = map[int][]int{}
	}
	o.places[i] = places
	for _, j := range places {
		if j != i {
			seqs = append(seqs, v.Seq[j])
		}
	}
	return seqs
}

// told shapes who told the same as event i from es, which is the same each time; nil when nobody else did.
func (o *tellers) told(ctx context.Context, s *Server, sp *space, v timeline.View, i int, es []event.Event) []Told {
	if len(o.places[i]) == 0 {
		return nil
	}
	if o.at == nil {
		o.at = make(map[event.Seq]int, len(es))
		for k := range es {
			o.at[es[k].Seq] = k
		}
	}
	var out []Told
	for _, j := range o.places[i] {
		k, there := o.at[v.Seq[j]]
		if !there {
			continue
		}
		e := &es[k]
		out = append(out, Told{
			ID: e.ID(), Source: sp.sourceName(ctx, s.store, e.Source), Provenance: e.Provenance,
			At: moment(e.Occurred, v.Loc), Received: moment(e.Received, v.Loc),
		})
	}
	return out
}
