package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// entrances keeps how people come in.
type entrances interface {
	Entrances(context.Context, workspace.Number) (*entrance.Book, error)
	SaveEntrance(ctx context.Context, w workspace.Number, e entrance.Entrance, at int64, actor string, entries ...audit.Entry) (entrance.Entrance, error)
	SetContactWay(ctx context.Context, w workspace.Number, id string, way *entrance.Contact, entries ...audit.Entry) error
	SetDefaultEntrance(ctx context.Context, w workspace.Number, id string, at int64, actor string, entries ...audit.Entry) error
	FindWay(ctx context.Context, state string) (entrance.Way, error)
	Invite(ctx context.Context, w workspace.Number, p person.Number, state string, at int64, entries ...audit.Entry) (string, error)
	InvitationOf(context.Context, workspace.Number, person.Number) (string, error)
	Arrive(ctx context.Context, w workspace.Number, id string, visitor []byte, at int64, day int32, late bool, platform string) (bool, error)
	Arrivals(ctx context.Context, w workspace.Number, span entrance.Span) (map[string]entrance.Opened, error)
	ArrivalDays(ctx context.Context, w workspace.Number, id string, span entrance.Span) ([]entrance.Opened, error)
	Costs(context.Context, workspace.Number) ([]entrance.Cost, error)
	SaveCosts(ctx context.Context, w workspace.Number, cs []entrance.Cost, at int64, actor string, entries ...audit.Entry) (int, error)
}

// EntranceSaid is what is said of an entry code.
type EntranceSaid struct {
	Kind      string `json:"kind" enum:"campaign,pharmacy,shop,hospital,event,media,distributor,rep"`
	Name      string `json:"name" minLength:"1" maxLength:"60"`
	Channel   string `json:"channel,omitempty" maxLength:"40" doc:"platform or partner, such as douyin; codes of one channel are counted together"`
	Programme string `json:"programme,omitempty" maxLength:"60" doc:"what people join; the workspace's first when not given"`
	Province  string `json:"province,omitempty" maxLength:"40"`
	City      string `json:"city,omitempty" maxLength:"40"`
	District  string `json:"district,omitempty" maxLength:"40"`
	Place     string `json:"place,omitempty" maxLength:"120" doc:"where it hangs: name and address"`
	Owner     string `json:"owner,omitempty" maxLength:"40" doc:"the member of staff who looks after the code and the people it brings"`
	From      string `json:"from,omitempty" maxLength:"10" doc:"first day, 2026-03-01"`
	To        string `json:"to,omitempty" maxLength:"10" doc:"last day"`
	Paused    bool   `json:"paused,omitempty"`
	Ended     bool   `json:"ended,omitempty"`
	Successor string `json:"successor,omitempty" maxLength:"40" doc:"id of the code that took its place"`
	Words     string `json:"words,omitempty" maxLength:"120" doc:"who invites, in a sentence people read on the page the code opens"`
}

// Entrance is one entry code and what came of it.
type Entrance struct {
	ID    string `json:"id"`
	State string `json:"state" doc:"what is printed, at most 30 characters; the state of a contact way"`
	URL   string `json:"url"`
	EntranceSaid
	KindText      Text    `json:"kindText"`
	ProgrammeText Text    `json:"programmeText"`
	OwnerRef      *Ref    `json:"ownerRef,omitempty"`
	SuccessorName string  `json:"successorName,omitempty"`
	Region        string  `json:"region,omitempty"`
	Standing      string  `json:"standing" enum:"open,early,paused,ended"`
	Default       bool    `json:"default,omitempty" doc:"takes who comes by a code that ended and has no successor"`
	Figures       Figures `json:"figures"`
	Created       string  `json:"created"`
	At            string  `json:"at"`
	By            *Text   `json:"by,omitempty"`
	Version       int64   `json:"version" doc:"send it as If-Match with a change"`
	MayChange     bool    `json:"mayChange"`

	ContactWay *ContactWay `json:"contactWay,omitempty" doc:"by which people add a member of WeCom and come with the code's state"`
}

func (e Entrance) etag() string { return quoted(e.Version) }

// Entrances is a page of codes, what they came to together, and what is needed to write one.
type Entrances struct {
	Listing[Entrance]
	Sum        Figures  `json:"sum" doc:"of all pages"`
	Kinds      []Choice `json:"kinds"`
	Programmes []Choice `json:"programmes"`
	Provinces  []string `json:"provinces"`
	Channels   []string `json:"channels" doc:"that codes have by now"`
	Owners     []Ref    `json:"owners"`
	Default    string   `json:"default,omitempty" doc:"id of the code that takes who comes by one that ended"`
	MayManage  bool     `json:"mayManage"`
}

// SpanInput is days a figure is about.
type SpanInput struct {
	From string `query:"from" maxLength:"10" doc:"first day, 2026-03-01"`
	To   string `query:"to" maxLength:"10" doc:"last day"`
}

func (in *SpanInput) span() (entrance.Span, error) {
	var s entrance.Span
	for _, x := range []struct {
		text string
		to   *int32
		name string
	}{{in.From, &s.From, "from"}, {in.To, &s.To, "to"}} {
		if x.text == "" {
			continue
		}
		if *x.to = entrance.DayFrom(x.text); *x.to <= 0 {
			return s, entrance.ErrDay.At("query.%s", x.name)
		}
	}
	return s, nil
}

type entrancesInput struct {
	Paging
	From     string `query:"from" maxLength:"10" doc:"figures from this day on"`
	To       string `query:"to" maxLength:"10" doc:"figures up to this day"`
	Q        string `query:"q" maxLength:"80" doc:"words of name, channel, place or region, or the state"`
	Kind     string `query:"kind" enum:"campaign,pharmacy,shop,hospital,event,media,distributor,rep,"`
	Standing string `query:"standing" enum:"open,early,paused,ended,"`
	Owner    string `query:"owner" maxLength:"40" doc:"a member's id, or me"`
	Province string `query:"province" maxLength:"40"`
	Sort     string `query:"sort" enum:"settled,name,cost,new," doc:"by settled when not given"`
}

// OfEntrance names an entry code.
type OfEntrance struct {
	ID string `path:"entrance" maxLength:"40"`
}

type oneEntranceInput struct {
	OfEntrance
	SpanInput
}

type addEntranceInput struct{ Body EntranceSaid }

type changeEntranceInput struct {
	OfEntrance
	Based
	Body EntranceSaid
}

type entranceSettingInput struct {
	Body struct {
		Default string `json:"default" maxLength:"40" doc:"id of a code; empty: none"`
	}
}

func (s *Server) entranceOperations() {
	serve(s, operation{"entrances", http.MethodGet, "/api/entrances", "channels", "Entry codes with what came of them: all of them for who manages channels, else one's own", forStaff}, s.listEntrances)
	serve(s, operation{"add-entrance", http.MethodPost, "/api/entrances", "channels", "Make an entry code", forStaff}, s.addEntrance)
	serve(s, operation{"entrance", http.MethodGet, "/api/entrances/{entrance}", "channels", "One entry code, day by day, with what it cost", forStaff}, s.oneEntrance)
	serve(s, operation{"change-entrance", http.MethodPut, "/api/entrances/{entrance}", "channels", "Change, pause or end an entry code; what is printed stays", forStaff}, s.changeEntrance)
	act(s, operation{"set-default-entrance", http.MethodPut, "/api/entrances/setting", "channels", "Say which code takes who comes by one that ended and has no successor", forStaff}, s.setDefaultEntrance)
	serve(s, operation{"entrance-regions", http.MethodGet, "/api/entrances/regions", "channels", "What came of entry codes by region", forStaff}, s.entranceRegions)
	s.contactWayOperations()
	s.costOperations()
	s.printOperations()
	s.invitedOperations()
	s.joinOperations()
}

var errNoEntrance = fault.New(fault.Missing, "entrance_not_found", "没有这个入口码", "there is no such entry code")

// mine reports whether the caller may look at a code.
func (c *caller) mine(e *entrance.Entrance) bool {
	return c.member.Role.Can(staff.CanManageChannels) || e.Owner != "" && e.Owner == c.member.ID
}

// book is every code and the caller, who may read people.
func (s *Server) book(ctx context.Context, p staff.Permission) (*caller, *entrance.Book, error) {
	c, _, err := s.authorize(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.store.Entrances(ctx, c.space.number())
	return c, b, err
}

func (c *caller) today() int32 {
	return entrance.Today(time.UnixMicro(c.space.now()), c.space.loc)
}

func (in *entrancesInput) fits(c *caller, e *entrance.Entrance, standing entrance.Standing) bool {
	owner := in.Owner
	if owner == "me" {
		owner = c.member.ID
	}
	if in.Kind != "" && e.Kind != in.Kind || in.Standing != "" && string(standing) != in.Standing || owner != "" && e.Owner != owner || in.Province != "" && e.Province != in.Province {
		return false
	}
	text := strings.ToLower(strings.Join([]string{e.Name, e.Channel, e.Place, e.Region(), e.State}, "\n"))
	for _, w := range strings.Fields(strings.ToLower(in.Q)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Server) listEntrances(ctx context.Context, in *entrancesInput) (Entrances, error) {
	c, b, err := s.book(ctx, staff.CanReadPeople)
	if err != nil {
		return Entrances{}, err
	}
	span, err := (&SpanInput{in.From, in.To}).span()
	if err != nil {
		return Entrances{}, err
	}
	f, err := s.figures(ctx, c, b, span)
	if err != nil {
		return Entrances{}, err
	}
	var list []*entrance.Entrance
	var sum tally
	today := entrance.Date(c.today())
	for i := range b.All {
		e := &b.All[i]
		if c.mine(e) && in.fits(c, e, e.StandingOn(today)) {
			list = append(list, e)
			sum.add(f.of(e.ID))
		}
	}
	f.order(list, in.Sort)
	start, err := offset(in.Cursor, len(list))
	if err != nil {
		return Entrances{}, err
	}
	end := min(start+in.limit(50), len(list))
	out := Entrances{Listing: Listing[Entrance]{Items: []Entrance{}, Total: len(list)}, Sum: f.view(sum)}
	for _, e := range list[start:end] {
		out.Items = append(out.Items, s.entranceView(ctx, c, b, e, f))
	}
	if end < len(list) {
		out.NextCursor = strconv.Itoa(end)
	}
	s.choices(ctx, c, b, &out)
	return out, nil
}

// choices is what a form about a code offers.
func (s *Server) choices(ctx context.Context, c *caller, b *entrance.Book, out *Entrances) {
	out.Kinds, out.Programmes, out.Provinces, out.Channels, out.Owners = []Choice{}, []Choice{}, entrance.Provinces, []string{}, []Ref{}
	for _, k := range entrance.Kinds {
		out.Kinds = append(out.Kinds, Choice{k, entrance.KindNames[k]})
	}
	for _, p := range c.space.Conductor.Programmes() {
		out.Programmes = append(out.Programmes, Choice{p.Key, p.Name})
	}
	for i := range b.All {
		if ch := b.All[i].Channel; ch != "" && c.mine(&b.All[i]) && !slices.Contains(out.Channels, ch) {
			out.Channels = append(out.Channels, ch)
		}
	}
	slices.Sort(out.Channels)
	out.MayManage = c.member.Role.Can(staff.CanManageChannels)
	if !out.MayManage {
		return
	}
	out.Default = b.Default
	for _, m := range c.space.team(ctx, s.store) {
		if !m.Disabled && m.Role != staff.Viewer {
			out.Owners = append(out.Owners, Ref{m.ID, m.Name})
		}
	}
}

func (s *Server) entranceView(ctx context.Context, c *caller, b *entrance.Book, e *entrance.Entrance, f *entranceFigures) Entrance {
	out := Entrance{
		ID: e.ID, State: e.State, URL: s.base(ctx) + entrance.JoinPath + e.State, KindText: entrance.KindNames[e.Kind], Region: e.Region(),
		EntranceSaid: EntranceSaid{e.Kind, e.Name, e.Channel, e.Programme, e.Province, e.City, e.District, e.Place, e.Owner, e.From, e.To, e.Paused, e.Ended, e.Successor, e.Words},
		Standing:     string(e.StandingOn(entrance.Date(c.today()))), Default: b.Default == e.ID, Created: moment(e.Created, c.space.loc), At: moment(e.At, c.space.loc),
		By: s.actorName(ctx, c, e.Actor), Version: e.Revision, OwnerRef: c.space.ref(ctx, s.store, e.Owner), MayChange: c.member.Role.Can(staff.CanManageChannels),
	}
	if p := c.space.Conductor.Programme(e.Programme); p != nil {
		out.ProgrammeText = p.Name
	}
	if e.Contact != nil {
		out.ContactWay = &ContactWay{ContactWaySaid{e.Contact.Corp, e.Contact.Users, e.Contact.Ask}, e.Contact.QR}
	}
	if next := b.ByID(e.Successor); next != nil {
		out.SuccessorName = next.Name
	}
	if f != nil {
		out.Figures = f.view(f.of(e.ID))
	}
	return out
}

// said is a code as it was typed.
func (s *Server) said(ctx context.Context, c *caller, b *EntranceSaid) (entrance.Entrance, error) {
	e := entrance.Entrance{
		Kind: b.Kind, Name: strings.TrimSpace(b.Name), Channel: strings.TrimSpace(b.Channel), Programme: b.Programme, Province: b.Province, City: strings.TrimSpace(b.City),
		District: strings.TrimSpace(b.District), Place: strings.TrimSpace(b.Place), Owner: b.Owner, From: b.From, To: b.To, Paused: b.Paused, Ended: b.Ended, Successor: b.Successor,
		Words: strings.TrimSpace(b.Words),
	}
	if fl := e.Check(); fl != nil {
		return e, fl.At("body.%s", fl.Field)
	}
	p := c.space.Conductor.Programme(e.Programme)
	if p == nil {
		return e, errCodeChoice.At("body.programme")
	}
	e.Programme = p.Key
	if e.Owner != "" {
		return e, s.ownerExists(ctx, c, e.Owner)
	}
	return e, nil
}

func (s *Server) addEntrance(ctx context.Context, in *addEntranceInput) (Entrance, error) {
	c, _, err := s.authorize(ctx, staff.CanManageChannels)
	if err != nil {
		return Entrance{}, err
	}
	e, err := s.said(ctx, c, &in.Body)
	if err != nil {
		return Entrance{}, err
	}
	e.ID, e.State = strings.ToLower(ulid.Make().String()), entrance.NewState()
	return s.saveEntrance(ctx, c, e, "entrance.add")
}

func (s *Server) saveEntrance(ctx context.Context, c *caller, e entrance.Entrance, action string) (Entrance, error) {
	e, err := s.store.SaveEntrance(ctx, c.space.number(), e, s.real().UnixMicro(), c.actor(), s.entry(ctx, c, action, 0, map[string]any{"entrance": e.ID}))
	if fl := fault.Of(err); fl != nil && fl.Field != "" && !strings.HasPrefix(fl.Field, "body.") {
		err = fl.At("body.%s", fl.Field)
	}
	if err != nil {
		return Entrance{}, err
	}
	b, err := s.store.Entrances(ctx, c.space.number())
	if err != nil {
		return Entrance{}, err
	}
	f, err := s.figures(ctx, c, b, entrance.Span{})
	if err != nil {
		return Entrance{}, err
	}
	return s.entranceView(ctx, c, b, &e, f), nil
}

func (s *Server) changeEntrance(ctx context.Context, in *changeEntranceInput) (Entrance, error) {
	c, b, err := s.book(ctx, staff.CanManageChannels)
	if err != nil {
		return Entrance{}, err
	}
	old := b.ByID(in.ID)
	if old == nil {
		return Entrance{}, errNoEntrance
	}
	if err := in.check(old.Revision); err != nil {
		return Entrance{}, err
	}
	e, err := s.said(ctx, c, &in.Body)
	if err != nil {
		return Entrance{}, err
	}
	e.ID, e.State, e.Revision = old.ID, old.State, old.Revision
	return s.saveEntrance(ctx, c, e, "entrance.change")
}

func (s *Server) setDefaultEntrance(ctx context.Context, in *entranceSettingInput) error {
	c, _, err := s.authorize(ctx, staff.CanManageChannels)
	if err != nil {
		return err
	}
	return s.store.SetDefaultEntrance(ctx, c.space.number(), in.Body.Default, s.real().UnixMicro(), c.actor(), s.entry(ctx, c, "entrance.default", 0, map[string]any{"entrance": in.Body.Default}))
}
