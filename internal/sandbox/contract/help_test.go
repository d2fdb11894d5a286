package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"peiban/internal/channel/wecom/crypt"
	"peiban/internal/sandbox"
)

// start is a Monday in the middle of a month of 30 days.
var start = time.Date(2026, 6, 15, 2, 0, 0, 0, time.UTC)

// rig is a sandbox with a server and a callback address of its own.
type rig struct {
	*testing.T
	*sandbox.Sandbox
	base  string
	world sandbox.World

	mu     sync.Mutex
	events []event
	refuse int // how many posts to the callback are answered with 500
}

type event struct {
	Change   string `xml:"ChangeType"`
	Event    string `xml:"Event"`
	From     string `xml:"FromUserName"`
	User     string `xml:"UserID"`
	Customer string `xml:"ExternalUserID"`
	State    string `xml:"State"`
	Welcome  string `xml:"WelcomeCode"`
	Source   string `xml:"Source"`
	Why      string `xml:"FailReason"`
	Key      string `xml:"EventKey"`
	Task     string `xml:"TaskId"`
	Code     string `xml:"ResponseCode"`
	Kf       string `xml:"OpenKfId"`
	Token    string `xml:"Token"`
	Group    string `xml:"ChatId"`
	Text     string `xml:"Content"`
	Detail   string `xml:"UpdateDetail"`
	Who      string `xml:"MemChangeList>Item"`
}

const (
	hookToken = "sandboxtoken"
	hookKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

func newRig(t *testing.T) *rig {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Seed: 7, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, Sandbox: s, world: s.World()}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	r.base = server.URL
	hook := httptest.NewServer(http.HandlerFunc(r.hook(r.world.Corp)))
	t.Cleanup(hook.Close)
	if err := s.Callback(t.Context(), hook.URL+"/wecom?x=1", hookToken, hookKey); err != nil {
		t.Fatal(err)
	}
	return r
}

// hook is an application's callback address, as the documents want one.
func (r *rig) hook(receiver string) http.HandlerFunc {
	box, err := crypt.New(hookToken, hookKey, receiver)
	if err != nil {
		r.Fatal(err)
	}
	return func(w http.ResponseWriter, req *http.Request) {
		q := req.URL.Query()
		if req.Method == http.MethodGet {
			echo := []byte(q.Get("echostr"))
			if q.Get("msg_signature") == "" { // an official account's check
				if q.Get("signature") != box.Sign(q.Get("timestamp"), q.Get("nonce"), "") {
					w.WriteHeader(http.StatusForbidden)
				}
			} else if echo, err = box.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), q.Get("echostr")); err != nil {
				w.WriteHeader(http.StatusForbidden)
			}
			_, _ = w.Write(echo)
			return
		}
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return // half a body
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.refuse > 0 {
			r.refuse--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var envelope struct {
			Sealed string `xml:"Encrypt"`
		}
		if err := xml.Unmarshal(raw, &envelope); err != nil {
			r.Errorf("envelope: %v", err)
		}
		plain, err := box.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), envelope.Sealed)
		if err != nil {
			r.Errorf("open an event: %v", err)
		}
		var e event
		if err := xml.Unmarshal(plain, &e); err != nil {
			r.Errorf("read an event: %v", err)
		}
		r.events = append(r.events, e)
	}
}

// news brings what waits and answers what came since the last time.
func (r *rig) news() []event {
	r.Helper()
	r.Events.Deliver(context.WithoutCancel(r.Context()))
	r.Weixin.Events.Deliver(context.WithoutCancel(r.Context()))
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.events
	r.events = nil
	return all
}

// one is news of a single event.
func (r *rig) one(change string) event {
	r.Helper()
	all := r.news()
	if len(all) != 1 || all[0].Change != change && all[0].Event != change {
		r.Fatalf("want one %s, got %+v", change, all)
	}
	return all[0]
}

type body = map[string]any

// secret of an app by its name.
func (r *rig) secret(name string) string {
	for _, a := range r.world.Apps {
		if a.Name == name {
			return a.Secret
		}
	}
	r.Fatalf("no app %s", name)
	return ""
}

func (r *rig) token(app string) string {
	r.Helper()
	got := r.raw(http.MethodGet, "/cgi-bin/gettoken?corpid="+r.world.Corp+"&corpsecret="+r.secret(app), nil)
	token, _ := got["access_token"].(string)
	return token
}

func (r *rig) raw(method, path string, in any) body {
	r.Helper()
	var content io.Reader
	if text, ok := in.(string); ok {
		content = bytes.NewReader([]byte(text))
	} else if in != nil {
		b, _ := json.Marshal(in)
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.base+path, content)
	if err != nil {
		r.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out body
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		r.Fatalf("%s %s answers %d and no JSON: %v", method, path, resp.StatusCode, err)
	}
	return out
}

// api calls with a token of the app 陪伴; in nil is a GET.
func (r *rig) api(path string, in any) body {
	r.Helper()
	return r.as("陪伴", path, in)
}

func (r *rig) as(app, path string, in any) body {
	r.Helper()
	method, join := http.MethodPost, "?"
	if in == nil {
		method = http.MethodGet
	}
	if bytes.ContainsRune([]byte(path), '?') {
		join = "&"
	}
	return r.raw(method, "/cgi-bin/"+path+join+"access_token="+url.QueryEscape(r.token(app)), in)
}

// ok is api that must succeed.
func (r *rig) ok(path string, in any) body {
	r.Helper()
	got := r.api(path, in)
	if got["errcode"] != 0.0 {
		r.Fatalf("%s: %v", path, got)
	}
	return got
}

func (r *rig) code(want int, got body) {
	r.Helper()
	if got["errcode"] != float64(want) {
		r.Errorf("want %d, got %v %v", want, got["errcode"], got["errmsg"])
	}
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// customer is the nth made-up customer's id; the first five are somebody's already.
func (r *rig) customer(n int) string { return r.world.Customers[n].ID }

func (r *rig) upload(path string) string {
	r.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, _ := form.CreateFormFile("media", "图.png")
	_, _ = part.Write([]byte("\x89PNG made-up"))
	_ = form.Close()
	req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, r.base+"/cgi-bin/"+path+"&access_token="+r.token("陪伴"), &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out body
	r.must(json.NewDecoder(resp.Body).Decode(&out))
	r.code(0, out)
	id, _ := out["media_id"].(string)
	return id
}

// at reads a nested answer: names and indexes.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(body)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func with(b body, more body) body {
	out := maps.Clone(b)
	maps.Copy(out, more)
	return out
}
