package wecom

import (
	"context"
	"encoding/json"
	"net/url"
)

// KfMessage is one message or event of customer service, as it was pulled. Raw is the whole of it: what Type names is in
// the member of that name.
type KfMessage struct {
	ID       string          `json:"msgid"`
	Account  string          `json:"open_kfid"`
	Customer string          `json:"external_userid"`
	At       int64           `json:"send_time"`
	Origin   int             `json:"origin"` // 3 the customer, 4 the system, 5 a colleague
	Servicer string          `json:"servicer_userid,omitempty"`
	Type     string          `json:"msgtype"`
	Text     *KfText         `json:"text,omitempty"`
	Event    *KfEvent        `json:"event,omitempty"`
	Raw      json.RawMessage `json:"-"`
}

// KfText is what was written, or which line of a menu was touched.
type KfText struct {
	Content string `json:"content"`
	Menu    string `json:"menu_id,omitempty"`
}

// KfEvent is what happened in a talk. Its account and customer are here and not in the message around it.
type KfEvent struct {
	Type     string `json:"event_type"`
	Account  string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Scene    string `json:"scene,omitempty"`
	Param    string `json:"scene_param,omitempty"`
	Welcome  string `json:"welcome_code,omitempty"`
	FailedID string `json:"fail_msgid,omitempty"`
	FailType int    `json:"fail_type,omitempty"` // 4 over 48 h, 6 over five messages, 10 refused, ...
	Change   int    `json:"change_type,omitempty"`
	From     string `json:"old_servicer_userid,omitempty"`
	To       string `json:"new_servicer_userid,omitempty"`
	Code     string `json:"msg_code,omitempty"`
}

// KfPage is one pull.
type KfPage struct {
	Messages []KfMessage
	Next     string // kept for the next pull, also when nothing came
	More     bool   // pull on, also when nothing came
}

const mostKf = 1000

// PullKf reads what came since a cursor; token is that of the callback, good for ten minutes, and makes the far side patient.
func (c *Client) PullKf(ctx context.Context, account, cursor, token string) (KfPage, error) {
	got, err := post[struct {
		Next string            `json:"next_cursor"`
		More int               `json:"has_more"`
		List []json.RawMessage `json:"msg_list"`
	}](ctx, c, service, "kf/sync_msg", struct {
		Cursor  string `json:"cursor,omitempty"`
		Token   string `json:"token,omitempty"`
		Limit   int    `json:"limit"`
		Account string `json:"open_kfid"`
	}{cursor, token, mostKf, account})
	page := KfPage{Next: got.Next, More: got.More == 1}
	for _, raw := range got.List {
		var m KfMessage
		if json.Unmarshal(raw, &m) != nil {
			m = KfMessage{} // a form nobody knows: kept as it came, known by its raw text
		}
		m.Raw = raw
		page.Messages = append(page.Messages, m)
	}
	return page, err
}

// KfOut is a message to a customer. ID, at most 32 letters and digits, is ours: the far side takes each once.
type KfOut struct {
	To      string       `json:"touser"`
	Account string       `json:"open_kfid"`
	ID      string       `json:"msgid"`
	Type    string       `json:"msgtype"`
	Text    *Text        `json:"text,omitempty"`
	Image   *Media       `json:"image,omitempty"`
	File    *Media       `json:"file,omitempty"`
	Link    *KfLink      `json:"link,omitempty"`
	Program *MiniProgram `json:"miniprogram,omitempty"`
	Menu    *KfMenu      `json:"msgmenu,omitempty"`
}

// KfLink is a card that opens a page.
type KfLink struct {
	Title string `json:"title"`
	Desc  string `json:"desc,omitempty"`
	URL   string `json:"url"`
	Thumb string `json:"thumb_media_id"`
}

// KfMenu is a question with lines to touch.
type KfMenu struct {
	Head string   `json:"head_content,omitempty"`
	List []KfItem `json:"list"`
	Tail string   `json:"tail_content,omitempty"`
}

// KfItem is one line: its id comes back when it is touched.
type KfItem struct {
	Type  string  `json:"type"` // click, view
	Click *KfLine `json:"click,omitempty"`
	View  *KfView `json:"view,omitempty"`
}

// KfLine is a line that answers.
type KfLine struct {
	ID      string `json:"id,omitempty"`
	Content string `json:"content"`
}

// KfView is a line that opens a page.
type KfView struct {
	URL     string `json:"url"`
	Content string `json:"content"`
}

// SendKf sends a message of customer service: at most five within 48 hours of each message of the customer.
func (c *Client) SendKf(ctx context.Context, m KfOut) (string, error) {
	got, err := post[messageID](ctx, c, service, "kf/send_msg", m)
	return got.ID, err
}

// SendKfEvent answers an event by its code: a welcome, the beginning or the end of a talk.
func (c *Client) SendKfEvent(ctx context.Context, code, id string, text Text) error {
	_, err := post[nothing](ctx, c, service, "kf/send_msg_on_event", map[string]any{"code": code, "msgid": id, "msgtype": "text", "text": text})
	return err
}

// KfState is who talks with a customer.
type KfState int

// The states of a talk. A bot talks in the first two, a human in KfHuman.
const (
	KfNew KfState = iota
	KfBot
	KfQueue
	KfHuman
	KfEnded
)

// KfTalk is the state of a talk and who has it.
type KfTalk struct {
	State    KfState `json:"service_state"`
	Servicer string  `json:"servicer_userid,omitempty"`
}

// KfTalk asks who talks with a customer.
func (c *Client) KfTalk(ctx context.Context, account, customer string) (KfTalk, error) {
	return post[KfTalk](ctx, c, service, "kf/service_state/get", map[string]string{"open_kfid": account, "external_userid": customer})
}

// MoveKf gives a talk to a bot, the queue or a colleague, or ends it; code answers the customer once.
func (c *Client) MoveKf(ctx context.Context, account, customer string, to KfTalk) (code string, err error) {
	got, err := post[struct {
		Code string `json:"msg_code"`
	}](ctx, c, service, "kf/service_state/trans", struct {
		Account  string `json:"open_kfid"`
		Customer string `json:"external_userid"`
		KfTalk
	}{account, customer, to})
	return got.Code, err
}

// KfAccount is an account of customer service, as customers see it.
type KfAccount struct {
	ID     string `json:"open_kfid,omitempty"`
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
	Media  string `json:"media_id,omitempty"` // of its picture, when it is made or changed
}

// KfAccounts are those of the company.
func (c *Client) KfAccounts(ctx context.Context) ([]KfAccount, error) {
	var all []KfAccount
	for {
		got, err := post[struct {
			List []KfAccount `json:"account_list"`
		}](ctx, c, service, "kf/account/list", map[string]int{"offset": len(all), "limit": mostPage})
		all = append(all, got.List...)
		if err != nil || len(got.List) < mostPage {
			return all, err
		}
	}
}

// AddKfAccount makes one.
func (c *Client) AddKfAccount(ctx context.Context, a KfAccount) (string, error) {
	got, err := once[KfAccount](ctx, c, service, "kf/account/add", a)
	return got.ID, err
}

// UpdateKfAccount gives one another name or picture.
func (c *Client) UpdateKfAccount(ctx context.Context, a KfAccount) error {
	_, err := post[nothing](ctx, c, service, "kf/account/update", a)
	return err
}

// DeleteKfAccount ends one.
func (c *Client) DeleteKfAccount(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, service, "kf/account/del", map[string]string{"open_kfid": id})
	return err
}

// KfLinkTo is the address that opens a talk; scene comes back with whoever enters.
func (c *Client) KfLinkTo(ctx context.Context, account, scene string) (string, error) {
	got, err := post[struct {
		URL string `json:"url"`
	}](ctx, c, service, "kf/add_contact_way", map[string]string{"open_kfid": account, "scene": scene})
	return got.URL, err
}

// KfServicer is a colleague who serves an account.
type KfServicer struct {
	User   string `json:"userid"`
	Status int    `json:"status"` // 0 serves, 1 does not now
}

// KfServicers are those of an account.
func (c *Client) KfServicers(ctx context.Context, account string) ([]KfServicer, error) {
	got, err := get[struct {
		List []KfServicer `json:"servicer_list"`
	}](ctx, c, service, "kf/servicer/list", url.Values{"open_kfid": {account}})
	return got.List, err
}

// AddKfServicers lets colleagues serve an account. It answers those who cannot.
func (c *Client) AddKfServicers(ctx context.Context, account string, users []string) (cannot []string, err error) {
	return c.kfServicers(ctx, "kf/servicer/add", account, users)
}

// RemoveKfServicers takes colleagues from an account.
func (c *Client) RemoveKfServicers(ctx context.Context, account string, users []string) (cannot []string, err error) {
	return c.kfServicers(ctx, "kf/servicer/del", account, users)
}

func (c *Client) kfServicers(ctx context.Context, api, account string, users []string) (cannot []string, err error) {
	got, err := post[struct {
		List []struct {
			User string `json:"userid"`
			Code int    `json:"errcode"`
		} `json:"result_list"`
	}](ctx, c, service, api, map[string]any{"open_kfid": account, "userid_list": users})
	for _, one := range got.List {
		if one.Code != 0 {
			cannot = append(cannot, one.User)
		}
	}
	return cannot, err
}
