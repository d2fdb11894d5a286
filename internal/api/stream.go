package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/staff"
)

// Change is one line of the stream: what sort of things changed, and about whom. No people means: read again
// whatever is on the screen.
type Change struct {
	Seq    uint64   `json:"seq"`
	Kinds  []string `json:"kinds"`
	People []string `json:"people"`
}

const (
	heartbeat = 15 * time.Second
	kept      = 256 // changes a reconnecting client can be told one by one
	waiting   = 64  // changes a slow client may be behind before it is told to read everything again
)

// hub takes a workspace's changes from the conductor once and gives each listener what it may see.
type hub struct {
	mu        sync.Mutex
	recent    []conductor.Change
	listeners map[chan conductor.Change]*bool // true: it missed something
	closed    bool
	done      chan struct{}
}

func newHub() *hub {
	return &hub{listeners: map[chan conductor.Change]*bool{}, done: make(chan struct{})}
}

// run passes changes on until they end or the hub is closed.
func (h *hub) run(changes <-chan conductor.Change) {
	for {
		select {
		case c, ok := <-changes:
			if !ok {
				return
			}
			h.publish(c)
		case <-h.done:
			return
		}
	}
}

func (h *hub) publish(c conductor.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent = append(h.recent, c)
	if len(h.recent) > 2*kept {
		h.recent = slices.Clone(h.recent[len(h.recent)-kept:])
	}
	for l, missed := range h.listeners {
		select {
		case l <- c:
		default:
			*missed = true
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// listen gives the changes after since and those to come. complete is false when some of the former are forgotten.
func (h *hub) listen(since event.Seq) (past []conductor.Change, complete bool, next <-chan conductor.Change, missed func() bool, stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l, flag := make(chan conductor.Change, waiting), new(bool)
	h.listeners[l] = flag
	if since > 0 {
		complete = len(h.recent) > 0 && h.recent[0].Seq <= since+1
		for _, c := range h.recent {
			if c.Seq > since {
				past = append(past, c)
			}
		}
	}
	missed = func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		was := *flag
		*flag = false
		return was
	}
	return past, complete, l, missed, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listeners, l)
	}
}

// stream answers server-sent events to staff or to a phone until the client, the session or the server ends.
func (s *Server) stream(cookie string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		info := requestOf(r.Context())
		info.route = r.Pattern
		c := callerOf(r.Context())
		if c == nil {
			writeProblem(w, r, errSignIn)
			return
		}
		since, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64)
		past, complete, next, missed, stop := c.space.hub.listen(event.Seq(since))
		defer stop()
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // a proxy must pass lines on at once
		out := &lines{w: w, flush: http.NewResponseController(w).Flush}
		out.send("retry: 3000\n\n")
		last := uint64(c.space.Conductor.Head())
		if since > 0 && !complete && last > since {
			out.change(everything(last))
		} else {
			for _, change := range past {
				s.pass(out, c, change)
			}
		}
		s.follow(r.Context(), out, c, cookie, r, next, missed)
	}
}

func (s *Server) follow(ctx context.Context, out *lines, c *caller, cookie string, r *http.Request, next <-chan conductor.Change, missed func() bool) {
	beat := s.every(heartbeat)
	defer beat.Stop()
	for out.err == nil {
		select {
		case <-ctx.Done():
			return
		case <-c.space.hub.done:
			return
		case change := <-next:
			if missed() {
				out.change(everything(uint64(change.Seq)))
				continue
			}
			s.pass(out, c, change)
		case <-beat.C:
			if again, err := s.identify(r, cookie); err != nil || again == nil {
				return // signed out, disabled or expired meanwhile
			}
			out.send(": still here\n\n")
		}
	}
}

func everything(seq uint64) Change {
	return Change{Seq: seq, Kinds: []string{"task", "message", "person", "clock"}, People: []string{}}
}

// pass sends what the caller may see of a change; a change about others only is not for them.
func (s *Server) pass(out *lines, c *caller, change conductor.Change) {
	mine := make([]string, 0, len(change.People))
	for _, n := range change.People {
		if card, ok := c.space.Conductor.Directory().ByNumber(n); ok && c.follows(card) {
			mine = append(mine, string(card.ID))
		}
	}
	if len(mine) == 0 && !slices.Contains(change.Kinds, "clock") {
		return
	}
	out.change(Change{Seq: uint64(change.Seq), Kinds: slices.Clone(change.Kinds), People: mine})
}

// follows reports whether the caller hears of changes about a person.
func (c *caller) follows(card conductor.Card) bool {
	if c.session.Kind == staff.KindPerson {
		return card.Number == c.me.Number
	}
	return c.member.Sees(card.Owner)
}

// lines writes a stream and remembers that the client has gone.
type lines struct {
	w     http.ResponseWriter
	flush func() error
	err   error
}

func (l *lines) send(text string) {
	if l.err == nil {
		_, l.err = l.w.Write([]byte(text))
	}
	if l.err == nil {
		l.err = l.flush()
	}
}

func (l *lines) change(c Change) {
	b, err := json.Marshal(c)
	if err != nil {
		l.err = err
		return
	}
	l.send(fmt.Sprintf("id: %d\nevent: change\ndata: %s\n\n", c.Seq, b))
}
