package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/page"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Replayer takes refused events in again; the intake does.
type Replayer interface {
	// Replay takes a refused event in as it was sent, or as edited; the fault is what is still wrong with it. Twice is once.
	Replay(ctx context.Context, w workspace.Number, source event.Source, id [16]byte, was intake.Refused, edited []byte, entry audit.Entry) (eventID string, wrong *fault.Fault, err error)
}

// Reject is an event that was refused, and why.
type Reject struct {
	ID     string `json:"id"`
	Source Ref    `json:"source"`
	Number int32  `json:"number" doc:"of the source"`
	Type   string `json:"type,omitempty"`
	Name   *Text  `json:"name,omitempty" doc:"of the type"`
	Reason string `json:"reason"`
	Field  string `json:"field,omitempty"`
	First  string `json:"first"`
	Last   string `json:"last"`
	Times  int64  `json:"times" doc:"how often it was sent"`
	State  string `json:"state" enum:"open,replayed,dropped"`
	By     *Ref   `json:"by,omitempty" doc:"who replayed or dropped it"`
	Done   string `json:"done,omitempty"`
	Event  string `json:"event,omitempty" doc:"what it became"`
}

// RejectText is a refused event with what was sent.
type RejectText struct {
	Reject
	Raw  string `json:"raw" doc:"as it was sent; empty when it is gone"`
	Lost bool   `json:"lost,omitempty" doc:"what was sent was not text and can only be replayed as it was"`
}

// Replayed says what became of a replay.
type Replayed struct {
	Event string `json:"event,omitempty"`
}

// ReplayedMany says what became of many.
type ReplayedMany struct {
	Replayed int    `json:"replayed"`
	Refused  int    `json:"refused" doc:"still wrong: they stay"`
	Left     int    `json:"left" doc:"not tried yet: ask again with next"`
	Next     string `json:"next,omitempty"`
}

type rejectsInput struct {
	Paging
	Source int32  `query:"source"`
	Reason string `query:"reason" maxLength:"60"`
	Type   string `query:"type" maxLength:"60"`
	State  string `query:"state" enum:"open,replayed,dropped,all" doc:"open when not given"`
}

// OfReject names a refused event.
type OfReject struct {
	Reject string `path:"reject" minLength:"32" maxLength:"32"`
}

type replayInput struct {
	OfReject
	Body struct {
		Raw string `json:"raw,omitempty" maxLength:"40000" doc:"as mended; as it was sent when not given"`
	}
}

type replayManyInput struct {
	Body struct {
		Source int32  `json:"source,omitempty"`
		Reason string `json:"reason,omitempty" maxLength:"60"`
		Type   string `json:"type,omitempty" maxLength:"60"`
		Next   string `json:"next,omitempty" maxLength:"500" doc:"of the answer before"`
		Drop   bool   `json:"drop,omitempty" doc:"put them aside for good instead"`
	}
}

func (s *Server) rejectOperations() {
	serve(s, operation{"rejects", http.MethodGet, "/api/rejects", "sources", "Events that were refused, newest first", forStaff}, s.rejects)
	serve(s, operation{"reject", http.MethodGet, "/api/rejects/{reject}", "sources", "A refused event with what was sent", forStaff}, s.rejectText)
	serve(s, operation{"replay-reject", http.MethodPost, "/api/rejects/{reject}/replay", "sources", "Take a refused event in, as it was or mended; twice is once", forStaff}, s.replayReject)
	act(s, operation{"drop-reject", http.MethodPost, "/api/rejects/{reject}/drop", "sources", "Put a refused event aside for good", forStaff}, s.dropReject)
	serve(s, operation{"replay-rejects", http.MethodPost, "/api/rejects/replay", "sources", "Take the refused events of a filter in as they were, some hundred at a time", forStaff}, s.replayRejects)
}

var (
	errRejectID   = fault.New(fault.Missing, "reject_not_found", "没有找到这条被拒收的数据", "no such refused event")
	errRejectDone = fault.New(fault.Clash, "reject_done", "这条已经处理过了", "this one was dealt with already").Because("刷新列表", "load the list again")
	errNoIntake   = fault.New(fault.Unavailable, "no_intake", "这台服务器不接收数据", "this server takes no events")
)

func (s *Server) rejectView(ctx context.Context, c *caller, r *intake.Reject) Reject {
	x := Reject{
		ID: hex.EncodeToString(r.ID[:]), Source: Ref{Name: c.space.sourceName(ctx, s.store, r.Source)}, Number: r.Source, Type: r.Type, Reason: r.Reason, Field: r.Field,
		First: moment(r.First, c.space.loc), Last: moment(r.Last, c.space.loc), Times: r.Times, State: r.State, Done: moment(r.Done, c.space.loc), Event: r.Event,
	}
	if id, ok := strings.CutPrefix(r.Actor, "staff:"); ok {
		x.By = c.space.ref(ctx, s.store, id)
	}
	if spec := event.Lookup(r.Type); spec != nil {
		name := spec.Name
		x.Name = &name
	}
	return x
}

func (s *Server) rejects(ctx context.Context, in *rejectsInput) (Listing[Reject], error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Listing[Reject]{}, err
	}
	f := intake.Filter{Source: in.Source, Reason: in.Reason, Type: in.Type, State: in.State}
	switch f.State {
	case "":
		f.State = intake.Open
	case "all":
		f.State = ""
	}
	list, err := s.store.Rejects(ctx, c.space.number(), f, in.part())
	if err != nil {
		return Listing[Reject]{}, err
	}
	out := Listing[Reject]{Items: []Reject{}, Total: list.Total, NextCursor: list.Next}
	for i := range list.Items {
		out.Items = append(out.Items, s.rejectView(ctx, c, &list.Items[i]))
	}
	return out, nil
}

// refusedOf reads a refused event and its source; what was sent may be gone.
func (s *Server) refusedOf(ctx context.Context, c *caller, id string) (r intake.Reject, was intake.Refused, err error) {
	b, err := hex.DecodeString(id)
	if err != nil || len(b) != len(r.ID) {
		return r, was, errRejectID
	}
	if r, err = s.store.RejectByID(ctx, c.space.number(), [16]byte(b)); err != nil {
		return r, was, err
	}
	if len(r.Raw) > 0 {
		err = json.Unmarshal(r.Raw, &was)
	}
	return r, was, err
}

func (s *Server) rejectText(ctx context.Context, in *OfReject) (RejectText, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return RejectText{}, err
	}
	r, was, err := s.refusedOf(ctx, c, in.Reject)
	if err != nil {
		return RejectText{}, err
	}
	out := RejectText{Reject: s.rejectView(ctx, c, &r), Raw: string(was.Raw)}
	if !utf8.Valid(was.Raw) {
		out.Raw, out.Lost = strings.ToValidUTF8(string(was.Raw), "\uFFFD"), true
	}
	// What a source sent may be of anybody's health: who looked is written down, also where nobody knows whose it is.
	return out, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "reject.read", r.Person, map[string]any{"reject": in.Reject}))
}

func (s *Server) sourceOf(ctx context.Context, c *caller, number int32) (event.Source, error) {
	all, err := s.store.Sources(ctx, c.space.number())
	if err != nil {
		return event.Source{}, err
	}
	for _, v := range all {
		if v.Number == number {
			return v, nil
		}
	}
	return event.Source{}, errRejectID
}

func (s *Server) replayReject(ctx context.Context, in *replayInput) (Replayed, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Replayed{}, err
	}
	if s.receiver == nil {
		return Replayed{}, errNoIntake
	}
	r, was, err := s.refusedOf(ctx, c, in.Reject)
	if err != nil {
		return Replayed{}, err
	}
	if r.State != intake.Open {
		return Replayed{}, errRejectDone
	}
	id, wrong, err := s.replay(ctx, c, &r, was, []byte(in.Body.Raw))
	if wrong != nil {
		return Replayed{}, wrong
	}
	return Replayed{id}, err
}

// replay takes one in and closes it. Cut off between the two, it is stored once all the same, and closed the next time.
func (s *Server) replay(ctx context.Context, c *caller, r *intake.Reject, was intake.Refused, edited []byte) (string, *fault.Fault, error) {
	source, err := s.sourceOf(ctx, c, r.Source)
	if err != nil {
		return "", nil, err
	}
	entry := s.entry(ctx, c, "reject.replay", 0, map[string]any{"reject": hex.EncodeToString(r.ID[:]), "edited": len(edited) > 0})
	id, wrong, err := s.receiver.Replay(ctx, c.space.number(), source, r.ID, was, edited, entry)
	if wrong != nil || err != nil {
		return "", wrong, err
	}
	_, err = s.store.CloseReject(ctx, c.space.number(), r.ID, intake.Replayed, c.actor(), id, s.real().UnixMicro())
	return id, nil, err
}

func (s *Server) dropReject(ctx context.Context, in *OfReject) error {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return err
	}
	b, err := hex.DecodeString(in.Reject)
	if err != nil || len(b) != 16 {
		return errRejectID
	}
	done, err := s.store.CloseReject(ctx, c.space.number(), [16]byte(b), intake.Dropped, c.actor(), "", s.real().UnixMicro(),
		s.entry(ctx, c, "reject.drop", 0, map[string]any{"reject": in.Reject}))
	if err == nil && !done {
		if _, err = s.store.RejectByID(ctx, c.space.number(), [16]byte(b)); err == nil {
			err = errRejectDone
		}
	}
	return err
}

// replayAtOnce is how many refused events one request takes in: short enough to show progress and to be stopped.
const replayAtOnce = 200

func (s *Server) replayRejects(ctx context.Context, in *replayManyInput) (ReplayedMany, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return ReplayedMany{}, err
	}
	if s.receiver == nil {
		return ReplayedMany{}, errNoIntake
	}
	f := intake.Filter{State: intake.Open, Source: in.Body.Source, Reason: in.Body.Reason, Type: in.Body.Type}
	list, err := s.store.Rejects(ctx, c.space.number(), f, page.Part{Cursor: in.Body.Next, Limit: replayAtOnce})
	if err != nil {
		return ReplayedMany{}, err
	}
	out := ReplayedMany{Next: list.Next}
	for i := range list.Items {
		r, was, err := s.refusedOf(ctx, c, hex.EncodeToString(list.Items[i].ID[:]))
		if err != nil {
			return out, err
		}
		var wrong *fault.Fault
		if in.Body.Drop {
			_, err = s.store.CloseReject(ctx, c.space.number(), r.ID, intake.Dropped, c.actor(), "", s.real().UnixMicro(),
				s.entry(ctx, c, "reject.drop", 0, map[string]any{"reject": hex.EncodeToString(r.ID[:])}))
		} else if len(was.Raw) == 0 {
			wrong = errRejectDone
		} else {
			_, wrong, err = s.replay(ctx, c, &r, was, nil)
		}
		switch {
		case err != nil && !errors.Is(err, errRejectDone):
			return out, err
		case wrong != nil:
			out.Refused++
		default:
			out.Replayed++
		}
	}
	if list.Next != "" {
		out.Left = max(0, list.Total-len(list.Items))
	}
	return out, nil
}
