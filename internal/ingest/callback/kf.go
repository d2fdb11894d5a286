package callback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/corp"
	"peiban/internal/event"
)

// Who said something in customer service, as WeCom has it.
const (
	byCustomerSelf = 3
	byServicer     = 5
)

// staleToken is what WeCom answers when the token of the callback is older than ten minutes.
const staleToken = 95007

// mostPulls is how often one callback has its account read on: a far side that always has more ends there, and the next goes on.
const mostPulls = 1000

// news reads what came to an account of customer service since it was last read, to its end. Each message is kept once, by its id, so
// that a callback that comes three times, or a cursor that was lost, brings nothing twice.
func (r *Runner) news(ctx context.Context, c *corp.Corp, e *wecom.Event) error {
	if e.Account == "" {
		return errPassed
	}
	r.kf.Lock() // two readers of one account would only ask for the same
	defer r.kf.Unlock()
	client, err := r.client(c)
	if err != nil {
		return err
	}
	w := r.Space.Workspace().Number
	cursor, err := r.Store.KfCursor(ctx, w, c.ID, e.Account)
	if err != nil {
		return err
	}
	token := e.Token
	for range mostPulls {
		page, err := client.PullKf(ctx, e.Account, cursor, token)
		if far, ok := errors.AsType[*tencent.Error](err); ok && far.Code == staleToken && token != "" {
			token = "" // it goes without, only not as often
			continue
		}
		if err != nil {
			return err
		}
		if err := r.said(ctx, c, e.Account, page.Messages); err != nil {
			return err
		}
		if page.Next != "" && page.Next != cursor {
			if cursor = page.Next; r.Store.SaveKfCursor(ctx, w, c.ID, e.Account, cursor, r.Real().UnixMicro()) != nil {
				r.Log.Warn("how far customer service was read was not kept; it is read again", slog.String("corp", c.ID))
			}
		}
		if !page.More {
			return nil
		}
	}
	return nil
}

// said takes messages in. One that cannot be kept is logged without what it says and holds up no other.
func (r *Runner) said(ctx context.Context, c *corp.Corp, account string, all []wecom.KfMessage) error {
	way, _ := conversation.ChannelCode(channel.Kf)
	var items []conductor.Item
	for i := range all {
		m := &all[i]
		from := map[int]string{byCustomerSelf: "person", byServicer: "staff"}[m.Origin]
		if from == "" || m.Customer == "" || m.ID == "" || m.Type == "event" {
			continue
		}
		b, _ := json.Marshal(map[string]any{"from": from, "kind": "reply", "channel": way, "text": kfText(m)}) // strings and a number: cannot fail
		chat, bad := event.Decode("chat", b)
		if bad != nil {
			r.Log.Warn("a message of customer service was left out", slog.String("corp", c.ID), slog.String("why", bad.Code))
			continue
		}
		at := min(time.Unix(m.At, 0).UnixMicro(), r.Space.Now().UnixMicro())
		chat.Occurred, chat.Original = at, at
		chat.Source, chat.Actor, chat.Provenance = c.Source, "source", "wecom"
		items = append(items, conductor.Item{
			Ident: []conductor.Identifier{{Type: customerID, Scope: c.CorpID, Value: m.Customer}}, Programme: c.Programme, Desk: account, Event: chat,
			MessageID: fmt.Sprintf("%x", corp.HashOf(c.ID, "kf\x00"+m.ID)),
		})
	}
	if len(items) == 0 {
		return nil
	}
	out, err := r.Space.Submit(ctx, conductor.Live, audit.Entry{Actor: fmt.Sprintf("source:%d", c.Source), Action: "intake.wecom"}, items)
	if err != nil {
		return err
	}
	for i := range out {
		if f := out[i].Fault; f != nil {
			r.Log.Warn("a message of customer service was not kept", slog.String("corp", c.ID), slog.String("why", f.Code))
		}
	}
	return nil
}

// kfKinds are messages that are no text, as the inbox shows them. What they show is seen in WeCom.
var kfKinds = map[string]string{
	"image": "［图片］", "voice": "［语音］", "video": "［视频］", "file": "［文件］", "location": "［位置］", "link": "［链接］", "business_card": "［名片］",
	"miniprogram": "［小程序］", "msgmenu": "［菜单］", "channels_shop_product": "［商品］", "channels_shop_order": "［订单］", "merged_msg": "［聊天记录］", "meeting": "［会议］",
}

func kfText(m *wecom.KfMessage) string {
	if m.Text != nil && m.Text.Content != "" {
		return m.Text.Content
	}
	if said := kfKinds[m.Type]; said != "" {
		return said
	}
	return "［其他消息］"
}
