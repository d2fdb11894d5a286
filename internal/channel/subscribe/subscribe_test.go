package subscribe_test

import (
	"errors"
	"strings"
	"testing"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
	"peiban/internal/channel/subscribe"
)

type rig struct {
	*channeltest.Sandbox
	sender  *subscribe.Sender
	message channel.Outgoing
	secret  string
}

func newRig(t *testing.T, agreed int) *rig {
	box := channeltest.NewSandbox(t)
	calls, app, secret := box.WeChat(t, true)
	open := box.World.Customers[0].MiniID
	for range agreed {
		if err := box.Weixin.Agree(open, box.Template("测量提醒")); err != nil {
			t.Fatal(err)
		}
	}
	return &rig{box, &subscribe.Sender{App: app, Calls: calls, Templates: channel.Templates{
		"*": {ID: box.Template("测量提醒"), Values: map[string]string{"thing1": "{title}", "time2": "今天 20:00"}},
	}}, channel.Outgoing{
		Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "饭后量一次血糖", Body: "量完告诉我们", Since: box.Began,
		At: address.Address{Kind: address.OpenID, Scope: app, Value: open, Since: 1},
	}, secret}
}

func (r *rig) came() (n int) {
	lines, _ := r.Weixin.Phone(r.message.At.Value)
	for _, l := range lines {
		if strings.Contains(l.Text, r.message.Title) {
			n++
		}
	}
	return n
}

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		r := newRig(t, 3)
		return &channeltest.Far{
			Sender: r.sender, Message: r.message, Calls: r.Calls, Break: r.Break, Private: []string{r.secret}, Reached: func(string) int { return r.came() },
		}
	})
}

func TestOneConsentIsOneMessage(t *testing.T) {
	r := newRig(t, 1)
	if _, err := r.sender.Send(t.Context(), r.message); err != nil || r.came() != 1 {
		t.Fatal(err, r.came())
	}
	r.message.Key = "another"
	_, err := r.sender.Send(t.Context(), r.message)
	if refusal, _ := errors.AsType[*channel.Refusal](err); refusal == nil || refusal.Code != channel.UserRefused || r.came() != 1 {
		t.Error(err, r.came())
	}
	if w := r.sender.Way([]address.Address{{Kind: address.OpenID, Scope: "wx-another", Value: "o"}}, r.Now()); w.No != channel.NoAddress {
		t.Errorf("%+v", w)
	}
}
