// Package connect makes senders of the ways out that an administrator connected, and asks their far sides whether what is set is right.
package connect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/email"
	"peiban/internal/channel/groupsend"
	"peiban/internal/channel/kf"
	"peiban/internal/channel/official"
	"peiban/internal/channel/sms/aliyun"
	"peiban/internal/channel/sms/template"
	"peiban/internal/channel/subscribe"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/webhook"
	"peiban/internal/channel/wechat"
	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/fault"
	"peiban/internal/outlet"
)

// Maker makes senders. It keeps the clients of WeCom and WeChat, with their tokens and limits, as long as nobody changes them.
type Maker struct {
	HTTP  *http.Client
	Dial  func(ctx context.Context, network, address string) (net.Conn, error) // for mail
	WeCom *wecom.Pool
	Real  func() time.Time

	mu     sync.Mutex
	wechat map[string]account
}

type account struct {
	revision int64
	client   *wechat.Client
}

// What is wrong with a way out can be said only when it is used.
var (
	errCorp   = fault.New(fault.Invalid, "outlet_corp", "没有连接这个企业微信", "no such WeCom is connected").At("body.set.corp")
	errRefuse = fault.New(fault.Invalid, "outlet_refused", "对方不接受这些设置", "the far side does not accept what is set").
			Because("检查账号、密钥，以及对方后台里的 IP 白名单", "check the account, the secret, and the far side's list of addresses that may call")
	errAway = fault.New(fault.Unavailable, "outlet_away", "没有连上对方", "the far side was not reached").Because("过一会儿再试", "try again a little later")
)

var errNoTrial = fault.New(fault.Clash, "outlet_no_trial", "这种接口不发短信就试不了", "this interface cannot be tried without sending").
	Because("给自己的档案发一条看看", "have one sent to yourself")

// Senders are those of all ways out, by channel. What cannot be made is left out and told in errs.
func (m *Maker) Senders(all []outlet.Outlet, corps []corp.Corp) (by map[string]channel.Sender, errs []error) {
	of := map[string][]channel.Sender{}
	var names []string
	for i := range all {
		o := &all[i]
		kind, ok := outlet.KindOf(o.Kind)
		if !ok {
			continue
		}
		s, err := m.Sender(o, corps)
		if err != nil {
			errs = append(errs, fmt.Errorf("the way out %s: %w", o.ID, err))
			continue
		}
		if o.Paused {
			s = pause(s, m.Real)
		}
		if of[kind.Channel] == nil {
			names = append(names, kind.Channel)
		}
		of[kind.Channel] = append(of[kind.Channel], s)
	}
	by = map[string]channel.Sender{}
	for _, name := range names {
		if by[name] = of[name][0]; len(of[name]) > 1 {
			by[name] = together(of[name])
		}
	}
	return by, errs
}

// Sender is the one of a way out.
func (m *Maker) Sender(o *outlet.Outlet, corps []corp.Corp) (channel.Sender, error) {
	set := o.Set
	templates, err := channel.ReadTemplates(set["templates"])
	if err != nil {
		return nil, outlet.ErrPattern
	}
	switch o.Kind {
	case "wecom", "kf":
		i := slices.IndexFunc(corps, func(c corp.Corp) bool { return c.ID == set["corp"] })
		if i < 0 {
			return nil, errCorp
		}
		c := &corps[i]
		calls, err := m.WeCom.Client(c.ID, c.Revision, wecom.Settings{
			Base: c.Base, Corp: c.CorpID, Agent: c.Agent, AppSecret: c.App, ContactSecret: c.Contact, KfSecret: c.Kf, ArchiveSecret: c.Archive,
		})
		if err != nil {
			return nil, err
		}
		if o.Kind == "kf" {
			return &kf.Sender{Corp: c.CorpID, Calls: calls}, nil
		}
		return &groupsend.Sender{Corp: c.CorpID, Members: c.Members, Calls: calls, Now: m.Real}, nil
	case "official", "mini_program":
		calls, err := m.account(o)
		if err != nil {
			return nil, err
		}
		if o.Kind == "official" {
			return &official.Sender{App: set["app"], Calls: calls, Templates: templates, Now: m.Real}, nil
		}
		return &subscribe.Sender{App: set["app"], Calls: calls, Templates: templates, State: set["state"]}, nil
	case "aliyun":
		return &aliyun.Sender{Base: set["base"], Key: set["key"], Secret: set["secret"], Sign: set["sign"], Templates: templates, HTTP: m.HTTP, Now: m.Real}, nil
	case "sms":
		headers, err := template.ReadHeaders(set["headers"])
		if err != nil {
			return nil, err
		}
		return &template.Sender{URL: set["url"], Headers: headers, Body: set["body"], Success: set["success"], Repeats: set["repeats"] == "yes", HTTP: m.HTTP}, nil
	case "email":
		return m.email(o)
	case "webhook":
		return webhook.New(set["url"], []byte(set["secret"]), m.HTTP, m.Real), nil
	}
	return nil, outlet.ErrKind
}

func (m *Maker) email(o *outlet.Outlet) (*email.Sender, error) {
	port, err := strconv.Atoi(o.Set["port"])
	if err != nil {
		return nil, outlet.ErrPort
	}
	return &email.Sender{
		Host: o.Set["host"], Port: port, User: o.Set["user"], Password: o.Set["password"], From: o.Set["from"], Name: o.Set["name"],
		Unsubscribe: o.Set["unsubscribe"], Dial: m.Dial,
	}, nil
}

func (m *Maker) account(o *outlet.Outlet) (*wechat.Client, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, ok := m.wechat[o.ID]; ok && a.revision == o.Revision {
		return a.client, nil
	}
	c, err := wechat.New(wechat.Settings{Base: o.Set["base"], App: o.Set["app"], Secret: o.Set["secret"]}, wechat.Options{HTTP: m.HTTP, Now: m.Real})
	if err != nil {
		return nil, err
	}
	if m.wechat == nil {
		m.wechat = map[string]account{}
	}
	m.wechat[o.ID] = account{o.Revision, c}
	return c, nil
}

// nobody is a telephone number no operator gives out; asking what was sent to it tells only whether the account may ask.
const nobody = "13800000000"

// Try asks a far side whether what is set is right. It sends nothing to anybody; an outside system gets one message of the kind "test".
func (m *Maker) Try(ctx context.Context, o *outlet.Outlet, corps []corp.Corp) error {
	s, err := m.Sender(o, corps)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 12*time.Second)
	defer stop()
	switch s := s.(type) {
	case *groupsend.Sender:
		_, err = s.Calls.FollowUsers(ctx)
	case *kf.Sender:
		_, err = s.Calls.KfAccounts(ctx)
	case *official.Sender:
		err = s.Calls.SignIn(ctx)
	case *subscribe.Sender:
		err = s.Calls.SignIn(ctx)
	case *aliyun.Sender:
		_, err = s.Track(ctx, channel.Handed{Key: "test", At: address.Address{Value: nobody}, Since: m.Real()})
	case *email.Sender:
		err = s.Try(ctx)
	case *template.Sender:
		return errNoTrial
	default:
		_, err = s.Send(ctx, channel.Outgoing{Key: "test-" + strconv.FormatInt(m.Real().Unix(), 36), Kind: "test", Body: "test"})
	}
	return said(err)
}

// said is what an administrator hears of an error.
func said(err error) error {
	if err == nil {
		return nil
	}
	if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		return f
	}
	delay, delayed := errors.AsType[*channel.Delay](err)
	e, told := errors.AsType[*tencent.Error](err)
	switch {
	case told && e.Action() == tencent.Mend, told && e.Action() == tencent.Look, delayed && delay.Code == channel.Settings, errors.Is(err, channel.ErrRefused):
		return errRefuse
	}
	return errAway
}

// paused is a way out that an administrator stopped: what was let go by it waits.
type paused struct {
	of   channel.Sender
	real func() time.Time
}

const lookedAt = 10 * time.Minute // when what waits is looked at again

func (p paused) Way(to []address.Address, now time.Time) channel.Way {
	w := channel.WayOf(p.of, to, now)
	w.Opens = now.Add(lookedAt)
	return w
}

func (p paused) Send(context.Context, channel.Outgoing) (channel.Answer, error) {
	return channel.Answer{}, &channel.Delay{After: lookedAt}
}

// Track asks of what was let go before the pause: it goes on its way.
func (p paused) Track(ctx context.Context, h channel.Handed) (channel.Report, error) {
	if t, ok := p.of.(channel.Tracker); ok {
		return t.Track(ctx, h)
	}
	return channel.Report{State: channel.Waiting}, nil
}

// pausedConfirmed is a way out that a colleague confirms, and that pauses: nobody is reminded, and what should not go is taken back.
type pausedConfirmed struct{ paused }

func (p pausedConfirmed) Remind(context.Context, channel.Handed) error { return nil }

func (p pausedConfirmed) Withdraw(ctx context.Context, h channel.Handed) error {
	return p.of.(channel.Confirmed).Withdraw(ctx, h)
}

// pause stops a way out.
func pause(of channel.Sender, real func() time.Time) channel.Sender {
	p := paused{of, real}
	if _, ok := of.(channel.Confirmed); ok {
		return pausedConfirmed{p}
	}
	return p
}

// several are ways out of one channel: of two companies, of two accounts. Each person is reached by the one that knows them.
type several []channel.Sender

func (all several) Way(to []address.Address, now time.Time) channel.Way {
	_, w := all.pick(to, now)
	return w
}

func (all several) pick(to []address.Address, now time.Time) (channel.Sender, channel.Way) {
	first := channel.WayOf(all[0], to, now)
	if first.No == "" {
		return all[0], first
	}
	for _, s := range all[1:] {
		switch w := channel.WayOf(s, to, now); {
		case w.No == "":
			return s, w
		case first.No == channel.NoAddress:
			first = w
		}
	}
	return all[0], first
}

// at is the one that reaches an address.
func (all several) at(a address.Address) channel.Sender {
	a.Gone, a.Used, a.Since, a.Heard = 0, 0, 1, max(a.Heard, 1)
	s, _ := all.pick([]address.Address{a}, time.UnixMicro(a.Heard))
	return s
}

func (all several) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	return all.at(m.At).Send(ctx, m)
}

func (all several) Track(ctx context.Context, h channel.Handed) (channel.Report, error) {
	if t, ok := all.at(h.At).(channel.Tracker); ok {
		return t.Track(ctx, h)
	}
	return channel.Report{State: channel.Waiting}, nil // none that knows it is connected just now
}

// together is one way out of several; of those that a colleague confirms, one that a colleague confirms.
func together(all []channel.Sender) channel.Sender {
	for _, s := range all {
		if _, ok := s.(channel.Confirmed); !ok {
			return several(all)
		}
	}
	return confirmed{several(all)}
}

type confirmed struct{ several }

func (c confirmed) Remind(ctx context.Context, h channel.Handed) error {
	if s, ok := c.at(h.At).(channel.Confirmed); ok {
		return s.Remind(ctx, h)
	}
	return nil
}

func (c confirmed) Withdraw(ctx context.Context, h channel.Handed) error {
	if s, ok := c.at(h.At).(channel.Confirmed); ok {
		return s.Withdraw(ctx, h)
	}
	return nil
}
