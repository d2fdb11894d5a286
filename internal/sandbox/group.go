package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"peiban/internal/sandbox/wire"
)

type group struct {
	ID      string
	Name    string
	Owner   string
	Made    time.Time
	Notice  string
	Members []*inside
	Admins  []string
	Status  int // 0 as it should be, 1 owner left, 2 being handed over, 3 handed over
}

type inside struct {
	ID      string
	Type    int // 1 member, 2 customer
	Joined  time.Time
	Scene   int // 1 invited, 2 by link, 3 by QR
	Invitor string
	State   string
}

func (g *group) has(id string) bool {
	return slices.ContainsFunc(g.Members, func(i *inside) bool { return i.ID == id })
}

func (s *Sandbox) group(id string) *group {
	return find(s.groups, func(g *group) bool { return g.ID == id })
}

func (s *Sandbox) listGroups(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Status int `json:"status_filter"`
		Owner  struct {
			Users []string `json:"userid_list"`
		} `json:"owner_filter"`
		Cursor string `json:"cursor"`
		Limit  int    `json:"limit"`
	}](c)
	if in.Status < 0 || in.Status > 3 {
		return nil, wire.Refuse(40058, "invalid status_filter")
	}
	if len(in.Owner.Users) > 100 {
		return nil, wire.Refuse(81017, "too many owners, at most 100")
	}
	if in.Limit < 1 {
		return nil, wire.Refuse(40058, "limit missing, 1 to 1000")
	}
	all := []wire.Answer{}
	for _, g := range s.groups {
		m := find(s.members, func(m *member) bool { return m.ID == g.Owner })
		if (in.Status == 0 || in.Status == g.Status) && (len(in.Owner.Users) == 0 || slices.Contains(in.Owner.Users, g.Owner)) && m != nil && a.sees(m) {
			all = append(all, wire.Answer{"chat_id": g.ID, "status": g.Status})
		}
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 1000, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"group_chat_list": part, "next_cursor": next}, nil
}

func (s *Sandbox) getGroup(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		ID   string `json:"chat_id"`
		Name int    `json:"need_name"`
	}](c)
	g := s.group(in.ID)
	if g == nil {
		return nil, wire.Refuse(86003, "invalid chat_id")
	}
	if m := find(s.members, func(m *member) bool { return m.ID == g.Owner }); m != nil && !a.sees(m) {
		return nil, wire.Refuse(60011, "owner not in the visible range")
	}
	members := []wire.Answer{}
	for _, i := range g.Members {
		one := wire.Answer{"userid": i.ID, "type": i.Type, "join_time": i.Joined.Unix(), "join_scene": i.Scene, "group_nickname": ""}
		if i.Invitor != "" {
			one["invitor"] = map[string]string{"userid": i.Invitor}
		}
		if p := s.customer(i.ID); p != nil {
			one["unionid"] = p.Union
		}
		if i.State != "" {
			one["state"] = i.State
		}
		if in.Name == 1 {
			one["name"] = s.nameOf(i.ID)
		}
		members = append(members, one)
	}
	admins := []wire.Answer{}
	for _, id := range g.Admins {
		admins = append(admins, wire.Answer{"userid": id})
	}
	return wire.Answer{"group_chat": wire.Answer{"chat_id": g.ID, "name": g.Name, "owner": g.Owner, "create_time": g.Made.Unix(), "notice": g.Notice,
		"member_list": members, "admin_list": admins}}, nil
}

// transferGroups gives the groups of members who left to somebody else.
func (s *Sandbox) transferGroups(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Chats []string `json:"chat_id_list"`
		Owner string   `json:"new_owner"`
	}](c)
	if len(in.Chats) == 0 || len(in.Chats) > 100 {
		return nil, wire.Refuse(40058, "chat_id_list has 1 to 100 groups")
	}
	if _, err := s.serves(a, in.Owner); err != nil {
		return nil, err
	}
	failed := []wire.Answer{}
	for _, id := range in.Chats {
		g := s.group(id)
		switch {
		case g == nil:
			failed = append(failed, wire.Answer{"chat_id": id, "errcode": 90501, "errmsg": "chat not found"})
			continue
		case s.member(g.Owner) != nil:
			failed = append(failed, wire.Answer{"chat_id": id, "errcode": 90500, "errmsg": "the owner of this chat is not resigned"})
			continue
		}
		g.Owner, g.Status = in.Owner, 3
		if !g.has(in.Owner) {
			g.Members = append(g.Members, &inside{ID: in.Owner, Type: 1, Joined: s.Clock.Now(), Scene: 1})
		}
		s.seen++
	}
	return wire.Answer{"failed_chat_list": failed}, nil
}

// joinWay is a code by which people come into groups.
type joinWay struct {
	ConfigID   string   `json:"config_id"`
	Scene      int      `json:"scene"` // 1 a button in a mini-program, 2 a QR code
	Remark     string   `json:"remark"`
	AutoCreate int      `json:"auto_create_room"`
	BaseName   string   `json:"room_base_name"`
	BaseID     int      `json:"room_base_id"`
	Chats      []string `json:"chat_id_list"`
	QR         string   `json:"qr_code"`
	State      string   `json:"state"`
}

// mostInGroup is how many a group of customers holds.
const mostInGroup = 200

func (s *Sandbox) checkJoin(j *joinWay) error {
	switch {
	case j.Scene != 1 && j.Scene != 2:
		return wire.Refuse(40058, "invalid scene")
	case len(j.Chats) == 0 || len(j.Chats) > 5:
		return wire.Refuse(40058, "chat_id_list has 1 to 5 groups")
	case len([]rune(j.State)) > mostState || len([]rune(j.Remark)) > mostRemark:
		return wire.Refuse(40058, "state or remark too long, at most 30 characters")
	}
	for _, id := range j.Chats {
		if s.group(id) == nil {
			return wire.Refuse(86003, "invalid chat_id")
		}
	}
	return nil
}

func (s *Sandbox) addJoin(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	j := wire.Read[joinWay](c)
	if err := s.checkJoin(&j); err != nil {
		return nil, err
	}
	j.ConfigID = s.ids.New("", 32)
	j.QR = "https://wework.qpic.cn/wwpic/sandbox_" + j.ConfigID + "/0"
	s.joins = append(s.joins, &j)
	return wire.Answer{"config_id": j.ConfigID}, nil
}

func (s *Sandbox) join(id string) (*joinWay, error) {
	if j := find(s.joins, func(j *joinWay) bool { return j.ConfigID == id }); j != nil {
		return j, nil
	}
	return nil, wire.Refuse(41044, "invalid config id")
}

func (s *Sandbox) getJoin(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	j, err := s.join(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"join_way": j}, nil
}

func (s *Sandbox) updateJoin(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	j, err := s.join(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	next := *j
	next.Chats = slices.Clone(j.Chats)
	_ = json.Unmarshal(c.Body, &next)
	next.ConfigID, next.QR = j.ConfigID, j.QR
	if err := s.checkJoin(&next); err != nil {
		return nil, err
	}
	*j = next
	return nil, nil
}

func (s *Sandbox) delJoin(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	j, err := s.join(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	s.joins = slices.DeleteFunc(s.joins, func(x *joinWay) bool { return x == j })
	return nil, nil
}

// enter brings a customer into the first group of a code that has room; a new one is made where the code says so.
func (s *Sandbox) enter(j *joinWay, customer string) (*group, error) {
	now := s.Clock.Now()
	for _, id := range j.Chats {
		g := s.group(id)
		switch {
		case g == nil:
			continue
		case g.has(customer):
			return g, nil
		case len(g.Members) < mostInGroup:
			s.comeIn(g, customer, j.State, now)
			return g, nil
		}
	}
	if j.AutoCreate == 0 || len(j.Chats) == 0 || s.group(j.Chats[0]) == nil {
		return nil, wire.Refuse(40058, "every group of this code is full")
	}
	old := s.group(j.Chats[0])
	g := &group{ID: s.ids.New("wr", 30), Name: j.BaseName, Owner: old.Owner, Made: now, Members: []*inside{{ID: old.Owner, Type: 1, Joined: now, Scene: 1}}}
	s.groups, j.Chats = append(s.groups, g), append(j.Chats, g.ID)
	s.post("change_external_chat", "create", field{"ChatId", g.ID})
	s.comeIn(g, customer, j.State, now)
	return g, nil
}

func (s *Sandbox) comeIn(g *group, customer, state string, now time.Time) {
	g.Members = append(g.Members, &inside{ID: customer, Type: 2, Joined: now, Scene: 3, State: state})
	s.say(inGroup(g.ID), line{Source: "event", Type: "text", Text: s.nameOf(customer) + " 加入了群聊"})
	s.post("change_external_chat", "update", field{"ChatId", g.ID}, field{"UpdateDetail", "add_member"}, field{"JoinScene", "3"}, field{"MemChangeCnt", "1"}, field{members, customer})
}

// goOut is a customer leaving a group by themselves.
func (s *Sandbox) goOut(g *group, customer string) {
	g.Members = slices.DeleteFunc(g.Members, func(i *inside) bool { return i.ID == customer })
	s.say(inGroup(g.ID), line{Source: "event", Type: "text", Text: s.nameOf(customer) + " 退出了群聊"})
	s.post("change_external_chat", "update", field{"ChatId", g.ID}, field{"UpdateDetail", "del_member"}, field{"QuitScene", "0"}, field{"MemChangeCnt", "1"}, field{members, customer})
}

// ChangeGroup is the owner's hand: a new name, notice or owner, each nil as it is; or the end of the group.
func (s *Sandbox) ChangeGroup(id string, name, notice, owner *string, end bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.group(id)
	if g == nil {
		return wire.Refuse(86003, "invalid chat_id")
	}
	if owner != nil && (s.member(*owner) == nil || !g.has(*owner)) {
		return wire.Refuse(60111, "the new owner is not in the group")
	}
	for _, c := range []struct {
		what   string
		to, in *string
	}{{"change_name", &g.Name, name}, {"change_notice", &g.Notice, notice}, {"change_owner", &g.Owner, owner}} {
		if c.in != nil {
			*c.to = *c.in
			s.post("change_external_chat", "update", field{"ChatId", id}, field{"UpdateDetail", c.what})
		}
	}
	if end {
		s.groups = slices.DeleteFunc(s.groups, func(x *group) bool { return x == g })
		s.post("change_external_chat", "dismiss", field{"ChatId", id})
	}
	return nil
}
