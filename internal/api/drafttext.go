package api

import (
	"context"
	"net/http"
	"slices"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

var errAsText = fault.New(fault.Invalid, "edit_as_text", "这个文件读不通，表单打不开，请按文字改", "this file cannot be read into a form; edit it as text")

// DraftTextForm is a text of a draft as an editor fills it in, both languages side by side.
type DraftTextForm struct {
	Kind      string        `json:"kind" enum:"message,card,script,consent,greeting"`
	Audience  string        `json:"audience,omitempty" maxLength:"20" doc:"person, family, staff; empty: by its kind"`
	Gravity   int           `json:"gravity,omitempty" minimum:"0" maximum:"3"`
	Stage     []string      `json:"stage,omitempty" maxItems:"40"`
	Version   string        `json:"version" maxLength:"20"`
	Approval  DraftApproval `json:"approval"`
	Expires   string        `json:"expires,omitempty" maxLength:"10"`
	Title     Text          `json:"title"`
	Body      Text          `json:"body"`
	Answers   []Choice      `json:"answers,omitempty" maxItems:"12" doc:"of a card"`
	Purpose   string        `json:"purpose,omitempty" maxLength:"60" doc:"of a consent text"`
	Required  bool          `json:"required,omitempty"`
	Necessity Text          `json:"necessity,omitempty"`
	Impact    Text          `json:"impact,omitempty"`
}

// DraftTextView is a text with what is known of it.
type DraftTextView struct {
	Key  string `json:"key"`
	File string `json:"file"`
	DraftTextForm
	Part     string   `json:"part,omitempty"`
	Long     []string `json:"long" doc:"Chinese sentences that are too long for people"`
	Longest  int      `json:"longest" doc:"how many Chinese characters a sentence may have"`
	Was      *Text    `json:"was,omitempty" doc:"the body in the version in force, when it is another"`
	Purposes []string `json:"purposes" doc:"what a consent text may be about"`
}

// DraftTextLine is one text in the list of a draft.
type DraftTextLine struct {
	Key    string `json:"key"`
	File   string `json:"file"`
	Kind   string `json:"kind"`
	Title  Text   `json:"title"`
	Sample bool   `json:"sample"`
	Long   int    `json:"long" doc:"sentences that are too long"`
	State  string `json:"state" enum:"same,changed,added"`
	Broken bool   `json:"broken,omitempty" doc:"its head cannot be read: edit it as text"`
}

type putTextIn struct {
	DraftItem
	Based
	Body DraftTextForm
}

func (s *Server) textOperations() {
	const at = "/api/programmes/{key}/draft/texts"
	serve(s, operation{"draft-texts", http.MethodGet, at, "drafts", "The texts of the draft", forStaff}, s.draftTexts)
	serve(s, operation{"draft-text", http.MethodGet, at + "/{item}", "drafts", "One text of the draft as a form", forStaff}, s.draftTextForm)
	serve(s, operation{"put-draft-text", http.MethodPut, at + "/{item}", "drafts", "Write a text of the draft; changed words lose their approval", forStaff}, s.putDraftText)
	serve(s, operation{"drop-draft-text", http.MethodDelete, at + "/{item}", "drafts", "Take the programme's own text out of the draft", forStaff}, s.dropDraftText)
}

func longOf(x programme.TextForm) []string {
	if !programme.Spoken(x.Kind) {
		return []string{}
	}
	return append([]string{}, programme.LongSentences(x.Body.Zh)...)
}

// DraftTexts are the texts of a draft, with what a text that is not there yet must know.
type DraftTexts struct {
	Listing[DraftTextLine]
	Purposes []string `json:"purposes" doc:"what a consent text may be about"`
	Longest  int      `json:"longest" doc:"how many Chinese characters a sentence may have"`
}

func consentPurposes() []string { return event.Consent.Spec().Field("purpose").Enum }

func (s *Server) draftTexts(ctx context.Context, in *programmePath) (DraftTexts, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftTexts{}, err
	}
	out := DraftTexts{Listing[DraftTextLine]{Items: []DraftTextLine{}}, consentPurposes(), programme.LongestSentence}
	for _, k := range d.Files.TextKeys() {
		x, ok := d.Files.TextForm(k)
		l := DraftTextLine{Key: k, File: x.File, Kind: x.Kind, Title: x.Title, Sample: x.Approval.Sample, Long: len(longOf(x)), State: "same", Broken: !ok}
		switch was, is := now.Files.Shown("content", k, ".md"), d.Files.Shown("content", k, ".md"); {
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

func (s *Server) draftTextForm(ctx context.Context, in *DraftItem) (DraftTextView, error) {
	_, now, d, err := s.editing(ctx, in.Key, staff.CanReadProgress)
	if err != nil {
		return DraftTextView{}, err
	}
	x, ok := d.Files.TextForm(in.Item)
	if !ok {
		if slices.Contains(d.Files.TextKeys(), in.Item) {
			return DraftTextView{}, errAsText
		}
		return DraftTextView{}, errNotFound
	}
	v := DraftTextView{
		Key: x.Key, File: x.File, Long: longOf(x), Longest: programme.LongestSentence, Purposes: consentPurposes(),
		DraftTextForm: DraftTextForm{
			Kind: x.Kind, Audience: x.Audience, Gravity: x.Gravity, Stage: x.Stage, Version: x.Version, Approval: DraftApproval(x.Approval), Expires: x.Expires,
			Title: x.Title, Body: x.Body, Purpose: x.Purpose, Required: x.Required, Necessity: x.Necessity, Impact: x.Impact,
		},
	}
	for _, a := range x.Answers {
		v.Answers = append(v.Answers, Choice(a))
	}
	if was, had := now.Files.TextForm(in.Item); had && was.Body != x.Body {
		v.Was = &was.Body
	}
	return v, nil
}

func (s *Server) putDraftText(ctx context.Context, in *putTextIn) (Draft, error) {
	b := in.Body
	x := programme.TextForm{
		Key: in.Item, Kind: b.Kind, Audience: b.Audience, Gravity: b.Gravity, Stage: b.Stage, Version: b.Version, Approval: programme.ApprovalForm(b.Approval),
		Expires: b.Expires, Title: b.Title, Body: b.Body, Purpose: b.Purpose, Required: b.Required, Necessity: b.Necessity, Impact: b.Impact,
	}
	for _, a := range b.Answers {
		x.Answers = append(x.Answers, programme.AnswerForm(a))
	}
	return s.change(ctx, in.Key, in.Based, "draft.text", func(f programme.Files) (programme.Files, error) { return f.SetText(x) })
}

func (s *Server) dropDraftText(ctx context.Context, in *dropItemIn) (Draft, error) {
	return s.change(ctx, in.Key, in.Based, "draft.text", func(f programme.Files) (programme.Files, error) {
		if _, own := f["content/"+in.Item+".md"]; !own {
			return nil, errNotFound
		}
		return f.DropText(in.Item), nil
	})
}
