package api

import (
	"context"
	"net/http"

	"peiban/internal/conductor"
	"peiban/internal/message"
)

func (s *Server) myMessageOperations() {
	serve(s, operation{"my-messages", http.MethodGet, "/api/me/messages", "me", "What was sent to me, newest first", forPerson}, s.myMessages)
	serve(s, operation{"my-message", http.MethodGet, "/api/me/messages/{id}", "me", "One message that was sent to me", forPerson}, s.myMessage)
	serve(s, operation{"read-message", http.MethodPost, "/api/me/messages/{id}/read", "me", "I opened a message", forPerson}, s.readMessage)
	serve(s, operation{"answer-message", http.MethodPost, "/api/me/messages/{id}/answer", "me", "I answered a card", forPerson}, s.answerMessage)
}

func (s *Server) myMessages(ctx context.Context, in *Paging) (Listing[Message], error) {
	c, err := s.self(ctx)
	if err != nil {
		return Listing[Message]{}, err
	}
	list, err := s.store.MessagesTo(ctx, c.space.number(), c.me.Number, in.part())
	if err != nil {
		return Listing[Message]{}, err
	}
	return s.messageList(c, list), s.read(ctx, c, "me.messages", c.me.Number)
}

// received finds a message that was sent to the caller.
func (s *Server) received(ctx context.Context, id string) (*caller, message.Message, error) {
	c, err := s.self(ctx)
	if err != nil {
		return nil, message.Message{}, err
	}
	m, err := s.store.MessageByID(ctx, c.space.number(), message.ID(id))
	if err != nil {
		return nil, m, err
	}
	about, ok := c.space.Conductor.Directory().ByNumber(m.Person)
	if m.To != c.me.Number || m.State != message.Sent || !ok || about.Erased {
		return nil, m, conductor.ErrNoMessage
	}
	return c, m, nil
}

// myMessage does not mark the message as read: that is for whoever opened it to say.
func (s *Server) myMessage(ctx context.Context, in *IDPath) (Message, error) {
	c, m, err := s.received(ctx, in.ID)
	if err != nil {
		return Message{}, err
	}
	return s.messageView(c, m), s.read(ctx, c, "me.message", m.Person)
}

func (s *Server) readMessage(ctx context.Context, in *IDPath) (Message, error) {
	c, m, err := s.received(ctx, in.ID)
	if err != nil {
		return Message{}, err
	}
	if err := c.space.Conductor.ReadMessage(ctx, m, s.entry(ctx, c, "message.read", m.Person, nil)); err != nil {
		return Message{}, err
	}
	return s.again(ctx, c, m.ID)
}

type answerInput struct {
	IDPath
	Body struct {
		Answer string `json:"answer" maxLength:"60"`
	}
}

func (s *Server) answerMessage(ctx context.Context, in *answerInput) (Message, error) {
	c, m, err := s.received(ctx, in.ID)
	if err != nil {
		return Message{}, err
	}
	if err := c.space.Conductor.AnswerMessage(ctx, m, in.Body.Answer, s.entry(ctx, c, "message.answer", m.Person, nil)); err != nil {
		return Message{}, err
	}
	return s.again(ctx, c, m.ID)
}

func (s *Server) again(ctx context.Context, c *caller, id message.ID) (Message, error) {
	m, err := s.store.MessageByID(ctx, c.space.number(), id)
	if err != nil {
		return Message{}, err
	}
	return s.messageView(c, m), nil
}
