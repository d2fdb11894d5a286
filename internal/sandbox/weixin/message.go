package weixin

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

func (s *Server) show(u *user, l Line) {
	l.ID, l.At = s.ids.New("line", 16), s.clock.Now()
	u.lines = append(u.lines, l)
	s.seen++
}

func (s *Server) template(id, in string) *Template {
	for i := range s.Templates {
		if s.Templates[i].ID == id && s.Templates[i].In == in {
			return &s.Templates[i]
		}
	}
	return nil
}

// dataOf checks what fills a template. How long each kind may be is read from examples; the documents have no table of it.
var lengths = map[string]int{"thing": 20, "name": 10, "character_string": 32, "phrase": 5, "number": 32, "time": 32, "date": 32}

type templateIn struct {
	To       string `json:"touser"`
	Template string `json:"template_id"`
	Page     string `json:"page"`
	URL      string `json:"url"`
	Client   string `json:"client_msg_id"`
	State    string `json:"miniprogram_state"`
	Data     map[string]struct {
		Value any `json:"value"`
	} `json:"data"`
}

func fill(t *Template, in templateIn, strict bool) (string, error) {
	text := t.Title
	for _, key := range t.Keys {
		v, ok := in.Data[key]
		value, is := v.Value.(string)
		if n, number := v.Value.(float64); number {
			value, is = strconv.FormatFloat(n, 'f', -1, 64), true
		}
		if !ok || !is || value == "" {
			return "", wire.Refuse(47003, "argument invalid! data.%s.value is empty", key)
		}
		kind := strings.TrimRight(key, "0123456789")
		if strict && len([]rune(value)) > lengths[kind] {
			return "", wire.Refuse(47003, "argument invalid! data.%s.value invalid", key)
		}
		text += "\n" + value
	}
	return text, nil
}

func (s *Server) subscribeSend(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[templateIn](c)
	u := s.user(func(u *user) bool { return u.MiniID == in.To })
	t := s.template(in.Template, "mini")
	switch {
	case s.by(c) != "mini":
		return nil, wire.Refuse(48001, "api unauthorized")
	case u == nil:
		return nil, wire.Refuse(40003, "invalid openid")
	case t == nil:
		return nil, wire.Refuse(40037, "invalid template_id")
	case in.Page != "" && !strings.HasPrefix(in.Page, "pages/"):
		return nil, wire.Refuse(41030, "invalid page")
	}
	text, err := fill(t, in, true)
	if err != nil {
		return nil, err
	}
	if u.agreed[t.ID] <= 0 {
		return nil, wire.Refuse(43101, "user refuse to accept the msg")
	}
	if !t.Long {
		u.agreed[t.ID]--
	}
	s.show(u, Line{In: "mini", From: s.Mini.Name, Kind: "subscribe", Text: text, Page: in.Page})
	return nil, nil
}

// repeatWithin is how long a client_msg_id is remembered.
const repeatWithin = 10 * time.Minute

func (s *Server) templateSend(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[templateIn](c)
	u := s.user(func(u *user) bool { return u.OpenID == in.To })
	t := s.template(in.Template, "official")
	switch {
	case s.by(c) != "official":
		return nil, wire.Refuse(48001, "api unauthorized")
	case u == nil:
		return nil, wire.Refuse(40003, "invalid openid")
	case t == nil:
		return nil, wire.Refuse(40037, "invalid template_id")
	case !u.follows:
		return nil, wire.Refuse(43004, "require subscribe")
	}
	text, err := fill(t, in, false)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if was, ok := u.sent[in.Client]; in.Client != "" && ok && now.Sub(was.at) < repeatWithin {
		return wire.Answer{"msgid": was.id}, nil
	}
	s.number++
	u.sent[in.Client] = clientSent{s.number, now}
	s.show(u, Line{In: "official", From: s.Official.Name, Kind: "template", Text: text, Page: in.URL})
	return wire.Answer{"msgid": s.number}, nil
}

func (s *Server) customSend(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}](c)
	body := wire.Read[map[string]json.RawMessage](c)
	by := s.by(c)
	u := s.user(func(u *user) bool { return by == "mini" && u.MiniID == in.To || by == "official" && u.OpenID == in.To })
	switch {
	case u == nil:
		return nil, wire.Refuse(40003, "invalid openid")
	case in.Type == "" || body[in.Type] == nil:
		return nil, wire.Refuse(40008, "invalid message type")
	case in.Type == "text" && in.Text.Content == "":
		return nil, wire.Refuse(44004, "empty content")
	}
	now, open := s.clock.Now(), false
	for _, w := range u.windows[in.To] {
		if !now.Before(w.until) {
			continue
		}
		open = true
		if w.left > 0 {
			w.left--
			text, from := in.Text.Content, s.Official.Name
			if in.Type != "text" {
				text = string(body[in.Type])
			}
			if by == "mini" {
				from = s.Mini.Name
			}
			s.show(u, Line{In: by, From: from, Kind: in.Type, Text: text})
			return nil, nil
		}
	}
	if open {
		return nil, wire.Refuse(45047, "out of response count limit")
	}
	return nil, wire.Refuse(45015, "response out of time limit or subscription is canceled")
}
