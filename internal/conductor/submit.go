package conductor

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/address"
	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace/keys"
)

// Identifier is one way a source names a person.
type Identifier struct {
	Type  string // userId, anonymousId, phone, uci, ...
	Scope string // the source or platform the value is unique in; empty: everywhere
	Value string
}

// Item is one event on its way in.
type Item struct {
	Person    person.Number // known already; else Ident says who
	Ident     []Identifier  // strongest first; unknown ones are attached, and make a person when none is known
	Programme string        // what a new person joins; empty: the workspace's default
	Event     event.Event   // from event.Decode, with Occurred, Original, Sent, Source, Actor, Provenance and Flags
	Known     bool          // it makes nobody: of somebody who is not known it is not kept
	Through   string        // userid of the member of WeCom who has them as a customer, if that is how it came
	Desk      string        // open_kfid of the account of customer service they wrote to, if that is how it came
	MessageID string        // names the event within its source; empty: a repeat is known by its content
	Newer     bool          // with another content under its message id it is a newer version of the same thing and takes its place
	Fulfils   []string      // keys of work that the event does; what of it is open ends with it

	keys [][16]byte // of Ident, once they are known
}

// Status says what became of an item.
type Status int

const (
	Stored   Status = iota
	Repeated        // it was here already: nothing was done
	Kept            // kept aside until the person consents
	Refused
	Clashes // another content under the message id of one that is here: nothing was done
)

// Outcome is what became of one item.
type Outcome struct {
	Status Status
	Person person.Number
	Event  event.Event // as stored; for a repeat empty
	Fault  *fault.Fault

	Changed bool // stored in the place of an older version of the same thing
}

// ErrNobody means an item names no person.
var ErrNobody = fault.New(fault.Invalid, "no_identifier", "没有说明是谁", "it does not say whose it is").
	Because("写上 userId 或 anonymousId", "give userId or anonymousId")

// ErrVisitor means that an item that makes nobody is about somebody who is not known.
var ErrVisitor = fault.New(fault.Missing, "visitor_not_known", "这位访客还没有档案，浏览不保存", "nobody knows this visitor: what they look at is not kept").
	Because("先用 identify 或 track 建立档案", "make the person known with identify or track first")

var errProgramme = fault.New(fault.Invalid, "unknown_programme", "没有这个项目", "there is no such programme").At("properties.programme").
	Because("写工作区里有的项目，见 /api/programmes", "a programme of the workspace; /api/programmes lists them")

// Submit takes events in and returns when they, and every tag, stage, message and task they changed, are durable.
// One outcome per item, in order; one bad item spoils no other. A repeat of the whole call does nothing.
func (c *Conductor) Submit(ctx context.Context, lane Lane, entry audit.Entry, items []Item) ([]Outcome, error) {
	out, err := c.submitOnce(ctx, lane, entry, items)
	if err == nil {
		err = c.newer(ctx, lane, entry, items, out)
	}
	return out, err
}

func (c *Conductor) submitOnce(ctx context.Context, lane Lane, entry audit.Entry, items []Item) ([]Outcome, error) {
	var out []Outcome
	from := int32(0)
	if len(items) > 0 {
		from = items[0].Event.Source
	}
	// What takes reckoning and asks nobody is done before the commit, beside others.
	ids := make([]MessageID, len(items))
	for i := range items {
		if it := &items[i]; it.Person != 0 || len(it.Ident) > 0 && c.cleaned(it) == nil {
			ids[i] = it.id()
		}
	}
	err := c.queue(ctx, lane, &request{size: len(items), from: from, takes: true, do: func(ctx context.Context, w *work) error {
		out = make([]Outcome, len(items)) // again from nothing when the work is done a second time
		return w.submit(ctx, entry, items, ids, out)
	}})
	if err != nil {
		return nil, fmt.Errorf("take %d events in: %w", len(items), err)
	}
	return out, nil
}

// submit takes items in; named are the ids of those that can have one.
func (w *work) submit(ctx context.Context, entry audit.Entry, items []Item, named []MessageID, out []Outcome) error {
	ids := make([]MessageID, 0, len(items))
	for i := range items {
		// What is refused claims no id: mended, it may come again under the same one.
		err := w.refusal(ctx, &items[i])
		if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
			out[i].Status, out[i].Fault = Refused, f
			continue
		}
		if err != nil {
			return err
		}
		if named[i] == (MessageID{}) { // what is said of identifiers has changed since
			named[i] = items[i].id()
		}
		ids = append(ids, named[i])
	}
	claims, err := w.tx.Claim(ctx, ids, w.now)
	if err != nil {
		return err
	}
	stored, k := 0, -1
	for i := range items {
		if out[i].Status == Refused {
			continue
		}
		if k++; claims[k] != Fresh {
			out[i].Status = Repeated
			if claims[k] == Clash {
				out[i].Status = Clashes
			}
			continue
		}
		if err := w.take(ctx, &items[i], ids[k].Hash, &out[i]); err != nil {
			return err
		}
		if out[i].Status == Stored {
			stored++
		}
	}
	if entry.Actor != "" {
		w.proof(entry, len(items), stored, ids)
	}
	return nil
}

// proven is what one source handed in during a commit: one row of the audit tells of it, however many requests it came in.
type proven struct {
	entry         audit.Entry
	count, stored int
	digest        hash.Hash // of the events' ids, in order
}

// proof notes for the audit what came in.
func (w *work) proof(entry audit.Entry, count, stored int, ids []MessageID) {
	i := slices.IndexFunc(w.proofs, func(p proven) bool { return p.entry == entry })
	if i < 0 {
		i = len(w.proofs)
		w.proofs = append(w.proofs, proven{entry: entry, digest: sha256.New()})
	}
	p := &w.proofs[i]
	p.count, p.stored = p.count+count, p.stored+stored
	for i := range ids {
		p.digest.Write(ids[i].Hash[:])
	}
}

// prove puts what came in into the audit.
func (w *work) prove() {
	for i := range w.proofs {
		p := &w.proofs[i]
		b, _ := json.Marshal(map[string]any{"count": p.count, "stored": p.stored, "digest": fmt.Sprintf("%x", p.digest.Sum(nil)[:8])})
		p.entry.Detail = string(b)
		w.audit(p.entry)
	}
}

// take finds the person of one item and adds its event.
func (w *work) take(ctx context.Context, it *Item, hash [16]byte, o *Outcome) error {
	d, at, err := w.whose(ctx, it)
	if err != nil {
		return err
	}
	o.Person = d.h.number
	e := it.Event
	reached, err := w.reach(d, it)
	if err != nil {
		return err
	}
	if reached {
		e.Flags |= event.Reaches
	}
	e.Hash, e.Via = hash, w.via
	if e.Person = at; at == d.h.number {
		e.Person = 0 // theirs, or of whom of their members it corrects
	}
	if it.Event.Type.Spec().Health && !w.agreed(d, "health_data") {
		o.Status = Kept
		if reached { // the log does not get it, and others follow the log
			if err := w.tellReach(d); err != nil {
				return err
			}
		}
		return w.quarantine(d, &e, at)
	}
	then := func() error {
		if err := w.fulfil(ctx, d, it.Fulfils, &o.Event); err != nil {
			return err
		}
		if err := w.answeredAgain(ctx, d, &o.Event); err != nil {
			return err
		}
		if err := w.lookAgain(ctx, d, &o.Event); err != nil || len(d.behind) > 0 {
			return err
		}
		return w.deliver(d, w.now)
	}
	if w.mayStepAbreast(&e) {
		return w.addAbreast(d, e, o, then)
	}
	if o.Event, err = w.add(d, e, w.now); err != nil {
		return err
	}
	return then()
}

// refusal says why an item cannot be taken in, nil when it can: it is about nobody, about somebody who is not there or
// was erased, or joins a programme there is not.
func (w *work) refusal(ctx context.Context, it *Item) error {
	if e := &it.Event; e.Type == event.ProgrammeJoined && w.c.Programme(e.A.String()) == nil {
		return errProgramme
	}
	n := it.Person
	if n == 0 {
		if len(it.Ident) == 0 {
			return ErrNobody
		}
		if err := w.c.cleaned(it); err != nil {
			return err
		}
		for i := range it.Ident {
			found, err := w.identity(ctx, it.Ident[i], it.keys[i])
			if err != nil {
				return err
			}
			if found != 0 {
				n = found
				break
			}
		}
		if n == 0 && it.Known {
			return ErrVisitor
		}
		if n == 0 { // somebody new, of whom nothing can be corrected yet
			if f := hiding(&it.Event); f != "" {
				return errNothing.At("%s", f)
			}
			return nil
		}
	}
	n = w.rootOf(n)
	if w.drafts[n] == nil {
		switch h := w.c.human(n); {
		case h == nil:
			return person.ErrMissing
		case h.erased():
			return keys.ErrErased
		}
	}
	return w.mayHide(ctx, n, &it.Event)
}

// id is what a repeat is known by: source and message id, or, without one, everything the event says. The key
// includes the value, so two different values of one minute are both kept.
func (it *Item) id() MessageID {
	id := MessageID{Hash: it.hash()}
	if it.MessageID != "" {
		id.Body = it.digest()
	}
	return id
}

// digest is of what the message says, whenever its sender says that it was made, sent and came: some stamp it anew when they try again.
func (it *Item) digest() int64 {
	h := fnv.New64a()
	var b [8]byte
	num := func(v uint64) { binary.BigEndian.PutUint64(b[:], v); h.Write(b[:]) }
	text := func(s string) { h.Write([]byte(s)); h.Write([]byte{0}) }
	for _, id := range it.Ident {
		text(id.Type)
		text(id.Value)
	}
	e := &it.Event
	num(uint64(e.Type))
	num(math.Float64bits(e.Num))
	num(uint64(e.Supersedes))
	num(uint64(e.Retracts))
	for _, y := range [3]event.Symbol{e.A, e.B, e.C} {
		text(y.String())
	}
	for _, x := range e.X {
		num(math.Float64bits(x))
	}
	h.Write(e.Body)
	return max(1, int64(h.Sum64()&math.MaxInt64)) // 0 is none
}

func (it *Item) hash() (out [16]byte) {
	h := sha256.New()
	var b [8]byte
	num := func(v uint64) { binary.BigEndian.PutUint64(b[:], v); h.Write(b[:]) }
	num(uint64(it.Event.Source))
	if it.MessageID != "" {
		h.Write([]byte("id\x00" + it.MessageID))
		copy(out[:], h.Sum(nil))
		return out
	}
	h.Write([]byte("content\x00"))
	num(uint64(it.Person))
	for _, id := range it.Ident {
		h.Write([]byte(id.Type + "\x00" + id.Scope + "\x00" + id.Value + "\x00"))
	}
	e := &it.Event
	num(uint64(e.Type))
	num(uint64(e.Occurred))
	num(math.Float64bits(e.Num))
	num(uint64(e.Flags))
	num(uint64(e.Supersedes))
	num(uint64(e.Retracts))
	for _, y := range [3]event.Symbol{e.A, e.B, e.C} {
		h.Write([]byte(y.String() + "\x00"))
	}
	for _, x := range e.X {
		num(math.Float64bits(x))
	}
	h.Write(e.Body)
	copy(out[:], h.Sum(nil))
	return out
}

// identity looks an identifier up: in this transaction first, then in the database.
func (w *work) identity(ctx context.Context, id Identifier, hash [16]byte) (person.Number, error) {
	for i := range w.ch.Identities {
		if n := &w.ch.Identities[i]; n.Hash == hash && n.Type == id.Type && n.Scope == id.Scope {
			return n.Person, nil
		}
	}
	for i := range w.ch.Reassigned {
		if n := &w.ch.Reassigned[i]; n.Hash == hash && n.Type == id.Type && n.Scope == id.Scope {
			return n.Person, nil
		}
	}
	if n, ok := w.c.idents.get(hash); ok {
		return n, nil
	}
	n, err := w.c.cfg.Store.Identity(ctx, w.c.ws, id.Type, id.Scope, hash)
	if errors.Is(err, person.ErrMissing) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find an identity: %w", err)
	}
	if n != 0 && id.Type != visitorType {
		w.c.idents.put(hash, n)
	}
	return n, nil
}

// newID makes the id of a new person.
func (w *work) newID() (ulid.ULID, error) {
	random := w.c.cfg.IDs
	if random == nil {
		random = ulid.DefaultEntropy()
	}
	u, err := ulid.New(ulid.Timestamp(time.UnixMicro(w.now)), random)
	if err != nil {
		return u, fmt.Errorf("make an id: %w", err)
	}
	return u, nil
}

// create makes a person with a key of their own, who joins a programme at once.
func (w *work) create(p Profile, programme string) (*draft, error) {
	n := person.Number(len(w.c.humans))
	for w.drafts[n] != nil || n == 0 {
		n++
	}
	u, err := w.newID()
	if err != nil {
		return nil, err
	}
	id := person.ID(u.String())
	h := &human{number: n, id: id, bucket: id.Bucket(), wake: never, stored: never, booked: never, last: w.now, state: &engine.State{V: 1}}
	h.key = w.c.cfg.Ring.NewPersonKey(n)
	sealer, err := w.c.cfg.Ring.Person(n, h.key)
	if err != nil {
		return nil, fmt.Errorf("open a new key: %w", err)
	}
	profile, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a profile: %w", err)
	}
	row := person.Person{
		Number: n, ID: id, Bucket: h.bucket, Holdout: person.Holdout(w.c.cfg.Workspace.Salt, id), Zone: p.Zone,
		CreatedAt: w.now, Version: 1,
	}
	w.ch.People = append(w.ch.People, NewPerson{Person: row, Profile: sealer.Seal("profile", profile), Key: h.key})
	d := &draft{
		h: h, tl: &timeline.Timeline{}, mine: true, loc: w.c.zone(p.Zone), zone: p.Zone, state: &engine.State{V: 1}, wake: never, last: w.now,
		fresh: true, dirty: true, card: &Card{Person: row, Profile: p},
	}
	w.drafts[n] = d
	w.order = append(w.order, d)
	if programme == "" {
		programme = w.c.cfg.Default
	}
	if programme != "" {
		_, err = w.add(d, event.Event{
			Type: event.ProgrammeJoined, Schema: 1, Num: 1, A: event.Intern(programme), Actor: "engine", Provenance: "engine",
			Flags: event.Imported,
		}, w.now)
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// facts keeps what stands beside the timeline up to date: owner and profile of the directory.
func (w *work) facts(d *draft, e *event.Event) error {
	switch e.Type {
	case event.Assigned:
		if r := e.B.String(); r != "" && r != "manager" {
			return nil // a pharmacist, a doctor or a representative beside the owner
		}
		return w.change(d, func(c *Card) { c.Owner = e.A.String() })
	case event.Profile:
		if e.Person != d.h.number {
			return w.changeMember(d, e.Person, func(c *Card) { c.learn(e) })
		}
		return w.change(d, func(c *Card) { c.learn(e) })
	case event.Correction:
		if e.Retracts != 0 {
			return w.unsay(context.Background(), d, e.Retracts)
		}
	}
	return nil
}

// change rewrites a person's directory entry and row.
func (w *work) change(d *draft, set func(*Card)) error {
	card, ok := w.card(d)
	if !ok {
		return person.ErrMissing
	}
	own := w.own(d, card)
	before, had, said := card.Profile, card.Owner, own.Profile
	set(&card)
	set(&own)
	w.rehanded(d, had, card.Owner)
	o := Owner{Person: d.h.number, Bucket: d.h.bucket, Owner: own.Owner, Zone: own.Profile.Zone}
	if own.Profile != said {
		b, err := json.Marshal(own.Profile)
		if err != nil {
			return fmt.Errorf("encode a profile: %w", err)
		}
		sealer, err := w.c.cfg.Ring.Person(d.h.number, d.h.key)
		if err != nil {
			return fmt.Errorf("open the key of person %s: %w", d.h.id, err)
		}
		o.Profile = sealer.Seal("profile", b)
	}
	if card.Profile.Zone != before.Zone {
		card.Person.Zone = card.Profile.Zone
		d.zone, d.loc = card.Person.Zone, w.c.zone(card.Person.Zone)
		d.memo.Forget() // days begin elsewhere now
	}
	card.Version++
	own.Version++
	d.card, d.own = &card, &own
	w.ch.Owners = append(w.ch.Owners, o)
	return nil
}

// learn takes over what a profile event says.
func (c *Card) learn(e *event.Event) {
	var p struct {
		Name, Phone, Language, Zone, GlucoseUnit *string
		Email                                    string
	}
	_ = json.Unmarshal(e.Body, &p) // only what is there and is text
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&c.Name, p.Name)
	set(&c.Phone, p.Phone)
	set(&c.Language, p.Language)
	set(&c.Profile.Zone, p.Zone)
	set(&c.Unit, p.GlucoseUnit)
	if address.IsEmail(p.Email) {
		c.Addresses = c.Addresses.Learn(address.Address{Kind: address.Email, Value: p.Email, Since: e.Occurred})
	}
	if e.A != 0 {
		c.Gender = e.A.String()
	}
	if !math.IsNaN(e.Num) && e.Num != 0 {
		c.BirthYear = int(e.Num)
	}
	if len(e.X) > 3 && !math.IsNaN(e.X[3]) {
		c.Elder = e.X[3] == 1
	}
}

// zone is where a person's days begin: their own zone, else the programme's.
func (c *Conductor) zone(name string) *time.Location {
	if name != "" {
		if l, err := time.LoadLocation(name); err == nil {
			return l
		}
	}
	if p := c.Programme(""); p != nil && p.Zone != nil {
		return p.Zone
	}
	if l, err := time.LoadLocation(c.cfg.Workspace.Zone); err == nil {
		return l
	}
	return time.UTC
}
