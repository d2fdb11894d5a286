package conductor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/task"
)

// What a command may be refused for.
var (
	ErrTaskClosed   = fault.New(fault.Clash, "task_closed", "这个任务已经结束", "this task is closed already")
	ErrTaskOpen     = fault.New(fault.Clash, "task_open", "这个任务还没有结束", "this task is still open")
	ErrSafetyHanded = fault.New(fault.Clash, "safety_not_handed", "安全任务不能这样转交，由接手的人点“我来处理”", "a safety task is not handed on like this: whoever takes over claims it")
	ErrSameHands    = fault.New(fault.Clash, "same_hands", "已经是这个人的", "it is theirs already")
	ErrSafetyWaits  = fault.New(fault.Clash, "safety_not_postponed", "安全任务不能顺延", "a safety task cannot be postponed")
	ErrNoReason     = fault.New(fault.Invalid, "reason_missing", "请选一个原因", "give a reason")
	ErrNoOutcome    = fault.New(fault.Invalid, "outcome_missing", "请选一个结果", "choose an outcome")
	ErrPastUntil    = fault.New(fault.Invalid, "until_past", "顺延到的时间要在现在之后", "the time to postpone to must be in the future")
	ErrUndoTooLate  = fault.New(fault.Clash, "undo_too_late", "超过 10 分钟，不能撤销了", "more than ten minutes have passed; it cannot be undone")
	ErrNoMessage    = fault.New(fault.Missing, "message_not_found", "没有找到这条消息", "no such message")
	ErrNotAnswer    = fault.New(fault.Invalid, "unknown_answer", "没有这个答复", "this card has no such answer")
	ErrNotYourEvent = fault.New(fault.Missing, "event_not_found", "没有找到这条记录", "no such record")
)

// ReadMessage records that its reader opened a message.
func (c *Conductor) ReadMessage(ctx context.Context, seen message.Message, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		m, err := w.current(ctx, &seen)
		if err != nil || m.ReadAt != 0 {
			return err
		}
		d, err := w.draft(m.To)
		if err != nil {
			return err
		}
		m.ReadAt = w.now
		w.ch.Messages = append(w.ch.Messages, m)
		w.kinds["message"] = true
		w.audit(proof)
		e := verdict(event.MessageRead, &m, string(m.Class))
		e.Actor, e.Provenance = "self", "phone"
		_, err = w.add(d, e, w.now)
		return err
	})
}

// AnswerMessage records what the person pressed on a card. A second answer to the same card changes nothing.
func (c *Conductor) AnswerMessage(ctx context.Context, seen message.Message, answer string, proof audit.Entry) error {
	known := false
	if t := c.content(&seen); t != nil {
		for _, a := range t.Answers {
			known = known || a.Key == answer
		}
	}
	if !known {
		return ErrNotAnswer.At("answer")
	}
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		m, err := w.current(ctx, &seen)
		if err != nil || m.Answered != 0 {
			return err
		}
		d, err := w.draft(m.To)
		if err != nil {
			return err
		}
		m.Answer, m.Answered = answer, w.now
		if m.ReadAt == 0 {
			m.ReadAt = w.now
		}
		w.ch.Messages = append(w.ch.Messages, m)
		w.kinds["message"] = true
		w.audit(proof)
		body, _ := json.Marshal(map[string]string{"message": string(m.ID)})
		_, err = w.add(d, event.Event{
			Type: event.Answer, Schema: 1, Num: event.Ref(string(m.ID)), A: event.Intern(m.Content), B: event.Intern(answer),
			Actor: "self", Provenance: "phone", Body: body,
		}, w.now)
		if err != nil {
			return err
		}
		return w.deliver(d, w.now)
	})
}

// current is a message as this transaction leaves it. What the caller read may be old by now, and a message is written
// as a whole.
func (w *work) current(ctx context.Context, seen *message.Message) (message.Message, error) {
	for i := len(w.ch.Messages) - 1; i >= 0; i-- {
		if m := &w.ch.Messages[i]; m.ID == seen.ID && m.Person == seen.Person {
			return *m, nil
		}
	}
	m, err := w.tx.Message(ctx, seen.Person, seen.ID)
	if err != nil {
		return m, fmt.Errorf("read message %s again: %w", seen.ID, err)
	}
	return m, nil
}

// Contact opens a promise to call a person who asked for a human.
func (c *Conductor) Contact(ctx context.Context, n person.Number, key, note string, proof audit.Entry) error {
	return c.owe(ctx, n, key, proof, task.Task{
		Priority: task.Promise, Title: fault.Text{Zh: "请联系我", En: "Asked for a call"},
		Results: []string{"reached", "no_answer", "appointment"}, Note: note, Due: (2 * time.Hour).Microseconds(),
	})
}

// VisitAnswered opens work for the owner: a doctor answered by a visit link, and until somebody checks it nothing of it holds.
func (c *Conductor) VisitAnswered(ctx context.Context, n person.Number, link string, proof audit.Entry) error {
	return c.owe(ctx, n, "visit:"+link, proof, task.Task{
		Priority: task.Normal, Title: fault.Text{Zh: "医生通过就诊链接答复了，请核对入档", En: "A doctor answered by visit link: check it and take it in"},
		Results: []string{"handled"}, Due: (24 * time.Hour).Microseconds(),
	})
}

// TargetUnsigned opens work for the person's doctor: limits were told that do not hold until a doctor signs them. Without a doctor it is
// the owner's to find one.
func (c *Conductor) TargetUnsigned(ctx context.Context, n person.Number, entry string, doctor bool, proof audit.Entry) error {
	t := task.Task{
		Priority: task.Normal, Title: fault.Text{Zh: "有人转述了控制目标，请医生看过并签署，签署前不算数", En: "Targets were told: a doctor signs them, they do not hold before"},
		Results: []string{"handled"}, Due: (72 * time.Hour).Microseconds(), Role: "doctor",
	}
	if !doctor {
		t.Role = "owner"
		t.Title = fault.Text{Zh: "有人转述了控制目标，签署前不算数；此人还没有指定医生，请先指定", En: "Targets were told and do not hold unsigned; the person has no doctor yet: assign one"}
	}
	return c.owe(ctx, n, TargetKey(entry), proof, t)
}

// AsksDoctor opens work for the person's doctor, once a day: the person wants to know more, and what is serious is said in person.
func (c *Conductor) AsksDoctor(ctx context.Context, n person.Number, day, note string, proof audit.Entry) error {
	return c.owe(ctx, n, "ask-doctor:"+day, proof, task.Task{
		Priority: task.Promise, Title: fault.Text{Zh: "本人想了解病情，请医生当面沟通", En: "Wants to know more of the illness: a doctor talks to them"},
		Results: []string{"reached", "no_answer", "appointment"}, Note: note, Due: (48 * time.Hour).Microseconds(), Role: "doctor",
	})
}

// owe opens t for the owner of a person, or for its role; its Due is counted from now. The same key opens one task.
func (c *Conductor) owe(ctx context.Context, n person.Number, key string, proof audit.Entry, t task.Task) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(n)
		if err != nil {
			return err
		}
		t.ID, t.Person, t.Kind = w.owed(d, key), d.h.number, "task"
		t.State, t.Role, t.Opened, t.Version = task.Open, cmp.Or(t.Role, "owner"), w.now, 1
		t.Due += w.now
		w.task(d, t)
		w.audit(proof)
		return nil
	})
}

// Enrol makes a person by hand, with a profile, an owner and a programme.
func (c *Conductor) Enrol(ctx context.Context, p Profile, owner, programme string, proof audit.Entry) (Card, error) {
	var out Card
	err := c.write(ctx, Live, 2, func(_ context.Context, w *work) error {
		d, err := w.create(p, programme)
		if err != nil {
			return err
		}
		e := event.Event{Type: event.Profile, Schema: 1, Num: math.NaN(), A: event.Intern(p.Gender), Actor: proof.Actor, Provenance: "console"}
		if p.BirthYear != 0 {
			e.Num = float64(p.BirthYear)
		}
		if _, err := w.add(d, e, w.now); err != nil {
			return err
		}
		if owner != "" {
			if _, err := w.add(d, assigned(owner, proof.Actor), w.now); err != nil {
				return err
			}
		}
		proof.Person = d.h.number
		w.audit(proof)
		out, _ = w.card(d)
		return nil
	})
	if err != nil {
		return Card{}, err // as in Act
	}
	return out, nil
}
