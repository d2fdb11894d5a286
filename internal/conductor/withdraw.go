package conductor

import (
	"context"
	"fmt"
	"math"
	"sync"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// Withdrawn says what became of the events of a source that was withdrawn.
type Withdrawn struct {
	Retracted int `json:"retracted"`
	Signed    int `json:"signed"` // stay: a doctor's own account stated them
	Refused   int `json:"refused"`
	People    int `json:"people"`  // whose timelines changed
	Waiting   int `json:"waiting"` // for consent: dropped
}

// ErrOwn is what withdrawing peiban itself gives.
var ErrOwn = fault.New(fault.Invalid, "not_a_source", "本系统自己记的不能整个撤回", "what peiban itself recorded is not withdrawn as a whole")

// withdrawnAtOnce is how many retractions one commit holds: as few as a live one behind it can wait for.
const withdrawnAtOnce = 200

// Withdraw takes back everything a source sent that still stands, as retractions in the bulk lane; what other sources told too then
// stands as theirs. Consents stay, for what was done on them, and so does who joined what, and what a doctor signed. What is left to do
// is what still stands, so a run that broke off goes on when it is called again; called when nothing stands it does nothing.
// What waits for consent is dropped. progress gets how many of all are done, and ends it by an error; nil: nobody wants to know.
func (c *Conductor) Withdraw(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int) error) (Withdrawn, error) {
	all, out, err := c.sentBy(ctx, source)
	if err != nil {
		return out, err
	}
	for done := 0; done < len(all); {
		some := all[done:min(done+withdrawnAtOnce, len(all))]
		items := make([]Item, len(some))
		for i, m := range some {
			items[i] = Item{Person: m.person, MessageID: fmt.Sprintf("withdraw %d", m.seq), Event: event.Event{
				Type: event.Correction, Schema: 1, Num: math.NaN(), A: event.Intern(sourceWithdrawn), Retracts: m.seq,
				Actor: entry.Actor, Provenance: "withdrawn",
			}}
		}
		results, err := c.Submit(ctx, Bulk, entry, items)
		if err != nil {
			return out, fmt.Errorf("take back what source %d sent: %w", source, err)
		}
		for _, r := range results {
			switch r.Status {
			case Stored:
				out.Retracted++
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
	out.Waiting, err = c.dropKeptOf(ctx, source, entry)
	return out, err
}

// dropKeptOf drops what of a source waits for consent.
func (c *Conductor) dropKeptOf(ctx context.Context, source int32, entry audit.Entry) (int, error) {
	people, err := c.cfg.Store.KeptFrom(ctx, c.ws, source)
	if err != nil {
		return 0, fmt.Errorf("find whose consent source %d waits for: %w", source, err)
	}
	n := 0
	for _, who := range people {
		hashes, err := c.DropKept(ctx, who, entry, func(e *event.Event) bool { return e.Source == source })
		if err != nil {
			return n, err
		}
		n += len(hashes)
	}
	return n, nil
}

// Withdrawal says what withdrawing a source would take back: events, of how many people, and what of it stays because a doctor signed it.
func (c *Conductor) Withdrawal(ctx context.Context, source int32) (Withdrawn, error) {
	all, out, err := c.sentBy(ctx, source)
	out.Retracted = len(all)
	return out, err
}

// sent is an event of a source.
type sent struct {
	person person.Number
	seq    event.Seq
}

// sentBy finds what a source sent that stands and is taken back with it.
func (c *Conductor) sentBy(ctx context.Context, source int32) ([]sent, Withdrawn, error) {
	var out Withdrawn
	if source <= 0 || source >= math.MaxUint16 {
		return nil, out, ErrOwn
	}
	var all []sent
	var mu sync.Mutex
	err := c.tls.Each(ctx, timeline.Scan{Visit: func(_ int, n person.Number, t *timeline.Timeline) {
		mu.Lock()
		defer mu.Unlock()
		before := len(all)
		for i, from := range t.Source {
			switch {
			case from != uint16(source), t.Flags[i]&(event.Hidden|event.Echo) == event.Hidden, !withdrawable(t.Type[i]):
				continue
			}
			if e := t.Event(i); e.Signed() {
				out.Signed++
				continue
			}
			all = append(all, sent{n, t.Seq[i]})
		}
		if len(all) > before {
			out.People++
		}
	}})
	if err != nil {
		return nil, out, fmt.Errorf("find what source %d sent: %w", source, err)
	}
	return all, out, nil
}

// withdrawable tells whether events of a type are taken back with their source.
func withdrawable(t event.Type) bool {
	switch t {
	case event.Consent, event.ProgrammeJoined, event.Correction, event.Erased:
		return false
	}
	return t.Spec() != nil && !t.Spec().System
}
