package sandbox

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

func cursorOf(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at" + strconv.Itoa(n)))
}

func uncursor(c string) (int, error) {
	if c == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimPrefix(string(raw), "at"))
}

// followers answers get_follow_user_list: members with the right of customer contact whom the app sees.
func (s *Sandbox) followers(c *wire.Call) (wire.Answer, error) {
	a, ids := s.caller(c), []string{}
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	for _, m := range s.members {
		if m.Contact && !m.Left && a.sees(m) {
			ids = append(ids, m.ID)
		}
	}
	return wire.Answer{"follow_user": ids}, nil
}

// customersOf answers externalcontact/list.
func (s *Sandbox) customersOf(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	m, err := s.works(a, c.Query.Get("userid"))
	if err != nil {
		return nil, err
	}
	if !m.Contact {
		return nil, wire.Refuse(84074, "no external contact permission")
	}
	ids := []string{}
	for _, b := range s.bonds {
		if b.user == m.ID && !b.half {
			ids = append(ids, b.customer)
		}
	}
	if len(ids) == 0 {
		return nil, wire.Refuse(84061, "not external contact")
	}
	return wire.Answer{"external_userid": ids}, nil
}

func contactOf(p *customer) wire.Answer {
	return wire.Answer{"external_userid": p.ID, "name": p.Name, "type": 1, "gender": p.Gender, "unionid": p.Union,
		"avatar": "https://wx.qlogo.cn/mmhead/sandbox/" + p.ID + "/0"}
}

func (s *Sandbox) followOf(b *bond) wire.Answer {
	return wire.Answer{"userid": b.user, "remark": b.remark, "description": b.desc, "createtime": b.since.Unix(), "remark_corp_name": b.company,
		"remark_mobiles": emptyNotNull(b.mobiles), "oper_userid": or(b.by, b.user), "add_way": b.way, "state": b.state}
}

// mostFollowers is how many followers one page of externalcontact/get has.
const mostFollowers = 500

func (s *Sandbox) getCustomer(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	p := s.customer(c.Query.Get("external_userid"))
	if p == nil {
		return nil, wire.Refuse(40096, "invalid external userid")
	}
	var follow []wire.Answer
	hidden := false
	for _, b := range s.bonds {
		if b.customer != p.ID || b.half {
			continue
		}
		if m := s.member(b.user); m == nil || !a.sees(m) {
			hidden = true
			continue
		}
		f := s.followOf(b)
		f["tags"] = s.tagsOf(b)
		follow = append(follow, f)
	}
	switch {
	case len(follow) == 0 && hidden:
		return nil, wire.Refuse(40096, "follower not in the visible range")
	case len(follow) == 0:
		return nil, wire.Refuse(84061, "not external contact")
	}
	part, next, err := cut(follow, c.Query.Get("cursor"), mostFollowers, mostFollowers, mostFollowers)
	if err != nil {
		return nil, err
	}
	out := wire.Answer{"external_contact": contactOf(p), "follow_user": part}
	if next != "" {
		out["next_cursor"] = next
	}
	return out, nil
}

func (s *Sandbox) customersBatch(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Users  []string `json:"userid_list"`
		User   string   `json:"userid"` // before there was the list; clients of that age still send it
		Cursor string   `json:"cursor"`
		Limit  int      `json:"limit"`
	}](c)
	if in.User != "" && len(in.Users) == 0 {
		in.Users = []string{in.User}
	}
	if len(in.Users) == 0 || len(in.Users) > 100 {
		return nil, wire.Refuse(40058, "userid_list has 1 to 100 members")
	}
	all := []wire.Answer{}
	for _, id := range in.Users {
		if _, err := s.works(a, id); err != nil {
			return nil, err
		}
		for _, b := range s.bonds {
			if b.user == id && !b.half {
				f := s.followOf(b)
				f["tag_id"] = emptyNotNull(b.tags)
				all = append(all, wire.Answer{"external_contact": contactOf(s.customer(b.customer)), "follow_info": f})
			}
		}
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 50, 100)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"external_contact_list": part, "next_cursor": next}, nil
}

func (s *Sandbox) remark(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		User     string    `json:"userid"`
		Customer string    `json:"external_userid"`
		Remark   *string   `json:"remark"`
		Desc     *string   `json:"description"`
		Company  *string   `json:"remark_company"`
		Mobiles  *[]string `json:"remark_mobiles"`
		Picture  *string   `json:"remark_pic_mediaid"`
	}](c)
	b, err := s.related(a, in.User, in.Customer)
	if err != nil {
		return nil, err
	}
	if in.Remark == nil && in.Desc == nil && in.Company == nil && in.Mobiles == nil && in.Picture == nil {
		return nil, wire.Refuse(40063, "at least one of remark, description, remark_company, remark_mobiles, remark_pic_mediaid is needed")
	}
	for _, f := range []struct {
		to   *string
		in   *string
		most int
	}{{&b.remark, in.Remark, 20}, {&b.desc, in.Desc, 150}, {&b.company, in.Company, 20}} {
		if f.in != nil && len([]rune(*f.in)) > f.most {
			return nil, wire.Refuse(40058, "too long, at most %d characters", f.most)
		}
	}
	if in.Picture != nil && *in.Picture != "" {
		if _, err := s.media(*in.Picture); err != nil {
			return nil, err
		}
	}
	set(&b.remark, in.Remark)
	set(&b.desc, in.Desc)
	set(&b.company, in.Company)
	if in.Mobiles != nil {
		b.mobiles = *in.Mobiles
	}
	return nil, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// befriend makes a bond, or mends one that was lost.
func (s *Sandbox) befriend(user, customer, state string, way int, half bool, now time.Time) (b *bond, anew bool) {
	b = s.bond(user, customer)
	if b != nil && !b.lost && !b.half {
		return b, false
	}
	if b == nil {
		b = &bond{user: user, customer: customer}
		s.bonds = append(s.bonds, b)
	}
	b.since, b.state, b.way, b.lost, b.half = now, state, way, false, half
	if b.remark == "" {
		b.remark = s.customer(customer).Name
	}
	return b, true
}

// drop ends a bond for both: the member deleted the customer.
func (s *Sandbox) drop(b *bond) {
	s.bonds = slices.DeleteFunc(s.bonds, func(x *bond) bool { return x == b })
}
