package api

import (
	"context"
	"encoding/json"

	"peiban/internal/conductor"
)

// MessageProof is a send found again, as a page that says when it was changed: peiban message verify FILE.
type MessageProof struct {
	Proof     json.RawMessage `json:"proof" doc:"what was found: rule, consents, text, decisions, and what differs from the record"`
	Algorithm string          `json:"algorithm"`
	Key       uint16          `json:"keyVersion"`
	Signature []byte          `json:"signature"`
	Same      bool            `json:"same" doc:"the record is what is found again"`
}

func (s *Server) messageProof(ctx context.Context, in *IDPath) (MessageProof, error) {
	c, m, card, err := s.messageFor(ctx, in.ID)
	if err != nil {
		return MessageProof{}, err
	}
	p, err := c.space.Conductor.Prove(ctx, m)
	if err != nil {
		return MessageProof{}, err
	}
	page, err := c.space.Conductor.Sign(p)
	if err != nil {
		return MessageProof{}, err
	}
	return proofView(page, p.Same), s.read(ctx, c, "message.proof", card.Number)
}

func proofView(p conductor.Signed, same bool) MessageProof {
	return MessageProof{p.Proof, p.Algorithm, p.Key, p.Signature, same}
}
