package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"peiban/internal/channel/wecom"
	"peiban/internal/channel/wecom/crypt"
	"peiban/internal/corp"
	"peiban/internal/event"
	"peiban/internal/ingest/callback"
	"peiban/internal/workspace"
)

const (
	callbackRate    = 500 // a second
	callbackLimitMs = 50
	scanRate        = 50 // a second
	welcomeLimit    = 3 * time.Second
	farTakes        = 30 * time.Millisecond // what WeCom takes for an answer here
)

// far is a WeCom that knows everybody and notes when each was welcomed.
type far struct {
	mu      sync.Mutex
	greeted map[string]time.Time // by welcome code
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(farTakes)
	answer := `{"errcode":0,"errmsg":"ok"}`
	switch api := strings.TrimPrefix(r.URL.Path, "/cgi-bin/"); api {
	case "gettoken":
		answer = `{"errcode":0,"access_token":"T","expires_in":7200}`
	case "externalcontact/get":
		id := r.URL.Query().Get("external_userid")
		answer = fmt.Sprintf(`{"errcode":0,"external_contact":{"external_userid":%q,"name":"晴天","type":1},"follow_user":[{"userid":"zhou","add_way":1}]}`, id)
	case "externalcontact/send_welcome_msg":
		var in struct {
			Code string `json:"welcome_code"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		f.mu.Lock()
		f.greeted[in.Code] = time.Now()
		f.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, answer)
}

// door is a company's callback, as it would tell us.
type door struct {
	url string
	box *crypt.Box
}

func (d *door) tell(client *http.Client, what, user string, n int, more string) (time.Duration, error) {
	xml := fmt.Sprintf(`<xml><ToUserName>wwbench0000000000</ToUserName><FromUserName>sys</FromUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType><Event>change_external_contact</Event><ChangeType>%s</ChangeType><UserID>zhou</UserID><ExternalUserID>%s%07d</ExternalUserID>%s</xml>`,
		time.Now().Unix(), what, user, n, more)
	sealed, err := d.box.Seal([]byte(xml), rand.Reader)
	if err != nil {
		return 0, err
	}
	q := url.Values{"msg_signature": {d.box.Sign("1700000000", "n", sealed)}, "timestamp": {"1700000000"}, "nonce": {"n"}}
	body := "<xml><ToUserName>wwbench0000000000</ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
	began := time.Now()
	resp, err := client.Post(d.url+"?"+q.Encode(), "text/xml", bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("a callback was answered %d", resp.StatusCode)
	}
	return time.Since(began), nil
}

// callbacks measures how soon what WeCom tells is kept and answered, and how soon who scans a code is welcomed: over HTTP, into a database
// whose commits wait for the disk, with a WeCom that takes its time.
func callbacks(o options) ([]row, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := p.durable(ctx); err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	src, err := p.store.EnsureSource(ctx, p.ws.Number, event.Source{Name: "wecom", Created: 1})
	if err != nil {
		return nil, err
	}
	wc := &far{greeted: map[string]time.Time{}}
	there := httptest.NewServer(wc)
	defer there.Close()
	const token, key = "bench", "peibanpeibanpeibanpeibanpeibanpeibanpeiban0"
	c, err := p.store.SaveCorp(ctx, p.ws.Number, corp.Corp{
		ID: "bench", Name: "bench", Base: there.URL, CorpID: "wwbench0000000000", Agent: 1, App: "s", Token: token, Key: key, Source: src.Number,
	}, 1, "command")
	if err != nil {
		return nil, err
	}
	space, err := p.open(ctx, time.Now)
	if err != nil {
		return nil, err
	}
	defer space.Close()
	quiet := slog.New(slog.DiscardHandler)
	wake := make(chan struct{}, 1)
	receiver := callback.NewReceiver(p.store, time.Now, func(workspace.Number) {
		select {
		case wake <- struct{}{}:
		default:
		}
	}, quiet)
	runner := &callback.Runner{
		Store: p.store, Space: space, Calls: wecom.NewPool(wecom.Options{HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, Now: time.Now}), Real: time.Now, Log: quiet,
		Zone: benchDay.Location(), Wake: wake, Address: "https://bench.example",
	}
	var workers sync.WaitGroup
	workers.Go(func() { receiver.Run(ctx) })
	workers.Go(func() { runner.Run(ctx) })
	defer workers.Wait()
	defer stop()
	here := httptest.NewServer(receiver)
	defer here.Close()
	box, err := crypt.New(token, key, c.CorpID)
	if err != nil {
		return nil, err
	}
	d := &door{here.URL + callback.Path + c.ID, box}
	told, err := d.paced(callbackRate, o.seconds, func(client *http.Client, n int) (time.Duration, error) {
		return d.tell(client, "edit_external_contact", "wme", n, "")
	})
	if err != nil {
		return nil, err
	}
	out := []row{{What: "callbacks: kept and answered", Size: fmt.Sprintf("%d/s for %.0f s", callbackRate, o.seconds), Ours: worst(told), Unit: "ms, p99",
		Bar: "< 50 ms at 500/s", Met: worst(told) < callbackLimitMs, Detail: fmt.Sprintf("%d of them, %.0f ms at worst", len(told), told[len(told)-1].Seconds()*1000)}}
	began := make([]time.Time, int(scanRate*o.seconds)+scanRate)
	scans, err := d.paced(scanRate, o.seconds, func(client *http.Client, n int) (time.Duration, error) {
		began[n] = time.Now()
		return d.tell(client, "add_external_contact", "wma", n, fmt.Sprintf("<WelcomeCode>W%d</WelcomeCode>", n))
	})
	if err != nil {
		return nil, err
	}
	for until := time.Now().Add(25 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		wc.mu.Lock()
		n := len(wc.greeted)
		wc.mu.Unlock()
		if n == len(scans) {
			break
		}
	}
	wc.mu.Lock()
	defer wc.mu.Unlock()
	var took []time.Duration
	for n := range scans {
		if at, ok := wc.greeted[fmt.Sprintf("W%d", n)]; ok {
			took = append(took, at.Sub(began[n]))
		}
	}
	if len(took) == 0 {
		return nil, fmt.Errorf("of %d scans nobody was welcomed", len(scans))
	}
	slices.Sort(took)
	slowest := took[len(took)-1]
	return append(out, row{What: "callbacks: from scan to welcome", Size: fmt.Sprintf("%d/s for %.0f s", scanRate, o.seconds), Ours: slowest.Seconds() * 1000, Unit: "ms at worst",
		Bar: "< 3 s at 50/s", Met: slowest < welcomeLimit && len(took) == len(scans),
		Detail: fmt.Sprintf("%d of %d welcomed, p99 %.0f ms; WeCom takes %d ms a call", len(took), len(scans), worst(took), farTakes.Milliseconds())}), nil
}

// paced calls do so often a second, each at its time whether or not those before are done, and gives how long each took, sorted.
func (d *door) paced(rate int, seconds float64, do func(client *http.Client, n int) (time.Duration, error)) ([]time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	var mu sync.Mutex
	var times []time.Duration
	var failed error
	var all sync.WaitGroup
	began := time.Now()
	for n := range int(float64(rate) * seconds) {
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(rate))))
		all.Go(func() {
			took, err := do(client, n)
			mu.Lock()
			defer mu.Unlock()
			if times = append(times, took); err != nil {
				failed = err
			}
		})
	}
	all.Wait()
	slices.Sort(times)
	return times, failed
}
