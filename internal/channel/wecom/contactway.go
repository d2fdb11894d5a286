package wecom

import (
	"context"
	"iter"
)

// ContactWay is a 「联系我」: a code, or a place in a mini-program, by which somebody adds a member.
type ContactWay struct {
	ID       string       `json:"config_id,omitempty"`
	Type     int          `json:"type"`  // 1 one member, 2 several
	Scene    int          `json:"scene"` // 1 in a mini-program, 2 as a code
	Style    int          `json:"style,omitempty"`
	Remark   string       `json:"remark,omitempty"` // at most 30 characters
	Skip     bool         `json:"skip_verify"`      // added without being asked
	State    string       `json:"state,omitempty"`  // at most 30 characters; comes back with the customer
	QR       string       `json:"qr_code,omitempty"`
	Users    []string     `json:"user,omitempty"`
	Parties  []int        `json:"party,omitempty"`
	Temp     bool         `json:"is_temp,omitempty"`         // a talk that ends; medical companies only
	Expires  int64        `json:"expires_in,omitempty"`      // of a temporary code, seconds
	ChatEnds int64        `json:"chat_expires_in,omitempty"` // of its talk, seconds, at most 14 days
	UnionID  string       `json:"unionid,omitempty"`
	Only     bool         `json:"is_exclusive,omitempty"` // a customer is added by one member of it at most
	Closing  *Attachments `json:"conclusions,omitempty"`  // what ends a temporary talk
}

// AddContactWay makes one and answers its id and the address of its picture. The id is the only way to change it later.
func (c *Client) AddContactWay(ctx context.Context, w ContactWay) (id, qr string, err error) {
	got, err := once[struct {
		ID string `json:"config_id"`
		QR string `json:"qr_code"`
	}](ctx, c, contact, "externalcontact/add_contact_way", w)
	return got.ID, got.QR, err
}

type configID struct {
	ID string `json:"config_id"`
}

// ContactWay reads one.
func (c *Client) ContactWay(ctx context.Context, id string) (ContactWay, error) {
	got, err := post[struct {
		Way ContactWay `json:"contact_way"`
	}](ctx, c, contact, "externalcontact/get_contact_way", configID{id})
	return got.Way, err
}

// AllContactWays walks the ids of those made between two moments, Unix seconds; 0: the last 90 days until now.
func (c *Client) AllContactWays(ctx context.Context, from, to int64) iter.Seq2[string, error] {
	return pages(func(cursor string) ([]string, string, error) {
		got, err := post[struct {
			Ways []configID `json:"contact_way"`
			Next string     `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/list_contact_way", struct {
			From   int64  `json:"start_time,omitempty"`
			To     int64  `json:"end_time,omitempty"`
			Cursor string `json:"cursor,omitempty"`
			Limit  int    `json:"limit"`
		}{from, to, cursor, mostPage})
		ids := make([]string, len(got.Ways))
		for i, w := range got.Ways {
			ids[i] = w.ID
		}
		return ids, got.Next, err
	})
}

// UpdateContactWay replaces what w holds; its type and scene stay as they were made.
func (c *Client) UpdateContactWay(ctx context.Context, w ContactWay) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/update_contact_way", w)
	return err
}

// DeleteContactWay ends one: its code leads nowhere from then on.
func (c *Client) DeleteContactWay(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/del_contact_way", configID{id})
	return err
}

// CloseTempChat ends a temporary talk now.
func (c *Client) CloseTempChat(ctx context.Context, user, customer string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/close_temp_chat", map[string]string{"userid": user, "external_userid": customer})
	return err
}

// Link is a link of 获客助手: who opens it adds a member of its range. Paid by number of people.
type Link struct {
	ID      string `json:"link_id"`
	Name    string `json:"link_name"`
	URL     string `json:"url"`
	Created int64  `json:"create_time"`
}

// CreateLink makes a link for members; &customer_channel=STATE at its end comes back with the customer.
func (c *Client) CreateLink(ctx context.Context, name string, users []string, skip bool) (Link, error) {
	got, err := once[struct {
		Link Link `json:"link"`
	}](ctx, c, contact, "externalcontact/customer_acquisition/create_link", map[string]any{
		"link_name": name, "range": map[string]any{"user_list": users}, "skip_verify": skip,
	})
	return got.Link, err
}
