package conductor_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/task"
)

// desk is a far side that takes messages and says later how they went.
type desk struct {
	no       string // nobody is reached there
	fails    []error
	sent     []channel.Outgoing
	says     channel.Report
	asked    int
	reminded int
	taken    int // back
}

func (f *desk) Way(to []address.Address, _ time.Time) channel.Way {
	if f.no != "" {
		return channel.Way{No: f.no}
	}
	for _, a := range to {
		if a.Kind == address.Customer && a.Leads() {
			return channel.Way{At: a}
		}
	}
	return channel.Way{No: channel.NoAddress}
}

func (f *desk) Send(_ context.Context, m channel.Outgoing) (channel.Answer, error) {
	f.sent = append(f.sent, m)
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		return channel.Answer{}, err
	}
	return channel.Answer{Ref: "msgG1", Later: true, Confirm: "li"}, nil
}

func (f *desk) Track(_ context.Context, h channel.Handed) (channel.Report, error) {
	f.asked++
	if h.Ref != "msgG1" || h.At.Value != "wmABCDEF" {
		return channel.Report{}, errors.New("asked about something else")
	}
	return f.says, nil
}

func (f *desk) Remind(context.Context, channel.Handed) error   { f.reminded++; return nil }
func (f *desk) Withdraw(context.Context, channel.Handed) error { f.taken++; return nil }

// later lets time pass as a server does.
func (b *bench) later(by time.Duration) {
	b.t.Helper()
	for end := b.now.Add(by); b.now.Before(end); {
		b.now = b.now.Add(min(5*time.Minute, end.Sub(b.now)))
		b.tick()
		b.c.Deliver(b.t.Context())
	}
}

// confirming is a workspace whose messages a colleague confirms in WeCom, and somebody who just walked.
func confirming(t *testing.T, f *desk, more map[string]channel.Sender) (*bench, person.Number) {
	t.Helper()
	b := newBench(t)
	b.senders = map[string]channel.Sender{"wecom": f}
	for name, s := range more {
		b.senders[name] = s
	}
	b.channel = "wecom"
	talking(t, b)
	b.c.SetWays(conductor.Ways{Order: []string{"wecom", "sms"}})
	n := b.consent("zhang")
	it := b.contact("contact_added", -30, "li", "")
	it.Ident = append(it.Ident, conductor.Identifier{Type: "userId", Value: "zhang"})
	b.submit(it)
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	return b, n
}

func open(ts []task.Task) (out []string) {
	for _, t := range ts {
		if t.State == task.Open && t.Kind == "task" {
			out = append(out, t.Owner)
		}
	}
	return out
}

func TestAMessageThatAColleagueConfirms(t *testing.T) {
	f := &desk{}
	b, n := confirming(t, f, nil)
	b.c.Deliver(t.Context())
	m := of(b, n, "walked")
	if m.State != message.Sending || m.Reason != "awaits_confirmation" || len(f.sent) != 1 || f.sent[0].At.Through != "li" || f.sent[0].Again {
		t.Fatalf("state %s, %s, sent %v", m.State, m.Reason, f.sent)
	}
	same(t, "work", open(b.tasks(n)), []string{"li"})
	b.later(20 * time.Minute)
	if f.asked == 0 || len(f.sent) != 1 {
		t.Fatalf("asked %d, sent %d times", f.asked, len(f.sent))
	}
	asked := f.asked
	b.c = b.open() // the process died; what the far side has is known after a start
	b.c.SetWays(conductor.Ways{Order: []string{"wecom", "sms"}})
	b.later(9 * time.Hour)
	if f.reminded != 2 || f.asked <= asked || len(f.sent) != 1 {
		t.Fatalf("reminded %d, asked %d, sent %d", f.reminded, f.asked, len(f.sent))
	}
	f.says = channel.Report{State: channel.Reached}
	b.later(30 * time.Minute)
	if m := of(b, n, "walked"); m.State != message.Sent || m.Tries != 1 {
		t.Fatalf("state %s, %s", m.State, m.Reason)
	}
	same(t, "work is done by itself", len(open(b.tasks(n))), 0)
	if err := b.c.Report(t.Context(), string(m.ID), channel.Report{State: channel.Reached}); !errors.Is(err, conductor.ErrNotOnWay) {
		t.Fatal("told a second time", err)
	}
}

func TestWhatAFarSideSaysLater(t *testing.T) {
	for _, tt := range []struct {
		name   string
		says   channel.Report
		next   bool // there is another way
		state  message.State
		reason string
		by     string
	}{
		{"not a friend any more, no other way", channel.Report{State: channel.Failed, Code: channel.NotFriend}, false, message.Dead, channel.NotFriend, "wecom"},
		{"not a friend any more, another way", channel.Report{State: channel.Failed, Code: channel.NotFriend}, true, message.Sent, "", "sms"},
		{"it does not know it", channel.Report{State: channel.Unknown}, false, message.Dead, channel.Undelivered, "wecom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, sms := &desk{says: tt.says}, &moody{keys: map[string]int{}}
			more := map[string]channel.Sender{}
			if tt.next {
				more["sms"] = sms
			}
			b, n := confirming(t, f, more)
			b.c.Deliver(t.Context())
			b.later(10 * time.Minute)
			if m := of(b, n, "walked"); m.State != tt.state || m.Reason != tt.reason || m.Channel != tt.by {
				t.Errorf("state %s, %s by %s", m.State, m.Reason, m.Channel)
			}
			same(t, "work", len(open(b.tasks(n))), 0)
		})
	}
}

func TestAMessageIsAskedBackWhenItsReasonIsGone(t *testing.T) {
	f := &desk{}
	b, n := confirming(t, f, nil)
	b.c.Deliver(t.Context())
	b.submit(b.item("zhang", "do_not_contact", `{"active":true,"reason":"asked"}`, b.now))
	b.c.Deliver(t.Context())
	if m := of(b, n, "walked"); m.State != message.Suppressed || m.Reason != message.DoNotContact || f.taken != 1 {
		t.Fatalf("state %s, %s, taken back %d times", m.State, m.Reason, f.taken)
	}
	same(t, "work", len(open(b.tasks(n))), 0)
}

func TestAWayThatReachesNobodyIsPassed(t *testing.T) {
	f, sms := &desk{no: channel.WindowClosed}, &moody{keys: map[string]int{}}
	b, n := confirming(t, f, map[string]channel.Sender{"sms": sms})
	b.c.Deliver(t.Context())
	if m := of(b, n, "walked"); m.State != message.Sent || m.Channel != "sms" || sms.calls != 1 || len(f.sent) != 0 {
		t.Fatalf("state %s by %s", m.State, m.Channel)
	}
	f2 := &desk{no: channel.WindowClosed}
	b, n = confirming(t, f2, nil)
	if m := of(b, n, "walked"); m.State != message.Suppressed || m.Reason != channel.WindowClosed {
		t.Fatalf("no other way: state %s, %s", m.State, m.Reason)
	}
}

func TestWhatAFarSideSaysAtOnce(t *testing.T) {
	later := &channel.Delay{After: time.Minute}
	for _, tt := range []struct {
		name   string
		fails  []error
		state  message.State
		reason string
		by     string
		again  []bool
	}{
		{"too many calls, then taken: it was not tried", []error{later, later}, message.Sending, "awaits_confirmation", "wecom", []bool{false, false, false}},
		{"unclear, then taken: it is told so", []error{errors.New("reset")}, message.Sending, "awaits_confirmation", "wecom", []bool{false, true}},
		{"not reached at all, then taken: it was not tried", []error{&channel.Delay{}}, message.Sending, "awaits_confirmation", "wecom", []bool{false, false}},
		{"refused for good: the next way", []error{channel.Refuse(channel.UserRefused)}, message.Sent, "", "sms", []bool{false}},
		{"it may have gone and cannot be asked about: no other way", []error{errors.New("reset"), channel.Refuse(channel.Unclear)}, message.Dead, channel.Unclear, "wecom", []bool{false, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, sms := &desk{fails: slices.Clone(tt.fails)}, &moody{keys: map[string]int{}}
			b, n := confirming(t, f, map[string]channel.Sender{"sms": sms})
			b.c.Deliver(t.Context())
			b.later(6 * time.Minute)
			if m := of(b, n, "walked"); m.State != tt.state || m.Reason != tt.reason || m.Channel != tt.by {
				t.Errorf("state %s, %s by %s", m.State, m.Reason, m.Channel)
			}
			var again []bool
			for _, o := range f.sent {
				again = append(again, o.Again)
			}
			same(t, "told that it was tried", again, tt.again)
		})
	}
}

// What is about danger does not wait until a colleague presses a button.
func TestASafetyCardDoesNotWaitForAColleague(t *testing.T) {
	for _, tt := range []struct {
		name string
		sms  bool
		by   string
	}{{"another way reaches them", true, "sms"}, {"none does", false, "inapp"}} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			f, sms := &desk{}, &moody{keys: map[string]int{}}
			b.senders, b.channel = map[string]channel.Sender{"wecom": f}, "wecom"
			if tt.sms {
				b.senders["sms"] = sms
			}
			b.c = b.open()
			b.c.SetWays(conductor.Ways{Order: []string{"wecom", "sms"}})
			n := b.consent("zhang")
			it := b.contact("contact_added", -30, "li", "")
			it.Ident = append(it.Ident, conductor.Identifier{Type: "userId", Value: "zhang"})
			b.submit(it)
			b.submit(b.item("zhang", "glucose", `{"value":3.5,"unit":"mmol/L"}`, b.now))
			b.c.Deliver(t.Context())
			if m := card(b, n); m.State != message.Sent || m.Channel != tt.by || slices.ContainsFunc(f.sent, func(o channel.Outgoing) bool { return o.Content == m.Content }) {
				t.Errorf("state %s by %s", m.State, m.Channel)
			}
		})
	}
}

// The places of a window are used up by what goes, and by nothing twice.
func TestAWindowIsUsedUp(t *testing.T) {
	b := newBench(t)
	far := &counter{moody: moody{keys: map[string]int{}}}
	b.senders, b.channel = map[string]channel.Sender{"kf": far}, "kf"
	talking(t, b)
	n := b.consent("zhang")
	said := b.item("zhang", "chat", `{"from":"person","text":"在吗"}`, b.now)
	said.Ident, said.Desk = append(said.Ident, conductor.Identifier{Type: "external_userid", Scope: "wwcorp00001", Value: "wmABCDEF"}), "wkDESK0001"
	b.submit(said)
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	b.c.Deliver(t.Context())
	b.c.Deliver(t.Context())
	if m := of(b, n, "walked"); m.State != message.Sent {
		t.Fatalf("state %s, %s", m.State, m.Reason)
	}
	other := b.open()
	for _, c := range []*conductor.Conductor{b.c, other} {
		if as := c.Addresses(n); len(as) != 1 || as[0].Used != 1 {
			t.Error(as)
		}
	}
}

// counter reaches whoever wrote to customer service.
type counter struct{ moody }

func (c *counter) Way(to []address.Address, now time.Time) channel.Way {
	for _, a := range to {
		if w := channel.WindowOf(channel.Kf, time.UnixMicro(a.Heard), a.Used, now); a.Kind == address.Desk && w.Open() {
			return channel.Way{At: a, Window: w}
		}
	}
	return channel.Way{No: channel.WindowClosed}
}

// mute is a far side that took a message and can be asked nothing any more.
type mute struct{ *desk }

func (mute) Track(context.Context, channel.Handed) (channel.Report, error) {
	return channel.Report{}, errors.New("no right to ask")
}

// A message that nobody can ask about any more ends: for ever on its way it would hold up all that the person should hear.
func TestWhatCannotBeAskedAboutEnds(t *testing.T) {
	for name, gone := range map[string]bool{"the far side does not answer": false, "the way is gone": true} {
		t.Run(name, func(t *testing.T) {
			f := &desk{}
			b, n := confirming(t, f, nil)
			b.c.Deliver(t.Context())
			if m := of(b, n, "walked"); m.Reason != "awaits_confirmation" {
				t.Fatalf("%s, %s", m.State, m.Reason)
			}
			ways := conductor.Ways{By: map[string]channel.Sender{"wecom": mute{f}}, Order: []string{"wecom"}}
			if gone {
				ways = conductor.Ways{Order: []string{"inapp"}}
			}
			b.c.SetWays(ways)
			days := func(n int) {
				for range n * 4 {
					b.now = b.now.Add(6 * time.Hour)
					b.tick()
					b.c.Deliver(t.Context())
				}
			}
			days(5)
			if m := of(b, n, "walked"); !gone && m.State != message.Sending {
				t.Errorf("after five days: %s, %s", m.State, m.Reason)
			}
			days(2)
			if m := of(b, n, "walked"); m.State == message.Sending {
				t.Errorf("after seven days: %s, %s", m.State, m.Reason)
			}
			if left := open(b.tasks(n)); len(left) != 0 {
				t.Errorf("work is left: %q", left)
			}
		})
	}
}
