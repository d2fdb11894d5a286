package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

type sentMessage struct {
	ID       string
	Agent    int
	At       time.Time
	Users    []string
	Lines    []string
	Task     string
	Code     string // response_code; "" when used
	CodeMade time.Time
	Buttons  []button
	Pressed  map[string]string // by member
}

type button struct {
	Text string `json:"text"`
	Key  string `json:"key"`
}

const (
	mostPerMinute = 30 // to one member of one app; what is more is dropped without a word
	mostPerHour   = 1000
	codeLasts     = 24 * time.Hour
)

// messageKinds are the types and the most bytes of their text; 0: not text.
var messageKinds = map[string]int{"text": 2048, "markdown": 2048, "textcard": 0, "news": 0, "mpnews": 0, "image": 0, "voice": 0, "video": 0, "file": 0,
	"miniprogram_notice": 0, "template_card": 0}

func split(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "|"), func(x string) bool { return x == "" })
}

func (s *Sandbox) sendMessage(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	in := wire.Read[struct {
		To       string `json:"touser"`
		Party    string `json:"toparty"`
		Tag      string `json:"totag"`
		Type     string `json:"msgtype"`
		Agent    int    `json:"agentid"`
		Check    int    `json:"enable_duplicate_check"`
		Interval int    `json:"duplicate_check_interval"`
	}](c)
	body := wire.Read[attachment](c)
	switch {
	case in.Agent == 0:
		return nil, wire.Refuse(40056, "invalid agentid")
	case a.Agent != in.Agent:
		return nil, wire.Refuse(301002, "not allow operate another agent with this accesstoken")
	case in.Interval < 0 || in.Interval > 4*3600:
		return nil, wire.Refuse(40058, "duplicate_check_interval is at most 4 hours")
	}
	if _, ok := messageKinds[in.Type]; !ok {
		return nil, wire.Refuse(40008, "invalid message type")
	}
	text, m, err := s.readMessage(in.Type, body)
	if err != nil {
		return nil, err
	}
	users, badUsers, badParties, err := s.receivers(a, in.To, in.Party, in.Tag)
	if err != nil {
		return nil, err
	}
	if m.Task != "" && s.taskUsed(a.Agent, m.Task) {
		return nil, wire.Refuse(40058, "task_id used already")
	}
	now := s.Clock.Now()
	m.ID, m.Agent, m.At, m.Users = s.ids.New("", 42), a.Agent, now, users
	out := wire.Answer{"invaliduser": strings.Join(badUsers, "|"), "invalidparty": strings.Join(badParties, "|"), "invalidtag": "", "msgid": m.ID}
	if len(m.Buttons) > 0 {
		m.Code, m.CodeMade = s.ids.New("", 43), now
		out["response_code"] = m.Code
	}
	interval := time.Duration(or(in.Interval, 1800)) * time.Second
	key := strconv.Itoa(a.Agent) + "\x00" + in.To + "\x00" + in.Party + "\x00" + in.Type + "\x00" + string(body[in.Type])
	if until, ok := s.duplicates[key]; in.Check == 1 && ok && now.Before(until) {
		return out, nil // taken, and not shown again
	}
	s.duplicates[key] = now.Add(interval)
	agent := strconv.Itoa(a.Agent)
	for _, id := range users {
		if s.tooMany(fromApp(id, agent), now) {
			continue
		}
		l := line{From: agent, Name: a.Name, Source: "app", Type: in.Type, Text: text}
		if in.Type != "text" {
			l.Content = body[in.Type]
		}
		m.Lines = append(m.Lines, s.say(fromApp(id, agent), l).ID)
	}
	s.messages[m.ID] = m
	return out, nil
}

// receivers are who gets it, and who of those named cannot.
func (s *Sandbox) receivers(a *app, to, party, tag string) (users, badUsers, badParties []string, err error) {
	if to == "" && party == "" && tag == "" {
		return nil, nil, nil, wire.Refuse(82001, "touser, toparty and totag empty")
	}
	if len(split(to)) > 1000 || len(split(party)) > 100 {
		return nil, nil, nil, wire.Refuse(81017, "too many receivers")
	}
	add := func(m *member) {
		if m.Activated && !slices.Contains(users, m.ID) {
			users = append(users, m.ID)
		}
	}
	for _, m := range s.members {
		if to == "@all" && !m.Left && a.sees(m) {
			add(m)
		}
	}
	for _, id := range split(to) {
		if id == "@all" {
			continue
		}
		if m := s.member(id); m != nil && a.sees(m) {
			add(m)
		} else {
			badUsers = append(badUsers, id)
		}
	}
	for _, p := range split(party) {
		known := false
		for _, m := range s.members {
			if strconv.Itoa(m.Dept) == p && !m.Left && a.sees(m) {
				add(m)
				known = true
			}
		}
		if !known {
			badParties = append(badParties, p)
		}
	}
	if len(users) == 0 {
		return nil, nil, nil, wire.Refuse(81013, "user & party & tag all invalid")
	}
	return users, badUsers, badParties, nil
}

func (s *Sandbox) readMessage(kind string, body attachment) (text string, m *sentMessage, err error) {
	m = &sentMessage{Pressed: map[string]string{}}
	var in struct {
		Content string `json:"content"`
		Title   string `json:"title"`
		Desc    string `json:"description"`
		URL     string `json:"url"`
		Button  string `json:"btntxt"`
		Media   string `json:"media_id"`
		AppID   string `json:"appid"`
		News    []struct {
			Title string `json:"title"`
		} `json:"articles"`
		Items []json.RawMessage `json:"content_item"`
		Card  string            `json:"card_type"`
		Task  string            `json:"task_id"`
		List  []button          `json:"button_list"`
		Main  struct {
			Title string `json:"title"`
			Desc  string `json:"desc"`
		} `json:"main_title"`
	}
	if body[kind] == nil || json.Unmarshal(body[kind], &in) != nil {
		return "", nil, wire.Refuse(40063, "%s missing", kind)
	}
	switch kind {
	case "text", "markdown":
		if in.Content == "" {
			return "", nil, wire.Refuse(44004, "empty content")
		}
		if most := messageKinds[kind]; len(in.Content) > most {
			in.Content = strings.ToValidUTF8(in.Content[:most], "") // cut, as the real one does
		}
		text = in.Content
	case "textcard":
		if in.Title == "" || in.Desc == "" || in.URL == "" {
			return "", nil, wire.Refuse(40063, "textcard title, description or url missing")
		}
		if len(in.Title) > 128 || len(in.Desc) > 512 || len(in.URL) > 2048 || len([]rune(in.Button)) > 4 {
			return "", nil, wire.Refuse(40058, "textcard too long")
		}
		text = in.Title
	case "news":
		if len(in.News) < 1 || len(in.News) > 8 {
			return "", nil, wire.Refuse(40058, "news has 1 to 8 articles")
		}
		text = in.News[0].Title
	case "image", "voice", "video", "file":
		if _, err := s.media(in.Media); err != nil {
			return "", nil, err
		}
	case "miniprogram_notice":
		if n := len([]rune(in.Title)); in.AppID == "" || n < 4 || n > 12 || len(in.Items) > 10 {
			return "", nil, wire.Refuse(40058, "miniprogram_notice has appid, a title of 4 to 12 characters and at most 10 items")
		}
		text = in.Title
	case "template_card":
		if !slices.Contains([]string{"text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"}, in.Card) {
			return "", nil, wire.Refuse(40058, "invalid card_type")
		}
		interactive := strings.HasSuffix(in.Card, "interaction")
		if interactive && in.Task == "" {
			return "", nil, wire.Refuse(40063, "task_id missing")
		}
		if in.Card == "button_interaction" && (len(in.List) < 1 || len(in.List) > 6) {
			return "", nil, wire.Refuse(40058, "button_list has 1 to 6 buttons")
		}
		m.Task, m.Buttons, text = in.Task, in.List, in.Main.Title
		if interactive && len(m.Buttons) == 0 {
			m.Buttons = []button{{Text: "提交", Key: "submit"}}
		}
	}
	return text, m, nil
}

func (s *Sandbox) taskUsed(agent int, task string) bool {
	for _, m := range s.messages {
		if m.Agent == agent && m.Task == task {
			return true
		}
	}
	return false
}

// tooMany tells whether the app said too much to the member already.
func (s *Sandbox) tooMany(key string, now time.Time) bool {
	c := s.chats[key]
	if c == nil {
		return false
	}
	minute, hour := 0, 0
	for _, l := range c.Lines {
		if age := now.Sub(l.At); l.Source == "app" && age < time.Hour {
			hour++
			if age < time.Minute {
				minute++
			}
		}
	}
	return minute >= mostPerMinute || hour >= mostPerHour
}

func (s *Sandbox) recallMessage(c *wire.Call) (wire.Answer, error) {
	in := wire.Read[struct {
		ID string `json:"msgid"`
	}](c)
	m := s.messages[in.ID]
	if m == nil || m.Agent != s.caller(c).Agent {
		return nil, wire.Refuse(40058, "invalid msgid")
	}
	if s.Clock.Now().Sub(m.At) > 24*time.Hour {
		return nil, wire.Refuse(40058, "only messages of the last 24 hours are recalled")
	}
	for _, id := range m.Lines {
		s.recallLine(id)
	}
	return nil, nil
}

// updateCard changes a card's buttons on the phones of those named. The code works once, for a day.
func (s *Sandbox) updateCard(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	in := wire.Read[struct {
		Users  []string `json:"userids"`
		All    int      `json:"atall"`
		Agent  int      `json:"agentid"`
		Code   string   `json:"response_code"`
		Button *struct {
			Name string `json:"replace_name"`
		} `json:"button"`
		Card json.RawMessage `json:"template_card"`
	}](c)
	if a.Agent != in.Agent {
		return nil, wire.Refuse(301002, "not allow operate another agent with this accesstoken")
	}
	var m *sentMessage
	for _, one := range s.messages {
		if one.Code != "" && one.Code == in.Code && one.Agent == a.Agent {
			m = one
		}
	}
	if m == nil || s.Clock.Now().Sub(m.CodeMade) > codeLasts {
		return nil, wire.Refuse(40058, "invalid response_code")
	}
	if in.Button == nil && in.Card == nil {
		return nil, wire.Refuse(40063, "button or template_card missing")
	}
	m.Code = ""
	bad := []string{}
	for _, id := range in.Users {
		if !slices.Contains(m.Users, id) {
			bad = append(bad, id)
		}
	}
	agent := strconv.Itoa(a.Agent)
	for _, id := range m.Users {
		if in.All != 1 && len(in.Users) > 0 && !slices.Contains(in.Users, id) {
			continue
		}
		if ch := s.chats[fromApp(id, agent)]; ch != nil {
			for i := range ch.Lines {
				if slices.Contains(m.Lines, ch.Lines[i].ID) {
					ch.Lines[i].Content = replaced(ch.Lines[i].Content, in.Card, in.Button)
				}
			}
		}
	}
	m.Buttons = nil
	s.seen++
	return wire.Answer{"invaliduser": bad}, nil
}

func replaced(old, card json.RawMessage, b *struct {
	Name string `json:"replace_name"`
}) json.RawMessage {
	if card != nil {
		return card
	}
	all := map[string]any{}
	_ = json.Unmarshal(old, &all)
	delete(all, "button_list")
	all["replace_name"] = b.Name
	raw, _ := json.Marshal(all)
	return raw
}

// press is a member's finger on a card's button. Each press gives a new code to answer with.
func (s *Sandbox) press(lineID, user, key string) error {
	for _, m := range s.messages {
		if !slices.Contains(m.Lines, lineID) || !slices.Contains(m.Users, user) {
			continue
		}
		if !slices.ContainsFunc(m.Buttons, func(b button) bool { return b.Key == key }) {
			return wire.Refuse(40058, "the card has no such button now")
		}
		m.Pressed[user] = key
		m.Code, m.CodeMade = s.ids.New("", 43), s.Clock.Now()
		agent := strconv.Itoa(m.Agent)
		s.emit("template_card_event", agent, []field{{"FromUserName", user}, {"Event", "template_card_event"}, {"EventKey", key}, {"TaskId", m.Task},
			{"CardType", "button_interaction"}, {"ResponseCode", m.Code}, {"AgentID", agent}})
		return nil
	}
	return wire.Refuse(40058, "no such card on this phone")
}
