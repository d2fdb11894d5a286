package conductor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// Rehanded is a change of somebody's owner as their open work sees it: what was the old owner's is the new one's, or stays.
type Rehanded struct {
	Person   person.Number
	Bucket   int
	From, To string
	Stay     bool
	Tasks    int // filled in by the store: how many there were
}

// Queued is somebody who waits for an owner, or does not any more.
type Queued struct {
	Person person.Number
	Bucket int
	At     int64
	Rule   string // name of the last that fitted
	Why    string // of owner.Choice
	Out    bool
}

// HandLine is what became of one person of a hand-over.
type HandLine struct {
	Job int64
	owner.Line
}

// askedByRules are the events that owner rules read; somebody without an owner is looked at again when one comes.
func askedByRules(t event.Type) bool {
	return t == event.Residence || t == event.ContactAdded || t == event.Profile || t == event.ProgrammeJoined
}

// people is how many a member of staff looks after, as this transaction leaves it.
func (w *work) people(id string) int { return w.c.Count("owner", id) + w.owners[id] }

// rehanded notes that a person's owner changed.
func (w *work) rehanded(d *draft, from, to string) {
	if from == to {
		return
	}
	if w.owners == nil {
		w.owners = map[string]int{}
	}
	w.owners[from]--
	w.owners[to]++
	if from != "" {
		w.ch.Rehanded = append(w.ch.Rehanded, Rehanded{Person: d.h.number, Bucket: d.h.bucket, From: from, To: to, Stay: d.stay})
		w.kinds["task"] = true
	} else if !d.fresh {
		w.ch.Queued = append(w.ch.Queued, Queued{Person: d.h.number, Bucket: d.h.bucket, At: w.now, Out: true})
	}
}

// bookOf reads who can look after people once for the transaction.
func (w *work) bookOf(ctx context.Context) (*owner.Book, error) {
	if w.book == nil {
		b, err := w.tx.Owners(ctx)
		if err != nil {
			return nil, fmt.Errorf("read who looks after people: %w", err)
		}
		w.book = b
	}
	return w.book, nil
}

// appoint gives everybody who came, or of whom something was learned, an owner by the rules, in the commit that brings them. Whom no rule
// fits goes to the queue, and the managers get work about it, once a day.
func (w *work) appoint(ctx context.Context) error {
	for i := 0; i < len(w.order); i++ {
		d := w.order[i]
		if !d.fresh && !d.learned {
			continue
		}
		if card, ok := w.card(d); !ok || card.Owner != "" || card.Root != 0 || d.h.erased() {
			continue
		}
		b, err := w.bookOf(ctx)
		if err != nil || !b.Rules.On {
			return err
		}
		c := b.Choose(w.ownerFacts(d), w.people, w.now)
		if c.Member == "" {
			if err := w.wait(ctx, d, b, c); err != nil {
				return err
			}
			continue
		}
		e := handedTo(c.Member, "", owner.ByRule, b.Rules.List[c.Rule].Name, "engine")
		e.Provenance = "rule"
		if _, err := w.add(d, e, w.now); err != nil {
			return err
		}
	}
	return nil
}

// wait puts somebody into the queue of those who have no owner.
func (w *work) wait(ctx context.Context, d *draft, b *owner.Book, c owner.Choice) error {
	q := Queued{Person: d.h.number, Bucket: d.h.bucket, At: w.now, Why: c.Why}
	if c.Rule >= 0 {
		q.Rule = b.Rules.List[c.Rule].Name
	}
	day := time.UnixMicro(w.now).In(w.c.zone(w.c.cfg.Workspace.Zone))
	if !w.told {
		from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
		n, err := w.tx.QueuedSince(ctx, from.UnixMicro())
		if err != nil {
			return err
		}
		if w.told = true; n == 0 {
			w.task(d, task.Task{
				ID: w.owed(d, queueKey+day.Format(time.DateOnly)), Person: d.h.number, Kind: "task", Priority: task.Normal, State: task.Open, Role: "manager",
				Title:   fault.Text{Zh: "有人没有分到负责人，请到“人员负责”里分配", En: "Somebody got no owner by the rules: give them one under Owners"},
				Results: []string{task.Handled}, Opened: w.now, Due: w.now + (24 * time.Hour).Microseconds(), Version: 1,
			})
		}
	}
	w.ch.Queued = append(w.ch.Queued, q)
	return nil
}

// emptied ends the managers' work about the queue when this commit hands over the last who waited.
func (w *work) emptied(ctx context.Context) error {
	if !slices.ContainsFunc(w.ch.Queued, func(q Queued) bool { return q.Out }) {
		return nil
	}
	// Read beside the transaction: it holds the workspace's commit lock, so nothing newer is committed than what is read.
	queue, err := w.c.cfg.Store.Unassigned(ctx, w.c.ws)
	if err != nil {
		return fmt.Errorf("read who waits for an owner: %w", err)
	}
	waits := map[person.Number]bool{}
	for _, q := range queue {
		if h := w.c.human(q.Person); h != nil && !h.erased() && w.rootOf(q.Person) == q.Person {
			waits[q.Person] = true
		}
	}
	for _, q := range w.ch.Queued {
		waits[q.Person] = !q.Out
	}
	for _, still := range waits {
		if still {
			return nil
		}
	}
	open, err := w.c.cfg.Store.AllTasks(ctx, w.c.ws, task.Filter{States: []task.State{task.Open}, Kinds: []string{"task"}, Roles: []string{"manager"}})
	if err != nil {
		return fmt.Errorf("read the work of managers: %w", err)
	}
	for _, t := range open {
		day := time.UnixMicro(t.Opened).In(w.c.zone(w.c.cfg.Workspace.Zone)).Format(time.DateOnly)
		if h := w.human(t.Person); h == nil || h.erased() || t.ID != task.ID(engine.ContactID(w.c.wsID, string(h.id), queueKey+day)) ||
			slices.ContainsFunc(w.ch.Tasks, func(o task.Task) bool { return o.ID == t.ID }) {
			continue
		}
		d, err := w.draft(t.Person)
		if err != nil {
			return err
		}
		a := Act{Kind: "complete", Outcome: task.Handled}
		n := t
		kind, err := apply(&n, a, "engine", w.now)
		if err != nil {
			return fmt.Errorf("end the work about the queue: %w", err)
		}
		n.By, n.Version = "", n.Version+1
		if err := w.act(d, &t, n, kind, a, "engine"); err != nil {
			return err
		}
		w.kinds["task"] = true
	}
	return nil
}

// queueKey is what the work about a day's queue is known by, before the day.
const queueKey = "unassigned:"

func (w *work) ownerFacts(d *draft) owner.Facts {
	card, _ := w.card(d)
	f := OwnerFacts(d.tl, card.Language)
	for i := range d.state.Programmes {
		f.Programmes = append(f.Programmes, d.state.Programmes[i].Key)
	}
	return f
}

// OwnerFacts reads from a timeline what owner rules ask: where somebody lives now and how they came first.
func OwnerFacts(tl *timeline.Timeline, language string) owner.Facts {
	f := owner.Facts{Language: cmp.Or(language, "zh")}
	for i := range tl.Type {
		if tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch tl.Type[i] {
		case event.Residence:
			f.Province, f.City = tl.A[i].String(), tl.B[i].String()
		case event.ContactAdded:
			if f.Code == "" && f.Channel == "" && f.Kind == "" {
				f.Channel, f.Code, f.Kind = tl.A[i].String(), tl.B[i].String(), tl.C[i].String()
			}
		}
	}
	return f
}

// handedTo is the event of a person getting an owner.
func handedTo(to, from, why, note, actor string) event.Event {
	e := assigned(to, actor)
	e.C = event.Intern(why)
	body := map[string]string{}
	if from != "" {
		body["from"] = from
	}
	if note != "" {
		body["note"] = note
	}
	if len(body) > 0 {
		e.Body, _ = json.Marshal(body)
	}
	return e
}

// Hand is an order about people: who gets them, from whom, and why.
type Hand struct {
	owner.Order
	Any bool  // whoever has them now; else only those Order.From has still
	Job int64 // the hand-over it is part of; 0: none
}

// HandOver gives people another owner in one transaction: the owner, the event, the open work, the line of the hand-over and the audit,
// row by row. What was done already is done once. One line for each person, in order.
func (c *Conductor) HandOver(ctx context.Context, lane Lane, people []person.Number, h Hand, proof audit.Entry) (lines []owner.Line, tasks int, err error) {
	var before, after int // where ours stand in what the commit changes
	var kept *work
	err = c.write(ctx, lane, len(people), func(ctx context.Context, w *work) error {
		lines, before, kept = make([]owner.Line, 0, len(people)), len(w.ch.Rehanded), w
		b, err := w.bookOf(ctx)
		if err != nil {
			return err
		}
		if err := b.CheckOrder(&h.Order); err != nil && h.Job == 0 { // a job says of each person what stands in the way
			return err
		}
		for _, n := range people {
			line, err := w.hand(n, &h, b, proof)
			if err != nil {
				return fmt.Errorf("hand person %d over: %w", n, err)
			}
			lines = append(lines, line)
			if h.Job != 0 {
				w.ch.HandLines = append(w.ch.HandLines, HandLine{h.Job, line})
			}
		}
		after = len(w.ch.Rehanded)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	for _, r := range kept.ch.Rehanded[before:after] {
		tasks += r.Tasks
	}
	return lines, tasks, nil
}

func (w *work) hand(n person.Number, h *Hand, b *owner.Book, proof audit.Entry) (owner.Line, error) {
	if h.Job == 0 {
		n = w.rootOf(n)
	}
	line := owner.Line{Person: n, State: owner.Refused, Why: owner.Gone, At: w.now}
	who := w.c.human(n)
	if who == nil || who.erased() || who.root != 0 {
		if who != nil {
			line.Bucket = who.bucket
		}
		return line, nil
	}
	line.Bucket = who.bucket
	d, err := w.draft(n)
	if err != nil {
		return line, err
	}
	card, _ := w.card(d)
	if line.To, line.Why = w.receiver(d, h, b, card.Owner); line.To == "" {
		return line, nil
	}
	if card.Owner == line.To {
		line.State = owner.Done
		return line, nil
	}
	if !h.Any && card.Owner != h.From {
		line.To, line.Why = card.Owner, owner.OtherOwner
		return line, nil
	}
	d.stay = h.Stay
	_, err = w.add(d, handedTo(line.To, card.Owner, h.Why, h.Note, proof.Actor), w.now)
	d.stay = false
	if err != nil {
		return line, err
	}
	detail, _ := json.Marshal(map[string]any{"from": card.Owner, "to": line.To, "why": h.Why, "job": h.Job, "tasksStay": h.Stay})
	proof.Person, proof.Detail = n, string(detail)
	w.audit(proof)
	line.State = owner.Done
	return line, nil
}

// receiver says who gets a person, or why nobody does.
func (w *work) receiver(d *draft, h *Hand, b *owner.Book, now string) (to, why string) {
	if h.Rule {
		c := b.Without(now).Choose(w.ownerFacts(d), w.people, w.now)
		return c.Member, c.Why
	}
	if !h.Any && now != h.From { // somebody moved them meanwhile, perhaps to whom they were to go
		for _, id := range h.To {
			if id == now {
				return id, ""
			}
		}
	}
	if to = b.Receiver(h.To, w.people); to == "" {
		return "", owner.NoReceiver
	}
	return to, ""
}

// HandFailed notes that a person of a hand-over could not be handed over.
func (c *Conductor) HandFailed(ctx context.Context, job int64, n person.Number) error {
	return c.write(ctx, Bulk, 1, func(_ context.Context, w *work) error {
		line := owner.Line{Person: n, State: owner.Failed, Why: owner.Broken, At: w.now}
		if h := w.c.human(n); h != nil {
			line.Bucket = h.bucket
		}
		w.ch.HandLines = append(w.ch.HandLines, HandLine{job, line})
		return nil
	})
}

// Assign gives a person another owner, whoever that is; their open work goes along.
func (c *Conductor) Assign(ctx context.Context, n person.Number, to string, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		card, _ := w.card(d)
		w.audit(proof)
		_, err = w.add(d, handedTo(to, card.Owner, owner.Fits, "", proof.Actor), w.now)
		return err
	})
}

func assigned(to, actor string) event.Event {
	return event.Event{
		Type: event.Assigned, Schema: 1, Num: math.NaN(), A: event.Intern(to), Actor: actor, Provenance: "console",
	}
}
