package api

import (
	"context"
	"slices"

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
	if !unmapped(e) {
		return Stated{}, errMapped
	}
	var items []conductor.Item
	at := 0
	for _, x := range f.Of(event.Medication, event.Fill) { // what is taken and what was got: one name means one medicine
		if x.Text("name") != e.Text("name") || !x.Stands() || !unmapped(x) {
			continue
		}
		it, err := s.mapped(ctx, c, l, x, m)
		if err != nil {
			return Stated{}, err
		}
		if x == e {
			at = len(items)
		}
		items = append(items, it)
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

// unmapped tells whether an entry is about a medicine the catalogue does not know.
func unmapped(e *healthfile.Entry) bool {
	return (e.Event.Type == event.Medication || e.Event.Type == event.Fill) && e.Code("class") == medicine.Unmapped
}

// meantBefore is the medicine that a name was said to mean before, for the same person; not ok when nobody said.
func meantBefore(f *healthfile.File, name string) (medicine.Medicine, bool) {
	for _, e := range slices.Backward(f.Of(event.Medication, event.Fill)) {
		if e.Stands() && e.Text("name") == name {
			if m, ok := medicine.Of(e.Code("generic")); ok {
				return m, true
			}
		}
	}
	return medicine.Medicine{}, false
}

// mapped is an entry again with its medicine known. A dose that does not fit the medicine's unit stays as text only. What another
// account signed becomes what that doctor said: the signed entry stays behind it, and nobody but that doctor changes either.
func (s *Server) mapped(ctx context.Context, c *caller, l *conductor.Look, x *healthfile.Entry, m medicine.Medicine) (conductor.Item, error) {
	w := &statement{s: s, c: c, l: l, old: x, props: wireOf(x, false)}
	if raw := x.Body()["said"]; raw != nil {
		w.props["said"] = raw
	}
	provenance := x.Event.Provenance
	if x.Signed() && x.Event.Actor != c.actor() { // only the doctor signs what the name means; the words stay that doctor's
		delete(w.props, "signed")
		w.props["said"], provenance = s.saidByDoctor(ctx, c, x), "mapped"
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
	it, err := w.decoded(x.Event.Type.Spec(), x.Event.Occurred)
	if provenance != "" {
		it.Event.Provenance = provenance
	}
	return it, err
}

// saidByDoctor names the doctor who signed x as the one who said so.
func (s *Server) saidByDoctor(ctx context.Context, c *caller, x *healthfile.Entry) map[string]string {
	said := map[string]string{"by": "doctor"}
	if name := s.actorName(ctx, c, x.Event.Actor); name != nil {
		said["name"] = name.Zh
	}
	return said
}
