package wecom

import (
	"context"
	"iter"
	"net/url"
)

// Moment is a post for customers' 朋友圈 that members are asked to publish.
type Moment struct {
	Text        *Text        `json:"text,omitempty"`        // at most 2,000 characters
	Attachments []Attachment `json:"attachments,omitempty"` // at most 9 pictures, or one video, or one link; pictures by UploadAttachment
	Range       MomentRange  `json:"visible_range"`
}

// MomentRange is who publishes and who sees it; empty: everybody.
type MomentRange struct {
	Senders struct {
		Users       []string `json:"user_list,omitempty"`
		Departments []int    `json:"department_list,omitempty"`
	} `json:"sender_list"`
	Customers struct {
		Tags []string `json:"tag_list,omitempty"`
	} `json:"external_contact_list"`
}

// AddMoment begins to make a post and answers the job, which is good for 24 hours.
func (c *Client) AddMoment(ctx context.Context, m Moment) (job string, err error) {
	got, err := once[struct {
		Job string `json:"jobid"`
	}](ctx, c, contact, "externalcontact/add_moment_task", m)
	return got.Job, err
}

// MomentMade is how far a job of AddMoment is.
type MomentMade struct {
	State  int `json:"status"` // 1 begun, 2 under way, 3 done
	Result struct {
		Code   int    `json:"errcode"`
		Hint   string `json:"errmsg"`
		ID     string `json:"moment_id"`
		Cannot struct {
			Users       []string `json:"user_list"`
			Departments []int    `json:"department_list"`
		} `json:"invalid_sender_list"`
		Unknown struct {
			Tags []string `json:"tag_list"`
		} `json:"invalid_external_contact_list"`
	} `json:"result"`
}

// MomentMade asks how far a job is.
func (c *Client) MomentMade(ctx context.Context, job string) (MomentMade, error) {
	return get[MomentMade](ctx, c, contact, "externalcontact/get_moment_task_result", url.Values{"jobid": {job}})
}

type momentID struct {
	ID string `json:"moment_id"`
}

// CancelMoment stops a post at those who have not published it.
func (c *Client) CancelMoment(ctx context.Context, id string) error {
	_, err := post[nothing](ctx, c, contact, "externalcontact/cancel_moment_task", momentID{id})
	return err
}

// MomentPost is a post in the list.
type MomentPost struct {
	ID      string `json:"moment_id"`
	Creator string `json:"creator,omitempty"`
	Created int64  `json:"create_time"`
	By      int    `json:"create_type"`  // 0 the company, 1 a member
	Visible int    `json:"visible_type"` // 0 to some, 1 to all
	Text    *Text  `json:"text,omitempty"`
}

const mostMoments = 20

// AllMoments walks the posts made between two moments, Unix seconds, at most 30 days.
func (c *Client) AllMoments(ctx context.Context, from, to int64) iter.Seq2[MomentPost, error] {
	return pages(func(cursor string) ([]MomentPost, string, error) {
		got, err := post[struct {
			List []MomentPost `json:"moment_list"`
			Next string       `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_moment_list", struct {
			From   int64  `json:"start_time"`
			To     int64  `json:"end_time"`
			Filter int    `json:"filter_type"`
			Cursor string `json:"cursor,omitempty"`
			Limit  int    `json:"limit"`
		}{from, to, 2, cursor, mostMoments})
		return got.List, got.Next, err
	})
}

// Published is whether a member has published a post.
type Published struct {
	User  string `json:"userid"`
	State int    `json:"publish_status"` // 0 not yet, 1 published
}

// AllPublished walks the members asked to publish a post.
func (c *Client) AllPublished(ctx context.Context, id string) iter.Seq2[Published, error] {
	return pages(func(cursor string) ([]Published, string, error) {
		got, err := post[struct {
			List []Published `json:"task_list"`
			Next string      `json:"next_cursor"`
		}](ctx, c, contact, "externalcontact/get_moment_task", struct {
			ID     string `json:"moment_id"`
			Cursor string `json:"cursor,omitempty"`
			Limit  int    `json:"limit"`
		}{id, cursor, mostResults})
		return got.List, got.Next, err
	})
}

// MomentReader is a customer a member's post is shown to.
type MomentReader struct {
	User     string `json:"userid,omitempty"`
	Customer string `json:"external_userid"`
}

// AllMomentReaders walks whom a member chose to show a post.
func (c *Client) AllMomentReaders(ctx context.Context, id, user string) iter.Seq2[MomentReader, error] {
	return c.momentReaders(ctx, "externalcontact/get_moment_customer_list", id, user)
}

// AllMomentShown walks whom a member's published post is shown to.
func (c *Client) AllMomentShown(ctx context.Context, id, user string) iter.Seq2[MomentReader, error] {
	return c.momentReaders(ctx, "externalcontact/get_moment_send_result", id, user)
}

func (c *Client) momentReaders(ctx context.Context, api, id, user string) iter.Seq2[MomentReader, error] {
	return pages(func(cursor string) ([]MomentReader, string, error) {
		got, err := post[struct {
			List []MomentReader `json:"customer_list"`
			Next string         `json:"next_cursor"`
		}](ctx, c, contact, api, struct {
			ID     string `json:"moment_id"`
			User   string `json:"userid"`
			Cursor string `json:"cursor,omitempty"`
			Limit  int    `json:"limit"`
		}{id, user, cursor, mostResults})
		return got.List, got.Next, err
	})
}

// MomentEcho is who commented on or liked a post: a colleague or a customer.
type MomentEcho struct {
	User     string `json:"userid,omitempty"`
	Customer string `json:"external_userid,omitempty"`
	At       int64  `json:"create_time"`
}

// MomentEchoes are the comments and likes of one member's post.
func (c *Client) MomentEchoes(ctx context.Context, id, user string) (comments, likes []MomentEcho, err error) {
	got, err := post[struct {
		Comments []MomentEcho `json:"comment_list"`
		Likes    []MomentEcho `json:"like_list"`
	}](ctx, c, contact, "externalcontact/get_moment_comments", map[string]string{"moment_id": id, "userid": user})
	return got.Comments, got.Likes, err
}
