package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"

	"peiban/internal/sandbox/wire"
)

type kfAccount struct {
	ID        string
	Name      string
	Media     string
	Servicers []string
	Messages  []kfMessage
	Tokens    map[string]time.Time // of callbacks
	Scenes    map[string]string    // scene by link
	asked     int
}

// kfMessage is one of sync_msg, as it goes over the wire.
type kfMessage map[string]any

// States of a session.
const (
	kfNew = iota
	kfBot
	kfQueue
	kfHuman
	kfEnded
)

type kfSession struct {
	State    int
	Servicer string
	LastSaid time.Time // the customer's last words; zero: none yet
	Answers  int       // messages since
	Welcomed time.Time
	Refuses  bool // the customer takes no messages
	Codes    map[string]kfCode
	IDs      map[string]bool
}

type kfCode struct {
	until time.Time
	used  bool
}

const (
	kfWindow       = 48 * time.Hour
	kfMost         = 5
	kfTokenLasts   = 10 * time.Minute
	kfWelcomeLasts = 20 * time.Second // not confirmed by the documents
)

func (s *Sandbox) account(id string) (*kfAccount, error) {
	if k := find(s.accounts, func(k *kfAccount) bool { return k.ID == id }); k != nil {
		return k, nil
	}
	return nil, wire.Refuse(95000, "invalid open_kfid")
}

func (s *Sandbox) session(account, customer string) *kfSession {
	key := account + ":" + customer
	if s.sessions[key] == nil {
		s.sessions[key] = &kfSession{Codes: map[string]kfCode{}, IDs: map[string]bool{}}
	}
	return s.sessions[key]
}

// arrive puts a message in the account's list and tells the company that there is something to fetch.
func (s *Sandbox) arrive(k *kfAccount, m kfMessage) {
	m["msgid"], m["open_kfid"], m["send_time"] = s.ids.New("", 32), k.ID, s.Clock.Now().Unix()
	k.Messages = append(k.Messages, m)
	token := s.ids.New("ENC", 45)
	k.Tokens[token] = s.Clock.Now().Add(kfTokenLasts)
	s.emit("kf_msg_or_event", "", []field{{"FromUserName", "sys"}, {"Event", "kf_msg_or_event"}, {"Token", token}, {"OpenKfId", k.ID}})
}

func kfEvent(k *kfAccount, customer, kind string, more map[string]any) kfMessage {
	e := map[string]any{"event_type": kind, "open_kfid": k.ID, "external_userid": customer}
	for name, v := range more {
		e[name] = v
	}
	return kfMessage{"origin": 4, "msgtype": "event", "event": e}
}

// openKf is a customer opening the customer service by a link.
func (s *Sandbox) openKf(k *kfAccount, customer, scene, param string) {
	now, session := s.Clock.Now(), s.session(k.ID, customer)
	more := map[string]any{"scene": scene, "scene_param": param}
	if now.Sub(session.Welcomed) >= kfWindow && (session.LastSaid.IsZero() || now.Sub(session.LastSaid) >= kfWindow) {
		code := s.ids.New("", 32)
		session.Codes[code] = kfCode{until: now.Add(kfWelcomeLasts)}
		more["welcome_code"] = code
	}
	if session.State == kfEnded {
		session.State = kfNew
	}
	s.say(withKf(k.ID, customer), line{Source: "event", Type: "text", Text: "进入“" + k.Name + "”"})
	s.arrive(k, kfEvent(k, customer, "enter_session", more))
}

// sayToKf is a customer's message.
func (s *Sandbox) sayToKf(k *kfAccount, customer, text, menu string) {
	session := s.session(k.ID, customer)
	if session.State == kfEnded {
		session.State, session.Servicer = kfNew, ""
	}
	session.LastSaid, session.Answers = s.Clock.Now(), 0
	s.say(withKf(k.ID, customer), line{From: customer, Source: "kf", Type: "text", Text: text})
	body := map[string]any{"content": text}
	if menu != "" {
		body["menu_id"] = menu
	}
	s.arrive(k, kfMessage{"external_userid": customer, "origin": 3, "msgtype": "text", "text": body})
}

// answerKf is a servicer's message by hand.
func (s *Sandbox) answerKf(k *kfAccount, customer, user, text string) {
	s.say(withKf(k.ID, customer), line{From: user, Source: "kf", Type: "text", Text: text})
	s.arrive(k, kfMessage{"external_userid": customer, "origin": 5, "servicer_userid": user, "msgtype": "text", "text": map[string]any{"content": text}})
}

// endKf is a servicer ending the session by hand.
func (s *Sandbox) endKf(k *kfAccount, customer string) {
	session := s.session(k.ID, customer)
	session.State = kfEnded
	code := s.ids.New("", 32)
	session.Codes[code] = kfCode{until: s.Clock.Now().Add(kfWelcomeLasts)}
	s.arrive(k, kfEvent(k, customer, "session_status_change", map[string]any{"change_type": 3, "old_servicer_userid": session.Servicer, "new_servicer_userid": "", "msg_code": code}))
	session.Servicer = ""
}

func (s *Sandbox) syncMsg(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Cursor string `json:"cursor"`
		Token  string `json:"token"`
		Limit  int    `json:"limit"`
		ID     string `json:"open_kfid"`
	}](c)
	if len(in.Cursor) > 64 || len(in.Token) > 128 || in.Limit < 0 || in.Limit > 1000 {
		return nil, wire.Refuse(40058, "cursor, token or limit too long")
	}
	if in.ID == "" && len(s.accounts) > 0 {
		in.ID = s.accounts[0].ID
	}
	k, err := s.account(in.ID)
	if err != nil {
		return nil, err
	}
	if until, ok := k.Tokens[in.Token]; in.Token != "" && (!ok || !s.Clock.Now().Before(until)) {
		return nil, wire.Refuse(95007, "invalid msg token")
	}
	from, err := uncursor(in.Cursor)
	if err != nil || from > len(k.Messages) {
		return nil, wire.Refuse(40058, "invalid cursor")
	}
	k.asked++
	if n := s.switches.EmptyPages; n > 0 && k.asked%n == 0 {
		return wire.Answer{"next_cursor": cursorOf(from), "has_more": 1, "msg_list": []kfMessage{}}, nil
	}
	end := min(from+or(in.Limit, 1000), len(k.Messages))
	more := 0
	if end < len(k.Messages) {
		more = 1
	}
	return wire.Answer{"next_cursor": cursorOf(end), "has_more": more, "msg_list": append([]kfMessage{}, k.Messages[from:end]...)}, nil
}

var kfID = regexp.MustCompile(`^[0-9a-zA-Z_-]{0,32}$`)

type kfOut struct {
	To   string `json:"touser"`
	ID   string `json:"open_kfid"`
	Code string `json:"code"`
	Msg  string `json:"msgid"`
	Type string `json:"msgtype"`
	Text struct {
		Content string `json:"content"`
	} `json:"text"`
	Menu struct {
		Head string `json:"head_content"`
	} `json:"msgmenu"`
}

func (s *Sandbox) checkKf(c *wire.Call, kinds ...string) (kfOut, attachment, error) {
	in, body := wire.Read[kfOut](c), wire.Read[attachment](c)
	switch {
	case !kfID.MatchString(in.Msg):
		return in, nil, wire.Refuse(40058, "msgid has at most 32 of 0-9a-zA-Z_-")
	case !slices.Contains(kinds, in.Type) || body[in.Type] == nil:
		return in, nil, wire.Refuse(40058, "invalid msgtype")
	case in.Type == "text" && (in.Text.Content == "" || len(in.Text.Content) > 2048):
		return in, nil, wire.Refuse(40058, "text has 1 to 2048 bytes")
	}
	var m struct {
		Media string `json:"media_id"`
		Thumb string `json:"thumb_media_id"`
	}
	body.read(&m)
	for _, id := range []string{m.Media, m.Thumb} {
		if id != "" {
			if _, err := s.media(id); err != nil {
				return in, nil, err
			}
		}
	}
	return in, body, nil
}

func (s *Sandbox) showKf(k *kfAccount, customer string, in kfOut, body attachment) {
	l := line{ID: in.Msg, From: k.ID, Source: "kf", Type: in.Type, Text: or(in.Text.Content, in.Menu.Head)}
	if in.Type != "text" {
		l.Content = body[in.Type]
	}
	s.say(withKf(k.ID, customer), l)
}

func (s *Sandbox) sendKf(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, err
	}
	in, body, err := s.checkKf(c, "text", "image", "voice", "video", "file", "link", "miniprogram", "msgmenu", "location", "ca_link")
	if err != nil {
		return nil, err
	}
	k, err := s.account(in.ID)
	if err != nil {
		return nil, err
	}
	if s.customer(in.To) == nil {
		return nil, wire.Refuse(40096, "invalid external userid")
	}
	now, session := s.Clock.Now(), s.session(k.ID, in.To)
	switch {
	case session.State == kfEnded:
		return nil, wire.Refuse(95013, "session ended")
	case session.State != kfNew && session.State != kfBot:
		return nil, wire.Refuse(95016, "not allowed in this service state")
	case session.LastSaid.IsZero() || now.Sub(session.LastSaid) >= kfWindow:
		return nil, wire.Refuse(95002, "over 48 hours since the customer's last message")
	case session.Answers >= kfMost:
		return nil, wire.Refuse(95001, "over the number of messages")
	case in.Msg != "" && session.IDs[in.Msg]:
		return nil, wire.Refuse(40058, "msgid used already")
	}
	in.Msg = or(in.Msg, s.ids.New("", 32))
	session.IDs[in.Msg] = true
	session.Answers++
	if session.Refuses {
		s.arrive(k, kfEvent(k, in.To, "msg_send_fail", map[string]any{"fail_msgid": in.Msg, "fail_type": 10}))
		return wire.Answer{"msgid": in.Msg}, nil
	}
	s.showKf(k, in.To, in, body)
	return wire.Answer{"msgid": in.Msg}, nil
}

func (s *Sandbox) sendKfOnEvent(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, err
	}
	in, body, err := s.checkKf(c, "text", "msgmenu")
	if err != nil {
		return nil, err
	}
	for _, k := range s.accounts {
		for _, p := range s.people {
			session := s.sessions[k.ID+":"+p.ID]
			if session == nil {
				continue
			}
			code, ok := session.Codes[in.Code]
			if !ok {
				continue
			}
			if code.used || !s.Clock.Now().Before(code.until) {
				return nil, wire.Refuse(40058, "code used or expired")
			}
			code.used = true
			session.Codes[in.Code], session.Welcomed = code, s.Clock.Now()
			in.Msg = or(in.Msg, s.ids.New("", 32))
			s.showKf(k, p.ID, in, body)
			return wire.Answer{"msgid": in.Msg}, nil
		}
	}
	return nil, wire.Refuse(40058, "invalid code")
}

type kfStateIn struct {
	ID       string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

func (s *Sandbox) kfState(c *wire.Call) (*kfAccount, kfStateIn, error) {
	in := wire.Read[kfStateIn](c)
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, in, err
	}
	k, err := s.account(in.ID)
	if err == nil && s.customer(in.Customer) == nil {
		err = wire.Refuse(40096, "invalid external userid")
	}
	return k, in, err
}

func (s *Sandbox) getState(c *wire.Call) (wire.Answer, error) {
	k, in, err := s.kfState(c)
	if err != nil {
		return nil, err
	}
	session := s.session(k.ID, in.Customer)
	out := wire.Answer{"service_state": session.State}
	if session.State == kfHuman {
		out["servicer_userid"] = session.Servicer
	}
	return out, nil
}

// kfMoves are the moves that are allowed.
var kfMoves = map[int][]int{kfNew: {kfBot, kfQueue, kfHuman, kfEnded}, kfBot: {kfQueue, kfHuman, kfEnded}, kfQueue: {kfHuman, kfEnded}, kfHuman: {kfQueue, kfHuman, kfEnded}}

func (s *Sandbox) transState(c *wire.Call) (wire.Answer, error) {
	k, in, err := s.kfState(c)
	if err != nil {
		return nil, err
	}
	session := s.session(k.ID, in.Customer)
	switch {
	case !slices.Contains(kfMoves[session.State], in.State):
		return nil, wire.Refuse(95016, "not allowed to change the service state so")
	case in.State == kfHuman && in.Servicer == "":
		return nil, wire.Refuse(40063, "servicer_userid missing")
	case in.State == kfHuman && !slices.Contains(k.Servicers, in.Servicer):
		return nil, wire.Refuse(95014, "not a servicer of this account")
	}
	session.State, session.Servicer = in.State, in.Servicer
	out := wire.Answer{}
	if in.State != kfBot {
		code := s.ids.New("", 32)
		session.Codes[code] = kfCode{until: s.Clock.Now().Add(kfWelcomeLasts)}
		out["msg_code"] = code
	}
	s.seen++
	return out, nil
}

type kfIn struct {
	ID    string   `json:"open_kfid"`
	Name  string   `json:"name"`
	Media string   `json:"media_id"`
	Scene string   `json:"scene"`
	Users []string `json:"userid_list"`
}

func (s *Sandbox) kfAccount(c *wire.Call) (*kfAccount, kfIn, error) {
	in := wire.Read[kfIn](c)
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, in, err
	}
	k, err := s.account(or(in.ID, c.Query.Get("open_kfid")))
	return k, in, err
}

func (s *Sandbox) addAccount(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, err
	}
	in := wire.Read[kfIn](c)
	if in.Name == "" || len([]rune(in.Name)) > 16 {
		return nil, wire.Refuse(40058, "a name has 1 to 16 characters")
	}
	if _, err := s.media(in.Media); in.Media != "" && err != nil {
		return nil, err
	}
	return wire.Answer{"open_kfid": s.newAccount(in.Name).ID}, nil
}

func (s *Sandbox) newAccount(name string, servicers ...string) *kfAccount {
	k := &kfAccount{ID: s.ids.New("wk", 30), Name: name, Servicers: servicers, Tokens: map[string]time.Time{}, Scenes: map[string]string{}}
	s.accounts = append(s.accounts, k)
	return k
}

func (s *Sandbox) delAccount(c *wire.Call) (wire.Answer, error) {
	k, _, err := s.kfAccount(c)
	if err != nil {
		return nil, err
	}
	s.accounts = slices.DeleteFunc(s.accounts, func(x *kfAccount) bool { return x == k })
	return nil, nil
}

func (s *Sandbox) updateAccount(c *wire.Call) (wire.Answer, error) {
	k, in, err := s.kfAccount(c)
	if err != nil {
		return nil, err
	}
	k.Name, k.Media = or(in.Name, k.Name), or(in.Media, k.Media)
	return nil, nil
}

func (s *Sandbox) listAccounts(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(kfApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Offset int `json:"offset"`
		Limit  int `json:"limit"`
	}](c)
	all := []wire.Answer{}
	for _, k := range s.accounts {
		all = append(all, wire.Answer{"open_kfid": k.ID, "name": k.Name, "avatar": "https://wework.qpic.cn/sandbox/0", "manage_privilege": true})
	}
	from := min(max(in.Offset, 0), len(all))
	return wire.Answer{"account_list": all[from:min(from+or(in.Limit, 100), len(all))]}, nil
}

func (s *Sandbox) addKfWay(c *wire.Call) (wire.Answer, error) {
	k, in, err := s.kfAccount(c)
	if err != nil {
		return nil, err
	}
	if !kfID.MatchString(in.Scene) {
		return nil, wire.Refuse(40058, "scene has at most 32 of 0-9a-zA-Z_-")
	}
	url := "https://work.weixin.qq.com/kfid/" + k.ID
	if in.Scene != "" {
		url += "?enc_scene=" + s.ids.New("ENC", 20)
	}
	k.Scenes[url] = in.Scene
	return wire.Answer{"url": url}, nil
}

func (s *Sandbox) changeServicers(add bool) func(*wire.Call) (wire.Answer, error) {
	return func(c *wire.Call) (wire.Answer, error) {
		k, in, err := s.kfAccount(c)
		if err != nil {
			return nil, err
		}
		all := []wire.Answer{}
		for _, id := range in.Users {
			one := wire.Answer{"userid": id, "errcode": 0, "errmsg": "success"}
			switch {
			case s.member(id) == nil:
				one["errcode"], one["errmsg"] = 60111, "userid not found"
			case add && !slices.Contains(k.Servicers, id):
				k.Servicers = append(k.Servicers, id)
			case !add:
				k.Servicers = slices.DeleteFunc(k.Servicers, func(x string) bool { return x == id })
			}
			all = append(all, one)
		}
		return wire.Answer{"result_list": all}, nil
	}
}

func (s *Sandbox) listServicers(c *wire.Call) (wire.Answer, error) {
	k, _, err := s.kfAccount(c)
	if err != nil {
		return nil, err
	}
	all := []wire.Answer{}
	for _, id := range k.Servicers {
		all = append(all, wire.Answer{"userid": id, "status": 0})
	}
	return wire.Answer{"servicer_list": all}, nil
}

// kfMenu reads what a customer may tap in a menu.
func kfMenu(raw json.RawMessage) (items []button) {
	var in struct {
		List []struct {
			Type  string `json:"type"`
			Click struct {
				ID      string `json:"id"`
				Content string `json:"content"`
			} `json:"click"`
		} `json:"list"`
	}
	_ = json.Unmarshal(raw, &in)
	for i, x := range in.List {
		if x.Type == "click" {
			items = append(items, button{Text: x.Click.Content, Key: or(x.Click.ID, strconv.Itoa(i))})
		}
	}
	return items
}
