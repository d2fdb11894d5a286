package conductor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"peiban/internal/insight/steps"
	"peiban/internal/person"
)

// stepFacts keeps where the runs of journeys stand and what became of the work they asked for, for whoever looks at a drawn journey. What
// commits may have changed is read again when somebody asks; journeys nobody asked for lately are let go.
type stepFacts struct {
	reading sync.Mutex // one reader at a time

	mu   sync.Mutex
	kept []*journeyFacts // the last asked for at the end
	made uint64          // versions given out
}

type journeyFacts struct {
	journey string
	ledger  *steps.Ledger // nil: everything is to be read
	version uint64        // another as soon as anything may count otherwise
	people  map[person.Number]bool
}

// factsKept is how many facts are kept, of all journeys of a workspace together: 12 bytes each. The journey asked for last is kept whatever it has.
const factsKept = 8_000_000

// note remembers what a commit may have changed.
func (k *stepFacts) note(w *work) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.kept {
		for i := range w.ch.Runs {
			if r := &w.ch.Runs[i]; r.Journey == f.journey {
				f.people[r.Person] = true
			}
		}
		for i := range w.ch.NewMessages {
			if m := &w.ch.NewMessages[i]; m.Journey == f.journey {
				f.people[m.Person] = true
			}
		}
		for i := range w.ch.Messages {
			if m := &w.ch.Messages[i]; m.Journey == f.journey {
				f.people[m.Person] = true
			}
		}
		for i := range w.ch.NewTasks {
			if t := &w.ch.NewTasks[i]; t.Run != "" {
				f.people[t.Person] = true
			}
		}
		for i := range w.ch.Tasks {
			if t := &w.ch.Tasks[i]; t.Run != "" {
				f.people[t.Person] = true
			}
		}
		if len(w.roots) > 0 { // the same facts are somebody else's now
			k.stir(f)
		}
		f.limit()
	}
}

// stir has figures made of f counted again. The caller holds mu.
func (k *stepFacts) stir(f *journeyFacts) {
	k.made++
	f.version = k.made
}

// limit reads everything rather than many records one by one. The caller holds mu.
func (f *journeyFacts) limit() {
	if len(f.people) > rereadMost {
		f.ledger, f.people = nil, map[person.Number]bool{}
	}
}

// changed has some people read again.
func (k *stepFacts) changed(people []person.Number) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.kept {
		for _, n := range people {
			f.people[n] = true
		}
		f.limit()
	}
}

// forget has everything read again: others wrote.
func (k *stepFacts) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.kept {
		f.ledger, f.people = nil, map[person.Number]bool{}
	}
}

// take gives the facts of a journey, what of them is to be read again, and whether all is. It makes room for them.
func (k *stepFacts) take(journey string) (f *journeyFacts, ledger *steps.Ledger, people []person.Number, all bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.kept, func(f *journeyFacts) bool { return f.journey == journey })
	if i < 0 {
		f = &journeyFacts{journey: journey, people: map[person.Number]bool{}}
	} else {
		f = k.kept[i]
		k.kept = slices.Delete(k.kept, i, i+1)
	}
	n := 0
	for _, f := range slices.Backward(k.kept) {
		if f.ledger != nil {
			n += f.ledger.Len()
		}
		if n > factsKept {
			f.ledger = nil
		}
	}
	k.kept = append(slices.DeleteFunc(k.kept, func(f *journeyFacts) bool { return f.ledger == nil }), f)
	people, f.people = slices.Collect(maps.Keys(f.people)), map[person.Number]bool{}
	if all = f.ledger == nil; all {
		people = nil
		f.ledger = steps.NewLedger() // unless somebody forgets meanwhile
	}
	return f, f.ledger, people, all
}

// StepFacts shows everything that is known of the steps of a journey as it stands now, and the version it is of: while that is the same,
// so is what is counted of it. look is not called when the caller knows that version already. What it is given it must not keep.
func (c *Conductor) StepFacts(ctx context.Context, journey string, known uint64, look func(*steps.Ledger, uint64)) error {
	k := &c.steps
	k.reading.Lock()
	defer k.reading.Unlock()
	if err := c.othersWrote(ctx); err != nil {
		return err
	}
	f, ledger, people, all := k.take(journey)
	if all || len(people) > 0 {
		var some []steps.Fact
		var said []steps.What
		err := c.cfg.Store.StepFacts(ctx, c.ws, journey, people, func(facts []steps.Fact, whats []steps.What) {
			if all {
				ledger.Add(facts, whats)
				return
			}
			first := uint32(len(said))
			for i := range facts {
				facts[i].What += first
			}
			some, said = append(some, facts...), append(said, whats...)
		})
		if err != nil {
			k.mu.Lock()
			f.ledger = nil
			k.mu.Unlock()
			return fmt.Errorf("read the steps of %s: %w", journey, err)
		}
		if !all {
			numbers := make([]uint32, len(people))
			for i, n := range people {
				numbers[i] = uint32(n)
			}
			ledger.Replace(numbers, some, said)
		}
		k.mu.Lock()
		k.stir(f)
		k.mu.Unlock()
	}
	k.mu.Lock()
	version := f.version
	k.mu.Unlock()
	if version != known {
		look(ledger, version) // only who reads changes a ledger
	}
	return nil
}
