package template

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
)

var message = channel.Outgoing{
	Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "测“血糖”", Body: "今天\n饭后&两小时\"量一次\"",
	At: address.Address{Kind: address.Phone, Value: "13900001234"},
}

func TestContract(t *testing.T) {
	for name, repeats := range map[string]bool{"it notices repeats": true, "it does not": false} {
		t.Run(name, func(t *testing.T) {
			channeltest.Test(t, func(t *testing.T) *channeltest.Far {
				var mu sync.Mutex
				came := map[string]int{}
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					var m struct{ To, Text, ID string }
					if json.NewDecoder(r.Body).Decode(&m) != nil || m.To != message.At.Value || r.Header.Get("X-Key") != "hunter2" {
						w.WriteHeader(http.StatusBadRequest)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					if came[m.ID]++; repeats {
						came[m.ID] = 1
					}
					_, _ = w.Write([]byte(`{"result":{"code":0}}`))
				}))
				t.Cleanup(srv.Close)
				network := &channeltest.Network{}
				return &channeltest.Far{
					Sender: &Sender{
						URL: srv.URL + "/send?secret=hunter3", Headers: map[string]string{"X-Key": "hunter2"}, Body: `{"to":"{phone}","text":"{text}","id":"{key}"}`,
						Success: "result.code=0", Repeats: repeats, HTTP: network.Client(),
					},
					Message: message, Calls: network.Calls, Break: network.Break, Private: []string{"hunter2", "hunter3"}, Knows: repeats,
					Reached: func(key string) int { mu.Lock(); defer mu.Unlock(); return came[key] },
				}
			})
		})
	}
}

func TestWhatTheFarSideAnswers(t *testing.T) {
	for _, tt := range []struct {
		status  int
		body    string
		want    string
		delayed bool
	}{
		{200, `{"code":0}`, "", false},
		{200, `{"code":7,"msg":"13900001234"}`, channel.Rejected, false},
		{200, `not JSON`, channel.Rejected, false},
		{429, ``, "", true},
		{401, ``, "", true},
		{422, ``, channel.Rejected, false},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		}))
		_, err := (&Sender{URL: srv.URL, Body: "{}", Success: "code=0", HTTP: srv.Client()}).Send(t.Context(), message)
		refusal, _ := errors.AsType[*channel.Refusal](err)
		_, delayed := errors.AsType[*channel.Delay](err)
		if (refusal != nil) != (tt.want != "") || refusal != nil && refusal.Code != tt.want || delayed != tt.delayed {
			t.Errorf("%d %s: %v", tt.status, tt.body, err)
		}
		srv.Close()
	}
}

// Words never become a part of the request's form.
func TestAFormKeepsItsForm(t *testing.T) {
	var got url.Values
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r.PostForm
	}))
	defer srv.Close()
	m := message
	m.Title, m.Body = "", "a&mobile=110=%41 {key}"
	_, err := (&Sender{
		URL: srv.URL, Headers: map[string]string{"content-type": "application/x-www-form-urlencoded"}, Body: "mobile={phone}&content={text}", HTTP: srv.Client(),
	}).Send(t.Context(), m)
	if err != nil || got.Get("content") != m.Body || got.Get("mobile") != m.At.Value || len(got["mobile"]) != 1 {
		t.Error(got, err)
	}
}

func TestReadHeaders(t *testing.T) {
	got, err := ReadHeaders("X-Key: a:b\n\n Content-Type: text/plain \n")
	if err != nil || got["X-Key"] != "a:b" || got["Content-Type"] != "text/plain" {
		t.Error(got, err)
	}
	for _, bad := range []string{"nothing", ": x", "a b: c"} {
		if _, err := ReadHeaders(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
