package conversation

import "time"

// Assistant is how the automatic answers are set.
type Assistant struct {
	On    bool
	Least float64 // how near a question must be to one that has an answer, 0 to 1
}

// Near is the best answer there is to what somebody wrote.
type Near struct {
	ID, Text string
	Near     float64 // 1: the same question
}

// What the assistant does about a message.
const (
	Silent  = ""
	Answers = "answer"
	Hands   = "hand" // says that a human will answer
)

// Reply is what the assistant does about one message of the person.
type Reply struct {
	Do      string
	Alarm   bool // it speaks of an emergency: to the top, and nothing is answered by machine
	Lacking bool // there is no answer to it: editors get to see it
}

// Decide says what the assistant does about a message. before is the conversation without it. It is silent while a human talks, never
// answers what speaks of an emergency, and tells once that a human will answer what it cannot.
func (a Assistant) Decide(before *Talk, emergency bool, best Near, now int64, pause time.Duration) Reply {
	r := Reply{Alarm: emergency}
	if !a.On || !before.BotAt(now, pause) {
		return r
	}
	switch {
	case emergency:
		r.Do = Hands
	case best.ID != "" && best.Near >= a.Least:
		r.Do = Answers
	default:
		r.Lacking = true
		if before.Waiting == 0 {
			r.Do = Hands
		}
	}
	return r
}
