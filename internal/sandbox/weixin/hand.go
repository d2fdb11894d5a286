package weixin

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"time"

	"peiban/internal/sandbox/callback"
	"peiban/internal/sandbox/wire"
)

// How often and how long an account may answer what a person did.
const (
	afterMessage     = 48 * time.Hour
	afterMessageMost = 5
	afterTouch       = time.Minute
	afterTouchMost   = 3
	afterEnterMost   = 2
)

// errNobody says that no person has this id.
var errNobody = errors.New("no such person")

func (s *Server) find(id string) (*user, error) {
	u := s.user(func(u *user) bool { return u.Union == id || u.OpenID == id || u.MiniID == id })
	if u == nil {
		return nil, errNobody
	}
	return u, nil
}

func (u *user) opens(openid string, now time.Time, d time.Duration, n int) {
	u.windows[openid] = slices.DeleteFunc(u.windows[openid], func(w *window) bool {
		return !now.Before(w.until) || d == afterMessage && w.until.Sub(now) > afterTouch
	})
	u.windows[openid] = append([]*window{{now.Add(d), n}}, u.windows[openid]...)
	slices.SortFunc(u.windows[openid], func(a, b *window) int { return a.until.Compare(b.until) })
}

// field is one element of an event.
type field struct{ name, text string }

func (s *Server) post(u *user, name string, more ...field) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>", s.Official.GH, u.OpenID, s.clock.Now().Unix())
	for _, f := range more {
		b.WriteString("<" + f.name + ">")
		_ = xml.EscapeText(&b, []byte(f.text))
		b.WriteString("</" + f.name + ">")
	}
	b.WriteString("</xml>")
	s.Events.Post(callback.Event{Name: name, Body: b.Bytes()})
}

// Scan is a person's camera on a code of the official account: it follows, or is seen again. scene may be "" for the plain code.
func (s *Server) Scan(id, scene string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	now, ticket := s.clock.Now(), ""
	for _, q := range s.qrs {
		if q.Scene == scene {
			if !q.Until.IsZero() && !now.Before(q.Until) {
				return wire.Refuse(40053, "the code has expired")
			}
			ticket = q.Ticket
		}
	}
	u.opens(u.OpenID, now, afterTouch, afterTouchMost)
	if u.follows {
		s.post(u, "SCAN", field{"MsgType", "event"}, field{"Event", "SCAN"}, field{"EventKey", scene}, field{"Ticket", ticket})
		return nil
	}
	u.follows, u.since, u.scene = true, now, scene
	key := ""
	if scene != "" {
		key = "qrscene_" + scene
	}
	s.show(u, Line{In: "official", Kind: "event", Text: "已关注“" + s.Official.Name + "”"})
	s.post(u, "subscribe", field{"MsgType", "event"}, field{"Event", "subscribe"}, field{"EventKey", key}, field{"Ticket", ticket})
	return nil
}

// Unfollow is a person leaving the official account.
func (s *Server) Unfollow(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	u.follows = false
	delete(u.windows, u.OpenID)
	s.show(u, Line{In: "official", Kind: "event", Text: "已取消关注"})
	s.post(u, "unsubscribe", field{"MsgType", "event"}, field{"Event", "unsubscribe"}, field{"EventKey", ""})
	return nil
}

// Say is a person writing to the official account or in the mini-program.
func (s *Server) Say(id, in, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	openid := u.OpenID
	if in == "mini" {
		openid = u.MiniID
	} else if !u.follows {
		return wire.Refuse(43004, "require subscribe")
	}
	u.opens(openid, s.clock.Now(), afterMessage, afterMessageMost)
	s.show(u, Line{In: in, From: openid, Kind: "text", Text: text})
	if in != "mini" {
		s.number++
		s.post(u, "text", field{"MsgType", "text"}, field{"Content", text}, field{"MsgId", fmt.Sprint(s.number)})
	}
	return nil
}

// Enter is a person opening the customer service of the mini-program.
func (s *Server) Enter(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	u.opens(u.MiniID, s.clock.Now(), afterTouch, afterEnterMost)
	return nil
}

// Click is a person's finger on the official account's menu.
func (s *Server) Click(id, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	u.opens(u.OpenID, s.clock.Now(), afterTouch, afterTouchMost)
	s.post(u, "CLICK", field{"MsgType", "event"}, field{"Event", "CLICK"}, field{"EventKey", key})
	return nil
}

// Agree is a person's yes to a message of the mini-program: one message a yes, any number where it is for the long term.
func (s *Server) Agree(id, template string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return err
	}
	if s.template(template, "mini") == nil {
		return wire.Refuse(40037, "invalid template_id")
	}
	u.agreed[template]++
	return nil
}

// Code is what the mini-program or a page gets when a person signs in (login, page) or gives their number (phone).
func (s *Server) Code(id, kind string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return "", err
	}
	if !slices.Contains([]string{"login", "phone", "page"}, kind) {
		return "", wire.Refuse(40058, "kind is login, phone or page")
	}
	text := s.ids.New("0", 31)
	s.codes[text] = &code{user: u, kind: kind, until: s.clock.Now().Add(codeLasts)}
	return text, nil
}

// Phone is what somebody's phone shows of the two accounts, and whether they follow.
func (s *Server) Phone(id string) (lines []Line, follows bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.find(id)
	if err != nil {
		return nil, false
	}
	return slices.Clone(u.lines), u.follows
}

// QRs are the codes that were made.
func (s *Server) QRs() (all []QR) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.qrs {
		all = append(all, *q)
	}
	return all
}

// Seen grows with whatever phones show.
func (s *Server) Seen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}
