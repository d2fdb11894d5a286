package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/page"
	"peiban/internal/relation"
	"peiban/internal/staff"
)

// Knows is who may know what of a person: what staff look at before they say something.
type Knows struct {
	Disclosure Disclosed    `json:"disclosure"`
	Viewers    []KnowsOne   `json:"viewers" doc:"the person first"`
	Items      []Named      `json:"items"`
	Grave      []KnowsGrave `json:"grave" doc:"what is serious in the health file, newest first, and from whom it is kept"`
	Seen       []SeenRow    `json:"seen" doc:"what those around the person looked at, newest first"`
	MayDecide  bool         `json:"mayDecide" doc:"the caller is a doctor, who decides who hears what is serious"`
}

// Disclosed is what a doctor decided about who hears what is serious.
type Disclosed struct {
	Mode     string  `json:"mode" enum:"patient,family_first,both," doc:"empty: no doctor decided; then it is told to the person, as with patient"`
	Name     Text    `json:"name"`
	Modes    []Named `json:"modes"`
	By       string  `json:"by,omitempty" doc:"the name of the doctor"`
	At       string  `json:"at,omitempty"`
	Reason   string  `json:"reason,omitempty"`
	ReviewBy string  `json:"reviewBy,omitempty" doc:"when a doctor is to look at it again"`
	Overdue  bool    `json:"overdue"`
	Entry    string  `json:"entry,omitempty" doc:"send it as based with another decision"`
}

// KnowsOne is one of those who look.
type KnowsOne struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Kind     string      `json:"kind" doc:"self, or what they are to the person"`
	KindName Text        `json:"kindName"`
	Items    []KnowsItem `json:"items"`
}

// KnowsItem is whether somebody may know of an item, and of what is serious in it.
type KnowsItem struct {
	Item        string `json:"item"`
	OK          bool   `json:"ok"`
	Reason      *Text  `json:"reason,omitempty" doc:"why not"`
	Serious     bool   `json:"serious" doc:"also of what is serious in it"`
	SeriousText *Text  `json:"seriousText,omitempty" doc:"why not of that"`
}

// KnowsGrave is something serious in the file.
type KnowsGrave struct {
	Entry   string       `json:"entry"`
	At      string       `json:"at"`
	Text    Text         `json:"text"`
	Gravity int          `json:"gravity" minimum:"0" maximum:"3"`
	From    []HiddenFrom `json:"from" doc:"from whom it is kept; empty: from nobody who looks"`
}

// HiddenFrom is somebody something is kept from, and why.
type HiddenFrom struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	KindName Text   `json:"kindName"`
	Reason   Text   `json:"reason"`
}

// SeenRow is one look of somebody around the person.
type SeenRow struct {
	At    string   `json:"at" doc:"by the machine's clock"`
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Items []string `json:"items"`
}

type seenList struct {
	Items []SeenRow `json:"items"`
}

type decideInput struct {
	IDPath
	Body struct {
		Mode   string `json:"mode" enum:"patient,family_first,both"`
		Reason string `json:"reason" minLength:"2" maxLength:"500"`
		Based  string `json:"based,omitempty" maxLength:"40" doc:"the entry of the decision that was looked at; empty: there was none"`
	}
}

func (s *Server) knowsOperations() {
	serve(s, operation{"who-knows-what", http.MethodGet, "/api/people/{id}/knows", "people", "Who may know what of a person, what is kept from whom and why, and who looked", forStaff}, s.knows)
	serve(s, operation{"decide-disclosure", http.MethodPost, "/api/people/{id}/disclosure", "people", "A doctor decides who hears what is serious: the person, close relatives first, or both", forStaff}, s.decideDisclosure)
	serve(s, operation{"seen-of-me", http.MethodGet, "/api/me/seen", "me", "Who looked at what I share, newest first", forPerson}, s.seenOfMe)
	serve(s, operation{"ask-my-doctor", http.MethodPost, "/api/me/ask-doctor", "me", "I want to know more of my illness: my doctor is asked to talk to me", forPerson}, s.askMyDoctor)
}

var errDecided = fault.New(fault.Stale, "disclosure_changed", "刚刚有医生改过告知方式，请看过再定", "a doctor has just decided otherwise; look at it again")

func (s *Server) knows(ctx context.Context, in *IDPath) (Knows, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Knows{}, err
	}
	if err := s.read(ctx, c, "knows.read", card.Number); err != nil {
		return Knows{}, err
	}
	return s.knowsView(ctx, c, card)
}

// decideDisclosure writes the doctor's own, signed decision. Whoever the doctor is not sees it and cannot make it: 医师法 25.
func (s *Server) decideDisclosure(ctx context.Context, in *decideInput) (Knows, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanSign, in.ID)
	if err != nil {
		return Knows{}, err
	}
	defer s.alone(c, card)()
	_, v, _, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return Knows{}, errNotFound
	}
	now := relation.Decided(v.Timeline, 0)
	if before := entryID(v.Timeline.Find(now.Seq), v.Recv, now); before != in.Body.Based {
		return Knows{}, errDecided.At("body.based")
	}
	it, err := item(card, "disclosure", map[string]any{"mode": in.Body.Mode, "signed": true, "reason": strings.TrimSpace(in.Body.Reason)})
	if err != nil {
		return Knows{}, err
	}
	if err := s.submit(ctx, c, card, "disclosure.set", it); err != nil {
		return Knows{}, err
	}
	return s.knowsView(ctx, c, card)
}

// entryID is the outside id of a decision; "" of none.
func entryID(i int, received []int64, d relation.Decision) string {
	if d.Seq == 0 || i < 0 {
		return ""
	}
	return event.IDOf(received[i], d.Seq)
}

func (s *Server) knowsView(ctx context.Context, c *caller, card conductor.Card) (Knows, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Knows{}, err
	}
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return Knows{}, err
	}
	out := Knows{Viewers: []KnowsOne{}, Items: []Named{}, Grave: []KnowsGrave{}, MayDecide: c.member.Role.Can(staff.CanSign) && c.key == nil}
	for _, x := range relation.Items {
		out.Items = append(out.Items, Named{string(x), x.Name()})
	}
	if out.Disclosure, err = s.disclosed(ctx, c, l); err != nil {
		return Knows{}, err
	}
	mode := relation.Mode(out.Disclosure.Mode)
	kin, err := s.relatives(ctx, c, card)
	if err != nil {
		return Knows{}, err
	}
	names := map[string]Relative{}
	for _, r := range kin.Items {
		names[r.ID] = r
	}
	viewers := []relation.Viewer{{Side: relation.Self}}
	out.Viewers = append(out.Viewers, KnowsOne{ID: string(card.ID), Name: c.nameOf(card), Kind: "self", KindName: text("本人", "The person")})
	for _, r := range active(c, card) {
		viewers = append(viewers, l.Viewer(r))
		out.Viewers = append(out.Viewers, KnowsOne{ID: r.Person, Name: names[r.Person].Name, Kind: r.Kind, KindName: word(relationNames, r.Kind)})
	}
	for i := range out.Viewers {
		out.Viewers[i].Items = knowsItems(viewers[i], mode)
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	for _, e := range f.All() {
		if g := gravityOf(&e.Event); e.Stands() && g >= relation.Serious && e.Event.Type != event.Disclosure {
			out.Grave = append(out.Grave, h.grave(e, g, mode, viewers, out.Viewers))
		}
	}
	out.Seen, err = s.seen(ctx, c, card, names)
	return out, err
}

// knowsItems is what one of those who look may know.
func knowsItems(v relation.Viewer, mode relation.Mode) []KnowsItem {
	out := []KnowsItem{}
	for _, x := range relation.Items {
		light, serious := relation.Allowed(v, x, relation.Light, mode), relation.Allowed(v, x, relation.Serious, mode)
		one := KnowsItem{Item: string(x), OK: light.OK, Serious: serious.OK}
		if !light.OK {
			why := light.Reason.Name()
			one.Reason = &why
		} else if !serious.OK {
			why := serious.Reason.Name()
			one.SeriousText = &why
		}
		out = append(out, one)
	}
	return out
}

// grave is something serious with those it is kept from.
func (h *shaper) grave(e *healthfile.Entry, g relation.Gravity, mode relation.Mode, viewers []relation.Viewer, who []KnowsOne) KnowsGrave {
	x := h.entry(e)
	out := KnowsGrave{Entry: x.ID, At: x.At, Text: x.Text, Gravity: int(g), From: []HiddenFrom{}}
	for i, v := range viewers {
		if v.Side == relation.Self && e.Event.Actor == "self" {
			continue
		}
		if v.Side == relation.Relative && !relation.Allowed(v, relation.ItemOf(e.Event.Type), relation.Light, mode).OK {
			continue // it is not theirs to know at all; the table says so
		}
		if got := relation.Allowed(v, relation.ItemOf(e.Event.Type), g, mode); !got.OK {
			out.From = append(out.From, HiddenFrom{who[i].ID, who[i].Name, who[i].KindName, got.Reason.Name()})
		}
	}
	return out
}

// disclosed is the doctor's decision that holds.
func (s *Server) disclosed(ctx context.Context, c *caller, l *conductor.Look) (Disclosed, error) {
	d := relation.Decided(l.View.Timeline, l.At)
	spec := event.Disclosure.Spec()
	field := spec.Field("mode")
	out := Disclosed{Mode: string(d.Mode), Modes: wordsOf(spec, *field), Name: text("没有医生定过：告诉本人", "No doctor decided: the person is told")}
	if d.Seq == 0 {
		return out, nil
	}
	out.Name, out.At, out.ReviewBy = spec.Word(field, string(d.Mode)), moment(d.At, l.View.Loc), time.UnixMicro(d.Review()).In(l.View.Loc).Format(time.DateOnly)
	out.Overdue, out.Entry = l.At >= d.Review(), entryID(l.View.Find(d.Seq), l.View.Recv, d)
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool { return l.View.Seq[i] == d.Seq })
	if err != nil {
		return out, err
	}
	for i := range es {
		var b struct{ Reason string }
		if json.Unmarshal(es[i].Body, &b) == nil && !c.masked() {
			out.Reason = b.Reason
		}
		if kind, id, _ := strings.Cut(es[i].Actor, ":"); kind == "staff" {
			if m := c.space.ref(ctx, s.store, id); m != nil {
				out.By = m.Name
			}
		}
	}
	return out, nil
}

// mostSeen is how many looks are listed.
const mostSeen = 50

// seen is what those around the person looked at, as the proof has it.
func (s *Server) seen(ctx context.Context, c *caller, card conductor.Card, names map[string]Relative) ([]SeenRow, error) {
	list, err := s.store.Audit(ctx, c.space.number(), audit.Filter{Person: card.Number, Action: "shared.read"}, page.Part{Limit: mostSeen})
	if err != nil {
		return nil, err
	}
	out := []SeenRow{}
	for _, a := range list.Items {
		row := SeenRow{At: moment(a.At, c.space.loc), ID: strings.TrimPrefix(a.Actor, "person:"), Items: []string{}}
		var d struct{ Items []string }
		if json.Unmarshal([]byte(a.Detail), &d) == nil {
			row.Items = append(row.Items, d.Items...)
		}
		r, known := names[row.ID]
		row.Name = r.Name
		if !known {
			row.Name = text("已结束的关系", "a relation that ended").Zh
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *Server) seenOfMe(ctx context.Context, _ *Empty) (seenList, error) {
	c, err := s.self(ctx)
	if err != nil {
		return seenList{}, err
	}
	kin, err := s.relatives(ctx, c, c.me)
	if err != nil {
		return seenList{}, err
	}
	names := map[string]Relative{}
	for _, r := range kin.Items {
		names[r.ID] = r
	}
	rows, err := s.seen(ctx, c, c.me, names)
	return seenList{Items: rows}, err
}

// askMyDoctor opens work for the person's doctor: who asks to know is talked to, whatever was decided. The sentence is the same for
// everybody, so that it does not tell that something is kept back.
func (s *Server) askMyDoctor(ctx context.Context, in *contactInput) (Said, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Said{}, err
	}
	day := time.UnixMicro(c.space.now()).In(c.space.loc).Format(time.DateOnly)
	proof := s.entry(ctx, c, "me.ask_doctor", c.me.Number, nil)
	if err := c.space.Conductor.AsksDoctor(ctx, c.me.Number, day, strings.TrimSpace(in.Body.Note), proof); err != nil {
		return Said{}, err
	}
	return Said{text("请与您的主治医生沟通。我们已请医生和您谈", "Please talk to your doctor. We asked the doctor to speak with you")}, nil
}
