// Package corp is about a company's WeCom (企业微信) as an administrator connected it: its credentials, who of its members is
// whom of the staff, and what it told us that is still to be done. How WeCom is called is in channel/wecom.
package corp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// Corp is one connected company. A workspace may have several.
type Corp struct {
	ID        string            `json:"-"` // in the address of its callback; nobody can guess it
	Name      string            `json:"name"`
	Base      string            `json:"base,omitempty"` // address of WeCom, a gateway or a sandbox; empty: WeCom
	CorpID    string            `json:"corpId"`
	Agent     int               `json:"agent"`
	App       string            `json:"app"`               // secret of the app
	Contact   string            `json:"contact,omitempty"` // of 客户联系; empty: the app's
	Kf        string            `json:"kf,omitempty"`      // of 微信客服; empty: the app's
	Archive   string            `json:"archive,omitempty"` // of 会话内容存档; empty: none
	Token     string            `json:"token"`             // of its callback
	Key       string            `json:"key"`               // EncodingAESKey of its callback
	Programme string            `json:"programme,omitempty"`
	Members   map[string]string `json:"members,omitempty"` // WeCom's userid and the id of the member of staff
	Paused    bool              `json:"paused,omitempty"`  // what it tells is kept, and waits
	Source    int32             `json:"source"`            // its events come from this source

	Revision int64  `json:"-"`
	Created  int64  `json:"-"`
	At       int64  `json:"-"` // microseconds, of the last change
	Actor    string `json:"-"`
}

// What is wrong with a connection.
var (
	ErrMissing = fault.New(fault.Missing, "corp_not_found", "没有连接这个企业微信", "no such WeCom is connected")
	ErrMoved   = fault.New(fault.Stale, "corp_changed", "刚才有别人改过，请刷新后再改", "somebody else has just changed it; read it again, then change it")
	ErrName    = fault.New(fault.Invalid, "corp_name", "名称写一行，最多 40 个字", "the name is one line of at most 40 characters").At("body.name")
	ErrCorpID  = fault.New(fault.Invalid, "corp_id", "企业 ID 是 ww 或 wx 开头的一串", "a corp id begins with ww or wx").At("body.corpId").
			Because("在企业微信管理后台“我的企业”里", "WeCom's console shows it under 我的企业")
	ErrSecret = fault.New(fault.Invalid, "corp_secret", "应用的 Secret 要填", "the secret of the app is needed").At("body.app").
			Because("在管理后台“应用管理”里这个应用的页面上", "WeCom's console shows it on the app's page under 应用管理")
	ErrToken = fault.New(fault.Invalid, "corp_token", "Token 是 3 到 32 个字母数字", "a token has 3 to 32 letters and digits").At("body.token").
			Because("和管理后台“接收消息”里填的一样", "the same as under 接收消息 in WeCom's console")
	ErrKey = fault.New(fault.Invalid, "corp_key", "EncodingAESKey 是 43 个字母数字", "an EncodingAESKey has 43 letters and digits").At("body.key").
		Because("和管理后台“接收消息”里填的一样", "the same as under 接收消息 in WeCom's console")
	ErrBase   = fault.New(fault.Invalid, "corp_base", "地址写成 https://…，不带路径", "an address is like https://…, without a path").At("body.base")
	ErrMember = fault.New(fault.Invalid, "corp_member", "成员账号是 1 到 64 个字母、数字、. _ -", "a member's userid has 1 to 64 letters, digits, . _ -").At("body.members")
)

var (
	corpIDs = regexp.MustCompile(`^w[wx][0-9A-Za-z_-]{6,62}$`)
	tokens  = regexp.MustCompile(`^[0-9A-Za-z]{3,32}$`)
	keys    = regexp.MustCompile(`^[0-9A-Za-z]{43}$`)
	userIDs = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._@-]{0,63}$`)
)

// IsUser tells whether a text can be a member's userid.
func IsUser(s string) bool { return userIDs.MatchString(s) }

// Check refuses a connection that cannot work. The fault names the field.
func (c *Corp) Check() *fault.Fault {
	switch {
	case strings.TrimSpace(c.Name) == "" || utf8.RuneCountInString(c.Name) > 40 || strings.ContainsAny(c.Name, "\r\n\t"):
		return ErrName
	case !corpIDs.MatchString(c.CorpID):
		return ErrCorpID
	case c.App == "" || len(c.App) > 128:
		return ErrSecret
	case !tokens.MatchString(c.Token):
		return ErrToken
	case !keys.MatchString(c.Key):
		return ErrKey
	}
	if c.Base != "" {
		u, err := url.Parse(c.Base)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return ErrBase
		}
	}
	for user := range c.Members {
		if !IsUser(user) {
			return ErrMember
		}
	}
	return nil
}

var ids = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// NewID makes an id of 26 characters, which nobody can guess.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	return ids.EncodeToString(b[:])
}

// Callback is something a company told us, as it came and until it is done.
type Callback struct {
	Workspace workspace.Number
	Corp      string
	Hash      [16]byte // of what makes it the same event however often it comes
	Received  int64    // microseconds of the machine's clock
	Kind      string   // what happened; holds nothing about a person
	Urgent    bool     // somebody waits for it: a welcome is good for 20 s
	Body      []byte   // as it was opened; stored sealed
	Tries     int
	Next      int64 // microseconds: not tried before
}

// HashOf is how a callback is known again.
func HashOf(corp, unique string) (h [16]byte) {
	sum := sha256.Sum256([]byte(corp + "\x00" + unique))
	copy(h[:], sum[:])
	return h
}

// States of a callback.
const (
	Waiting = "waiting"
	Done    = "done"
	Passed  = "passed" // nothing is to be done with this kind
	Stuck   = "stuck"  // tried often and never done; somebody looks
)

// Verdict is what became of a callback.
type Verdict struct {
	Hash  [16]byte
	State string
	Why   string // a code: why it is not done, or how it was
	At    int64  // microseconds of the machine's clock
	Next  int64  // of one that waits
}

// Codes of how a welcome came out, with those of package message.
const (
	Greeted       = "greeted"
	GreetedBefore = "greeted_before" // by another app, or they had begun to talk
)

// Told is one thing a company told, without what it said.
type Told struct {
	Kind, State, Why string
	Received, Ended  int64 // microseconds; Ended 0: not yet
	Tries            int
}

// Welcomes are how the greetings of a while went.
type Welcomes struct {
	Counts map[string]int // by the code of the outcome
	Took   []int64        // microseconds from when WeCom told until the greeting was out, ascending; those that went only
}

// Tally is how many callbacks of a company stand where.
type Tally struct {
	Corp, Kind, State string
	Count             int
	Last              int64 // received, microseconds
}
