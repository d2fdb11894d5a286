package wecom

import (
	"context"
	"errors"
	"iter"
	"net/url"

	"peiban/internal/channel/tencent"
)

// Customer is one person outside the company, and how one member knows them.
type Customer struct {
	ID      string   `json:"external_userid"`
	Name    string   `json:"name"` // what they call themselves
	Avatar  string   `json:"avatar,omitempty"`
	Type    int      `json:"type"`              // 1 of WeChat, 2 of WeCom
	Gender  int      `json:"gender,omitempty"`  // 0 unknown, 1 man, 2 woman
	UnionID string   `json:"unionid,omitempty"` // only of WeChat, and only if the company has bound a developer account
	Corp    string   `json:"corp_name,omitempty"`
	Follows []Follow `json:"follows,omitempty"` // of all members, put here from beside it
}

// Follow is what one member has of a customer.
type Follow struct {
	User        string      `json:"userid"`
	Remark      string      `json:"remark,omitempty"`
	Description string      `json:"description,omitempty"`
	Created     int64       `json:"createtime"`
	Tags        []FollowTag `json:"tags,omitempty"`   // in get
	TagIDs      []string    `json:"tag_id,omitempty"` // in batch/get_by_user
	Mobiles     []string    `json:"remark_mobiles,omitempty"`
	AddWay      int         `json:"add_way"`
	State       string      `json:"state,omitempty"` // of the contact way or the link they came by
	Oper        string      `json:"oper_userid,omitempty"`
}

// FollowTag is a tag a member has put on a customer.
type FollowTag struct {
	Group string `json:"group_name"`
	Name  string `json:"tag_name"`
	ID    string `json:"tag_id,omitempty"` // none for a member's own tags
	Type  int    `json:"type"`             // 1 of the company, 2 the member's own, 3 of a rule group
}

// FollowUsers are the members who may have customers.
func (c *Client) FollowUsers(ctx context.Context) ([]string, error) {
	got, err := get[struct {
		Users []string `json:"follow_user"`
	}](ctx, c, contact, "externalcontact/get_follow_user_list", nil)
	return got.Users, err
}

// CustomersOf are the ids of a member's customers; none for a member without any.
func (c *Client) CustomersOf(ctx context.Context, user string) ([]string, error) {
	got, err := get[struct {
		IDs []string `json:"external_userid"`
	}](ctx, c, contact, "externalcontact/list", url.Values{"userid": {user}})
	if isCode(err, noRelation) {
		return nil, nil
	}
	return got.IDs, err
}

// Customer is one customer with everybody who follows them, all pages together.
func (c *Client) Customer(ctx context.Context, id string) (Customer, error) {
	var found Customer
	for follow, err := range pages(func(cursor string) ([]Follow, string, error) {
		q := url.Values{"external_userid": {id}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		got, err := get[struct {
			Customer Customer `json:"external_contact"`
			Follows  []Follow `json:"follow_user"`
			Next     string   `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get", q)
		if cursor == "" {
			found = got.Customer
		}
		return got.Follows, got.Next, err
	}) {
		if err != nil {
			return Customer{}, err
		}
		found.Follows = append(found.Follows, follow)
	}
	return found, nil
}

// most users whose customers one call reads, and most customers of a page
const (
	mostUsers = 100
	mostPage  = 100
)

// AllCustomers walks the customers of members, once for each member who follows them. Members without any are passed over.
func (c *Client) AllCustomers(ctx context.Context, users []string) iter.Seq2[Customer, error] {
	return func(yield func(Customer, error) bool) {
		for len(users) > 0 {
			part := users[:min(mostUsers, len(users))]
			users = users[len(part):]
			for one, err := range pages(func(cursor string) ([]Customer, string, error) { return c.customersOf(ctx, part, cursor) }) {
				if isCode(err, noRelation) {
					break
				}
				if !yield(one, err) || err != nil {
					return
				}
			}
		}
	}
}

func (c *Client) customersOf(ctx context.Context, users []string, cursor string) ([]Customer, string, error) {
	got, err := post[struct {
		List []struct {
			Customer Customer `json:"external_contact"`
			Follow   Follow   `json:"follow_info"`
		} `json:"external_contact_list"`
		Next string `json:"next_cursor"`
	}](ctx, c, contact, "externalcontact/batch/get_by_user", struct {
		Users  []string `json:"userid_list"`
		Cursor string   `json:"cursor,omitempty"`
		Limit  int      `json:"limit"`
	}{users, cursor, mostPage})
	out := make([]Customer, len(got.List))
	for i, one := range got.List {
		out[i] = one.Customer
		out[i].Follows = []Follow{one.Follow}
	}
	return out, got.Next, err
}

// Remark is what a member writes beside a customer's name; nil leaves a part as it is.
type Remark struct {
	User        string   `json:"userid"`
	Customer    string   `json:"external_userid"`
	Remark      *string  `json:"remark,omitempty"`         // at most 20 characters
	Description *string  `json:"description,omitempty"`    // at most 150
	Company     *string  `json:"remark_company,omitempty"` // at most 20
	Mobiles     []string `json:"remark_mobiles,omitempty"`
}

// Remark writes beside a customer's name; what it holds replaces what was there.
func (c *Client) Remark(ctx context.Context, r Remark) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/remark", r)
	return err
}

const noRelation = 84061 // the member has no customer, or not this one

func isCode(err error, code int) bool {
	e, ok := errors.AsType[*tencent.Error](err)
	return ok && e.Code == code
}
