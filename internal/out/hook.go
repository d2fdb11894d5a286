package out

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// State is whether a webhook is sent to.
type State string

// States of a webhook.
const (
	On     State = "on"
	Paused State = "paused" // by somebody; it goes on where it was
	Off    State = "off"    // by itself: the far side failed for too long, or said that it is gone
)

// Secret signs what is sent. Until is when it is used no more, microseconds; 0: it is the newest.
type Secret struct {
	Text  string `json:"text"`
	Until int64  `json:"until,omitempty"`
}

// Told is what a webhook was told to do. It is sealed in the database: the address and the secrets let somebody in elsewhere.
type Told struct {
	Name       string   `json:"name"`
	URL        string   `json:"url"`
	Types      []string `json:"types,omitempty"`
	Programmes []string `json:"programmes,omitempty"`
	Receiver   Receiver `json:"receiver"`
	Names      bool     `json:"names,omitempty"`
	History    bool     `json:"history,omitempty"`
	Secrets    []Secret `json:"secrets"` // the newest first
}

// Want is what of the feed is sent.
func (t *Told) Want() Want {
	return Want{Types: t.Types, Programmes: t.Programmes, Receiver: t.Receiver, Names: t.Names, History: t.History}
}

// Hook is a webhook: an address that is sent the feed. Times are microseconds of the machine's clock, 0: never.
type Hook struct {
	ID      string
	State   State
	Version int64 // grows with each change by staff
	Told    Told
	Created int64

	At      Place  // everything up to it was taken, or put aside
	Tries   int    // of the item after At
	Next    int64  // not before
	Failing int64  // since when every try failed
	Done    int64  // the last that was taken
	Ended   int64  // when it was switched off
	Why     string // why: gone, failed
	Replay  Replay

	LeaseBy string // whoever sends to it
	Lease   int64  // until when
}

// Replay is a part of the feed that is sent once more, before what is new. Number 0: none was asked for.
type Replay struct {
	Number int64
	At, To Place
	Tries  int
}

// Open reports whether there is something left of it.
func (r *Replay) Open() bool { return r.Number != 0 && r.At.Compare(r.To) < 0 }

// Outcomes of attempts.
const (
	Taken     = "taken"
	Refused   = "refused"   // the far side does not want this one, after RefuseTries
	Rejected  = "rejected"  // a status that says no; tried again
	Failed    = "failed"    // a status of 5xx, or one that asks for patience
	Timeout   = "timeout"   // no answer in time
	Unreached = "unreached" // no connection
	Forbidden = "forbidden" // the name leads to an address that is not allowed
	Redirect  = "redirect"  // redirects are not followed
	Gone      = "gone"      // 410: the webhook is switched off

	Bad = "bad" // asked for, never kept: all but Taken
)

// Attempt is one request of a webhook. Answer is the beginning of what came back, without anything that could be a personal value.
type Attempt struct {
	N       int64
	At      int64
	Item    string // of the feed; empty: a test
	Message string // webhook-id
	Place   Place
	Type    string
	Try     int
	Status  int // 0: no answer
	Took    time.Duration
	Outcome string
	Answer  string
	Replay  bool
}

// ErrNoHook is what an unknown webhook gives.
var ErrNoHook = fault.New(fault.Missing, "webhook_not_found", "没有找到这个推送地址", "there is no such webhook")

// ErrHookMoved means that a webhook changed since it was read, or that another sends to it.
var ErrHookMoved = fault.New(fault.Stale, "webhook_changed", "这个推送地址刚刚变了，请刷新", "the webhook changed meanwhile; load it again")

var (
	errURL = fault.New(fault.Invalid, "bad_url", "地址要是 https://，不带账号", "the address has to be https:// without a login in it").At("body.url")
	// ErrPrivate means that an address lies in a network of ours.
	ErrPrivate = fault.New(fault.Invalid, "private_address", "不能推送到内部网络的地址", "an address in a private network cannot be sent to").At("body.url").
			Because("需要时由管理员在设置 out_private 里允许这个网段", "where it is meant, allow its network by the setting out_private")
)

// Check puts what a webhook is told in order and says why it cannot be used, nil when it can. plain allows http.
func (t *Told) Check(programme func(string) bool, plain func(host string) bool) error {
	t.URL = strings.TrimSpace(t.URL)
	u, err := url.Parse(t.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(t.URL) > 1000 || u.Scheme != "https" && (u.Scheme != "http" || !plain(u.Hostname())) {
		return errURL
	}
	return cmp.Or(checkName(&t.Name), checkTypes(&t.Types), checkProgrammes(&t.Programmes, programme), t.Receiver.Check())
}

// Place is where an address lies, as far as people may see it: the path may hold a token.
func (t *Told) Place() string {
	u, err := url.Parse(t.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// secretBytes is how long a secret is. Standard Webhooks asks for 24 to 64.
const secretBytes = 32

// NewSecret makes a secret as Standard Webhooks writes them.
func NewSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails: the runtime ends the program instead
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

// Sign makes the value of webhook-signature for a body: one signature for each secret that holds at now. Any of them is enough for the far
// side, so a secret is changed without losing anything. Source: Standard Webhooks, github.com/standard-webhooks/standard-webhooks.
func Sign(secrets []Secret, id string, now time.Time, body []byte) string {
	var out []string
	for _, s := range secrets {
		if s.Until != 0 && now.UnixMicro() >= s.Until {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Text, "whsec_"))
		if err != nil {
			continue // ours are none such
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(now.Unix(), 10) + "."))
		mac.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, " ")
}

// MessageID names what is sent to a webhook about a place of the feed. It is the same at every try and every replay, so the far side
// knows a repeat.
func MessageID(w workspace.ID, hook, item string) string {
	h := sha256.Sum256([]byte("webhook\x00" + string(w) + "\x00" + hook + "\x00" + item))
	return "msg_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h[:16]))
}

// Limits of sending.
const (
	// GiveUp is for how long every try may fail until a webhook is switched off.
	GiveUp = 5 * 24 * time.Hour
	// RefuseTries is how often an item is tried that the far side says no to; then it is put aside and the next one comes.
	RefuseTries = 5
	longestWait = 6 * time.Hour // between two tries, also when the far side asks for more
)

// Schedule are the waits between the tries of one item; after the last it stays at that.
var Schedule = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, longestWait,
}

// Wait is how long to wait after a try, the first being 1: by the schedule, a fifth more or less as chance in [0, 1) says, so that many
// webhooks do not come back at one moment; or what the far side asked for, when that is longer.
func Wait(try int, asked time.Duration, chance float64) time.Duration {
	d := Schedule[min(max(try, 1), len(Schedule))-1]
	d = d*4/5 + time.Duration(chance*float64(d)*2/5)
	return min(max(d, asked), longestWait)
}

// Judge says what an answer means: the outcome, and whether a try can be different.
func Judge(status int) string {
	switch {
	case status >= 200 && status < 300:
		return Taken
	case status >= 300 && status < 400:
		return Redirect
	case status == 410:
		return Gone
	case status == 408 || status == 425 || status == 429 || status >= 500 || status < 200:
		return Failed
	}
	return Rejected
}

// After is what a webhook's place becomes by an attempt on the item behind it, at now, microseconds. It is pure: sending and storing are
// others'. passed says that the item is behind it.
func (h *Hook) After(outcome string, place Place, now int64, wait time.Duration) (passed bool) {
	tries, at := &h.Tries, &h.At
	if h.Replay.Open() {
		tries, at = &h.Replay.Tries, &h.Replay.At
	}
	*tries++
	if outcome == Taken {
		h.Done, h.Failing = now, 0
	} else if h.Failing == 0 {
		h.Failing = now
	}
	switch {
	case outcome == Taken, outcome == Refused:
		*at, *tries, h.Next = place, 0, 0
		if outcome == Refused { // it answers, only not to this one
			h.Failing = 0
		}
		return true
	case outcome == Gone:
		h.State, h.Why, h.Ended = Off, Gone, now
	case now-h.Failing >= GiveUp.Microseconds():
		h.State, h.Why, h.Ended = Off, Failed, now
	}
	h.Next = now + wait.Microseconds()
	return false
}

// Rotate gives a webhook another secret at now; the one before signs too for some hours more.
func (t *Told) Rotate(secret string, now time.Time, hours int) {
	next := []Secret{{Text: secret}}
	if h := min(hours, LongestOverlap); h > 0 && len(t.Secrets) > 0 {
		next = append(next, Secret{t.Secrets[0].Text, now.Add(time.Duration(h) * time.Hour).UnixMicro()})
	}
	t.Secrets = next
}
