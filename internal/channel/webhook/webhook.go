// Package webhook hands messages to a company's own system: one signed POST each.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"peiban/internal/channel"
)

// Sender posts to one address. The far side notices a repeat by Idempotency-Key and a forgery by Peiban-Signature,
// which is t=UNIX,v1=HMAC-SHA256(secret, t + "." + body) in hex.
type Sender struct {
	url    string
	secret []byte
	client *http.Client
	now    func() time.Time
}

// New makes a sender for url; secret signs every request.
func New(url string, secret []byte, client *http.Client, now func() time.Time) *Sender {
	return &Sender{url: url, secret: secret, client: client, now: now}
}

// Send posts m. An answer of 2xx means taken, 410 and 422 mean never; anything else is tried again.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	var a channel.Answer
	body, err := json.Marshal(map[string]string{
		"id": m.Key, "person": m.To, "kind": m.Kind, "class": m.Class, "content": m.Content, "title": m.Title, "body": m.Body,
	})
	if err != nil {
		return a, fmt.Errorf("encode message %s: %w", m.Key, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return a, fmt.Errorf("address message %s: the address is none", m.Key) // the cause quotes it
	}
	at := strconv.FormatInt(s.now().Unix(), 10)
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", m.Key)
	req.Header.Set("Peiban-Signature", "t="+at+",v1="+hex.EncodeToString(mac.Sum(nil)))
	res, err := s.client.Do(req)
	if err != nil {
		return a, fmt.Errorf("hand over message %s: %w", m.Key, unquoted(err))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection is used again
	switch {
	case res.StatusCode/100 == 2:
		return a, nil
	case res.StatusCode == http.StatusGone, res.StatusCode == http.StatusUnprocessableEntity:
		return a, fmt.Errorf("message %s: status %d: %w", m.Key, res.StatusCode, channel.Refuse(channel.Rejected))
	}
	return a, fmt.Errorf("message %s: status %d", m.Key, res.StatusCode)
}

// unquoted is why a call failed without the address, which may hold a key of the far side's.
func unquoted(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
