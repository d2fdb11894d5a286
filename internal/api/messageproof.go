package api

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/message"
)

// MessageProof is a send found again, as a page that says when it was changed: peiban message verify FILE.
type MessageProof struct {
	Proof     json.RawMessage `json:"proof" doc:"what was found: rule, consents, text, decisions, and what differs from the record"`
	Algorithm string          `json:"algorithm"`
	Key       uint16          `json:"keyVersion"`
	Signature []byte          `json:"signature"`
	Same      bool            `json:"same" doc:"the record is what is found again"`
	Page      ProofPage       `json:"page" doc:"the same for people to read; the signature is of proof alone"`
}

// ProofPage is a proof in words.
type ProofPage struct {
	Person    Ref             `json:"person"`
	Title     Text            `json:"title"`
	Body      Text            `json:"body"`
	Made      string          `json:"made" doc:"when it was found again"`
	State     string          `json:"state"`
	Reason    *Text           `json:"reason,omitempty"`
	Sent      string          `json:"sent,omitempty"`
	Programme *Named          `json:"programme,omitempty"`
	Journey   *Named          `json:"journey,omitempty"`
	Version   int             `json:"version,omitempty"`
	Step      string          `json:"step,omitempty"`
	Asked     *bool           `json:"asked,omitempty" doc:"the same events ask for this very message; absent: a human wrote it, or it is an answer of the service"`
	Content   string          `json:"content"`
	Text      string          `json:"text" doc:"version of the text as recorded"`
	InForce   string          `json:"inForce,omitempty" doc:"version of the text at the last decision"`
	By        string          `json:"approvedBy,omitempty"`
	Sample    bool            `json:"sample"`
	Consents  []ProofConsent  `json:"consents"`
	Decisions []ProofDecision `json:"decisions"`
	Taken     []Text          `json:"taken" doc:"what no event tells and is taken from the record"`
	Differs   []Text          `json:"differs"`
}

// ProofConsent is what the person had said about a purpose at the last decision.
type ProofConsent struct {
	Name     Text   `json:"name"`
	Given    bool   `json:"given"`
	Version  string `json:"version"`
	At       string `json:"at"`
	Outdated bool   `json:"outdated"`
}

// ProofDecision is one decision, as it was recorded and as it is found again.
type ProofDecision struct {
	At       string `json:"at"`
	Recorded Text   `json:"recorded"`
	Found    Text   `json:"found"`
	Same     bool   `json:"same"`
	Checks   []Step `json:"checks"`
}

var proofDiffers = map[string]fault.Text{
	"rule":        text("规则：当时的事件不会要求发这一条", "The rule: the events then do not ask for this message"),
	"content":     text("内容：版本和当时生效的不同", "The text: another version was in force"),
	"decision":    text("决定：重新判断的结果不同", "A decision: looked at again it comes out otherwise"),
	"state":       text("状态：和最后一次决定对不上", "The state does not fit the last decision"),
	"no_decision": text("没有留下任何决定", "No decision was recorded"),
	"consent":     text("同意：当时本人没有同意基本服务", "Consent: the person had not agreed to the service"),
}

var proofTaken = map[string]fault.Text{
	"channel":        text("渠道当时能不能用", "whether the channel was open"),
	"handed":         text("已交给渠道、还没有回音的消息", "what a channel had and had not answered"),
	"policy":         text("当时的频次和免打扰规则", "the caps and quiet hours of then"),
	"zone":           text("本人的时区", "the person's zone"),
	"workspace_kind": text("工作区是正式还是演练", "whether the workspace was live"),
}

func (s *Server) messageProof(ctx context.Context, in *IDPath) (MessageProof, error) {
	c, m, card, err := s.messageFor(ctx, in.ID)
	if err != nil {
		return MessageProof{}, err
	}
	p, err := c.space.Conductor.Prove(ctx, m)
	if err != nil {
		return MessageProof{}, err
	}
	signed, err := c.space.Conductor.Sign(p)
	if err != nil {
		return MessageProof{}, err
	}
	out := MessageProof{signed.Proof, signed.Algorithm, signed.Key, signed.Signature, p.Same, s.proofPage(c, m, card, &p)}
	return out, s.read(ctx, c, "message.proof", card.Number)
}

// proofPage says a proof in words.
func (s *Server) proofPage(c *caller, m message.Message, card conductor.Card, p *conductor.Proof) ProofPage {
	loc := c.space.loc
	if _, v, _, ok := c.space.Conductor.Glance(m.Person); ok {
		loc = v.Loc
	}
	shown := s.messageView(c, m)
	out := ProofPage{
		Person: Ref{string(card.ID), c.nameOf(card)}, Title: shown.Title, Body: shown.Body, Made: moment(p.MadeAt, loc), State: p.State,
		Reason: wordOrNil(messageReasons, p.Reason), Sent: moment(p.SentAt, loc), Step: p.Rule.Step, Version: p.Rule.Version,
		Content: p.Content.Key, Text: p.Content.Version, InForce: p.Content.InForce, By: p.Content.By, Sample: p.Content.Sample,
		Consents: []ProofConsent{}, Decisions: []ProofDecision{}, Taken: []Text{}, Differs: []Text{},
	}
	if p.Rule.Journey != "" {
		asked := p.Rule.Asked
		out.Asked, out.Journey = &asked, &Named{p.Rule.Journey, journeyName(c.space.Conductor, p.Rule.Journey)}
	}
	if pr := c.space.Conductor.Programme(p.Rule.Programme); pr != nil && p.Rule.Programme != "" {
		out.Programme = &Named{pr.Key, pr.Name}
	}
	for _, x := range p.Consents {
		out.Consents = append(out.Consents, ProofConsent{word(purposeNames, x.Purpose), x.Given, x.Version, moment(x.At, loc), x.Outdated})
	}
	for i := range p.Decisions {
		d := &p.Decisions[i]
		one := ProofDecision{At: moment(d.At, loc), Recorded: outcomeText(d.Recorded, loc), Found: outcomeText(d.Found, loc), Same: d.Same, Checks: []Step{}}
		for _, k := range d.Checks {
			one.Checks = append(one.Checks, Step{Text: word(checkNames, k.Name), OK: k.OK})
		}
		out.Decisions = append(out.Decisions, one)
	}
	for _, k := range p.Taken {
		out.Taken = append(out.Taken, word(proofTaken, k))
	}
	for _, k := range p.Difference {
		out.Differs = append(out.Differs, word(proofDiffers, k))
	}
	return out
}

// outcomeText says what a decision was: send, suppressed:REASON or held:REASON:MICROSECONDS.
func outcomeText(o string, loc *time.Location) Text {
	kind, rest, _ := strings.Cut(o, ":")
	reason, until, _ := strings.Cut(rest, ":")
	why := word(messageReasons, reason)
	switch kind {
	case "send":
		return text("可以发", "May go")
	case "held":
		us, _ := strconv.ParseInt(until, 10, 64) // ours
		at := time.UnixMicro(us).In(loc)
		return text("先等："+why.Zh+"，到 "+at.Format("1月2日 15:04"), "Waits: "+why.En+", until "+at.Format("2 Jan 15:04"))
	}
	return text("不发："+why.Zh, "Not sent: "+why.En)
}
