package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"peiban/internal/sandbox/wire"
)

type contactWay struct {
	ConfigID    string          `json:"config_id"`
	Type        int             `json:"type"`
	Scene       int             `json:"scene"`
	Style       int             `json:"style,omitempty"`
	Remark      string          `json:"remark"`
	SkipVerify  *bool           `json:"skip_verify"`
	State       string          `json:"state"`
	QR          string          `json:"qr_code,omitempty"`
	Users       []string        `json:"user"`
	Parties     []int           `json:"party"`
	Temp        bool            `json:"is_temp"`
	Expires     int64           `json:"expires_in,omitempty"`
	ChatExpires int64           `json:"chat_expires_in,omitempty"`
	Union       string          `json:"unionid,omitempty"`
	Exclusive   bool            `json:"is_exclusive"`
	MarkSource  *bool           `json:"mark_source,omitempty"`
	Conclusions json.RawMessage `json:"conclusions,omitempty"`

	made  time.Time
	used  bool
	turns int
}

const (
	mostState  = 30 // characters
	mostRemark = 30
	chatLasts  = 14 * 24 * time.Hour
)

func (s *Sandbox) checkWay(a *app, w *contactWay) error {
	switch {
	case w.Type == 0:
		return wire.Refuse(41037, "missing contact way type")
	case w.Type != 1 && w.Type != 2:
		return wire.Refuse(40058, "invalid contact way type")
	case w.Scene != 1 && w.Scene != 2:
		return wire.Refuse(40058, "invalid contact way scene")
	case len([]rune(w.State)) > mostState:
		return wire.Refuse(40058, "state too long, at most 30 characters")
	case len([]rune(w.Remark)) > mostRemark:
		return wire.Refuse(40058, "remark too long, at most 30 characters")
	case w.Type == 1 && (len(w.Users) != 1 || len(w.Parties) > 0):
		return wire.Refuse(40058, "a single contact way has exactly one user")
	case len(w.Users) == 0 && len(w.Parties) == 0:
		return wire.Refuse(40063, "user and party missing")
	case len(w.Users) > 100:
		return wire.Refuse(81017, "too many users, at most 100")
	case w.Temp && w.Type != 1:
		return wire.Refuse(40058, "a temporary session is single")
	case w.ChatExpires > int64(chatLasts/time.Second):
		return wire.Refuse(40058, "chat_expires_in is at most 14 days")
	}
	for _, id := range w.Users {
		if _, err := s.serves(a, id); err != nil {
			return err
		}
	}
	for _, id := range w.Parties {
		if find(s.depts, func(d *dept) bool { return d.ID == id }) == nil {
			return wire.Refuse(60011, "no privilege to access/modify contact/party/agent")
		}
	}
	return nil
}

func (s *Sandbox) addWay(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	w := wire.Read[contactWay](c)
	if err := s.checkWay(a, &w); err != nil {
		return nil, err
	}
	yes := true
	w.SkipVerify = or(w.SkipVerify, &yes)
	w.ConfigID, w.made, w.QR = s.ids.New("", 32), s.Clock.Now(), ""
	out := wire.Answer{"config_id": w.ConfigID}
	if w.Scene == 2 {
		w.QR = "https://wework.qpic.cn/wwpic/sandbox_" + w.ConfigID + "/0"
		out["qr_code"] = w.QR
	}
	s.ways = append(s.ways, &w)
	return out, nil
}

func (s *Sandbox) way(id string) (*contactWay, error) {
	if w := find(s.ways, func(w *contactWay) bool { return w.ConfigID == id }); w != nil {
		return w, nil
	}
	return nil, wire.Refuse(41044, "invalid config id")
}

type configID struct {
	ID string `json:"config_id"`
}

func (s *Sandbox) getWay(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	w, err := s.way(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"contact_way": w}, nil
}

func (s *Sandbox) listWays(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Start  int64  `json:"start_time"`
		End    int64  `json:"end_time"`
		Cursor string `json:"cursor"`
		Limit  int    `json:"limit"`
	}](c)
	all := []configID{}
	for _, w := range s.ways {
		if at := w.made.Unix(); !w.Temp && at >= in.Start && (in.End == 0 || at <= in.End) {
			all = append(all, configID{w.ConfigID})
		}
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 100, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"contact_way": part, "next_cursor": next}, nil
}

// updateWay overwrites what is named; type and scene stay.
func (s *Sandbox) updateWay(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	w, err := s.way(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	next := *w
	in := wire.Read[map[string]json.RawMessage](c)
	delete(in, "type")
	delete(in, "scene")
	delete(in, "qr_code")
	raw, _ := json.Marshal(in)
	next.Users, next.Parties = slices.Clone(w.Users), slices.Clone(w.Parties)
	_ = json.Unmarshal(raw, &next)
	if err := s.checkWay(a, &next); err != nil {
		return nil, err
	}
	*w = next
	return nil, nil
}

func (s *Sandbox) delWay(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	w, err := s.way(wire.Read[configID](c).ID)
	if err != nil {
		return nil, err
	}
	s.ways = slices.DeleteFunc(s.ways, func(x *contactWay) bool { return x == w })
	return nil, nil
}

func (s *Sandbox) closeTemp(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		User     string `json:"userid"`
		Customer string `json:"external_userid"`
	}](c)
	b, err := s.related(a, in.User, in.Customer)
	if err != nil {
		return nil, err
	}
	if b.ends.IsZero() {
		return nil, wire.Refuse(40058, "not a temporary session")
	}
	s.drop(b)
	return nil, nil
}

// acquisition is a link of 获客助手.
type acquisition struct {
	ID    string   `json:"link_id"`
	Name  string   `json:"link_name"`
	URL   string   `json:"url"`
	Made  int64    `json:"create_time"`
	Users []string `json:"-"`
	Skip  bool     `json:"skip_verify"`
}

func (s *Sandbox) createLink(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Name  string `json:"link_name"`
		Range struct {
			Users []string `json:"user_list"`
			Depts []int    `json:"department_list"`
		} `json:"range"`
		Skip *bool `json:"skip_verify"`
	}](c)
	if in.Name == "" || len([]rune(in.Name)) > 30 {
		return nil, wire.Refuse(40058, "link_name has 1 to 30 characters")
	}
	users := in.Range.Users
	for _, m := range s.members {
		if slices.Contains(in.Range.Depts, m.Dept) && !m.Left && m.Contact {
			users = append(users, m.ID)
		}
	}
	if len(users) == 0 {
		return nil, wire.Refuse(40063, "range missing")
	}
	for _, id := range users {
		if _, err := s.serves(a, id); err != nil {
			return nil, err
		}
	}
	l := &acquisition{ID: s.ids.New("cawc", 20), Name: in.Name, Made: s.Clock.Now().Unix(), Users: users, Skip: in.Skip == nil || *in.Skip}
	l.URL = "https://work.weixin.qq.com/ca/" + l.ID
	s.links = append(s.links, l)
	return wire.Answer{"link": l}, nil
}

// turn is who is next of those a code leads to.
func (s *Sandbox) turn(w *contactWay) string {
	users := slices.Clone(w.Users)
	for _, m := range s.members {
		if slices.Contains(w.Parties, m.Dept) && m.Contact && m.Activated && m.Verified && !m.Left {
			users = append(users, m.ID)
		}
	}
	users = slices.DeleteFunc(users, func(id string) bool { return s.member(id) == nil })
	if len(users) == 0 {
		return ""
	}
	w.turns++
	return users[(w.turns-1)%len(users)]
}
