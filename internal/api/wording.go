package api

import (
	"context"
	"net/http"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/wording"
)

// Wording is what the words check says of a text the caller typed.
type Wording struct {
	Action    string          `json:"action" enum:"none,warn,hold,block" doc:"warn: sent when confirmed; hold: a pharmacist or doctor looks first; block: not sent"`
	Findings  []WordingPhrase `json:"findings"`
	Emergency *Text           `json:"emergency,omitempty" doc:"the text speaks of an emergency: this line is put under it"`
}

// WordingPhrase is one phrase, with its place in the text.
type WordingPhrase struct {
	Rule   string `json:"rule"`
	Name   Text   `json:"name"`
	Why    Text   `json:"why"`
	Source string `json:"source"`
	Phrase string `json:"phrase"`
	Start  int    `json:"start" doc:"characters before it"`
	End    int    `json:"end"`
	Action string `json:"action" enum:"warn,hold,block"`
}

// WordingRule is one rule in words.
type WordingRule struct {
	Key       string   `json:"key"`
	Name      Text     `json:"name"`
	Why       Text     `json:"why"`
	Source    string   `json:"source"`
	Automatic string   `json:"automatic" enum:"none,block" doc:"in a text of a programme"`
	Staff     string   `json:"staff" enum:"none,warn,hold,block" doc:"in what staff type"`
	Roles     []string `json:"roles" doc:"who may say it on their own account"`
}

var (
	errWordsBlocked  = fault.New(fault.Invalid, "wording_blocked", "这段话里有不能说的内容，没有发", "this text says what may not be said; it was not sent").At("body.text")
	errWordsWarned   = fault.New(fault.Invalid, "wording_warning", "这段话里有不合适的说法，请改一改；坚持要发就再确认一次", "some of this is better said otherwise; confirm to send it as it is").At("body.text")
	errWordsReviewer = fault.New(fault.Forbidden, "reviewers_only", "由药师或医生来看", "a pharmacist or a doctor looks at it")
)

func (s *Server) wordingOperations() {
	serve(s, operation{"message-proof", http.MethodGet, "/api/messages/{id}/proof", "messages", "A send found again from the events there were, compared with the record, signed", forStaff}, s.messageProof)
	serve(s, operation{"check-wording", http.MethodPost, "/api/wording", "messages", "What may not be said in a text I typed, with its place and what follows; nothing is kept", forStaff}, s.checkWording)
	serve(s, operation{"wording-rules", http.MethodGet, "/api/wording/rules", "messages", "What the words check looks for", forStaff}, s.wordingRules)
	serve(s, operation{"write-to-person", http.MethodPost, "/api/people/{id}/messages", "messages", "Write to a person; what a rule holds back waits for a pharmacist or doctor", forStaff}, s.writeToPerson)
	serve(s, operation{"review-message", http.MethodPost, "/api/messages/{id}/review", "messages", "Send or refuse a text of a colleague that waits to be looked at", forStaff}, s.reviewMessage)
}

type wordingInput struct {
	Body struct {
		Text string `json:"text" maxLength:"2000"`
	}
}

func (s *Server) checkWording(ctx context.Context, in *wordingInput) (Wording, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Wording{}, err
	}
	return wordingView(wording.Check(in.Body.Text, c.writes())), nil
}

// writes is the caller as one who types a text.
func (c *caller) writes() wording.Writer { return wording.Writer{Role: string(c.member.Role)} }

func wordingView(r wording.Report) Wording {
	out := Wording{Action: actionName(r.Action), Findings: []WordingPhrase{}}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, WordingPhrase{f.Rule, f.Name, f.Why, f.Source, f.Phrase, f.Start, f.End, string(f.Action)})
	}
	if r.Emergency {
		line := r.Line
		out.Emergency = &line
	}
	return out
}

func actionName(a wording.Action) string {
	if a == wording.None {
		return "none"
	}
	return string(a)
}

func (s *Server) wordingRules(ctx context.Context, _ *struct{}) (Listing[WordingRule], error) {
	if _, _, err := s.authorize(ctx, staff.CanReadPeople); err != nil {
		return Listing[WordingRule]{}, err
	}
	out := Listing[WordingRule]{Items: []WordingRule{}}
	for _, r := range wording.Rules() {
		out.Items = append(out.Items, WordingRule{r.Key, r.Name, r.Why, r.Source, actionName(r.Automatic), actionName(r.Staff), append([]string{}, r.Roles...)})
	}
	out.Total = len(out.Items)
	return out, nil
}

type writeInput struct {
	IDPath
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Text      string `json:"text" minLength:"1" maxLength:"2000"`
		Confirmed bool   `json:"confirmed,omitempty" doc:"the writer saw the warning and means it"`
	}
}

func (s *Server) writeToPerson(ctx context.Context, in *writeInput) (Message, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWork, in.ID)
	if err != nil {
		return Message{}, err
	}
	said := strings.TrimSpace(in.Body.Text)
	if said == "" {
		return Message{}, fault.New(fault.Invalid, "empty_text", "写点什么再发", "there is nothing to send").At("body.text")
	}
	r := wording.Check(said, c.writes())
	var rules []string
	switch r.Action {
	case wording.Block:
		return Message{}, errWordsBlocked.Because(phrases(r))
	case wording.Warn:
		if !in.Body.Confirmed {
			return Message{}, errWordsWarned.Because(phrases(r))
		}
	case wording.Hold:
		for _, f := range r.Findings {
			rules = append(rules, f.Rule)
		}
	}
	if r.Emergency {
		said += "\n\n" + r.Line.Zh
		if card.Language == "en" {
			said = strings.TrimSpace(in.Body.Text) + "\n\n" + r.Line.En
		}
	}
	key := in.Key
	if key == "" {
		key = requestOf(ctx).id
	}
	title := c.member.Name + " 给您的话"
	if card.Language == "en" {
		title = "A message from " + c.member.Name
	}
	proof := s.entry(ctx, c, "message.write", card.Number, map[string]any{"held": len(rules) > 0, "rules": rules, "confirmed": in.Body.Confirmed})
	m, err := c.space.Conductor.Write(ctx, card.Number, conductor.Writing{Key: key, By: c.member.ID, Title: title, Text: said, Hold: rules}, proof)
	if err != nil {
		return Message{}, err
	}
	return s.messageView(c, m), nil
}

// phrases says which rules were met. The phrases stay with the writer: an error's text holds nothing of what was written.
func phrases(r wording.Report) (zh, en string) {
	var zhs, ens []string
	for _, f := range r.Findings {
		zhs, ens = append(zhs, f.Name.Zh+"："+f.Why.Zh), append(ens, f.Name.En+": "+f.Why.En)
	}
	return strings.Join(zhs, "；"), strings.Join(ens, "; ")
}

type reviewMessageInput struct {
	IDPath
	Body struct {
		Send bool `json:"send"`
	}
}

func (s *Server) reviewMessage(ctx context.Context, in *reviewMessageInput) (Message, error) {
	c, m, card, err := s.messageFor(ctx, in.ID)
	if err != nil {
		return Message{}, err
	}
	if c.member.Role != staff.Pharmacist && c.member.Role != staff.Doctor {
		return Message{}, errWordsReviewer
	}
	proof := s.entry(ctx, c, "message.review", card.Number, map[string]any{"message": string(m.ID), "send": in.Body.Send})
	m, err = c.space.Conductor.Release(ctx, m, c.member.ID, in.Body.Send, proof)
	if err != nil {
		return Message{}, err
	}
	return s.messageView(c, m), nil
}
