package callback_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/ingest/callback"
)

// lists has WeCom answer these customers of zhou.
func (d *desk) lists(customers ...string) {
	up := d.far
	d.far = func(api string) string {
		switch api {
		case "externalcontact/get_follow_user_list":
			return `{"errcode":0,"follow_user":["zhou"]}`
		case "externalcontact/batch/get_by_user":
			if len(customers) == 0 {
				return `{"errcode":84061,"errmsg":"none"}`
			}
			var all []string
			for _, id := range customers {
				all = append(all, fmt.Sprintf(`{"external_contact":{"external_userid":%q,"name":"晴天"},"follow_info":{"userid":"zhou","createtime":%d,"state":"code-pharmacy","add_way":1}}`, id, d.now.Add(-48*time.Hour).Unix()))
			}
			return `{"errcode":0,"external_contact_list":[` + strings.Join(all, ",") + `]}`
		case "externalcontact/get":
			return `{"errcode":84061,"errmsg":"none"}`
		}
		return up(api)
	}
}

func (d *desk) compare(want callback.Compared) {
	d.t.Helper()
	got, err := d.runner.Compare(d.t.Context(), &d.corp)
	must(d.t, err)
	if got != want {
		d.t.Errorf("%+v, not %+v", got, want)
	}
}

func TestWhatCallbacksLostIsRepaired(t *testing.T) {
	d := newDesk(t)
	d.tell(change("add_external_contact", d.now.Add(-time.Hour), ""))
	d.work()
	d.now = d.now.Add(time.Hour)
	d.lists("wm0001", "wm0002")
	d.compare(callback.Compared{Customers: 2, Added: 1})
	d.compare(callback.Compared{Customers: 2})
	if n := d.space.Directory().Len(); n != 2 {
		t.Fatalf("%d people", n)
	}
	if card, _ := d.space.Directory().ByNumber(2); card.Owner != "staff-zhou" {
		t.Errorf("%q looks after who was lost", card.Owner)
	}
	came := func() (out []string) {
		l, err := d.space.Look(2, 0, 0)
		must(t, err)
		for i := range l.View.Len() {
			if e := l.View.Event(i); e.Type == event.ContactAdded || e.Type == event.ContactRemoved {
				out = append(out, strings.TrimSpace(e.Type.String()+" "+e.A.String()))
			}
		}
		return out
	}
	if got := came(); !slices.Equal(got, []string{"contact_added pharmacy"}) {
		t.Errorf("%q", got)
	}
	// A callback that comes late after all changes nothing.
	d.tell(strings.Replace(change("add_external_contact", d.now.Add(-48*time.Hour), "<State>code-pharmacy</State>"), "wm0001", "wm0002", 1))
	d.work()
	if got := came(); len(got) != 1 {
		t.Errorf("%q", got)
	}
	d.now = d.now.Add(time.Hour)
	d.lists("wm0001")
	d.compare(callback.Compared{Customers: 1, Left: 1})
	d.compare(callback.Compared{Customers: 1})
	if got := came(); !slices.Contains(got, "contact_removed staff") {
		t.Errorf("%q", got)
	}
	// Who comes back is here again.
	d.now = d.now.Add(time.Hour)
	d.tell(strings.Replace(change("add_external_contact", d.now, ""), "wm0001", "wm0002", 1))
	d.work()
	d.lists("wm0001", "wm0002")
	d.compare(callback.Compared{Customers: 2})
}

func TestAComparisonThatFailsChangesNothing(t *testing.T) {
	d := newDesk(t)
	d.tell(change("add_external_contact", d.now.Add(-time.Hour), ""))
	d.work()
	d.now = d.now.Add(time.Hour)
	d.far = func(api string) string {
		if api == "externalcontact/get_follow_user_list" {
			return `{"errcode":0,"follow_user":["zhou"]}`
		}
		return `{"errcode":48002,"errmsg":"no"}`
	}
	if got, err := d.runner.Compare(t.Context(), &d.corp); err == nil || got.Left > 0 {
		t.Errorf("%+v %v", got, err)
	}
}
