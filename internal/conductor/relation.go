package conductor

import (
	"context"
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/journey"
	"peiban/internal/person"
	"peiban/internal/relation"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

type journeyRun = journey.Run

// Relation is somebody around a person, as the person's events say it.
type Relation = relation.Link

// Relations are the people around a person, the newest statement about each, newest first.
func Relations(tl *timeline.Timeline) []Relation { return relation.Around(tl) }

// Minor tells whether a guardian decides for somebody at a moment. Who was born when nobody knows is no child.
func (c Card) Minor(at int64, loc *time.Location) bool {
	return c.BirthYear != 0 && time.UnixMicro(at).In(loc).Year()-c.BirthYear <= relation.GuardianAge
}

// Viewer is somebody around the person as one who looks, at the moment of the look.
func (l *Look) Viewer(r Relation) relation.Viewer {
	return r.Viewer(l.State.Consented, l.Card.Minor(l.At, l.View.Loc))
}

// reader finds who may hear about the person what scope names, of such gravity: the newest relation that allows it. Nobody: 0 and why.
func (w *work) reader(d *draft, scope string, g relation.Gravity, now int64) (n person.Number, guards bool, why relation.Reason) {
	card, _ := w.card(d)
	minor := card.Minor(now, d.loc)
	viewer := func(r Relation) relation.Viewer { return r.Viewer(d.state.Consented, minor) }
	other := map[string]person.Number{}
	there := func(r Relation) bool {
		card, ok := w.c.dir.ByID(person.ID(r.Person))
		if !ok || card.Erased || relation.RuleOf(r.Kind).Consent != "family_share" {
			return false
		}
		other[r.Person] = card.Number
		return true
	}
	to, ok, why := relation.Reader(Relations(d.tl), viewer, relation.Item(scope), g, relation.Decided(d.tl, now).Mode, there)
	if !ok {
		return 0, false, why
	}
	return other[to.Person], viewer(to).Minor, ""
}

// decisionKey names the work to look again at a decision about who hears what is serious.
func decisionKey(seq event.Seq) string { return "disclosure:" + strconv.FormatInt(int64(seq), 10) }

// lookAgain opens the work that a doctor's decision about who hears what is serious brings: it is looked at again after ReviewEvery days,
// and the work of the decision before is done. It is the owner's, who asks the doctor of that day: a task kept for the doctor who decided
// would show them the person long after they have handed them on.
func (w *work) lookAgain(ctx context.Context, d *draft, e *event.Event) error {
	if e.Type != event.Disclosure || e.Flags&event.Imported != 0 || relation.Decided(d.tl, w.now).Seq != e.Seq {
		return nil
	}
	var before []string
	for i := range d.tl.Len() {
		if d.tl.Type[i] == event.Disclosure && d.tl.Seq[i] != e.Seq {
			before = append(before, decisionKey(d.tl.Seq[i]))
		}
	}
	if err := w.fulfil(ctx, d, before, e); err != nil {
		return err
	}
	w.task(d, task.Task{
		ID: w.owed(d, decisionKey(e.Seq)), Person: d.h.number, Kind: "task", Priority: task.Normal, Role: "owner", State: task.Open,
		Title:   fault.Text{Zh: "告知方式满 90 天，请医生复核", En: "Who hears what is serious was decided 90 days ago: a doctor looks at it again"},
		Results: []string{task.Handled}, Opened: e.Received, Due: relation.Decided(d.tl, w.now).Review(), Version: 1,
	})
	return nil
}
