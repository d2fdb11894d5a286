package conductor

import (
	"strings"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/timeline"
)

type journeyRun = journey.Run

// Relation is somebody around a person, as the person's events say it.
type Relation struct {
	Kind   string // daughter, son, spouse, ...
	Person string // the other's outside id
	Scopes []string
	Active bool
	Since  int64
}

// Allows reports whether the other may know what scope names.
func (r Relation) Allows(scope string) bool {
	if scope == "" {
		return true
	}
	for _, s := range r.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// Relations are the people around a person, the newest statement about each, newest first.
func Relations(tl *timeline.Timeline) []Relation {
	var out []Relation
	seen := map[event.Symbol]bool{}
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] != event.Relation || tl.Flags[i]&event.Hidden != 0 || seen[tl.C[i]] {
			continue
		}
		seen[tl.C[i]] = true
		out = append(out, Relation{
			Kind: tl.A[i].String(), Person: tl.C[i].String(), Scopes: strings.Split(tl.B[i].String(), "+"),
			Active: tl.Num[i] == 1, Since: tl.At[i],
		})
	}
	return out
}
