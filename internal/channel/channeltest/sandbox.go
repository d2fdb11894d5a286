package channeltest

import (
	"net/http/httptest"
	"testing"
	"time"

	"peiban/internal/channel/wechat"
	"peiban/internal/channel/wecom"
	"peiban/internal/sandbox"
)

// Sandbox is a made-up WeCom and WeChat behind a network that breaks.
type Sandbox struct {
	*sandbox.Sandbox
	*Network
	Base     string
	Corp     string
	Customer string // of Member
	Member   string
	World    sandbox.World
	Began    time.Time
}

// NewSandbox starts one. Its clock stands still until it is moved.
func NewSandbox(t *testing.T) *Sandbox {
	t.Helper()
	began := time.Now().Truncate(time.Second)
	s, err := sandbox.New(sandbox.Options{Seed: 7, Now: func() time.Time { return began }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	w := s.World()
	return &Sandbox{Sandbox: s, Network: &Network{}, Base: srv.URL, Corp: w.Corp, Customer: w.Customers[0].ID, Member: "zhouning", World: w, Began: began}
}

// Now is the sandbox's clock.
func (s *Sandbox) Now() time.Time { return s.Clock.Now() }

// WeCom calls the company as its settings are; every secret is one of the sandbox's.
func (s *Sandbox) WeCom(t *testing.T) (*wecom.Client, []string) {
	t.Helper()
	set := wecom.Settings{Base: s.Base, Corp: s.Corp}
	var secrets []string
	for _, a := range s.World.Apps {
		switch secrets = append(secrets, a.Secret); {
		case a.Agent != 0:
			set.Agent, set.AppSecret = a.Agent, a.Secret
		case a.Contact:
			set.ContactSecret = a.Secret
		case a.Kf:
			set.KfSecret = a.Secret
		}
	}
	c, err := wecom.New(set, wecom.Options{HTTP: s.Client(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return c, secrets
}

// WeChat calls the official account, or the mini-program.
func (s *Sandbox) WeChat(t *testing.T, mini bool) (c *wechat.Client, app, secret string) {
	t.Helper()
	account := s.World.Official
	if mini {
		account = s.World.Mini
	}
	c, err := wechat.New(wechat.Settings{Base: s.Base, App: account.AppID, Secret: account.Secret}, wechat.Options{HTTP: s.Client(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return c, account.AppID, account.Secret
}

// Template is the id of a template by its title.
func (s *Sandbox) Template(title string) string {
	for _, t := range s.World.Templates {
		if t.Title == title {
			return t.ID
		}
	}
	return ""
}
