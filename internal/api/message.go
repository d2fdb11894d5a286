package api

import (
	"context"
	"net/http"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/relation"
	"peiban/internal/staff"
)

// Message is one thing said to a person or to family, or withheld.
type Message struct {
	ID         string         `json:"id"`
	Kind       string         `json:"kind" enum:"message,card"`
	Class      string         `json:"class" enum:"safety,asked,programme,staff,service"`
	Content    string         `json:"content"`
	Title      Text           `json:"title"`
	Body       Text           `json:"body" doc:"as it was sent, in the reader's language; before that as it would be"`
	State      string         `json:"state" enum:"queued,held,sending,sent,suppressed,dead"`
	Reason     string         `json:"reason,omitempty"`
	ReasonText *Text          `json:"reasonText,omitempty"`
	Due        string         `json:"due"`
	Next       string         `json:"next,omitempty"`
	SentAt     string         `json:"sentAt,omitempty"`
	ReadAt     string         `json:"readAt,omitempty"`
	Answer     string         `json:"answer,omitempty"`
	Answers    []Choice       `json:"answers,omitempty"`
	To         string         `json:"to" enum:"person,family"`
	ToName     string         `json:"toName,omitempty"`
	Journey    *Named         `json:"journey,omitempty"`
	Step       string         `json:"step,omitempty"`
	Reading    *Reading       `json:"reading,omitempty"`
	Measured   *MeasuredValue `json:"measured,omitempty" doc:"the value it is about where that is not glucose"`
	Call       []Call         `json:"call,omitempty" doc:"whom a card offers to call"`
}

// Call is a telephone number behind a button.
type Call struct {
	Label Text   `json:"label"`
	Tel   string `json:"tel"`
}

// emergency is China's medical emergency number.
const emergency = "120"

func (s *Server) messageOperations() {
	serve(s, operation{"person-messages", http.MethodGet, "/api/people/{id}/messages", "messages", "Messages about a person, newest first, withheld ones too", forStaff}, s.personMessages)
	serve(s, operation{"deliveries", http.MethodGet, "/api/deliveries", "messages", "Messages in one state; dead ones wait for somebody to look", forStaff}, s.deliveries)
}

type messagesInput struct {
	IDPath
	Paging
}

func (s *Server) personMessages(ctx context.Context, in *messagesInput) (Listing[Message], error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Listing[Message]{}, err
	}
	list, err := s.store.MessagesOf(ctx, c.space.number(), card.Number, in.part())
	if err != nil {
		return Listing[Message]{}, err
	}
	return s.messageList(c, list), s.read(ctx, c, "messages.read", card.Number)
}

func (s *Server) messageList(c *caller, list page.List[message.Message]) Listing[Message] {
	out := Listing[Message]{Items: []Message{}, Total: list.Total, NextCursor: list.Next}
	for _, m := range list.Items {
		if about, ok := c.space.Conductor.Directory().ByNumber(m.Person); !ok || about.Erased { // a relative who is gone
			out.Total--
			continue
		}
		out.Items = append(out.Items, s.messageView(c, m))
	}
	return out
}

type deliveriesInput struct {
	Paging
	State string `query:"state" enum:"queued,held,sending,sent,suppressed,dead," doc:"dead when not given"`
}

// Delivery is a message with whom it is about.
type Delivery struct {
	Person  Ref     `json:"person"`
	Message Message `json:"message"`
	Tries   int     `json:"tries"`
}

func (s *Server) deliveries(ctx context.Context, in *deliveriesInput) (Listing[Delivery], error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Listing[Delivery]{}, err
	}
	state := message.State(in.State)
	if state == "" {
		state = message.Dead
	}
	list, err := s.store.MessagesIn(ctx, c.space.number(), state, in.part())
	if err != nil {
		return Listing[Delivery]{}, err
	}
	out := Listing[Delivery]{Items: []Delivery{}, Total: list.Total, NextCursor: list.Next}
	var people []person.Number
	for _, m := range list.Items {
		card, ok := c.space.Conductor.Directory().ByNumber(m.Person)
		if !ok || card.Erased {
			out.Total--
			continue
		}
		out.Items = append(out.Items, Delivery{Ref{string(card.ID), c.nameOf(card)}, s.messageView(c, m), m.Tries})
		people = append(people, m.Person)
	}
	return out, s.read(ctx, c, "deliveries.read", people...)
}

// messageFor finds a message about a person the caller, a member of staff, may see.
func (s *Server) messageFor(ctx context.Context, id string) (*caller, message.Message, conductor.Card, error) {
	c := callerOf(ctx)
	m, err := s.store.MessageByID(ctx, c.space.number(), message.ID(id))
	if err != nil {
		return nil, m, conductor.Card{}, err
	}
	card, ok := c.space.Conductor.Directory().ByNumber(m.Person)
	if !ok || card.Erased || !s.sees(ctx, c, card) {
		return nil, m, conductor.Card{}, conductor.ErrNoMessage
	}
	return c, m, card, nil
}

func (s *Server) messageView(c *caller, m message.Message) Message {
	cd := c.space.Conductor
	loc := c.space.loc
	_, about, _, known := cd.Glance(m.Person)
	if known {
		loc = about.Loc
	}
	v := Message{
		ID: string(m.ID), Kind: m.Kind, Class: string(m.Class), Content: m.Content, State: string(m.State), Reason: m.Reason,
		ReasonText: wordOrNil(messageReasons, m.Reason), Due: moment(m.Due, loc), SentAt: moment(m.SentAt, loc), ReadAt: moment(m.ReadAt, loc),
		Answer: m.Answer, To: "person", Step: m.Step,
	}
	if m.State == message.Queued || m.State == message.Held {
		v.Next = moment(m.Next, loc)
	}
	if m.Audience == "family" || m.To != 0 && m.To != m.Person {
		v.To = "family"
		if reader, ok := cd.Directory().ByNumber(m.To); ok && m.To != 0 {
			v.ToName = c.nameOf(reader)
		}
	}
	if m.Journey != "" {
		v.Journey = &Named{m.Journey, journeyName(cd, m.Journey)}
	}
	for _, p := range cd.Asked(m.Why) {
		x := p.Contents[m.Content]
		if x == nil {
			continue
		}
		v.Title, v.Body = x.Title, x.Body
		for _, a := range x.Answers {
			v.Answers = append(v.Answers, Choice{a.Key, a.Text})
		}
	}
	if m.Title != "" && !c.masked() { // the words as they went out, whatever the programme says today
		v.Title, v.Body = Text{Zh: m.Title, En: m.Title}, Text{Zh: m.Body, En: m.Body}
	} else {
		v.fill(c, m)
	}
	s.messageReading(c, m, &v)
	if m.Kind == "card" && m.Class == "safety" {
		v.Call = []Call{{text("打 120", "Call 120"), emergency}}
	}
	return v
}

// fill puts the names into words that were not sent yet.
func (v *Message) fill(c *caller, m message.Message) {
	card, _ := c.space.Conductor.Directory().ByNumber(m.Person)
	r := strings.NewReplacer("{name}", c.nameOf(card), "{owner}", "健康管理师")
	e := strings.NewReplacer("{name}", c.nameOf(card), "{owner}", "your health manager")
	v.Title, v.Body = Text{Zh: r.Replace(v.Title.Zh), En: e.Replace(v.Title.En)}, Text{Zh: r.Replace(v.Body.Zh), En: e.Replace(v.Body.En)}
}

// messageReading is the value a message is about. Family get it only where the person lets them see readings.
func (s *Server) messageReading(c *caller, m message.Message, v *Message) {
	why := causeOf(m.Why)
	if why.Event == 0 {
		return
	}
	l, err := c.space.Conductor.Look(m.Person, 0, 0)
	if err != nil {
		return
	}
	if c.session.Kind == staff.KindPerson && c.me.Number != l.Card.Number && !s.mayRead(l, c.me) {
		return
	}
	i := l.View.Find(why.Event)
	if i < 0 {
		return
	}
	if l.View.Type[i] == event.Glucose {
		v.Reading = readingAt(l.View, l.Target, i)
	} else if section, _ := healthfile.SectionOf(l.View.Type[i]); section == healthfile.Measures {
		v.Measured = measuredAt(l, i)
	}
}

// mayRead reports whether a relative was allowed to see the person's readings.
func (s *Server) mayRead(l *conductor.Look, relative conductor.Card) bool {
	v, ok := viewerOf(l, relative)
	return ok && relation.Allowed(v, relation.Readings, relation.Light, relation.Decided(l.View.Timeline, l.At).Mode).OK
}
