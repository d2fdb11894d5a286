package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"peiban/internal/channel/connect"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/ingest/callback"
	"peiban/internal/workspace"
)

// companies are the parts that speak with the companies of WeCom that workspaces are connected to.
type companies struct {
	h        *house
	client   *http.Client
	calls    *wecom.Pool
	maker    *connect.Maker // of what is sent
	receiver *callback.Receiver
	tester   *callback.Tester

	mu    sync.Mutex
	bells map[workspace.Number]chan struct{} // what is kept for a workspace wakes its runner
}

func newCompanies(h *house) *companies {
	client, dial := h.calls()
	c := &companies{h: h, bells: map[workspace.Number]chan struct{}{}, client: client}
	c.calls = wecom.NewPool(wecom.Options{HTTP: client, Now: time.Now})
	c.maker = &connect.Maker{HTTP: client, Dial: dial, WeCom: c.calls, Real: time.Now}
	c.tester = &callback.Tester{HTTP: c.client, Real: time.Now}
	c.receiver = callback.NewReceiver(h.store, time.Now, c.ring, h.log)
	return c
}

// calls is how far sides are called: those that the administrator of the machine allows.
func (h *house) calls() (*http.Client, func(context.Context, string, string) (net.Conn, error)) {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: h.guard().Control}
	return &http.Client{
		Timeout: 15 * time.Second,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second,
		},
		// An answer comes from whom it was asked of, or not at all.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, dialer.DialContext
}

// runner does what companies tell of a workspace.
func (c *companies) runner(space *conductor.Conductor, zone *time.Location) *callback.Runner {
	return &callback.Runner{
		Store: c.h.store, Space: space, Calls: c.calls, Real: time.Now, Log: c.h.log, Zone: zone, Wake: c.bell(space.Workspace().Number), Address: c.h.config.Address(),
	}
}

func (c *companies) bell(w workspace.Number) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bells[w] == nil {
		c.bells[w] = make(chan struct{}, 1)
	}
	return c.bells[w]
}

func (c *companies) ring(w workspace.Number) {
	select {
	case c.bell(w) <- struct{}{}:
	default: // it is awake already
	}
}
