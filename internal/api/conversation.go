package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/owner"
	"peiban/internal/page"
	"peiban/internal/staff"
	"peiban/internal/timeline"
)

// ConversationLine is one thing said with a person, or done with the conversation.
type ConversationLine struct {
	ID      string  `json:"id"`
	At      string  `json:"at"`
	Kind    string  `json:"kind" enum:"chat,deed"`
	From    string  `json:"from,omitempty" enum:"person,staff,bot,"`
	By      *Text   `json:"by,omitempty"`
	Text    string  `json:"text"`
	Channel *Choice `json:"channel,omitempty"`
	Sent    string  `json:"sent,omitempty" enum:"reply,bulk,automatic," doc:"of staff: to this one person, to many, by itself"`
	Action  string  `json:"action,omitempty"`
	Deed    *Text   `json:"deed,omitempty"`
	To      *Ref    `json:"to,omitempty" doc:"to whom it was handed"`
	Until   string  `json:"until,omitempty"`
	Reason  *Text   `json:"reason,omitempty"`
	Open    bool    `json:"open,omitempty" doc:"a question without an answer that nobody has settled"`
}

// PersonConversation is one conversation, a page of what was said, and what may be done with it.
type PersonConversation struct {
	Conversation
	Lines      []ConversationLine `json:"lines" doc:"newest first"`
	NextCursor string             `json:"nextCursor,omitempty"`
	Held       []HeldText         `json:"held" doc:"written and not sent yet: a pharmacist or doctor looks first"`
	Seen       string             `json:"seen,omitempty" doc:"the person's newest line: send it with what finishes the conversation"`
	Reasons    []Choice           `json:"reasons" doc:"why it may be done"`
	Colleagues []Ref              `json:"colleagues" doc:"to whom it may be handed"`
	MayWrite   bool               `json:"mayWrite"`
	WhyNot     *Text              `json:"whyNot,omitempty" doc:"why nothing may be written now"`
}

// HeldText is a text that waits to be looked at.
type HeldText struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	At   string `json:"at"`
	By   *Text  `json:"by,omitempty"`
	Mine bool   `json:"mine"`
}

type conversationInput struct {
	IDPath
	Paging
}

func (s *Server) personConversation(ctx context.Context, in *conversationInput) (PersonConversation, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return PersonConversation{}, err
	}
	v, err := s.conversationOf(ctx, c, card, in.Paging)
	if err != nil {
		return PersonConversation{}, err
	}
	return v, s.read(ctx, c, "conversation.read", card.Number)
}

func (s *Server) conversationOf(ctx context.Context, c *caller, card conductor.Card, at Paging) (PersonConversation, error) {
	v := PersonConversation{Held: []HeldText{}, Reasons: []Choice{}, Colleagues: []Ref{}, MayWrite: c.member.Role.Can(staff.CanWork)}
	cd := c.space.Conductor
	d, err := s.inboxDesk(ctx, c)
	if err != nil {
		return v, err
	}
	t := cd.Talk(card.Number)
	if v.Conversation, _, err = s.conversationView(ctx, c, d, &t); err != nil {
		return v, err
	}
	if v.Lines, v.NextCursor, err = s.talkLines(ctx, c, card, at, false); err != nil {
		return v, err
	}
	if t.HeardSeq != 0 {
		if _, view, _, ok := cd.Glance(card.Number); ok {
			if i := view.Find(t.HeardSeq); i >= 0 {
				v.Seen = event.IDOf(view.Recv[i], t.HeardSeq)
			}
		}
	}
	for _, r := range conversation.Reasons {
		v.Reasons = append(v.Reasons, Choice{r, event.Words("conversation", "reason")[r]})
	}
	for _, m := range c.space.team(ctx, s.store) {
		if !m.Disabled && owner.Takes(m.Role) && m.ID != c.member.ID {
			v.Colleagues = append(v.Colleagues, Ref{m.ID, m.Name})
		}
	}
	_, view, state, _ := cd.Glance(card.Number)
	if state == nil || !state.Consented("basic_service") || message.WishesOf(view.Timeline).Silenced {
		v.MayWrite = false
		v.WhyNot = optional(fault.Of(conductor.ErrMayNotWrite).Text)
	}
	v.Held, err = s.heldTexts(ctx, c, card)
	return v, err
}

// heldTexts are texts of staff that wait to be looked at, among the newest messages.
func (s *Server) heldTexts(ctx context.Context, c *caller, card conductor.Card) ([]HeldText, error) {
	out := []HeldText{}
	list, err := s.store.MessagesOf(ctx, c.space.number(), card.Number, page.Part{Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, m := range list.Items {
		if m.State != message.Held || m.Reason != conductor.WaitsForReview {
			continue
		}
		var by conductor.Written
		_ = json.Unmarshal(m.Why, &by) // ours; an unreadable one tells nobody
		h := HeldText{ID: string(m.ID), At: moment(m.Due, c.space.loc), By: s.actorName(ctx, c, "staff:"+by.By), Mine: by.By == c.member.ID}
		if !c.masked() {
			h.Text = m.Body
		}
		out = append(out, h)
	}
	return out, nil
}

// talkLines is a page of what was said, newest first; bare: as the person themselves sees it, without what staff did.
func (s *Server) talkLines(ctx context.Context, c *caller, card conductor.Card, at Paging, bare bool) ([]ConversationLine, string, error) {
	out := []ConversationLine{}
	_, view, _, ok := c.space.Conductor.Glance(card.Number)
	if !ok {
		return out, "", nil
	}
	var places []int
	for i := view.Len() - 1; i >= 0; i-- {
		if view.Flags[i]&event.Hidden == 0 && (view.Type[i] == event.Chat || view.Type[i] == event.Handled && !bare) {
			places = append(places, i)
		}
	}
	start, err := offset(at.Cursor, len(places))
	if err != nil {
		return nil, "", err
	}
	end := min(start+at.limit(50), len(places))
	next := ""
	if end < len(places) {
		next = itoa(end)
	}
	seqs := make([]event.Seq, 0, end-start)
	for _, i := range places[start:end] {
		seqs = append(seqs, view.Seq[i])
	}
	words, _, err := s.wordsAt(ctx, c, card.Number, seqs)
	if err != nil {
		return nil, "", err
	}
	lacking := conversation.Lacking(view.Timeline)
	for _, i := range places[start:end] {
		out = append(out, s.line(ctx, c, view, i, words[view.Seq[i]], slices.Contains(lacking, view.Seq[i])))
	}
	return out, next, nil
}

func (s *Server) line(ctx context.Context, c *caller, v timeline.View, i int, said conductor.Wording, open bool) ConversationLine {
	l := ConversationLine{ID: event.IDOf(v.Recv[i], v.Seq[i]), At: moment(v.At[i], v.Loc), Kind: "chat", Open: open}
	if v.Type[i] == event.Chat {
		l.From, l.Sent = v.A[i].String(), v.B[i].String()
		way := conversation.ChannelOf(v.XAt(i, 0))
		l.Channel = &Choice{way, channelWords[way]}
		if l.From == "staff" {
			if strings.HasPrefix(said.Actor, "staff:") { // another system that told of it does not say who it was
				l.By = s.actorName(ctx, c, said.Actor)
			}
		}
		if !c.masked() {
			l.Text = said.Text
		}
		return l
	}
	l.Kind, l.Action = "deed", v.A[i].String()
	l.Deed = optional(event.Words("conversation", "action")[l.Action])
	l.By = s.actorName(ctx, c, said.Actor)
	l.To = c.space.ref(ctx, s.store, v.B[i].String())
	if reason := v.C[i].String(); reason != "" {
		l.Reason = optional(event.Words("conversation", "reason")[reason])
	}
	if n := v.Num[i]; n > 0 {
		l.Until = moment(int64(n), v.Loc)
	}
	if !c.masked() {
		l.Text = said.Note
	}
	return l
}

type handleInput struct {
	IDPath
	Body struct {
		Action string `json:"action" enum:"taken,given_back,assigned,promised,snoozed,closed,reopened,noted,settled"`
		To     string `json:"to,omitempty" maxLength:"40" doc:"assigned: the colleague; empty: the person's owner again"`
		Until  string `json:"until,omitempty" maxLength:"40" doc:"promised by, put aside until"`
		Reason string `json:"reason,omitempty" maxLength:"20" doc:"closed: why; settled: answer or dismissed"`
		Note   string `json:"note,omitempty" maxLength:"500"`
		Chat   string `json:"chat,omitempty" maxLength:"40" doc:"settled: which question"`
		Seen   string `json:"seen,omitempty" maxLength:"40" doc:"the newest line of the person the caller saw; what ends or puts aside is refused when there is a newer one"`
	}
}

var (
	errNoteEmpty = fault.New(fault.Invalid, "note_missing", "备注里写点什么", "write something into the note").At("body.note")
	errColleague = fault.New(fault.Invalid, "colleague", "没有这位同事，或不接会话", "there is no such colleague, or they take no conversations").At("body.to")
	errChatID    = fault.New(fault.Invalid, "chat_id", "没有这句话", "there is no such line").At("body.chat")
)

func (s *Server) handleConversation(ctx context.Context, in *handleInput) (PersonConversation, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWork, in.ID)
	if err != nil {
		return PersonConversation{}, err
	}
	b := &in.Body
	h := conductor.Handling{Action: b.Action, Who: b.To, Reason: b.Reason, Note: strings.TrimSpace(b.Note), By: c.member.ID}
	switch b.Action {
	case conversation.Assigned:
		if !slices.ContainsFunc(c.space.team(ctx, s.store), func(m staff.Member) bool { return m.ID == b.To && !m.Disabled && owner.Takes(m.Role) }) && b.To != "" {
			return PersonConversation{}, errColleague
		}
	case conversation.Noted:
		if h.Note == "" {
			return PersonConversation{}, errNoteEmpty
		}
	case conversation.Settled:
		if b.Reason != "answer" {
			h.Reason = "dismissed"
		}
	}
	if b.Action != conversation.Assigned {
		h.Who = ""
	}
	if b.Action != conversation.Done && b.Action != conversation.Settled {
		h.Reason = ""
	}
	if b.Action == conversation.Promised || b.Action == conversation.PutAside {
		if h.Until, err = parseMoment("body.until", b.Until, c.space.loc); err != nil {
			return PersonConversation{}, err
		}
	}
	for _, x := range []struct {
		id string
		to *event.Seq
	}{{b.Chat, &h.Chat}, {b.Seen, &h.Seen}} {
		if x.id == "" {
			continue
		}
		seq, ok := event.SeqOf(x.id)
		if !ok {
			return PersonConversation{}, errChatID
		}
		*x.to = seq
	}
	proof := s.entry(ctx, c, "conversation."+b.Action, card.Number, map[string]any{"to": h.Who, "reason": h.Reason, "note": h.Note != ""})
	if err := c.space.Conductor.Handle(ctx, card.Number, h, proof); err != nil {
		return PersonConversation{}, err
	}
	return s.conversationOf(ctx, c, card, Paging{})
}

// MyChat is what I and those who look after me wrote.
type MyChat struct {
	Listing[ConversationLine]
	Owner  *Ref  `json:"owner,omitempty" doc:"who looks after me"`
	Hours  *Text `json:"hours,omitempty" doc:"when I am answered"`
	Waits  bool  `json:"waits" doc:"I wrote and nobody has answered yet"`
	MayAsk bool  `json:"mayAsk"`
}

func (s *Server) myChat(ctx context.Context, in *Paging) (MyChat, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyChat{}, err
	}
	v, err := s.chatOf(ctx, c, *in)
	if err != nil {
		return v, err
	}
	return v, s.read(ctx, c, "me.chat", c.me.Number)
}

func (s *Server) chatOf(ctx context.Context, c *caller, at Paging) (MyChat, error) {
	var v MyChat
	lines, next, err := s.talkLines(ctx, c, c.me, at, true)
	if err != nil {
		return v, err
	}
	p := c.space.Conductor.TalkSettings().Policy
	hours := clockOf(p.From) + "~" + clockOf(p.To)
	v.Items, v.NextCursor, v.Total = lines, next, len(lines)
	v.Owner, v.MayAsk = c.space.ref(ctx, s.store, c.me.Owner), true
	v.Hours = optional(text("每天 "+hours+" 回复", "Answered every day "+strings.Replace(hours, "~", "–", 1)))
	t := c.space.Conductor.Talk(c.me.Number)
	v.Waits = t.Waiting != 0
	return v, nil
}

// clockOf is a minute of the day as a clock shows it.
func clockOf(minute int) string {
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return two(minute/60) + ":" + two(minute%60)
}

type sayInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"1000"`
	}
}

func (s *Server) say(ctx context.Context, in *sayInput) (MyChat, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyChat{}, err
	}
	key := in.Key
	if key == "" {
		key = requestOf(ctx).id
	}
	proof := s.entry(ctx, c, "me.chat.say", c.me.Number, nil)
	if err := c.space.Conductor.Hear(ctx, c.me.Number, conductor.Said{Key: key, Text: strings.TrimSpace(in.Body.Text)}, proof); err != nil {
		return MyChat{}, err
	}
	return s.chatOf(ctx, c, Paging{})
}
