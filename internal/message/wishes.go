package message

import (
	"slices"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/timeline"
)

// Wishes are what a person said, or what was set for them, about being written to, as their timeline tells it.
type Wishes struct {
	Silenced   bool // they are not to be written to
	Bereaved   bool // ... for a reason that holds for safety messages too: a death, the law
	Impersonal bool // they do not want to be chosen for by what is known of them
	Hours      Hours
	PerWeek    int  // no more programme messages in seven days; 0: as the workspace says
	InApp      bool // by no channel beside the app
}

var (
	askedHours  = event.Intern("asked_hours")
	notPersonal = event.Intern("not_personal")
	perWeek     = event.Intern("per_week")
	inAppOnly   = event.Intern("in_app_only")
	legal       = event.Intern("legal")
	bereaved    = event.Intern("bereaved")
	staffWrote  = event.Intern("staff")
	inBulk      = event.Intern("bulk")
	byItself    = event.Intern("automatic")
)

// WishesOf reads the newest word on each wish.
func WishesOf(tl *timeline.Timeline) (w Wishes) {
	var contact, hours, personal, often, ways bool
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		on := tl.Num[i] == 1
		switch tl.Type[i] {
		case event.DoNotContact:
			if !contact {
				contact = true
				w.Silenced, w.Bereaved = on, on && (tl.A[i] == legal || tl.A[i] == bereaved)
			}
		case event.Preference:
			switch {
			case tl.A[i] == askedHours && !hours:
				hours = true
				if on {
					w.Hours = Hours{From: int(tl.XAt(i, 0)), To: int(tl.XAt(i, 1)), Chosen: true}
				}
			case tl.A[i] == notPersonal && !personal:
				personal, w.Impersonal = true, on
			case tl.A[i] == perWeek && !often:
				if often = true; on {
					w.PerWeek = int(tl.XAt(i, 2))
				}
			case tl.A[i] == inAppOnly && !ways:
				ways, w.InApp = true, on
			}
		}
	}
	return w
}

// pastDays is as far back as any cap looks, and a day more.
const pastDays = 8

// classes are the classes of what journeys send, as events have them in a number.
var classes = []journey.Class{journey.Safety, journey.Asked, journey.Programme}

// ClassCode is a class as a number from 1 on; 0: one that no cap counts.
func ClassCode(c journey.Class) float64 { return float64(slices.Index(classes, c) + 1) }

func classOf(code float64) journey.Class {
	if i := int(code); i > 0 && i <= len(classes) {
		return classes[i-1]
	}
	return ""
}

// PastOf is what a reader was sent in the last days: by programmes, and by staff to many at once or by a machine of theirs. What staff
// write to one person is talk: it counts for no cap and pauses what is automatic.
func PastOf(tl *timeline.Timeline, now int64) []Past {
	var out []Past
	from := now - (pastDays * 24 * time.Hour).Microseconds()
	for i := tl.Len() - 1; i >= 0 && tl.At[i] >= from; i-- {
		switch {
		case tl.Flags[i]&event.Hidden != 0:
		case tl.Type[i] == event.MessageSent:
			out = append(out, Past{Class: journey.Class(tl.C[i].String()), Content: tl.B[i].String(), At: tl.At[i]})
		case tl.Type[i] == event.MessageSuppressed:
			if at := tl.XAt(i, 0); at > 0 { // it was given up, and may have gone
				out = append(out, Past{Class: classOf(tl.XAt(i, 1)), Content: tl.B[i].String(), At: int64(at)})
			}
		case tl.Type[i] == event.Chat && tl.A[i] == staffWrote && (tl.B[i] == inBulk || tl.B[i] == byItself):
			out = append(out, Past{Class: journey.Programme, Content: tl.C[i].String(), At: tl.At[i]})
		}
	}
	return out
}
