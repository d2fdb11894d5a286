package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/sandbox/callback"
	"peiban/internal/sandbox/weixin"
	"peiban/internal/sandbox/wire"
)

// act is a POST below /sandbox/ that reads In and answers out, or {} when nil.
func act[In any](mux *http.ServeMux, name string, do func(context.Context, In) (any, error)) {
	mux.HandleFunc("POST /sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			answer(w, http.StatusBadRequest, map[string]any{"errmsg": err.Error()})
			return
		}
		out, err := do(r.Context(), in)
		if refusal := (*wire.Refusal)(nil); errors.As(err, &refusal) {
			answer(w, http.StatusUnprocessableEntity, map[string]any{"errcode": refusal.Code, "errmsg": refusal.Text})
			return
		}
		if err != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]any{"errmsg": err.Error()})
			return
		}
		if out == nil {
			out = struct{}{}
		}
		answer(w, http.StatusOK, out)
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// hand is what most actions read.
type hand struct {
	Code     string   `json:"code"`
	Customer string   `json:"customer"`
	User     string   `json:"user"`
	Channel  string   `json:"channel"`
	From     string   `json:"from"`
	Chat     string   `json:"chat"`
	Text     string   `json:"text"`
	Menu     string   `json:"menu"`
	Yes      bool     `json:"yes"`
	ID       string   `json:"id"` // of a group send, a moment, a group, a tag
	Line     string   `json:"line"`
	Key      string   `json:"key"`
	Remark   *string  `json:"remark"`
	Tags     []string `json:"tags"`
	Scope    string   `json:"scope"`
}

func (s *Sandbox) adminRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	do := func(name string, f func(in hand) error) {
		act(mux, name, func(_ context.Context, in hand) (any, error) { return nil, f(in) })
	}
	do("scan", func(in hand) error { return s.Scan(in.Code, in.Customer, in.Channel) })
	do("say", func(in hand) error { return s.Say(in.From, in.Chat, in.Text, in.Menu) })
	do("add-back", func(in hand) error { return s.AddBack(in.User, in.Customer) })
	do("delete-member", func(in hand) error { return s.DeleteMember(in.Customer, in.User) })
	do("delete-customer", func(in hand) error { return s.DeleteCustomer(in.User, in.Customer) })
	do("consent", func(in hand) error { return s.Consent(in.User, in.Customer, in.Yes) })
	do("confirm-send", func(in hand) error { return s.Confirm(in.ID, in.User) })
	do("confirm-moment", func(in hand) error { return s.Publish(in.ID, in.User) })
	do("like", func(in hand) error { return s.Like(in.ID, in.Customer, in.Text != "") })
	do("press", func(in hand) error { return s.Press(in.Line, in.User, in.Key) })
	do("resign", func(in hand) error { return s.Resign(in.User) })
	do("refuse-transfer", func(in hand) error { return s.RefuseTransfer(in.Customer) })
	do("leave-group", func(in hand) error { return s.LeaveGroup(in.ID, in.Customer) })
	do("remark", func(in hand) error { return s.Remark(in.User, in.Customer, in.Remark, in.Tags) })
	do("rename-tag", func(in hand) error { return s.RenameTag(in.ID, in.Text) })
	act(mux, "group", func(_ context.Context, in struct {
		ID      string  `json:"id"`
		Name    *string `json:"name"`
		Notice  *string `json:"notice"`
		Owner   *string `json:"owner"`
		Dismiss bool    `json:"dismiss"`
	}) (any, error) {
		return nil, s.ChangeGroup(in.ID, in.Name, in.Notice, in.Owner, in.Dismiss)
	})
	act(mux, "sign-in", func(_ context.Context, in hand) (any, error) {
		code, err := s.SignIn(or(in.User, in.Customer), in.Scope)
		return map[string]string{"code": code}, err
	})
	do("kf/end", func(in hand) error {
		return s.locked(func() error {
			k, err := s.account(in.ID)
			if err == nil {
				s.endKf(k, in.Customer)
			}
			return err
		})
	})
	do("kf/refuse", func(in hand) error {
		return s.locked(func() error { s.session(in.ID, in.Customer).Refuses = in.Yes; return nil })
	})
	do("weixin/scan", func(in hand) error { return s.Weixin.Scan(in.Customer, in.Code) })
	do("weixin/unfollow", func(in hand) error { return s.Weixin.Unfollow(in.Customer) })
	do("weixin/say", func(in hand) error { return s.Weixin.Say(in.Customer, in.Chat, in.Text) })
	do("weixin/enter", func(in hand) error { return s.Weixin.Enter(in.Customer) })
	do("weixin/click", func(in hand) error { return s.Weixin.Click(in.Customer, in.Key) })
	do("weixin/agree", func(in hand) error { return s.Weixin.Agree(in.Customer, in.ID) })
	act(mux, "weixin/code", func(_ context.Context, in hand) (any, error) {
		code, err := s.Weixin.Code(in.Customer, in.Key)
		return map[string]string{"code": code}, err
	})
	s.machineRoutes(mux)
	mux.HandleFunc("GET /sandbox/world", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.World()) })
	mux.HandleFunc("GET /sandbox/phone", func(w http.ResponseWriter, r *http.Request) {
		p, ok := s.Phone(r.URL.Query().Get("id"))
		if !ok {
			answer(w, http.StatusNotFound, map[string]string{"errmsg": "nobody has this id"})
			return
		}
		answer(w, http.StatusOK, p)
	})
	mux.HandleFunc("GET /sandbox/callback/tries", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"company": emptyNotNull(s.Events.Tries()), "account": emptyNotNull(s.Weixin.Events.Tries())})
	})
	mux.HandleFunc("GET /sandbox/archive/chatdata", func(w http.ResponseWriter, r *http.Request) {
		seq, _ := strconv.ParseUint(r.URL.Query().Get("seq"), 10, 64)
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		answer(w, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "chatdata": s.archive.After(seq, limit, s.Clock.Now())})
	})
	mux.HandleFunc("GET /sandbox/archive/key", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(s.archive.PrivateKey())
	})
	mux.HandleFunc("GET /connect/oauth2/authorize", s.authorize)
	return mux
}

// machineRoutes are the switches: clock, limits, faults, tokens, callbacks, rights.
func (s *Sandbox) machineRoutes(mux *http.ServeMux) {
	board := func(server string) *wire.Board {
		if server == "weixin" {
			return s.Weixin.Board
		}
		return s.Box
	}
	sender := func(app string) *callback.Sender {
		if app == "account" {
			return s.Weixin.Events
		}
		return s.Events
	}
	act(mux, "clock", func(_ context.Context, in struct {
		Advance string `json:"advance"` // 25h, 90m, 20s
	}) (any, error) {
		d, err := time.ParseDuration(in.Advance)
		if err != nil || d < 0 {
			return nil, wire.Refuse(40058, "advance is a span such as 25h, 90m or 20s, never back")
		}
		s.Advance(d)
		return map[string]any{"now": s.Clock.Now()}, nil
	})
	act(mux, "switch", func(_ context.Context, in Switches) (any, error) {
		if !slices.Contains([]string{"month", "week", "day"}, in.Cap) {
			return nil, wire.Refuse(40058, "cap is month, week or day")
		}
		s.Switch(in)
		return nil, nil
	})
	act(mux, "limit", func(_ context.Context, in struct {
		Server string `json:"server"`
		Path   string `json:"path"`
		wire.Limits
	}) (any, error) {
		if in.Path != "" && !board(in.Server).Knows(in.Path) {
			return nil, wire.Refuse(40058, "no such path")
		}
		board(in.Server).Limit(in.Path, in.Limits)
		return nil, nil
	})
	act(mux, "fault", func(_ context.Context, in struct {
		Server string `json:"server"`
		wire.Fault
	}) (any, error) {
		if !board(in.Server).Knows(in.Path) || in.Calls < 1 {
			return nil, wire.Refuse(40058, "a fault has a known path and 1 or more calls")
		}
		board(in.Server).Break(in.Fault)
		return nil, nil
	})
	act(mux, "fault/mend", func(context.Context, struct{}) (any, error) {
		s.Box.Mend()
		s.Weixin.Mend()
		return nil, nil
	})
	act(mux, "tokens", func(_ context.Context, in struct {
		Do  string `json:"do"`          // expire, revoke; "": nothing
		TTL int    `json:"ttl_seconds"` // of tokens from now on; 0: as before
	}) (any, error) {
		switch in.Do {
		case "expire":
			s.tokens.Expire("", s.Clock.Now())
			s.Weixin.ExpireTokens()
		case "revoke":
			s.tokens.Revoke("")
			s.Weixin.RevokeTokens()
		}
		if in.TTL > 0 {
			s.tokens.Last(time.Duration(in.TTL) * time.Second)
			s.Weixin.TokensLast(time.Duration(in.TTL) * time.Second)
		}
		return nil, nil
	})
	act(mux, "callback", func(ctx context.Context, in struct {
		App   string `json:"app"` // company, account
		URL   string `json:"url"`
		Token string `json:"token"`
		Key   string `json:"aes_key"`
	}) (any, error) {
		if in.App == "account" {
			return nil, s.CallbackOfAccount(ctx, in.URL, in.Token, in.Key)
		}
		return nil, s.Callback(ctx, in.URL, in.Token, in.Key)
	})
	act(mux, "callback/switch", func(_ context.Context, in struct {
		App string `json:"app"`
		callback.Switches
	}) (any, error) {
		sender(in.App).Switch(in.Switches)
		return nil, nil
	})
	act(mux, "member", func(_ context.Context, in struct {
		User      string `json:"userid"`
		Activated *bool  `json:"activated"`
		Verified  *bool  `json:"verified"`
		Contact   *bool  `json:"contact"`
		Archived  *bool  `json:"archived"`
	}) (any, error) {
		return nil, s.locked(func() error {
			m := s.member(in.User)
			if m == nil {
				return wire.Refuse(60111, "userid not found")
			}
			set(&m.Activated, in.Activated)
			set(&m.Verified, in.Verified)
			set(&m.Contact, in.Contact)
			set(&m.Archived, in.Archived)
			return nil
		})
	})
	act(mux, "app", func(_ context.Context, in struct {
		Agent   int       `json:"agentid"`
		Users   *[]string `json:"users"`
		Parties *[]int    `json:"parties"`
		Contact *bool     `json:"contact"`
		Kf      *bool     `json:"kf"`
		IPs     *[]string `json:"ips"`
	}) (any, error) {
		return nil, s.locked(func() error {
			a := find(s.apps, func(a *app) bool { return a.Agent == in.Agent && a.Agent != 0 })
			if a == nil {
				return wire.Refuse(40056, "invalid agentid")
			}
			set(&a.Users, in.Users)
			set(&a.Parties, in.Parties)
			set(&a.Contact, in.Contact)
			set(&a.Kf, in.Kf)
			set(&a.IPs, in.IPs)
			return nil
		})
	})
}

// Callback gives the company's address for events and asks it, as the console does when it is saved: what does not answer the
// check is not kept. An empty address takes it away.
func (s *Sandbox) Callback(ctx context.Context, address, token, key string) error {
	return keep(ctx, s.Events, callback.Target{URL: address, Token: token, Key: key, Receiver: s.id})
}

// CallbackOfAccount is Callback of the official account.
func (s *Sandbox) CallbackOfAccount(ctx context.Context, address, token, key string) error {
	return keep(ctx, s.Weixin.Events, callback.Target{URL: address, Token: token, Key: key, Receiver: s.Weixin.Official.AppID, Account: true})
}

func keep(ctx context.Context, to *callback.Sender, t callback.Target) error {
	if err := to.Set(t); err != nil || t.URL == "" {
		return err
	}
	if err := to.Check(ctx); err != nil {
		_ = to.Set(callback.Target{})
		return err
	}
	return nil
}

// authorize stands for the sign-in page: it lists who may be opening it, and sends the one who is chosen back with a code.
func (s *Sandbox) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Scheme != "http" && back.Scheme != "https" || q.Get("response_type") != "code" {
		http.Error(w, "redirect_uri or response_type", http.StatusBadRequest)
		return
	}
	if who := q.Get("who"); who != "" {
		code, err := s.SignIn(who, q.Get("scope"))
		if q.Get("appid") == s.Weixin.Official.AppID {
			if p := s.customerOf(who); p != "" {
				code, err = s.Weixin.Code(p, "page")
			}
		}
		if err != nil {
			http.Error(w, "nobody has this id", http.StatusBadRequest)
			return
		}
		to := back.Query()
		to.Set("code", code)
		to.Set("state", q.Get("state"))
		back.RawQuery = to.Encode()
		http.Redirect(w, r, back.String(), http.StatusFound)
		return
	}
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>谁在打开这个页面</title><h1>谁在打开这个页面 · Who opens this page</h1><ul>`)
	world := s.World()
	item := func(id, name string) {
		q.Set("who", id)
		b.WriteString(`<li style="padding:8px 0"><a href="?` + html.EscapeString(q.Encode()) + `">` + html.EscapeString(name) + `</a></li>`)
	}
	for _, m := range world.Members {
		item(m.ID, m.Name)
	}
	for _, p := range world.Customers {
		item(p.ID, p.Name)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(b.String() + "</ul>"))
}

func (s *Sandbox) customerOf(id string) (union string) {
	_ = s.locked(func() error {
		if p := s.customer(id); p != nil {
			union = p.Union
		}
		return nil
	})
	return union
}

// World is everything the page needs to begin, and what a person who runs it copies into a client.
type World struct {
	Corp      string            `json:"corpid"`
	Now       time.Time         `json:"now"`
	Seen      uint64            `json:"seen"` // grows when a phone shows something new
	Apps      []app             `json:"apps"`
	Depts     []dept            `json:"departments"`
	Members   []member          `json:"members"`
	Customers []customer        `json:"customers"`
	Codes     []Code            `json:"codes"`
	Groups    []GroupInfo       `json:"groups"`
	Tags      []tagGroup        `json:"tags"`
	Accounts  []map[string]any  `json:"kf"`
	Official  weixin.Account    `json:"official"`
	Mini      weixin.Account    `json:"mini"`
	Templates []weixin.Template `json:"templates"`
	QRs       []weixin.QR       `json:"qrs"`
	Switches  Switches          `json:"switches"`
	Callbacks map[string]any    `json:"callbacks"`
	Faults    []wire.Fault      `json:"faults"`
}

// Code is something a customer can scan.
type Code struct {
	Code  string `json:"code"`
	Kind  string `json:"kind"` // contact, group, link, kf
	Name  string `json:"name"`
	State string `json:"state"`
}

// GroupInfo is a group for the page.
type GroupInfo struct {
	ID      string   `json:"chat_id"`
	Name    string   `json:"name"`
	Owner   string   `json:"owner"`
	Members []string `json:"members"`
}

// World reads everything.
func (s *Sandbox) World() World {
	qrs, faults := s.Weixin.QRs(), slices.Concat(s.Box.Faults(), s.Weixin.Faults())
	weixinSeen := s.Weixin.Seen()
	s.mu.Lock()
	defer s.mu.Unlock()
	w := World{Corp: s.id, Now: s.Clock.Now(), Seen: s.seen + weixinSeen, Official: s.Weixin.Official, Mini: s.Weixin.Mini, Templates: s.Weixin.Templates,
		QRs: emptyNotNull(qrs), Switches: s.switches, Faults: emptyNotNull(faults), Codes: []Code{}, Groups: []GroupInfo{}}
	w.Apps, w.Depts, w.Members, w.Customers, w.Tags = values(s.apps), values(s.depts), values(s.members), values(s.people), values(s.tags)
	for _, c := range s.ways {
		if !c.used {
			w.Codes = append(w.Codes, Code{c.ConfigID, "contact", or(c.Remark, s.nameOf(first(c.Users))), c.State})
		}
	}
	for _, j := range s.joins {
		w.Codes = append(w.Codes, Code{j.ConfigID, "group", or(j.Remark, s.groupName(first(j.Chats))), j.State})
	}
	for _, l := range s.links {
		w.Codes = append(w.Codes, Code{l.ID, "link", l.Name, ""})
	}
	for _, k := range s.accounts {
		w.Codes = append(w.Codes, Code{k.ID, "kf", k.Name, ""})
		for link, scene := range k.Scenes {
			if scene != "" {
				w.Codes = append(w.Codes, Code{link, "kf", k.Name, scene})
			}
		}
		w.Accounts = append(w.Accounts, map[string]any{"open_kfid": k.ID, "name": k.Name, "servicers": emptyNotNull(k.Servicers)})
	}
	for _, g := range s.groups {
		info := GroupInfo{g.ID, g.Name, g.Owner, nil}
		for _, i := range g.Members {
			info.Members = append(info.Members, i.ID)
		}
		w.Groups = append(w.Groups, info)
	}
	w.Callbacks = map[string]any{}
	for name, e := range map[string]*callback.Sender{"company": s.Events, "account": s.Weixin.Events} {
		with, address := e.With()
		w.Callbacks[name] = map[string]any{"url": address, "switches": with}
	}
	return w
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func (s *Sandbox) groupName(id string) string {
	if g := s.group(id); g != nil {
		return g.Name
	}
	return ""
}

func values[T any](all []*T) []T {
	out := make([]T, 0, len(all))
	for _, v := range all {
		out = append(out, *v)
	}
	return out
}
