package official_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
	"peiban/internal/channel/official"
	"peiban/internal/sandbox/wire"
)

type rig struct {
	*channeltest.Sandbox
	sender  *official.Sender
	message channel.Outgoing
	secret  string
	open    string
}

func newRig(t *testing.T, window bool) *rig {
	box := channeltest.NewSandbox(t)
	calls, app, secret := box.WeChat(t, false)
	open := box.World.Customers[0].OpenID
	at := address.Address{Kind: address.OpenID, Scope: app, Value: open}
	if err := box.Weixin.Scan(open, ""); err != nil {
		t.Fatal(err)
	}
	if window {
		if err := box.Weixin.Say(open, "official", "在吗"); err != nil {
			t.Fatal(err)
		}
		at.Heard = box.Began.UnixMicro()
	}
	return &rig{box, &official.Sender{App: app, Calls: calls, Now: box.Now, Templates: channel.Templates{
		"*": {ID: box.Template("服务通知"), Values: map[string]string{"thing1": "{title}", "thing2": "{body}"}},
	}}, channel.Outgoing{Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "测血糖", Body: "今天饭后两小时量一次", Since: box.Began, At: at}, secret, open}
}

func (r *rig) came() (n int) {
	lines, _ := r.Weixin.Phone(r.open)
	for _, l := range lines {
		if strings.Contains(l.Text, r.message.Body) {
			n++
		}
	}
	return n
}

func TestContract(t *testing.T) {
	for name, window := range map[string]bool{"customer service": true, "template": false} {
		t.Run(name, func(t *testing.T) {
			channeltest.Test(t, func(t *testing.T) *channeltest.Far {
				r := newRig(t, window)
				return &channeltest.Far{
					Sender: r.sender, Message: r.message, Calls: r.Calls, Break: r.Break, Private: []string{r.secret}, Reached: func(string) int { return r.came() },
				}
			})
		})
	}
}

func TestWhatWeChatSays(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		window     bool
		code       int
		want       string
	}{
		{"does not follow", "template/send", false, 43004, channel.Unsubscribed},
		{"no such template", "template/send", false, 40037, "delay"},
		{"48 hours are over", "custom/send", true, 45015, channel.WindowClosed},
		{"five are used", "custom/send", true, 45047, channel.WindowClosed},
		{"a follower of another account", "custom/send", true, 40003, channel.BadAddress},
	} {
		r := newRig(t, tt.window)
		r.Weixin.Break(wire.Fault{Path: "/cgi-bin/message/" + tt.path, Code: tt.code, Calls: 1})
		_, err := r.sender.Send(t.Context(), r.message)
		refusal, _ := errors.AsType[*channel.Refusal](err)
		_, delayed := errors.AsType[*channel.Delay](err)
		if refusal != nil && refusal.Code != tt.want || delayed != (tt.want == "delay") || r.came() != 0 {
			t.Errorf("%s: %v, came %d times", tt.name, err, r.came())
		}
	}
}

func TestWhichWay(t *testing.T) {
	r := newRig(t, false)
	a := r.message.At
	if w := r.sender.Way([]address.Address{a}, r.Now()); w.No != "" || w.Window.Open() {
		t.Errorf("by a template: %+v", w)
	}
	r.sender.Templates = nil
	if w := r.sender.Way([]address.Address{a}, r.Now()); w.No != channel.WindowClosed {
		t.Errorf("no template: %+v", w)
	}
	a.Heard = r.Now().Add(-time.Hour).UnixMicro()
	if w := r.sender.Way([]address.Address{a}, r.Now()); w.No != "" || w.Window.Left != 5 {
		t.Errorf("in the window: %+v", w)
	}
	if w := r.sender.Way(nil, r.Now()); w.No != channel.NoAddress {
		t.Errorf("nobody: %+v", w)
	}
}
