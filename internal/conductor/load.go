package conductor

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace"
)

// load reads everything but people up to head into memory. The caller holds turn.
func (c *Conductor) load(ctx context.Context, head event.Seq) error {
	identities := make(chan error, 1)
	go func() { identities <- c.loadIdentities(ctx) }()
	err := c.loadLog(ctx, head)
	if err == nil {
		err = c.loadStates(ctx, 0)
	}
	if err == nil {
		err = c.loadPending(ctx)
	}
	if err := errors.Join(err, <-identities); err != nil {
		return err
	}
	c.head = head
	return nil
}

// identitiesAhead is how many identifiers are looked up before anybody asks; the rest are when they are first used.
const identitiesAhead = 1 << 18

// loadIdentities fills the memory of identifiers, so that the first hour after a start is not slower than the rest.
func (c *Conductor) loadIdentities(ctx context.Context) error {
	enough, n := errors.New("enough"), 0
	err := c.cfg.Store.Identities(ctx, c.ws, func(i Identity) error {
		if i.Type != visitorType { // those are forgotten after a while, by any process
			c.idents.put(i.Hash, i.Person)
		}
		if n++; n == identitiesAhead {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return fmt.Errorf("read identities: %w", err)
	}
	return nil
}

// loadAtOnce is how many events a start holds on the heap when the snapshot is lost: about a gigabyte.
const loadAtOnce = 12_000_000

// muchNew is how many events behind its snapshot a start writes a new one first: reading that many onto the heap takes as
// long.
const muchNew = 2_000_000

// loadLog brings the timelines up to head before anybody uses them. People were read after head was, so what events say of
// their cards is known already. The caller holds turn.
func (c *Conductor) loadLog(ctx context.Context, head event.Seq) error {
	var l timeline.Loader
	var merged []person.Number // after what the snapshot knows
	for after := c.tls.Head(); after < head; after = c.tls.Head() {
		upTo := min(head, after+loadAtOnce)
		l.Grow(int(upTo - after))
		err := c.cfg.Store.Facts(ctx, c.ws, after, upTo, func(e *event.Event) error {
			root := c.rootOf(e.Person)
			l.Add(root, e)
			if e.Type == event.Merged {
				merged = append(merged, e.Person, person.Number(e.Num))
			}
			if h := c.human(root); h != nil {
				h.last = max(h.last, e.Received)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if err := c.settleLog(&l, upTo); err != nil {
			return err
		}
	}
	return c.regroup(ctx, merged)
}

// settleLog makes what was read timelines: in a snapshot at once when it is much, else on the heap until the next merge.
func (c *Conductor) settleLog(l *timeline.Loader, upTo event.Seq) error {
	path := c.cfg.Snapshot
	if n := int64(l.Len()); n < c.tls.Events()/2 && n < muchNew {
		path = ""
	}
	err := c.tls.Load(l, upTo, path, c.wsID)
	if err != nil && path != "" {
		c.cfg.Log.Error("the timeline snapshot was not written; the timelines are kept on the heap", "workspace", c.wsID, "error", err)
		err = c.tls.Load(l, upTo, "", c.wsID)
	}
	return err
}

// follow catches up with what others committed since the last look. The caller holds turn.
func (c *Conductor) follow(ctx context.Context, head event.Seq) error {
	if err := c.loadPeople(ctx, person.Number(max(len(c.humans)-1, 0))); err != nil {
		return err
	}
	if err := c.loadEvents(ctx, c.tls.Head(), head); err != nil { // which is ahead of ours when the last follow broke off
		return err
	}
	if err := c.loadStates(ctx, c.head); err != nil {
		return err
	}
	if err := c.loadVersions(ctx); err != nil {
		return err
	}
	if err := c.loadPending(ctx); err != nil {
		return err
	}
	if err := c.loadClock(ctx); err != nil {
		return err
	}
	c.head = head
	c.work.forget()
	c.steps.forget()
	c.subs.tell(Change{Seq: head, Kinds: []string{"person", "task", "message"}})
	return nil
}

// loadPeople reads who came after a number, in order: what breaks off goes on after the last.
func (c *Conductor) loadPeople(ctx context.Context, after person.Number) error {
	return c.meet(func(each func(NewPerson) error) error { return c.cfg.Store.PeopleAfter(ctx, c.ws, after, each) })
}

// loadEverybody reads all people at a start.
func (c *Conductor) loadEverybody(ctx context.Context) error {
	return c.meet(func(each func(NewPerson) error) error { return c.cfg.Store.People(ctx, c.ws, each) })
}

// meet takes in the people that read gives. Cards are decrypted on all cores; all of them are when it returns.
func (c *Conductor) meet(read func(each func(NewPerson) error) error) error {
	var decrypting sync.WaitGroup
	sealed := make(chan []NewPerson, 2*runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		decrypting.Go(func() {
			for some := range sealed {
				for _, p := range some {
					c.introduce(p)
				}
			}
		})
	}
	from := len(c.humans)
	var some []NewPerson
	err := read(func(p NewPerson) error {
		c.mu.Lock()
		for len(c.humans) <= int(p.Number) {
			c.humans = append(c.humans, nil)
		}
		c.humans[p.Number] = &human{
			number: p.Number, id: p.ID, bucket: p.Bucket, root: p.Root, zone: p.Zone, loc: c.zone(p.Zone), key: p.Key,
			state: &engine.State{V: 1}, wake: never, stored: never, booked: never,
		}
		c.mu.Unlock()
		if some = append(some, p); len(some) == cardsAtOnce {
			sealed <- some
			some = nil
		}
		return nil
	})
	sealed <- some
	close(sealed)
	decrypting.Wait()
	c.joinUp(from)
	return err
}

// cardsAtOnce is how many cards one goroutine decrypts before it asks for more.
const cardsAtOnce = 256

// introduce puts a person's decrypted card into the directory.
func (c *Conductor) introduce(p NewPerson) {
	card := Card{Person: p.Person, Erased: len(p.Key) == 0}
	if sealer, err := c.cfg.Ring.Person(p.Number, p.Key); err == nil {
		if b, err := sealer.Open("profile", p.Profile); err == nil {
			card.Profile = decodeProfile(b)
		}
	}
	old, _ := c.dir.Record(p.Number)
	if _, apart := c.dir.Own(p.Number); apart {
		c.dir.forgetOwn(p.Number) // recard puts together again what belongs together
	}
	c.dir.put(card)
	owner := card.Owner
	if card.Root != 0 {
		owner = ""
	}
	c.cohort.owner(p.Number, old.Owner, owner)
}

func (c *Conductor) loadEvents(ctx context.Context, after, upTo event.Seq) error {
	if after >= upTo {
		return nil
	}
	n := 0
	changed := map[person.Number]bool{}
	type growing struct {
		tl  *timeline.Timeline
		own bool
	}
	grown := map[person.Number]growing{} // published together: what breaks off half-way is read again
	var gone, merged []person.Number
	err := c.cfg.Store.Facts(ctx, c.ws, after, upTo, func(e *event.Event) error {
		root := c.rootOf(e.Person)
		g := grown[root]
		if g.tl == nil {
			g.tl = c.tls.Of(root)
		}
		g.tl, g.own = g.tl.Grow(e, g.own)
		grown[root] = g
		if e.Type == event.Assigned || e.Type == event.Profile || e.Flags&event.Reaches != 0 {
			changed[e.Person] = true
			for _, m := range c.below(root) { // an identifier of theirs came with an event of another of their records
				changed[m] = changed[m] || e.Flags&event.Reaches != 0
			}
		}
		if e.Type == event.Merged {
			merged = append(merged, e.Person, person.Number(e.Num))
			changed[e.Person], changed[person.Number(e.Num)] = true, true
			c.idents.clear() // an identifier may be another's now
		}
		if e.Type == event.Erased {
			gone = append(gone, root)
		}
		c.stirred.add(root)
		c.doubts.note(root, e.Type)
		c.reported.note(root, e.Type)
		c.origins.note(root)
		c.referred.note(root, e.Type)
		c.talks.note(root, e)
		if h := c.human(root); h != nil {
			h.last = max(h.last, e.Received)
			h.rev++
			h.memo.Forget()
			// The other process knows when this person is due now. It writes that down only where it is earlier than what
			// is written already, so what is written is what holds here.
			h.wake = min(h.wake, h.stored)
		}
		n++
		return nil
	})
	if err != nil {
		return err
	}
	for p := range changed {
		row, err := c.cfg.Store.PersonByNumber(ctx, c.ws, p)
		if err != nil {
			return fmt.Errorf("read person %d again: %w", p, err)
		}
		c.introduce(row)
		if h := c.human(p); h != nil {
			c.mu.Lock()
			h.zone, h.loc = row.Zone, c.zone(row.Zone)
			c.relink(h, row.Root)
			c.mu.Unlock()
		}
	}
	for p := range changed {
		c.recard(p)
		c.recard(c.rootOf(p))
	}
	for _, p := range gone {
		if err := c.readErased(ctx, p); err != nil {
			return err
		}
	}
	c.mu.Lock()
	for p, g := range grown {
		c.tls.Put(p, g.tl)
		if h := c.human(p); h != nil {
			c.book(h)
		}
	}
	c.mu.Unlock()
	if err := c.regroup(ctx, merged); err != nil {
		return err
	}
	c.tls.SetHead(upTo, n)
	return nil
}

func (c *Conductor) loadStates(ctx context.Context, after event.Seq) error {
	return c.cfg.Store.StatesAfter(ctx, c.ws, after, func(r StateRow) error {
		h := c.human(r.Person)
		if h == nil || r.Seq < h.seq { // settled already, and still in the log too
			return nil
		}
		s, err := engine.Decode(r.State)
		if err != nil {
			return fmt.Errorf("person %d: %w", r.Person, err)
		}
		if r.Logged && !h.logged {
			c.logged++
		}
		c.stirred.add(h.number)
		c.origins.note(h.number)
		c.mu.Lock()
		if h.root == 0 {
			c.cohort.replace(h.number, h.state, s)
		}
		h.state, h.wake, h.stored = s, r.Wake, r.Wake
		h.seq, h.changed, h.logged = r.Seq, r.Changed, r.Logged
		h.rev++
		h.memo.Forget()
		c.mu.Unlock()
		c.book(h)
		return nil
	})
}

// loadClock takes over where another process has moved a rehearsal's clock.
func (c *Conductor) loadClock(ctx context.Context) error {
	if c.cfg.Workspace.Kind != workspace.Rehearsal {
		return nil
	}
	ws, err := c.cfg.Store.Workspace(ctx, c.ws)
	if err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	c.offset.Store(int64(ws.Offset))
	return nil
}

// loadPending reads what is still to be said, and who has events waiting for consent.
func (c *Conductor) loadPending(ctx context.Context) error {
	by, handed := map[person.Number][]message.Message{}, outside{}
	err := c.cfg.Store.PendingMessages(ctx, c.ws, func(m message.Message) error {
		root := c.rootOf(m.Person)
		by[root] = append(by[root], m)
		handed.note(&m)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read pending messages: %w", err)
	}
	held, err := c.cfg.Store.QuarantineCounts(ctx, c.ws, "consent")
	if err != nil {
		return fmt.Errorf("count what waits for consent: %w", err)
	}
	c.outside = handed
	for n, k := range held {
		if root := c.rootOf(n); root != n {
			held[root] += k
			delete(held, n)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.humans {
		if h == nil {
			continue
		}
		h.pending, h.held = by[h.number], held[h.number]
		c.book(h)
	}
	return nil
}

// identities remembers who an identifier's hash belongs to; a full one starts again.
type identities struct {
	mu sync.Mutex
	of map[[16]byte]person.Number
}

func (i *identities) clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.of = nil
}

const identitiesKept = 1 << 20

func (i *identities) get(h [16]byte) (person.Number, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	n, ok := i.of[h]
	return n, ok
}

func (i *identities) put(h [16]byte, n person.Number) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.of == nil || len(i.of) >= identitiesKept {
		i.of = make(map[[16]byte]person.Number, 1024)
	}
	i.of[h] = n
}
