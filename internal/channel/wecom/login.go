package wecom

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom/crypt"
)

// authorizePage is where a page inside WeCom is told who opened it.
const authorizePage = "https://open.weixin.qq.com/connect/oauth2/authorize"

// LoginURL is where to send a browser inside WeCom: it comes back to page with a code and state. private asks the person for
// their name and telephone number too.
func (c *Client) LoginURL(page, state string, private bool) string {
	scope := "snsapi_base"
	if private {
		scope = "snsapi_privateinfo"
	}
	q := url.Values{
		"appid": {c.set.Corp}, "redirect_uri": {page}, "response_type": {"code"}, "scope": {scope}, "state": {state}, "agentid": {strconv.Itoa(c.set.Agent)},
	}
	return authorizePage + "?" + q.Encode() + "#wechat_redirect"
}

// Visitor is who opened a page: a colleague, a customer, or somebody unknown.
type Visitor struct {
	User     string `json:"userid"`
	Ticket   string `json:"user_ticket"`
	OpenID   string `json:"openid"`
	Customer string `json:"external_userid"`
}

// Visitor redeems a code, which works once within five minutes.
func (c *Client) Visitor(ctx context.Context, code string) (Visitor, error) {
	// Older servers spell the members with capitals; Go's decoder takes both.
	return get[Visitor](ctx, c, app, "auth/getuserinfo", url.Values{"code": {code}})
}

// Detail is what a colleague agreed to show.
type Detail struct {
	User   string `json:"userid"`
	Gender string `json:"gender"`
	Mobile string `json:"mobile"`
	Email  string `json:"email"`
}

// Detail redeems the ticket of a visitor who agreed.
func (c *Client) Detail(ctx context.Context, ticket string) (Detail, error) {
	return post[Detail](ctx, c, app, "auth/getuserdetail", map[string]string{"user_ticket": ticket})
}

// Signed is what a page needs to use the JS-SDK.
type Signed struct {
	Corp      string `json:"corpId"`
	Agent     int    `json:"agentId,omitempty"`
	Nonce     string `json:"nonceStr"`
	Timestamp int64  `json:"timestamp"`
	Signature string `json:"signature"`
}

type gotTicket struct {
	Ticket  string `json:"ticket"`
	Expires int64  `json:"expires_in"`
}

func (c *Client) ticket(ctx context.Context, key, api string, query url.Values) (string, error) {
	return c.tokens.Value(ctx, key, func(ctx context.Context) (tencent.Token, error) {
		var got gotTicket
		err := c.caller.Do(ctx, tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodGet, Query: query, Token: c.token(app)}, &got)
		return tencent.Token{Value: got.Ticket, Until: c.caller.Now().Add(time.Duration(got.Expires) * time.Second)}, err
	})
}

// SignCorp signs a page for the company (config). The ticket is kept as long as it lasts.
func (c *Client) SignCorp(ctx context.Context, page, nonce string) (Signed, error) {
	ticket, err := c.ticket(ctx, "ticket corp", "get_jsapi_ticket", nil)
	return c.signed(ticket, page, nonce, 0), err
}

// SignAgent signs a page for the app (agentConfig): what concerns customers needs it.
func (c *Client) SignAgent(ctx context.Context, page, nonce string) (Signed, error) {
	ticket, err := c.ticket(ctx, "ticket app", "ticket/get", url.Values{"type": {"agent_config"}})
	return c.signed(ticket, page, nonce, c.set.Agent), err
}

func (c *Client) signed(ticket, page, nonce string, agent int) Signed {
	at := c.caller.Now().Unix()
	return Signed{Corp: c.set.Corp, Agent: agent, Nonce: nonce, Timestamp: at, Signature: crypt.SignPage(ticket, nonce, at, page)}
}
