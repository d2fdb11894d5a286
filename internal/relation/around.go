package relation

import (
	"math"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Link is somebody around a person, as the person's events say it.
type Link struct {
	Kind   string // daughter, son, spouse, ...
	Person string // the other's outside id
	Scopes []string
	Active bool
	Since  int64
	Seq    event.Seq // of the newest statement
}

// Viewer is the other as one who looks. shared tells whether the person agreed to a purpose; minor, whether a guardian decides for them.
func (l Link) Viewer(shared func(purpose string) bool, minor bool) Viewer {
	purpose := RuleOf(l.Kind).Consent
	return Viewer{
		Side: Relative, Kind: l.Kind, Active: l.Active, Scopes: l.Scopes, Minor: minor && GroupOf(l.Kind) == Guardian,
		Shared: purpose != "" && shared(purpose),
	}
}

// Household tells whether the link is of people under one roof or number, and says nothing of what they may know.
func (l Link) Household() bool { return GroupOf(l.Kind) == Household }

// Around are the people around a person, the newest statement about each, newest first. That two share a household is a statement of
// its own beside what they are to each other.
func Around(tl *timeline.Timeline) []Link {
	type about struct {
		person    event.Symbol
		household bool
	}
	var out []Link
	seen := map[about]bool{}
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] != event.Relation || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		l := Link{
			Kind: tl.A[i].String(), Person: tl.C[i].String(), Active: tl.Num[i] == 1, Since: tl.At[i], Seq: tl.Seq[i],
			Scopes: slices.DeleteFunc(strings.Split(tl.B[i].String(), "+"), func(s string) bool { return s == "" }),
		}
		of := about{tl.C[i], l.Household()}
		if !seen[of] {
			seen[of] = true
			out = append(out, l)
		}
	}
	return out
}

// Decision is what a doctor decided about who hears what is serious. A zero Seq: nobody decided.
type Decision struct {
	Mode Mode
	At   int64
	Seq  event.Seq
}

// Decided is the newest decision a doctor signed until at; at 0 asks for the newest of all. What nobody signed decides nothing.
func Decided(tl *timeline.Timeline, at int64) Decision {
	if at == 0 {
		at = math.MaxInt64
	}
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] == event.Disclosure && tl.Flags[i]&event.Hidden == 0 && tl.At[i] <= at && tl.XAt(i, 0) == 1 {
			return Decision{Mode(tl.A[i].String()), tl.At[i], tl.Seq[i]}
		}
	}
	return Decision{}
}

// ReviewEvery is how often a doctor looks at a decision again, in days.
//
// Source: docs/guide/relations.md.
const ReviewEvery = 90

// Review is when a decision is to be looked at again, in microseconds; 0 when there is none.
func (d Decision) Review() int64 {
	if d.Seq == 0 {
		return 0
	}
	const day = 24 * 3600 * 1e6
	return d.At + ReviewEvery*day
}

// Reader is who of those around a person is to be told of item something of gravity g: the newest who may. Where nobody may, why is the
// reason of the one who comes nearest: who may be told of the item, were it not so grave.
func Reader(links []Link, viewer func(Link) Viewer, item Item, g Gravity, mode Mode, there func(Link) bool) (to Link, ok bool, why Reason) {
	for _, l := range links {
		if l.Household() || !there(l) {
			continue
		}
		v := viewer(l)
		got := Allowed(v, item, g, mode)
		if got.OK {
			return l, true, ""
		}
		if why == "" && Allowed(v, item, Light, mode).OK {
			why = got.Reason
		}
	}
	return Link{}, false, why
}
