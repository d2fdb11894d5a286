package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/ingest"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// rehearsal is a workspace that made-up people live in. It is what simulate.Run asks of the world: the public
// intake for events, the conductor for what phones and the console would do.
type rehearsal struct {
	h      *house
	c      *conductor.Conductor
	w      workspace.Workspace
	answer *ingest.Segment // /v1
	key    string          // write key
	clock  *virtual

	changes <-chan conductor.Change
	cancel  func()
	touched map[string]map[person.Number]bool // message, task: whose to look at

	cast     *cast
	staff    map[string]string // login to id
	logins   map[string]string // id to login
	messages map[message.ID]message.Message
	tasks    map[task.ID]task.Task
	texts    map[string]*programme.Content
	refers   *referring // nil: nobody refers by hand

	pass  func(time.Time) error // moves the clock of a served workspace whose people live on; nil: clock does
	since int64                 // what was sent before is not looked at, microseconds
}

// virtual is the machine's clock of a rehearsal while it is being told.
type virtual struct{ at atomic.Int64 }

func (v *virtual) now() time.Time { return time.UnixMicro(v.at.Load()) }

// newRehearsal makes accounts and a sender in an empty workspace and opens it at the story's start.
func newRehearsal(ctx context.Context, h *house, w workspace.Workspace, ps []*programme.Compiled, story simulate.Story, accounts bool) (*rehearsal, error) {
	r := &rehearsal{
		h: h, w: w, key: keys.NewToken(), clock: &virtual{}, touched: map[string]map[person.Number]bool{"message": {}, "task": {}},
		cast: newCast(story.People), staff: map[string]string{}, logins: map[string]string{},
		messages: map[message.ID]message.Message{}, tasks: map[task.ID]task.Task{}, texts: map[string]*programme.Content{},
	}
	r.clock.at.Store(story.Start.UnixMicro())
	for _, p := range ps {
		for key, c := range p.Contents {
			r.texts[key] = c
		}
	}
	for _, s := range simulate.Staff {
		m := staff.Member{Login: s.Login, Name: s.Name, Role: staff.Role(s.Role), Language: "zh"}
		var err error
		if accounts {
			m, err = h.addMember(ctx, w, m, s.Password)
		} else { // nobody will sign in: no time is spent on hashing a password
			m.ID, m.Hash, m.Created = "01"+s.Login, "-", story.Start.UnixMicro()
			err = h.store.CreateMember(ctx, w.Number, m)
		}
		if err != nil {
			return nil, fmt.Errorf("add the account %s: %w", s.Login, err)
		}
		r.staff[s.Login], r.logins[m.ID] = m.ID, s.Login
	}
	sold := product.Product{ID: "strips-50", NameZh: "血糖试纸 50 片", NameEn: "Test strips, 50", Kind: product.Strips, Units: 50, SKUs: []product.SKU{{Code: "strips-50"}}}
	if err := h.store.SaveProducts(ctx, w.Number, []product.Product{sold}, story.Start.UnixMicro(), "command"); err != nil {
		return nil, fmt.Errorf("add what is sold: %w", err)
	}
	if err := r.entrances(ctx, story, ps[0].Key); err != nil {
		return nil, err
	}
	_, err := h.store.EnsureSource(ctx, w.Number, event.Source{Name: sender, KeyHash: keys.TokenHash(r.key), Created: story.Start.UnixMicro()})
	if err != nil {
		return nil, err
	}
	if r.c, err = h.conductor(ctx, w, ps, r.clock.now); err != nil {
		return nil, err
	}
	r.changes, r.cancel = r.c.Subscribe()
	r.answer = h.intake([]*conductor.Conductor{r.c}, r.clock.now)
	return r, nil
}

func (r *rehearsal) close() {
	r.answer.WriteCounts(context.Background(), r.clock.now().AddDate(0, 0, -countedDays))
	r.cancel()
	r.c.Close()
}

// countedDays is how far back it is counted what came from the sources of a rehearsal: what the console shows, and a day.
const countedDays = 8

// Advance implements simulate.World.
func (r *rehearsal) Advance(ctx context.Context, to time.Time) error {
	if r.pass != nil {
		defer r.listen()
		return r.pass(to)
	}
	r.clock.at.Store(to.UnixMicro())
	_, err := r.c.Tick(ctx)
	if err == nil {
		err = r.lookAfterReferrals(ctx)
	}
	r.listen()
	return err
}

// Due implements simulate.World.
func (r *rehearsal) Due() (time.Time, bool) {
	at, _, _, _, ok := r.c.Next()
	return at, ok
}

// listen notes whose messages and tasks changed. The conductor drops what a slow listener does not fetch, so it
// is called after everything that commits.
func (r *rehearsal) listen() {
	for {
		select {
		case c := <-r.changes:
			for _, kind := range c.Kinds {
				if whose := r.touched[kind]; whose != nil {
					for _, n := range c.People {
						whose[n] = true
					}
				}
			}
		default:
			return
		}
	}
}

// Batch implements simulate.World: the body goes through the handler every other sender uses.
func (r *rehearsal) Batch(ctx context.Context, body []byte) (refused int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/v1/batch", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(r.key, "")
	var out answered
	r.answer.ServeHTTP(&out, req)
	r.listen()
	if out.status != http.StatusOK {
		return 0, fmt.Errorf("the intake answered %d: %s", out.status, bytes.TrimSpace(out.body.Bytes()))
	}
	var said struct {
		Refused int `json:"refused"`
	}
	if err := json.Unmarshal(out.body.Bytes(), &said); err != nil {
		return 0, fmt.Errorf("read the intake's answer: %w", err)
	}
	return said.Refused, nil
}

// answered is a response kept in memory.
type answered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answered) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answered) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// ID implements simulate.World.
func (r *rehearsal) ID(ctx context.Context, userID string) string {
	if id, ok := r.staff[trimStaff(userID)]; ok {
		return id
	}
	if n, ok := r.number(ctx, userID); ok {
		card, _ := r.c.Directory().ByNumber(n)
		return string(card.ID)
	}
	return ""
}

func trimStaff(s string) string {
	if len(s) > 6 && s[:6] == "staff:" {
		return s[6:]
	}
	return ""
}

// sender is the source everybody of a story sends by.
const sender = "小程序"

// cast finds the people of a story among those of the workspace, and back.
type cast struct {
	named   map[string][]string // name to user ids: of thousands of people some have one name
	numbers map[string]person.Number
	users   map[person.Number]string
}

func newCast(people []*simulate.Person) *cast {
	c := &cast{named: map[string][]string{}, numbers: map[string]person.Number{}, users: map[person.Number]string{}}
	for _, p := range people {
		c.named[p.Name] = append(c.named[p.Name], p.UserID)
	}
	return c
}

// number finds a person of the story; nobody before they have sent anything.
func (r *rehearsal) number(ctx context.Context, userID string) (person.Number, bool) {
	if n, ok := r.cast.numbers[userID]; ok {
		return n, true
	}
	found, err := r.c.Whose(ctx, []conductor.Identifier{{Type: "userId", Scope: sender, Value: userID}})
	if err != nil || len(found) == 0 {
		return 0, false
	}
	r.cast.numbers[userID], r.cast.users[found[0]] = found[0], userID
	return found[0], true
}

// user is who somebody of the workspace is in the story, empty for nobody of it.
func (r *rehearsal) user(ctx context.Context, n person.Number) string {
	if u, ok := r.cast.users[n]; ok {
		return u
	}
	card, _ := r.c.Directory().ByNumber(n)
	for _, u := range r.cast.named[card.Name] {
		if at, ok := r.number(ctx, u); ok && at == n {
			return u
		}
	}
	return ""
}

// people lists whom a kind of change touched since the last call, in their order.
func (r *rehearsal) people(kind string) []person.Number {
	var all []person.Number
	for n := range r.touched[kind] {
		all = append(all, n)
	}
	clear(r.touched[kind])
	slices.Sort(all)
	return all
}

// Arrived implements simulate.World.
func (r *rehearsal) Arrived(ctx context.Context) ([]simulate.Delivery, error) {
	var out []simulate.Delivery
	for _, n := range r.people("message") {
		list, err := r.h.store.MessagesOf(ctx, r.w.Number, n, page.Part{Limit: 10})
		if err != nil {
			return nil, err
		}
		slices.Reverse(list.Items) // oldest first
		for _, m := range list.Items {
			if _, known := r.messages[m.ID]; known || m.State != message.Sent || m.SentAt < r.since {
				continue
			}
			r.messages[m.ID] = m
			d := simulate.Delivery{UserID: r.user(ctx, m.To), Received: simulate.Received{
				Message: string(m.ID), At: time.UnixMicro(m.SentAt), Safety: m.Class == journey.Safety, Content: m.Content,
			}}
			if c := r.texts[m.Content]; c != nil {
				for _, a := range c.Answers {
					d.Answers = append(d.Answers, a.Key)
				}
			}
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b simulate.Delivery) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.Content, b.Content))
	})
	return out, nil
}

// Open implements simulate.World. A message that has been sent changes only by being opened and answered, which
// happens here alone, so it is not read again.
func (r *rehearsal) Open(ctx context.Context, _, id string) error {
	r.listen()
	m := r.messages[message.ID(id)]
	looked := r.touched["message"][m.Person]
	if err := r.c.ReadMessage(ctx, m, r.byPerson(m.To, "message.read", m.Person)); err != nil {
		return err
	}
	m.ReadAt = r.c.Now().UnixMicro()
	r.messages[m.ID] = m
	if r.listen(); !looked {
		delete(r.touched["message"], m.Person) // that was this opening; anything else comes with the next look
	}
	return nil
}

// Reply implements simulate.World.
func (r *rehearsal) Reply(ctx context.Context, _, id, answer string) error {
	m := r.messages[message.ID(id)]
	err := r.c.AnswerMessage(ctx, m, answer, r.byPerson(m.To, "message.answer", m.Person))
	if err == nil {
		m.Answer, m.Answered = answer, r.c.Now().UnixMicro()
		r.messages[m.ID] = m
	}
	r.listen()
	return err
}

// Call implements simulate.World.
func (r *rehearsal) Call(ctx context.Context, userID, id, note string) error {
	defer r.listen()
	n, ok := r.number(ctx, userID)
	if !ok {
		return fmt.Errorf("nobody is known as %s", userID)
	}
	return r.c.Contact(ctx, n, id, note, r.byPerson(n, "me.contact", n))
}

// Sign implements simulate.World: as the API does when a doctor states something in the console.
func (r *rehearsal) Sign(ctx context.Context, login, userID, key string, at time.Time, properties map[string]any) error {
	defer r.listen()
	n, ok := r.number(ctx, userID)
	if !ok {
		return fmt.Errorf("nobody is known as %s", userID)
	}
	id := r.staff[login]
	if key == "target" { // who set them
		properties = maps.Clone(properties)
		properties["by"] = id
	}
	b, err := json.Marshal(properties)
	if err != nil {
		return fmt.Errorf("write what a doctor states: %w", err)
	}
	e, f := event.Decode(key, b)
	if f != nil {
		return fmt.Errorf("what a doctor states: %w", f)
	}
	e.Occurred, e.Actor, e.Provenance = at.UnixMicro(), "staff:"+id, "signed"
	_, err = r.c.Submit(ctx, conductor.Live, audit.Entry{Actor: "staff:" + id, Action: "file.write", Person: n}, []conductor.Item{{Person: n, Event: e}})
	return err
}

// byPerson is the proof the API writes when somebody does the same on their phone. It goes into the act's own
// transaction, so it costs one row and no write more.
func (r *rehearsal) byPerson(who person.Number, action string, about person.Number) audit.Entry {
	card, _ := r.c.Directory().ByNumber(who)
	return audit.Entry{Actor: "person:" + string(card.ID), Action: action, Person: about}
}

// Opened implements simulate.World. Staff see one row for an alert and its call, and make the call; the alert comes back
// to them when nobody answered.
func (r *rehearsal) Opened(ctx context.Context) ([]simulate.Work, error) {
	if r.pass != nil { // the work is for those who rehearse
		clear(r.touched["task"])
		return nil, nil
	}
	var out []simulate.Work
	for _, n := range r.people("task") {
		tasks, err := r.h.store.TasksOf(ctx, r.w.Number, n)
		if err != nil {
			return nil, err
		}
		for _, k := range tasks {
			if _, known := r.tasks[k.ID]; known || k.State != task.Open || r.ofReferral(&k) {
				continue
			}
			if calls := k.Calls(tasks); len(calls) > 0 && calls[0].State == task.Open {
				continue // the call stands for it
			}
			r.tasks[k.ID] = k
			out = append(out, simulate.Work{
				Task: string(k.ID), UserID: r.user(ctx, n), Owner: r.logins[k.Owner], Opened: time.UnixMicro(k.Opened), Due: time.UnixMicro(k.Due),
				Safety: k.Priority == task.Safety, Script: k.Kind + " " + k.Script, Results: k.Results,
			})
		}
	}
	// In an order that ids, which are random, have no part in.
	slices.SortStableFunc(out, func(a, b simulate.Work) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.UserID, b.UserID), a.Due.Compare(b.Due), cmp.Compare(a.Script, b.Script))
	})
	return out, nil
}

// Finish implements simulate.World: the person's owner does it, or whoever is on duty.
func (r *rehearsal) Finish(ctx context.Context, w simulate.Work, outcome, note string) (bool, error) {
	if outcome == "" {
		outcome = "handled" // an alert has no outcomes of its own
	}
	return r.act(ctx, w, conductor.Act{Kind: "complete", Outcome: outcome, Note: note})
}

// Postpone implements simulate.World.
func (r *rehearsal) Postpone(ctx context.Context, w simulate.Work, until time.Time, note string) (bool, error) {
	return r.act(ctx, w, conductor.Act{Kind: "postpone", Until: until.UnixMicro(), Note: note})
}

func (r *rehearsal) act(ctx context.Context, w simulate.Work, a conductor.Act) (bool, error) {
	defer r.listen()
	known := r.tasks[task.ID(w.Task)]
	k, err := r.h.store.Task(ctx, r.w.Number, known.Person, known.ID)
	if err != nil {
		return false, err
	}
	if k.State != task.Open {
		return false, nil
	}
	card, _ := r.c.Directory().ByNumber(k.Person)
	by := k.Owner
	if by == "" {
		by = card.Owner
	}
	if by == "" || k.Role == "pharmacist" {
		by = r.staff["wang"]
	}
	detail, err := json.Marshal(map[string]string{"task": string(k.ID), "outcome": a.Outcome})
	if err != nil {
		return false, fmt.Errorf("write the proof of an act: %w", err)
	}
	_, err = r.c.Act(ctx, by, k, a, audit.Entry{Actor: "staff:" + by, Action: "task." + a.Kind, Person: k.Person, Detail: string(detail)})
	if errors.Is(err, conductor.ErrTaskClosed) {
		return false, nil
	}
	return err == nil, err
}
