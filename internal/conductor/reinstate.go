package conductor

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Reinstated says what became of what was taken back with a source.
type Reinstated struct {
	Events  int `json:"events"`  // told anew, so that they stand again
	People  int `json:"people"`  // whose timelines changed
	Waiting int `json:"waiting"` // wait for consent, which ended meanwhile
	Refused int `json:"refused"`
}

// sourceWithdrawn is the reason of a retraction by Withdraw.
const sourceWithdrawn = "source_withdrawn"

// Reinstate takes a source back in: what Withdraw took back is told anew, as it was said, in the bulk lane and as history, so nothing is
// sent for it. What of it was told anew already is left alone, so a run that broke off goes on when it is called again, and a second one
// does nothing. What waited for consent when the source was withdrawn was dropped and does not come back. progress is as Withdraw's.
func (c *Conductor) Reinstate(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int) error) (Reinstated, error) {
	all, out, err := c.takenBackOf(ctx, source)
	if err != nil {
		return out, err
	}
	for done := 0; done < len(all); {
		some := all[done:min(done+withdrawnAtOnce, len(all))]
		items, err := c.again(ctx, some)
		if err != nil {
			return out, err
		}
		results, err := c.Submit(ctx, Bulk, entry, items)
		if err != nil {
			return out, fmt.Errorf("take source %d back in: %w", source, err)
		}
		for _, r := range results {
			switch r.Status {
			case Stored:
				out.Events++
			case Kept:
				out.Waiting++
			case Refused:
				out.Refused++
			}
		}
		if done += len(some); progress != nil {
			if err := progress(done, len(all)); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// Reinstatement says what taking a source back in would tell anew.
func (c *Conductor) Reinstatement(ctx context.Context, source int32) (Reinstated, error) {
	all, out, err := c.takenBackOf(ctx, source)
	out.Events = len(all)
	return out, err
}

// takenBackOf finds what of a source was taken back with it and was not told anew since.
func (c *Conductor) takenBackOf(ctx context.Context, source int32) ([]sent, Reinstated, error) {
	var out Reinstated
	if source <= 0 || source >= math.MaxUint16 {
		return nil, out, ErrOwn
	}
	reason := event.Intern(sourceWithdrawn)
	var all []sent
	var mu sync.Mutex
	err := c.tls.Each(ctx, timeline.Scan{Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		var mine []sent
		for _, f := range t.Fixes {
			by, of := t.Find(f.By), t.Find(f.Of)
			if by < 0 || of < 0 || t.Type[by] != event.Correction || t.A[by] != reason || t.Source[of] != uint16(source) {
				continue
			}
			if !slices.ContainsFunc(t.Fixes, func(g timeline.Fix) bool { return g.Of == f.Of && g.By > f.By }) {
				mine = append(mine, sent{n, f.Of})
			}
		}
		if len(mine) == 0 {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, mine...)
		out.People++
	}})
	if err != nil {
		return nil, out, fmt.Errorf("find what was taken back of source %d: %w", source, err)
	}
	return all, out, nil
}

// again reads events and gives them as they are told anew: each takes the place of the one that was taken back.
func (c *Conductor) again(ctx context.Context, some []sent) ([]Item, error) {
	seqs := map[person.Number][]event.Seq{}
	var order []person.Number
	for _, m := range some {
		if seqs[m.person] == nil {
			order = append(order, m.person)
		}
		seqs[m.person] = append(seqs[m.person], m.seq)
	}
	var items []Item
	for _, n := range order {
		es, err := c.cfg.Store.EventsBySeq(ctx, c.ws, n, seqs[n])
		if err != nil {
			return nil, fmt.Errorf("read what was taken back: %w", err)
		}
		if err := c.Reveal(n, es); err != nil {
			return nil, err
		}
		for _, e := range es {
			seq := e.Seq
			e.Seq, e.Hash, e.Received, e.Retracts, e.Supersedes = 0, [16]byte{}, 0, 0, seq
			e.Flags = e.Flags&^event.Hidden | event.Imported
			items = append(items, Item{Person: n, MessageID: fmt.Sprintf("reinstate %d", seq), Event: e})
		}
	}
	return items, nil
}
