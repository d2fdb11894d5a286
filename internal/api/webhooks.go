package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Tester sends the test of a webhook.
type Tester interface {
	Test(ctx context.Context, w workspace.ID, h *out.Hook) out.Attempt
}

// Webhook is an address that is sent the stream of events.
type Webhook struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Place      string      `json:"place" doc:"the address without its path, which may hold a token"`
	State      string      `json:"state" enum:"on,paused,off"`
	Health     string      `json:"health" enum:"good,failing,quiet,paused,off"`
	Why        *Text       `json:"why,omitempty" doc:"why it was switched off"`
	Types      []string    `json:"types" doc:"empty: all"`
	Programmes []string    `json:"programmes" doc:"empty: all"`
	Receiver   outReceiver `json:"receiver"`
	Names      bool        `json:"names"`
	History    bool        `json:"history" doc:"what was imported as history too"`
	Created    string      `json:"created"`
	Last       string      `json:"last,omitempty" doc:"when something was taken last"`
	Failing    string      `json:"failing,omitempty" doc:"since when every try failed"`
	Next       string      `json:"next,omitempty" doc:"the next try"`
	Ends       string      `json:"ends,omitempty" doc:"when it will be switched off if it goes on failing"`
	Ended      string      `json:"ended,omitempty"`
	Tries      int         `json:"tries" doc:"of the item that waits"`
	Behind     bool        `json:"behind" doc:"there is more of the log than was looked through"`
	Replaying  bool        `json:"replaying"`
	OldUntil   string      `json:"oldUntil,omitempty" doc:"until when the secret before still signs too"`
	Day        HookDay     `json:"day"`
}

// HookDay is what became of requests in the last 24 hours.
type HookDay struct {
	Taken   int `json:"taken"`
	Failed  int `json:"failed"`
	Refused int `json:"refused" doc:"put aside, because the far side said no five times"`
}

// WebhookSecret is a webhook and its secret, told this once.
type WebhookSecret struct {
	Webhook Webhook `json:"webhook"`
	Secret  string  `json:"secret" doc:"signs every request (Standard Webhooks); shown this once"`
}

// HookAttempt is one request.
type HookAttempt struct {
	N       int64  `json:"n"`
	At      string `json:"at"`
	Type    string `json:"type" doc:"of the item; test"`
	Name    Text   `json:"name"`
	Item    string `json:"item,omitempty" doc:"id of the item"`
	Message string `json:"message" doc:"webhook-id"`
	Try     int    `json:"try"`
	Status  int    `json:"status,omitempty"`
	Took    int64  `json:"took" doc:"milliseconds"`
	Outcome string `json:"outcome"`
	Text    Text   `json:"text"`
	Answer  string `json:"answer,omitempty" doc:"its beginning, without digits and without what was sent"`
	Replay  bool   `json:"replay,omitempty"`
}

var attemptNames = map[string]Text{
	out.Taken: text("已送达", "taken"), out.Refused: text("对方拒收，已搁置", "refused, put aside"), out.Rejected: text("对方拒收，会再试", "refused, to be tried again"),
	out.Failed: text("对方出错，会再试", "failed there, to be tried again"), out.Timeout: text("超时没有回答", "no answer in time"), out.Unreached: text("连接不上", "not reached"),
	out.Forbidden: text("地址在内部网络，没有发送", "in a private network, not sent"), out.Redirect: text("对方要求转到别处，没有跟随", "redirected, not followed"), out.Gone: text("对方说已撤销", "gone, says the far side"),
}

var offReasons = map[string]Text{
	out.Gone:   text("对方说这个地址已撤销，已停止推送", "the far side said that the address is gone; nothing is sent any more"),
	out.Failed: text("连续 5 天送不到，已停止推送", "every try failed for five days; nothing is sent any more"),
}

// WebhookChange is what may be said of a webhook; what is not given stays.
type WebhookChange struct {
	Name       *string      `json:"name,omitempty" maxLength:"200"`
	URL        *string      `json:"url,omitempty" maxLength:"1000"`
	Types      *[]string    `json:"types,omitempty" maxItems:"200"`
	Programmes *[]string    `json:"programmes,omitempty" maxItems:"50"`
	Receiver   *outReceiver `json:"receiver,omitempty"`
	Names      *bool        `json:"names,omitempty"`
	History    *bool        `json:"history,omitempty"`
	State      *string      `json:"state,omitempty" enum:"on,paused" doc:"on: it goes on where it was"`
}

// OfWebhook names a webhook.
type OfWebhook struct {
	Webhook string `path:"webhook" maxLength:"40"`
}

type addWebhookInput struct {
	Body struct {
		WebhookChange
		Since string `json:"since,omitempty" maxLength:"40" doc:"send what was committed from then on; from now on when not given"`
	}
}

type changeWebhookInput struct {
	OfWebhook
	Body WebhookChange
}

type rotateWebhookInput struct {
	OfWebhook
	Body overlapBody
}

type replayWebhookInput struct {
	OfWebhook
	Body struct {
		Attempt int64  `json:"attempt,omitempty" minimum:"1" doc:"send what this attempt sent once more"`
		From    string `json:"from,omitempty" maxLength:"40" doc:"else what was committed from this day or moment on"`
		To      string `json:"to,omitempty" maxLength:"40" doc:"and until this one; to the last that was sent when not given"`
	}
}

type attemptsInput struct {
	OfWebhook
	Paging
	Outcome string `query:"outcome" maxLength:"20" enum:"taken,refused,rejected,failed,timeout,unreached,forbidden,redirect,gone,bad," doc:"bad: all that were not taken"`
}

func (s *Server) webhookOperations() {
	serve(s, operation{"add-webhook", http.MethodPost, "/api/out/webhooks", "out", "Send the stream to an address: tells its secret once", forStaff}, s.addWebhook)
	serve(s, operation{"change-webhook", http.MethodPatch, "/api/out/webhooks/{webhook}", "out", "Change what an address is sent; pause it or let it go on", forStaff}, s.changeWebhook)
	serve(s, operation{"rotate-webhook", http.MethodPost, "/api/out/webhooks/{webhook}/rotate", "out", "Give a webhook another secret; the one before signs too for a while", forStaff}, s.rotateWebhook)
	serve(s, operation{"test-webhook", http.MethodPost, "/api/out/webhooks/{webhook}/test", "out", "Send a message that tells of nobody, now", forStaff}, s.testWebhook)
	serve(s, operation{"replay-webhook", http.MethodPost, "/api/out/webhooks/{webhook}/replay", "out", "Send one item, a span, or all since a moment once more", forStaff}, s.replayWebhook)
	serve(s, operation{"webhook-attempts", http.MethodGet, "/api/out/webhooks/{webhook}/attempts", "out", "What became of each request, the newest first", forStaff}, s.webhookAttempts)
	act(s, operation{"drop-webhook", http.MethodDelete, "/api/out/webhooks/{webhook}", "out", "Send nothing to an address any more and forget it", forStaff}, s.dropWebhook)
}

func (s *Server) webhooks(ctx context.Context, c *caller) ([]Webhook, error) {
	all, err := s.store.Hooks(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	figures, err := s.store.HookFigures(ctx, c.space.number(), s.real().Add(-24*time.Hour).UnixMicro())
	if err != nil {
		return nil, err
	}
	views := make([]Webhook, len(all))
	for i := range all {
		views[i] = s.webhookView(c, &all[i], figures[all[i].ID])
	}
	return views, nil
}

func (s *Server) oneWebhook(ctx context.Context, c *caller, h *out.Hook) (Webhook, error) {
	figures, err := s.store.HookFigures(ctx, c.space.number(), s.real().Add(-24*time.Hour).UnixMicro())
	return s.webhookView(c, h, figures[h.ID]), err
}

// lookedThrough is how many commits a webhook may be behind before that is said: it looks twice a second, and what is not for it moves its
// stored place only now and then.
const lookedThrough = 25_000

func (s *Server) webhookView(c *caller, h *out.Hook, day map[string]int) Webhook {
	loc, now, t := c.space.loc, s.real().UnixMicro(), &h.Told
	v := Webhook{
		ID: h.ID, Name: t.Name, Place: t.Place(), State: string(h.State), Health: "quiet", Types: list(t.Types), Programmes: list(t.Programmes),
		Receiver: receiverView(t.Receiver), Names: t.Names, History: t.History, Created: moment(h.Created, loc), Last: moment(h.Done, loc), Tries: h.Tries,
		Behind: c.space.Conductor.Head() > h.At.Seq+lookedThrough, Replaying: h.Replay.Open(), Ended: moment(h.Ended, loc),
	}
	for outcome, n := range day {
		switch outcome {
		case out.Taken:
			v.Day.Taken += n
		case out.Refused:
			v.Day.Refused += n
		default:
			v.Day.Failed += n
		}
	}
	if len(t.Secrets) > 1 && t.Secrets[1].Until > now {
		v.OldUntil = moment(t.Secrets[1].Until, loc)
	}
	switch {
	case h.State != out.On:
		v.Health = string(h.State)
		if why, ok := offReasons[h.Why]; ok && h.State == out.Off {
			v.Why = &why
		}
	case h.Failing != 0:
		v.Health, v.Failing, v.Next = "failing", moment(h.Failing, loc), moment(h.Next, loc)
		v.Ends = moment(h.Failing+out.GiveUp.Microseconds(), loc)
	case h.Done != 0:
		v.Health = "good"
	}
	return v
}

func (b *WebhookChange) apply(s *Server, c *caller, h *out.Hook) error {
	t := &h.Told
	set(&t.Name, b.Name)
	set(&t.URL, b.URL)
	set(&t.Types, b.Types)
	set(&t.Programmes, b.Programmes)
	set(&t.Names, b.Names)
	set(&t.History, b.History)
	if b.Receiver != nil {
		t.Receiver = b.Receiver.receiver()
	}
	if b.State != nil && out.State(*b.State) != h.State {
		h.State = out.State(*b.State)
		h.Next, h.Failing, h.Ended, h.Why = 0, 0, 0, "" // it is tried at once, with all its days before it
	}
	if b.URL != nil {
		h.Next = 0
		if err := s.guard.Check(t.URL); err != nil {
			return err
		}
	}
	return t.Check(c.knowsProgramme, s.guard.Plain)
}

func (s *Server) addWebhook(ctx context.Context, in *addWebhookInput) (WebhookSecret, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return WebhookSecret{}, err
	}
	now := s.real()
	h := &out.Hook{ID: newID(now), State: out.On, Created: now.UnixMicro(), Told: out.Told{Secrets: []out.Secret{{Text: out.NewSecret()}}}}
	if err := in.Body.apply(s, c, h); err != nil {
		return WebhookSecret{}, err
	}
	h.At = out.StartOf(c.space.Conductor.Head() + 1)
	if in.Body.Since != "" {
		from, err := parseStart("body.since", in.Body.Since, c.space.loc)
		if err != nil {
			return WebhookSecret{}, err
		}
		if h.At, err = s.feed(c.space).Since(ctx, from); err != nil {
			return WebhookSecret{}, err
		}
	}
	r := h.Told.Receiver
	detail := map[string]any{"webhook": h.ID, "basis": r.Basis, "abroad": r.Abroad, "names": h.Told.Names}
	if err := s.store.CreateHook(ctx, c.space.number(), h, s.entry(ctx, c, "webhook.create", 0, detail)); err != nil {
		return WebhookSecret{}, err
	}
	v, err := s.oneWebhook(ctx, c, h)
	return WebhookSecret{v, h.Told.Secrets[0].Text}, err
}

func (s *Server) alterWebhook(ctx context.Context, id, action string, detail map[string]any, change func(*caller, *out.Hook) error) (Webhook, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return Webhook{}, err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["webhook"] = id
	h, err := s.store.ChangeHook(ctx, c.space.number(), id, func(h *out.Hook) error { return change(c, h) }, s.entry(ctx, c, action, 0, detail))
	if err != nil {
		return Webhook{}, err
	}
	return s.oneWebhook(ctx, c, &h)
}

func (s *Server) changeWebhook(ctx context.Context, in *changeWebhookInput) (Webhook, error) {
	detail := map[string]any{}
	if in.Body.State != nil {
		detail["state"] = *in.Body.State
	}
	return s.alterWebhook(ctx, in.Webhook, "webhook.change", detail, func(c *caller, h *out.Hook) error { return in.Body.apply(s, c, h) })
}

func (s *Server) rotateWebhook(ctx context.Context, in *rotateWebhookInput) (WebhookSecret, error) {
	secret, now := out.NewSecret(), s.real()
	v, err := s.alterWebhook(ctx, in.Webhook, "webhook.rotate", map[string]any{"hours": in.Body.Hours}, func(_ *caller, h *out.Hook) error {
		h.Told.Rotate(secret, now, in.Body.Hours)
		return nil
	})
	return WebhookSecret{v, secret}, err
}

func (s *Server) dropWebhook(ctx context.Context, in *OfWebhook) error {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return err
	}
	return s.store.DropHook(ctx, c.space.number(), in.Webhook, s.entry(ctx, c, "webhook.drop", 0, map[string]any{"webhook": in.Webhook}))
}

func (s *Server) testWebhook(ctx context.Context, in *OfWebhook) (HookAttempt, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return HookAttempt{}, err
	}
	h, err := s.store.Hook(ctx, c.space.number(), in.Webhook)
	if err != nil {
		return HookAttempt{}, err
	}
	if s.tester == nil {
		return HookAttempt{}, errNoTester
	}
	a := []out.Attempt{s.tester.Test(ctx, c.space.Workspace.ID, &h)}
	if err := s.store.AddAttempts(ctx, c.space.number(), h.ID, a, s.entry(ctx, c, "webhook.test", 0, map[string]any{"webhook": h.ID, "outcome": a[0].Outcome})); err != nil {
		return HookAttempt{}, err
	}
	return attemptView(c, &a[0]), nil
}

var (
	errReplayWhat = fault.New(fault.Invalid, "replay_what", "要说明重发什么", "say what is to be sent again").Because("一条记录的编号，或从什么时候起", "the number of an attempt, or since when")
	errReplayTest = fault.New(fault.Invalid, "replay_test", "测试推送没有内容可以重发", "a test has nothing to be sent again").At("body.attempt")
	errReplayNone = fault.New(fault.Clash, "replay_nothing", "这一段还没有推送过，或没有内容", "nothing of this span was sent yet").At("body.from").
			Because("选早一些的时间；还没推送的会自己推送", "choose an earlier time; what was not sent yet will be")
	errReplayRuns = fault.New(fault.Clash, "replay_running", "上一次重发还没结束", "the replay before is not over yet").Because("等它结束", "wait for it to end")
)

func (s *Server) replayWebhook(ctx context.Context, in *replayWebhookInput) (Webhook, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return Webhook{}, err
	}
	from, to, err := s.replaySpan(ctx, c, in)
	if err != nil {
		return Webhook{}, err
	}
	return s.alterWebhook(ctx, in.Webhook, "webhook.replay", map[string]any{"attempt": in.Body.Attempt, "from": uint64(from.Seq), "to": uint64(to.Seq)}, func(_ *caller, h *out.Hook) error {
		if h.Replay.Open() {
			return errReplayRuns
		}
		if to == (out.Place{}) || to.Compare(h.At) > 0 {
			to = h.At
		}
		if from.Compare(to) >= 0 {
			return errReplayNone
		}
		h.Replay = out.Replay{Number: h.Replay.Number + 1, At: from, To: to}
		return nil
	})
}

// replaySpan is the part of the log that is asked for; to is the zero place for all until now.
func (s *Server) replaySpan(ctx context.Context, c *caller, in *replayWebhookInput) (from, to out.Place, err error) {
	switch {
	case in.Body.Attempt != 0:
		a, err := s.store.Attempt(ctx, c.space.number(), in.Webhook, in.Body.Attempt)
		if err != nil {
			return from, to, err
		}
		if a.Item == "" {
			return from, to, errReplayTest
		}
		return a.Place.Before(), a.Place, nil
	case in.Body.From == "":
		return from, to, errReplayWhat.At("body.from")
	}
	at, err := parseStart("body.from", in.Body.From, c.space.loc)
	if err != nil {
		return from, to, err
	}
	if from, err = s.feed(c.space).Since(ctx, at); err != nil || in.Body.To == "" {
		return from, to, err
	}
	if at, err = parseMoment("body.to", in.Body.To, c.space.loc); err != nil {
		return from, to, err
	}
	to, err = s.feed(c.space).Since(ctx, at+1)
	return from, to, err
}

func (s *Server) webhookAttempts(ctx context.Context, in *attemptsInput) (Listing[HookAttempt], error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return Listing[HookAttempt]{}, err
	}
	if _, err := s.store.Hook(ctx, c.space.number(), in.Webhook); err != nil {
		return Listing[HookAttempt]{}, err
	}
	found, err := s.store.Attempts(ctx, c.space.number(), in.Webhook, in.Outcome, in.part())
	if err != nil {
		return Listing[HookAttempt]{}, err
	}
	view := Listing[HookAttempt]{Items: []HookAttempt{}, Total: found.Total, NextCursor: found.Next}
	for i := range found.Items {
		view.Items = append(view.Items, attemptView(c, &found.Items[i]))
	}
	return view, nil
}

func attemptView(c *caller, a *out.Attempt) HookAttempt {
	return HookAttempt{
		N: a.N, At: time.UnixMicro(a.At).In(c.space.loc).Format(time.RFC3339), Type: a.Type, Name: typeName(a.Type), Item: a.Item, Message: a.Message, Try: a.Try,
		Status: a.Status, Took: a.Took.Milliseconds(), Outcome: a.Outcome, Text: attemptText(a), Answer: a.Answer, Replay: a.Replay,
	}
}

func attemptText(a *out.Attempt) Text {
	t := word(attemptNames, a.Outcome)
	if a.Status != 0 {
		n := strconv.Itoa(a.Status)
		t = Text{Zh: t.Zh + "（" + n + "）", En: t.En + " (" + n + ")"}
	}
	return t
}

// typeName is what people call a type of the stream.
func typeName(key string) Text {
	if key == "test" {
		return text("测试", "Test")
	}
	if t, ok := changeNames[key]; ok {
		return t
	}
	return nameOfType(key)
}
