package conductor

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Keyed is a keyed hash by which the workspace finds something again that it does not keep.
func (c *Conductor) Keyed(kind, value string) [16]byte { return c.cfg.Ring.Hash(kind, value) }

// newer lets items whose message id is here with another content, and that are newer versions of the same thing, take the place of what
// stands. A version that was here before does not come back: files of different days are read in any order. What staff put right or
// took back meanwhile holds, and so does what a doctor signed.
func (c *Conductor) newer(ctx context.Context, lane Lane, entry audit.Entry, items []Item, out []Outcome) error {
	var left []int
	for i := range items {
		if items[i].Newer && out[i].Status == Clashes {
			left = append(left, i)
		}
	}
	for len(left) > 0 { // of several versions of one thing the later stands in the place of the earlier
		var some []Item
		var places, later []int
		taken := map[string]bool{}
		for _, i := range left {
			it := items[i]
			if taken[it.MessageID] {
				later = append(later, i)
				continue
			}
			taken[it.MessageID] = true
			n, seq, err := c.standing(ctx, &it)
			if err != nil {
				return err
			}
			if seq == 0 {
				continue // it clashes
			}
			it.MessageID = fmt.Sprintf("%s\x1f%x", it.MessageID, it.digest())
			it.Person, it.Ident, it.keys = n, nil, nil
			it.Event.Supersedes = seq
			some, places = append(some, it), append(places, i)
		}
		left = later
		if len(some) == 0 {
			continue
		}
		got, err := c.submitOnce(ctx, lane, entry, some)
		if err != nil {
			return err
		}
		for k, o := range got {
			switch o.Status {
			case Stored:
				o.Changed = true
			case Clashes: // the same version, told of when another stood
				o.Status = Repeated
			}
			out[places[k]] = o
		}
	}
	return nil
}

// atOnce is how many events of the log are looked at for a message id at a time.
const atOnce = 200

// standing finds what stands for the message id of an item, and whose it is; 0: nothing does.
func (c *Conductor) standing(ctx context.Context, it *Item) (person.Number, event.Seq, error) {
	n := it.Person
	if n == 0 {
		found, err := c.Whose(ctx, it.Ident)
		if err != nil || len(found) == 0 {
			return 0, 0, err
		}
		n = found[0]
	}
	n = c.rootOfPublished(n)
	_, view, _, ok := c.Glance(n)
	if !ok {
		return 0, 0, nil
	}
	var places []int
	for i := range view.Len() {
		if view.Type[i] == it.Event.Type && int32(view.Source[i]) == it.Event.Source {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int { // the same thing is told of about the same time
		return cmp.Compare(apart(view.At[a], it.Event.Occurred), apart(view.At[b], it.Event.Occurred))
	})
	hash := it.hash()
	for part := range slices.Chunk(places, atOnce) {
		seqs := make([]event.Seq, len(part))
		for k, i := range part {
			seqs[k] = view.Seq[i]
		}
		es, err := c.cfg.Store.EventsBySeq(ctx, c.ws, n, seqs)
		if f := fault.Of(err); f != nil && f.Kind == fault.Missing { // of somebody who was merged: it stays as it is
			return n, 0, nil
		}
		if err != nil {
			return n, 0, fmt.Errorf("find what a message became: %w", err)
		}
		for k := range es {
			if es[k].Hash == hash {
				return n, last(view.Timeline, es[k].Seq), nil
			}
		}
	}
	return n, 0, nil
}

func apart(a, b int64) int64 { return max(a-b, b-a) }

// last is what an event was replaced by in the end; 0: it was taken back.
func last(t *timeline.Timeline, seq event.Seq) event.Seq {
	for {
		i := slices.IndexFunc(t.Fixes, func(f timeline.Fix) bool { return f.Of == seq })
		if i < 0 {
			return seq
		}
		by := t.Find(t.Fixes[i].By)
		if by < 0 || t.Type[by] == event.Correction {
			return 0
		}
		seq = t.Seq[by]
	}
}
