package conductor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace/keys"
)

// What can be wrong with a merge or with undoing one.
var (
	ErrSamePerson = fault.New(fault.Clash, "same_person", "这两条记录已经是同一个人", "these are one person already").
			Because("不用再合并；要分开请用撤销合并", "nothing to merge; undo a merge to part them")
	// ErrOtherRole means that one of two is a patient and the other a doctor.
	ErrOtherRole = fault.New(fault.Clash, "merge_other_role", "一位是患者，一位是医生，不能合并成一个人", "one is a patient and the other a doctor: they are not one person").
			Because("如果确实认识，记成关系（医生、转介人）", "record it as a relation: doctor, referrer")
	// ErrExclusive means that each of two has another value of what one person has one of.
	ErrExclusive = fault.New(fault.Clash, "merge_exclusive", "两边有同一种只能有一个的标识，值却不同，不能合并", "each has another value of an identifier of which a person has one").
			Because("先核对哪个标识挂错了人，把它拆出来；哪些标识互斥见 identity.yaml", "find out which identifier belongs to somebody else and part it first; identity.yaml says which exclude each other")
	ErrNotMerged = fault.New(fault.Clash, "not_merged", "这条记录没有并到别人名下", "this record is merged into nobody").
			Because("刷新后再看看这个人由哪些记录组成", "reload and see which records this person is made of")
)

// link links the record of member, with all that is linked to it, to root: from then on they are one person. It does not ask whether
// they may be; see MergePeople. The link, its proof and everything that follows from it commit together.
func (w *work) link(root, member person.Number, actor, why string) error {
	r, err := w.draft(root)
	if err != nil {
		return err
	}
	m, err := w.draft(member)
	if err != nil {
		return err
	}
	if r == m {
		return ErrSamePerson
	}
	if err := w.rest(m); err != nil {
		return err
	}
	w.setRoot(m.h, r.h.number)
	r.tl, r.mine, r.united = timeline.Union(r.tl, m.tl), true, true
	m.tl, m.united = &timeline.Timeline{}, true
	w.transitions(m, m.state.Given(false, w.version), "merged")
	j := r.state.Join(m.state, m.h.number)
	for _, run := range j.Came {
		m.run(run, "left", "merged")
		r.run(run, "running", "")
	}
	for _, run := range j.Rests {
		m.run(run, "left", "merged")
		w.ended(m, &engine.Ended{Run: run, Status: journey.Departed}, w.now)
	}
	r.pending = append(r.pending, m.pending...)
	r.held += m.held
	m.pending, m.held = nil, 0
	m.memo.Forget()
	m.wake, m.dirty, r.dirty = never, true, true
	r.memo.Forget()
	w.kinds["person"] = true
	if err := w.say(r, "link", m.h.number, actor, why); err != nil {
		return err
	}
	if r.held > 0 && r.state.Consented("health_data") { // what waited for the one's consent is the other's, who gave it
		return w.release(r)
	}
	return nil
}

// unlink undoes the link of member: who is linked to it stays so, and the others stay with the root.
func (w *work) unlink(member person.Number, actor string) error {
	h := w.human(member)
	if h == nil {
		return person.ErrMissing
	}
	if root := w.rootOf(member); root == member {
		return ErrNotMerged
	}
	r, err := w.draft(member) // opens the root
	if err != nil {
		return err
	}
	if err := w.rest(r); err != nil {
		return err
	}
	theirs := append(w.below(member), member)
	mine := map[event.Seq]bool{}
	for _, n := range theirs {
		for _, e := range w.events {
			mine[e.Seq] = mine[e.Seq] || e.Person == n
		}
		got, err := w.c.cfg.Store.Arrived(context.Background(), w.c.ws, n, r.tl.Seq)
		if err != nil {
			return fmt.Errorf("tell apart who was merged: %w", err)
		}
		for q := range got {
			mine[q] = true
		}
	}
	w.setRoot(h, 0)
	m, err := w.again(h)
	if err != nil {
		return err
	}
	whole := r.tl
	r.tl, r.mine, r.united = whole.Part(func(q event.Seq) bool { return !mine[q] }), true, true
	m.tl, m.mine, m.united = whole.Part(func(q event.Seq) bool { return mine[q] }), true, true
	rested := slices.Clone(m.state.Runs)
	w.transitions(m, m.state.Given(true, w.version), "unmerged")
	back, left, leftBy := r.state.Part(m.state, member, func(n person.Number) bool { return slices.Contains(theirs, n) }, r.tl, m.tl)
	w.transitions(r, given(left, w.version), "unmerged")
	w.transitions(m, given(leftBy, w.version), "unmerged")
	for _, run := range back {
		r.run(run, "left", "unmerged")
		m.run(run, "running", "")
	}
	for _, run := range rested {
		m.run(run, "running", "")
	}
	r.pending = slices.DeleteFunc(slices.Clone(r.pending), func(x message.Message) bool {
		if slices.Contains(theirs, x.Person) {
			m.pending = append(m.pending, x)
			return true
		}
		return false
	})
	if r.held, err = w.waiting(r); err != nil {
		return err
	}
	if m.held, err = w.waiting(m); err != nil {
		return err
	}
	r.memo.Forget()
	m.memo.Forget()
	r.dirty, m.dirty = true, true
	w.kinds["person"] = true
	if err := w.say(r, "unlink", member, actor, ""); err != nil {
		return err
	}
	return w.say(m, "unlink", r.h.number, actor, "")
}

// rest has no step behind, so that state and timeline tell the same.
func (w *work) rest(d *draft) error { return w.catchUp(d) }

// say tells the timeline of a link made or undone; its step asks every rule again and, being history, enters nothing.
func (w *work) say(d *draft, what string, other person.Number, actor, why string) error {
	return w.saying(d, event.Event{A: event.Intern(what)}, other, actor, why)
}

// saying is say with more to tell.
func (w *work) saying(d *draft, e event.Event, other person.Number, actor, why string) error {
	e.Type, e.Schema, e.Num, e.Actor, e.Provenance, e.Flags, e.Person = event.Merged, 1, float64(other), actor, "merge", event.Imported, d.h.number
	if why != "" {
		e.Body, _ = json.Marshal(map[string]string{"reason": why})
	}
	if _, err := w.add(d, e, w.now); err != nil {
		return err
	}
	return w.deliver(d, w.now)
}

// setRoot notes a link for the commit.
func (w *work) setRoot(h *human, root person.Number) {
	if w.roots == nil {
		w.roots = map[person.Number]person.Number{}
	}
	w.roots[h.number] = root
	w.ch.Roots = append(w.ch.Roots, Rooted{Person: h.number, Bucket: h.bucket, Root: root})
}

// again opens a record that was a member until now, with the state it rests in.
func (w *work) again(h *human) (*draft, error) {
	if d := w.drafts[h.number]; d != nil { // merged and parted in one commit
		d.last = w.now
		return d, nil
	}
	if h.erased() {
		return nil, keys.ErrErased
	}
	d := &draft{h: h, tl: w.c.tls.Of(h.number), state: h.state.Clone(), wake: never, last: w.now, loc: h.loc, zone: h.zone}
	w.drafts[h.number] = d
	w.order = append(w.order, d)
	return d, nil
}

// waiting counts what waits for the consent of somebody and of who is linked to them.
func (w *work) waiting(d *draft) (int, error) {
	n := 0
	for _, p := range append(w.below(d.h.number), d.h.number) {
		rows, err := w.c.cfg.Store.QuarantineOf(context.Background(), w.c.ws, p, "consent")
		if err != nil {
			return 0, fmt.Errorf("count what waits for consent: %w", err)
		}
		for _, q := range rows {
			if q.Person == p && !slices.Contains(w.ch.Released, q.ID) {
				n++
			}
		}
		for _, q := range w.ch.Quarantine {
			if q.Person == p && q.Reason == "consent" {
				n++
			}
		}
	}
	return n, nil
}

// transitions writes what somebody gained or lost without a step.
func (w *work) transitions(d *draft, ts []engine.Transition, cause string) {
	for _, t := range ts {
		w.ch.Transitions = append(w.ch.Transitions, Transition{
			Person: d.h.number, Kind: t.Kind, Key: t.Programme + "/" + t.Key, Gained: t.Gained, At: w.now,
			Version: strconv.Itoa(t.Version), Cause: cause,
		})
		w.tally.transition(d, t, w.now)
	}
}

func given(ps []engine.Progress, version func(string) int) (out []engine.Transition) {
	for i := range ps {
		out = append(out, ps[i].Given(false, version)...)
	}
	return out
}

// version is the number of a programme in force, 0 when it is not.
func (w *work) version(key string) int {
	for _, p := range w.programmes() {
		if p.Key == key {
			return p.Version
		}
	}
	return 0
}

// Unmerge undoes the link of one record to the person it was merged into. Events that came for the record since go with it.
func (c *Conductor) Unmerge(ctx context.Context, member person.Number, proof audit.Entry) error {
	return c.write(ctx, Live, groupLimit, func(_ context.Context, w *work) error {
		root := w.rootOf(member)
		if err := w.unlink(member, proof.Actor); err != nil {
			return err
		}
		w.proofOf(proof, root, member, nil)
		return nil
	})
}
