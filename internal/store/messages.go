package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// ErrNoMessage is what an unknown message gives.
var ErrNoMessage = fault.New(fault.Missing, "message_not_found", "没有找到这条消息", "no such message")

// what the words of a message are sealed for
const (
	messageTitle = "message.title"
	messageBody  = "message.body"
)

const (
	messageFrom    = ` FROM message m JOIN person p ON p.workspace = m.workspace AND p.bucket = m.bucket AND p.person = m.person `
	messageColumns = `SELECT m.id, m.person, m.to_person, m.class, m.priority, m.content, m.version, m.kind, m.channel, m.state, m.reason,
		m.due_at, m.next_at, m.expires_at, m.tries, m.sent_at, m.read_at, m.answer, m.answered_at, m.journey, m.run, m.step, m.audience, m.scope,
		m.title, m.body, m.why, m.seq, p.key` + messageFrom
	messageCount = `SELECT count(*) FROM message m `
)

// messageScanner opens what it reads with the key of the person the message is about.
func messageScanner(ring *keys.Ring) func(scanner) (message.Message, error) {
	return func(r scanner) (message.Message, error) {
		var m message.Message
		var title, body, key []byte
		var why string
		err := r.Scan(&m.ID, &m.Person, &m.To, &m.Class, &m.Priority, &m.Content, &m.Version, &m.Kind, &m.Channel, &m.State, &m.Reason,
			&m.Due, &m.Next, &m.Expires, &m.Tries, &m.SentAt, &m.ReadAt, &m.Answer, &m.Answered, &m.Journey, &m.Run, &m.Step, &m.Audience, &m.Scope,
			&title, &body, &why, &m.Seq, &key)
		if err != nil {
			return m, err
		}
		if why != "" {
			m.Why = json.RawMessage(why)
		}
		sealer, err := opened(ring, m.Person, key)
		if err != nil {
			return m, err
		}
		if m.Title, err = openText(sealer, messageTitle, title); err != nil {
			return m, fmt.Errorf("open message %s: %w", m.ID, err)
		}
		if m.Body, err = openText(sealer, messageBody, body); err != nil {
			return m, fmt.Errorf("open message %s: %w", m.ID, err)
		}
		return m, nil
	}
}

// MessagesIn lists messages in one state, the newest first: dead ones for the console, sending ones after a crash.
func (s *Store) MessagesIn(ctx context.Context, w workspace.Number, state message.State, page Page) (List[message.Message], error) {
	q := query{columns: messageColumns, count: messageCount}
	q.where(`m.workspace = $ AND m.state = $`, w, state)
	return s.messages(ctx, w, q, page)
}

// MessagesOf lists what a person's timeline asked to say, to them or to family, the newest first.
func (s *Store) MessagesOf(ctx context.Context, w workspace.Number, p person.Number, page Page) (List[message.Message], error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return List[message.Message]{}, err
	}
	q := query{columns: messageColumns, count: messageCount}
	q.of(w, "m.", of)
	return s.messages(ctx, w, q, page)
}

// MessagesTo lists what a person received: messages that were sent to them, the newest first.
func (s *Store) MessagesTo(ctx context.Context, w workspace.Number, p person.Number, page Page) (List[message.Message], error) {
	to, err := s.numbers(ctx, w, p)
	if err != nil {
		return List[message.Message]{}, err
	}
	q := query{columns: messageColumns, count: messageCount}
	q.where(`m.workspace = $ AND m.state = $`, w, message.Sent)
	in(&q, "m.to_person", to)
	return s.messages(ctx, w, q, page)
}

// Unread counts the messages sent to a person and not opened yet.
func (s *Store) Unread(ctx context.Context, w workspace.Number, p person.Number) (int, error) {
	to, err := s.numbers(ctx, w, p)
	if err != nil {
		return 0, err
	}
	var q query
	q.where(`workspace = $ AND state = $ AND read_at = 0`, w, message.Sent)
	in(&q, "to_person", to)
	var n int
	err = s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM message `+q.clause(), q.args...).Scan(&n)
	return n, err
}

func (s *Store) messages(ctx context.Context, w workspace.Number, q query, page Page) (List[message.Message], error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return List[message.Message]{}, err
	}
	return paged(ctx, s.db.Reader(), q, page, `(m.due_at, m.id) < ($, $)`, `ORDER BY m.due_at DESC, m.id DESC`, messageScanner(ring),
		func(m message.Message) []string { return []string{strconv.FormatInt(m.Due, 10), string(m.ID)} }, number, text)
}

// Message reads one of a person's.
func (s *Store) Message(ctx context.Context, w workspace.Number, p person.Number, id message.ID) (message.Message, error) {
	of, err := s.records(ctx, w, p)
	if err != nil {
		return message.Message{}, err
	}
	var q query
	q.of(w, "m.", of)
	q.where(`m.id = $`, id)
	return s.message(ctx, s.db.Reader(), w, q.clause(), q.args...)
}

// MessageByID reads one whosever it is; the caller checks who may see it.
func (s *Store) MessageByID(ctx context.Context, w workspace.Number, id message.ID) (message.Message, error) {
	return s.message(ctx, s.db.Reader(), w, `WHERE m.workspace = $1 AND m.id = $2`, w, id)
}

// Message reads one of a person's as this transaction sees it.
func (t *Tx) Message(ctx context.Context, p person.Number, id message.ID) (message.Message, error) {
	b, err := t.bucket(ctx, p)
	if err != nil {
		return message.Message{}, err
	}
	return t.s.message(ctx, t.do, t.w, `WHERE m.workspace = $1 AND m.bucket = $2 AND m.person = $3 AND m.id = $4`, t.w, b, p, id)
}

func (s *Store) message(ctx context.Context, q querier, w workspace.Number, where string, args ...any) (message.Message, error) {
	ring, err := s.Ring(ctx, w)
	if err != nil {
		return message.Message{}, err
	}
	return one(ctx, q, ErrNoMessage, messageScanner(ring), messageColumns+where, args...)
}

// writeMessages inserts the new ones, leaving one that exists as it is, and updates what a message may change:
// its state, never what was asked for. Words once rendered are not lost when an update comes without them.
func (t *Tx) writeMessages(ctx context.Context, c *conductor.Changes) error {
	if err := writeRows(ctx, t, c.NewMessages, `INSERT INTO message (workspace, bucket, person, id, to_person, class, priority, content, version,
			kind, channel, state, reason, due_at, next_at, expires_at, tries, sent_at, read_at, answer, answered_at, journey, run, step, audience, scope,
			title, body, why, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
		ON CONFLICT (workspace, bucket, person, id) DO NOTHING`,
		func(m *message.Message) ([]any, error) {
			b, sealer, err := t.who(ctx, m.Person)
			if err != nil {
				return nil, err
			}
			return []any{
				t.w, b, m.Person, m.ID, m.To, m.Class, m.Priority, m.Content, m.Version,
				m.Kind, m.Channel, m.State, m.Reason, m.Due, m.Next, m.Expires, m.Tries, m.SentAt, m.ReadAt, m.Answer, m.Answered, m.Journey, m.Run, m.Step, m.Audience, m.Scope,
				sealText(sealer, messageTitle, m.Title), sealText(sealer, messageBody, m.Body), string(m.Why), int64(m.Seq),
			}, nil
		}); err != nil {
		return err
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		b, sealer, err := t.who(ctx, m.Person)
		if err != nil {
			return err
		}
		n, err := exec(ctx, t.do, `UPDATE message SET version = $1, channel = $2, state = $3, reason = $4, next_at = $5, expires_at = $6,
				tries = $7, sent_at = $8, read_at = $9, answer = $10, answered_at = $11, title = coalesce($12, title),
				body = coalesce($13, body), why = $14, seq = $15, to_person = $16
			WHERE workspace = $17 AND bucket = $18 AND person = $19 AND id = $20`,
			m.Version, m.Channel, m.State, m.Reason, m.Next, m.Expires, m.Tries, m.SentAt, m.ReadAt, m.Answer, m.Answered,
			sealText(sealer, messageTitle, m.Title), sealText(sealer, messageBody, m.Body), string(m.Why), int64(m.Seq), m.To, t.w, b, m.Person, m.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("update message %s: %w", m.ID, ErrNoMessage)
		}
	}
	return nil
}

// who is where a person lives and what seals for them.
func (t *Tx) who(ctx context.Context, p person.Number) (int, *keys.Sealer, error) {
	b, err := t.bucket(ctx, p)
	if err != nil {
		return 0, nil, err
	}
	sealer, err := t.sealer(ctx, p, b)
	return b, sealer, err
}
