package api

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"peiban/internal/attachment"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/medicine"
	"peiban/internal/staff"
)

// Statement is something stated for the health file.
type Statement struct {
	Type       string         `json:"type" minLength:"1" maxLength:"40" doc:"a type of the catalogue that is of the file"`
	At         string         `json:"at,omitempty" maxLength:"40" doc:"the moment it is about: 2015, 2015-03, 2015-03-08 or a time; now when not given, in a correction as before"`
	Properties map[string]any `json:"properties" doc:"by the names of the catalogue"`
	Said       *SaidBy        `json:"said,omitempty" doc:"who said so, when it was not the one who writes"`
	Reason     string         `json:"reason,omitempty" maxLength:"300" doc:"of a correction"`
	ClientID   string         `json:"clientId,omitempty" maxLength:"100" doc:"made by the phone: the same one is stored once"`
	Stages     []StageRead    `json:"stages,omitempty" maxItems:"2" doc:"beside imaging: the stage each side shows, written in the same commit, with the same file and moment, linked to the images. In a correction these take the place of the ones read from them before; left out, those stay, [] takes them back"`
}

// Stated is a stored statement with what is to be known about it.
type Stated struct {
	Entry FileEntry  `json:"entry"`
	Notes []CodeText `json:"notes"`
}

// EntryPath names an entry of a health file.
type EntryPath struct {
	Entry string `path:"entry" maxLength:"40"`
}

type addInput struct {
	IDPath
	Body Statement
}

type correctEntryInput struct {
	IDPath
	EntryPath
	Body Statement
}

type myAddInput struct{ Body Statement }

type myCorrectInput struct {
	EntryPath
	Body Statement
}

func (s *Server) addToFile(ctx context.Context, in *addInput) (Stated, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Stated{}, err
	}
	return s.state(ctx, c, card, in.Body, "")
}

func (s *Server) correctInFile(ctx context.Context, in *correctEntryInput) (Stated, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Stated{}, err
	}
	return s.state(ctx, c, card, in.Body, in.Entry)
}

func (s *Server) addToMyFile(ctx context.Context, in *myAddInput) (Stated, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Stated{}, err
	}
	return s.state(ctx, c, c.me, in.Body, "")
}

func (s *Server) correctInMyFile(ctx context.Context, in *myCorrectInput) (Stated, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Stated{}, err
	}
	return s.state(ctx, c, c.me, in.Body, in.Entry)
}

// state stores a statement, in place of an entry when one is named.
func (s *Server) state(ctx context.Context, c *caller, card conductor.Card, b Statement, instead string) (Stated, error) {
	defer s.alone(c, card)()
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return Stated{}, err
	}
	action := "file.write"
	var old *healthfile.Entry
	if instead != "" {
		action = "file.correct"
		if old, err = s.entryAt(f, l, instead); err != nil {
			return Stated{}, err
		}
		if err := mayChange(c, old); err != nil {
			return Stated{}, err
		}
	}
	w := &statement{s: s, c: c, l: l, Statement: b, old: old, props: maps.Clone(b.Properties), file: f}
	if len(b.Stages) > 0 {
		w.study = newStudy(old, b.ClientID)
	}
	it, err := w.item()
	if err != nil {
		return Stated{}, err
	}
	items, err := w.read(f, it)
	if err != nil {
		return Stated{}, err
	}
	if file, _ := w.props["file"].(string); file != "" && !s.shelf.Has(place(c, l, file)) {
		return Stated{}, attachment.ErrNone.At("body.properties.file")
	}
	if b.ClientID != "" {
		for i := range items { // the images, then the stages read from them
			items[i].MessageID = "client:" + string(card.ID) + ":" + b.ClientID + ":" + strconv.Itoa(i)
		}
	}
	out, err := s.submitted(ctx, c, card, action, items...)
	if err != nil {
		return Stated{}, err
	}
	if out[0].Status == conductor.Clashes {
		return Stated{}, errClientID.At("body.clientId")
	}
	if out[0].Status == conductor.Repeated { // the first answer was lost on its way: it is given again
		return s.statedBefore(ctx, c, card, &it.Event)
	}
	if err := s.askToSign(ctx, c, card, out); err != nil {
		return Stated{}, err
	}
	return s.stated(ctx, c, card, out[0], w.notes)
}

var errClientID = fault.New(fault.Clash, "client_id_used", "这个 clientId 已经用在另一条内容上", "this clientId stands for another statement").Because("新的内容用新的 clientId", "give another statement a clientId of its own")

// toChange reads the file of a person whose health data may be written.
func (s *Server) toChange(ctx context.Context, c *caller, card conductor.Card) (*conductor.Look, *healthfile.File, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	if !l.State.Consented("health_data") {
		return nil, nil, errNoConsent
	}
	f, err := s.folded(ctx, c, l)
	return l, f, err
}

// stated is the answer to a statement that was stored.
func (s *Server) stated(ctx context.Context, c *caller, card conductor.Card, o conductor.Outcome, notes []CodeText) (Stated, error) {
	if o.Status == conductor.Kept { // consent was withdrawn meanwhile
		return Stated{}, errNoConsent
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Stated{}, err
	}
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return Stated{}, err
	}
	e := f.Find(o.Event.Seq)
	if e == nil {
		return Stated{}, errNoEntry
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	return Stated{Entry: h.entry(e), Notes: append(append([]CodeText{}, notes...), h.clashes(e)...)}, nil
}

// statedBefore answers a statement that came again under its client id: with the one it became, or with what took its place since.
func (s *Server) statedBefore(ctx context.Context, c *caller, card conductor.Card, e *event.Event) (Stated, error) {
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return Stated{}, err
	}
	var best *healthfile.Entry
	var gap int64
	for _, x := range f.Of(e.Type) {
		for _, was := range append([]*healthfile.Entry{x}, x.Replaced...) {
			d := was.Event.Occurred - e.Occurred
			if d < 0 {
				d = -d
			}
			if best == nil || d <= gap { // sent without a moment first, it lies where the server's clock was
				best, gap = x, d
			}
		}
	}
	if best == nil {
		return Stated{}, errNoEntry
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	return Stated{Entry: h.entry(best), Notes: []CodeText{}}, nil
}

// clashes are what does not fit together in the medicine list with e in it: said when it is stored, while whoever wrote it looks.
func (h *shaper) clashes(e *healthfile.Entry) []CodeText {
	var out []CodeText
	for _, t := range h.file.Takings() {
		for _, p := range []healthfile.Problem{healthfile.AllergyTo, healthfile.SameClass} {
			own := slices.Contains(t.Entries, e)
			named := p == healthfile.AllergyTo && e.Event.Type == event.Allergy && medicine.Share(e.Code("generic"), t.Key)
			if slices.Contains(t.Problems, p) && (own || named) {
				name, what := h.medicineName(&t), problems[p]
				out = append(out, CodeText{string(p), Text{Zh: name.Zh + "：" + what.Zh, En: name.En + ": " + what.En}})
			}
		}
	}
	return out
}

// retractBody is why a statement is taken back.
type retractBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"300"`
	Stages bool   `json:"stages,omitempty" doc:"of imaging: the stages read from it are taken back too"`
}

type retractInput struct {
	IDPath
	EntryPath
	Body retractBody
}

type myRetractInput struct {
	EntryPath
	Body retractBody
}

func (s *Server) retractFromFile(ctx context.Context, in *retractInput) error {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return err
	}
	return s.retract(ctx, c, card, in.Entry, in.Body)
}

func (s *Server) retractFromMyFile(ctx context.Context, in *myRetractInput) error {
	c, err := s.self(ctx)
	if err != nil {
		return err
	}
	return s.retract(ctx, c, c.me, in.Entry, in.Body)
}

func (s *Server) retract(ctx context.Context, c *caller, card conductor.Card, id string, b retractBody) error {
	defer s.alone(c, card)()
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return err
	}
	e, err := s.entryAt(f, l, id)
	if err != nil {
		return err
	}
	items, err := taken(c, card, f, e, b)
	if err != nil {
		return err
	}
	return s.submit(ctx, c, card, "file.retract", items...)
}
