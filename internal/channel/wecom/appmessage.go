package wecom

import (
	"context"
	"strings"
)

// AppMessage is a message of the app to colleagues. One of its bodies is set, the one Type names.
type AppMessage struct {
	Users    []string      // at most 1,000; "@all" alone: everybody in the visible range
	Type     string        // text, markdown, textcard, news, template_card, miniprogram_notice, image, file, ...
	Text     *Text         // at most 2,048 bytes, cut off there
	Markdown *Text         // at most 2,048 bytes; shown in WeCom, not in WeChat's plug-in
	TextCard *TextCard     //
	News     *News         //
	Template *TemplateCard //
	Notice   *Notice       //
	Image    *Media        //
	File     *Media        //
	Repeat   int           // seconds, at most 4 h, in which WeCom drops the same message again; 0: does not
}

// TextCard is a card that opens a page.
type TextCard struct {
	Title  string `json:"title"`       // at most 128 bytes
	Body   string `json:"description"` // at most 512 bytes
	URL    string `json:"url"`
	Button string `json:"btntxt,omitempty"` // at most 4 characters
}

// News is up to eight pictures with titles.
type News struct {
	Articles []Article `json:"articles"`
}

// Article is one of them.
type Article struct {
	Title   string `json:"title"`
	Body    string `json:"description,omitempty"`
	URL     string `json:"url,omitempty"`
	Picture string `json:"picurl,omitempty"`
}

// Notice opens a page of a mini-program.
type Notice struct {
	App   string `json:"appid"`
	Page  string `json:"page,omitempty"`
	Title string `json:"title"` // 4 to 12 characters
	Body  string `json:"description,omitempty"`
	First bool   `json:"emphasis_first_item,omitempty"`
	Items []Item `json:"content_item,omitempty"` // at most 10
}

// Item is one line of a notice.
type Item struct {
	Key   string `json:"key"`   // at most 10 characters
	Value string `json:"value"` // at most 30
}

// TemplateCard is a card with buttons or facts.
type TemplateCard struct {
	Type    string     `json:"card_type"` // text_notice, news_notice, button_interaction, vote_interaction, multiple_interaction
	Source  *Words     `json:"source,omitempty"`
	Title   Words      `json:"main_title"`
	Sub     string     `json:"sub_title_text,omitempty"`
	Facts   []CardFact `json:"horizontal_content_list,omitempty"` // at most 6
	Jumps   []CardJump `json:"jump_list,omitempty"`               // at most 3
	Action  *CardJump  `json:"card_action,omitempty"`             // what a touch anywhere opens
	Task    string     `json:"task_id,omitempty"`                 // the app's own, once; comes back with a button
	Buttons []Button   `json:"button_list,omitempty"`             // at most 6
}

// Words are a title and what is under it.
type Words struct {
	Title string `json:"title,omitempty"`
	Desc  string `json:"desc,omitempty"`
}

// CardFact is a name and its value.
type CardFact struct {
	Key   string `json:"keyname"`
	Value string `json:"value,omitempty"`
	Type  int    `json:"type,omitempty"` // 1 opens URL
	URL   string `json:"url,omitempty"`
}

// CardJump opens a page.
type CardJump struct {
	Type  int    `json:"type"` // 1 a page, 2 a mini-program
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
	App   string `json:"appid,omitempty"`
	Page  string `json:"pagepath,omitempty"`
}

// Button is one button of a card; Key comes back when it is pressed.
type Button struct {
	Text  string `json:"text"`
	Style int    `json:"style,omitempty"`
	Key   string `json:"key"`
}

// Handed is what came of an application message.
type Handed struct {
	ID       string
	Cannot   []string // of those named, who did not get it
	Response string   // of a card with buttons: changes it once within 24 hours
}

// SendApp sends a message to colleagues. More than 30 a minute to one of them are dropped in silence on the far side.
func (c *Client) SendApp(ctx context.Context, m AppMessage) (Handed, error) {
	in := struct {
		To       string        `json:"touser"`
		Type     string        `json:"msgtype"`
		Agent    int           `json:"agentid"`
		Check    int           `json:"enable_duplicate_check,omitempty"`
		Interval int           `json:"duplicate_check_interval,omitempty"`
		Text     *Text         `json:"text,omitempty"`
		Markdown *Text         `json:"markdown,omitempty"`
		TextCard *TextCard     `json:"textcard,omitempty"`
		News     *News         `json:"news,omitempty"`
		Template *TemplateCard `json:"template_card,omitempty"`
		Notice   *Notice       `json:"miniprogram_notice,omitempty"`
		Image    *Media        `json:"image,omitempty"`
		File     *Media        `json:"file,omitempty"`
	}{
		To: strings.Join(m.Users, "|"), Type: m.Type, Agent: c.set.Agent, Text: m.Text, Markdown: m.Markdown, TextCard: m.TextCard,
		News: m.News, Template: m.Template, Notice: m.Notice, Image: m.Image, File: m.File,
	}
	call := once[handed]
	if m.Repeat > 0 {
		in.Check, in.Interval = 1, m.Repeat
		call = post[handed] // the far side drops a repeat
	}
	got, err := call(ctx, c, app, "message/send", in)
	h := Handed{ID: got.ID, Response: got.Response}
	if got.Invalid != "" {
		h.Cannot = strings.Split(got.Invalid, "|")
	}
	return h, err
}

type handed struct {
	ID       string `json:"msgid"`
	Invalid  string `json:"invaliduser"`
	Response string `json:"response_code"`
}

// UpdateCard changes the button of a card into words that say what was done.
func (c *Client) UpdateCard(ctx context.Context, users []string, response, words string) error {
	_, err := post[nothing](ctx, c, app, "message/update_template_card", map[string]any{
		"userids": users, "agentid": c.set.Agent, "response_code": response, "button": map[string]string{"replace_name": words},
	})
	return err
}

// RecallApp takes an application message back, within 24 hours.
func (c *Client) RecallApp(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, app, "message/recall", messageID{id})
	return err
}
