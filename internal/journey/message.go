package journey

import "time"

// MessageStep sends approved content to the person or to family.
type MessageStep struct {
	Card     bool   // a card that stays on the phone until it is answered
	To       string // person, family
	Scope    string // family: what the person must have allowed them to see
	Content  string
	Variants []Variant     // the first that holds is sent instead of Content
	Channels []string      // in order of preference; empty: the workspace's
	Expire   time.Duration // later than this after it fell due it is dropped; 0: by class
	Held     Policy        // what the run does while the guard keeps it back
}

// Variant is other words for those a condition holds for: of a stage, a language, a way of reading, what stands in the way.
type Variant struct {
	If      Cond
	Content string
}

// Policy is what a run does about a message that was not sent.
type Policy string

const (
	Advance Policy = "advance" // goes on at once, whether or not it is sent: the default
	Hold    Policy = "hold"    // waits until it is sent or never will be, then goes on
	Depart  Policy = "leave"   // waits as with Hold, and ends when it never will be
)

func (m *MessageStep) conds() []*Cond {
	out := make([]*Cond, len(m.Variants))
	for i := range m.Variants {
		out[i] = &m.Variants[i].If
	}
	return out
}

// Texts are all contents the step may send.
func (m *MessageStep) Texts() []string {
	out := []string{m.Content}
	for i := range m.Variants {
		out = append(out, m.Variants[i].Content)
	}
	return out
}

// Waits reports whether the run stands still until the message is sent or never will be.
func (m *MessageStep) Waits() bool { return m.Held == Hold || m.Held == Depart }
