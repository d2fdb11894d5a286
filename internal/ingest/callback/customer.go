package callback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// asking is how long WeCom may take to say more about a new customer. They are here without it, too.
const asking = 3 * time.Second

// Names of the identifiers of the catalogue (internal/identity/identity.yaml).
const (
	customerID = "external_userid"
	unionID    = "unionid"
)

// added makes a new customer a person, or finds who they are: by what they came, who looks after them, what they call themselves.
// Each part is done once, so that it may be done again when a later one fails.
func (r *Runner) added(ctx context.Context, c *corp.Corp, e *wecom.Event) (why string, err error) {
	more, asked := r.ask(ctx, c, e)
	came, programme, owner, err := r.origin(ctx, c, e.State)
	if err != nil {
		return "", err
	}
	for _, f := range more.Follows {
		if f.User == e.User {
			came["addWay"] = f.AddWay
		}
	}
	ident := []conductor.Identifier{{Type: customerID, Scope: c.CorpID, Value: e.Customer}}
	if more.UnionID != "" {
		ident = append([]conductor.Identifier{{Type: unionID, Value: more.UnionID}}, ident...)
	}
	n, err := r.submit(ctx, c, e, conductor.Item{Ident: ident, Programme: programme}, "contact_added", came, "")
	if err != nil {
		return "", err
	}
	if e.Welcome != "" { // first: it is good for some seconds
		if why, err = r.greet(ctx, c, e, n, programme); err != nil {
			return "", err
		}
	}
	if staffID, ok := c.Members[e.User]; ok {
		owner = staffID // who they added looks after them, whoever the code is of
	}
	if err := r.look(ctx, c, e, n, owner); err != nil {
		return "", err
	}
	if more.Name != "" {
		if card, ok := r.Space.Directory().ByNumber(n); ok && card.Name == "" && !card.Erased {
			if _, err := r.submit(ctx, c, e, conductor.Item{Ident: ident}, "profile", map[string]any{"name": cut(more.Name, longestName)}, "name"); err != nil {
				return "", err
			}
		}
	}
	return why, asked
}

const longestName = 60

// cut is s without what a field has no room for.
func cut(s string, most int) string {
	if all := []rune(s); len(all) > most {
		return string(all[:most])
	}
	return s
}

// ask hears more about a customer. What cannot be heard now is asked again later; what WeCom will never say is left.
func (r *Runner) ask(ctx context.Context, c *corp.Corp, e *wecom.Event) (wecom.Customer, error) {
	client, err := r.client(c)
	if err != nil {
		return wecom.Customer{}, err
	}
	ctx, stop := context.WithTimeout(ctx, asking)
	defer stop()
	more, err := client.Customer(ctx, e.Customer)
	if err != nil {
		switch tencent.ActionOf(err) {
		case tencent.Gone, tencent.Refuse: // half added, or gone again meanwhile
			return wecom.Customer{}, nil
		}
		return wecom.Customer{}, err
	}
	return more, nil
}

// origin is by which code somebody came, what they join and whom the code is of.
func (r *Runner) origin(ctx context.Context, c *corp.Corp, state string) (came map[string]any, programme, owner string, err error) {
	came = map[string]any{"channel": "wecom"}
	if !entrance.IsState(state) {
		return came, c.Programme, "", nil
	}
	way, err := r.Store.FindWay(ctx, state)
	if err != nil {
		if f := fault.Of(err); f != nil && f.Kind == fault.Missing {
			return came, c.Programme, "", nil // a state of another system: no code of ours
		}
		return nil, "", "", err
	}
	if way.Workspace != r.Space.Workspace().Number {
		return came, c.Programme, "", nil
	}
	came["code"] = state
	if way.Entrance == "" {
		came["channel"], came["kind"] = entrance.InviteChannel, "referral"
		if card, ok := r.Space.Directory().ByNumber(way.Person); ok {
			owner = card.Owner
		}
		return came, c.Programme, owner, nil
	}
	book, err := r.Store.Entrances(ctx, way.Workspace)
	if err != nil {
		return nil, "", "", err
	}
	code := book.ByID(way.Entrance)
	if code == nil {
		return came, c.Programme, "", nil
	}
	if came["channel"] = code.Channel; code.Channel == "" {
		came["channel"] = code.Kind
	}
	came["kind"] = entrance.ContactKind(code.Kind)
	if to := book.Leads(code, r.Space.Now().In(r.Zone).Format(time.DateOnly)); to != nil { // of one that ended, the one in its place
		code = to
	}
	return came, code.Programme, code.Owner, nil
}

// look gives a person somebody who looks after them, when nobody does yet.
func (r *Runner) look(ctx context.Context, c *corp.Corp, e *wecom.Event, n person.Number, owner string) error {
	card, ok := r.Space.Directory().ByNumber(n)
	if !ok || owner == "" || card.Owner != "" || card.Erased {
		return nil
	}
	m, err := r.Store.Member(ctx, r.Space.Workspace().Number, owner)
	if err != nil || m.Disabled || m.Role == staff.Viewer {
		return nil //nolint:nilerr // who is not here any more looks after nobody; the rules of owners find another
	}
	_, err = r.submit(ctx, c, e, conductor.Item{Person: n}, "assigned", map[string]any{"owner": owner}, "owner")
	return err
}

// removed tells that a customer and a member are not in contact any more. Of somebody nobody knows it waits: that they were added may
// only come later.
func (r *Runner) removed(ctx context.Context, c *corp.Corp, e *wecom.Event, by string) error {
	_, err := r.submit(ctx, c, e, conductor.Item{Known: true, Ident: []conductor.Identifier{{Type: customerID, Scope: c.CorpID, Value: e.Customer}}},
		"contact_removed", map[string]any{"by": by}, "")
	if errors.Is(err, conductor.ErrVisitor) {
		return errNobody
	}
	return err
}

// submit takes one event in under an id of its own: what told it, and which part of it this is.
func (r *Runner) submit(ctx context.Context, c *corp.Corp, e *wecom.Event, it conductor.Item, kind string, properties map[string]any, part string) (person.Number, error) {
	b, err := json.Marshal(properties)
	if err != nil {
		return 0, fmt.Errorf("encode a %s: %w", kind, err)
	}
	decoded, bad := event.Decode(kind, b)
	if bad != nil {
		return 0, bad
	}
	it.Event, it.Through = decoded, e.User
	at := r.moment(e)
	it.Event.Occurred, it.Event.Original = at, at
	it.Event.Source, it.Event.Actor, it.Event.Provenance = c.Source, "source", "wecom"
	hash := corp.HashOf(c.ID, e.Unique()+"\x00"+part)
	it.MessageID = fmt.Sprintf("%x", hash)
	out, err := r.Space.Submit(ctx, conductor.Live, audit.Entry{Actor: fmt.Sprintf("source:%d", c.Source), Action: "intake.wecom"}, []conductor.Item{it})
	if err != nil {
		return 0, err
	}
	if f := out[0].Fault; f != nil {
		return 0, f
	}
	if s := out[0].Status; s == conductor.Repeated || s == conductor.Clashes { // it is here, with less known about it perhaps; whose it is, the identifiers know
		found, err := r.Space.Whose(ctx, it.Ident)
		if err != nil || len(found) == 0 {
			return it.Person, err
		}
		return found[0], nil
	}
	return out[0].Person, nil
}
