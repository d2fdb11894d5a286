package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// SegmentDecision is the last decision by hand about one person, for the list of a segment.
type SegmentDecision struct {
	Person Ref   `json:"person"`
	Age    *int  `json:"age,omitempty"`
	Owner  *Ref  `json:"owner,omitempty"`
	Holds  bool  `json:"holds" doc:"it beats the rule now"`
	Ended  *Text `json:"ended,omitempty" doc:"why it no longer holds"`
	SegmentHand
}

type handsIn struct {
	Paging
	OfProgramme
	Key   string `path:"key" maxLength:"64"`
	State string `query:"state" enum:"holds,ended," doc:"holds when not given: those that beat the rule now"`
}

type decideIn struct {
	Key  string `path:"key" maxLength:"64"`
	Body struct {
		People []string `json:"people" minItems:"1" maxItems:"500"`
		State  string   `json:"state" enum:"in,out,rule" doc:"rule: as the rule says again"`
		Reason string   `json:"reason,omitempty" maxLength:"200"`
		Until  string   `json:"until,omitempty" maxLength:"40" doc:"until further notice when not given; a day means its end"`
	}
}

// Decided is what became of a decision about several people.
type Decided struct {
	Done    int              `json:"done"`
	Refused []DecidedNothing `json:"refused"`
}

// DecidedNothing is one person about whom nothing was decided, and why.
type DecidedNothing struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Detail Text   `json:"detail"`
}

var (
	takenBack = text("已改回由规则决定", "left to the rule again")
	runOut    = text("到期了", "its end came")
)

// segmentHands lists who was put into a segment or taken out, the newest decision first.
func (s *Server) segmentHands(ctx context.Context, in *handsIn) (Listing[SegmentDecision], error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[SegmentDecision]{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return Listing[SegmentDecision]{}, err
	}
	i := p.TagIndex(in.Key)
	if i < 0 {
		return Listing[SegmentDecision]{}, errNotFound
	}
	out := Listing[SegmentDecision]{Items: []SegmentDecision{}}
	if !p.Tags[i].ByHand {
		return out, nil
	}
	all, err := c.space.Conductor.Hands(ctx, in.Key)
	if err != nil {
		return out, err
	}
	seen, holds := s.visible(ctx, c), in.State != "ended"
	all = slices.DeleteFunc(all, func(h conductor.HandOn) bool { return h.Holds != holds || !seen.Contains(uint32(h.Person)) })
	slices.SortFunc(all, func(a, b conductor.HandOn) int { return cmp.Or(-cmp.Compare(a.At, b.At), -cmp.Compare(a.Seq, b.Seq)) })
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return out, err
	}
	end := min(start+in.limit(50), len(all))
	out.Total = len(all)
	if end < len(all) {
		out.NextCursor = strconv.Itoa(end)
	}
	people := make([]person.Number, 0, end-start)
	for _, h := range all[start:end] {
		v, err := s.decision(ctx, c, h)
		if err != nil {
			return out, err
		}
		if v != nil {
			out.Items, people = append(out.Items, *v), append(people, h.Person)
		}
	}
	return out, s.read(ctx, c, "segments.read", people...)
}

// decision is nil for somebody who was erased meanwhile.
func (s *Server) decision(ctx context.Context, c *caller, h conductor.HandOn) (*SegmentDecision, error) {
	card, ok := c.space.Conductor.Directory().ByNumber(h.Person)
	if !ok || card.Erased {
		return nil, nil
	}
	v := &SegmentDecision{
		Person: Ref{string(card.ID), c.nameOf(card)}, Age: age(card.BirthYear, c.space.now(), c.space.loc),
		Owner: c.space.ref(ctx, s.store, card.Owner), Holds: h.Holds,
	}
	switch {
	case h.Holds:
	case h.Back:
		v.Ended = &takenBack
	default:
		v.Ended = &runOut
	}
	hand, err := s.handAt(ctx, c, h.Person, h.Seq, c.space.loc, h.Hand)
	if err != nil {
		return nil, err
	}
	v.SegmentHand = *hand
	return v, nil
}

// decide says the same of several people. Each is authorised and written by itself: one refused holds up nobody else.
func (s *Server) decide(ctx context.Context, in *decideIn) (Decided, error) {
	if _, _, err := s.authorize(ctx, staff.CanWritePeople); err != nil {
		return Decided{}, err
	}
	out := Decided{Refused: []DecidedNothing{}}
	slices.Sort(in.Body.People)
	for _, id := range slices.Compact(in.Body.People) {
		one := &setSegmentIn{IDPath: IDPath{ID: id}, Key: in.Key}
		one.Body.State, one.Body.Reason, one.Body.Until = in.Body.State, in.Body.Reason, in.Body.Until
		if _, _, err := s.setOne(ctx, one); err != nil {
			f := fault.Of(err)
			if f == nil || f.Field == "body.reason" || f.Field == "body.until" { // of the request, not of the person
				return out, err
			}
			out.Refused = append(out.Refused, DecidedNothing{id, f.Code, f.Text})
			continue
		}
		out.Done++
	}
	return out, nil
}

func (s *Server) segmentHandOperations() {
	serve(s, operation{"segment-hands", http.MethodGet, "/api/segments/{key}/hands", "segments", "Who was put into a segment or taken out by hand", forStaff}, s.segmentHands)
	serve(s, operation{"decide-segment", http.MethodPost, "/api/segments/{key}/people", "segments", "Put several people into a segment or take them out, by hand", forStaff}, s.decide)
}
