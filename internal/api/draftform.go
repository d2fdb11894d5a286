package api

import (
	"context"
	"net/http"
	"slices"

	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// DraftForm is a questionnaire of a draft as an editor fills it in.
type DraftForm struct {
	Name      Text            `json:"name"`
	Version   string          `json:"version" maxLength:"20"`
	Status    string          `json:"status" enum:"draft,active,retired" doc:"draft: nobody confirmed it, rehearsals only; retired: asked no more"`
	Copyright string          `json:"copyright" maxLength:"600" doc:"by what right it may be used"`
	Scale     string          `json:"scale,omitempty" maxLength:"40" doc:"the scale its points make"`
	Every     int             `json:"every,omitempty" minimum:"0" maximum:"3660" doc:"days after which it is due again; absent: asked once"`
	Items     []DraftQuestion `json:"items" maxItems:"100"`
}

// DraftQuestion is one question, or a text between questions.
type DraftQuestion struct {
	Key      string        `json:"key" maxLength:"64"`
	Type     string        `json:"type" enum:"choice,integer,decimal,boolean,string,text,date,group,display"`
	Text     Text          `json:"text"`
	Required bool          `json:"required,omitempty"`
	Repeats  bool          `json:"repeats,omitempty" doc:"of a choice: several may be chosen"`
	Min      *float64      `json:"min,omitempty"`
	Max      *float64      `json:"max,omitempty"`
	Options  []DraftOption `json:"options,omitempty" maxItems:"40"`
}

// DraftOption is one answer of a choice.
type DraftOption struct {
	Code  string   `json:"code" maxLength:"64"`
	Text  Text     `json:"text"`
	Score *float64 `json:"score,omitempty" doc:"points"`
}

// DraftFormView is a questionnaire with what is known of it.
type DraftFormView struct {
	Key string `json:"key"`
	DraftForm
	File string `json:"file"`
	Part string `json:"part,omitempty"`
}

// DraftFormLine is one questionnaire in the list of a draft.
type DraftFormLine struct {
	Key    string `json:"key"`
	File   string `json:"file"`
	Name   Text   `json:"name"`
	Items  int    `json:"items" doc:"what it asks"`
	Status string `json:"status"`
	State  string `json:"state" enum:"same,changed,added"`
	Broken bool   `json:"broken,omitempty" doc:"it cannot be shown as a form: edit it as text"`
}

// DraftForms are the questionnaires of a draft, with what a new one may choose from.
type DraftForms struct {
	Listing[DraftFormLine]
	Scales []Choice `json:"scales" doc:"what points may make"`
}

type putFormIn struct {
	DraftItem
	Based
	Tried
	Body DraftForm
}

func (s *Server) formDraftOperations() {
	const at = "/api/programmes/{key}/draft/forms"
	serve(s, operation{"draft-forms", http.MethodGet, at, "drafts", "The questionnaires of the draft", forStaff}, s.draftForms)
	serve(s, operation{"draft-form", http.MethodGet, at + "/{item}", "drafts", "One questionnaire of the draft as a form", forStaff}, s.draftForm)
	serve(s, operation{"put-draft-form", http.MethodPut, at + "/{item}", "drafts", "Write a questionnaire of the draft", forStaff}, s.putDraftForm)
	serve(s, operation{"drop-draft-form", http.MethodDelete, at + "/{item}", "drafts", "Take the programme's own questionnaire out of the draft", forStaff}, s.dropDraftForm)
}

func (s *Server) draftForms(ctx context.Context, in *programmePath) (DraftForms, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftForms{}, err
	}
	out := DraftForms{Listing: Listing[DraftFormLine]{Items: []DraftFormLine{}}, Scales: []Choice{}}
	for _, c := range programme.Scales() {
		out.Scales = append(out.Scales, Choice{c, event.Score.Spec().Word(event.Score.Spec().Field("scale"), c)})
	}
	for _, k := range d.Files.QuestionnaireKeys() {
		x, ok := d.Files.Questionnaire(k)
		l := DraftFormLine{Key: k, File: x.File, Name: x.Name, Status: x.Status, State: "same", Broken: !ok}
		if l.File == "" {
			l.File = "forms/" + k + ".json"
		}
		for _, q := range x.Items {
			if q.Type != "group" && q.Type != "display" {
				l.Items++
			}
		}
		switch was, is := now.Files.Shown("forms", k, ".json"), d.Files.Shown("forms", k, ".json"); {
		case was == "":
			l.State = "added"
		case was != is:
			l.State = "changed"
		}
		out.Items = append(out.Items, l)
	}
	out.Total = len(out.Items)
	return out, nil
}

func (s *Server) draftForm(ctx context.Context, in *DraftItem) (DraftFormView, error) {
	_, _, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftFormView{}, err
	}
	x, ok := d.Files.Questionnaire(in.Item)
	switch {
	case !slices.Contains(d.Files.QuestionnaireKeys(), in.Item):
		return DraftFormView{}, errNotFound
	case !ok:
		return DraftFormView{}, errAsText
	}
	v := DraftFormView{Key: x.Key, File: x.File, Part: x.Part, DraftForm: DraftForm{
		Name: x.Name, Version: x.Version, Status: x.Status, Copyright: x.Copyright, Scale: x.Scale, Every: x.Every, Items: []DraftQuestion{},
	}}
	for _, q := range x.Items {
		y := DraftQuestion{Key: q.Key, Type: q.Type, Text: q.Text, Required: q.Required, Repeats: q.Repeats, Min: q.Min, Max: q.Max}
		for _, o := range q.Options {
			y.Options = append(y.Options, DraftOption(o))
		}
		v.Items = append(v.Items, y)
	}
	return v, nil
}

func (s *Server) putDraftForm(ctx context.Context, in *putFormIn) (Draft, error) {
	b := in.Body
	x := programme.QuestionnaireForm{Key: in.Item, Name: b.Name, Version: b.Version, Status: b.Status, Copyright: b.Copyright, Scale: b.Scale, Every: b.Every}
	for _, q := range b.Items {
		y := programme.QuestionForm{Key: q.Key, Type: q.Type, Text: q.Text, Required: q.Required, Repeats: q.Repeats, Min: q.Min, Max: q.Max}
		for _, o := range q.Options {
			y.Options = append(y.Options, programme.OptionForm(o))
		}
		x.Items = append(x.Items, y)
	}
	return s.changeOrTry(ctx, in.Key, in.Based, in.Tried, "draft.form", func(f programme.Files) (programme.Files, error) { return f.SetQuestionnaire(x) })
}

func (s *Server) dropDraftForm(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.form", func(f programme.Files) (programme.Files, error) {
		if _, own := f["forms/"+in.Item+".json"]; !own {
			return nil, errNotFound
		}
		return f.DropQuestionnaire(in.Item), nil
	})
}
