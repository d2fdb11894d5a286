package conductor

import (
	"context"
	"time"

	"peiban/internal/consent"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/task"
)

const service = "basic_service"

// reconsentKey names the work that a text of the service in a newer version brings: once for each version.
func (w *work) reconsentKey(d *draft) string {
	as := consent.Askings(consent.Of(w.programmes(), d.state), service)
	if len(as) == 0 {
		return ""
	}
	return "reconsent:" + consent.TextsVersion(as)
}

// askAgain opens work for the owner of somebody whose messages stopped because the text of the service has a newer version: nobody is left
// in silence without a human who knows it.
func (w *work) askAgain(d *draft) {
	key := w.reconsentKey(d)
	if key == "" || !consent.Outdated(w.programmes(), d.state, d.tl, service) {
		return
	}
	w.task(d, task.Task{
		ID: w.owed(d, key), Person: d.h.number, Kind: "task", Priority: task.Normal, Role: "owner", State: task.Open, Opened: w.now,
		Title: fault.Text{
			Zh: "服务说明有了新版，本人还没重新同意，除安全提示外的消息都停了。请联系本人打开手机看过再决定",
			En: "The text of the service has a newer version the person has not agreed to: all but safety messages stopped. Ask them to open the app, read and decide",
		},
		Due: w.now + (72 * time.Hour).Microseconds(), Results: []string{"reached", "no_answer", "do_not_contact"}, Version: 1,
	})
}

// answeredAgain ends that work when the person has answered, either way.
func (w *work) answeredAgain(ctx context.Context, d *draft, e *event.Event) error {
	if e.Type != event.Consent || e.A.String() != service || e.Flags&event.Imported != 0 {
		return nil
	}
	key, before := w.reconsentKey(d), false
	for i := range d.tl.Len() { // who speaks to it for the first time has no such work, and may not be stored yet
		before = before || d.tl.Type[i] == event.Consent && d.tl.A[i] == e.A && d.tl.Seq[i] != e.Seq
	}
	if key == "" || !before {
		return nil
	}
	if err := w.fulfil(ctx, d, []string{key}, e); fault.KindOf(err) != fault.Missing {
		return err
	}
	return nil // said twice in the commit that makes them
}
