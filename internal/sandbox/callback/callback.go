// Package callback brings the sandbox's events to the address an application gave, sealed as WeCom seals them: an answer
// within five seconds, three attempts, and on request what the real one does on bad days: twice, out of order, half a body.
package callback

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"peiban/internal/channel/wecom/crypt"
)

// Attempts and Patience are how often an event is brought and how long an answer may take. The number of attempts is what
// older documents say.
const (
	Attempts = 3
	Patience = 5 * time.Second
)

// Target is where events go.
type Target struct {
	URL, Token, Key string
	Receiver        string // corp id or appid
	Account         bool   // of an official account: the check of the address is signed only, nothing is sealed in it
}

// Switches are what goes wrong on purpose.
type Switches struct {
	Twice    bool `json:"twice"`     // each event that was taken is brought once more
	Disorder bool `json:"disorder"`  // what waits together goes out in reverse
	HalfOpen bool `json:"half_open"` // the first attempt breaks off in the middle of the body
	Off      bool `json:"off"`       // nothing is brought; it is lost, as when three attempts fail
}

// Try is one attempt, for whoever watches.
type Try struct {
	Event   string    `json:"event"`
	Attempt int       `json:"attempt"`
	Result  string    `json:"result"`          // an HTTP status or why there is none
	Reply   string    `json:"reply,omitempty"` // what the address answered, opened; or that it cannot be opened
	At      time.Time `json:"at"`
}

// Sender keeps events until they are brought.
type Sender struct {
	http   *http.Client
	now    func() time.Time
	random io.Reader

	mu     sync.Mutex
	to     *Target
	box    *crypt.Box
	with   Switches
	wait   []Event
	tries  []Try
	wake   chan struct{}
	bring  sync.Mutex // one delivery at a time
	number int
}

// Event is one message to the address: its name for the log and its inner XML. Agent is the app's number, "" where none is.
type Event struct {
	Name  string
	Agent string
	Body  []byte
}

// New makes a sender. now is the time stamps carry; random gives nonces and the first bytes of what is sealed.
func New(client *http.Client, now func() time.Time, random io.Reader) *Sender {
	if client == nil {
		client = &http.Client{}
	}
	return &Sender{http: client, now: now, random: random, wake: make(chan struct{}, 1)}
}

// Set gives the address. An empty URL takes it away. The address is not asked; Check does that.
func (s *Sender) Set(t Target) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.URL == "" {
		s.to, s.box = nil, nil
		return nil
	}
	box, err := crypt.New(t.Token, t.Key, t.Receiver)
	if err != nil {
		return err
	}
	s.to, s.box = &t, box
	return nil
}

// Switch sets what goes wrong.
func (s *Sender) Switch(w Switches) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.with = w
}

// With are the switches now, and the address.
func (s *Sender) With() (w Switches, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.to != nil {
		url = s.to.URL
	}
	return s.with, url
}

// Tries are the last attempts.
func (s *Sender) Tries() []Try {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tries)
}

// Post takes an event. Without an address it is lost, as in the real one.
func (s *Sender) Post(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.to == nil || s.with.Off {
		return
	}
	s.wait = append(s.wait, e)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// gather is how long a sender that disorders waits for company.
const gather = 300 * time.Millisecond

// Run brings events until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		if w, _ := s.With(); w.Disorder {
			select {
			case <-ctx.Done():
				return
			case <-time.After(gather): //nolint:forbidigo // callbacks come in real time
			}
		}
		s.Deliver(ctx)
	}
}

// Deliver brings everything that waits, one after the other.
func (s *Sender) Deliver(ctx context.Context) {
	s.bring.Lock()
	defer s.bring.Unlock()
	for {
		s.mu.Lock()
		batch, with := s.wait, s.with
		s.wait = nil
		s.mu.Unlock()
		if len(batch) == 0 || ctx.Err() != nil {
			return
		}
		if with.Disorder {
			slices.Reverse(batch)
		}
		for _, e := range batch {
			if s.deliver(ctx, e, with.HalfOpen) && with.Twice {
				s.deliver(ctx, e, false)
			}
		}
	}
}

func (s *Sender) deliver(ctx context.Context, e Event, half bool) bool {
	for n := range Attempts {
		reply, err := s.post(ctx, e, half && n == 0)
		s.note(e.Name, n+1, reply, err)
		if err == nil {
			return true
		}
	}
	return false
}

const kept = 200

func (s *Sender) note(name string, n int, reply string, err error) {
	t := Try{Event: name, Attempt: n, Result: "200", Reply: reply, At: s.now()}
	if err != nil {
		t.Result = err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries = append(s.tries, t)
	if len(s.tries) > kept {
		s.tries = s.tries[1:]
	}
}

type cdata struct {
	Text string `xml:",cdata"`
}

type sealedXML struct {
	XMLName xml.Name `xml:"xml"`
	To      cdata    `xml:"ToUserName"`
	Agent   cdata    `xml:"AgentID"`
	Encrypt cdata    `xml:"Encrypt"`
}

// seal gives the sealed text and the query that proves it.
func (s *Sender) seal(message []byte) (to Target, sealed, query string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.to == nil {
		return Target{}, "", "", errors.New("no address")
	}
	sealed, err = s.box.Seal(message, s.random)
	if err != nil {
		return Target{}, "", "", err
	}
	s.number++
	ts, nonce := strconv.FormatInt(s.now().Unix(), 10), strconv.Itoa(1_000_000+s.number)
	q := url.Values{"msg_signature": {s.box.Sign(ts, nonce, sealed)}, "timestamp": {ts}, "nonce": {nonce}}
	if s.to.Account {
		q.Set("signature", s.box.Sign(ts, nonce, ""))
		q.Set("encrypt_type", "aes")
	}
	return *s.to, sealed, q.Encode(), nil
}

func join(address, query string) string {
	if strings.Contains(address, "?") {
		return address + "&" + query
	}
	return address + "?" + query
}

func (s *Sender) post(ctx context.Context, e Event, half bool) (reply string, err error) {
	to, sealed, query, err := s.seal(e.Body)
	if err != nil {
		return "", err
	}
	body, err := xml.Marshal(sealedXML{To: cdata{to.Receiver}, Agent: cdata{e.Agent}, Encrypt: cdata{sealed}})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	var r io.Reader = bytes.NewReader(body)
	if half {
		r = io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{})
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, join(to.URL, query), r)
	if err != nil {
		return "", errors.New("the address cannot be called")
	}
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "text/xml")
	resp, err := s.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return "", errors.New("no answer within five seconds")
		}
		return "", errors.New("the connection broke")
	}
	defer func() { _ = resp.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%d", resp.StatusCode)
	}
	return s.reply(said), nil
}

// reply opens what an address says to a message. Most say nothing, or success.
func (s *Sender) reply(said []byte) string {
	var in struct {
		Sealed string `xml:"Encrypt"`
		Sign   string `xml:"MsgSignature"`
		At     string `xml:"TimeStamp"`
		Nonce  string `xml:"Nonce"`
	}
	if xml.Unmarshal(said, &in) != nil || in.Sealed == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	plain, err := s.box.Open(in.Sign, in.At, in.Nonce, in.Sealed)
	if err != nil {
		return "cannot be opened: " + err.Error()
	}
	return string(plain)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// ErrEcho says that the address did not answer the check with what was sealed in it.
var ErrEcho = errors.New("the address did not answer the check as it should")

// Check asks the address as the console does when it is saved: a GET whose sealed echo is to come back in the clear, nothing
// before or after it.
func (s *Sender) Check(ctx context.Context) error {
	s.mu.Lock()
	s.number++
	echo := strconv.Itoa(1_616_140_000 + s.number)
	s.mu.Unlock()
	to, sealed, query, err := s.seal([]byte(echo))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	query += "&echostr=" + url.QueryEscape(sealed)
	if to.Account {
		q, _ := url.ParseQuery(query)
		query = url.Values{"signature": q["signature"], "timestamp": q["timestamp"], "nonce": q["nonce"], "echostr": {echo}}.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, join(to.URL, query), nil)
	if err != nil {
		return err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: no answer", ErrEcho)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil || resp.StatusCode != http.StatusOK || string(got) != echo {
		return fmt.Errorf("%w: status %d", ErrEcho, resp.StatusCode)
	}
	return nil
}
