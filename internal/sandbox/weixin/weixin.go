// Package weixin is the sandbox's WeChat server, api.weixin.qq.com: one official account, one mini-program, and the people who
// use them. It knows nothing of the company next door but the people's unionid.
package weixin

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"peiban/internal/sandbox/callback"
	"peiban/internal/sandbox/wire"
)

// Person is somebody with WeChat on the phone.
type Person struct {
	Name   string `json:"name"`
	Union  string `json:"unionid"`
	OpenID string `json:"openid"`      // of the official account
	MiniID string `json:"mini_openid"` // of the mini-program
	Mobile string `json:"-"`
}

type user struct {
	Person
	follows bool
	since   time.Time
	scene   string
	windows map[string][]*window  // by openid of the account or the mini-program
	agreed  map[string]int        // mini-program messages agreed to, by template
	sent    map[string]clientSent // template messages by client_msg_id
	logins  []time.Time
	lines   []Line
}

// window is how long and how often the account may answer.
type window struct {
	until time.Time
	left  int
}

type clientSent struct {
	id int64
	at time.Time
}

// Line is one thing a phone shows.
type Line struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	In   string    `json:"in"` // official or mini
	From string    `json:"from"`
	Kind string    `json:"type"`
	Text string    `json:"text"`
	Page string    `json:"page,omitempty"`
}

// Account is the official account or the mini-program.
type Account struct {
	AppID  string `json:"appid"`
	Secret string `json:"secret"`
	Name   string `json:"name"`
	GH     string `json:"original_id,omitempty"`
}

// Template is a message that was applied for.
type Template struct {
	ID    string   `json:"template_id"`
	Title string   `json:"title"`
	Keys  []string `json:"keys"`
	In    string   `json:"in"`                  // official or mini
	Long  bool     `json:"long_term,omitempty"` // one consent is for good
}

type code struct {
	user  *user
	kind  string // login, phone, page
	until time.Time
	used  bool
}

// QR is a code with parameters.
type QR struct {
	Ticket string    `json:"ticket"`
	Scene  string    `json:"scene"`
	URL    string    `json:"url"`
	Until  time.Time `json:"until"`
}

// Server is WeChat's side. It is safe for many goroutines.
type Server struct {
	*wire.Board
	Events    *callback.Sender // of the official account
	Official  Account
	Mini      Account
	Templates []Template

	clock  *wire.Clock
	ids    *wire.IDs
	tokens *wire.Tokens

	mu      sync.Mutex
	people  []*user
	codes   map[string]*code
	qrs     []*QR
	tickets map[string]string
	number  int64
	seen    uint64
}

// New makes the two accounts and their templates.
func New(clock *wire.Clock, ids *wire.IDs, client *http.Client, people []Person) *Server {
	s := &Server{clock: clock, ids: ids, tokens: wire.NewTokens(ids, 7200*time.Second), codes: map[string]*code{}, tickets: map[string]string{}, number: 1000}
	s.Events = callback.New(client, clock.Now, ids)
	s.Official = Account{AppID: ids.New("wxoa", 14), Secret: ids.New("sandbox-oa-", 21), Name: "陪伴健康", GH: ids.New("gh_", 12)}
	s.Mini = Account{AppID: ids.New("wxmp", 14), Secret: ids.New("sandbox-mp-", 21), Name: "陪伴小程序"}
	for _, t := range []Template{
		{Title: "复诊提醒", Keys: []string{"thing1", "time2"}, In: "official"},
		{Title: "服务通知", Keys: []string{"thing1", "thing2"}, In: "official"},
		{Title: "测量提醒", Keys: []string{"thing1", "time2"}, In: "mini"},
		{Title: "就诊提醒", Keys: []string{"thing1", "time2"}, In: "mini", Long: true},
	} {
		t.ID = ids.New("", 43)
		s.Templates = append(s.Templates, t)
	}
	for _, p := range people {
		s.people = append(s.people, &user{Person: p, windows: map[string][]*window{}, agreed: map[string]int{}, sent: map[string]clientSent{}})
	}
	s.Board = &wire.Board{Clock: clock, Lock: &s.mu, Auth: s.auth, Say: say}
	s.Add(
		wire.API{Path: "/cgi-bin/token", Get: true, Open: true, Bare: true, Do: s.token},
		wire.API{Path: "/cgi-bin/stable_token", Open: true, Bare: true, Do: s.stableToken},
		wire.API{Path: "/sns/jscode2session", Get: true, Open: true, Bare: true, Do: s.session},
		wire.API{Path: "/sns/oauth2/access_token", Get: true, Open: true, Bare: true, Do: s.pageToken},
		wire.API{Path: "/wxa/business/getuserphonenumber", Do: s.phone},
		wire.API{Path: "/cgi-bin/message/subscribe/send", Do: s.subscribeSend},
		wire.API{Path: "/cgi-bin/message/template/send", Do: s.templateSend},
		wire.API{Path: "/cgi-bin/message/custom/send", Do: s.customSend},
		wire.API{Path: "/cgi-bin/user/info", Get: true, Bare: true, Do: s.userInfo},
		wire.API{Path: "/cgi-bin/qrcode/create", Bare: true, Do: s.createQR},
		wire.API{Path: "/cgi-bin/ticket/getticket", Get: true, Do: s.ticket},
	)
	return s
}

func say(r *wire.Refusal, _ string) string {
	return fmt.Sprintf("%s rid: sandbox-%d", r.Text, r.Code)
}

func (s *Server) auth(c *wire.Call, _ wire.API) error {
	token := c.Query.Get("access_token")
	if token == "" {
		return wire.Refuse(41001, "access_token missing")
	}
	owner, state := s.tokens.Owner(token, s.clock.Now())
	switch state {
	case wire.Unknown:
		return wire.Refuse(40001, "invalid credential, access_token is invalid or not latest")
	case wire.Expired:
		return wire.Refuse(42001, "access_token expired")
	}
	c.Owner = owner
	return nil
}

// ExpireTokens ends every token.
func (s *Server) ExpireTokens() { s.tokens.Expire("", s.clock.Now()) }

// RevokeTokens forgets every token.
func (s *Server) RevokeTokens() { s.tokens.Revoke("") }

// TokensLast sets how long tokens from now on are good.
func (s *Server) TokensLast(d time.Duration) { s.tokens.Last(d) }

func (s *Server) known(appID, secret string) (*Account, error) {
	for _, a := range []*Account{&s.Official, &s.Mini} {
		if a.AppID == appID {
			if a.Secret != secret {
				return nil, wire.Refuse(40125, "invalid appsecret")
			}
			return a, nil
		}
	}
	return nil, wire.Refuse(40013, "invalid appid")
}

func (s *Server) token(c *wire.Call) (wire.Answer, error) {
	if c.Query.Get("grant_type") != "client_credential" {
		return nil, wire.Refuse(40002, "invalid grant_type")
	}
	return s.give(c.Query.Get("appid"), c.Query.Get("secret"), "", true)
}

// stableToken gives the same token while it is good, apart from the one of /cgi-bin/token.
func (s *Server) stableToken(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}](c)
	if in.Grant != "client_credential" {
		return nil, wire.Refuse(40002, "invalid grant_type")
	}
	return s.give(in.AppID, in.Secret, "\x00stable", in.Force)
}

func (s *Server) give(appID, secret, kind string, fresh bool) (wire.Answer, error) {
	a, err := s.known(appID, secret)
	if err != nil {
		return nil, err
	}
	token, left := s.tokens.Issue(a.AppID+kind, s.clock.Now(), fresh)
	return wire.Answer{"access_token": token, "expires_in": left}, nil
}

// by reports which account a call comes from.
func (s *Server) by(c *wire.Call) string {
	if len(c.Owner) >= len(s.Mini.AppID) && c.Owner[:len(s.Mini.AppID)] == s.Mini.AppID {
		return "mini"
	}
	return "official"
}

func (s *Server) user(is func(*user) bool) *user {
	if i := slices.IndexFunc(s.people, is); i >= 0 {
		return s.people[i]
	}
	return nil
}

const codeLasts = 5 * time.Minute

func (s *Server) code(text, kind string) (*user, error) {
	c := s.codes[text]
	switch {
	case c == nil || c.kind != kind || !s.clock.Now().Before(c.until):
		return nil, wire.Refuse(40029, "invalid code")
	case c.used:
		return nil, wire.Refuse(40163, "code been used")
	}
	c.used = true
	return c.user, nil
}

// mostLogins is how often one person may sign in in a minute.
const mostLogins = 100

func (s *Server) session(c *wire.Call) (wire.Answer, error) {
	a, err := s.known(c.Query.Get("appid"), c.Query.Get("secret"))
	if err != nil {
		return nil, err
	}
	if a != &s.Mini {
		return nil, wire.Refuse(40013, "invalid appid")
	}
	u, err := s.code(c.Query.Get("js_code"), "login")
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	u.logins = slices.DeleteFunc(u.logins, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if len(u.logins) >= mostLogins {
		return nil, wire.Refuse(45011, "api minute-quota reach limit")
	}
	u.logins = append(u.logins, now)
	return wire.Answer{"openid": u.MiniID, "session_key": s.ids.New("", 22) + "==", "unionid": u.Union}, nil
}

func (s *Server) pageToken(c *wire.Call) (wire.Answer, error) {
	if _, err := s.known(c.Query.Get("appid"), c.Query.Get("secret")); err != nil {
		return nil, err
	}
	u, err := s.code(c.Query.Get("code"), "page")
	if err != nil {
		return nil, err
	}
	return wire.Answer{"access_token": s.ids.New("page", 80), "expires_in": 7200, "refresh_token": s.ids.New("page", 80), "openid": u.OpenID,
		"scope": "snsapi_base", "unionid": u.Union}, nil
}

func (s *Server) phone(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		Code string `json:"code"`
	}](c)
	u, err := s.code(in.Code, "phone")
	if err != nil {
		return nil, err
	}
	return wire.Answer{"phone_info": wire.Answer{"phoneNumber": u.Mobile, "purePhoneNumber": u.Mobile, "countryCode": "86",
		"watermark": wire.Answer{"timestamp": s.clock.Now().Unix(), "appid": s.Mini.AppID}}}, nil
}

func (s *Server) userInfo(c *wire.Call) (wire.Answer, error) {
	u := s.user(func(u *user) bool { return u.OpenID == c.Query.Get("openid") })
	if u == nil {
		return nil, wire.Refuse(40003, "invalid openid")
	}
	if !u.follows {
		return wire.Answer{"subscribe": 0, "openid": u.OpenID, "unionid": u.Union}, nil
	}
	return wire.Answer{"subscribe": 1, "openid": u.OpenID, "language": "zh_CN", "subscribe_time": u.since.Unix(), "unionid": u.Union, "remark": "", "groupid": 0,
		"tagid_list": []int{}, "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 0, "qr_scene_str": u.scene}, nil
}

func (s *Server) createQR(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		Seconds int    `json:"expire_seconds"`
		Action  string `json:"action_name"`
		Info    struct {
			Scene struct {
				Text string `json:"scene_str"`
				ID   int64  `json:"scene_id"`
			} `json:"scene"`
		} `json:"action_info"`
	}](c)
	scene := in.Info.Scene.Text
	switch in.Action {
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		if scene == "" || len(scene) > 64 {
			return nil, wire.Refuse(40053, "scene_str has 1 to 64 bytes")
		}
	case "QR_SCENE", "QR_LIMIT_SCENE":
		if in.Info.Scene.ID <= 0 {
			return nil, wire.Refuse(40053, "scene_id missing")
		}
		scene = fmt.Sprint(in.Info.Scene.ID)
	default:
		return nil, wire.Refuse(40053, "invalid action_name")
	}
	q := &QR{Ticket: s.ids.New("gQ", 90), Scene: scene}
	q.URL = "http://weixin.qq.com/q/" + s.ids.New("", 22)
	out := wire.Answer{"ticket": q.Ticket, "url": q.URL}
	if in.Action == "QR_STR_SCENE" || in.Action == "QR_SCENE" {
		seconds := in.Seconds
		if seconds <= 0 {
			seconds = 60
		}
		seconds = min(seconds, 30*24*3600)
		q.Until = s.clock.Now().Add(time.Duration(seconds) * time.Second)
		out["expire_seconds"] = seconds
	}
	s.qrs = append(s.qrs, q)
	return out, nil
}

func (s *Server) ticket(c *wire.Call) (wire.Answer, error) {
	kind := c.Query.Get("type")
	if kind != "jsapi" && kind != "wx_card" {
		return nil, wire.Refuse(40097, "invalid args")
	}
	if s.tickets[kind+c.Owner] == "" {
		s.tickets[kind+c.Owner] = s.ids.New("", 86)
	}
	return wire.Answer{"ticket": s.tickets[kind+c.Owner], "expires_in": 7200}, nil
}
