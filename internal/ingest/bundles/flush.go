package bundles

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/fhir"
	"peiban/internal/person"
)

// errNoConsent is why a resource is not kept of somebody who has not agreed.
var errNoConsent = fault.New(fault.Forbidden, "no_consent", "本人没有同意保存健康资料", "the person has not agreed that health data are kept").
	Because("本人同意后再导入一次", "import again once they have agreed")

// soon is how far ahead of our clock a sender's may be.
const soon = 24 * time.Hour

// flush stores what waits and says what became of each resource.
func (r *run) flush(ctx context.Context) error {
	if len(r.rows) == 0 {
		return nil
	}
	defer func() { r.rows = r.rows[:0] }()
	if err := r.known(ctx); err != nil {
		return err
	}
	var items []conductor.Item
	for i := range r.rows {
		x := &r.rows[i]
		if x.why != nil || x.same {
			continue
		}
		if err := r.allowed(x); err != nil {
			return err
		}
		made, err := r.events(x)
		if err != nil {
			return err
		}
		for _, it := range made {
			x.items = append(x.items, len(items))
			items = append(items, it)
		}
	}
	var out []conductor.Outcome
	if len(items) > 0 {
		var err error
		if out, err = r.Taker.Submit(ctx, conductor.Bulk, audit.Entry{At: time.Now().UnixMicro(), Actor: r.Actor, Action: Action}, items); err != nil {
			return err
		}
	}
	if err := r.keep(ctx, items, out); err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress(r.report.Rows)
	}
	return nil
}

// known finds which resources are here already, in this version or an older one. One that stands twice in a batch is known by the
// first.
func (r *run) known(ctx context.Context) error {
	hashes := make([][16]byte, 0, len(r.rows))
	for i := range r.rows {
		if r.rows[i].why == nil {
			hashes = append(hashes, r.rows[i].hash)
		}
	}
	here, err := r.Keeper.ResourcesByHash(ctx, r.Workspace, hashes)
	if err != nil {
		return err
	}
	inBatch := map[[16]byte]bool{}
	for i := range r.rows {
		x := &r.rows[i]
		if x.why != nil {
			continue
		}
		if x.same = inBatch[x.hash]; x.same { // the same again: add keeps two versions apart
			continue
		}
		inBatch[x.hash] = true
		versions := here[x.hash]
		if x.version = 1; len(versions) == 0 {
			continue
		}
		x.old = versions[len(versions)-1]
		x.version = x.old.Version + 1
		x.moved = r.root(x.old.Person) != x.who
		// A version that was here before does not come back: files of different days are imported in any order.
		x.same = !x.moved && slices.ContainsFunc(versions, func(k fhir.Kept) bool { return k.Digest == x.digest })
	}
	return nil
}

// root is whom somebody was merged into, or they themselves.
func (r *run) root(n person.Number) person.Number {
	if card, _, _, ok := r.Taker.Glance(n); ok {
		return card.Number
	}
	return n
}

// allowed looks whether the person agrees that a resource is kept.
func (r *run) allowed(x *row) error {
	x.sealed = true
	switch {
	case x.who == 0, x.entry.Type() == "Patient", x.entry.Type() == "RelatedPerson":
		return nil
	}
	_, _, state, ok := r.Taker.Glance(x.who)
	if !ok {
		return person.ErrMissing
	}
	x.sealed = state.Consented("health_data")
	return nil
}

// events are what a resource says, and what takes back or replaces what an older version of it said.
func (r *run) events(x *row) ([]conductor.Item, error) {
	var made []conductor.Item
	if x.who == 0 {
		if len(x.said.Facts) > 0 {
			x.said.Facts, x.said.Left = nil, "about_nobody"
		}
	}
	id := hex.EncodeToString(x.hash[:]) + "." + strconv.Itoa(x.version) + "."
	for _, f := range x.said.Facts {
		at, offset := f.At.At.UnixMicro(), f.At.Offset
		if f.At.At.IsZero() {
			at, offset = r.Now.UnixMicro(), 0
		}
		if at > r.Now.Add(soon).UnixMicro() {
			x.said.Left = "time_in_future"
			continue
		}
		it, err := r.item(x.who, f.Key, f.Props, at, offset)
		if why := fault.Of(err); why != nil {
			x.said.Left = why.Code // kept as it came
			continue
		}
		if err != nil {
			return nil, err
		}
		it.MessageID = id + f.Name
		made = append(made, it)
	}
	if len(made) > 0 {
		x.said.Left = ""
	}
	back, err := r.replace(x, made, id)
	return append(made, back...), err
}

// replace lets new events stand in the place of those the older version became, and takes back the others.
func (r *run) replace(x *row, made []conductor.Item, id string) (back []conductor.Item, err error) {
	if len(x.old.Seqs) == 0 {
		return nil, nil
	}
	whose := r.root(x.old.Person)
	_, view, _, ok := r.Taker.Glance(whose)
	if !ok {
		return nil, nil
	}
	for k, q := range x.old.Seqs {
		i := view.Find(q)
		if i < 0 || view.Flags[i]&(event.Hidden|event.Echo) == event.Hidden { // taken back or corrected here meanwhile: that holds
			continue
		}
		place := slices.IndexFunc(made, func(it conductor.Item) bool {
			return it.Event.Type == view.Type[i] && it.Event.Supersedes == 0 && !x.moved
		})
		if place >= 0 {
			made[place].Event.Supersedes = q
			continue
		}
		it, err := r.item(whose, "correction", map[string]any{"reason": "changed_at_source"}, view.At[i], 0)
		if err != nil {
			return nil, err
		}
		it.Event.Retracts, it.MessageID = q, id+"back"+strconv.Itoa(k)
		back = append(back, it)
	}
	return back, nil
}

// keep keeps the resources, with the events they became, and counts.
func (r *run) keep(ctx context.Context, items []conductor.Item, out []conductor.Outcome) error {
	var kept, gone []fhir.Kept
	for i := range r.rows {
		x := &r.rows[i]
		seqs, stored, waiting := []event.Seq(nil), 0, 0
		for _, k := range x.items {
			switch o := &out[k]; o.Status {
			case conductor.Stored:
				stored++
				if items[k].Event.Type != event.Correction {
					seqs = append(seqs, o.Event.Seq)
				}
			case conductor.Kept:
				waiting++
			case conductor.Repeated: // stored by a run that was broken off before it kept the resource
				q, err := r.find(ctx, &items[k])
				if err != nil {
					return err
				}
				if q != 0 {
					seqs = append(seqs, q)
				}
			case conductor.Refused:
				x.why = o.Fault
			}
		}
		if x.why == nil && !x.same && !x.sealed && waiting == 0 {
			x.why = errNoConsent
		}
		if x.why == nil && !x.same && x.sealed {
			kept = append(kept, fhir.Kept{
				Person: x.who, Hash: x.hash, Version: x.version, Type: x.entry.Type(), Source: r.Source, Digest: x.digest, Seqs: seqs,
				At: r.Now.UnixMicro(), Body: fhir.Canonical(x.entry.Resource),
			})
			if x.old.Version > 0 && x.moved {
				gone = append(gone, x.old)
			}
		}
		r.count(x, stored, waiting)
	}
	if len(kept) == 0 {
		return nil
	}
	detail, _ := json.Marshal(map[string]any{"resources": len(kept)})
	return r.Keeper.KeepResources(ctx, r.Workspace, kept, gone, audit.Entry{At: time.Now().UnixMicro(), Actor: r.Actor, Action: Action + ".keep", Detail: string(detail)})
}

// find is the event an item became in an earlier run; 0: it waits for consent, or is gone.
func (r *run) find(ctx context.Context, it *conductor.Item) (event.Seq, error) {
	_, view, _, ok := r.Taker.Glance(it.Person)
	if !ok {
		return 0, nil
	}
	hash := conductor.MessageHash(r.Source, it.MessageID)
	for i := range view.Len() {
		if view.Type[i] != it.Event.Type || view.At[i] != it.Event.Occurred {
			continue
		}
		es, err := r.Keeper.EventsBySeq(ctx, r.Workspace, it.Person, []event.Seq{view.Seq[i]})
		if err != nil {
			return 0, err
		}
		if len(es) == 1 && es[0].Hash == hash {
			return es[0].Seq, nil
		}
	}
	return 0, nil
}

func (r *run) count(x *row, stored, waiting int) {
	name := x.entry.Type()
	if !fhir.Known(name) {
		name = "?"
	}
	f := r.report.Types[name]
	if f == nil {
		f = &Fate{}
		r.report.Types[name] = f
	}
	r.report.Rows++
	f.Rows++
	switch {
	case x.why != nil:
		r.report.Refused++
		f.Refused++
		r.report.Reasons[x.why.Code]++
		if r.Refuse != nil {
			why := x.entry.Wrong
			if len(why) == 0 {
				why = []*fault.Fault{x.why}
			}
			r.Refuse(Reject{x.file, x.entry.Place, name, why})
		}
		return
	case x.same:
		r.report.Repeated++
		f.Repeated++
		return
	}
	r.report.Taken++
	f.Taken++
	r.report.Events += stored
	f.Events += stored
	if waiting > 0 {
		r.report.Kept++
	}
	if x.old.Version > 0 {
		r.report.Changed++
	}
	if x.who == 0 {
		r.report.Nobodys++
	}
	if x.said.Left != "" {
		r.report.Left[x.said.Left]++
	}
}
