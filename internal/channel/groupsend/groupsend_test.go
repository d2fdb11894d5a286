package groupsend_test

import (
	"errors"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
	"peiban/internal/channel/groupsend"
	"peiban/internal/sandbox/wire"
)

type rig struct {
	*channeltest.Sandbox
	sender  *groupsend.Sender
	message channel.Outgoing
	secrets []string
}

func newRig(t *testing.T) *rig {
	box := channeltest.NewSandbox(t)
	calls, secrets := box.WeCom(t)
	return &rig{
		box, &groupsend.Sender{Corp: box.Corp, Calls: calls, Now: box.Now, Members: map[string]string{box.Member: "staff-li"}},
		channel.Outgoing{
			Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "饭后量一次", Body: "王阿姨，今天饭后两小时量一次血糖。", Since: box.Began,
			At: address.Address{Kind: address.Customer, Scope: box.Corp, Value: box.Customer, Through: box.Member},
		}, secrets,
	}
}

// put is how often the message was put before the member, or sent by them.
func (r *rig) put() (n int) {
	text, _ := r.message.Text(4000)
	p, _ := r.Phone(r.Member)
	for _, task := range p.Tasks {
		if task.Text == text {
			n++
		}
	}
	c, _ := r.Phone(r.Customer)
	for _, chat := range c.Chats {
		for _, l := range chat.Lines {
			if l.Text == text && l.Source == "group_send" {
				n++
			}
		}
	}
	return n
}

func (r *rig) confirm(t *testing.T) {
	t.Helper()
	p, _ := r.Phone(r.Member)
	for _, task := range p.Tasks {
		if err := r.Confirm(task.ID, r.Member); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		r := newRig(t)
		return &channeltest.Far{
			Sender: r.sender, Message: r.message, Calls: r.Calls, Break: r.Break, Private: r.secrets, Knows: true,
			Reached: func(string) int { return r.put() }, Confirm: func() { r.confirm(t) },
		}
	})
}

func TestWhatWeComSays(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fault   wire.Fault
		refused string
		after   time.Duration
		put     int
	}{
		{"the token ends while it is sent", wire.Fault{Code: 42001, Calls: 1}, "", 0, 1},
		{"too many calls", wire.Fault{Code: 45009, Calls: 1}, "", time.Minute, 0},
		{"too many at once", wire.Fault{Code: 45033, Calls: 1}, "", time.Minute, 0},
		{"nobody to send to", wire.Fault{Code: 41048, Calls: 1}, channel.NotFriend, 0, 0},
		{"no contact", wire.Fault{Code: 84061, Calls: 1}, channel.NotFriend, 0, 0},
		{"a code nobody knows", wire.Fault{Code: 99999, Calls: 1}, channel.Rejected, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			tt.fault.Path = "/cgi-bin/externalcontact/add_msg_template"
			r.Box.Break(tt.fault)
			_, err := r.sender.Send(t.Context(), r.message)
			refusal, _ := errors.AsType[*channel.Refusal](err)
			delay, _ := errors.AsType[*channel.Delay](err)
			switch {
			case tt.refused != "" && (refusal == nil || refusal.Code != tt.refused), tt.after != 0 && (delay == nil || delay.After != tt.after), tt.put == 1 && err != nil:
				t.Errorf("%v", err)
			case r.put() != tt.put:
				t.Errorf("put before the member %d times", r.put())
			}
		})
	}
}

func TestWhoIsAsked(t *testing.T) {
	r := newRig(t)
	at := func(through string, since, gone int64) address.Address {
		return address.Address{Kind: address.Customer, Scope: r.Corp, Value: "wm", Through: through, Since: since, Gone: gone}
	}
	other := at("x", 9, 0)
	other.Scope = "ww-another"
	for _, tt := range []struct {
		name    string
		to      []address.Address
		through string
		no      string
	}{
		{"nobody knows them", nil, "", channel.NoAddress},
		{"a customer of another company", []address.Address{other}, "", channel.NoAddress},
		{"not in contact any more", []address.Address{at("li", 1, 2)}, "", channel.NotFriend},
		{"the one they added last", []address.Address{at("li", 1, 0), at("wang", 5, 0), at("chen", 3, 0), at("", 9, 0)}, "wang", ""},
		{"of two the one who is left", []address.Address{at("li", 1, 0), at("wang", 5, 6)}, "li", ""},
		{"nobody said whose", []address.Address{at("", 9, 0)}, "", ""},
	} {
		w := r.sender.Way(tt.to, time.Now())
		if w.At.Through != tt.through || w.No != tt.no {
			t.Errorf("%s: %+v", tt.name, w)
		}
	}
}

func TestRemindedAndTakenBack(t *testing.T) {
	r := newRig(t)
	a, err := r.sender.Send(t.Context(), r.message)
	if err != nil || a.Confirm != "staff-li" {
		t.Fatal(a, err)
	}
	h := channel.Handed{Key: r.message.Key, Ref: a.Ref, At: r.message.At}
	for range 3 {
		if err := r.sender.Remind(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.sender.Remind(t.Context(), h); err == nil {
		t.Error("WeCom takes three reminders a day")
	}
	for range 2 { // twice does the same
		if err := r.sender.Withdraw(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.put(); n != 0 {
		t.Errorf("it is before the member %d times", n)
	}
	if got, err := r.sender.Track(t.Context(), h); err != nil || got.State == channel.Reached {
		t.Error(got, err)
	}
}

func TestACustomerWhoLeavesBeforeItIsConfirmed(t *testing.T) {
	r := newRig(t)
	a, err := r.sender.Send(t.Context(), r.message)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteMember(r.Customer, r.Member); err != nil {
		t.Fatal(err)
	}
	r.confirm(t)
	got, err := r.sender.Track(t.Context(), channel.Handed{Ref: a.Ref, At: r.message.At})
	if err != nil || got.State != channel.Failed || got.Code != channel.NotFriend {
		t.Error(got, err)
	}
}
