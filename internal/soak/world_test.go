package soak

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// plan is which faults a seed has.
type plan struct {
	crash   float64 // share of transactions in which the process dies
	two     bool    // two processes on the one database
	twice   float64 // share of work that is brought a second time
	failing float64 // share of calls the channel says it failed on, though most went through
	slow    bool    // the channel takes its time
	jumps   bool    // the clock jumps days ahead, and an hour back
	down    bool    // the channel is away for a day
	gentle  bool    // nothing that may change what comes about: the same work without faults must give the same
}

func planOf(seed uint64) plan {
	r := rand.New(rand.NewPCG(seed, 17))
	p := plan{crash: []float64{0, 0.01, 0.03, 0.1}[r.IntN(4)], two: r.IntN(2) == 0, twice: []float64{0, 0.1, 0.3}[r.IntN(3)]}
	if seed%3 == 0 {
		p.gentle, p.crash = true, []float64{0.02, 0.05, 0.1}[r.IntN(3)]
		return p
	}
	p.failing = []float64{0, 0, 0.1, 0.4}[r.IntN(4)]
	p.slow, p.jumps, p.down = r.IntN(3) == 0, r.IntN(3) == 0, r.IntN(4) == 0
	return p
}

// world is one run of the harness.
type world struct {
	ctx  context.Context
	seed uint64
	plan plan
	url  string
	dir  string
	ws   workspace.Workspace
	keys *keys.Master

	real   time.Time     // as it truly is
	skew   time.Duration // by which the machine's clock is behind it
	now    time.Time     // by the machine's clock
	high   time.Time     // real
	chance *rand.Rand    // of faults
	work   *rand.Rand    // of what people do: the same with and without faults
	begun  bool          // people are here; faults may come
	mortal bool          // processes may die
	nested int           // what happens inside something else has no faults of its own

	workers [2]*process
	far     *far
	people  []*somebody
	byID    map[string]*somebody
	stands  map[*somebody]standing

	statements int
	sent       int      // ids of events
	editions   int      // published
	again      []func() // work that may be brought a second time
	deaths     int
	did        []string
	wrong      []string
}

// process is one process: its own handle of the database and its own memory.
type process struct {
	db *dying
	c  *conductor.Conductor
}

func (w *world) broken(format string, args ...any) {
	if len(w.wrong) < 20 {
		w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
	}
}

func (w *world) note(format string, args ...any) {
	w.did = append(w.did, w.now.Format("01-02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (w *world) pass(d time.Duration) {
	w.real = w.real.Add(d)
	w.high, w.now = w.real, w.real.Add(-w.skew)
}

func (w *world) back(by time.Duration) {
	w.skew = by
	w.pass(0)
}

var shanghai = func() *time.Location {
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return l
}()

func begin(ctx context.Context, seed uint64, p plan, url, dir string, m *keys.Master) (*world, error) {
	w := &world{
		ctx: ctx, seed: seed, plan: p, url: url, dir: dir, keys: m, real: time.Date(2026, 3, 8, 11, 0, 0, 0, shanghai),
		chance: rand.New(rand.NewPCG(seed, 1)), work: rand.New(rand.NewPCG(seed, 2)), byID: map[string]*somebody{}, stands: map[*somebody]standing{},
	}
	w.far = &far{w: w, taken: map[string]*taken{}}
	w.pass(0)
	s, err := store.Open(ctx, url, store.Options{Keys: m, Relaxed: true})
	if err != nil {
		return nil, err
	}
	w.ws, err = s.CreateWorkspace(ctx, workspace.Workspace{ID: "01JSOAKWORKSPACE0000000000", Name: "soak", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "s"})
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	if err := w.start(0); err != nil {
		return nil, err
	}
	if p.two {
		err = w.start(1)
	}
	return w, err
}

// start begins process k, as after a crash: it knows nothing but what the database and its snapshot hold.
func (w *world) start(k int) error {
	s, err := store.Open(w.ctx, w.url, store.Options{Keys: w.keys, Relaxed: true})
	if err != nil {
		return err
	}
	ring, err := s.Ring(w.ctx, w.ws.Number)
	if err != nil {
		return err
	}
	db := &dying{Store: s, w: w, k: k}
	mortal := w.mortal
	w.mortal = false
	c, err := conductor.Open(w.ctx, conductor.Config{
		Store: db, Ring: ring, Workspace: w.ws, Programmes: []*programme.Compiled{compiled()}, Real: func() time.Time { return w.now },
		Senders: map[string]channel.Sender{"webhook": line{w.far, db}}, Channel: "webhook", IDs: w.ids(), Snapshot: filepath.Join(w.dir, fmt.Sprint("timelines", k)),
	})
	w.mortal = mortal
	if err != nil {
		return errors.Join(err, s.Close())
	}
	w.workers[k] = &process{db, c}
	return nil
}

// ids are the random part of people's ids, decided by the seed.
func (w *world) ids() io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], w.seed)
	return rand.NewChaCha8(key)
}

// end closes what is open.
func (w *world) end() {
	for _, p := range w.workers {
		if p != nil {
			p.c.Close()
			if err := p.db.Close(); err != nil {
				w.broken("close: %v", err)
			}
		}
	}
}

// do has one of the processes do something, and where it dies another in its place do it again.
func (w *world) do(what string, f func(p *process) error) {
	w.note("%s", what)
	for try := 0; ; try++ {
		k := 0
		if w.begun && w.plan.two && w.chance.IntN(2) == 0 {
			k = 1
		}
		w.mortal = w.begun && try < 3
		p := w.workers[k]
		err := f(p)
		w.mortal = false
		if !p.db.dead {
			if err != nil {
				w.broken("%s: %v", what, err)
			}
			return
		}
		w.deaths++
		w.note("process %d died", k)
		p.c.Close()
		if err := p.db.Close(); err != nil {
			w.broken("close: %v", err)
		}
		if err := w.start(k); err != nil {
			w.broken("start again: %v", err)
			return
		}
	}
}

// due has the processes do what is due and hand over what is to be sent: each of them follows what the other committed first, as it
// does several times a second.
func (w *world) due() {
	w.do("tick", func(p *process) error {
		_, err := p.c.Tick(w.ctx)
		return err
	})
	for range w.workers {
		w.do("deliver", func(p *process) error {
			if _, err := p.c.Tick(w.ctx); err != nil {
				return err
			}
			if w.plan.gentle { // a message whose outcome is not recorded goes again two minutes later
				w.mortal = false
			}
			p.c.Deliver(w.ctx)
			return nil
		})
	}
}

// story is what was done, for whoever looks into a failure.
func (w *world) story(last int) string {
	d := w.did
	if len(d) > last {
		d = d[len(d)-last:]
	}
	return strings.Join(d, "\n")
}
