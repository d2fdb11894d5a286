package connect_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
	"peiban/internal/channel/connect"
	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/fault"
	"peiban/internal/outlet"
)

const templates = `"*": {template: T1, values: {text: "{body}"}}`

// complete is every kind with all that is asked of it.
func complete(box *channeltest.Sandbox) []outlet.Outlet {
	of := func(kind string, set map[string]string) outlet.Outlet {
		return outlet.Outlet{ID: kind, Kind: kind, Name: kind, Set: set, Revision: 1}
	}
	return []outlet.Outlet{
		of("wecom", map[string]string{"corp": "c1"}), of("kf", map[string]string{"corp": "c1"}),
		of("official", map[string]string{"app": box.World.Official.AppID, "secret": box.World.Official.Secret, "base": box.Base}),
		of("mini_program", map[string]string{"app": box.World.Mini.AppID, "secret": box.World.Mini.Secret, "base": box.Base, "templates": templates}),
		of("aliyun", map[string]string{"key": "k", "secret": "s", "sign": "陪伴", "templates": templates}),
		of("sms", map[string]string{"url": "https://sms.example.com", "body": "{}", "headers": "X-Key: 1"}),
		of("email", map[string]string{"host": "127.0.0.1", "port": "1", "from": "care@example.com"}),
		of("webhook", map[string]string{"url": "https://example.com", "secret": "0123456789abcdef"}),
	}
}

func companies(box *channeltest.Sandbox) []corp.Corp {
	c := corp.Corp{ID: "c1", Base: box.Base, CorpID: box.Corp, Revision: 1}
	for _, a := range box.World.Apps {
		switch {
		case a.Agent != 0:
			c.App = a.Secret
		case a.Contact:
			c.Contact = a.Secret
		case a.Kf:
			c.Kf = a.Secret
		}
	}
	return []corp.Corp{c}
}

func maker(box *channeltest.Sandbox) *connect.Maker {
	return &connect.Maker{HTTP: http.DefaultClient, WeCom: wecom.NewPool(wecom.Options{HTTP: http.DefaultClient, Now: time.Now}), Real: time.Now}
}

func TestEveryKindIsMadeAndTried(t *testing.T) {
	box := channeltest.NewSandbox(t)
	m, corps := maker(box), companies(box)
	all := complete(box)
	if len(all) != len(outlet.Kinds) {
		t.Fatalf("%d kinds of %d are tested", len(all), len(outlet.Kinds))
	}
	by, errs := m.Senders(all, corps)
	if len(errs) != 0 || len(by) != len(outlet.Channels())-1 {
		t.Fatal(by, errs)
	}
	for i := range all {
		if f := all[i].Check(); f != nil {
			t.Errorf("%s: %v", all[i].Kind, f)
		}
	}
	for i, want := range []string{"", "", "", "", "-", "outlet_no_trial", "outlet_away", "-"} {
		if want == "-" { // on the open internet
			continue
		}
		err := m.Try(t.Context(), &all[i], corps)
		if f := fault.Of(err); (err == nil) != (want == "") || err != nil && f.Code != want {
			t.Errorf("%s: %v, want %q", all[i].Kind, err, want)
		}
	}
	wrong := all[2]
	wrong.Revision, wrong.Set = 2, map[string]string{"app": box.World.Official.AppID, "secret": "another", "base": box.Base}
	if f := fault.Of(m.Try(t.Context(), &wrong, corps)); f == nil || f.Code != "outlet_refused" {
		t.Error(f)
	}
	if _, errs := m.Senders(all[:1], nil); len(errs) != 1 {
		t.Error("a company that is not connected any more is told")
	}
}

func TestAPausedWayWaits(t *testing.T) {
	box := channeltest.NewSandbox(t)
	all := complete(box)[4:5]
	all[0].Paused = true
	by, _ := maker(box).Senders(all, nil)
	now := time.Now()
	w := channel.WayOf(by["sms"], []address.Address{{Kind: address.Phone, Value: "13900001234"}}, now)
	if w.No != "" || !w.Opens.After(now) {
		t.Errorf("%+v", w)
	}
	_, err := by["sms"].Send(t.Context(), channel.Outgoing{})
	if delay, _ := errors.AsType[*channel.Delay](err); delay == nil || delay.After == 0 {
		t.Error(err)
	}
}

// Of two companies each person is written to by the one whose customer they are.
func TestTwoCompaniesAreOneChannel(t *testing.T) {
	box := channeltest.NewSandbox(t)
	corps := companies(box)
	corps = append(corps, corp.Corp{ID: "c2", Base: box.Base, CorpID: "ww-another", App: "x", Revision: 1})
	by, errs := maker(box).Senders([]outlet.Outlet{
		{ID: "2", Kind: "wecom", Set: map[string]string{"corp": "c2"}, Revision: 1}, {ID: "1", Kind: "wecom", Set: map[string]string{"corp": "c1"}, Revision: 1},
	}, corps)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	s, ok := by["wecom"].(channel.Confirmed)
	if !ok {
		t.Fatal("a colleague confirms it")
	}
	at := address.Address{Kind: address.Customer, Scope: box.Corp, Value: box.Customer, Through: box.Member, Since: 1}
	w := channel.WayOf(by["wecom"], []address.Address{at}, time.Now())
	if w.No != "" || w.At.Scope != box.Corp {
		t.Fatalf("%+v", w)
	}
	a, err := by["wecom"].Send(t.Context(), channel.Outgoing{Key: "k1", Body: "您好", At: w.At, Since: time.Now()})
	if err != nil || !a.Later {
		t.Fatal(a, err)
	}
	h := channel.Handed{Key: "k1", Ref: a.Ref, At: w.At}
	if r, err := s.Track(t.Context(), h); err != nil || r.State != channel.Waiting {
		t.Fatal(r, err)
	}
	if err := s.Withdraw(t.Context(), h); err != nil {
		t.Fatal(err)
	}
}
