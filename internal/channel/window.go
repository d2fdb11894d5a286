package channel

import "time"

// Channels whose far side takes messages only for a while after the person wrote.
const (
	Kf          = "kf"           // WeChat customer service
	Official    = "wechat"       // official account
	MiniProgram = "mini_program" // customer service of a mini-program
)

// Limit is how much a far side takes after each message of a person: so many messages, within so long.
type Limit struct {
	For      time.Duration
	Messages int
}

// LimitOf is the limit of a channel; false: it has none.
//
// Source: WeChat customer service (kf/send_msg): at most five messages within 48 hours of each message of the customer, then 95001 and
// 95002; official account and mini-program (message/custom/send): the same five within 48 hours, then 45047 and 45015.
func LimitOf(name string) (Limit, bool) {
	switch name {
	case Kf, Official, MiniProgram:
		return Limit{For: 48 * time.Hour, Messages: 5}, true
	}
	return Limit{}, false
}

// Window is what a channel still takes for one person.
type Window struct {
	Limited bool      // false: as much as is wanted, whenever
	Left    int       // messages; 0 where the window is closed
	Until   time.Time // when it closes; zero: it never opened, or is not limited
}

// Open reports whether a message would be taken.
func (w Window) Open() bool { return !w.Limited || w.Left > 0 }

// WindowOf is the window of a channel at now: heard is when the person last wrote by it (zero: never), sent how many messages left by it
// since. The moment at which a window ends is outside it.
func WindowOf(name string, heard time.Time, sent int, now time.Time) Window {
	l, limited := LimitOf(name)
	if !limited {
		return Window{}
	}
	w := Window{Limited: true}
	if heard.IsZero() || heard.After(now) {
		return w
	}
	if w.Until = heard.Add(l.For); now.Before(w.Until) {
		w.Left = max(0, l.Messages-sent)
	}
	return w
}
