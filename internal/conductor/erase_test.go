package conductor_test

import (
	"errors"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/message"
	"peiban/internal/task"
	"peiban/internal/workspace/keys"
)

func TestAnErasedPersonIsGoneEverywhereAndStopsNobody(t *testing.T) {
	b := newBench(t)
	other := b.open() // another process that runs
	n, li := b.consent("zhang"), b.consent("li")
	b.submit(b.item("zhang", "profile", `{"name":"张桂芳","phone":"13800001234"}`, b.now),
		b.item("zhang", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now)) // a run that waits, a task, a message
	tick := func(c *conductor.Conductor) {
		t.Helper()
		_, err := c.Tick(t.Context())
		ok(t, err)
	}
	tick(other)
	card, _ := b.c.Directory().ByNumber(n)

	ok(t, b.c.Erase(t.Context(), n, audit.Entry{Actor: "staff:adm", Action: "person.erase"}))
	if err := b.c.Erase(t.Context(), n, audit.Entry{}); !errors.Is(err, keys.ErrErased) {
		t.Errorf("erasing again: %v", err)
	}
	tick(other)
	for name, c := range map[string]*conductor.Conductor{"the one that erased": b.c, "another": other, "one started later": b.open()} {
		if x, _ := c.Directory().ByNumber(n); x.Name != "" || x.Phone != "" || !x.Erased {
			t.Errorf("%s knows %+v", name, x.Profile)
		}
		if c.Directory().All().Contains(uint32(n)) || c.Directory().Search("zhang").Contains(uint32(n)) {
			t.Errorf("%s finds the person", name)
		}
		it := b.item("", "chat", `{"from":"person","text":"x"}`, b.now)
		it.Ident, it.Person = nil, n
		out, err := c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{it, b.item("li", "contact_added", `{}`, b.now)})
		ok(t, err)
		if out[0].Status != conductor.Refused || out[0].Fault.Code != keys.ErrErased.Code || out[1].Status == conductor.Refused {
			t.Errorf("%s: an event of the erased: %+v", name, out)
		}
		b.now = b.now.Add(12 * time.Hour) // what waited would fall due
		tick(c)
	}
	for _, m := range b.messages(n) {
		if m.State != message.Sent && m.State != message.Suppressed {
			t.Errorf("a message is still %s", m.State)
		}
	}
	for _, k := range b.tasks(n) {
		if k.State == task.Open {
			t.Error("a task is still open")
		}
	}
	if out := b.submit(b.item("zhang", "contact_added", `{}`, b.now)); out[0].Person == n || out[0].Person == li {
		t.Error("the identifier still leads to somebody")
	}
	if _, ok := b.c.Directory().ByID(card.ID); !ok {
		t.Error("the id is forgotten; the proof of who read what would name nobody")
	}
	_, diff, err := b.c.Replay(t.Context(), nil)
	ok(t, err)
	for _, d := range diff {
		t.Errorf("replay differs:\n%s\n%s", d.Stored, d.Again)
	}
	list, err := b.store.Erasures(t.Context())
	ok(t, err)
	if len(list) != 1 || list[0].ID != card.ID {
		t.Errorf("erasure list %+v", list)
	}
}
