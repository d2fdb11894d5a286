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

// Why a callback that greeted somebody is done.
const (
	greeted   = "greeted"
	greetedBy = "greeted_before" // by another app, or they have begun to talk
)

// greet welcomes a new customer in the words of the programme they came by, with a card that opens their own page, and says what
// became of it. It goes out once: WeCom takes a code once, and what became of it is written down.
func (r *Runner) greet(ctx context.Context, c *corp.Corp, e *wecom.Event, n person.Number, programme string) (why string, err error) {
	words, why := r.Space.Greeting(n, programme)
	if words.Content == nil {
		return why, nil
	}
	hash := corp.HashOf(c.ID, e.Unique()+"\x00welcome")
	done := conductor.Greeted{Key: hex.EncodeToString(hash[:]), Channel: "wecom", Added: r.moment(e)}
	if was, err := r.Space.WasGreeted(ctx, n, done.Key); err != nil || was {
		return greeted, err
	}
	why = greeted
	if r.Real().After(time.Unix(e.Created, 0).Add(welcomeLife + time.Second)) { // the moment they name has no fraction
		why, done.Failed = message.TooLate, message.TooLate
	} else if told, err := r.welcome(ctx, c, e, n, &words); err != nil {
		switch tencent.ActionOf(err) {
		case tencent.Again, tencent.Slow, tencent.Renew:
			return "", err
		case tencent.Late:
			why, done.Failed = message.TooLate, message.TooLate
		default:
			why, done.Failed = "wecom_"+tencent.ActionOf(err).String(), "channel_failed"
		}
	} else if !told {
		why, done.Failed = greetedBy, message.Duplicate
	}
	return why, r.Space.Greeted(ctx, n, words, done, audit.Entry{
		Actor: fmt.Sprintf("source:%d", c.Source), Action: "person.greeted", Person: n,
	})
}

// welcome hands a greeting to WeCom. A card without an address of ours would open nothing: then the words go alone.
func (r *Runner) welcome(ctx context.Context, c *corp.Corp, e *wecom.Event, n person.Number, words *conductor.Greeting) (told bool, err error) {
	client, err := r.client(c)
	if err != nil {
		return false, err
	}
	g := wecom.Greeting{Code: e.Welcome, Text: &wecom.Text{Content: words.Body}}
	if r.Address != "" {
		token := staff.NewToken()
		if err := r.Store.CreateSigninLink(ctx, r.Space.Workspace().Number, n, staff.HashToken(token), r.Real().Add(LinkLife).UnixMicro(), audit.Entry{
			At: r.Real().UnixMicro(), Actor: fmt.Sprintf("source:%d", c.Source), Action: "person.link", Person: n,
		}); err != nil {
			return false, err
		}
		g.Attachments = []wecom.Attachment{wecom.Card(wecom.WebLink{Title: words.Title, URL: r.Address + "/m/in/" + token})}
	}
	ctx, stop := context.WithTimeout(ctx, welcoming)
	defer stop()
	return client.Welcome(ctx, g)
}

// moment is when something happened by the workspace's clock, which may be moved in a rehearsal.
func (r *Runner) moment(e *wecom.Event) int64 {
	return r.Space.Now().Add(time.Unix(e.Created, 0).Sub(r.Real())).UnixMicro()
}
