// Package callback takes in what connected companies of WeCom tell us: it opens it, keeps it, answers, and only then works. What is
// kept is done once however often it came, in whatever order.
package callback

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"peiban/internal/channel/wecom"
	"peiban/internal/channel/wecom/crypt"
	"peiban/internal/corp"
	"peiban/internal/workspace"
)

// Path is where a company finds us: this, with its id behind it.
const Path = "/cb/wecom/"

// patience is how long a callback may take to be kept; WeCom hangs up after 5 s and tries again, and asks for an answer within one.
const patience = 900 * time.Millisecond

// Keeper is what the receiver asks of the database.
type Keeper interface {
	CorpByID(ctx context.Context, id string) (workspace.Number, corp.Corp, error)
	KeepCallbacks(ctx context.Context, all []corp.Callback) error
}

// Receiver answers callbacks over HTTP.
type Receiver struct {
	store Keeper
	real  func() time.Time
	log   *slog.Logger
	wake  func(workspace.Number)
	desk  chan *letter

	mu    sync.Mutex
	known map[string]door
}

// letter is one callback on its way into the database.
type letter struct {
	callback corp.Callback
	kept     chan error
}

// door is a company remembered for a short while, so that not every callback asks the database.
type door struct {
	workspace workspace.Number
	corp      corp.Corp
	box       *crypt.Box
	until     time.Time
}

const (
	knownFor  = 5 * time.Second // a changed token counts after at most this
	mostKnown = 1000
	together  = 256 // callbacks of one commit
	atDesk    = 4096
)

// NewReceiver makes a receiver; wake is told whose callbacks have just been kept.
func NewReceiver(store Keeper, real func() time.Time, wake func(workspace.Number), log *slog.Logger) *Receiver {
	return &Receiver{store: store, real: real, log: log, wake: wake, desk: make(chan *letter, atDesk), known: map[string]door{}}
}

// Run keeps what comes, many in one commit, until ctx ends.
func (r *Receiver) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-r.desk:
			r.keep(ctx, first)
		}
	}
}

// keep writes down a callback and those that wait behind it.
func (r *Receiver) keep(ctx context.Context, first *letter) {
	letters := []*letter{first}
	for len(letters) < together {
		select {
		case next := <-r.desk:
			letters = append(letters, next)
			continue
		default:
		}
		break
	}
	all := make([]corp.Callback, len(letters))
	for i, l := range letters {
		all[i] = l.callback
	}
	err := r.store.KeepCallbacks(context.WithoutCancel(ctx), all)
	woken := map[workspace.Number]bool{}
	for _, l := range letters {
		l.kept <- err // has room for one
		if w := l.callback.Workspace; err == nil && !woken[w] {
			woken[w] = true
			r.wake(w)
		}
	}
}

// ServeHTTP answers the check of the address (GET) and what is told (POST).
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx, stop := context.WithTimeout(req.Context(), patience)
	defer stop()
	d, err := r.find(ctx, strings.TrimPrefix(req.URL.Path, Path))
	if err != nil {
		r.refuse(w, "", err)
		return
	}
	q := req.URL.Query()
	open := func(sealed string) ([]byte, error) {
		return d.box.Open(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), sealed)
	}
	switch req.Method {
	case http.MethodGet:
		plain, err := open(q.Get("echostr"))
		if err != nil {
			r.refuse(w, d.corp.ID, err)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(plain)
	case http.MethodPost:
		if err := r.take(ctx, &d, req, open); err != nil {
			r.refuse(w, d.corp.ID, err)
			return
		}
		_, _ = w.Write([]byte("success"))
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// take opens a callback and waits until it is kept.
func (r *Receiver) take(ctx context.Context, d *door, req *http.Request, open func(string) ([]byte, error)) error {
	envelope, err := wecom.ReadEnvelope(req.Body)
	if err != nil {
		return err
	}
	plain, err := open(envelope.Sealed)
	if err != nil {
		return err
	}
	e, err := wecom.ReadEvent(plain)
	if err != nil {
		// It is theirs and will not read better the next time: kept by nobody, told in the log without what it says.
		r.log.Warn("a company told something that is no event", slog.String("corp", d.corp.ID))
		return nil
	}
	l := &letter{kept: make(chan error, 1), callback: corp.Callback{
		Workspace: d.workspace, Corp: d.corp.ID, Hash: corp.HashOf(d.corp.ID, e.Unique()), Received: r.real().UnixMicro(),
		Kind: kindOf(&e), Urgent: e.Welcome != "", Body: plain,
	}}
	select {
	case r.desk <- l:
	case <-ctx.Done():
		return errFull
	}
	select {
	case err := <-l.kept:
		return err
	case <-ctx.Done():
		return errFull // it may be kept all the same; the next try finds it
	}
}

var errFull = errors.New("it could not be kept in time")

// kindOf is what happened, short and of a known set: others are not made up by whoever sends.
func kindOf(e *wecom.Event) string {
	kind := e.Kind()
	for _, known := range kinds {
		if kind == known {
			return kind
		}
	}
	return "other"
}

var kinds = []string{
	wecom.CustomerAdded, wecom.CustomerHalf, wecom.CustomerEdited, wecom.CustomerDropped, wecom.CustomerLeft, wecom.TransferFailed, wecom.ArchiveAgreed,
	wecom.GroupMade, wecom.GroupChanged, wecom.GroupEnded, wecom.TagsChanged, wecom.KfNews, wecom.ArchiveNews, wecom.ButtonPressed, "message",
}

// find is the company an address belongs to.
func (r *Receiver) find(ctx context.Context, id string) (door, error) {
	now := r.real()
	r.mu.Lock()
	d, ok := r.known[id]
	r.mu.Unlock()
	if ok && now.Before(d.until) {
		return d, nil
	}
	w, c, err := r.store.CorpByID(ctx, id)
	if err != nil {
		return door{}, err
	}
	box, err := crypt.New(c.Token, c.Key, c.CorpID)
	if err != nil {
		return door{}, err
	}
	d = door{w, c, box, now.Add(knownFor)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= mostKnown {
		clear(r.known)
	}
	r.known[id] = d
	return d, nil
}

// refuse answers what is not taken. The far side reads the status only, and a stranger learns nothing else.
func (r *Receiver) refuse(w http.ResponseWriter, id string, err error) {
	status := http.StatusServiceUnavailable
	switch {
	case errors.Is(err, corp.ErrMissing):
		status = http.StatusNotFound
	case errors.Is(err, crypt.ErrSignature), errors.Is(err, crypt.ErrReceiver), errors.Is(err, crypt.ErrSealed):
		status = http.StatusForbidden
	case errors.Is(err, wecom.ErrTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, wecom.ErrForm):
		status = http.StatusBadRequest
	}
	if status != http.StatusNotFound {
		r.log.Warn("a callback was not taken", slog.String("corp", id), slog.Int("status", status), slog.String("why", err.Error()))
	}
	http.Error(w, http.StatusText(status), status)
}
