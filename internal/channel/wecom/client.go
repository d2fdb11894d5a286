// Package wecom speaks WeCom's (企业微信) server interface, developer.work.weixin.qq.com, as its documents state it: members,
// customers and their groups, messages that members confirm, application messages, customer service, media, sign-in. It
// decides nothing: whom something may be sent to, and when, is said elsewhere.
//
// Times on the wire are Unix seconds. Lists come page by page; each All… walks its pages. A call ends with a *tencent.Error,
// whose Action says what to do, with tencent.ErrUnclear when nobody knows whether it went through, or with the context's error.
package wecom

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"

	"peiban/internal/channel/tencent"
)

// Official is where WeCom is, unless a gateway or a sandbox stands in for it.
const Official = "https://qyapi.weixin.qq.com"

// Settings are what an administrator takes from WeCom's console.
type Settings struct {
	Base          string // address; "": Official
	Corp          string // 企业 ID
	Agent         int    // AgentId of the app
	AppSecret     string // Secret of the app
	ContactSecret string // Secret of 客户联系; "": the app's, when it stands in 可调用接口的应用
	KfSecret      string // Secret of 微信客服; "": the app's
	ArchiveSecret string // Secret of 会话内容存档; "": no archive
}

// Client calls WeCom for one company. It is safe for many goroutines.
type Client struct {
	caller *tencent.Caller
	tokens *tencent.Tokens
	set    Settings
}

// Options are the client's parts of the machine.
type Options = tencent.Machine

// ErrSettings says that something is missing which no call works without.
var ErrSettings = errors.New("the corp id and the secret of the app are needed")

// New makes a client.
func New(set Settings, o Options) (*Client, error) {
	if set.Corp == "" || set.AppSecret == "" {
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

// Opens is when a call of an API may begin next; the zero time: now.
func (c *Client) Opens(api string) time.Time { return c.caller.Opens(api) }

// purse is one of the secrets, each with a token of its own.
type purse int

const (
	app purse = iota
	contact
	service
	archive
)

func (c *Client) secret(p purse) string {
	s := [...]string{c.set.AppSecret, c.set.ContactSecret, c.set.KfSecret, c.set.ArchiveSecret}[p]
	if s == "" && p != archive {
		return c.set.AppSecret
	}
	return s
}

type gotToken struct {
	Token   string `json:"access_token"`
	Expires int64  `json:"expires_in"`
}

func (c *Client) token(p purse) func(context.Context) (key, value string, err error) {
	return func(ctx context.Context) (string, string, error) {
		secret := c.secret(p)
		v, err := c.tokens.Value(ctx, secret, func(ctx context.Context) (tencent.Token, error) {
			var got gotToken
			err := c.caller.Do(ctx, tencent.Call{
				API: "gettoken", Path: "/cgi-bin/gettoken", Method: http.MethodGet, Query: url.Values{"corpid": {c.set.Corp}, "corpsecret": {secret}},
			}, &got)
			return tencent.Token{Value: got.Token, Until: c.caller.Now().Add(time.Duration(got.Expires) * time.Second)}, err
		})
		return secret, v, err
	}
}

// get asks with values in the address.
func get[T any](ctx context.Context, c *Client, p purse, api string, query url.Values) (out T, err error) {
	err = c.caller.Do(ctx, tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodGet, Query: query, Token: c.token(p)}, &out)
	return out, err
}

// post asks with JSON; calling it twice does the same as once.
func post[T any](ctx context.Context, c *Client, p purse, api string, in any) (out T, err error) {
	err = c.caller.Do(ctx, tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodPost, In: in, Token: c.token(p)}, &out)
	return out, err
}

// once is post for what would happen twice if it were called twice.
func once[T any](ctx context.Context, c *Client, p purse, api string, in any) (out T, err error) {
	err = c.caller.Do(ctx, tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodPost, In: in, Token: c.token(p), Once: true}, &out)
	return out, err
}

// nothing is an answer of errcode alone.
type nothing struct{}

// pages walks a list: page answers what one page holds and the cursor of the next, which is "" at the end.
func pages[T any](page func(cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		cursor := ""
		for {
			items, next, err := page(cursor)
			for _, one := range items {
				if !yield(one, nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if next == "" || next == cursor {
				return
			}
			cursor = next
		}
	}
}

// chunks splits what one call takes at most n of.
func chunks[T any](all []T, n int, each func([]T) error) error {
	for part := range slices.Chunk(all, n) {
		if err := each(part); err != nil {
			return err
		}
	}
	return nil
}
