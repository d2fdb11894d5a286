package conductor

import (
	"context"
	"fmt"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
)

// talks is every conversation, about 120 bytes each. Nothing of it is written down: it is read from the timelines when somebody asks
// first, and follows the commits from then on.
type talks struct {
	mu    sync.Mutex // of dirty
	dirty *roaring.Bitmap

	rows sync.RWMutex // of what follows
	all  []conversation.Talk
	at   map[person.Number]int // where in all
	made bool
}

// note hears of an event that was committed for somebody.
func (t *talks) note(n person.Number, e *event.Event) {
	switch e.Type {
	case event.Chat, event.Handled, event.Erased, event.Correction:
		t.look(n)
	case event.Merged:
		t.look(n)
		t.look(e.Person)
		t.look(person.Number(e.Num))
	}
}

// look has somebody looked at again when somebody asks next.
func (t *talks) look(n person.Number) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dirty == nil {
		t.dirty = roaring.New()
	}
	t.dirty.Add(uint32(n))
}

func (t *talks) take() *roaring.Bitmap {
	t.mu.Lock()
	defer t.mu.Unlock()
	some := t.dirty
	t.dirty = nil
	return some
}

// put takes one conversation; false: there is none any more.
func (t *talks) put(n person.Number, talk conversation.Talk, there bool) {
	i, had := t.at[n]
	switch {
	case there && had:
		t.all[i] = talk
	case there:
		t.at[n] = len(t.all)
		t.all = append(t.all, talk)
	case had: // the last takes its place
		last := len(t.all) - 1
		t.all[i] = t.all[last]
		t.at[t.all[i].Person] = i
		t.all = t.all[:last]
		delete(t.at, n)
	}
}

// Talks tells every conversation there is, in no order, as of this moment. each must not keep what it gets, nor ask the conductor.
func (c *Conductor) Talks(ctx context.Context, each func(*conversation.Talk)) error {
	t := &c.talks
	if err := c.followTalks(ctx); err != nil {
		return err
	}
	t.rows.RLock()
	defer t.rows.RUnlock()
	for i := range t.all {
		each(&t.all[i])
	}
	return nil
}

// followTalks brings the conversations up to now.
func (c *Conductor) followTalks(ctx context.Context) error {
	t := &c.talks
	t.rows.Lock()
	defer t.rows.Unlock()
	some := t.take()
	if !t.made {
		if err := c.readTalks(ctx); err != nil {
			return err
		}
		t.made = true
	}
	if some == nil {
		return nil
	}
	for it := some.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		talk, there := c.talkOf(n)
		t.put(n, talk, there)
	}
	return nil
}

// talkOf folds the conversation of who n is; false: they have none, are somebody else's by now, or were erased.
func (c *Conductor) talkOf(n person.Number) (conversation.Talk, bool) {
	c.mu.RLock()
	h := c.human(n)
	if h == nil || h.root != 0 || h.erased() {
		c.mu.RUnlock()
		return conversation.Talk{}, false
	}
	tl := c.tls.Of(n)
	c.mu.RUnlock()
	return conversation.Of(n, tl)
}

// Talk is the conversation with one person, empty when nobody ever said anything.
func (c *Conductor) Talk(n person.Number) conversation.Talk {
	n = c.rootOfPublished(n)
	t, _ := c.talkOf(n)
	t.Person = n
	return t
}

// readTalks looks at everybody, on all cores. The caller holds rows.
func (c *Conductor) readTalks(ctx context.Context) error {
	var mu sync.Mutex
	t := &c.talks
	t.all, t.at = nil, map[person.Number]int{}
	err := c.tls.Each(ctx, timeline.Scan{Need: talkColumns, Visit: func(_ int, n person.Number, tl *timeline.Timeline) {
		talk, there := conversation.Of(n, tl)
		if !there {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		t.put(n, talk, true)
	}})
	if err != nil {
		return fmt.Errorf("read the conversations: %w", err)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for i := len(t.all) - 1; i >= 0; i-- { // who is another's by now, or was erased
		if h := c.human(t.all[i].Person); h == nil || h.root != 0 || h.erased() {
			t.put(t.all[i].Person, conversation.Talk{}, false)
		}
	}
	return nil
}

// HandedTo are the people whose conversation was handed to a member of staff and is not done yet.
func (c *Conductor) HandedTo(ctx context.Context, staff string) (*roaring.Bitmap, error) {
	out, who := roaring.New(), event.Intern(staff)
	err := c.Talks(ctx, func(t *conversation.Talk) {
		if t.Owner == who {
			out.Add(uint32(t.Person))
		}
	})
	return out, err
}

// talkColumns are what a conversation is read from.
const talkColumns = timeline.Sequence | timeline.Flags | timeline.Number | timeline.CodeA | timeline.CodeB | timeline.CodeC | timeline.Extras
