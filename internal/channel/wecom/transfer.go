package wecom

import (
	"context"
	"iter"
	"net/url"
)

const mostTransfer = 100

// Moved is how far the hand-over of one customer is.
type Moved struct {
	Customer string `json:"external_userid"`
	State    int    `json:"status"` // 1 done, 2 waiting, 3 the customer refused, 4 the new member has too many, 5 no record
	At       int64  `json:"takeover_time,omitempty"`
}

// Transfer begins to hand customers from one working member to another, who takes over after 24 hours unless the customer
// refuses. It answers those it did not begin for. words, at most 200 characters, tell the customer.
func (c *Client) Transfer(ctx context.Context, from, to string, customers []string, words string) ([]Failed, error) {
	return c.transfer(ctx, "externalcontact/transfer_customer", from, to, customers, words)
}

// TransferLeft is Transfer for customers of somebody who has left.
func (c *Client) TransferLeft(ctx context.Context, from, to string, customers []string) ([]Failed, error) {
	return c.transfer(ctx, "externalcontact/resigned/transfer_customer", from, to, customers, "")
}

func (c *Client) transfer(ctx context.Context, api, from, to string, customers []string, words string) (failed []Failed, err error) {
	err = chunks(customers, mostTransfer, func(part []string) error {
		got, err := once[struct {
			Customers []Failed `json:"customer"`
		}](ctx, c, contact, api, struct {
			From      string   `json:"handover_userid"`
			To        string   `json:"takeover_userid"`
			Customers []string `json:"external_userid"`
			Words     string   `json:"transfer_success_msg,omitempty"`
		}{from, to, part, words})
		for _, one := range got.Customers {
			if one.Code != 0 {
				failed = append(failed, one)
			}
		}
		return err
	})
	return failed, err
}

// AllTransfers walks how far the customers handed from one working member to another are.
func (c *Client) AllTransfers(ctx context.Context, from, to string) iter.Seq2[Moved, error] {
	return c.transfers(ctx, "externalcontact/transfer_result", from, to)
}

// AllTransfersLeft is AllTransfers for somebody who has left.
func (c *Client) AllTransfersLeft(ctx context.Context, from, to string) iter.Seq2[Moved, error] {
	return c.transfers(ctx, "externalcontact/resigned/transfer_result", from, to)
}

func (c *Client) transfers(ctx context.Context, api, from, to string) iter.Seq2[Moved, error] {
	return pages(func(cursor string) ([]Moved, string, error) {
		got, err := post[struct {
			Customers []Moved `json:"customer"`
			Next      string  `json:"next_cursor"`
		}](ctx, c, contact, api, struct {
			From   string `json:"handover_userid"`
			To     string `json:"takeover_userid"`
			Cursor string `json:"cursor,omitempty"`
		}{from, to, cursor})
		return got.Customers, got.Next, err
	})
}

// Unassigned is a customer whose member has left and whom nobody has taken over.
type Unassigned struct {
	User     string `json:"handover_userid"`
	Customer string `json:"external_userid"`
	Left     int64  `json:"dimission_time"`
}

// AllUnassigned walks the customers of those who have left.
func (c *Client) AllUnassigned(ctx context.Context) iter.Seq2[Unassigned, error] {
	return pages(func(cursor string) ([]Unassigned, string, error) {
		got, err := post[struct {
			List []Unassigned `json:"info"`
			Last bool         `json:"is_last"`
			Next string       `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_unassigned_list", struct {
			Cursor string `json:"cursor,omitempty"`
			Size   int    `json:"page_size"`
		}{cursor, mostResults})
		if got.Last {
			got.Next = ""
		}
		return got.List, got.Next, err
	})
}

// ExternalID is the customer behind a person of WeChat, or a pending id that lasts 90 days while there is none yet.
// Subject 0 is the company's own mini-program, 1 one of its service provider.
func (c *Client) ExternalID(ctx context.Context, unionID, openID string, subject int) (customer, pending string, err error) {
	got, err := post[struct {
		Customer string `json:"external_userid"`
		Pending  string `json:"pending_id"`
	}](ctx, c, contact, "idconvert/unionid_to_external_userid", struct {
		UnionID string `json:"unionid"`
		OpenID  string `json:"openid"`
		Subject int    `json:"subject_type"`
	}{unionID, openID, subject})
	return got.Customer, got.Pending, err
}

// PendingIDs are the pending ids customers had before they came, by customer.
func (c *Client) PendingIDs(ctx context.Context, group string, customers []string) (map[string]string, error) {
	all := map[string]string{}
	err := chunks(customers, mostTransfer, func(part []string) error {
		got, err := post[struct {
			Result []struct {
				Customer string `json:"external_userid"`
				Pending  string `json:"pending_id"`
			} `json:"result"`
		}](ctx, c, contact, "idconvert/batch/external_userid_to_pending_id", struct {
			Group     string   `json:"chat_id,omitempty"`
			Customers []string `json:"external_userid"`
		}{group, part})
		for _, one := range got.Result {
			all[one.Customer] = one.Pending
		}
		return err
	})
	return all, err
}

// Member is a colleague in WeCom's directory.
type Member struct {
	User   string `json:"userid"`
	Name   string `json:"name"`
	Status int    `json:"status"` // 1 active, 2 off, 4 not begun, 5 left
	Open   string `json:"open_userid,omitempty"`
}

// Member reads one colleague of the app's visible range.
func (c *Client) Member(ctx context.Context, user string) (Member, error) {
	return get[Member](ctx, c, app, "user/get", url.Values{"userid": {user}})
}
