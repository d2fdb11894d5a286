package conductor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"peiban/internal/consent"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/relation"
	"peiban/internal/timeline"
	"peiban/internal/workspace/keys"
)

// A send can be proved: what rule asked for it, what was consented to, which text it was and how the guard decided are found again from the
// events there were then, and compared with what was written down.

// Decision is how the guard decided about a message once, with what it looked at and no event tells.
type Decision struct {
	At        int64           `json:"at"`
	Seq       event.Seq       `json:"seq"` // the events up to this one were there
	To        person.Number   `json:"to"`
	Send      bool            `json:"send,omitempty"`
	Until     int64           `json:"until,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	NoChannel bool            `json:"noChannel,omitempty"`
	Closed    string          `json:"closed,omitempty"` // why there was no channel, when it is known
	Passed    []PassedBy      `json:"passed,omitempty"` // ways that came before, and why not by them
	Opens     int64           `json:"opens,omitempty"`
	Handed    []message.Past  `json:"handed,omitempty"`
	Exit      bool            `json:"exit,omitempty"`   // exit rules were asked
	Policy    *message.Policy `json:"policy,omitempty"` // nil: the usual one
}

// decisionsKept is how many decisions about one message are remembered.
const decisionsKept = 12

// reasons are why a message is there and what became of it.
type reasons struct {
	engine.Cause
	Checks    []message.Check `json:"checks"`
	At        int64           `json:"decided"`
	Decisions []Decision      `json:"decisions,omitempty"`
	Taken     *handed         `json:"taken,omitempty"`  // a far side has it and has not said how it went
	Tried     *tried          `json:"tried,omitempty"`  // it was handed to a channel, which may have taken it
	Failed    []PassedBy      `json:"failed,omitempty"` // channels that will not bring it
}

// tried is the channel a message was handed to, and when first.
type tried struct {
	Channel string `json:"channel"`
	At      int64  `json:"at"`
}

// Proof is one send found again.
type Proof struct {
	Message    string           `json:"message"`
	Workspace  string           `json:"workspace"`
	Person     string           `json:"person"`
	MadeAt     int64            `json:"madeAt"` // by the workspace's clock
	Class      string           `json:"class"`
	State      string           `json:"state"`
	Reason     string           `json:"reason,omitempty"`
	SentAt     int64            `json:"sentAt,omitempty"`
	Rule       ProvedRule       `json:"rule"`
	Content    ProvedContent    `json:"content"`
	Consents   []ProvedConsent  `json:"consents"` // at the last decision
	Decisions  []ProvedDecision `json:"decisions"`
	Taken      []string         `json:"taken"` // what no event tells and is taken from the record
	Difference []string         `json:"differences"`
	Same       bool             `json:"same"`
}

// ProvedRule is what asked for the message.
type ProvedRule struct {
	Programme string `json:"programme"`
	Journey   string `json:"journey"`
	Version   int    `json:"version"`
	Step      string `json:"step"`
	Cause     string `json:"cause,omitempty"` // the id of the event that entered the journey
	Asked     bool   `json:"asked"`           // the same events ask for this very message
}

// ProvedContent is the text.
type ProvedContent struct {
	Key     string `json:"key"`
	Version string `json:"version"` // as recorded
	InForce string `json:"inForce"` // at the last decision
	By      string `json:"approvedBy,omitempty"`
	Sample  bool   `json:"sample"`
}

// ProvedConsent is what the person said about a purpose until then.
type ProvedConsent struct {
	Purpose  string `json:"purpose"`
	Given    bool   `json:"given"`
	Version  string `json:"version"`
	At       int64  `json:"at"`
	Outdated bool   `json:"outdated"`
}

// ProvedDecision is a decision as it was recorded, and as it is found again.
type ProvedDecision struct {
	At       int64           `json:"at"`
	Recorded string          `json:"recorded"` // sent, held, suppressed, with the reason
	Found    string          `json:"found"`
	Checks   []message.Check `json:"checks"`
	Same     bool            `json:"same"`
}

func outcome(send bool, until int64, reason string) string {
	switch {
	case send:
		return "send"
	case until != 0:
		return fmt.Sprintf("held:%s:%d", reason, until)
	}
	return "suppressed:" + reason
}

// past is somebody as they were after one event, at one moment.
type past struct {
	who   engine.Who
	state *engine.State
	tl    *timeline.Timeline
	loc   *time.Location
	ps    []*engine.Programme
	asked map[message.ID]message.Message
	over  map[string]*engine.Over // runs that had ended
}

// Prove finds a send again.
func (c *Conductor) Prove(ctx context.Context, m message.Message) (Proof, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	var why reasons
	_ = json.Unmarshal(m.Why, &why) // what cannot be read is a difference below
	about, _ := c.dir.ByNumber(m.Person)
	p := Proof{
		Message: string(m.ID), Workspace: c.wsID, Person: string(about.ID), MadeAt: c.now(), Class: string(m.Class), State: string(m.State), Reason: m.Reason,
		SentAt: m.SentAt, Consents: []ProvedConsent{}, Decisions: []ProvedDecision{}, Difference: []string{}, Taken: []string{},
		Rule: ProvedRule{Programme: why.Programme, Journey: why.Journey, Version: why.Version, Step: why.Step}, Content: ProvedContent{Key: m.Content, Version: m.Version},
	}
	marks, err := c.marks(ctx)
	if err != nil {
		return p, err
	}
	at := Decision{At: m.SentAt, Seq: event.Seq(m.Seq)}
	if n := len(why.Decisions); n > 0 {
		at = why.Decisions[n-1]
	}
	last, err := c.asOf(ctx, marks, m.Person, at)
	if err != nil {
		return p, err
	}
	for _, g := range last.state.Consents {
		p.Consents = append(p.Consents, ProvedConsent{g.Purpose, g.Given, g.Version, g.At, consent.Outdated(last.ps, last.state, last.tl, g.Purpose)})
	}
	if m.Class == message.Staff || m.Class == message.Service { // nobody decided: it was written, or it answers
		p.Same = m.State != message.Sent || m.Class == message.Service || last.state.Consented("basic_service")
		if !p.Same {
			p.Difference = append(p.Difference, "consent")
		}
		return p, nil
	}
	asked, ok := last.asked[m.ID]
	p.Rule.Asked = ok
	if i := last.tl.Find(why.Event); why.Event != 0 && i >= 0 {
		p.Rule.Cause = event.IDOf(last.tl.Recv[i], why.Event)
	}
	if !ok || asked.Content != m.Content || asked.Step != m.Step || asked.Class != m.Class {
		p.Difference = append(p.Difference, "rule")
	}
	if x := textAt(last.ps, why.Programme, m.Content); x != nil {
		p.Content.InForce, p.Content.By, p.Content.Sample = x.Version, x.Approval.By, x.Approval.Sample
	}
	if asked.Version != m.Version {
		p.Difference = append(p.Difference, "content")
	}
	for _, d := range why.Decisions {
		then, err := c.asOf(ctx, marks, m.Person, d)
		if err != nil {
			return p, err
		}
		v, err := c.decideAgain(ctx, marks, m, &why, d, then)
		if err != nil {
			return p, err
		}
		one := ProvedDecision{At: d.At, Recorded: outcome(d.Send, d.Until, d.Reason), Found: outcome(v.Send, v.Until, v.Reason), Checks: v.Checks}
		one.Same = one.Recorded == one.Found
		if !one.Same {
			p.Difference = append(p.Difference, "decision")
		}
		p.Decisions = append(p.Decisions, one)
		if d.NoChannel || d.Opens != 0 {
			p.Taken = append(p.Taken, "channel")
		}
		if len(d.Handed) > 0 {
			p.Taken = append(p.Taken, "handed")
		}
		if d.Policy != nil {
			p.Taken = append(p.Taken, "policy")
		}
	}
	p.Difference = append(p.Difference, recordDiffers(&m, why.Decisions)...)
	p.Taken = append(p.Taken, "zone", "workspace_kind")
	slices.Sort(p.Taken)
	p.Taken = slices.Compact(p.Taken)
	slices.Sort(p.Difference)
	p.Difference = slices.Compact(p.Difference)
	p.Same = len(p.Difference) == 0
	return p, nil
}

// recordDiffers compares the state of a message with the last decision about it.
func recordDiffers(m *message.Message, ds []Decision) []string {
	if len(ds) == 0 {
		if m.State == message.Queued {
			return nil
		}
		return []string{"no_decision"}
	}
	d := ds[len(ds)-1]
	var fits bool
	switch m.State {
	case message.Sent, message.Sending, message.Dead:
		fits = d.Send && (m.State != message.Sent || m.SentAt >= d.At)
	case message.Held:
		fits = !d.Send && d.Until != 0 && m.Reason == d.Reason && m.Next == d.Until
	case message.Suppressed:
		fits = !d.Send && d.Until == 0 && m.Reason == d.Reason
	default:
		fits = true
	}
	if !fits {
		return []string{"state"}
	}
	return nil
}

// textAt is the text of a key in the programmes in force at a time; that of the programme that asked before the others.
func textAt(ps []*engine.Programme, of, key string) *programme.Content {
	for _, p := range ps {
		if p.Key == of && p.Contents[key] != nil {
			return p.Contents[key]
		}
	}
	for _, p := range ps {
		if p.Contents[key] != nil {
			return p.Contents[key]
		}
	}
	return nil
}

// asOf is somebody as they were when a decision was taken: what the stored events up to it give, whenever they are about. The caller
// holds turn.
func (c *Conductor) asOf(ctx context.Context, marks []mark, n person.Number, d Decision) (past, error) {
	out := past{asked: map[message.ID]message.Message{}, over: map[string]*engine.Over{}}
	r := &replay{c: c, marks: marks, walks: map[person.Number]*walk{}, root: map[person.Number]person.Number{}}
	r.asks = func(o engine.Out) {
		for _, m := range o.Messages {
			out.asked[m.ID] = m
		}
		for i := range o.Ended {
			out.over[o.Ended[i].Run.ID] = o.Ended[i].Over()
		}
	}
	var es []event.Event
	for _, root := range c.everOne(n) {
		var seqs []event.Seq
		for _, q := range c.tls.Of(root).Seq {
			if q <= d.Seq {
				seqs = append(seqs, q)
			}
		}
		slices.Sort(seqs)
		some, err := c.cfg.Store.EventsBySeq(ctx, c.ws, root, slices.Compact(seqs))
		if err != nil {
			return out, fmt.Errorf("read the events of person %d: %w", root, err)
		}
		es = append(es, some...)
	}
	slices.SortFunc(es, func(a, b event.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range es {
		es[i].Body = nil
	}
	r.run(es)
	w := r.walk(r.rootOf(n)) // who they were one with then
	w.swap(d.Seq + 1)
	w.until(d.At)
	out.who, out.state, out.tl, out.loc, out.ps = w.who(), w.s, w.tl, w.h.loc, w.ps
	return out, nil
}

// everOne are those who n was ever one with by a merge, each as who they are now. The caller holds turn.
func (c *Conductor) everOne(n person.Number) []person.Number {
	out := []person.Number{c.rootOf(n)}
	for i := 0; i < len(out); i++ {
		tl := c.tls.Of(out[i])
		for k, t := range tl.Type {
			if t != event.Merged || tl.A[k] == split {
				continue
			}
			if other := c.rootOf(person.Number(tl.Num[k])); !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// decideAgain is the guard's verdict on what there was.
func (c *Conductor) decideAgain(ctx context.Context, marks []mark, m message.Message, why *reasons, d Decision, then past) (message.Verdict, error) {
	spoke := then.state.SayingIn(then.over, &m)
	if d.Reason == message.LeftJourney && (spoke == nil || spoke.Left) { // withdrawn with its run; nil: that rests since a merge
		return message.Verdict{Reason: message.LeftJourney}, nil
	}
	m.Reason = "" // what it came to later
	if asked, ok := then.asked[m.ID]; ok {
		m.Expires = asked.Expires // a message that is withdrawn loses it
	}
	content := textAt(then.ps, why.Programme, m.Content)
	card, _ := c.dir.ByNumber(m.Person)
	h := c.human(c.rootOf(m.Person))
	if to := c.human(d.To); m.Audience == "person" && to != nil { // who they were then: parted since, perhaps
		h = to
	}
	f := message.Facts{
		Now: d.At, Loc: h.loc, Live: c.cfg.Workspace.Kind == "live", Content: content, Consented: then.state.Consented, Relevant: true,
		Paused: then.state.Paused, Matter: message.MatterOf(then.tl), ChannelOK: !d.NoChannel, Closed: d.Closed, Opens: d.Opens,
	}
	gravity := relation.Light
	if content != nil {
		gravity = relation.Gravity(content.Gravity)
	}
	mode := relation.Decided(then.tl, d.At).Mode
	m.To = d.To
	if m.Audience == "family" {
		minor := card.Minor(d.At, h.loc)
		viewer := func(r Relation) relation.Viewer { return r.Viewer(then.state.Consented, minor) }
		there := func(r Relation) bool {
			o, ok := c.dir.ByID(person.ID(r.Person))
			return ok && !o.Erased && relation.RuleOf(r.Kind).Consent == "family_share"
		}
		to, ok, kept := relation.Reader(Relations(then.tl), viewer, relation.Item(m.Scope), gravity, mode, there)
		f.Kept, m.To = kept, 0
		if ok {
			o, _ := c.dir.ByID(person.ID(to.Person))
			m.To, f.Guards = o.Number, viewer(to).Minor
		}
	} else {
		f.Kept = relation.Allowed(relation.Viewer{Side: relation.Self}, relation.Item(m.Scope), gravity, mode).Reason
	}
	f.Reader = m.To != 0
	if d.Exit && spoke != nil {
		f.Left = spoke.Exits(then.ps, then.who, timeline.View{Timeline: then.tl, Loc: then.loc}, then.state, nil, d.At)
	}
	if i := then.tl.Find(why.Event); why.Event != 0 && i >= 0 && then.tl.Flags[i]&event.Hidden != 0 {
		f.Relevant = false
	}
	for _, p := range then.ps {
		if p.Key == why.Programme {
			f.UsesHealth, f.Targeted = p.Chosen(why.Journey, why.Step)
		}
	}
	g, said := then.state.Grant("health_data")
	f.StoppedData = said && !g.Given
	reader, readerCard := then, card
	if m.To != 0 && m.Audience != "person" && c.rootOf(m.To) != c.rootOf(m.Person) {
		f.FamilyHour = m.Class == journey.Safety
		var err error
		if reader, err = c.asOf(ctx, marks, m.To, d); err != nil {
			return message.Verdict{}, err
		}
		if r := c.human(c.rootOf(m.To)); r != nil {
			f.Loc = r.loc
		}
		readerCard, _ = c.dir.ByNumber(m.To)
		g, said := reader.state.Grant("basic_service")
		f.Withdrew = said && !g.Given
		f.Paused = max(f.Paused, reader.state.Paused)
	}
	f.Wants, f.Minor, f.Joined = reader.state.Consented, readerCard.Minor(d.At, f.Loc), joined(reader.state)
	f.Outdated = func(purpose string) bool {
		of := then
		if purpose == message.Marketing {
			of = reader
		}
		return consent.Outdated(of.ps, of.state, of.tl, purpose)
	}
	wishes := message.WishesOf(reader.tl)
	f.Silenced, f.Bereaved, f.Hours, f.Impersonal, f.PerWeek = wishes.Silenced, wishes.Bereaved, wishes.Hours, wishes.Impersonal, wishes.PerWeek
	f.Sent = append(message.PastOf(reader.tl, d.At), d.Handed...)
	policy := message.DefaultPolicy()
	if d.Policy != nil {
		policy = *d.Policy
	}
	return message.Decide(&m, policy, f), nil
}

// Signed is a proof and its signature, as a file holds them.
type Signed struct {
	Proof     json.RawMessage `json:"proof"`
	Algorithm string          `json:"algorithm"`
	Key       uint16          `json:"keyVersion"`
	Signature []byte          `json:"signature"`
}

const proofPurpose = "message.proof"

// Sign makes a proof a page nobody changes unseen: an HMAC-SHA256 under the workspace's key.
func (c *Conductor) Sign(p Proof) (Signed, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return Signed{}, fmt.Errorf("write a proof: %w", err)
	}
	return Signed{Proof: b, Algorithm: "HMAC-SHA256", Key: c.cfg.Ring.Version(), Signature: c.cfg.Ring.Sign(proofPurpose, b)}, nil
}

// VerifyPage tells whether a page is as it was signed, however its JSON is set out, and what it says.
func VerifyPage(ring *keys.Ring, s Signed) (p Proof, good bool, err error) {
	var b bytes.Buffer
	if err := json.Compact(&b, s.Proof); err != nil {
		return p, false, fmt.Errorf("read a proof: %w", err)
	}
	if err := json.Unmarshal(b.Bytes(), &p); err != nil {
		return p, false, fmt.Errorf("read a proof: %w", err)
	}
	return p, ring.Signed(proofPurpose, b.Bytes(), s.Signature), nil
}

// At is a moment of a proof, for people.
func (p *Proof) At(micro int64, loc *time.Location) string {
	if micro == 0 {
		return ""
	}
	return time.UnixMicro(micro).In(loc).Format("2006-01-02 15:04:05 -07:00")
}
