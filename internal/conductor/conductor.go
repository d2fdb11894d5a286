package conductor

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/identity"
	"peiban/internal/insight/steps"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/programme"
	"peiban/internal/review"
	"peiban/internal/task"
	"peiban/internal/timeline"
	"peiban/internal/wording"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Database is the whole of what the conductor asks of the store.
type Database interface {
	Store
	Identities(ctx context.Context, w workspace.Number, each func(Identity) error) error
	Identity(ctx context.Context, w workspace.Number, kind, scope string, hash [16]byte) (person.Number, error)
	// IdentitiesOf are the identifiers that were attached to one record.
	IdentitiesOf(ctx context.Context, w workspace.Number, n person.Number) ([]Identity, error)
	// IdentityPolicy is what the workspace says of identifiers; revision 0: the shipped one.
	IdentityPolicy(ctx context.Context, w workspace.Number) (review.Policy, error)
	// Arrived tells which of some events arrived for one record, whoever it is merged into.
	Arrived(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) (map[event.Seq]bool, error)
	PersonByNumber(ctx context.Context, w workspace.Number, p person.Number) (NewPerson, error)
	PendingMessages(ctx context.Context, w workspace.Number, each func(message.Message) error) error
	TasksOf(ctx context.Context, w workspace.Number, p person.Number) ([]task.Task, error)
	AllTasks(ctx context.Context, w workspace.Number, f task.Filter) ([]task.Task, error)
	// Caps are the last versions of how many messages one person gets, the one that holds first; none: those of the policy.
	Caps(ctx context.Context, w workspace.Number, most int) ([]message.Capped, error)
	StepFacts(ctx context.Context, w workspace.Number, journey string, people []person.Number, add func([]steps.Fact, []steps.What)) error
	// Unassigned are who waits for an owner.
	Unassigned(ctx context.Context, w workspace.Number) ([]Queued, error)
	QuarantineOf(ctx context.Context, w workspace.Number, p person.Number, reason string) ([]Quarantined, error)
	// KeptFrom are the people of whom something of a source waits for consent.
	KeptFrom(ctx context.Context, w workspace.Number, source int32) ([]person.Number, error)
	Workspace(ctx context.Context, w workspace.Number) (workspace.Workspace, error)
	SetOffset(ctx context.Context, w workspace.Number, offset time.Duration, entries ...audit.Entry) error
	Erase(ctx context.Context, w workspace.Number, p person.Number, at int64, entries ...audit.Entry) error
	QuarantineCounts(ctx context.Context, w workspace.Number, reason string) (map[person.Number]int, error)
	versions
	// Invitations are who invites by which state.
	Invitations(ctx context.Context, w workspace.Number) (map[string]person.Number, error)
	Products(ctx context.Context, w workspace.Number) (*product.Catalogue, error)
	ProductGroups(ctx context.Context, w workspace.Number) ([]SoldGroup, error)
	ProductLines(ctx context.Context, w workspace.Number, hash [16]byte, not string, after event.Seq, most int) ([]SoldLine, error)
}

// Config is what a conductor is made of.
type Config struct {
	Store      Database
	Ring       *keys.Ring
	Workspace  workspace.Workspace
	Programmes []*programme.Compiled
	Default    string           // programme new people join; empty: the first
	Real       func() time.Time // the machine's clock
	Log        *slog.Logger
	Senders    map[string]channel.Sender // beside in-app, by channel
	Channel    string                    // the way messages leave when nothing else is set; empty: inapp
	Contained  bool                      // a rehearsal beside real people: nothing is handed to any sender, whatever is set above
	StaffName  func(id string) string    // for {owner} in texts
	Snapshot   string                    // file the timelines are mapped from; empty: memory only
	Policy     message.Policy
	Stops      func() *wording.Stops // words by which people opt out, as they are now; nil: the shipped ones
	Talk       func() TalkSettings   // how conversations are answered, as it is now; nil: as usual, without the assistant
	IDs        io.Reader             // the random part of new people's ids; nil: the machine's own randomness
}

// Conductor runs one workspace. Its exported methods may be called from several goroutines.
type Conductor struct {
	cfg    Config
	ws     workspace.Number
	wsID   string
	run    atomic.Pointer[running] // what is in force
	offset atomic.Int64            // of the clock, nanoseconds
	tls    *timeline.Store
	dir    *Directory
	cohort *Cohorts
	subs   subscribers
	lanes  lanes
	idents identities

	identity atomic.Pointer[identity.Policy] // as it was read last
	ways     atomic.Pointer[Ways]            // out of the workspace; see SetWays

	products atomic.Pointer[product.Catalogue] // as it was read last; nil: not yet

	doubts doubts

	work  openWork
	steps stepFacts
	caps  atomic.Pointer[message.Policy] // what the guard went by last

	reported reported
	origins  origins
	talks    talks

	referred reported

	failing failing // rules that panicked

	wakes, idled atomic.Int64 // steps that the time was the reason for, and those of them that changed nothing

	carrying sync.WaitGroup // publications whose wakes are being written

	// Owned by whoever holds turn: one write at a time in this process.
	turn    sync.Mutex
	head    event.Seq
	humans  []*human // by number
	agenda  agenda
	outside outside      // handed to channels
	started int64        // the latest moment of a commit: the next is not before it
	logged  int          // states appended to the log since the last round of settling
	stirred *stirred     // who changed since a publication looked at them; nil: none is under way
	moving  *Happened    // what came about while the clock moves; nil: it does not
	lag     atomic.Int64 // microseconds the oldest due wake is behind

	moves sync.Mutex   // one move of the clock at a time
	mu    sync.RWMutex // guards humans and what readers see of each: state, pending, zone; and keeps the timeline in step
}

// human is what the conductor keeps in memory about one person.
type human struct {
	number  person.Number
	id      person.ID
	bucket  int
	root    person.Number   // 0: none
	linked  []person.Number // whose root this is, in order; not changed, replaced
	loc     *time.Location
	zone    string
	key     []byte // wrapped; empty: erased
	state   *engine.State
	memo    engine.Memo
	wake    int64 // of the engine
	stored  int64 // the wake in the database; may be too early
	last    int64 // the latest moment this person was stepped at
	booked  int64 // the earliest entry on the agenda
	rest    int64 // not looked at by the clock before then, because the last look failed
	pending []message.Message
	held    int       // events in quarantine for want of consent
	changed event.Seq // the commit of their newest transitions
	seq     event.Seq // the commit of state
	logged  bool      // state is in the log of states only
	rev     uint64    // another whenever state, wake or timeline changed
}

// erased reports whether the person's key is gone: nothing is done for them any more.
func (h *human) erased() bool { return len(h.key) == 0 }

// due is the first moment anything is to be done for h.
func (h *human) due() int64 {
	if h.erased() || h.root != 0 {
		return never
	}
	at := h.wake
	for i := range h.pending {
		if h.pending[i].State != message.Sending {
			at = min(at, h.pending[i].Next)
		}
	}
	return max(at, h.rest)
}

// Open loads a workspace: its people, their states, their timelines.
func Open(ctx context.Context, cfg Config) (*Conductor, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Contained {
		cfg.Senders, cfg.Channel = nil, ""
	}
	if cfg.Channel == "" {
		cfg.Channel = "inapp"
	}
	if cfg.Policy == (message.Policy{}) {
		cfg.Policy = message.DefaultPolicy()
	}
	if cfg.Default == "" && len(cfg.Programmes) > 0 {
		cfg.Default = cfg.Programmes[0].Key
	}
	c := &Conductor{cfg: cfg, ws: cfg.Workspace.Number, wsID: string(cfg.Workspace.ID)}
	c.SetWays(Ways{})
	c.reported.of, c.referred.of = event.Report, event.ReferralStep
	c.offset.Store(int64(cfg.Workspace.Offset))
	c.dir, c.outside = newDirectory(), outside{}
	c.work.ids, c.work.people = map[task.ID]bool{}, map[person.Number]bool{}
	c.cohort = newCohorts()
	mapped := make(chan *timeline.Store, 1)
	go func() { mapped <- openTimelines(cfg, c.wsID) }() // every byte is checked; people are read meanwhile
	head, err := cfg.Store.Head(ctx, c.ws)
	if err != nil {
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	if err := c.loadProgrammes(ctx); err != nil { // after the head: what is published from here on is followed
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	if err := c.ReloadIdentity(ctx); err != nil {
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	c.turn.Lock()
	defer c.turn.Unlock()
	if err := c.loadEverybody(ctx); err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	if c.tls = <-mapped; c.tls.Head() > head {
		// The database was put back to an older day. Once it has grown past this snapshot nothing would tell them apart.
		c.tls = timeline.NewStore()
		if err := os.Remove(cfg.Snapshot); err != nil {
			return nil, fmt.Errorf("remove a snapshot of a later day: %w", err)
		}
	}
	if err := c.load(ctx, head); err != nil {
		return nil, fmt.Errorf("load workspace: %w", err)
	}
	c.overdue()
	return c, nil
}

// openTimelines maps the snapshot, or makes an empty store when there is none to be used.
func openTimelines(cfg Config, workspace string) *timeline.Store {
	if cfg.Snapshot == "" {
		return timeline.NewStore()
	}
	s, err := timeline.Open(cfg.Snapshot, workspace)
	if err != nil {
		cfg.Log.Info("timelines are rebuilt from the event log", "workspace", workspace, "reason", err)
		return timeline.NewStore()
	}
	return s
}

// Now is the workspace's present moment.
func (c *Conductor) Now() time.Time {
	return c.cfg.Real().Add(time.Duration(c.offset.Load())).Truncate(time.Microsecond)
}

func (c *Conductor) now() int64 { return c.Now().UnixMicro() }

// Workspace tells which workspace this is, with its clock as it stands.
func (c *Conductor) Workspace() workspace.Workspace {
	w := c.cfg.Workspace
	w.Offset = time.Duration(c.offset.Load())
	return w
}

// Contained reports whether nothing may leave the workspace.
func (c *Conductor) Contained() bool { return c.cfg.Contained }

// Programmes are the programmes of the workspace, ready to run.
func (c *Conductor) Programmes() []*engine.Programme { return c.run.Load().ps }

// Programme finds one by key; empty: the default one. Nil when there is none.
func (c *Conductor) Programme(key string) *engine.Programme {
	return c.run.Load().programme(key, c.cfg.Default)
}

// Directory is who is here.
func (c *Conductor) Directory() *Directory { return c.dir }

// Head is the last commit this conductor has seen.
func (c *Conductor) Head() event.Seq { return c.tls.Head() }

// Lag is how far behind the oldest due step is, for /metrics.
func (c *Conductor) Lag() time.Duration { return time.Duration(c.lag.Load()) * time.Microsecond }

// human finds the person's record, nil if there is none. The caller holds turn or mu.
func (c *Conductor) human(n person.Number) *human {
	if int(n) < len(c.humans) {
		return c.humans[n]
	}
	return nil
}

// Run does what falls due until ctx ends: wakes, messages, and following what other processes commit.
func (c *Conductor) Run(ctx context.Context) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() { c.handOver(ctx) })
	sending.Go(func() { c.merge(ctx) })
	sending.Go(func() { c.settleStates(ctx) })
	sending.Go(func() { c.lookForDoubts(ctx) })
	sending.Go(func() { c.followOrigins(ctx) })
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			c.save()
			return nil
		case <-t.C:
		}
		if _, err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.cfg.Log.Error("a tick failed; it is tried again", "workspace", c.wsID, "error", err)
		}
	}
}

// handOver gives messages to outside channels until ctx ends. It is apart from what falls due: a far side that is slow
// to answer holds up nobody's wake.
func (c *Conductor) handOver(ctx context.Context) {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			c.Deliver(ctx)
		}
	}
}

const (
	tickEvery = 200 * time.Millisecond
	saveEvery = time.Minute
)

// merge writes the snapshot when enough has come since the last, until ctx ends. It is apart from what falls due, too:
// a large one takes its time, and reads and writes go on meanwhile.
func (c *Conductor) merge(ctx context.Context) {
	t := time.NewTicker(saveEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if c.tls.Due() {
				c.save()
			}
			if err := c.ReloadIdentity(ctx); err != nil && ctx.Err() == nil { // another process may have saved one
				c.cfg.Log.Error("the identity policy was not read; the one before holds", "workspace", c.wsID, "error", err)
			}
		}
	}
}

// save merges the delta into the snapshot. A failure costs only time at the next start.
func (c *Conductor) save() {
	if c.cfg.Snapshot == "" || c.tls.Changed() == 0 {
		return
	}
	if err := c.tls.Save(c.cfg.Snapshot, c.wsID); err != nil {
		c.cfg.Log.Error("the timeline snapshot was not written", "workspace", c.wsID, "error", err)
	}
}

// Close waits for what a publication left to be written, and writes the snapshot.
func (c *Conductor) Close() {
	c.carrying.Wait()
	c.save()
}
