package sandbox

import (
	"time"

	"peiban/internal/sandbox/archive"
	"peiban/internal/sandbox/wire"
)

// consent is what a customer said about being archived with a member.
type consent struct {
	state string // Agree, Disagree
	at    time.Time
}

func (s *Sandbox) permitted(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(archiveApp); err != nil {
		return nil, err
	}
	ids := []string{}
	for _, m := range s.members {
		if m.Archived && !m.Left {
			ids = append(ids, m.ID)
		}
	}
	return wire.Answer{"ids": ids}, nil
}

// agreed is what holds of a pair: who said nothing has not agreed.
func (s *Sandbox) agreed(user, customer string) wire.Answer {
	c, ok := s.consents[user+":"+customer]
	if !ok {
		c.state = "Disagree"
	}
	return wire.Answer{"userid": user, "exteranalopenid": customer, "agree_status": c.state, "status_change_time": unixOr0(c.at)}
}

func (s *Sandbox) checkAgree(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(archiveApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Info []struct {
			User     string `json:"userid"`
			Customer string `json:"exteranalopenid"`
		} `json:"info"`
	}](c)
	if len(in.Info) == 0 || len(in.Info) > 100 {
		return nil, wire.Refuse(40058, "info has 1 to 100 pairs")
	}
	all := []wire.Answer{}
	for _, p := range in.Info {
		all = append(all, s.agreed(p.User, p.Customer))
	}
	return wire.Answer{"agreeinfo": all}, nil
}

type roomIn struct {
	Room string `json:"roomid"`
}

func (s *Sandbox) checkRoom(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(archiveApp); err != nil {
		return nil, err
	}
	g := s.group(wire.Read[roomIn](c).Room)
	if g == nil {
		return nil, wire.Refuse(86003, "invalid roomid")
	}
	all := []wire.Answer{}
	for _, i := range g.Members {
		if i.Type == 2 {
			one := s.agreed(g.Owner, i.ID)
			delete(one, "userid")
			all = append(all, one)
		}
	}
	return wire.Answer{"agreeinfo": all}, nil
}

func (s *Sandbox) archivedGroup(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(archiveApp); err != nil {
		return nil, err
	}
	g := s.group(wire.Read[roomIn](c).Room)
	if g == nil {
		return nil, wire.Refuse(86003, "invalid roomid")
	}
	members := []wire.Answer{}
	for _, i := range g.Members {
		members = append(members, wire.Answer{"memberid": i.ID, "jointime": i.Joined.Unix()})
	}
	return wire.Answer{"roomname": g.Name, "creator": g.Owner, "room_create_time": g.Made.Unix(), "notice": g.Notice, "members": members}, nil
}

// consent is a customer's yes or no to being archived.
func (s *Sandbox) consent(user, customer string, yes bool) error {
	b := s.bond(user, customer)
	if b == nil {
		return wire.Refuse(84061, "not external contact")
	}
	c := consent{"Disagree", s.Clock.Now()}
	if yes {
		c.state = "Agree"
		s.post("change_external_contact", "msg_audit_approved", field{"UserID", user}, field{"ExternalUserID", customer},
			field{"WelcomeCode", s.newWelcome(user, customer, s.Clock.Now())})
	}
	s.consents[user+":"+customer] = c
	return nil
}

// keep archives what was said where it may be: the member's talks are kept, and the customer agreed.
func (s *Sandbox) keep(from string, to []string, room, text string) {
	user, customers := "", []string{}
	for _, id := range append([]string{from}, to...) {
		if m := s.member(id); m != nil && m.Archived {
			user = id
		} else if s.customer(id) != nil {
			customers = append(customers, id)
		}
	}
	if user == "" {
		return
	}
	for _, id := range customers {
		if room == "" && s.consents[user+":"+id].state != "Agree" || room != "" && id == from && s.consents[user+":"+id].state != "Agree" {
			return
		}
	}
	now := s.Clock.Now()
	if err := s.archive.Put(now, archive.Message{ID: s.ids.New("", 19) + "_" + itoa(now.UnixMilli()), Action: "send", From: from, To: to, Room: room,
		At: now.UnixMilli(), Type: "text", Text: &archive.Text{Content: text}}); err != nil {
		return
	}
	agent := "2000004" // the archive's own
	s.emit("msgaudit_notify", agent, []field{{"FromUserName", "sys"}, {"Event", "msgaudit_notify"}, {"AgentID", agent}})
}
