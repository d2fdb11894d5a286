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
	People    int `json:"people"` // whose timelines changed
}

// ErrOwn is what withdrawing peiban itself gives.
var ErrOwn = fault.New(fault.Invalid, "not_a_source", "本系统自己记的不能整个撤回", "what peiban itself recorded is not withdrawn as a whole")

// withdrawnAtOnce is how many retractions one commit holds: as few as a live one behind it can wait for.
const withdrawnAtOnce = 200

// Withdraw takes back everything a source sent that still stands, as retractions in the bulk lane; what other sources told too then
// stands as theirs. Consents stay, for what was done on them, and so does who joined what, and what a doctor signed. What is left to do
// is what still stands, so a run that broke off goes on when it is called again; called when nothing stands it does nothing.
// progress gets how many of all are done; nil: nobody wants to know.
func (c *Conductor) Withdraw(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int)) (Withdrawn, error) {
	var out Withdrawn
	if source <= 0 || source >= math.MaxUint16 {
		return out, ErrOwn
	}
	type mine struct {
		person person.Number
		seq    event.Seq
	}
	var all []mine
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
			all = append(all, mine{n, t.Seq[i]})
		}
		if len(all) > before {
			out.People++
		}
	}})
	if err != nil {
		return out, fmt.Errorf("find what source %d sent: %w", source, err)
	}
	for done := 0; done < len(all); {
		some := all[done:min(done+withdrawnAtOnce, len(all))]
		items := make([]Item, len(some))
		for i, m := range some {
			items[i] = Item{Person: m.person, MessageID: fmt.Sprintf("withdraw %d", m.seq), Event: event.Event{
				Type: event.Correction, Schema: 1, Num: math.NaN(), A: event.Intern("source_withdrawn"), Retracts: m.seq,
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
			progress(done, len(all))
		}
	}
	return out, nil
}

// withdrawable tells whether events of a type are taken back with their source.
func withdrawable(t event.Type) bool {
	switch t {
	case event.Consent, event.ProgrammeJoined, event.Correction, event.Erased:
		return false
	}
	return t.Spec() != nil && !t.Spec().System
}
