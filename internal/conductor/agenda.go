package conductor

import (
	"container/heap"

	"peiban/internal/person"
)

// agenda says who is due when: a heap with entries that may be out of date, which cost a look and nothing else.
type agenda []due

type due struct {
	at     int64
	person person.Number
}

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at < a[j].at }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(due)) }
func (a *agenda) Pop() any {
	old := *a
	x := old[len(old)-1]
	*a = old[:len(old)-1]
	return x
}

func (a *agenda) add(at int64, n person.Number) {
	if at < never {
		heap.Push(a, due{at, n})
	}
}

// next is the earliest entry, without taking it.
func (a agenda) next() (due, bool) {
	if len(a) == 0 {
		return due{}, false
	}
	return a[0], true
}

func (a *agenda) take() due { return heap.Pop(a).(due) }

// book puts h on the agenda unless they are on it for then or earlier. The caller holds turn.
func (c *Conductor) book(h *human) {
	if at := h.due(); at < h.booked {
		c.agenda.add(at, h.number)
		h.booked = at
	}
}

// nextDue gives the next person who is due by now, nil when nobody is. A rollback puts them back.
func (w *work) nextDue() *human {
	c := w.c
	for {
		next, ok := c.agenda.next()
		if !ok || next.at > w.now {
			return nil
		}
		c.agenda.take()
		h := c.human(next.person)
		if h == nil {
			continue
		}
		if next.at == h.booked {
			h.booked = never
		}
		if h.due() <= w.now {
			w.taken = append(w.taken, h)
			return h
		}
		c.book(h)
	}
}
