package wechat

import "context"

// Values fill the fields of a template, by name.
type Values map[string]string

func (v Values) wire() map[string]map[string]string {
	out := make(map[string]map[string]string, len(v))
	for k, s := range v {
		out[k] = map[string]string{"value": s}
	}
	return out
}

// Subscribed is a message a person asked for once, by touching a button of the mini-program.
type Subscribed struct {
	To       string // openid
	Template string
	Page     string
	Values   Values
	State    string // developer, trial, formal; "": formal
	Language string // zh_CN, en_US; "": zh_CN
}

// SendSubscribed sends it. A refusal (43101) means that the one consent is used up or was taken back.
func (c *Client) SendSubscribed(ctx context.Context, m Subscribed) error {
	_, err := post[nothing](ctx, c, "/cgi-bin/message/subscribe/send", struct {
		To       string                       `json:"touser"`
		Template string                       `json:"template_id"`
		Page     string                       `json:"page,omitempty"`
		Data     map[string]map[string]string `json:"data"`
		State    string                       `json:"miniprogram_state,omitempty"`
		Language string                       `json:"lang,omitempty"`
	}{m.To, m.Template, m.Page, m.Values.wire(), m.State, m.Language}, true)
	return err
}

// Template is a template message of an official account to a follower.
type Template struct {
	To       string // openid
	Template string
	URL      string
	App      string // of a mini-program it opens instead
	Page     string
	ID       string // ours: WeChat takes each once
	Values   Values
}

// SendTemplate sends it.
func (c *Client) SendTemplate(ctx context.Context, m Template) (id string, err error) {
	type program struct {
		App  string `json:"appid"`
		Page string `json:"pagepath,omitempty"`
	}
	in := struct {
		To       string                       `json:"touser"`
		Template string                       `json:"template_id"`
		URL      string                       `json:"url,omitempty"`
		Program  *program                     `json:"miniprogram,omitempty"`
		ID       string                       `json:"client_msg_id,omitempty"`
		Data     map[string]map[string]string `json:"data"`
	}{m.To, m.Template, m.URL, nil, m.ID, m.Values.wire()}
	if m.App != "" {
		in.Program = &program{m.App, m.Page}
	}
	got, err := post[struct {
		ID jsonNumber `json:"msgid"`
	}](ctx, c, "/cgi-bin/message/template/send", in, m.ID == "") // with an id of ours a repeat is dropped on the far side
	return string(got.ID), err
}

// jsonNumber is a number too long for a float, as it is written.
type jsonNumber string

func (n *jsonNumber) UnmarshalJSON(b []byte) error {
	*n = jsonNumber(b)
	return nil
}

// Text is a message of customer service. Five within 48 hours of each message of the person; fewer after other acts of theirs.
func (c *Client) Text(ctx context.Context, to, content string) error {
	return c.custom(ctx, to, "text", map[string]string{"content": content})
}

// Link is a message of customer service that opens a page.
func (c *Client) Link(ctx context.Context, to, title, description, page, picture string) error {
	return c.custom(ctx, to, "link", map[string]string{"title": title, "description": description, "url": page, "thumb_url": picture})
}

func (c *Client) custom(ctx context.Context, to, kind string, body map[string]string) error {
	_, err := post[nothing](ctx, c, "/cgi-bin/message/custom/send", map[string]any{"touser": to, "msgtype": kind, kind: body}, true)
	return err
}
