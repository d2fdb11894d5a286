package sandbox

import (
	"encoding/json"
	"time"

	"peiban/internal/sandbox/wire"
)

// welcomeLasts is how long a welcome code is good.
const welcomeLasts = 20 * time.Second

type welcome struct {
	user, customer string
	until          time.Time
	used           bool
	busyUntil      time.Time // another call is bringing it
}

func (s *Sandbox) newWelcome(user, customer string, now time.Time) string {
	code := s.ids.New("WELCOME_", 32)
	s.welcomes[code] = &welcome{user: user, customer: customer, until: now.Add(welcomeLasts)}
	return code
}

// attachment is one of a message's; msgtype names the field that holds it.
type attachment map[string]json.RawMessage

func (a attachment) kind() (k string) {
	_ = json.Unmarshal(a["msgtype"], &k)
	return k
}

func (a attachment) read(in any) {
	_ = json.Unmarshal(a[a.kind()], in)
}

const (
	mostText        = 4000 // bytes
	mostAttachments = 9
)

// checkMessage checks text and attachments of what goes to customers.
func (s *Sandbox) checkMessage(text string, list []attachment) error {
	switch {
	case text == "" && len(list) == 0:
		return wire.Refuse(40063, "text and attachments missing")
	case len(text) > mostText:
		return wire.Refuse(40058, "text too long, at most 4000 bytes")
	case len(list) > mostAttachments:
		return wire.Refuse(81017, "too many attachments, at most 9")
	}
	for _, a := range list {
		var in struct {
			Media  string `json:"media_id"`
			Pic    string `json:"pic_url"`
			Title  string `json:"title"`
			Desc   string `json:"desc"`
			URL    string `json:"url"`
			AppID  string `json:"appid"`
			Page   string `json:"page"`
			PicMed string `json:"pic_media_id"`
		}
		a.read(&in)
		switch a.kind() {
		case "image":
			if in.Media == "" && in.Pic == "" {
				return wire.Refuse(40063, "image media_id missing")
			}
		case "video", "file":
			if in.Media == "" {
				return wire.Refuse(40063, "media_id missing")
			}
		case "link":
			if in.URL == "" || in.Title == "" {
				return wire.Refuse(40063, "link title or url missing")
			}
			if len(in.Title) > 128 || len(in.Desc) > 512 {
				return wire.Refuse(40058, "link title or desc too long")
			}
		case "miniprogram":
			if in.AppID == "" || in.Page == "" || in.PicMed == "" || in.Title == "" {
				return wire.Refuse(40063, "miniprogram title, pic_media_id, appid or page missing")
			}
			if len(in.Title) > 64 {
				return wire.Refuse(40058, "miniprogram title too long, at most 64 bytes")
			}
		default:
			return wire.Refuse(40058, "invalid attachment msgtype")
		}
		for _, id := range []string{in.Media, in.PicMed} {
			if id != "" {
				if _, err := s.media(id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Sandbox) sendWelcome(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Code string `json:"welcome_code"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Attachments []attachment `json:"attachments"`
	}](c)
	now, w := s.Clock.Now(), s.welcomes[in.Code]
	switch {
	case w == nil:
		return nil, wire.Refuse(41050, "invalid welcome code")
	case w.used && now.Before(w.busyUntil):
		return nil, wire.Refuse(41096, "welcome message is being sent by another app")
	case w.used:
		return nil, wire.Refuse(41051, "welcome message already delivered or chat started")
	case !now.Before(w.until):
		return nil, wire.Refuse(41050, "welcome code expired")
	}
	if b := s.bond(w.user, w.customer); b != nil && b.talked.After(b.since) {
		return nil, wire.Refuse(41051, "chat started")
	}
	if err := s.checkMessage(in.Text.Content, in.Attachments); err != nil {
		return nil, err
	}
	w.used, w.busyUntil = true, now.Add(time.Duration(s.switches.WelcomeWait)*time.Millisecond)
	s.sayAll(single(w.user, w.customer), w.user, "welcome", in.Text.Content, in.Attachments)
	return nil, nil
}
