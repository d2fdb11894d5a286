package api

import (
	"context"
	"net/http"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/healthfile"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/relation"
)

// SharedPerson is somebody who lets the caller know something.
type SharedPerson struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	KindName Text    `json:"kindName" doc:"what the caller is to them"`
	Items    []Named `json:"items" doc:"what they let the caller know"`
	Guardian bool    `json:"guardian,omitempty" doc:"the caller answers for them, a child: /api/me/family/{id}/consents"`
}

type sharedList struct {
	Items []SharedPerson `json:"items"`
}

// SharedView is what somebody lets the caller know. A part that is absent is not the caller's to know; an empty one has nothing in it.
type SharedView struct {
	SharedPerson
	Now       string         `json:"now"`
	Alerts    *[]SharedLine  `json:"alerts,omitempty"`
	Readings  *[]SharedValue `json:"readings,omitempty"`
	Targets   *[]SharedLine  `json:"targets,omitempty"`
	Medicines *[]SharedLine  `json:"medicines,omitempty"`
	Reports   *[]SharedLine  `json:"reports,omitempty"`
	Plan      *[]SharedLine  `json:"plan,omitempty"`
	Chats     *[]SharedLine  `json:"chats,omitempty"`
	Progress  *[]SharedLine  `json:"progress,omitempty"`
}

// SharedLine is one thing in words.
type SharedLine struct {
	At   string `json:"at,omitempty"`
	Text Text   `json:"text"`
}

// SharedValue is one value, shown as everywhere else.
type SharedValue struct {
	At       string         `json:"at"`
	Reading  *Reading       `json:"reading,omitempty"`
	Measured *MeasuredValue `json:"measured,omitempty"`
}

// sharedDays is how far back a relative sees single values and messages.
const sharedDays = 14

// mostShared is how many lines one part of a shared view has at most.
const mostShared = 100

func (s *Server) sharedOperations() {
	serve(s, operation{"shared-with-me", http.MethodGet, "/api/me/shared", "me", "People who let me know something", forPerson}, s.sharedWithMe)
	serve(s, operation{"shared-view", http.MethodGet, "/api/me/shared/{id}", "me", "What one of them lets me know", forPerson}, s.sharedView)
}

func (s *Server) sharedWithMe(ctx context.Context, _ *Empty) (sharedList, error) {
	c, err := s.self(ctx)
	if err != nil {
		return sharedList{}, err
	}
	out := sharedList{Items: []SharedPerson{}}
	for _, n := range c.space.kin.of(c.space.Conductor, c.me, s.real()) {
		l, err := c.space.Conductor.Look(n, 0, 0)
		if err != nil || l.Card.Erased {
			continue
		}
		if v, ok := viewerOf(l, c.me); ok {
			out.Items = append(out.Items, sharedPerson(l, v))
		}
	}
	return out, nil
}

// sharedPerson is what somebody lets one who looks know, by name alone.
func sharedPerson(l *conductor.Look, v relation.Viewer) SharedPerson {
	out := SharedPerson{ID: string(l.Card.ID), Name: l.Card.Name, Kind: v.Kind, KindName: word(relationNames, v.Kind), Items: []Named{}, Guardian: v.Minor}
	mode := relation.Decided(l.View.Timeline, l.At).Mode
	for _, x := range relation.Items {
		if relation.Allowed(v, x, relation.Light, mode).OK {
			out.Items = append(out.Items, Named{string(x), x.Name()})
		}
	}
	return out
}

func (s *Server) sharedView(ctx context.Context, in *IDPath) (SharedView, error) {
	c, err := s.self(ctx)
	if err != nil {
		return SharedView{}, err
	}
	card, ok := c.space.card(in.ID)
	if !ok || card.Erased || card.Number == c.me.Number {
		return SharedView{}, person.ErrMissing
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return SharedView{}, err
	}
	v, ok := viewerOf(l, c.me)
	out := SharedView{SharedPerson: sharedPerson(l, v), Now: moment(l.At, l.View.Loc)}
	if !ok || len(out.Items) == 0 { // whoever may know nothing learns not even that the person is here
		return SharedView{}, person.ErrMissing
	}
	if err := s.fillShared(ctx, c, l, &out); err != nil {
		return SharedView{}, err
	}
	seen := []string{}
	for _, x := range out.Items {
		seen = append(seen, x.Key)
	}
	return out, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "shared.read", card.Number, map[string]any{"items": seen}))
}

// fillShared fills the parts the caller may know. What is in them went through the veil, or is as light as a value.
func (s *Server) fillShared(ctx context.Context, c *caller, l *conductor.Look, out *SharedView) error {
	f, err := s.folded(ctx, c, l)
	if err != nil {
		return err
	}
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	for _, x := range out.Items {
		lines := &[]SharedLine{}
		switch relation.Item(x.Key) {
		case relation.Alerts:
			out.Alerts = lines
			err = s.sharedMessages(ctx, c, l, lines, c.me.Number)
		case relation.Chats:
			out.Chats = lines
			err = s.sharedMessages(ctx, c, l, lines, l.Card.Number)
		case relation.Readings:
			values := sharedValues(l)
			out.Readings = &values
		case relation.Targets:
			out.Targets = lines
			for _, r := range s.targetsView(ctx, c, l).Ranges {
				*lines = append(*lines, SharedLine{Text: joined(r.Name, limitsText(r))})
			}
		case relation.Medicines:
			out.Medicines = lines
			for _, m := range h.medicines() {
				if m.Current {
					*lines = append(*lines, SharedLine{Text: joined(m.Name, m.How)})
				}
			}
		case relation.Reports:
			out.Reports = lines
			h.sharedEntries(lines, healthfile.Diagnoses, healthfile.Labs, healthfile.Imaging, healthfile.Surgery, healthfile.Reports, healthfile.Scores)
		case relation.Plan:
			out.Plan = lines
			for _, p := range h.plans() {
				if !p.Over {
					*lines = append(*lines, SharedLine{Text: p.Text})
				}
			}
			h.sharedEntries(lines, healthfile.Visits)
		case relation.Progress:
			*lines, out.Progress = progressLines(l), lines
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// limitsText is a range in words.
func limitsText(r TargetRange) Text {
	unit := r.Unit
	if unit == "" {
		unit = "mmol/L"
	}
	low, high := "", ""
	if r.Low != 0 {
		low = typed(r.Low)
	}
	if r.High != 0 {
		high = typed(r.High)
	}
	n := low + "~" + high + " " + unit
	return Text{Zh: n, En: n}
}

// sharedEntries adds what stands in some sections, newest first.
func (h *shaper) sharedEntries(lines *[]SharedLine, sections ...healthfile.Section) {
	var all []*healthfile.Entry
	for _, section := range sections {
		for _, e := range h.file.In(section) {
			if e.Stands() {
				all = append(all, e)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *healthfile.Entry) int { return int(max(-1, min(1, b.Event.Occurred-a.Event.Occurred))) })
	for _, e := range all[:min(len(all), mostShared)] {
		x := h.entry(e)
		*lines = append(*lines, SharedLine{At: x.At, Text: x.Text})
	}
}

// sharedValues are the values of the last days, newest first.
func sharedValues(l *conductor.Look) []SharedValue {
	out := []SharedValue{}
	from := l.At - sharedDays*healthfile.Day
	for i := l.View.Len() - 1; i >= 0 && len(out) < mostShared; i-- {
		if l.View.At[i] > l.At || l.View.At[i] <= from || l.View.Flags[i]&event.Hidden != 0 {
			continue
		}
		if l.View.Type[i] == event.Glucose {
			out = append(out, SharedValue{At: moment(l.View.At[i], l.View.Loc), Reading: readingAt(l.View, l.Target, i)})
		} else if section, _ := healthfile.SectionOf(l.View.Type[i]); section == healthfile.Measures {
			if m := measuredAt(l, i); m != nil {
				out = append(out, SharedValue{At: moment(l.View.At[i], l.View.Loc), Measured: m})
			}
		}
	}
	return out
}

// sharedMessages are what was sent about the person: to the caller as an alert, or to the person themself. Of the person's own only
// those that are no graver than the course of the disease.
func (s *Server) sharedMessages(ctx context.Context, c *caller, l *conductor.Look, lines *[]SharedLine, to person.Number) error {
	list, err := s.store.MessagesTo(ctx, c.space.number(), to, page.Part{Limit: mostShared})
	if err != nil {
		return err
	}
	from := l.At - sharedDays*healthfile.Day
	for _, m := range list.Items {
		safety := string(m.Class) == "safety"
		if m.Person != l.Card.Number || m.State != message.Sent || m.SentAt < from || to == c.me.Number && !safety {
			continue
		}
		if to != c.me.Number && !s.mayHear(c, l, &m) {
			continue
		}
		v := s.messageView(c, m)
		*lines = append(*lines, SharedLine{At: v.SentAt, Text: v.Title})
	}
	return nil
}

// mayHear tells whether the caller may know of a message that was sent to the person.
func (s *Server) mayHear(c *caller, l *conductor.Look, m *message.Message) bool {
	v, ok := viewerOf(l, c.me)
	g := relation.InPerson // a text nobody has any more might have been anything
	for _, p := range c.space.Conductor.Asked(m.Why) {
		if x := p.Contents[m.Content]; x != nil {
			g = relation.Gravity(x.Gravity)
			break
		}
	}
	return ok && relation.Allowed(v, relation.Chats, g, relation.Decided(l.View.Timeline, l.At).Mode).OK
}
