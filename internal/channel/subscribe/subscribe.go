// Package subscribe sends a subscribe message of a mini-program (小程序订阅消息): one for each time the person agreed to its template.
package subscribe

import (
	"context"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wechat"
)

const send = "/cgi-bin/message/subscribe/send"

// Sender writes for one mini-program.
type Sender struct {
	App       string // AppID: the scope of its people
	Calls     *wechat.Client
	Templates channel.Templates
	State     string // developer, trial, formal; empty: formal
}

// Way is to who used the mini-program last. Whether they agreed to a template, WeChat knows and says when it is sent.
func (s *Sender) Way(to []address.Address, _ time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind == address.OpenID && a.Scope == s.App && a.Leads() && (w.No != "" || a.Since > w.At.Since) {
			w = channel.Way{At: a, Opens: s.Calls.Opens(send)}
		}
	}
	return w
}

// Send sends m. A message that may have gone used the person's agreement up if it went, so a second try is not made.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	t, ok := s.Templates.Of(m.Content)
	switch {
	case !ok:
		return channel.Answer{}, channel.Refuse(channel.Settings)
	case m.Again:
		return channel.Answer{}, channel.Refuse(channel.Unclear)
	}
	err := s.Calls.SendSubscribed(ctx, wechat.Subscribed{To: m.At.Value, Template: t.ID, Page: t.Page, Values: t.Filled(&m), State: s.State})
	return channel.Answer{}, tencent.Outcome(err, false)
}
