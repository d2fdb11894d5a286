package conductor

import (
	"context"
	"fmt"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// What can be wrong with parting identifiers from a record.
var (
	ErrNoSuchIdentifier = fault.New(fault.Missing, "identifier_not_found", "这条记录没有这个标识", "this record has no such identifier").
				Because("刷新后再选要拆出去的标识", "reload and choose the identifiers to part again")
	ErrNothingLeft = fault.New(fault.Clash, "nothing_left", "至少要留下一个标识，全部拆走就没有人可分了", "one identifier has to stay: with none left there is nobody to part from").
			Because("留下一个；整条记录并错了就用撤销合并", "leave one; undo the merge if the whole record is another's")
)

// Split gives identifiers of a record to a person of their own: what comes under them from now on is that person's. What came before
// stays, because an event does not tell under which of a record's identifiers it came; merging the two undoes it. Of a record that
// was merged, parting all of its identifiers undoes the merge.
func (c *Conductor) Split(ctx context.Context, of person.Number, hashes [][16]byte, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		root := w.rootOf(of)
		ids, err := w.c.cfg.Store.IdentitiesOf(ctx, w.c.ws, of)
		if err != nil {
			return fmt.Errorf("find the identifiers of a person: %w", err)
		}
		var going []Identity
		for _, i := range ids {
			if slices.Contains(hashes, i.Hash) {
				going = append(going, i)
			}
		}
		other := root
		switch {
		case len(going) == 0:
			return ErrNoSuchIdentifier
		case len(going) < len(ids):
			if other, err = w.part(root, going, proof.Actor); err != nil {
				return err
			}
		case root == of:
			return ErrNothingLeft
		default:
			if err := w.unlink(of, proof.Actor); err != nil {
				return err
			}
			w.proofOf(proof, root, of, map[string]any{"identifiers": len(going)})
			return nil
		}
		w.proofOf(proof, of, other, map[string]any{"identifiers": len(going)})
		return nil
	})
}

// part makes a person of identifiers, in the programme that the one they are taken from is in.
func (w *work) part(from person.Number, going []Identity, actor string) (person.Number, error) {
	d, err := w.draft(from)
	if err != nil {
		return 0, err
	}
	programme := ""
	if len(d.state.Programmes) > 0 {
		programme = d.state.Programmes[0].Key
	}
	n, err := w.create(Profile{}, programme)
	if err != nil {
		return 0, err
	}
	for _, i := range going {
		i.Person, i.Bucket = n.h.number, n.h.bucket
		w.ch.Reassigned = append(w.ch.Reassigned, i)
	}
	if err := w.say(d, "split", n.h.number, actor, ""); err != nil {
		return 0, err
	}
	return n.h.number, w.say(n, "split", from, actor, "")
}

var split = event.Intern("split")
