package wecom

import (
	"context"
	"iter"
)

// The two kinds of a group send.
const (
	ToCustomers = "single"
	ToGroups    = "group"
)

// GroupSend is a message that members are asked to send. Calling it makes the task only: each member confirms in their client.
type GroupSend struct {
	Kind        string       `json:"chat_type"`
	Customers   []string     `json:"external_userid,omitempty"` // at most 10,000
	Groups      []string     `json:"chat_id_list,omitempty"`    // at most 2,000
	Tags        *TagFilter   `json:"tag_filter,omitempty"`
	Sender      string       `json:"sender,omitempty"` // needed for groups; else the one who talked with the customer last
	Select      bool         `json:"allow_select,omitempty"`
	Text        *Text        `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"` // at most 9
}

// TagFilter is who gets it: one tag of each group of them.
type TagFilter struct {
	Groups []TagAny `json:"group_list"`
}

// TagAny is any of these tags, at most 100.
type TagAny struct {
	Tags []string `json:"tag_list"`
}

// AddGroupSend asks members to send a message. It answers the task's id and the customers who cannot get it. Called twice
// it asks twice; after tencent.ErrUnclear the list of tasks says whether it was made.
func (c *Client) AddGroupSend(ctx context.Context, s GroupSend) (id string, cannot []string, err error) {
	got, err := once[struct {
		ID     string   `json:"msgid"`
		Cannot []string `json:"fail_list"`
	}](ctx, c, contact, "externalcontact/add_msg_template", s)
	return got.ID, got.Cannot, err
}

// GroupSendTask is a task in the list.
type GroupSendTask struct {
	ID          string       `json:"msgid"`
	Creator     string       `json:"creator,omitempty"`
	Created     int64        `json:"create_time"`
	By          int          `json:"create_type"` // 0 the company, 1 a member
	Text        *Text        `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// AllGroupSends walks the tasks made between two moments, Unix seconds, at most a month.
func (c *Client) AllGroupSends(ctx context.Context, kind string, from, to int64) iter.Seq2[GroupSendTask, error] {
	return pages(func(cursor string) ([]GroupSendTask, string, error) {
		got, err := post[struct {
			List []GroupSendTask `json:"group_msg_list"`
			Next string          `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_groupmsg_list_v2", struct {
			Kind   string `json:"chat_type"`
			From   int64  `json:"start_time"`
			To     int64  `json:"end_time"`
			Filter int    `json:"filter_type"`
			Limit  int    `json:"limit"`
			Cursor string `json:"cursor,omitempty"`
		}{kind, from, to, 0, mostPage, cursor})
		return got.List, got.Next, err
	})
}

// Confirmation is whether a member has sent what they were asked to.
type Confirmation struct {
	User  string `json:"userid"`
	State int    `json:"status"` // 0 not yet, 2 sent
	At    int64  `json:"send_time,omitempty"`
}

// AllConfirmations walks the members asked by a task.
func (c *Client) AllConfirmations(ctx context.Context, id string) iter.Seq2[Confirmation, error] {
	return pages(func(cursor string) ([]Confirmation, string, error) {
		got, err := post[struct {
			List []Confirmation `json:"task_list"`
			Next string         `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_groupmsg_task", struct {
			ID     string `json:"msgid"`
			Limit  int    `json:"limit"`
			Cursor string `json:"cursor,omitempty"`
		}{id, mostResults, cursor})
		return got.List, got.Next, err
	})
}

// SendState is what became of a group send for one customer or group.
type SendState int

// What became of it.
const (
	SendWaiting  SendState = 0
	SendDone     SendState = 1
	SendNoFriend SendState = 2 // the customer is not the member's any more
	SendFull     SendState = 3 // the customer has had as many as the company may send
	mostResults            = 1000
)

// Result is what became of a group send for one customer or group.
type Result struct {
	Customer string    `json:"external_userid,omitempty"`
	Group    string    `json:"chat_id,omitempty"`
	User     string    `json:"userid"`
	State    SendState `json:"status"`
	At       int64     `json:"send_time,omitempty"`
}

// AllResults walks what became of a task at one member.
func (c *Client) AllResults(ctx context.Context, id, user string) iter.Seq2[Result, error] {
	return pages(func(cursor string) ([]Result, string, error) {
		got, err := post[struct {
			List []Result `json:"send_list"`
			Next string   `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_groupmsg_send_result", struct {
			ID     string `json:"msgid"`
			User   string `json:"userid"`
			Limit  int    `json:"limit"`
			Cursor string `json:"cursor,omitempty"`
		}{id, user, mostResults, cursor})
		return got.List, got.Next, err
	})
}

type messageID struct {
	ID string `json:"msgid"`
}

// RemindGroupSend reminds the members who have not confirmed, at most three times in 24 hours.
func (c *Client) RemindGroupSend(ctx context.Context, id string) error {
	_, err := once[nothing](ctx, c, contact, "externalcontact/remind_groupmsg_send", messageID{id})
	return err
}

// CancelGroupSend takes a task back from those who have not confirmed.
func (c *Client) CancelGroupSend(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/cancel_groupmsg_send", messageID{id})
	return err
}
