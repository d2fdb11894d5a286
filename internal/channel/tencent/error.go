package tencent

import (
	"errors"
	"fmt"
	"time"
)

// Action is what a caller does about an error code.
type Action uint8

// The actions. Look is the zero value: nobody has said what a code means yet, so a person looks at it and nothing is sent again.
const (
	Look   Action = iota
	Again         // the far side was busy: the same call, a little later
	Renew         // the token was not good any more; a call gets here only when a fresh one was refused as well
	Slow          // too many calls: not before Error.After
	Mend          // settings in the far side's console or here are wrong: an alarm to whoever runs peiban
	Gone          // who should get it, or through whom, is not there any more
	Refuse        // this one will never go through
	Late          // its time is over
	Done          // it had gone through before
)

var actionNames = [...]string{"look", "again", "renew", "slow", "mend", "gone", "refuse", "late", "done"}

func (a Action) String() string { return actionNames[a] }

// Error is an answer that is not errcode 0. Its text holds no message of the far side, which may quote what was sent.
type Error struct {
	API   string        // path, like externalcontact/get
	Code  int           // errcode
	Hint  string        // errmsg, for staff who run peiban; not for logs
	After time.Duration // with Slow: how long the far side asks to wait
}

func (e *Error) Error() string { return fmt.Sprintf("%s: errcode %d (%s)", e.API, e.Code, e.Action()) }

// Action is what to do about it; Look for codes nobody has entered in the table.
func (e *Error) Action() Action { return actions[e.Code] }

// ErrUnclear says that a call may have gone through although no answer came: what must not happen twice is looked up
// before it is tried again.
var ErrUnclear = errors.New("no answer came; it may have gone through")

// ErrNoToken says that there was no token for a call, so that it was never made.
var ErrNoToken = errors.New("a token for")

// ActionOf is the action for any error of a call: Again for what never reached the far side or has no answer.
func ActionOf(err error) Action {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Action()
	}
	return Again
}

// actions are the codes of WeCom's global error codes (developer.work.weixin.qq.com/document/path/90313) and WeChat's
// (developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code) that peiban can meet. Both number from one list.
var actions = map[int]Action{
	-1: Again, 6000: Again, 90006: Again, // busy, another version of the data, internal
	40014: Renew, 42001: Renew, 41001: Renew,
	45009: Slow, 45011: Slow, 45033: Slow, 45047: Late,
	40001: Mend, 40013: Mend, 40056: Mend, 301002: Mend, 48001: Mend, 48002: Mend, 60020: Mend, 61451: Mend, 95011: Mend, 95012: Mend, 95017: Mend,
	301052: Mend, 301053: Mend, 40037: Mend, 41030: Mend, 91040: Mend, 40098: Mend, 41054: Mend, 84074: Mend, 84083: Mend,
	40164: Mend, 40125: Mend, 50002: Mend, 95003: Mend, 95004: Mend, 60011: Mend,
	40003: Gone, 60111: Gone, 40096: Gone, 84061: Gone, 84084: Gone, 81013: Gone, 82001: Gone, 41048: Gone, 43004: Gone, 95000: Gone, 95014: Gone,
	40068: Gone, 81011: Gone, 90500: Gone, 90501: Gone, 90502: Gone, 90503: Gone, 90504: Gone, 90505: Gone, 90506: Gone, 90507: Gone,
	40007: Refuse, 40058: Refuse, 40063: Refuse, 40029: Refuse, 40163: Refuse, 40226: Refuse, 43101: Refuse, 45001: Refuse, 47001: Refuse, 47003: Refuse, 41093: Refuse, 81017: Refuse,
	41050: Late, 45015: Late, 95001: Late, 95002: Late, 95013: Late, 95007: Late, 95016: Late,
	41051: Done, 41096: Again,
}

// CodeOf is the errcode of an error, 0 when there was no answer.
func CodeOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return 0
}
