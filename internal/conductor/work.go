package conductor

import (
	"context"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/identity"
	"peiban/internal/message"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/timeline"
	"peiban/internal/workspace/keys"
)

const never = engine.Never

// work is one transaction: what it wants written, and the people it changed, as drafts that become the truth
// when the commit is durable and vanish when it is not.
type work struct {
	c       *Conductor
	tx      Tx
	now     int64 // one moment for the whole transaction
	drafts  map[person.Number]*draft
	roots   map[person.Number]person.Number // links made and undone
	caps    *message.Policy                 // what the guard goes by; nil: nothing was decided yet
	cards   map[person.Number]Card          // of members, changed
	order   []*draft
	events  []event.Event
	seq     event.Seq // last given
	ch      Changes
	abreast []*abreast // readings stored whose steps are still to be taken
	proofs  []proven   // of what came in
	deep    int        // steps that follow from each other and are being taken
	kinds   map[string]bool
	claims  []identity.Claim // room for those of one event
	records []person.Number  // whose each claim is, before links
	via     event.Via        // which of them the event came by
	theirs  []theirs         // those of them that are the person's
	taken   []*human         // off the agenda
	settled []*human         // whose states were written to their place
	next    *succession      // a publication; nil: none
	moving  bool             // the clock is being moved: what fell due in between is done at its own moment
	tally   *Happened

	catalogue *product.Catalogue // of products, once it is asked for

	book   *owner.Book    // who looks after people, once it is asked for
	owners map[string]int // by how many people each owner's number changes
	late   []lateTask     // that go to another role
	told   bool           // the managers know of today's queue, or will by this commit
}

// deepest is how many steps may follow from each other at one moment.
const deepest = 200

// draft is one person inside a transaction.
type draft struct {
	h       *human
	tl      *timeline.Timeline
	mine    bool           // nobody else has anything of tl yet
	behind  []event.Event  // history of tl that no step has looked at yet, without text
	abreast *abreast       // what came last, whose step is still to be taken, or what it asks for to be done
	loc     *time.Location // where the person's days begin
	zone    string
	state   *engine.State
	memo    engine.Memo
	wake    int64
	last    int64
	pending []message.Message
	held    int
	fresh   bool      // created in this transaction
	learned bool      // something came that owner rules read
	stay    bool      // open work stays with the old owner
	dirty   bool      // the state must be stored
	logged  bool      // it is stored by this commit
	changed event.Seq // this commit, when it holds transitions of theirs
	added   int
	united  bool  // tl is another than it was: people were merged or parted
	card    *Card // as it is shown
	own     *Card // without what members say; nil: as card
	runs    map[string]RunRow
}

// commit runs a group of requests in one transaction. The caller holds turn.
func (c *Conductor) commit(ctx context.Context, group []*request) error {
	tx, err := c.cfg.Store.Begin(ctx, c.ws)
	if err != nil {
		return fmt.Errorf("begin a commit: %w", err)
	}
	w := &work{c: c, tx: tx, drafts: map[person.Number]*draft{}, kinds: map[string]bool{}}
	if c.moving != nil {
		w.moving, w.tally = true, &Happened{}
	}
	err = func() error {
		if tx.Head() != c.head {
			if err := c.follow(ctx, tx.Head()); err != nil {
				return fmt.Errorf("follow other commits: %w", err)
			}
		}
		w.now = max(c.now(), c.started)
		w.seq = c.head
		for _, r := range group {
			if !r.takes {
				if err := w.stepAll(); err != nil {
					return err
				}
			}
			if err := r.do(ctx, w); err != nil {
				return err
			}
		}
		return w.finish(ctx)
	}()
	if err != nil {
		_ = tx.Rollback()
		w.abandon()
		return err
	}
	if err := tx.Commit(); err != nil {
		w.abandon()
		return fmt.Errorf("commit: %w", err)
	}
	w.publish()
	return nil
}

// abandon makes what was in memory valid again after a rollback.
func (w *work) abandon() {
	for _, d := range w.order {
		d.h.memo.Forget() // it shares its arrays with the draft's
	}
	for _, h := range w.taken {
		w.c.book(h)
	}
}

// finish writes everything, if there is anything.
func (w *work) finish(ctx context.Context) error {
	if err := w.stepAll(); err != nil {
		return err
	}
	for _, d := range w.order {
		if err := w.catchUp(d); err != nil {
			return err
		}
	}
	if err := w.appoint(ctx); err != nil {
		return err
	}
	if err := w.emptied(ctx); err != nil {
		return err
	}
	if err := w.escalate(ctx); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	if err := w.escalate(ctx); err != nil {
		return err
	}
	w.prove()
	for _, d := range w.order {
		if err := w.store(d); err != nil {
			return err
		}
	}
	if len(w.events) == 0 && w.empty() {
		if len(w.ch.Settled) == 0 && w.ch.SettledTo == 0 {
			return nil
		}
		return w.tx.Write(ctx, w.seq, &w.ch) // says nothing new: nobody need follow
	}
	if len(w.events) == 0 {
		w.seq++ // a commit without events still takes a place in the sequence, so that others follow it
	}
	for i := range w.ch.Transitions {
		t := &w.ch.Transitions[i]
		d := w.drafts[t.Person]
		t.Seq, t.N, t.Prev = w.seq, i, d.h.changed
		d.changed = w.seq
	}
	for i := range w.ch.States {
		s := &w.ch.States[i]
		d := w.drafts[s.Person]
		d.logged = true
		s.Seq, s.Changed = w.seq, max(d.h.changed, d.changed)
	}
	if err := w.tx.AppendEvents(ctx, w.events); err != nil {
		return fmt.Errorf("append %d events: %w", len(w.events), err)
	}
	if err := w.tx.Write(ctx, w.seq, &w.ch); err != nil {
		return err
	}
	return nil
}

// settle decides about every message that is due already, those too that a run withdrew or that another person's step
// asked for: a message withdrawn is written as such in the commit that withdraws it.
func (w *work) settle() error {
	for again := true; again; {
		again = false
		for i := 0; i < len(w.order); i++ { // sending to family opens one more
			if d := w.order[i]; message.First(d.pending, w.now) >= 0 {
				again = true
				if err := w.deliver(d, w.now); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *work) empty() bool {
	c := &w.ch
	return len(c.States)+len(c.Transitions)+len(c.Runs)+len(c.NewMessages)+len(c.NewTasks)+len(c.Messages)+len(c.Tasks)+
		len(c.People)+len(c.Identities)+len(c.Quarantine)+len(c.Released)+len(c.Audit)+len(c.Owners)+len(c.Versions)+len(c.Lines)+len(c.LinesDone)+
		len(c.Rehanded)+len(c.Queued)+len(c.HandLines)+len(c.Roots)+len(c.Reassigned)+len(c.Proposals) == 0
}

// store puts what changed about one person into the changes.
func (w *work) store(d *draft) error {
	for _, r := range d.runs {
		w.ch.Runs = append(w.ch.Runs, r)
	}
	// A stored wake may be too early, so a later one is not written; an earlier one must be.
	due := d.due()
	if !d.dirty && due >= d.h.stored {
		return nil
	}
	b, err := d.state.Encode()
	if err != nil {
		return err
	}
	w.ch.States = append(w.ch.States, StateRow{Person: d.h.number, Bucket: d.h.bucket, State: b, Wake: due})
	return nil
}

func (d *draft) due() int64 {
	at := d.wake
	for i := range d.pending {
		if d.pending[i].State != message.Sending {
			at = min(at, d.pending[i].Next)
		}
	}
	return at
}

// publish makes the drafts the truth, after the commit.
func (w *work) publish() {
	c := w.c
	c.head = w.seq
	c.started = w.now
	c.mu.Lock()
	for _, h := range w.settled { // as they were before this commit
		h.logged = false
	}
	for _, d := range w.order {
		h := d.h
		if d.fresh {
			for len(c.humans) <= int(h.number) {
				c.humans = append(c.humans, nil)
			}
			c.humans[h.number] = h
		}
		old := h.state
		if (d.dirty || d.fresh) && h.root == 0 {
			c.cohort.replace(h.number, old, d.state)
		}
		h.state, h.memo, h.wake, h.last, h.pending, h.held = d.state, d.memo, d.wake, d.last, d.pending, d.held
		h.loc, h.zone, h.rest = d.loc, d.zone, 0
		h.rev++
		h.changed = max(h.changed, d.changed)
		if d.logged {
			h.seq, h.logged = w.seq, true
			c.logged++
		}
		if d.added > 0 || d.fresh || d.united {
			c.tls.Put(h.number, d.tl)
		}
		if due := d.due(); d.dirty || due < h.stored {
			h.stored = due
		}
		c.book(h)
	}
	for _, d := range w.order {
		if d.added > 0 || d.fresh || d.dirty {
			c.origins.note(d.h.number)
		}
	}
	for i := range w.ch.Messages {
		c.outside.note(&w.ch.Messages[i])
	}
	for n, root := range w.roots {
		c.relink(c.humans[n], root)
		c.book(c.humans[n])
	}
	if w.next != nil {
		c.succeed(w.next)
		c.origins.forget()
	}
	c.stirred.note(w)
	c.mu.Unlock()
	c.work.note(w)
	for i := range w.events {
		n := c.rootOf(w.events[i].Person)
		c.doubts.note(n, w.events[i].Type)
		c.reported.note(n, w.events[i].Type)
		c.referred.note(n, w.events[i].Type)
		c.talks.note(n, &w.events[i])
	}
	for _, d := range w.order {
		if d.united {
			c.talks.look(d.h.number)
			c.reported.united(d.h.number, d.tl)
			c.referred.united(d.h.number, d.tl)
		}
	}
	if c.moving != nil && w.tally != nil {
		c.moving.add(w.tally)
	}
	for _, d := range w.order {
		if d.card != nil {
			old, _ := c.dir.Record(d.h.number)
			c.dir.put(*d.card)
			if d.own != nil {
				c.dir.keepOwn(*d.own)
			}
			c.cohort.owner(d.h.number, old.Owner, d.card.Owner)
		}
	}
	c.recards(w)
	c.steps.note(w) // after cards and links, by which they are read
	for i := range w.ch.Identities {
		if w.ch.Identities[i].Type != visitorType {
			c.idents.put(w.ch.Identities[i].Hash, w.ch.Identities[i].Person)
		}
	}
	for i := range w.ch.Reassigned {
		c.idents.put(w.ch.Reassigned[i].Hash, w.ch.Reassigned[i].Person)
	}
	c.tls.SetHead(w.seq, len(w.events))
	if len(w.order) > 0 || len(w.kinds) > 0 {
		ch := Change{Seq: w.seq, Kinds: []string{"person"}}
		for k := range w.kinds {
			ch.Kinds = append(ch.Kinds, k)
		}
		for _, d := range w.order {
			ch.People = append(ch.People, d.h.number)
		}
		c.subs.tell(ch)
	}
}

// draft opens a person for change; their due steps up to now are taken first.
func (w *work) draft(n person.Number) (*draft, error) {
	d, err := w.open(n)
	if err != nil {
		return d, err
	}
	return d, w.catchUp(d)
}

// open is draft for who only adds: steps for history may be behind.
func (w *work) open(n person.Number) (*draft, error) { return w.openAs(w.rootOf(n)) }

// openAs opens one record, whoever it is linked to.
func (w *work) openAs(n person.Number) (*draft, error) {
	if d := w.drafts[n]; d != nil {
		return d, w.stepFirst(d)
	}
	h := w.c.human(n)
	if h == nil {
		return nil, person.ErrMissing
	}
	if h.erased() {
		return nil, keys.ErrErased
	}
	d := &draft{
		h: h, tl: w.c.tls.Of(n), state: h.state.Clone(), memo: h.memo, wake: h.wake, last: h.last, held: h.held,
		loc: h.loc, zone: h.zone, pending: append([]message.Message(nil), h.pending...),
	}
	w.drafts[n] = d
	w.order = append(w.order, d)
	return d, w.advance(d, w.now)
}

func (d *draft) view() timeline.View { return timeline.View{Timeline: d.tl, Loc: d.loc} }

// advance takes a person through everything that falls due until now, each thing at its own exact moment, so that
// the state does not depend on when somebody looked. While the clock is being moved messages, too, go out at
// their own moment; otherwise at now, because nothing is said for the past.
func (w *work) advance(d *draft, now int64) error {
	for guard := 0; guard < 100_000; guard++ {
		at := d.wake
		if w.moving {
			at = d.due()
		}
		if at > now {
			break
		}
		at = max(at, d.last)
		if d.wake <= at {
			if err := w.step(d, engine.Input{}, at, "time"); err != nil {
				return err
			}
		}
		if w.moving {
			if err := w.deliver(d, at); err != nil {
				return err
			}
		}
	}
	d.last = max(d.last, now)
	return w.deliver(d, now)
}

// add appends an event to a person's timeline and takes the step it causes. The event gets its sequence and the
// moment it was learned. The step for history waits for more of it, see catchUp.
func (w *work) add(d *draft, e event.Event, now int64) (event.Event, error) {
	e, waits, err := w.append(d, e, now)
	if err != nil {
		return e, err
	}
	d.grow(&e)
	if err := w.facts(d, &e); err != nil || waits {
		return e, err
	}
	if err := w.step(d, engine.Input{Event: &e}, now, e.Type.String()); err != nil {
		return e, err
	}
	return e, w.afterStep(d, &e, now)
}

// append gives an event its place in the log. It waits when its step may be one with that of further history.
func (w *work) append(d *draft, e event.Event, now int64) (_ event.Event, waits bool, err error) {
	waits = engine.Waits(&e) && !moves(&e)
	e.Flags &^= event.Together // of the event that it says again
	switch {
	case !waits:
		if err := w.catchUp(d); err != nil {
			return e, false, err
		}
	case len(d.behind) > 0:
		e.Flags |= event.Together // so that a replay takes the same steps
	}
	at, err := w.arrives(d, &e)
	if err != nil {
		return e, false, err
	}
	w.seq++
	e.Seq, e.Person, e.Received = w.seq, at.number, now
	if e.Occurred == 0 {
		e.Occurred = now
	}
	if e.Offset == 0 && d.loc != nil {
		_, off := time.UnixMicro(e.Occurred).In(d.loc).Zone()
		e.Offset = int16(off / 60)
	}
	if err := w.sold(&e); err != nil {
		return e, false, err
	}
	stored := e
	if len(e.Body) > 0 {
		sealer, err := w.c.cfg.Ring.Person(at.number, at.key)
		if err != nil {
			return e, false, fmt.Errorf("open the key of person %s: %w", at.id, err)
		}
		stored.Body = sealer.Seal("event", e.Body)
	}
	w.events = append(w.events, stored)
	d.added++
	d.learned = d.learned || askedByRules(e.Type)
	if waits {
		b := e
		b.Body = nil
		d.behind = append(d.behind, b)
	}
	return e, waits, nil
}

// grow takes an event into the timeline.
func (d *draft) grow(e *event.Event) {
	d.tl, d.mine = d.tl.Grow(e, d.mine)
	d.tl.Mark(e) // the log has what came, not what follows from it
}

// afterStep does what follows from an event beside its step.
func (w *work) afterStep(d *draft, e *event.Event, now int64) error {
	if e.Type == event.Consent && e.A.String() == "health_data" && e.Num == 1 && d.held > 0 {
		if err := w.release(d); err != nil {
			return err
		}
	}
	if err := w.ledger(d, e); err != nil {
		return err
	}
	if err := w.recall(d, e, now); err != nil {
		return err
	}
	return w.heard(d, e, now)
}

// catchUp takes the one step for the history that came since the last step.
func (w *work) catchUp(d *draft) error {
	if len(d.behind) == 0 {
		return nil
	}
	in := together(d.behind)
	d.behind = nil
	return w.step(d, in, w.now, in.Event.Type.String())
}

// together is the input of one step for events that came together.
func together(es []event.Event) engine.Input {
	in := engine.Input{Event: &es[len(es)-1]}
	for i := range es[:len(es)-1] {
		in.With = append(in.With, engine.Arrival{Seq: es[i].Seq, Type: es[i].Type})
	}
	return in
}

// audit adds a row to the proof.
func (w *work) audit(e audit.Entry) {
	if e.At == 0 {
		e.At = w.c.cfg.Real().UnixMicro()
	}
	w.ch.Audit = append(w.ch.Audit, e)
}

// card is the person's directory entry as this transaction leaves it.
func (w *work) card(d *draft) (Card, bool) {
	if d.card != nil {
		return *d.card, true
	}
	return w.c.dir.Record(d.h.number)
}
