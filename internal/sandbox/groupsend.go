package sandbox

import (
	"slices"
	"time"

	"peiban/internal/sandbox/wire"
)

type groupSend struct {
	ID          string
	Single      bool
	Sender      string // who made it; "": nobody in particular
	Made        time.Time
	Text        string
	Attachments []attachment
	Cancelled   bool
	Reminded    []time.Time
	Tasks       []*sendTask
}

// sendTask is one member's part of a group send.
type sendTask struct {
	User    string
	Status  int // 0 not confirmed, 2 sent
	At      time.Time
	Results []*sendResult
}

type sendResult struct {
	To     string // external_userid or chat_id
	Status int    // 0 not sent, 1 sent, 2 no longer a friend, 3 had other group sends already
	At     time.Time
}

func (s *Sandbox) addSend(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Type      string   `json:"chat_type"`
		Customers []string `json:"external_userid"`
		Chats     []string `json:"chat_id_list"`
		Filter    struct {
			Groups []struct {
				Tags []string `json:"tag_list"`
			} `json:"group_list"`
		} `json:"tag_filter"`
		Sender string `json:"sender"`
		Text   struct {
			Content string `json:"content"`
		} `json:"text"`
		Attachments []attachment `json:"attachments"`
	}](c)
	switch {
	case in.Type != "" && in.Type != "single" && in.Type != "group":
		return nil, wire.Refuse(40058, "invalid chat_type")
	case len(in.Customers) > 10_000, len(in.Chats) > 2000:
		return nil, wire.Refuse(81017, "too many receivers")
	case in.Type == "group" && in.Sender == "":
		return nil, wire.Refuse(40063, "sender missing")
	}
	for _, g := range in.Filter.Groups {
		if len(g.Tags) > 100 {
			return nil, wire.Refuse(81017, "too many tags, at most 100")
		}
		for _, id := range g.Tags {
			if _, t := s.tag(id); t == nil {
				return nil, wire.Refuse(40068, "invalid tagid")
			}
		}
	}
	if err := s.checkMessage(in.Text.Content, in.Attachments); err != nil {
		return nil, err
	}
	if in.Sender != "" {
		if _, err := s.serves(a, in.Sender); err != nil {
			return nil, err
		}
	}
	send := &groupSend{Single: in.Type != "group", Sender: in.Sender, Made: s.Clock.Now(), Text: in.Text.Content, Attachments: in.Attachments}
	fail := []string{}
	if send.Single {
		meets := func(b *bond) bool {
			for _, g := range in.Filter.Groups {
				if !slices.ContainsFunc(g.Tags, func(id string) bool { return slices.Contains(b.tags, id) }) {
					return false
				}
			}
			return true
		}
		who := in.Customers
		if len(who) == 0 {
			if in.Sender == "" && len(in.Filter.Groups) == 0 {
				return nil, wire.Refuse(40063, "external_userid and sender missing")
			}
			for _, p := range s.people {
				who = append(who, p.ID)
			}
		}
		for _, id := range who {
			if b := s.speaker(a, id, in.Sender, meets); b != nil {
				send.task(b.user).Results = append(send.task(b.user).Results, &sendResult{To: id})
			} else if len(in.Customers) > 0 {
				fail = append(fail, id)
			}
		}
	} else {
		ids := in.Chats
		if len(ids) == 0 {
			for _, g := range s.groups {
				if g.Owner == in.Sender {
					ids = append(ids, g.ID)
				}
			}
		}
		for _, id := range ids {
			if g := s.group(id); g != nil && g.Owner == in.Sender {
				send.task(in.Sender).Results = append(send.task(in.Sender).Results, &sendResult{To: id})
			} else {
				fail = append(fail, id)
			}
		}
	}
	if len(send.Tasks) == 0 {
		return nil, wire.Refuse(41048, "no customer to send")
	}
	send.ID = s.ids.New("msgG", 30)
	s.sends = append(s.sends, send)
	s.seen++
	return wire.Answer{"fail_list": fail, "msgid": send.ID}, nil
}

// speaker is who has the task for a customer: the sender that was named, else who talked with them last.
func (s *Sandbox) speaker(a *app, customer, sender string, meets func(*bond) bool) (best *bond) {
	for _, b := range s.bonds {
		m := s.member(b.user)
		if b.customer != customer || b.half || m == nil || !m.Contact || !a.sees(m) || sender != "" && b.user != sender || !meets(b) {
			continue
		}
		if best == nil || later(b).After(later(best)) {
			best = b
		}
	}
	return best
}

func later(b *bond) time.Time {
	if b.talked.After(b.since) {
		return b.talked
	}
	return b.since
}

func (g *groupSend) task(user string) *sendTask {
	t := find(g.Tasks, func(t *sendTask) bool { return t.User == user })
	if t == nil {
		t = &sendTask{User: user}
		g.Tasks = append(g.Tasks, t)
	}
	return t
}

func (s *Sandbox) send(id string) (*groupSend, error) {
	if g := find(s.sends, func(g *groupSend) bool { return g.ID == id }); g != nil {
		return g, nil
	}
	return nil, wire.Refuse(40058, "invalid msgid")
}

// received counts the group sends somebody had in the span the cap is for, and says how many are allowed.
func (s *Sandbox) received(to string, single bool, now time.Time) (n, most int) {
	local := now.In(china)
	var from time.Time
	switch s.switches.Cap {
	case "day":
		from, most = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, china), 1
	case "week":
		from, most = time.Date(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 0, 0, 0, 0, china), 7
	default:
		from = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, china)
		most = from.AddDate(0, 1, -1).Day()
	}
	for _, g := range s.sends {
		for _, t := range g.Tasks {
			for _, r := range t.Results {
				if g.Single == single && r.To == to && r.Status == 1 && !r.At.Before(from) {
					n++
				}
			}
		}
	}
	return n, most
}

// china is where months and days of the caps begin; there is no summer time.
var china = time.FixedZone("CST", 8*3600)

// confirm is a member's press on 发送.
func (s *Sandbox) confirm(id, user string) error {
	g, err := s.send(id)
	if err != nil {
		return err
	}
	t := find(g.Tasks, func(t *sendTask) bool { return t.User == user })
	switch {
	case g.Cancelled:
		return wire.Refuse(41093, "task cancelled")
	case t == nil:
		return wire.Refuse(40058, "no task of this member")
	case t.Status == 2:
		return nil
	}
	now := s.Clock.Now()
	t.Status, t.At = 2, now
	for _, r := range t.Results {
		r.At = now
		n, most := s.received(r.To, g.Single, now)
		b := s.bond(user, r.To)
		switch {
		case g.Single && (b == nil || b.lost), !g.Single && s.group(r.To) == nil:
			r.Status = 2
		case n >= most:
			r.Status = 3
		default:
			r.Status = 1
			key := inGroup(r.To)
			if g.Single {
				key = single(user, r.To)
			}
			s.sayAll(key, user, "group_send", g.Text, g.Attachments)
		}
	}
	s.seen++
	return nil
}

func (s *Sandbox) listSends(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Type    string `json:"chat_type"`
		Start   int64  `json:"start_time"`
		End     int64  `json:"end_time"`
		Creator string `json:"creator"`
		Filter  *int   `json:"filter_type"` // 0 of the company (made by API too), 1 of a member, 2 both
		Limit   int    `json:"limit"`
		Cursor  string `json:"cursor"`
	}](c)
	switch {
	case in.Type != "single" && in.Type != "group":
		return nil, wire.Refuse(40058, "invalid chat_type")
	case in.Start == 0 || in.End < in.Start:
		return nil, wire.Refuse(40058, "invalid start_time or end_time")
	}
	all := []wire.Answer{}
	for _, g := range s.sends {
		if at := g.Made.Unix(); g.Single != (in.Type == "single") || at < in.Start || at > in.End || in.Filter != nil && *in.Filter == 1 ||
			in.Creator != "" && in.Creator != g.Sender {
			continue
		}
		all = append(all, wire.Answer{"msgid": g.ID, "creator": g.Sender, "create_time": g.Made.Unix(), "create_type": 0,
			"text": map[string]string{"content": g.Text}, "attachments": emptyNotNull(g.Attachments)})
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 50, 100)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"group_msg_list": part, "next_cursor": next}, nil
}

type sendQuery struct {
	ID     string `json:"msgid"`
	User   string `json:"userid"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

func unixOr0(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func (s *Sandbox) sendTasks(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[sendQuery](c)
	g, err := s.send(in.ID)
	if err != nil {
		return nil, err
	}
	all := []wire.Answer{}
	for _, t := range g.Tasks {
		one := wire.Answer{"userid": t.User, "status": t.Status}
		if t.Status == 2 {
			one["send_time"] = t.At.Unix()
		}
		all = append(all, one)
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 500, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"task_list": part, "next_cursor": next}, nil
}

func (s *Sandbox) sendResults(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[sendQuery](c)
	g, err := s.send(in.ID)
	if err != nil {
		return nil, err
	}
	t := find(g.Tasks, func(t *sendTask) bool { return t.User == in.User })
	if t == nil {
		return nil, wire.Refuse(40058, "no task of this userid")
	}
	all := []wire.Answer{}
	for _, r := range t.Results {
		one := wire.Answer{"userid": t.User, "status": r.Status}
		if g.Single {
			one["external_userid"] = r.To
		} else {
			one["chat_id"] = r.To
		}
		if r.Status != 0 {
			one["send_time"] = unixOr0(r.At)
		}
		all = append(all, one)
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 500, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"send_list": part, "next_cursor": next}, nil
}

const (
	mostReminders = 3
	reminderSpan  = 24 * time.Hour
)

func (s *Sandbox) remindSend(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	g, err := s.send(wire.Read[sendQuery](c).ID)
	if err != nil {
		return nil, err
	}
	if g.Cancelled {
		return nil, wire.Refuse(41093, "task cancelled")
	}
	now := s.Clock.Now()
	g.Reminded = slices.DeleteFunc(g.Reminded, func(t time.Time) bool { return now.Sub(t) >= reminderSpan })
	if len(g.Reminded) >= mostReminders {
		return nil, wire.Refuse(45009, "remind at most 3 times in 24 hours")
	}
	g.Reminded = append(g.Reminded, now)
	s.seen++
	return nil, nil
}

func (s *Sandbox) cancelSend(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	g, err := s.send(wire.Read[sendQuery](c).ID)
	if err != nil {
		return nil, err
	}
	g.Cancelled = true
	s.seen++
	return nil, nil
}
