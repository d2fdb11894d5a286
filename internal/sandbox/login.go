package sandbox

import (
	"time"

	"peiban/internal/sandbox/wire"
)

// login is a code of the sign-in page.
type login struct {
	who    string // member or customer
	scope  string
	until  time.Time
	used   bool
	ticket string
}

type ticket struct {
	text  string
	until time.Time
}

const (
	codeGood    = 5 * time.Minute
	ticketGood  = 2 * time.Hour
	pendingGood = 90 * 24 * time.Hour
)

// newCode is what the page a person came from is called back with.
func (s *Sandbox) newCode(who, scope string) string {
	code := s.ids.New("", 43)
	s.logins[code] = &login{who: who, scope: scope, until: s.Clock.Now().Add(codeGood)}
	return code
}

func (s *Sandbox) login(code string) (*login, error) {
	l := s.logins[code]
	if l == nil || l.used || !s.Clock.Now().Before(l.until) {
		return nil, wire.Refuse(40029, "invalid code")
	}
	l.used = true
	return l, nil
}

func (s *Sandbox) userInfo(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	l, err := s.login(c.Query.Get("code"))
	if err != nil {
		return nil, err
	}
	if p := s.customer(l.who); p != nil {
		return wire.Answer{"openid": p.OpenID, "external_userid": p.ID}, nil
	}
	m, err := s.works(a, l.who)
	if err != nil {
		return nil, err
	}
	out := wire.Answer{"userid": m.ID}
	if l.scope == "snsapi_privateinfo" {
		l.ticket = s.ids.New("", 60)
		out["user_ticket"], out["expires_in"] = l.ticket, 1800
	}
	return out, nil
}

// oldUserInfo answers with the names the old address has.
func (s *Sandbox) oldUserInfo(c *wire.Call) (wire.Answer, error) {
	out, err := s.userInfo(c)
	if err != nil {
		return nil, err
	}
	for old, name := range map[string]string{"userid": "UserId", "openid": "OpenId"} {
		if v, ok := out[old]; ok {
			delete(out, old)
			out[name] = v
		}
	}
	out["DeviceId"] = ""
	return out, nil
}

func (s *Sandbox) userDetail(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		Ticket string `json:"user_ticket"`
	}](c)
	for _, l := range s.logins {
		if m := s.member(l.who); in.Ticket != "" && l.ticket == in.Ticket && m != nil {
			return wire.Answer{"userid": m.ID, "gender": "0", "avatar": "https://wework.qpic.cn/sandbox/" + m.ID, "qr_code": "", "mobile": m.Mobile, "email": "", "biz_mail": "", "address": ""}, nil
		}
	}
	return nil, wire.Refuse(40058, "invalid user_ticket")
}

func (s *Sandbox) corpTicket(c *wire.Call) (wire.Answer, error) { return s.ticketOf("corp", c) }

func (s *Sandbox) appTicket(c *wire.Call) (wire.Answer, error) {
	if c.Query.Get("type") != "agent_config" {
		return nil, wire.Refuse(91040, "invalid ticket type")
	}
	return s.ticketOf("agent", c)
}

func (s *Sandbox) ticketOf(kind string, c *wire.Call) (wire.Answer, error) {
	now, key := s.Clock.Now(), kind+c.Owner
	if kind == "corp" {
		key = kind
	}
	t, ok := s.tickets[key]
	if !ok || !now.Before(t.until) {
		t = ticket{s.ids.New("", 86), now.Add(ticketGood)}
		s.tickets[key] = t
	}
	return wire.Answer{"ticket": t.text, "expires_in": int(t.until.Sub(now).Seconds())}, nil
}

type unionIn struct {
	Union string `json:"unionid"`
	Open  string `json:"openid"`
}

func (s *Sandbox) byUnion(in unionIn) (*customer, error) {
	if in.Union == "" || in.Open == "" {
		return nil, wire.Refuse(40063, "unionid or openid missing")
	}
	return find(s.people, func(p *customer) bool { return p.Union == in.Union && (p.OpenID == in.Open || p.MiniID == in.Open) }), nil
}

func (s *Sandbox) known(p *customer) bool {
	return p != nil && find(s.bonds, func(b *bond) bool { return b.customer == p.ID && !b.half }) != nil
}

// unionToExternal is the older address: only for those who are customers.
func (s *Sandbox) unionToExternal(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	p, err := s.byUnion(wire.Read[unionIn](c))
	if err != nil {
		return nil, err
	}
	if !s.known(p) {
		return nil, wire.Refuse(84061, "not external contact")
	}
	return wire.Answer{"external_userid": p.ID}, nil
}

// convertUnion answers with a pending_id for who is no customer yet.
func (s *Sandbox) convertUnion(c *wire.Call) (wire.Answer, error) {
	p, err := s.byUnion(wire.Read[unionIn](c))
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, wire.Refuse(40058, "unionid and openid do not belong together")
	case s.known(p):
		return wire.Answer{"external_userid": p.ID}, nil
	}
	return wire.Answer{"pending_id": s.pending(p.ID)}, nil
}

// pending is the id of who is no customer yet; it is good for 90 days.
func (s *Sandbox) pending(id string) string {
	p, now := s.pendings[id], s.Clock.Now()
	if !now.Before(p.until) {
		p = ticket{s.ids.New("pend", 28), now.Add(pendingGood)}
		s.pendings[id] = p
	}
	return p.text
}

// toPending answers the pending ids that were given to people who are customers now.
func (s *Sandbox) toPending(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		Chat string   `json:"chat_id"`
		IDs  []string `json:"external_userid"`
	}](c)
	if len(in.IDs) == 0 || len(in.IDs) > 100 {
		return nil, wire.Refuse(40058, "external_userid has 1 to 100 ids")
	}
	all := []wire.Answer{}
	for _, id := range in.IDs {
		if g := s.group(in.Chat); in.Chat != "" && (g == nil || !g.has(id)) {
			continue
		}
		if p := s.pendings[id]; s.Clock.Now().Before(p.until) {
			all = append(all, wire.Answer{"external_userid": id, "pending_id": p.text})
		}
	}
	return wire.Answer{"result": all}, nil
}

// who reads a member or customer by id, "" for nobody.
func (s *Sandbox) who(id string) string {
	if s.member(id) != nil || s.customer(id) != nil {
		return id
	}
	return ""
}
