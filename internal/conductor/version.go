package conductor

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/workspace"
)

var (
	// ErrNoVersion means that a programme has no version of that number.
	ErrNoVersion = fault.New(fault.Missing, "no_version", "没有这个版本", "there is no such version")
	// ErrNoDraft means that nothing is being edited.
	ErrNoDraft = fault.New(fault.Missing, "no_draft", "没有草稿", "there is no draft")
	// ErrDraftStale means that a draft was changed since it was read.
	ErrDraftStale = fault.New(fault.Stale, "draft_changed", "草稿刚被别人改过，请刷新再试", "someone changed the draft meanwhile; reload and try again")
)

// Version is one version of a programme that is or was in force in a workspace. What was committed after Seq ran under
// it, until the next one. Before a programme is first published nothing is kept: it runs from its folder.
type Version struct {
	Programme string
	Number    int
	Seq       event.Seq // its place in the commit sequence; 0: it ran before any was published
	At        int64     // microseconds, workspace clock; 0 with Seq 0
	By        string    // actor
	Note      string
	Hash      string
	People    int             // who were in the programme
	Changed   int             // of them, whose tags or stage it changed
	Carried   bool            // everybody's wake is written as this version has it
	Files     programme.Files // only when written
	Draft     int64           // the revision of the draft it ends; only when written
}

// Draft is a programme being edited. There is one for each workspace and programme.
type Draft struct {
	Programme string
	Base      int   // the version it was begun from
	Revision  int64 // another with every change
	At        int64
	By        string
	Files     programme.Files
}

// Statement is what somebody stated about a programme: that an item of its checklist is done.
type Statement struct {
	Programme string
	Item      string
	At        int64 // microseconds, the machine's clock
	By        string
	Note      string
	Hash      string // of the files it was stated about
}

// versions is what the conductor asks of the store about them.
type versions interface {
	// Versions lists those after a commit in the order they came into force, without files; -1: all.
	Versions(ctx context.Context, w workspace.Number, after int64) ([]Version, error)
	VersionFiles(ctx context.Context, w workspace.Number, programme string, number int) (programme.Files, error)
	Carried(ctx context.Context, w workspace.Number, programme string, number int) error
}

// running is what is in force. It is replaced as a whole and never changed.
type running struct {
	ps    []*engine.Programme
	lines map[string]*lineage // of the programmes that were published
}

// lineage is the versions of one programme, oldest first. Those that are asked for are compiled and kept.
type lineage struct {
	c   *Conductor
	key string

	mu       sync.Mutex
	versions []Version
	opened   map[int]*engine.Programme
}

func (l *lineage) all() []Version {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.versions)
}

func (l *lineage) latest() Version {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.versions[len(l.versions)-1]
}

// learn adds versions that were not known.
func (l *lineage) learn(vs ...Version) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range vs {
		if !slices.ContainsFunc(l.versions, func(o Version) bool { return o.Number == v.Number }) {
			v.Files = nil
			l.versions = append(l.versions, v)
		}
	}
	slices.SortFunc(l.versions, func(a, b Version) int { return int(a.Seq) - int(b.Seq) })
}

// stamp is what the engine calls a version: runs of before any was published know no number.
func (v *Version) stamp() int {
	if v.Seq == 0 {
		return 0
	}
	return v.Number
}

// open is a version ready to run.
func (l *lineage) open(ctx context.Context, v Version) (*engine.Programme, error) {
	l.mu.Lock()
	p := l.opened[v.Number]
	l.mu.Unlock()
	if p != nil {
		return p, nil
	}
	files, err := l.c.cfg.Store.VersionFiles(ctx, l.c.ws, l.key, v.Number)
	if err != nil {
		return nil, fmt.Errorf("read version %d of programme %s: %w", v.Number, l.key, err)
	}
	compiled, problems := files.Open()
	if len(problems) > 0 {
		return nil, fmt.Errorf("version %d of programme %s does not run in this program: %w", v.Number, l.key, problems)
	}
	return l.keep(v, compiled), nil
}

func (l *lineage) keep(v Version, compiled *programme.Compiled) *engine.Programme {
	p := engine.Prepare(compiled).Published(v.stamp(), l.older)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened == nil {
		l.opened = map[int]*engine.Programme{}
	}
	l.opened[v.Number] = p
	return p
}

// older is the version a run began with, nil when it cannot be had: then the run goes on with the one in force.
func (l *lineage) older(stamp int) *engine.Programme {
	for _, v := range l.all() {
		if v.stamp() != stamp {
			continue
		}
		p, err := l.open(context.Background(), v)
		if err != nil {
			l.c.cfg.Log.Error("a run goes on with the version in force", "workspace", l.c.wsID, "error", err)
			return nil
		}
		return p
	}
	return nil
}

// former finds a text that the versions in force no longer have; runs that began before still say it.
func (r *running) former(key string) *programme.Content {
	for _, l := range r.lines {
		all := l.all()
		for _, v := range slices.Backward(all[:len(all)-1]) {
			if p := l.older(v.stamp()); p != nil && p.Contents[key] != nil {
				return p.Contents[key]
			}
		}
	}
	return nil
}

// loadProgrammes puts into force what was published last, and the folder's programmes where nothing was.
func (c *Conductor) loadProgrammes(ctx context.Context) error {
	vs, err := c.cfg.Store.Versions(ctx, c.ws, -1)
	if err != nil {
		return fmt.Errorf("read the versions of programmes: %w", err)
	}
	r := &running{lines: map[string]*lineage{}}
	var keys []string
	for _, v := range vs {
		if r.lines[v.Programme] == nil {
			r.lines[v.Programme] = &lineage{c: c, key: v.Programme}
			keys = append(keys, v.Programme)
		}
		r.lines[v.Programme].learn(v)
	}
	for _, p := range c.cfg.Programmes {
		l := r.lines[p.Key]
		if l == nil {
			r.ps = append(r.ps, engine.Prepare(p))
			continue
		}
		if !slices.ContainsFunc(l.versions, func(v Version) bool { return v.Hash == p.Hash }) {
			c.cfg.Log.Info("the folder's programme is not in force: a version published here is", "workspace", c.wsID, "programme", p.Key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		p, err := r.lines[key].open(ctx, r.lines[key].latest())
		if err != nil {
			return err
		}
		r.ps = append(r.ps, p)
	}
	c.run.Store(r)
	return nil
}

// loadVersions takes over what another process published. The caller holds turn.
func (c *Conductor) loadVersions(ctx context.Context) error {
	vs, err := c.cfg.Store.Versions(ctx, c.ws, int64(c.head))
	if err != nil || len(vs) == 0 {
		return err
	}
	if vs, err = c.cfg.Store.Versions(ctx, c.ws, -1); err != nil { // with the one there was before the first
		return err
	}
	now := c.run.Load().clone()
	for _, v := range vs {
		if now.lines[v.Programme] == nil {
			now.lines[v.Programme] = &lineage{c: c, key: v.Programme}
		}
		now.lines[v.Programme].learn(v)
	}
	for key, l := range now.lines {
		v := l.latest()
		if v.Seq <= c.head {
			continue
		}
		p, err := l.open(ctx, v)
		if err != nil {
			return err
		}
		now.put(p)
		c.failing.forget(key, v.Number)
		c.mu.Lock()
		c.renew(key, v, false)
		c.mu.Unlock()
	}
	c.mu.Lock()
	c.run.Store(now)
	c.mu.Unlock()
	return nil
}

func (r *running) clone() *running {
	n := &running{ps: slices.Clone(r.ps), lines: map[string]*lineage{}}
	for k, l := range r.lines {
		n.lines[k] = l
	}
	return n
}

// programme finds one by key; empty: def.
func (r *running) programme(key, def string) *engine.Programme {
	if key == "" {
		key = def
	}
	for _, p := range r.ps {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// put takes p in the place of its earlier version.
func (r *running) put(p *engine.Programme) {
	for i := range r.ps {
		if r.ps[i].Key == p.Key {
			r.ps[i] = p
			return
		}
	}
	r.ps = append(r.ps, p)
}

// renew has everybody in a programme looked at who was not written since v came into force: their wake was found under
// the version before. The caller holds turn and mu.
func (c *Conductor) renew(key string, v Version, again bool) {
	for _, h := range c.humans {
		if h == nil || h.root != 0 {
			continue
		}
		h.memo.Forget()
		if h.seq >= v.Seq || h.erased() || h.state.Progress(key) == nil {
			continue
		}
		if again { // a start knows of the events in its snapshot only that they are there
			h.last = max(h.last, lastKnown(c, h.number))
		}
		h.wake = min(h.wake, max(v.At, h.last))
		c.book(h)
	}
}

func lastKnown(c *Conductor, n person.Number) (at int64) {
	for _, r := range c.tls.Of(n).Recv {
		at = max(at, r)
	}
	return at
}

// overdue finishes what a publication left when its process ended. The caller holds turn.
func (c *Conductor) overdue() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, l := range c.run.Load().lines {
		if v := l.latest(); v.Seq != 0 && !v.Carried {
			c.renew(key, v, true)
		}
	}
}

// Versions lists the published versions of a programme, oldest first; none: it runs from its folder.
func (c *Conductor) Versions(key string) []Version {
	if l := c.run.Load().lines[key]; l != nil {
		return l.all()
	}
	return nil
}

// VersionOf is a version of a programme ready to run.
func (c *Conductor) VersionOf(ctx context.Context, key string, number int) (*engine.Programme, error) {
	if l := c.run.Load().lines[key]; l != nil {
		for _, v := range l.all() {
			if v.Number == number {
				return l.open(ctx, v)
			}
		}
	} else if p := c.Programme(key); key != "" && p != nil && p.Version == number {
		return p, nil
	}
	return nil, ErrNoVersion
}
