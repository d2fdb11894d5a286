package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
)

type changePersonInput struct {
	IDPath
	Based
	Body struct {
		Owner        *string  `json:"owner,omitempty" maxLength:"40" doc:"hand the person over"`
		OwnerWhy     string   `json:"ownerWhy,omitempty" enum:"left,load,asked,fits,returned,other," doc:"fits when not given"`
		OwnerNote    string   `json:"ownerNote,omitempty" maxLength:"500"`
		TasksStay    bool     `json:"tasksStay,omitempty" doc:"open work stays with the old owner, who sees the person until it is done; else it goes along"`
		Doctor       *string  `json:"doctor,omitempty" maxLength:"40" doc:"the member of staff who is the person's doctor"`
		Target       string   `json:"target,omitempty" maxLength:"60" doc:"a target profile of the programme"`
		TargetBy     string   `json:"targetBy,omitempty" maxLength:"60" doc:"the doctor who chose it"`
		PerWeek      *float64 `json:"perWeek,omitempty" minimum:"0" maximum:"70"`
		Name         string   `json:"name,omitempty" maxLength:"60"`
		Phone        string   `json:"phone,omitempty" maxLength:"20" pattern:"^[0-9+ -]*$"`
		Gender       string   `json:"gender,omitempty" enum:"male,female"`
		BirthYear    int      `json:"birthYear,omitempty" minimum:"1900" maximum:"2100"`
		DiabetesType string   `json:"diabetesType,omitempty" enum:"t1,t2,gdm,prediabetes,other"`
		Treatment    string   `json:"treatment,omitempty" enum:"lifestyle,oral,basal,premix,mdi,glp1"`
		LivesAlone   *bool    `json:"livesAlone,omitempty"`
		Join         string   `json:"join,omitempty" maxLength:"60" doc:"a programme to enter"`
		Leave        string   `json:"leave,omitempty" maxLength:"60" doc:"a programme to leave; what was measured stays"`
		Joins        []string `json:"joins,omitempty" maxItems:"20" doc:"programmes to enter, all in one save"`
		Leaves       []string `json:"leaves,omitempty" maxItems:"20" doc:"programmes to leave, all in one save"`
		ElderMode    *bool    `json:"elderMode,omitempty"`
	}
}

// changePerson writes what changed as events, like everything else that is known about a person.
func (s *Server) changePerson(ctx context.Context, in *changePersonInput) (Person, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Person{}, err
	}
	if (in.Body.Owner != nil || in.Body.Doctor != nil) && !c.member.Role.Can(staff.CanAssign) {
		return Person{}, errForbidden
	}
	defer s.alone(c, card)()
	if err := s.unchanged(c, card, in.Based); err != nil {
		return Person{}, err
	}
	items, err := s.changes(ctx, c, card, in) // before anything is written: a wrong field leaves the rest undone
	if err != nil {
		return Person{}, err
	}
	if in.Body.Owner != nil {
		if err := s.ownerExists(ctx, c, *in.Body.Owner); err != nil {
			return Person{}, err
		}
		o := owner.Order{To: []string{*in.Body.Owner}, Stay: in.Body.TasksStay, Why: cmp.Or(in.Body.OwnerWhy, owner.Fits), Note: strings.TrimSpace(in.Body.OwnerNote)}
		if _, _, err := c.space.Conductor.HandOver(ctx, conductor.Live, []person.Number{card.Number}, conductor.Hand{Order: o, Any: true}, s.entry(ctx, c, "person.assign", card.Number, nil)); err != nil {
			return Person{}, err
		}
	}
	if err := s.submit(ctx, c, card, "person.change", items...); err != nil {
		return Person{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Person{}, err
	}
	return s.personView(ctx, c, l)
}

// unchanged refuses a change that was based on an older version of a person. It reads the person again: who waited for
// another edit has an old card.
func (s *Server) unchanged(c *caller, card conductor.Card, based Based) error {
	now, v, _, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return person.ErrMissing
	}
	return based.check(personVersion(now, v))
}

func (s *Server) changes(ctx context.Context, c *caller, card conductor.Card, in *changePersonInput) ([]conductor.Item, error) {
	b := &in.Body
	var items []conductor.Item
	if b.Doctor != nil {
		if err := s.doctorExists(ctx, c, *b.Doctor); err != nil {
			return nil, err
		}
		it, err := item(card, "assigned", map[string]any{"owner": *b.Doctor, "role": "doctor"})
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	if b.Target != "" {
		if !slices.ContainsFunc(programmesOf(c, card), func(p *engine.Programme) bool { return p.Targets[b.Target].Key != "" }) {
			return nil, errCodeChoice.At("body.target")
		}
		it, err := ownStatement(c, card, "target", map[string]any{"profile": b.Target, "by": b.TargetBy})
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	if b.PerWeek != nil {
		it, err := ownStatement(c, card, "plan", map[string]any{"perWeek": *b.PerWeek, "kind": event.Glucose.String()})
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	moves, err := joining(c, card, append(given(b.Join), b.Joins...), append(given(b.Leave), b.Leaves...))
	if err != nil {
		return nil, err
	}
	items = append(items, moves...)
	if err := s.bornBy(c, b.BirthYear); err != nil {
		return nil, err
	}
	if b.Phone != "" {
		if other, there := c.space.Conductor.Directory().ByPhone(b.Phone); there && other.Number != card.Number {
			return nil, errPhoneTaken
		}
	}
	if b.Name != "" {
		if err := oneLine("body.name", b.Name); err != nil {
			return nil, err
		}
	}
	props := map[string]any{}
	for k, v := range map[string]string{
		"name": strings.TrimSpace(b.Name), "phone": digits(b.Phone), "gender": b.Gender, "diabetesType": b.DiabetesType, "treatment": b.Treatment,
	} {
		if v != "" {
			props[k] = v
		}
	}
	if b.BirthYear != 0 {
		props["birthYear"] = b.BirthYear
	}
	if b.LivesAlone != nil {
		props["livesAlone"] = *b.LivesAlone
	}
	if b.ElderMode != nil {
		props["elderMode"] = *b.ElderMode
	}
	if len(props) > 0 {
		it, err := item(card, "profile", props)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// ownStatement is an event that a doctor's own account signs by stating it. Of anybody else it is what they say, and no doctor's.
func ownStatement(c *caller, card conductor.Card, key string, props map[string]any) (conductor.Item, error) {
	signs := c.member.Role.Can(staff.CanSign)
	if signs {
		props["signed"] = true
		for name, v := range map[string]string{"by": c.member.ID, "source": "doctor"} {
			if event.Lookup(key).Field(name) != nil {
				props[name] = v
			}
		}
	}
	it, err := item(card, key, props)
	if signs {
		it.Event.Provenance = "signed"
	}
	return it, err
}

// programmesOf are those a person is in, or the workspace's own for somebody who is in none.
func programmesOf(c *caller, card conductor.Card) (out []*engine.Programme) {
	if _, _, st, ok := c.space.Conductor.Glance(card.Number); ok {
		for i := range st.Programmes {
			if p := c.space.Conductor.Programme(st.Programmes[i].Key); p != nil {
				out = append(out, p)
			}
		}
	}
	if p := c.space.Conductor.Programme(""); len(out) == 0 && p != nil {
		out = append(out, p)
	}
	return out
}

// given is a list of one, or of none when it is empty.
func given(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

// joining enters and leaves programmes, all or none. Whoever is in one already, or is not, is told so; so is who would enter and
// leave one at once.
func joining(c *caller, card conductor.Card, joins, leaves []string) (items []conductor.Item, err error) {
	_, _, st, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return nil, person.ErrMissing
	}
	seen := map[string]bool{}
	for _, m := range []struct {
		keys  []string
		field string
		in    bool
	}{{joins, "body.join", true}, {leaves, "body.leave", false}} {
		for _, key := range m.keys {
			switch {
			case c.space.Conductor.Programme(key) == nil:
				return nil, errCodeChoice.At("%s", m.field)
			case seen[key], (st.Progress(key) != nil) == m.in:
				return nil, errProgrammeAlready.At("%s", m.field)
			}
			seen[key] = true
			it, err := item(card, "programme_joined", map[string]any{"programme": key, "active": m.in})
			if err != nil {
				return nil, err
			}
			items = append(items, it)
		}
	}
	return items, nil
}

var errProgrammeAlready = fault.New(fault.Clash, "programme_already", "这个人已经是这样了，请刷新再看", "it is so already; reload and look again")

// item makes an event about a person out of properties in their wire form, so that it is checked like any other.
func item(card conductor.Card, key string, props map[string]any) (conductor.Item, error) {
	b, err := json.Marshal(props)
	if err != nil {
		return conductor.Item{}, err
	}
	e, f := event.Decode(key, b)
	if f != nil {
		return conductor.Item{}, onBody(f)
	}
	return conductor.Item{Person: card.Number, Event: e}, nil
}

// onBody names a property's place in the body of an operation instead of in an event.
func onBody(f *fault.Fault) error { return f.At("body.%s", strings.TrimPrefix(f.Field, "properties.")) }

// submit writes events in the caller's name, with the proof of it, and gives the first refusal.
func (s *Server) submit(ctx context.Context, c *caller, card conductor.Card, action string, items ...conductor.Item) error {
	_, err := s.submitted(ctx, c, card, action, items...)
	return err
}

func (s *Server) submitted(ctx context.Context, c *caller, card conductor.Card, action string, items ...conductor.Item) ([]conductor.Outcome, error) {
	if len(items) == 0 {
		return nil, nil
	}
	for i := range items {
		e := &items[i].Event
		kept := e.Provenance
		e.Actor, e.Provenance = c.actor(), "console"
		if c.session.Kind == staff.KindPerson {
			e.Actor, e.Provenance = "self", "manual"
		}
		if kept != "" {
			e.Provenance = kept
		}
		if e.Occurred == 0 {
			e.Occurred = c.space.now()
		}
		if items[i].MessageID == "" { // a person may say the same twice; a repeated request is told by its key
			items[i].MessageID = action + ":" + staff.NewToken()
		}
	}
	out, err := c.space.Conductor.Submit(ctx, conductor.Live, s.entry(ctx, c, action, card.Number, nil), items)
	if err != nil {
		return nil, err
	}
	for _, o := range out {
		if o.Status == conductor.Refused && o.Fault != nil {
			return nil, onBody(o.Fault)
		}
	}
	return out, nil
}
