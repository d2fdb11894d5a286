package sandbox

import (
	"slices"
	"strconv"
	"time"

	"peiban/internal/sandbox/wire"
)

// transfer is one customer handed from one member to another.
type transfer struct {
	from, to, customer string
	resigned           bool
	status             int // 1 done, 2 waiting, 3 refused, 4 the taker has too many, 5 no record
	began, ended       time.Time
}

type unassigned struct {
	user, customer string
	at             time.Time
}

const (
	transferTakes = 24 * time.Hour
	transferSpan  = 90 * 24 * time.Hour
	mostTransfers = 2 // of one customer in transferSpan
)

type transferIn struct {
	From      string   `json:"handover_userid"`
	To        string   `json:"takeover_userid"`
	Customers []string `json:"external_userid"`
	Message   string   `json:"transfer_success_msg"`
	Cursor    string   `json:"cursor"`
}

func (s *Sandbox) transferOnJob(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[transferIn](c)
	if len([]rune(in.Message)) > 200 {
		return nil, wire.Refuse(40058, "transfer_success_msg too long, at most 200 characters")
	}
	if _, err := s.serves(a, in.From); err != nil {
		return nil, err
	}
	return s.transferAll(a, in, false)
}

func (s *Sandbox) transferResigned(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[transferIn](c)
	if m := find(s.members, func(m *member) bool { return m.ID == in.From }); m == nil || !m.Left {
		return nil, wire.Refuse(40058, "handover_userid has not resigned")
	}
	return s.transferAll(a, in, true)
}

func (s *Sandbox) transferAll(a *app, in transferIn, resigned bool) (wire.Answer, error) {
	if len(in.Customers) == 0 || len(in.Customers) > 100 {
		return nil, wire.Refuse(40058, "external_userid has 1 to 100 customers")
	}
	if _, err := s.serves(a, in.To); err != nil {
		return nil, err
	}
	all := []wire.Answer{}
	for _, id := range in.Customers {
		all = append(all, wire.Answer{"external_userid": id, "errcode": s.begin(in.From, in.To, id, resigned)})
	}
	return wire.Answer{"customer": all}, nil
}

// begin starts one transfer and answers its errcode; 0 only means that it began.
func (s *Sandbox) begin(from, to, customer string, resigned bool) int {
	now, times := s.Clock.Now(), 0
	for _, t := range s.moves {
		if t.customer != customer {
			continue
		}
		if t.from == from && t.status == 2 {
			return 40129 // being handed over already
		}
		if !resigned && !t.resigned && t.status != 3 && now.Sub(t.began) < transferSpan {
			times++
		}
	}
	switch {
	case s.customer(customer) == nil:
		return 40096
	case s.bond(from, customer) == nil:
		return 40097 // not of the one who hands over
	case times >= mostTransfers:
		return 40128 // handed over too often
	}
	s.moves = append(s.moves, &transfer{from: from, to: to, customer: customer, resigned: resigned, status: 2, began: now})
	s.left = slices.DeleteFunc(s.left, func(u unassigned) bool { return u.user == from && u.customer == customer })
	s.seen++
	return 0
}

// settleTransfers ends what began a day ago.
func (s *Sandbox) settleTransfers(now time.Time) {
	for _, t := range s.moves {
		if t.status != 2 || now.Sub(t.began) < transferTakes {
			continue
		}
		t.ended = t.began.Add(transferTakes)
		if s.switches.RefuseTransfer {
			s.failTransfer(t, "customer_refused", 3)
			continue
		}
		s.finish(t, now)
	}
}

func (s *Sandbox) failTransfer(t *transfer, why string, status int) {
	t.status = status
	s.post("change_external_contact", "transfer_fail", field{"FailReason", why}, field{"UserID", t.to}, field{"ExternalUserID", t.customer})
	s.seen++
}

// finish moves the bond. The taker gets no add event for who is a friend already.
func (s *Sandbox) finish(t *transfer, now time.Time) {
	t.status = 1
	old := s.bond(t.from, t.customer)
	if old != nil {
		s.drop(old)
		s.post("change_external_contact", "del_external_contact", field{"UserID", t.from}, field{"ExternalUserID", t.customer}, field{"Source", "DELETE_BY_TRANSFER"})
	}
	b, anew := s.befriend(t.to, t.customer, "", 202, false, now)
	if !anew {
		return
	}
	if old != nil {
		b.remark, b.desc, b.tags, b.state = old.remark, old.desc, old.tags, old.state
	}
	s.post("change_external_contact", "add_external_contact", field{"UserID", t.to}, field{"ExternalUserID", t.customer}, field{"State", b.state})
	s.say(single(t.to, t.customer), line{Source: "event", Type: "text", Text: "你已添加了" + s.nameOf(t.to) + "，现在可以开始聊天了。"})
}

func (s *Sandbox) transferResult(c *wire.Call) (wire.Answer, error) { return s.results(c, false) }

func (s *Sandbox) resignedResult(c *wire.Call) (wire.Answer, error) { return s.results(c, true) }

func (s *Sandbox) results(c *wire.Call, resigned bool) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in, all := wire.Read[transferIn](c), []wire.Answer{}
	if in.From == "" || in.To == "" {
		return nil, wire.Refuse(40063, "handover_userid or takeover_userid missing")
	}
	for _, t := range s.moves {
		if t.from == in.From && t.to == in.To && t.resigned == resigned {
			at := t.ended
			if t.status == 2 {
				at = t.began.Add(transferTakes) // when it will be
			}
			all = append(all, wire.Answer{"external_userid": t.customer, "status": t.status, "takeover_time": unixOr0(at)})
		}
	}
	part, next, err := cut(all, in.Cursor, 0, 1000, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"customer": part, "next_cursor": next}, nil
}

func (s *Sandbox) unassigned(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Page   int    `json:"page_id"`
		Cursor string `json:"cursor"`
		Size   int    `json:"page_size"`
	}](c)
	all := []wire.Answer{}
	for _, u := range s.left {
		all = append(all, wire.Answer{"handover_userid": u.user, "external_userid": u.customer, "dimission_time": u.at.Unix()})
	}
	if in.Cursor == "" && in.Page > 0 {
		in.Cursor = cursorOf(min(in.Page*or(in.Size, 1000), len(all)))
	}
	part, next, err := cut(all, in.Cursor, in.Size, 1000, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"info": part, "is_last": next == "", "next_cursor": next}, nil
}

// resign is a member leaving the company: their customers wait for somebody, their groups are without an owner.
func (s *Sandbox) resign(user string) error {
	m := s.member(user)
	if m == nil {
		return wire.Refuse(60111, "userid not found")
	}
	m.Left = true
	now := s.Clock.Now()
	for _, b := range s.bonds {
		if b.user == user && !b.half {
			s.left = append(s.left, unassigned{user: user, customer: b.customer, at: now})
		}
	}
	for _, g := range s.groups {
		if g.Owner == user {
			g.Status = 1
		}
	}
	s.seen++
	return nil
}

// itoa is short for what XML takes.
func itoa(n int64) string { return strconv.FormatInt(n, 10) }
