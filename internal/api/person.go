package api

import (
	"context"
	"encoding/base64"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/skip2/go-qrcode"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/plan"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Person is one person with everything the head of their page shows.
type Person struct {
	PersonRow
	CreatedAt    string       `json:"createdAt"`
	Zone         string       `json:"zone"`
	Version      int64        `json:"version" doc:"send it as If-Match with a change"`
	Masked       bool         `json:"masked"`
	Programmes   []Joined     `json:"programmes"`
	Targets      Targets      `json:"targets"`
	Plan         *Plan        `json:"plan,omitempty"`
	DiabetesType string       `json:"diabetesType,omitempty"`
	Treatment    string       `json:"treatment,omitempty"`
	LivesAlone   bool         `json:"livesAlone,omitempty"`
	BirthYear    int          `json:"birthYear,omitempty"`
	Doctor       *Ref         `json:"doctor,omitempty" doc:"the member of staff who is the person's doctor"`
	Existing     bool         `json:"existing,omitempty" doc:"of an addition: the telephone number is this person's, nobody was added"`
	Family       []Family     `json:"family"`
	Consents     []ConsentRow `json:"consents"`
	Tags         []TagState   `json:"tags"`
	AsOf         string       `json:"asOf"`

	past bool // about an earlier moment; nothing can be based on it
}

// Joined is a programme, when the person joined it, and where they stand in it. The person's own stage and targets are those of the
// first.
type Joined struct {
	Named
	Joined  string   `json:"joined"`
	Stage   StageRef `json:"stage"`
	Targets *Targets `json:"targets,omitempty" doc:"absent: the programme sets none"`
}

// Targets are the limits that hold for a person, who chose them and where they come from.
type Targets struct {
	Profile string        `json:"profile"`
	Name    Text          `json:"name"`
	By      string        `json:"by,omitempty" doc:"the name of who set them, or doctor where that is all that is known; absent: the programme's own"`
	Signed  bool          `json:"signed,omitempty" doc:"that doctor's own account set them"`
	At      string        `json:"at,omitempty"`
	Source  string        `json:"source"`
	Ranges  []TargetRange `json:"ranges"`
	HbA1c   float64       `json:"hba1c,omitempty"`
}

// TargetRange is one line of the limits.
type TargetRange struct {
	Context string `json:"context"`
	Name    Text   `json:"name"`
	Unit    string `json:"unit,omitempty" doc:"of low and high; not given: mmol/L"`
	Limits
}

// Plan is how often the person should measure.
type Plan struct {
	PerWeek float64 `json:"perWeek"`
}

// Family is somebody around the person and what they may know.
type Family struct {
	ID     string   `json:"id,omitempty"`
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Scopes []string `json:"scopes"`
	Active bool     `json:"active"`

	KindName Text `json:"kindName"`
}

// ConsentRow is what the person said last about one purpose.
type ConsentRow struct {
	Purpose     string `json:"purpose"`
	Name        Text   `json:"name"`
	Granted     bool   `json:"granted"`
	At          string `json:"at,omitempty"`
	TextVersion string `json:"textVersion,omitempty"`
	Basis       string `json:"basis,omitempty"`
}

func (s *Server) personOperations() {
	serve(s, operation{"people", http.MethodGet, "/api/people", "people", "People, filtered and sorted", forStaff}, s.listPeople)
	serve(s, operation{"add-person", http.MethodPost, "/api/people", "people", "Add a person, who becomes the caller's", forStaff}, s.addPerson)
	serve(s, operation{"person", http.MethodGet, "/api/people/{id}", "people", "One person, now or at another moment", forStaff}, s.person)
	serve(s, operation{"change-person", http.MethodPatch, "/api/people/{id}", "people", "Hand a person over, change targets, plan or profile", forStaff}, s.changePerson)
	serve(s, operation{"sign-in-link", http.MethodPost, "/api/people/{id}/signin-link", "people", "A one-time link and QR that signs the person's phone in", forStaff}, s.signInLink)
	serve(s, operation{"person-phone", http.MethodGet, "/api/people/{id}/phone", "people", "The telephone number, for a call; the look is kept on record", forStaff}, s.personPhone)
}

type personInput struct {
	IDPath
	Moments
}

func (s *Server) person(ctx context.Context, in *personInput) (Person, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "person.read")
	if err != nil {
		return Person{}, err
	}
	return s.personView(ctx, c, l)
}

func (s *Server) personView(ctx context.Context, c *caller, l *conductor.Look) (Person, error) {
	ts, err := s.tasksAt(ctx, c, l)
	if err != nil {
		return Person{}, err
	}
	var open []task.Task
	load := task.Load{}
	for _, t := range ts {
		if t.State == task.Open {
			open = append(open, t)
			load.Open++
			if t.Priority == task.Safety {
				load.Safety++
			}
		}
	}
	v := l.View
	p := Person{
		PersonRow: s.row(ctx, c, l.Card, v, l.State, open, load), CreatedAt: moment(l.Card.CreatedAt, v.Loc), Zone: v.Loc.String(),
		Version: personVersion(l.Card, v), past: l.Past, Masked: c.masked(), AsOf: moment(l.At, v.Loc), Programmes: []Joined{}, Family: s.family(ctx, c, l),
		Consents: consents(v, l.At), LivesAlone: livesAlone(v, l.At), BirthYear: l.Card.BirthYear,
		Doctor: c.space.ref(ctx, s.store, doctorOf(v, l.At)),
	}
	if p.Tags, err = s.tagStates(ctx, c, l); err != nil {
		return Person{}, err
	}
	if l.Past {
		if err := s.asOf(ctx, c, l, open, &p); err != nil {
			return Person{}, err
		}
	}
	for _, x := range l.Each() {
		pr := l.State.Progress(x.Programme.Key)
		if pr == nil {
			continue // the workspace's own, for somebody who is in none
		}
		j := Joined{Named: Named{pr.Key, x.Programme.Name}, Joined: moment(pr.Joined, v.Loc)}
		if j.Stage, err = s.stageBy(ctx, c, x); err != nil {
			return Person{}, err
		}
		if len(x.Programme.Targets) > 0 {
			t := s.targetsView(ctx, c, x)
			j.Targets = &t
		}
		p.Programmes = append(p.Programmes, j)
	}
	p.Targets = s.targetsView(ctx, c, l)
	if i := plan.Of(v.Timeline, event.Glucose, l.At); i >= 0 {
		p.Plan = &Plan{PerWeek: v.Num[i]}
	}
	p.DiabetesType, p.Treatment = newestCode(v, l.At, 'B'), newestCode(v, l.At, 'C')
	return p, nil
}

// asOf puts what a row says about now back to the moment asked for.
func (s *Server) asOf(ctx context.Context, c *caller, l *conductor.Look, open []task.Task, p *Person) error {
	var err error
	if p.Stage, err = s.stageBy(ctx, c, l); err != nil {
		return err
	}
	p.LastReading = lastReading(l.View, l.Target, l.At)
	p.InTarget14 = nil
	if share := insight.InTarget(l.View, l.Target, "", insight.LastDays(l.At, 14, l.View.Loc), l.At); share.Of > 0 {
		p.InTarget14 = &Ratio{share.N, share.Of}
	}
	p.SilentDays = nil
	if d, ok := insight.Silent(l.View, l.At); ok {
		p.SilentDays = &d
	}
	p.LastContact = lastContact(l.View, l.At)
	p.Age = age(l.Card.BirthYear, l.At, l.View.Loc)
	p.NextStep, p.Reason = nil, nil
	if len(open) > 0 { // what journeys waited for then is not kept, what staff had to do is
		p.NextStep = nextStep(c.space.Conductor, l.State, open, l.View)
		p.Reason = reason(&p.PersonRow, open)
	}
	return nil
}

// stageBy is the stage in the one programme l is by: now the one the person was put in, of another moment the one the rules give.
func (s *Server) stageBy(ctx context.Context, c *caller, l *conductor.Look) (StageRef, error) {
	out := StageRef{Name: noStage}
	if l.Programme == nil {
		return out, nil
	}
	since, err := s.sinceOf(ctx, c, l)
	if err != nil {
		return out, err
	}
	sg := l.Stage.Stage
	if pr := l.State.Progress(l.Programme.Key); !l.Past && pr != nil {
		sg = l.Programme.Stage(pr.Stage)
	}
	if sg != nil {
		out = StageRef{Key: sg.Key, Name: sg.Name, Since: moment(since["stage"+sg.Key], l.View.Loc)}
	}
	return out, nil
}

func targetRange(key string, r measure.Range) TargetRange {
	x := TargetRange{Context: key, Name: targetNames[key], Limits: Limits{r.Low, r.High, r.Open}}
	if u := programme.TargetUnit(key); u != string(measure.MmolL) || key == "ldl" { // no unit: glucose, as people read it
		x.Unit = u
	}
	return x
}

func (s *Server) targetsView(ctx context.Context, c *caller, l *conductor.Look) Targets {
	v := Targets{Profile: l.Target.Key, Name: l.Target.Name, Source: l.Target.Source, Ranges: []TargetRange{}, HbA1c: l.Target.HbA1c}
	for _, k := range programme.TargetKeys {
		if r, ok := l.Target.Ranges[k]; ok && k != "hba1c" {
			v.Ranges = append(v.Ranges, targetRange(k, r))
		}
	}
	i := targetInForce(l)
	if i < 0 {
		return v
	}
	v.At, v.Signed = moment(l.View.At[i], l.View.Loc), signedTarget(l.View, i)
	v.By = l.View.B[i].String()
	if m := c.space.ref(ctx, s.store, v.By); m != nil && m.Name != v.By { // a doctor's own account is told by its id
		v.By = m.Name
	} else if v.Signed { // the account is gone; its id says nothing
		v.By = "doctor"
	}
	return v
}

// targetInForce is the place of the event whose targets hold: of those a doctor signed the newest, else the newest; -1 when it is the
// programme's own that hold. It follows engine.TargetOf.
func targetInForce(l *conductor.Look) int {
	v, said := l.View, -1
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] != event.TargetSet || v.At[i] > l.At || v.Flags[i]&event.Hidden != 0 || v.A[i].String() != l.Target.Key {
			continue
		}
		if signedTarget(v, i) {
			return i
		}
		if said < 0 {
			said = i
		}
	}
	return said
}

func signedTarget(v timeline.View, i int) bool {
	f := event.TargetSet.Spec().Field("signed")
	return v.XAt(i, int(f.Slot-event.X0)) == 1
}

// newestCode is the newest value of a code of the profile: an event carries only what changed.
func newestCode(v timeline.View, at int64, slot byte) string {
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] != event.Profile || v.At[i] > at || v.Flags[i]&event.Hidden != 0 {
			continue
		}
		y := v.B[i]
		if slot == 'C' {
			y = v.C[i]
		}
		if y != 0 {
			return y.String()
		}
	}
	return ""
}

func livesAlone(v timeline.View, at int64) bool {
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] == event.Profile && v.At[i] <= at && v.Flags[i]&event.Hidden == 0 {
			if x := v.XAt(i, 2); !math.IsNaN(x) {
				return x == 1
			}
		}
	}
	return false
}

// consents is the newest statement about each purpose, in the order people are asked; one never asked is not given.
func consents(v timeline.View, at int64) []ConsentRow {
	out := make([]ConsentRow, 0, len(purposeOrder))
	for _, purpose := range purposeOrder {
		out = append(out, consentRow(v, at, purpose))
	}
	return out
}

// consentRow is the newest statement about a purpose.
func consentRow(v timeline.View, at int64, purpose string) ConsentRow {
	row := ConsentRow{Purpose: purpose, Name: purposeNames[purpose]}
	y := event.Intern(purpose)
	for i := v.Len() - 1; i >= 0; i-- {
		if v.Type[i] == event.Consent && v.A[i] == y && v.At[i] <= at && v.Flags[i]&event.Hidden == 0 {
			row.Granted, row.At, row.TextVersion, row.Basis = v.Num[i] == 1, moment(v.At[i], v.Loc), v.B[i].String(), v.C[i].String()
			break
		}
	}
	return row
}

// family is who is around the person. A relative who is here as a person is named from the directory, another one
// from the event that told of them.
func (s *Server) family(ctx context.Context, c *caller, l *conductor.Look) []Family {
	out := []Family{}
	for _, r := range conductor.Relations(l.View.Timeline) {
		if r.Household() {
			continue // an address, not a relation of trust: who-knows-what and household tell of it
		}
		f := Family{Kind: r.Kind, KindName: word(relationNames, r.Kind), Scopes: append([]string{}, r.Scopes...), Active: r.Active}
		if card, ok := c.space.card(r.Person); ok {
			f.ID, f.Name = string(card.ID), c.nameOf(card)
		} else {
			f.Name = word(relationNames, r.Kind).Zh
		}
		out = append(out, f)
	}
	return out
}

// PhoneNumber is a person's telephone number; empty when none is known.
type PhoneNumber struct {
	Phone string `json:"phone,omitempty"`
}

// personPhone gives the number only when it is asked for, one person at a time: lists and pages show its end.
func (s *Server) personPhone(ctx context.Context, in *IDPath) (PhoneNumber, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadNames, in.ID)
	if err != nil {
		return PhoneNumber{}, err
	}
	return PhoneNumber{card.Phone}, s.read(ctx, c, "person.phone", card.Number)
}

// oneLine refuses a name nobody can see, and one with line breaks, marks that turn the direction of writing, or the
// mark that stands for letters lost on the way.
func oneLine(field, s string) error {
	unseen := func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
	wrong := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
	}
	if strings.TrimFunc(s, unseen) == "" || strings.ContainsFunc(s, wrong) {
		return errOneLine.At("%s", field).Because("例如 张桂芳", "such as 张桂芳")
	}
	return nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func (s *Server) ownerExists(ctx context.Context, c *caller, id string) error {
	m, err := s.store.Member(ctx, c.space.number(), id)
	if err != nil || m.Disabled || m.Role == staff.Viewer {
		return errCodeChoice.At("body.owner").Because("必须是这个工作区里的员工", "it must be a member of this workspace")
	}
	return nil
}

// SignInLink is a one-time way in for a phone.
type SignInLink struct {
	URL     string `json:"url"`
	QR      string `json:"qr" doc:"a PNG as a data address"`
	Expires string `json:"expires"`
}

func (s *Server) signInLink(ctx context.Context, in *IDPath) (SignInLink, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return SignInLink{}, err
	}
	token := staff.NewToken()
	ends := s.real().Add(staff.LinkLife)
	if err := s.store.CreateSigninLink(ctx, c.space.number(), card.Number, staff.HashToken(token), ends.UnixMicro(),
		s.entry(ctx, c, "person.link", card.Number, nil)); err != nil {
		return SignInLink{}, err
	}
	url := s.base(ctx) + staff.SignInPath + token
	png, err := qrOf(url)
	if err != nil {
		return SignInLink{}, err
	}
	return SignInLink{URL: url, QR: png, Expires: ends.In(c.space.loc).Format(time.RFC3339)}, nil
}

// base is how the outside reaches this server.
func (s *Server) base(ctx context.Context) string {
	switch {
	case s.address != "":
		return s.address
	case s.secure:
		return "https://" + requestOf(ctx).host
	}
	return "http://" + requestOf(ctx).host
}

// qrOf draws an address as a PNG in a data address.
func qrOf(url string) (string, error) {
	png, err := qrcode.Encode(url, qrcode.Medium, 320)
	if err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), nil
}
