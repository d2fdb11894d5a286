package channel

import (
	"errors"
	"time"
)

// ErrRefused means the far side will never take this message: trying again is of no use.
var ErrRefused = errors.New("the channel refused the message for good")

// Codes say why a message cannot go by a channel. The words for them are in package message.
const (
	NoAddress    = "no_address"          // nothing is known by which they could be reached there
	WindowClosed = "window_closed"       // the far side takes nothing until the person writes again
	NotFriend    = "not_friend"          // no contact between the person and the member of staff any more
	UserRefused  = "user_refused"        // the person does not accept it
	Unsubscribed = "unsubscribed"        // does not follow, or opted out at the far side
	ReceiverFull = "receiver_full"       // has had as many as the far side lets us send
	BadAddress   = "bad_address"         // the address is none, or leads nowhere
	Rejected     = "channel_rejected"    // the far side does not take what is said, or how
	Settings     = "channel_settings"    // something is set wrongly, here or there
	Unclear      = "channel_unclear"     // it may have gone: nobody knows, and the far side cannot be asked
	Unconfirmed  = "channel_unconfirmed" // no colleague confirmed it in time
	Undelivered  = "channel_undelivered" // the far side took it and could not deliver it
)

// Refusal is a message that will never be taken by this channel.
type Refusal struct{ Code string }

func (r *Refusal) Error() string { return "the channel refused the message for good: " + r.Code }

// Is makes every refusal ErrRefused.
func (r *Refusal) Is(err error) bool { return err == ErrRefused }

// Refuse makes a refusal.
func Refuse(code string) error { return &Refusal{code} }

// Delay is a message that was not taken and may be tried again.
type Delay struct {
	After time.Duration // not before; 0: as after any failure
	Code  string        // why: Settings, or empty
	Cause error
}

func (d *Delay) Error() string {
	if d.Cause != nil {
		return "the channel did not take the message: " + d.Cause.Error()
	}
	return "the channel did not take the message"
}

func (d *Delay) Unwrap() error { return d.Cause }
