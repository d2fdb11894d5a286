// Package official sends a message to a follower of an official account (公众号): as customer service while the window after their last
// message is open, else by a template message where there is a template for it.
package official

import (
	"context"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wechat"
)

// longest is how many bytes a text of customer service may have (developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html).
const longest = 2048

const custom, template = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"

// remembered is how long WeChat notices a template message by our id.
const remembered = 10 * time.Minute

// Sender writes for one account.
type Sender struct {
	App       string // AppID: the scope of its followers
	Calls     *wechat.Client
	Templates channel.Templates
	Now       func() time.Time
}

// Way is to the follower who wrote last.
func (s *Sender) Way(to []address.Address, now time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind != address.OpenID || a.Scope != s.App || !a.Leads() {
			continue
		}
		open := windowOf(&a, now)
		switch {
		case open.Open() && (w.No != "" || a.Heard > w.At.Heard):
			w = channel.Way{At: a, Window: open, Opens: s.Calls.Opens(custom)}
		case w.No != "" && len(s.Templates) > 0: // nobody needs to have written for those
			w = channel.Way{At: a, Window: open, Opens: s.Calls.Opens(template)}
		case w.No == channel.NoAddress:
			w.No, w.Window = channel.WindowClosed, open
		}
	}
	return w
}

func windowOf(a *address.Address, now time.Time) channel.Window {
	var heard time.Time
	if a.Heard != 0 {
		heard = time.UnixMicro(a.Heard)
	}
	return channel.WindowOf(channel.Official, heard, a.Used, now)
}

// Send sends m. A template message is known again by its key for ten minutes; a message of customer service is not, so that one that may
// have gone is not sent a second time.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	if windowOf(&m.At, m.Since).Open() { // the same way at every try
		text, ok := m.Text(longest)
		switch {
		case !ok:
			return channel.Answer{}, channel.Refuse(channel.Rejected)
		case m.Again:
			return channel.Answer{}, channel.Refuse(channel.Unclear)
		}
		return channel.Answer{}, tencent.Outcome(s.Calls.Text(ctx, m.At.Value, text), false)
	}
	t, ok := s.Templates.Of(m.Content)
	switch {
	case !ok:
		return channel.Answer{}, channel.Refuse(channel.WindowClosed)
	case m.Again && s.Now().Sub(m.Since) >= remembered:
		return channel.Answer{}, channel.Refuse(channel.Unclear)
	}
	ref, err := s.Calls.SendTemplate(ctx, wechat.Template{To: m.At.Value, Template: t.ID, URL: t.Page, ID: m.Key, Values: t.Filled(&m)})
	return channel.Answer{Ref: ref}, tencent.Outcome(err, false) // a repeat is answered as the first
}
