package wecom

import (
	"context"
	"iter"
)

// GroupState is how a customer group is looked after.
type GroupState int

// The states of a group.
const (
	GroupNormal        GroupState = 0
	GroupOwnerLeft     GroupState = 1
	GroupHandingOver   GroupState = 2
	GroupHandedOver    GroupState = 3
	mostOwners                    = 100
	mostGroups                    = 1000
	mostGroupsTransfer            = 100
)

// GroupRef is a group in a list.
type GroupRef struct {
	ID    string     `json:"chat_id"`
	State GroupState `json:"status"`
}

// Group is a customer group with its people.
type Group struct {
	ID      string        `json:"chat_id"`
	Name    string        `json:"name"`
	Owner   string        `json:"owner"`
	Created int64         `json:"create_time"`
	Notice  string        `json:"notice,omitempty"`
	Members []GroupMember `json:"member_list"`
	Admins  []struct {
		User string `json:"userid"`
	} `json:"admin_list,omitempty"`
}

// GroupMember is one person of a group: a colleague or a customer.
type GroupMember struct {
	User    string `json:"userid"` // of a customer the external id
	Type    int    `json:"type"`   // 1 of the company, 2 a customer
	UnionID string `json:"unionid,omitempty"`
	Joined  int64  `json:"join_time"`
	Scene   int    `json:"join_scene"` // 1 invited, 2 by a link, 3 by a code
	Invitor struct {
		User string `json:"userid,omitempty"`
	} `json:"invitor"`
	Nickname string `json:"group_nickname,omitempty"`
	Name     string `json:"name,omitempty"`
	State    string `json:"state,omitempty"` // of the join code
}

// Colleague reports whether a member of a group is of the company.
func (m GroupMember) Colleague() bool { return m.Type == 1 }

// AllGroups walks the groups of owners; nobody named: of the whole company.
func (c *Client) AllGroups(ctx context.Context, owners []string) iter.Seq2[GroupRef, error] {
	return func(yield func(GroupRef, error) bool) {
		for first := true; first || len(owners) > 0; first = false {
			part := owners[:min(mostOwners, len(owners))]
			owners = owners[len(part):]
			for one, err := range pages(func(cursor string) ([]GroupRef, string, error) { return c.groupsOf(ctx, part, cursor) }) {
				if !yield(one, err) || err != nil {
					return
				}
			}
		}
	}
}

func (c *Client) groupsOf(ctx context.Context, owners []string, cursor string) ([]GroupRef, string, error) {
	type filter struct {
		Users []string `json:"userid_list"`
	}
	in := struct {
		State  int     `json:"status_filter"`
		Owners *filter `json:"owner_filter,omitempty"`
		Cursor string  `json:"cursor,omitempty"`
		Limit  int     `json:"limit"`
	}{0, nil, cursor, mostGroups}
	if len(owners) > 0 {
		in.Owners = &filter{owners}
	}
	got, err := post[struct {
		Groups []GroupRef `json:"group_chat_list"`
		Next   string     `json:"next_cursor"`
	}](ctx, c, contact, "externalcontact/groupchat/list", in)
	return got.Groups, got.Next, err
}

// Group reads a group and the names of its people.
func (c *Client) Group(ctx context.Context, id string) (Group, error) {
	got, err := post[struct {
		Group Group `json:"group_chat"`
	}](ctx, c, contact, "externalcontact/groupchat/get", struct {
		ID   string `json:"chat_id"`
		Name int    `json:"need_name"`
	}{id, 1})
	return got.Group, err
}

// Failed is one of a call for many that did not work.
type Failed struct {
	Group    string `json:"chat_id,omitempty"`
	Customer string `json:"external_userid,omitempty"`
	Code     int    `json:"errcode"`
	Hint     string `json:"errmsg,omitempty"`
}

// TransferGroups gives groups whose owner has left to another member, at most 300 a day each. It answers those that stay.
func (c *Client) TransferGroups(ctx context.Context, groups []string, owner string) (failed []Failed, err error) {
	err = chunks(groups, mostGroupsTransfer, func(part []string) error {
		got, err := post[struct {
			Failed []Failed `json:"failed_chat_list"`
		}](ctx, c, contact, "externalcontact/groupchat/transfer", struct {
			Groups []string `json:"chat_id_list"`
			Owner  string   `json:"new_owner"`
		}{part, owner})
		failed = append(failed, got.Failed...)
		return err
	})
	return failed, err
}

// JoinWay is a code by which customers come into groups: the first that has a place, and a new one when all are full.
type JoinWay struct {
	ID       string   `json:"config_id,omitempty"`
	Scene    int      `json:"scene"` // 1 in a mini-program, 2 as a code
	Remark   string   `json:"remark,omitempty"`
	AutoNew  int      `json:"auto_create_room"` // 1: a new group is made when all are full
	BaseName string   `json:"room_base_name,omitempty"`
	BaseID   int      `json:"room_base_id,omitempty"`
	Groups   []string `json:"chat_id_list"` // at most 5
	State    string   `json:"state,omitempty"`
	QR       string   `json:"qr_code,omitempty"`
}

// AddJoinWay makes a code for groups and answers its id.
func (c *Client) AddJoinWay(ctx context.Context, w JoinWay) (string, error) {
	got, err := once[configID](ctx, c, contact, "externalcontact/groupchat/add_join_way", w)
	return got.ID, err
}

// JoinWay reads one, with the address of its picture.
func (c *Client) JoinWay(ctx context.Context, id string) (JoinWay, error) {
	got, err := post[struct {
		Way JoinWay `json:"join_way"`
	}](ctx, c, contact, "externalcontact/groupchat/get_join_way", configID{id})
	return got.Way, err
}

// UpdateJoinWay replaces a code's groups and words.
func (c *Client) UpdateJoinWay(ctx context.Context, w JoinWay) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/groupchat/update_join_way", w)
	return err
}

// DeleteJoinWay ends a code.
func (c *Client) DeleteJoinWay(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/groupchat/del_join_way", configID{id})
	return err
}
