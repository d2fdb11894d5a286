package api

import (
	"context"
	"net/http"

	"peiban/internal/audit"
	"peiban/internal/message"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

type capStore interface {
	Caps(ctx context.Context, w workspace.Number, most int) ([]message.Capped, error)
	SaveCaps(ctx context.Context, w workspace.Number, c message.Capped, entries ...audit.Entry) error
}

// MessageCaps are how many messages one person gets at most: what holds, what is usual, and how it came about.
type MessageCaps struct {
	Version int64         `json:"version" doc:"0: the workspace said nothing, the usual ones hold"`
	Caps    message.Caps  `json:"caps" doc:"what holds"`
	Usual   message.Caps  `json:"usual" doc:"what holds where nothing was said"`
	Quiet   HoursOfDay    `json:"quiet" doc:"the hours in which nothing but safety messages goes out"`
	History []CapsSaid    `json:"history" doc:"the newest first, 50 at most"`
	Crowded []CrowdedLine `json:"crowded" doc:"journeys in force by which somebody may be asked to hear more in a day than perDay lets through"`
	May     bool          `json:"may" doc:"the caller may change it"`
}

// CapsSaid is one version of the caps.
type CapsSaid struct {
	Version int64        `json:"version"`
	At      string       `json:"at"`
	By      *Text        `json:"by,omitempty"`
	Caps    message.Caps `json:"caps"`
}

// CrowdedLine is a place in a programme where more is asked for than a person gets.
type CrowdedLine struct {
	Programme Choice `json:"programme"`
	Text      Text   `json:"text"`
	Hint      Text   `json:"hint"`
}

func (v MessageCaps) etag() string { return quoted(v.Version) }

func (s *Server) capOperations() {
	serve(s, operation{"message-caps", http.MethodGet, "/api/message-caps", "messages", "How many messages one person gets at most, and who changed it", forStaff}, s.messageCaps)
	serve(s, operation{"save-message-caps", http.MethodPut, "/api/message-caps", "messages", "Change that, for managers; it holds from the next message on", forStaff}, s.saveMessageCaps)
}

func (s *Server) messageCaps(ctx context.Context, _ *Empty) (MessageCaps, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return MessageCaps{}, err
	}
	said, err := s.store.Caps(ctx, c.space.number(), 50)
	if err != nil {
		return MessageCaps{}, err
	}
	policy, _ := c.space.Conductor.Policy()
	out := MessageCaps{
		Caps: message.UsualCaps(), Usual: message.UsualCaps(), Quiet: HoursOfDay{policy.QuietFrom, policy.QuietTo}, History: []CapsSaid{}, Crowded: []CrowdedLine{}, May: c.member.Role.Can(staff.CanAssign),
	}
	for i, v := range said {
		if i == 0 {
			out.Version, out.Caps = v.Version, v.Caps
		}
		out.History = append(out.History, CapsSaid{v.Version, moment(v.At, c.space.loc), s.actorName(ctx, c, v.By), v.Caps})
	}
	for _, p := range c.space.Conductor.Programmes() {
		for _, n := range p.Compiled.Crowded(out.Caps.PerDay) {
			out.Crowded = append(out.Crowded, CrowdedLine{Choice{p.Key, p.Name}, Text(n.Text), Text(n.Hint)})
		}
	}
	return out, nil
}

type messageCapsIn struct {
	Based
	Body message.Caps
}

func (s *Server) saveMessageCaps(ctx context.Context, in *messageCapsIn) (MessageCaps, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return MessageCaps{}, err
	}
	said, err := s.store.Caps(ctx, c.space.number(), 1)
	if err != nil {
		return MessageCaps{}, err
	}
	was := message.Capped{Caps: message.UsualCaps()}
	if len(said) > 0 {
		was = said[0]
	}
	if err := in.check(was.Version); err != nil {
		return MessageCaps{}, err
	}
	if err := in.Body.Check(); err != nil {
		return MessageCaps{}, err
	}
	entry := s.entry(ctx, c, "caps.change", 0, map[string]any{"before": was.Caps, "after": in.Body})
	if err := s.store.SaveCaps(ctx, c.space.number(), message.Capped{Caps: in.Body, Version: was.Version, At: c.space.now(), By: c.actor()}, entry); err != nil {
		return MessageCaps{}, err
	}
	return s.messageCaps(ctx, nil)
}
