package sandbox

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strings"
	"time"

	"peiban/internal/sandbox/wire"
)

type file struct {
	ID         string
	Kind       string
	Name       string
	Type       string
	Data       []byte
	Made       time.Time
	Attachment bool
	Forever    bool
}

// mediaLasts is how long an uploaded file may be used.
const mediaLasts = 3 * 24 * time.Hour

// mostBytes are the sizes by kind.
var mostBytes = map[string]int{"image": 5 << 20, "voice": 5 << 20, "video": 10 << 20, "file": 20 << 20}

// media is a file that may be used still.
func (s *Sandbox) media(id string) (*file, error) {
	f := s.files[id]
	if f == nil || !f.Forever && s.Clock.Now().Sub(f.Made) >= mediaLasts {
		return nil, wire.Refuse(40007, "invalid media_id")
	}
	return f, nil
}

func readFile(c *wire.Call) (name string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return "", nil, wire.Refuse(41005, "media data missing")
	}
	form := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, wire.Refuse(41005, "media data missing")
		}
		if part.FormName() == "media" || part.FileName() != "" {
			data, err = io.ReadAll(part)
			if err != nil || len(data) < 5 {
				return "", nil, wire.Refuse(40006, "invalid media size, more than 5 bytes")
			}
			return part.FileName(), data, nil
		}
	}
}

// typeOf is what a download of the file says it is: pictures and sounds by their ending, anything else is just bytes.
func typeOf(name string) string {
	if t, ok := map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".amr": "audio/amr", ".mp4": "video/mp4"}[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

func (s *Sandbox) store(c *wire.Call, kind string) (*file, error) {
	most, ok := mostBytes[kind]
	if !ok {
		return nil, wire.Refuse(40004, "invalid media type")
	}
	name, data, err := readFile(c)
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, wire.Refuse(45001, "media size out of limit")
	}
	f := &file{ID: s.ids.New("3", 60), Kind: kind, Name: name, Type: typeOf(name), Data: data, Made: s.Clock.Now()}
	s.files[f.ID] = f
	return f, nil
}

func (s *Sandbox) upload(c *wire.Call) (wire.Answer, error) {
	f, err := s.store(c, c.Query.Get("type"))
	if err != nil {
		return nil, err
	}
	return wire.Answer{"type": f.Kind, "media_id": f.ID, "created_at": itoa(f.Made.Unix())}, nil
}

func (s *Sandbox) uploadAttachment(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	if t := c.Query.Get("attachment_type"); t != "1" && t != "2" {
		return nil, wire.Refuse(40058, "invalid attachment_type")
	}
	f, err := s.store(c, c.Query.Get("media_type"))
	if err != nil {
		return nil, err
	}
	f.Attachment = true
	return wire.Answer{"type": f.Kind, "media_id": f.ID, "created_at": f.Made.Unix()}, nil
}

func (s *Sandbox) uploadImage(c *wire.Call) (wire.Answer, error) {
	f, err := s.store(c, "image")
	if err != nil {
		return nil, err
	}
	f.Forever = true
	return wire.Answer{"url": "https://wework.qpic.cn/wwpic/sandbox_" + f.ID + "/0"}, nil
}

func (s *Sandbox) getMedia(c *wire.Call) (wire.Answer, error) {
	f, err := s.media(c.Query.Get("media_id"))
	if err != nil {
		return nil, err
	}
	return wire.Send(wire.File{Name: f.Name, Type: f.Type, Data: f.Data}), nil
}
