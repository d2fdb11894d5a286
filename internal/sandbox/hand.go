package sandbox

import (
	"slices"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

// This file is what people do with their phones.

// Scan is a customer's camera on a code: a contact way, a join way of groups, an acquisition link, or the customer service's
// address. channel is the customer_channel of a link.
func (s *Sandbox) Scan(code, customer, channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.customer(customer) == nil {
		return wire.Refuse(40096, "invalid external userid")
	}
	if w := find(s.ways, func(w *contactWay) bool { return w.ConfigID == code || w.QR == code && code != "" }); w != nil {
		return s.scanWay(w, customer)
	}
	if j := find(s.joins, func(j *joinWay) bool { return j.ConfigID == code || j.QR == code }); j != nil {
		_, err := s.enter(j, customer)
		return err
	}
	if l := find(s.links, func(l *acquisition) bool { return l.ID == code || strings.HasPrefix(code, l.URL) }); l != nil {
		s.meet(l.Users[0], customer, channel, 16, !l.Skip, time.Time{})
		return nil
	}
	for _, k := range s.accounts {
		if scene, ok := k.Scenes[code]; ok || code == k.ID {
			s.openKf(k, customer, scene, "")
			return nil
		}
	}
	return wire.Refuse(41044, "no such code")
}

func (s *Sandbox) scanWay(w *contactWay, customer string) error {
	now := s.Clock.Now()
	ends := time.Time{}
	if w.Temp {
		if w.used || w.Expires > 0 && now.Sub(w.made) >= time.Duration(w.Expires)*time.Second {
			return wire.Refuse(41044, "the code is dead")
		}
		w.used = true
		ends = now.Add(time.Duration(or(w.ChatExpires, 86400)) * time.Second)
	}
	if w.Exclusive {
		for _, b := range s.bonds {
			if b.customer == customer && !b.half && !b.lost && slices.Contains(w.Users, b.user) {
				return nil // is somebody's already: the phone opens that talk
			}
		}
	}
	user := s.turn(w)
	if user == "" {
		return wire.Refuse(60111, "nobody is left behind this code")
	}
	s.meet(user, customer, w.State, 1, w.SkipVerify != nil && !*w.SkipVerify, ends)
	return nil
}

// meet adds a customer to a member and tells the company, with a code for a welcome. Who knew one another already only talks.
func (s *Sandbox) meet(user, customer, state string, way int, half bool, ends time.Time) {
	now := s.Clock.Now()
	b, anew := s.befriend(user, customer, state, way, half, now)
	if !anew {
		return
	}
	b.ends = ends
	change := "add_external_contact"
	if half {
		change = "add_half_external_contact"
	} else {
		s.say(single(user, customer), line{Source: "event", Type: "text", Text: "你已添加了" + s.nameOf(user) + "，现在可以开始聊天了。"})
	}
	fields := []field{{"UserID", user}, {"ExternalUserID", customer}, {"State", state}}
	if b.talked.IsZero() { // who talked before gets no welcome
		fields = append(fields, field{"WelcomeCode", s.newWelcome(user, customer, now)})
	}
	s.post("change_external_contact", change, fields...)
}

// AddBack is a member adding back who added them without being asked.
func (s *Sandbox) AddBack(user, customer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bond(user, customer)
	if b == nil || !b.half {
		return wire.Refuse(84061, "nobody waits to be added")
	}
	b.half = false
	s.say(single(user, customer), line{Source: "event", Type: "text", Text: "你已添加了" + s.nameOf(user) + "，现在可以开始聊天了。"})
	s.post("change_external_contact", "add_external_contact", field{"UserID", user}, field{"ExternalUserID", customer}, field{"State", b.state})
	return nil
}

// Say is somebody writing into a talk of their phone.
func (s *Sandbox) Say(from, key, text, menu string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := strings.Split(key, ":")
	if s.who(from) == "" || text == "" || len(parts) < 2 {
		return wire.Refuse(40058, "from, chat or text missing")
	}
	switch parts[0] {
	case "single":
		return s.sayOne(from, key, text, parts)
	case "group":
		g := s.group(parts[1])
		if g == nil || !g.has(from) {
			return wire.Refuse(86003, "not in this group")
		}
		s.say(key, line{From: from, Source: "chat", Type: "text", Text: text})
		var to []string
		for _, i := range g.Members {
			if i.ID != from {
				to = append(to, i.ID)
			}
		}
		s.keep(from, to, g.ID, text)
		return nil
	case "kf":
		if len(parts) != 3 {
			return wire.Refuse(40058, "no such talk")
		}
		k, err := s.account(parts[1])
		if err != nil {
			return err
		}
		if s.customer(from) != nil {
			s.sayToKf(k, from, text, menu)
			return nil
		}
		if session := s.session(parts[1], parts[2]); session.State != kfHuman || session.Servicer != from {
			return wire.Refuse(95014, "not the servicer of this session")
		}
		s.answerKf(k, parts[2], from, text)
		return nil
	}
	return wire.Refuse(40058, "nobody answers there")
}

func (s *Sandbox) sayOne(from, key, text string, parts []string) error {
	if len(parts) != 3 || from != parts[1] && from != parts[2] {
		return wire.Refuse(40058, "not their talk")
	}
	b := s.bond(parts[1], parts[2])
	now := s.Clock.Now()
	if b == nil || b.half || b.lost || !b.ends.IsZero() && !now.Before(b.ends) {
		return wire.Refuse(84061, "not friends now")
	}
	b.talked = now
	s.say(key, line{From: from, Source: "chat", Type: "text", Text: text})
	to := parts[1]
	if from == to {
		to = parts[2]
	}
	s.keep(from, []string{to}, "", text)
	return nil
}

// DeleteMember is a customer deleting a member: the company's side stays, and knows.
func (s *Sandbox) DeleteMember(customer, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bond(user, customer)
	if b == nil || b.lost {
		return wire.Refuse(84061, "not friends now")
	}
	b.lost = true
	for _, t := range s.moves {
		if t.status == 2 && t.customer == customer && t.to == user {
			s.failTransfer(t, "customer_refused", 3)
		}
	}
	s.post("change_external_contact", "del_follow_user", field{"UserID", user}, field{"ExternalUserID", customer})
	return nil
}

// DeleteCustomer is a member deleting a customer.
func (s *Sandbox) DeleteCustomer(user, customer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bond(user, customer)
	if b == nil {
		return wire.Refuse(84061, "not external contact")
	}
	s.drop(b)
	s.post("change_external_contact", "del_external_contact", field{"UserID", user}, field{"ExternalUserID", customer})
	return nil
}

// RefuseTransfer is a customer's no to being handed to somebody else.
func (s *Sandbox) RefuseTransfer(customer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.moves {
		if t.status == 2 && t.customer == customer {
			s.failTransfer(t, "customer_refused", 3)
			return nil
		}
	}
	return wire.Refuse(84061, "no transfer of this customer is under way")
}

// Remark is a member changing, by hand, what they call a customer or the company's tags on them. nil leaves things as they are.
func (s *Sandbox) Remark(user, customer string, remark *string, tags []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.bond(user, customer)
	if b == nil {
		return wire.Refuse(84061, "not external contact")
	}
	set(&b.remark, remark)
	if tags != nil {
		b.tags = tags
	}
	s.post("change_external_contact", "edit_external_contact", field{"UserID", user}, field{"ExternalUserID", customer})
	return nil
}

// RenameTag is an administrator renaming a tag in the console, which tells the company.
func (s *Sandbox) RenameTag(id, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, t := s.tag(id)
	if t == nil {
		return wire.Refuse(40068, "invalid tagid")
	}
	t.Name = name
	s.post("change_external_tag", "update", field{"Id", id}, field{"TagType", "tag"})
	return nil
}

// LeaveGroup is a customer going out of a group.
func (s *Sandbox) LeaveGroup(id, customer string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.group(id)
	if g == nil || !g.has(customer) {
		return wire.Refuse(86003, "not in this group")
	}
	s.goOut(g, customer)
	return nil
}

// Like is a customer's heart, or words, below a moment.
func (s *Sandbox) Like(id, customer string, words bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.moments {
		if m.ID != id {
			continue
		}
		for _, t := range m.Tasks {
			if t.Published && slices.Contains(t.To, customer) {
				if words {
					m.Comments = append(m.Comments, momentComment{customer, s.Clock.Now()})
				} else {
					m.Likes = append(m.Likes, momentComment{customer, s.Clock.Now()})
				}
				return nil
			}
		}
	}
	return wire.Refuse(40058, "not on this phone")
}

// locked does what needs the lock alone.
func (s *Sandbox) locked(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return do()
}

// Consent is a customer's yes or no to talks with a member being archived.
func (s *Sandbox) Consent(user, customer string, yes bool) error {
	return s.locked(func() error { return s.consent(user, customer, yes) })
}

// Confirm is a member's press on “send” of a group send.
func (s *Sandbox) Confirm(msgid, user string) error {
	return s.locked(func() error { return s.confirm(msgid, user) })
}

// Publish is a member's press on “publish” of a moment.
func (s *Sandbox) Publish(moment, user string) error {
	return s.locked(func() error { return s.publish(moment, user) })
}

// Press is a member's finger on a button of a card.
func (s *Sandbox) Press(line, user, key string) error {
	return s.locked(func() error { return s.press(line, user, key) })
}

// Resign is a member leaving the company.
func (s *Sandbox) Resign(user string) error {
	return s.locked(func() error { return s.resign(user) })
}

// SignIn gives the code that a page gets when a member or a customer opens it.
func (s *Sandbox) SignIn(who, scope string) (code string, err error) {
	err = s.locked(func() error {
		if s.who(who) == "" {
			return wire.Refuse(40003, "nobody has this id")
		}
		code = s.newCode(who, scope)
		return nil
	})
	return code, err
}
