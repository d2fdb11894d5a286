package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/rule"
	"peiban/internal/staff"
)

// SegmentState is one segment and one person.
type SegmentState struct {
	Programme string       `json:"programme"`
	Key       string       `json:"key"`
	Name      Text         `json:"name"`
	In        bool         `json:"in"`
	Rule      string       `json:"rule" enum:"has,no,unknown" doc:"what the rule alone says"`
	ByHand    *SegmentHand `json:"byHand,omitempty" doc:"what was decided by hand, while it beats the rule"`
}

// SegmentHand is a decision of staff.
type SegmentHand struct {
	In     bool   `json:"in"`
	Reason string `json:"reason,omitempty" doc:"left out for who may not read notes"`
	By     *Text  `json:"by,omitempty"`
	At     string `json:"at"`
	Until  string `json:"until,omitempty"`
}

type segmentList struct {
	Items []SegmentState `json:"items"`
}

type setSegmentIn struct {
	IDPath
	Key  string `path:"key" maxLength:"64"`
	Body struct {
		State  string `json:"state" enum:"in,out,rule" doc:"rule: as the rule says again"`
		Reason string `json:"reason,omitempty" maxLength:"200"`
		Until  string `json:"until,omitempty" maxLength:"40" doc:"until further notice when not given; a day means its end"`
	}
}

func (s *Server) segmentOperations() {
	serve(s, operation{"segments", http.MethodGet, "/api/segments", "segments", "The segments of a programme, with counts", forStaff}, s.segments)
	serve(s, operation{"person-segments", http.MethodGet, "/api/people/{id}/segments", "segments", "The segments of a person's programmes and whether they are in", forStaff}, s.personSegments)
	serve(s, operation{"set-segment", http.MethodPost, "/api/people/{id}/segments/{key}", "segments", "Put a person into a segment or take them out, by hand", forStaff}, s.setSegment)
	s.segmentHandOperations()
}

func (s *Server) segments(ctx context.Context, in *OfProgramme) (TagCatalogue, error) {
	return s.tagCatalogue(ctx, &tagsIn{OfProgramme: *in, Kind: "segment"})
}

func (s *Server) personSegments(ctx context.Context, in *IDPath) (segmentList, error) {
	c, l, err := s.look(ctx, in.ID, Moments{}, "segments.read")
	if err != nil {
		return segmentList{}, err
	}
	return s.segmentsOf(ctx, c, l)
}

func (s *Server) segmentsOf(ctx context.Context, c *caller, l *conductor.Look) (segmentList, error) {
	out := segmentList{Items: []SegmentState{}}
	for _, x := range l.Each() {
		items, err := s.segmentsBy(ctx, c, x)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, items...)
	}
	return out, nil
}

// segmentsBy are the segments of the one programme l is by.
func (s *Server) segmentsBy(ctx context.Context, c *caller, l *conductor.Look) (out []SegmentState, err error) {
	for _, a := range l.Tags {
		if !a.Tag.ByHand {
			continue
		}
		v := SegmentState{Programme: l.Programme.Key, Key: a.Tag.Key, Name: a.Tag.Name, In: a.Truth == rule.True}
		v.Rule = truths[l.Programme.Try(l.View, l.At, l.Standing(), engine.Question{When: a.Tag.When, Needs: a.Tag.Needs}, nil).Truth]
		if h := engine.HandOf(l.View, a.Tag.Key, l.At); h.Holds {
			hand, err := s.handAt(ctx, c, l.Card.Number, l.View.Seq[h.Place], l.View.Loc, h)
			if err != nil {
				return out, err
			}
			v.ByHand = hand
		}
		out = append(out, v)
	}
	return out, nil
}

// handAt reads who decided and why, which stand in the log.
func (s *Server) handAt(ctx context.Context, c *caller, n person.Number, seq event.Seq, loc *time.Location, h engine.Hand) (*SegmentHand, error) {
	v := &SegmentHand{In: h.In, At: moment(h.At, loc), Until: moment(h.Until, loc)}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), n, []event.Seq{seq})
	if err != nil || len(es) == 0 {
		return v, err
	}
	if err := c.space.Conductor.Reveal(n, es); err != nil {
		return nil, err
	}
	v.By = s.actorName(ctx, c, es[0].Actor)
	if !c.masked() {
		var b struct{ Reason string }
		_ = json.Unmarshal(es[0].Body, &b) // of an erased person: nothing
		v.Reason = b.Reason
	}
	return v, nil
}

// setOne authorises and writes a decision about one person.
func (s *Server) setOne(ctx context.Context, in *setSegmentIn) (*caller, person.Number, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return nil, 0, err
	}
	if in.Body.Reason != "" {
		if err := oneLine("body.reason", in.Body.Reason); err != nil {
			return nil, 0, err
		}
	}
	until, err := parseMoment("body.until", in.Body.Until, c.space.loc)
	if err != nil {
		return nil, 0, err
	}
	return c, card.Number, c.space.Conductor.SetSegment(ctx, card.Number, conductor.Segment{
		Key: in.Key, State: in.Body.State, Reason: strings.TrimSpace(in.Body.Reason), Until: until,
	}, s.entry(ctx, c, "segment.set", card.Number, map[string]any{"segment": in.Key, "state": in.Body.State}))
}

func (s *Server) setSegment(ctx context.Context, in *setSegmentIn) (segmentList, error) {
	c, n, err := s.setOne(ctx, in)
	if err != nil {
		return segmentList{}, err
	}
	l, err := c.space.Conductor.Look(n, 0, 0)
	if err != nil {
		return segmentList{}, err
	}
	return s.segmentsOf(ctx, c, l)
}
