package kf_test

import (
	"errors"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
	"peiban/internal/channel/kf"
	"peiban/internal/sandbox/wire"
)

type rig struct {
	*channeltest.Sandbox
	sender  *kf.Sender
	message channel.Outgoing
	secrets []string
}

func newRig(t *testing.T) *rig {
	box := channeltest.NewSandbox(t)
	desk := box.World.Accounts[0]["open_kfid"].(string)
	if err := box.Scan(desk, box.Customer, ""); err != nil {
		t.Fatal(err)
	}
	if err := box.Say(box.Customer, "kf:"+desk+":"+box.Customer, "在吗", ""); err != nil {
		t.Fatal(err)
	}
	calls, secrets := box.WeCom(t)
	return &rig{box, &kf.Sender{Corp: box.Corp, Calls: calls}, channel.Outgoing{
		Key: "01jtest0000000000000000001", To: "01JPERSON", Body: "王阿姨，今天饭后两小时量一次血糖。", Since: box.Began,
		At: address.Address{Kind: address.Desk, Scope: box.Corp, Value: box.Customer, Through: desk, Heard: box.Began.UnixMicro()},
	}, secrets}
}

func (r *rig) came() (n int) {
	p, _ := r.Phone(r.Customer)
	for _, chat := range p.Chats {
		for _, l := range chat.Lines {
			if l.Text == r.message.Body {
				n++
			}
		}
	}
	return n
}

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		r := newRig(t)
		return &channeltest.Far{
			Sender: r.sender, Message: r.message, Calls: r.Calls, Break: r.Break, Private: r.secrets, Knows: true, Reached: func(string) int { return r.came() },
		}
	})
}

func TestTheWindow(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		a := r.message.At
		a.Used = i
		w := r.sender.Way([]address.Address{a}, r.Now())
		if w.No != "" || w.Window.Left != 5-i {
			t.Fatalf("after %d: %+v", i, w)
		}
		r.message.Key = "k" + string(rune('0'+i))
		if _, err := r.sender.Send(t.Context(), r.message); err != nil {
			t.Fatal(err)
		}
	}
	a := r.message.At
	a.Used = 5
	if w := r.sender.Way([]address.Address{a}, r.Now()); w.No != channel.WindowClosed {
		t.Errorf("%+v", w)
	}
	// What others sent by the same account we do not know of: the far side says so.
	r.message.Key = "k6"
	_, err := r.sender.Send(t.Context(), r.message)
	if refusal, _ := errors.AsType[*channel.Refusal](err); refusal == nil || refusal.Code != channel.WindowClosed {
		t.Error(err)
	}
	a.Used = 0
	if w := r.sender.Way([]address.Address{a}, r.Now().Add(48*time.Hour)); w.No != channel.WindowClosed {
		t.Errorf("%+v", w)
	}
	if w := r.sender.Way(nil, r.Now()); w.No != channel.NoAddress {
		t.Errorf("%+v", w)
	}
	if r.came() != 5 {
		t.Error(r.came())
	}
}

func TestWhatWeComSays(t *testing.T) {
	for _, tt := range []struct {
		name    string
		code    int
		refused string
		after   time.Duration
		came    int
	}{
		{"the token ends while it is sent", 42001, "", 0, 1},
		{"too many calls", 45009, "", time.Minute, 0},
		{"48 hours are over", 95002, channel.WindowClosed, 0, 0},
		{"five are used", 95001, channel.WindowClosed, 0, 0},
		{"a human has the talk", 95016, "", 10 * time.Minute, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.Box.Break(wire.Fault{Path: "/cgi-bin/kf/send_msg", Code: tt.code, Calls: 1})
			_, err := r.sender.Send(t.Context(), r.message)
			refusal, _ := errors.AsType[*channel.Refusal](err)
			delay, _ := errors.AsType[*channel.Delay](err)
			switch {
			case tt.refused != "" && (refusal == nil || refusal.Code != tt.refused), tt.after != 0 && (delay == nil || delay.After != tt.after), tt.came == 1 && err != nil:
				t.Errorf("%v", err)
			case r.came() != tt.came:
				t.Errorf("it came %d times", r.came())
			}
		})
	}
}
