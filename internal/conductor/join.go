package conductor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math"
	"time"

	"peiban/internal/audit"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/timeline"
	"peiban/internal/workspace/keys"
)

// Joining is somebody who comes in by a code or an invitation, at their own phone.
type Joining struct {
	Profile
	Programme string
	Owner     string // id of a member of staff; empty: nobody
	Answers   []ConsentAnswer
	Came      Coming
	Visitor   string        // the random number of their browser
	Inviter   person.Number // who invited them; 0: nobody
}

// ConsentAnswer is what the person said about one purpose.
type ConsentAnswer struct {
	Purpose, TextVersion string
	Granted              bool
}

// Coming is by what somebody came.
type Coming struct {
	Code, Channel, Kind string
	Click               string // parameters of an ad platform, as a query
}

func (m Coming) event(t event.Type, actor string) event.Event {
	e := event.Event{Type: t, Schema: 1, Num: math.NaN(), A: event.Intern(m.Channel), B: event.Intern(m.Code), C: event.Intern(m.Kind), Actor: actor, Provenance: "phone"}
	if m.Click != "" {
		e.Body, _ = json.Marshal(map[string]string{"click": m.Click}) // text: cannot fail
	}
	return e
}

// Joined is what came of it.
type Joined struct {
	Card    Card
	Again   bool             // the same person by the same browser a moment ago: nothing was done
	Shared  bool             // somebody else came in by this browser before
	Outcome entrance.Outcome // for who invited; empty: nobody did
}

const (
	// joinedAgain is how long the same answers from the same browser are one try, whose answer was lost on the way.
	joinedAgain = 10 * time.Minute
	visitorType = "visitor"
)

// Join makes a person with what they said and agreed to, in one transaction with what their inviter gets. Their own consent stands
// before everything else; without it there is nothing to be given.
func (c *Conductor) Join(ctx context.Context, j Joining, proof audit.Entry) (Joined, error) {
	phoneKnown := false
	if j.Phone != "" {
		_, phoneKnown = c.dir.ByPhone(j.Phone)
	}
	var out Joined
	err := c.write(ctx, Live, 2, func(ctx context.Context, w *work) error {
		out = Joined{}
		seen, err := w.visitor(ctx, j.Visitor)
		if err != nil {
			return err
		}
		if card, ok := w.c.dir.ByNumber(seen); ok && seen != 0 {
			if w.now-card.CreatedAt < joinedAgain.Microseconds() && card.Name == j.Name && PhoneDigits(card.Phone) == PhoneDigits(j.Phone) {
				out.Card, out.Again = card, true
				return nil
			}
			out.Shared = true
		}
		d, err := w.arrive(&j, out.Shared)
		if err != nil {
			return err
		}
		if j.Inviter != 0 {
			if out.Outcome, err = w.reward(ctx, d, &j, phoneKnown, out.Shared); err != nil {
				return err
			}
		}
		proof.Person, proof.Actor = d.h.number, "person:"+string(d.h.id)
		w.audit(proof)
		out.Card, _ = w.card(d)
		return nil
	})
	if err != nil {
		return Joined{}, err // as in Act
	}
	return out, nil
}

// visitor is who came in by a browser, 0 for nobody.
func (w *work) visitor(ctx context.Context, token string) (person.Number, error) {
	if token == "" {
		return 0, nil
	}
	id := Identifier{Type: visitorType, Value: token}
	n, err := w.identity(ctx, id, w.c.cfg.Ring.Hash(id.Type, id.Scope+"\x00"+id.Value))
	return w.rootOf(n), err
}

// arrive makes the person: profile, contact, consents, who looks after them.
func (w *work) arrive(j *Joining, shared bool) (*draft, error) {
	d, err := w.create(j.Profile, j.Programme)
	if err != nil {
		return nil, err
	}
	if j.Visitor != "" && !shared {
		w.ch.Identities = append(w.ch.Identities, Identity{
			Type: visitorType, Hash: w.c.cfg.Ring.Hash(visitorType, "\x00"+j.Visitor), Person: d.h.number, Bucket: d.h.bucket,
		})
	}
	actor := "person:" + string(d.h.id)
	es := []event.Event{j.Came.event(event.ContactAdded, actor)}
	for _, a := range j.Answers {
		granted := 0.0
		if a.Granted {
			granted = 1
		}
		es = append(es, event.Event{
			Type: event.Consent, Schema: 1, Num: granted, A: event.Intern(a.Purpose), B: event.Intern(a.TextVersion), C: event.Intern("phone"),
			Actor: actor, Provenance: "phone",
		})
	}
	if j.Owner != "" {
		es = append(es, assigned(j.Owner, "engine"))
	}
	for _, e := range es {
		if _, err := w.add(d, e, w.now); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// reward decides what who invited d gets, and gives it. What was brought is told to the inviter's timeline in any case, once for each
// person: their own consent is in this transaction.
func (w *work) reward(ctx context.Context, d *draft, j *Joining, phoneKnown, shared bool) (entrance.Outcome, error) {
	inviter, err := w.draft(j.Inviter)
	if errors.Is(err, keys.ErrErased) || errors.Is(err, person.ErrMissing) {
		return entrance.NoPoints, nil
	}
	if err != nil {
		return "", err
	}
	switch {
	case phoneKnown:
		return entrance.SamePhone, nil
	case shared:
		return entrance.SameScan, nil
	}
	claims, err := w.tx.Claim(ctx, []MessageID{{Hash: referralHash(w.c.wsID, d.h.id, "consented")}}, w.now)
	if err != nil || claims[0] != Fresh {
		return entrance.Here, err
	}
	told, err := w.add(inviter, referralOf(d.h.id, false), w.now)
	if err != nil {
		return "", err
	}
	caps := w.c.Caps(j.Programme)
	out := caps.Allows(timeline.View{Timeline: inviter.tl, Loc: inviter.loc}, w.now)
	if out != entrance.Rewarded {
		return out, nil
	}
	_, err = w.add(inviter, event.Event{
		Type: event.Points, Schema: 1, Num: caps.Points, A: event.Intern(entrance.RewardRule), X: []float64{event.Ref(event.IDOf(told.Received, told.Seq))},
		Actor: "engine", Provenance: "engine",
	}, w.now)
	return out, err
}

// referralHash names what is told of one person to who brought them: it is told once, whoever tells it.
func referralHash(ws string, brought person.ID, what string) (out [16]byte) {
	h := sha256.Sum256([]byte("referral\x00" + ws + "\x00" + string(brought) + "\x00" + what))
	copy(out[:], h[:])
	return out
}

func referralOf(brought person.ID, activated bool) event.Event {
	e := event.Event{
		Type: event.Referral, Schema: 1, Num: 0, A: event.Intern(string(brought)), B: event.Intern("patient"), X: []float64{1},
		Actor: "engine", Provenance: "engine",
	}
	if activated {
		e.Num = 1
	}
	return e
}

// Caps are what a programme gives for bringing somebody.
func (c *Conductor) Caps(programme string) entrance.Caps {
	p := c.Programme(programme)
	if p == nil {
		return entrance.Caps{}
	}
	return entrance.CapsOf(func(key string) (float64, bool) { s, ok := p.Settings[key]; return s.Value, ok })
}

// CameAgain notes that somebody who is here opened a code: once for each code and local day. It says what an invitation gives for it.
func (c *Conductor) CameAgain(ctx context.Context, n person.Number, m Coming, inviter person.Number, proof audit.Entry) (entrance.Outcome, error) {
	outcome := entrance.Outcome("")
	n = c.rootOfPublished(n)
	if inviter != 0 {
		inviter = c.rootOfPublished(inviter)
		outcome = entrance.Here
		tree, err := c.Brought(ctx)
		switch {
		case err != nil:
			return "", err
		case inviter == n:
			return entrance.Self, nil // one's own picture is no visit
		case tree.Above(uint32(inviter), uint32(n)):
			outcome = entrance.Circle
		}
	}
	day := entrance.Date(entrance.DayOf(c.now(), c.zone("")))
	e := m.event(event.CameAgain, proof.Actor)
	e.Occurred = c.now()
	out, err := c.Submit(ctx, Live, proof, []Item{{Person: n, Event: e, MessageID: "came:" + string(proof.Actor) + ":" + m.Code + ":" + day}})
	if err == nil && out[0].Fault != nil {
		err = out[0].Fault
	}
	return outcome, err
}

// TellReferrers tells who brought somebody that they are activated by now, once for each. It reports how many were told.
func (c *Conductor) TellReferrers(ctx context.Context) (told int, err error) {
	tree, err := c.Brought(ctx)
	if err != nil || tree.Parent == nil {
		return 0, err
	}
	rows, err := c.Origins(ctx)
	if err != nil {
		return 0, err
	}
	for n := range min(len(rows), len(tree.Parent)) {
		if tree.Parent[n] == 0 || rows[n].Active == 0 {
			continue
		}
		done, err := c.tellActivated(ctx, person.Number(n), person.Number(tree.Parent[n]))
		if err != nil {
			return told, err
		}
		if done {
			told++
		}
	}
	return told, nil
}

func (c *Conductor) tellActivated(ctx context.Context, n, inviter person.Number) (bool, error) {
	card, ok := c.dir.ByNumber(n)
	up, there := c.dir.ByNumber(inviter)
	if !ok || !there || card.Erased || up.Erased || isTold(c.tls.Of(inviter), event.Intern(string(card.ID))) {
		return false, nil
	}
	told := false
	err := c.write(ctx, Bulk, 1, func(ctx context.Context, w *work) error {
		told = false
		claims, err := w.tx.Claim(ctx, []MessageID{{Hash: referralHash(w.c.wsID, card.ID, "activated")}}, w.now)
		if err != nil || claims[0] != Fresh {
			return err
		}
		d, err := w.draft(inviter)
		if err != nil {
			return err
		}
		_, err = w.add(d, referralOf(card.ID, true), w.now)
		told = err == nil
		return err
	})
	return told, err
}

func isTold(t *timeline.Timeline, who event.Symbol) bool {
	for i := range t.Type {
		if t.Type[i] == event.Referral && t.A[i] == who && t.Num[i] == 1 {
			return true
		}
	}
	return false
}
