// Package groupsend sends a message to one customer of WeCom through the member they added: a group send to one, which the member confirms
// in their client, and of which WeCom says later how it went.
package groupsend

import (
	"context"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
)

// longest is how many bytes the text of a group send may have (developer.work.weixin.qq.com/document/path/92135).
const longest = 4000

const api = "externalcontact/add_msg_template"

// Sender asks the members of one company.
type Sender struct {
	Corp    string            // its corp id: the scope of its customers
	Members map[string]string // userid, and the id of the member of staff
	Calls   *wecom.Client
	Now     func() time.Time
}

// Way is through the member whom the person added last.
func (s *Sender) Way(to []address.Address, _ time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind != address.Customer || a.Scope != s.Corp {
			continue
		}
		switch {
		case !a.Leads() && w.No == channel.NoAddress:
			w.No = channel.NotFriend
		case a.Leads() && (w.No != "" || a.Through != "" && (w.At.Through == "" || a.Since > w.At.Since)):
			w = channel.Way{At: a, Opens: s.Calls.Opens(api)}
		}
	}
	return w
}

// Send asks the member to send m. Of a message that was tried before, the task is looked for first.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	text, ok := m.Text(longest)
	if !ok {
		return channel.Answer{}, channel.Refuse(channel.Rejected)
	}
	a := channel.Answer{Later: true, Confirm: s.Members[m.At.Through]}
	if m.Again {
		ref, err := s.find(ctx, &m, text)
		if err != nil {
			return channel.Answer{}, err // still nobody knows
		}
		if a.Ref = ref; ref != "" {
			return a, nil
		}
	}
	ref, cannot, err := s.Calls.AddGroupSend(ctx, wecom.GroupSend{
		Kind: wecom.ToCustomers, Customers: []string{m.At.Value}, Sender: m.At.Through, Text: &wecom.Text{Content: text},
	})
	if err != nil {
		return channel.Answer{}, tencent.Outcome(err, false) // looked for: it was not made before
	}
	if len(cannot) > 0 {
		return channel.Answer{}, channel.Refuse(channel.NotFriend)
	}
	a.Ref = ref
	return a, nil
}

// noTask is what WeCom answers when a member has no part in a task.
const noTask = 40058

// find looks for the task of a message that may have been made: one with its text to its reader, since it was first let go.
func (s *Sender) find(ctx context.Context, m *channel.Outgoing, text string) (string, error) {
	from, to := m.Since.Add(-time.Minute).Unix(), s.Now().Add(time.Minute).Unix()
	for task, err := range s.Calls.AllGroupSends(ctx, wecom.ToCustomers, from, to) {
		if err != nil {
			return "", err
		}
		if task.Text == nil || task.Text.Content != text {
			continue
		}
		r, err := s.result(ctx, task.ID, &m.At)
		if tencent.CodeOf(err) == noTask { // it is another member's
			continue
		}
		if err != nil {
			return "", err
		}
		if r != nil {
			return task.ID, nil
		}
	}
	return "", nil
}

// result is what became of a task for one customer; nil: they are not in it.
func (s *Sender) result(ctx context.Context, id string, at *address.Address) (*wecom.Result, error) {
	users := []string{at.Through}
	if at.Through == "" {
		users = nil
		for c, err := range s.Calls.AllConfirmations(ctx, id) {
			if err != nil {
				return nil, err
			}
			users = append(users, c.User)
		}
	}
	for _, user := range users {
		for r, err := range s.Calls.AllResults(ctx, id, user) {
			if err != nil {
				return nil, err
			}
			if r.Customer == at.Value {
				return &r, nil
			}
		}
	}
	return nil, nil
}

// Track asks whether the member has sent it.
func (s *Sender) Track(ctx context.Context, h channel.Handed) (channel.Report, error) {
	r, err := s.result(ctx, h.Ref, &h.At)
	switch {
	case tencent.CodeOf(err) == 41093:
		return channel.Report{State: channel.Failed, Code: channel.Unconfirmed}, nil
	case err != nil:
		return channel.Report{}, err
	case r == nil:
		return channel.Report{State: channel.Unknown}, nil
	}
	switch r.State {
	case wecom.SendDone:
		return channel.Report{State: channel.Reached, At: time.Unix(r.At, 0)}, nil
	case wecom.SendNoFriend:
		return channel.Report{State: channel.Failed, Code: channel.NotFriend}, nil
	case wecom.SendFull:
		return channel.Report{State: channel.Failed, Code: channel.ReceiverFull}, nil
	}
	return channel.Report{State: channel.Waiting}, nil
}

// Remind reminds the member; WeCom takes three in 24 hours.
func (s *Sender) Remind(ctx context.Context, h channel.Handed) error {
	return s.Calls.RemindGroupSend(ctx, h.Ref)
}

// Withdraw takes the task back.
func (s *Sender) Withdraw(ctx context.Context, h channel.Handed) error {
	if err := s.Calls.CancelGroupSend(ctx, h.Ref); tencent.CodeOf(err) != 41093 { // it was before
		return err
	}
	return nil
}
