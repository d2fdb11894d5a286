package sandbox

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"peiban/internal/sandbox/weixin"
)

// Phone is what one person's phone shows.
type Phone struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Staff   bool          `json:"staff"`
	Seen    uint64        `json:"seen"`
	Chats   []PhoneChat   `json:"chats"`
	Tasks   []Task        `json:"tasks"`   // what a member is to confirm
	Waiting []Friend      `json:"waiting"` // customers who wait to be added back
	Friends []Friend      `json:"friends"`
	Follows bool          `json:"follows"` // the official account
	Weixin  []weixin.Line `json:"weixin"`
}

// PhoneChat is one talk with its title.
type PhoneChat struct {
	Key     string              `json:"key"`
	Kind    string              `json:"kind"`
	Title   string              `json:"title"`
	With    string              `json:"with"` // userid, external_userid, chat_id, open_kfid or agent
	Lines   []line              `json:"lines"`
	Can     bool                `json:"can"`               // may write there
	Buttons map[string][]button `json:"buttons,omitempty"` // by line: what may be pressed or chosen
	State   int                 `json:"state"`             // of a customer service session
}

// Task is a group send or a moment that waits for a member.
type Task struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"` // send, moment
	Text     string `json:"text"`
	To       int    `json:"to"` // how many customers or groups
	Reminded int    `json:"reminded"`
}

// Friend is somebody at the other end of a bond.
type Friend struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Lost   bool   `json:"lost"`
	Agreed string `json:"agreed"` // to being archived: Agree, Disagree, ""
}

// Phone reads one phone; ok is false when nobody has this id.
func (s *Sandbox) Phone(id string) (p Phone, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, c := s.member(id), s.customer(id)
	if m == nil && c == nil {
		return p, false
	}
	p = Phone{ID: id, Name: s.nameOf(id), Staff: m != nil, Seen: s.seen, Chats: []PhoneChat{}, Tasks: []Task{}, Waiting: []Friend{}, Friends: []Friend{}, Weixin: []weixin.Line{}}
	if c != nil {
		lines, follows := s.Weixin.Phone(c.Union)
		p.Weixin, p.Follows = emptyNotNull(lines), follows
	}
	for _, b := range s.bonds {
		other := b.customer
		if c != nil {
			other = b.user
		}
		if b.user != id && b.customer != id {
			continue
		}
		f := Friend{other, s.nameOf(other), b.lost, s.consents[b.user+":"+b.customer].state}
		if b.half {
			p.Waiting = append(p.Waiting, f)
		} else {
			p.Friends = append(p.Friends, f)
			s.open(single(b.user, b.customer))
		}
	}
	for _, g := range s.groups {
		if g.has(id) {
			s.open(inGroup(g.ID))
		}
	}
	for _, ch := range s.chatsOf(id) {
		p.Chats = append(p.Chats, s.shown(ch, id))
	}
	slices.SortStableFunc(p.Chats, func(a, b PhoneChat) int { return cmp.Compare(lastAt(b), lastAt(a)) })
	for _, g := range s.sends {
		if t := find(g.Tasks, func(t *sendTask) bool { return t.User == id && t.Status == 0 }); t != nil && !g.Cancelled {
			p.Tasks = append(p.Tasks, Task{g.ID, "send", g.Text, len(t.Results), len(g.Reminded)})
		}
	}
	for _, mo := range s.moments {
		if t := find(mo.Tasks, func(t *momentTask) bool { return t.User == id && !t.Published }); t != nil && !mo.Cancelled {
			p.Tasks = append(p.Tasks, Task{mo.ID, "moment", mo.Text, len(t.To), 0})
		}
	}
	return p, true
}

// open makes an empty talk, so that a phone can write into it.
func (s *Sandbox) open(key string) {
	if s.chats[key] == nil {
		kind, _, _ := strings.Cut(key, ":")
		s.chats[key] = &chat{Key: key, Kind: kind}
	}
}

func lastAt(c PhoneChat) int64 {
	if len(c.Lines) == 0 {
		return 0
	}
	return c.Lines[len(c.Lines)-1].At.UnixNano()
}

func (s *Sandbox) shown(ch *chat, id string) PhoneChat {
	parts := strings.Split(ch.Key, ":")
	p := PhoneChat{Key: ch.Key, Kind: ch.Kind, Lines: emptyNotNull(slices.Clone(ch.Lines)), Can: true, Buttons: map[string][]button{}}
	switch ch.Kind {
	case "single":
		p.With = parts[1]
		if id == parts[1] {
			p.With = parts[2]
		}
		p.Title = s.nameOf(p.With)
		b := s.bond(parts[1], parts[2])
		p.Can = b != nil && !b.lost && !b.half && (b.ends.IsZero() || s.Clock.Now().Before(b.ends))
	case "group":
		p.With, p.Title = parts[1], s.groupName(parts[1])
	case "kf":
		p.With, p.Title = parts[1], s.nameOf(parts[1])
		if s.member(id) != nil {
			p.Title += " · " + s.nameOf(parts[2])
		}
		p.State = s.session(parts[1], parts[2]).State
		for _, l := range ch.Lines {
			if l.Type == "msgmenu" && s.customer(id) != nil {
				p.Buttons[l.ID] = kfMenu(l.Content)
			}
		}
	case "app":
		p.With, p.Can = parts[1], false
		if a := find(s.apps, func(a *app) bool { return itoa(int64(a.Agent)) == parts[1] }); a != nil {
			p.Title = a.Name
		}
		for _, m := range s.messages {
			for _, l := range m.Lines {
				if len(m.Buttons) > 0 && m.Pressed[id] == "" && slices.ContainsFunc(ch.Lines, func(x line) bool { return x.ID == l }) {
					p.Buttons[l] = m.Buttons
				}
			}
		}
	case "moments":
		p.Title, p.Can = "朋友圈", false
	}
	return p
}

// chat is one talk as phones show it. Its key says of which kind it is and who is in it.
type chat struct {
	Key   string `json:"key"`
	Kind  string `json:"kind"` // single, group, kf, app, moments
	Lines []line `json:"lines"`
}

// line is one thing a phone shows.
type line struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	From    string          `json:"from"` // userid, external_userid, an account or an app; "": the system
	Name    string          `json:"name"`
	Source  string          `json:"source"` // chat, welcome, group_send, app, kf, event, moment
	Type    string          `json:"type"`   // text, image, link, …
	Text    string          `json:"text,omitempty"`
	Content json.RawMessage `json:"content,omitempty"` // as it came, of what is no text
	Gone    bool            `json:"gone,omitempty"`    // recalled
}

func single(user, customer string) string { return "single:" + user + ":" + customer }
func inGroup(id string) string            { return "group:" + id }
func withKf(account, customer string) string {
	return "kf:" + account + ":" + customer
}
func fromApp(user string, agent string) string { return "app:" + agent + ":" + user }
func momentsOf(customer string) string         { return "moments:" + customer }

func (s *Sandbox) say(key string, l line) line {
	c := s.chats[key]
	if c == nil {
		kind, _, _ := strings.Cut(key, ":")
		c = &chat{Key: key, Kind: kind}
		s.chats[key] = c
	}
	if l.ID == "" {
		l.ID = s.ids.New("line", 16)
	}
	if l.Name == "" {
		l.Name = s.nameOf(l.From)
	}
	l.At = s.Clock.Now()
	c.Lines = append(c.Lines, l)
	s.seen++
	return l
}

// sayAll says a text and then its attachments, each a line.
func (s *Sandbox) sayAll(key, from, source, text string, list []attachment) {
	if text != "" {
		s.say(key, line{From: from, Source: source, Type: "text", Text: text})
	}
	for _, a := range list {
		s.say(key, line{From: from, Source: source, Type: a.kind(), Content: a[a.kind()]})
	}
}

func (s *Sandbox) nameOf(id string) string {
	if m := find(s.members, func(m *member) bool { return m.ID == id }); m != nil {
		return m.Name
	}
	if p := s.customer(id); p != nil {
		return p.Name
	}
	if k := find(s.accounts, func(k *kfAccount) bool { return k.ID == id }); k != nil {
		return k.Name
	}
	return ""
}

// recall marks a line as taken back, wherever it is.
func (s *Sandbox) recallLine(id string) {
	for _, c := range s.chats {
		for i := range c.Lines {
			if c.Lines[i].ID == id {
				c.Lines[i].Gone = true
				s.seen++
			}
		}
	}
}

// chatsOf are the talks somebody's phone shows.
func (s *Sandbox) chatsOf(id string) (all []*chat) {
	for _, c := range s.chats {
		parts := strings.Split(c.Key, ":")
		mine := slices.Contains(parts[1:], id)
		if c.Kind == "group" {
			g := s.group(parts[1])
			mine = g != nil && g.has(id)
		}
		if c.Kind == "kf" && s.member(id) != nil {
			k := s.sessions[parts[1]+":"+parts[2]]
			mine = k != nil && k.Servicer == id
		}
		if mine {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *chat) int { return strings.Compare(a.Key, b.Key) })
	return all
}
