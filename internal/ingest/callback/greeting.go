package callback

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/staff"
)

const (
	welcomeLife = 20 * time.Second // how long WeCom takes a welcome after the event (wecom.md 3.2)
	welcoming   = 4 * time.Second  // how long one try may take

	// LinkLife is how long the card of a greeting opens the person's own page: people read it in the evening. It opens it once.
	LinkLife = 72 * time.Hour
)

// greet welcomes a new customer in the words of the programme they came by, with a card that opens their own page, and says what
// became of it; again: it was tried before. It goes out once: WeCom takes a code once, and what became of it is written down.
func (r *Runner) greet(ctx context.Context, c *corp.Corp, e *wecom.Event, n person.Number, programme string, again bool) (why string, err error) {
	words, why := r.Space.Greeting(n, programme)
	if words.Content == nil {
		return why, nil
	}
	hash := corp.HashOf(c.ID, e.Unique()+"\x00welcome")
	done := conductor.Greeted{Key: hex.EncodeToString(hash[:]), Channel: "wecom", Added: r.moment(e)}
	if was, err := r.Space.WasGreeted(ctx, n, done.Key); err != nil || was {
		return corp.Greeted, err
	}
	if r.late(e) {
		why, done.Failed = message.TooLate, message.TooLate
	} else {
		page, err := r.page(ctx, c, n)
		if err != nil {
			return "", err
		}
		told, err := r.welcome(ctx, c, e, &words, page)
		if why, done.Failed, err = outcome(told, err); err != nil {
			return "", err
		}
		if again && why == corp.GreetedBefore { // by the try whose answer was lost
			why, done.Failed = corp.Greeted, ""
		}
	}
	return why, r.Space.Greeted(ctx, n, words, done, audit.Entry{
		Actor: fmt.Sprintf("source:%d", c.Source), Action: "person.greeted", Person: n,
	})
}

// half greets somebody the member has not added back yet: WeCom says nothing about them, so they are nobody here. The card leads to the
// page of the code they came by, where they can go on by themselves.
func (r *Runner) half(ctx context.Context, c *corp.Corp, e *wecom.Event) (why string, err error) {
	if e.Welcome == "" {
		return "", errPassed
	}
	came, programme, _, err := r.origin(ctx, c, e.State)
	if err != nil {
		return "", err
	}
	words, why := r.Space.Greeting(0, programme)
	switch {
	case words.Content == nil:
		return why, nil
	case r.late(e):
		return message.TooLate, nil
	}
	page := ""
	if came["code"] != nil {
		page = entrance.JoinPath + e.State
	}
	told, err := r.welcome(ctx, c, e, &words, page)
	why, _, err = outcome(told, err)
	return why, err
}

// late tells whether WeCom takes a welcome no more. The moment it names has no fraction of a second.
func (r *Runner) late(e *wecom.Event) bool {
	return r.Real().After(time.Unix(e.Created, 0).Add(welcomeLife + time.Second))
}

// outcome is how a try to greet came out: what is said of the callback, and why the greeting did not go, empty when it did. An error is
// one after which it is tried again.
func outcome(told bool, err error) (why, failed string, again error) {
	switch {
	case err == nil && told:
		return corp.Greeted, "", nil
	case err == nil:
		return corp.GreetedBefore, message.Duplicate, nil
	}
	switch a := tencent.ActionOf(err); a {
	case tencent.Again, tencent.Slow, tencent.Renew:
		return "", "", err
	case tencent.Late:
		return message.TooLate, message.TooLate, nil
	default:
		return "wecom_" + a.String(), "channel_failed", nil
	}
}

// page is the path of a link that opens somebody's own page, once.
func (r *Runner) page(ctx context.Context, c *corp.Corp, n person.Number) (string, error) {
	if r.Address == "" {
		return "", nil
	}
	token := staff.NewToken()
	return staff.SignInPath + token, r.Store.CreateSigninLink(ctx, r.Space.Workspace().Number, n, staff.HashToken(token), r.Real().Add(LinkLife).UnixMicro(), audit.Entry{
		At: r.Real().UnixMicro(), Actor: fmt.Sprintf("source:%d", c.Source), Action: "person.link", Person: n,
	})
}

// welcome hands a greeting to WeCom. Without a page, or an address of ours, the words go alone: the card would open nothing.
func (r *Runner) welcome(ctx context.Context, c *corp.Corp, e *wecom.Event, words *conductor.Greeting, page string) (told bool, err error) {
	client, err := r.client(c)
	if err != nil {
		return false, err
	}
	g := wecom.Greeting{Code: e.Welcome, Text: &wecom.Text{Content: words.Body}}
	if r.Address != "" && page != "" {
		g.Attachments = []wecom.Attachment{wecom.Card(wecom.WebLink{Title: words.Title, URL: r.Address + page})}
	}
	ctx, stop := context.WithTimeout(ctx, welcoming)
	defer stop()
	return client.Welcome(ctx, g)
}

// moment is when something happened by the workspace's clock, which may be moved in a rehearsal.
func (r *Runner) moment(e *wecom.Event) int64 {
	return r.Space.Now().Add(time.Unix(e.Created, 0).Sub(r.Real())).UnixMicro()
}
