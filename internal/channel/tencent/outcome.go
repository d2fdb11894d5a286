package tencent

import (
	"errors"
	"time"

	"peiban/internal/channel"
)

// settled is how long a sender waits where a human talks, or the far side is busy with the person otherwise.
const settled = 10 * time.Minute

// codes say why a message was refused for good; others are by their action.
var codes = map[int]string{
	84061: channel.NotFriend, 84084: channel.NotFriend, 40096: channel.NotFriend, 41048: channel.NotFriend, 84074: channel.Settings,
	43101: channel.UserRefused, 43004: channel.Unsubscribed, 40003: channel.BadAddress,
	45015: channel.WindowClosed, 45047: channel.WindowClosed, 95001: channel.WindowClosed, 95002: channel.WindowClosed, 95013: channel.WindowClosed,
	41093: channel.Unconfirmed,
}

// Outcome is what a sender says of a call that hands a message over. Of a message that was tried before (again) a refusal may come because
// it went: it is not clear then.
func Outcome(err error, again bool) error {
	if err == nil {
		return nil
	}
	e, told := errors.AsType[*Error](err)
	switch {
	case errors.Is(err, ErrNoToken) && told && e.Action() == Mend:
		return &channel.Delay{Code: channel.Settings, Cause: err}
	case errors.Is(err, ErrNoToken):
		return &channel.Delay{Cause: err}
	case !told && errors.Is(err, ErrUnclear):
		return err
	case !told: // never sent: no connection, or no place among the calls of the minute
		return &channel.Delay{Cause: err}
	}
	switch e.Action() {
	case Slow:
		return &channel.Delay{After: max(e.After, rebuked), Cause: err}
	case Again: // busy: what came of it is not said
		return err
	case Renew:
		return &channel.Delay{Cause: err}
	case Mend:
		return &channel.Delay{Code: channel.Settings, Cause: err}
	case Done:
		return nil
	case Late:
		if e.Code == 95016 { // a human has the talk
			return &channel.Delay{After: settled, Cause: err}
		}
	}
	if again {
		return channel.Refuse(channel.Unclear)
	}
	if code, ok := codes[e.Code]; ok {
		return channel.Refuse(code)
	}
	return channel.Refuse(channel.Rejected)
}
