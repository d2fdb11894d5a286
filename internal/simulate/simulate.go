// Package simulate is about people who do not exist: who they are, what they do day by day, and how they answer
// what peiban sends them. It writes what a real person or their app would send and nothing else; tags, stages,
// messages and tasks come from the engine.
//
// People and Life are pure: the same seed and the same messages give the same events. Run drives them: it moves
// a workspace's clock step by step, hands in what happened meanwhile through the public intake, and lets staff
// do their work.
package simulate

import (
	"container/heap"
	"fmt"
	"slices"
	"time"
)

// Act says what a happening is.
type Act int

const (
	Track Act = iota // an event sent to the intake
	Open             // a message is opened
	Reply            // a card is answered
	Call             // a human is asked for
	Sign             // their doctor states something in the console
)

// Happening is one thing a person does.
type Happening struct {
	Act    Act
	Person *Person
	At     time.Time // when it happens
	Sent   time.Time // when peiban hears of it; later for a value typed in at night

	ID         string // of the event, for the intake
	Event      string
	Properties map[string]any

	Message, Answer string // Open and Reply
	Note            string // Call

	urgent bool // peiban hears of it at that very moment, not at the next step of the clock
	order  int
}

// Received is a message that reached a person.
type Received struct {
	Message string
	At      time.Time
	Safety  bool
	Content string
	Answers []string
}

// Another stands in a property for the id peiban gave another person; whoever sends it puts the id there.
type Another struct{ UserID string }

// Life is one person's story, told forward.
type Life struct {
	Person *Person
	seed   uint64
	start  time.Time // local midnight of day 0
	end    time.Time
	how    *Behaviour // nil: as usual

	queue    queue
	urgent   []time.Time // when urgent happenings in the queue are heard of
	planned  int         // days planned so far
	tomorrow time.Time   // the first day not planned
	made     int         // happenings so far: their order and their ids
	lastLow  time.Time
}

// NewLife begins the story of p on the local day of start.
func NewLife(seed uint64, p *Person, start, end time.Time) *Life {
	y, m, d := start.In(p.Zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, p.Zone)
	return &Life{Person: p, seed: seed, start: day, end: end, tomorrow: day}
}

// Until tells everything peiban hears of up to and including now, in order.
func (l *Life) Until(now time.Time) []Happening {
	for !l.tomorrow.After(now) {
		l.plan(l.planned, l.tomorrow)
		l.planned++
		l.tomorrow = l.start.AddDate(0, 0, l.planned)
	}
	var out []Happening
	for len(l.queue) > 0 && !l.queue[0].Sent.After(now) {
		out = append(out, heap.Pop(&l.queue).(Happening))
	}
	return out
}

// Urgent is when, after now, something happens that peiban must hear of at once; ok is false when nothing of the
// kind is planned.
func (l *Life) Urgent(now time.Time) (at time.Time, ok bool) {
	if len(l.urgent) == 0 {
		return at, false
	}
	l.urgent = slices.DeleteFunc(l.urgent, func(t time.Time) bool { return !t.After(now) })
	for _, t := range l.urgent {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// Next is when something can happen at the earliest.
func (l *Life) Next() time.Time {
	next := l.tomorrow
	if len(l.queue) > 0 && l.queue[0].Sent.Before(next) {
		next = l.queue[0].Sent
	}
	return next
}

func (l *Life) push(h Happening) {
	h.Person = l.Person
	if h.Sent.Before(h.At) {
		h.Sent = h.At
	}
	l.made++
	h.order = l.made
	h.ID = fmt.Sprintf("%s-%d", l.Person.UserID, l.made)
	if h.urgent {
		l.urgent = append(l.urgent, h.Sent)
	}
	heap.Push(&l.queue, h)
}

// track has an event happen at a moment and be heard of at once.
func (l *Life) track(at time.Time, key string, properties map[string]any) {
	l.push(Happening{Act: Track, At: at, Event: key, Properties: properties})
}

type queue []Happening

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if !q[i].Sent.Equal(q[j].Sent) {
		return q[i].Sent.Before(q[j].Sent)
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(Happening)) }
func (q *queue) Pop() any {
	old := *q
	h := old[len(old)-1]
	*q = old[:len(old)-1]
	return h
}
