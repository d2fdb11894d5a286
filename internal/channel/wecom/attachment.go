package wecom

// Text is what a message says, at most 4,000 bytes.
type Text struct {
	Content string `json:"content"`
}

// Attachment is one thing sent with a text; Type says which part of it is meant.
type Attachment struct {
	Type    string       `json:"msgtype"` // image, link, miniprogram, video, file
	Image   *Media       `json:"image,omitempty"`
	Link    *WebLink     `json:"link,omitempty"`
	Program *MiniProgram `json:"miniprogram,omitempty"`
	Video   *Media       `json:"video,omitempty"`
	File    *Media       `json:"file,omitempty"`
}

// Attachments are those of a temporary talk's end, one of each at most.
type Attachments struct {
	Text    *Text        `json:"text,omitempty"`
	Image   *Media       `json:"image,omitempty"`
	Link    *WebLink     `json:"link,omitempty"`
	Program *MiniProgram `json:"miniprogram,omitempty"`
}

// Media is a file uploaded before.
type Media struct {
	ID  string `json:"media_id,omitempty"`
	URL string `json:"pic_url,omitempty"` // of an image instead of its id
}

// WebLink is a card that opens a page.
type WebLink struct {
	Title   string `json:"title"` // at most 128 bytes
	Picture string `json:"picurl,omitempty"`
	Desc    string `json:"desc,omitempty"` // at most 512 bytes
	URL     string `json:"url"`
}

// MiniProgram is a card that opens a page of a mini-program linked to the company.
type MiniProgram struct {
	Title   string `json:"title"` // at most 64 bytes
	Picture string `json:"pic_media_id"`
	App     string `json:"appid"`
	Page    string `json:"page"`
}

// Card is an attachment that opens a page.
func Card(l WebLink) Attachment { return Attachment{Type: "link", Link: &l} }
