// Package template sends SMS by any supplier's HTTP interface: one request, written as the supplier's manual says, with places for the
// number and the words.
package template

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
)

// Sender posts one request for each message.
type Sender struct {
	URL     string
	Headers map[string]string
	Body    string // with {phone} {text} {title} {body} {key}; JSON or a form, as Content-Type says
	Success string // field=value of the answer, dots for what is inside; empty: the status alone
	Repeats bool   // the far side takes each key once
	HTTP    *http.Client
}

const (
	longest = 1000 // bytes of a text: about five messages of an operator
	most    = 1 << 18
)

// Way is to the number that was told last.
func (s *Sender) Way(to []address.Address, _ time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind == address.Phone && a.Leads() && (w.No != "" || a.Since > w.At.Since) {
			w = channel.Way{At: a}
		}
	}
	return w
}

// Send sends m.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	text, ok := m.Text(longest)
	switch {
	case !ok:
		return channel.Answer{}, channel.Refuse(channel.Rejected)
	case m.Again && !s.Repeats:
		return channel.Answer{}, channel.Refuse(channel.Unclear)
	}
	kind := "application/json"
	for k, v := range s.Headers {
		if strings.EqualFold(k, "Content-Type") {
			kind = v
		}
	}
	within := inJSON
	if strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		within = url.QueryEscape
	}
	body := strings.NewReplacer(
		"{phone}", within(m.At.Value), "{text}", within(text), "{title}", within(m.Title), "{body}", within(m.Body), "{key}", within(m.Key),
	).Replace(s.Body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(body))
	if err != nil {
		return channel.Answer{}, &channel.Delay{Code: channel.Settings}
	}
	for k, v := range s.Headers {
		req.Header.Set(k, v)
	}
	req.Header.Set("Content-Type", kind)
	res, err := s.HTTP.Do(req)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			return channel.Answer{}, &channel.Delay{Cause: errors.New("no connection")}
		}
		return channel.Answer{}, errNoAnswer // the cause quotes the address, which may hold a key
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, most))
	switch {
	case err != nil:
		return channel.Answer{}, errNoAnswer
	case res.StatusCode == http.StatusTooManyRequests:
		return channel.Answer{}, &channel.Delay{After: time.Minute}
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden, res.StatusCode == http.StatusNotFound:
		return channel.Answer{}, &channel.Delay{Code: channel.Settings}
	case res.StatusCode/100 == 4:
		return channel.Answer{}, channel.Refuse(channel.Rejected)
	case res.StatusCode/100 != 2:
		return channel.Answer{}, fmt.Errorf("status %d", res.StatusCode)
	case !s.succeeded(b):
		return channel.Answer{}, channel.Refuse(channel.Rejected)
	}
	return channel.Answer{}, nil
}

var errNoAnswer = errors.New("no answer came")

// inJSON is a text as it stands between the quotes of JSON.
func inJSON(s string) string {
	b, _ := json.Marshal(s) // a text: cannot fail
	return string(b[1 : len(b)-1])
}

// succeeded reports whether an answer is one of success.
func (s *Sender) succeeded(b []byte) bool {
	field, want, ok := strings.Cut(s.Success, "=")
	if !ok {
		return s.Success == ""
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		return false
	}
	for name := range strings.SplitSeq(strings.TrimSpace(field), ".") {
		m, is := v.(map[string]any)
		if !is {
			return false
		}
		v = m[name]
	}
	return v != nil && fmt.Sprint(v) == strings.TrimSpace(want)
}

// ReadHeaders reads lines of "name: value".
func ReadHeaders(text string) (map[string]string, error) {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" || strings.ContainsAny(name, " \t") {
			return nil, errors.New("a header is a line like name: value")
		}
		out[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return out, nil
}
