package conductor

import (
	"context"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

// ErrRehearsalOnly means that a programme nobody approved was to begin where it would reach patients.
var ErrRehearsalOnly = fault.New(fault.Clash, "rehearsal_only", "方案里还有没签字的内容，只能在演练工作区里生效", "something in the programme is not approved; it may run in a rehearsal workspace only").
	Because("签好 programme.yaml、目标和每篇文字，或换到演练工作区", "have programme.yaml, targets and texts signed, or use a rehearsal workspace")

// Begin puts a programme into force that the workspace does not have. Nobody is in it until they join; nothing else changes.
func (c *Conductor) Begin(ctx context.Context, pub Publication, proof audit.Entry) (Published, error) {
	c.moves.Lock() // one publication at a time
	defer c.moves.Unlock()
	if pub.Programme == "" || c.Programme(pub.Programme) != nil {
		return Published{}, ErrSuperseded
	}
	compiled, err := c.beginner(pub)
	if err != nil {
		return Published{}, err
	}
	var out Published
	var next *succession
	ctx = context.WithoutCancel(ctx) // from here on it is done or not done
	err = c.write(ctx, Live, groupLimit, func(_ context.Context, w *work) error {
		s, err := w.begin(pub, compiled, &out)
		if err != nil {
			return err
		}
		next = s
		w.audit(proof)
		return nil
	})
	if err != nil {
		return Published{}, fmt.Errorf("begin programme %s: %w", pub.Programme, err)
	}
	c.carry(ctx, next, out.Version, pub.Swapped)
	return out, nil
}

// beginner compiles a programme as its first version here.
func (c *Conductor) beginner(pub Publication) (*programme.Compiled, error) {
	files, err := pub.Files.WithVersion(1)
	if err != nil {
		return nil, err
	}
	compiled, problems := files.Open()
	switch {
	case len(problems) > 0:
		return nil, ErrUnsound.Wrap(problems)
	case compiled.Key != pub.Programme:
		return nil, ErrOtherKey
	case compiled.Sample && c.cfg.Workspace.Kind != workspace.Rehearsal:
		return nil, ErrRehearsalOnly
	}
	return compiled, c.goesBeside(compiled)
}

// begin writes the first version. Who is in a programme of that key already, which ran here from a folder once, takes a step.
func (w *work) begin(pub Publication, compiled *programme.Compiled, out *Published) (*succession, error) {
	c := w.c
	w.next = nil // done a second time, alone, when it failed beside others
	s := &succession{key: pub.Programme, first: true, now: c.run.Load().clone(), line: &lineage{c: c, key: pub.Programme}}
	s.now.lines[pub.Programme] = s.line
	w.seq++
	s.seq = w.seq
	v := Version{
		Programme: pub.Programme, Number: compiled.Version, Seq: w.seq, At: w.now, By: pub.By, Note: pub.Note, Hash: compiled.Hash,
		Files: compiled.Files, Draft: pub.Draft,
	}
	s.p = s.line.keep(v, compiled)
	s.now.put(s.p)
	w.next = s
	before := len(w.ch.Transitions)
	for _, h := range c.humans {
		if h == nil || h.root != 0 || h.erased() || h.state.Progress(pub.Programme) == nil {
			continue
		}
		d, err := w.draft(h.number)
		if err != nil {
			return nil, err
		}
		d.memo.Forget()
		at := len(w.ch.Transitions)
		if err := w.step(d, engine.Input{Definition: true}, w.now, "definition"); err != nil {
			return nil, err
		}
		v.People++
		if len(w.ch.Transitions) > at {
			v.Changed++
		}
	}
	s.added = []Version{v}
	w.ch.Versions = append(w.ch.Versions, v)
	w.kinds["programme"] = true
	*out = Published{Version: v, Transitions: len(w.ch.Transitions) - before}
	out.Files = nil
	return s, nil
}
