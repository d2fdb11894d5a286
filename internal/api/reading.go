package api

import (
	"context"
	"math"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Limits are a person's own for one meal slot, mmol/L.
type Limits struct {
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	Open bool    `json:"open,omitempty" doc:"high itself is outside"`
}

// Shown are the digits of a value in both units; empty for HI and LO, which are words.
type Shown struct {
	Mmol string `json:"mmol"`
	MgdL string `json:"mgdl"`
}

// Entered is a value as it was typed.
type Entered struct {
	Value *float64 `json:"value,omitempty"`
	Unit  string   `json:"unit" enum:"mmol/L,mg/dL"`
}

// Reading is one glucose value with everything a screen needs to draw it.
type Reading struct {
	ID          string   `json:"id"`
	At          string   `json:"at"`
	Received    string   `json:"received"`
	Context     string   `json:"context" doc:"meal slot; empty: unknown"`
	Mmol        *float64 `json:"mmol,omitempty" doc:"on the mmol/L scale, unrounded"`
	Show        Shown    `json:"show"`
	Entered     Entered  `json:"entered"`
	Band        string   `json:"band" enum:"very_low,low,below_target,in_target,high,very_high,hi,lo,implausible"`
	Range       *Limits  `json:"range,omitempty"`
	Source      string   `json:"source"`
	Provenance  string   `json:"provenance"`
	Flags       []string `json:"flags"`
	CorrectedBy string   `json:"correctedBy,omitempty" doc:"id of the reading that replaces this one"`
	Corrects    string   `json:"corrects,omitempty"`
	Retracted   bool     `json:"retracted,omitempty"`
	Sources     []Told   `json:"sources,omitempty" doc:"everybody who told this measurement, this reading itself first; left out when nobody else did"`
}

// readingAt shapes event i of a timeline. It is the only place where a value gets its band, its digits and its
// limits, so that no two screens can disagree.
func readingAt(v timeline.View, t insight.Targets, i int) *Reading {
	context := v.A[i].String()
	r := Reading{
		ID: event.IDOf(v.Recv[i], v.Seq[i]), At: moment(v.At[i], v.Loc), Received: moment(v.Recv[i], v.Loc),
		Context: context, Flags: flagNames(v.Flags[i]), Entered: Entered{Unit: v.B[i].String()},
	}
	if r.Entered.Unit == "" {
		r.Entered.Unit = string(measure.MmolL)
	}
	limits := t.ForContext(context)
	if limits != (measure.Range{}) {
		r.Range = &Limits{Low: limits.Low, High: limits.High, Open: limits.Open}
	}
	num := v.Num[i]
	band := bandOf(num, v.Flags[i], limits)
	r.Band = string(band)
	if math.IsNaN(num) {
		return &r
	}
	r.Mmol = &num
	r.Show = Shown{Mmol: measure.Show(num, limits), MgdL: measure.ShowMgdL(num, limits)}
	entered := num
	if x := v.XAt(i, 0); r.Entered.Unit == string(measure.MgdL) && !math.IsNaN(x) {
		entered = x
	}
	r.Entered.Value = &entered
	return &r
}

func bandOf(num float64, f event.Flags, limits measure.Range) measure.Band {
	switch {
	case f&event.HI != 0:
		return measure.BandHI
	case f&event.LO != 0:
		return measure.BandLO
	case f&event.Implausible != 0 || math.IsNaN(num):
		return measure.BandUnclear
	}
	return measure.Classify(num, limits)
}

func flagNames(f event.Flags) []string {
	out := []string{}
	for _, n := range []struct {
		flag event.Flags
		name string
	}{{event.Imported, "imported"}, {event.Implausible, "implausible"}, {event.HI, "hi"}, {event.LO, "lo"}, {event.Disputed, "disputed"}, {event.Sensor, "sensor"}, {event.Echo, "echo"}, {event.Hidden, "hidden"}} {
		if f&n.flag != 0 {
			out = append(out, n.name)
		}
	}
	return out
}

// lastReading is the newest reading a person would see, nil if there is none.
func lastReading(v timeline.View, t insight.Targets, at int64) *Reading {
	if i := insight.Latest(v, event.Glucose, at); i >= 0 {
		return readingAt(v, t, i)
	}
	return nil
}

// in is the value in the unit a person chose, with the unit; HI and LO are words.
func (r *Reading) in(unit string) string {
	switch {
	case r.Show.Mmol == "":
		return map[string]string{string(measure.BandHI): "HI", string(measure.BandLO): "LO"}[r.Band]
	case unit == string(measure.MgdL):
		return r.Show.MgdL
	}
	return r.Show.Mmol
}

// mostDetailed is how many readings get their origin from the event log; older ones of a very long span go without.
const mostDetailed = 2000

// detail adds to readings what timelines do not hold: where each came from and what replaced it.
func (s *Server) detail(ctx context.Context, sp *space, n person.Number, v timeline.View, places []int, rs map[int]*Reading) error {
	if len(places) > mostDetailed {
		places = places[len(places)-mostDetailed:]
	}
	byseq := map[event.Seq]int{}
	seqs := make([]event.Seq, 0, len(places))
	for _, i := range places {
		byseq[v.Seq[i]] = i
		seqs = append(seqs, v.Seq[i])
	}
	others := tellers{}
	for _, i := range places {
		seqs = others.of(v, i, seqs)
	}
	for i := range v.Seq { // a retraction is an event of its own, without a value
		if v.Type[i] == event.Correction {
			seqs = append(seqs, v.Seq[i])
		}
	}
	es, err := s.store.EventsBySeq(ctx, sp.number(), n, seqs)
	if err != nil {
		return err
	}
	for k := range es {
		e := &es[k]
		if i, ok := byseq[e.Seq]; ok {
			rs[i].Sources = others.told(ctx, s, sp, v, i, es)
			rs[i].Source, rs[i].Provenance = sp.sourceName(ctx, s.store, e.Source), e.Provenance
			if e.Supersedes != 0 {
				if j := v.Find(e.Supersedes); j >= 0 {
					rs[i].Corrects = event.IDOf(v.Recv[j], v.Seq[j])
				}
			}
		}
		if j, ok := byseq[e.Supersedes]; ok && e.Supersedes != 0 {
			rs[j].CorrectedBy = e.ID()
		}
		if j, ok := byseq[e.Retracts]; ok && e.Retracts != 0 {
			rs[j].Retracted = true
		}
	}
	return nil
}
