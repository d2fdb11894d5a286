package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"peiban/internal/sandbox/wire"
)

type moment struct {
	ID          string
	Job         string
	Made        time.Time
	Text        string
	Attachments []attachment
	Tags        []string
	Cancelled   bool
	Tasks       []*momentTask
	BadUsers    []string
	BadTags     []string
	asked       int
	Comments    []momentComment
	Likes       []momentComment
}

type momentTask struct {
	User      string
	Published bool
	At        time.Time
	To        []string
}

type momentComment struct {
	Customer string
	At       time.Time
}

const (
	jobLasts       = 24 * time.Hour
	mostMomentText = 2000 // characters
)

func (s *Sandbox) addMoment(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Attachments []attachment `json:"attachments"`
		Range       struct {
			Senders struct {
				Users []string `json:"user_list"`
				Depts []int    `json:"department_list"`
			} `json:"sender_list"`
			Customers struct {
				Tags []string `json:"tag_list"`
			} `json:"external_contact_list"`
		} `json:"visible_range"`
	}](c)
	kinds := map[string]int{}
	for _, one := range in.Attachments {
		kinds[one.kind()]++
		var m struct {
			Media string `json:"media_id"`
		}
		one.read(&m)
		if m.Media != "" {
			f, err := s.media(m.Media)
			if err != nil {
				return nil, err
			}
			if !f.Attachment {
				return nil, wire.Refuse(40007, "media_id is not of upload_attachment")
			}
		}
	}
	switch {
	case in.Text.Content == "" && len(in.Attachments) == 0:
		return nil, wire.Refuse(40063, "text and attachments missing")
	case len([]rune(in.Text.Content)) > mostMomentText:
		return nil, wire.Refuse(40058, "text too long, at most 2000 characters")
	case kinds["image"] > 9 || kinds["video"] > 1 || kinds["link"] > 1 || len(kinds) > 1:
		return nil, wire.Refuse(40058, "attachments are at most 9 images, or 1 video, or 1 link")
	case kinds["image"]+kinds["video"]+kinds["link"] != len(in.Attachments):
		return nil, wire.Refuse(40058, "invalid attachment msgtype")
	}
	m := &moment{ID: s.ids.New("mom", 29), Job: s.ids.New("", 32), Made: s.Clock.Now(), Text: in.Text.Content, Attachments: in.Attachments}
	for _, id := range in.Range.Customers.Tags {
		if _, t := s.tag(id); t == nil {
			m.BadTags = append(m.BadTags, id)
		} else {
			m.Tags = append(m.Tags, id)
		}
	}
	for _, id := range in.Range.Senders.Users {
		if _, err := s.serves(a, id); err != nil {
			m.BadUsers = append(m.BadUsers, id)
		}
	}
	all := len(in.Range.Senders.Users)+len(in.Range.Senders.Depts) == 0
	for _, u := range s.members {
		if _, err := s.serves(a, u.ID); err != nil || !all && !slices.Contains(in.Range.Senders.Users, u.ID) && !slices.Contains(in.Range.Senders.Depts, u.Dept) {
			continue
		}
		t := &momentTask{User: u.ID}
		for _, b := range s.bonds {
			if b.user == u.ID && !b.half && (len(m.Tags) == 0 || slices.ContainsFunc(m.Tags, func(id string) bool { return slices.Contains(b.tags, id) })) {
				t.To = append(t.To, b.customer)
			}
		}
		if len(t.To) > 0 {
			m.Tasks = append(m.Tasks, t)
		}
	}
	s.moments = append(s.moments, m)
	s.seen++
	return wire.Answer{"jobid": m.Job}, nil
}

// momentResult tells first that the work has begun, then that it is done.
func (s *Sandbox) momentResult(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	job := c.Query.Get("jobid")
	m := find(s.moments, func(m *moment) bool { return m.Job == job })
	if m == nil || s.Clock.Now().Sub(m.Made) > jobLasts {
		return nil, wire.Refuse(40058, "invalid jobid")
	}
	if m.asked++; m.asked == 1 {
		return wire.Answer{"status": 2, "type": "add_moment_task"}, nil
	}
	result := wire.Answer{"errcode": 0, "errmsg": "ok", "moment_id": m.ID,
		"invalid_sender_list":           wire.Answer{"user_list": emptyNotNull(m.BadUsers), "department_list": []int{}},
		"invalid_external_contact_list": wire.Answer{"tag_list": emptyNotNull(m.BadTags)}}
	if len(m.Tasks) == 0 {
		result["errcode"], result["errmsg"] = 41048, "no customer to send"
	}
	return wire.Answer{"status": 3, "type": "add_moment_task", "result": result}, nil
}

type momentQuery struct {
	ID     string `json:"moment_id"`
	User   string `json:"userid"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

func (s *Sandbox) moment(c *wire.Call) (*moment, momentQuery, error) {
	in := wire.Read[momentQuery](c)
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, in, err
	}
	m := find(s.moments, func(m *moment) bool { return m.ID == in.ID })
	if m == nil {
		return nil, in, wire.Refuse(40058, "invalid moment_id")
	}
	return m, in, nil
}

func (s *Sandbox) cancelMoment(c *wire.Call) (wire.Answer, error) {
	m, _, err := s.moment(c)
	if err != nil {
		return nil, err
	}
	m.Cancelled = true
	s.seen++
	return nil, nil
}

func (s *Sandbox) listMoments(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Start  int64  `json:"start_time"`
		End    int64  `json:"end_time"`
		Cursor string `json:"cursor"`
		Limit  int    `json:"limit"`
	}](c)
	if in.Start == 0 || in.End < in.Start || in.End-in.Start > 30*24*3600 {
		return nil, wire.Refuse(40058, "start_time to end_time is at most 30 days")
	}
	all := []wire.Answer{}
	for _, m := range s.moments {
		if at := m.Made.Unix(); at < in.Start || at > in.End {
			continue
		}
		one := wire.Answer{"moment_id": m.ID, "creator": "", "create_time": m.Made.Unix(), "create_type": 0, "visible_type": 0, "text": map[string]string{"content": m.Text}}
		var images []json.RawMessage
		for _, a := range m.Attachments {
			if a.kind() == "image" {
				images = append(images, a["image"])
			} else {
				one[a.kind()] = a[a.kind()]
			}
		}
		if images != nil {
			one["image"] = images
		}
		all = append(all, one)
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 20, 20)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"moment_list": part, "next_cursor": next}, nil
}

func (s *Sandbox) momentTasks(c *wire.Call) (wire.Answer, error) {
	m, in, err := s.moment(c)
	if err != nil {
		return nil, err
	}
	all := []wire.Answer{}
	for _, t := range m.Tasks {
		status := 0
		if t.Published {
			status = 1
		}
		all = append(all, wire.Answer{"userid": t.User, "publish_status": status})
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 500, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"task_list": part, "next_cursor": next}, nil
}

// momentCustomers are those who may see it: of one member's, each.
func (s *Sandbox) momentCustomers(c *wire.Call) (wire.Answer, error) { return s.momentPeople(c, false) }

// momentSent are those who did get to see it.
func (s *Sandbox) momentSent(c *wire.Call) (wire.Answer, error) { return s.momentPeople(c, true) }

func (s *Sandbox) momentPeople(c *wire.Call, published bool) (wire.Answer, error) {
	m, in, err := s.moment(c)
	if err != nil {
		return nil, err
	}
	all := []wire.Answer{}
	for _, t := range m.Tasks {
		if t.User != in.User || published && !t.Published {
			continue
		}
		for _, id := range t.To {
			one := wire.Answer{"external_userid": id}
			if !published {
				one["userid"] = t.User
			}
			all = append(all, one)
		}
	}
	part, next, err := cut(all, in.Cursor, in.Limit, 500, 1000)
	if err != nil {
		return nil, err
	}
	return wire.Answer{"customer_list": part, "next_cursor": next}, nil
}

func (s *Sandbox) momentComments(c *wire.Call) (wire.Answer, error) {
	m, _, err := s.moment(c)
	if err != nil {
		return nil, err
	}
	list := func(from []momentComment) []wire.Answer {
		all := []wire.Answer{}
		for _, x := range from {
			all = append(all, wire.Answer{"external_userid": x.Customer, "create_time": x.At.Unix()})
		}
		return all
	}
	return wire.Answer{"comment_list": list(m.Comments), "like_list": list(m.Likes)}, nil
}

// publish is a member's press on 发表.
func (s *Sandbox) publish(id, user string) error {
	m := find(s.moments, func(m *moment) bool { return m.ID == id })
	if m == nil {
		return wire.Refuse(40058, "invalid moment_id")
	}
	t := find(m.Tasks, func(t *momentTask) bool { return t.User == user })
	switch {
	case m.Cancelled:
		return wire.Refuse(41093, "task cancelled")
	case t == nil:
		return wire.Refuse(40058, "no task of this member")
	case t.Published:
		return nil
	}
	t.Published, t.At = true, s.Clock.Now()
	t.To = slices.DeleteFunc(t.To, func(id string) bool { b := s.bond(user, id); return b == nil || b.lost })
	for _, id := range t.To {
		s.sayAll(momentsOf(id), user, "moment", m.Text, m.Attachments)
	}
	s.seen++
	return nil
}
