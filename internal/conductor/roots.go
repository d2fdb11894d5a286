package conductor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// A merge is a link from a member to a root. Events and identifiers keep the person they arrived for; the root is who is stepped and
// whose timeline is the union. A member may have members of their own, whose links stay when that one is linked.

// rootOf is the person a merged one is now. The caller holds turn or mu.
func (c *Conductor) rootOf(n person.Number) person.Number {
	for {
		h := c.human(n)
		if h == nil || h.root == 0 {
			return n
		}
		n = h.root
	}
}

// below are everybody linked to n, directly or through others. The caller holds turn or mu.
func (c *Conductor) below(n person.Number) []person.Number {
	h := c.human(n)
	if h == nil || len(h.linked) == 0 {
		return nil
	}
	var out []person.Number
	for _, m := range h.linked {
		out = append(append(out, m), c.below(m)...)
	}
	return out
}

// relink says whose member h is from now on; 0: nobody's. Who is a member belongs to no cohort. The caller holds mu.
func (c *Conductor) relink(h *human, root person.Number) {
	if h.root == root {
		return
	}
	if old := c.human(h.root); old != nil {
		old.linked = slices.DeleteFunc(slices.Clone(old.linked), func(n person.Number) bool { return n == h.number })
	}
	if now := c.human(root); now != nil {
		now.linked = append(slices.Clone(now.linked), h.number)
		slices.Sort(now.linked)
	}
	c.cohort.replace(h.number, h.counted(), nil)
	h.root = root
	c.cohort.replace(h.number, nil, h.counted())
	h.rev++
}

// counted is the state by which h is counted; nil: it is not, because h is somebody's member.
func (h *human) counted() *engine.State {
	if h.root != 0 {
		return nil
	}
	return h.state
}

// rootOf is the person a merged one is as this transaction leaves it.
func (w *work) rootOf(n person.Number) person.Number {
	for {
		root, said := w.roots[n]
		if !said {
			if h := w.human(n); h != nil {
				root = h.root
			}
		}
		if root == 0 {
			return n
		}
		n = root
	}
}

// human is somebody's record, of who is made by this transaction too.
func (w *work) human(n person.Number) *human {
	if d := w.drafts[n]; d != nil {
		return d.h
	}
	return w.c.human(n)
}

// below are everybody linked to n as this transaction leaves it.
func (w *work) below(n person.Number) []person.Number {
	var out []person.Number
	if h := w.human(n); h != nil {
		for _, m := range h.linked {
			if _, said := w.roots[m]; !said {
				out = append(append(out, m), w.below(m)...)
			}
		}
	}
	if len(w.roots) > 0 {
		for m, root := range w.roots {
			if root == n {
				out = append(append(out, m), w.below(m)...)
			}
		}
		slices.Sort(out)
	}
	return out
}

// Linked are the people merged into n, by number.
func (c *Conductor) Linked(n person.Number) []person.Number {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := c.below(n)
	slices.Sort(out)
	return out
}

// regroup puts every event of some people and of whom they are linked with into the timeline of who they are now, after links came
// or went that the timelines do not know of yet. The caller holds turn.
func (c *Conductor) regroup(ctx context.Context, people []person.Number) error {
	if len(people) == 0 {
		return nil
	}
	all := map[person.Number]bool{}
	for _, n := range people {
		root := c.rootOf(n)
		for _, m := range append(c.below(root), root, n) {
			all[m] = true
		}
	}
	var rows []*timeline.Timeline
	parts := map[person.Number][]person.Number{} // by root
	for n := range all {
		rows = append(rows, c.tls.Of(n))
		parts[c.rootOf(n)] = append(parts[c.rootOf(n)], n)
	}
	whole := timeline.Union(rows...)
	put := map[person.Number]*timeline.Timeline{}
	for root, of := range parts {
		put[root] = whole
		if len(parts) == 1 {
			break
		}
		mine := map[event.Seq]bool{}
		for _, n := range of {
			some, err := c.cfg.Store.Arrived(ctx, c.ws, n, whole.Seq)
			if err != nil {
				return fmt.Errorf("tell apart who was merged: %w", err)
			}
			for q := range some {
				mine[q] = true
			}
		}
		put[root] = whole.Part(func(q event.Seq) bool { return mine[q] })
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := range all {
		t := put[n]
		if t == nil {
			t = &timeline.Timeline{}
		}
		c.tls.Put(n, t)
		c.reported.united(n, t)
		c.referred.united(n, t)
		if h := c.human(n); h != nil {
			h.rev++
			h.memo.Forget()
		}
	}
	return nil
}

// joinUp notes the links of people numbered from that on. The caller holds turn.
func (c *Conductor) joinUp(from int) {
	c.mu.Lock()
	var roots []person.Number
	for _, h := range c.humans[min(from, len(c.humans)):] {
		if h == nil || h.root == 0 {
			continue
		}
		if r := c.human(h.root); r != nil && !slices.Contains(r.linked, h.number) {
			r.linked = append(slices.Clone(r.linked), h.number)
		}
		roots = append(roots, h.number)
	}
	c.mu.Unlock()
	for _, n := range roots {
		c.recard(c.rootOf(n))
	}
}

// recards brings the cards up to date of who was merged or parted by w, and of roots whose members' cards changed.
func (c *Conductor) recards(w *work) {
	for _, card := range w.cards {
		c.dir.put(card)
	}
	if len(w.roots)+len(w.cards) == 0 {
		return
	}
	for _, d := range w.order {
		c.recard(d.h.number)
	}
}

// recard shows somebody with what their members say, or a member as it is by itself. The caller holds turn.
func (c *Conductor) recard(n person.Number) {
	h := c.human(n)
	own, ok := c.dir.Own(n)
	if h == nil || !ok {
		return
	}
	old, _ := c.dir.Record(n)
	own.Root = h.root
	members := c.below(n)
	shown := own
	switch {
	case h.root != 0:
		c.cohort.owner(n, old.Owner, "")
	case len(members) > 0:
		slices.Sort(members)
		for _, m := range members {
			if said, ok := c.dir.Own(m); ok && !said.Erased {
				shown.fill(&said)
			}
		}
	}
	if h.root == 0 {
		c.cohort.owner(n, old.Owner, shown.Owner)
	}
	c.dir.put(shown)
	if shown == own {
		c.dir.forgetOwn(n)
	} else {
		c.dir.keepOwn(own)
	}
}

// fill takes over from a member what a card does not say.
func (c *Card) fill(m *Card) {
	text := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	text(&c.Name, m.Name)
	text(&c.Phone, m.Phone)
	text(&c.Gender, m.Gender)
	text(&c.Language, m.Language)
	text(&c.Unit, m.Unit)
	text(&c.Profile.Zone, m.Profile.Zone)
	text(&c.Owner, m.Owner)
	if c.BirthYear == 0 {
		c.BirthYear = m.BirthYear
	}
	c.Elder = c.Elder || m.Elder
	c.Addresses = c.Addresses.Join(m.Addresses)
}

// own is the card of d's own record; shown is how it is shown.
func (w *work) own(d *draft, shown Card) Card {
	if d.own != nil {
		return *d.own
	}
	if d.fresh {
		return shown
	}
	if own, ok := w.c.dir.Own(d.h.number); ok {
		return own
	}
	return shown
}

// changeMember changes the card of a record that is merged into d.
func (w *work) changeMember(d *draft, n person.Number, set func(*Card)) error {
	h := w.human(n)
	card, ok := w.cards[n]
	if !ok {
		if card, ok = w.c.dir.Own(n); !ok {
			return person.ErrMissing
		}
	}
	set(&card)
	card.Version++
	b, err := json.Marshal(card.Profile)
	if err != nil {
		return fmt.Errorf("encode a profile: %w", err)
	}
	sealer, err := w.c.cfg.Ring.Person(h.number, h.key)
	if err != nil {
		return fmt.Errorf("open the key of person %s: %w", h.id, err)
	}
	if w.cards == nil {
		w.cards = map[person.Number]Card{}
	}
	w.cards[n] = card
	w.ch.Owners = append(w.ch.Owners, Owner{Person: h.number, Bucket: h.bucket, Owner: card.Owner, Zone: card.Profile.Zone, Profile: sealer.Seal("profile", b)})
	d.dirty = true
	return nil
}

// arrives says for whom of d's members an event is: who it came for, or, of a correction, who has what it corrects; else d's own.
func (w *work) arrives(d *draft, e *event.Event) (*human, error) {
	if e.Person == 0 && (e.Supersedes != 0 || e.Retracts != 0) {
		for _, m := range w.below(d.h.number) {
			for _, q := range [2]event.Seq{e.Supersedes, e.Retracts} {
				if q == 0 || d.tl.Find(q) < 0 {
					continue
				}
				mine, err := w.arrivedFor(m, q)
				if err != nil {
					return nil, err
				}
				if mine {
					return w.human(m), nil
				}
			}
		}
	}
	if e.Person != 0 && e.Person != d.h.number && w.rootOf(e.Person) == d.h.number {
		return w.human(e.Person), nil
	}
	return d.h, nil
}

// arrivedFor reports whether an event came for a record.
func (w *work) arrivedFor(n person.Number, q event.Seq) (bool, error) {
	for i := range w.events {
		if w.events[i].Seq == q {
			return w.events[i].Person == n, nil
		}
	}
	got, err := w.c.cfg.Store.Arrived(context.Background(), w.c.ws, n, []event.Seq{q})
	if err != nil {
		return false, fmt.Errorf("find for whom event %d came: %w", q, err)
	}
	return got[q], nil
}
