// Package tencent is the manner of calling that WeCom and WeChat share: credentials fetched once, limits kept before the far
// side has to say so, errcode instead of HTTP statuses, and a plain answer to what to do about each. What is asked of which
// address is in channel/wecom and channel/wechat.
package tencent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Caller calls one far side. It is safe for many goroutines.
type Caller struct {
	base    *url.URL
	client  *http.Client
	limits  *Limits
	tokens  *Tokens
	observe func(api string, code int, took time.Duration)
	now     func() time.Time
}

// Options are what a caller is made with.
type Options struct {
	Base    string       // address of the far side; a sandbox and a gateway have their own
	Client  *http.Client // its timeout bounds one try
	Limits  *Limits
	Tokens  *Tokens
	Observe func(api string, code int, took time.Duration) // may be nil; code is errcode, or -2 when no answer came
	Now     func() time.Time
}

// Machine are a client's parts of the machine.
type Machine struct {
	HTTP    *http.Client
	Limit   func(api string) Limit // nil: Default for each
	Observe func(api string, code int, took time.Duration)
	Now     func() time.Time
}

// Caller makes a caller to an address, with credentials and limits of its own.
func (m Machine) Caller(base string) (*Caller, *Tokens, error) {
	if m.Limit == nil {
		m.Limit = func(string) Limit { return Default }
	}
	tokens := NewTokens(m.Now)
	c, err := NewCaller(Options{Base: base, Client: m.HTTP, Tokens: tokens, Limits: NewLimits(m.Limit, m.Now), Observe: m.Observe, Now: m.Now})
	return c, tokens, err
}

// NewCaller makes a caller, or says what is wrong with the address.
func NewCaller(o Options) (*Caller, error) {
	base, err := url.Parse(o.Base)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("the base address is like https://host, without a path of its own")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	if o.Observe == nil {
		o.Observe = func(string, int, time.Duration) {}
	}
	return &Caller{base, o.Client, o.Limits, o.Tokens, o.Observe, o.Now}, nil
}

// Now is the caller's clock.
func (c *Caller) Now() time.Time { return c.now() }

// Opens is when a call of an API may begin next; the zero time: now.
func (c *Caller) Opens(api string) time.Time { return c.limits.Opens(api) }

// Call is one request.
type Call struct {
	API    string // what follows the prefix in the path, like externalcontact/get: limits, errors and metrics know it by this
	Path   string // the whole path
	Method string
	Query  url.Values
	In     any                                                  // JSON body; nil: none
	Body   func() (body io.Reader, kind string, err error)      // any other body, made anew for each try
	Save   func(body io.Reader, kind, name string) error        // for files: takes the body if it is not JSON
	Token  func(context.Context) (key, value string, err error) // nil: none needed
	Param  string                                               // query parameter of the token; "": access_token
	Once   bool                                                 // not made again when busy, nor when it is unclear what came of it
}

// answer is what every answer has.
type answer struct {
	Code int    `json:"errcode"`
	Hint string `json:"errmsg"`
}

const (
	tries   = 3 // while the far side is busy
	pause   = 250 * time.Millisecond
	most    = 64 << 20         // bytes of an answer
	rebuked = 60 * time.Second // how long an API stays shut after 45009
)

// Do makes a call and reads its answer into out, which may be nil.
func (c *Caller) Do(ctx context.Context, call Call, out any) error {
	renewed := false
	for try := 1; ; try++ {
		key, token, err := "", "", error(nil)
		if call.Token != nil {
			if key, token, err = call.Token(ctx); err != nil {
				return fmt.Errorf("%w %s: %w", ErrNoToken, call.API, err)
			}
		}
		err = c.once(ctx, call, token, out)
		e, told := errors.AsType[*Error](err)
		switch {
		case err == nil:
			return nil
		case told && e.Action() == Renew && !renewed && call.Token != nil:
			// Refused for its token alone, so nothing came of it: also what must not happen twice may be called again.
			renewed = true
			c.tokens.Drop(key, token)
			continue
		case told && e.Action() == Slow:
			if e.Code == 45009 {
				c.limits.Shut(call.API, rebuked)
				e.After = rebuked
			}
			return err
		case told && e.Action() == Again && !call.Once && try < tries:
			select {
			case <-time.After(pause << (try - 1)):
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		return err
	}
}

// once makes one try.
func (c *Caller) once(ctx context.Context, call Call, token string, out any) error {
	done, err := c.limits.Take(ctx, call.API)
	if err != nil {
		return err
	}
	defer done()
	req, err := c.request(ctx, call, token)
	if err != nil {
		return err
	}
	began := c.now()
	res, err := c.client.Do(req)
	if err != nil {
		c.observe(call.API, -2, c.now().Sub(began))
		return unreached(call.API, err)
	}
	defer res.Body.Close()
	code, err := c.read(call, res, out)
	c.observe(call.API, code, c.now().Sub(began))
	return err
}

func (c *Caller) request(ctx context.Context, call Call, token string) (*http.Request, error) {
	u := *c.base
	u.Path += call.Path
	q := url.Values{}
	for k, v := range call.Query {
		q[k] = v
	}
	if call.Token != nil {
		param := call.Param
		if param == "" {
			param = "access_token"
		}
		q.Set(param, token)
	}
	u.RawQuery = q.Encode()
	var body io.Reader
	kind := ""
	switch {
	case call.Body != nil:
		b, k, err := call.Body()
		if err != nil {
			return nil, fmt.Errorf("%s: make the body: %w", call.API, err)
		}
		body, kind = b, k
	case call.In != nil:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // limits are in bytes, and "&" of an address is one
		if err := enc.Encode(call.In); err != nil {
			return nil, fmt.Errorf("%s: make the body: %w", call.API, err)
		}
		body, kind = &b, "application/json; charset=utf-8"
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%s: make the request", call.API) // the cause quotes the address with its token
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	return req, nil
}

// read takes an answer apart. Business errors come with status 200; another status is a gateway's.
func (c *Caller) read(call Call, res *http.Response, out any) (int, error) {
	kind, params, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	body := io.LimitReader(res.Body, most)
	if call.Save != nil && res.StatusCode == http.StatusOK && !strings.Contains(kind, "json") && kind != "text/plain" {
		name := params["name"]
		if _, p, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err == nil {
			name = p["filename"]
		}
		return 0, call.Save(body, kind, name)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return -2, fmt.Errorf("%s: read the answer: %w", call.API, ErrUnclear)
	}
	if res.StatusCode != http.StatusOK {
		if res.StatusCode < 500 {
			return -2, &Error{API: call.API, Code: res.StatusCode, Hint: http.StatusText(res.StatusCode)}
		}
		return -2, fmt.Errorf("%s: status %d: %w", call.API, res.StatusCode, ErrUnclear)
	}
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		return -2, fmt.Errorf("%s: the answer is not JSON: %w", call.API, ErrUnclear)
	}
	if a.Code != 0 {
		if out != nil { // some answers say more beside their error: who cannot get it
			_ = json.Unmarshal(b, out)
		}
		return a.Code, &Error{API: call.API, Code: a.Code, Hint: a.Hint}
	}
	if out == nil {
		return 0, nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return 0, fmt.Errorf("%s: the answer has another form than documented: %w", call.API, ErrUnclear)
	}
	return 0, nil
}

// unreached says whether a call may have arrived although no answer came. The cause is not quoted: it holds the address with its token.
func unreached(api string, err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return fmt.Errorf("%s: no connection", api)
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w, %w", api, ErrUnclear, context.Canceled)
	}
	return fmt.Errorf("%s: %w", api, ErrUnclear)
}
