package wecom

import (
	"context"

	"peiban/internal/channel/tencent"
)

// Greeting is what a new customer is welcomed with.
type Greeting struct {
	Code        string       `json:"welcome_code"` // of the event; good for 20 s, once
	Text        *Text        `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"` // at most 9
}

// Welcome greets a new customer within 20 s of the event. That somebody has been greeted already, or has begun to talk, is no
// error: told is false then, and nobody tries again.
func (c *Client) Welcome(ctx context.Context, g Greeting) (told bool, err error) {
	_, err = post[nothing](ctx, c, contact, "externalcontact/send_welcome_msg", g)
	if err != nil && tencent.ActionOf(err) == tencent.Done {
		return false, nil
	}
	return err == nil, err
}
