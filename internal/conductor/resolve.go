package conductor

import (
	"context"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/review"
)

// Identity is what the workspace says of identifiers, as it was read last.
func (c *Conductor) Identity() *identity.Policy {
	if p := c.identity.Load(); p != nil {
		return p
	}
	return identity.Default()
}

// ReloadIdentity reads what the workspace says of identifiers again. What was saved and cannot be read any more is not taken over.
func (c *Conductor) ReloadIdentity(ctx context.Context) error {
	saved, err := c.cfg.Store.IdentityPolicy(ctx, c.ws)
	if err != nil {
		return fmt.Errorf("read the identity policy: %w", err)
	}
	if saved.Revision == 0 {
		c.identity.Store(identity.Default())
		return nil
	}
	p, problems := identity.Parse([]byte(saved.Text))
	if len(problems) > 0 {
		return fmt.Errorf("read the identity policy: %s", problems[0].In("en"))
	}
	c.identity.Store(p)
	return nil
}

// cleaned leaves in an item the identifiers that name somebody, in the form in which two are compared, with their hashes. When
// none is left it says why the first does not.
func (c *Conductor) cleaned(it *Item) error {
	if it.keys != nil {
		return nil
	}
	policy := c.Identity()
	kept := it.Ident[:0:0]
	var first error
	for _, id := range it.Ident {
		clean, err := policy.Clean(identity.Identifier(id))
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		kept = append(kept, Identifier(clean))
	}
	if len(kept) == 0 {
		return first
	}
	it.Ident, it.keys = kept, make([][16]byte, len(kept))
	for i, id := range kept {
		it.keys[i] = c.cfg.Ring.Hash(id.Type, id.Scope+"\x00"+id.Value)
	}
	return nil
}

// whose finds or makes the person of an item, merging whom its identifiers show to be one. It tells which record the item is for.
func (w *work) whose(ctx context.Context, it *Item) (*draft, person.Number, error) {
	w.via, w.theirs = 0, w.theirs[:0]
	if it.Person != 0 {
		d, err := w.open(it.Person)
		return d, it.Person, err
	}
	if err := w.claim(ctx, it); err != nil {
		return nil, 0, err
	}
	policy := w.c.Identity()
	is, err := policy.Resolve(w.claims, w)
	if err != nil {
		return nil, 0, fmt.Errorf("find whose identifiers these are: %w", err)
	}
	var d *draft
	switch is.Kind {
	case identity.Nobody:
		return nil, 0, ErrNobody
	case identity.Create:
		d, err = w.create(Profile{}, it.Programme)
	case identity.Merge:
		if err := w.stepAll(); err != nil { // of both: the two become one
			return nil, 0, err
		}
		for _, m := range is.Members {
			if err := w.linkKnown(is.Person, m, it.Event.Source); err != nil {
				return nil, 0, err
			}
		}
		d, err = w.open(is.Person)
	default:
		d, err = w.open(is.Person)
	}
	if err != nil {
		return nil, 0, err
	}
	at := d.h.number
	for i := range w.claims {
		if n := w.records[i]; n != 0 && !is.Dropped.Has(i) && w.rootOf(n) == d.h.number {
			at = n
			break
		}
	}
	to := w.human(at)
	for i := range w.claims {
		if is.Attach.Has(i) {
			w.identify(to, w.claims[i])
		}
		if n := w.records[i]; is.Attach.Has(i) || is.Kind == identity.Create || n != 0 && !is.Dropped.Has(i) && w.rootOf(n) == d.h.number {
			w.via |= event.ViaOf(w.claims[i].Hash)
			if n == 0 {
				n = at
			}
			w.theirs = append(w.theirs, theirs{i, n})
		}
	}
	for _, p := range is.Proposals {
		w.ch.Proposals = append(w.ch.Proposals, review.FromIntake(policy, p, d.h.number, w.c.cfg.Real().UnixMicro()))
		w.kinds["proposal"] = true
	}
	return d, at, nil
}

// claim looks up whose each identifier of an item is.
func (w *work) claim(ctx context.Context, it *Item) error {
	if err := w.c.cleaned(it); err != nil {
		return err
	}
	w.claims, w.records = w.claims[:0], w.records[:0]
	for i, id := range it.Ident {
		n, err := w.identity(ctx, id, it.keys[i])
		if err != nil {
			return err
		}
		w.records = append(w.records, n)
		w.claims = append(w.claims, identity.Claim{Type: id.Type, Scope: id.Scope, Hash: it.keys[i], Person: w.rootOf(n)})
	}
	return nil
}

// identify makes an identifier that belongs to nobody yet a record's.
func (w *work) identify(to *human, c identity.Claim) {
	for i := range w.ch.Identities {
		if n := &w.ch.Identities[i]; n.Hash == c.Hash && n.Type == c.Type && n.Scope == c.Scope {
			return
		}
	}
	w.ch.Identities = append(w.ch.Identities, Identity{Type: c.Type, Scope: c.Scope, Hash: c.Hash, Person: to.number, Bucket: to.bucket})
}

// linkKnown merges two people whom an event's identifiers show to be one.
func (w *work) linkKnown(root, member person.Number, source int32) error {
	if err := w.link(root, member, "engine", ""); err != nil {
		return err
	}
	w.proofOf(audit.Entry{Actor: fmt.Sprintf("source:%d", source), Action: "person.merge"}, root, member, map[string]any{"by": "identifiers"})
	return nil
}

// proofOf puts a merge, or its undoing, into the audit of both.
func (w *work) proofOf(e audit.Entry, root, member person.Number, detail map[string]any) {
	said := map[string]any{}
	for k, v := range detail {
		said[k] = v
	}
	for _, n := range [2]person.Number{root, member} {
		other := root + member - n
		if h := w.human(other); h != nil {
			said["other"] = string(h.id)
		}
		b, _ := json.Marshal(said)
		e.Person, e.Detail = n, string(b)
		w.audit(e)
	}
}

// Facts tells what bears on whether somebody is one with another. It is asked inside a commit.
func (w *work) Facts(n person.Number) (identity.Facts, error) {
	return w.factsOf(context.Background(), n)
}

func (w *work) factsOf(ctx context.Context, n person.Number) (identity.Facts, error) {
	f := identity.Facts{Person: n}
	records := append(w.below(n), n)
	for _, r := range records {
		ids, err := w.c.cfg.Store.IdentitiesOf(ctx, w.c.ws, r)
		if err != nil {
			return f, fmt.Errorf("find the identifiers of a person: %w", err)
		}
		for _, i := range ids {
			f.Held = append(f.Held, identity.Held{Type: i.Type, Scope: i.Scope, Hash: i.Hash})
		}
		for _, i := range w.ch.Identities {
			if i.Person == r {
				f.Held = append(f.Held, identity.Held{Type: i.Type, Scope: i.Scope, Hash: i.Hash})
			}
		}
	}
	d := w.drafts[n]
	state := w.human(n).state
	if d != nil {
		state = d.state
		if d.fresh && d.card != nil {
			f.Since = d.card.CreatedAt
		}
	}
	if card, ok := w.c.dir.Own(n); ok {
		f.Since, f.Named = card.CreatedAt, card.Name != ""
	}
	for _, p := range w.programmes() {
		if state.Progress(p.Key) == nil {
			continue
		}
		if f.Role = identity.Patient; p.OfDoctors {
			f.Role = identity.Doctor
		}
		break
	}
	return f, nil
}

// mayMerge says what forbids making one person of two, nil when nothing does. How many identifiers somebody may have binds what merges
// by itself, not people: who has two accounts in one shop is one person all the same.
func (w *work) mayMerge(ctx context.Context, a, b person.Number) (root, member person.Number, err error) {
	a, b = w.rootOf(a), w.rootOf(b)
	for _, n := range [2]person.Number{a, b} {
		switch h := w.human(n); {
		case h == nil:
			return 0, 0, person.ErrMissing
		case h.erased():
			return 0, 0, person.ErrMissing
		}
	}
	if a == b {
		return 0, 0, ErrSamePerson
	}
	var fs [2]identity.Facts
	for i, n := range [2]person.Number{a, b} {
		if fs[i], err = w.factsOf(ctx, n); err != nil {
			return 0, 0, err
		}
	}
	policy := w.c.Identity()
	if why := policy.Against(fs[0], fs[1]); why != nil {
		if why.Cause == identity.OtherRole {
			return 0, 0, ErrOtherRole
		}
		return 0, 0, ErrExclusive.At("%s", why.Type)
	}
	root = policy.Root(fs[0], fs[1])
	return root, a + b - root, nil
}

// Merge makes one person of two, by the decision of staff. It tells who stays: the oldest who is known.
func (c *Conductor) Merge(ctx context.Context, a, b person.Number, why string, proof audit.Entry) (root person.Number, err error) {
	err = c.write(ctx, Live, groupLimit, func(ctx context.Context, w *work) error {
		stays, member, err := w.mayMerge(ctx, a, b)
		if err != nil {
			return err
		}
		root = stays
		if err := w.link(root, member, proof.Actor, why); err != nil {
			return err
		}
		w.proofOf(proof, root, member, nil)
		return nil
	})
	if err != nil {
		return 0, err // a fault, or what commit says
	}
	return root, nil
}

// MergeOutlook is what a merge would do: who would stay, and what of each comes together; nothing is written.
type MergeOutlook struct {
	Root, Member person.Number
	Events       int      // of both together
	Runs         int      // of the member, that go on with the root
	Resting      int      // of the member, that rest because the root is in the same journey
	Purposes     []string // agreed to by one and refused by the other: the refusal holds
}

// LookAtMerge tells what a merge would do, or what forbids it.
func (c *Conductor) LookAtMerge(ctx context.Context, a, b person.Number) (MergeOutlook, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	w := &work{c: c, drafts: map[person.Number]*draft{}}
	root, member, err := w.mayMerge(ctx, a, b)
	if err != nil {
		return MergeOutlook{}, err
	}
	out := MergeOutlook{Root: root, Member: member, Events: c.tls.Of(root).Len() + c.tls.Of(member).Len()}
	stays, comes := c.human(root).state.Clone(), c.human(member).state.Clone()
	j := stays.Join(comes, member)
	out.Runs, out.Resting = len(j.Came), len(j.Rests)
	for _, g := range stays.Consents {
		own, said := c.human(root).state.Grant(g.Purpose)
		theirs, other := c.human(member).state.Grant(g.Purpose)
		if said && other && own.Given != theirs.Given {
			out.Purposes = append(out.Purposes, g.Purpose)
		}
	}
	return out, nil
}
