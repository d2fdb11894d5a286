// Package channel is about the ways a message leaves: the contract every sender keeps.
package channel

import (
	"context"
	"time"
)

// Outgoing is one message as a channel gets it.
type Outgoing struct {
	Key     string // the same at every try: the far side, or we, notice a repeat by it
	To      string // outside id of the reader
	Kind    string
	Class   string
	Content string
	Title   string
	Body    string
}

// Sender hands messages to the outside. An error means "try again later" unless it is ErrRefused; a message may
// have gone through although an error came back, which is why Key stays the same.
type Sender interface {
	Send(ctx context.Context, m Outgoing) error
}

// Limited is a sender that does not take everything at any time: a window that closes some days after the person wrote, a quota of the
// day or the month. The guard holds a message until it opens.
type Limited interface {
	// Opens is when the channel next takes a message for a reader; the zero time: now.
	Opens(to string, now time.Time) time.Time
}
