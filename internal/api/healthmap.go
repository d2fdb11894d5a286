package api

import (
	"context"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/medicine"
	"peiban/internal/staff"
)

type mapInput struct {
	IDPath
	EntryPath
	Body struct {
		Generic string `json:"generic" minLength:"1" maxLength:"60" doc:"key of a medicine of the catalogue"`
	}
}

// mapMedicine says which medicine a name means. Every entry with that name is corrected, so that tags come out as if it had been
// known from the beginning; an event of its own says who said so.
func (s *Server) mapMedicine(ctx context.Context, in *mapInput) (Stated, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanMapMedicine, in.ID)
	if err != nil {
		return Stated{}, err
	}
	m, ok := medicine.Of(in.Body.Generic)
	if !ok {
		return Stated{}, errMedicine.At("body.generic").Because("从 /api/medicines 里选", "choose from /api/medicines")
	}
	defer s.alone(c, card)()
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return Stated{}, err
	}
	e, err := s.entryAt(f, l, in.Entry)
	if err != nil {
		return Stated{}, err
	}
	if e.Event.Type != event.Medication || e.Code("class") != medicine.Unmapped {
		return Stated{}, errMapped
	}
	var items []conductor.Item
	at := 0
	for _, t := range f.Takings() {
		for _, x := range t.Entries {
			if x.Text("name") != e.Text("name") || !x.Stands() || x.Code("class") != medicine.Unmapped {
				continue
			}
			it, err := s.mapped(c, l, x, m)
			if err != nil {
				return Stated{}, err
			}
			if x == e {
				at = len(items)
			}
			items = append(items, it)
		}
	}
	why, err := item(card, "medicine_mapped", map[string]any{"generic": m.Key, "class": m.Class, "ref": event.Ref(in.Entry), "entry": in.Entry, "name": e.Text("name")})
	if err != nil {
		return Stated{}, err
	}
	why.Event.Provenance = "mapped"
	out, err := s.submitted(ctx, c, card, "file.map", append(items, why)...)
	if err != nil {
		return Stated{}, err
	}
	return s.stated(ctx, c, card, out[at], nil)
}

// mapped is an entry again with its medicine known. A dose that does not fit the medicine's unit stays as text only.
func (s *Server) mapped(c *caller, l *conductor.Look, x *healthfile.Entry, m medicine.Medicine) (conductor.Item, error) {
	w := &statement{s: s, c: c, l: l, old: x, props: wireOf(x, false)}
	if raw := x.Body()["said"]; raw != nil {
		w.props["said"] = raw
	}
	w.props["generic"], w.props["class"] = m.Key, m.Class
	if dose, ok := w.props["dose"].(float64); ok {
		unit := x.Text("doseUnit")
		own, f := m.Dose(dose, unit)
		if x.Text("doseText") == "" {
			w.props["doseText"] = typed(dose) + " " + unit
		}
		if delete(w.props, "dose"); f == nil {
			w.props["dose"], w.props["doseUnit"] = own, m.Unit
		}
	}
	it, err := w.decoded(event.Medication.Spec(), x.Event.Occurred)
	if x.Event.Provenance != "" {
		it.Event.Provenance = x.Event.Provenance
	}
	return it, err
}
