// Package push sends the feed to webhooks: one signed request for each item, in the order of the feed, at least once.
//
// Nothing is queued beside the log. A webhook is a place in the log and moves on when the far side took what is behind it, so a server
// that is killed between an answer and the commit sends one item again, under the same id, and loses none. docs/decisions/webhooks.md.
package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"peiban/internal/out"
	"peiban/internal/workspace"
)

// Limits of one request.
const (
	answerWait = 15 * time.Second // until the head of the answer
	bodyWait   = 2 * time.Second  // for the beginning of its body, of which nothing depends
	bodyMost   = 4 << 10          // bytes read of it
)

// Sender makes requests.
type Sender struct {
	client *http.Client
	now    func() time.Time
	wait   time.Duration
}

// NewSender makes a sender that connects to addresses the guard allows only, whatever a name leads to, takes no proxy and follows no
// redirect.
func NewSender(guard out.Guard, now func() time.Time) *Sender {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: guard.Control}
	return &Sender{now: now, wait: answerWait, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
			DisableCompression: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
		},
	}}
}

// message is what is posted. It has the shape Standard Webhooks proposes.
type message struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      any    `json:"data"`
}

// Test posts a message that says nothing of anybody.
func (s *Sender) Test(ctx context.Context, w workspace.ID, h *out.Hook) out.Attempt {
	now := s.now()
	m := message{"test", now.UTC().Format(time.RFC3339), map[string]string{"text": "peiban 的测试推送 / a test by peiban"}}
	a, _ := s.post(ctx, &h.Told, out.MessageID(w, h.ID, "test "+strconv.FormatInt(now.UnixNano(), 36)), m)
	a.Type = "test"
	return a
}

// send posts one item. asked is how long the far side wants to be left alone.
func (s *Sender) send(ctx context.Context, w workspace.ID, h *out.Hook, item *out.Item) (a out.Attempt, asked time.Duration) {
	a, asked = s.post(ctx, &h.Told, out.MessageID(w, h.ID, item.ID), message{item.Type, item.Received, item})
	a.Item, a.Place, a.Type = item.ID, item.Place, item.Type
	return a, asked
}

func (s *Sender) post(ctx context.Context, told *out.Told, id string, m message) (a out.Attempt, asked time.Duration) {
	began := s.now()
	a = out.Attempt{At: began.UnixMicro(), Message: id, Outcome: out.Unreached}
	body, err := json.Marshal(m)
	if err != nil { // an item holds nothing that cannot be written
		return a, 0
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(s.wait, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, told.URL, bytes.NewReader(body))
	if err != nil {
		return a, 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "peiban")
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(began.Unix(), 10))
	r.Header.Set("webhook-signature", out.Sign(told.Secrets, id, began, body))
	res, err := s.client.Do(r)
	a.Took = s.now().Sub(began)
	switch {
	case errors.Is(err, out.ErrForbidden):
		a.Outcome = out.Forbidden
		return a, 0
	case err != nil && (errors.Is(context.Cause(ctx), context.DeadlineExceeded) || timedOut(err)):
		a.Outcome = out.Timeout
		return a, 0
	case err != nil:
		return a, 0
	}
	defer res.Body.Close()
	a.Status, a.Outcome = res.StatusCode, out.Judge(res.StatusCode)
	late.Reset(bodyWait)
	said, _ := io.ReadAll(io.LimitReader(res.Body, bodyMost)) // what there is of it; the head has said what counts
	a.Answer = out.Clean(said, body)
	return a, patience(res.Header.Get("Retry-After"), s.now())
}

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// patience reads Retry-After: seconds, or a date.
func patience(text string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1<<30 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// describe says in a log what became of an attempt; no address, which may hold a token.
func describe(a *out.Attempt) string { return fmt.Sprintf("%s %d", a.Outcome, a.Status) }
