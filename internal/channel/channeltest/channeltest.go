// Package channeltest is the contract that every sender keeps, as a test: whatever happens between a sender and its far side, a message
// reaches its reader once or, when that cannot be known, not twice.
package channeltest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/channel"
)

// Fault is how a call to the far side breaks.
type Fault int

// The faults.
const (
	None   Fault = iota
	Down         // no connection: the far side hears nothing
	Lost         // it did what it was asked, and its answer was lost
	Silent       // a connection half open: nothing arrives, and nothing comes back
	Mute         // it did what it was asked, and never answers
	Broken       // a gateway answers with 502 and the far side hears nothing
	Slow         // all is well, and takes its time
)

var names = map[Fault]string{Down: "down", Lost: "answer lost", Silent: "half open", Mute: "done and never answered", Broken: "502", Slow: "slow"}

// patience is how long a try may take in the tests.
const patience = 300 * time.Millisecond

// Far is a sender and its far side.
type Far struct {
	Sender  channel.Sender
	Message channel.Outgoing
	Calls   func() int           // how many calls the far side got, or would have got
	Break   func(int, Fault)     // the call with this number from now on, counted from 0
	Reached func(key string) int // how often the message reached its reader, or was put before a colleague
	Confirm func()               // has the far side bring what it took; nil: it does by itself
	Knows   bool                 // it can always find out whether a message went: nothing is unclear
	Private []string             // what no error may hold, beside what is said and to whom
}

// Test breaks every call of a send, each in every way.
func Test(t *testing.T, make func(t *testing.T) *Far) {
	t.Run("nothing breaks", func(t *testing.T) {
		f := make(t)
		f.deliver(t, 1)
		if n := f.Reached(f.Message.Key); n != 1 {
			t.Fatalf("it reached its reader %d times", n)
		}
	})
	clean := make(t)
	clean.deliver(t, 1)
	for call := range clean.Calls() {
		for fault := Down; fault <= Slow; fault++ {
			t.Run(names[fault]+" at call "+string(rune('1'+call)), func(t *testing.T) {
				f := make(t)
				f.Break(call, fault)
				f.deliver(t, 4)
			})
		}
	}
	t.Run("down for long", func(t *testing.T) {
		f := make(t)
		for call := range 12 {
			f.Break(call, Down)
		}
		f.deliver(t, 3)
		if n := f.Reached(f.Message.Key); n != 0 {
			t.Fatalf("it reached its reader %d times", n)
		}
	})
	t.Run("another message is another message", func(t *testing.T) {
		f := make(t)
		f.deliver(t, 1)
		first := f.Message.Key
		f.Message.Key = strings.Repeat("z", len(first))
		before := f.Reached(f.Message.Key)
		f.deliver(t, 1)
		if n := f.Reached(f.Message.Key) - before; n != 1 {
			t.Fatalf("the second reached its reader %d times", n)
		}
	})
}

// deliver hands the message over as the conductor does, until the far side took it, or refused it, or tries are up.
func (f *Far) deliver(t *testing.T, tries int) {
	t.Helper()
	m := f.Message
	before := f.Reached(m.Key)
	for range tries {
		ctx, stop := context.WithTimeout(t.Context(), patience)
		a, err := f.Sender.Send(ctx, m)
		stop()
		f.discreet(t, err)
		n := f.Reached(m.Key) - before
		delay, delayed := errors.AsType[*channel.Delay](err)
		refusal, refused := errors.AsType[*channel.Refusal](err)
		switch {
		case n > 1:
			t.Fatalf("it reached its reader %d times", n)
		case err == nil && a.Later:
			f.track(t, m, a, before)
			return
		case err == nil && n != 1:
			t.Fatalf("it said that it was taken, and it reached its reader %d times", n)
		case err == nil:
			return
		case delayed && n != 0 && !m.Again:
			t.Fatalf("it said that it was not taken (%v), and it was", delay)
		case refused && refusal.Code != channel.Unclear && n != 0:
			t.Fatalf("it refused what it had taken: %s", refusal.Code)
		case refused && refusal.Code == channel.Unclear && !m.Again:
			t.Fatal("at the first try it is clear whether it was tried before")
		case refused && f.Knows:
			t.Fatalf("it refused what the far side takes: %s", refusal.Code)
		case refused:
			return
		case !delayed:
			m.Again = true
		}
	}
	if tries > 3 {
		t.Fatal("it neither went nor was refused, though the far side is well")
	}
}

// track asks how a message went that was taken.
func (f *Far) track(t *testing.T, m channel.Outgoing, a channel.Answer, before int) {
	t.Helper()
	tracker, ok := f.Sender.(channel.Tracker)
	if !ok {
		t.Fatal("it says how it went later, and cannot be asked")
	}
	h := channel.Handed{Key: m.Key, Ref: a.Ref, At: m.At, Since: m.Since}
	ask := func() channel.Report {
		for range 4 { // a call may break here, too
			ctx, stop := context.WithTimeout(t.Context(), patience)
			r, err := tracker.Track(ctx, h)
			stop()
			if f.discreet(t, err); err == nil {
				return r
			}
		}
		t.Fatal("it cannot be asked how it went")
		return channel.Report{}
	}
	if f.Confirm != nil {
		if r := ask(); r.State != channel.Waiting {
			t.Fatalf("before it was brought: %+v", r)
		}
		f.Confirm()
	}
	if r := ask(); r.State != channel.Reached {
		t.Fatalf("after it was brought: %+v", r)
	}
	if n := f.Reached(m.Key) - before; n != 1 {
		t.Fatalf("it reached its reader %d times", n)
	}
}

// discreet looks that an error holds nothing about the reader, of what is said, and no secret.
func (f *Far) discreet(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, private := range append([]string{f.Message.At.Value, f.Message.Title, f.Message.Body, f.Message.To}, f.Private...) {
		if private != "" && strings.Contains(err.Error(), private) {
			t.Fatalf("an error holds %q: %v", private, err)
		}
	}
}

// Network is the way between a sender and its far side over HTTP.
type Network struct {
	To http.RoundTripper

	mu     sync.Mutex
	calls  int
	faults map[int]Fault
}

// Client is an HTTP client over the network.
func (n *Network) Client() *http.Client { return &http.Client{Transport: n, Timeout: patience} }

// Calls is how many calls were made.
func (n *Network) Calls() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls
}

// Break has a call fail, counted from now on.
func (n *Network) Break(call int, f Fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.faults == nil {
		n.faults = map[int]Fault{}
	}
	n.faults[n.calls+call] = f
}

// RoundTrip makes a call, or breaks it.
func (n *Network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	fault := n.faults[n.calls]
	n.calls++
	n.mu.Unlock()
	to := n.To
	if to == nil {
		to = http.DefaultTransport
	}
	switch fault {
	case Down:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	case Silent:
		<-req.Context().Done()
		return nil, req.Context().Err()
	case Broken:
		return &http.Response{
			StatusCode: http.StatusBadGateway, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"text/html"}},
			Body: io.NopCloser(strings.NewReader("<html>502</html>")), Request: req,
		}, nil
	case Slow:
		time.Sleep(patience / 10)
	case Lost, Mute:
		// The far side finishes whatever becomes of who asked.
		res, err := to.RoundTrip(req.Clone(context.WithoutCancel(req.Context())))
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		if fault == Mute {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}
		return nil, io.ErrUnexpectedEOF
	}
	return to.RoundTrip(req)
}
