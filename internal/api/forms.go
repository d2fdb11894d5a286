package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// FormView is a questionnaire as it is put to a person.
type FormView struct {
	Key       string         `json:"key"`
	Name      Text           `json:"name"`
	Programme Named          `json:"programme"`
	Version   string         `json:"version"`
	Draft     bool           `json:"draft" doc:"nobody confirmed its words; rehearsal workspaces only"`
	Due       bool           `json:"due"`
	DueFrom   string         `json:"dueFrom,omitempty" doc:"since when it is due, or from when it will be again"`
	Every     int            `json:"every,omitempty" doc:"days after which it is due again; absent: it is asked once"`
	Most      float64        `json:"most,omitempty" doc:"the most points it can give"`
	Items     []FormItemView `json:"items" doc:"in the order they are asked"`
	Last      *Filling       `json:"last,omitempty" doc:"the newest answers that stand"`
	Filled    int            `json:"filled" doc:"how often it was answered"`
}

// FormItemView is one question, or a text between questions.
type FormItemView struct {
	Key      string   `json:"key"`
	Type     string   `json:"type" enum:"choice,integer,decimal,boolean,string,text,date,group,display"`
	Text     Text     `json:"text"`
	Required bool     `json:"required"`
	Repeats  bool     `json:"repeats"`
	Min      *float64 `json:"min,omitempty"`
	Max      *float64 `json:"max,omitempty"`
	Options  []Choice `json:"options"`
}

// Filling is a form answered at once.
type Filling struct {
	ID         string          `json:"id" doc:"also its version: a replaced one answers 412"`
	Form       string          `json:"form"`
	Version    string          `json:"version,omitempty" doc:"of the form, as it was then"`
	At         string          `json:"at"`
	RecordedAt string          `json:"recordedAt"`
	RecordedBy *Text           `json:"recordedBy,omitempty"`
	Provenance string          `json:"provenance"`
	Said       *SaidBy         `json:"said,omitempty"`
	State      string          `json:"state" enum:"stands,replaced,retracted"`
	Reason     string          `json:"reason,omitempty"`
	Score      *FormScore      `json:"score,omitempty"`
	Answers    []FillingAnswer `json:"answers"`
	Replaced   []Filling       `json:"replaced" doc:"what it replaced, newest first"`
	MayChange  bool            `json:"mayChange"`
}

// FormScore is what the points of a form come to.
type FormScore struct {
	Scale string  `json:"scale"`
	Name  Text    `json:"name"`
	Value float64 `json:"value"`
	Most  float64 `json:"most,omitempty"`
}

// FillingAnswer is what was answered to one item.
type FillingAnswer struct {
	Item     string   `json:"item"`
	Question Text     `json:"question"`
	Answer   Text     `json:"answer"`
	Codes    []string `json:"codes,omitempty"`
	Value    *float64 `json:"value,omitempty"`
	Text     string   `json:"text,omitempty"`
}

// FormAnswers are the answers to a form on their way in.
type FormAnswers struct {
	Version string       `json:"version,omitempty" maxLength:"40" doc:"of the form that was shown; another one than today's answers 409"`
	Answers []FormAnswer `json:"answers" maxItems:"500"`
	Said    *SaidBy      `json:"said,omitempty" doc:"staff only: who answered, when it was not the one who writes"`
	Reason  string       `json:"reason,omitempty" maxLength:"300" doc:"of a correction"`
}

// FormAnswer is the answer to one item: codes to a choice (yes or no to a boolean), a number or a text to the others.
type FormAnswer struct {
	Item  string   `json:"item" maxLength:"120"`
	Codes []string `json:"codes,omitempty" maxItems:"50"`
	Value *float64 `json:"value,omitempty"`
	Text  string   `json:"text,omitempty" maxLength:"2000"`
}

func (s *Server) formOperations() {
	serve(s, operation{"person-forms", http.MethodGet, "/api/people/{id}/forms", "forms", "The questionnaires of a person's programmes: which are due, and what was answered last", forStaff}, s.personForms)
	serve(s, operation{"form-answers", http.MethodGet, "/api/people/{id}/forms/{key}/answers", "forms", "What a person answered to a questionnaire, newest first", forStaff}, s.formAnswers)
	serve(s, operation{"answer-form", http.MethodPost, "/api/people/{id}/forms/{key}/answers", "forms", "Fill a questionnaire in for a person, with who answered", forStaff}, s.answerForm)
	serve(s, operation{"correct-answers", http.MethodPost, "/api/people/{id}/forms/{key}/answers/{filling}/correct", "forms", "Replace the answers to a questionnaire; the old ones stay beside them", forStaff}, s.correctAnswers)
	act(s, operation{"retract-answers", http.MethodPost, "/api/people/{id}/forms/{key}/answers/{filling}/retract", "forms", "Take the answers to a questionnaire back, with the reason", forStaff}, s.retractAnswers)
	serve(s, operation{"my-forms", http.MethodGet, "/api/me/forms", "me", "My questionnaires: which are due, and what I answered last", forPerson}, s.myForms)
	serve(s, operation{"my-form-answers", http.MethodGet, "/api/me/forms/{key}/answers", "me", "What I answered to a questionnaire, newest first", forPerson}, s.myFormAnswers)
	serve(s, operation{"answer-my-form", http.MethodPost, "/api/me/forms/{key}/answers", "me", "Answer a questionnaire", forPerson}, s.answerMyForm)
	serve(s, operation{"correct-my-answers", http.MethodPost, "/api/me/forms/{key}/answers/{filling}/correct", "me", "Replace my answers to a questionnaire", forPerson}, s.correctMyAnswers)
	act(s, operation{"retract-my-answers", http.MethodPost, "/api/me/forms/{key}/answers/{filling}/retract", "me", "Take my answers to a questionnaire back", forPerson}, s.retractMyAnswers)
}

var (
	errNoForm      = fault.New(fault.Missing, "form_not_found", "没有找到这份问卷", "no such questionnaire")
	errNoFilling   = fault.New(fault.Missing, "answers_not_found", "没有找到这次回答", "no such answers")
	errFormChanged = fault.New(fault.Clash, "form_changed", "问卷刚刚更新过，请重新看一遍再答", "the questionnaire has just changed; please look at it again").At("body.version")
	errFormRetired = fault.New(fault.Clash, "form_retired", "这份问卷不再用了", "this questionnaire is used no more")
	errOfForm      = fault.New(fault.Clash, "of_a_form", "这一条由问卷算出来，请在问卷里改", "this comes from a questionnaire; change the answers there")
	errSaidByStaff = fault.New(fault.Invalid, "said_by_staff_only", "本人填写时不写“谁说的”", "who said so is for staff to tell").At("body.said").Because("去掉 said", "leave out said")
)

// FormPath names a questionnaire.
type FormPath struct {
	Key string `path:"key" maxLength:"80"`
}

// FillingPath names answers that were given at once.
type FillingPath struct {
	Filling string `path:"filling" maxLength:"40"`
}

type personFormsInput struct {
	IDPath
	Moments
}

// formList is every questionnaire of a person; they are few.
type formList struct {
	Items []FormView `json:"items" doc:"those due first"`
}

func (s *Server) personForms(ctx context.Context, in *personFormsInput) (formList, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "forms.read")
	if err != nil {
		return formList{}, err
	}
	return s.formList(ctx, c, l)
}

func (s *Server) myForms(ctx context.Context, _ *Empty) (formList, error) {
	c, l, err := s.lookAtMe(ctx, "me.forms")
	if err != nil {
		return formList{}, err
	}
	return s.formList(ctx, c, l)
}

// lookAtMe is look for the person at the phone.
func (s *Server) lookAtMe(ctx context.Context, action string) (*caller, *conductor.Look, error) {
	c, err := s.self(ctx)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	return c, l, s.read(ctx, c, action, c.me.Number)
}

type formAnswersInput struct {
	IDPath
	FormPath
	Moments
	Paging
}

func (s *Server) formAnswers(ctx context.Context, in *formAnswersInput) (Listing[Filling], error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "forms.read")
	if err != nil {
		return Listing[Filling]{}, err
	}
	return s.fillings(ctx, c, l, in.Key, in.Paging)
}

type myFormAnswersInput struct {
	FormPath
	Paging
}

func (s *Server) myFormAnswers(ctx context.Context, in *myFormAnswersInput) (Listing[Filling], error) {
	c, l, err := s.lookAtMe(ctx, "me.forms")
	if err != nil {
		return Listing[Filling]{}, err
	}
	return s.fillings(ctx, c, l, in.Key, in.Paging)
}

func (s *Server) fillings(ctx context.Context, c *caller, l *conductor.Look, key string, p Paging) (Listing[Filling], error) {
	form, _ := formOf(c, l, key)
	if form == nil {
		return Listing[Filling]{}, errNoForm
	}
	all, err := s.filled(ctx, c, l)
	if err != nil {
		return Listing[Filling]{}, err
	}
	all = slices.DeleteFunc(all, func(f *healthfile.Filling) bool { return f.Form != key })
	start, err := offset(p.Cursor, len(all))
	if err != nil {
		return Listing[Filling]{}, err
	}
	end := min(start+p.limit(20), len(all))
	out := Listing[Filling]{Items: []Filling{}, Total: len(all)}
	for _, f := range all[start:end] {
		out.Items = append(out.Items, s.fillingView(ctx, c, l, form, f, "stands"))
	}
	if end < len(all) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, nil
}

// filled are all the forms a person answered.
func (s *Server) filled(ctx context.Context, c *caller, l *conductor.Look) ([]*healthfile.Filling, error) {
	v := l.View
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool {
		return (v.Type[i] == event.FormAnswer || v.Type[i] == event.Score) && v.At[i] <= l.At
	})
	if err != nil {
		return nil, err
	}
	return healthfile.Fillings(es, l.At), nil
}

// formOf finds a questionnaire of the programmes a person is in; of two programmes with one key the one joined first.
func formOf(c *caller, l *conductor.Look, key string) (*programme.Form, Named) {
	for _, f := range formsOf(c, l) {
		if f.Key == key {
			return f.Form, f.of
		}
	}
	return nil, Named{}
}

// formIn is a questionnaire with the programme it is of, and since when the person is in it.
type formIn struct {
	*programme.Form
	of    Named
	since int64
}

func formsOf(c *caller, l *conductor.Look) (out []formIn) {
	seen := map[string]bool{}
	for _, p := range l.State.Programmes {
		g := c.space.Conductor.Programme(p.Key)
		if g == nil || g.Key != p.Key {
			continue
		}
		for _, f := range g.Forms {
			if !seen[f.Key] {
				out = append(out, formIn{f, Named{g.Key, g.Name}, p.Joined})
				seen[f.Key] = true
			}
		}
	}
	return out
}

type answerFormInput struct {
	IDPath
	FormPath
	Once string `header:"Idempotency-Key" maxLength:"200"`
	Body FormAnswers
}

func (s *Server) answerForm(ctx context.Context, in *answerFormInput) (Filling, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Filling{}, err
	}
	return s.fillIn(ctx, c, card, in.Key, in.Body, in.Once, "")
}

type correctAnswersInput struct {
	IDPath
	FormPath
	FillingPath
	Once string `header:"Idempotency-Key" maxLength:"200"`
	Body FormAnswers
}

func (s *Server) correctAnswers(ctx context.Context, in *correctAnswersInput) (Filling, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Filling{}, err
	}
	return s.fillIn(ctx, c, card, in.Key, in.Body, in.Once, in.Filling)
}

type answerMyFormInput struct {
	FormPath
	Once string `header:"Idempotency-Key" maxLength:"200"`
	Body FormAnswers
}

func (s *Server) answerMyForm(ctx context.Context, in *answerMyFormInput) (Filling, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Filling{}, err
	}
	return s.fillIn(ctx, c, c.me, in.Key, in.Body, in.Once, "")
}

type correctMyAnswersInput struct {
	FormPath
	FillingPath
	Once string `header:"Idempotency-Key" maxLength:"200"`
	Body FormAnswers
}

func (s *Server) correctMyAnswers(ctx context.Context, in *correctMyAnswersInput) (Filling, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Filling{}, err
	}
	return s.fillIn(ctx, c, c.me, in.Key, in.Body, in.Once, in.Filling)
}

type retractAnswersInput struct {
	IDPath
	FormPath
	FillingPath
	Body retractBody
}

func (s *Server) retractAnswers(ctx context.Context, in *retractAnswersInput) error {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return err
	}
	return s.takeAnswersBack(ctx, c, card, in.Key, in.Filling, in.Body.Reason)
}

type retractMyAnswersInput struct {
	FormPath
	FillingPath
	Body retractBody
}

func (s *Server) retractMyAnswers(ctx context.Context, in *retractMyAnswersInput) error {
	c, err := s.self(ctx)
	if err != nil {
		return err
	}
	return s.takeAnswersBack(ctx, c, c.me, in.Key, in.Filling, in.Body.Reason)
}
