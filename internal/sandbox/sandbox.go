// Package sandbox is a WeCom (企业微信) and a WeChat server of its own for tests and rehearsals: one made-up company with staff,
// customers, groups, customer service, an official account and a mini-program, all in memory. It speaks the wire forms of
// developer.work.weixin.qq.com and developers.weixin.qq.com, keeps their limits and sends their callbacks, sealed. What stands
// for people's hands (scanning a code, confirming a group send, moving the clock) is under /sandbox/, and a page with phones.
//
// It knows nothing of peiban's own: it is written from the documents, so that it and peiban's clients check one another.
package sandbox

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"peiban/internal/sandbox/archive"
	"peiban/internal/sandbox/callback"
	"peiban/internal/sandbox/page"
	"peiban/internal/sandbox/weixin"
	"peiban/internal/sandbox/wire"
)

// Options are what a sandbox starts with.
type Options struct {
	Seed uint64           // the same seed makes the same ids and secrets
	Now  func() time.Time // the real clock; the world's runs beside it and can be moved on
	HTTP *http.Client     // for callbacks; nil: one of its own
}

// Sandbox is the whole made-up world and its servers. It is safe for many goroutines.
type Sandbox struct {
	Clock  *wire.Clock
	Events *callback.Sender // of the company
	Weixin *weixin.Server
	Box    *wire.Board // the company's server

	ids     *wire.IDs
	tokens  *wire.Tokens
	archive *archive.Vault
	admin   *http.ServeMux

	mu sync.Mutex
	corp
	switches Switches
	seen     uint64 // grows with whatever phones show
}

// corp is what the company consists of.
type corp struct {
	id      string
	depts   []*dept
	apps    []*app
	members []*member
	people  []*customer
	bonds   []*bond

	ways       []*contactWay
	links      []*acquisition
	welcomes   map[string]*welcome
	groups     []*group
	joins      []*joinWay
	tags       []*tagGroup
	sends      []*groupSend
	moments    []*moment
	moves      []*transfer
	left       []unassigned
	accounts   []*kfAccount
	sessions   map[string]*kfSession // by account and customer
	files      map[string]*file
	logins     map[string]*login // by OAuth code
	tickets    map[string]ticket // by kind and app
	messages   map[string]*sentMessage
	duplicates map[string]time.Time
	chats      map[string]*chat
	consents   map[string]consent // by member and customer
	pendings   map[string]ticket  // pending_id by external id
}

// Switches are settings of behaviour.
type Switches struct {
	Cap            string `json:"cap"`             // what one customer may receive of group sends: month (as many as the month has days), week (7), day (1)
	TrustedIP      bool   `json:"trusted_ip"`      // calls from elsewhere than the apps' addresses get 60020
	EmptyPages     int    `json:"empty_pages"`     // every nth sync_msg answers has_more=1 with nothing in it; 0: never
	RefuseTransfer bool   `json:"refuse_transfer"` // customers refuse transfers
	WelcomeWait    int    `json:"welcome_wait_ms"` // how long a welcome is on its way; another one meanwhile gets 41096
}

// New makes a world. It serves at once; Run brings the callbacks.
func New(o Options) (*Sandbox, error) {
	if o.Now == nil {
		return nil, errors.New("a sandbox needs a clock")
	}
	s := &Sandbox{Clock: wire.NewClock(o.Now), ids: wire.NewIDs(o.Seed), switches: Switches{Cap: "month", EmptyPages: 5}}
	s.corp = corp{welcomes: map[string]*welcome{}, sessions: map[string]*kfSession{}, files: map[string]*file{}, logins: map[string]*login{},
		tickets: map[string]ticket{}, messages: map[string]*sentMessage{}, duplicates: map[string]time.Time{}, chats: map[string]*chat{},
		consents: map[string]consent{}, pendings: map[string]ticket{}}
	s.tokens = wire.NewTokens(s.ids, 7200*time.Second)
	s.Events = callback.New(o.HTTP, s.Clock.Now, s.ids)
	s.archive = archive.NewVault(s.ids)
	s.Box = &wire.Board{Clock: s.Clock, Lock: &s.mu, Auth: s.auth, Say: say, After: s.settle}
	s.found()
	s.Weixin = weixin.New(s.Clock, s.ids, o.HTTP, s.wechatPeople())
	s.routes()
	s.admin = s.adminRoutes()
	return s, nil
}

// Run brings callbacks and lets time do its work until ctx ends.
func (s *Sandbox) Run(ctx context.Context) {
	var both sync.WaitGroup
	defer both.Wait()
	for _, e := range []*callback.Sender{s.Events, s.Weixin.Events} {
		both.Go(func() { e.Run(ctx) })
	}
	tick := time.NewTicker(time.Second) //nolint:forbidigo // the world is looked at in real time
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.settle()
		}
	}
}

// ServeHTTP answers for both servers and for the page. An address below /qyapi or /weixin says which server is meant; without,
// the address itself does: what only WeChat knows is WeChat's.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/":
		http.Redirect(w, r, "/sandbox/", http.StatusFound)
	case path == "/sandbox" || strings.HasPrefix(path, "/sandbox/") && page.Has(path):
		page.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/sandbox/"), strings.HasPrefix(path, "/connect/oauth2/"):
		s.admin.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/qyapi/"):
		http.StripPrefix("/qyapi", s.Box).ServeHTTP(w, r)
	case strings.HasPrefix(path, "/weixin/"):
		http.StripPrefix("/weixin", s.Weixin).ServeHTTP(w, r)
	case s.Box.Knows(path):
		s.Box.ServeHTTP(w, r)
	default:
		s.Weixin.ServeHTTP(w, r)
	}
}

// Switch sets behaviours.
func (s *Sandbox) Switch(w Switches) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches = w
}

// Advance moves the clock on and does what became due.
func (s *Sandbox) Advance(d time.Duration) {
	s.Clock.Advance(d)
	s.settle()
}

// settle does what time brings: transfers end after a day.
func (s *Sandbox) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settleTransfers(s.Clock.Now())
}

// say is an errmsg as the real ones are, with a hint to search the logs by and where to read more.
func say(r *wire.Refusal, from string) string {
	return fmt.Sprintf("%s, hint: [sandbox%d], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d", r.Text, r.Code, from, r.Code)
}

// field is one element of an event.
type field struct{ name, text string }

// post sends an event of the company's system: of customers, groups and tags.
func (s *Sandbox) post(event, change string, more ...field) {
	fields := append([]field{{"FromUserName", "sys"}, {"Event", event}, {"ChangeType", change}}, more...)
	s.emit(event+"/"+change, "", fields)
}

// emit brings an event. Numbers are bare in the real one and text is CDATA; readers take both.
func (s *Sandbox) emit(name, agent string, fields []field) {
	fields = append([]field{{"ToUserName", s.id}, {"CreateTime", itoa(s.Clock.Now().Unix())}, {"MsgType", "event"}}, fields...)
	s.Events.Post(callback.Event{Name: name, Agent: agent, Body: eventXML(fields)})
	s.seen++
}

// members is the one element that is a list: who came into a group or went.
const members = "MemChangeList"

func eventXML(fields []field) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, f := range fields {
		b.WriteString("<" + f.name + ">")
		if f.name == members {
			b.WriteString("<Item><![CDATA[" + f.text + "]]></Item></" + f.name + ">") // ids, which hold nothing that ends it
			continue
		}
		if _, err := strconv.ParseInt(f.text, 10, 64); err == nil && f.name != "State" {
			b.WriteString(f.text)
		} else {
			raw, _ := xml.Marshal(struct {
				XMLName xml.Name `xml:"x"`
				Text    string   `xml:",cdata"`
			}{Text: f.text})
			b.Write(bytes.TrimSuffix(bytes.TrimPrefix(raw, []byte("<x>")), []byte("</x>")))
		}
		b.WriteString("</" + f.name + ">")
	}
	b.WriteString("</xml>")
	return b.Bytes()
}
