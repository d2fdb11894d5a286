package wecom

import (
	"context"
	"encoding/json"
	"net/http"

	"peiban/internal/channel/tencent"
)

// Archive is where archived talks (会话内容存档) come from. WeCom gives them to its own native library alone, which this program
// holds only when built with the tag wecomarchive; the sandbox has a source of the same form.
type Archive interface {
	// Talks answers at most limit messages after seq, in their order.
	Talks(ctx context.Context, seq uint64, limit int) ([]Talk, error)
	// File reads a picture, voice or file of a talk by the id in its message, at most most bytes.
	File(ctx context.Context, id string, most int64) ([]byte, error)
}

// Talk is one archived message, opened.
type Talk struct {
	Seq    uint64          `json:"seq"`
	ID     string          `json:"msgid"`
	Action string          `json:"action"` // send, recall, switch
	From   string          `json:"from"`
	To     []string        `json:"tolist"`
	Group  string          `json:"roomid"`
	At     int64           `json:"msgtime"` // milliseconds
	Type   string          `json:"msgtype"`
	Text   *Text           `json:"text,omitempty"`
	Raw    json.RawMessage `json:"-"`
}

// Agreed is whether a customer agreed to be archived with a member.
type Agreed struct {
	User     string `json:"userid"`
	Customer string `json:"exteranalopenid"` // spelt so on the wire
	State    string `json:"agree_status"`    // Agree, Disagree, Default_Agree
	At       int64  `json:"status_change_time"`
}

// Pair is a member and a customer.
type Pair struct {
	User     string `json:"userid"`
	Customer string `json:"exteranalopenid"`
}

// Archived are the members whose talks are kept.
func (c *Client) Archived(ctx context.Context) ([]string, error) {
	got, err := archived[struct {
		IDs []string `json:"ids"`
	}](ctx, c, "msgaudit/get_permit_user_list", struct{}{})
	return got.IDs, err
}

// AgreedTo asks who agreed to be archived, at most 100 pairs a call.
func (c *Client) AgreedTo(ctx context.Context, pairs []Pair) (all []Agreed, err error) {
	err = chunks(pairs, mostTransfer, func(part []Pair) error {
		got, err := archived[struct {
			Info []Agreed `json:"agreeinfo"`
		}](ctx, c, "msgaudit/check_single_agree", map[string]any{"info": part})
		all = append(all, got.Info...)
		return err
	})
	return all, err
}

// AgreedIn asks who of a group agreed.
func (c *Client) AgreedIn(ctx context.Context, group string) ([]Agreed, error) {
	got, err := archived[struct {
		Info []Agreed `json:"agreeinfo"`
	}](ctx, c, "msgaudit/check_room_agree", map[string]string{"roomid": group})
	return got.Info, err
}

func archived[T any](ctx context.Context, c *Client, api string, in any) (out T, err error) {
	if c.set.ArchiveSecret == "" {
		return out, &tencent.Error{API: api, Code: notArchiving, Hint: "no secret of the archive is set"}
	}
	err = c.caller.Do(ctx, tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodPost, In: in, Token: c.token(archive)}, &out)
	return out, err
}

const notArchiving = 301053
