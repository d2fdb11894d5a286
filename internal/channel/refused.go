package channel

import "errors"

// ErrRefused means the far side will never take this message: trying again is of no use.
var ErrRefused = errors.New("the channel refused the message for good")
