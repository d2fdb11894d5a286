package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rehearse"
	"peiban/internal/task"
)

// Foreseen is what programmes would do for the people of a story.
type Foreseen struct {
	Figures  Figures           `json:"figures"`
	Forecast rehearse.Forecast `json:"forecast"`
	Stages   map[string]int    `json:"stages"` // people in each stage of the first programme when the story ends
}

// Foresee tells a story to engine and guard alone, one household after the other on all cores, and counts what they ask for. There
// is no database, so it is fast; the same story gives the same bytes however many cores there are. Staff do their work as in Run,
// for as many people as there are: how many of staff it takes is what the forecast says.
func Foresee(ctx context.Context, ps []*programme.Compiled, s Story, capacity int, progress func(done, of int)) (Foreseen, error) {
	o := &outlook{Story: s, set: &rehearse.Setting{Workspace: fmt.Sprintf("01STORY%019d", s.Seed), Policy: message.DefaultPolicy()}}
	if s.Caps != (message.Caps{}) {
		o.set.Policy = o.set.Policy.With(s.Caps)
	}
	for _, p := range ps {
		o.set.Programmes = append(o.set.Programmes, engine.Prepare(p))
	}
	var homes [][]*Person
	for _, p := range s.People {
		switch {
		case p.Role == child: // lives with whom they help
		case p.HelpedBy != nil:
			homes = append(homes, []*Person{p, p.HelpedBy})
		default:
			homes = append(homes, []*Person{p})
		}
	}
	workers := min(runtime.GOMAXPROCS(0), max(1, len(homes)))
	parts := make([]part, workers)
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for i := range parts {
		parts[i] = part{tally: o.tally(), stages: map[string]int{}}
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(homes) {
					return
				}
				if err := o.live(ctx, homes[k], &parts[i]); err != nil {
					parts[i].err = err
					return
				}
				if n := int(done.Add(int64(len(homes[k])))); progress != nil && i == 0 {
					progress(n, len(s.People))
				}
			}
		})
	}
	wg.Wait()
	out := Foreseen{Stages: map[string]int{}}
	all := o.tally()
	for i := range parts {
		if err := errors.Join(parts[i].err, ctx.Err()); err != nil {
			return Foreseen{}, err
		}
		all.Add(parts[i].tally)
		out.Figures.add(parts[i].f)
		for k, n := range parts[i].stages {
			out.Stages[k] += n
		}
	}
	out.Forecast = all.Forecast(o.set.Programmes, capacity)
	return out, nil
}

func (f *Figures) add(g Figures) {
	f.People, f.Steps, f.Events, f.Refused = f.People+g.People, f.Steps+g.Steps, f.Events+g.Events, f.Refused+g.Refused
	f.Messages, f.Opened, f.Answers, f.Calls = f.Messages+g.Messages, f.Opened+g.Opened, f.Answers+g.Answers, f.Calls+g.Calls
	f.Tasks, f.TasksDone = f.Tasks+g.Tasks, f.TasksDone+g.TasksDone
}

// outlook is a story being foreseen.
type outlook struct {
	Story
	set *rehearse.Setting
}

// part is what one worker has counted.
type part struct {
	tally  *rehearse.Tally
	f      Figures
	stages map[string]int
	err    error
}

func (o *outlook) tally() *rehearse.Tally {
	zone := time.UTC
	if len(o.People) > 0 {
		zone = o.People[0].Zone
	}
	return rehearse.NewTally(o.set.Programmes, o.Start.UnixMicro(), o.End.UnixMicro(), zone, false)
}

func (o *outlook) live(ctx context.Context, home []*Person, into *part) error {
	h := &household{o: o, tally: into.tally, walks: map[string]*rehearse.Walk{}, people: map[string]*Person{}, whose: map[*rehearse.Walk]string{}}
	for _, p := range home {
		h.people[idOf(p)] = p
	}
	s := o.Story
	s.People = home
	f, err := Run(ctx, s, h, nil)
	if err != nil {
		return err
	}
	into.f.add(f)
	for _, p := range home {
		w := h.walks[p.UserID]
		if w == nil {
			continue
		}
		w.Until(o.End.UnixMicro())
		into.tally.End(w)
		if pr := w.State.Progress(o.set.Programmes[0].Key); pr != nil && pr.Stage != "" {
			into.stages[pr.Stage]++
		}
	}
	return nil
}

// household is a world of one person and who helps them.
type household struct {
	o      *outlook
	tally  *rehearse.Tally
	now    time.Time
	walks  map[string]*rehearse.Walk // by user id
	whose  map[*rehearse.Walk]string
	people map[string]*Person // by outside id

	arrived []Delivery
	opened  []Work
	said    map[message.ID]message.Message
	calls   int
}

var (
	_ World           = (*household)(nil)
	_ listens         = (*household)(nil)
	_ rehearse.Heard  = (*household)(nil)
	_ rehearse.Family = (*household)(nil)
)

// idOf is what a person of a story is called in a world without a database.
func idOf(p *Person) string { return fmt.Sprintf("01STORYPERSON%013d", p.N) }

// Advance implements World.
func (h *household) Advance(_ context.Context, to time.Time) error {
	h.now = to
	for _, w := range h.inOrder() {
		w.Until(to.UnixMicro())
	}
	return nil
}

func (h *household) inOrder() []*rehearse.Walk {
	var out []*rehearse.Walk
	for _, w := range h.walks {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b *rehearse.Walk) int { return int(a.Who.Number) - int(b.Who.Number) })
	return out
}

// Due implements World.
func (h *household) Due() (time.Time, bool) {
	at := engine.Never
	for _, w := range h.walks {
		at = min(at, w.Next())
	}
	return time.UnixMicro(at), at != engine.Never
}

// Batch implements World. Happenings come one by one instead, see hear.
func (h *household) Batch(context.Context, []byte) (int, error) { return 0, errors.ErrUnsupported }

// hear implements listens.
func (h *household) hear(x Happening, properties map[string]any) (refused bool, err error) {
	b, err := json.Marshal(properties)
	if err != nil {
		return false, fmt.Errorf("write what happened: %w", err)
	}
	e, f := event.Decode(x.Event, b)
	if f != nil {
		return true, nil // as the intake would
	}
	w := h.walk(x.Person)
	if e.Type.Spec().Health && !w.State.Consented("health_data") {
		return true, nil
	}
	e.Occurred, e.Received = x.At.UnixMicro(), h.now.UnixMicro()
	w.Stamp(&e)
	w.Take(&e)
	return false, nil
}

// walk is a person's; who is heard of first is introduced as the server does it: they join the programmes.
func (h *household) walk(p *Person) *rehearse.Walk {
	if w := h.walks[p.UserID]; w != nil {
		return w
	}
	who := engine.Who{Workspace: h.o.set.Workspace, ID: person.ID(idOf(p)), Number: person.Number(p.N)}
	w := rehearse.NewWalk(h.o.set, who, p.Zone, h, h)
	h.walks[p.UserID], h.whose[w] = w, p.UserID
	w.Now = h.now.UnixMicro()
	w.Tell(event.Event{Type: event.ProgrammeJoined, Num: 1, A: event.Intern(h.o.set.Programmes[0].Key), Flags: event.Imported})
	return w
}

// Minor implements rehearse.Family: nobody in a story is.
func (h *household) Minor(person.Number, int64) bool { return false }

// Reader implements rehearse.Family.
func (h *household) Reader(id string, _ int64) (person.Number, *rehearse.Walk) {
	p := h.people[id]
	if p == nil {
		return 0, nil
	}
	return person.Number(p.N), h.walk(p)
}

// ID implements World.
func (h *household) ID(_ context.Context, userID string) string {
	if len(userID) > 6 && userID[:6] == "staff:" {
		return userID[6:]
	}
	for id, p := range h.people {
		if p.UserID == userID && h.walks[userID] != nil {
			return id
		}
	}
	return ""
}

// Arrived implements World.
func (h *household) Arrived(context.Context) ([]Delivery, error) {
	out := h.arrived
	h.arrived = nil
	return out, nil
}

// Open implements World.
func (h *household) Open(_ context.Context, _, id string) error {
	m := h.said[message.ID(id)]
	h.of(&m).Tell(event.Event{Type: event.MessageRead, Num: event.Ref(id), A: event.Intern(m.Journey), B: event.Intern(m.Content), C: event.Intern(string(m.Class))})
	return nil
}

// of is the walk of whom a message is about.
func (h *household) of(m *message.Message) *rehearse.Walk {
	for w := range h.whose {
		if w.Who.Number == m.Person {
			return w
		}
	}
	return nil
}

// Reply implements World.
func (h *household) Reply(_ context.Context, _, id, answer string) error {
	m := h.said[message.ID(id)]
	h.of(&m).Tell(event.Event{Type: event.Answer, Num: event.Ref(id), A: event.Intern(m.Content), B: event.Intern(answer)})
	return nil
}

// Call implements World: the owner is to ring within two hours.
func (h *household) Call(_ context.Context, userID, _, _ string) error {
	w := h.walks[userID]
	if w == nil {
		return fmt.Errorf("nobody is known as %s", userID)
	}
	h.calls++
	t := task.Task{
		ID: task.ID(fmt.Sprintf("01STORYCALL%07d%08d", w.Who.Number, h.calls)), Person: w.Who.Number, Kind: "task", Priority: task.Promise, State: task.Open,
		Results: []string{"reached", "no_answer", "appointment"}, Role: "owner", Opened: w.Now, Due: w.Now + (2 * time.Hour).Microseconds(),
	}
	w.Owe(t)
	return nil
}

// Sign implements World.
func (h *household) Sign(_ context.Context, login, userID, key string, at time.Time, properties map[string]any) error {
	w := h.walks[userID]
	if w == nil {
		return fmt.Errorf("nobody is known as %s", userID)
	}
	b, err := json.Marshal(properties)
	if err != nil {
		return fmt.Errorf("write what a doctor states: %w", err)
	}
	e, f := event.Decode(key, b)
	if f != nil {
		return fmt.Errorf("what a doctor states: %w", f)
	}
	e.Occurred, e.Received, e.Actor, e.Provenance = at.UnixMicro(), h.now.UnixMicro(), "staff:"+login, "signed"
	w.Stamp(&e)
	w.Take(&e)
	return nil
}

// Opened implements World.
func (h *household) Opened(context.Context) ([]Work, error) {
	out := h.opened
	h.opened = nil
	return out, nil
}

// Finish implements World.
func (h *household) Finish(_ context.Context, x Work, outcome, _ string) (bool, error) {
	if outcome == "" {
		outcome = "handled"
	}
	return h.walks[x.UserID].Finish(task.ID(x.Task), outcome), nil
}

// Postpone implements World.
func (h *household) Postpone(_ context.Context, x Work, until time.Time, _ string) (bool, error) {
	return h.walks[x.UserID].Postpone(task.ID(x.Task), until.UnixMicro()), nil
}

// Entered implements rehearse.Heard.
func (h *household) Entered(w *rehearse.Walk, r *journey.Run) { h.tally.Entered(w, r) }

// Held implements rehearse.Heard.
func (h *household) Held(w *rehearse.Walk, m *message.Message) { h.tally.Held(w, m) }

// Suppressed implements rehearse.Heard.
func (h *household) Suppressed(w *rehearse.Walk, m *message.Message) { h.tally.Suppressed(w, m) }

// Said implements rehearse.Heard: it lies on a phone.
func (h *household) Said(w *rehearse.Walk, m *message.Message) {
	h.tally.Said(w, m)
	d := Delivery{Received: Received{Message: string(m.ID), At: time.UnixMicro(m.SentAt), Safety: m.Class == journey.Safety, Content: m.Content}}
	for _, p := range h.people {
		if person.Number(p.N) == m.To {
			d.UserID = p.UserID
		}
	}
	for _, p := range h.o.set.Programmes {
		if c := p.Contents[m.Content]; c != nil {
			for _, a := range c.Answers {
				d.Answers = append(d.Answers, a.Key)
			}
			break
		}
	}
	if h.said == nil {
		h.said = map[message.ID]message.Message{}
	}
	h.said[m.ID] = *m
	h.arrived = append(h.arrived, d)
}

// Raised implements rehearse.Heard. Staff see one row for an alert and its call.
func (h *household) Raised(w *rehearse.Walk, t *task.Task) {
	h.tally.Raised(w, t)
	owner := ""
	if t.Role == "owner" || t.Role == "" {
		owner = rehearse.OwnerOf(w.TL)
	}
	h.opened = append(h.opened, Work{
		Task: string(t.ID), UserID: h.whose[w], Owner: owner, Opened: time.UnixMicro(t.Opened), Due: time.UnixMicro(t.Due),
		Safety: t.Priority == task.Safety, Script: t.Kind + " " + t.Script, Results: t.Results,
	})
}
