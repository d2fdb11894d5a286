package conductor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"peiban/internal/audit"
	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/knowledge"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/wording"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// What somebody writes is taken in here, and answered by the assistant in the same transaction where it may; and what staff do with a
// conversation becomes an event of it.

// TalkSettings are how conversations of a workspace are answered.
type TalkSettings struct {
	Policy    conversation.Policy
	Assistant conversation.Assistant
	Base      *knowledge.Index // nil: nothing is known
}

// TalkStore is where what a workspace says of its conversations lies, and what it knows.
type TalkStore interface {
	TalkSettings(ctx context.Context, w workspace.Number) (conversation.TalkSettings, int64, error)
	KnowledgeRevision(ctx context.Context, w workspace.Number) (int64, error)
	Knowledge(ctx context.Context, w workspace.Number) ([]knowledge.Entry, int64, error)
}

// StoredTalk reads how conversations are answered. Another process may change it at any time, so it is read with each chat somebody sends,
// which are few. What cannot be read is as it was known last; the base is indexed anew when it has changed.
func StoredTalk(s TalkStore, w workspace.Number, log *slog.Logger) func() TalkSettings {
	var shelf knowledge.Shelf
	var known atomic.Pointer[TalkSettings]
	usual := conversation.DefaultSettings()
	known.Store(&TalkSettings{Policy: usual.Policy(), Assistant: usual.Bot(), Base: shelf.Now()})
	return func() TalkSettings {
		k := *known.Load()
		ctx, stop := context.WithTimeout(context.Background(), besideFor)
		defer stop()
		set, _, err := s.TalkSettings(ctx, w)
		if err == nil {
			k.Policy, k.Assistant = set.Policy(), set.Bot()
			var revision int64
			if revision, err = s.KnowledgeRevision(ctx, w); err == nil {
				k.Base, err = shelf.At(revision, func() ([]knowledge.Entry, int64, error) { return s.Knowledge(ctx, w) })
			}
		}
		if err != nil {
			log.Error("how conversations are answered was not read; the last known holds", "workspace", w, "error", err)
		}
		known.Store(&k)
		return k
	}
}

// talkSettings are those that hold now.
func (c *Conductor) talkSettings() TalkSettings {
	if c.cfg.Talk == nil {
		return TalkSettings{Policy: conversation.DefaultPolicy()}
	}
	return c.cfg.Talk()
}

// TalkSettings are how conversations are answered now.
func (c *Conductor) TalkSettings() TalkSettings { return c.talkSettings() }

// What handling a conversation may be refused for.
var (
	ErrNoTalk      = fault.New(fault.Missing, "no_conversation", "还没有和这个人聊过", "nobody has talked with this person yet")
	ErrTalkMoment  = fault.New(fault.Invalid, "moment_past", "时间要在现在之后", "the moment must be in the future").At("body.until")
	ErrTalkReason  = fault.New(fault.Invalid, "closing_reason", "请选一个完成的原因", "choose why it is done").At("body.reason")
	ErrTalkClosed  = fault.New(fault.Clash, "conversation_closed", "会话已完成，先重新打开", "the conversation is done; open it again first")
	ErrTalkMoved   = fault.New(fault.Stale, "conversation_moved", "对方刚又说了话，请先看", "the person has written again; read it first")
	ErrNotLacking  = fault.New(fault.Clash, "question_settled", "这个问题已处理过", "this question was dealt with already")
	errSaidNothing = fault.New(fault.Invalid, "empty_text", "写点什么再发", "there is nothing to send").At("body.text")
)

// Said is what a person wrote.
type Said struct {
	Key     string // what makes it the same again
	Text    string
	Channel string // by which way; empty: in the app
}

// Hear takes what a person wrote themselves. The same key is heard once.
func (c *Conductor) Hear(ctx context.Context, n person.Number, s Said, proof audit.Entry) error {
	way, known := conversation.ChannelCode(s.Channel)
	if s.Channel == "" {
		way, known = 0, true
	}
	switch {
	case strings.TrimSpace(s.Text) == "":
		return errSaidNothing
	case !known:
		return fmt.Errorf("hear a chat by channel %q: %w", s.Channel, errors.ErrUnsupported)
	}
	body, _ := json.Marshal(map[string]string{"text": s.Text}) // of strings: cannot fail
	e := event.Event{
		Type: event.Chat, Schema: 1, Num: math.NaN(), A: saidByPerson, B: event.Intern("reply"), Actor: "self", Provenance: "phone", Body: body,
	}
	if way != 0 {
		e.X = []float64{way}
	}
	out, err := c.Submit(ctx, Live, proof, []Item{{Person: n, Event: e, MessageID: "chat:" + s.Key}})
	if err != nil {
		return err
	}
	switch {
	case out[0].Fault != nil:
		return out[0].Fault
	case out[0].Status == Clashes:
		return ErrSaidOther
	}
	return nil
}

// ErrSaidOther is what a second text under the key of one that was taken gives: the first is there, this one is not.
var ErrSaidOther = fault.New(fault.Clash, "chat_said_before", "刚才那句已经送到，这句还没有，请再发一次", "what you sent before is there, this is not; send it once more")

var (
	botSaid       = event.Intern("bot")
	automatically = event.Intern("automatic")
)

// AssistantName is how everything the assistant says is headed.
var AssistantName = fault.Text{Zh: "智能助手", En: "Assistant (not a human)"}

// assist has the assistant look at what a person just wrote in the app. An emergency is marked whether or not it may speak.
func (w *work) assist(d *draft, e *event.Event, text string, urgent bool, now int64) error {
	urgent = urgent || wording.Check(text, wording.Writer{}).Emergency
	set := w.c.talkSettings()
	if urgent {
		if err := w.mark(d, conversation.Alarmed, e.Seq); err != nil {
			return err
		}
	}
	if e.Source != 0 || len(e.X) > 0 && e.X[0] != 0 || !w.mayWrite(d) { // it did not come from where the assistant can answer
		return nil
	}
	before, _ := conversation.Of(d.h.number, before(d.tl, e.Seq))
	best, near, _ := set.Base.Best(text, knowledge.Wanted{Kinds: []knowledge.Kind{knowledge.Answer}, Audience: "person", Now: now, Bot: true})
	found := conversation.Near{Near: near}
	card, _ := w.card(d)
	if best.Entry != nil {
		if found.ID, found.Text = best.ID, best.Text; card.Language == "en" && best.TextEn != "" {
			found.Text = best.TextEn
		}
	}
	r := set.Assistant.Decide(&before, urgent, found, now, set.Policy.Pause)
	if r.Lacking {
		if err := w.mark(d, conversation.Unanswered, e.Seq); err != nil {
			return err
		}
	}
	switch r.Do {
	case conversation.Answers:
		return w.botSays(d, e, "answer:"+found.ID, found.Text)
	case conversation.Hands:
		line := w.handLine(card)
		if urgent {
			line = pick(wording.EmergencyLine(), card.Language) + "\n" + line
		}
		return w.botSays(d, e, conversation.HandedContent, line)
	}
	return nil
}

// before is a timeline without the event at seq, for folds of what was there when it came.
func before(tl *timeline.Timeline, seq event.Seq) *timeline.Timeline {
	out := timeline.Timeline{}
	for i := range tl.Type {
		if tl.Seq[i] == seq {
			cut := *tl
			cut.Type, cut.At, cut.Seq, cut.Flags, cut.A, cut.B, cut.C, cut.Num = tl.Type[:i], tl.At[:i], tl.Seq[:i], tl.Flags[:i], tl.A[:i], tl.B[:i], tl.C[:i], tl.Num[:i]
			return &cut
		}
	}
	return &out
}

func pick(t fault.Text, language string) string {
	if language == "en" {
		return t.En
	}
	return t.Zh
}

// handLine says who will answer.
func (w *work) handLine(card Card) string {
	who := fault.Text{Zh: "健康管理师", En: "your health manager"}
	if w.c.cfg.StaffName != nil && card.Owner != "" {
		if name := w.c.cfg.StaffName(card.Owner); name != "" {
			who = fault.Text{Zh: name, En: name}
		}
	}
	return pick(fault.Text{Zh: "已请" + who.Zh + "来回复您。情况紧急请打 120。", En: who.En + " has been asked to answer you. In an emergency call 120."}, card.Language)
}

// mark keeps what was found about a chat.
func (w *work) mark(d *draft, action string, chat event.Seq) error {
	_, err := w.add(d, event.Event{
		Type: event.Handled, Schema: 1, Num: math.NaN(), A: event.Intern(action), X: []float64{float64(chat)}, Actor: "engine", Provenance: "engine",
	}, w.now)
	return err
}

// botSays answers a chat in the app, past caps and hours: the person has just asked. It is labelled as the assistant's.
func (w *work) botSays(d *draft, to *event.Event, content, said string) error {
	card, _ := w.card(d)
	m := message.Message{
		ID: message.ID(w.owed(d, "assist:"+to.ID())), Person: d.h.number, To: d.h.number, Audience: "person", Class: message.Service, Kind: "message", Channel: "inapp",
		State: message.Sent, Content: content, Version: "1", Due: w.now, Next: w.now, SentAt: w.now, Title: pick(AssistantName, card.Language), Body: said,
	}
	body, _ := json.Marshal(map[string]string{"text": said, "message": string(m.ID)}) // of strings: cannot fail
	e, err := w.add(d, event.Event{
		Type: event.Chat, Schema: 1, Num: math.NaN(), A: botSaid, B: automatically, C: event.Intern(content), Actor: "engine", Provenance: "assistant", Body: body,
	}, w.now)
	m.Seq = uint64(e.Seq)
	w.ch.NewMessages = append(w.ch.NewMessages, m)
	w.kinds["message"] = true
	return err
}

// Handling is what a member of staff does with a conversation.
type Handling struct {
	Action string
	Who    string    // assigned: to whom; empty: the owner again
	Until  int64     // promised by, put aside until
	Reason string    // done: why
	Chat   event.Seq // settled: which question
	Note   string
	Seen   event.Seq // what the caller saw last; 0: whatever. Done and put aside are refused when the person has written since
	By     string    // staff id
}

// Handle does it.
func (c *Conductor) Handle(ctx context.Context, n person.Number, h Handling, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		t, there := conversation.Of(d.h.number, d.tl)
		if err := h.check(&t, there, d.tl, w.now); err != nil {
			return err
		}
		e := event.Event{
			Type: event.Handled, Schema: 1, Num: math.NaN(), A: event.Intern(h.Action), B: event.Intern(h.Who), C: event.Intern(h.Reason),
			Actor: "staff:" + h.By, Provenance: "console",
		}
		if h.Until != 0 {
			e.Num = float64(h.Until)
		}
		if h.Chat != 0 {
			e.X = []float64{float64(h.Chat)}
		}
		if h.Note != "" {
			e.Body, _ = json.Marshal(map[string]string{"note": h.Note}) // of strings: cannot fail
		}
		w.kinds["message"] = true
		w.audit(proof)
		_, err = w.add(d, e, w.now)
		return err
	})
}

func (h *Handling) check(t *conversation.Talk, there bool, tl *timeline.Timeline, now int64) error {
	switch h.Action {
	case conversation.Promised, conversation.PutAside:
		if h.Until <= now {
			return ErrTalkMoment
		}
	case conversation.Done:
		if !slices.Contains(conversation.Reasons, h.Reason) {
			return ErrTalkReason
		}
	case conversation.Settled:
		if !slices.Contains(conversation.Lacking(tl), h.Chat) {
			return ErrNotLacking
		}
		return nil
	}
	switch {
	case h.Action == conversation.Noted:
		return nil
	case !there:
		return ErrNoTalk
	case t.Closed != 0 && h.Action != conversation.Reopened && h.Action != conversation.Assigned:
		return ErrTalkClosed
	case (h.Action == conversation.Done || h.Action == conversation.PutAside) && h.Seen != 0 && t.HeardSeq > h.Seen:
		return ErrTalkMoved
	}
	return nil
}

// Words opens what was said in some events of a person: the text, or the note, by place in the log. Those of an erased person are empty.
func (c *Conductor) Words(n person.Number, es []event.Event) (map[event.Seq]Wording, error) {
	if err := c.Reveal(n, es); err != nil && !errors.Is(err, keys.ErrErased) {
		return nil, err
	}
	out := map[event.Seq]Wording{}
	for i := range es {
		var said Wording
		_ = json.Unmarshal(es[i].Body, &said) // of an erased person: nothing
		said.Actor = es[i].Actor
		out[es[i].Seq] = said
	}
	return out, nil
}

// Wording is what an event of a conversation says beside its codes.
type Wording struct {
	Text    string `json:"text"`
	Note    string `json:"note"`
	Message string `json:"message"`
	Actor   string `json:"-"`
}
