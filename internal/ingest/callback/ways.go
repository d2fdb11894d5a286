package callback

import (
	"context"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/entrance"
)

// Ways makes and ends contact ways (联系我) in a company's WeCom.
type Ways struct{ Calls *wecom.Pool }

const longestRemark = 30 // characters of a contact way's remark (wecom.md 3.1)

// SettingsOf is how a connected company is called.
func SettingsOf(c *corp.Corp) wecom.Settings {
	return wecom.Settings{
		Base: c.Base, Corp: c.CorpID, Agent: c.Agent, AppSecret: c.App, ContactSecret: c.Contact, KfSecret: c.Kf, ArchiveSecret: c.Archive,
	}
}

// Put makes the contact way of a code, or changes the one it has. One that WeCom does not know any more is made anew. A fault says what
// to do about it.
func (w *Ways) Put(ctx context.Context, c *corp.Corp, e *entrance.Entrance, want entrance.Contact) (entrance.Contact, error) {
	client, err := w.Calls.Client(c.ID, c.Revision, SettingsOf(c))
	if err != nil {
		return want, corp.ErrBase
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	way := wecom.ContactWay{Type: 2, Scene: 2, Remark: cut(e.Name, longestRemark), Skip: !want.Ask, State: e.State, Users: want.Users}
	if len(want.Users) == 1 {
		way.Type = 1
	}
	old := e.Contact
	if old != nil && old.Corp == c.ID && (len(old.Users) == 1) == (way.Type == 1) { // the type of one stays as it was made
		way.ID = old.Config
		if err := client.UpdateContactWay(ctx, way); err == nil {
			want.Config, want.QR = old.Config, old.QR
			return want, nil
		} else if !unknownWay(err) {
			return want, explained(err)
		}
		way.ID = ""
	}
	if want.Config, want.QR, err = client.AddContactWay(ctx, way); err != nil {
		return want, explained(err)
	}
	return want, nil
}

// Drop ends a contact way: its code leads nowhere from then on. One that is gone already is no error.
func (w *Ways) Drop(ctx context.Context, c *corp.Corp, way *entrance.Contact) error {
	client, err := w.Calls.Client(c.ID, c.Revision, SettingsOf(c))
	if err != nil {
		return corp.ErrBase
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	if err := client.DeleteContactWay(ctx, way.Config); err != nil && !unknownWay(err) {
		return explained(err)
	}
	return nil
}

// unknownWay tells whether WeCom does not know a contact way any more. The code is that of GW's list; the page of the API names none.
func unknownWay(err error) bool { return tencent.CodeOf(err) == 41044 }
