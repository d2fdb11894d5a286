// Package wechat speaks WeChat's server interface for one official account (公众号) or one mini-program (小程序),
// developers.weixin.qq.com: who somebody is, their telephone number when they give it, messages they asked for, and customer
// service within its window. As in channel/wecom it decides nothing, and errors are those of channel/tencent.
package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom/crypt"
)

// Official is where WeChat is, unless a sandbox stands in for it.
const Official = "https://api.weixin.qq.com"

// Settings are what an administrator takes from mp.weixin.qq.com.
type Settings struct {
	Base   string // address; "": Official
	App    string // AppID
	Secret string // AppSecret
}

// Options are the client's parts of the machine.
type Options = tencent.Machine

// Client calls WeChat for one account. It is safe for many goroutines.
type Client struct {
	caller *tencent.Caller
	tokens *tencent.Tokens
	set    Settings
}

// ErrSettings says that something is missing which no call works without.
var ErrSettings = errors.New("the AppID and the AppSecret are needed")

// New makes a client.
func New(set Settings, o Options) (*Client, error) {
	if set.App == "" || set.Secret == "" {
		return nil, ErrSettings
	}
	if set.Base == "" {
		set.Base = Official
	}
	caller, tokens, err := o.Caller(set.Base)
	if err != nil {
		return nil, err
	}
	return &Client{caller, tokens, set}, nil
}

// Opens is when a call of a path may begin next; the zero time: now.
func (c *Client) Opens(path string) time.Time { return c.caller.Opens(path[1:]) }

type gotToken struct {
	Token   string `json:"access_token"`
	Expires int64  `json:"expires_in"`
}

// token uses stable_token: it answers the same token until its end, so that two servers do not take it from one another.
func (c *Client) token(ctx context.Context) (key, value string, err error) {
	const name = "token"
	v, err := c.tokens.Value(ctx, name, func(ctx context.Context) (tencent.Token, error) {
		var got gotToken
		err := c.caller.Do(ctx, tencent.Call{API: "stable_token", Path: "/cgi-bin/stable_token", Method: http.MethodPost, In: map[string]any{
			"grant_type": "client_credential", "appid": c.set.App, "secret": c.set.Secret, "force_refresh": false,
		}}, &got)
		return tencent.Token{Value: got.Token, Until: c.caller.Now().Add(time.Duration(got.Expires) * time.Second)}, err
	})
	return name, v, err
}

// SignIn asks for a token, which tells whether the AppID and the AppSecret are right.
func (c *Client) SignIn(ctx context.Context) error {
	_, _, err := c.token(ctx)
	return err
}

func post[T any](ctx context.Context, c *Client, path string, in any, once bool) (out T, err error) {
	err = c.caller.Do(ctx, tencent.Call{API: path[1:], Path: path, Method: http.MethodPost, In: in, Token: c.token, Once: once}, &out)
	return out, err
}

type nothing struct{}

// Login is who opened a mini-program or a page.
type Login struct {
	OpenID  string `json:"openid"`
	UnionID string `json:"unionid"` // only when the account belongs to an open platform
	Key     string `json:"session_key"`
}

// MiniLogin redeems the code of wx.login, which works once within five minutes.
func (c *Client) MiniLogin(ctx context.Context, code string) (Login, error) {
	var out Login
	err := c.caller.Do(ctx, tencent.Call{API: "sns/jscode2session", Path: "/sns/jscode2session", Method: http.MethodGet, Query: url.Values{
		"appid": {c.set.App}, "secret": {c.set.Secret}, "js_code": {code}, "grant_type": {"authorization_code"},
	}, Once: true}, &out)
	return out, err
}

// PageLogin redeems the code of a page opened in WeChat.
func (c *Client) PageLogin(ctx context.Context, code string) (Login, error) {
	var out Login
	err := c.caller.Do(ctx, tencent.Call{API: "sns/oauth2/access_token", Path: "/sns/oauth2/access_token", Method: http.MethodGet, Query: url.Values{
		"appid": {c.set.App}, "secret": {c.set.Secret}, "code": {code}, "grant_type": {"authorization_code"},
	}, Once: true}, &out)
	return out, err
}

// Phone redeems the code of a mini-program's button and answers the number without its country, and the country.
func (c *Client) Phone(ctx context.Context, code string) (number, country string, err error) {
	got, err := post[struct {
		Info struct {
			Pure    string `json:"purePhoneNumber"`
			Country string `json:"countryCode"`
		} `json:"phone_info"`
	}](ctx, c, "/wxa/business/getuserphonenumber", map[string]string{"code": code}, true)
	return got.Info.Pure, got.Info.Country, err
}

// Follower is somebody who follows an official account.
type Follower struct {
	Follows int    `json:"subscribe"` // 0: does not, and nothing else is known
	OpenID  string `json:"openid"`
	UnionID string `json:"unionid"`
	Since   int64  `json:"subscribe_time"`
	Scene   string `json:"subscribe_scene"`
	QR      string `json:"qr_scene_str"`
}

// Follower asks about somebody.
func (c *Client) Follower(ctx context.Context, openID string) (Follower, error) {
	var out Follower
	err := c.caller.Do(ctx, tencent.Call{
		API: "cgi-bin/user/info", Path: "/cgi-bin/user/info", Method: http.MethodGet, Query: url.Values{"openid": {openID}, "lang": {"zh_CN"}}, Token: c.token,
	}, &out)
	return out, err
}

// Code makes a code that leads to the official account; its scene, at most 64 characters, comes back with whoever scans it.
// seconds is how long it lasts, at most 30 days; 0: for ever, of which there are 100,000.
func (c *Client) Code(ctx context.Context, scene string, seconds int) (address string, err error) {
	in := map[string]any{"action_name": "QR_LIMIT_STR_SCENE", "action_info": map[string]any{"scene": map[string]string{"scene_str": scene}}}
	if seconds > 0 {
		in["action_name"], in["expire_seconds"] = "QR_STR_SCENE", seconds
	}
	got, err := post[struct {
		URL string `json:"url"`
	}](ctx, c, "/cgi-bin/qrcode/create", in, false)
	return got.URL, err
}

// SignPage signs a page of the official account for the JS-SDK.
func (c *Client) SignPage(ctx context.Context, page, nonce string) (at int64, signature string, err error) {
	ticket, err := c.tokens.Value(ctx, "ticket", func(ctx context.Context) (tencent.Token, error) {
		var got struct {
			Ticket  string `json:"ticket"`
			Expires int64  `json:"expires_in"`
		}
		err := c.caller.Do(ctx, tencent.Call{
			API: "cgi-bin/ticket/getticket", Path: "/cgi-bin/ticket/getticket", Method: http.MethodGet, Query: url.Values{"type": {"jsapi"}}, Token: c.token,
		}, &got)
		return tencent.Token{Value: got.Ticket, Until: c.caller.Now().Add(time.Duration(got.Expires) * time.Second)}, err
	})
	at = c.caller.Now().Unix()
	return at, crypt.SignPage(ticket, nonce, at, page), err
}
