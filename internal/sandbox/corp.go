package sandbox

import (
	"cmp"
	"net"
	"slices"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

type dept struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// app is whoever has a secret: an application of the company, or one of WeCom's own (contact, kf, archive).
type app struct {
	Agent   int      `json:"agentid"` // 0: not an application
	Name    string   `json:"name"`
	Secret  string   `json:"secret"`
	Parties []int    `json:"parties"` // visible range; nil: everybody
	Users   []string `json:"users"`
	Contact bool     `json:"contact"` // stands in 客户联系 → 可调用接口的应用
	Kf      bool     `json:"kf"`
	Archive bool     `json:"archive"`
	IPs     []string `json:"ips"` // trusted addresses
}

type member struct {
	ID        string `json:"userid"`
	Name      string `json:"name"`
	Dept      int    `json:"department"`
	Mobile    string `json:"mobile"`
	Activated bool   `json:"activated"`
	Verified  bool   `json:"verified"`
	Contact   bool   `json:"contact"` // has the right of customer contact
	Left      bool   `json:"left"`
	Archived  bool   `json:"archived"` // their talks are kept
}

type customer struct {
	ID     string `json:"external_userid"`
	Name   string `json:"name"`
	Gender int    `json:"gender"` // 0 not known, 1 male, 2 female
	Union  string `json:"unionid"`
	Mobile string `json:"mobile"`
	OpenID string `json:"openid"` // of the official account
	MiniID string `json:"mini_openid"`
}

// bond is a member and a customer who added one another.
type bond struct {
	user, customer string
	remark, desc   string
	company        string
	mobiles        []string
	since          time.Time
	tags           []string
	state          string
	way            int // add_way
	by             string
	lost           bool      // the customer deleted the member
	half           bool      // the member has not added the customer back
	talked         time.Time // their last words
	ends           time.Time // a talk of a limited code ends; zero: does not
}

func (s *Sandbox) member(id string) *member {
	return find(s.members, func(m *member) bool { return m.ID == id && !m.Left })
}

func (s *Sandbox) customer(id string) *customer {
	return find(s.people, func(c *customer) bool { return c.ID == id })
}

func (s *Sandbox) bond(user, customer string) *bond {
	return find(s.bonds, func(b *bond) bool { return b.user == user && b.customer == customer })
}

func find[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

func (s *Sandbox) caller(c *wire.Call) *app {
	return find(s.apps, func(a *app) bool { return a.Secret == c.Owner })
}

// sees tells whether a member is in an app's visible range.
func (a *app) sees(m *member) bool {
	return a.Parties == nil && a.Users == nil || slices.Contains(a.Parties, m.Dept) || slices.Contains(a.Users, m.ID)
}

// right is what an API asks of the app that calls.
type right int

const (
	anyApp right = iota
	contactApp
	kfApp
	archiveApp
)

// auth reads the token and sees whether its app may call at all. What it may call is the handler's, by may.
func (s *Sandbox) auth(c *wire.Call, _ wire.API) error {
	token := c.Query.Get("access_token")
	if token == "" {
		return wire.Refuse(41001, "access_token missing")
	}
	owner, state := s.tokens.Owner(token, s.Clock.Now())
	switch state {
	case wire.Unknown:
		return wire.Refuse(40014, "invalid access_token")
	case wire.Expired:
		return wire.Refuse(42001, "access_token expired")
	}
	c.Owner = owner
	if s.switches.TrustedIP {
		from, _, _ := net.SplitHostPort(c.Request.RemoteAddr)
		if a := s.caller(c); a != nil && !slices.Contains(a.IPs, from) {
			return wire.Refuse(60020, "not allow to access from your ip")
		}
	}
	return nil
}

func (a *app) may(r right) error {
	if r == contactApp && !a.Contact || r == kfApp && !a.Kf || r == archiveApp && !a.Archive {
		return wire.Refuse(48002, "api forbidden")
	}
	return nil
}

// works answers the member if the app may act for them.
func (s *Sandbox) works(a *app, id string) (*member, error) {
	if !validID(id) {
		return nil, wire.Refuse(40003, "invalid userid")
	}
	m := s.member(id)
	switch {
	case m == nil:
		return nil, wire.Refuse(60111, "userid not found")
	case !a.sees(m):
		return nil, wire.Refuse(60011, "no privilege to access/modify contact/party/agent")
	}
	return m, nil
}

// serves is works, and the member may have customers.
func (s *Sandbox) serves(a *app, id string) (*member, error) {
	m, err := s.works(a, id)
	switch {
	case err != nil:
		return nil, err
	case !m.Activated:
		return nil, wire.Refuse(41054, "user not activated")
	case !m.Verified:
		return nil, wire.Refuse(40098, "user not verified")
	case !m.Contact:
		return nil, wire.Refuse(84074, "no external contact permission")
	}
	return m, nil
}

func validID(id string) bool {
	return id != "" && len(id) <= 64 && strings.IndexFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@", r))
	}) < 0
}

// related answers the bond the app may read or write.
func (s *Sandbox) related(a *app, user, external string) (*bond, error) {
	if _, err := s.works(a, user); err != nil {
		return nil, err
	}
	if s.customer(external) == nil {
		return nil, wire.Refuse(40096, "invalid external userid")
	}
	b := s.bond(user, external)
	if b == nil || b.half {
		return nil, wire.Refuse(84061, "not external contact")
	}
	return b, nil
}

// getToken answers GET /cgi-bin/gettoken.
func (s *Sandbox) getToken(c *wire.Call) (wire.Answer, error) {
	corp, secret := c.Query.Get("corpid"), c.Query.Get("corpsecret")
	switch {
	case corp == "":
		return nil, wire.Refuse(41002, "corpid missing")
	case secret == "":
		return nil, wire.Refuse(41004, "corpsecret missing")
	case corp != s.id:
		return nil, wire.Refuse(40013, "invalid corpid")
	case find(s.apps, func(a *app) bool { return a.Secret == secret }) == nil:
		return nil, wire.Refuse(40001, "invalid credential")
	}
	token, left := s.tokens.Issue(secret, s.Clock.Now(), false)
	return wire.Answer{"access_token": token, "expires_in": left}, nil
}

// getUser answers GET /cgi-bin/user/get.
func (s *Sandbox) getUser(c *wire.Call) (wire.Answer, error) {
	m, err := s.works(s.caller(c), c.Query.Get("userid"))
	if err != nil {
		return nil, err
	}
	status := 4
	if m.Activated {
		status = 1
	}
	return wire.Answer{"userid": m.ID, "name": m.Name, "department": []int{m.Dept}, "main_department": m.Dept, "status": status,
		"enable": 1, "isleader": 0, "is_leader_in_dept": []int{0}, "order": []int{0}, "position": "", "alias": "", "hide_mobile": 0}, nil
}

// page cuts one page out of all: the cursor is the number of what was given, next is "" at the end.
func cut[T any](all []T, cursor string, limit, usual, most int) (part []T, next string, err error) {
	if limit == 0 {
		limit = usual
	}
	if limit < 0 || limit > most {
		return nil, "", wire.Refuse(40058, "invalid limit, at most %d", most)
	}
	from, err := uncursor(cursor)
	if err != nil || from > len(all) {
		return nil, "", wire.Refuse(40058, "invalid cursor")
	}
	end := min(from+limit, len(all))
	if end < len(all) {
		next = cursorOf(end)
	}
	return all[from:end], next, nil
}

func emptyNotNull[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// or is the first that is not its zero.
func or[T comparable](v ...T) T { return cmp.Or(v...) }
