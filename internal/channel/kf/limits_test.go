package kf_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/kf"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
)

// counting is WeCom that notes when each message came, and how many came at once.
type counting struct {
	mu           sync.Mutex
	at           []time.Time
	inside, most int
}

func (c *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	body := `{"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200}`
	if req.URL.Path == "/cgi-bin/kf/send_msg" {
		body = `{"errcode":0,"errmsg":"ok","msgid":"m"}`
		c.mu.Lock()
		c.at = append(c.at, time.Now())
		c.inside++
		c.most = max(c.most, c.inside)
		c.mu.Unlock()
		time.Sleep(time.Millisecond)
		c.mu.Lock()
		c.inside--
		c.mu.Unlock()
	}
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewBufferString(body)), Request: req}, nil
}

// 100,000 messages that wait together go as fast as the far side allows and never faster: 10,000 in any minute, 150,000 in any hour, ten at
// once (developer.work.weixin.qq.com/document/path/90454). The clock is the test's.
func TestAHundredThousandKeepTheLimits(t *testing.T) {
	const people, workers = 100_000, 20
	synctest.Test(t, func(t *testing.T) {
		far := &counting{}
		calls, err := wecom.New(wecom.Settings{Base: "http://far.test", Corp: "ww1", AppSecret: "s"}, wecom.Options{HTTP: &http.Client{Transport: far}, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		s := &kf.Sender{Corp: "ww1", Calls: calls}
		began, next := time.Now(), make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := range next {
					_, err := s.Send(t.Context(), channel.Outgoing{Key: fmt.Sprint("k", i), Body: "您好", At: address.Address{Kind: address.Desk, Scope: "ww1", Value: "wm", Through: "wk"}})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range people {
			next <- i
		}
		close(next)
		all.Wait()
		if len(far.at) != people || far.most > tencent.Default.Together {
			t.Fatalf("%d came, %d at once", len(far.at), far.most)
		}
		for i := tencent.Default.Minute; i < len(far.at); i++ {
			if span := far.at[i].Sub(far.at[i-tencent.Default.Minute]); span < time.Minute {
				t.Fatalf("%d within %s", tencent.Default.Minute+1, span)
			}
		}
		// Nine full minutes have to pass; a second of each is given away to be sure.
		if took := time.Since(began); took < 9*time.Minute || took > 11*time.Minute {
			t.Errorf("it took %s", took)
		} else {
			t.Logf("%d messages in %s of the test's clock", people, took)
		}
	})
}
