package healthfile

import (
	"cmp"
	"slices"
	"strconv"

	"peiban/internal/event"
)

// Filling is a form answered at once: its answers as they were given together.
type Filling struct {
	Form      string
	Version   string     // of the form, as it was then
	Answers   []*Entry   // in the order they were given
	Score     *Entry     // the scale its points made; nil: none
	Replaced  []*Filling // what this one replaced, newest first
	Retracted bool
	Reason    string // why it was taken back or corrected, where that was said

	token, instead string
}

// First is the answer a filling is named by.
func (f *Filling) First() *Entry { return f.Answers[0] }

// Stands tells whether nobody replaced it or took it back.
func (f *Filling) Stands() bool { return !f.Retracted }

// Fillings are the forms that were answered until now, newest first. Answers that were given together say so by a common token;
// those that came from elsewhere without one belong together when they are of one form and one moment.
func Fillings(es []event.Event, now int64) []*Filling {
	var order []*Filling
	of := map[string]*Filling{}
	scores := map[string]*Entry{}
	// Every answer is looked at by itself, hidden ones too: what holds and what was replaced is told for the whole.
	reasons := reasonsOf(es)
	for i := range es {
		e := &es[i]
		if e.Occurred > now || e.Type != event.FormAnswer && e.Type != event.Score {
			continue
		}
		x := opened(e)
		token := x.Text("filling")
		if e.Type == event.Score {
			if token != "" {
				scores[token] = x
			}
			continue
		}
		if token == "" {
			token = x.Code("form") + "@" + strconv.FormatInt(e.Occurred, 10)
		}
		f := of[token]
		if f == nil {
			f = &Filling{Form: x.Code("form"), Version: x.Text("version"), Retracted: true, token: token, instead: x.Text("instead"), Reason: x.Text("correction")}
			of[token] = f
			order = append(order, f)
		}
		f.Answers = append(f.Answers, x)
		if e.Flags&event.Hidden == 0 {
			f.Retracted = false
		} else if why, ok := reasons[e.Seq]; ok {
			f.Reason = why
		}
	}
	for _, f := range order {
		slices.SortFunc(f.Answers, func(a, b *Entry) int { return cmp.Compare(a.Event.Seq, b.Event.Seq) })
		f.Score = scores[f.token]
	}
	slices.SortFunc(order, func(a, b *Filling) int { return cmp.Compare(a.First().Event.Seq, b.First().Event.Seq) })
	replaced := map[*Filling]bool{}
	for _, f := range order { // a correction comes after what it corrects
		if old := of[f.instead]; f.instead != "" && old != nil && old != f {
			f.Replaced = append([]*Filling{old}, old.Replaced...)
			replaced[old] = true
		}
	}
	out := slices.DeleteFunc(order, func(f *Filling) bool { return replaced[f] })
	slices.SortStableFunc(out, func(a, b *Filling) int { return compare(b.First(), a.First()) })
	return out
}

// Token is what the answers of the filling have in common; a correction names it.
func (f *Filling) Token() string { return f.token }

// LatestFilling tells when the form was answered last, microseconds; 0: never.
func LatestFilling(fs []*Filling, form string) int64 {
	for _, f := range fs { // newest first
		if f.Form == form && f.Stands() {
			return f.First().Event.Occurred
		}
	}
	return 0
}

// Entries are everything the filling said: its answers, and the score they made.
func (f *Filling) Entries() []*Entry {
	if f.Score == nil {
		return f.Answers
	}
	return append(slices.Clone(f.Answers), f.Score)
}
