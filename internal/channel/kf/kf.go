// Package kf sends a message by WeChat customer service (微信客服): within 48 hours of the person's last message, five at most.
package kf

import (
	"context"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
)

// longest is how many bytes the text of a message may have (developer.work.weixin.qq.com/document/path/94677).
const longest = 2048

const (
	api = "kf/send_msg"
	// used is what the far side says to an id it has taken before.
	used = 40058
)

// Sender writes for the accounts of one company.
type Sender struct {
	Corp  string // its corp id: the scope of its customers
	Calls *wecom.Client
}

// Way is by the account the person wrote to last, while its window is open.
func (s *Sender) Way(to []address.Address, now time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind != address.Desk || a.Scope != s.Corp || !a.Leads() {
			continue
		}
		open := channel.WindowOf(channel.Kf, heard(&a), a.Used, now)
		switch {
		case open.Open() && (w.No != "" || a.Heard > w.At.Heard):
			w = channel.Way{At: a, Window: open, Opens: s.Calls.Opens(api)}
		case w.No == channel.NoAddress:
			w.No, w.Window = channel.WindowClosed, open
		}
	}
	return w
}

func heard(a *address.Address) time.Time {
	if a.Heard == 0 {
		return time.Time{}
	}
	return time.UnixMicro(a.Heard)
}

// Send sends m. The far side takes each key once.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	text, ok := m.Text(longest)
	if !ok {
		return channel.Answer{}, channel.Refuse(channel.Rejected)
	}
	ref, err := s.Calls.SendKf(ctx, wecom.KfOut{To: m.At.Value, Account: m.At.Through, ID: m.Key, Type: "text", Text: &wecom.Text{Content: text}})
	if tencent.CodeOf(err) == used && m.Again {
		return channel.Answer{Ref: m.Key}, nil
	}
	return channel.Answer{Ref: ref}, tencent.Outcome(err, m.Again)
}
