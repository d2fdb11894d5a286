package api

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// TargetsView is which targets hold, why, and all that were set.
type TargetsView struct {
	Profile  string          `json:"profile,omitempty"`
	Name     Text            `json:"name"`
	HbA1c    float64         `json:"hba1cHigh,omitempty"`
	Limits   []TargetLimit   `json:"limits" doc:"those that hold, for tags and alerts too"`
	InForce  *FileEntry      `json:"inForce,omitempty" doc:"the newest choice that holds; absent: the programme's own profile"`
	Unsigned *FileEntry      `json:"unsigned,omitempty" doc:"set later and signed by nobody: its limits do not hold"`
	MaySign  bool            `json:"maySign" doc:"the caller may sign it, which makes it hold"`
	Why      Text            `json:"why"`
	Profiles []TargetProfile `json:"profiles" doc:"those the person's programmes have to choose from"`
	Entries  []FileEntry     `json:"entries"`
}

// TargetLimit is one limit that holds.
type TargetLimit struct {
	TargetRange
	Own bool `json:"own" doc:"a doctor signed it for this person; else the profile's"`
}

// TargetProfile is a set of limits to choose.
type TargetProfile struct {
	Key    string        `json:"key"`
	Name   Text          `json:"name"`
	Of     Named         `json:"of" doc:"the programme"`
	Holds  bool          `json:"holds"`
	Limits []TargetLimit `json:"limits"`
}

// limitsOf are the limits of a profile, in the order of the programme's keys.
func limitsOf(t *programme.TargetProfile) []TargetLimit {
	out := []TargetLimit{}
	for _, key := range programme.TargetKeys {
		r, ok := t.Ranges[key]
		if key == "hba1c" {
			r.High, ok = t.HbA1c, t.HbA1c > 0
		}
		if ok {
			out = append(out, TargetLimit{targetRange(key, r), t.IsOwn(key)})
		}
	}
	return out
}

func (h *shaper) targets() TargetsView {
	es := h.file.In(healthfile.Targets)
	t := h.l.Target
	out := TargetsView{
		Profile: t.Key, Name: t.Name, HbA1c: t.HbA1c, Limits: limitsOf(&t), Entries: h.entries(es), Profiles: []TargetProfile{},
		Why: text("没有人给此人定过目标，用项目默认的", "nobody set targets for this person; the programme's own hold"),
	}
	for _, l := range h.l.Each() {
		keys := slices.Sorted(maps.Keys(l.Programme.Targets))
		for _, key := range keys {
			p := l.Programme.Targets[key]
			out.Profiles = append(out.Profiles, TargetProfile{key, p.Name, Named{l.Programme.Key, l.Programme.Name}, l.Target.Key == key, limitsOf(&p)})
		}
	}
	e, said := healthfile.Holding(es), healthfile.Latest(es)
	if e == nil {
		return out
	}
	switch {
	case e.Signed():
		out.Why = text("医生签署的；每一项以最近一次签署为准，没有签署的不算", "signed by a doctor: of each limit the newest that was signed; what nobody signed does not count")
	case limited(e):
		out.Why = text("还没有医生签署过，用目标组自己的界限", "no doctor has signed any; the profile's own limits hold")
	default:
		out.Why = text("最近选的目标组，没有医生签署", "the profile chosen last; no doctor signed it")
	}
	if e.Signed() || !limited(e) {
		in := h.entry(e)
		out.InForce = &in
	}
	if said != nil && !said.Signed() && (limited(said) || e.Signed()) {
		un := h.entry(said)
		out.Unsigned = &un
		out.MaySign = !h.l.Past && h.c.session.Kind == staff.KindStaff && h.c.member.Role.Can(staff.CanSign)
	}
	return out
}

// limited tells whether a statement sets limits, and does not choose a profile alone.
func limited(e *healthfile.Entry) bool {
	for _, f := range event.TargetSet.Spec().Fields {
		if f.Kind == event.Number && !math.IsNaN(e.Number(f.Name)) {
			return true
		}
	}
	return false
}

var (
	errSignedAlready = fault.New(fault.Clash, "already_signed", "这条已经有医生签署", "a doctor signed this already")
	errNoSignature   = fault.New(fault.Invalid, "nothing_to_sign", "这种记录不用签署", "this kind of entry is not signed")
)

type signInput struct {
	IDPath
	EntryPath
}

// signEntry makes what others told a doctor's own statement: the doctor states the same, from the doctor's own account. Targets hold
// from now on. What was told stays behind it.
func (s *Server) signEntry(ctx context.Context, in *signInput) (Stated, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanSign, in.ID)
	if err != nil {
		return Stated{}, err
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
	spec := e.Event.Type.Spec()
	switch {
	case spec.Field("signed") == nil:
		return Stated{}, errNoSignature
	case e.Signed():
		return Stated{}, errSignedAlready
	}
	if err := mayChange(c, e); err != nil {
		return Stated{}, err
	}
	w := &statement{s: s, c: c, l: l, Statement: Statement{Type: spec.Key, Properties: wireOf(e, false)}, old: e}
	w.props = w.Properties
	if spec.Type == event.TargetSet {
		w.At = moment(c.space.now(), l.View.Loc)
	}
	it, err := w.item()
	if err != nil {
		return Stated{}, err
	}
	if spec.Type == event.TargetSet {
		it.Event.Occurred = c.space.now()
		it.Event.Body = withoutDate(it.Event.Body)
	}
	out, err := s.submitted(ctx, c, card, "file.sign", it)
	if err != nil {
		return Stated{}, err
	}
	return s.stated(ctx, c, card, out[0], nil)
}

// signingOf are the keys of the work that was opened when e, or what it replaced, was told.
func signingOf(e *healthfile.Entry) []string {
	keys := []string{conductor.TargetKey(e.Event.ID())}
	for _, x := range e.Replaced {
		keys = append(keys, conductor.TargetKey(x.Event.ID()))
	}
	return keys
}

// withoutDate leaves out the day somebody else named.
func withoutDate(body []byte) []byte {
	var m map[string]json.RawMessage
	if json.Unmarshal(body, &m) != nil {
		return body
	}
	delete(m, "date")
	b, err := json.Marshal(m)
	if err != nil {
		return body
	}
	return b
}

// askToSign opens work for the person's doctor when targets were stored that nobody signed: until a doctor signs them they do not hold.
func (s *Server) askToSign(ctx context.Context, c *caller, card conductor.Card, out []conductor.Outcome) error {
	for i := range out {
		e := &out[i].Event
		if out[i].Status != conductor.Stored || e.Type != event.TargetSet || e.Signed() || !limited(&healthfile.Entry{Event: *e}) {
			continue
		}
		_, v, _, ok := c.space.Conductor.Glance(card.Number)
		doctor := ok && doctorOf(v, c.space.now()) != ""
		if err := c.space.Conductor.TargetUnsigned(ctx, card.Number, e.ID(), doctor, s.entry(ctx, c, "target.ask", card.Number, nil)); err != nil {
			return err
		}
	}
	return nil
}
